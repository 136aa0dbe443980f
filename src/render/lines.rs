//! The lines that tell of one drifted resource, before any colour or markup.

use serde_json::Value;

use super::escape::printable;
use super::value::{block, brief, inline};
use crate::Resource;
use crate::diff::{Action, Change, Element, HunkLine, Path, Segment, hunks, spell};
use crate::plan::{Drift, ResourceDrift};

/// Names beyond this width do not push the values of the others to the right.
const ALIGNED: usize = 32;
/// Width of a value in the list of an added or removed resource.
const BRIEF: usize = 64;
/// Width of a value where a change has only one line.
const BRIEF_LINE: usize = 120;

/// One line: what it says, and what of it is old, new, or there for orientation only.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) sign: Sign,
    pub(super) spans: Vec<(Tone, String)>,
}

/// What stands in front of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    Added,
    Removed,
    Changed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Old,
    New,
    Dim,
}

impl Line {
    fn new(sign: Sign, tone: Tone, text: impl Into<String>) -> Self {
        Self { sign, spans: vec![(tone, text.into())] }
    }

    fn indented(mut self) -> Self {
        self.spans.insert(0, (Tone::Plain, "  ".to_owned()));
        self
    }
}

/// How lines are laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) width: usize,
    /// A changed value takes two lines, the old one and the new one, as tools that colour diffs expect it.
    pub(super) two_lines: bool,
}

/// One change on one line, for lists of changes: `~ Description: "old" -> "new"`. Long values are abbreviated.
pub fn line(change: &Change) -> String {
    let side = |value: &Option<Value>| value.as_ref().map(|value| brief(value, BRIEF_LINE)).unwrap_or_default();
    let secret = |value: &Option<Value>| value.as_ref().is_some_and(|value| inline(value) == "(secret)");
    let name = printable(&spell(change_name(change, change.path.shown())));
    let told = match (&change.path.0.last(), change.before.as_ref().xor(change.after.as_ref())) {
        (Some(Segment::Element(element)), Some(value)) if says_all(element, value) => String::new(),
        _ => match change.action {
            Action::Added => format!(": {}", side(&change.after)),
            Action::Removed => format!(": {}", side(&change.before)),
            Action::Changed if secret(&change.before) && secret(&change.after) => ": (secret changed)".to_owned(),
            Action::Changed => format!(": {} -> {}", side(&change.before), side(&change.after)),
            Action::Reordered => format!(" (reordered): {} -> {}", side(&change.before), side(&change.after)),
        },
    };
    let sign = match change.action {
        Action::Added => '+',
        Action::Removed => '-',
        Action::Changed | Action::Reordered => '~',
    };
    format!("{sign} {name}{told}")
}

/// Everything there is to say below the resource's own line.
pub(super) fn lines(drift: &ResourceDrift, layout: Layout) -> Vec<Line> {
    match (drift.drift, &drift.before, &drift.after) {
        (Drift::Added, _, Some(resource)) => whole(resource, Sign::Added),
        (Drift::Removed, Some(resource), _) => whole(resource, Sign::Removed),
        _ => changes(drift, layout),
    }
}

/// The main attributes of a resource that is on one side only.
fn whole(resource: &Resource, sign: Sign) -> Vec<Line> {
    let attributes = resource.attributes.iter().map(|(name, value)| (Path::attribute(name), value.clone()));
    let tags = resource.tags.iter().map(|(name, value)| (Path::tag(name), value.as_str().into()));
    let entries = attributes.chain(tags).filter(|(_, value)| !is_empty(value)).map(|(path, value)| Entry {
        name: path.to_string(),
        sign,
        body: Body::Inline(one(sign, brief(&value, BRIEF))),
    });
    aligned(entries.collect())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// A named thing and what is said of it: on the same line, or on lines of its own below.
struct Entry {
    name: String,
    sign: Sign,
    body: Body,
}

enum Body {
    /// The name says it all.
    Nothing,
    Inline(Vec<(Tone, String)>),
    Lines(Vec<Line>),
    /// Nothing but these lines, with their own names.
    Bare(Vec<Line>),
}

fn changes(drift: &ResourceDrift, layout: Layout) -> Vec<Line> {
    let root = drift.before.as_ref().and_then(|before| serde_json::to_value(before).ok()).unwrap_or_default();
    let mut entries = Vec::new();
    let mut rest = drift.changes.as_slice();
    while let [first, ..] = rest {
        if let Some(depth) = context_depth(&root, first) {
            let same = |change: &Change| change.path.0.len() > depth && change.path.0[..depth] == first.path.0[..depth];
            let (group, tail) = rest.split_at(rest.iter().position(|change| !same(change)).unwrap_or(rest.len()));
            entries.push(in_context(&root, group, depth, layout));
            rest = tail;
        } else {
            let name = spell(change_name(first, first.path.shown()));
            entries.push(change(first, name, layout));
            rest = &rest[1..];
        }
    }
    aligned(entries)
}

/// The element that a change lies in and that must be seen as a whole to be understood: the statement of a policy, or
/// an element that has no key. As the number of segments that lead to it.
fn context_depth(root: &Value, change: &Change) -> Option<usize> {
    let segments = &change.path.0;
    (1..segments.len()).find(|depth| match &segments[..*depth] {
        [.., Segment::Element(Element::Value(value))] => value.is_object(),
        [.., Segment::Member(name), Segment::Element(_)] if name == "Statement" => {
            Path(segments[..*depth].to_vec()).find(root).is_some_and(|found| found.get("Effect").is_some())
        }
        _ => false,
    })
}

/// An element with everything it says, and in it what changed.
fn in_context(root: &Value, changed: &[Change], depth: usize, layout: Layout) -> Entry {
    let path = Path(changed[0].path.0[..depth].to_vec());
    let member = |change: &Change| match &change.path.0[depth] {
        Segment::Member(name) => name.clone(),
        Segment::Element(_) => String::new(),
    };
    let mut entries: Vec<(String, Entry)> = Vec::new();
    let known: &[(String, Value)] = match path.0.last() {
        Some(Segment::Element(Element::Key(key))) => key,
        _ => &[],
    };
    let element = match path.0.last() {
        Some(Segment::Element(Element::Value(value))) => Some(value),
        _ => path.find(root),
    };
    if let Some(members) = element.and_then(Value::as_object) {
        for (name, value) in members.iter().filter(|(name, _)| !known.iter().any(|(key, _)| key == *name)) {
            let touching: Vec<&Change> = changed.iter().filter(|change| member(change) == *name).collect();
            let removed: Vec<&Value> = touching.iter().filter_map(|change| change.before.as_ref()).collect();
            let kept = match value {
                _ if touching.is_empty() => value.clone(),
                Value::Array(elements) if touching.iter().all(|change| change.path.0.len() > depth + 1) => {
                    elements.iter().filter(|element| !removed.contains(element)).cloned().collect()
                }
                _ => continue,
            };
            if !is_empty(&kept) {
                let body = Body::Inline(vec![(Tone::Dim, brief(&kept, layout.width.saturating_sub(24)))]);
                entries.push((name.clone(), Entry { name: name.clone(), sign: Sign::None, body }));
            }
        }
    }
    let inner = Layout { width: layout.width.saturating_sub(2), ..layout };
    for one in changed {
        let name = spell(change_name(one, &one.path.0[depth..]));
        entries.push((member(one), change(one, name, inner)));
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    let body = aligned(entries.into_iter().map(|(_, entry)| entry).collect());
    let name = match path.shown() {
        [list @ .., Segment::Element(Element::Value(_))] => format!("{}[]", spell(list)),
        all => spell(all),
    };
    Entry { name, sign: Sign::Changed, body: Body::Lines(body) }
}

/// The segments that name a change. An element known by its whole value is named by its list if the value is shown.
fn change_name<'s>(change: &Change, segments: &'s [Segment]) -> &'s [Segment] {
    match segments {
        [list @ .., Segment::Element(Element::Value(value))]
            if (value.is_object() || value.is_array()) && change.action != Action::Changed =>
        {
            list
        }
        _ => segments,
    }
}

fn change(change: &Change, name: String, layout: Layout) -> Entry {
    let none = Value::Null;
    let (before, after) = (change.before.as_ref().unwrap_or(&none), change.after.as_ref().unwrap_or(&none));
    match change.action {
        Action::Added => one_sided(change, name, Sign::Added, after, layout),
        Action::Removed => one_sided(change, name, Sign::Removed, before, layout),
        Action::Changed => changed(name, before, after, layout),
        Action::Reordered => changed(format!("{name} (reordered)"), before, after, layout),
    }
}

fn one_sided(change: &Change, name: String, sign: Sign, value: &Value, layout: Layout) -> Entry {
    match change.path.0.last() {
        Some(Segment::Element(element)) if says_all(element, value) => Entry { name, sign, body: Body::Nothing },
        Some(Segment::Element(Element::Value(_))) => boxed(format!("{name}[]"), sign, value, layout),
        _ => boxed(name, sign, value, layout),
    }
}

/// Whether the element consists of nothing but what its label tells.
fn says_all(element: &Element, value: &Value) -> bool {
    match element {
        Element::Key(key) => value.as_object().is_some_and(|members| {
            members.len() == key.iter().filter(|(_, value)| !value.is_null()).count()
                && key.iter().all(|(name, value)| members.get(name).unwrap_or(&Value::Null) == value)
        }),
        Element::Value(value) => !value.is_object() && !value.is_array(),
        Element::Index(_) => false,
    }
}

/// A name and its value, on one line if it fits; else the value's brackets open behind the name, if that helps.
fn boxed(name: String, sign: Sign, value: &Value, layout: Layout) -> Entry {
    let text = inline(value);
    let width = layout.width.saturating_sub(2);
    if name.chars().count() + text.chars().count() + 2 <= layout.width {
        return Entry { name, sign, body: Body::Inline(one(sign, text)) };
    }
    let mut lines = block(value, width);
    let body = if lines.len() == 1 {
        Body::Lines(vec![Line::new(sign, tone(sign), lines.remove(0))])
    } else {
        let opening = lines.remove(0);
        let first = Line { sign, spans: vec![(Tone::Plain, format!("{}: ", printable(&name))), (tone(sign), opening)] };
        Body::Bare(
            std::iter::once(first).chain(lines.into_iter().map(|line| Line::new(sign, tone(sign), line))).collect(),
        )
    };
    Entry { name, sign, body }
}

fn changed(name: String, before: &Value, after: &Value, layout: Layout) -> Entry {
    let sign = Sign::Changed;
    let (old, new) = (inline(before), inline(after));
    if old == "(secret)" && new == old {
        return Entry { name, sign, body: Body::Inline(vec![(Tone::Plain, "(secret changed)".to_owned())]) };
    }
    if let (Value::String(before), Value::String(after)) = (before, after)
        && let Some(hunks) = hunks(before, after)
    {
        let lines = hunks.into_iter().flat_map(|hunk| {
            let header = Line::new(Sign::None, Tone::Dim, hunk.header);
            std::iter::once(header).chain(hunk.lines.into_iter().map(|line| match line {
                HunkLine::Context(line) => Line::new(Sign::None, Tone::Dim, shown(&line)),
                HunkLine::Removed(line) => Line::new(Sign::Removed, Tone::Old, shown(&line)),
                HunkLine::Added(line) => Line::new(Sign::Added, Tone::New, shown(&line)),
            }))
        });
        return Entry { name, sign, body: Body::Lines(lines.collect()) };
    }
    let fits = |text: usize| name.chars().count() + 2 + text <= layout.width;
    let (old_width, new_width) = (old.chars().count(), new.chars().count());
    let body = if layout.two_lines && fits(old_width.max(new_width)) {
        let named = |sign, tone, text| Line {
            sign,
            spans: vec![(Tone::Plain, format!("{}: ", printable(&name))), (tone, text)],
        };
        Body::Bare(vec![named(Sign::Removed, Tone::Old, old), named(Sign::Added, Tone::New, new)])
    } else if fits(old_width + 4 + new_width) {
        Body::Inline(vec![(Tone::Old, old), (Tone::Plain, " -> ".to_owned()), (Tone::New, new)])
    } else {
        let width = layout.width.saturating_sub(2);
        let old = block(before, width).into_iter().map(|line| Line::new(Sign::Removed, Tone::Old, line));
        let new = block(after, width).into_iter().map(|line| Line::new(Sign::Added, Tone::New, line));
        Body::Lines(old.chain(new).collect())
    };
    Entry { name, sign, body }
}

/// A line of a text: tabs stay readable, everything else that is not printable is spelled out.
fn shown(line: &str) -> String {
    printable(&line.replace('\t', "    "))
}

fn one(sign: Sign, text: String) -> Vec<(Tone, String)> {
    vec![(tone(sign), text)]
}

fn tone(sign: Sign) -> Tone {
    match sign {
        Sign::Added => Tone::New,
        Sign::Removed => Tone::Old,
        Sign::None | Sign::Changed => Tone::Plain,
    }
}

/// Writes entries below each other, with their values in one column.
fn aligned(entries: Vec<Entry>) -> Vec<Line> {
    let width = |entry: &Entry| printable(&entry.name).chars().count();
    let beside = entries.iter().filter(|entry| matches!(entry.body, Body::Inline(_))).map(width);
    let column = beside.filter(|width| *width <= ALIGNED).max().unwrap_or(0) + 1;
    let mut lines = Vec::new();
    for entry in entries {
        let name = printable(&entry.name);
        match entry.body {
            Body::Nothing => lines.push(Line { sign: entry.sign, spans: one(entry.sign, name) }),
            Body::Inline(spans) => {
                let mut all = vec![(Tone::Plain, format!("{:<column$} ", format!("{name}:")))];
                all.extend(spans);
                lines.push(Line { sign: entry.sign, spans: all });
            }
            Body::Lines(below) => {
                lines.push(Line::new(entry.sign, Tone::Plain, format!("{name}:")));
                lines.extend(below.into_iter().map(Line::indented));
            }
            Body::Bare(bare) => lines.extend(bare),
        }
    }
    lines
}
