//! Documents inside attributes, IAM policies first of all, and what the rules make of anything at all.

use driftline::Resource;
use driftline::normalize::{Normalized, Options, Rules};
use driftline_api::{Arn, Descriptor, Document, Found, Identity, Reads, Rule, Seal};
use serde_json::{Map, Value, json};

static KIND: Descriptor = Descriptor {
    name: "test/thing",
    about: "A thing with a rule of every sort.",
    reads: Reads::EachRegion,
    identity: Identity::Field("/Id"),
    arn: Arn::None,
    label: None,
    called: None,
    created: None,
    actions: &[],
    sources: &[],
    calls: &[],
    writes: &[],
    terraform: None,
    names: &[],
    rules: &[
        Rule::Document { path: "/Policy", form: Document::Policy },
        Rule::Document { path: "/Json", form: Document::Json },
        Rule::Document { path: "/List/*/Policy", form: Document::Policy },
        Rule::Secret { path: "/Json/Password" },
        Rule::Secret { path: "/Secret" },
        Rule::Secret { path: "/Set/*/Secret" },
        Rule::Volatile { path: "/Status", why: "changes by itself" },
        Rule::Volatile { path: "/Map/*/Status", why: "changes by itself" },
        Rule::Set { path: "/Set", key: &["Key"] },
        Rule::Set { path: "/Set/*/Set", key: &[] },
        Rule::Set { path: "/List/*/Set", key: &["/Key/Id", "Key"] },
        Rule::Sequence { path: "/List", key: &["Key"] },
        Rule::Tags { path: "/Tags" },
        Rule::Default { path: "/Default", value: r#"{"Set": ["b", "a"], "On": 1.0}"#, why: "is what AWS answers" },
        Rule::Set { path: "/Default/Set", key: &[] },
        Rule::Default { path: "/List/*/Default", value: "[]", why: "is what AWS answers" },
        Rule::Redundant { path: "/Same", when: &[("/Map", "*")], why: "the map says it" },
    ],
};

/// What nobody may find in what is written.
const SECRET: &str = "hunter2-correct-horse";

/// As a text it is a document; as JSON it is the attributes.
pub fn law(bytes: &[u8]) {
    let text = super::text(bytes);
    let rules = Rules::compile(&KIND).expect("the rules compile");
    check(&rules, object(json!({ "Policy": text, "Json": text, "List": [{ "Policy": text }] })));
    check(&rules, object(json!({ "Policy": percent_encoded(&text), "Secret": text })));
    if let Ok(Value::Object(attributes)) = serde_json::from_slice(bytes)
        // What the API models allow is not nested deep; documents are another matter.
        && attributes.values().all(|value| depth(value) < 60)
    {
        check(&rules, attributes.clone());
        shuffled(&rules, attributes.clone());
        sealed(&rules, attributes);
    } else if let Ok(value) = serde_json::from_slice::<Value>(bytes)
        && depth(&value) < 60
    {
        check(&rules, object(json!({ "Policy": value, "Set": value, "List": value, "Tags": value })));
    }
}

fn check(rules: &Rules, attributes: Map<String, Value>) {
    let once = normalize(rules, attributes);
    // What is in a snapshot can be read again, whatever an account holds.
    let bytes = once.to_bytes();
    assert_eq!(Resource::from_bytes(&bytes).expect("a snapshot is readable"), once);
    let mut twice = normalize(rules, once.attributes.clone());
    // Tags were moved out: the second time there are none to move.
    twice.tags.extend(once.tags.clone());
    assert_eq!(twice.to_bytes(), bytes, "normalizing twice is normalizing once");
}

fn normalize(rules: &Rules, attributes: Map<String, Value>) -> Resource {
    let arn = Some("arn:aws:test:eu-west-1:123456789012:thing/id".to_owned());
    let found = Found { region: None, id: "id".to_owned(), arn, attributes, unread: vec![], mark: None, below: None };
    let Normalized { resource, .. } = rules.normalize(found, &Options::default(), &Seal::new([7; 32]));
    resource
}

/// The order in which a set was answered means nothing.
fn shuffled(rules: &Rules, attributes: Map<String, Value>) {
    let mut mixed = attributes.clone();
    let reverse = |value: Option<&mut Value>| {
        if let Some(Value::Array(elements)) = value {
            elements.reverse();
        }
    };
    reverse(mixed.get_mut("Set"));
    for list in ["Set", "List"] {
        for element in mixed.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            reverse(element.get_mut("Set"));
        }
    }
    let (one, other) = (normalize(rules, attributes), normalize(rules, mixed));
    assert_eq!(one.to_bytes(), other.to_bytes(), "a set has no order");
}

fn sealed(rules: &Rules, mut attributes: Map<String, Value>) {
    attributes.insert("Secret".to_owned(), json!([{ "in": SECRET }]));
    let inside = json!({ "Password": SECRET, "Other": attributes.get("Json") }).to_string();
    // A document that breaks off is no document, and may hold the secret all the same.
    let broken = inside[..inside.len() - 1].to_owned();
    for json in [inside, broken] {
        attributes.insert("Json".to_owned(), json.into());
        let written = String::from_utf8(normalize(rules, attributes.clone()).to_bytes()).expect("JSON");
        assert!(!written.contains(SECRET), "{written}");
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let policies = [
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#,
        r#"{"Statement": [{"NotAction": ["s3:Put", "ec2:A", "S3:Get", "s3:Put"], "NotResource": ["b", "a"], "Principal": {"AWS": ["210987654321", "arn:aws-cn:iam::123456789012:root"]}}]}"#,
        r#"{"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"s3:max-keys": 10.0, "a:b": [2, "1", 1]}}, "Principal": "*"}]}"#,
        "%7B%22Statement%22%3A%5B%7B%22Sid%22%3A%22a%20b%2Bc%22%2C%22Action%22%3A%22iam%3A%2A%22%7D%5D%7D",
        r#"{"Policy": "{\"Statement\": []}", "Set": [{"Key": 1, "Set": [2.0, 1]}, {"Key": 1}, {"Key": null}], "List": [{"Set": [{"Key": {"Id": 1}}, {"Key": 2}], "Default": []}], "Tags": [{"Key": "a", "Value": "b"}, {"Key": "aws:x", "Value": ""}], "Default": {"Set": ["a", "b"], "On": 1}, "Map": {"a": {"Status": 1}}, "Same": 1, "Status": 1, "Json": "[1.0]", "Secret": {"a": 1}}"#,
        r#"{"Set": [18446744073709551615, 18446744073709551614, 1e300, -0.0, 9007199254740993.0], "Tags": {"a": "b"}}"#,
        r#"{"Tags": [{"key": "a", "value": "b"}, {"TagKey": "c"}, 1]}"#,
    ];
    let deep = ["[".repeat(120) + &"]".repeat(120), "{\"a\":".repeat(126) + "1" + &"}".repeat(126)];
    policies.iter().map(|text| text.as_bytes().to_vec()).chain(deep.map(String::into_bytes)).collect()
}
