//! Egress-only internet gateways (IPv6 traffic out, none in).

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use super::{lifecycle, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/egress_only_internet_gateway",
        about: "Egress-only internet gateways and the VPC that each is attached to.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/EgressOnlyInternetGatewayId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:egress-only-internet-gateway/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeEgressOnlyInternetGateways"],
        sources: &[Source {
            operation: "ec2:DescribeEgressOnlyInternetGateways",
            member: "/EgressOnlyInternetGateways/*",
            at: "",
        }],
        calls: &[Calls::list("ec2:DescribeEgressOnlyInternetGateways", 255)],
        writes: &[
            Write::creates(&["ec2:CreateEgressOnlyInternetGateway"]),
            Write::removes(&["ec2:DeleteEgressOnlyInternetGateway"]),
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
        resource: "aws_egress_only_internet_gateway",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[Argument::value("vpc_id", "/Attachments/0/VpcId"), Argument::Tags],
    }],
    children: &[],
    omits: &[Omit::quiet("is what AWS calls it", &["/EgressOnlyInternetGatewayId"])],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeEgressOnlyInternetGateways", json!({"MaxResults": 255}))?;
    while let Some(page) = pages.next().await? {
        for gateway in take_items(page, "/EgressOnlyInternetGateways") {
            let mut draft = Draft::new(gateway);
            lifecycle::drop_ended(&mut draft, "Attachments", "/State", &["detaching", "detached"]);
            reader.emit(draft);
        }
    }
    Ok(())
}
