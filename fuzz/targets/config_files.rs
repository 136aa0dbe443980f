#![no_main]

driftline_fuzz::fuzz!(config_files);
