//! The walk through two values side by side.

use serde_json::{Map, Value};

use super::canonical;
use super::list::{self, Matching};
use super::path::{Element, Path, Segment};
use super::policy;
use super::shape::{Form, Place, Shape};
use super::{Action, Change};
use crate::Resource;

/// All differences between two resources.
pub(super) fn resources(shape: &Shape, before: &Resource, after: &Resource) -> Vec<Change> {
    let mut walk = Walk { shape, path: Vec::new(), changes: Vec::new() };
    let attributes = |resource: &Resource| canonical::attributes(shape, &resource.attributes);
    let tags = |resource: &Resource| -> Map<String, Value> {
        resource.tags.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
    };
    walk.member("attributes", |walk| walk.objects(&Place::default(), &attributes(before), &attributes(after)));
    walk.member("tags", |walk| walk.objects(&Place::default(), &tags(before), &tags(after)));
    let arn = |resource: &Resource| resource.arn.as_deref().map(Value::from);
    walk.member("arn", |walk| walk.options(&Place::default(), arn(before).as_ref(), arn(after).as_ref()));
    walk.changes
}

struct Walk<'s> {
    shape: &'s Shape,
    path: Vec<Segment>,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn member(&mut self, name: &str, visit: impl FnOnce(&mut Self)) {
        self.at(Segment::Member(name.to_owned()), visit);
    }

    fn at(&mut self, segment: Segment, visit: impl FnOnce(&mut Self)) {
        self.path.push(segment);
        visit(self);
        self.path.pop();
    }

    fn record(&mut self, action: Action, before: Option<Value>, after: Option<Value>) {
        self.changes.push(Change { path: Path(self.path.clone()), action, before, after });
    }

    fn options(&mut self, place: &Place, before: Option<&Value>, after: Option<&Value>) {
        match (before, after) {
            (Some(before), Some(after)) => self.values(place, before, after),
            (Some(before), None) => self.record(Action::Removed, Some(before.clone()), None),
            (None, Some(after)) => self.record(Action::Added, None, Some(after.clone())),
            (None, None) => {}
        }
    }

    fn values(&mut self, place: &Place, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => return self.objects(place, before, after),
            (Value::Array(before), Value::Array(after)) => {
                let form = self.shape.form(place);
                if form != Form::PolicyValues {
                    return self.lists(place, form, before, after);
                }
            }
            _ => {}
        }
        if Shape::is_in_statement(place)
            && let (Some(old), Some(new)) = (policy::scalars(before), policy::scalars(after))
            && (old.len() > 1 || new.len() > 1)
        {
            return self.lists(place, Form::Set(&[]), &old, &new);
        }
        self.record(Action::Changed, Some(before.clone()), Some(after.clone()));
    }

    fn objects(&mut self, place: &Place, before: &Map<String, Value>, after: &Map<String, Value>) {
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let inside = self.shape.enter(place, name);
            self.member(name, |walk| walk.options(&inside, before.get(name), after.get(name)));
        }
    }

    fn lists(&mut self, place: &Place, form: Form, before: &[Value], after: &[Value]) {
        let matching = list::matching(form, before, after);
        let ordered = matches!(form, Form::Sequence(_) | Form::Statements);
        // The order of statements means nothing to IAM: it is worth a word only if nothing else explains the difference.
        let told = form != Form::Statements || matching.is_permutation(before, after);
        if ordered && told && matching.is_reordered() {
            let (old, new) = orders(&matching, after);
            self.record(Action::Reordered, Some(old), Some(new));
        }
        let inside = self.shape.enter(place, "*");
        for (before, after, element) in in_order(matching, ordered, before, after) {
            self.at(Segment::Element(element), |walk| walk.options(&inside, before, after));
        }
    }
}

type Entry<'v> = (Option<&'v Value>, Option<&'v Value>, Element);

/// Everything in a matching, in the order in which it is told: sequences by position, sets by what identifies their
/// elements.
fn in_order<'v>(matching: Matching, ordered: bool, before: &'v [Value], after: &'v [Value]) -> Vec<Entry<'v>> {
    let pairs = matching.pairs.into_iter().map(|(b, a, element)| (a, 1, Some(&before[b]), Some(&after[a]), element));
    let removed = matching.removed.into_iter().map(|(b, element)| (b, 0, Some(&before[b]), None, element));
    let added = matching.added.into_iter().map(|(a, element)| (a, 2, None, Some(&after[a]), element));
    let mut entries: Vec<_> = pairs.chain(removed).chain(added).collect();
    if ordered {
        entries.sort_by_key(|entry| (entry.0, entry.1));
    } else {
        entries
            .sort_by(|one, other| canonical::compare(&identity(&one.4), &identity(&other.4)).then(one.1.cmp(&other.1)));
    }
    entries.into_iter().map(|(_, _, before, after, element)| (before, after, element)).collect()
}

fn identity(element: &Element) -> Value {
    match element {
        Element::Key(key) => key.iter().map(|(_, value)| value.clone()).collect(),
        Element::Value(value) => value.clone(),
        Element::Index(index) => (*index).into(),
    }
}

/// What tells the elements that both lists have, in the old order and in the new one.
fn orders(matching: &Matching, after: &[Value]) -> (Value, Value) {
    let told = |element: &Element, position: usize| match element {
        Element::Key(key) => Value::Object(key.iter().cloned().collect()),
        _ => after[position].clone(),
    };
    let mut pairs: Vec<(usize, usize, Value)> =
        matching.pairs.iter().map(|(b, a, element)| (*b, *a, told(element, *a))).collect();
    let list = |pairs: &[(usize, usize, Value)]| pairs.iter().map(|pair| pair.2.clone()).collect();
    pairs.sort_by_key(|(b, ..)| *b);
    let old = list(&pairs);
    pairs.sort_by_key(|(_, a, _)| *a);
    (old, list(&pairs))
}
