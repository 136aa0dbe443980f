//! What a plan rests on that did not read everything again.

use super::value::count;
use super::who::moment;
use crate::plan::Plan;
use crate::trail::{Reread, Rests, Whole};

/// How many reasons are told.
const SHOWN: usize = 10;

/// In sentences, the first one about all of it; nothing for a plan that read everything.
pub(super) fn lines(plan: &Plan) -> Vec<String> {
    let Some(rests) = &plan.rests else { return Vec::new() };
    let mut lines = vec![first(rests)];
    if !rests.unknown.is_empty() {
        let events: Vec<&str> = rests.unknown.iter().map(String::as_str).collect();
        lines.push(format!("All kinds of a service were read for what nobody knows: {}.", events.join(", ")));
    }
    lines.extend(rests.whole.iter().take(SHOWN).map(whole));
    let more = rests.whole.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!("And {} more were read whole.", count(more, "place")));
    }
    lines
}

fn first(rests: &Rests) -> String {
    let (named, in_part, whole) = rests.counts();
    let (since, until) = (moment(rests.since), moment(rests.until));
    let parts = [
        (named > 0).then(|| count(named, "resource")),
        (in_part > 0).then(|| format!("what is new in {}", count(in_part, "list"))),
        (whole > 0).then(|| format!("all of {}", count(whole, "list"))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let again = if parts.is_empty() {
        "nothing was read again".to_owned()
    } else {
        format!("read again: {}", parts.join(", "))
    };
    let everything = rests.reads.values().flat_map(|kinds| kinds.values()).all(|read| *read == Reread::Read);
    if everything && whole > 0 {
        return "Rests on nothing of CloudTrail's: all that is compared was read again.".to_owned();
    }
    let writes = match rests.events {
        0 => "no write that touches".to_owned(),
        1 => "1 write that may have touched".to_owned(),
        several => format!("{several} writes that may have touched"),
    };
    format!(
        "Rests on CloudTrail, which has {writes} what is compared since {since}; {again}. Everything else is taken to be as \
         it was. What happened after about {until} may be missing."
    )
}

fn whole(whole: &Whole) -> String {
    let Whole { account, region, kind, why, .. } = whole;
    match kind {
        Some(kind) => format!("Read whole: {kind} in {account}/{region}: {why}."),
        None => format!("Read whole: {account}/{region}: {why}."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::plan::{Against, Builder, Scanned};

    fn plan(rests: Option<Rests>) -> Plan {
        let against = Against { rev: "HEAD".to_owned(), commit: String::new() };
        Plan { rests, ..Builder::new(against, vec![], &[]).finish(Scanned::default()) }
    }

    fn rests(kinds: &[(&str, Reread)]) -> Rests {
        let kinds: BTreeMap<String, Reread> =
            kinds.iter().map(|(kind, read)| ((*kind).to_owned(), read.clone())).collect();
        let place = |kind: Option<&str>, why: &str| Whole {
            account: "1".to_owned(),
            region: "eu-west-1".to_owned(),
            kind: kind.map(str::to_owned),
            why: why.to_owned(),
            status: None,
        };
        Rests {
            since: 1_795_183_200,
            until: 1_795_190_000,
            events: kinds.len(),
            reads: [("aws/1/eu-west-1".to_owned(), kinds)].into(),
            whole: vec![place(None, "it cannot be read"), place(Some("s3/bucket"), "it has a gap")],
            unknown: BTreeSet::from(["ec2:Frob".to_owned()]),
            whole_calls: Some(482),
        }
    }

    #[test]
    fn what_was_read_again_and_why_is_told_in_sentences() {
        assert!(lines(&plan(None)).is_empty());
        let named = |ids: &[&str]| Reread::Named(ids.iter().map(|id| (*id).to_owned()).collect());
        let kinds = [("a", named(&["x", "y"])), ("b", Reread::Read), ("c", named(&[])), ("d", Reread::Trail)];
        insta::assert_snapshot!(lines(&plan(Some(rests(&kinds)))).join("\n"), @r"
        Rests on CloudTrail, which has 4 writes that may have touched what is compared since 2026-11-20 14:00 UTC; read again: 2 resources, what is new in 2 lists, all of 1 list. Everything else is taken to be as it was. What happened after about 2026-11-20 15:53 UTC may be missing.
        All kinds of a service were read for what nobody knows: ec2:Frob.
        Read whole: 1/eu-west-1: it cannot be read.
        Read whole: s3/bucket in 1/eu-west-1: it has a gap.
        ");
        let nothing = lines(&plan(Some(rests(&[]))));
        let everything = lines(&plan(Some(rests(&[("a", Reread::Read), ("b", Reread::Read)]))));
        assert_eq!(everything[0], "Rests on nothing of CloudTrail's: all that is compared was read again.");
        assert!(nothing[0].contains("has no write that touches") && nothing[0].contains("; nothing was read again."));
    }
}
