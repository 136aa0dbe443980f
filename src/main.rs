//! The driftline command.

fn main() {}
