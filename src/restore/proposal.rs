//! What Terraform plans, in driftline's terms: which drift it puts back, what it does beyond that, and what stays.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Argument, Child, Descriptor, is_sealed};

use super::changes::{Known, Operation, ResourceChange};
use super::work::{Item, Stays, Work};
use crate::diff::{Action, Change, Element, Path, Segment};
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

/// The arguments of a piece by which Terraform tells changes: those that stand in no block.
fn arguments(piece: &Piece) -> Vec<&'static Argument> {
    fn within(arguments: &'static [Argument]) -> Vec<&'static Argument> {
        let each = |argument: &'static Argument| match *argument {
            Argument::Initial { arguments } | Argument::Where { arguments, .. } => within(arguments),
            _ => vec![argument],
        };
        arguments.iter().flat_map(each).collect()
    }
    within(piece.arguments)
}

/// Whether single arguments say what is done: the resource itself is replaced where one of them cannot be changed.
fn is_compared(piece: &Piece, change: &ResourceChange) -> bool {
    change.operation == Operation::Update || (change.operation == Operation::Replace && piece.child.is_none())
}

/// The arguments that would differ. What is not known yet counts only if driftline wrote it.
fn touched(piece: &Piece, change: &ResourceChange) -> Vec<String> {
    let is_written = |name: &&String| arguments(piece).iter().any(|argument| argument.name() == name.as_str());
    change.arguments.iter().chain(change.open.iter().filter(is_written)).cloned().collect()
}

/// Whether a step puts a change back.
fn covers((piece, change): &(&Piece, &ResourceChange), drifted: &Change) -> bool {
    if is_compared(piece, change) {
        return touched(piece, change).iter().any(|name| overlaps(&paths(piece, name), drifted));
    }
    match piece.child {
        Some(child) if !child.each.is_empty() => overlaps(&[child.each.to_owned()], drifted),
        child => {
            let of_arguments = arguments(piece).into_iter().flat_map(|argument| argument.paths(""));
            let all: Vec<String> = of_arguments.chain(child.iter().flat_map(|child| identity(child))).collect();
            overlaps(&all, drifted)
        }
    }
}

/// The paths by which a part is told.
fn identity(child: &Child) -> Vec<String> {
    let in_pattern = child.import.split('{').skip(1).filter_map(|part| part.split('}').next());
    in_pattern.filter(|path| path.starts_with('/')).map(str::to_owned).collect()
}

/// What an argument is made of.
fn paths(piece: &Piece, name: &str) -> Vec<String> {
    let base = piece.child.map_or("", |child| child.each);
    let named = arguments(piece).into_iter().filter(|argument| argument.name() == name);
    let own = named.flat_map(|argument| argument.paths(base));
    own.chain(piece.child.filter(|_| is_parent(piece, name)).map(|child| child.each.to_owned())).collect()
}

/// Whether an argument names the resource that a part belongs to: then the part as a whole is meant.
fn is_parent(piece: &Piece, name: &str) -> bool {
    arguments(piece).iter().any(|it| it.name() == name && matches!(it, Argument::Parent { .. }))
}

/// Whether one of the rule-style paths leads to a change, or into it.
fn overlaps(paths: &[String], change: &Change) -> bool {
    let segments = segments(&change.path);
    paths.iter().any(|path| {
        let tokens = path.split('/').skip(1);
        !path.is_empty() && segments.iter().zip(tokens).all(|(segment, token)| is_meant(token, segment))
    })
}

/// The segments of a path from where rules begin: the attributes' root (tags: with `tags` in front).
fn segments(path: &Path) -> &[Segment] {
    match path.0.as_slice() {
        [Segment::Member(root), rest @ ..] if root == "attributes" => rest,
        all => all,
    }
}

/// Whether a part of a rule-style path means that member, or that element of a list: `*` means all of them, and
/// `Key=idle_timeout` the one in which that is so.
fn is_meant(token: &str, segment: &Segment) -> bool {
    let element = match segment {
        Segment::Member(name) => return token == "*" || token == name,
        Segment::Element(element) => element,
    };
    let Some((member, wanted)) = token.split_once('=') else { return true };
    let is_wanted = |value: &serde_json::Value| value.as_str() == Some(wanted);
    match element {
        Element::Key(members) => members.iter().find(|(name, _)| name == member).is_none_or(|(_, it)| is_wanted(it)),
        Element::Value(value) => value.get(member).is_none_or(is_wanted),
        Element::Index(_) => true,
    }
}

/// Whether a change says nothing that a user could set: AWS gives it anew, or it follows from something else.
pub(super) fn says_nothing(kind: Option<&'static Descriptor>, change: &Change) -> bool {
    let omits = kind.and_then(|kind| kind.terraform).map_or(&[][..], |terraform| terraform.omits);
    let quiet: Vec<&str> = omits.iter().filter(|omit| !omit.told).flat_map(|omit| omit.paths).copied().collect();
    let mut path = segments(&change.path).to_vec();
    let sides = [&change.before, &change.after].into_iter().flatten();
    matches!(change.path.0.as_slice(), [Segment::Member(root)] if root == "arn")
        || sides.fold(true, |is_quiet, side| is_quiet && is_quiet_throughout(&quiet, &mut path, side))
}

/// Whether everything in a value stands at or below one of the paths.
fn is_quiet_throughout(quiet: &[&str], path: &mut Vec<Segment>, value: &serde_json::Value) -> bool {
    let is_above = |quiet: &&str| {
        let tokens: Vec<&str> = quiet.split('/').skip(1).collect();
        tokens.len() <= path.len() && tokens.iter().zip(path.iter()).all(|(token, segment)| is_meant(token, segment))
    };
    if quiet.iter().any(is_above) {
        return true;
    }
    let inner: Vec<(Segment, &serde_json::Value)> = match value {
        serde_json::Value::Object(members) => {
            members.iter().map(|(name, value)| (Segment::Member(name.clone()), value)).collect()
        }
        serde_json::Value::Array(elements) => {
            elements.iter().map(|value| (Segment::Element(Element::Value(value.clone())), value)).collect()
        }
        _ => return false,
    };
    !inner.is_empty()
        && inner.into_iter().all(|(segment, value)| {
            path.push(segment);
            let is_quiet = is_quiet_throughout(quiet, path, value);
            path.pop();
            is_quiet
        })
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
        if let Some(omit) = omits.iter().find(|omit| overlaps(&owned(omit.paths), change)) {
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
