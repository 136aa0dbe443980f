//! The laws of comparing, on any two sides.

use driftline_api::{Arn, Descriptor, Document, Identity, Reads, Rule};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::shape::{Place, Shape};
use super::{Action, Change, Path, apply, canonical, diff, units, walk};
use crate::Resource;
use crate::normalize::Rules;

/// A kind with a list of every sort, and handles in those whose elements are known by a key or by where they stand.
const RULES: &[Rule] = &[
    Rule::Set { path: "/Keyed", key: &["Id", "Port"] },
    Rule::Set { path: "/Keyed/*/Inner", key: &["Id"] },
    Rule::Set { path: "/Strings", key: &[] },
    Rule::Set { path: "/Objects", key: &[] },
    Rule::Set { path: "/Objects/*/Inner", key: &[] },
    Rule::Sequence { path: "/Sequence", key: &[] },
    Rule::Sequence { path: "/Named", key: &["Id"] },
    Rule::Document { path: "/Policy", form: Document::Policy },
    Rule::Handle { path: "/Handle", why: "is given anew" },
    Rule::Handle { path: "/Keyed/*/Handle", why: "is given anew" },
    Rule::Handle { path: "/Keyed/*/Inner/*/Handle", why: "is given anew" },
    Rule::Handle { path: "/Sequence/*/Handle", why: "is given anew" },
    Rule::Handle { path: "/Named/*/Handle", why: "is given anew" },
];

static KIND: Descriptor = Descriptor {
    name: "test/kind",
    about: "",
    reads: Reads::EachRegion,
    identity: Identity::Computed("for a test"),
    arn: Arn::None,
    label: None,
    called: None,
    created: None,
    calls: &[],
    actions: &[],
    sources: &[],
    writes: &[],
    terraform: None,
    names: &[],
    rules: RULES,
};

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4).prop_map(Value::from),
        "[a-c0/\\]\"]{0,2}".prop_map(Value::from),
    ]
}

fn list(element: impl Strategy<Value = Value> + 'static, most: usize) -> BoxedStrategy<Value> {
    prop::collection::vec(element, 0..=most).prop_map(Value::Array).boxed()
}

/// An object in which each member may be missing.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| prop::option::weighted(0.8, value).prop_map(move |value| value.map(|value| (name, value))))
        .collect();
    let object = |members: Vec<Option<(&'static str, Value)>>| {
        members.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
    };
    members.prop_map(move |members| Value::Object(object(members))).boxed()
}

fn element() -> BoxedStrategy<Value> {
    object(vec![
        ("Id", scalar().boxed()),
        ("Port", (0..2).prop_map(Value::from).boxed()),
        ("A", scalar().boxed()),
        ("B", scalar().boxed()),
        ("Handle", handle()),
    ])
}

fn handle() -> BoxedStrategy<Value> {
    (0..1000).prop_map(Value::from).boxed()
}

fn attributes() -> impl Strategy<Value = Map<String, Value>> {
    let inner = || {
        list(
            object(vec![("Id", (0..3).prop_map(Value::from).boxed()), ("A", scalar().boxed()), ("Handle", handle())]),
            3,
        )
    };
    let keyed = object(vec![
        ("Id", (0..3).prop_map(Value::from).boxed()),
        ("Port", (0..2).prop_map(Value::from).boxed()),
        ("A", scalar().boxed()),
        ("Inner", inner()),
        ("Handle", handle()),
    ]);
    let strings = || list(scalar(), 4);
    let statement = object(vec![
        ("Sid", "[a-c]".prop_map(Value::from).boxed()),
        ("Effect", "Allow|Deny".prop_map(Value::from).boxed()),
        ("Action", list("s3:[a-d]".prop_map(Value::from), 3)),
        ("Principal", object(vec![("AWS", list("[a-c]".prop_map(Value::from), 3))])),
    ]);
    let policy = object(vec![("Version", scalar().boxed()), ("Statement", list(statement, 4))]);
    let any = scalar().prop_recursive(3, 24, 4, |inside| {
        prop_oneof![
            prop::collection::vec(inside.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("[a-c]", inside, 0..4).prop_map(|members| json!(members)),
        ]
    });
    object(vec![
        ("Keyed", list(prop_oneof![keyed, scalar()], 4)),
        ("Strings", strings()),
        ("Objects", list(object(vec![("A", scalar().boxed()), ("B", scalar().boxed()), ("Inner", strings())]), 4)),
        ("Sequence", list(prop_oneof![element(), scalar()], 6)),
        ("Named", list(prop_oneof![element(), scalar()], 5)),
        ("Policy", policy),
        ("Any", any.boxed()),
        ("Handle", handle()),
    ])
    .prop_map(|value| value.as_object().expect("an object").clone())
}

fn resource(attributes: &Map<String, Value>) -> Resource {
    Resource {
        kind: "test/kind".to_owned(),
        id: "x".to_owned(),
        arn: None,
        tags: std::collections::BTreeMap::new(),
        attributes: attributes.clone(),
    }
}

/// As a snapshot holds it.
fn normalized(attributes: &Map<String, Value>) -> Resource {
    let mut resource = resource(attributes);
    Rules::compile(&KIND).expect("rules of a kind").arrange(&mut resource);
    resource
}

/// Turns around every list in which order means nothing.
fn shuffled(shape: &Shape, attributes: &Map<String, Value>) -> Map<String, Value> {
    let mut mixed = attributes.clone();
    for pointer in ["Keyed", "Strings", "Objects"] {
        let Some(Value::Array(elements)) = mixed.get_mut(pointer) else { continue };
        elements.reverse();
        for inner in elements.iter_mut().filter_map(|element| element.get_mut("Inner")).filter_map(Value::as_array_mut)
        {
            inner.reverse();
        }
    }
    assert_eq!(canonical::attributes(shape, &mixed), canonical::attributes(shape, attributes));
    mixed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equal_sides_have_no_difference_in_whatever_order_their_sets_are(side in attributes()) {
        let shape = Shape::new(RULES);
        prop_assert_eq!(walk::resources(&shape, &resource(&side), &resource(&shuffled(&shape, &side))), vec![]);
    }

    #[test]
    fn changes_applied_to_one_side_give_the_other(before in attributes(), after in attributes()) {
        let shape = Shape::new(RULES);
        let (before, after) = (normalized(&before), normalized(&after));
        let changes = walk::resources(&shape, &before, &after);
        let all: Vec<&Change> = changes.iter().collect();
        let applied = apply(Some(&KIND), &before, &after, &all).expect("the changes fit");
        // Handles and all.
        let whole: Vec<Rule> = RULES.iter().copied().filter(|rule| !matches!(rule, Rule::Handle { .. })).collect();
        let whole = Shape::new(&whole);
        let applied = canonical::attributes(&whole, &applied.attributes);
        prop_assert_eq!(applied, canonical::attributes(&whole, &after.attributes), "{:#?}", changes);
    }

    #[test]
    fn handles_are_no_difference_and_come_along(side in attributes(), seed in 1000..2000) {
        let before = normalized(&side);
        let mut after = before.clone();
        give_handles(&Shape::new(RULES), &Place::default(), &mut after.attributes, &mut (seed..));
        let after = normalized(&after.attributes);
        prop_assert_eq!(diff(Some(&KIND), &before, &after), vec![]);
        prop_assert_eq!(apply(Some(&KIND), &before, &after, &[]).expect("nothing fits"), after);
    }

    #[test]
    fn changes_hold_no_handles(before in attributes(), after in attributes()) {
        let changes = diff(Some(&KIND), &normalized(&before), &normalized(&after));
        let values = || changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
        prop_assert!(values().all(|value| !value.to_string().contains("\"Handle\"")), "{:#?}", changes);
    }

    #[test]
    fn units_can_be_applied_in_any_choice_and_leave_the_others(
        before in attributes(), after in attributes(), choice in prop::collection::vec(any::<bool>(), 64),
    ) {
        let (before, after) = (normalized(&before), normalized(&after));
        let changes = diff(Some(&KIND), &before, &after);
        let units = units(Some(&KIND), &changes);
        let mut indices: Vec<usize> = units.iter().flatten().copied().collect();
        indices.sort_unstable();
        prop_assert_eq!(indices, (0..changes.len()).collect::<Vec<_>>(), "each change in one unit");
        let chosen = units.iter().zip(choice.iter().cycle()).filter(|(_, chosen)| **chosen).flat_map(|(unit, _)| unit);
        let chosen: Vec<&Change> = chosen.map(|index| &changes[*index]).collect();
        let partly = apply(Some(&KIND), &before, &after, &chosen);
        prop_assert!(partly.is_ok(), "{partly:?} of {chosen:#?}");
        let partly = partly.expect("just checked");
        let rest = diff(Some(&KIND), &partly, &after);
        // What was taken is not told again, but for a list whose added elements stand at its end.
        let told = |change: &Change| (change.path.pointer(), change.before.clone(), change.after.clone());
        let twice = rest.iter().find(|change| {
            change.action != Action::Reordered && chosen.iter().any(|taken| told(taken) == told(change))
        });
        let alike = |change: &Change| changes.iter().filter(|other| told(other) == told(change)).count() > 1;
        prop_assert!(twice.is_none_or(alike), "{:?}", twice);
        prop_assert!(chosen.len() < changes.len() || rest.iter().all(|change| change.action == Action::Reordered));
    }

    #[test]
    fn each_difference_is_told_once(before in attributes(), after in attributes()) {
        let shape = Shape::new(RULES);
        let changes = walk::resources(&shape, &resource(&before), &resource(&after));
        for (index, one) in changes.iter().enumerate() {
            prop_assert!(one.before != one.after);
            prop_assert_eq!(one.before.is_none(), one.action == Action::Added);
            prop_assert_eq!(one.after.is_none(), one.action == Action::Removed);
            for other in changes.iter().skip(index + 1).filter(|other| other.action != Action::Reordered) {
                let (one, other) = if one.path.0.len() <= other.path.0.len() { (one, other) } else { (other, one) };
                let inside = one.path.0 == other.path.0[..one.path.0.len()] && one.action != Action::Reordered;
                // Equal elements of a set come and go one by one; a position counts in its own side's list.
                let alike = one.path == other.path && (one.action != other.action || one.before == other.before && one.after == other.after);
                let positions = one.action == Action::Added || other.action == Action::Added;
                prop_assert!(!inside || alike || positions, "{:?} and {:?}", one, other);
            }
        }
    }

    #[test]
    fn a_path_for_machines_reads_back(before in attributes(), after in attributes()) {
        let shape = Shape::new(RULES);
        for change in walk::resources(&shape, &resource(&before), &resource(&after)) {
            prop_assert_eq!(change.path.pointer().parse::<Path>().expect("a path"), change.path);
        }
    }
}

#[test]
fn an_element_that_has_all_of_another_and_more_is_not_that_one() {
    let of = |elements: Value| resource(json!({ "Sequence": elements }).as_object().expect("an object"));
    let before = of(json!([{ "A": "a", "B": "b" }, {}, { "A": "a" }]));
    let after = of(json!([{ "Id": "x", "A": "a" }, { "A": "a" }, { "A": "a", "B": "b" }]));
    let changes = diff(Some(&KIND), &before, &after);
    assert_eq!(apply(Some(&KIND), &before, &after, &changes.iter().collect::<Vec<_>>()), Ok(after));
}

/// Gives everything that has a handle another one.
fn give_handles(shape: &Shape, place: &Place, members: &mut Map<String, Value>, next: &mut impl Iterator<Item = i32>) {
    for (name, value) in members {
        let inside = shape.enter(place, name);
        match value {
            value if shape.is_handle(&inside) => *value = next.next().expect("numbers do not end").into(),
            Value::Object(members) => give_handles(shape, &inside, members, next),
            Value::Array(elements) => {
                for members in elements.iter_mut().filter_map(Value::as_object_mut) {
                    give_handles(shape, &shape.enter(&inside, "*"), members, next);
                }
            }
            _ => {}
        }
    }
}
