//! What was exported, and what was left out and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use driftline_api::Address;

use crate::store::Snapshot;

/// Where the report lies in an export.
pub(super) const FILE: &str = "README.md";

/// What an export holds.
#[derive(Debug, Default)]
pub struct Report {
    pub folders: usize,
    /// Files with resources.
    pub files: usize,
    /// Resources of the restore point that are written, on their own or in another one.
    pub resources: usize,
    /// Resources of Terraform's that these became: what a plan imports.
    pub imports: usize,
    /// How many a plan imports in the folder that has most of them.
    pub largest: usize,
    /// Secrets that whoever applies has to give; those are not among them that only a new resource needs.
    pub variables: usize,
    /// Whole resources.
    pub left_out: Vec<LeftOut>,
    /// Those that are written in another one, which they came with.
    pub elsewhere: Vec<LeftOut>,
    /// Parts of resources that are written, at these paths.
    pub lost: Vec<(Address, String, &'static str)>,
    /// Scopes and kinds of which not everything was read.
    pub unread: BTreeSet<String>,
}

/// A resource that is not written by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub address: Address,
    pub why: String,
}

impl Report {
    pub(super) fn add(&mut self, address: &Address, imports: usize, lost: Vec<(String, &'static str)>) {
        self.resources += 1;
        self.imports += imports;
        self.lost.extend(lost.into_iter().map(|(path, why)| (address.clone(), path, why)));
    }

    pub(super) fn leave_out(&mut self, address: Address, why: String) {
        self.left_out.push(LeftOut { address, why });
    }

    pub(super) fn write_elsewhere(&mut self, address: Address, why: String) {
        self.resources += 1;
        self.elsewhere.push(LeftOut { address, why });
    }

    /// The report for people, which lies in the export.
    pub(super) fn to_text(&self, snapshot: &Snapshot) -> String {
        let of = snapshot.point().map(|point| format!(" of restore point {}", point.short())).unwrap_or_default();
        let mut text = format!(
            "# Exported by driftline\n\n{} resources{of}, which are {} resources of Terraform's. Each folder with a \
             `versions.tf` is a configuration of its own: `terraform init`, then `terraform plan`, which imports and \
             changes nothing as long as the account is as it was.\n",
            self.resources, self.imports
        );
        section(&mut text, "Left out", &by_reason(&self.left_out));
        section(&mut text, "Written in another resource", &by_reason(&self.elsewhere));
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (address, path, why) in &self.lost {
            reasons.entry(why).or_default().push(format!("{address} {path}"));
        }
        section(&mut text, "Left out of what is here", &reasons);
        let unread = self.unread.iter().cloned().collect();
        let why = "could not be read completely: what is here is what was known last";
        section(&mut text, "Not read", &[(why, unread)].into_iter().filter(|_| !self.unread.is_empty()).collect());
        text
    }
}

fn by_reason(left: &[LeftOut]) -> BTreeMap<&str, Vec<String>> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for LeftOut { address, why } in left {
        reasons.entry(why).or_default().push(address.to_string());
    }
    reasons
}

fn section(text: &mut String, title: &str, reasons: &BTreeMap<&str, Vec<String>>) {
    if reasons.is_empty() {
        return;
    }
    write!(text, "\n## {title}\n").expect("writing to a String does not fail");
    for (why, things) in reasons {
        write!(text, "\n{why} ({}):\n\n", things.len()).expect("writing to a String does not fail");
        for thing in things {
            // Names are anybody's: nothing in them is Markdown.
            writeln!(text, "    {}", thing.replace(['\n', '\r'], " ")).expect("writing to a String does not fail");
        }
    }
}
