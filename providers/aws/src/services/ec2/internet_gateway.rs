//! Internet gateways and the VPCs that they are attached to.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use super::{lifecycle, owner, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/internet_gateway",
        about: "Internet gateways and the VPC that each is attached to.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/InternetGatewayId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeInternetGateways"],
        sources: &[Source { operation: "ec2:DescribeInternetGateways", member: "/InternetGateways/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeInternetGateways", 1000)],
        writes: &[
            Write::creates(&["ec2:CreateInternetGateway", "ec2:CreateDefaultVpc"]),
            Write::removes(&["ec2:DeleteInternetGateway"]),
            Write::changes(&["/Attachments"], &["ec2:AttachInternetGateway", "ec2:DetachInternetGateway"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/Attachments", key: &["VpcId"] },
            Rule::Volatile { path: "/Attachments/*/State", why: "tells how far attaching it has got" },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/Attachments/*/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_internet_gateway",
        when: &[],
        import: "{id}",
        // A public NAT gateway cannot be made before its network has this one, and nothing of it says so.
        handles: &[("{id}", "id"), ("{arn}", "arn"), ("public {/Attachments/0/VpcId}", "id")],
        arguments: &[Argument::value("vpc_id", "/Attachments/0/VpcId"), Argument::Tags],
    }],
    children: &[],
    omits: &[Omit::quiet("is what AWS calls it", &["/InternetGatewayId", "/OwnerId"])],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeInternetGateways", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        let gateways = take_items(page, "/InternetGateways").into_iter();
        for gateway in gateways.filter(|gateway| owner::is_ours(reader, gateway)) {
            let mut draft = Draft::new(gateway);
            lifecycle::drop_ended(&mut draft, "Attachments", "/State", &["detaching", "detached"]);
            reader.emit(draft);
        }
    }
    Ok(())
}
