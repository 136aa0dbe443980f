//! Who may do what.

use serde_json::{Value, json};

use super::dice::Dice;
use super::kinds::Made;
use super::place::{Place, name, tags};
use super::template;

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "s3:DeleteObject",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sns:Publish",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParametersByPath",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "ec2:Describe*",
    "ec2:StartInstances",
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "lambda:InvokeFunction",
    "states:StartExecution",
    "cloudwatch:PutMetricData",
];

const MANAGED: &[&str] = &[
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "ReadOnlyAccess",
    "SecurityAudit",
    "AmazonS3ReadOnlyAccess",
    "AWSXRayDaemonWriteAccess",
    "PowerUserAccess",
];

fn arn(place: &Place<'_>, rest: &str) -> String {
    format!("arn:aws:iam::{}:{rest}", place.account())
}

/// A policy of one to six statements.
pub(super) fn document(place: &Place<'_>, dice: &mut Dice) -> Value {
    let statements: Vec<Value> = (0..=dice.below(5))
        .map(|number| {
            let mut actions: Vec<&str> = (0..=dice.below(7)).map(|_| dice.pick(ACTIONS)).collect();
            actions.sort_unstable();
            actions.dedup();
            let resource = match dice.below(4) {
                0 => json!("*"),
                1 => json!(format!(
                    "arn:aws:dynamodb:*:{}:table/{}",
                    place.account(),
                    dice.pick(&["orders", "users", "carts"])
                )),
                2 => json!(format!("arn:aws:sqs:*:{}:{}-*", place.account(), dice.pick(&["jobs", "mail", "events"]))),
                _ => {
                    let bucket =
                        format!("arn:aws:s3:::{}-{}", dice.pick(&["assets", "logs", "exports"]), place.account());
                    json!([bucket, format!("{bucket}/*")])
                }
            };
            let mut statement = json!({
                "Sid": format!("Statement{number}"), "Effect": if dice.chance(92) { "Allow" } else { "Deny" },
                "Action": actions, "Resource": resource,
            });
            if dice.chance(15) {
                statement["Condition"] = json!({"StringEquals": {"aws:SourceAccount": place.account()}});
            }
            statement
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn attached(place: &Place<'_>, dice: &mut Dice, most: usize) -> Value {
    let mut policies: Vec<(String, String)> = (0..dice.below(most + 1))
        .filter_map(|_| {
            if dice.chance(50) {
                let name = dice.pick(MANAGED);
                return Some((name.to_owned(), format!("arn:aws:iam::aws:policy/{name}")));
            }
            let name = policy_name(place, place.lasting("iam/policy", dice)?);
            let arn = arn(place, &format!("policy/{name}"));
            Some((name, arn))
        })
        .collect();
    policies.sort();
    policies.dedup();
    policies.into_iter().map(|(name, arn)| json!({"PolicyName": name, "PolicyArn": arn})).collect()
}

fn inline(place: &Place<'_>, dice: &mut Dice, most: usize) -> Value {
    let count = dice.below(most + 1);
    (0..count)
        .map(|number| json!({"PolicyName": format!("inline-{number}"), "PolicyDocument": document(place, dice)}))
        .collect()
}

fn policy_name(place: &Place<'_>, index: usize) -> String {
    name(&mut place.dice("name of a policy", index), index)
}

fn role_name(place: &Place<'_>, index: usize) -> String {
    name(&mut place.dice("name of a role", index), index)
}

fn user_name(place: &Place<'_>, index: usize) -> String {
    let mut dice = place.dice("name of a user", index);
    if dice.chance(50) {
        format!("svc-{}", name(&mut dice, index))
    } else {
        format!(
            "{}.{}{index}",
            dice.pick(&["anna", "ben", "chris", "dora", "emil", "fay"]),
            dice.pick(&["berg", "costa", "dubois", "evans"])
        )
    }
}

/// A role as others name it.
pub(super) fn role_arn(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    place.lasting("iam/role", dice).map(|role| arn(place, &format!("role/{}", role_name(place, role))))
}

fn trust(place: &Place<'_>, index: usize) -> Value {
    let mut dice = place.dice("trust of a role", index);
    let (principal, action) = match dice.below(8) {
        0 => (json!({"AWS": format!("arn:aws:iam::{}:root", place.account())}), "sts:AssumeRole"),
        1 => (
            json!({"Federated": arn(place, "oidc-provider/token.actions.githubusercontent.com")}),
            "sts:AssumeRoleWithWebIdentity",
        ),
        number => {
            let services = ["ec2", "lambda", "ecs-tasks", "states", "events", "codebuild"];
            (json!({"Service": format!("{}.amazonaws.com", services[number - 2])}), "sts:AssumeRole")
        }
    };
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action}]})
}

fn role_created(place: &Place<'_>, index: usize) -> String {
    place.dice("creation of a role", index).time()
}

pub(super) fn role(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/role", index);
    let label = role_name(place, index);
    let mut item = json!({
        "Path": "/", "RoleName": label, "RoleId": place.unique_id("AROA", index),
        "Arn": arn(place, &format!("role/{label}")), "CreateDate": role_created(place, index),
        "AssumeRolePolicyDocument": trust(place, index), "Description": format!("What {label} may do"),
        "MaxSessionDuration": dice.pick(&[3600, 3600, 3600, 7200, 43200]), "InstanceProfileList": [],
        "RolePolicyList": inline(place, &mut dice, 2), "AttachedManagedPolicies": attached(place, &mut dice, 4),
        "Tags": tags(&mut dice, &label),
    });
    if dice.chance(70) {
        item["RoleLastUsed"] = json!({"LastUsedDate": "2026-11-20T21:10:00Z", "Region": "us-east-1"});
    }
    Made::new(&label, "Roles", item)
}

/// A profile has the role with its number.
fn profile_name(place: &Place<'_>, index: usize) -> String {
    name(&mut place.dice("name of a profile", index), index)
}

/// A profile as instances name it.
pub(super) fn profile_of(place: &Place<'_>, index: usize) -> Value {
    json!({
        "Arn": arn(place, &format!("instance-profile/{}", profile_name(place, index))),
        "Id": place.unique_id("AIPA", index),
    })
}

pub(super) fn instance_profile(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/instance_profile", index);
    let label = profile_name(place, index);
    let roles: Vec<Value> = place
        .lasting("iam/role", &mut dice)
        .into_iter()
        .map(|role| {
            let name = role_name(place, role);
            json!({
                "Path": "/", "RoleName": name, "RoleId": place.unique_id("AROA", role),
                "Arn": arn(place, &format!("role/{name}")), "CreateDate": role_created(place, role),
                "AssumeRolePolicyDocument": trust(place, role),
            })
        })
        .collect();
    let item = json!({
        "Path": "/", "InstanceProfileName": label, "InstanceProfileId": place.unique_id("AIPA", index),
        "Arn": arn(place, &format!("instance-profile/{label}")), "CreateDate": dice.time(), "Roles": roles,
        "Tags": tags(&mut dice, &label),
    });
    Made::new(&label, "InstanceProfiles", item)
}

pub(super) fn policy(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/policy", index);
    let label = policy_name(place, index);
    let (created, versions) = (dice.time(), 1 + dice.below(3));
    let version = |number: usize, dice: &mut Dice| {
        json!({
            "Document": document(place, dice), "VersionId": format!("v{number}"), "IsDefaultVersion": number == versions,
            "CreateDate": created,
        })
    };
    let versions_made: Vec<Value> = (1..=versions).rev().map(|number| version(number, &mut dice)).collect();
    let item = json!({
        "PolicyName": label, "PolicyId": place.unique_id("ANPA", index), "Arn": arn(place, &format!("policy/{label}")),
        "Path": "/", "DefaultVersionId": format!("v{versions}"), "AttachmentCount": dice.below(5),
        "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "Description": format!("Rights of {label}"),
        "CreateDate": created, "UpdateDate": created, "Tags": tags(&mut dice, &label),
        "PolicyVersionList": versions_made,
    });
    Made::new(&label, "Policies", item)
}

/// Somebody edits the document: a version more, which is the default from then on.
pub(super) fn edit(place: &Place<'_>, _: usize, made: &mut Made, dice: &mut Dice) -> &'static str {
    let mut document = document(place, dice);
    document["Statement"][0]["Action"] = json!("*");
    if let Value::Array(versions) = &mut made.item["PolicyVersionList"] {
        let id = format!("v{}", versions.len() + 1);
        for version in versions.iter_mut() {
            version["IsDefaultVersion"] = false.into();
        }
        let now = "2026-11-20T16:12:40Z";
        versions.insert(0, json!({"Document": document, "VersionId": id, "IsDefaultVersion": true, "CreateDate": now}));
        made.item["DefaultVersionId"] = id.into();
        made.item["UpdateDate"] = now.into();
    }
    "/PolicyVersionList"
}

pub(super) fn user(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/user", index);
    let label = user_name(place, index);
    let keys: Vec<Value> = (0..dice.below(3))
        .map(|_| {
            let id = format!("AKIA{}", dice.text(16, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
            json!({"UserName": label, "AccessKeyId": id, "Status": dice.pick(&["Active", "Inactive"]), "CreateDate": dice.time()})
        })
        .collect();
    let groups: Vec<String> =
        place.some("iam/group", &mut dice).map(|group| group_name(place, group)).into_iter().collect();
    let mut item = json!({
        "Path": "/", "UserName": label, "UserId": place.unique_id("AIDA", index),
        "Arn": arn(place, &format!("user/{label}")), "CreateDate": dice.time(),
        "UserPolicyList": inline(place, &mut dice, 1), "GroupList": groups,
        "AttachedManagedPolicies": attached(place, &mut dice, 2), "Tags": tags(&mut dice, &label),
        "ListAccessKeys": {"AccessKeyMetadata": keys}, "ListMFADevices": {"MFADevices": []},
        "ListSSHPublicKeys": {"SSHPublicKeys": []}, "ListSigningCertificates": {"Certificates": []},
    });
    if !label.starts_with("svc-") {
        let created = dice.time();
        item["GetLoginProfile"] =
            json!({"LoginProfile": {"UserName": label, "CreateDate": created, "PasswordResetRequired": false}});
        item["ListMFADevices"] = json!({"MFADevices": [{
            "UserName": label, "SerialNumber": arn(place, &format!("mfa/{label}")), "EnableDate": created,
        }]});
    }
    Made::new(&label, "Users", item)
}

fn group_name(place: &Place<'_>, index: usize) -> String {
    name(&mut place.dice("name of a group", index), index)
}

pub(super) fn group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/group", index);
    let label = group_name(place, index);
    let item = json!({
        "Path": "/", "GroupName": label, "GroupId": place.unique_id("AGPA", index),
        "Arn": arn(place, &format!("group/{label}")), "CreateDate": dice.time(),
        "GroupPolicyList": inline(place, &mut dice, 1), "AttachedManagedPolicies": attached(place, &mut dice, 3),
    });
    Made::new(&label, "Groups", item)
}

pub(super) fn open_id_connect_provider(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/open_id_connect_provider", index);
    let url = if index == 0 {
        "token.actions.githubusercontent.com".to_owned()
    } else {
        format!("login.example.com/realms/{}", name(&mut dice, index))
    };
    let item = json!({
        "Arn": arn(place, &format!("oidc-provider/{url}")), "Url": url, "ClientIDList": ["sts.amazonaws.com"],
        "ThumbprintList": [dice.hex(40)], "CreateDate": dice.time(), "Tags": tags(&mut dice, &format!("login-{index}")),
    });
    Made::new(&url, "OpenIDConnectProviderList", item)
}

pub(super) fn saml_provider(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/saml_provider", index);
    let label = name(&mut dice, index);
    let mut item = template::item(place, "iam", "SAMLProviderList", index);
    item["Arn"] = arn(place, &format!("saml-provider/{label}")).into();
    item["SAMLProviderUUID"] = place.unique_id("U", index).into();
    item["CreateDate"] = dice.time().into();
    item["Tags"] = tags(&mut dice, &label);
    Made::new(&label, "SAMLProviderList", item)
}

pub(super) fn service_specific_credential(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("iam/service_specific_credential", index);
    let user = user_name(place, place.lasting("iam/user", &mut dice).unwrap_or_default());
    let id = place.unique_id("ACCA", index);
    let item = json!({
        "UserName": user, "Status": "Active", "ServiceUserName": format!("{user}-at-{}", place.account()),
        "CreateDate": dice.time(), "ServiceSpecificCredentialId": id, "ServiceName": "codecommit.amazonaws.com",
    });
    Made::new(&format!("{user}/{id}"), "ServiceSpecificCredentials", item)
}

pub(super) fn account_alias(place: &Place<'_>, _: usize) -> Made {
    Made::new(place.account(), "AccountAliases", json!(format!("example-{}", place.account())))
}

pub(super) fn password_policy(place: &Place<'_>, _: usize) -> Made {
    let item = json!({"PasswordPolicy": {
        "MinimumPasswordLength": 14, "RequireSymbols": true, "RequireNumbers": true, "RequireUppercaseCharacters": true,
        "RequireLowercaseCharacters": true, "AllowUsersToChangePassword": true, "ExpirePasswords": false,
    }});
    Made { whole: true, ..Made::new(place.account(), "GetAccountPasswordPolicy", item) }
}
