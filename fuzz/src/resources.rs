//! Two sides of a resource: what differs, applied to one, gives the other; and a plan of it is read as it was written.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use driftline::Resource;
use driftline::diff::{Change, apply, diff, units};
use driftline::normalize::{Options, Rules};
use driftline::plan::{Against, Drift, Plan, plan};
use driftline::render;
use driftline_api::{Address, Arn, Descriptor, Found, Identity, Reads, Rule, Seal};
use serde_json::{Map, Value};

use super::values::{list, object, scalar, text, value};

static KIND: Descriptor = Descriptor {
    name: "test/kind",
    about: "A list of every sort, and handles in them.",
    reads: Reads::EachRegion,
    identity: Identity::Field("/Id"),
    arn: Arn::None,
    label: Some("/tags/Name"),
    called: None,
    created: None,
    actions: &[],
    sources: &[],
    calls: &[],
    writes: &[],
    terraform: None,
    names: &[],
    rules: &[
        Rule::Set { path: "/Keyed", key: &["Id", "Port"] },
        Rule::Set { path: "/Keyed/*/Inner", key: &["Id"] },
        Rule::Set { path: "/Strings", key: &[] },
        Rule::Set { path: "/Objects", key: &[] },
        Rule::Set { path: "/Objects/*/Inner", key: &[] },
        Rule::Sequence { path: "/Sequence", key: &[] },
        Rule::Sequence { path: "/Named", key: &["Id"] },
        Rule::Handle { path: "/Handle", why: "is given anew" },
        Rule::Handle { path: "/Keyed/*/Handle", why: "is given anew" },
        Rule::Handle { path: "/Sequence/*/Handle", why: "is given anew" },
        Rule::Volatile { path: "/Status", why: "changes by itself" },
        Rule::Secret { path: "/Secret" },
    ],
};

pub fn law(bytes: &[u8]) {
    // Bytes that end early make a smaller pair.
    let mut input = Unstructured::new(bytes);
    if let Ok((before, after, choice)) = sides(&mut input) {
        compared(&before, &after, choice);
        planned(&before, &after);
    }
}

fn sides(input: &mut Unstructured<'_>) -> Result<(Resource, Resource, u64)> {
    let before = attributes(input)?;
    // The other side is another one, or this one with a few other members.
    let mut after = if input.ratio(1, 3)? { Map::new() } else { before.clone() };
    for (name, value) in attributes(input)? {
        if input.ratio(1, 3)? {
            after.insert(name, value);
        }
    }
    let tags = |input: &mut Unstructured<'_>| {
        Ok(list(input, 3, |input| Ok((text(input)?, text(input)?)))?.into_iter().collect())
    };
    let tags: [BTreeMap<String, String>; 2] = [tags(input)?, tags(input)?];
    let [one, other] = tags;
    let choice = input.arbitrary()?;
    Ok((normalized(before, one), normalized(after, other), choice))
}

fn attributes(input: &mut Unstructured<'_>) -> Result<Map<String, Value>> {
    fn part(input: &mut Unstructured<'_>) -> Result<Value> {
        if input.ratio(1, 8)? {
            return value(input, 2);
        }
        let inner = list(input, 3, |input| {
            let members = [("Id", scalar(input)?), ("A", scalar(input)?)];
            Ok(Value::Object(object(input, members)?))
        })?;
        let members = [
            ("Id", input.int_in_range(0..=2)?.into()),
            ("Port", input.int_in_range(0..=1)?.into()),
            ("A", value(input, 2)?),
            ("Inner", Value::Array(inner)),
            ("Handle", input.arbitrary::<u16>()?.into()),
        ];
        Ok(Value::Object(object(input, members)?))
    }
    let members = [
        ("Keyed", Value::Array(list(input, 4, part)?)),
        ("Strings", Value::Array(list(input, 5, scalar)?)),
        ("Objects", Value::Array(list(input, 4, part)?)),
        ("Sequence", Value::Array(list(input, 6, part)?)),
        ("Named", Value::Array(list(input, 4, part)?)),
        ("Any", value(input, 4)?),
        ("Secret", value(input, 1)?),
        ("Status", scalar(input)?),
        ("Handle", input.arbitrary::<u16>()?.into()),
    ];
    object(input, members)
}

fn normalized(attributes: Map<String, Value>, tags: BTreeMap<String, String>) -> Resource {
    let rules = Rules::compile(&KIND).expect("the rules compile");
    let found =
        Found { region: None, id: "x".to_owned(), arn: None, attributes, unread: vec![], mark: None, below: None };
    let resource = rules.normalize(found, &Options::default(), &Seal::new([7; 32])).resource;
    Resource { tags, ..resource }
}

fn compared(before: &Resource, after: &Resource, choice: u64) {
    for side in [before, after] {
        assert_eq!(diff(Some(&KIND), side, side), vec![]);
        assert_eq!(Resource::from_bytes(&side.to_bytes()).expect("it was written"), *side);
    }
    let changes = diff(Some(&KIND), before, after);
    let all: Vec<&Change> = changes.iter().collect();
    let applied = apply(Some(&KIND), before, after, &all).expect("the changes fit");
    assert_eq!(applied.to_bytes(), after.to_bytes(), "{changes:#?}");
    let parts = units(Some(&KIND), &changes);
    let chosen: Vec<&Change> = parts
        .iter()
        .enumerate()
        .filter(|(index, _)| choice >> (index % 64) & 1 == 1)
        .flat_map(|(_, unit)| unit.iter().map(|index| &changes[*index]))
        .collect();
    let partly = apply(Some(&KIND), before, after, &chosen).expect("units fit");
    let rest = diff(Some(&KIND), &partly, after);
    let rest: Vec<&Change> = rest.iter().collect();
    let finished = apply(Some(&KIND), &partly, after, &rest).expect("what is left fits");
    assert_eq!(finished.to_bytes(), after.to_bytes(), "{chosen:#?} and then {rest:#?}");
}

fn planned(before: &Resource, after: &Resource) {
    let address: Address = "aws/123456789012/eu-west-1/test/kind/x".parse().expect("an address");
    let side = |resource: &Resource| BTreeMap::from([(address.clone(), resource.clone())]);
    let against = Against { rev: "HEAD".to_owned(), commit: "0".repeat(40) };
    let none = BTreeMap::new();
    for (before, after) in [(&side(before), &side(after)), (&none, &side(after)), (&side(before), &none)] {
        let plan = plan(against.clone(), before, after, |_| Some(&KIND), vec![], &[]);
        assert!(plan.drift.iter().all(|drift| (drift.drift == Drift::Changed) != drift.changes.is_empty()));
        let mut written = Vec::new();
        render::json(&plan, &mut written).expect("a Vec takes everything");
        assert_eq!(Plan::from_json(&written).expect("it was written"), plan);
        super::plan_files::shown(&plan);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    // Bytes without a pattern make values of every sort.
    let mut state = 0x2545_f491_u32;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    [0, 64, 200, 400, 700, 1000, 1500, 2000].map(|length| (0..length).map(|_| byte()).collect()).to_vec()
}
