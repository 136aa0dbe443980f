use super::*;

fn organization(section: &str) -> Organization {
    parse(&format!("[organization]\n{section}")).expect(section).organization.expect("the section is there")
}

#[test]
fn nothing_needs_to_be_said() {
    let config = parse("regions = [\"eu-west-1\"]\n[organization]").expect("a section");
    assert_eq!(config.accounts, [], "the account of the default credentials is found, too");
    let organization = config.organization.expect("the section is there");
    assert_eq!(organization.reader.credentials, Credentials::Default);
    assert_eq!(organization.reader.regions.as_deref(), Some(["eu-west-1".to_owned()].as_slice()));
    assert_eq!((organization.role.as_str(), organization.assume_as), ("driftline", AssumeAs::Organization));
    assert_eq!((organization.include, organization.exclude), (None, Selectors::default()));
    assert_eq!(parse("").expect("nothing").organization, None);
}

#[test]
fn everything_can_be_said() {
    let said = organization(
        "role_arn = \"arn:aws:iam::111111111111:role/reader\"\nsource_profile = \"hub\"\nexternal_id = \"a\"\n\
         role = \"/audit/driftline\"\nrole_external_id = \"b\"\nsession_name = \"drift\"\nassume_as = \"caller\"\n\
         regions = [\"us-east-1\"]\ninclude = { accounts = [\"shop-*\", \"222222222222\"], units = [\"/Workloads/Prod/\"] }\n\
         exclude = { tags = [\"driftline=no\"] }",
    );
    let Credentials::Role(role) = &said.reader.credentials else { panic!("a role: {said:?}") };
    assert_eq!((role.session_name.as_deref(), role.source_profile.as_deref()), (Some("drift"), Some("hub")));
    assert_eq!((said.role.as_str(), said.role_external_id.as_deref()), ("audit/driftline", Some("b")));
    assert_eq!(said.assume_as, AssumeAs::Caller);
    let include = said.include.expect("it is there");
    assert_eq!(
        (include.accounts, include.units),
        (vec!["shop-*".to_owned(), "222222222222".to_owned()], vec!["Workloads/Prod".to_owned()])
    );
    assert_eq!(said.exclude.tags, ["driftline=no"]);
    // The sessions in the accounts have a name, whoever reads the organization.
    assert_eq!(organization("session_name = \"drift\"").session_name.as_deref(), Some("drift"));
}

#[test]
fn what_cannot_be_is_refused_at_its_line() {
    for (said, message) in [
        (
            "role = \"arn:aws:iam::111111111111:role/driftline\"",
            "is not the name of a role; they look like \"driftline\"",
        ),
        ("role = \"\"", "\"\" is not the name of a role"),
        ("profile = \"a\"\nrole_arn = \"arn:aws:iam::111111111111:role/r\"", "either a profile or a role_arn"),
        ("external_id = \"a\"", "external_id only makes sense beside role_arn"),
        ("assume_as = \"caller\"", "assume_as = \"caller\" only makes sense beside role_arn"),
        ("assume_as = \"me\"", "not \"me\""),
        ("session_name = \"a b\"", "cannot name a session"),
        ("regions = [\"eu-west-1a\"]", "did you mean \"eu-west-1\"?"),
        ("include = {}", "include must name something: accounts, units or tags"),
        ("exclude = { unit = [\"a\"] }", "unknown key \"unit\"; did you mean \"units\"?"),
        ("include = { accounts = [\"12345\"] }", "\"12345\" is not an account number"),
        ("include = { accounts = [\" \"] }", "accounts must not be empty"),
        ("include = { units = [\"Workloads//Prod\"] }", "\"Workloads//Prod\" is not a unit"),
        ("include = { units = [\"/\"] }", "\"/\" is not a unit"),
        ("include = { tags = [\"=yes\"] }", "\"=yes\" is not a tag"),
        ("roles = \"a\"", "unknown key \"roles\"; did you mean \"role\"?"),
    ] {
        let error = parse(&format!("[organization]\n{said}")).expect_err(said).to_string();
        assert!(error.contains(message), "{said}: {error}");
        let line = 1 + said.lines().count();
        assert!(error.starts_with(&format!("driftline.toml:{line}:")) || line > 2, "{said}: {error}");
    }
}

#[test]
fn a_name_on_the_command_line_is_looked_for_in_the_organization_last() {
    let text = "[[accounts]]\nname = \"prod\"\nrole_arn = \"arn:aws:iam::222222222222:role/r\"\n[organization]\n";
    let narrowed = |name: &str| {
        let overrides = Overrides { profile: Some(name.to_owned()), ..Overrides::default() };
        parse(text).expect("valid").with_overrides(&overrides, &KINDS).expect(name)
    };
    for known in ["prod", "222222222222"] {
        let config = narrowed(known);
        assert_eq!((config.accounts.len(), config.organization), (1, None), "{known}");
    }
    let config = narrowed("shop");
    assert_eq!(config.accounts, []);
    assert_eq!(config.organization.and_then(|organization| organization.only).as_deref(), Some("shop"));
}

#[test]
fn regions_of_the_command_line_hold_for_accounts_that_are_found() {
    let overrides = Overrides { regions: vec!["eu-west-1".to_owned()], ..Overrides::default() };
    let config = parse("[organization]\nregions = [\"us-east-1\"]").expect("valid").with_overrides(&overrides, &KINDS);
    let organization = config.expect("valid").organization.expect("it is there");
    assert_eq!(organization.reader.regions, Some(vec!["eu-west-1".to_owned()]));
}
