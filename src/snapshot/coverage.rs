//! How the reads of a scan ended, and `snapshots/aws/<account>/coverage.json`, which keeps that with the resources.
//!
//! The file says it per region and kind, shortly where all is well:
//!
//! ```json
//! {
//!   "eu-west-1": {
//!     "ec2/vpc": "read",
//!     "s3/bucket": {
//!       "status": "read",
//!       "gaps": [
//!         { "id": "logs", "path": "/Policy", "status": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied" }
//!       ]
//!     },
//!     "rds/db_snapshot": { "status": "limited", "newest": 100, "since": "2026-09-01T03:00:12.345Z", "beyond": 2240 }
//!   }
//! }
//! ```
//! Of `rds/db_snapshot` the configuration wants the newest only: nothing that was made before `since` was read.
//!
//! Messages and request ids are never written: the file changes only when what can be read changes.

mod window;

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Cause, Scope, Status, Targets, Under, Window};
use serde::{Deserialize, Serialize};

use super::path;

/// For each scope and kind, how its read ended. What has no entry was not read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage(BTreeMap<Scope, BTreeMap<String, KindCoverage>>);

/// How the read of one kind in one scope ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCoverage {
    pub status: Status,
    /// Why, if the status is not `read`.
    pub cause: Option<Cause>,
    /// Single resources, or parts of them, that were not read although the kind was. Sorted, each once.
    gaps: Vec<ItemGap>,
    /// What was read, where the configuration wants the newest only: then the status is `limited`.
    window: Option<Window>,
}

/// Resources, or one attribute of one, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemGap {
    pub under: Under,
    /// JSON pointer of the attribute that is missing; `None`: whole resources are.
    pub path: Option<String>,
    pub cause: Cause,
}

/// One thing that should have been read and was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverageGap<'c> {
    pub scope: &'c Scope,
    pub kind: &'c str,
    /// `None`: all of the kind in the scope.
    pub item: Option<&'c ItemGap>,
    pub status: Status,
    pub cause: Option<&'c Cause>,
}

/// A coverage file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("it is not a coverage file: {0}")]
pub struct CoverageError(#[from] serde_json::Error);

impl KindCoverage {
    pub fn read() -> Self {
        Self::new(Status::Read)
    }

    /// For a status that needs no cause: `read`, `unsupported`, `excluded`, `limited`.
    pub fn new(status: Status) -> Self {
        Self { status, cause: None, gaps: Vec::new(), window: None }
    }

    /// The whole kind is a gap.
    pub fn unread(cause: Cause) -> Self {
        Self { status: cause.status, cause: Some(cause), gaps: Vec::new(), window: None }
    }

    /// Notes a gap. One [`Under::Kind`] without a path makes the whole kind a gap.
    pub fn add(&mut self, gap: ItemGap) {
        if gap.under == Under::Kind && gap.path.is_none() {
            self.status = gap.cause.status;
            self.cause = Some(gap.cause);
            self.window = None;
            return;
        }
        // Where a part cannot be read for two reasons, the order of arrival must not choose which one is told.
        let at = self.gaps.partition_point(|known| known.key() < gap.key());
        if at > 0 && self.gaps[at - 1].place() == gap.place() {
            return;
        }
        if self.gaps.get(at).is_some_and(|known| known.place() == gap.place()) {
            self.gaps[at] = gap;
        } else {
            self.gaps.insert(at, gap);
        }
    }

    pub fn gaps(&self) -> &[ItemGap] {
        &self.gaps
    }
}

impl std::fmt::Display for ItemGap {
    /// Which resources, or which attribute of which: `logs/Policy`, `Z1/*`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.under {
            Under::Kind => f.write_str("*")?,
            Under::Id(id) => f.write_str(id)?,
            Under::Parent(id) => write!(f, "{id}/*")?,
        }
        match &self.path {
            Some(path) => write!(f, "#{path}"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for CoverageGap<'_> {
    /// Where, and why: `aws/1/eu-west-1/s3/bucket/logs#/Policy: s3:GetBucketPolicy denied (AccessDenied)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.scope, self.kind)?;
        if let Some(item) = self.item {
            write!(f, "/{item}")?;
        }
        match self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => write!(f, ": {}", self.status),
        }
    }
}

impl ItemGap {
    /// Where it is: what kind of gap, whose, which attribute.
    fn place(&self) -> (u8, &str, Option<&str>) {
        let (rank, id) = match &self.under {
            Under::Kind => (0, ""),
            Under::Id(id) => (1, id.as_str()),
            Under::Parent(id) => (2, id.as_str()),
        };
        (rank, id, self.path.as_deref())
    }

    fn key(&self) -> ((u8, &str, Option<&str>), Status, &str, &str) {
        (self.place(), self.cause.status, &self.cause.operation, &self.cause.code)
    }

    fn is_about(&self, id: &str) -> bool {
        match &self.under {
            Under::Kind => true,
            Under::Id(own) => own == id,
            Under::Parent(parent) => id.strip_prefix(parent.as_str()).is_some_and(|rest| rest.starts_with('/')),
        }
    }
}

impl Coverage {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, scope: &Scope, kind: &str) -> Option<&KindCoverage> {
        self.0.get(scope)?.get(kind)
    }

    pub fn set(&mut self, scope: &Scope, kind: &str, coverage: KindCoverage) {
        self.0.entry(scope.clone()).or_default().insert(kind.to_owned(), coverage);
    }

    /// The entry of a kind in a scope, `read` if there is none yet.
    pub fn entry(&mut self, scope: &Scope, kind: &str) -> &mut KindCoverage {
        let kinds = self.0.entry(scope.clone()).or_default();
        kinds.entry(kind.to_owned()).or_insert_with(KindCoverage::read)
    }

    pub fn remove(&mut self, scope: &Scope, kind: &str) {
        if let Some(kinds) = self.0.get_mut(scope) {
            kinds.remove(kind);
            if kinds.is_empty() {
                self.0.remove(scope);
            }
        }
    }

    /// Every entry, sorted by scope and kind.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &str, &KindCoverage)> {
        self.0.iter().flat_map(|(scope, kinds)| kinds.iter().map(move |(kind, entry)| (scope, kind.as_str(), entry)))
    }

    /// Whether the address lies within what was read, so that its absence means that it does not exist. Of a kind of which
    /// the newest were read this holds for what is not older ([`Coverage::is_beyond`]).
    pub fn covers(&self, address: &Address) -> bool {
        self.get(&address.scope, &address.kind).is_some_and(|entry| {
            (entry.status == Status::Read || entry.window.is_some())
                && !entry.gaps.iter().any(|gap| gap.path.is_none() && gap.is_about(&address.id))
        })
    }

    /// Why the address is not covered, where a reason is known.
    pub fn cause(&self, address: &Address) -> Option<&Cause> {
        let entry = self.get(&address.scope, &address.kind)?;
        let item = entry.gaps.iter().find(|gap| gap.path.is_none() && gap.is_about(&address.id));
        entry.cause.as_ref().or(item.map(|gap| &gap.cause))
    }

    /// The attributes of a resource that could not be read, as JSON pointers (`/tags` means its tags).
    pub fn unread_paths<'c>(&'c self, address: &'c Address) -> impl Iterator<Item = &'c str> {
        let gaps = self.get(&address.scope, &address.kind).map_or(&[][..], |entry| &entry.gaps);
        gaps.iter().filter(|gap| gap.is_about(&address.id)).filter_map(|gap| gap.path.as_deref())
    }

    /// Everything that should have been read and was not, sorted by scope and kind.
    pub fn gaps(&self) -> impl Iterator<Item = CoverageGap<'_>> {
        self.iter().flat_map(|(scope, kind, entry)| {
            let whole = entry.is_gap().then_some(CoverageGap {
                scope,
                kind,
                item: None,
                status: entry.status,
                cause: entry.cause.as_ref(),
            });
            let items = entry.gaps.iter().map(move |gap| CoverageGap {
                scope,
                kind,
                item: Some(gap),
                status: gap.cause.status,
                cause: Some(&gap.cause),
            });
            whole.into_iter().chain(items)
        })
    }

    /// Whether everything that should have been read was.
    pub fn is_complete(&self) -> bool {
        self.gaps().next().is_none()
    }

    /// Brings in what a later scan of `targets` saw. Kinds it did not look at keep their entries; of a kind that it
    /// looked at in part, so do the gaps outside that part.
    pub fn merge(&mut self, newer: Self, targets: &Targets) {
        for (scope, kinds) in newer.0 {
            for (kind, mut entry) in kinds {
                if !targets.includes_kind(&scope, &kind) {
                    entry = self.merge_part(&scope, &kind, entry, targets);
                }
                self.set(&scope, &kind, entry);
            }
        }
    }

    fn merge_part(&self, scope: &Scope, kind: &str, mut newer: KindCoverage, targets: &Targets) -> KindCoverage {
        let Some(known) = self.get(scope, kind) else {
            if newer.status == Status::Read {
                newer.status = Status::Limited;
            }
            return newer;
        };
        // The rest of the kind is as unread as it was before.
        if newer.status == Status::Read && known.status != Status::Read {
            newer.status = Status::Limited;
            newer.window.clone_from(&known.window);
        }
        for gap in &known.gaps {
            let address = |id: &str| Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() };
            let read_again = match &gap.under {
                Under::Kind => false,
                Under::Id(id) => targets.matches(&address(id)),
                Under::Parent(parent) => targets.matches(&address(&format!("{parent}/"))),
            };
            if !read_again {
                newer.add(gap.clone());
            }
        }
        newer
    }

    /// Drops what was left unread of single resources only because not everything was asked for.
    pub(crate) fn forget_limits(&mut self) {
        for entry in self.0.values_mut().flat_map(BTreeMap::values_mut) {
            entry.gaps.retain(|gap| gap.cause.status != Status::Limited);
        }
    }

    /// An account's file after two changes of it that were made at once; `None` where both changed the same entry, or a
    /// file is none.
    pub(crate) fn merged_files(base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
        let read = |bytes: Option<&[u8]>| {
            let mut coverage = Self::default();
            bytes.map_or(Ok(()), |bytes| coverage.add_file("", "", bytes)).ok()?;
            Some(coverage)
        };
        let (base, ours, mut merged) = (read(base)?, read(Some(ours))?, read(Some(theirs))?);
        let entries: BTreeSet<(&Scope, &str)> =
            base.iter().chain(ours.iter()).map(|(scope, kind, _)| (scope, kind)).collect();
        for (scope, kind) in entries {
            let (old, new) = (base.get(scope, kind), ours.get(scope, kind));
            let there = merged.get(scope, kind);
            if new == old || new == there {
                continue;
            }
            if there != old {
                return None;
            }
            match new {
                Some(new) => merged.set(scope, kind, new.clone()),
                None => merged.remove(scope, kind),
            }
        }
        Some(merged.to_bytes("", ""))
    }

    /// Whether a file of a repository is an account's coverage.
    pub(crate) fn is_file(path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        matches!(parts[..], [root, _, _, "coverage.json"] if root == super::ROOT)
    }

    /// What the files keep of it.
    #[must_use]
    pub fn without_messages(mut self) -> Self {
        for entry in self.0.values_mut().flat_map(BTreeMap::values_mut) {
            *entry = KindFile::from(&*entry).into();
        }
        self
    }

    /// The coverage files of all accounts, by path.
    pub fn to_files(&self) -> BTreeMap<String, Vec<u8>> {
        let accounts: BTreeSet<(&str, &str)> =
            self.0.keys().map(|scope| (scope.provider.as_str(), scope.account.as_str())).collect();
        let file = |(provider, account)| (Self::path(provider, account), self.to_bytes(provider, account));
        accounts.into_iter().map(file).collect()
    }

    /// The path of an account's coverage file.
    pub fn path(provider: &str, account: &str) -> String {
        format!("{}/coverage.json", path::of_account(provider, account))
    }

    fn to_bytes(&self, provider: &str, account: &str) -> Vec<u8> {
        let file: BTreeMap<&str, BTreeMap<&str, KindFile>> = self
            .0
            .iter()
            .filter(|(scope, _)| scope.provider == provider && scope.account == account)
            .map(|(scope, kinds)| {
                (scope.region.as_str(), kinds.iter().map(|(kind, entry)| (kind.as_str(), entry.into())).collect())
            })
            .collect();
        let mut bytes = serde_json::to_vec_pretty(&file).expect("strings and maps always serialize");
        bytes.push(b'\n');
        bytes
    }

    /// Adds what an account's coverage file says.
    pub fn add_file(&mut self, provider: &str, account: &str, bytes: &[u8]) -> Result<(), CoverageError> {
        let file: BTreeMap<String, BTreeMap<String, KindFile>> = serde_json::from_slice(bytes)?;
        for (region, kinds) in file {
            let scope = Scope { provider: provider.to_owned(), account: account.to_owned(), region };
            for (kind, entry) in kinds {
                self.set(&scope, &kind, entry.into());
            }
        }
        Ok(())
    }
}

/// An entry as the file spells it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum KindFile {
    Short(Status),
    Full {
        status: Status,
        #[serde(flatten)]
        window: Option<Window>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        operation: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        code: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gaps: Vec<GapFile>,
    },
}

#[derive(Serialize, Deserialize)]
struct GapFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    status: Status,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    operation: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    code: String,
}

impl From<&KindCoverage> for KindFile {
    fn from(entry: &KindCoverage) -> Self {
        if entry.cause.is_none() && entry.gaps.is_empty() && entry.window.is_none() {
            return Self::Short(entry.status);
        }
        let cause = entry.cause.as_ref();
        Self::Full {
            status: entry.status,
            window: entry.window.clone(),
            operation: cause.map(|cause| cause.operation.clone()).unwrap_or_default(),
            code: cause.map(|cause| cause.code.clone()).unwrap_or_default(),
            gaps: entry.gaps.iter().map(GapFile::from).collect(),
        }
    }
}

impl From<KindFile> for KindCoverage {
    fn from(file: KindFile) -> Self {
        match file {
            KindFile::Short(status) => Self::new(status),
            KindFile::Full { status, window, operation, code, gaps } => {
                let mut entry = Self { window: window.filter(|_| status == Status::Limited), ..Self::new(status) };
                if !operation.is_empty() || !code.is_empty() {
                    entry.cause = Some(Cause { status, operation, code, message: String::new() });
                }
                for gap in gaps {
                    entry.add(gap.into());
                }
                // What says nothing is not written, either.
                entry.cause = entry.cause.filter(|cause| !cause.operation.is_empty() || !cause.code.is_empty());
                entry
            }
        }
    }
}

impl From<&ItemGap> for GapFile {
    fn from(gap: &ItemGap) -> Self {
        let (id, parent) = match &gap.under {
            Under::Kind => (None, None),
            Under::Id(id) => (Some(id.clone()), None),
            Under::Parent(parent) => (None, Some(parent.clone())),
        };
        Self {
            id,
            parent,
            path: gap.path.clone(),
            status: gap.cause.status,
            operation: gap.cause.operation.clone(),
            code: gap.cause.code.clone(),
        }
    }
}

impl From<GapFile> for ItemGap {
    fn from(file: GapFile) -> Self {
        let under = match (file.id, file.parent) {
            (Some(id), _) => Under::Id(id),
            (None, Some(parent)) => Under::Parent(parent),
            (None, None) => Under::Kind,
        };
        let cause = Cause { status: file.status, operation: file.operation, code: file.code, message: String::new() };
        Self { under, path: file.path, cause }
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
