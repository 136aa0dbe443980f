//! Making a restore point of what was scanned.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use driftline_api::{Address, Scope, Seal, Targets};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::scan::{Baseline, Scanned};
use crate::snapshot::{Coverage, Format};
use crate::store::{Committed, Update, Writer};

/// How the message of an import's commit begins.
pub(crate) const SUBJECT: &str = "import: ";
/// In its message, before each account that was entered.
pub(crate) const ACCOUNT: &str = "account ";
/// In its message, before when the accounts were read.
const READ: &str = "read since ";
/// Between that and how many calls it took.
const WITH: &str = " with ";
/// In the message of an import of some resources only, before their patterns.
pub(crate) const ONLY: &str = "\n\nonly: ";

/// A scope in which at least this many resources are known is guarded against mass removal.
const GUARDED_FROM: usize = 10;
/// The share of a scope's known resources that may vanish between two restore points.
const MAY_VANISH: f64 = 0.3;

/// What an import changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
    /// All resources in the new restore point.
    pub total: usize,
}

/// A restore point was not made.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("make a restore point: {vanished} of {known} known resources of {scope} are gone (more than 30 %)")]
    MassRemoval { scope: Scope, known: usize, vanished: usize },
    #[error("make a restore point")]
    Store(#[from] crate::store::Error),
}

/// What goes into the next restore point.
pub struct Import<'a> {
    pub baseline: &'a Baseline,
    pub scanned: &'a Scanned,
    pub targets: &'a Targets,
    /// What else kept things from being read this time, as the message says it: `--region eu-west-1`.
    pub only: &'a [String],
    pub seal: &'a Seal,
    /// When reading began, in seconds since 1970: what was changed later may be in the restore point or not.
    pub began: i64,
    /// More than 30 % of a scope may vanish.
    pub allow_mass_removal: bool,
}

impl Import<'_> {
    /// Commits. What could not be read keeps its files; nothing is committed where nothing changed.
    pub fn commit(&self, writer: Writer) -> Result<(Committed, Counts), ImportError> {
        let mut gone = self.scanned.vanished(self.baseline, self.targets)?;
        let mut coverage = self.scanned.next_coverage(self.baseline, self.targets);
        let mut update = Update::default();
        if self.allow_mass_removal {
            gone.extend(self.let_go(&mut coverage, &mut update));
        } else {
            self.guard(&gone)?;
        }
        let mut counts = Counts { removed: gone.len(), total: self.baseline.count() - gone.len(), ..Counts::default() };
        for address in &gone {
            update.remove(address);
        }
        for (scope, kind, id, blob) in self.scanned.resources.iter() {
            match self.baseline.blob(scope, kind, id) {
                Some(known) if known == blob => continue,
                Some(_) => counts.changed += 1,
                None => {
                    counts.added += 1;
                    counts.total += 1;
                }
            }
            let address = Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() };
            update.put(&address, blob);
        }
        update.set_coverage(&coverage);
        update.set_format(&Format::new(self.seal));
        let committed = writer.commit(update, &self.message(&counts, &coverage))?;
        Ok((committed, counts))
    }

    /// What is known of accounts that are there no more, as far as it was asked for; and how it was read is forgotten.
    fn let_go(&self, coverage: &mut Coverage, update: &mut Update) -> Vec<Address> {
        let left = self.scanned.unentered.iter().filter(|account| account.is_gone);
        let left: BTreeSet<&str> = left.filter_map(|account| account.account.as_deref()).collect();
        let is_left =
            |scope: &Scope, kind: &str| left.contains(scope.account.as_str()) && self.scanned.is_ours(scope, kind);
        if self.targets.is_everything() && !self.scanned.is_narrowed {
            let entries = coverage.iter().filter(|(scope, kind, _)| is_left(scope, kind));
            let entries: Vec<(Scope, String)> =
                entries.map(|(scope, kind, _)| (scope.clone(), kind.to_owned())).collect();
            for (scope, kind) in &entries {
                coverage.remove(scope, kind);
            }
            for (scope, _) in entries {
                if !coverage.iter().any(|(other, ..)| other.account == scope.account) {
                    update.remove_coverage(&scope.provider, &scope.account);
                }
            }
        }
        // What was not asked for has no coverage in this scan.
        let is_asked = |address: &Address| {
            self.targets.matches(address) && self.scanned.coverage.get(&address.scope, &address.kind).is_some()
        };
        self.baseline.addresses().filter(|it| is_left(&it.scope, &it.kind) && is_asked(it)).collect()
    }

    /// Refuses a scan in which too much of a scope vanished: rather a broken read than a broken account.
    fn guard(&self, gone: &[Address]) -> Result<(), ImportError> {
        let mut known: BTreeMap<&Scope, usize> = BTreeMap::new();
        for (scope, ..) in self.baseline.iter() {
            *known.entry(scope).or_default() += 1;
        }
        let mut vanished: BTreeMap<&Scope, usize> = BTreeMap::new();
        for address in gone {
            *vanished.entry(&address.scope).or_default() += 1;
        }
        for (scope, vanished) in vanished {
            let known = known.get(scope).copied().unwrap_or(0);
            #[expect(clippy::cast_precision_loss, reason = "counts of resources are far below 2^52")]
            let too_many = vanished as f64 > MAY_VANISH * known as f64;
            if known >= GUARDED_FROM && too_many {
                return Err(ImportError::MassRemoval { scope: scope.clone(), known, vanished });
            }
        }
        Ok(())
    }

    fn message(&self, counts: &Counts, coverage: &Coverage) -> String {
        let mut message = String::from(SUBJECT);
        let plural = if counts.total == 1 { "" } else { "s" };
        write!(message, "{} resource{plural}", counts.total).expect("writing to a String does not fail");
        let changes = [(counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed")];
        let mut told = changes.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        if let Some(first) = told.next() {
            let rest: Vec<String> = told.collect();
            let list = std::iter::once(first).chain(rest).collect::<Vec<_>>().join(", ");
            write!(message, " ({list})").expect("writing to a String does not fail");
        }
        message.push('\n');
        for account in &self.scanned.accounts {
            let name = account.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            let regions = account.regions.join(", ");
            write!(message, "\n{ACCOUNT}{}{name}: {regions}", account.id).expect("writing to a String does not fail");
        }
        if let Some(began) = rfc3339(self.began) {
            let calls = self.scanned.stats.calls;
            let plural = if calls == 1 { "" } else { "s" };
            write!(message, "\n\n{READ}{began}{WITH}{calls} call{plural}").expect("writing to a String does not fail");
        }
        let patterns = self.targets.patterns().iter().map(ToString::to_string);
        let only: Vec<String> = patterns.chain(self.only.iter().cloned()).collect();
        if !only.is_empty() {
            message.push_str(ONLY);
            message.push_str(&only.join(", "));
        }
        let gaps = coverage.gaps().count();
        if gaps > 0 {
            write!(message, "\n\nnot read: {gaps} (see coverage.json)").expect("writing to a String does not fail");
        }
        message.push('\n');
        message
    }
}

/// What the message of an import's commit says of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told<'m> {
    /// The accounts that were entered, and their regions.
    pub(crate) accounts: BTreeMap<&'m str, Vec<&'m str>>,
    /// What it was narrowed to.
    pub(crate) only: Vec<&'m str>,
    /// When reading began, in seconds since 1970. Older versions did not say.
    pub(crate) began: Option<i64>,
    pub(crate) calls: Option<u64>,
}

impl<'m> Told<'m> {
    pub(crate) fn of(message: &'m str) -> Self {
        let mut told = Self::default();
        for line in message.lines() {
            if let Some((account, regions)) = line.strip_prefix(ACCOUNT).and_then(|rest| rest.rsplit_once(": ")) {
                let account = account.split(' ').next().unwrap_or(account);
                told.accounts.insert(account, regions.split(", ").collect());
            } else if let Some((began, calls)) = line.strip_prefix(READ).and_then(|rest| rest.split_once(WITH)) {
                told.began = OffsetDateTime::parse(began, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
                told.calls = calls.split(' ').next().and_then(|calls| calls.parse().ok());
            } else if let Some(only) = line.strip_prefix(ONLY.trim_start()) {
                told.only = only.split(", ").collect();
            }
        }
        told
    }
}

fn rfc3339(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_what_was_read_and_since_when() {
        let message = "import: 9 resources (9 added)\n\naccount 1: eu-west-1, us-east-1\naccount 2 (prod: eu): eu-west-1\n\n\
            read since 2026-11-20T14:00:00Z with 482 calls\n\nonly: --region eu-west-1, --shard 1/2\n";
        let told = Told::of(message);
        let accounts = BTreeMap::from([("1", vec!["eu-west-1", "us-east-1"]), ("2", vec!["eu-west-1"])]);
        assert_eq!(
            told,
            Told {
                accounts,
                only: vec!["--region eu-west-1", "--shard 1/2"],
                began: Some(1_795_183_200),
                calls: Some(482),
            }
        );
        assert_eq!(Told::of("import: 1 resource\n\naccount 1: eu-west-1\n").began, None);
    }
}
