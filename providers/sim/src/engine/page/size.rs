//! How large pages are: by default, and at most, as the services' API references say of each operation.

use driftline_wire::model::Operation;

/// The size of an operation's pages if the caller asks for none, and the largest that it can ask for. What is more than
/// that gives pages of the largest size.
pub(crate) fn of(service: &str, operation: &Operation) -> (usize, usize) {
    let modelled = operation.paginator.as_ref().and_then(|paginator| paginator.limit_max);
    let most = modelled.and_then(|most| usize::try_from(most).ok());
    let (default, largest) = match (service, operation.name) {
        // Without a size, EC2 and S3 answer as much as they can.
        ("ec2", "DescribeLaunchTemplates" | "DescribeLaunchTemplateVersions") => (200, 200),
        ("ec2", "DescribeManagedPrefixLists" | "GetManagedPrefixListEntries") | ("rds", _) => (100, 100),
        ("ec2" | "s3control", _) => (1000, 1000),
        ("s3", _) => (10_000, 10_000),
        ("elb" | "elbv2", _) => (400, 400),
        ("route53", "ListResourceRecordSets") => (300, 300),
        ("route53", "ListHealthChecks") => (100, 1000),
        ("cloudtrail", _) | ("route53", "ListVPCAssociationAuthorizations") => (50, 50),
        ("route53", _) => (100, 100),
        // IAM, ACM.
        _ => (100, 1000),
    };
    let most = most.unwrap_or(largest);
    (default.min(most), most)
}
