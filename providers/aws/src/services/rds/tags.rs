//! Tags, which the same calls set on everything in RDS.

use driftline_api::Write;

pub(super) const WRITE: Write = Write::changes(
    &["/tags"],
    &["rds:AddTagsToResource", "rds:RemoveTagsFromResource", "tagging:TagResources", "tagging:UntagResources"],
);
