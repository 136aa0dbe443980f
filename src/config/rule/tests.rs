//! What is in a file before and after a rule was added.

use std::path::Path as File;

use insta::assert_snapshot;
use time::macros::date;

use super::*;

const KINDS: [&str; 2] = ["ec2/instance", "s3/bucket"];

fn rule(text: &str) -> NewRule {
    NewRule::parse(text, "known", &KINDS).expect(text)
}

/// What was added, and that everything else is as it was.
#[track_caller]
fn added(text: &str, rule: &NewRule) -> String {
    let path = File::new("driftline.toml");
    let after = rule.add_to(text, path, &KINDS).expect(text);
    let mut rest = after.as_str();
    let common = text.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
    let tail = &text[common..];
    rest = rest.strip_suffix(tail).expect("what followed is as it was");
    rest = &rest[common..];
    let [before, now] = [text, after.as_str()].map(|text| Config::parse(text, path, &KINDS).expect(text));
    assert_eq!(now.ignore.len(), before.ignore.len() + 1);
    rest.to_owned()
}

#[test]
fn a_rule_is_written_in_full() {
    let whole = NewRule {
        owner: Some("platform".to_owned()),
        actor: vec!["autoscaling.amazonaws.com".to_owned()],
        tag: vec!["Team=platform".to_owned(), "Managed=*".to_owned()],
        min: Some(2.0),
        max: Some(10.5),
        values: vec!["x".to_owned()],
        ..rule("ec2/instance/*#tags[\"a \\\"b\\\".c\"]")
    };
    let whole = whole.until("2027-01-31", date!(2027 - 01 - 31)).expect("today is not over");
    assert_snapshot!(added("", &whole), @r#"
    [[ignore]]
    address = "ec2/instance/*"
    attribute = 'tags["a \"b\".c"]'
    tag = ["Team=platform", "Managed=*"]
    actor = "autoscaling.amazonaws.com"
    min = 2
    max = 10.5
    values = ["x"]
    until = 2027-01-31
    owner = "platform"
    reason = "known"
    "#);
}

#[test]
fn it_follows_the_last_rule_and_nothing_else_changes() {
    let text = "# ours\n\n[[ignore]]  # first\naddress = 'ec2'\nreason = \"a\"   # why\n\n# how careful\n[limits]\nmax_rps=3\n";
    let new = rule("s3/bucket/logs#/Policy");
    let after = new.add_to(text, File::new("driftline.toml"), &KINDS).expect("valid");
    assert_snapshot!(after, @r#"
    # ours

    [[ignore]]  # first
    address = 'ec2'
    reason = "a"   # why

    [[ignore]]
    address = "s3/bucket/logs"
    attribute = "/Policy"
    reason = "known"

    # how careful
    [limits]
    max_rps=3
    "#);
    // Line ends, a missing last one, tables of a rule, a byte order mark: whatever it is, it stays.
    for text in [
        "regions = [\"eu-west-1\"]",
        "regions = [\"eu-west-1\"]\r\n\r\n[limits]\r\nmax_rps = 3\r\n",
        "[[ignore]]\r\naddress = \"ec2\"\r\nreason = \"a\"\r\n[limits]\r\nmax_rps = 3",
        "[[ignore]]\naddress = \"ec2\"\nreason = \"a\"\n[ignore.tag]\nTeam = \"x\"\n[limits]\n",
        "[[ignore]]\naddress = \"ec2\"\nreason = \"\"\"a\n[limits]\n\"\"\"\n[limits]\n",
        "ignore = []\n",
        "ignore = [ { address = \"ec2\", reason = \"a\" }, ] # rules\n[limits]\n",
        "\u{feff}# ours\n[limits]\n",
        Config::TEMPLATE,
    ] {
        let rest = added(text, &new);
        assert_eq!(text.contains("\r\n"), rest.contains("\r\n"), "{rest:?}");
        assert!(rest.contains("s3/bucket/logs"), "{rest}");
    }
}

#[test]
fn what_cannot_be_a_rule_is_refused() {
    let refused = |text: &str, reason: &str| NewRule::parse(text, reason, &KINDS).expect_err(text).to_string();
    assert_snapshot!(refused("ec2/instnce/i-1", "x"), @r#""ec2/instnce/i-1": unknown kind "ec2/instnce"; did you mean "ec2/instance"?"#);
    assert_snapshot!(refused("ec2/[", "x"), @r#""ec2/[": `ec2/[` is not an address pattern: unclosed character class; missing ']'"#);
    assert_snapshot!(refused("", "x"), @r#""": an address pattern must not be empty"#);
    assert_snapshot!(refused("ec2#", "x"), @"`` is not an attribute pattern: it names nothing; write it as a plan prints it, such as `tags.Owner` or `IpPermissions[tcp 22]`");
    assert_snapshot!(refused("ec2", " "), @"an ignore rule needs a reason; whoever reads a plan must know why something is not in it");
    let until = |text: &str| rule("ec2").until(text, date!(2027 - 02 - 01)).expect_err(text).to_string();
    assert_snapshot!(until("2027-01-31"), @"2027-01-31 is over; a rule that ends before today takes nothing out");
    assert_snapshot!(until("31.1.2027"), @r#""31.1.2027" is not a date; they look like 2027-01-31"#);
    let add = |text: &str, rule: &NewRule| {
        rule.add_to(text, File::new("driftline.toml"), &KINDS).expect_err(text).to_string()
    };
    let same = "[[ignore]]\nreason = \"known to all\"\naddress = \"ec2\"\n";
    assert_snapshot!(add(same, &rule("ec2")), @"the same rule is there already (known to all)");
    assert_snapshot!(add("a = \n", &rule("ec2")), @r"driftline.toml:1: string values must be quoted, expected literal string");
    assert_snapshot!(add("ignore = 3\n", &rule("ec2")), @"driftline.toml:1: invalid type: integer `3`, expected a list in brackets");
    assert_snapshot!(add("", &NewRule { min: Some(1.0), ..rule("ec2") }), @"min only makes sense beside attribute: it is about one value");
    assert_snapshot!(add("", &NewRule { tag: vec!["=".to_owned()], ..rule("ec2") }), @r#""=" is not a tag; they look like "Team=platform" or "Team=*""#);
    // A rule that ends does not stand for one that goes on.
    let over = format!("{same}until = 2020-01-01\n");
    added(&over, &rule("ec2"));
}

#[test]
fn a_rule_for_exactly_this_matches_this_and_nothing_else() {
    let check = |address: &str, path: Option<&str>, others: &[&str]| {
        let this: Address = address.parse().expect(address);
        let path: Option<Path> = path.map(|path| path.parse().expect(path));
        let rule = NewRule::exactly(&this, path.as_ref(), "known").expect(address);
        assert!(rule.address.matches(&this), "{}", rule.address);
        for other in others {
            assert!(!rule.address.matches(&other.parse().expect(other)), "{} on {other}", rule.address);
        }
        let attribute = rule.attribute.as_ref().map(ToString::to_string);
        assert!(path.is_none_or(|path| path.0.is_empty() || rule.attribute.is_some_and(|rule| rule.matches(&path))));
        attribute.unwrap_or_default()
    };
    let group = "aws/1/eu-west-1/ec2/security_group/sg-1";
    assert_eq!(
        check(group, None, &["aws/1/eu-west-1/ec2/security_group/sg-12", "aws/2/eu-west-1/ec2/security_group/sg-1"]),
        ""
    );
    let record = "aws/1/global/route53/record_set/Z1/*.example.com/A";
    assert_eq!(
        check(record, Some("/attributes/TTL"), &["aws/1/global/route53/record_set/Z1/www.example.com/A"]),
        "TTL"
    );
    assert_eq!(check("aws/1/eu-west-1/ec2/key_pair/{a}[b]?", None, &["aws/1/eu-west-1/ec2/key_pair/ab1"]), "");
    let escaped = r"aws/1/global/route53/record_set/Z1/\052.example.com/A";
    assert_eq!(check(escaped, None, &["aws/1/global/route53/record_set/Z1/052.example.com/A"]), "");
    let slash = "aws/1/global/ssm/parameter//a/";
    assert_eq!(check(slash, None, &["aws/1/global/ssm/parameter//a", "aws/1/global/ssm/parameter//a/b"]), "");
    let rule = r#"/attributes/IpPermissions/[IpProtocol="tcp",FromPort=22,ToPort=22]/IpRanges/[CidrIp="0.0.0.0/0"]"#;
    assert_eq!(check(group, Some(rule), &[]), "IpPermissions[tcp 22].IpRanges[0.0.0.0/0]");
    assert_eq!(check(group, Some("/tags/a.b c"), &[]), r#"tags["a.b c"]"#);
    assert_eq!(check(group, Some(""), &[]), "");
    for odd in
        [r#"/attributes/S/[="a/b]"]"#, "/attributes/E/[Main=false,SubnetId=null]", "/attributes/A/[3]/B", "/tags/a\"]b"]
    {
        check(group, Some(odd), &[]);
    }
}
