//! Which resource a resource in Terraform's state is, or is a part of, as data.
//!
//! A kind's mapping ([`Terraform`](crate::Terraform)) says it of the resource types that exports are written in. States
//! hold others, too: what people write by hand, older forms, and the types of kinds that are not exported yet.

/// A resource type of Terraform's, and how one in a state names the resource that it manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// `aws_s3_bucket_versioning`.
    pub resource: &'static str,
    pub kind: &'static str,
    /// A pattern of attributes in the state (`{zone_id}/{fqdn}/{type}[/{set_identifier}]`), which gives the resource's id
    /// or its ARN. An attribute that is a list gives one for each element. What stands in brackets is left out where an
    /// attribute in it says nothing; `{account}` is the account that the state's provider leads to.
    pub by: &'static str,
    /// It manages a part of the resource only.
    pub part: bool,
}

impl Claim {
    pub const fn whole(resource: &'static str, kind: &'static str, by: &'static str) -> Self {
        Self { resource, kind, by, part: false }
    }

    pub const fn part(resource: &'static str, kind: &'static str, by: &'static str) -> Self {
        Self { resource, kind, by, part: true }
    }
}
