//! Classic load balancers with their listeners, policies and attributes.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use crate::reader::{take_items, text};
use crate::{Batch, Detail, Draft, Existence, Items, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "elb/load_balancer",
        about: "Classic load balancers with their listeners, registered instances, policies and attributes.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/LoadBalancerName"),
        arn: Arn::Pattern("arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{id}"),
        label: None,
        called: None,
        created: None,
        actions: &[
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancerPolicies",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
        ],
        sources: &[
            Source { operation: "elb:DescribeLoadBalancers", member: "/LoadBalancerDescriptions/*", at: "" },
            Source {
                operation: "elb:DescribeLoadBalancerAttributes",
                member: "/LoadBalancerAttributes",
                at: "/LoadBalancerAttributes",
            },
            Source {
                operation: "elb:DescribeLoadBalancerPolicies",
                member: "/PolicyDescriptions",
                at: "/PolicyDescriptions",
            },
            Source { operation: "elb:DescribeTags", member: "/TagDescriptions/*/Tags", at: "/Tags" },
        ],
        calls: &[
            Calls::list("elb:DescribeLoadBalancers", 400),
            Calls::batches("elb:DescribeTags", 20),
            Calls::each("elb:DescribeLoadBalancerAttributes", 1.0),
            Calls::each("elb:DescribeLoadBalancerPolicies", 1.0),
        ],
        writes: &[
            Write::creates(&["elasticloadbalancing:CreateLoadBalancer"]),
            Write::removes(&["elasticloadbalancing:DeleteLoadBalancer"]),
            // A listener that encrypts brings AWS's default policy with it.
            Write::changes(
                &["/ListenerDescriptions", "/PolicyDescriptions"],
                &["elasticloadbalancing:CreateLoadBalancerListeners"],
            ),
            Write::changes(
                &["/ListenerDescriptions"],
                &[
                    "elasticloadbalancing:DeleteLoadBalancerListeners",
                    "elasticloadbalancing:SetLoadBalancerListenerSSLCertificate",
                    "elasticloadbalancing:SetLoadBalancerPoliciesOfListener",
                ],
            ),
            Write::changes(
                &["/BackendServerDescriptions"],
                &["elasticloadbalancing:SetLoadBalancerPoliciesForBackendServer"],
            ),
            Write::changes(
                &["/PolicyDescriptions"],
                &[
                    "elasticloadbalancing:CreateAppCookieStickinessPolicy",
                    "elasticloadbalancing:CreateLBCookieStickinessPolicy",
                    "elasticloadbalancing:CreateLoadBalancerPolicy",
                    "elasticloadbalancing:DeleteLoadBalancerPolicy",
                ],
            ),
            Write::changes(
                &["/AvailabilityZones", "/Subnets"],
                &[
                    "elasticloadbalancing:AttachLoadBalancerToSubnets",
                    "elasticloadbalancing:DetachLoadBalancerFromSubnets",
                ],
            ),
            Write::changes(
                &["/AvailabilityZones"],
                &[
                    "elasticloadbalancing:EnableAvailabilityZonesForLoadBalancer",
                    "elasticloadbalancing:DisableAvailabilityZonesForLoadBalancer",
                ],
            ),
            Write::changes(
                &["/Instances"],
                &[
                    "elasticloadbalancing:RegisterInstancesWithLoadBalancer",
                    "elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
                    "autoscaling:AttachLoadBalancers",
                    "autoscaling:DetachLoadBalancers",
                    "autoscaling:AttachTrafficSources",
                    "autoscaling:DetachTrafficSources",
                ],
            ),
            Write::changes(&["/HealthCheck"], &["elasticloadbalancing:ConfigureHealthCheck"]),
            Write::changes(
                &["/SecurityGroups", "/SourceSecurityGroup"],
                &["elasticloadbalancing:ApplySecurityGroupsToLoadBalancer"],
            ),
            Write::changes(&["/LoadBalancerAttributes"], &["elasticloadbalancing:ModifyLoadBalancerAttributes"]),
            Write::changes(
                &["/tags"],
                &[
                    "elasticloadbalancing:AddTags",
                    "elasticloadbalancing:RemoveTags",
                    "tagging:TagResources",
                    "tagging:UntagResources",
                ],
            ),
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/Policies", why: "is said in full by PolicyDescriptions" },
            Rule::Set { path: "/AvailabilityZones", key: &[] },
            Rule::Set { path: "/BackendServerDescriptions", key: &["InstancePort"] },
            Rule::Set { path: "/BackendServerDescriptions/*/PolicyNames", key: &[] },
            Rule::Set { path: "/Instances", key: &["InstanceId"] },
            Rule::Set { path: "/ListenerDescriptions", key: &["Listener/LoadBalancerPort"] },
            Rule::Set { path: "/ListenerDescriptions/*/PolicyNames", key: &[] },
            Rule::Set { path: "/LoadBalancerAttributes/AdditionalAttributes", key: &["Key"] },
            Rule::Set { path: "/PolicyDescriptions", key: &["PolicyName"] },
            // A policy can have several attributes of one name: the public keys that it trusts.
            Rule::Set { path: "/PolicyDescriptions/*/PolicyAttributeDescriptions", key: &[] },
            Rule::Set { path: "/SecurityGroups", key: &[] },
            Rule::Set { path: "/Subnets", key: &[] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/Instances/*/InstanceId", kind: "ec2/instance" },
            Rule::Reference { path: "/LoadBalancerAttributes/AccessLog/S3BucketName", kind: "s3/bucket" },
            Rule::Reference { path: "/SecurityGroups/*", kind: "ec2/security_group" },
            Rule::Reference { path: "/Subnets/*", kind: "ec2/subnet" },
            Rule::Reference { path: "/VPCId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

/// What the API answers for a load balancer that is no more; its documentation calls it `AccessPointNotFound`, too.
const GONE: &[&str] = &["AccessPointNotFound", "LoadBalancerNotFound"];

static TAGS: Batch = Batch {
    operation: "elb:DescribeTags",
    size: 20,
    parameter: "LoadBalancerNames",
    name: |draft| draft.text("/LoadBalancerName"),
    fixed: &[],
    list: "/TagDescriptions",
    known_by: "/LoadBalancerName",
    member: "/Tags",
    at: "/Tags",
    gone: GONE,
    alone: None,
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("elb:DescribeLoadBalancers", json!({"PageSize": 400}))?;
    while let Some(page) = pages.next().await? {
        let balancers = take_items(page, "/LoadBalancerDescriptions").into_iter();
        let wanted = balancers.filter(|balancer| reader.wants(None, text(balancer, "/LoadBalancerName")));
        let drafts = wanted.collect::<Items>().into_iter().map(Draft::new);
        reader.for_each_batched(&TAGS, drafts, |draft| Box::pin(read(reader, draft))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, mut draft: Draft) {
    let params = json!({"LoadBalancerName": draft.text("/LoadBalancerName")});
    let details = vec![
        Detail {
            operation: "elb:DescribeLoadBalancerAttributes",
            params: params.clone(),
            member: "/LoadBalancerAttributes",
            at: "/LoadBalancerAttributes",
            absent: &[],
        },
        Detail {
            operation: "elb:DescribeLoadBalancerPolicies",
            params,
            member: "/PolicyDescriptions",
            at: "/PolicyDescriptions",
            absent: &[],
        },
    ];
    if reader.details(&mut draft, GONE, details).await == Existence::Present {
        reader.emit(draft);
    }
}
