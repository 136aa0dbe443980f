//! The one interpreter of a kind's rules: turns what the provider read into the resource that a snapshot holds.
//!
//! The order of the rules in a descriptor means nothing. Attributes are walked once, and every value goes through
//! the same phases, its own members between the second and the third:
//!
//! 1. volatile: dropped, and nothing below it is looked at;
//! 2. document: the string is parsed and canonicalized, so that rules may speak of what is inside;
//! 3. (the members, each through all of these phases: innermost first);
//! 4. tags: moved to the resource's tags;
//! 5. set: sorted;
//! 6. default: dropped if it equals the rule's value, which was brought into the same form;
//! 7. secret: sealed. After the default, since nothing equals a default once it is sealed; after the set, so that a
//!    sealed list does not depend on the order of an answer.
//!
//! Before the walk, redundant attributes are dropped: their conditions speak of what was answered.
//!
//! Whatever a path is reached by, numbers come out in one spelling: `50.0` and `50` are the same number.
//!
//! Normalizing what is normalized changes nothing, and neither does the order in which a set was answered.

mod listed;
mod order;
mod policy;
mod redundant;
mod rules;
mod tags;
mod unread;
mod walk;

use driftline_api::{Found, Seal, Unread};

pub use rules::{RuleError, Rules};
pub use unread::merge_unread;

use crate::Resource;

/// What the user may choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Keep what AWS makes by itself and nobody can change: here, tags that begin with `aws:`.
    pub include_aws_managed: bool,
}

/// A resource after normalization, and what is to be known about it beside its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalized {
    pub resource: Resource,
    /// Where it lies, for kinds listed once per account.
    pub region: Option<String>,
    /// Parts that could not be read; see [`merge_unread`]. Where the provider named a list of tags, `/tags`.
    pub unread: Vec<Unread>,
    pub matched: Matched,
}

impl Rules {
    /// Applies the kind's rules to what the provider read.
    pub fn normalize(&self, found: Found, options: &Options, seal: &Seal) -> Normalized {
        let Found { region, id, arn, mut attributes, unread, mark: _, below: _ } = found;
        let mut pass = walk::Pass::new(options, Some(seal), arn.as_deref().and_then(policy::partition_of_arn));
        for rule in self.redundant() {
            if rule.apply(&mut attributes) {
                pass.matched.insert(rule.rule);
            }
        }
        pass.members(&mut attributes, self.root());
        let (tags, matched) = (pass.tags, pass.matched);
        let resource = Resource { kind: self.descriptor().name.to_owned(), id, arn, tags, attributes };
        Normalized { resource, region, unread: self.rename_tags(unread), matched }
    }
}

/// Which rules of a kind had something to speak of, by their index in the descriptor. A rule that never matches is a
/// rule about a path that does not exist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matched([u64; Self::MAX / 64]);

impl Matched {
    /// How many rules a kind can have.
    pub const MAX: usize = 256;

    pub fn contains(&self, rule: usize) -> bool {
        self.0.get(rule / 64).is_some_and(|word| word >> (rule % 64) & 1 == 1)
    }

    /// Adds what matched in another resource of the kind.
    pub fn merge(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..Self::MAX).filter(|rule| self.contains(*rule))
    }

    fn insert(&mut self, rule: usize) {
        self.0[rule / 64] |= 1 << (rule % 64);
    }
}

#[cfg(test)]
mod tests;
