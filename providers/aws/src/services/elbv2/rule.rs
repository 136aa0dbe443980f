//! The rules of application load balancers' listeners.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Under, Write};
use serde_json::{Value, json};

use super::lists::{self, NO_LISTENER, PAGE};
use super::tags;
use crate::reader::text;
use crate::{Batch, Draft, Filling, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "elbv2/rule",
        about: "Rules of application load balancers' listeners. A listener's default rule is the listener's default \
                actions, and is shown there.",
        reads: Reads::EachRegion,
        identity: Identity::Computed("the load balancer's name, the listener's id and the rule's id, joined by `/`"),
        arn: Arn::Field("/RuleArn"),
        label: Some("/Priority"),
        called: Some("{id.0}"),
        created: None,
        actions: &[
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
        ],
        sources: &[Source { operation: "elbv2:DescribeRules", member: "/Rules/*", at: "" }, tags::SOURCE],
        calls: &[
            Calls::list("elbv2:DescribeLoadBalancers", 400).of("elbv2/load_balancer").shared(),
            Calls::each("elbv2:DescribeListeners", 1.0).of("elbv2/load_balancer").shared(),
            // Of those that speak HTTP.
            Calls::each("elbv2:DescribeRules", 0.9).of("elbv2/listener"),
            Calls::batches("elbv2:DescribeTags", 20),
        ],
        writes: &[
            Write::creates(&["elasticloadbalancing:CreateRule"]),
            Write::removes(&[
                "elasticloadbalancing:DeleteRule",
                "elasticloadbalancing:DeleteListener",
                "elasticloadbalancing:DeleteLoadBalancer",
            ]),
            Write::changes(&["/Actions", "/Conditions", "/Transforms"], &["elasticloadbalancing:ModifyRule"]),
            Write::changes(&["/Priority"], &["elasticloadbalancing:SetRulePriorities"]),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Arn],
        rules: &[
            // Actions carry their order in a member.
            Rule::Set { path: "/Actions", key: &["Order"] },
            Rule::Default {
                path: "/Actions/*/Order",
                value: "1",
                why: "is told of the only action as soon as somebody says it, and means nothing",
            },
            Rule::Set { path: "/Actions/*/ForwardConfig/TargetGroups", key: &["TargetGroupArn"] },
            Rule::Set { path: "/Actions/*/JwtValidationConfig/AdditionalClaims", key: &["Name"] },
            Rule::Set { path: "/Actions/*/JwtValidationConfig/AdditionalClaims/*/Values", key: &[] },
            Rule::Secret { path: "/Actions/*/AuthenticateOidcConfig/ClientSecret" },
            // All of a rule's conditions must hold, and one of a condition's values.
            Rule::Set { path: "/Conditions", key: &["Field", "HttpHeaderConfig/HttpHeaderName"] },
            Rule::Set { path: "/Conditions/*/Values", key: &[] },
            Rule::Set { path: "/Conditions/*/RegexValues", key: &[] },
            Rule::Set { path: "/Conditions/*/HostHeaderConfig/Values", key: &[] },
            Rule::Set { path: "/Conditions/*/HostHeaderConfig/RegexValues", key: &[] },
            Rule::Set { path: "/Conditions/*/HttpHeaderConfig/Values", key: &[] },
            Rule::Set { path: "/Conditions/*/HttpHeaderConfig/RegexValues", key: &[] },
            Rule::Set { path: "/Conditions/*/HttpRequestMethodConfig/Values", key: &[] },
            Rule::Set { path: "/Conditions/*/PathPatternConfig/Values", key: &[] },
            Rule::Set { path: "/Conditions/*/PathPatternConfig/RegexValues", key: &[] },
            Rule::Set { path: "/Conditions/*/QueryStringConfig/Values", key: &[] },
            Rule::Set { path: "/Conditions/*/SourceIpConfig/Values", key: &[] },
            // One host header and one URL rewrite at most.
            Rule::Set { path: "/Transforms", key: &["Type"] },
            Rule::Sequence { path: "/Transforms/*/HostHeaderRewriteConfig/Rewrites", key: &[] },
            Rule::Sequence { path: "/Transforms/*/UrlRewriteConfig/Rewrites", key: &[] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/Actions/*/TargetGroupArn", kind: "elbv2/target_group" },
            Rule::Reference {
                path: "/Actions/*/ForwardConfig/TargetGroups/*/TargetGroupArn",
                kind: "elbv2/target_group",
            },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TAGS: Batch = tags::by(|draft| draft.text("/RuleArn"));

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let listeners = lists::listeners(reader).await?;
    // Only application load balancers have rules, and only they have listeners of these protocols.
    let http = listeners.into_iter().filter(|listener| matches!(text(listener, "/Protocol"), "HTTP" | "HTTPS"));
    let tagged = reader.filling(&TAGS, |draft| reader.emit(draft));
    reader.for_each_of(http, |listener| Box::pin(list(reader, listener, &tagged))).await;
    tagged.finish().await;
    Ok(())
}

/// Reads the rules of one listener.
async fn list(reader: &Reader<'_>, listener: Value, tagged: &Filling<'_, impl Fn(Draft) + Sync>) {
    let arn = text(&listener, "/ListenerArn");
    let parent = lists::child_id(arn).unwrap_or_default();
    if !reader.wants_children(&parent) {
        return;
    }
    let Some(mut below) = reader.begin_below(&listener) else { return };
    let rules = match reader.items("elbv2:DescribeRules", json!({"ListenerArn": arn, "PageSize": PAGE}), "/Rules").await
    {
        Ok(rules) => rules,
        Err(cause) if cause.code == NO_LISTENER => return,
        Err(cause) => return reader.gap(Under::Parent(parent), cause),
    };
    let own = rules.into_iter().filter(|rule| rule.pointer("/IsDefault") != Some(&json!(true)));
    for rule in own {
        let id = lists::child_id(text(&rule, "/RuleArn")).unwrap_or_default();
        if reader.wants(None, &id) {
            tagged.add(below.draft(rule).with_id(id)).await;
        }
    }
    below.end(reader);
}
