//! What the rules took out, for those who want to see it.

use super::*;
use crate::plan::Conditions;

fn plan() -> Plan {
    let tag = Conditions { tag: [("Team".to_owned(), "x|<b>*".into())].into(), ..Conditions::default() };
    let rules = [
        Ignore {
            attribute: Some("VpcSecurityGroups".parse().expect("a pattern")),
            owner: Some("dba".to_owned()),
            until: Some(time::macros::date!(2027 - 01 - 31)),
            ..Ignore::new("rds".parse().expect("a pattern"), "the operator's")
        },
        Ignore { conditions: tag, ..Ignore::new("s3".parse().expect("a pattern"), EVIL) },
        Ignore::new("iam".parse().expect("a pattern"), "idle"),
    ];
    let (before, after) = db();
    let scratch = resource(BUCKET, json!({"Location": "eu-west-1"}), &[("Team", "x|<b>y")]);
    plan_of(vec![(DB, Some(before), Some(after)), (BUCKET, None, Some(scratch))], vec![], &rules)
}

#[test]
fn each_rule_is_told_with_what_it_took() {
    assert_snapshot!(shown(&plan()), @r#"
      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ MasterUserPassword: (secret changed)
          ~ PubliclyAccessible: false -> true

    Ignored by 2 rules:

      rds#VpcSecurityGroups: 2 changes, the operator's (dba, until 2027-01-31)
      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          + VpcSecurityGroups[sg-0a1b2c]
          - VpcSecurityGroups[sg-1]

      s3, tag Team=x|<b>*: 1 resource, \u{1b}[2J```\n</details>\u{202e}|
      + aws/123456789012/eu-west-1/s3/bucket/acme-logs  unmanaged: in no restore point
          + Location:  "eu-west-1"
          + tags.Team: "x|<b>y"

    Plan: 0 added, 1 changed, 0 removed since HEAD (3f9c1e2a7b8d). 3 ignored by rules.
    "#);
}

#[test]
fn markdown_tells_the_same_and_stays_markdown() {
    let mut out = Vec::new();
    crate::render::markdown(&plan(), &mut out).expect("a Vec takes everything");
    let text = String::from_utf8(out).expect("UTF-8");
    let ignored = &text[text.find("#### Ignored").expect("the section is there")..];
    assert!(ignored.contains("- <code>s3, tag Team=x&#124;&lt;b&gt;&#42;</code>: 1 resource, "), "{ignored}");
    assert!(!ignored.contains("\u{202e}") && ignored.matches("</details>").count() == 2, "{ignored}");
}

#[test]
fn a_plan_file_keeps_what_was_taken_or_only_the_numbers() {
    let with = plan();
    let write = |plan: &Plan| {
        let mut out = Vec::new();
        crate::render::json(plan, &mut out).expect("a Vec takes everything");
        out
    };
    assert_eq!(Plan::from_json(&write(&with)).expect("reads back"), with);
    let mut without = with.clone();
    without.forget_ignored();
    assert_eq!(Plan::from_json(&write(&without)).expect("reads back"), without);
    let mut bad: Value = serde_json::from_slice(&write(&with)).expect("JSON");
    bad["driftline"]["ignored"][0]["taken"][0]["address"] = json!("nonsense");
    let error = Plan::from_json(bad.to_string().as_bytes()).expect_err("damaged").to_string();
    assert!(error.contains("driftline.ignored[0].taken[0].address"), "{error}");
}
