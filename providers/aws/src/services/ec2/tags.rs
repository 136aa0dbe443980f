//! Tags, which the same calls set on everything in EC2.

use driftline_api::Write;

pub(super) const WRITE: Write =
    Write::changes(&["/tags"], &["ec2:CreateTags", "ec2:DeleteTags", "tagging:TagResources", "tagging:UntagResources"]);
