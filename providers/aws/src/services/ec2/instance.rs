//! Instances, with the attributes that only `DescribeInstanceAttribute` tells.

mod terraform;

use std::collections::BTreeMap;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::{Value, json};

use super::{lifecycle, owner, tags};
use crate::reader::{take_items, text};
use crate::{Detail, Draft, Existence, Items, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/instance",
        about: "Instances that are not being terminated. Four attributes that people change are told one a call and \
                instance (user data, the two protections, what a shutdown does); the credit options of all come in one \
                call. `DeleteOnTermination` lists the devices whose volumes go with the instance. `State/Name` and `Monitoring/State` are told as where they are going.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/InstanceId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:instance/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &[
            "ec2:DescribeInstanceAttribute",
            "ec2:DescribeInstanceCreditSpecifications",
            "ec2:DescribeInstances",
        ],
        sources: &[
            Source { operation: "ec2:DescribeInstances", member: "/Reservations/*/Instances/*", at: "" },
            Source {
                operation: "ec2:DescribeInstances",
                member: "/Reservations/*/Instances/*/BlockDeviceMappings/*/DeviceName",
                at: "/DeleteOnTermination/*",
            },
            in_tag("/AutoScalingGroupName"),
            in_tag("/FleetId"),
            in_tag("/LaunchTemplate/LaunchTemplateId"),
            in_tag("/LaunchTemplate/Version"),
            Source { operation: ATTRIBUTE, member: "/DisableApiStop", at: "/DisableApiStop" },
            Source { operation: ATTRIBUTE, member: "/DisableApiTermination", at: "/DisableApiTermination" },
            Source {
                operation: ATTRIBUTE,
                member: "/InstanceInitiatedShutdownBehavior",
                at: "/InstanceInitiatedShutdownBehavior",
            },
            Source { operation: ATTRIBUTE, member: "/UserData", at: "/UserData" },
            Source {
                operation: "ec2:DescribeInstanceCreditSpecifications",
                member: "/InstanceCreditSpecifications/*/CpuCredits",
                at: "/CpuCredits",
            },
        ],
        calls: &[
            Calls::list("ec2:DescribeInstances", 1000),
            Calls::each("ec2:DescribeInstanceAttribute", 4.0),
            Calls::batches("ec2:DescribeInstanceCreditSpecifications", 1000),
        ],
        writes: &[
            Write::creates(&[
                "ec2:RunInstances",
                "ec2:RunScheduledInstances",
                "ec2:RequestSpotInstances",
                "ec2:RequestSpotFleet",
                "ec2:CreateFleet",
                "ec2:ImportInstance",
            ]),
            Write::removes(&[
                "ec2:TerminateInstances",
                "ec2:BidEvictedEvent",
                "autoscaling:TerminateInstanceInAutoScalingGroup",
                "ec2:CancelSpotFleetRequests",
                "ec2:DeleteFleets",
            ]),
            Write::changes(&["/State"], &["ec2:StartInstances", "ec2:StopInstances", "ec2:BidEvictedEvent"]),
            Write::changes(
                &[
                    "/InstanceType",
                    "/CpuOptions",
                    "/CpuCredits",
                    "/CurrentInstanceBootMode",
                    "/EbsOptimized",
                    "/EnaSupport",
                    "/SriovNetSupport",
                    "/EnclaveOptions",
                    "/KernelId",
                    "/RamdiskId",
                    "/UserData",
                    "/DisableApiStop",
                    "/DisableApiTermination",
                    "/InstanceInitiatedShutdownBehavior",
                    "/DeleteOnTermination",
                    "/SecurityGroups",
                    "/SourceDestCheck",
                ],
                &["ec2:ModifyInstanceAttribute"],
            ),
            Write::changes(&["/KernelId", "/RamdiskId", "/SourceDestCheck"], &["ec2:ResetInstanceAttribute"]),
            Write::changes(
                &["/SecurityGroups", "/SourceDestCheck", "/Ipv6Address"],
                &["ec2:ModifyNetworkInterfaceAttribute"],
            ),
            Write::changes(&["/SourceDestCheck"], &["ec2:ResetNetworkInterfaceAttribute"]),
            Write::changes(&["/Ipv6Address"], &["ec2:AssignIpv6Addresses", "ec2:UnassignIpv6Addresses"]),
            Write::changes(&["/DeleteOnTermination", "/ProductCodes"], &["ec2:AttachVolume", "ec2:DetachVolume"]),
            Write::changes(&["/DeleteOnTermination", "/ImageId"], &["ec2:CreateReplaceRootVolumeTask"]),
            Write::changes(
                &["/IamInstanceProfile"],
                &[
                    "ec2:AssociateIamInstanceProfile",
                    "ec2:DisassociateIamInstanceProfile",
                    "ec2:ReplaceIamInstanceProfileAssociation",
                ],
            ),
            Write::changes(&["/Monitoring"], &["ec2:MonitorInstances", "ec2:UnmonitorInstances"]),
            Write::changes(
                &["/CapacityReservationSpecification"],
                &["ec2:ModifyInstanceCapacityReservationAttributes"],
            ),
            Write::changes(&["/CpuOptions"], &["ec2:ModifyInstanceCpuOptions"]),
            Write::changes(&["/CpuCredits"], &["ec2:ModifyInstanceCreditSpecification"]),
            Write::changes(&["/MaintenanceOptions"], &["ec2:ModifyInstanceMaintenanceOptions"]),
            Write::changes(&["/MetadataOptions"], &["ec2:ModifyInstanceMetadataOptions"]),
            Write::changes(&["/NetworkPerformanceOptions"], &["ec2:ModifyInstanceNetworkPerformanceOptions"]),
            Write::changes(&["/Placement"], &["ec2:ModifyInstancePlacement"]),
            Write::changes(&["/PrivateDnsNameOptions", "/PrivateDnsName"], &["ec2:ModifyPrivateDnsNameOptions"]),
            Write::changes(&["/PrivateDnsName"], &["ec2:ModifyVpcAttribute", "ec2:AssociateDhcpOptions"]),
            Write::changes(&["/Licenses"], &["license-manager:UpdateLicenseSpecificationsForResource"]),
            Write::changes(
                &["/PlatformDetails", "/UsageOperation", "/UsageOperationUpdateTime"],
                &["license-manager:CreateLicenseConversionTaskForResource"],
            ),
            Write::changes(
                &["/tags", "/AutoScalingGroupName"],
                &["autoscaling:AttachInstances", "autoscaling:DetachInstances"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            // `State/Name` stays: people start and stop instances.
            Rule::Volatile { path: "/State/Code", why: "is the state's name as a number, with bits for AWS's own use" },
            Rule::Volatile { path: "/StateReason", why: "explains the last change of the state" },
            Rule::Volatile { path: "/StateTransitionReason", why: "explains the last change of the state" },
            Rule::Volatile { path: "/LaunchTime", why: "is the time of the last start" },
            Rule::Volatile { path: "/PublicIpAddress", why: PUBLIC },
            Rule::Volatile { path: "/PublicDnsName", why: PUBLIC },
            Rule::Volatile { path: "/CapacityReservationId", why: "is whichever open reservation AWS found to match" },
            Rule::Volatile { path: "/MetadataOptions/State", why: "tells how far applying the options has got" },
            Rule::Volatile {
                path: "/BlockDeviceMappings",
                why: "repeats `Attachments` of each ec2/volume, but for what `DeleteOnTermination` says",
            },
            Rule::Set { path: "/DeleteOnTermination", key: &[] },
            Rule::Volatile { path: "/NetworkInterfaces", why: "repeats what each ec2/network_interface says" },
            Rule::Secret { path: "/UserData/Value" },
            Rule::Set { path: "/SecurityGroups", key: &["GroupId"] },
            Rule::Set { path: "/ProductCodes", key: &["ProductCodeId"] },
            Rule::Set { path: "/Licenses", key: &["LicenseConfigurationArn"] },
            Rule::Set { path: "/ElasticGpuAssociations", key: &["ElasticGpuId"] },
            Rule::Volatile {
                path: "/ElasticGpuAssociations/*/ElasticGpuAssociationState",
                why: "tells how far attaching it has got",
            },
            Rule::Set {
                path: "/ElasticInferenceAcceleratorAssociations",
                key: &["ElasticInferenceAcceleratorAssociationId"],
            },
            Rule::Volatile {
                path: "/ElasticInferenceAcceleratorAssociations/*/ElasticInferenceAcceleratorAssociationState",
                why: "tells how far attaching it has got",
            },
            Rule::Set { path: "/SecondaryInterfaces", key: &["SecondaryInterfaceId"] },
            Rule::Volatile { path: "/SecondaryInterfaces/*/Status", why: "follows from `Attachment`" },
            Rule::Volatile { path: "/SecondaryInterfaces/*/Attachment/Status", why: "tells how far attaching has got" },
            Rule::Set { path: "/SecondaryInterfaces/*/PrivateIpAddresses", key: &["PrivateIpAddress"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/SubnetId", kind: "ec2/subnet" },
            Rule::Reference { path: "/KeyName", kind: "ec2/key_pair" },
            Rule::Reference { path: "/LaunchTemplate/LaunchTemplateId", kind: "ec2/launch_template" },
            Rule::Reference { path: "/SecurityGroups/*/GroupId", kind: "ec2/security_group" },
            Rule::Reference { path: "/IamInstanceProfile/Arn", kind: "iam/instance_profile" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

const ATTRIBUTE: &str = "ec2:DescribeInstanceAttribute";

const PUBLIC: &str = "is an elastic IP, which ec2/address tells, or one that AWS gives anew at each start";

/// What people can change after launch and `DescribeInstances` lacks. Everything else that can be asked for here is
/// in its answer.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("disableApiStop", "/DisableApiStop"),
    ("disableApiTermination", "/DisableApiTermination"),
    ("instanceInitiatedShutdownBehavior", "/InstanceInitiatedShutdownBehavior"),
    ("userData", "/UserData"),
];

/// What made the instance, which AWS says in tags of its own alone.
///
/// Source: Amazon EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances", and Amazon EC2 User Guide, "Tag
/// your resources".
fn made_by(instance: &Value) -> Value {
    let tags = || instance.get("Tags").and_then(Value::as_array).into_iter().flatten();
    let tag = |key: &str| tags().find(|tag| tag["Key"] == key).map(|tag| tag["Value"].clone());
    let mut made = serde_json::Map::new();
    made.extend(tag("aws:autoscaling:groupName").map(|name| ("AutoScalingGroupName".to_owned(), name)));
    made.extend(tag("aws:ec2:fleet-id").map(|id| ("FleetId".to_owned(), id)));
    if let Some(id) = tag("aws:ec2launchtemplate:id") {
        let template = json!({"LaunchTemplateId": id, "Version": tag("aws:ec2launchtemplate:version")});
        made.insert("LaunchTemplate".to_owned(), template);
    }
    Value::Object(made)
}

const fn in_tag(at: &'static str) -> Source {
    Source { operation: "ec2:DescribeInstances", member: "/Reservations/*/Instances/*/Tags/*/Value", at }
}

/// A terminated instance stays listed for up to an hour (API reference, DescribeInstances).
const ENDED: &[&str] = &["shutting-down", "terminated"];

type Credits = Result<BTreeMap<String, String>, Cause>;

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let managed = reader.include_aws_managed();
    // A thousand are megabytes of answer and ten times that in memory, and a page costs one call beside a thousand details.
    let mut params = json!({"MaxResults": 250});
    if managed {
        params["IncludeManagedResources"] = true.into();
    }
    let mut credits: Option<Credits> = None;
    let mut pages = reader.pages("ec2:DescribeInstances", params)?;
    while let Some(page) = pages.next().await? {
        let reservations = take_items(page, "/Reservations").into_iter();
        let wanted = reservations.flat_map(|reservation| take_items(reservation, "/Instances")).filter(|instance| {
            !lifecycle::is_in(instance, "/State/Name", ENDED)
                && (managed || !owner::is_operated(instance))
                && reader.wants(None, text(instance, "/InstanceId"))
        });
        let mut any_burstable = false;
        let instances: Items = wanted.inspect(|instance| any_burstable |= is_burstable(instance)).collect();
        if credits.is_none() && any_burstable {
            credits = Some(credit_options(reader).await);
        }
        let credits = credits.as_ref();
        reader.for_each_of(instances, |instance| Box::pin(read_one(reader, instance, credits))).await;
    }
    Ok(())
}

async fn read_one(reader: &Reader<'_>, mut instance: Value, credits: Option<&Credits>) {
    lifecycle::settle(&mut instance, "/State/Name", &[("pending", "running"), ("stopping", "stopped")]);
    lifecycle::settle(&mut instance, "/Monitoring/State", &[("pending", "enabled"), ("disabling", "disabled")]);
    let (burstable, deleted) = (is_burstable(&instance), deleted_with_it(&instance));
    let made_by = made_by(&instance);
    let mut draft = Draft::new(instance);
    draft.set("/DeleteOnTermination", deleted);
    draft.set("", made_by);
    match credits.filter(|_| burstable) {
        Some(Ok(options)) => {
            let option = options.get(draft.text("/InstanceId")).map_or("standard", String::as_str);
            draft.set("/CpuCredits", option.into());
        }
        Some(Err(cause)) => draft.unread("/CpuCredits", cause.clone()),
        None => {}
    }
    let details = ATTRIBUTES
        .iter()
        .map(|&(attribute, pointer)| Detail {
            operation: ATTRIBUTE,
            params: json!({"InstanceId": draft.text("/InstanceId"), "Attribute": attribute}),
            member: pointer,
            at: pointer,
            absent: &[],
        })
        .collect();
    if reader.details(&mut draft, &["InvalidInstanceID.NotFound"], details).await == Existence::Present {
        reader.emit(draft);
    }
}

/// Credit options by instance. Asked without ids, AWS answers with the `unlimited` ones only, all of them (API
/// reference, DescribeInstanceCreditSpecifications); with the id of an instance that is not burstable, it fails.
async fn credit_options(reader: &Reader<'_>) -> Credits {
    let (operation, list) = ("ec2:DescribeInstanceCreditSpecifications", "/InstanceCreditSpecifications");
    let options = reader.items(operation, json!({"MaxResults": 1000}), list).await?;
    let pair = |item| (text(&item, "/InstanceId").to_owned(), text(&item, "/CpuCredits").to_owned());
    Ok(options.iter().map(pair).collect())
}

/// The devices whose volumes are deleted with the instance: the one thing in `BlockDeviceMappings` that is set on the
/// instance. The rest is attaching a volume, which the volume tells.
fn deleted_with_it(instance: &Value) -> Value {
    let mappings = instance.pointer("/BlockDeviceMappings").and_then(Value::as_array).into_iter().flatten();
    let deleted = |mapping: &&Value| mapping.pointer("/Ebs/DeleteOnTermination") == Some(&Value::Bool(true));
    mappings.filter(deleted).map(|mapping| mapping["DeviceName"].clone()).collect()
}

/// T2 and later T families. T1 has no credit option.
pub(super) fn is_burstable(instance: &Value) -> bool {
    let kind = text(instance, "/InstanceType");
    kind.starts_with('t') && !kind.starts_with("t1.") && kind[1..].starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_volumes_that_go_with_the_instance_are_listed() {
        let instance = json!({"BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": true}},
            {"DeviceName": "/dev/sdf", "Ebs": {"DeleteOnTermination": false}},
        ]});
        assert_eq!(deleted_with_it(&instance), json!(["/dev/xvda"]));
        assert_eq!(deleted_with_it(&json!({})), json!([]));
    }

    #[test]
    fn what_made_an_instance_stands_in_tags_of_aws() {
        let tagged = |tags: &[(&str, &str)]| {
            let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
            made_by(&json!({ "Tags": tags }))
        };
        assert_eq!(tagged(&[("Name", "web")]), json!({}));
        assert_eq!(
            tagged(&[("aws:ec2launchtemplate:id", "lt-1"), ("aws:ec2launchtemplate:version", "2")]),
            json!({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "2"}})
        );
        assert_eq!(tagged(&[("aws:autoscaling:groupName", "web")]), json!({"AutoScalingGroupName": "web"}));
        assert_eq!(tagged(&[("aws:ec2:fleet-id", "fleet-1")]), json!({"FleetId": "fleet-1"}));
    }

    #[test]
    fn burstable_types_are_the_t_families_but_the_first() {
        for (name, expected) in
            [("t2.micro", true), ("t4g.nano", true), ("t1.micro", false), ("trn1.2xlarge", false), ("m5.large", false)]
        {
            assert_eq!(is_burstable(&json!({"InstanceType": name})), expected, "{name}");
        }
    }
}
