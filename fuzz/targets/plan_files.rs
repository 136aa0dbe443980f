#![no_main]

driftline_fuzz::fuzz!(plan_files);
