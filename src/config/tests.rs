use super::*;

const KINDS: [&str; 7] = [
    "ec2/instance",
    "ec2/network_interface",
    "ec2/security_group",
    "rds/db_instance",
    "rds/db_snapshot",
    "route53/record_set",
    "s3/bucket",
];

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("driftline.toml"), &KINDS)
}

/// The template with its examples switched on.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(example) if !example.starts_with(' ') => format!("{example}\n"),
        _ => format!("{line}\n"),
    };
    Config::TEMPLATE.lines().map(line).collect()
}

#[test]
fn the_template_changes_nothing_until_it_is_edited() {
    let config = parse(Config::TEMPLATE).expect("the template is valid");
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
}

#[test]
fn the_template_shows_every_key_and_its_examples_are_valid() {
    let config = parse(&uncommented()).expect("the examples are valid");
    assert_eq!(config.accounts.len(), 2);
    assert_eq!(config.ignore.len(), 2);
    // What the template calls the default is the default.
    assert_eq!(config.scan, Scan::default());
    assert_eq!(config.limits.concurrency, Limits::default().concurrency);

    for table in ["", "[[accounts]]\n", "[kinds]\n", "[[ignore]]\naddress = \"s3\"\n", "[limits]\n", "[scan]\n"] {
        let error = toml::from_str::<file::File>(&format!("{table}no_such_key = 1")).expect_err("unknown key");
        let keys: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert!(keys.len() > 1, "{error}");
        for key in keys {
            let shown = Config::TEMPLATE.lines().any(|line| {
                line.starts_with(&format!("#{key} ="))
                    || line.starts_with(&format!("#[{key}]"))
                    || line.starts_with(&format!("#[[{key}]]"))
                    || line.contains(&format!(".{key}]"))
            });
            assert!(shown, "the template does not show `{key}` of {table}");
        }
    }
}

#[test]
fn nothing_is_the_default_chain_in_all_regions_and_all_kinds() {
    let config = parse("").expect("an empty file is valid");
    assert_eq!(config.accounts, [Account::default()]);
    assert!(KINDS.iter().all(|kind| config.kinds.selects(kind)));
}

#[test]
fn accounts_have_profiles_or_roles_and_regions_of_their_own_or_of_all() {
    let config = parse(
        r#"
            regions = ["us-east-1", "eu-west-1", "us-east-1"]
            [[accounts]]
            name = "prod"
            profile = "p"
            regions = ["us-gov-west-1"]
            [[accounts]]
            role_arn = "arn:aws-cn:iam::123456789012:role/path/driftline"
            external_id = "x"
        "#,
    )
    .expect("valid");
    let role = Role {
        arn: "arn:aws-cn:iam::123456789012:role/path/driftline".to_owned(),
        external_id: Some("x".to_owned()),
        session_name: None,
        source_profile: None,
    };
    let expected = [
        Account {
            name: Some("prod".to_owned()),
            credentials: Credentials::Profile("p".to_owned()),
            id: None,
            regions: Some(vec!["us-gov-west-1".to_owned()]),
        },
        Account {
            name: None,
            credentials: Credentials::Role(role),
            id: None,
            regions: Some(vec!["eu-west-1".to_owned(), "us-east-1".to_owned()]),
        },
    ];
    assert_eq!(config.accounts, expected);
}

#[test]
fn kinds_are_chosen_by_patterns() {
    fn check(text: &str, expected: &[&str]) {
        let config = parse(&format!("[kinds]\n{text}")).expect(text);
        let selected: Vec<&str> = KINDS.into_iter().filter(|kind| config.kinds.selects(kind)).collect();
        assert_eq!(selected, expected, "{text}");
    }
    check(r#"include = ["rds"]"#, &["rds/db_instance", "rds/db_snapshot"]);
    check(r#"include = ["rds/*", "s3/bucket"]"#, &["rds/db_instance", "rds/db_snapshot", "s3/bucket"]);
    check(r#"include = ["*/*instance"]"#, &["ec2/instance", "rds/db_instance"]);
    check(
        r#"include = ["rds"]
             exclude = ["*snapshot"]"#,
        &["rds/db_instance"],
    );
    check(r#"exclude = ["ec2", "rds"]"#, &["route53/record_set", "s3/bucket"]);
}

#[test]
fn ignore_rules_match_addresses() {
    let config =
        parse("[[ignore]]\naddress = \"ec2/instance/i-*\"\nattribute = \"/List/*/x\"\nreason = \" because \"\n")
            .expect("valid");
    let [ignore] = config.ignore.as_slice() else { panic!("one rule") };
    assert_eq!((ignore.attribute.as_deref(), ignore.reason.as_str()), (Some("/List/*/x"), "because"));
    for (address, expected) in [("aws/1/eu-west-1/ec2/instance/i-1", true), ("aws/1/eu-west-1/s3/bucket/i-1", false)] {
        assert_eq!(ignore.matches(&address.parse().expect(address)), expected, "{address}");
    }
}

#[test]
fn mistakes_are_told_with_their_line_and_the_way_out() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = parse(text).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    }
    check("\nregons = []", "driftline.toml:2: unknown key \"regons\"; did you mean \"regions\"?");
    check("[limits]\n\nservces = {}", "driftline.toml:3: unknown key \"servces\"; did you mean \"services\"?");
    check("[[accounts]]\nzzz = 1", "driftline.toml:2: unknown key \"zzz\"");
    check(
        "[kinds]\ninclude = [\"s3\",\n  \"ec2/securty_group\"]",
        "driftline.toml:3: unknown kind \"ec2/securty_group\"; did you mean \"ec2/security_group\"?",
    );
    check("[kinds]\nexclude = [\"rsd/*\"]", "driftline.toml:2: unknown kind \"rsd/*\"; did you mean \"rds/*\"?");
    check("[kinds]\nexclude = [\"rsd\"]", "driftline.toml:2: unknown kind \"rsd\"; did you mean \"rds\"?");
    check("[kinds]\nexclude = [\"x/y\"]", "driftline.toml:2: unknown kind \"x/y\"; `driftline kinds` lists them");
    check("[kinds]\nexclude = [\"s3/*x\"]", "driftline.toml:2: unknown kind \"s3/*x\"; `driftline kinds` lists them");
    check(
        "[kinds]\nexclude = [\"*\"]",
        "driftline.toml:2: no kind is left to read; include more kinds or exclude fewer",
    );
    check("[kinds]\ninclude = []", "driftline.toml:2: no kind is left to read; include more kinds or exclude fewer");
    check(
        "[kinds]\ninclude = [\"ec2/[\"]",
        "driftline.toml:2: \"ec2/[\" is not a pattern of kinds: unclosed character class; missing ']'",
    );
    check("regions = []", "driftline.toml:1: regions must not be empty; leave the key out to read all enabled regions");
    for (region, suggestion) in [
        ("eu-west-1a", "did you mean \"eu-west-1\"?"),
        ("EU-West-1", "did you mean \"eu-west-1\"?"),
        ("eu-west1", "did you mean \"eu-west-1\"?"),
        ("eu_west_1", "did you mean \"eu-west-1\"?"),
        ("global", "they look like \"eu-west-1\""),
        ("eu-1", "they look like \"eu-west-1\""),
        ("eu-west-12", "they look like \"eu-west-1\""),
        ("", "they look like \"eu-west-1\""),
        ("é-ß-1", "they look like \"eu-west-1\""),
    ] {
        check(
            &format!("[[accounts]]\nregions = [\n\"us-east-1\",\n\"{region}\"]"),
            &format!("driftline.toml:4: \"{region}\" is not the name of a region; {suggestion}"),
        );
    }
    check(
        "[[accounts]]\nid = \"1234\"",
        "driftline.toml:2: \"1234\" is not an account number; they have twelve digits",
    );
    check(
        "[[accounts]]\nid = 123456789012",
        "driftline.toml:2: invalid type: integer `123456789012`, expected a string; put it in quotes",
    );
    for arn in
        ["driftline", "arn:aws:iam::123456789012:user/x", "arn:aws:iam::12:role/x", "arn:aws:iam::123456789012:role/"]
    {
        check(
            &format!("[[accounts]]\nrole_arn = \"{arn}\""),
            &format!(
                "driftline.toml:2: \"{arn}\" is not the ARN of a role; they look like \"arn:aws:iam::123456789012:role/driftline\""
            ),
        );
    }
    let role = "[[accounts]]\nrole_arn = \"arn:aws:iam::123456789012:role/r\"\n";
    check(
        &format!("{role}id = \"210987654321\""),
        "driftline.toml:3: the account's id is 210987654321, but the role is in 123456789012; remove the id or correct one of them",
    );
    check(
        &format!("{role}profile = \"p\""),
        "driftline.toml:3: an account has either a profile or a role_arn; the profile that assumes a role is its source_profile",
    );
    check(
        &format!("{role}session_name = \"a b\""),
        "driftline.toml:3: \"a b\" cannot name a session; AWS takes 2 to 64 letters, digits and any of _+=,.@-",
    );
    check(
        "[[accounts]]\nsource_profile = \"p\"",
        "driftline.toml:2: source_profile only makes sense beside role_arn; write profile",
    );
    check("[[accounts]]\nexternal_id = \"x\"", "driftline.toml:2: external_id only makes sense beside role_arn");
    check(
        "[[accounts]]\nname = \" \"",
        "driftline.toml:2: name must not be empty; leave the key out or give it a value",
    );
    let twice = "is configured twice; each account is read once";
    check(
        "[[accounts]]\nname = \"a\"\nprofile = \"p\"\n[[accounts]]\nname = \"a\"\nprofile = \"q\"",
        &format!("driftline.toml:4: account \"a\" {twice}"),
    );
    check(
        "[[accounts]]\nname = \"a\"\n[[accounts]]\nname = \"b\"",
        &format!("driftline.toml:3: the account of the default credentials {twice}"),
    );
    check(&format!("{role}{role}"), &format!("driftline.toml:3: account 123456789012 {twice}"));
    check(
        "[[ignore]]\naddress = \"ec2/instance/i-1\"",
        "driftline.toml:1: an ignore rule needs a reason; whoever reads a plan must know why something is not in it",
    );
    check(
        "[[ignore]]\naddress = \"ec2/instance/i-1\"\nreason = \"\"",
        "driftline.toml:3: an ignore rule needs a reason; whoever reads a plan must know why something is not in it",
    );
    check(
        "[[ignore]]\naddress = \"aws/*/eu-west-1/ec2/instnce/i-1\"\nreason = \"x\"",
        "driftline.toml:2: unknown kind \"ec2/instnce\"; did you mean \"ec2/instance\"?",
    );
    check("[[ignore]]\naddress = \"\"\nreason = \"x\"", "driftline.toml:2: an address pattern must not be empty");
    check(
        "[[ignore]]\naddress = \"s3\"\nattribute = \"Policy\"\nreason = \"x\"",
        "driftline.toml:3: \"Policy\" is not the path of an attribute; they look like \"/Description\" or \"/tags/Name\"",
    );
    check(
        "[limits]\nmax_rps = 0",
        "driftline.toml:2: 0 is not a rate; it must be a number above 0, and without it AWS's published rates hold",
    );
    check("[limits.services]\nroute54 = 3", "driftline.toml:2: unknown service \"route54\"; did you mean \"route53\"?");
    check("[limits]\nconcurrency = 0", "driftline.toml:2: 0 is out of range; concurrency goes from 1 to 1024");
    check("[scan]\nread_timeout = 0.5", "driftline.toml:2: 0.5 is out of range; read_timeout goes from 1 to 3600");
    check("[scan]\nattempts = -1", "driftline.toml:2: -1 is out of range; attempts goes from 1 to 100");
    check("regions = [\"eu-west-1\"\nx", "driftline.toml:2: missing comma between array elements, expected `,`");
}

#[test]
fn the_column_counts_characters() {
    let error = parse("[kinds]\ninclude = [\"s3\", \"é\"]").expect_err("unknown kind");
    assert!(matches!(error, ConfigError::Invalid { line: 2, column: 18, .. }), "{error:?}");
}

#[test]
fn a_missing_file_is_told_from_an_unreadable_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = Config::load(&folder.path().join("driftline.toml"), &KINDS).expect_err("there is none");
    assert!(error.is_missing() && error.hint().is_some());
    let error = Config::load(folder.path(), &KINDS).expect_err("a folder is no file");
    assert!(!error.is_missing(), "{error:?}");
}

mod overrides {
    use super::*;

    fn apply(text: &str, overrides: &Overrides) -> Result<Config, OverrideError> {
        parse(text).expect(text).with_overrides(overrides, &KINDS)
    }

    #[test]
    fn a_profile_chooses_its_account_or_stands_alone() {
        let text = "regions = [\"eu-west-1\"]\n[[accounts]]\nname = \"prod\"\nprofile = \"p\"\nid = \"123456789012\"\n[[accounts]]\nprofile = \"q\"";
        let check = |profile: &str, name: Option<&str>, credentials: &str| {
            let overrides = Overrides { profile: Some(profile.to_owned()), ..Overrides::default() };
            let config = apply(text, &overrides).expect(profile);
            let [account] = config.accounts.as_slice() else { panic!("one account") };
            assert_eq!(account.name.as_deref(), name);
            assert_eq!(account.credentials, Credentials::Profile(credentials.to_owned()));
            assert_eq!(account.regions.as_deref(), Some(["eu-west-1".to_owned()].as_slice()));
        };
        check("p", Some("prod"), "p");
        check("prod", Some("prod"), "p");
        check("other", None, "other");
    }

    #[test]
    fn regions_hold_for_all_accounts() {
        let overrides = Overrides { regions: vec!["eu-west-1".to_owned()], ..Overrides::default() };
        let config = apply("[[accounts]]\nprofile = \"p\"\nregions = [\"us-east-1\"]\n[[accounts]]", &overrides);
        let regions: Vec<_> = config.expect("valid").accounts.into_iter().map(|account| account.regions).collect();
        assert_eq!(regions, [Some(vec!["eu-west-1".to_owned()]), Some(vec!["eu-west-1".to_owned()])]);
    }

    #[test]
    fn kinds_are_narrowed_and_a_full_name_is_wanted_in_any_case() {
        let check = |kinds: &[&str], expected: &[&str]| {
            let overrides =
                Overrides { kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(), ..Overrides::default() };
            let config = apply("[kinds]\nexclude = [\"rds/db_snapshot\"]", &overrides).expect("valid");
            let selected: Vec<&str> = KINDS.into_iter().filter(|kind| config.kinds.selects(kind)).collect();
            assert_eq!(selected, expected, "{kinds:?}");
        };
        check(&["rds"], &["rds/db_instance"]);
        check(&["rds/db_snapshot"], &["rds/db_snapshot"]);
        check(&["s3", "rds/*"], &["rds/db_instance", "s3/bucket"]);
    }

    #[test]
    fn what_cannot_be_is_told_with_its_flag() {
        let check = |overrides: Overrides, expected: &str| {
            assert_eq!(apply("", &overrides).expect_err(expected).to_string(), expected);
        };
        check(
            Overrides { regions: vec!["eu-west-1b".to_owned()], ..Overrides::default() },
            "--region: \"eu-west-1b\" is not the name of a region; did you mean \"eu-west-1\"?",
        );
        check(
            Overrides { kinds: vec!["s3/bukket".to_owned()], ..Overrides::default() },
            "--kind: unknown kind \"s3/bukket\"; did you mean \"s3/bucket\"?",
        );
        check(
            Overrides { max_rps: Some(f64::NAN), ..Overrides::default() },
            "--max-rps: NaN is not a rate; it must be a number above 0, and without it AWS's published rates hold",
        );
    }
}
