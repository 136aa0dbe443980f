//! What holds for every kind's rules, on any answer that the API models allow: the demo account has what somebody thought
//! of.

use arbitrary::{Result, Unstructured};
use driftline::Resource;
use driftline::diff::{Change, apply, diff};
use driftline::normalize::{Options, Rules};
use driftline_api::{Descriptor, Document, Found, Rule, Seal};
use driftline_aws::descriptors;
use driftline_wire::model::{Shape, Structure};
use driftline_wire::models;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

/// What no file may hold where a rule says that it is secret.
const SECRET: &str = "hunter2-correct-horse";

/// How many answers are made up for each kind.
const CASES: u32 = 40;

/// Tries a law on two answers for each kind.
fn holds(law: impl Fn(&'static Descriptor, &Rules, Map<String, Value>, Map<String, Value>)) {
    for kind in descriptors() {
        let rules = Rules::compile(kind).expect(kind.name);
        let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
        let bytes = || prop::collection::vec(any::<u8>(), 0..2000);
        let tried = TestRunner::new(config).run(&(bytes(), bytes()), |(one, other)| {
            law(kind, &rules, attributes(kind, &one), attributes(kind, &other));
            Ok(())
        });
        tried.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
    }
}

#[test]
fn normalizing_twice_is_normalizing_once() {
    holds(|kind, rules, attributes, _| {
        let once = normalize(rules, attributes.clone());
        let bytes = once.to_bytes();
        assert_eq!(Resource::from_bytes(&bytes).expect("a file is readable"), once);
        let mut twice = normalize(rules, once.attributes.clone());
        // Tags were moved out of the attributes: there are none to move again.
        twice.tags.clone_from(&once.tags);
        assert_eq!(text(&twice), text(&once), "{} of {}", kind.name, json!(attributes));
    });
}

#[test]
fn the_order_of_sets_means_nothing() {
    holds(|kind, rules, attributes, _| {
        let mut mixed = Value::Object(attributes.clone());
        // Inner sets first or last: reversing does not care.
        for rule in kind.rules {
            if let Rule::Set { path, .. } | Rule::Tags { path } = rule {
                each(&mut mixed, &tokens(path), &mut |value| {
                    if let Value::Array(elements) = value {
                        elements.reverse();
                    }
                });
            }
        }
        let mixed = mixed.as_object().expect("still an object").clone();
        let (one, other) = (normalize(rules, attributes), normalize(rules, mixed));
        assert_eq!(text(&other), text(&one), "{}", kind.name);
    });
}

#[test]
fn no_secret_is_in_a_file() {
    holds(|kind, rules, attributes, _| {
        for rule in kind.rules {
            let Rule::Secret { path } = rule else { continue };
            let mut answer = Value::Object(attributes.clone());
            for planted in [json!(SECRET), json!([{ "in": SECRET }]), json!({ SECRET: 1 })] {
                each(&mut answer, &tokens(path), &mut |value| *value = planted.clone());
                let file = text(&normalize(rules, answer.as_object().expect("an object").clone()));
                assert!(!file.contains(SECRET), "{} {path}: {file}", kind.name);
            }
        }
    });
}

#[test]
fn what_differs_applied_to_one_side_gives_the_other() {
    holds(|kind, rules, before, after| {
        let (before, after) = (normalize(rules, before), normalize(rules, after));
        assert_eq!(diff(Some(kind), &before, &before), vec![], "{}", kind.name);
        let changes = diff(Some(kind), &before, &after);
        let all: Vec<&Change> = changes.iter().collect();
        let applied = apply(Some(kind), &before, &after, &all)
            .unwrap_or_else(|error| panic!("{}: {error}: {} becomes {}", kind.name, text(&before), text(&after)));
        // Where the statements of a policy changed, their order is not told.
        let told = diff(Some(kind), &applied, &after);
        assert_eq!(told, vec![], "{}: {changes:#?}", kind.name);
    });
}

fn normalize(rules: &Rules, attributes: Map<String, Value>) -> Resource {
    let arn = Some("arn:aws:test:eu-west-1:123456789012:thing/id".to_owned());
    let found = Found { region: None, id: "id".to_owned(), arn, attributes, unread: vec![], mark: None, below: None };
    rules.normalize(found, &Options::default(), &Seal::new([7; 32])).resource
}

fn text(resource: &Resource) -> String {
    String::from_utf8(resource.to_bytes()).expect("JSON is text")
}

fn tokens(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

/// Every value at a rule's path.
fn each(value: &mut Value, path: &[String], change: &mut dyn FnMut(&mut Value)) {
    let Some((token, rest)) = path.split_first() else { return change(value) };
    match value {
        Value::Object(members) if token == "*" => members.values_mut().for_each(|value| each(value, rest, change)),
        Value::Object(members) => {
            if let Some(value) = members.get_mut(token) {
                each(value, rest, change);
            }
        }
        Value::Array(elements) if token == "*" => elements.iter_mut().for_each(|value| each(value, rest, change)),
        _ => {}
    }
}

/// Attributes of a kind as its sources could answer them.
fn attributes(kind: &'static Descriptor, bytes: &[u8]) -> Map<String, Value> {
    let mut input = Unstructured::new(bytes);
    let mut attributes = json!({});
    for source in kind.sources {
        let Some(shape) = shape(source.operation, source.member) else { continue };
        // Where the bytes end, the rest is not answered.
        let Ok(value) = shape.answer(&mut input, 4) else { break };
        let place = source.at.split('/').skip(1).fold(&mut attributes, |place, token| {
            let members = place.as_object_mut().expect("attributes hold attributes");
            let inside = members.entry(token).or_insert_with(|| json!({}));
            if !inside.is_object() {
                *inside = json!({});
            }
            inside
        });
        match (place, value) {
            (Value::Object(known), Value::Object(more)) => known.extend(more),
            (place, value) => *place = value,
        }
    }
    for rule in kind.rules {
        if let Rule::Document { path, form } = rule {
            each(&mut attributes, &tokens(path), &mut |value| {
                if value.is_string()
                    && let Ok(document) = document(*form, &mut input)
                {
                    *value = document.to_string().into();
                }
            });
        }
    }
    attributes.as_object().expect("an object").clone()
}

/// What a source's answer is made of.
#[derive(Clone, Copy)]
enum Answer {
    Structure(&'static Structure),
    Shape(&'static Shape),
}

fn shape(operation: &str, member: &str) -> Option<Answer> {
    let (service, name) = operation.split_once(':')?;
    let output = models::service(service)?.operation(name)?.output;
    member.split('/').skip(1).try_fold(Answer::Structure(output), |answer, token| match answer {
        Answer::Structure(structure) => structure.member(token).map(|member| Answer::of(member.shape)),
        Answer::Shape(Shape::List(list)) => Some(Answer::of(list.member)),
        Answer::Shape(Shape::Map(map)) => Some(Answer::of(map.value)),
        Answer::Shape(_) => None,
    })
}

impl Answer {
    fn of(shape: &'static Shape) -> Self {
        match shape {
            Shape::Structure(structure) => Self::Structure(structure),
            other => Self::Shape(other),
        }
    }

    /// Shapes may hold themselves: so deep and no deeper.
    fn answer(self, input: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
        let shape = match self {
            Self::Structure(structure) => {
                let mut members = Map::new();
                for member in structure.members {
                    if depth > 0 && input.ratio(1, 2)? {
                        members.insert(member.name.to_owned(), Self::of(member.shape).answer(input, depth - 1)?);
                    }
                }
                return Ok(Value::Object(members));
            }
            Self::Shape(shape) => shape,
        };
        Ok(match shape {
            // Few values, so that elements of sets are alike.
            Shape::String { .. } | Shape::Blob { .. } => (*input.choose(&TEXTS)?).into(),
            Shape::Boolean => input.arbitrary::<bool>()?.into(),
            Shape::Integer => input.int_in_range(-1..=3)?.into(),
            Shape::Float => f64::from(input.int_in_range(-3..=3)? * 5).mul_add(0.5, 0.0).into(),
            Shape::Timestamp(_) => format!("2026-11-2{}T10:00:00Z", input.int_in_range(0..=9)?).into(),
            Shape::Structure(structure) => Self::Structure(structure).answer(input, depth)?,
            Shape::List(list) => {
                let elements = 0..input.int_in_range(0..=4)?;
                elements.map(|_| Self::of(list.member).answer(input, depth)).collect::<Result<_>>()?
            }
            Shape::Map(map) => {
                let entries = 0..input.int_in_range(0..=3)?;
                let entry = |_| Ok(((*input.choose(&TEXTS)?).to_owned(), Self::of(map.value).answer(input, depth)?));
                Value::Object(entries.map(entry).collect::<Result<_>>()?)
            }
        })
    }
}

const TEXTS: [&str; 12] =
    ["", "a", "b", "A", "a/b", "aws:x", "*", "1", "arn:aws:iam::123456789012:root", "default", "é", "{}"];

fn document(form: Document, input: &mut Unstructured<'_>) -> Result<Value> {
    let mut some = |most: usize| -> Result<Value> {
        let elements = 0..input.int_in_range(0..=most)?;
        let elements: Vec<Value> = elements.map(|_| Ok((*input.choose(&TEXTS)?).into())).collect::<Result<_>>()?;
        // A scalar and a list of one mean the same.
        Ok(if let [one] = elements.as_slice() { one.clone() } else { elements.into() })
    };
    Ok(match form {
        Document::Json => json!({ "b": some(3)?, "a": some(2)? }),
        Document::Policy => json!({ "Version": "2012-10-17", "Statement": [
            { "Sid": some(1)?, "Effect": "Allow", "Action": some(4)?, "Principal": { "AWS": some(3)? } },
            { "Effect": "Deny", "NotAction": some(3)?, "Resource": some(3)?, "Condition": { "Bool": { "a": some(2)? } } },
        ] }),
    })
}
