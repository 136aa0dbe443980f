//! Which resources somebody changed in the console.

use std::collections::BTreeMap;

use super::Generated;
use super::dice::Dice;
use super::kinds::{KINDS, Loose};
use super::place::{Place, Site, lasting};

/// One difference between an account and the same account before anybody touched it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub account: String,
    /// The region, or `global`.
    pub region: String,
    /// As driftline calls it: `ec2/security_group`.
    pub kind: &'static str,
    /// As driftline has it in addresses.
    pub id: String,
    pub how: How,
}

/// What was done to a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    Added,
    Removed,
    /// The path of what was changed in the description's item.
    Changed(String),
}

impl Change {
    /// The resource as driftline names it: `aws/<account>/<region>/<kind>/<id>`.
    pub fn address(&self) -> String {
        format!("aws/{}/{}/{}/{}", self.account, self.region, self.kind, self.id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Added,
    Removed,
    Changed,
}

/// One resource: the account, the place in it, the kind, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) site: usize,
    pub(super) place: usize,
    pub(super) kind: usize,
    pub(super) index: usize,
}

/// What befell which resources.
#[derive(Debug, Default)]
pub(super) struct Fates(BTreeMap<At, Fate>);

impl Fates {
    /// Of a hundred changes, ten are additions and ten are removals.
    pub(super) fn draw(of: &Generated, sites: &[Site]) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of resources"
        )]
        let wanted = (of.resources as f64 * of.changed.clamp(0.0, 100.0) / 100.0).round() as usize;
        let wanted = if of.changed > 0.0 { wanted.max(1) } else { 0 };
        if wanted == 0 {
            return Self::default();
        }
        let (mut alterable, mut loose) = (Vec::new(), Vec::new());
        for (site_number, site) in sites.iter().enumerate() {
            for (place_number, place) in site.places().enumerate() {
                for (kind, spec) in KINDS.iter().enumerate() {
                    let names = ["lot", place.account(), place.region(), spec.kind];
                    for index in 0..place.count(spec.kind) {
                        let at = At { site: site_number, place: place_number, kind, index };
                        let lot = Dice::of(of.change_seed, &names, index).next();
                        if !spec.alter.is_empty() && is_alterable(spec.kind, &place, index) {
                            alterable.push((lot, at));
                        }
                        if is_loose(spec.loose, &place, spec.kind, index) {
                            loose.push((lot.rotate_left(32), at));
                        }
                    }
                }
            }
        }
        loose.sort_unstable();
        alterable.sort_unstable();
        let (added, removed) = (wanted / 10, wanted / 10);
        let mut fates: BTreeMap<At, Fate> = loose.iter().take(removed).map(|(_, at)| (*at, Fate::Removed)).collect();
        // A newcomer is one more of a kind that can come and go.
        let mut next: BTreeMap<(usize, usize, usize), usize> = BTreeMap::new();
        for (_, like) in loose.iter().rev().take(added) {
            let count = sites[like.site].places().nth(like.place).map(|place| place.count(KINDS[like.kind].kind));
            let index = next.entry((like.site, like.place, like.kind)).or_insert(count.unwrap_or_default());
            fates.insert(At { index: *index, ..*like }, Fate::Added);
            *index += 1;
        }
        let rest = wanted.saturating_sub(fates.len());
        let free: Vec<At> =
            alterable.into_iter().map(|(_, at)| at).filter(|at| !fates.contains_key(at)).take(rest).collect();
        fates.extend(free.into_iter().map(|at| (at, Fate::Changed)));
        Self(fates)
    }

    pub(super) fn of(&self, site: usize, place: usize, kind: usize, index: usize) -> Option<Fate> {
        self.0.get(&At { site, place, kind, index }).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (At, Fate)> {
        self.0.iter().map(|(at, fate)| (*at, *fate))
    }
}

/// A zone's own record sets are AWS's.
fn is_alterable(kind: &str, place: &Place<'_>, index: usize) -> bool {
    kind != "route53/record_set" || super::route53::is_own(place, index)
}

fn is_loose(loose: Loose, place: &Place<'_>, kind: &str, index: usize) -> bool {
    match loose {
        Loose::None => false,
        Loose::All => true,
        Loose::Upper => index >= lasting(place.count(kind)),
        Loose::Where(is) => is(place, index),
    }
}
