//! Who may do what with a bucket, and who pays.

use driftline_api::{Argument, Child, When};

pub(super) const OWNERSHIP_CONTROLS: Child = Child {
    resource: "aws_s3_bucket_ownership_controls",
    each: "",
    when: &[When::Has("/OwnershipControls/Rules")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Blocks {
            name: "rule",
            path: "/OwnershipControls/Rules/*",
            arguments: &[Argument::value("object_ownership", "./ObjectOwnership")],
        },
    ],
};

/// All four are written: what is not blocked matters as much as what is.
pub(super) const PUBLIC_ACCESS_BLOCK: Child = Child {
    resource: "aws_s3_bucket_public_access_block",
    each: "",
    when: &[When::Has("/PublicAccessBlock")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::value("block_public_acls", "/PublicAccessBlock/BlockPublicAcls"),
        Argument::value("block_public_policy", "/PublicAccessBlock/BlockPublicPolicy"),
        Argument::value("ignore_public_acls", "/PublicAccessBlock/IgnorePublicAcls"),
        Argument::value("restrict_public_buckets", "/PublicAccessBlock/RestrictPublicBuckets"),
    ],
};

/// Grants rather than a canned ACL: of that Terraform knows what the import says, and never asks S3 again.
///
/// A new bucket takes no ACL before its ownership allows it, and no public one before its public access block does.
pub(super) const ACL: Child = Child {
    resource: "aws_s3_bucket_acl",
    each: "",
    when: &[
        When::Has("/Acl/Owner/ID"),
        When::IsNot("/OwnershipControls/Rules/*/ObjectOwnership", "\"BucketOwnerEnforced\""),
    ],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Blocks {
            name: "access_control_policy",
            path: "/Acl",
            arguments: &[
                Argument::Blocks {
                    name: "grant",
                    path: "./Grants/*",
                    arguments: &[
                        Argument::value("permission", "./Permission"),
                        Argument::Blocks { name: "grantee", path: "./Grantee", arguments: GRANTEE },
                    ],
                },
                Argument::Blocks { name: "owner", path: "./Owner", arguments: &[Argument::value("id", "./ID")] },
            ],
        },
        Argument::After(&["aws_s3_bucket_ownership_controls", "aws_s3_bucket_public_access_block"]),
    ],
};

pub(super) const GRANTEE: &[Argument] = &[
    Argument::value("type", "./Type"),
    Argument::value("id", "./ID"),
    Argument::value("uri", "./URI"),
    Argument::value("email_address", "./EmailAddress"),
];

/// A new bucket takes no public policy before its public access block does.
pub(super) const POLICY: Child = Child {
    resource: "aws_s3_bucket_policy",
    each: "",
    when: &[When::Has("/Policy")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::document("policy", "/Policy"),
        Argument::After(&["aws_s3_bucket_public_access_block"]),
    ],
};

pub(super) const REQUEST_PAYMENT: Child = Child {
    resource: "aws_s3_bucket_request_payment_configuration",
    each: "",
    when: &[When::Is("/RequestPayment/Payer", "\"Requester\"")],
    import: "{id}",
    key: "",
    arguments: &[Argument::parent("bucket", "bucket"), Argument::value("payer", "/RequestPayment/Payer")],
};
