//! What is dangerous, and how it is told.

use serde_json::{Map, Value, json};

use super::*;
use crate::Resource;
use crate::plan::{Against, ResourceDrift, plan};
use std::collections::BTreeMap;

/// The drift of one resource whose attributes (and tags, under `tags`) went from one to the other.
fn drift(kind: &str, before: &Value, after: &Value) -> ResourceDrift {
    let side = |attributes: &Value| {
        let mut attributes: Map<String, Value> = attributes.as_object()?.clone();
        let tags = attributes.remove("tags").unwrap_or_default();
        let tags = serde_json::from_value(tags).unwrap_or_default();
        let resource = Resource { kind: kind.to_owned(), id: "it".to_owned(), arn: None, tags, attributes };
        let address = format!("aws/123456789012/eu-west-1/{kind}/it").parse().expect("an address");
        Some(BTreeMap::from([(address, resource)]))
    };
    let against = Against { rev: "HEAD".to_owned(), commit: String::new() };
    let (before, after) = (side(before).unwrap_or_default(), side(after).unwrap_or_default());
    plan(against, &before, &after, |_| None, vec![], &[]).drift.remove(0)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a table of cases reads better without borrows")]
fn check(kind: &str, before: Value, after: Value, level: Level, reasons: &[&str]) {
    let risk = risk(&drift(kind, &before, &after));
    assert_eq!((risk.level, risk.reasons.iter().map(String::as_str).collect::<Vec<_>>()), (level, reasons.to_vec()));
}

fn ingress(ranges: &Value) -> Value {
    json!({"IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": ranges}]})
}

#[test]
fn a_port_that_is_opened_to_the_world() {
    let (office, world) = (json!([{"CidrIp": "198.51.100.0/24"}]), json!([{"CidrIp": "0.0.0.0/0"}]));
    let group = "ec2/security_group";
    check(group, ingress(&office), ingress(&world), Level::Exposes, &["opens tcp/22 to 0.0.0.0/0"]);
    check(group, Value::Null, ingress(&world), Level::Exposes, &["opens tcp/22 to 0.0.0.0/0"]);
    // It was open before: closing it, or changing something beside it, opens nothing.
    check(group, ingress(&world), ingress(&office), Level::Changed, &["changes one attribute"]);
    let (mut before, mut after) = (ingress(&world), ingress(&world));
    before["VpcId"] = json!("vpc-1");
    after["VpcId"] = json!("vpc-2");
    check(group, before, after, Level::Changed, &["changes one attribute"]);
    // What leaves is another matter.
    let egress = |ranges: &Value| json!({"IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": ranges}]});
    check(group, egress(&office), egress(&world), Level::Changed, &["changes one attribute"]);
}

#[test]
fn ports_are_told_as_people_write_them() {
    let rule =
        |rule: Value| risk(&drift("ec2/security_group", &Value::Null, &json!({"IpPermissions": [rule]}))).phrase();
    let v6 = json!([{"CidrIpv6": "::/0"}]);
    assert_eq!(rule(json!({"IpProtocol": "-1", "Ipv6Ranges": v6})), "opens everything to ::/0");
    assert_eq!(
        rule(json!({"IpProtocol": "udp", "FromPort": 1000, "ToPort": 2000, "Ipv6Ranges": v6})),
        "opens udp/1000-2000 to ::/0"
    );
    assert_eq!(
        rule(json!({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "Ipv6Ranges": v6})),
        "opens icmp to ::/0"
    );
    assert_eq!(
        rule(json!({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "Ipv6Ranges": v6})),
        "opens tcp to ::/0"
    );
}

#[test]
fn what_else_opens_to_the_world() {
    let entry = |egress: bool, action: &str| {
        json!({"Entries": [{"Egress": egress, "RuleAction": action, "Protocol": "6", "CidrBlock": "0.0.0.0/0",
            "PortRange": {"From": 443, "To": 443}, "RuleNumber": 100}]})
    };
    let none = json!({"Entries": []});
    let acl = "ec2/network_acl";
    check(acl, none.clone(), entry(false, "allow"), Level::Exposes, &["lets tcp/443 in from 0.0.0.0/0"]);
    check(acl, none.clone(), entry(false, "deny"), Level::Changed, &["changes one attribute"]);
    check(acl, none, entry(true, "allow"), Level::Changed, &["changes one attribute"]);

    let public = |is: bool| json!({"PubliclyAccessible": is});
    check("rds/db_instance", public(false), public(true), Level::Exposes, &["is publicly accessible"]);
    check("rds/db_instance", public(true), public(false), Level::Changed, &["changes one attribute"]);
    let scheme = |is: &str| json!({"Scheme": is});
    check("elbv2/load_balancer", Value::Null, scheme("internet-facing"), Level::Exposes, &["faces the internet"]);
    check("elbv2/load_balancer", Value::Null, scheme("internal"), Level::Added, &["is new"]);
    let shared = |with: Value| json!({"Attributes": [{"AttributeName": "restore", "AttributeValues": with}]});
    check(
        "rds/db_snapshot",
        shared(json!([])),
        shared(json!(["all"])),
        Level::Exposes,
        &["is shared with every account"],
    );
    check("rds/db_snapshot", shared(json!([])), shared(json!(["2"])), Level::Changed, &["changes one attribute"]);
}

#[test]
fn buckets() {
    let block = |on: bool| json!({"PublicAccessBlock": {"BlockPublicAcls": on, "BlockPublicPolicy": true}});
    check("s3/bucket", block(true), block(false), Level::Exposes, &["no longer blocks public ACLs"]);
    check("s3/bucket", block(false), block(true), Level::Changed, &["changes one attribute"]);
    let lost = ["no longer blocks public ACLs", "no longer blocks public policies"];
    check("s3/bucket", block(true), json!({}), Level::Exposes, &lost);

    let statement = |effect: &str, principal: Value| json!({"Policy": {"Statement": [{"Effect": effect, "Principal": principal, "Action": ["s3:GetObject"]}]}});
    let none = json!({});
    let open = ["lets everyone do s3:GetObject", "changes the policy"];
    check("s3/bucket", none.clone(), statement("Allow", json!("*")), Level::Exposes, &open);
    check("s3/bucket", none.clone(), statement("Allow", json!({"AWS": ["1", "*"]})), Level::Exposes, &open);
    check("s3/bucket", none.clone(), statement("Deny", json!("*")), Level::Grants, &["changes the policy"]);
    check("s3/bucket", none, statement("Allow", json!({"AWS": "1"})), Level::Grants, &["changes the policy"]);

    let grant =
        |to: &str| json!({"Acl": {"Grants": [{"Grantee": {"Type": "Group", "URI": to}, "Permission": "READ"}]}});
    let everyone = grant("http://acs.amazonaws.com/groups/global/AllUsers");
    check("s3/bucket", json!({"Acl": {"Grants": []}}), everyone, Level::Exposes, &["grants rights to AllUsers"]);
    let logs = grant("http://acs.amazonaws.com/groups/s3/LogDelivery");
    check("s3/bucket", json!({"Acl": {"Grants": []}}), logs, Level::Changed, &["changes one attribute"]);

    let versioning = |status: &str| json!({"Versioning": {"Status": status}});
    check("s3/bucket", versioning("Enabled"), versioning("Suspended"), Level::Unprotects, &["turns versioning off"]);
}

#[test]
fn rights() {
    let attached = |names: &[&str]| {
        let all: Vec<Value> = names.iter().map(|name| json!({"PolicyArn": name, "PolicyName": name})).collect();
        json!({"AttachedManagedPolicies": all})
    };
    let gets = ["gets the policy AdministratorAccess"];
    check("iam/role", attached(&["A"]), attached(&["A", "AdministratorAccess"]), Level::Grants, &gets);
    check("iam/role", attached(&["A", "B"]), attached(&["A"]), Level::Changed, &["changes one attribute"]);
    let keys = |ids: &[&str]| json!({"AccessKeyMetadata": ids.iter().map(|id| json!({"AccessKeyId": id})).collect::<Vec<_>>()});
    check("iam/user", keys(&[]), keys(&["AKIA1"]), Level::Grants, &["gets the access key AKIA1"]);
    check("iam/user", Value::Null, keys(&[]), Level::Grants, &["is a new user"]);
    let bounded = json!({"PermissionsBoundary": {"PermissionsBoundaryArn": "arn"}});
    check("iam/user", bounded, json!({}), Level::Grants, &["loses its permissions boundary"]);
    let trust = |who: &str| json!({"AssumeRolePolicyDocument": {"Statement": [{"Principal": {"AWS": [who]}}]}});
    check("iam/role", trust("1"), trust("2"), Level::Grants, &["changes who may assume the role"]);
}

#[test]
fn protection() {
    let database = |protected: bool, days: u32| json!({"DeletionProtection": protected, "BackupRetentionPeriod": days});
    let reasons = ["keeps backups for fewer days", "turns deletion protection off"];
    check("rds/db_instance", database(true, 7), database(false, 1), Level::Unprotects, &reasons);
    check("rds/db_instance", database(false, 1), database(true, 7), Level::Changed, &["changes 2 attributes"]);
    let attributes = |on: &str| json!({"Attributes": [{"Key": "deletion_protection.enabled", "Value": on}]});
    check("elbv2/load_balancer", attributes("true"), attributes("false"), Level::Unprotects, &reasons[1..]);
    check("ec2/flow_log", json!({"A": 1}), Value::Null, Level::Unprotects, &["stops recording the network's traffic"]);
}

#[test]
fn everything_else() {
    check("ec2/volume", json!({"Size": 1}), Value::Null, Level::Removed, &["is removed"]);
    check("ec2/volume", Value::Null, json!({"Size": 1}), Level::Added, &["is new"]);
    check("ec2/volume", json!({"Size": 1}), json!({"Size": 2}), Level::Changed, &["changes one attribute"]);
    let told = |team: &str, text: &str| json!({"tags": {"Team": team}, "Description": text});
    check("ec2/volume", told("a", "b"), told("c", "d"), Level::Described, &["changes tags or descriptions only"]);
}

#[test]
fn an_ignored_attribute_is_no_reason() {
    let before = json!({"PubliclyAccessible": false, "Size": 1});
    let mut drift = drift("rds/db_instance", &before, &json!({"PubliclyAccessible": true, "Size": 2}));
    drift.changes.retain(|change| change.path.to_string() == "Size");
    assert_eq!(risk(&drift).level, Level::Changed);
}

#[test]
fn a_phrase_tells_how_many_more_there_are() {
    let risk = Risk { level: Level::Grants, reasons: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()] };
    assert_eq!(risk.phrase(), "a (+2 more)");
}
