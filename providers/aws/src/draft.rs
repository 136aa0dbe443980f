//! A resource while it is being read: what has been answered so far, and what could not be read.

use driftline_api::{Cause, Listed, Mark, Unread};
use serde_json::{Map, Value};

/// A resource in the making. Attributes stay in the API's own spelling; rules are applied later, by the library.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub(crate) attributes: Map<String, Value>,
    pub(crate) unread: Vec<Unread>,
    pub(crate) id: Option<String>,
    pub(crate) arn: Option<String>,
    pub(crate) region: Option<String>,
    /// Whether the sink was asked before the first call for this resource alone, and what it is handed over with.
    pub(crate) is_begun: bool,
    pub(crate) mark: Option<Mark>,
    /// What the list of its parent's own is known by that it stands in.
    pub(crate) below: Option<Mark>,
}

impl Draft {
    /// Starts from an item of a list answer. Anything but an object makes an empty draft.
    pub fn new(item: Value) -> Self {
        let attributes = match item {
            Value::Object(attributes) => attributes,
            _ => Map::new(),
        };
        Self { attributes, ..Self::default() }
    }

    /// For kinds whose identity is [`driftline_api::Identity::Computed`].
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// For kinds whose ARN no pattern gives.
    #[must_use]
    pub fn with_arn(mut self, arn: impl Into<String>) -> Self {
        self.arn = Some(arn.into());
        self
    }

    /// For kinds listed once per account: the region in which this one lies.
    #[must_use]
    pub fn in_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// For kinds that make a resource of another answer than the list's: what has begun with the list's goes on here.
    #[must_use]
    pub fn after(mut self, listed: &Self) -> Self {
        (self.is_begun, self.mark, self.below) = (listed.is_begun, listed.mark, listed.below);
        self
    }

    pub(crate) fn listed(&self) -> Listed<'_> {
        let Self { attributes, id, arn, region, .. } = self;
        Listed { region: region.as_deref(), id: id.as_deref(), arn: arn.as_deref(), attributes }
    }

    /// The attribute at a JSON pointer.
    pub fn get(&self, pointer: &str) -> Option<&Value> {
        let mut parts = pointer.strip_prefix('/')?.splitn(2, '/');
        let first = self.attributes.get(parts.next()?)?;
        match parts.next() {
            Some(rest) => first.pointer(&format!("/{rest}")),
            None => Some(first),
        }
    }

    /// The string at a JSON pointer, or an empty one.
    pub fn text(&self, pointer: &str) -> &str {
        self.get(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Puts a value at `/Name` (replacing what is there), or merges an object's members into the attributes at ``.
    pub fn set(&mut self, at: &str, value: Value) {
        match (at.strip_prefix('/'), value) {
            (Some(name), value) => {
                self.attributes.insert(name.to_owned(), value);
            }
            (None, Value::Object(members)) => self.attributes.extend(members),
            (None, _) => {}
        }
    }

    /// Takes a top-level attribute out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.attributes.remove(name)
    }

    /// Says that the attribute at this JSON pointer (`/tags` for the tags) could not be read.
    pub fn unread(&mut self, path: impl Into<String>, cause: Cause) {
        self.unread.push(Unread { path: path.into(), cause });
    }
}
