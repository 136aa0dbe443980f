//! What each sort of difference is told as.

use std::fmt::Write as _;

use driftline_api::Descriptor;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::sample::{BUCKET, DB_INSTANCE, RECORD_SET, SECURITY_GROUP, resource};
use super::{Action, diff};
use crate::Resource;

/// Every difference of the attributes, one a line.
fn check(descriptor: &Descriptor, before: Value, after: Value) -> String {
    let at = format!("aws/1/eu-west-1/{}/x", descriptor.name);
    told(descriptor, &resource(&at, before, &[]), &resource(&at, after, &[]))
}

fn told(descriptor: &Descriptor, before: &Resource, after: &Resource) -> String {
    let mut text = String::new();
    for change in diff(Some(descriptor), before, after) {
        let sign = match change.action {
            Action::Added => '+',
            Action::Removed => '-',
            Action::Changed => '~',
            Action::Reordered => '%',
        };
        let sides: Vec<String> = [change.before, change.after].into_iter().flatten().map(|v| v.to_string()).collect();
        writeln!(text, "{sign} {}: {}", change.path, sides.join(" -> ")).expect("writing to a String does not fail");
    }
    text
}

#[test]
fn a_new_rule_is_one_added_element_in_whatever_order_the_rules_are() {
    let https = json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    let ssh = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    let http = json!({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": []});
    assert_snapshot!(check(
        &SECURITY_GROUP,
        json!({"IpPermissions": [https, http]}),
        json!({"IpPermissions": [ssh, http, https]}),
    ), @r#"+ IpPermissions[tcp 22]: {"FromPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"ToPort":22}"#);
}

#[test]
fn an_element_whose_key_matches_changes_inside() {
    let rule = |ranges: Value| json!({"IpPermissions": [{"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8080, "IpRanges": ranges}]});
    assert_snapshot!(check(
        &SECURITY_GROUP,
        rule(json!([{"CidrIp": "10.0.0.0/8", "Description": "office"}, {"CidrIp": "10.1.0.0/16"}])),
        rule(json!([{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8", "Description": "home"}])),
    ), @r#"
    + IpPermissions[tcp 8000-8080].IpRanges[0.0.0.0/0]: {"CidrIp":"0.0.0.0/0"}
    ~ IpPermissions[tcp 8000-8080].IpRanges[10.0.0.0/8].Description: "office" -> "home"
    - IpPermissions[tcp 8000-8080].IpRanges[10.1.0.0/16]: {"CidrIp":"10.1.0.0/16"}
    "#);
}

#[test]
fn a_key_that_occurs_twice_falls_back_to_what_the_elements_say() {
    let pair = |group: &str, about: &str| json!({"UserId": "1", "GroupId": group, "Description": about});
    let rule = |pairs: Value| json!({"IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": pairs}]});
    assert_snapshot!(check(
        &SECURITY_GROUP,
        rule(json!([pair("sg-1", "a"), pair("sg-1", "b"), pair("sg-2", "c")])),
        rule(json!([pair("sg-2", "d"), pair("sg-1", "b")])),
    ), @r#"
    ~ IpPermissions[-1].UserIdGroupPairs[1 sg-2].Description: "c" -> "d"
    - IpPermissions[-1].UserIdGroupPairs[{"Description":"a","GroupId":"sg-1","UserId":"1"}]: {"Description":"a","GroupId":"sg-1","UserId":"1"}
    "#);
}

#[test]
fn members_come_go_and_change_and_types_count() {
    assert_snapshot!(check(
        &DB_INSTANCE,
        json!({"Port": 5432, "Engine": "postgres", "Gone": true, "Null": null, "Endpoint": {"Port": 1}, "Same": [1, 2]}),
        json!({"Port": "5432", "Engine": "postgres", "New": {"a": []}, "Endpoint": {"Port": 2}, "Same": [1, 2]}),
    ), @r#"
    ~ Endpoint.Port: 1 -> 2
    - Gone: true
    + New: {"a":[]}
    - Null: null
    ~ Port: 5432 -> "5432"
    "#);
}

#[test]
fn sets_of_strings_gain_and_lose_strings() {
    assert_snapshot!(check(
        &DB_INSTANCE,
        json!({"EnabledCloudwatchLogsExports": ["error", "general", "audit"]}),
        json!({"EnabledCloudwatchLogsExports": ["slowquery", "audit", "error"]}),
    ), @r#"
    - EnabledCloudwatchLogsExports[general]: "general"
    + EnabledCloudwatchLogsExports[slowquery]: "slowquery"
    "#);
}

#[test]
fn a_set_without_a_key_pairs_what_is_much_alike() {
    let grant =
        |id: &str, permission: &str| json!({"Grantee": {"ID": id, "Type": "CanonicalUser"}, "Permission": permission});
    assert_snapshot!(check(
        &BUCKET,
        json!({"Grants": [grant("1", "READ"), grant("2", "WRITE")]}),
        json!({"Grants": [grant("2", "FULL_CONTROL"), grant("1", "READ"), {"Other": true}]}),
    ), @r#"
    ~ Grants[{"Grantee":{"ID":"2","Type":"CanonicalUser"},"Permission":"WRITE"}].Permission: "WRITE" -> "FULL_CONTROL"
    + Grants[{"Other":true}]: {"Other":true}
    "#);
}

#[test]
fn an_insertion_in_a_sequence_is_one_added_element() {
    let rule =
        |origin: &str| json!({"AllowedOrigins": [origin], "AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": 60});
    assert_snapshot!(check(
        &BUCKET,
        json!({"CORSRules": [rule("a"), rule("b"), rule("c")]}),
        json!({"CORSRules": [rule("a"), rule("new"), rule("b"), rule("c")]}),
    ), @r#"+ CORSRules[1]: {"AllowedMethods":["GET","PUT"],"AllowedOrigins":["new"],"MaxAgeSeconds":60}"#);
}

#[test]
fn an_element_of_a_sequence_changes_where_it_stands() {
    let rule = |origin: &str, age: u32| json!({"AllowedOrigins": [origin], "AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": age});
    assert_snapshot!(check(
        &BUCKET,
        json!({"CORSRules": [rule("a", 60), rule("b", 60), rule("c", 60)]}),
        json!({"CORSRules": [rule("a", 60), rule("b", 3600), {"Id": "other"}, rule("c", 60)]}),
    ), @r#"
    ~ CORSRules[1].MaxAgeSeconds: 60 -> 3600
    + CORSRules[2]: {"Id":"other"}
    "#);
}

#[test]
fn another_order_of_a_sequence_is_told_once() {
    assert_snapshot!(check(&RECORD_SET, json!({"List": ["a", "b", "c"]}), json!({"List": ["c", "a", "b"]})), @r#"% List: ["a","b","c"] -> ["c","a","b"]"#);
    assert_snapshot!(check(&RECORD_SET, json!({"List": ["a", "b", "c"]}), json!({"List": ["c", "d", "b"]})), @r#"
    % List: ["d","b","c"] -> ["c","d","b"]
    ~ List[0]: "a" -> "d"
    "#);
    assert_snapshot!(check(
        &DB_INSTANCE,
        json!({"ProcessorFeatures": [{"Name": "cores", "Value": "2"}, {"Name": "threads", "Value": "1"}]}),
        json!({"ProcessorFeatures": [{"Name": "threads", "Value": "2"}, {"Name": "cores", "Value": "2"}]}),
    ), @r#"
    % ProcessorFeatures: [{"Name":"cores"},{"Name":"threads"}] -> [{"Name":"threads"},{"Name":"cores"}]
    ~ ProcessorFeatures[threads].Value: "1" -> "2"
    "#);
}

#[test]
fn a_key_may_lie_deeper() {
    assert_snapshot!(check(
        &RECORD_SET,
        json!({"Collection": [{"Location": {"Id": "x"}, "Weight": 1}]}),
        json!({"Collection": [{"Location": {"Id": "y"}}, {"Location": {"Id": "x"}, "Weight": 2}]}),
    ), @r#"
    + Collection[y]: {"Location":{"Id":"y"}}
    ~ Collection[x].Weight: 1 -> 2
    "#);
}

fn policy(statements: &Value) -> Value {
    json!({"Policy": {"Version": "2012-10-17", "Statement": statements}})
}

#[test]
fn a_policy_tells_the_statement_that_changed() {
    let read = |principal: Value, actions: Value| json!({"Sid": "Read", "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "arn:aws:s3:::b/*"});
    let deny = json!({"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    let before = policy(&json!([read(json!({"AWS": "arn:aws:iam::1:root"}), json!("s3:GetObject")), deny]));
    let after = policy(&json!([deny, read(json!({"AWS": "*"}), json!(["s3:PutObject", "s3:GetObject"]))]));
    assert_snapshot!(check(&BUCKET, before, after), @r#"
    + Policy.Statement[Read].Action[s3:PutObject]: "s3:PutObject"
    ~ Policy.Statement[Read].Principal.AWS: "arn:aws:iam::1:root" -> "*"
    "#);
}

#[test]
fn statements_without_a_sid_are_known_by_what_they_say() {
    let allow =
        |resource: &str| json!({"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": resource});
    let before = policy(
        &json!([allow("a"), {"Effect": "Deny", "NotPrincipal": {"AWS": ["1"]}, "Action": ["s3:*"], "Resource": "*"}]),
    );
    let after = policy(
        &json!([{"Sid": "New", "Effect": "Allow", "Action": "sqs:*"}, allow("b"), {"Effect": "Deny", "NotPrincipal": {"AWS": ["1", "2"]}, "Action": ["s3:*"], "Resource": "*"}]),
    );
    assert_snapshot!(check(&BUCKET, before, after), @r#"
    + Policy.Statement[New]: {"Action":"sqs:*","Effect":"Allow","Sid":"New"}
    ~ Policy.Statement[0].Resource: "a" -> "b"
    + Policy.Statement[1].NotPrincipal.AWS[2]: "2"
    "#);
}

#[test]
fn a_document_that_appears_is_one_added_attribute() {
    assert_snapshot!(check(&BUCKET, json!({}), policy(&json!([]))), @r#"+ Policy: {"Statement":[],"Version":"2012-10-17"}"#);
}

#[test]
fn tags_and_arn_are_told_beside_the_attributes() {
    let at = "aws/1/eu-west-1/s3/bucket/x";
    let before = resource(at, json!({"tags": {"a": 1}}), &[("Owner", "bob"), ("Team", "a"), ("k8s.io/role", "x")]);
    let mut after = resource(at, json!({"tags": {"a": 2}}), &[("Team", "b"), ("k8s.io/role", "y"), ("Stage", "prod")]);
    after.arn = Some("arn:aws:s3:::x".to_owned());
    assert_snapshot!(told(&BUCKET, &before, &after), @r#"
    ~ attributes.tags.a: 1 -> 2
    - tags.Owner: "bob"
    + tags.Stage: "prod"
    ~ tags.Team: "a" -> "b"
    ~ tags["k8s.io/role"]: "x" -> "y"
    + arn: "arn:aws:s3:::x"
    "#);
}

#[test]
fn a_kind_that_nobody_describes_is_compared_by_position() {
    let at = "aws/1/eu-west-1/x/y/z";
    let (before, after) = (resource(at, json!({"A": [{"b": 1}]}), &[]), resource(at, json!({"A": [{"b": 2}]}), &[]));
    let changes = diff(None, &before, &after);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].path.pointer(), "/attributes/A/[0]/b");
}
