//! What narrows an ignore rule, what it took out, and who did it.

use driftline_api::{Actor, ActorSort, Via};
use time::macros::date;

use super::*;
use crate::attribution::{Attributed, Attribution, Origin, Unexplained};
use crate::plan::{Conditions, Ignored};

fn narrowed(attribute: Option<&str>, conditions: Conditions) -> Ignore {
    Ignore { conditions, ..ignore("*", attribute) }
}

/// What a rule took out of a plan, one a line.
fn taken(rule: &Ignored) -> String {
    let lines = rule.taken.iter().flat_map(|resource| {
        let changes = resource.changes.iter().map(|change| format!("  {}", change.path));
        std::iter::once(resource.address.to_string()).chain(changes)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_rule_is_narrowed_to_accounts_regions_kinds_and_tags() {
    let tagged = |at: &str, ttl: i64, team: &str| (address(at), resource(at, json!({"X": ttl}), &[("Team", team)]));
    let before = Side2::from([tagged(GROUP, 1, "platform"), tagged(BUCKET, 1, "shop"), tagged(RECORD, 1, "platform")]);
    // The group's tag is what it is now; what is gone has the tags it had.
    let after = Side2::from([tagged(GROUP, 2, "shop"), tagged(BUCKET, 2, "shop")]);
    let check =
        |conditions: Conditions| taken(&planned(&before, &after, vec![], &[narrowed(None, conditions)]).ignored[0]);
    let tag = |value: &str| BTreeMap::from([("Team".to_owned(), value.into())]);
    assert_eq!(check(Conditions { tag: tag("platform"), ..Conditions::default() }), RECORD);
    assert_eq!(
        check(Conditions { tag: tag("sh*"), ..Conditions::default() }),
        format!("{GROUP}\n  X\n  tags.Team\n{BUCKET}\n  X")
    );
    assert_eq!(check(Conditions { region: vec!["global".into()], ..Conditions::default() }), RECORD);
    assert_eq!(
        check(Conditions { kind: vec!["ec2/*".into(), "rds/*".into()], ..Conditions::default() }),
        format!("{GROUP}\n  X\n  tags.Team")
    );
    assert_eq!(check(Conditions { account: vec!["2".into()], ..Conditions::default() }), "");
    let both = Conditions { tag: tag("shop"), region: vec!["global".into()], ..Conditions::default() };
    assert_eq!(check(both), "", "all conditions must hold");
}

#[test]
fn a_value_range_ignores_what_is_within_and_nothing_else() {
    let check = |live: Value, conditions: Conditions| {
        let before = side(&[(GROUP, json!({"N": 1, "Other": 1}))]);
        let after = side(&[(GROUP, json!({"N": live, "Other": 2}))]);
        let plan = planned(&before, &after, vec![], &[narrowed(Some("N"), conditions)]);
        assert!(told(&plan).ends_with("changed Other"), "only one attribute is meant");
        plan.ignored[0].changes == 1
    };
    let range = |min, max| Conditions { min, max, ..Conditions::default() };
    for (live, expected) in [
        (json!(2), true),
        (json!(10), true),
        (json!(10.5), false),
        (json!(11), false),
        (json!("7"), true),
        (json!("many"), false),
        (json!(true), false),
        (json!([5]), false),
        (Value::Null, false),
    ] {
        assert_eq!(check(live.clone(), range(Some(2.0), Some(10.0))), expected, "{live}");
    }
    assert!(check(json!(2), range(None, Some(2.0))) && !check(json!(3), range(None, Some(2.0))));
    assert!(check(json!(3), range(Some(3.0), None)) && !check(json!(2), range(Some(3.0), None)));
    let values = || Conditions { values: vec!["t3.*".into(), "8".into(), "true".into()], ..Conditions::default() };
    for (live, expected) in [(json!("t3.large"), true), (json!("m5"), false), (json!(8), true), (json!(true), true)] {
        assert_eq!(check(live.clone(), values()), expected, "{live}");
    }
    // An attribute that is gone has no value that could be within.
    let gone = planned(
        &side(&[(GROUP, json!({"N": 5}))]),
        &side(&[(GROUP, json!({}))]),
        vec![],
        &[narrowed(Some("N"), range(Some(2.0), Some(10.0)))],
    );
    assert_eq!(told(&gone), format!("changed {GROUP}\n  removed N"));
}

#[test]
fn a_rule_that_is_over_takes_nothing_and_is_told() {
    let until = Ignore { until: Some(date!(2027 - 01 - 31)), ..ignore("*", None) };
    let (before, after) = (side(&[(GROUP, json!({"N": 1}))]), side(&[(GROUP, json!({"N": 2}))]));
    let check = |today| {
        let plan = planned(&before, &after, vec![], &[until.clone().on(today)]);
        (plan.is_empty(), plan.expired_rules().count(), plan.idle_rules().count())
    };
    assert_eq!(check(date!(2027 - 01 - 31)), (true, 0, 0), "the day is inclusive");
    assert_eq!(check(date!(2027 - 02 - 01)), (false, 1, 0), "over, and not called idle as well");
}

#[test]
fn what_was_taken_out_is_kept_by_rule_until_it_is_forgotten() {
    let before = side(&[(GROUP, json!({"A": 1, "B": 1, "C": 1})), (RECORD, json!({})), (BUCKET, json!({"A": 1}))]);
    let after = side(&[(GROUP, json!({"A": 2, "B": 2, "C": 2})), (BUCKET, json!({"A": 2}))]);
    let rules = [ignore("route53", None), ignore("*", Some("A")), ignore("ec2", Some("B")), ignore("ec2", Some("A"))];
    let mut plan = planned(&before, &after, vec![], &rules);
    assert_eq!(told(&plan), format!("changed {GROUP}\n  changed C"));
    let all: Vec<String> = plan.ignored.iter().map(taken).collect();
    assert_eq!(
        all,
        [RECORD.to_owned(), format!("{GROUP}\n  A\n{BUCKET}\n  A"), format!("{GROUP}\n  B"), String::new()]
    );
    plan.forget_ignored();
    assert_eq!((plan.ignored_count(), plan.idle_rules().count()), (4, 1));
    assert!(plan.ignored.iter().all(|rule| rule.taken.is_empty()));
}

fn by(changes: &[usize], sort: ActorSort, name: &str, role: Option<&str>) -> Attributed {
    let actor = Actor {
        sort,
        name: name.to_owned(),
        arn: role.map(|role| format!("arn:aws:sts::1:assumed-role/{role}/{name}")),
        role: role.map(str::to_owned),
        account: None,
    };
    let origin = Origin {
        actor,
        via: Via::Sdk,
        at: 0,
        event: "ec2:Something".to_owned(),
        event_id: String::new(),
        region: "eu-west-1".to_owned(),
    };
    Attributed { changes: changes.to_vec(), attribution: Attribution::By(origin) }
}

#[test]
fn what_an_actor_did_is_ignored_once_it_is_known() {
    let before = side(&[(GROUP, json!({"A": 1, "B": 1, "C": 1})), (RECORD, json!({}))]);
    let after = side(&[(GROUP, json!({"A": 2, "B": 2, "C": 2})), (BUCKET, json!({}))]);
    let actor = |attribute: Option<&str>, pattern: &str| {
        narrowed(attribute, Conditions { actor: vec![pattern.into()], ..Conditions::default() })
    };
    let check = |rule: Ignore| {
        let rules = [rule];
        let mut plan = planned(&before, &after, vec![], &rules);
        assert_eq!((plan.summary().added, plan.summary().changed, plan.summary().removed), (1, 1, 1));
        assert_eq!((plan.ignored_count(), plan.idle_rules().count()), (0, 0), "not known yet, so not idle either");
        let scaling = || by(&[0, 2], ActorSort::Service, "autoscaling.amazonaws.com", None);
        plan.drift[0].by = vec![by(&[1], ActorSort::Role, "jane", Some("admin")), scaling()];
        plan.drift[1].by = vec![by(&[], ActorSort::Service, "autoscaling.amazonaws.com", None)];
        let unknown = Attribution::Unknown(Unexplained::NothingFound);
        plan.drift[2].by = vec![Attributed { changes: vec![], attribution: unknown }];
        plan.ignore_by_actor(&rules);
        for resource in plan.drift.iter().chain(&plan.ignored[0].taken) {
            let indices: Vec<usize> = resource.by.iter().flat_map(|by| by.changes.clone()).collect();
            assert!(indices.iter().all(|index| *index < resource.changes.len()), "who did what still fits");
        }
        let ignored = &plan.ignored[0];
        format!("{}\nignored: {} and {}\n{}", told(&plan), ignored.resources, ignored.changes, taken(ignored))
    };
    assert_snapshot!(check(actor(None, "autoscaling.*")), @r"
    changed aws/1/eu-west-1/ec2/security_group/sg-1
      changed B
    removed aws/1/global/route53/record_set/Z1/www/A
    ignored: 1 and 2
    aws/1/eu-west-1/ec2/security_group/sg-1
      A
      C
    aws/1/eu-west-1/s3/bucket/logs
    ");
    assert_snapshot!(check(actor(Some("C"), "autoscaling.amazonaws.com")), @r"
    changed aws/1/eu-west-1/ec2/security_group/sg-1
      changed A
      changed B
    added aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    ignored: 0 and 1
    aws/1/eu-west-1/ec2/security_group/sg-1
      C
    ");
    let everything = "changed aws/1/eu-west-1/ec2/security_group/sg-1\n  changed A\n  changed C\n";
    for pattern in ["jane", "admin", "arn:aws:sts::*/jane", "*:assumed-role/admin/*"] {
        let told = check(actor(None, pattern));
        assert!(told.starts_with(everything), "{pattern}: {told}");
    }
    assert!(check(actor(None, "joe")).contains("ignored: 0 and 0"));
}

#[test]
fn a_resource_that_one_actor_changed_alone_is_ignored_as_a_whole() {
    let before = side(&[(GROUP, json!({"A": 1, "B": 1}))]);
    let after = side(&[(GROUP, json!({"A": 2, "B": 2}))]);
    let rules = [narrowed(None, Conditions { actor: vec!["jane".into()], ..Conditions::default() })];
    let mut plan = planned(&before, &after, vec![], &rules);
    plan.drift[0].by = vec![by(&[0, 1], ActorSort::User, "jane", None)];
    plan.ignore_by_actor(&rules);
    assert!(plan.is_empty());
    assert_eq!((plan.ignored[0].resources, plan.ignored[0].changes), (1, 0));
}
