//! What a plan could not read, grouped by cause.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Status, Under};

use super::escape::printable;
use super::value::count;
use crate::plan::{NotRead, Side};
use crate::snapshot::ItemGap;

/// At most this many places are listed for one cause.
const MOST_PLACES: usize = 20;

/// Gaps with the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) status: Status,
    /// `rds:DescribeDBInstances (AccessDenied)`.
    pub(super) cause: String,
    /// What the provider said, for causes that do not speak for themselves.
    pub(super) message: Option<String>,
    pub(super) places: Vec<String>,
    /// How many there are: several may be in one place, such as a kind's in some regions.
    pub(super) gaps: usize,
    pub(super) hint: Option<String>,
}

/// What a gap covers of its kind, to stand behind the kind's name: `/vault (/Policy)`, `/Z9/*`.
pub fn gap_item(gap: &ItemGap) -> String {
    let under = match &gap.under {
        Under::Kind => String::new(),
        Under::Id(id) => format!("/{id}"),
        Under::Parent(id) => format!("/{id}/*"),
    };
    let path = gap.path.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
    printable(&format!("{under}{path}"))
}

/// The gaps of a plan by cause. A gap that both sides share is told once.
pub(super) fn groups(gaps: &[NotRead]) -> Vec<Group> {
    let place = |gap: &NotRead| (gap.scope.clone(), gap.kind.clone(), rank(&gap.under), gap.path.clone());
    let live: BTreeSet<_> = gaps.iter().filter(|gap| gap.side == Side::Live).map(place).collect();
    let mut found: BTreeMap<(Side, Status, String, String), Vec<&NotRead>> = BTreeMap::new();
    for gap in gaps {
        if gap.side == Side::Live || !live.contains(&place(gap)) {
            let key = (gap.side, gap.cause.status, gap.cause.operation.clone(), gap.cause.code.clone());
            found.entry(key).or_default().push(gap);
        }
    }
    let mut groups: Vec<(Side, Group)> = found
        .into_iter()
        .map(|((side, status, operation, code), gaps)| {
            let group = Group {
                status,
                cause: cause(side, &operation, &code),
                message: message(status, &gaps),
                places: places(&gaps),
                gaps: gaps.len(),
                hint: hint(side, status, &operation),
            };
            (side, group)
        })
        .collect();
    groups.sort_by_key(|(side, _)| *side == Side::RestorePoint);
    groups.into_iter().map(|(_, group)| group).collect()
}

fn rank(under: &Under) -> (u8, String) {
    match under {
        Under::Kind => (0, String::new()),
        Under::Id(id) => (1, id.clone()),
        Under::Parent(id) => (2, id.clone()),
    }
}

/// How many gaps are told.
pub(super) fn number(groups: &[Group]) -> String {
    count(groups.iter().map(|group| group.gaps).sum(), "gap")
}

fn cause(side: Side, operation: &str, code: &str) -> String {
    let mut cause = operation.to_owned();
    if !code.is_empty() {
        cause.extend([" (", code, ")"]);
    }
    if side == Side::RestorePoint {
        cause.push_str(" when the restore point was made");
    }
    cause.trim().to_owned()
}

fn message(status: Status, gaps: &[&NotRead]) -> Option<String> {
    let worth = !matches!(status, Status::Denied | Status::Throttled);
    gaps.iter().map(|gap| gap.cause.message.as_str()).find(|message| worth && !message.is_empty()).map(str::to_owned)
}

fn hint(side: Side, status: Status, operation: &str) -> Option<String> {
    match (side, status) {
        (Side::RestorePoint, _) => {
            Some("what is only live there may not be new: import once it can be read".to_owned())
        }
        (Side::Live, Status::Denied) if operation == "sts:AssumeRole" => Some(
            "let the role there trust whoever assumes it (`driftline iam-policy --format cloudformation` makes it)"
                .to_owned(),
        ),
        (Side::Live, Status::Denied) if operation.starts_with("organizations:") => {
            Some(format!("allow {operation} (`driftline iam-policy --organization` prints all that it takes)"))
        }
        (Side::Live, Status::Denied) if !operation.is_empty() => {
            Some(format!("allow {operation} (`driftline iam-policy` prints all that it takes)"))
        }
        (Side::Live, Status::Denied) => Some("`driftline iam-policy` prints the permissions that it takes".to_owned()),
        (Side::Live, Status::Throttled) => Some("plan again later, or with a lower --max-rps".to_owned()),
        _ => None,
    }
}

/// Where: kinds with the regions they could not be read in, resources, attributes of resources.
fn places(gaps: &[&NotRead]) -> Vec<String> {
    let mut regions: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    for gap in gaps {
        let kind = format!("{}/{}", gap.scope, gap.kind);
        let place = match &gap.under {
            Under::Kind if gap.path.is_none() => {
                let account = format!("{}/{}", gap.scope.provider, gap.scope.account);
                let kind = if gap.kind == "*" { "every kind".to_owned() } else { gap.kind.clone() };
                regions.entry((account, kind)).or_default().insert(&gap.scope.region);
                continue;
            }
            Under::Kind => kind,
            Under::Id(id) => format!("{kind}/{id}"),
            Under::Parent(id) => format!("{kind}/{id}/*"),
        };
        others.insert(gap.path.as_ref().map_or(place.clone(), |path| format!("{path} of {place}")));
    }
    let mut places: Vec<String> = regions
        .into_iter()
        .map(|((account, kind), regions)| {
            let regions: Vec<&str> =
                regions.into_iter().map(|region| if region == "*" { "every region" } else { region }).collect();
            format!("{kind} in {account}: {}", regions.join(", "))
        })
        .collect();
    places.extend(others);
    places
}

/// The places of a group that are shown, and how many are not.
pub(super) fn shown(group: &Group) -> (&[String], usize) {
    let shown = group.places.len().min(MOST_PLACES);
    (&group.places[..shown], group.places.len() - shown)
}
