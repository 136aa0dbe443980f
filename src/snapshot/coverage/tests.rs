use super::*;

fn scope(region: &str) -> Scope {
    Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: region.to_owned() }
}

fn cause(operation: &str) -> Cause {
    let message = "User: arn:… is not authorized (request id 6b1f)".to_owned();
    Cause { status: Status::Denied, operation: operation.to_owned(), code: "AccessDenied".to_owned(), message }
}

fn gap(under: Under, path: Option<&str>, operation: &str) -> ItemGap {
    ItemGap { under, path: path.map(str::to_owned), cause: cause(operation) }
}

fn address(region: &str, kind: &str, id: &str) -> Address {
    Address { scope: scope(region), kind: kind.to_owned(), id: id.to_owned() }
}

fn example() -> Coverage {
    let mut coverage = Coverage::default();
    coverage.set(&scope("eu-west-1"), "ec2/vpc", KindCoverage::read());
    coverage.set(&scope("eu-west-1"), "rds/db_proxy", KindCoverage::unread(cause("rds:DescribeDBProxies")));
    let buckets = coverage.entry(&scope("eu-west-1"), "s3/bucket");
    buckets.add(gap(Under::Id("logs".to_owned()), Some("/Policy"), "s3:GetBucketPolicy"));
    buckets.add(gap(Under::Id("gone".to_owned()), None, "s3:GetBucketLocation"));
    let records = coverage.entry(&scope("global"), "route53/record_set");
    records.add(gap(Under::Parent("Z1".to_owned()), None, "route53:ListResourceRecordSets"));
    coverage
}

#[test]
fn the_file_is_short_sorted_and_holds_no_message() {
    let files = example().to_files();
    let bytes = &files["snapshots/aws/123456789012/coverage.json"];
    let expected = r#"{
  "eu-west-1": {
    "ec2/vpc": "read",
    "rds/db_proxy": {
      "status": "denied",
      "operation": "rds:DescribeDBProxies",
      "code": "AccessDenied"
    },
    "s3/bucket": {
      "status": "read",
      "gaps": [
        {
          "id": "gone",
          "status": "denied",
          "operation": "s3:GetBucketLocation",
          "code": "AccessDenied"
        },
        {
          "id": "logs",
          "path": "/Policy",
          "status": "denied",
          "operation": "s3:GetBucketPolicy",
          "code": "AccessDenied"
        }
      ]
    }
  },
  "global": {
    "route53/record_set": {
      "status": "read",
      "gaps": [
        {
          "parent": "Z1",
          "status": "denied",
          "operation": "route53:ListResourceRecordSets",
          "code": "AccessDenied"
        }
      ]
    }
  }
}
"#;
    assert_eq!(String::from_utf8_lossy(bytes), expected);
    let mut read = Coverage::default();
    read.add_file("aws", "123456789012", bytes).expect("reads back");
    assert_eq!(read.to_files(), files);
    assert_eq!(read.gaps().count(), 4);
}

#[test]
fn absence_means_something_only_where_it_was_read() {
    let coverage = example();
    for (region, kind, id, expected) in [
        ("eu-west-1", "ec2/vpc", "vpc-1", true),
        ("eu-west-2", "ec2/vpc", "vpc-1", false),
        ("eu-west-1", "rds/db_proxy", "p", false),
        ("eu-west-1", "rds/db_cluster", "c", false),
        ("eu-west-1", "s3/bucket", "logs", true),
        ("eu-west-1", "s3/bucket", "gone", false),
        ("global", "route53/record_set", "Z1/a/A", false),
        ("global", "route53/record_set", "Z12/a/A", true),
    ] {
        assert_eq!(coverage.covers(&address(region, kind, id)), expected, "{region} {kind} {id}");
    }
    let logs = address("eu-west-1", "s3/bucket", "logs");
    assert_eq!(coverage.unread_paths(&logs).collect::<Vec<_>>(), ["/Policy"]);
    assert_eq!(coverage.cause(&address("eu-west-1", "rds/db_proxy", "p")).expect("known").code, "AccessDenied");
    assert!(!coverage.is_complete());
}

#[test]
fn the_order_of_arrival_does_not_show() {
    let gaps = [
        gap(Under::Id("b".to_owned()), Some("/Acl"), "s3:GetBucketAcl"),
        gap(Under::Id("b".to_owned()), Some("/Acl"), "s3:A"),
        gap(Under::Id("a".to_owned()), None, "s3:GetBucketLocation"),
        gap(Under::Id("b".to_owned()), None, "s3:GetBucketLocation"),
        gap(Under::Id("b".to_owned()), Some("/Acl"), "s3:GetBucketAcl"),
    ];
    let mut forth = KindCoverage::read();
    gaps.iter().cloned().for_each(|gap| forth.add(gap));
    let mut back = KindCoverage::read();
    gaps.iter().rev().cloned().for_each(|gap| back.add(gap));
    assert_eq!(forth, back);
    assert_eq!(forth.gaps().len(), 3);
}

#[test]
fn a_targeted_scan_replaces_what_it_looked_at() {
    let targets = |text: &str| Targets::new(vec![text.parse().expect(text)]);
    let scan = |kind: &str, region: &str| {
        let mut coverage = Coverage::default();
        coverage.set(&scope(region), kind, KindCoverage::read());
        coverage
    };

    let mut whole = example();
    whole.merge(scan("s3/bucket", "eu-west-1"), &targets("s3/bucket"));
    assert!(whole.covers(&address("eu-west-1", "s3/bucket", "gone")));
    assert!(!whole.covers(&address("eu-west-1", "rds/db_proxy", "p")), "not looked at");

    let mut part = example();
    part.merge(scan("s3/bucket", "eu-west-1"), &targets("s3/bucket/logs"));
    let buckets = part.get(&scope("eu-west-1"), "s3/bucket").expect("entry");
    assert_eq!(buckets.gaps().iter().map(|gap| gap.under.clone()).collect::<Vec<_>>(), [Under::Id("gone".to_owned())]);

    let mut unread = example();
    unread.merge(scan("rds/db_proxy", "eu-west-1"), &targets("rds/db_proxy/p"));
    assert_eq!(unread.get(&scope("eu-west-1"), "rds/db_proxy").expect("entry").status, Status::Limited);

    let mut fresh = example();
    fresh.merge(scan("ec2/subnet", "eu-west-1"), &targets("ec2/subnet/subnet-1"));
    assert_eq!(fresh.get(&scope("eu-west-1"), "ec2/subnet").expect("entry").status, Status::Limited);
}

#[test]
fn a_gap_that_says_nothing_of_why_is_written_as_it_is_read() {
    let mut read = Coverage::default();
    let file = br#"{"eu-west-1": {"ec2/vpc": {"status": "read", "gaps": [{"status": "denied"}]}}}"#;
    read.add_file("aws", "123456789012", file).expect("a coverage file");
    assert!(!read.is_complete());
    let mut again = Coverage::default();
    for file in read.to_files().values() {
        again.add_file("aws", "123456789012", file).expect("it was written");
    }
    assert_eq!(again, read);
}
