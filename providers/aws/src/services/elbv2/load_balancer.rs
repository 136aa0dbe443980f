//! Application, network and gateway load balancers.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::lists::{self, NO_LOAD_BALANCER};
use super::tags;
use crate::reader::text;
use crate::{Batch, Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "elbv2/load_balancer",
        about: "Application, network and gateway load balancers with their attributes and reserved capacity.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/LoadBalancerName"),
        arn: Arn::Field("/LoadBalancerArn"),
        label: None,
        called: None,
        created: None,
        actions: &[
            "elasticloadbalancing:DescribeCapacityReservation",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
        ],
        sources: &[
            Source { operation: "elbv2:DescribeLoadBalancers", member: "/LoadBalancers/*", at: "" },
            Source { operation: "elbv2:DescribeLoadBalancerAttributes", member: "/Attributes", at: "/Attributes" },
            Source {
                operation: "elbv2:DescribeCapacityReservation",
                member: "/MinimumLoadBalancerCapacity",
                at: "/MinimumLoadBalancerCapacity",
            },
            tags::SOURCE,
        ],
        calls: &[
            Calls::list("elbv2:DescribeLoadBalancers", 400).of("elbv2/load_balancer").shared(),
            Calls::batches("elbv2:DescribeTags", 20),
            Calls::each("elbv2:DescribeLoadBalancerAttributes", 1.0),
            Calls::each("elbv2:DescribeCapacityReservation", 1.0),
        ],
        writes: &[
            Write::creates(&["elasticloadbalancing:CreateLoadBalancer"]),
            Write::removes(&["elasticloadbalancing:DeleteLoadBalancer"]),
            Write::changes(
                &["/AvailabilityZones", "/EnablePrefixForIpv6SourceNat", "/IpAddressType"],
                &["elasticloadbalancing:SetSubnets"],
            ),
            Write::changes(&["/AvailabilityZones", "/IpAddressType"], &["elasticloadbalancing:SetIpAddressType"]),
            Write::changes(
                &["/EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "/SecurityGroups"],
                &["elasticloadbalancing:SetSecurityGroups"],
            ),
            Write::changes(&["/IpamPools"], &["elasticloadbalancing:ModifyIpPools"]),
            Write::changes(&["/Attributes"], &["elasticloadbalancing:ModifyLoadBalancerAttributes"]),
            Write::changes(&["/MinimumLoadBalancerCapacity"], &["elasticloadbalancing:ModifyCapacityReservation"]),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[
            Rule::Volatile { path: "/State", why: "says how AWS is coming along, not what people chose" },
            Rule::Set { path: "/Attributes", key: &["Key"] },
            Rule::Set { path: "/AvailabilityZones", key: &["ZoneName"] },
            Rule::Set { path: "/AvailabilityZones/*/LoadBalancerAddresses", key: &[] },
            Rule::Set { path: "/AvailabilityZones/*/SourceNatIpv6Prefixes", key: &[] },
            Rule::Set { path: "/SecurityGroups", key: &[] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/AvailabilityZones/*/SubnetId", kind: "ec2/subnet" },
            Rule::Reference { path: "/AvailabilityZones/*/LoadBalancerAddresses/*/AllocationId", kind: "ec2/address" },
            Rule::Reference { path: "/SecurityGroups/*", kind: "ec2/security_group" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TAGS: Batch = tags::by(|draft| draft.text("/LoadBalancerArn"));

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let balancers = lists::load_balancers(reader).await?;
    let wanted = balancers.iter().filter(|balancer| reader.wants(None, text(balancer, "/LoadBalancerName")));
    let drafts = wanted.map(Draft::new);
    reader.for_each_batched(&TAGS, drafts, |draft| Box::pin(read(reader, draft))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, mut draft: Draft) {
    let params = json!({"LoadBalancerArn": draft.text("/LoadBalancerArn")});
    let mut details = vec![Detail {
        operation: "elbv2:DescribeLoadBalancerAttributes",
        params: params.clone(),
        member: "/Attributes",
        at: "/Attributes",
        absent: &[],
    }];
    // Gateway load balancers have no capacity to reserve.
    if draft.text("/Type") != "gateway" {
        details.push(Detail {
            operation: "elbv2:DescribeCapacityReservation",
            params,
            member: "/MinimumLoadBalancerCapacity",
            at: "/MinimumLoadBalancerCapacity",
            // What regions answer that do not know reservations yet.
            absent: &["InvalidAction", "UnsupportedOperation"],
        });
    }
    if reader.details(&mut draft, &[NO_LOAD_BALANCER], details).await == Existence::Present {
        reader.emit(draft);
    }
}
