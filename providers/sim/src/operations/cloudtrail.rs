//! AWS CloudTrail.

use super::{Gives, Row};

pub(super) static ROWS: &[Row] = &[Row::new("cloudtrail:LookupEvents", "/Events/*", Gives::Events("Events"))];
