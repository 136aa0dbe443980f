//! RDS proxies. Their target groups and endpoints are kinds of their own.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    When, Write,
};

use super::proxies::proxies;
use super::tagged::Listing;
use super::tags;
use crate::{Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_proxy",
        about: "RDS proxies with their authentication and network.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBProxyName"),
        arn: Arn::Field("/DBProxyArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeDBProxies", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeDBProxies", member: "/DBProxies/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[
            Calls::list("rds:DescribeDBProxies", 100).of("rds/db_proxy").shared(),
            Calls::each("rds:ListTagsForResource", 1.0),
        ],
        writes: &[
            // Renamed, it is another resource.
            Write::creates(&["rds:CreateDBProxy", "rds:ModifyDBProxy"]),
            Write::removes(&["rds:DeleteDBProxy", "rds:ModifyDBProxy"]),
            Write::changes(
                &[
                    "/Auth",
                    "/DebugLogging",
                    "/DefaultAuthScheme",
                    "/IdleClientTimeout",
                    "/RequireTLS",
                    "/RoleArn",
                    "/VpcSecurityGroupIds",
                ],
                &["rds:ModifyDBProxy"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how RDS is getting on" },
            Rule::Volatile { path: "/UpdatedDate", why: "follows every other change" },
            Rule::Set { path: "/Auth", key: &["SecretArn", "UserName"] },
            Rule::Set { path: "/VpcSecurityGroupIds", key: &[] },
            Rule::Set { path: "/VpcSubnetIds", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/VpcSecurityGroupIds/*", kind: "ec2/security_group" },
            Rule::Reference { path: "/VpcSubnetIds/*", kind: "ec2/subnet" },
            Rule::Reference { path: "/RoleArn", kind: "iam/role" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Lacks("/Auth")],
        why: "authenticates by IAM alone, which version 5 of the provider cannot say",
    }],
    forms: &[Form {
        resource: "aws_db_proxy",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/DBProxyName"),
            Argument::value("engine_family", "/EngineFamily"),
            Argument::value("role_arn", "/RoleArn"),
            Argument::value("vpc_subnet_ids", "/VpcSubnetIds"),
            Argument::value("vpc_security_group_ids", "/VpcSecurityGroupIds"),
            Argument::unless("false", "require_tls", "/RequireTLS"),
            Argument::value("idle_client_timeout", "/IdleClientTimeout"),
            Argument::unless("false", "debug_logging", "/DebugLogging"),
            Argument::Blocks {
                name: "auth",
                path: "/Auth/*",
                arguments: &[
                    Argument::value("auth_scheme", "./AuthScheme"),
                    Argument::value("description", "./Description"),
                    Argument::value("iam_auth", "./IAMAuth"),
                    Argument::value("secret_arn", "./SecretArn"),
                    Argument::value("client_password_auth_type", "./ClientPasswordAuthType"),
                    Argument::value("username", "./UserName"),
                ],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/DBProxyArn", "/CreatedDate", "/Endpoint"]),
        Omit::quiet("follows from the subnets", &["/VpcId"]),
        Omit::told(NEWER, &["/DefaultAuthScheme"]).when(&[When::IsNot("/DefaultAuthScheme", "\"NONE\"")]),
        Omit::told(NEWER, &["/EndpointNetworkType"]).when(&[When::IsNot("/EndpointNetworkType", "\"IPV4\"")]),
        Omit::told(NEWER, &["/TargetConnectionNetworkType"])
            .when(&[When::IsNot("/TargetConnectionNetworkType", "\"IPV4\"")]),
    ],
};

/// Said of what version 6 of the provider knows.
pub(super) const NEWER: &str = "version 5 of the provider cannot say it";

static LISTING: Listing = Listing {
    operation: "rds:DescribeDBProxies",
    member: "/DBProxies",
    id: &["/DBProxyName"],
    arn: "/DBProxyArn",
    gone: &["DBProxyNotFoundFault"],
    is_aws_managed: |_| false,
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let proxies = proxies(reader).await?;
    LISTING.read_each(reader, proxies.iter(), &|_: &_| Vec::new()).await;
    Ok(())
}
