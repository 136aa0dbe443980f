//! Which element of one list is which element of the other.

use std::collections::BTreeMap;

use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::path::{Element, key_member};
use super::shape::Form;
use super::similarity::similarity;

/// Elements of unkeyed sets are one and the same if at least this much of them is equal.
const ALIKE_IN_SET: f64 = 0.5;
/// In a sequence the position speaks for them, too.
const ALIKE_IN_SEQUENCE: f64 = 0.25;
/// Beyond this many comparisons elements are told apart by equality alone.
const MOST_COMPARISONS: usize = 10_000;

/// The elements of two lists, told apart. Positions count in the lists that were given.
#[derive(Debug, Default)]
pub(super) struct Matching {
    pub(super) pairs: Vec<(usize, usize, Element)>,
    pub(super) removed: Vec<(usize, Element)>,
    pub(super) added: Vec<(usize, Element)>,
}

impl Matching {
    /// Whether the pairs stand in another order in the second list.
    pub(super) fn is_reordered(&self) -> bool {
        let mut pairs: Vec<(usize, usize)> = self.pairs.iter().map(|(before, after, _)| (*before, *after)).collect();
        pairs.sort_unstable();
        !pairs.is_sorted_by_key(|(_, after)| *after)
    }

    /// Whether the lists hold equal elements.
    pub(super) fn is_permutation(&self, before: &[Value], after: &[Value]) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.pairs.iter().all(|(b, a, _)| before[*b] == after[*a])
    }
}

/// Two lists, as the kind's rules say.
pub(super) fn matching(form: Form, before: &[Value], after: &[Value]) -> Matching {
    match form {
        Form::Set(key) => match_set(key, before, after),
        Form::PolicyValues => match_set(&[], before, after),
        Form::Sequence(key) => match_sequence(key, before, after),
        Form::Statements => match_statements(before, after),
    }
}

/// Two sets: by key, what remains (no key, or one that occurs twice) by equality, then by similarity.
fn match_set(key: &[&str], before: &[Value], after: &[Value]) -> Matching {
    let (mut matching, rest_before, rest_after) = match_keys(key, before, after);
    let (equal, rest_before, rest_after) = match_equal(before, after, rest_before, rest_after);
    for (b, a) in equal {
        matching.pairs.push((b, a, Element::Value(before[b].clone())));
    }
    // A path must lead to one element: only a value that occurs once can be what changed.
    let once = |b: &usize| before.iter().filter(|value| **value == before[*b]).count() == 1;
    let alike = |b: usize, a: usize| {
        let objects = before[b].is_object() && after[a].is_object();
        if objects && once(&b) { similarity(&before[b], &after[a]) } else { 0.0 }
    };
    let (pairs, rest_before, rest_after) = match_alike(rest_before, rest_after, ALIKE_IN_SET, alike);
    for (b, a) in pairs {
        matching.pairs.push((b, a, Element::Value(before[b].clone())));
    }
    matching.removed.extend(rest_before.into_iter().map(|b| (b, Element::Value(before[b].clone()))));
    matching.added.extend(rest_after.into_iter().map(|a| (a, Element::Value(after[a].clone()))));
    matching
}

/// Two sequences: by key, what remains by the longest common subsequence, by equality for what moved, and within a
/// gap between two common elements by similarity.
fn match_sequence(key: &[&str], before: &[Value], after: &[Value]) -> Matching {
    let (mut matching, rest_before, rest_after) = match_keys(key, before, after);
    let ids = intern(before, after);
    let old: Vec<usize> = rest_before.iter().map(|b| ids.0[*b]).collect();
    let new: Vec<usize> = rest_after.iter().map(|a| ids.1[*a]).collect();
    let mut gaps: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (old, new) = (&rest_before[op.old_range()], &rest_after[op.new_range()]);
        if let DiffOp::Equal { .. } = op {
            pairs.extend(old.iter().copied().zip(new.iter().copied()));
        } else {
            gaps.push((old.to_vec(), new.to_vec()));
        }
    }
    let left = gaps.iter().flat_map(|gap| gap.0.iter().copied()).collect();
    let right = gaps.iter().flat_map(|gap| gap.1.iter().copied()).collect();
    let (moved, left, right) = match_equal(before, after, left, right);
    pairs.extend(moved);
    for (old, new) in gaps {
        let old: Vec<usize> = old.into_iter().filter(|b| left.contains(b)).collect();
        let new: Vec<usize> = new.into_iter().filter(|a| right.contains(a)).collect();
        let (alike, old, new) = align(old, new, |b, a| similarity(&before[b], &after[a]));
        pairs.extend(alike);
        matching.removed.extend(old.into_iter().map(|b| (b, Element::Index(b))));
        matching.added.extend(new.into_iter().map(|a| (a, Element::Index(a))));
    }
    matching.pairs.extend(pairs.into_iter().map(|(b, a)| (b, a, Element::Index(b))));
    matching
}

/// The statements of two policies: by `Sid`, then by equality, then by similarity, wherever they stand.
fn match_statements(before: &[Value], after: &[Value]) -> Matching {
    let (mut matching, mut rest_before, mut rest_after) = match_keys(&["Sid"], before, after);
    // A statement whose Sid changed is the same statement if it says much the same.
    let renamed = |b: usize, a: usize| similarity(&before[b], &after[a]);
    rest_before.extend(std::mem::take(&mut matching.removed).into_iter().map(|(b, _)| b));
    rest_after.extend(std::mem::take(&mut matching.added).into_iter().map(|(a, _)| a));
    rest_before.sort_unstable();
    rest_after.sort_unstable();
    let (equal, rest_before, rest_after) = match_equal(before, after, rest_before, rest_after);
    let (alike, rest_before, rest_after) = match_alike(rest_before, rest_after, ALIKE_IN_SET, renamed);
    let pairs = equal.into_iter().chain(alike);
    matching.pairs.extend(pairs.map(|(b, a)| (b, a, statement(before, b))));
    matching.removed.extend(rest_before.into_iter().map(|b| (b, statement(before, b))));
    matching.added.extend(rest_after.into_iter().map(|a| (a, statement(after, a))));
    matching
}

/// A statement is known by its Sid where that is unique, else by its position.
fn statement(list: &[Value], position: usize) -> Element {
    match key_of(&["Sid"], &list[position]) {
        Some(key) if list.iter().filter(|other| other.get("Sid") == Some(&key[0].1)).count() == 1 => Element::Key(key),
        _ => Element::Index(position),
    }
}

type Pairs = (Vec<(usize, usize)>, Vec<usize>, Vec<usize>);

/// Matches elements whose key occurs at most once on either side. Also returns the positions of the others.
fn match_keys(key: &[&str], before: &[Value], after: &[Value]) -> (Matching, Vec<usize>, Vec<usize>) {
    let mut found: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    let (mut rest_before, mut rest_after) = (Vec::new(), Vec::new());
    for (position, element) in before.iter().enumerate() {
        match spell_key(key, element) {
            Some(spelled) => found.entry(spelled).or_default().0.push(position),
            None => rest_before.push(position),
        }
    }
    for (position, element) in after.iter().enumerate() {
        match spell_key(key, element) {
            Some(spelled) => found.entry(spelled).or_default().1.push(position),
            None => rest_after.push(position),
        }
    }
    let mut matching = Matching::default();
    let element = |value: &Value| Element::Key(key_of(key, value).expect("elements without a key were put aside"));
    for (left, right) in found.into_values() {
        match (left.as_slice(), right.as_slice()) {
            ([b], [a]) => matching.pairs.push((*b, *a, element(&before[*b]))),
            ([b], []) => matching.removed.push((*b, element(&before[*b]))),
            ([], [a]) => matching.added.push((*a, element(&after[*a]))),
            _ => {
                rest_before.extend(left);
                rest_after.extend(right);
            }
        }
    }
    rest_before.sort_unstable();
    rest_after.sort_unstable();
    (matching, rest_before, rest_after)
}

fn spell_key(key: &[&str], element: &Value) -> Option<String> {
    let key = key_of(key, element)?;
    Some(Value::Array(key.into_iter().map(|(_, value)| value).collect()).to_string())
}

/// The key members of an element; `None` if it has none of them.
fn key_of(key: &[&str], element: &Value) -> Option<Vec<(String, Value)>> {
    let members: Vec<(String, Value)> = key
        .iter()
        .map(|name| name.strip_prefix('/').unwrap_or(name))
        .map(|name| (name.to_owned(), key_member(element, name).clone()))
        .collect();
    (element.is_object() && members.iter().any(|(_, value)| !value.is_null())).then_some(members)
}

/// Equal elements, as multisets.
fn match_equal(before: &[Value], after: &[Value], left: Vec<usize>, right: Vec<usize>) -> Pairs {
    let ids = intern(before, after);
    let mut waiting: BTreeMap<usize, std::collections::VecDeque<usize>> = BTreeMap::new();
    for a in &right {
        waiting.entry(ids.1[*a]).or_default().push_back(*a);
    }
    let (mut pairs, mut rest) = (Vec::new(), Vec::new());
    for b in left {
        match waiting.get_mut(&ids.0[b]).and_then(std::collections::VecDeque::pop_front) {
            Some(a) => pairs.push((b, a)),
            None => rest.push(b),
        }
    }
    let right = right.into_iter().filter(|a| waiting.get(&ids.1[*a]).is_some_and(|left| left.contains(a))).collect();
    (pairs, rest, right)
}

/// Pairs of the most similar elements first, wherever they stand.
fn match_alike(left: Vec<usize>, right: Vec<usize>, least: f64, score: impl Fn(usize, usize) -> f64) -> Pairs {
    if left.len() * right.len() > MOST_COMPARISONS {
        return (Vec::new(), left, right);
    }
    let mut scored: Vec<(f64, usize, usize)> = Vec::new();
    for b in &left {
        scored.extend(right.iter().map(|a| (score(*b, *a), *b, *a)).filter(|(score, ..)| *score >= least));
    }
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, b, a) in scored {
        if !pairs.iter().any(|(left, right)| *left == b || *right == a) {
            pairs.push((b, a));
        }
    }
    without(pairs, left, right)
}

/// Pairs of similar elements in order: the alignment with the highest sum of similarities.
fn align(left: Vec<usize>, right: Vec<usize>, score: impl Fn(usize, usize) -> f64) -> Pairs {
    if left.is_empty() || right.is_empty() || left.len() * right.len() > MOST_COMPARISONS {
        return (Vec::new(), left, right);
    }
    let width = right.len() + 1;
    let mut best = vec![0.0_f64; (left.len() + 1) * width];
    let mut scores = vec![0.0_f64; left.len() * right.len()];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            let score = Some(score(left[i], right[j])).filter(|score| *score >= ALIKE_IN_SEQUENCE).unwrap_or(0.0);
            scores[i * right.len() + j] = score;
            let paired = score + best[(i + 1) * width + j + 1];
            best[i * width + j] = paired.max(best[(i + 1) * width + j]).max(best[i * width + j + 1]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < left.len() && j < right.len() {
        let score = scores[i * right.len() + j];
        let here = best[i * width + j];
        if score > 0.0 && here <= score + best[(i + 1) * width + j + 1] {
            pairs.push((left[i], right[j]));
            (i, j) = (i + 1, j + 1);
        } else if here <= best[(i + 1) * width + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    without(pairs, left, right)
}

/// The pairs, and the positions that are in none.
fn without(pairs: Vec<(usize, usize)>, left: Vec<usize>, right: Vec<usize>) -> Pairs {
    let left = left.into_iter().filter(|b| !pairs.iter().any(|pair| pair.0 == *b)).collect();
    let right = right.into_iter().filter(|a| !pairs.iter().any(|pair| pair.1 == *a)).collect();
    (pairs, left, right)
}

/// A number for each distinct element, the same in both lists.
fn intern(before: &[Value], after: &[Value]) -> (Vec<usize>, Vec<usize>) {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut number = |value: &Value| {
        let next = numbers.len();
        *numbers.entry(value.to_string()).or_insert(next)
    };
    (before.iter().map(&mut number).collect(), after.iter().map(&mut number).collect())
}
