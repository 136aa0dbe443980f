//! What a resource says that is dangerous, and what it says that protects.

use serde_json::{Map, Value};

use super::tables::{AMOUNTS, CLOSED, DANGERS, ELEMENTS, GUARDS, PRESENT};
use super::{Facts, Level, text};

/// One thing that an attribute says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) level: Level,
    pub(super) reason: String,
    /// The attribute that says it.
    pub(super) attribute: String,
    /// How much there is of it.
    amount: u64,
}

impl Fact {
    /// Whether this is that guard, no weaker than it was.
    pub(super) fn still(&self, guard: &Self) -> bool {
        (&self.attribute, &self.reason) == (&guard.attribute, &guard.reason) && self.amount >= guard.amount
    }
}

/// Collects what one attribute of a resource says.
pub(super) fn facts(kind: &str, attribute: &str, value: &Value, found: &mut Facts) {
    let mut walk = Walk { kind, attribute, found, ports: None };
    for (_, _, danger, level, reason) in PRESENT.iter().filter(|(of, name, ..)| *of == kind && *name == attribute) {
        if !is_nothing(value) {
            walk.add(*danger, *level, (*reason).to_owned());
        }
    }
    for (_, name, danger, level, reason) in ELEMENTS.iter().filter(|(list, ..)| *list == attribute) {
        for element in value.as_array().into_iter().flatten() {
            let named = if name.is_empty() { Some(element) } else { element.get(name) };
            if let Some(named) = named {
                walk.add(*danger, *level, format!("{reason} {}", text(named)));
            }
        }
    }
    if attribute == "Versioning" && value.get("Status").and_then(Value::as_str) == Some("Enabled") {
        walk.add(false, Level::Unprotects, "turns versioning off".to_owned());
    }
    walk.member(attribute, value);
}

struct Walk<'a> {
    kind: &'a str,
    attribute: &'a str,
    found: &'a mut Facts,
    /// What the rule around speaks of: `tcp/22`.
    ports: Option<String>,
}

impl Walk<'_> {
    fn add(&mut self, danger: bool, level: Level, reason: String) {
        self.add_amount(danger, level, reason, 0);
    }

    fn add_amount(&mut self, danger: bool, level: Level, reason: String, amount: u64) {
        let fact = Fact { level, reason, attribute: self.attribute.to_owned(), amount };
        if danger {
            self.found.dangers.insert(fact)
        } else {
            self.found.guards.insert(fact)
        };
    }

    fn member(&mut self, name: &str, value: &Value) {
        let said = text(value);
        for (_, _, level, reason) in DANGERS.iter().filter(|(of, is, ..)| *of == name && *is == said) {
            self.add(true, *level, (*reason).to_owned());
        }
        for (_, _, level, reason) in GUARDS.iter().filter(|(of, is, ..)| *of == name && *is == said) {
            self.add(false, *level, (*reason).to_owned());
        }
        if let Some(amount) = value.as_u64() {
            for (_, reason) in AMOUNTS.iter().filter(|(of, _)| *of == name) {
                self.add_amount(false, Level::Unprotects, (*reason).to_owned(), amount);
            }
        }
        let is_world = matches!(said.as_str(), "0.0.0.0/0" | "::/0");
        if is_world && matches!(name, "CidrIp" | "CidrIpv6") && self.attribute == "IpPermissions" {
            let ports = self.ports.clone().unwrap_or_else(|| "everything".to_owned());
            self.add(true, Level::Exposes, format!("opens {ports} to {said}"));
        }
        match value {
            Value::Object(members) => self.object(members),
            Value::Array(elements) => elements.iter().for_each(|element| self.member("", element)),
            _ => {}
        }
    }

    fn object(&mut self, members: &Map<String, Value>) {
        let get = |name: &str| members.get(name).and_then(Value::as_str);
        let outer = self.ports.clone();
        if let Some(protocol) = get("IpProtocol").or(get("Protocol")) {
            self.ports = Some(ports(protocol, members));
        }
        // A network ACL's entry.
        if get("RuleAction") == Some("allow") && members.get("Egress") == Some(&Value::Bool(false)) {
            let world = ["CidrBlock", "Ipv6CidrBlock"].into_iter().filter_map(get);
            for range in world.filter(|range| matches!(*range, "0.0.0.0/0" | "::/0")) {
                let ports = self.ports.clone().unwrap_or_else(|| "everything".to_owned());
                self.add(true, Level::Exposes, format!("lets {ports} in from {range}"));
            }
        }
        if get("Effect") == Some("Allow") && is_everyone(members) && !CLOSED.contains(&self.kind) {
            let condition =
                if members.get("Condition").is_some_and(|c| !is_nothing(c)) { ", on conditions" } else { "" };
            self.add(true, Level::Exposes, format!("lets everyone do {}{condition}", actions(members)));
        }
        if let Some(group) = get("URI").and_then(|uri| uri.strip_prefix("http://acs.amazonaws.com/groups/global/")) {
            self.add(true, Level::Exposes, format!("grants rights to {group}"));
        }
        let values = members.get("AttributeValues").and_then(Value::as_array);
        if get("AttributeName") == Some("restore") && values.is_some_and(|all| all.contains(&Value::from("all"))) {
            self.add(true, Level::Exposes, "is shared with every account".to_owned());
        }
        // Attributes of load balancers and the like.
        if let (Some(key), Some(value)) = (get("Key"), members.get("Value")) {
            self.member(key, value);
        }
        for (name, value) in members {
            self.member(name, value);
        }
        self.ports = outer;
    }
}

/// `tcp/22`, `udp/1000-2000`, `everything`.
fn ports(protocol: &str, rule: &Map<String, Value>) -> String {
    let name = match protocol {
        "-1" | "all" => return "everything".to_owned(),
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    let range = rule.get("PortRange").and_then(Value::as_object);
    let port = |name: &str, short: &str| {
        rule.get(name).or_else(|| range.and_then(|range| range.get(short))).and_then(Value::as_i64)
    };
    match (port("FromPort", "From"), port("ToPort", "To")) {
        _ if name.starts_with("icmp") => name.to_owned(),
        (Some(from), Some(to)) if from == to => format!("{name}/{from}"),
        (Some(0), Some(65535)) | (None, _) | (_, None) => name.to_owned(),
        (Some(from), Some(to)) => format!("{name}/{from}-{to}"),
    }
}

/// Whether a policy's statement speaks of everyone.
fn is_everyone(statement: &Map<String, Value>) -> bool {
    let star = Value::from("*");
    let holds = |value: &Value| *value == star || value.as_array().is_some_and(|all| all.contains(&star));
    match statement.get("Principal") {
        Some(Value::Object(principals)) => principals.get("AWS").is_some_and(holds),
        Some(principal) => holds(principal),
        None => false,
    }
}

fn actions(statement: &Map<String, Value>) -> String {
    match statement.get("Action") {
        Some(Value::Array(actions)) => match actions.as_slice() {
            [] => "anything".to_owned(),
            [action] => text(action),
            [first, more @ ..] => format!("{} and {} more", text(first), more.len()),
        },
        Some(action) => text(action),
        None => "anything but a few things".to_owned(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}
