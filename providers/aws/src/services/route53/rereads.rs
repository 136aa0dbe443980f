//! What is read again after a write to Route 53.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "route53",
    services: &["route53"],
    alone: &[
        ("route53/health_check", &["*"]),
        ("route53/hosted_zone", &["*"]),
        // Traffic policy instances are named by ids of their own.
        ("route53/record_set", &["ChangeResourceRecordSets", "CreateHostedZone", "DeleteHostedZone"]),
    ],
    naming: &["ChangeTagsForResource"],
    along: &[],
    everywhere: &[],
    nothing: &[
        (
            "concerns traffic policies, which are not read: records change when an instance is given another version",
            "CreateTrafficPolicy CreateTrafficPolicyVersion DeleteTrafficPolicy UpdateTrafficPolicyComment",
        ),
        (
            "concerns CIDR collections, which records name only",
            "ChangeCidrCollection CreateCidrCollection DeleteCidrCollection",
        ),
        ("only reads", "TestDNSAnswer"),
    ],
};
