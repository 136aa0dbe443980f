//! From what was scanned (or from two restore points) to a plan.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Cause, Descriptor, Scope, Status, Targets, Under};

use crate::Resource;
use crate::plan::{Against, Builder, Ignore, NotRead, Plan, Scanned as Figures, Side};
use crate::scan::{Baseline, Scanned};
use crate::snapshot::Coverage;
use crate::store::Error;

/// How to compare: what was asked for, what the kinds say, what is ignored.
pub struct Comparison<'a> {
    pub against: Against,
    pub targets: &'a Targets,
    pub kinds: &'a BTreeMap<&'static str, &'static Descriptor>,
    pub ignores: &'a [Ignore],
}

/// The drift of a scan against the restore point that it was compared with.
pub fn drift(comparison: Comparison<'_>, baseline: &Baseline, mut scanned: Scanned) -> Result<Plan, Error> {
    let mut not_read = gaps(&scanned.coverage, Side::Live);
    let known = asked_for(gaps(baseline.coverage(), Side::RestorePoint), comparison.targets);
    let places: BTreeSet<(&Scope, &str)> = scanned.coverage.iter().map(|(scope, kind, _)| (scope, kind)).collect();
    let rests = scanned.rests.as_ref();
    // Other regions, kinds and shards are nobody's question either.
    not_read.extend(known.into_iter().filter(|gap| {
        let rested = rests.and_then(|rests| rests.reads.get(&gap.scope.to_string()));
        places.contains(&(&gap.scope, gap.kind.as_str())) || rested.is_some_and(|kinds| kinds.contains_key(&gap.kind))
    }));
    // One gap an account that could not be entered, rather than one for each of its regions and kinds.
    let unentered: BTreeSet<&str> = scanned.unentered.iter().filter_map(|account| account.account.as_deref()).collect();
    not_read.retain(|gap| !unentered.contains(gap.scope.account.as_str()));
    not_read.extend(scanned.unentered.iter().filter_map(|account| {
        let id = account.account.clone()?;
        let scope = Scope { provider: "aws".to_owned(), account: id, region: "*".to_owned() };
        let cause = account.error.cause.clone();
        let status = if cause.status.is_gap() { cause.status } else { Status::Failed };
        let cause = Cause { status, ..cause };
        Some(NotRead { side: Side::Live, scope, kind: "*".to_owned(), under: Under::Kind, path: None, cause })
    }));
    let Comparison { against, targets, kinds, ignores } = comparison;
    let mut builder = Builder::new(against, not_read, ignores);
    for (address, resource) in std::mem::take(&mut scanned.differing) {
        let before = baseline.resource(&address)?;
        let kind = kinds.get(address.kind.as_str()).copied();
        // What was too old to be read when the restore point was made is not new.
        if before.is_some() || !baseline.coverage().is_beyond(&address, &resource, kind) {
            builder.compare(kind, &address, before, Some(resource));
        }
    }
    for address in scanned.vanished(baseline, targets)? {
        let before = baseline.resource(&address)?;
        builder.compare(kinds.get(address.kind.as_str()).copied(), &address, before, None);
    }
    let coverage = scanned.next_coverage(baseline, targets);
    let rests = scanned.rests.take();
    Ok(Plan { coverage: Some(coverage), rests, ..builder.finish(figures(&scanned)) })
}

/// The difference between two restore points.
pub fn between(comparison: Comparison<'_>, before: &Baseline, after: &Baseline) -> Result<Plan, Error> {
    let Comparison { against, targets, kinds, ignores } = comparison;
    let mut not_read = gaps(after.coverage(), Side::Live);
    not_read.extend(gaps(before.coverage(), Side::RestorePoint));
    let not_read = asked_for(not_read, targets);
    let mut builder = Builder::new(against, not_read, ignores);
    let mut compare = |address: Address| -> Result<(), Error> {
        if targets.matches(&address) {
            let (old, new) = (before.resource(&address)?, after.resource(&address)?);
            let kind = kinds.get(address.kind.as_str()).copied();
            let was_beyond = |new: &Resource| old.is_none() && before.coverage().is_beyond(&address, new, kind);
            if !new.as_ref().is_some_and(was_beyond) {
                builder.compare(kind, &address, old, new);
            }
        }
        Ok(())
    };
    for (scope, kind, id, blob) in before.iter() {
        if after.blob(scope, kind, id) != Some(blob) {
            compare(Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() })?;
        }
    }
    for (scope, kind, id, _) in after.iter() {
        if before.blob(scope, kind, id).is_none() {
            compare(Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() })?;
        }
    }
    Ok(builder.finish(Figures { resources: after.count(), ..Figures::default() }))
}

/// A restore point has gaps that nobody asks about who looks at a part of it. What a scan chose by itself to read again
/// narrows nothing: the rest is asked for, too.
fn asked_for(mut gaps: Vec<NotRead>, targets: &Targets) -> Vec<NotRead> {
    let targets = Targets::new(targets.patterns().to_vec());
    gaps.retain(|gap| {
        let address = |id: &String| Address { scope: gap.scope.clone(), kind: gap.kind.clone(), id: id.clone() };
        match &gap.under {
            Under::Kind => targets.may_match_kind(Some(&gap.scope), &gap.kind),
            Under::Id(id) => targets.matches(&address(id)),
            Under::Parent(id) => targets.may_match_children(&address(id)),
        }
    });
    gaps
}

fn gaps(coverage: &Coverage, side: Side) -> Vec<NotRead> {
    coverage
        .gaps()
        .map(|gap| NotRead {
            side,
            scope: gap.scope.clone(),
            kind: gap.kind.to_owned(),
            under: gap.item.map_or(Under::Kind, |item| item.under.clone()),
            path: gap.item.and_then(|item| item.path.clone()),
            cause: gap.cause.cloned().unwrap_or_else(|| Cause {
                status: gap.status,
                operation: String::new(),
                code: String::new(),
                message: String::new(),
            }),
        })
        .collect()
}

fn figures(scanned: &Scanned) -> Figures {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let scopes = scanned.accounts.iter().map(|account| account.regions.len() + 1).sum();
    let kinds: BTreeSet<&str> = scanned.coverage.iter().map(|(_, kind, _)| kind).collect();
    Figures {
        accounts: scanned.accounts.len(),
        scopes,
        kinds: kinds.len(),
        resources: scanned.count(),
        calls: count(scanned.stats.calls),
        retries: count(scanned.stats.retries),
        narrowed: scanned.is_narrowed || scanned.shard.is_some(),
    }
}
