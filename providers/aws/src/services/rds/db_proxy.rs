//! RDS proxies. Their target groups and endpoints are kinds of their own.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};

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
        actions: &["rds:DescribeDBProxies", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeDBProxies", member: "/DBProxies/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
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
        terraform: None,
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
    LISTING.read_each(reader, proxies.to_vec(), &|_: &_| Vec::new()).await;
    Ok(())
}
