//! Address patterns, as `--target` and ignore rules take them.
//!
//! A pattern has the parts of an address. `*` and `?` match within a part, except in the id, where they match
//! anything. Leading parts may be left out: `ec2/security_group/sg-1*` is that kind in every scope, and trailing
//! ones too: `aws/123456789012` is a whole account, `s3/bucket` a whole kind.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use globset::{Glob, GlobMatcher};

use crate::{Address, Chosen, Scope};

/// The text is not an address pattern.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    #[error("an address pattern must not be empty")]
    Empty,
    #[error("`{pattern}` is not an address pattern: {why}")]
    Glob { pattern: String, why: String },
}

/// A glob over addresses.
#[derive(Debug, Clone)]
pub struct AddressPattern {
    text: String,
    account: GlobMatcher,
    region: GlobMatcher,
    service: GlobMatcher,
    resource: GlobMatcher,
    id: GlobMatcher,
    /// The id pattern up to its first wildcard, and whether that is all of it.
    id_prefix: String,
    id_is_literal: bool,
    any_id: bool,
}

impl FromStr for AddressPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let trimmed = text.strip_suffix('/').unwrap_or(text);
        if trimmed.is_empty() {
            return Err(PatternError::Empty);
        }
        // With the provider in front the parts are those of an address; without it, the pattern starts at the kind.
        let parts: Vec<&str> = match trimmed.strip_prefix("aws/").or((trimmed == "aws").then_some("")) {
            Some("") => vec![],
            Some(rest) => rest.splitn(5, '/').collect(),
            None if trimmed == "*" || trimmed == "**" => vec![],
            None => ["*", "*"].into_iter().chain(trimmed.splitn(3, '/')).collect(),
        };
        let glob = |index: usize| {
            let part = parts.get(index).copied().unwrap_or("*");
            self::glob(part).map_err(|why| PatternError::Glob { pattern: text.to_owned(), why })
        };
        let id = parts.get(4).copied().unwrap_or("*");
        let id_prefix: String = id.chars().take_while(|c| !"*?[{\\".contains(*c)).collect();
        Ok(Self {
            account: glob(0)?,
            region: glob(1)?,
            service: glob(2)?,
            resource: glob(3)?,
            id: glob(4)?,
            id_is_literal: id_prefix == id,
            any_id: matches!(id, "*" | "**"),
            id_prefix,
            text: text.to_owned(),
        })
    }
}

/// A glob over one text, or why the pattern is none. What is too much for the matcher is refused before it is tried:
/// where a regular expression cannot be made of a glob, globset panics.
pub fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    const LONGEST: usize = 64 * 1024;
    const DEEPEST: usize = 32;
    if pattern.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if depth(pattern) > DEEPEST {
        return Err(format!("its braces are nested more than {DEEPEST} deep"));
    }
    Glob::new(pattern).map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string())
}

/// How deep a pattern's braces are nested. In brackets and behind a backslash, they are none.
fn depth(pattern: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => drop(rest.next()),
            '[' => {
                // The first character of a class belongs to it, also where it is a bracket.
                rest.next_if(|next| "!^".contains(*next));
                rest.next();
                while rest.next().is_some_and(|inside| inside != ']') {}
            }
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

impl fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AddressPattern {
    pub fn matches(&self, address: &Address) -> bool {
        self.may_match_kind(Some(&address.scope), &address.kind) && self.id.is_match(&address.id)
    }

    /// Whether any resource of this kind in this scope can match. `None`: in any scope.
    pub fn may_match_kind(&self, scope: Option<&Scope>, kind: &str) -> bool {
        let (service, resource) = kind.split_once('/').unwrap_or((kind, ""));
        scope.is_none_or(|scope| self.account.is_match(&scope.account) && self.region.is_match(&scope.region))
            && self.service.is_match(service)
            && self.resource.is_match(resource)
    }

    /// Whether any id that begins with `parent` and a `/` can match.
    fn may_match_children(&self, parent: &str) -> bool {
        let children = format!("{parent}/");
        if self.id_is_literal {
            return self.id_prefix.starts_with(&children);
        }
        let common = children.len().min(self.id_prefix.len());
        children.as_bytes()[..common] == self.id_prefix.as_bytes()[..common]
    }
}

/// What the user asked for: everything, or what one of these patterns matches; and of that, perhaps only what is to be
/// read again.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    patterns: Vec<AddressPattern>,
    chosen: Option<Arc<Chosen>>,
}

impl Targets {
    /// No pattern means everything.
    pub fn new(patterns: Vec<AddressPattern>) -> Self {
        Self { patterns, chosen: None }
    }

    /// The same, as far as it is among these.
    #[must_use]
    pub fn among(&self, chosen: Chosen) -> Self {
        Self { patterns: self.patterns.clone(), chosen: Some(Arc::new(chosen)) }
    }

    pub fn is_everything(&self) -> bool {
        self.patterns.is_empty() && self.chosen.is_none()
    }

    pub fn patterns(&self) -> &[AddressPattern] {
        &self.patterns
    }

    pub fn matches(&self, address: &Address) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.matches(address))
            && (self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(address)))
    }

    /// Whether any resource of this kind in this scope (`None`: in any) is asked for.
    pub fn may_match_kind(&self, scope: Option<&Scope>, kind: &str) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.may_match_kind(scope, kind))
            && (self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.may_match_kind(scope, kind)))
    }

    /// Whether every resource of this kind in this scope is asked for.
    pub fn includes_kind(&self, scope: &Scope, kind: &str) -> bool {
        let all = |pattern: &AddressPattern| pattern.any_id && pattern.may_match_kind(Some(scope), kind);
        self.chosen.as_ref().is_none_or(|chosen| chosen.includes_kind(scope, kind))
            && (self.patterns.is_empty() || self.patterns.iter().any(all))
    }

    /// Whether any child of `parent` (same scope and kind, id `parent/…`) is asked for.
    pub fn may_match_children(&self, parent: &Address) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.may_match_children(parent))
            && (self.patterns.is_empty()
                || self.patterns.iter().any(|pattern| {
                    pattern.may_match_kind(Some(&parent.scope), &parent.kind) && pattern.may_match_children(&parent.id)
                }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, address: &str, expected: bool) {
        let pattern: AddressPattern = pattern.parse().expect(pattern);
        let address: Address = address.parse().expect(address);
        assert_eq!(pattern.matches(&address), expected, "{pattern} on {address}");
    }

    #[test]
    fn parts_may_be_left_out_at_both_ends() {
        let group = "aws/123456789012/eu-west-1/ec2/security_group/sg-12";
        for pattern in [
            "*",
            "aws",
            "aws/123456789012",
            "aws/*/eu-*",
            "ec2",
            "ec2/security_group",
            "*/security_group",
            "ec2/security_group/sg-1?",
            group,
        ] {
            check(pattern, group, true);
        }
        for pattern in [
            "s3",
            "aws/*/us-*",
            "ec2/vpc",
            "ec2/security_group/sg-2*",
            "aws/123456789012/eu-west-1/ec2/security_group/sg-1",
        ] {
            check(pattern, group, false);
        }
    }

    #[test]
    fn what_is_too_much_for_the_matcher_is_refused() {
        let nested = |depth: usize| format!("ec2/vpc/{}x{}", "{".repeat(depth), "}".repeat(depth));
        nested(32).parse::<AddressPattern>().expect("that deep it is one");
        for pattern in [nested(33), nested(1000), format!("ec2/vpc/{}", "[!a]".repeat(1 << 15))] {
            let error = pattern.parse::<AddressPattern>().expect_err("too much").to_string();
            assert!(error.contains("is not an address pattern: it"), "{error}");
        }
        for literal in [format!("ec2/vpc/{}", "[{]".repeat(500)), format!("ec2/vpc/{}", "[]{]\\{".repeat(500))] {
            literal.parse::<AddressPattern>().expect("these braces are not nested");
        }
    }

    #[test]
    fn a_wildcard_in_the_id_crosses_slashes() {
        check("route53/record_set/Z1/*", "aws/1/global/route53/record_set/Z1/www.example.com/A", true);
        check("route53/record_set/Z2/*", "aws/1/global/route53/record_set/Z1/www.example.com/A", false);
    }

    #[test]
    fn a_kind_is_asked_for_as_a_whole_or_in_part() {
        let scope = Scope { provider: "aws".to_owned(), account: "1".to_owned(), region: "eu-west-1".to_owned() };
        assert!(Targets::default().includes_kind(&scope, "s3/bucket"));
        for (pattern, expected) in
            [("s3", true), ("s3/bucket/*", true), ("aws/1/eu-west-1", true), ("aws/2", false), ("s3/bucket/a*", false)]
        {
            let targets = Targets::new(vec![pattern.parse().expect(pattern)]);
            assert_eq!(targets.includes_kind(&scope, "s3/bucket"), expected, "{pattern}");
        }
    }

    #[test]
    fn children_are_asked_for_when_some_id_below_can_match() {
        let parent: Address = "aws/1/global/route53/record_set/Z1".parse().expect("address");
        for (pattern, expected) in [
            ("route53", true),
            ("route53/record_set/Z1/*", true),
            ("route53/record_set/Z*", true),
            ("route53/record_set/Z1/a/A", true),
            ("route53/record_set/Z12/*", false),
            ("route53/record_set/Z1", false),
            ("s3", false),
        ] {
            let targets = Targets::new(vec![pattern.parse().expect(pattern)]);
            assert_eq!(targets.may_match_children(&parent), expected, "{pattern}");
        }
    }
}
