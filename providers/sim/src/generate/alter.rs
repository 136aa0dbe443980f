//! What people do to a resource in the console.

use serde_json::{Value, json};

use super::dice::Dice;
use super::kinds::Made;
use super::place::Place;

/// One sort of click. Paths are JSON pointers in the description's item.
#[derive(Debug, Clone, Copy)]
pub(super) enum Alter {
    /// A tag more, or another value of one.
    Tags(&'static str),
    /// Yes becomes no.
    Toggle(&'static str),
    /// Another one of these values.
    Set(&'static str, &'static [&'static str]),
    /// The same in several places that say the same.
    SetAll(&'static [&'static str], &'static [&'static str]),
    /// A number grows by this much.
    Bump(&'static str, u32),
    /// In a list of keys and values: "true" becomes "false".
    Flag(&'static str, &'static str),
    /// Anything else; says what was changed.
    Special(fn(&Place<'_>, usize, &mut Made, &mut Dice) -> &'static str),
}

/// Does one of these to the resource, and says what was changed. Each of them leaves a difference.
pub(super) fn alter(place: &Place<'_>, index: usize, made: &mut Made, ways: &[Alter], dice: &mut Dice) -> &'static str {
    match dice.pick(ways) {
        Alter::Tags(path) => {
            tag(&mut made.item, path, dice);
            path
        }
        Alter::Toggle(path) => {
            let value = made.item.pointer(path).and_then(Value::as_bool).unwrap_or_default();
            put(&mut made.item, path, json!(!value));
            path
        }
        Alter::Set(path, values) => {
            set(&mut made.item, path, values, dice);
            path
        }
        Alter::SetAll(paths, values) => {
            set(&mut made.item, paths[0], values, dice);
            let value = made.item.pointer(paths[0]).cloned().unwrap_or_default();
            paths[1..].iter().for_each(|path| put(&mut made.item, path, value.clone()));
            paths[0]
        }
        Alter::Bump(path, by) => {
            if let Some(number) = made.item.pointer(path).and_then(Value::as_u64) {
                put(&mut made.item, path, json!(number + u64::from(by)));
                return path;
            }
            // An alias has no time to live; it can look at its target's health.
            let path = "/AliasTarget/EvaluateTargetHealth";
            let value = made.item.pointer(path).and_then(Value::as_bool).unwrap_or_default();
            put(&mut made.item, path, json!(!value));
            path
        }
        Alter::Flag(path, key) => {
            let list = made.item.pointer_mut(path).and_then(Value::as_array_mut);
            if let Some(pair) = list.and_then(|list| list.iter_mut().find(|pair| pair["Key"] == key)) {
                pair["Value"] = if pair["Value"] == "true" { "false" } else { "true" }.into();
            }
            path
        }
        Alter::Special(how) => how(place, index, made, dice),
    }
}

fn set(item: &mut Value, path: &str, values: &[&str], dice: &mut Dice) {
    let now = item.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let others: Vec<&str> = values.iter().copied().filter(|value| *value != now).collect();
    put(item, path, dice.pick(&others).into());
}

fn tag(item: &mut Value, path: &str, dice: &mut Dice) {
    let ticket = format!("OPS-{}", 1000 + dice.below(9000));
    if item.pointer(path).is_none() {
        put(item, path, json!([]));
    }
    let Some(tags) = item.pointer_mut(path).and_then(Value::as_array_mut) else { return };
    match tags.iter_mut().find(|tag| tag["Key"] == "Team") {
        Some(team) if dice.chance(50) => team["Value"] = ticket.into(),
        _ => tags.push(json!({"Key": "Ticket", "Value": ticket})),
    }
}

/// Sets a member, whose parents are made if they are not there.
fn put(item: &mut Value, path: &str, value: Value) {
    let mut at = item;
    for step in path.split('/').skip(1) {
        at = match step.parse::<usize>() {
            Ok(number) if at.is_array() => &mut at[number],
            _ => &mut at[step],
        };
    }
    *at = value;
}
