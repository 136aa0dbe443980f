//! Terraform's state: version 4, and what `terraform show -json` prints of one.
//!
//! Only what names a resource is read. Everything else that a state holds, secrets among it, is skipped while it is being
//! parsed and never kept.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A state, as far as it names resources.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// What people call it: the file's path.
    pub name: String,
    /// Two states of one lineage are one state at two times. `terraform show -json` does not tell it.
    pub lineage: Option<String>,
    pub serial: u64,
    /// What it manages; data sources are left out.
    pub instances: Vec<Instance>,
}

/// A resource in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// `module.web.aws_instance.this["a"]`
    pub address: String,
    /// `aws_instance`
    pub resource: String,
    /// Resources of one provider configuration lie in one account, and in one region unless they say otherwise.
    pub provider: String,
    pub attributes: Attributes,
}

/// The attributes by which resources are named; those with other values than texts have none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes(BTreeMap<String, Vec<String>>);

/// The file is not a state that can be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Where it is wrong, but not what stands there: it may be a secret.
    #[error("it is not JSON of the form that Terraform writes (line {line}, column {column})")]
    Syntax { line: usize, column: usize },
    #[error("it is neither a state nor what `terraform show -json` prints of one")]
    Foreign,
    #[error("it is a state of version {0}, and this driftline reads version 4")]
    Version(u64),
}

impl StateError {
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Version(found) if *found < 4 => {
                "Terraform 0.12 and newer write version 4: `terraform state pull` brings a state up to date"
            }
            Self::Version(_) => "`terraform show -json` prints a form that does not change",
            Self::Syntax { .. } | Self::Foreign => {
                "`terraform state pull` and `terraform show -json` print what can be read here"
            }
        }
    }
}

impl State {
    /// Reads a state. `name` is what people call it.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, StateError> {
        let file: File = serde_json::from_slice(bytes)
            .map_err(|error| StateError::Syntax { line: error.line(), column: error.column() })?;
        let mut state = Self { name: name.to_owned(), ..Self::default() };
        let values = file.values.or_else(|| file.prior_state.and_then(|prior| prior.values));
        if let Some(values) = values {
            state.add_module(values.root_module);
        } else if file.format_version.is_some() {
            // What `terraform show -json` prints where there is no state yet.
        } else {
            match (file.version, file.resources) {
                (Some(4), resources) => {
                    state.lineage = file.lineage.filter(|lineage| !lineage.is_empty());
                    state.serial = file.serial;
                    resources.into_iter().flatten().for_each(|resource| state.add(resource));
                }
                (Some(version), _) => return Err(StateError::Version(version)),
                (None, _) => return Err(StateError::Foreign),
            }
        }
        Ok(state)
    }

    fn add(&mut self, resource: Resource) {
        if resource.mode != "managed" {
            return;
        }
        let own = format!("{}.{}", resource.kind, resource.name);
        let address = resource.module.map_or_else(|| own.clone(), |module| format!("{module}.{own}"));
        for instance in resource.instances {
            let index = instance.index_key.map(|key| key.0).unwrap_or_default();
            let deposed = instance.deposed.map(|key| format!(" (deposed {key})")).unwrap_or_default();
            self.instances.push(Instance {
                address: format!("{address}{index}{deposed}"),
                resource: resource.kind.clone(),
                provider: resource.provider.clone(),
                attributes: instance.attributes.or(instance.attributes_flat).unwrap_or_default(),
            });
        }
    }

    fn add_module(&mut self, module: Module) {
        for resource in module.resources {
            if resource.mode == "managed" {
                let deposed = resource.deposed_key.map(|key| format!(" (deposed {key})")).unwrap_or_default();
                self.instances.push(Instance {
                    address: format!("{}{deposed}", resource.address),
                    resource: resource.kind,
                    provider: resource.provider_name,
                    attributes: resource.values.unwrap_or_default(),
                });
            }
        }
        for child in module.child_modules {
            self.add_module(child);
        }
    }
}

impl Attributes {
    /// What an attribute says: nothing, a text, or a list of texts.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The one text of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.all(name) {
            [text] if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether an attribute can name a resource. No secret is called so.
    pub fn is_kept(name: &str) -> bool {
        const NAMES: [&str; 20] = [
            "id",
            "arn",
            "region",
            "name",
            "type",
            "fqdn",
            "bucket",
            "role",
            "roles",
            "user",
            "users",
            "username",
            "group",
            "groups",
            "elb",
            "load_balancer",
            "zone_id",
            "identifier",
            "set_identifier",
            "url",
        ];
        const ENDS: [&str; 4] = ["_id", "_arn", "_name", "_identifier"];
        NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end))
    }
}

impl FromIterator<(String, Vec<String>)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(attributes: I) -> Self {
        Self(attributes.into_iter().filter(|(name, _)| Self::is_kept(name)).collect())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("attributes")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Attributes::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut attributes = BTreeMap::new();
                while let Some(name) = members.next_key::<String>()? {
                    if Attributes::is_kept(&name) {
                        let Texts(texts) = members.next_value()?;
                        if !texts.is_empty() {
                            attributes.insert(name, texts);
                        }
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Attributes(attributes))
            }
        }
        deserializer.deserialize_any(Members)
    }
}

/// The texts of a value: of a text itself, or of a list's elements.
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Texts(vec![]))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Texts(vec![]))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Texts(vec![]))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Texts(vec![]))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Texts(vec![]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(Texts(texts)) = elements.next_element()? {
                    all.extend(texts);
                }
                Ok(Texts(all))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Texts(vec![]))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Either form of a file.
#[derive(serde::Deserialize)]
struct File {
    version: Option<u64>,
    #[serde(default)]
    serial: u64,
    lineage: Option<String>,
    resources: Option<Vec<Resource>>,
    format_version: Option<String>,
    values: Option<Values>,
    /// What `terraform show -json` of a plan says of the state that it was made against.
    prior_state: Option<Prior>,
}

#[derive(serde::Deserialize)]
struct Prior {
    values: Option<Values>,
}

#[derive(serde::Deserialize)]
struct Resource {
    module: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    instances: Vec<InstanceFile>,
}

#[derive(serde::Deserialize)]
struct InstanceFile {
    index_key: Option<Index>,
    deposed: Option<String>,
    attributes: Option<Attributes>,
    /// Of a state that an older Terraform wrote and nobody has changed since.
    attributes_flat: Option<Attributes>,
}

/// `[0]` or `["a"]`.
struct Index(String);

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = serde_json::Value::deserialize(deserializer)?;
        Ok(Self(format!("[{key}]")))
    }
}

#[derive(serde::Deserialize)]
struct Values {
    #[serde(default)]
    root_module: Module,
}

#[derive(serde::Deserialize, Default)]
struct Module {
    #[serde(default)]
    resources: Vec<Shown>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

#[derive(serde::Deserialize)]
struct Shown {
    address: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    provider_name: String,
    deposed_key: Option<String>,
    values: Option<Attributes>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> State {
        State::parse("prod.tfstate", text.as_bytes()).expect("a state")
    }

    const SECRET: &str = "hunter2";

    #[test]
    fn both_forms_say_the_same() {
        let four = state(
            r#"{"version": 4, "serial": 7, "lineage": "l", "outputs": {"p": {"value": "hunter2", "sensitive": true}},
              "resources": [
                {"module": "module.db[\"a\"]", "mode": "managed", "type": "aws_db_instance", "name": "this",
                 "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].west",
                 "instances": [{"index_key": "x\"y", "schema_version": 2, "attributes": {
                   "arn": "arn:aws:rds:eu-west-1:1:db:a", "password": "hunter2", "port": 5432, "id": "db-1",
                   "tags": {"id": "no"}, "name": null}}]},
                {"mode": "data", "type": "aws_caller_identity", "name": "me", "provider": "", "instances": [{}]}]}"#,
        );
        let shown = state(
            r#"{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"address": "module.db[\"a\"]",
              "resources": [{"address": "module.db[\"a\"].aws_db_instance.this[\"x\\\"y\"]", "mode": "managed",
                "type": "aws_db_instance", "name": "this", "provider_name": "registry.terraform.io/hashicorp/aws",
                "values": {"arn": "arn:aws:rds:eu-west-1:1:db:a", "password": "hunter2", "id": "db-1"}}]}]}}}"#,
        );
        assert_eq!(four.instances.len(), 1, "data sources manage nothing");
        assert_eq!(four.instances[0].address, r#"module.db["a"].aws_db_instance.this["x\"y"]"#);
        assert_eq!(four.instances[0].address, shown.instances[0].address);
        assert_eq!(four.instances[0].attributes, shown.instances[0].attributes);
        assert_eq!((four.lineage.as_deref(), four.serial), (Some("l"), 7));
        assert!(!format!("{four:?}{shown:?}").contains(SECRET), "what names nothing is not kept");
    }

    #[test]
    fn what_is_no_state_is_refused_and_not_repeated() {
        let refused = |text: &str| State::parse("x", text.as_bytes()).expect_err(text).to_string();
        insta::assert_snapshot!(refused("{\"password\": \"hunter2\""), @"it is not JSON of the form that Terraform writes (line 1, column 22)");
        insta::assert_snapshot!(refused("{\"version\": \"hunter2\"}"), @"it is not JSON of the form that Terraform writes (line 1, column 21)");
        insta::assert_snapshot!(refused("{}"), @"it is neither a state nor what `terraform show -json` prints of one");
        insta::assert_snapshot!(refused("{\"version\": 3, \"modules\": []}"), @"it is a state of version 3, and this driftline reads version 4");
    }

    #[test]
    fn a_state_of_nothing_is_one() {
        assert_eq!(state(r#"{"format_version": "1.0"}"#).instances, []);
        assert_eq!(state(r#"{"version": 4, "resources": []}"#).instances, []);
    }
}
