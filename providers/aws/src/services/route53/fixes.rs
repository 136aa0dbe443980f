//! How drift is put back: which calls of the service say what a restore point says.

use driftline_api::{Fix, FixCall, Fixes, Input, Operation, Sides, TagKeys};
use serde_json::{Value, json};

pub(crate) static FIXES: &[Fixes] = &[
    Fixes {
        kind: "route53/record_set",
        fixes: &[Fix::Made { paths: &[""], operations: &["route53:ChangeResourceRecordSets"], make: record_set }],
    },
    Fixes {
        kind: "route53/hosted_zone",
        fixes: &[
            Fix::Whole {
                paths: &["/Config"],
                when: &[],
                call: Operation::new(
                    "route53:UpdateHostedZoneComment",
                    &[Input::Text("Id", "{id}"), Input::Or("Comment", "/Config/Comment", "\"\"")],
                ),
            },
            Fix::Elements {
                list: "/VPCs",
                key: &["VPCRegion", "VPCId"],
                put: Some(Operation::new("route53:AssociateVPCWithHostedZone", VPC)),
                remove: Some(Operation::new("route53:DisassociateVPCFromHostedZone", VPC)),
            },
            tags(&[Input::Constant("ResourceType", "\"hostedzone\""), Input::Text("ResourceId", "{id}")]),
        ],
    },
    Fixes {
        kind: "route53/health_check",
        fixes: &[
            Fix::Modify {
                members: &[
                    ("AlarmIdentifier", "/HealthCheckConfig/AlarmIdentifier"),
                    ("ChildHealthChecks", "/HealthCheckConfig/ChildHealthChecks"),
                    ("Disabled", "/HealthCheckConfig/Disabled"),
                    ("EnableSNI", "/HealthCheckConfig/EnableSNI"),
                    ("FailureThreshold", "/HealthCheckConfig/FailureThreshold"),
                    ("FullyQualifiedDomainName", "/HealthCheckConfig/FullyQualifiedDomainName"),
                    ("HealthThreshold", "/HealthCheckConfig/HealthThreshold"),
                    ("IPAddress", "/HealthCheckConfig/IPAddress"),
                    ("InsufficientDataHealthStatus", "/HealthCheckConfig/InsufficientDataHealthStatus"),
                    ("Inverted", "/HealthCheckConfig/Inverted"),
                    ("Port", "/HealthCheckConfig/Port"),
                    ("Regions", "/HealthCheckConfig/Regions"),
                    ("ResourcePath", "/HealthCheckConfig/ResourcePath"),
                    ("SearchString", "/HealthCheckConfig/SearchString"),
                ],
                call: Operation::new("route53:UpdateHealthCheck", &[Input::Text("HealthCheckId", "{id}")]),
            },
            tags(&[Input::Constant("ResourceType", "\"healthcheck\""), Input::Text("ResourceId", "{id}")]),
        ],
    },
];

const VPC: &[Input] = &[Input::Text("HostedZoneId", "{id}"), Input::Value("VPC", ".")];

const fn tags(input: &'static [Input]) -> Fix {
    Fix::Tags {
        put: Operation::new("route53:ChangeTagsForResource", input),
        tags: "AddTags",
        remove: Operation::new("route53:ChangeTagsForResource", input),
        keys: "RemoveTagKeys",
        form: TagKeys::Texts,
    }
}

/// A record set is written as it was, or deleted as it is: a deletion has to say all of it.
fn record_set(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let zone = sides.id.split('/').next()?;
    let (action, attributes) = match (sides.wanted, sides.live) {
        (Some(wanted), _) => ("UPSERT", wanted),
        (None, live) => ("DELETE", live?),
    };
    let said = attributes.iter().filter(|(name, _)| *name != "tags");
    let record = Value::Object(said.map(|(name, value)| (name.clone(), value.clone())).collect());
    let changes = json!([{"Action": action, "ResourceRecordSet": record}]);
    let input = json!({"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}});
    Some(vec![FixCall { operation: "route53:ChangeResourceRecordSets", input }])
}
