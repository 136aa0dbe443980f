//! Listeners with their certificates and default actions.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::lists::{self, NO_LISTENER, NO_LOAD_BALANCER, PAGE};
use super::tags;
use crate::{Batch, Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "elbv2/listener",
        about: "Listeners with all their certificates, their attributes and their default actions.",
        reads: Reads::EachRegion,
        identity: Identity::Computed("the load balancer's name and the listener's id, joined by `/`"),
        arn: Arn::Field("/ListenerArn"),
        label: Some("/Port"),
        called: Some("{id.0} {/Port}"),
        created: None,
        actions: &[
            "elasticloadbalancing:DescribeListenerAttributes",
            "elasticloadbalancing:DescribeListenerCertificates",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
        ],
        sources: &[
            Source { operation: "elbv2:DescribeListeners", member: "/Listeners/*", at: "" },
            Source { operation: "elbv2:DescribeListenerCertificates", member: "/Certificates", at: "/Certificates" },
            Source { operation: "elbv2:DescribeListenerAttributes", member: "/Attributes", at: "/Attributes" },
            tags::SOURCE,
        ],
        calls: &[
            Calls::list("elbv2:DescribeLoadBalancers", 400).of("elbv2/load_balancer").shared(),
            Calls::each("elbv2:DescribeListeners", 1.0).of("elbv2/load_balancer").shared(),
            Calls::batches("elbv2:DescribeTags", 20),
            Calls::each("elbv2:DescribeListenerAttributes", 1.0),
            // Of those that end TLS.
            Calls::each("elbv2:DescribeListenerCertificates", 0.5),
        ],
        writes: &[
            Write::creates(&["elasticloadbalancing:CreateListener"]),
            Write::removes(&["elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer"]),
            Write::changes(
                &[
                    "/AlpnPolicy",
                    "/Certificates",
                    "/DefaultActions",
                    "/MutualAuthentication",
                    "/Port",
                    "/Protocol",
                    "/SslPolicy",
                ],
                &["elasticloadbalancing:ModifyListener"],
            ),
            Write::changes(
                &["/Certificates"],
                &["elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:RemoveListenerCertificates"],
            ),
            Write::changes(&["/Attributes"], &["elasticloadbalancing:ModifyListenerAttributes"]),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Arn],
        rules: &[
            Rule::Set { path: "/Attributes", key: &["Key"] },
            // A default certificate that was also added to the list is answered twice.
            Rule::Set { path: "/Certificates", key: &["CertificateArn", "IsDefault"] },
            // Actions carry their order in a member.
            Rule::Set { path: "/DefaultActions", key: &["Order"] },
            Rule::Default {
                path: "/DefaultActions/*/Order",
                value: "1",
                why: "is told of the only action as soon as somebody says it, and means nothing",
            },
            Rule::Set { path: "/DefaultActions/*/ForwardConfig/TargetGroups", key: &["TargetGroupArn"] },
            Rule::Set { path: "/DefaultActions/*/JwtValidationConfig/AdditionalClaims", key: &["Name"] },
            Rule::Set { path: "/DefaultActions/*/JwtValidationConfig/AdditionalClaims/*/Values", key: &[] },
            Rule::Secret { path: "/DefaultActions/*/AuthenticateOidcConfig/ClientSecret" },
            // Protocols in the order of preference.
            Rule::Sequence { path: "/AlpnPolicy", key: &[] },
            Rule::Volatile {
                path: "/MutualAuthentication/TrustStoreAssociationStatus",
                why: "says whether the trust store still exists",
            },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/LoadBalancerArn", kind: "elbv2/load_balancer" },
            Rule::Reference { path: "/Certificates/*/CertificateArn", kind: "acm/certificate" },
            Rule::Reference { path: "/DefaultActions/*/TargetGroupArn", kind: "elbv2/target_group" },
            Rule::Reference {
                path: "/DefaultActions/*/ForwardConfig/TargetGroups/*/TargetGroupArn",
                kind: "elbv2/target_group",
            },
            Rule::Reference { path: "/MutualAuthentication/TrustStoreArn", kind: "elbv2/trust_store" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TAGS: Batch = tags::by(|draft| draft.text("/ListenerArn"));

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let listeners = lists::listeners(reader).await?;
    let drafts = listeners.into_iter().filter_map(|listener| {
        let draft = Draft::new(listener);
        let id = lists::child_id(draft.text("/ListenerArn")).unwrap_or_default();
        reader.wants(None, &id).then(|| draft.with_id(id))
    });
    reader.for_each_batched(&TAGS, drafts, |draft| Box::pin(read(reader, draft))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, mut draft: Draft) {
    let arn = draft.text("/ListenerArn");
    let mut details = vec![Detail {
        operation: "elbv2:DescribeListenerAttributes",
        params: json!({"ListenerArn": arn}),
        member: "/Attributes",
        at: "/Attributes",
        absent: &[],
    }];
    // The list of listeners answers the default certificate only; those for other host names (SNI) are asked for.
    if matches!(draft.text("/Protocol"), "HTTPS" | "TLS") {
        details.push(Detail {
            operation: "elbv2:DescribeListenerCertificates",
            params: json!({"ListenerArn": arn, "PageSize": PAGE}),
            member: "/Certificates",
            at: "/Certificates",
            // An endpoint without this call knows no certificates but the one that the list has answered.
            absent: &["InvalidAction"],
        });
    }
    if reader.details(&mut draft, &[NO_LISTENER, NO_LOAD_BALANCER], details).await == Existence::Present {
        reader.emit(draft);
    }
}
