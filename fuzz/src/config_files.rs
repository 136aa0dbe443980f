//! `driftline.toml`, and the rules that are added to it: nothing else in it changes by a byte.

use std::path::Path;

use driftline::config::{Config, NewRule, Overrides, RuleError};

const KINDS: &[&str] = &["ec2/instance", "ec2/security_group", "rds/db_instance", "route53/record_set", "s3/bucket"];

/// A file, and behind the first NUL a rule and its reason, each behind another one.
pub fn law(bytes: &[u8]) {
    let input = super::text(bytes);
    let mut parts = input.splitn(3, '\0');
    let file = parts.next().unwrap_or_default();
    let what = parts.next().unwrap_or("ec2/instance/*#tags.Patched");
    let reason = parts.next().unwrap_or("is patched every night");
    let parsed = match Config::parse(file, Path::new(Config::FILE_NAME), KINDS) {
        Ok(parsed) => parsed,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let overrides =
        Overrides { regions: vec![what.to_owned()], kinds: vec![reason.to_owned()], ..Overrides::default() };
    if let Err(error) = parsed.clone().with_overrides(&overrides, KINDS) {
        assert!(!error.to_string().is_empty());
    }
    if let Ok(rule) = NewRule::parse(what, reason, KINDS) {
        add(file, &parsed, &rule);
    }
}

fn add(file: &str, parsed: &Config, rule: &NewRule) {
    let path = Path::new(Config::FILE_NAME);
    let edited = match rule.add_to(file, path, KINDS) {
        Ok(edited) => edited,
        Err(RuleError::File(error)) => panic!("the file was read before: {error}"),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let again = Config::parse(&edited, path, KINDS).expect("it was read before it was given out");
    assert_eq!(again.ignore.len(), parsed.ignore.len() + 1);
    // The rule is the last one, and everything else says what it said.
    assert_eq!(format!("{:?}", &again.ignore[..parsed.ignore.len()]), format!("{:?}", parsed.ignore));
    let without = |config: &Config| format!("{:?}", Config { ignore: vec![], ..config.clone() });
    assert_eq!(without(&again), without(parsed));
    let added = again.ignore.last().expect("one more");
    assert_eq!(added.address.to_string(), rule.address.to_string());
    assert_eq!(added.reason, rule.reason.trim());
    // What was inserted stands in one piece: before and behind it, every byte is as it was.
    let inserted = edited.len() - file.len();
    let start = file.bytes().zip(edited.bytes()).take_while(|(old, new)| old == new).count();
    assert_eq!(&edited.as_bytes()[..start], &file.as_bytes()[..start]);
    let end = file.len() - start;
    assert!(edited.as_bytes()[start + inserted..].ends_with(&file.as_bytes()[file.len() - end..]), "{edited}");
    // Saying it twice is refused, for the first one says it already.
    assert!(matches!(rule.add_to(&edited, path, KINDS), Err(RuleError::Duplicate { .. })));
}

pub fn seeds() -> Vec<Vec<u8>> {
    let commented = Config::TEMPLATE;
    // Each key of the template, as somebody would take it: without its comment sign.
    let bare: String =
        commented.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).fold(String::new(), |file, line| {
            if line.contains('=') || line.starts_with('[') { file + line + "\n" } else { file }
        });
    let sections: Vec<String> = bare.split("\n[").map(|section| format!("[{section}\n")).collect();
    let more = [
        "regions = [\"eu-west-1\"]\n",
        "[[ignore]]\naddress = \"ec2/instance/*\"\nattribute = \"tags.Patched\"\nreason = \"is patched\" # every night\n\n[limits]\nmax_rps = 5\n",
        "ignore = [{ address = \"s3/bucket\", reason = \"made by a tool\", until = 2027-01-31 }]\r\n[scan]\r\nattempts = 3\r\n",
        "ignore = []",
        "ignore = [\n  # nothing\n]\n",
        "[[ignore]]\nkind = [\"rds/*\"]\ntag = { Team = \"data\" }\nreason = '''\nseveral\nlines'''\n[[notify]]\nkind = \"command\"\ncommand = [\"true\"]\n",
        "[[accounts]]\nname = \"prod\"\nrole_arn = \"arn:aws:iam::123456789012:role/driftline\"\nregions = [\"eu-west-1\"]\n",
    ];
    let rules =
        ["", "\0ec2/instance/i-1\0", "\0s3/bucket/*#tags[\"a.b\"]\0a \"reason\"", "\0rds/db_instance/x#/A~1b\0ü\n"];
    [commented.to_owned(), bare]
        .into_iter()
        .chain(sections)
        .chain(more.map(str::to_owned))
        .flat_map(|file| rules.map(|rule| format!("{file}{rule}").into_bytes()))
        .collect()
}
