#![no_main]

driftline_fuzz::fuzz!(answers);
