//! Databases that answer through RDS's API and are resource types of their own to Terraform.

use driftline_api::{Exclude, When};

pub(super) const NEPTUNE: Exclude =
    Exclude { when: &[When::Is("/Engine", "\"neptune\"")], why: "is of Neptune, which this version does not export" };

pub(super) const DOCUMENT_DB: Exclude =
    Exclude { when: &[When::Is("/Engine", "\"docdb\"")], why: "is of DocumentDB, which this version does not export" };
