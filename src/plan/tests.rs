//! What is drift, what is not, and what is not known.

mod ignoring;

use std::collections::BTreeMap;

use driftline_api::{Address, Cause, Scope, Status, Under};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Against, Drift, Ignore, NotRead, Plan, ResourceDrift, Side, plan};
use crate::Resource;
use crate::diff::sample::{address, descriptor, resource};

const GROUP: &str = "aws/1/eu-west-1/ec2/security_group/sg-1";
const BUCKET: &str = "aws/1/eu-west-1/s3/bucket/logs";
const RECORD: &str = "aws/1/global/route53/record_set/Z1/www/A";

type Side2 = BTreeMap<Address, Resource>;

fn side(resources: &[(&str, Value)]) -> Side2 {
    resources.iter().map(|(at, attributes)| (address(at), resource(at, attributes.clone(), &[]))).collect()
}

fn gap(side: Side, kind: &str, region: &str, under: Under, path: Option<&str>) -> NotRead {
    NotRead {
        side,
        scope: Scope { provider: "aws".to_owned(), account: "1".to_owned(), region: region.to_owned() },
        kind: kind.to_owned(),
        under,
        path: path.map(str::to_owned),
        cause: Cause { status: Status::Denied, operation: String::new(), code: String::new(), message: String::new() },
    }
}

fn ignore(address: &str, attribute: Option<&str>) -> Ignore {
    let attribute = attribute.map(|text| text.parse().expect(text));
    Ignore { attribute, ..Ignore::new(address.parse().expect(address), "known") }
}

fn planned(before: &Side2, after: &Side2, not_read: Vec<NotRead>, ignores: &[Ignore]) -> Plan {
    let against = Against { rev: "HEAD".to_owned(), commit: String::new() };
    plan(against, before, after, descriptor, not_read, ignores)
}

/// Every difference of a plan, one a line.
fn told(plan: &Plan) -> String {
    let lines = plan.drift.iter().flat_map(|resource| {
        let line = format!("{} {}", resource.drift.as_str(), resource.address);
        std::iter::once(line).chain(resource.changes.iter().map(|c| format!("  {} {}", c.action.as_str(), c.path)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn drift_is_sorted_and_counted() {
    let before = side(&[(GROUP, json!({"Description": "a"})), (RECORD, json!({"TTL": 1}))]);
    let after = side(&[(GROUP, json!({"Description": "b"})), (BUCKET, json!({}))]);
    let plan = planned(&before, &after, vec![], &[]);
    assert_snapshot!(told(&plan), @r"
    changed aws/1/eu-west-1/ec2/security_group/sg-1
      changed Description
    added aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    ");
    let summary = plan.summary();
    assert_eq!((summary.added, summary.changed, summary.removed), (1, 1, 1));
    assert!(plan.is_complete() && !plan.is_empty());
    assert!(planned(&after, &after, vec![], &[]).is_empty());
}

#[test]
fn a_gap_is_never_an_empty_list() {
    let before = side(&[(GROUP, json!({})), (RECORD, json!({})), (BUCKET, json!({}))]);
    let check = |gap: NotRead| told(&planned(&before, &side(&[]), vec![gap], &[]));
    let live = |kind, region, under| check(gap(Side::Live, kind, region, under, None));
    assert_snapshot!(live("ec2/security_group", "eu-west-1", Under::Kind), @r"
    removed aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    ");
    assert_snapshot!(live("ec2/security_group", "eu-west-2", Under::Kind), @r"
    removed aws/1/eu-west-1/ec2/security_group/sg-1
    removed aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    ");
    assert_snapshot!(live("route53/record_set", "global", Under::Parent("Z1".to_owned())), @r"
    removed aws/1/eu-west-1/ec2/security_group/sg-1
    removed aws/1/eu-west-1/s3/bucket/logs
    ");
    assert_snapshot!(live("route53/record_set", "global", Under::Parent("Z".to_owned())), @r"
    removed aws/1/eu-west-1/ec2/security_group/sg-1
    removed aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    ");
    assert_snapshot!(live("s3/bucket", "*", Under::Id("logs".to_owned())), @r"
    removed aws/1/eu-west-1/ec2/security_group/sg-1
    removed aws/1/global/route53/record_set/Z1/www/A
    ");
    assert_snapshot!(live("*", "*", Under::Kind), @"");
    assert_snapshot!(check(gap(Side::RestorePoint, "*", "*", Under::Kind, None)), @r"
    removed aws/1/eu-west-1/ec2/security_group/sg-1
    removed aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    ");
}

#[test]
fn what_the_configuration_leaves_out_is_not_compared_and_no_gap() {
    let entry = |side| {
        let entry = gap(side, "*", "*", Under::Kind, None);
        NotRead { cause: Cause { status: Status::Excluded, ..entry.cause }, ..entry }
    };
    let known = side(&[(GROUP, json!({})), (BUCKET, json!({}))]);
    let plan = planned(&known, &side(&[]), vec![entry(Side::Live)], &[]);
    assert!(plan.is_complete() && plan.is_empty());
    let plan = planned(&side(&[]), &known, vec![entry(Side::RestorePoint)], &[]);
    assert!(plan.is_complete());
    assert_eq!(plan.summary().added, 2);
}

#[test]
fn what_the_restore_point_never_knew_is_not_new() {
    let after = side(&[(GROUP, json!({})), (BUCKET, json!({}))]);
    let blind = gap(Side::RestorePoint, "s3/bucket", "eu-west-1", Under::Kind, None);
    assert_snapshot!(told(&planned(&side(&[]), &after, vec![blind], &[])), @"added aws/1/eu-west-1/ec2/security_group/sg-1");
}

#[test]
fn an_attribute_that_was_not_read_keeps_its_last_known_value() {
    let before = side(&[(BUCKET, json!({"Policy": {"Version": 1}, "Nested": {"A": 1, "B": 2}, "Location": "x"}))]);
    let after = side(&[(BUCKET, json!({"Nested": {"B": 3}, "Location": "y", "New": 1}))]);
    let id = || Under::Id("logs".to_owned());
    let gaps = ["/Policy", "/Nested/A", "/New"].map(|path| gap(Side::Live, "s3/bucket", "eu-west-1", id(), Some(path)));
    let plan = planned(&before, &after, gaps.to_vec(), &[]);
    assert_snapshot!(told(&plan), @r"
    changed aws/1/eu-west-1/s3/bucket/logs
      changed Location
      changed Nested.B
    ");
    let live = plan.drift[0].after.as_ref().expect("changed");
    assert_eq!(
        Value::Object(live.attributes.clone()),
        json!({"Policy": {"Version": 1}, "Nested": {"A": 1, "B": 3}, "Location": "y"})
    );
    // What the restore point did not read stays as it is now, and is not told.
    let gaps = ["/New", "/Policy", "/Nested", "/Location"]
        .map(|path| gap(Side::RestorePoint, "s3/bucket", "*", Under::Kind, Some(path)));
    assert_snapshot!(told(&planned(&before, &after, gaps.to_vec(), &[])), @"");
}

#[test]
fn tags_that_were_not_read_are_kept() {
    let with = |tags: &[(&str, &str)]| BTreeMap::from([(address(BUCKET), resource(BUCKET, json!({}), tags))]);
    let gap = gap(Side::Live, "s3/bucket", "eu-west-1", Under::Kind, Some("/tags"));
    assert!(planned(&with(&[("a", "1")]), &with(&[]), vec![gap.clone()], &[]).is_empty());
    assert!(planned(&with(&[]), &with(&[("a", "1")]), vec![gap], &[]).is_empty());
}

#[test]
fn ignore_rules_take_out_resources_and_changes_and_say_how_many() {
    let rule = |about: &str| json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": about}]});
    let before =
        side(&[(GROUP, json!({"Description": "a", "IpPermissions": [rule("a")]})), (RECORD, json!({"TTL": 1}))]);
    let after = side(&[(GROUP, json!({"Description": "b", "IpPermissions": [rule("b")]})), (BUCKET, json!({}))]);
    let check = |ignores: &[Ignore]| {
        let plan = planned(&before, &after, vec![], ignores);
        let counts: Vec<_> = plan.ignored.iter().map(|ignored| (ignored.resources, ignored.changes)).collect();
        format!("{}\n{counts:?} {} idle", told(&plan), plan.idle_rules().count())
    };
    assert_snapshot!(check(&[ignore("s3", None), ignore("route53/record_set/Z1/*", None), ignore("rds", None)]), @r"
    changed aws/1/eu-west-1/ec2/security_group/sg-1
      changed Description
      changed IpPermissions[tcp 22].IpRanges[10.0.0.0/8].Description
    [(1, 0), (1, 0), (0, 0)] 1 idle
    ");
    assert_snapshot!(check(&[ignore("ec2", Some("Description"))]), @r"
    changed aws/1/eu-west-1/ec2/security_group/sg-1
      changed IpPermissions[tcp 22].IpRanges[10.0.0.0/8].Description
    added aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    [(0, 1)] 0 idle
    ");
    assert_snapshot!(check(&[ignore("*", Some("IpPermissions[tcp 22].IpRanges[10.0.0.0/8]")), ignore("ec2", Some("/Description"))]), @r"
    added aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    [(0, 1), (0, 1)] 0 idle
    ");
    assert_snapshot!(check(&[ignore("s3", Some("Description"))]), @r"
    changed aws/1/eu-west-1/ec2/security_group/sg-1
      changed Description
      changed IpPermissions[tcp 22].IpRanges[10.0.0.0/8].Description
    added aws/1/eu-west-1/s3/bucket/logs
    removed aws/1/global/route53/record_set/Z1/www/A
    [(0, 0)] 1 idle
    ");
}

#[test]
fn a_label_is_what_the_kind_names_else_the_name_tag() {
    let check = |at: &str, attributes: Value, tags: &[(&str, &str)]| {
        let at_address = address(at);
        let found = ResourceDrift::compare(
            descriptor(&at_address.kind),
            &at_address,
            None,
            Some(resource(at, attributes, tags)),
        );
        let found = found.expect("added");
        assert_eq!(found.drift, Drift::Added);
        found.label
    };
    assert_eq!(check(GROUP, json!({"GroupName": "app"}), &[("Name", "x")]).as_deref(), Some("app"));
    assert_eq!(check(GROUP, json!({}), &[("Name", "x")]).as_deref(), Some("x"));
    assert_eq!(check(BUCKET, json!({}), &[("Name", "logs")]), None);
}
