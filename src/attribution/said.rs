//! What an event and a change say, in one form, so that they can be compared: each scalar with the names above it.
//!
//! CloudTrail spells the API's members in lower camel case, wraps lists (`items`), and puts documents into strings;
//! emulators record forms as they were sent (`IpPermissions.1.FromPort`).

use std::collections::BTreeSet;

use serde_json::Value;

/// A scalar: the names above it, the nearest last, and its text. All in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) names: Vec<String>,
    pub(crate) text: String,
}

/// Everything that an event says.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What was asked for: that is what whoever made the call changed.
    pub(crate) request: Vec<Leaf>,
    /// What was answered, which may be a description of the whole resource, and the names that the records keep.
    pub(crate) rest: Vec<Leaf>,
    /// The name of every member of the request.
    pub(crate) names: BTreeSet<String>,
}

/// Documents within documents within documents are no more looked into.
const DEEPEST: usize = 64;

impl Said {
    pub(crate) fn new(details: &Value) -> Self {
        let part = |name: &str| details.get(name).map(|part| leaves(part, &[])).unwrap_or_default();
        let request = part("request");
        let names = request.iter().flat_map(|leaf| leaf.names.iter().cloned()).collect();
        let mut rest = part("response");
        rest.extend(part("resources"));
        Self { request, rest, names }
    }

    /// Every scalar.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.request.iter().chain(&self.rest)
    }

    /// Whether the record keeps nothing of what was asked for.
    pub(crate) fn is_silent(&self) -> bool {
        self.request.is_empty()
    }

    /// Whether a scalar is this text, or an ARN or path that ends in it.
    pub(crate) fn mentions(&self, text: &str) -> bool {
        self.leaves().any(|leaf| {
            let rest = leaf.text.strip_suffix(text);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', ':']))
        })
    }
}

/// The scalars of a value that stands below these names.
pub(crate) fn leaves(value: &Value, above: &[String]) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(value, &mut above.to_vec(), &mut found);
    found
}

/// A scalar as it is compared: without the final dot of domain names, with Route 53's escapes taken back.
pub(crate) fn plain(text: &str) -> String {
    let text = text.trim().replace("\\052", "*").to_lowercase();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}

fn collect(value: &Value, above: &mut Vec<String>, found: &mut Vec<Leaf>) {
    if above.len() > DEEPEST {
        return;
    }
    match value {
        Value::Null => {}
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, above, found)),
        Value::Object(members) => {
            for (name, member) in members {
                let depth = above.len();
                let parts = name.split('.').filter(|part| part.parse::<u32>().is_err());
                above.extend(parts.map(str::to_lowercase));
                collect(member, above, found);
                above.truncate(depth);
            }
        }
        Value::String(text) => {
            if text.starts_with(['{', '['])
                && let Ok(document @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
            {
                collect(&document, above, found);
            } else {
                found.push(Leaf { names: above.clone(), text: plain(text) });
            }
        }
        scalar => found.push(Leaf { names: above.clone(), text: scalar.to_string() }),
    }
}
