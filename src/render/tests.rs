//! One plan with a bit of everything; how each renderer shows it stands in the modules.

mod ignored;
mod json;
mod markdown;
mod table;
mod text;

use driftline_api::{Cause, Scope, Seal, Status, Under};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::Look;
use crate::Resource;
use crate::diff::sample::{address, descriptor, resource};
use crate::plan::{Against, Builder, Ignore, NotRead, Plan, Scanned, Side};

const GROUP: &str = "aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c";
const BUCKET: &str = "aws/123456789012/eu-west-1/s3/bucket/acme-logs";
const RECORD: &str = "aws/123456789012/global/route53/record_set/Z0123/www.example.com/A";
const DB: &str = "aws/123456789012/eu-west-1/rds/db_instance/prod-orders";

fn against() -> Against {
    Against { rev: "HEAD".to_owned(), commit: "3f9c1e2a7b8d4c5e6f708192a3b4c5d6e7f80912".to_owned() }
}

fn gap(region: &str, kind: &str, status: Status, operation: &str, code: &str) -> NotRead {
    NotRead {
        side: Side::Live,
        scope: Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: region.to_owned() },
        kind: kind.to_owned(),
        under: Under::Kind,
        path: None,
        cause: Cause {
            status,
            operation: operation.to_owned(),
            code: code.to_owned(),
            message: "request 8f1c failed".to_owned(),
        },
    }
}

fn plan_of(sides: Vec<(&str, Option<Resource>, Option<Resource>)>, not_read: Vec<NotRead>, ignores: &[Ignore]) -> Plan {
    let mut builder = Builder::new(against(), not_read, ignores);
    for (at, before, after) in sides {
        let address = address(at);
        builder.compare(descriptor(&address.kind), &address, before, after);
    }
    builder.finish(Scanned { accounts: 1, scopes: 3, kinds: 4, resources: 120, calls: 77, retries: 2, narrowed: false })
}

fn changed(at: &str, before: Value, after: Value) -> Plan {
    plan_of(vec![(at, Some(resource(at, before, &[])), Some(resource(at, after, &[])))], vec![], &[])
}

fn security_group() -> (Resource, Resource) {
    let https = json!({"FromPort": 443, "IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8", "Description": "office"}], "ToPort": 443});
    let ssh = json!({"FromPort": 22, "IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "ToPort": 22});
    let mut https_after = https.clone();
    https_after["IpRanges"] =
        json!([{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8", "Description": "home"}, {"CidrIp": "192.168.0.0/16"}]);
    (
        resource(
            GROUP,
            json!({"Description": "old", "GroupName": "prod-app", "IpPermissions": [https]}),
            &[("Owner", "bob"), ("Team", "platform")],
        ),
        resource(
            GROUP,
            json!({"Description": "new", "GroupName": "prod-app", "IpPermissions": [ssh, https_after]}),
            &[("Team", "platform")],
        ),
    )
}

fn policy(statement: &Value) -> Value {
    let tls = json!({"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement, tls]})
}

fn bucket() -> (Resource, Resource) {
    let read = |principal: Value, actions: Value| json!({"Sid": "Read", "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "arn:aws:s3:::acme-logs/*"});
    let before = policy(&read(json!({"AWS": ["arn:aws:iam::123456789012:root"]}), json!(["s3:GetObject"])));
    let after = policy(&read(json!("*"), json!(["s3:GetObject", "s3:PutObject"])));
    let side = |policy, acl| {
        let attributes = json!({"Policy": policy, "Grants": [{"Grantee": {"ID": "79a59df9", "Type": "CanonicalUser"}, "Permission": acl}]});
        resource(BUCKET, attributes, &[])
    };
    (side(before, "READ"), side(after, "FULL_CONTROL"))
}

fn db() -> (Resource, Resource) {
    let seal = Seal::new([7; 32]);
    let side = |public: bool, password: &str, groups: Value| {
        let attributes = json!({
            "DBInstanceClass": "db.m6g.large", "MasterUserPassword": seal.seal(password), "PubliclyAccessible": public,
            "VpcSecurityGroups": groups, "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
        });
        resource(DB, attributes, &[])
    };
    (
        side(false, "hunter2", json!([{"VpcSecurityGroupId": "sg-1"}])),
        side(true, "hunter3", json!([{"VpcSecurityGroupId": "sg-0a1b2c"}])),
    )
}

/// What an evil tag can do.
const EVIL: &str = "\u{1b}[2J```\n</details>\u{202e}|";

fn everything() -> Plan {
    let mut plan = with_ignored();
    plan.forget_ignored();
    plan
}

fn with_ignored() -> Plan {
    let (group, bucket, db) = (security_group(), bucket(), db());
    let record = resource(
        RECORD,
        json!({"Name": "www.example.com.", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.1"}]}),
        &[],
    );
    let unmanaged = "aws/123456789012/eu-west-1/s3/bucket/scratch";
    let grants: Vec<Value> =
        (0..6).map(|n| json!({"Grantee": {"ID": n, "Type": "CanonicalUser"}, "Permission": "READ"})).collect();
    let scratch = resource(
        unmanaged,
        json!({"Encryption": {"Rules": []}, "Grants": grants, "Versioning": null, "Location": "eu-west-1", "CORSRules": []}),
        &[("Name", EVIL)],
    );
    let ignores = [
        Ignore {
            attribute: Some("PreferredMaintenanceWindow".parse().expect("a pattern")),
            ..Ignore::new("rds".parse().expect("a pattern"), "AWS moves it")
        },
        Ignore {
            attribute: Some("VpcSecurityGroups".parse().expect("a pattern")),
            ..Ignore::new("rds".parse().expect("a pattern"), "the operator's")
        },
    ];
    let mut policy = gap("eu-west-1", "s3/bucket", Status::Denied, "s3:GetBucketPolicy", "AccessDenied");
    (policy.under, policy.path) = (Under::Id("vault".to_owned()), Some("/Policy".to_owned()));
    let mut zone =
        gap("global", "route53/record_set", Status::Throttled, "route53:ListResourceRecordSets", "Throttling");
    zone.under = Under::Parent("Z9".to_owned());
    let mut old = gap("eu-west-1", "ec2/vpc", Status::Failed, "ec2:DescribeVpcs", "timeout");
    old.side = Side::RestorePoint;
    let not_read = vec![
        gap("us-east-1", "rds/db_cluster", Status::Denied, "rds:DescribeDBClusters", "AccessDenied"),
        gap("eu-west-1", "rds/db_cluster", Status::Denied, "rds:DescribeDBClusters", "AccessDenied"),
        gap("eu-west-1", "elbv2/listener", Status::Failed, "elbv2:DescribeListeners", "timeout"),
        gap("eu-west-1", "ec2/vpc", Status::Excluded, "", ""),
        policy,
        zone,
        old,
    ];
    plan_of(
        vec![
            (RECORD, Some(record), None),
            (unmanaged, None, Some(scratch)),
            (GROUP, Some(group.0), Some(group.1)),
            (BUCKET, Some(bucket.0), Some(bucket.1)),
            (DB, Some(db.0), Some(db.1)),
        ],
        not_read,
        &ignores,
    )
}

fn shown(plan: &Plan) -> String {
    let mut out = Vec::new();
    super::text(plan, Look::default(), &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}
