//! What is on the proposal's branch, and how it stands to what would be put there.

use std::collections::BTreeSet;

use driftline::attribution::{Attribution, Unexplained};
use driftline::plan::Plan;
use driftline::remote::{Authors, Commit, RemoteError};
use driftline::store::{Oid, RestorePoint, Store};

/// What is on the proposal's branch.
pub(super) struct There {
    pub(super) tip: Oid,
    pub(super) commits: Vec<Commit>,
}

impl There {
    /// Those who pushed something to it that driftline did not make, sorted.
    pub(super) fn others(&self) -> Vec<String> {
        let names: BTreeSet<&str> =
            self.commits.iter().filter(|commit| !commit.is_ours).map(|commit| commit.committer.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }
}

/// How what is on the branch stands to what would be put there.
pub(super) enum Standing {
    Same,
    /// The same drift, and more is known of who did it.
    Better,
    Other,
}

/// Begins the line of a commit's message that names a recorded event.
const EVENT: &str = "CloudTrail-Event-Id: ";

/// How what is on the branch stands to these commits, whenever each was made.
pub(super) fn standing(
    store: &Store,
    plan: &Plan,
    point: &RestorePoint,
    there: &[Commit],
    tip: Oid,
) -> Result<Standing, RemoteError> {
    let ours = Authors::of(store)?.commits(store, point.commit, tip)?;
    let author = |commit: &Commit| (commit.author.name.clone(), commit.author.email.clone());
    let same = |(one, other): (&Commit, &Commit)| {
        (one.tree, &one.message, author(one)) == (other.tree, &other.message, author(other))
    };
    let tree = |commits: &[Commit]| commits.last().map(|last| last.tree);
    if there.first().is_none_or(|first| first.parent != Some(point.commit)) || tree(&ours) != tree(there) {
        return Ok(Standing::Other);
    }
    if ours.len() == there.len() && ours.iter().zip(there).all(same) {
        return Ok(Standing::Same);
    }
    // The records end after some time, and cannot always be read: what they once said stays said.
    let named = |commits: &[Commit]| commits.iter().map(|commit| commit.message.matches(EVENT).count()).sum::<usize>();
    let not_asked = plan
        .drift
        .iter()
        .flat_map(|resource| &resource.by)
        .any(|by| matches!(by.attribution, Attribution::Unknown(Unexplained::NotRead { .. })));
    let (before, now) = (named(there), named(&ours));
    Ok(if before > now || (before == now && not_asked) { Standing::Better } else { Standing::Other })
}
