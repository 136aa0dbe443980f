//! What a scan says of the restore point that it was compared with: what is gone, and how the reads of all of it stand now.

use std::collections::BTreeSet;

use driftline_api::{Address, Scope, Status, Targets};

use super::{Baseline, Scanned};
use crate::snapshot::{Coverage, KindCoverage};
use crate::store::Error;

impl Scanned {
    /// What the restore point has, was asked for, lies within what was read, and was not there.
    pub fn vanished(&self, baseline: &Baseline, targets: &Targets) -> Result<Vec<Address>, Error> {
        let kinds = self.provider.kinds();
        let is_there = |scope: &Scope, kind: &str, id: &str| self.resources.get(scope, kind, id).is_some();
        let gone: Vec<Address> = baseline
            .iter()
            .filter(|(scope, kind, id, _)| !is_there(scope, kind, id))
            .map(|(scope, kind, id, _)| Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() })
            .filter(|address| targets.matches(address) && self.coverage.covers(address))
            .collect();
        let mut vanished = Vec::with_capacity(gone.len());
        for address in gone {
            let is_limited = |entry: &KindCoverage| entry.window().is_some();
            if self.coverage.get(&address.scope, &address.kind).is_some_and(is_limited)
                && let Some(resource) = baseline.resource(&address)?
            {
                let kind = kinds.iter().copied().find(|kind| kind.name == address.kind);
                if self.coverage.is_beyond(&address, &resource, kind) {
                    continue;
                }
            }
            vanished.push(address);
        }
        Ok(vanished)
    }

    /// How the reads of the next restore point ended: what the scan saw, on top of what was known. A region that the
    /// configuration does not name any more keeps its files, and coverage says that it was not read.
    pub(crate) fn next_coverage(&self, baseline: &Baseline, targets: &Targets) -> Coverage {
        let mut coverage = baseline.coverage().clone();
        let mut seen = self.coverage.clone();
        if self.is_narrowed || self.rests.is_some() {
            // What was not asked for this time is as it was.
            seen.forget_limits();
        }
        coverage.merge(seen, targets);
        let accounts: BTreeSet<&str> = self.accounts.iter().map(|account| account.id.as_str()).collect();
        let entered = |scope: &Scope| accounts.contains(scope.account.as_str());
        let left_out: Vec<(Scope, String)> = coverage
            .iter()
            .filter(|(scope, kind, _)| entered(scope) && self.coverage.get(scope, kind).is_none())
            .filter(|(scope, kind, _)| self.is_ours(scope, kind))
            .map(|(scope, kind, _)| (scope.clone(), kind.to_owned()))
            .collect();
        for (scope, kind) in left_out.iter().filter(|_| targets.is_everything() && !self.is_narrowed) {
            coverage.set(scope, kind, KindCoverage::new(Status::Excluded));
        }
        coverage.without_messages()
    }
}
