#![no_main]

driftline_fuzz::fuzz!(resources);
