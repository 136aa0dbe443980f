//! What is news, and what each sort of receiver is sent.

use driftline_api::{Actor, ActorSort, Cause, Scope, Status, Under, Via};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::attribution::{Attributed, Attribution, Origin};
use crate::diff::sample::{address, descriptor, resource};
use crate::plan::{Against, Builder, NotRead, Scanned, Side};
use crate::trail::{Reread, Rests};

const GROUP: &str = "aws/1/eu-west-1/ec2/security_group/sg-1";
const BUCKET: &str = "aws/1/eu-west-1/s3/bucket/logs";
/// What somebody could write into a tag.
const EVIL: &str = "<!channel> <@U1> &amp; @here ```*x* [a](http://evil)";

fn gap(kind: &str, path: Option<&str>, status: Status) -> NotRead {
    NotRead {
        side: Side::Live,
        scope: Scope { provider: "aws".to_owned(), account: "1".to_owned(), region: "eu-west-1".to_owned() },
        kind: kind.to_owned(),
        under: Under::Kind,
        path: path.map(str::to_owned),
        cause: Cause { status, operation: "x:Y".to_owned(), code: String::new(), message: String::new() },
    }
}

/// A plan of resources: address, attributes before and after.
fn plan(sides: &[(&str, Option<Value>, Option<Value>)], gaps: Vec<NotRead>) -> Plan {
    let against = Against { rev: "HEAD".to_owned(), commit: "3f9c1e2a7b8d4c5e6f708192a3b4c5d6e7f80912".to_owned() };
    let mut builder = Builder::new(against, gaps, &[]);
    for (at, before, after) in sides {
        let side = |attributes: &Option<Value>| attributes.clone().map(|value| resource(at, value, &[]));
        builder.compare(descriptor(&address(at).kind), &address(at), side(before), side(after));
    }
    builder.finish(Scanned { resources: 120, ..Scanned::default() })
}

fn changed(at: &str, before: Value, after: Value) -> (&str, Option<Value>, Option<Value>) {
    (at, Some(before), Some(after))
}

fn drifted() -> Plan {
    let mut plan = plan(
        &[
            changed(
                GROUP,
                json!({"A": 1, "Description": "old", "GroupName": EVIL}),
                json!({"A": 2, "Description": EVIL, "GroupName": EVIL}),
            ),
            (BUCKET, None, Some(json!({}))),
        ],
        vec![gap("rds/db_instance", None, Status::Denied)],
    );
    let actor =
        Actor { sort: ActorSort::Sso, name: "jane@example.com".to_owned(), arn: None, role: None, account: None };
    let origin = Origin {
        actor,
        via: Via::Console,
        at: 0,
        event: "ec2:X".to_owned(),
        event_id: String::new(),
        region: String::new(),
    };
    plan.drift[0].by = vec![Attributed { changes: vec![0, 1], attribution: Attribution::By(origin) }];
    plan
}

fn many(number: usize) -> Plan {
    let addresses: Vec<String> = (0..number).map(|n| format!("aws/1/eu-west-1/s3/bucket/logs-{n:04}")).collect();
    let long = "x".repeat(5000);
    let sides: Vec<_> = addresses
        .iter()
        .map(|at| changed(at, json!({"A": "", "B": [1]}), json!({"A": format!("&<>{long}"), "B": [2]})))
        .collect();
    plan(&sides, vec![])
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON").replace('\u{200b}', "(no width)")
}

const LINK: &str = "https://github.com/acme/infra/pull/7?a=1&b=2";

fn message(plan: &Plan, news: News) -> Message<'_> {
    Message { plan, news, link: Some(LINK) }
}

#[test]
fn slack_is_sent_blocks_and_others_the_text() {
    assert_snapshot!(pretty(&slack::payload(&message(&drifted(), News::Drift))), @r#"
    {
      "blocks": [
        {
          "text": {
            "text": "Drift: 1 added, 1 changed, 0 removed",
            "type": "plain_text"
          },
          "type": "header"
        },
        {
          "text": {
            "text": "120 resources compared with HEAD (3f9c1e2a7b8d). Incomplete, not read: aws/1/eu-west-1/rds/db_instance (denied).",
            "type": "mrkdwn"
          },
          "type": "section"
        },
        {
          "text": {
            "text": "`+` `aws/1/eu-west-1/s3/bucket/logs`\n```unmanaged: in no restore point```",
            "type": "mrkdwn"
          },
          "type": "section"
        },
        {
          "text": {
            "text": "`~` `aws/1/eu-west-1/ec2/security_group/sg-1`  `&lt;!channel&gt; &lt;@U1&gt; &amp;amp; @here '''*x* [a](http://evil)`\n```~ A:           1 -&gt; 2\n~ Description: \"old\" -&gt; \"&lt;!channel&gt; &lt;@U1&gt; &amp;amp; @here '''*x* [a](http://evil)\"```\nby `jane@example.com via console`",
            "type": "mrkdwn"
          },
          "type": "section"
        },
        {
          "text": {
            "text": "<https://github.com/acme/infra/pull/7?a=1&amp;b=2|Review it>",
            "type": "mrkdwn"
          },
          "type": "section"
        }
      ],
      "text": "Drift: 1 added, 1 changed, 0 removed\n120 resources compared with HEAD (3f9c1e2a7b8d). Incomplete, not read: aws/1/eu-west-1/rds/db_instance (denied).\n+ `aws/1/eu-west-1/s3/bucket/logs`\n~ `aws/1/eu-west-1/ec2/security_group/sg-1`  `&lt;!channel&gt; &lt;@(no width)U1&gt; &amp;amp; @(no width)here '''*x* [a](http://evil)`\nhttps://github.com/acme/infra/pull/7?a=1&amp;b=2"
    }
    "#);
}

#[test]
fn slack_takes_so_much_and_no_more() {
    let sent = slack::payload(&message(&many(200), News::Drift));
    let blocks = sent["blocks"].as_array().expect("blocks");
    assert_eq!(blocks.len(), 50);
    for block in blocks {
        let text = block["text"]["text"].as_str().expect("a text");
        assert!(text.chars().count() <= 3000, "{}", text.chars().count());
        assert_eq!(text.matches("```").count() % 2, 0, "a fence is closed: {text}");
    }
    assert_eq!(blocks[48]["text"]["text"], "and 154 more");
    let text = sent["text"].as_str().expect("a text");
    assert!(text.chars().count() < 2000 && text.contains("\nand ") && text.ends_with("b=2"), "{text}");
}

#[test]
fn teams_is_sent_a_card_without_markup_of_others() {
    assert_snapshot!(pretty(&teams::payload(&message(&drifted(), News::Drift))), @r#"
    {
      "attachments": [
        {
          "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "actions": [
              {
                "title": "Review it",
                "type": "Action.OpenUrl",
                "url": "https://github.com/acme/infra/pull/7?a=1&b=2"
              }
            ],
            "body": [
              {
                "size": "Large",
                "text": "Drift: 1 added, 1 changed, 0 removed",
                "type": "TextBlock",
                "weight": "Bolder",
                "wrap": true
              },
              {
                "inlines": [
                  {
                    "text": "120 resources compared with HEAD (3f9c1e2a7b8d). Incomplete, not read: aws/1/eu-west-1/rds/db_instance (denied).",
                    "type": "TextRun"
                  }
                ],
                "type": "RichTextBlock"
              },
              {
                "inlines": [
                  {
                    "fontType": "Monospace",
                    "text": "+ aws/1/eu-west-1/s3/bucket/logs",
                    "type": "TextRun",
                    "weight": "Bolder"
                  },
                  {
                    "fontType": "Monospace",
                    "text": "\nunmanaged: in no restore point",
                    "type": "TextRun"
                  }
                ],
                "type": "RichTextBlock"
              },
              {
                "inlines": [
                  {
                    "fontType": "Monospace",
                    "text": "~ aws/1/eu-west-1/ec2/security_group/sg-1  <!channel> <@U1> &amp; @here ```*x* [a](http://evil)",
                    "type": "TextRun",
                    "weight": "Bolder"
                  },
                  {
                    "fontType": "Monospace",
                    "text": "\n~ A:           1 -> 2\n~ Description: \"old\" -> \"<!channel> <@U1> &amp; @here ```*x* [a](http://evil)\"\nby jane@example.com via console",
                    "type": "TextRun"
                  }
                ],
                "type": "RichTextBlock"
              }
            ],
            "msteams": {
              "width": "Full"
            },
            "type": "AdaptiveCard",
            "version": "1.4"
          },
          "contentType": "application/vnd.microsoft.card.adaptive"
        }
      ],
      "type": "message"
    }
    "#);
}

#[test]
fn teams_takes_28_kilobytes() {
    let sent = teams::payload(&message(&many(200), News::Drift)).to_string();
    assert!(sent.len() <= 28_000 && sent.len() > 20_000, "{}", sent.len());
    assert!(sent.contains("more\"") && sent.contains("Action.OpenUrl"));
}

#[test]
fn programs_are_sent_the_plan_and_can_check_who_sent_it() {
    let plan = drifted();
    let message = message(&plan, News::Drift);
    let body = webhook::payload(&message);
    assert_eq!(Plan::from_json(body.to_string().as_bytes()).expect("a plan"), plan);
    let set = DriftSet::of(&plan, None);
    let headers = webhook::headers(&message, &set, &body, None);
    assert!(headers.iter().all(|(name, _)| *name != "X-Driftline-Signature-256"));
    // The example of GitHub's documentation
    // (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>).
    let secret = "It's a Secret to Everybody";
    assert_eq!(
        webhook::sign(secret, b"Hello, World!"),
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    );
    let signed = webhook::headers(&message, &set, &body, Some(secret));
    let expected = format!("sha256={}", webhook::sign(secret, body.to_string().as_bytes()));
    assert!(signed.contains(&("X-Driftline-Signature-256", expected)));
    let named: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_snapshot!(named.join("\n"), @r"
    X-Driftline-Event: drift
    X-Driftline-Drift: 0faa74a19abba06d8f13037a
    X-Driftline-Version: 0.1.0
    X-Driftline-Link: https://github.com/acme/infra/pull/7?a=1&b=2
    ");
}

/// What is told night after night.
fn nights(when: When, plans: &[Plan]) -> Vec<&'static str> {
    let mut before: Option<DriftSet> = None;
    let night = |plan: &Plan| {
        let now = DriftSet::of(plan, before.as_ref());
        let news = News::of(plan, when, before.as_ref(), &now);
        // It is remembered as text.
        let text = serde_json::to_string(&now).expect("JSON");
        before = Some(serde_json::from_str(&text).expect("reads back"));
        news.map_or("-", News::as_str)
    };
    plans.iter().map(night).collect()
}

#[test]
fn only_a_change_is_news() {
    let one = || plan(&[changed(GROUP, json!({"A": 1}), json!({"A": 2}))], vec![]);
    let other_value = || plan(&[changed(GROUP, json!({"A": 1}), json!({"A": 3}))], vec![]);
    let other_origin = || {
        let mut plan = plan(&[changed(GROUP, json!({"A": 0}), json!({"A": 2}))], vec![]);
        plan.drift[0].by = drifted().drift[0].by.clone();
        plan.against.commit = "another".to_owned();
        plan
    };
    let none = || plan(&[], vec![]);
    let removed = || plan(&[(GROUP, Some(json!({})), None)], vec![]);
    let unmanaged = |n: i64| plan(&[(GROUP, None, Some(json!({"A": n})))], vec![]);
    let all = [
        none(),
        one(),
        one(),
        other_origin(),
        other_value(),
        none(),
        none(),
        one(),
        removed(),
        unmanaged(1),
        unmanaged(2),
    ];
    assert_eq!(
        nights(When::Changed, &all),
        ["-", "drift", "-", "-", "drift", "gone", "-", "drift", "drift", "drift", "drift"]
    );
    let few = [none(), one(), one(), none(), none()];
    assert_eq!(nights(When::Always, &few), ["nothing", "drift", "drift", "gone", "nothing"]);
    assert_eq!(nights(When::Drift, &few), ["-", "drift", "drift", "-", "-"]);
}

#[test]
fn what_cannot_be_read_is_not_gone() {
    let one = || plan(&[changed(GROUP, json!({"A": 1, "Policy": 1}), json!({"A": 2, "Policy": 2}))], vec![]);
    let hidden = |status| plan(&[], vec![gap("ec2/security_group", None, status)]);
    let partly = || {
        let gaps = vec![gap("ec2/security_group", Some("/Policy"), Status::Throttled)];
        plan(&[changed(GROUP, json!({"A": 1, "Policy": 1}), json!({"A": 2}))], gaps)
    };
    let elsewhere = || plan(&[], vec![gap("s3/bucket", None, Status::Throttled)]);
    let none = || plan(&[], vec![]);
    // Throttling comes and goes, a denial stays until somebody does something: that it began is news, once.
    let check = |plans: &[Plan]| nights(When::Changed, plans);
    assert_eq!(check(&[one(), hidden(Status::Throttled), one(), none()]), ["drift", "-", "-", "gone"]);
    assert_eq!(
        check(&[one(), hidden(Status::Denied), hidden(Status::Denied), one()]),
        ["drift", "not_read", "-", "drift"]
    );
    assert_eq!(check(&[one(), partly(), one()]), ["drift", "-", "-"]);
    assert_eq!(
        check(&[one(), elsewhere(), elsewhere()]),
        ["drift", "not_read", "-"],
        "that drift is gone, as far as one can see"
    );
    assert_eq!(check(&[none(), hidden(Status::Denied), none()]), ["-", "not_read", "gone"]);
}

/// A plan that read again only these kinds.
fn from_trail(kinds: &[&str], plan: Plan) -> Plan {
    let kinds = kinds.iter().map(|kind| ((*kind).to_owned(), Reread::Read)).collect();
    let reads = [("aws/1/eu-west-1".to_owned(), kinds)].into();
    let (whole, unknown) = Default::default();
    let rests = Rests { since: 0, until: 0, events: 1, reads, whole, unknown, whole_calls: None };
    Plan { rests: Some(rests), ..plan }
}

#[test]
fn what_was_not_read_again_is_neither_news_nor_gone() {
    let group = || changed(GROUP, json!({"A": 1}), json!({"A": 2}));
    let other = || changed(GROUP, json!({"A": 1}), json!({"A": 3}));
    let bucket = || (BUCKET, None, Some(json!({})));
    let groups =
        |sides: &[(&str, Option<Value>, Option<Value>)]| from_trail(&["ec2/security_group"], plan(sides, vec![]));
    let plans = [
        plan(&[group(), bucket()], vec![]),
        groups(&[group()]),
        from_trail(&[], plan(&[], vec![])),
        groups(&[other()]),
        groups(&[]),
        plan(&[bucket()], vec![]),
        plan(&[], vec![]),
        from_trail(&[], plan(&[], vec![])),
    ];
    assert_eq!(nights(When::Changed, &plans), ["drift", "-", "-", "drift", "-", "-", "gone", "-"]);
    let always = ["drift", "drift", "not_read", "drift", "not_read", "drift", "gone", "nothing"];
    assert_eq!(nights(When::Always, &plans), always);
}
