//! How drift is put back: which calls of the service say what a restore point says.

use driftline_api::{Fix, FixCall, Fixes, Input, Operation, Sides, TagKeys};
use serde_json::{Value, json};

pub(crate) static FIXES: &[Fixes] = &[
    Fixes {
        kind: "elbv2/load_balancer",
        fixes: &[
            Fix::Elements {
                list: "/Attributes",
                key: &["Key"],
                put: Some(Operation::new(
                    "elbv2:ModifyLoadBalancerAttributes",
                    &[BALANCER, Input::Value("Attributes/0", ".")],
                )),
                remove: None,
            },
            Fix::Whole {
                paths: &["/SecurityGroups"],
                when: &[],
                call: Operation::new(
                    "elbv2:SetSecurityGroups",
                    &[BALANCER, Input::Value("SecurityGroups", "/SecurityGroups")],
                ),
            },
            Fix::Whole {
                paths: &["/AvailabilityZones"],
                when: &[],
                call: Operation::new(
                    "elbv2:SetSubnets",
                    &[BALANCER, Input::Value("Subnets", "/AvailabilityZones/*/SubnetId")],
                ),
            },
            Fix::Whole {
                paths: &["/IpAddressType"],
                when: &[],
                call: Operation::new(
                    "elbv2:SetIpAddressType",
                    &[BALANCER, Input::Value("IpAddressType", "/IpAddressType")],
                ),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "elbv2/target_group",
        fixes: &[
            Fix::Elements {
                list: "/Attributes",
                key: &["Key"],
                put: Some(Operation::new(
                    "elbv2:ModifyTargetGroupAttributes",
                    &[GROUP, Input::Value("Attributes/0", ".")],
                )),
                remove: None,
            },
            Fix::Modify {
                members: &[
                    ("HealthCheckEnabled", "/HealthCheckEnabled"),
                    ("HealthCheckIntervalSeconds", "/HealthCheckIntervalSeconds"),
                    ("HealthCheckPath", "/HealthCheckPath"),
                    ("HealthCheckPort", "/HealthCheckPort"),
                    ("HealthCheckProtocol", "/HealthCheckProtocol"),
                    ("HealthCheckTimeoutSeconds", "/HealthCheckTimeoutSeconds"),
                    ("HealthyThresholdCount", "/HealthyThresholdCount"),
                    ("Matcher", "/Matcher"),
                    ("UnhealthyThresholdCount", "/UnhealthyThresholdCount"),
                ],
                call: Operation::new("elbv2:ModifyTargetGroup", &[GROUP]),
            },
            Fix::Elements {
                list: "/TargetHealthDescriptions",
                key: &["Target/Id", "Target/Port"],
                put: Some(Operation::new("elbv2:RegisterTargets", &[GROUP, Input::Value("Targets/0", "./Target")])),
                remove: Some(Operation::new(
                    "elbv2:DeregisterTargets",
                    &[GROUP, Input::Value("Targets/0", "./Target")],
                )),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "elbv2/listener",
        fixes: &[
            Fix::Elements {
                list: "/Attributes",
                key: &["Key"],
                put: Some(Operation::new(
                    "elbv2:ModifyListenerAttributes",
                    &[LISTENER, Input::Value("Attributes/0", ".")],
                )),
                remove: None,
            },
            Fix::Modify {
                members: &[
                    ("AlpnPolicy", "/AlpnPolicy"),
                    ("DefaultActions", "/DefaultActions"),
                    ("MutualAuthentication", "/MutualAuthentication"),
                    ("Port", "/Port"),
                    ("Protocol", "/Protocol"),
                    ("SslPolicy", "/SslPolicy"),
                ],
                call: Operation::new("elbv2:ModifyListener", &[LISTENER]),
            },
            Fix::Elements {
                list: "/Certificates",
                key: &["CertificateArn", "IsDefault"],
                put: Some(Operation::new(
                    "elbv2:AddListenerCertificates",
                    &[LISTENER, Input::Value("Certificates/0/CertificateArn", "./CertificateArn")],
                )),
                remove: Some(Operation::new(
                    "elbv2:RemoveListenerCertificates",
                    &[LISTENER, Input::Value("Certificates/0/CertificateArn", "./CertificateArn")],
                )),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "elbv2/rule",
        fixes: &[
            Fix::Made {
                paths: &["/Actions", "/Conditions", "/Transforms"],
                operations: &["elbv2:ModifyRule"],
                make: rule,
            },
            Fix::Made { paths: &["/Priority"], operations: &["elbv2:SetRulePriorities"], make: priority },
            TAGS,
        ],
    },
    Fixes { kind: "elbv2/trust_store", fixes: &[TAGS] },
];

const BALANCER: Input = Input::Text("LoadBalancerArn", "{arn}");
const GROUP: Input = Input::Text("TargetGroupArn", "{arn}");
const LISTENER: Input = Input::Text("ListenerArn", "{arn}");

const TAGS: Fix = Fix::Tags {
    put: Operation::new("elbv2:AddTags", &[Input::Text("ResourceArns/0", "{arn}")]),
    tags: "Tags",
    remove: Operation::new("elbv2:RemoveTags", &[Input::Text("ResourceArns/0", "{arn}")]),
    keys: "TagKeys",
    form: TagKeys::Texts,
};

/// A condition's values are answered twice, and taken once.
fn rule(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let (wanted, live) = (sides.wanted?, sides.live?);
    let mut conditions = wanted.get("Conditions").cloned().unwrap_or_else(|| json!([]));
    for condition in conditions.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        if condition.keys().any(|name| name.ends_with("Config")) {
            condition.retain(|name, _| name == "Field" || name.ends_with("Config"));
        }
    }
    let mut input = json!({"RuleArn": sides.arn?});
    let differs = |name| wanted.get(name) != live.get(name);
    if differs("Conditions") {
        input["Conditions"] = conditions;
    }
    if differs("Actions") {
        input["Actions"] = wanted.get("Actions")?.clone();
    }
    if differs("Transforms") {
        match wanted.get("Transforms").and_then(Value::as_array).filter(|all| !all.is_empty()) {
            Some(transforms) => input["Transforms"] = json!(transforms),
            None => input["ResetTransforms"] = true.into(),
        }
    }
    Some(vec![FixCall { operation: "elbv2:ModifyRule", input }])
}

/// It is answered as a text, and taken as a number.
fn priority(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let priority: u32 = sides.wanted?.get("Priority")?.as_str()?.parse().ok()?;
    sides.live?;
    let input = json!({"RulePriorities": [{"RuleArn": sides.arn?, "Priority": priority}]});
    Some(vec![FixCall { operation: "elbv2:SetRulePriorities", input }])
}
