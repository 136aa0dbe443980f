//! Option groups with their options, and the settings that somebody made. Passwords among these are not told.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::{Value, json};

use super::tagged::Listing;
use super::tags;
use crate::reader::{take_items, text};
use crate::{Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/option_group",
        about: "Option groups with their options and the settings that differ from the engine's defaults, passwords \
                excepted; `default:*` groups, which nobody can change, are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/OptionGroupName"),
        arn: Arn::Field("/OptionGroupArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeOptionGroups", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeOptionGroups", member: "/OptionGroupsList/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[Calls::list("rds:DescribeOptionGroups", 100), Calls::each("rds:ListTagsForResource", 1.0)],
        writes: &[
            Write::creates(&["rds:CreateOptionGroup", "rds:CopyOptionGroup"]),
            Write::removes(&["rds:DeleteOptionGroup"]),
            // Persistent and permanent options bind a group to one VPC.
            Write::changes(
                &["/AllowsVpcAndNonVpcInstanceMemberships", "/Options", "/VpcId"],
                &["rds:ModifyOptionGroup"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Set { path: "/Options", key: &["OptionName"] },
            Rule::Set { path: "/Options/*/OptionSettings", key: &["Name"] },
            Rule::Set { path: "/Options/*/DBSecurityGroupMemberships", key: &["DBSecurityGroupName"] },
            Rule::Set { path: "/Options/*/VpcSecurityGroupMemberships", key: &["VpcSecurityGroupId"] },
            Rule::Volatile { path: "/Options/*/OptionDescription", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/OptionSettings/*/Description", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/OptionSettings/*/AllowedValues", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/OptionSettings/*/DefaultValue", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/DBSecurityGroupMemberships/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/Options/*/VpcSecurityGroupMemberships/*/Status", why: PROGRESS },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference {
                path: "/Options/*/VpcSecurityGroupMemberships/*/VpcSecurityGroupId",
                kind: "ec2/security_group",
            },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_db_option_group",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/OptionGroupName"),
            Argument::value("engine_name", "/EngineName"),
            Argument::value("major_engine_version", "/MajorEngineVersion"),
            Argument::unless("\"Managed by Terraform\"", "option_group_description", "/OptionGroupDescription"),
            Argument::Blocks {
                name: "option",
                path: "/Options/*",
                arguments: &[
                    Argument::value("option_name", "./OptionName"),
                    Argument::value(
                        "db_security_group_memberships",
                        "./DBSecurityGroupMemberships/*/DBSecurityGroupName",
                    ),
                    Argument::value(
                        "vpc_security_group_memberships",
                        "./VpcSecurityGroupMemberships/*/VpcSecurityGroupId",
                    ),
                    Argument::Blocks {
                        name: "option_settings",
                        path: "./OptionSettings/*",
                        arguments: &[
                            Argument::value("name", "./Name"),
                            Argument::Always { name: "value", path: "./Value" },
                        ],
                    },
                ],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/OptionGroupArn", "/CopyTimestamp", "/SourceAccountId"]),
        Omit::quiet("tells where it was copied from", &["/SourceOptionGroup"]),
        Omit::quiet("follows from the options", &["/AllowsVpcAndNonVpcInstanceMemberships", "/VpcId"]),
        Omit::quiet(
            "is what the engine says of the option",
            &[
                "/Options/*/Permanent",
                "/Options/*/Persistent",
                "/Options/*/OptionSettings/*/ApplyType",
                "/Options/*/OptionSettings/*/DataType",
                "/Options/*/OptionSettings/*/IsCollection",
                "/Options/*/OptionSettings/*/IsModifiable",
            ],
        ),
        // It only reads them where the configuration that it last applied has them.
        Omit::told(
            "the provider does not read them when it imports: a new option has the default",
            &["/Options/*/Port", "/Options/*/OptionVersion"],
        ),
    ],
};

const DOCUMENTATION: &str = "is the engine's documentation, which AWS edits";
const PROGRESS: &str = "tells how far RDS has got";

static LISTING: Listing = Listing {
    operation: "rds:DescribeOptionGroups",
    member: "/OptionGroupsList",
    id: &["/OptionGroupName"],
    arn: "/OptionGroupArn",
    gone: &["OptionGroupNotFoundFault"],
    // No name that a user can choose has a colon.
    is_aws_managed: |group| group.text("/OptionGroupName").starts_with("default:"),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages(LISTING.operation, json!({"MaxRecords": 100}))?;
    while let Some(page) = pages.next().await? {
        let mut groups = take_items(page, LISTING.member);
        groups.iter_mut().for_each(settle_settings);
        LISTING.read_each(reader, groups.into_iter(), &|_: &_| Vec::new()).await;
    }
    Ok(())
}

/// What AWS sends for a password, and other endpoints may not.
const MASKED: &str = "****";

/// Keeps the settings that somebody made. RDS tells all that there are, and new ones whenever the engine gets some.
fn settle_settings(group: &mut Value) {
    let options = group.pointer_mut("/Options").and_then(Value::as_array_mut).into_iter().flatten();
    for settings in options.filter_map(|option| option.get_mut("OptionSettings")?.as_array_mut()) {
        settings.retain(|setting| setting.get("Value") != setting.get("DefaultValue"));
        for setting in settings.iter_mut().filter(|setting| is_secret(text(setting, "/Name"))) {
            setting["Value"] = MASKED.into();
        }
    }
}

/// Whether a setting is a secret by its name. As far as the options of today's engines are known, only
/// `AGENT_REGISTRATION_PASSWORD` is (Oracle's management agent), and AWS masks that one; the others say hosts, users, sizes,
/// switches, and where something is (`SMTP_EMAIL_CREDENTIALS_SECRET_ARN`). AWS's model marks the value of every setting, so
/// what engines may get one day is told by the words that name secrets.
fn is_secret(name: &str) -> bool {
    const WORDS: &[&str] =
        &["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "CREDENTIAL", "PRIVATE_KEY", "PRIVATEKEY", "TOKEN", "API_KEY"];
    let name = name.to_ascii_uppercase();
    !name.ends_with("_ARN") && WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_nobody_made_and_passwords_are_not_told() {
        let mut group = json!({"Options": [{"OptionSettings": [
            {"Name": "OMS_PORT", "Value": "4903", "DefaultValue": "4903"},
            {"Name": "OMS_HOST", "Value": "oms.example.com"},
            {"Name": "AGENT_REGISTRATION_PASSWORD", "Value": "correct-horse"},
            {"Name": "Wallet.Passphrase", "Value": "battery-staple"},
            {"Name": "SMTP_EMAIL_CREDENTIALS_SECRET_ARN", "Value": "arn:aws:secretsmanager:eu-west-1:1:secret:smtp"},
        ]}, {"OptionName": "STATSPACK"}]});
        settle_settings(&mut group);
        let expected = json!([
            {"Name": "OMS_HOST", "Value": "oms.example.com"},
            {"Name": "AGENT_REGISTRATION_PASSWORD", "Value": "****"},
            {"Name": "Wallet.Passphrase", "Value": "****"},
            {"Name": "SMTP_EMAIL_CREDENTIALS_SECRET_ARN", "Value": "arn:aws:secretsmanager:eu-west-1:1:secret:smtp"},
        ]);
        assert_eq!(group.pointer("/Options/0/OptionSettings"), Some(&expected));
    }
}
