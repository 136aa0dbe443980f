//! Endpoints that users added to RDS proxies.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When, Write,
};
use serde_json::Value;

use super::db_proxy::NEWER;
use super::proxies::proxies;
use super::tagged::Listing;
use super::tags;
use crate::{Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_proxy_endpoint",
        about: "Endpoints that users added to RDS proxies; a proxy's default one, which repeats the proxy, is left out.",
        reads: Reads::EachRegion,
        identity: Identity::Join(&["/DBProxyName", "/DBProxyEndpointName"]),
        arn: Arn::Field("/DBProxyEndpointArn"),
        label: None,
        called: Some("{id.1}"),
        created: None,
        actions: &["rds:DescribeDBProxies", "rds:DescribeDBProxyEndpoints", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeDBProxyEndpoints", member: "/DBProxyEndpoints/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[
            Calls::list("rds:DescribeDBProxies", 100).of("rds/db_proxy").shared(),
            Calls::batches("rds:DescribeDBProxyEndpoints", 100).of("rds/db_proxy"),
            Calls::each("rds:ListTagsForResource", 1.0),
        ],
        writes: &[
            // A proxy brings its default endpoint and takes all of them with it. Renamed, it or its proxy, it is another.
            Write::creates(&[
                "rds:CreateDBProxyEndpoint",
                "rds:CreateDBProxy",
                "rds:ModifyDBProxyEndpoint",
                "rds:ModifyDBProxy",
            ]),
            Write::removes(&[
                "rds:DeleteDBProxyEndpoint",
                "rds:DeleteDBProxy",
                "rds:ModifyDBProxyEndpoint",
                "rds:ModifyDBProxy",
            ]),
            Write::changes(&["/VpcSecurityGroupIds"], &["rds:ModifyDBProxyEndpoint", "rds:ModifyDBProxy"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Field("/DBProxyEndpointName"), Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how RDS is getting on" },
            Rule::Set { path: "/VpcSecurityGroupIds", key: &[] },
            Rule::Set { path: "/VpcSubnetIds", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/DBProxyName", kind: "rds/db_proxy" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/VpcSecurityGroupIds/*", kind: "ec2/security_group" },
            Rule::Reference { path: "/VpcSubnetIds/*", kind: "ec2/subnet" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_db_proxy_endpoint",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("db_proxy_name", "/DBProxyName"),
            Argument::value("db_proxy_endpoint_name", "/DBProxyEndpointName"),
            Argument::unless("\"READ_WRITE\"", "target_role", "/TargetRole"),
            Argument::value("vpc_subnet_ids", "/VpcSubnetIds"),
            Argument::value("vpc_security_group_ids", "/VpcSecurityGroupIds"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/DBProxyEndpointArn", "/CreatedDate", "/Endpoint"]),
        Omit::quiet("is that of a proxy itself, which is left out", &["/IsDefault"]),
        Omit::quiet("follows from the subnets", &["/VpcId"]),
        Omit::told(NEWER, &["/EndpointNetworkType"]).when(&[When::IsNot("/EndpointNetworkType", "\"IPV4\"")]),
    ],
};

static LISTING: Listing = Listing {
    operation: "rds:DescribeDBProxyEndpoints",
    member: "/DBProxyEndpoints",
    id: &["/DBProxyName", "/DBProxyEndpointName"],
    arn: "/DBProxyEndpointArn",
    gone: &["DBProxyEndpointNotFoundFault", "DBProxyNotFoundFault"],
    // It repeats what the proxy says, and changes with it.
    is_aws_managed: |endpoint| endpoint.get("/IsDefault") == Some(&Value::Bool(true)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    // Most regions have no proxy, and then the list that other kinds have fetched answers this too.
    if proxies(reader).await?.is_empty() {
        return Ok(());
    }
    LISTING.collect(reader, |_| Vec::new()).await
}
