use driftline_api::{Arn, Cause, Descriptor, Document, Identity, Reads, Rule, Status, is_sealed};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::*;

static RULES: [Rule; 17] = [
    Rule::Volatile { path: "/Status", why: "changes by itself" },
    Rule::Volatile { path: "/List/*/Status", why: "changes by itself" },
    Rule::Volatile { path: "/Map/*/Status", why: "changes by itself" },
    Rule::Set { path: "/Set", key: &["Key"] },
    Rule::Set { path: "/Set/*/Set", key: &[] },
    Rule::Set { path: "/List/*/Set", key: &["/Key/Id", "Key"] },
    Rule::Sequence { path: "/List", key: &["Key"] },
    Rule::Document { path: "/Policy", form: Document::Policy },
    Rule::Document { path: "/Json", form: Document::Json },
    Rule::Volatile { path: "/Json/Status", why: "is inside a document" },
    Rule::Secret { path: "/Json/Password" },
    Rule::Secret { path: "/Secret" },
    Rule::Secret { path: "/Set/*/Secret" },
    Rule::Tags { path: "/Tags" },
    Rule::Default { path: "/Default", value: r#"{"Set": ["b", "a"], "On": 1.0}"#, why: "is what AWS answers" },
    Rule::Set { path: "/Default/Set", key: &[] },
    Rule::Default { path: "/List/*/Default", value: "[]", why: "is what AWS answers" },
];

static DESCRIPTOR: Descriptor = descriptor(&RULES);

const fn descriptor(rules: &'static [Rule]) -> Descriptor {
    Descriptor {
        name: "test/thing",
        about: "A thing.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/Id"),
        arn: Arn::None,
        label: None,
        called: None,
        created: None,
        calls: &[],
        actions: &[],
        sources: &[],
        writes: &[],
        terraform: None,
        names: &[driftline_api::Naming::Id, driftline_api::Naming::Arn, driftline_api::Naming::Label],
        rules,
    }
}

fn found(attributes: &Value) -> Found {
    Found {
        region: None,
        id: "id".to_owned(),
        arn: Some("arn:aws:test:eu-west-1:123456789012:thing/id".to_owned()),
        attributes: attributes.as_object().cloned().expect("attributes are a map"),
        unread: vec![],
        mark: None,
        below: None,
    }
}

#[test]
fn what_a_list_says_is_the_same_in_any_order_of_its_sets_and_nothing_else() {
    let rules = Rules::compile(&DESCRIPTOR).expect("rules");
    let written = |attributes: &Value| {
        let mut text = Vec::new();
        rules.write_listed(attributes.as_object().expect("a map"), &mut text);
        text
    };
    let one = json!({
        "Set": [{"Key": 1, "Set": ["a", "b"]}, {"Key": 2}], "List": [{"Key": 1}, {"Key": 2}],
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], "Status": {"Since": ["x", "y"]},
    });
    let mut other = one.clone();
    other["Set"] = json!([{"Key": 2}, {"Set": ["b", "a"], "Key": 1}]);
    other["Tags"] = json!([{"Value": "2", "Key": "b"}, {"Key": "a", "Value": "1"}]);
    other["Status"] = json!({"Since": ["y", "x"]});
    assert_eq!(written(&one), written(&other));
    for (path, value) in [
        ("/List", json!([{"Key": 2}, {"Key": 1}])),
        ("/Set/0/Set", json!(["a"])),
        ("/Set/0/Set", json!(["a,b"])),
        ("/Tags/0/Value", json!("2")),
        ("/Tags", json!([])),
        ("/Status", json!("another")),
    ] {
        let mut other = one.clone();
        *other.pointer_mut(path).expect("it is there") = value;
        assert_ne!(written(&one), written(&other), "{path}");
    }
}

fn seal() -> Seal {
    Seal::new([7; 32])
}

fn normalize(attributes: &Value) -> Normalized {
    let rules = Rules::compile(&DESCRIPTOR).expect("the rules compile");
    rules.normalize(found(attributes), &Options::default(), &seal())
}

/// Checks the attributes after normalization, the tags among them as `tags`.
fn check(attributes: &Value, expected: &Value) {
    let Resource { attributes: mut normalized, tags, .. } = normalize(attributes).resource;
    if !tags.is_empty() {
        normalized.insert("tags".to_owned(), json!(tags));
    }
    assert_eq!(Value::Object(normalized), *expected, "{attributes}");
}

#[test]
fn a_document_that_no_reader_would_get_through_stays_text() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    for (depth, is_parsed) in [(64, true), (65, false), (120, false), (127, false), (1000, false)] {
        let resource = normalize(&json!({ "Policy": nested(depth), "Json": nested(depth) })).resource;
        assert_eq!(resource.attributes["Policy"].is_array(), is_parsed, "{depth}");
        assert_eq!(Resource::from_bytes(&resource.to_bytes()).expect("a file is readable"), resource);
    }
}

#[test]
fn volatile_is_dropped_by_path_and_never_by_name() {
    check(
        &json!({
            "Status": 1, "Other": {"Status": 1}, "Tags": {"Status": "mine"},
            "List": [{"Status": 1, "Deep": {"Status": 1}}, "Status"],
            "Map": {"a": {"Status": 1}, "Status": {"Status": 1}, "b": 2},
        }),
        &json!({
            "Other": {"Status": 1}, "tags": {"Status": "mine"},
            "List": [{"Deep": {"Status": 1}}, "Status"],
            "Map": {"a": {}, "Status": {}, "b": 2},
        }),
    );
}

#[test]
fn sets_are_sorted_by_key_and_sequences_are_not() {
    check(
        &json!({
            "Set": [{"Key": "b"}, {"Key": "a", "x": 2}, {"x": 1}, {"Key": "a", "x": 1}, {"Key": "b"}],
            "List": [{"Key": 2}, {"Key": 1, "Set": [{"Key": {"Id": 2}}, {"Key": {"Id": 1}}, {"Key": 0}]}],
            "Free": [2, 1],
        }),
        &json!({
            "Set": [{"x": 1}, {"Key": "a", "x": 1}, {"Key": "a", "x": 2}, {"Key": "b"}, {"Key": "b"}],
            "List": [{"Key": 2}, {"Key": 1, "Set": [{"Key": 0}, {"Key": {"Id": 1}}, {"Key": {"Id": 2}}]}],
            "Free": [2, 1],
        }),
    );
}

#[test]
fn inner_sets_are_sorted_before_outer_ones() {
    check(&json!({"Set": [{"Set": [3, 1]}, {"Set": [2, 1]}]}), &json!({"Set": [{"Set": [1, 2]}, {"Set": [1, 3]}]}));
}

#[test]
fn documents_are_parsed_and_rules_reach_inside() {
    let sealed = seal().seal("hunter2");
    check(
        &json!({"Json": r#"{"Status": 1, "Password": "hunter2", "n": 1.0}"#}),
        &json!({"Json": {"Password": sealed, "n": 1}}),
    );
    check(
        &json!({"Policy": r#"{"Statement": {"Action": "a:B", "Principal": {"AWS": "123456789012"}}}"#}),
        &json!({"Policy": {"Statement": [
            {"Action": ["a:B"], "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}}
        ]}}),
    );
    for text in ["", "text", "5", "\"{}\"", "null", "{\"half\":"] {
        check(&json!({"Policy": text}), &json!({"Policy": text}));
    }
}

#[test]
fn a_document_that_cannot_be_parsed_hides_no_secret() {
    let text = r#"{"Password": "hunter2", "#;
    check(&json!({"Json": text}), &json!({"Json": seal().seal(text)}));
}

#[test]
fn secrets_are_sealed_whatever_they_are() {
    let seal = seal();
    check(&json!({"Secret": "hunter2"}), &json!({"Secret": seal.seal("hunter2")}));
    check(&json!({"Secret": {"b": 1.0, "a": [2]}}), &json!({"Secret": seal.seal(r#"{"a":[2],"b":1}"#)}));
    check(&json!({"Secret": null}), &json!({"Secret": null}));
    let normalized = normalize(&json!({"Set": [{"Secret": "one"}, {"Secret": "two"}]})).resource;
    let sealed = normalized.attributes["Set"].as_array().expect("list");
    assert!(sealed.iter().all(|element| is_sealed(element["Secret"].as_str().expect("text"))));
}

#[test]
fn defaults_are_dropped_in_any_order_and_spelling() {
    check(&json!({"Default": {"On": 1, "Set": ["a", "b"]}}), &json!({}));
    check(&json!({"Default": {"On": 1.0, "Set": ["b", "a"]}}), &json!({}));
    check(&json!({"Default": {"On": 2, "Set": []}}), &json!({"Default": {"On": 2, "Set": []}}));
    check(
        &json!({"List": [{"Default": []}, {"Default": [1]}], "Default": []}),
        &json!({"List": [{}, {"Default": [1]}], "Default": []}),
    );
}

#[test]
fn what_is_redundant_is_dropped_only_where_its_conditions_hold() {
    static ACL: Descriptor = descriptor(&[
        Rule::Redundant {
            path: "/Associations",
            when: &[("/IsDefault", "true"), ("/Vpc/Index", "0")],
            why: "is told elsewhere",
        },
        Rule::Set { path: "/Associations", key: &[] },
    ]);
    let rules = Rules::compile(&ACL).expect("these rules can be meant");
    for (is_default, index, dropped) in [(true, 0, true), (false, 0, false), (true, 1, false)] {
        let attributes = json!({"Associations": ["b", "a"], "IsDefault": is_default, "Vpc": {"Index": index}});
        let normalized = rules.normalize(found(&attributes), &Options::default(), &seal());
        let associations = normalized.resource.attributes.get("Associations");
        assert_eq!(associations, (!dropped).then(|| json!(["a", "b"])).as_ref(), "{attributes}");
        assert_eq!(normalized.matched.contains(0), dropped, "{attributes}");
    }
}

#[test]
fn a_condition_can_ask_for_anything() {
    static INSTANCE: Descriptor =
        descriptor(&[Rule::Redundant { path: "/Iops", when: &[("/Cluster", "*")], why: "is told elsewhere" }]);
    let rules = Rules::compile(&INSTANCE).expect("these rules can be meant");
    for (attributes, dropped) in [
        (json!({"Iops": 1, "Cluster": "orders"}), true),
        (json!({"Iops": 1, "Cluster": ""}), false),
        (json!({"Iops": 1, "Cluster": null}), false),
        (json!({"Iops": 1}), false),
    ] {
        let normalized = rules.normalize(found(&attributes), &Options::default(), &seal());
        assert_eq!(normalized.resource.attributes.contains_key("Iops"), !dropped, "{attributes}");
    }
}

#[test]
fn matched_tells_which_rules_had_something_to_speak_of() {
    let matched = normalize(&json!({"Status": 1, "Default": {"On": 2}, "Map": {"a": {}}, "Set": []})).matched;
    let names: Vec<&str> = matched.iter().map(|index| RULES[index].path()).collect();
    assert_eq!(names, ["/Status", "/Set", "/Default"]);
    let mut all = normalize(&json!({"Tags": []})).matched;
    all.merge(&matched);
    assert_eq!(all.iter().count(), 4);
    assert!(!all.contains(Matched::MAX));
}

#[test]
fn unread_lists_of_tags_are_unread_tags() {
    let cause =
        Cause { status: Status::Denied, operation: "s3:X".to_owned(), code: String::new(), message: String::new() };
    let unread = |path: &str| Unread { path: path.to_owned(), cause: cause.clone() };
    let rules = Rules::compile(&DESCRIPTOR).expect("the rules compile");
    let found = Found { unread: vec![unread("/Tags"), unread("/Policy")], ..found(&json!({})) };
    let normalized = rules.normalize(found, &Options::default(), &seal());
    assert_eq!(normalized.unread, [unread("/tags"), unread("/Policy")]);
}

#[test]
fn a_named_path_wins_over_a_star() {
    static NAMED: Descriptor = descriptor(&[
        Rule::Set { path: "/Map/*", key: &[] },
        Rule::Sequence { path: "/Map/Ordered", key: &[] },
        Rule::Volatile { path: "/Map/*/*/Status", why: "x" },
        Rule::Volatile { path: "/Map/~1a~0b", why: "x" },
    ]);
    let rules = Rules::compile(&NAMED).expect("the rules compile");
    let attributes = json!({"Map": {"Ordered": [2, {"Status": 1}, 1], "x": [2, {"Status": 1}, 1], "/a~b": []}});
    let normalized = rules.normalize(found(&attributes), &Options::default(), &seal());
    assert_eq!(json!(normalized.resource.attributes), json!({"Map": {"Ordered": [2, {}, 1], "x": [1, 2, {}]}}));
    assert_eq!(normalized.matched.iter().count(), 4);
}

#[test]
fn rules_that_cannot_be_meant_are_refused() {
    fn check(rules: &'static [Rule], expected: &str) {
        let descriptor: &'static Descriptor = Box::leak(Box::new(descriptor(rules)));
        let error = Rules::compile(descriptor).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
    check(
        &[Rule::Secret { path: "Name" }],
        "test/thing: the secret rule's path `Name` is not a JSON pointer to a member: write `/Name`",
    );
    check(
        &[Rule::Volatile { path: "", why: "" }],
        "test/thing: the volatile rule's path `` is not a JSON pointer to a member: write `/Name`",
    );
    check(
        &[Rule::Set { path: "/A", key: &[] }, Rule::Sequence { path: "/A", key: &[] }],
        "test/thing: `/A` has two rules that contradict each other: set and sequence",
    );
    check(
        &[Rule::Set { path: "/A", key: &[] }, Rule::Set { path: "/A", key: &["k"] }],
        "test/thing: `/A` has two rules that contradict each other: set and set",
    );
    check(
        &[Rule::Default { path: "/A", value: "on", why: "" }],
        "test/thing: the default of `/A` is not JSON: expected value at line 1 column 1",
    );
}

/// JSON whose names and texts are such that rules meet them often.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..3).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
        prop::sample::select(vec![
            r#"{"Status": 1, "Password": [2.0, {"x": null}]}"#,
            r#"{"Statement": {"Action": ["b", "a"], "Principal": {"AWS": "123456789012"}}}"#,
            "%7B%22Statement%22%3A%5B%7B%22Condition%22%3A%7B%22Bool%22%3A%7B%22k%22%3Atrue%7D%7D%7D%5D%7D",
            "\"{}\"",
            "sealed:00112233445566778899aabbccddeeff",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            members(inner).prop_map(Value::Object),
        ]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let names = vec![
        "Status",
        "List",
        "Map",
        "Set",
        "Key",
        "Id",
        "Policy",
        "Json",
        "Password",
        "Secret",
        "Tags",
        "Default",
        "On",
        "Value",
        "Statement",
        "Action",
        "Condition",
        "Principal",
        "AWS",
    ];
    prop::collection::btree_map(prop::sample::select(names), value, 0..8)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Rotates the list at every place that `path` leads to.
fn rotate(value: &mut Value, path: &[&str], by: Index) {
    match (path, value) {
        ([], Value::Array(elements)) if !elements.is_empty() => {
            let middle = by.index(elements.len());
            elements[middle..].reverse();
            elements.rotate_left(middle);
        }
        (["*", rest @ ..], Value::Array(elements)) => elements.iter_mut().for_each(|element| rotate(element, rest, by)),
        (["*", rest @ ..], Value::Object(members)) => members.values_mut().for_each(|member| rotate(member, rest, by)),
        ([name, rest @ ..], Value::Object(members)) => {
            if let Some(member) = members.get_mut(*name) {
                rotate(member, rest, by);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn normalizing_twice_is_normalizing_once(attributes in members(json_value())) {
        let once = normalize(&Value::Object(attributes)).resource;
        let twice = normalize(&Value::Object(once.attributes.clone())).resource;
        prop_assert_eq!(once.attributes, twice.attributes);
        prop_assert!(twice.tags.is_empty());
    }

    #[test]
    fn the_order_of_sets_and_tags_changes_no_byte(attributes in members(json_value()), by in any::<Index>()) {
        let mut attributes = Value::Object(attributes);
        let before = normalize(&attributes).resource.to_bytes();
        for rule in &RULES {
            if let Rule::Set { path, .. } | Rule::Tags { path } = rule {
                let path: Vec<&str> = path.split('/').skip(1).collect();
                rotate(&mut attributes, &path, by);
            }
        }
        prop_assert_eq!(before, normalize(&attributes).resource.to_bytes());
    }

    #[test]
    fn the_order_of_rules_means_nothing(
        attributes in members(json_value()),
        rules in Just(RULES.to_vec()).prop_shuffle(),
    ) {
        let shuffled: &'static Descriptor = Box::leak(Box::new(descriptor(rules.leak())));
        let shuffled = Rules::compile(shuffled).expect("the rules compile");
        let attributes = Value::Object(attributes);
        let other = shuffled.normalize(found(&attributes), &Options::default(), &seal()).resource;
        prop_assert_eq!(normalize(&attributes).resource, other);
    }

    #[test]
    fn a_file_reads_back_as_it_was_written(attributes in members(json_value())) {
        let resource = normalize(&Value::Object(attributes)).resource;
        let bytes = resource.to_bytes();
        prop_assert_eq!(Resource::from_bytes(&bytes).expect("reads back").to_bytes(), bytes);
    }
}
