//! EBS volumes and the instances that they are attached to.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::{lifecycle, owner, tags};
use crate::reader::take_items;
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
        actions: &["ec2:DescribeVolumes"],
        sources: &[Source { operation: "ec2:DescribeVolumes", member: "/Volumes/*", at: "" }],
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
        terraform: None,
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

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let managed = reader.include_aws_managed();
    // Asked for more than 500, AWS answers 500 (API reference, DescribeVolumes).
    let mut params = json!({"MaxResults": 500});
    if managed {
        params["IncludeManagedResources"] = true.into();
    }
    let mut pages = reader.pages("ec2:DescribeVolumes", params)?;
    while let Some(page) = pages.next().await? {
        for volume in take_items(page, "/Volumes") {
            if lifecycle::is_in(&volume, "/State", &["deleting", "deleted"]) || owner::is_operated(&volume) && !managed
            {
                continue;
            }
            let mut draft = Draft::new(volume);
            lifecycle::drop_ended(&mut draft, "Attachments", "/State", &["detaching", "detached"]);
            reader.emit(draft);
        }
    }
    Ok(())
}
