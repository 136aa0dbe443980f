//! What is read again where the provider's records say that the rest is as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::{Address, Scope};

/// For each scope and kind, what of it is read again. What has no entry is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen(BTreeMap<Scope, BTreeMap<String, Again>>);

/// How much of a kind in a scope is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    All,
    Some(Picked),
}

/// Single resources of a kind, and those that nobody has seen yet: what came since is always among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// Ids; of kinds that are chosen by their parents, the parents' ids.
    pub ids: BTreeSet<String>,
    /// What was there before, in the same terms: anything else is new.
    pub known: Arc<BTreeSet<String>>,
    /// Whole families are chosen: those whose ids begin with one of these and a slash.
    pub by_parent: bool,
}

impl Picked {
    fn matches(&self, id: &str) -> bool {
        let id = if self.by_parent { id.split('/').next().unwrap_or(id) } else { id };
        self.ids.contains(id) || !self.known.contains(id)
    }

    /// Children of kinds that are chosen one by one may be new anywhere.
    fn may_match_children(&self, parent: &str) -> bool {
        !self.by_parent || self.matches(parent)
    }
}

impl Chosen {
    pub fn get(&self, scope: &Scope, kind: &str) -> Option<&Again> {
        self.0.get(scope)?.get(kind)
    }

    pub fn set(&mut self, scope: &Scope, kind: &str, again: Again) {
        self.0.entry(scope.clone()).or_default().insert(kind.to_owned(), again);
    }

    /// Every entry, sorted by scope and kind.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &str, &Again)> {
        self.0.iter().flat_map(|(scope, kinds)| kinds.iter().map(move |(kind, again)| (scope, kind.as_str(), again)))
    }

    pub(crate) fn matches(&self, address: &Address) -> bool {
        match self.get(&address.scope, &address.kind) {
            None => false,
            Some(Again::All) => true,
            Some(Again::Some(picked)) => picked.matches(&address.id),
        }
    }

    pub(crate) fn may_match_kind(&self, scope: Option<&Scope>, kind: &str) -> bool {
        match scope {
            Some(scope) => self.get(scope, kind).is_some(),
            None => self.0.values().any(|kinds| kinds.contains_key(kind)),
        }
    }

    pub(crate) fn includes_kind(&self, scope: &Scope, kind: &str) -> bool {
        matches!(self.get(scope, kind), Some(Again::All))
    }

    pub(crate) fn may_match_children(&self, parent: &Address) -> bool {
        match self.get(&parent.scope, &parent.kind) {
            None => false,
            Some(Again::All) => true,
            Some(Again::Some(picked)) => picked.may_match_children(&parent.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Targets;

    fn address(text: &str) -> Address {
        text.parse().expect(text)
    }

    fn chosen(kind: &str, again: Again) -> Chosen {
        let mut chosen = Chosen::default();
        chosen.set(&address("aws/1/global/iam/role/x").scope, kind, again);
        chosen
    }

    fn picked(ids: &[&str], known: &[&str], by_parent: bool) -> Again {
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        Again::Some(Picked { ids: set(ids), known: Arc::new(set(known)), by_parent })
    }

    #[test]
    fn what_is_named_and_what_is_new_is_read_again() {
        let targets = Targets::default().among(chosen("iam/role", picked(&["ci"], &["ci", "ops"], false)));
        for (at, expected) in [("ci", true), ("ops", false), ("new", true)] {
            assert_eq!(targets.matches(&address(&format!("aws/1/global/iam/role/{at}"))), expected, "{at}");
        }
        assert!(!targets.matches(&address("aws/1/global/iam/user/ci")), "another kind");
        assert!(!targets.matches(&address("aws/2/global/iam/role/ci")), "another account");
        let scope = address("aws/1/global/iam/role/x").scope;
        assert!(targets.may_match_kind(Some(&scope), "iam/role") && !targets.includes_kind(&scope, "iam/role"));
        assert!(!targets.may_match_kind(Some(&scope), "iam/user") && !targets.is_everything());
    }

    #[test]
    fn families_are_read_again_by_their_parents() {
        let kind = "route53/record_set";
        let targets = Targets::default().among(chosen(kind, picked(&["Z1"], &["Z1", "Z2"], true)));
        for (zone, expected) in [("Z1", true), ("Z2", false), ("Z3", true)] {
            let zone = address(&format!("aws/1/global/{kind}/{zone}"));
            assert_eq!(targets.may_match_children(&zone), expected, "{zone}");
            assert_eq!(targets.matches(&address(&format!("{zone}/www.example.com/A"))), expected, "{zone}");
        }
    }

    #[test]
    fn patterns_narrow_it_further() {
        let both = Targets::new(vec!["iam/role/c*".parse().expect("a pattern")]);
        let targets = both.among(chosen("iam/role", picked(&["ci", "ops"], &["ci", "ops"], false)));
        assert!(targets.matches(&address("aws/1/global/iam/role/ci")));
        assert!(!targets.matches(&address("aws/1/global/iam/role/ops")));
        let all = Targets::default().among(chosen("iam/role", Again::All));
        assert!(all.includes_kind(&address("aws/1/global/iam/role/x").scope, "iam/role"));
    }
}
