//! What Terraform plans, in driftline's terms: which drift it puts back, what it does beyond that, and what stays.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Argument, is_sealed};

use super::changes::{Known, Operation, ResourceChange};
use super::covers::{arguments, covers, is_compared, paths, touched};
use super::places::{overlaps, says_nothing};
use super::work::{Item, Stays, Work};
use crate::diff::{Action, Change, Segment};
use crate::export::{Piece, Pieces};
use crate::plan::{Drift, ResourceDrift};

/// What a restore would do.
#[derive(Debug, Default, PartialEq)]
pub struct Proposal {
    /// Resources that are there and get back what they had.
    pub back: Vec<Back>,
    /// Resources that are gone.
    pub anew: Vec<Created>,
    /// Resources that came since.
    pub removed: Vec<Back>,
    /// What no drift asked for.
    pub beyond: Vec<Beyond>,
    /// Sorted.
    pub stays: Vec<Stays>,
    /// What came since, and is left alone.
    pub alone: Vec<ResourceDrift>,
    /// What is gone, and an earlier restore created anew: the state says as what.
    pub already: Vec<(Address, Known)>,
}

/// A resource, and what becomes of its drift.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// Turned around: from what is to what was.
    pub drift: ResourceDrift,
    pub steps: Vec<Step>,
}

/// A resource that is created anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// Turned around: it is added.
    pub drift: ResourceDrift,
    pub steps: Vec<Step>,
}

/// What Terraform does with one of its resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub terraform: String,
    pub operation: Operation,
}

/// Something that Terraform proposes although no drift asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// `None`: driftline wrote nothing of the kind.
    pub address: Option<Address>,
    pub step: Step,
    /// Names of Terraform's arguments.
    pub arguments: Vec<String>,
    /// Completes "…, since it …", where it is known.
    pub why: Option<&'static str>,
}

impl Proposal {
    /// Whether Terraform would do nothing at all.
    pub fn is_empty(&self) -> bool {
        self.back.is_empty() && self.anew.is_empty() && self.removed.is_empty() && self.beyond.is_empty()
    }

    /// What becomes of the drift of a part: Terraform changes what it is written in.
    fn tell_part(&mut self, item: &Item, drift: &ResourceDrift, steps: &[(&Piece, &ResourceChange)], why: &str) {
        let steps: Vec<_> = steps.iter().filter(|step| inner_arguments(item, step).next().is_some()).collect();
        let is_covered = |change: &Change| {
            steps.iter().any(|step| inner_arguments(item, step).any(|(_, paths)| overlaps(&paths, change)))
        };
        let (back, rest): (Vec<Change>, Vec<Change>) = drift.changes.iter().cloned().partition(is_covered);
        self.stays.extend(rest.iter().map(|change| Stays {
            why: format!("it {why}"),
            address: item.address.clone(),
            path: Some(change.path.to_string()),
        }));
        if !back.is_empty() {
            let drift = turned(&ResourceDrift { changes: back, ..drift.clone() });
            self.back.push(Back { drift, steps: steps.iter().map(|(_, change)| Step::of(change)).collect() });
        }
    }

    /// Whether a resource (or an attribute of it, as people read its path) was known to stay as it is.
    pub fn leaves(&self, address: &Address, path: Option<&str>) -> bool {
        self.stays.iter().any(|stays| stays.address == *address && stays.path.as_deref() == path)
    }
}

/// Makes it of what Terraform plans. `adopted` says what was taken into the state, `written` what was configured then,
/// and `before` what the state knew before.
pub fn proposal(
    work: &Work,
    adopted: &Pieces,
    written: &Pieces,
    before: &BTreeMap<String, Known>,
    changes: &[ResourceChange],
) -> Proposal {
    let mut proposal = Proposal { stays: work.stays.clone(), alone: work.alone.clone(), ..Proposal::default() };
    let of_address = |address: &Address| work.items.iter().find(|item| item.address == *address);
    let mut pieces: BTreeMap<&str, &Piece> = BTreeMap::new();
    for piece in adopted.pieces.iter().chain(&written.pieces) {
        pieces.insert(&piece.terraform, piece);
    }
    let mut steps: BTreeMap<&Address, Vec<(&Piece, &ResourceChange)>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.operation != Operation::Nothing) {
        match pieces.get(change.terraform.as_str()) {
            Some(piece) => steps.entry(&piece.address).or_default().push((piece, change)),
            None => proposal.beyond.push(Beyond {
                address: None,
                step: Step::of(change),
                arguments: change.arguments.iter().cloned().collect(),
                why: Some("stands in the folder, or in the state, and is not driftline's"),
            }),
        }
    }
    for (address, steps) in &steps {
        if let Some(item) = of_address(address) {
            let parts =
                work.items.iter().filter(|part| part.whole.as_ref().is_some_and(|(whole, _)| whole == *address));
            proposal.beyond.extend(beyond(item, &parts.collect::<Vec<_>>(), steps));
        }
    }
    for item in &work.items {
        let Some(drift) = &item.drift else { continue };
        if let Some((whole, why)) = &item.whole {
            let steps = steps.get(whole).map(Vec::as_slice).unwrap_or_default();
            proposal.tell_part(item, drift, steps, why);
            continue;
        }
        let steps = steps.get(&item.address).map(Vec::as_slice).unwrap_or_default();
        let told: Vec<Step> = steps.iter().map(|(_, change)| Step::of(change)).collect();
        match drift.drift {
            Drift::Changed => {
                let (back, rest): (Vec<Change>, Vec<Change>) =
                    drift.changes.iter().cloned().partition(|change| steps.iter().any(|step| covers(step, change)));
                let reasons = Reasons { item, adopted, written };
                proposal.stays.extend(rest.iter().filter_map(|change| reasons.of(change, back.is_empty())));
                if !back.is_empty() {
                    let drift = turned(&ResourceDrift { changes: back, ..drift.clone() });
                    proposal.back.push(Back { drift, steps: told });
                }
            }
            Drift::Removed if steps.is_empty() => match earlier(item, written, before) {
                Some(known) => proposal.already.push((item.address.clone(), known.clone())),
                None => proposal.stays.push(Reasons { item, adopted, written }.of_whole()),
            },
            Drift::Removed => proposal.anew.push(Created { drift: turned(drift), steps: told }),
            Drift::Added if steps.is_empty() => {
                proposal.stays.push(Reasons { item, adopted, written }.of_whole());
            }
            Drift::Added => proposal.removed.push(Back { drift: turned(drift), steps: told }),
        }
    }
    proposal.stays.sort();
    proposal.stays.dedup();
    proposal
}

/// What the state knew of a resource that is gone: an earlier restore created it anew.
fn earlier<'k>(item: &Item, written: &Pieces, before: &'k BTreeMap<String, Known>) -> Option<&'k Known> {
    let piece = written.pieces.iter().find(|piece| piece.address == item.address && piece.child.is_none())?;
    before.get(&piece.terraform)
}

impl Step {
    fn of(change: &ResourceChange) -> Self {
        Self { terraform: change.terraform.clone(), operation: change.operation }
    }
}

/// The arguments by which a step changes a part of a resource, and the paths in the part that they are made of.
fn inner_arguments(
    part: &Item,
    (piece, change): &(&Piece, &ResourceChange),
) -> impl Iterator<Item = (String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for argument in arguments(piece) {
        let Argument::Parts { name, part: of, arguments } = *argument else { continue };
        if of.kind != part.kind.name {
            continue;
        }
        if name.is_empty() {
            found.extend(arguments.iter().map(|inner| (inner.name().to_owned(), inner.paths(""))));
        } else {
            found.push((name.to_owned(), arguments.iter().flat_map(|inner| inner.paths("")).collect()));
        }
    }
    let touched = if is_compared(piece, change) { touched(piece, change) } else { Vec::new() };
    found.into_iter().filter(move |(name, _)| touched.contains(name))
}

/// What Terraform does with a resource and its children that neither its drift asks for nor that of what is written in it.
fn beyond(item: &Item, parts: &[&Item], steps: &[(&Piece, &ResourceChange)]) -> Vec<Beyond> {
    let mut beyond = Vec::new();
    for step @ (piece, change) in steps {
        let of_parts: BTreeSet<String> =
            parts.iter().flat_map(|part| inner_arguments(part, step)).map(|(name, _)| name).collect();
        let mut tell = |arguments: Vec<String>, why| {
            let asked = arguments.len();
            let arguments: Vec<String> = arguments.into_iter().filter(|name| !of_parts.contains(name)).collect();
            if arguments.is_empty() && asked > 0 {
                return;
            }
            let address = Some(item.address.clone());
            beyond.push(Beyond { address, step: Step::of(change), arguments, why });
        };
        let Some(drift) = &item.drift else {
            tell(touched(piece, change), Some("names what is created anew"));
            continue;
        };
        match (drift.drift, change.operation) {
            _ if drift.drift == Drift::Changed && is_compared(piece, change) => {
                let unasked = |name: &String| !drift.changes.iter().any(|it| overlaps(&paths(piece, name), it));
                let arguments: Vec<String> = touched(piece, change).into_iter().filter(unasked).collect();
                if !arguments.is_empty() {
                    tell(arguments, None);
                }
            }
            // Whole parts are asked for where anything in them drifted; the resource itself does not come and go.
            (Drift::Changed, _) => {
                let is_asked = piece.child.is_some() && drift.changes.iter().any(|it| covers(&(piece, change), it));
                if !is_asked {
                    tell(touched(piece, change), None);
                }
            }
            (Drift::Removed, Operation::Create) | (Drift::Added, Operation::Delete) => {}
            (Drift::Removed, Operation::Update) => tell(touched(piece, change), Some("was created anew before")),
            (Drift::Removed | Drift::Added, _) => tell(Vec::new(), None),
        }
    }
    beyond
}

/// Why drift stays.
struct Reasons<'r> {
    item: &'r Item,
    adopted: &'r Pieces,
    written: &'r Pieces,
}

impl Reasons<'_> {
    fn of_whole(&self) -> Stays {
        let why = self.left_out().unwrap_or_else(|| "Terraform proposes nothing for it".to_owned());
        Stays { why, address: self.item.address.clone(), path: None }
    }

    /// `None` where it says nothing of its own, and something else of the resource is put back (unless `alone`).
    fn of(&self, change: &Change, alone: bool) -> Option<Stays> {
        let stay =
            |why: String| Some(Stays { why, address: self.item.address.clone(), path: Some(change.path.to_string()) });
        if let Some(why) = self.left_out() {
            return stay(why);
        }
        let omits = self.item.kind.terraform.map_or(&[][..], |terraform| terraform.omits);
        let owned = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect::<Vec<_>>();
        // What is quiet may stand in the middle of something that is not: that is told.
        let is_quiet = says_nothing(Some(self.item.kind), change);
        let mut here = omits.iter().filter(|omit| overlaps(&owned(omit.paths), change));
        if let Some(omit) = here.find(|omit| omit.told || is_quiet) {
            return if omit.told || alone { stay(omit.why.to_owned()) } else { None };
        }
        let lost = self.adopted.lost.iter().chain(&self.written.lost);
        let mut here = lost.filter(|(address, ..)| *address == self.item.address);
        if let Some((.., why)) = here.find(|(_, path, _)| overlaps(std::slice::from_ref(path), change)) {
            return stay((*why).to_owned());
        }
        let holds_secret = |value: &Option<serde_json::Value>| value.as_ref().is_some_and(has_secret);
        if holds_secret(&change.before) || holds_secret(&change.after) {
            return stay("no snapshot holds a secret".to_owned());
        }
        if matches!(change.path.0.as_slice(), [Segment::Member(root)] if root == "arn") && !alone {
            return None;
        }
        stay("Terraform proposes nothing for it".to_owned())
    }

    fn left_out(&self) -> Option<String> {
        let mut all = self.written.left_out.iter().chain(&self.adopted.left_out);
        Some(all.find(|left| left.address == self.item.address)?.why.clone())
    }
}

fn has_secret(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => is_sealed(text),
        serde_json::Value::Array(values) => values.iter().any(has_secret),
        serde_json::Value::Object(members) => members.values().any(has_secret),
        _ => false,
    }
}

/// The same drift from the other side: from what is to what was.
pub(super) fn turned(drift: &ResourceDrift) -> ResourceDrift {
    let turn = |change: &Change| Change {
        path: change.path.clone(),
        action: match change.action {
            Action::Added => Action::Removed,
            Action::Removed => Action::Added,
            same @ (Action::Changed | Action::Reordered) => same,
        },
        before: change.after.clone(),
        after: change.before.clone(),
    };
    ResourceDrift {
        drift: match drift.drift {
            Drift::Added => Drift::Removed,
            Drift::Removed => Drift::Added,
            Drift::Changed => Drift::Changed,
        },
        before: drift.after.clone(),
        after: drift.before.clone(),
        changes: drift.changes.iter().map(turn).collect(),
        by: Vec::new(),
        ..drift.clone()
    }
}

impl Pieces {
    /// Terraform's addresses of everything that was written.
    pub fn terraform(&self) -> BTreeSet<String> {
        self.pieces.iter().map(|piece| piece.terraform.clone()).collect()
    }
}
