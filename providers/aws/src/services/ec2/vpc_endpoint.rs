//! VPC endpoints of all types, with their policies.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Document, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::{Value, json};

use super::{lifecycle, tags};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/vpc_endpoint",
        about: "VPC endpoints of all types, with their policies. Those that a service keeps for itself \
                (`RequesterManaged`) are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/VpcEndpointId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &[LIST],
        sources: &[Source { operation: LIST, member: "/VpcEndpoints/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeVpcEndpoints", 1000).shared()],
        writes: &[
            Write::creates(&["ec2:CreateVpcEndpoint"]),
            Write::removes(&["ec2:DeleteVpcEndpoints"]),
            Write::changes(
                &[
                    "/DnsEntries",
                    "/DnsOptions",
                    "/Groups",
                    "/IpAddressType",
                    "/Ipv4Prefixes",
                    "/Ipv6Prefixes",
                    "/NetworkInterfaceIds",
                    "/PolicyDocument",
                    "/PrivateDnsEnabled",
                    "/RouteTableIds",
                    "/SubnetIds",
                ],
                &["ec2:ModifyVpcEndpoint"],
            ),
            Write::changes(&["/PayerResponsibilities"], &["ec2:ModifyVpcEndpointPayerResponsibility"]),
            Write::changes(&["/RouteTableIds"], &["ec2:DeleteRouteTable"]),
            Write::changes(&["/State"], &["ec2:AcceptVpcEndpointConnections", "ec2:RejectVpcEndpointConnections"]),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Document { path: "/PolicyDocument", form: Document::Policy },
            Rule::Set { path: "/RouteTableIds", key: &[] },
            Rule::Set { path: "/SubnetIds", key: &[] },
            Rule::Set { path: "/Groups", key: &["GroupId"] },
            Rule::Set { path: "/DnsOptions/PrivateDnsSpecifiedDomains", key: &[] },
            Rule::Set { path: "/NetworkInterfaceIds", key: &[] },
            Rule::Set { path: "/DnsEntries", key: &["DnsName", "HostedZoneId"] },
            Rule::Volatile { path: "/LastError", why: "explains the state" },
            Rule::Volatile { path: "/FailureReason", why: "explains the state" },
            Rule::Set { path: "/Ipv4Prefixes", key: &["SubnetId"] },
            Rule::Set { path: "/Ipv4Prefixes/*/IpPrefixes", key: &[] },
            Rule::Set { path: "/Ipv6Prefixes", key: &["SubnetId"] },
            Rule::Set { path: "/Ipv6Prefixes/*/IpPrefixes", key: &[] },
            Rule::Set { path: "/PayerResponsibilities", key: &["Scope"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/SubnetIds/*", kind: "ec2/subnet" },
            Rule::Reference { path: "/RouteTableIds/*", kind: "ec2/route_table" },
            Rule::Reference { path: "/Groups/*/GroupId", kind: "ec2/security_group" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

/// Route tables ask for this list too, with the same parameters, so that it is fetched once.
pub(super) const LIST: &str = "ec2:DescribeVpcEndpoints";

/// Asked for more than 1,000, AWS answers 1,000 (API reference, DescribeVpcEndpoints).
pub(super) fn list_params() -> Value {
    json!({"MaxResults": 1000})
}

/// A deleted endpoint stays listed for a while.
const ENDED: &[&str] = &["deleting", "deleted"];

/// `State` itself stays: acceptance and rejection are somebody's decision.
const WAYS: &[(&str, &str)] = &[("pending", "available")];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    for mut endpoint in reader.shared_items(LIST, list_params(), "/VpcEndpoints").await?.iter() {
        let managed = endpoint.pointer("/RequesterManaged").and_then(Value::as_bool).unwrap_or_default();
        if lifecycle::is_in(&endpoint, "/State", ENDED) || managed && !reader.include_aws_managed() {
            continue;
        }
        lifecycle::settle(&mut endpoint, "/State", WAYS);
        reader.emit(Draft::new(endpoint));
    }
    Ok(())
}
