use super::*;

fn texts(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
}

fn by(accounts: &[&str], units: &[&str], tags: &[&str]) -> Selectors {
    Selectors { accounts: texts(accounts), units: texts(units), tags: texts(tags) }
}

fn member(id: &str, name: &str) -> Member {
    Member { id: id.to_owned(), name: name.to_owned(), closed: None }
}

/// `r-root/Workloads/Prod`: the ids are the names in small letters.
fn units(path: &str) -> Vec<Unit> {
    let unit = |name: &str| Unit { id: format!("ou-{}", name.to_lowercase()), name: name.to_owned() };
    let root = Unit { id: "r-root".to_owned(), name: "Root".to_owned() };
    std::iter::once(root).chain(path.split('/').filter(|name| !name.is_empty()).map(unit)).collect()
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn patterns_take_any_text_for_a_star_and_any_letter_for_a_question_mark() {
    for (pattern, text, expected) in [
        ("prod", "prod", true),
        ("prod", "prod-eu", false),
        ("prod*", "prod-eu", true),
        ("*-eu", "prod-eu", true),
        ("*o*e*", "prod-eu", true),
        ("*", "", true),
        ("?", "", false),
        ("pro?", "prod", true),
        ("**d", "prod", true),
        ("a*b*c", "abbcbc", true),
        ("a*b*c", "abbcb", false),
        ("[prod]", "[prod]", true),
        ("[prod]", "p", false),
        ("{a,b}", "a", false),
        ("ünï*", "ünïcode", true),
    ] {
        assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn a_unit_counts_with_all_that_lies_in_it() {
    for (pattern, path, expected) in [
        ("Workloads", "Workloads", true),
        ("Workloads", "Workloads/Prod/EU", true),
        ("/Workloads/", "Workloads/Prod", true),
        ("Workloads/Prod", "Workloads", false),
        ("Workloads/*", "Workloads", false),
        ("Workloads/*", "Workloads/Prod", true),
        ("*/Prod", "Workloads/Prod/EU", true),
        ("Prod", "Workloads/Prod", false),
        ("ou-prod", "Workloads/Prod/EU", true),
        ("ou-prod", "Workloads/Test", false),
        ("r-root", "", true),
        ("*", "", false),
    ] {
        assert_eq!(in_unit(pattern, &units(path)), expected, "{pattern} {path}");
    }
}

#[test]
fn what_is_excluded_is_out_whatever_includes_it() {
    let (include, exclude) = (by(&["shop-*"], &["Workloads"], &[]), by(&["222222222222"], &["Workloads/Old"], &[]));
    let choice = Choice { include: Some(&include), exclude: &exclude };
    for (id, name, path, expected) in [
        ("111111111111", "shop-prod", "Sandbox", true),
        ("222222222222", "shop-test", "Sandbox", false),
        ("333333333333", "other", "Workloads/Prod", true),
        ("333333333333", "other", "Workloads/Old/Deep", false),
        ("333333333333", "other", "Sandbox", false),
    ] {
        assert_eq!(choice.verdict(&member(id, name), &units(path), None), Some(expected), "{name} in {path}");
    }
    let all = Choice { include: None, exclude: &Selectors::default() };
    assert_eq!(all.verdict(&member("1", "any"), &[], None), Some(true));
}

#[test]
fn tags_are_asked_for_only_where_they_decide() {
    let (include, exclude) = (by(&["hub"], &[], &["driftline=yes"]), by(&["old"], &[], &["frozen", "env=sand*"]));
    let choice = Choice { include: Some(&include), exclude: &exclude };
    let verdict = |name: &str, tags: Option<&Tags>| choice.verdict(&member("1", name), &[], tags);
    assert_eq!(verdict("old", None), Some(false), "excluded anyway");
    assert_eq!(verdict("hub", None), None, "its tags may exclude it");
    assert_eq!(verdict("hub", Some(&tags(&[]))), Some(true));
    assert_eq!(verdict("hub", Some(&tags(&[("frozen", "")]))), Some(false));
    assert_eq!(verdict("app", Some(&tags(&[("driftline", "no")]))), Some(false));
    assert_eq!(verdict("app", Some(&tags(&[("driftline", "yes")]))), Some(true));
    assert_eq!(verdict("app", Some(&tags(&[("driftline", "yes"), ("env", "sandbox")]))), Some(false));
    let untagged = by(&["hub"], &[], &[]);
    let choice = Choice { include: Some(&untagged), exclude: &Selectors::default() };
    assert_eq!(choice.verdict(&member("1", "app"), &[], None), Some(false), "nothing of its tags can include it");
}

#[test]
fn what_chooses_nothing_is_named_with_what_it_could_have_chosen() {
    let include = by(&["shop-*", "444444444444"], &["Workload/Prod", "Workloads"], &["team"]);
    let choice = Choice { include: Some(&include), exclude: &Selectors::default() };
    let members = [member("111111111111", "shop-prod")];
    let tree = Tree { units: vec![units(""), units("Workloads"), units("Workloads/Prod")], homes: BTreeMap::new() };
    let idle = |known: &BTreeMap<String, Tags>| -> Vec<(String, String, Vec<String>)> {
        let idle = choice.idle(&members, &tree, known).into_iter();
        idle.map(|idle| (idle.key, idle.pattern, idle.candidates)).collect()
    };
    let accounts = ("include.accounts".to_owned(), "444444444444".to_owned(), texts(&["111111111111", "shop-prod"]));
    let units = ("include.units".to_owned(), "Workload/Prod".to_owned(), texts(&["Workloads", "Workloads/Prod"]));
    assert_eq!(idle(&BTreeMap::new()), [accounts.clone(), units.clone()], "nobody asked for tags");
    let tagged = ("include.tags".to_owned(), "team".to_owned(), texts(&["Team"]));
    let known = BTreeMap::from([("111111111111".to_owned(), tags(&[("Team", "shop")]))]);
    assert_eq!(idle(&known), [accounts, units, tagged]);
}
