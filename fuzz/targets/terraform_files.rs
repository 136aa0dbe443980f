#![no_main]

driftline_fuzz::fuzz!(terraform_files);
