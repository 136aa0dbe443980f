#![no_main]

driftline_fuzz::fuzz!(snapshot_files);
