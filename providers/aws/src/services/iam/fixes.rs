//! How drift is put back: which calls of the service say what a restore point says.

use driftline_api::{Fix, FixCall, Fixes, Input, Operation, Sides, TagKeys, When};
use serde_json::{Map, Value, json};

pub(crate) static FIXES: &[Fixes] = &[
    Fixes {
        kind: "iam/role",
        fixes: &[
            Fix::Whole {
                paths: &["/AssumeRolePolicyDocument"],
                when: &[],
                call: Operation::new(
                    "iam:UpdateAssumeRolePolicy",
                    &[ROLE, Input::Document("PolicyDocument", "/AssumeRolePolicyDocument")],
                ),
            },
            // What is left out of this call is reset.
            Fix::Whole {
                paths: &["/Description", "/MaxSessionDuration"],
                when: &[],
                call: Operation::new(
                    "iam:UpdateRole",
                    &[
                        ROLE,
                        Input::Or("Description", "/Description", "\"\""),
                        Input::Or("MaxSessionDuration", "/MaxSessionDuration", "3600"),
                    ],
                ),
            },
            Fix::Whole {
                paths: &["/PermissionsBoundary"],
                when: &[When::Has("/PermissionsBoundary")],
                call: Operation::new("iam:PutRolePermissionsBoundary", &[ROLE, BOUNDARY]),
            },
            Fix::Whole {
                paths: &["/PermissionsBoundary"],
                when: &[When::Lacks("/PermissionsBoundary")],
                call: Operation::new("iam:DeleteRolePermissionsBoundary", &[ROLE]),
            },
            Fix::Elements {
                list: "/RolePolicyList",
                key: &["PolicyName"],
                put: Some(Operation::new("iam:PutRolePolicy", &[ROLE, POLICY_NAME, POLICY_DOCUMENT])),
                remove: Some(Operation::new("iam:DeleteRolePolicy", &[ROLE, POLICY_NAME])),
            },
            Fix::Elements {
                list: "/AttachedManagedPolicies",
                key: &["PolicyArn"],
                put: Some(Operation::new("iam:AttachRolePolicy", &[ROLE, POLICY_ARN])),
                remove: Some(Operation::new("iam:DetachRolePolicy", &[ROLE, POLICY_ARN])),
            },
            tags("iam:TagRole", "iam:UntagRole", &[ROLE]),
        ],
    },
    Fixes {
        kind: "iam/user",
        fixes: &[
            Fix::Whole {
                paths: &["/PermissionsBoundary"],
                when: &[When::Has("/PermissionsBoundary")],
                call: Operation::new("iam:PutUserPermissionsBoundary", &[USER, BOUNDARY]),
            },
            Fix::Whole {
                paths: &["/PermissionsBoundary"],
                when: &[When::Lacks("/PermissionsBoundary")],
                call: Operation::new("iam:DeleteUserPermissionsBoundary", &[USER]),
            },
            // A password that was not there; one that is gone takes a new one.
            Fix::Whole {
                paths: &["/LoginProfile"],
                when: &[When::Lacks("/LoginProfile")],
                call: Operation::new("iam:DeleteLoginProfile", &[USER]),
            },
            Fix::Elements {
                list: "/UserPolicyList",
                key: &["PolicyName"],
                put: Some(Operation::new("iam:PutUserPolicy", &[USER, POLICY_NAME, POLICY_DOCUMENT])),
                remove: Some(Operation::new("iam:DeleteUserPolicy", &[USER, POLICY_NAME])),
            },
            Fix::Elements {
                list: "/AttachedManagedPolicies",
                key: &["PolicyArn"],
                put: Some(Operation::new("iam:AttachUserPolicy", &[USER, POLICY_ARN])),
                remove: Some(Operation::new("iam:DetachUserPolicy", &[USER, POLICY_ARN])),
            },
            Fix::Elements {
                list: "/GroupList",
                key: &[],
                put: Some(Operation::new("iam:AddUserToGroup", &[USER, Input::Value("GroupName", ".")])),
                remove: Some(Operation::new("iam:RemoveUserFromGroup", &[USER, Input::Value("GroupName", ".")])),
            },
            Fix::Made {
                paths: &["/AccessKeyMetadata"],
                operations: &["iam:UpdateAccessKey", "iam:DeleteAccessKey"],
                make: access_keys,
            },
            tags("iam:TagUser", "iam:UntagUser", &[USER]),
        ],
    },
    Fixes {
        kind: "iam/group",
        fixes: &[
            Fix::Elements {
                list: "/GroupPolicyList",
                key: &["PolicyName"],
                put: Some(Operation::new("iam:PutGroupPolicy", &[GROUP, POLICY_NAME, POLICY_DOCUMENT])),
                remove: Some(Operation::new("iam:DeleteGroupPolicy", &[GROUP, POLICY_NAME])),
            },
            Fix::Elements {
                list: "/AttachedManagedPolicies",
                key: &["PolicyArn"],
                put: Some(Operation::new("iam:AttachGroupPolicy", &[GROUP, POLICY_ARN])),
                remove: Some(Operation::new("iam:DetachGroupPolicy", &[GROUP, POLICY_ARN])),
            },
        ],
    },
    Fixes {
        kind: "iam/policy",
        fixes: &[
            Fix::Made {
                paths: &["/DefaultVersionId", "/Document", "/PolicyVersionList"],
                operations: &["iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion"],
                make: versions,
            },
            // The version that was the default is gone: its text comes back under another number.
            Fix::Whole {
                paths: &["/Document"],
                when: &[],
                call: Operation::new(
                    "iam:CreatePolicyVersion",
                    &[
                        Input::Text("PolicyArn", "{arn}"),
                        Input::Document("PolicyDocument", "/Document"),
                        Input::Constant("SetAsDefault", "true"),
                    ],
                ),
            },
            tags("iam:TagPolicy", "iam:UntagPolicy", &[Input::Text("PolicyArn", "{arn}")]),
        ],
    },
    Fixes {
        kind: "iam/instance_profile",
        fixes: &[
            Fix::Elements {
                list: "/Roles",
                key: &["RoleName"],
                put: Some(Operation::new(
                    "iam:AddRoleToInstanceProfile",
                    &[PROFILE, Input::Value("RoleName", "./RoleName")],
                )),
                remove: Some(Operation::new(
                    "iam:RemoveRoleFromInstanceProfile",
                    &[PROFILE, Input::Value("RoleName", "./RoleName")],
                )),
            },
            tags("iam:TagInstanceProfile", "iam:UntagInstanceProfile", &[PROFILE]),
        ],
    },
    Fixes {
        kind: "iam/open_id_connect_provider",
        fixes: &[
            Fix::Whole {
                paths: &["/ThumbprintList"],
                when: &[],
                call: Operation::new(
                    "iam:UpdateOpenIDConnectProviderThumbprint",
                    &[OPEN_ID, Input::Value("ThumbprintList", "/ThumbprintList")],
                ),
            },
            Fix::Elements {
                list: "/ClientIDList",
                key: &[],
                put: Some(Operation::new(
                    "iam:AddClientIDToOpenIDConnectProvider",
                    &[OPEN_ID, Input::Value("ClientID", ".")],
                )),
                remove: Some(Operation::new(
                    "iam:RemoveClientIDFromOpenIDConnectProvider",
                    &[OPEN_ID, Input::Value("ClientID", ".")],
                )),
            },
            tags("iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider", &[OPEN_ID]),
        ],
    },
    Fixes {
        kind: "iam/saml_provider",
        fixes: &[
            Fix::Whole {
                paths: &["/SAMLMetadataDocument"],
                when: &[],
                call: Operation::new(
                    "iam:UpdateSAMLProvider",
                    &[SAML, Input::Value("SAMLMetadataDocument", "/SAMLMetadataDocument")],
                ),
            },
            tags("iam:TagSAMLProvider", "iam:UntagSAMLProvider", &[SAML]),
        ],
    },
    Fixes {
        kind: "iam/account_password_policy",
        fixes: &[Fix::Made {
            paths: &[""],
            operations: &["iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"],
            make: password_policy,
        }],
    },
    Fixes {
        kind: "iam/account_alias",
        fixes: &[Fix::Elements {
            list: "/AccountAliases",
            key: &[],
            put: Some(Operation::new("iam:CreateAccountAlias", &[Input::Value("AccountAlias", ".")])),
            remove: Some(Operation::new("iam:DeleteAccountAlias", &[Input::Value("AccountAlias", ".")])),
        }],
    },
];

const ROLE: Input = Input::Text("RoleName", "{id}");
const USER: Input = Input::Text("UserName", "{id}");
const GROUP: Input = Input::Text("GroupName", "{id}");
const PROFILE: Input = Input::Text("InstanceProfileName", "{id}");
const OPEN_ID: Input = Input::Text("OpenIDConnectProviderArn", "{arn}");
const SAML: Input = Input::Text("SAMLProviderArn", "{arn}");
const BOUNDARY: Input = Input::Value("PermissionsBoundary", "/PermissionsBoundary/PermissionsBoundaryArn");
const POLICY_NAME: Input = Input::Value("PolicyName", "./PolicyName");
const POLICY_DOCUMENT: Input = Input::Document("PolicyDocument", "./PolicyDocument");
const POLICY_ARN: Input = Input::Value("PolicyArn", "./PolicyArn");

const fn tags(put: &'static str, remove: &'static str, input: &'static [Input]) -> Fix {
    Fix::Tags {
        put: Operation::new(put, input),
        tags: "Tags",
        remove: Operation::new(remove, input),
        keys: "TagKeys",
        form: TagKeys::Texts,
    }
}

/// Keys that were not there go, and those that are there get their state back. One that is gone cannot be made again.
fn access_keys(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let (wanted, live) = (keys(sides.wanted?), keys(sides.live?));
    if wanted.iter().any(|(id, _)| !live.iter().any(|(other, _)| id == other)) {
        return None;
    }
    let mut calls = Vec::new();
    for (id, status) in &live {
        let known = wanted.iter().find(|(other, _)| id == other).map(|(_, status)| *status);
        let mut input = json!({"UserName": sides.id, "AccessKeyId": id});
        match known {
            None => calls.push(FixCall { operation: "iam:DeleteAccessKey", input }),
            Some(known) if known != *status => {
                input["Status"] = known.into();
                calls.push(FixCall { operation: "iam:UpdateAccessKey", input });
            }
            Some(_) => {}
        }
    }
    Some(calls)
}

fn keys(attributes: &Map<String, Value>) -> Vec<(&str, &str)> {
    let keys = attributes.get("AccessKeyMetadata").and_then(Value::as_array).into_iter().flatten();
    keys.filter_map(|key| Some((key.get("AccessKeyId")?.as_str()?, key.get("Status")?.as_str()?))).collect()
}

/// The version that was the default is it again, and those that were not there go.
fn versions(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let (wanted, live) = (sides.wanted?, sides.live?);
    let arn = sides.arn?;
    let all = |attributes: &Map<String, Value>| -> Vec<String> {
        let versions = attributes.get("PolicyVersionList").and_then(Value::as_array).into_iter().flatten();
        versions.filter_map(|version| version.get("VersionId")?.as_str().map(str::to_owned)).collect()
    };
    let (known, there) = (all(wanted), all(live));
    if known.iter().any(|version| !there.contains(version)) {
        return None;
    }
    let default = wanted.get("DefaultVersionId")?.as_str()?;
    let mut calls = Vec::new();
    let call = |operation, version: &str| FixCall { operation, input: json!({"PolicyArn": arn, "VersionId": version}) };
    if live.get("DefaultVersionId").and_then(Value::as_str) != Some(default) {
        calls.push(call("iam:SetDefaultPolicyVersion", default));
    }
    let added = there.iter().filter(|version| !known.contains(version));
    calls.extend(added.map(|version| call("iam:DeletePolicyVersion", version)));
    Some(calls)
}

/// What is left out of the call is reset, so that it says all.
fn password_policy(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let Some(wanted) = sides.wanted else {
        sides.live?;
        return Some(vec![FixCall { operation: "iam:DeleteAccountPasswordPolicy", input: json!({}) }]);
    };
    // Follows from the age.
    let said = wanted.iter().filter(|(name, _)| !["ExpirePasswords", "tags"].contains(&name.as_str()));
    let input = Value::Object(said.map(|(name, value)| (name.clone(), value.clone())).collect());
    Some(vec![FixCall { operation: "iam:UpdateAccountPasswordPolicy", input }])
}
