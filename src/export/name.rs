//! What a resource is called in an export.
//!
//! A name is a function of the resource alone, never of what else is exported: a resource that comes later must not
//! rename another. So what is unique in its scope (the kind's id is a name) is called so, and what is not (a `Name` tag)
//! also carries the end of its id.

use sha2::{Digest as _, Sha256};

/// The longest part of a name that comes from what people wrote.
const LONGEST: usize = 60;
/// How much of an id or a digest tells resources of the same name apart.
const TELLING: usize = 6;

/// The name of a resource whose kind's ids are names.
pub(super) fn unique(id: &str) -> String {
    let name = plain(id);
    if is_exact(id, &name) { name } else { format!("{name}_{}", digest(id)) }
}

/// The name of a resource with an id that tells people nothing, and a label that somebody gave it.
pub(super) fn labelled(label: Option<&str>, id: &str) -> String {
    match label.map(plain).filter(|label| label != "_") {
        Some(label) => format!("{label}_{}", telling(id)),
        None => unique(id),
    }
}

/// The name of what belongs to a resource: `key` tells it from its siblings. No name holds `__` by itself, so that none
/// can be the child of one parent and of another.
pub(super) fn child(parent: &str, key: &str) -> String {
    if key.is_empty() {
        return parent.to_owned();
    }
    let words: Vec<String> = key.split(' ').map(word).filter(|word| !word.is_empty()).collect();
    format!("{parent}__{}", words.join("_"))
}

/// A word of a key: no other text reads the same. Numbers, addresses and their blocks do whatever stands between the
/// digits.
fn word(text: &str) -> String {
    let name = plain(text);
    let bare = name.trim_start_matches('_');
    let is_block = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'/'));
    let is_range = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && !text.starts_with('-');
    if is_block || is_range || is_exact(text, bare) { bare.to_owned() } else { format!("{bare}_{}", digest(text)) }
}

/// Letters, digits and `_`, beginning with a letter or `_`.
pub(super) fn plain(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars() {
        if name.len() == LONGEST {
            break;
        }
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name.to_owned() } else { format!("_{name}") }
}

/// Whether no other text has this name: dashes are the one thing that a name says differently.
fn is_exact(text: &str, name: &str) -> bool {
    name.replace('_', "-") == text
}

/// The end of an id that AWS gave, or of its digest.
fn telling(id: &str) -> String {
    let is_random = |end: &str| end.bytes().all(|byte| byte.is_ascii_hexdigit());
    match id.len().checked_sub(TELLING).and_then(|start| id.get(start..)) {
        Some(end) if is_random(end) => end.to_owned(),
        _ => digest(id),
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(TELLING / 2).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_say_what_people_called_it() {
        assert_eq!(unique("shop-web"), "shop_web");
        assert_eq!(unique("OrganizationAccountAccessRole"), "OrganizationAccountAccessRole");
        assert_eq!(labelled(Some("shop private (b)"), "subnet-084c9da397cf5d01e"), "shop_private_b_f5d01e");
        assert_eq!(labelled(None, "subnet-084c9da397cf5d01e"), "subnet_084c9da397cf5d01e");
        assert_eq!(child("main_f5d01e", "0.0.0.0/0"), "main_f5d01e__0_0_0_0_0");
        assert_eq!(child("deploy", "AdministratorAccess"), "deploy__AdministratorAccess");
        assert_eq!(child("web_f5d01e", "tcp 8000-8100 10.0.0.0/8"), "web_f5d01e__tcp_8000_8100_10_0_0_0_8");
        assert_eq!(child("web_f5d01e", "tcp 443 ipv6 ::/0"), "web_f5d01e__tcp_443_ipv6_0_6d0e70");
    }

    #[test]
    fn what_belongs_to_one_is_not_called_as_what_belongs_to_another() {
        assert_ne!(child(&unique("ci"), "deploy-read"), child(&unique("ci-deploy"), "read"));
        assert_ne!(child(&unique("ci"), "deploy_read"), child(&unique("ci"), "deploy-read"));
        assert_ne!(child("group", "icmp 8 10.0.0.0/8"), child("group", "icmp -8 10.0.0.0/8"));
    }

    #[test]
    fn hostile_names_are_identifiers_and_differ() {
        let long = "x".repeat(200);
        let longer = "x".repeat(201);
        let hostile = [
            "web", "Web", "a-b", "a_b", "a b", "a--b", "-a", "1", "01", "\"", "${a}", "%{a}", "\n", "ä", "日本", "🦀",
            &long, &longer, "a", "a-", "_", "", "for", "null",
        ];
        let mut seen = BTreeSet::new();
        for text in hostile {
            let name = unique(text);
            let mut characters = name.chars();
            let begins = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
            assert!(begins && characters.all(|c| c.is_ascii_alphanumeric() || c == '_'), "{text:?} is called {name}");
            assert!(seen.insert(name.clone()), "{text:?} is called {name}, as another is");
        }
    }
}
