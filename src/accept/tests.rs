//! Which commits a plan becomes.

use std::collections::BTreeMap;

use driftline_api::{Actor, ActorSort, Address, Cause, Seal, Via};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::attribution::{Attribution, Unexplained};
use crate::diff::sample::{address, descriptor, resource};
use crate::plan::{Against, plan};
use crate::snapshot::{Format, KindCoverage};
use crate::store::Store;

const APP: &str = "aws/1/eu-west-1/ec2/security_group/sg-1";
const WEB: &str = "aws/1/eu-west-1/ec2/security_group/sg-2";
const BUCKET: &str = "aws/1/eu-west-1/s3/bucket/logs";
const RECORD: &str = "aws/1/global/route53/record_set/Z1/www/A";

/// A restore point in a repository, and a plan against it.
struct Place {
    _folder: tempfile::TempDir,
    store: Store,
    plan: Plan,
}

type Sided<'s> = [(&'s str, Value)];

impl Place {
    fn new(before: &Sided<'_>, after: &Sided<'_>) -> Self {
        let side = |side: &Sided<'_>| -> BTreeMap<Address, Resource> {
            side.iter().map(|(at, attributes)| (address(at), resource(at, attributes.clone(), &[]))).collect()
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (store, _) = Store::init(folder.path()).expect("a repository");
        let (before, after) = (side(before), side(after));
        let mut update = Update::default();
        update.set_format(&Format::new(&Seal::new([1; 32])));
        for (address, resource) in &before {
            update.put_bytes(address, resource.to_bytes());
        }
        store.begin().expect("begins").commit(update, "import").expect("commits");
        let against = Against { rev: "HEAD".to_owned(), commit: String::new() };
        let plan = plan(against, &before, &after, descriptor, vec![], &[]);
        Self { _folder: folder, store, plan }
    }

    fn baseline(&self) -> Baseline {
        let head = self.store.head().expect("head").expect("a restore point");
        Baseline::load(self.store.snapshot(&head).expect("a snapshot")).expect("a baseline")
    }

    /// These people are behind these changes (by their paths; none: the whole resource) of a resource.
    fn by(mut self, at: &str, who: &[(&str, i64, &str, &[&str])]) -> Self {
        let resource = self.plan.drift.iter_mut().find(|drift| drift.address.to_string() == at).expect(at);
        for (name, time, event, paths) in who {
            let index = |path: &&str| resource.changes.iter().position(|c| c.path.to_string() == **path).expect(path);
            let mut changes: Vec<usize> = paths.iter().map(index).collect();
            changes.sort_unstable();
            let attribution = if name.is_empty() {
                Attribution::Unknown(Unexplained::NothingFound)
            } else {
                Attribution::By(origin(name, *time, event))
            };
            resource.by.push(Attributed { changes, attribution });
        }
        self
    }

    fn commits(&self, by: GroupBy) -> Vec<Commit> {
        let units = units(&self.plan, &kinds());
        commits(&self.plan, &self.baseline(), &kinds(), &units, by).expect("the plan fits")
    }

    /// Subject, author and files of each commit.
    fn told(&self, by: GroupBy) -> String {
        let told = |commit: &Commit| {
            let author =
                commit.author.as_ref().map_or("-".to_owned(), |a| format!("{} <{}> {}", a.name, a.email, a.at));
            let files: Vec<&str> = commit.files.keys().map(|address| address.id.as_str()).collect();
            format!("{} | {author} | {}\n", commit.subject(), files.join(" "))
        };
        self.commits(by).iter().map(told).collect()
    }
}

fn kinds() -> Kinds {
    ["ec2/security_group", "s3/bucket", "route53/record_set"]
        .into_iter()
        .filter_map(|name| Some((name, descriptor(name)?)))
        .collect()
}

fn origin(name: &str, at: i64, event: &str) -> Origin {
    Origin {
        actor: Actor {
            sort: ActorSort::User,
            name: name.to_owned(),
            arn: None,
            role: name.contains('@').then(|| "AWSReservedSSO_Admin".to_owned()),
            account: Some("123456789012".to_owned()),
        },
        via: Via::Console,
        at,
        event: format!("ec2:{event}"),
        event_id: format!("{name}-{event}-{at}"),
        region: "eu-west-1".to_owned(),
    }
}

fn open(ports: &[i64]) -> Value {
    let permission = |port| json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "UserIdGroupPairs": []});
    json!({"GroupName": "prod-app", "IpPermissions": ports.iter().map(permission).collect::<Vec<_>>()})
}

#[test]
fn two_people_behind_one_resource_are_two_commits_and_the_second_has_both_changes() {
    let place = Place::new(&[(APP, open(&[443]))], &[(APP, open(&[22, 443, 8080]))]).by(
        APP,
        &[
            ("bob", 2000, "AuthorizeSecurityGroupIngress", &["IpPermissions[tcp 22]"]),
            ("alice@example.com", 1000, "AuthorizeSecurityGroupIngress", &["IpPermissions[tcp 8080]"]),
        ],
    );
    assert_snapshot!(place.told(GroupBy::Actor), @r"
    ec2/security_group prod-app: open tcp/8080 to 0.0.0.0/0 | alice@example.com <alice@example.com> 1000 | sg-1
    ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 | bob <bob@123456789012.aws.invalid> 2000 | sg-1
    ");
    let commits = place.commits(GroupBy::Actor);
    let content =
        |commit: &Commit| Resource::from_bytes(commit.files[&address(APP)].as_ref().expect("there")).expect("a file");
    assert_eq!(Value::Object(content(&commits[0]).attributes), open(&[443, 8080]));
    assert_eq!(Value::Object(content(&commits[1]).attributes), open(&[22, 443, 8080]));
    assert_snapshot!(commits[0].message, @r#"
    ec2/security_group prod-app: open tcp/8080 to 0.0.0.0/0

    aws/1/eu-west-1/ec2/security_group/sg-1 "prod-app"
      + IpPermissions[tcp 8080]: { FromPort: 8080, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 8080, UserIdGroupPairs: [] }

    Driftline-Address: aws/1/eu-west-1/ec2/security_group/sg-1
    Changed-By: alice@example.com (Admin)
    Changed-At: 1970-01-01T00:16:40Z
    CloudTrail-Event-Id: alice@example.com-AuthorizeSecurityGroupIngress-1000
    Via: console
    "#);
}

#[test]
fn one_person_has_a_commit_for_each_thing_that_belongs_together() {
    let group = |vpc: &str, other: &str| json!({"GroupName": "web", "VpcId": vpc, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [], "UserIdGroupPairs": [{"UserId": "1", "GroupId": other}]}]});
    let place = Place::new(
        &[(APP, open(&[443])), (BUCKET, json!({"Location": "x", "Versioning": "on"}))],
        &[
            (APP, open(&[22, 443, 8080])),
            (BUCKET, json!({"Location": "y", "Versioning": "off"})),
            (WEB, group("vpc-1", "sg-1")),
            (RECORD, json!({"TTL": 1})),
        ],
    )
    .by(APP, &[("bob", 3000, "A", &["IpPermissions[tcp 22]"]), ("bob", 3500, "B", &["IpPermissions[tcp 8080]"])])
    .by(BUCKET, &[("bob", 1000, "C", &["Location"]), ("", 0, "", &["Versioning"])])
    .by(WEB, &[("bob", 2000, "CreateSecurityGroup", &[])])
    .by(RECORD, &[("carol", 1500, "ChangeResourceRecordSets", &[])]);
    assert_snapshot!(place.told(GroupBy::Actor), @r"
    s3/bucket logs: set Location to y | bob <bob@123456789012.aws.invalid> 1000 | logs
    route53/record_set Z1/www/A: created | carol <carol@123456789012.aws.invalid> 1500 | Z1/www/A
    ec2/security_group web: created | bob <bob@123456789012.aws.invalid> 2000 | sg-2
    ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 (+1 more) | bob <bob@123456789012.aws.invalid> 3500 | sg-1
    s3/bucket logs: set Versioning to off | - | logs
    ");
    assert_snapshot!(place.told(GroupBy::Resource), @r"
    s3/bucket logs: set Location to y (+1 more) | - | logs
    route53/record_set Z1/www/A: created | carol <carol@123456789012.aws.invalid> 1500 | Z1/www/A
    ec2/security_group web: created | bob <bob@123456789012.aws.invalid> 2000 | sg-2
    ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 (+1 more) | bob <bob@123456789012.aws.invalid> 3500 | sg-1
    ");
    assert_snapshot!(place.told(GroupBy::Service), @r"
    s3/bucket logs: set Location to y (+1 more) | - | logs
    route53/record_set Z1/www/A: created | carol <carol@123456789012.aws.invalid> 1500 | Z1/www/A
    ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 (+2 more) | bob <bob@123456789012.aws.invalid> 3500 | sg-1 sg-2
    ");
    assert_snapshot!(place.told(GroupBy::None), @"ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 (+5 more) | - | sg-1 sg-2 logs Z1/www/A");
    assert_snapshot!(place.commits(GroupBy::None)[0].message, @r#"
    ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 (+5 more)

    aws/1/eu-west-1/ec2/security_group/sg-1 "prod-app"
      + IpPermissions[tcp 22]: { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22, UserIdGroupPairs: [] }
      + IpPermissions[tcp 8080]: { FromPort: 8080, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 8080, UserIdGroupPairs: [] }
    aws/1/eu-west-1/ec2/security_group/sg-2 "web"
      + created
    aws/1/eu-west-1/s3/bucket/logs
      ~ Location: "x" -> "y"
      ~ Versioning: "on" -> "off"
    aws/1/global/route53/record_set/Z1/www/A
      + created

    Who did it is not known: CloudTrail has nothing that explains it.

    Driftline-Address: aws/1/eu-west-1/ec2/security_group/sg-1
    Driftline-Address: aws/1/eu-west-1/ec2/security_group/sg-2
    Driftline-Address: aws/1/eu-west-1/s3/bucket/logs
    Driftline-Address: aws/1/global/route53/record_set/Z1/www/A
    Changed-By: bob
    Changed-By: carol
    Changed-At: 1970-01-01T00:58:20Z
    CloudTrail-Event-Id: bob-C-1000
    CloudTrail-Event-Id: carol-ChangeResourceRecordSets-1500
    CloudTrail-Event-Id: bob-CreateSecurityGroup-2000
    CloudTrail-Event-Id: bob-A-3000
    CloudTrail-Event-Id: bob-B-3500
    Via: console
    "#);
    let unknown = place.commits(GroupBy::Actor).pop().expect("commits");
    assert_snapshot!(unknown.message, @r#"
    s3/bucket logs: set Versioning to off

    aws/1/eu-west-1/s3/bucket/logs
      ~ Versioning: "on" -> "off"

    Who did it is not known: CloudTrail has nothing that explains it.

    Driftline-Address: aws/1/eu-west-1/s3/bucket/logs
    "#);
}

#[test]
fn a_name_cannot_pass_for_another_persons_or_for_a_trailer() {
    let names = ["eve <root@example.com>", "eve\nVia: terraform", "\u{1b}[2Jeve", "<>", "eve@x>\n"];
    for name in names {
        let place = Place::new(&[], &[(RECORD, json!({}))]).by(RECORD, &[(name, 5, "Create", &[])]);
        let commit = place.commits(GroupBy::Actor).remove(0);
        let trailers = commit.message.rsplit("\n\n").next().expect("trailers").lines();
        let via: Vec<&str> = trailers.filter(|line| line.starts_with("Via:")).collect();
        assert_eq!(via, ["Via: console"], "{name:?}");
        let author = commit.author.clone().expect("an author");
        assert!(!author.name.chars().any(char::is_control), "{name:?}: terminals are shown it");
        assert!(!author.email.chars().any(char::is_whitespace), "{name:?}");
        let head = place.store.head().expect("head").expect("a restore point").commit;
        let tip = place.store.begin_objects().expect("begins").series(head, vec![commit.step()]).expect("commits");
        let repository = git2::Repository::open(place.store.root()).expect("a repository");
        let commit = repository.find_commit(tip).expect("a commit");
        assert_eq!(commit.author().when().seconds(), 5, "git finds the time behind {name:?}");
        assert_eq!(commit.parent_id(0).ok(), Some(head));
    }
}

#[test]
fn a_fleet_that_one_actor_changed_is_one_commit() {
    let addresses: Vec<String> = (0..60).map(|n| format!("aws/1/global/route53/record_set/Z{n}/www/A")).collect();
    let all: Vec<(&str, Value)> = addresses.iter().map(|address| (address.as_str(), json!({}))).collect();
    let told = |count: usize| {
        let mut place = Place::new(&[], &[&all[..count], &[(BUCKET, json!({}))]].concat());
        for address in &addresses[..count.min(55)] {
            place = place.by(address, &[("bob", 1000, address, &[])]);
        }
        place
            .told(GroupBy::Actor)
            .lines()
            .map(|line| line.split(" | ").take(2).collect::<Vec<_>>().join(" | "))
            .collect()
    };
    let each: Vec<String> = told(50);
    assert_eq!(each.len(), 51, "so many can be reviewed");
    let joined: Vec<String> = told(60);
    assert_eq!(joined.len(), 1 + 5 + 1, "those that nobody can be named for are no fleet of bob's: {joined:#?}");
    assert_eq!(joined[0], "route53/record_set Z0/www/A: created (+54 more) | bob <bob@123456789012.aws.invalid> 1000");
}

#[test]
fn what_was_not_chosen_stays() {
    let place = Place::new(
        &[(APP, open(&[443])), (BUCKET, json!({"Location": "x", "Versioning": "on"}))],
        &[(APP, open(&[22, 8080])), (RECORD, json!({}))],
    );
    let units = units(&place.plan, &kinds());
    assert_eq!(units.len(), 5, "three of the group, a bucket, a record");
    let commits = commits(&place.plan, &place.baseline(), &kinds(), &units[..1], GroupBy::Actor).expect("fits");
    assert_eq!(commits.len(), 1);
    let file = commits[0].files[&address(APP)].as_ref().expect("there");
    let accepted = Resource::from_bytes(file).expect("a file");
    let ports: Vec<&Value> =
        accepted.attributes["IpPermissions"].as_array().expect("a list").iter().map(|p| &p["FromPort"]).collect();
    assert_eq!(ports, [&json!(22), &json!(443)]);
    assert_eq!(commits[0].author, None, "nobody was asked");
}

#[test]
fn what_a_rule_ignores_is_not_taken_along() {
    let mut place = Place::new(
        &[(BUCKET, json!({"Location": "x", "Versioning": "on"}))],
        &[(BUCKET, json!({"Location": "y", "Versioning": "off"}))],
    );
    place.plan.drift[0].changes.retain(|change| change.path.to_string() == "Location");
    let commit = place.commits(GroupBy::Actor).remove(0);
    let file = Resource::from_bytes(commit.files[&address(BUCKET)].as_ref().expect("there")).expect("a file");
    assert_eq!(Value::Object(file.attributes), json!({"Location": "y", "Versioning": "on"}));
}

#[test]
fn a_plan_that_does_not_fit_is_refused() {
    let fits = || Place::new(&[(APP, open(&[443]))], &[(APP, open(&[22, 443])), (RECORD, json!({}))]);
    let refused = |place: &Place| {
        let units = units(&place.plan, &kinds());
        commits(&place.plan, &place.baseline(), &kinds(), &units, GroupBy::Actor).expect_err("refused").to_string()
    };
    let mut place = fits();
    place.plan.drift[0].before.as_mut().expect("there").attributes.insert("GroupName".to_owned(), json!("other"));
    assert_snapshot!(refused(&place), @"the restore point has another `aws/1/eu-west-1/ec2/security_group/sg-1` than the plan was made against");
    let mut place = fits();
    place.plan.drift[0].changes[0].after = Some(json!({}));
    assert_snapshot!(refused(&place), @"the plan does not fit itself at `aws/1/eu-west-1/ec2/security_group/sg-1`: `IpPermissions[tcp 22]` does not follow from its two sides");
    let mut place = fits();
    place.plan.drift[1].after.as_mut().expect("there").id = "else".to_owned();
    assert_snapshot!(refused(&place), @"the plan does not fit itself at `aws/1/global/route53/record_set/Z1/www/A`: it holds another resource");
}

#[test]
fn coverage_follows_but_what_was_a_gap_waits_for_an_import() {
    let place = Place::new(&[(BUCKET, json!({}))], &[(BUCKET, json!({}))]);
    let scope = address(BUCKET).scope;
    let denied = || {
        KindCoverage::unread(Cause {
            status: Status::Denied,
            operation: "s3:ListAllMyBuckets".to_owned(),
            code: "AccessDenied".to_owned(),
            message: String::new(),
        })
    };
    let with = |entries: &[(&str, KindCoverage)]| {
        let mut coverage = Coverage::default();
        for (kind, entry) in entries {
            coverage.set(&scope, kind, entry.clone());
        }
        coverage
    };
    let mut update = Update::default();
    update.set_coverage(&with(&[("s3/bucket", KindCoverage::read()), ("ec2/vpc", denied())]));
    place.store.begin().expect("begins").commit(update, "coverage").expect("commits");
    let check = |next: Coverage| coverage(&Plan { coverage: Some(next), ..place.plan.clone() }, &place.baseline());
    assert_eq!(check(with(&[("s3/bucket", KindCoverage::read()), ("ec2/vpc", denied())])), None);
    assert_eq!(check(with(&[("s3/bucket", KindCoverage::read()), ("ec2/vpc", KindCoverage::read())])), None);
    let commit = check(with(&[("s3/bucket", denied()), ("ec2/vpc", denied())])).expect("it changed");
    assert_snapshot!(commit.message, @r"
    coverage: 1 read ended in another way

      aws/1/eu-west-1/s3/bucket: read -> denied
    ");
    assert!(!commit.step().update.is_empty());
    let mut narrowed = Plan { coverage: Some(with(&[("s3/bucket", denied())])), ..place.plan.clone() };
    narrowed.scanned.narrowed = true;
    assert_eq!(coverage(&narrowed, &place.baseline()), None);
}
