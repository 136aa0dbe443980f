//! EBS volumes and the instances that they are attached to.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When,
    Write,
};
use serde_json::{Map, Value, json};

use super::{lifecycle, owner, tags};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/volume",
        about: "EBS volumes and their attachments: which instance, as which device.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/VolumeId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:volume/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: Some("/CreateTime"),
        actions: &["ec2:DescribeVolumes"],
        sources: &[Source { operation: "ec2:DescribeVolumes", member: "/Volumes/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeVolumes", 500)],
        writes: &[
            Write::creates(&[
                "ec2:CreateVolume",
                "ec2:CopyVolumes",
                "ec2:RunInstances",
                "ec2:RunScheduledInstances",
                "ec2:RequestSpotInstances",
                "ec2:RequestSpotFleet",
                "ec2:CreateFleet",
                "ec2:CreateReplaceRootVolumeTask",
                "ec2:ImportVolume",
                "ec2:RestoreVolumeFromRecycleBin",
            ]),
            Write::removes(&["ec2:DeleteVolume", "ec2:TerminateInstances", "ec2:CreateReplaceRootVolumeTask"]),
            Write::changes(
                &["/Attachments"],
                &["ec2:AttachVolume", "ec2:DetachVolume", "ec2:TerminateInstances", "ec2:CreateReplaceRootVolumeTask"],
            ),
            Write::changes(
                &["/Iops", "/MultiAttachEnabled", "/Size", "/Throughput", "/VolumeType"],
                &["ec2:ModifyVolume"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/State", why: "follows from `Attachments`" },
            Rule::Set { path: "/Attachments", key: &["InstanceId", "Device"] },
            Rule::Volatile { path: "/Attachments/*/State", why: "tells how far attaching it has got" },
            Rule::Volatile {
                path: "/Attachments/*/DeleteOnTermination",
                why: "is set on the ec2/instance, which lists it in `DeleteOnTermination`",
            },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/Attachments/*/InstanceId", kind: "ec2/instance" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_ebs_volume",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("availability_zone", "/AvailabilityZone"),
            Argument::value("type", "/VolumeType"),
            Argument::value("size", "/Size"),
            Argument::Computed { name: "iops", from: IOPS, value: iops },
            Argument::Computed { name: "throughput", from: THROUGHPUT, value: throughput },
            Argument::value("snapshot_id", "/SnapshotId"),
            Argument::unless("false", "encrypted", "/Encrypted"),
            Argument::value("kms_key_id", "/KmsKeyId"),
            Argument::unless("false", "multi_attach_enabled", "/MultiAttachEnabled"),
            Argument::value("outpost_arn", "/OutpostArn"),
            Argument::Tags,
        ],
    }],
    children: &[Child {
        resource: "aws_volume_attachment",
        each: "/Attachments/*",
        when: &[When::Has("./InstanceId")],
        import: "{./Device}:{id}:{./InstanceId}",
        key: "{./InstanceId}",
        arguments: &[
            Argument::value("device_name", "./Device"),
            Argument::parent("volume_id", "id"),
            Argument::value("instance_id", "./InstanceId"),
        ],
    }],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/VolumeId", "/VolumeArn", "/OwnerId", "/CreateTime"]),
        Omit::quiet("follows from the zone", &["/AvailabilityZoneId"]),
        Omit::quiet("repeats what the volume says", &["/Attachments/*/VolumeId", "/Attachments/*/AttachTime"]),
        Omit::quiet(
            "is the service's that attached it",
            &["/Attachments/*/AssociatedResource", "/Attachments/*/InstanceOwningService"],
        ),
        Omit::quiet("follows from the key", &["/SseType"]),
        Omit::told("the provider does not know it", &["/Attachments/*/EbsCardIndex"]),
        Omit::quiet("speaks of how it was made", &["/FastRestored", "/SourceVolumeId", "/VolumeInitializationRate"]),
    ],
};

pub(super) const IOPS: &[&str] = &["/Iops", "/VolumeType"];
pub(super) const THROUGHPUT: &[&str] = &["/Throughput", "/VolumeType"];

/// AWS tells them for every volume, and takes them for these types; 3,000 are what a `gp3` has anyway.
///
/// Source: EC2 API reference, CreateVolume.
pub(super) fn iops(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let iops = attributes.get("Iops")?;
    let is_set = match attributes.get("VolumeType")?.as_str()? {
        "gp3" => *iops != 3000,
        kind => matches!(kind, "io1" | "io2"),
    };
    is_set.then(|| iops.clone())
}

/// In MiB/s; only a `gp3` takes it, and has 125 anyway.
pub(super) fn throughput(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let throughput = attributes.get("Throughput").filter(|throughput| **throughput != 125)?;
    (attributes.get("VolumeType")? == "gp3").then(|| throughput.clone())
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let managed = reader.include_aws_managed();
    // Asked for more than 500, AWS answers 500 (API reference, DescribeVolumes).
    let mut params = json!({"MaxResults": 500});
    if managed {
        params["IncludeManagedResources"] = true.into();
    }
    let counts = |volume: &Value| {
        !lifecycle::is_in(volume, "/State", &["deleting", "deleted"]) && (managed || !owner::is_operated(volume))
    };
    let mut lists = reader.listed("ec2:DescribeVolumes", params, "/Volumes", counts)?;
    while let Some(volumes) = lists.next().await? {
        for volume in volumes {
            let mut draft = Draft::new(volume);
            lifecycle::drop_ended(&mut draft, "Attachments", "/State", &["detaching", "detached"]);
            reader.emit(draft);
        }
    }
    Ok(())
}
