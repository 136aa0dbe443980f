//! Filters, which S3 answers in three forms: one condition, one tag, or several of them under `And`.

use driftline_api::{Argument, Compute};
use serde_json::{Map, Value};

use crate::reader::text;

/// The block of the resources that spell all three the same way.
pub(super) const FLAT: Argument = Argument::Made {
    name: "filter",
    from: &[
        "./Filter/Prefix",
        "./Filter/Tag/Key",
        "./Filter/Tag/Value",
        "./Filter/And/Prefix",
        "./Filter/And/Tags/*/Key",
        "./Filter/And/Tags/*/Value",
    ],
    make: flat,
    arguments: &[Argument::value("prefix", "./prefix"), Argument::value("tags", "./tags")],
};

/// The same for metrics, which can be of an access point, too.
pub(super) const FLAT_WITH_ACCESS_POINT: Argument = Argument::Made {
    name: "filter",
    from: &[
        "./Filter/AccessPointArn",
        "./Filter/Prefix",
        "./Filter/Tag/Key",
        "./Filter/Tag/Value",
        "./Filter/And/AccessPointArn",
        "./Filter/And/Prefix",
        "./Filter/And/Tags/*/Key",
        "./Filter/And/Tags/*/Value",
    ],
    make: flat,
    arguments: &[
        Argument::value("access_point", "./access_point"),
        Argument::value("prefix", "./prefix"),
        Argument::value("tags", "./tags"),
    ],
};

/// The tags of an `And`.
pub(super) const TAGS: Argument =
    Argument::Computed { name: "tags", from: &["./Tags/*/Key", "./Tags/*/Value"], value: tags as Compute };

/// The block of one tag.
pub(super) const TAG: Argument = Argument::Blocks {
    name: "tag",
    path: "./Tag",
    arguments: &[Argument::value("key", "./Key"), Argument::Always { name: "value", path: "./Value" }],
};

fn flat(_: &Map<String, Value>, element: &Value) -> Option<Value> {
    let filter = element.get("Filter")?;
    let all = filter.get("And").unwrap_or(filter);
    let mut block = Map::new();
    for (member, name) in [("Prefix", "prefix"), ("AccessPointArn", "access_point")] {
        block.extend(all.get(member).filter(|value| *value != "").map(|value| (name.to_owned(), value.clone())));
    }
    let one = all.get("Tag").into_iter();
    let tags = map(all.get("Tags").and_then(Value::as_array).into_iter().flatten().chain(one));
    block.extend((!tags.is_empty()).then(|| ("tags".to_owned(), Value::Object(tags))));
    (!block.is_empty()).then(|| vec![Value::Object(block)].into())
}

fn tags(_: &Map<String, Value>, element: &Value) -> Option<Value> {
    Some(Value::Object(map(element.get("Tags")?.as_array()?.iter())))
}

fn map<'v>(tags: impl Iterator<Item = &'v Value>) -> Map<String, Value> {
    tags.map(|tag| (text(tag, "/Key").to_owned(), text(tag, "/Value").into())).collect()
}
