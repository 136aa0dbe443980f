mod organization;

use super::*;
use crate::notify::When;

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
    assert_eq!(config.import, Import::default());
    assert_eq!(config.limits.concurrency, Limits::default().concurrency);

    for table in [
        "",
        "[[accounts]]\n",
        "[organization]\n",
        "[kinds]\n",
        "[[ignore]]\naddress = \"s3\"\n",
        "[[notify]]\nkind = \"slack\"\n",
        "[limits]\n",
        "[scan]\n",
        "[import]\n",
    ] {
        let error = toml::from_str::<file::File>(&format!("{table}no_such_key = 1")).expect_err("unknown key");
        let keys: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        assert!(!keys.is_empty(), "{error}");
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
    let attribute = ignore.attribute.as_ref().map(ToString::to_string);
    assert_eq!((attribute.as_deref(), ignore.reason.as_str()), (Some("/List/*/x"), "because"));
    for (address, expected) in [("aws/1/eu-west-1/ec2/instance/i-1", true), ("aws/1/eu-west-1/s3/bucket/i-1", false)] {
        assert_eq!(ignore.matches(&address.parse().expect(address)), expected, "{address}");
    }
}

#[test]
fn ignore_rules_are_narrowed_by_texts_lists_tables_and_dates() {
    let rule = |text: &str| {
        let config = parse(&format!("[[ignore]]\nreason = \"x\"\n{text}")).expect(text);
        let [ignore] = config.ignore.as_slice() else { panic!("one rule") };
        format!("{} | {} | {:?}", ignore.address, ignore.conditions, ignore.until.map(|until| until.to_string()))
    };
    assert_eq!(
        rule("account = \"123456789012\"\nregion = [\"global\", \"eu-*\"]\nkind = \"rds\""),
        "* | account 123456789012, region global or eu-*, kind rds/* | None"
    );
    assert_eq!(rule("tag = \"Team=plat*\""), "* | tag Team=plat* | None");
    assert_eq!(rule("tag = [\"Team=platform\", \"Managed\"]"), "* | tag Managed=*, tag Team=platform | None");
    assert_eq!(rule("tag = { Team = \"platform\" }"), "* | tag Team=platform | None");
    assert_eq!(rule("actor = \"autoscaling.amazonaws.com\""), "* | by autoscaling.amazonaws.com | None");
    assert_eq!(
        rule("address = \"ec2\"\nattribute = \"x\"\nmin = 2\nmax = 10.5\nvalues = [\"a\", 1, true]"),
        "ec2 | value a or 1 or true, value from 2 to 10.5 | None"
    );
    assert_eq!(rule("address = \"s3\"\nuntil = 2027-01-31"), "s3 |  | Some(\"2027-01-31\")");
    assert_eq!(rule("address = \"s3\"\nuntil = \"2028-02-29\""), "s3 |  | Some(\"2028-02-29\")");
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
    for (text, told) in [
        ("regions = \"eu-west-1\"", "string \"eu-west-1\", expected a list in brackets"),
        ("limits = 7", "integer `7`, expected a table"),
        ("[limits]\nmax_rps = \"x\"", "string \"x\", expected a number"),
        ("[limits]\nconcurrency = \"x\"", "string \"x\", expected a whole number"),
    ] {
        let line = text.lines().count();
        check(text, &format!("driftline.toml:{line}: invalid type: {told}"));
    }
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
        "[[ignore]]\naddress = \"s3\"\nattribute = \"a..b\"\nreason = \"x\"",
        "driftline.toml:3: `a..b` is not an attribute pattern: a step is empty; write it as a plan prints it, such as `tags.Owner` or `IpPermissions[tcp 22]`",
    );
    check(
        "[[ignore]]\nreason = \"x\"",
        "driftline.toml:1: an ignore rule needs something to go by: an address, account, region, kind, tag or actor; address = \"*\" is everything",
    );
    for (line, expected) in [
        ("account = \"prod\"", "\"prod\" is not an account number; they have twelve digits"),
        ("region = [\"eu-west1\"]", "\"eu-west1\" is not the name of a region; did you mean \"eu-west-1\"?"),
        ("kind = \"s3/bukket\"", "unknown kind \"s3/bukket\"; did you mean \"s3/bucket\"?"),
        ("tag = \"=x\"", "\"=x\" is not a tag; they look like \"Team=platform\" or \"Team=*\""),
        ("tag = 3", "tag is a text or a list of texts"),
        ("tag = { Team = 3 }", "tag is a text or a list of texts"),
        ("actor = []", "actor must not be empty; leave the key out or give it a value"),
        ("actor = [\"\"]", "actor must not be empty; leave the key out or give it a value"),
        ("min = 2", "min only makes sense beside attribute: it is about one value"),
        ("values = [1]", "values only makes sense beside attribute: it is about one value"),
        ("attribute = \"x\"\nvalues = []", "values must not be empty; leave the key out or give it a value"),
        ("attribute = \"x\"\nvalues = [[]]", "a value is a text, a number or a boolean"),
        ("attribute = \"x\"\nmin = 3\nmax = 2", "min is 3 and max 2: no number lies between them"),
        ("until = \"2027-02-29\"", "\"2027-02-29\" is not a date; they look like 2027-01-31"),
        ("until = \"tomorrow\"", "\"tomorrow\" is not a date; they look like 2027-01-31"),
        ("until = 2027-01-31T00:00:00Z", "2027-01-31T00:00:00Z is not a date; they look like 2027-01-31"),
        ("owner = \" \"", "owner must not be empty; leave the key out or give it a value"),
    ] {
        let text = format!("[[ignore]]\naddress = \"s3\"\nreason = \"x\"\n{line}");
        let at = text.lines().count();
        check(&text, &format!("driftline.toml:{at}: {expected}"));
    }
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
fn notifications_have_a_way_and_keep_its_secrets_out_of_the_file() {
    #[track_caller]
    fn check(text: &str, line: usize, expected: &str) {
        let error = parse(&format!("[[notify]]\n{text}")).expect_err(text);
        assert_eq!(error.to_string(), format!("driftline.toml:{line}: {expected}"), "{text}");
    }

    let config = parse(
        "[[notify]]\nkind = \"slack\"\nurl_env = \"SLACK\"\n[[notify]]\nkind = \"webhook\"\n\
         url = \"https://a.example.com:8443/x?y\"\nwhen = \"always\"\ntimeout = 2.5\n\
         [[notify]]\nkind = \"command\"\ncommand = [\"page\", \"now\"]\nname = \"the pager\"\n",
    )
    .expect("valid");
    let names: Vec<&str> = config.notify.iter().map(|sink| sink.name.as_str()).collect();
    assert_eq!(names, ["slack (SLACK)", "webhook (a.example.com)", "the pager"]);
    assert_eq!((config.notify[1].when, config.notify[1].timeout), (When::Always, Duration::from_millis(2500)));

    let no_url = "a notification needs a url_env: the environment variable that holds its URL";
    check("kind = \"slack\"", 1, no_url);
    check("kind = \"email\"", 2, "\"email\" is no sort of notification; there are slack, teams, webhook and command");
    for (kind, host) in [
        ("slack", "hooks.slack.com"),
        ("slack", "chat.example.com"),
        ("webhook", "hooks.slack.com"),
        ("webhook", "prod-1.westeurope.logic.azure.com"),
        ("webhook", "discord.com"),
    ] {
        check(
            &format!("kind = \"{kind}\"\nurl = \"https://{host}/services/T/B/x\""),
            3,
            &format!(
                "a webhook's URL at {host} is a secret, and this file is committed; put it into an environment variable and name that as url_env"
            ),
        );
    }
    let password =
        parse("[[notify]]\nkind = \"webhook\"\nurl = \"https://u:hunter2@example.com\"").expect_err("a secret");
    assert!(!password.to_string().contains("hunter2") && password.to_string().contains("url_env"), "{password}");
    for url in ["example.com", "ftp://example.com", "https://", "no url"] {
        check(
            &format!("kind = \"webhook\"\nurl = \"{url}\""),
            3,
            "the url is not one that can be asked; they begin with https://",
        );
    }
    check(
        "kind = \"slack\"\nurl_env = \"https://hooks.slack.com/x\"",
        3,
        "url_env is not the name of an environment variable; they look like \"DRIFTLINE_SLACK_URL\"",
    );
    check("kind = \"slack\"\nsecret_env = \"X\"", 3, "secret_env makes no sense for a slack");
    check("kind = \"command\"\nurl_env = \"X\"", 3, "url_env makes no sense for a command");
    check("kind = \"command\"", 1, "a command notification needs a command: a list of the program and its arguments");
    check("kind = \"command\"\ncommand = []", 3, "command must not be empty; leave the key out or give it a value");
    check(
        "kind = \"slack\"\nurl_env = \"X\"\nwhen = \"never\"",
        4,
        "\"never\" is no time to notify; there are changed, always and drift",
    );
    check("kind = \"slack\"\nurl_env = \"X\"\ntimeout = 0", 4, "0 is out of range; timeout goes from 1 to 3600");
    check(
        "kind = \"slack\"\nurl_env = \"X\"\n[[notify]]\nkind = \"slack\"\nurl_env = \"X\"",
        4,
        "two notifications are called \"slack (X)\"; give each a name of its own",
    );
}

#[test]
fn the_column_counts_characters() {
    let error = parse("[kinds]\ninclude = [\"s3\", \"é\"]").expect_err("unknown kind");
    assert!(matches!(error, ConfigError::Invalid { line: 2, column: 18, .. }), "{error:?}");
}

#[test]
fn a_missing_file_is_told_from_an_unreadable_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = Config::load(&folder.path().join("driftline.toml"), &KINDS, &[]).expect_err("there is none");
    assert!(error.is_missing() && error.hint().is_some());
    let error = Config::load(folder.path(), &KINDS, &[]).expect_err("a folder is no file");
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
        check(
            Overrides { targets: vec!["aws/*/eu-west-1/rds/db_instanc/prod-*".to_owned()], ..Overrides::default() },
            "--target: unknown kind \"rds/db_instanc\"; did you mean \"rds/db_instance\"?",
        );
    }
}
