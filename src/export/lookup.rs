//! Paths and patterns of a kind's mapping, looked up in a resource.

use driftline_api::{Scope, When, absolute, in_braces, outwards};
use serde_json::Value;

use crate::Resource;

/// A resource, or one element of it that is a resource of its own.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) scope: &'r Scope,
    pub(super) resource: &'r Resource,
    /// The attributes, as a value.
    pub(super) root: &'r Value,
    /// The element, last, and what it stands in, the outermost first. Empty: the resource itself.
    pub(super) chain: &'r [&'r Value],
    /// Where the element stands, as a rule-style path.
    pub(super) base: &'r str,
}

impl<'r> Place<'r> {
    /// What the place is made of; null for the resource itself.
    pub(super) fn element(&self) -> &'r Value {
        self.chain.last().copied().unwrap_or(&Value::Null)
    }

    /// All values at a path.
    pub(super) fn all(&self, path: &str) -> Vec<&'r Value> {
        let (steps, rest) = outwards(path);
        if steps > 0 {
            let outer = self.chain.len().checked_sub(steps + 1).and_then(|at| self.chain.get(at));
            return outer.map(|outer| find(outer, rest)).unwrap_or_default();
        }
        match path.strip_prefix('.') {
            Some(relative) => find(self.element(), relative),
            None => find(self.root, path),
        }
    }

    /// All values at a path that leads inwards, each with what it stands in.
    pub(super) fn chains(&self, path: &str) -> Vec<Vec<&'r Value>> {
        match path.strip_prefix('.') {
            Some(relative) => below(self.chain.to_vec(), relative),
            None => below(vec![self.root], path),
        }
    }

    /// The path from the attributes' root.
    pub(super) fn absolute(&self, path: &str) -> String {
        absolute(self.base, path)
    }

    /// The same resource, at another element.
    pub(super) fn at<'e>(&self, chain: &'e [&'e Value], base: &'e str) -> Place<'e>
    where
        'r: 'e,
    {
        Place { chain, base, ..*self }
    }

    pub(super) fn holds(&self, conditions: &[When]) -> bool {
        conditions.iter().all(|condition| self.is(*condition))
    }

    fn is(&self, condition: When) -> bool {
        let any = |path: &str, is: &dyn Fn(&Value) -> bool| self.all(path).into_iter().any(is);
        match condition {
            When::Has(path) => any(path, &|value| !is_nothing(value)),
            When::Lacks(path) => !any(path, &|value| !is_nothing(value)),
            When::Is(path, json) => any(path, &|value| *value == self.parse(json)),
            When::IsNot(path, json) => !any(path, &|value| *value == self.parse(json)),
            When::Differs(one, other) => self.all(one) != self.all(other),
            When::Begins(path, start) => any(path, &|value| value.as_str().is_some_and(|it| it.starts_with(start))),
            When::Each(path, inner) => {
                let has = |value: &Value| find(value, inner).into_iter().any(|found| !is_nothing(found));
                !any(path, &|value| !has(value))
            }
            When::Unless(conditions) => !self.holds(conditions),
        }
    }

    /// JSON of a mapping, for this resource's account and region.
    pub(super) fn parse(&self, json: &str) -> Value {
        parse(&json.replace("{account}", &self.scope.account).replace("{region}", &self.scope.region))
    }

    /// The truth value or number that a text at a path spells, unless it is the default; another text as it is, quoted.
    pub(super) fn spelled(&self, path: &str, default: Option<&str>) -> Option<Value> {
        let text = self.all(path).first().and_then(|value| scalar(value))?;
        let value = serde_json::from_str(&text).ok().filter(|value: &Value| value.is_boolean() || value.is_i64());
        (default != Some(&text)).then(|| value.unwrap_or(Value::String(text)))
    }

    /// The text of a pattern; `None` if one of its paths says nothing.
    pub(super) fn fill(&self, pattern: &str) -> Option<String> {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some(start) = rest.find(['{', '[']) {
            text.push_str(&rest[..start]);
            let (inner, after) =
                rest[start + 1..].split_once(if rest[start..].starts_with('{') { '}' } else { ']' })?;
            if rest[start..].starts_with('{') {
                text.push_str(&self.word(inner)?);
            } else if let Some(part) = self.fill(inner) {
                text.push_str(&part);
            }
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }

    fn word(&self, word: &str) -> Option<String> {
        match word {
            "id" => Some(self.resource.id.clone()),
            "arn" => self.resource.arn.clone(),
            "account" => Some(self.scope.account.clone()),
            "region" => Some(self.scope.region.clone()),
            word if word.starts_with(['/', '.']) => {
                let (paths, instead) = in_braces(word);
                let mut words: Vec<String> = Vec::new();
                for path in paths {
                    let said: Vec<String> = self.all(path).into_iter().filter_map(scalar).collect();
                    let said = said.join("/");
                    if !said.is_empty() && !words.contains(&said) {
                        words.push(said);
                    }
                }
                let word = words.join("-");
                let word =
                    instead.filter(|(value, _)| *value == word).map_or(word.clone(), |(_, word)| word.to_owned());
                Some(word).filter(|word| !word.is_empty())
            }
            part => {
                let number: usize = part.strip_prefix("id.")?.parse().ok()?;
                self.resource.id.split('/').nth(number).map(str::to_owned)
            }
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

/// JSON of a mapping, which is tested to be JSON.
pub(super) fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}

/// What is not written: nobody set it.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a rule's path speaks of this one, whose elements may be told by number.
pub(super) fn is_same(rule: &str, path: &str) -> bool {
    let is_element = |token: &str| {
        token == "*" || token.contains('=') || (!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()))
    };
    rule.split('/').count() == path.split('/').count()
        && rule.split('/').zip(path.split('/')).all(|(rule, path)| rule == path || (rule == "*" && is_element(path)))
}

/// All values at a path.
pub(super) fn find<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for token in path.split('/').skip(1) {
        found = found.into_iter().flat_map(|value| step(value, token)).collect();
    }
    found
}

/// The values at a path below the last of a chain, each with the chain that leads to it.
fn below<'v>(chain: Vec<&'v Value>, path: &str) -> Vec<Vec<&'v Value>> {
    let mut found = vec![chain];
    for token in path.split('/').skip(1) {
        let longer = |chain: Vec<&'v Value>| {
            let next = chain.last().map(|value| step(value, token)).unwrap_or_default();
            next.into_iter().map(move |value| chain.iter().copied().chain([value]).collect())
        };
        found = found.into_iter().flat_map(longer).collect();
    }
    found
}

fn step<'v>(value: &'v Value, token: &str) -> Vec<&'v Value> {
    match (token, value) {
        ("*", Value::Array(values)) => values.iter().collect(),
        ("*", Value::Object(members)) => members.values().collect(),
        (token, Value::Object(members)) => {
            members.get(&token.replace("~1", "/").replace("~0", "~")).into_iter().collect()
        }
        (token, Value::Array(values)) if token.contains('=') => {
            let (member, wanted) = token.split_once('=').unwrap_or_default();
            let is_wanted = |value: &&Value| value.get(member).and_then(scalar).as_deref() == Some(wanted);
            values.iter().filter(is_wanted).collect()
        }
        (token, Value::Array(values)) => {
            token.parse().ok().and_then(|index: usize| values.get(index)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_are_found_by_what_a_member_says() {
        let value = json!({"List": [
            {"Key": "a.b", "Value": "1"}, {"Key": "c", "Value": "2"}, {"Key": "a.b", "Value": "3"},
            {"Key": true, "Value": "4"}, "text",
        ]});
        assert_eq!(find(&value, "/List/Key=a.b/Value"), ["1", "3"]);
        assert_eq!(find(&value, "/List/Key=true/Value"), ["4"]);
        assert_eq!(find(&value, "/List/Key=d/Value"), [&Value::Null; 0]);
        assert!(is_same("/List/*/Value", "/List/Key=a.b/Value"));
    }

    #[test]
    fn texts_spell_values() {
        let [provider, account, region] = ["aws", "123456789012", "eu-west-1"].map(str::to_owned);
        let scope = Scope { provider, account, region };
        let resource: Resource =
            serde_json::from_value(json!({"kind": "elbv2/load_balancer", "id": "web", "attributes": {}}))
                .expect("a resource");
        let root = json!({"On": "true", "Count": "060", "Seconds": "60", "Mode": "append", "None": ""});
        let place = Place { scope: &scope, resource: &resource, root: &root, chain: &[], base: "" };
        let spelled = |path| place.spelled(path, Some("append"));
        assert_eq!(spelled("/On"), Some(json!(true)));
        assert_eq!(spelled("/Seconds"), Some(json!(60)));
        assert_eq!(spelled("/Count"), Some(json!("060")));
        assert_eq!(spelled("/Mode"), None);
        assert_eq!(spelled("/None"), None);
        assert_eq!(place.parse("\"{account} {region}\""), json!("123456789012 eu-west-1"));
    }
}
