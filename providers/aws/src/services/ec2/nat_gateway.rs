//! NAT gateways, zonal and regional, with their addresses.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    When, Write,
};
use serde_json::{Map, Value, json};

use super::{lifecycle, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/nat_gateway",
        about: "NAT gateways with their addresses. The addresses of a regional one are left out where AWS scales them.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/NatGatewayId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:natgateway/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeNatGateways"],
        sources: &[Source { operation: "ec2:DescribeNatGateways", member: "/NatGateways/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeNatGateways", 1000)],
        writes: &[
            Write::creates(&["ec2:CreateNatGateway"]),
            Write::removes(&["ec2:DeleteNatGateway"]),
            Write::changes(
                &["/NatGatewayAddresses"],
                &[
                    "ec2:AssociateNatGatewayAddress",
                    "ec2:DisassociateNatGatewayAddress",
                    "ec2:AssignPrivateNatGatewayAddress",
                    "ec2:UnassignPrivateNatGatewayAddress",
                ],
            ),
            Write::changes(&["/AttachedAppliances"], &["network-firewall:CreateProxy", "network-firewall:DeleteProxy"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/State", why: "tells how far creating it has got" },
            Rule::Volatile {
                path: "/ProvisionedBandwidth/Status",
                why: "tells how far granting the bandwidth has got",
            },
            Rule::Set { path: "/NatGatewayAddresses", key: &["AllocationId", "PrivateIp"] },
            Rule::Volatile { path: "/NatGatewayAddresses/*/Status", why: "tells how far associating it has got" },
            Rule::Set { path: "/AttachedAppliances", key: &["ApplianceArn"] },
            Rule::Volatile { path: "/AttachedAppliances/*/AttachmentState", why: "tells how far attaching has got" },
            Rule::Volatile { path: "/AttachedAppliances/*/ModificationState", why: "tells how far a change has got" },
            Rule::Volatile { path: "/AttachedAppliances/*/FailureCode", why: "explains the state" },
            Rule::Volatile { path: "/AttachedAppliances/*/FailureMessage", why: "explains the state" },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/SubnetId", kind: "ec2/subnet" },
            Rule::Reference { path: "/NatGatewayAddresses/*/AllocationId", kind: "ec2/address" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Is("/AvailabilityMode", "\"regional\"")],
        why: "is a regional NAT gateway, which version 5 of the provider does not know",
    }],
    forms: &[Form {
        resource: "aws_nat_gateway",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("subnet_id", "/SubnetId"),
            Argument::unless("\"public\"", "connectivity_type", "/ConnectivityType"),
            Argument::Computed {
                name: "allocation_id",
                from: &["/NatGatewayAddresses/*/AllocationId", "/NatGatewayAddresses/*/IsPrimary"],
                value: allocation,
            },
            Argument::Computed {
                name: "secondary_allocation_ids",
                from: &["/NatGatewayAddresses/*/AllocationId"],
                value: more_allocations,
            },
            Argument::Tags,
            Argument::Needs { kind: "ec2/internet_gateway", pattern: "{/ConnectivityType} {/VpcId}" },
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/NatGatewayId", "/CreateTime", "/DeleteTime"]),
        Omit::quiet("follows from the subnet", &["/AvailabilityMode"]),
        Omit::quiet(
            "is AWS's choice",
            &[
                "/NatGatewayAddresses/*/AssociationId",
                "/NatGatewayAddresses/*/NetworkInterfaceId",
                "/NatGatewayAddresses/*/PrivateIp",
                "/NatGatewayAddresses/*/PublicIp",
                "/NatGatewayAddresses/*/AvailabilityZone",
                "/NatGatewayAddresses/*/AvailabilityZoneId",
                "/NatGatewayAddresses/*/FailureMessage",
                "/FailureCode",
                "/FailureMessage",
                "/ProvisionedBandwidth",
            ],
        ),
        Omit::quiet("is for regional ones", &["/AutoScalingIps", "/AutoProvisionZones", "/RouteTableId"]),
        Omit::told("the provider does not know it", &["/AttachedAppliances"]),
    ],
};

fn allocation(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let addresses = attributes.get("NatGatewayAddresses")?.as_array()?;
    // There was no primary address when there could be only one.
    let primary = addresses.iter().find(|address| address["IsPrimary"] == true).or(addresses.first())?;
    primary.get("AllocationId").cloned()
}

fn more_allocations(attributes: &Map<String, Value>, none: &Value) -> Option<Value> {
    let primary = allocation(attributes, none)?;
    let addresses = attributes.get("NatGatewayAddresses")?.as_array()?.iter();
    Some(addresses.filter_map(|it| it.get("AllocationId")).filter(|id| **id != primary).cloned().collect())
}

/// A deleted gateway stays listed for about an hour, and so does one that could not be created: AWS deletes it by
/// itself.
///
/// Source: Amazon VPC User Guide, "Work with NAT gateways" and "Troubleshoot NAT gateways".
const ENDED: &[&str] = &["deleting", "deleted", "failed"];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeNatGateways", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        let gateways = take_items(page, "/NatGateways").into_iter();
        for gateway in gateways.filter(|gateway| !lifecycle::is_in(gateway, "/State", ENDED)) {
            let mut draft = Draft::new(gateway);
            let scaled = draft.text("/AutoScalingIps") == "enabled" || draft.text("/AutoProvisionZones") == "enabled";
            if scaled && !reader.include_aws_managed() {
                draft.remove("NatGatewayAddresses");
            }
            let ended = &["unassigning", "disassociating", "failed"];
            lifecycle::drop_ended(&mut draft, "NatGatewayAddresses", "/Status", ended);
            reader.emit(draft);
        }
    }
    Ok(())
}
