//! The description of what the endpoint answers: accounts, their regions, and in each the resources of each service
//! in the API's own shape.
//!
//! A service's description is a JSON object of collections, called as in the API's answers:
//!
//! ```json
//! { "Buckets": [ { "Name": "logs", "BucketRegion": "eu-west-1", "GetBucketVersioning": { "Status": "Enabled" } } ] }
//! ```
//!
//! What only a detail operation answers lies in its item under the operation's name, or, where the list operation
//! has no such member, as a member of the item (`Tags`, `Attributes`). JSON documents that AWS puts into strings
//! (policies) are written as JSON. An object under a *list* operation's name replaces members in that list.

mod files;
mod packed;
mod path;
mod walk;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

pub use files::LoadError;
pub(crate) use packed::Packed;
pub use path::PathError;
pub(crate) use walk::{text, walk};

/// The region of services that have none.
pub const GLOBAL: &str = "global";

/// All accounts that the endpoint knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    accounts: BTreeMap<String, Account>,
}

/// One account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// Access keys that enter it, besides its id.
    pub access_keys: Vec<String>,
    /// The regions that are enabled.
    pub regions: Vec<String>,
    /// Region or [`GLOBAL`] → service → description.
    descriptions: BTreeMap<String, Map<String, Value>>,
    /// Region → service → collections of many items, which no description holds.
    packed: BTreeMap<String, BTreeMap<String, Collections>>,
}

type Collections = BTreeMap<String, Arc<Packed>>;

/// What a description holds under a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Held<'a> {
    Open(&'a Value),
    Packed(&'a Packed),
}

static NONE: Value = Value::Null;

impl World {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an account, or replaces the one with its id.
    #[must_use]
    pub fn with(mut self, account: Account) -> Self {
        self.add(account);
        self
    }

    pub fn add(&mut self, account: Account) {
        self.accounts.insert(account.id.clone(), account);
    }

    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(id)
    }

    pub fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.get_mut(id)
    }

    /// Every account, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The account that an access key enters: its id, or one of its keys.
    pub fn entered_by(&self, access_key: &str) -> Option<&Account> {
        let listed = |account: &&Account| account.access_keys.iter().any(|key| key == access_key);
        self.accounts.get(access_key).or_else(|| self.accounts.values().find(listed))
    }
}

impl Account {
    /// An account without resources. EC2 knows its regions.
    pub fn new(id: &str, regions: &[&str]) -> Self {
        let mut account = Self {
            id: id.to_owned(),
            access_keys: Vec::new(),
            regions: regions.iter().map(|&region| region.to_owned()).collect(),
            descriptions: BTreeMap::new(),
            packed: BTreeMap::new(),
        };
        account.describe_regions();
        account
    }

    fn describe_regions(&mut self) {
        let region = |name: &String| {
            json!({
                "RegionName": name,
                "Endpoint": format!("ec2.{name}.amazonaws.com"),
                "OptInStatus": "opt-in-not-required",
            })
        };
        let regions: Value = self.regions.iter().map(region).collect();
        if let Value::Object(ec2) = self.describe(GLOBAL, "ec2") {
            ec2.entry("Regions").or_insert(regions);
        }
    }

    /// A service's description in a region (or [`GLOBAL`]); made empty if there is none yet.
    pub fn describe(&mut self, region: &str, service: &str) -> &mut Value {
        let packed = self.packed.get_mut(region).and_then(|services| services.remove(service)).unwrap_or_default();
        let description = self.description_mut(region, service);
        if let Value::Object(members) = description {
            members.extend(packed.into_iter().map(|(collection, items)| (collection, items.open())));
        }
        description
    }

    fn description_mut(&mut self, region: &str, service: &str) -> &mut Value {
        let services = self.descriptions.entry(region.to_owned()).or_default();
        services.entry(service.to_owned()).or_insert_with(|| Value::Object(Map::new()))
    }

    /// A service's description in a region, `null` if there is none.
    pub fn description(&self, region: &str, service: &str) -> Cow<'_, Value> {
        let described = self.descriptions.get(region).and_then(|services| services.get(service));
        let packed = self.packed.get(region).and_then(|services| services.get(service));
        let Some(packed) = packed.filter(|packed| !packed.is_empty()) else {
            return Cow::Borrowed(described.unwrap_or(&NONE));
        };
        let mut whole = described.cloned().unwrap_or_else(|| Value::Object(Map::new()));
        if let Value::Object(members) = &mut whole {
            members.extend(packed.iter().map(|(collection, items)| (collection.clone(), items.open())));
        }
        Cow::Owned(whole)
    }

    /// Every description: region (or [`GLOBAL`]), service, description.
    pub fn descriptions(&self) -> impl Iterator<Item = (&str, &str, Cow<'_, Value>)> {
        let described =
            self.descriptions.iter().flat_map(|(region, services)| services.keys().map(move |it| (region, it)));
        let packed = self.packed.iter().flat_map(|(region, services)| services.keys().map(move |it| (region, it)));
        let places: std::collections::BTreeSet<(&String, &String)> = described.chain(packed).collect();
        places
            .into_iter()
            .map(|(region, service)| (region.as_str(), service.as_str(), self.description(region, service)))
    }

    /// What a service's description holds under a name.
    pub(crate) fn held(&self, region: &str, service: &str, name: &str) -> Option<Held<'_>> {
        let packed = self.packed.get(region).and_then(|services| services.get(service)?.get(name));
        let open = || self.descriptions.get(region).and_then(|services| services.get(service)?.get(name));
        packed.map(|packed| Held::Packed(packed)).or_else(|| open().map(Held::Open))
    }

    /// Puts something into a service's description, beside what is packed.
    pub(crate) fn put(&mut self, region: &str, service: &str, name: &str, value: Value) {
        if let Value::Object(members) = self.description_mut(region, service) {
            members.insert(name.to_owned(), value);
        }
    }

    /// Puts a collection of many items into a service's description, and keeps it small.
    pub(crate) fn pack(&mut self, region: &str, service: &str, collection: &str, items: Packed) {
        let services = self.packed.entry(region.to_owned()).or_default();
        services.entry(service.to_owned()).or_default().insert(collection.to_owned(), Arc::new(items));
    }

    /// Unpacks one collection, so that it can be changed.
    fn unpack(&mut self, region: &str, service: &str, collection: &str) {
        let packed = self.packed.get_mut(region).and_then(|services| services.get_mut(service)?.remove(collection));
        if let (Some(packed), Value::Object(members)) = (packed, self.description_mut(region, service)) {
            members.insert(collection.to_owned(), packed.open());
        }
    }
}

impl World {
    /// The value at a path; `None` if nothing is there.
    ///
    /// A path is `<account>/<region or global>/<service>` and a JSON pointer into the description, in which
    /// `Member=value` stands for the element of a list whose member has this value:
    /// `123456789012/eu-west-1/rds/DBInstances/DBInstanceIdentifier=prod-orders/PubliclyAccessible`. A `/` in a
    /// value is written `~1`, a `~` is written `~0`, as in any JSON pointer.
    pub fn get(&self, path: &str) -> Option<&Value> {
        let path = path::Path::parse(path).ok()?;
        let account = self.accounts.get(&path.account)?;
        let Some((name, steps)) = path.steps.split_first() else {
            return account.descriptions.get(&path.region)?.get(&path.service);
        };
        match account.held(&path.region, &path.service, name)? {
            Held::Open(value) => path::find(value, steps),
            Held::Packed(packed) => path::find(packed.opened(), steps),
        }
    }

    /// Sets the value at a path, whose parent must be there. A path to an element that is not there is an error.
    pub fn set(&mut self, path: &str, value: impl Into<Value>) -> Result<(), PathError> {
        self.at(path, |description, steps| path::set(description, steps, value.into()))
    }

    /// Removes what lies at a path and hands it back.
    pub fn remove(&mut self, path: &str) -> Result<Value, PathError> {
        self.at(path, path::remove)
    }

    /// Appends an element to the list at a path; the list is made if there is none.
    pub fn append(&mut self, path: &str, value: impl Into<Value>) -> Result<(), PathError> {
        self.at(path, |description, steps| path::append(description, steps, value.into()))
    }

    fn at<T>(&mut self, text: &str, change: impl FnOnce(&mut Value, &[String]) -> Option<T>) -> Result<T, PathError> {
        let path = path::Path::parse(text)?;
        let account = self.accounts.get_mut(&path.account).ok_or_else(|| PathError::Nothing(text.to_owned()))?;
        if let Some(collection) = path.steps.first() {
            account.unpack(&path.region, &path.service, collection);
        }
        change(account.description_mut(&path.region, &path.service), &path.steps)
            .ok_or_else(|| PathError::Nothing(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
