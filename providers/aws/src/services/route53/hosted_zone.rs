//! Hosted zones, public and private.

use std::collections::BTreeMap;

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    Under, When, Write,
};
use serde_json::{Map, Value, json};

use super::zones;
use crate::reader::text;
use crate::{Batch, Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "route53/hosted_zone",
        about: "Hosted zones with their VPCs, delegation set, DNSSEC keys and query logging. Records are \
                route53/record_set.",
        reads: Reads::Global,
        identity: Identity::Computed("the zone's id without `/hostedzone/`"),
        arn: Arn::Pattern("arn:{partition}:route53:::hostedzone/{id}"),
        label: Some("/Name"),
        called: None,
        created: None,
        actions: &[
            "route53:GetDNSSEC",
            "route53:GetHostedZone",
            "route53:ListHostedZones",
            "route53:ListQueryLoggingConfigs",
            "route53:ListTagsForResource",
            "route53:ListTagsForResources",
            "route53:ListVPCAssociationAuthorizations",
        ],
        sources: &[
            Source { operation: "route53:GetHostedZone", member: "/HostedZone", at: "" },
            Source { operation: "route53:GetHostedZone", member: "/DelegationSet", at: "/DelegationSet" },
            Source { operation: "route53:GetHostedZone", member: "/VPCs", at: "/VPCs" },
            Source { operation: "route53:GetDNSSEC", member: "", at: "/DNSSEC" },
            Source {
                operation: "route53:ListQueryLoggingConfigs",
                member: "/QueryLoggingConfigs/*",
                at: "/QueryLoggingConfig",
            },
            Source { operation: "route53:ListTagsForResources", member: "/ResourceTagSets/*/Tags", at: "/Tags" },
            Source {
                operation: "route53:ListVPCAssociationAuthorizations",
                member: "/VPCs",
                at: "/VPCAssociationAuthorizations",
            },
        ],
        calls: &[
            Calls::list("route53:ListHostedZones", 100).of("route53/hosted_zone").shared(),
            Calls::batches("route53:ListQueryLoggingConfigs", 100),
            Calls::batches("route53:ListTagsForResources", 10),
            Calls::each("route53:GetHostedZone", 1.0),
            // Of public ones; of private ones, who may associate a VPC.
            Calls::each("route53:GetDNSSEC", 1.0),
        ],
        writes: &[
            Write::creates(&["route53:CreateHostedZone"]),
            Write::removes(&["route53:DeleteHostedZone"]),
            Write::changes(&["/Config/Comment"], &["route53:UpdateHostedZoneComment"]),
            Write::changes(&["/Features"], &["route53:UpdateHostedZoneFeatures"]),
            Write::changes(
                &["/VPCs"],
                &["route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone"],
            ),
            Write::changes(
                &["/VPCAssociationAuthorizations"],
                &["route53:CreateVPCAssociationAuthorization", "route53:DeleteVPCAssociationAuthorization"],
            ),
            Write::changes(
                &["/DNSSEC"],
                &[
                    "route53:EnableHostedZoneDNSSEC",
                    "route53:DisableHostedZoneDNSSEC",
                    "route53:CreateKeySigningKey",
                    "route53:ActivateKeySigningKey",
                    "route53:DeactivateKeySigningKey",
                    "route53:DeleteKeySigningKey",
                ],
            ),
            Write::changes(
                &["/QueryLoggingConfig"],
                &["route53:CreateQueryLoggingConfig", "route53:DeleteQueryLoggingConfig"],
            ),
            Write::changes(
                &["/tags"],
                &["route53:ChangeTagsForResource", "tagging:TagResources", "tagging:UntagResources"],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Field("/Id"), Naming::Field("/QueryLoggingConfig/Id")],
        rules: &[
            Rule::Volatile { path: "/ResourceRecordSetCount", why: "follows from the zone's record sets" },
            Rule::Volatile { path: "/Features/FailureReasons", why: "says how an operation of AWS ended" },
            Rule::Volatile { path: "/DNSSEC/Status/StatusMessage", why: "explains a status" },
            Rule::Volatile { path: "/DNSSEC/KeySigningKeys/*/StatusMessage", why: "explains a status" },
            Rule::Volatile {
                path: "/DNSSEC/KeySigningKeys/*/LastModifiedDate",
                why: "changes with what is shown beside it",
            },
            Rule::Set { path: "/DNSSEC/KeySigningKeys", key: &["Name"] },
            Rule::Set { path: "/DelegationSet/NameServers", key: &[] },
            Rule::Set { path: "/VPCs", key: &["VPCRegion", "VPCId"] },
            Rule::Set { path: "/VPCAssociationAuthorizations", key: &["VPCRegion", "VPCId"] },
            Rule::Handle { path: "/QueryLoggingConfig/Id", why: "changes when the same logging is set up again" },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VPCs/*/VPCId", kind: "ec2/vpc" },
            Rule::Reference { path: "/DelegationSet/Id", kind: "route53/delegation_set" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_route53_zone",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "zone_id"), ("{arn}", "arn")],
        arguments: &[
            Argument::Computed { name: "name", from: &["/Name"], value: name },
            // The provider says "Managed by Terraform" where nothing is said.
            Argument::Always { name: "comment", path: "/Config/Comment" },
            Argument::Computed { name: "delegation_set_id", from: &["/DelegationSet/Id"], value: delegation_set },
            Argument::Blocks {
                name: "vpc",
                path: "/VPCs/*",
                arguments: &[Argument::value("vpc_id", "./VPCId"), Argument::value("vpc_region", "./VPCRegion")],
            },
            Argument::Tags,
        ],
    }],
    children: &[
        Child {
            resource: KEY,
            each: "/DNSSEC/KeySigningKeys/*",
            when: &[],
            import: "{id},{./Name}",
            key: "{./Name}",
            arguments: &[
                Argument::parent("hosted_zone_id", "zone_id"),
                Argument::value("name", "./Name"),
                Argument::value("key_management_service_arn", "./KmsArn"),
                Argument::unless("\"ACTIVE\"", "status", "./Status"),
            ],
        },
        Child {
            resource: "aws_route53_hosted_zone_dnssec",
            each: "",
            when: &[When::Is("/DNSSEC/Status/ServeSignature", "\"SIGNING\"")],
            import: "{id}",
            key: "",
            arguments: &[
                // A zone is signed with a key of its own: naming it makes Terraform make that first.
                Argument::Sibling {
                    name: "hosted_zone_id",
                    resource: KEY,
                    key: "{/DNSSEC/KeySigningKeys/0/Name}",
                    attribute: "hosted_zone_id",
                },
            ],
        },
        Child {
            resource: "aws_route53_query_log",
            each: "",
            when: &[When::Has("/QueryLoggingConfig/Id")],
            import: "{/QueryLoggingConfig/Id}",
            key: "",
            arguments: &[
                Argument::parent("zone_id", "zone_id"),
                Argument::value("cloudwatch_log_group_arn", "/QueryLoggingConfig/CloudWatchLogsLogGroupArn"),
            ],
        },
        Child {
            resource: "aws_route53_vpc_association_authorization",
            each: "/VPCAssociationAuthorizations/*",
            when: &[],
            import: "{id}:{./VPCId}",
            key: "{./VPCId}",
            arguments: &[
                Argument::parent("zone_id", "zone_id"),
                Argument::value("vpc_id", "./VPCId"),
                Argument::value("vpc_region", "./VPCRegion"),
            ],
        },
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Id", "/CallerReference", "/DelegationSet", "/LinkedService"]),
        Omit::quiet("follows from the VPCs", &["/Config/PrivateZone"]),
        Omit::quiet("is what AWS calls it", &["/QueryLoggingConfig/HostedZoneId"]),
        Omit::quiet(
            "follows from the key",
            &[
                "/DNSSEC/KeySigningKeys/*/CreatedDate",
                "/DNSSEC/KeySigningKeys/*/DNSKEYRecord",
                "/DNSSEC/KeySigningKeys/*/DSRecord",
                "/DNSSEC/KeySigningKeys/*/DigestAlgorithmMnemonic",
                "/DNSSEC/KeySigningKeys/*/DigestAlgorithmType",
                "/DNSSEC/KeySigningKeys/*/DigestValue",
                "/DNSSEC/KeySigningKeys/*/Flag",
                "/DNSSEC/KeySigningKeys/*/KeyTag",
                "/DNSSEC/KeySigningKeys/*/PublicKey",
                "/DNSSEC/KeySigningKeys/*/SigningAlgorithmMnemonic",
                "/DNSSEC/KeySigningKeys/*/SigningAlgorithmType",
            ],
        ),
        Omit::told("the provider does not know it", &["/Features"]),
    ],
};

const KEY: &str = "aws_route53_key_signing_key";

/// Without the dot at its end, as the provider keeps it.
fn name(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some(attributes.get("Name")?.as_str()?.trim_end_matches('.').into())
}

fn delegation_set(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some(attributes.get("DelegationSet")?.get("Id")?.as_str()?.trim_start_matches("/delegationset/").into())
}

static TAGS: Batch = Batch {
    operation: "route53:ListTagsForResources",
    size: 10,
    parameter: "ResourceIds",
    name: |draft| zones::bare(draft.text("/Id")),
    fixed: &[("ResourceType", "hostedzone")],
    list: "/ResourceTagSets",
    known_by: "/ResourceId",
    member: "/Tags",
    at: "/Tags",
    gone: &[zones::GONE],
    alone: Some(zones::TAGS_ALONE),
};

/// The query logging configuration of each zone; there is at most one.
type QueryLogging = Result<BTreeMap<String, Value>, Cause>;

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let listed = zones::list(reader).await?;
    let wanted = listed.iter().filter(|zone| reader.wants(None, zones::bare(text(zone, "/Id"))));
    let mut drafts = wanted.map(Draft::new).peekable();
    if drafts.peek().is_none() {
        return Ok(());
    }
    let logging = query_logging(reader).await;
    let drafts = drafts.map(|draft| with_logging(draft, &logging));
    reader.for_each_batched(&TAGS, drafts, |draft| Box::pin(read(reader, draft))).await;
    Ok(())
}

fn with_logging(mut draft: Draft, logging: &QueryLogging) -> Draft {
    match logging {
        Ok(configs) => {
            if let Some(config) = configs.get(zones::bare(draft.text("/Id"))) {
                draft.set("/QueryLoggingConfig", config.clone());
            }
        }
        Err(cause) => draft.unread("/QueryLoggingConfig", cause.clone()),
    }
    draft
}

async fn query_logging(reader: &Reader<'_>) -> QueryLogging {
    let params = json!({"MaxResults": "100"});
    let configs = reader.items("route53:ListQueryLoggingConfigs", params, "/QueryLoggingConfigs").await?;
    Ok(configs.into_iter().map(|config| (text(&config, "/HostedZoneId").to_owned(), config)).collect())
}

async fn read(reader: &Reader<'_>, draft: Draft) {
    let id = zones::bare(draft.text("/Id")).to_owned();
    let mut draft = draft.with_id(&id);
    match reader.call("route53:GetHostedZone", &json!({"Id": id})).await {
        Ok(mut answer) => {
            for (member, at) in [("/HostedZone", ""), ("/DelegationSet", "/DelegationSet"), ("/VPCs", "/VPCs")] {
                if let Some(part) = answer.pointer_mut(member).map(Value::take) {
                    draft.set(at, part);
                }
            }
        }
        Err(cause) if cause.code == zones::GONE => return,
        Err(cause) => return reader.gap(Under::Id(id), cause),
    }
    let private = draft.get("/Config/PrivateZone").and_then(Value::as_bool).unwrap_or_default();
    let detail = if private {
        Detail {
            operation: "route53:ListVPCAssociationAuthorizations",
            params: json!({"HostedZoneId": id, "MaxResults": "50"}),
            member: "/VPCs",
            at: "/VPCAssociationAuthorizations",
            // No error document at all: the endpoint does not have this call, so nobody can have authorized anything.
            absent: &["404"],
        }
    } else {
        // Only public zones can be signed; AWS refuses the question for others.
        Detail {
            operation: "route53:GetDNSSEC",
            params: json!({"HostedZoneId": id}),
            member: "",
            at: "/DNSSEC",
            absent: &[],
        }
    };
    if reader.details(&mut draft, &[zones::GONE], vec![detail]).await == Existence::Present {
        reader.emit(draft);
    }
}
