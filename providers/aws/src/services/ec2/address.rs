//! Elastic IP addresses, what they are associated with, and their reverse DNS names.

use std::collections::BTreeMap;

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source,
    Terraform, When, Write,
};
use serde_json::{Value, json};

use super::tags;
use crate::reader::text;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/address",
        about: "Elastic IP addresses with their association and reverse DNS name. Those that a service allocates for \
                itself (`ServiceManaged`) are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/AllocationId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}"),
        label: Some("/PublicIp"),
        called: None,
        created: None,
        actions: &["ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute"],
        sources: &[
            Source { operation: "ec2:DescribeAddresses", member: "/Addresses/*", at: "" },
            Source { operation: "ec2:DescribeAddressesAttribute", member: "/Addresses/*/PtrRecord", at: "/PtrRecord" },
        ],
        calls: &[Calls::once("ec2:DescribeAddresses"), Calls::batches("ec2:DescribeAddressesAttribute", 1000)],
        writes: &[
            Write::creates(&["ec2:AllocateAddress", "ec2:AcceptAddressTransfer", "ec2:MoveAddressToVpc"]),
            // Enabling a transfer is the owner's half of it: the address is gone when the other account accepts.
            Write::removes(&["ec2:ReleaseAddress", "ec2:EnableAddressTransfer"]),
            Write::changes(
                &[
                    "/AssociationId",
                    "/InstanceId",
                    "/NetworkInterfaceId",
                    "/NetworkInterfaceOwnerId",
                    "/PrivateIpAddress",
                    "/SubnetId",
                ],
                &[
                    "ec2:AssociateAddress",
                    "ec2:DisassociateAddress",
                    "ec2:CreateNatGateway",
                    "ec2:DeleteNatGateway",
                    "ec2:AssociateNatGatewayAddress",
                    "ec2:DisassociateNatGatewayAddress",
                    "ec2:AttachNetworkInterface",
                    "ec2:DetachNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:UnassignPrivateIpAddresses",
                    "ec2:TerminateInstances",
                    "elasticloadbalancing:CreateLoadBalancer",
                    "elasticloadbalancing:SetSubnets",
                    "elasticloadbalancing:DeleteLoadBalancer",
                ],
            ),
            Write::changes(&["/PtrRecord"], &["ec2:ModifyAddressAttribute", "ec2:ResetAddressAttribute"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Label, Naming::Field("/AssociationId")],
        rules: &[
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/InstanceId", kind: "ec2/instance" },
            Rule::Reference { path: "/NetworkInterfaceId", kind: "ec2/network_interface" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude { when: &[When::Lacks("/AllocationId")], why: "is an address of EC2-Classic, which is no more" },
        Exclude { when: &[When::Has("/ServiceManaged")], why: "belongs to a service that allocated it" },
    ],
    forms: &[Form {
        resource: "aws_eip",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("domain", "/Domain"),
            Argument::unless("\"amazon\"", "public_ipv4_pool", "/PublicIpv4Pool"),
            Argument::value("customer_owned_ipv4_pool", "/CustomerOwnedIpv4Pool"),
            Argument::unless("\"{region}\"", "network_border_group", "/NetworkBorderGroup"),
            Argument::Tags,
        ],
    }],
    // An address of a NAT gateway or of a load balancer is that one's to associate.
    children: &[Child {
        resource: "aws_eip_association",
        each: "",
        when: &[When::Has("/InstanceId"), When::Has("/AssociationId")],
        import: "{/AssociationId}",
        key: "",
        arguments: &[
            Argument::parent("allocation_id", "id"),
            Argument::value("instance_id", "/InstanceId"),
            Argument::value("private_ip_address", "/PrivateIpAddress"),
        ],
    }],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/NetworkInterfaceOwnerId"]),
        Omit::quiet("is AWS's choice", &["/PublicIp", "/CarrierIp", "/CustomerOwnedIp"]),
        Omit::quiet("follows from what it is associated with", &["/NetworkInterfaceId", "/SubnetId"]),
        Omit::told("cannot be imported", &["/PtrRecord"]),
    ],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let addresses = reader.items("ec2:DescribeAddresses", json!({}), "/Addresses").await?;
    if addresses.is_empty() {
        return Ok(());
    }
    let names = reverse_names(reader).await;
    for address in addresses {
        let mut draft = Draft::new(address);
        if !draft.text("/ServiceManaged").is_empty() && !reader.include_aws_managed() {
            continue;
        }
        match &names {
            Ok(names) => {
                if let Some(name) = names.get(draft.text("/AllocationId")) {
                    draft.set("/PtrRecord", name.clone());
                }
            }
            Err(cause) => draft.unread("/PtrRecord", cause.clone()),
        }
        reader.emit(draft);
    }
    Ok(())
}

/// The reverse DNS names of all addresses that have one, by allocation: one call a region.
async fn reverse_names(reader: &Reader<'_>) -> Result<BTreeMap<String, Value>, Cause> {
    let params = json!({"Attribute": "domain-name", "MaxResults": 1000});
    let attributes = reader.items("ec2:DescribeAddressesAttribute", params, "/Addresses").await?;
    let named = attributes.into_iter().filter(|attribute| !text(attribute, "/PtrRecord").is_empty());
    Ok(named.map(|mut item| (text(&item, "/AllocationId").to_owned(), item["PtrRecord"].take())).collect())
}
