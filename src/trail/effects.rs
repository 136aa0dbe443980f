//! Which kinds a recorded write may have touched, by its name alone.

use std::collections::BTreeMap;

use driftline_api::{Descriptor, Effect, Rereads};

use super::names::is_by_parent;

/// How far a write reaches within a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Its request names everything that it touches, of whatever kind.
    Named,
    /// It makes new ones, and touches no other.
    New,
    /// Its record names every one of the kind that it touches, if it names any.
    Alone,
    /// Nobody knows which: all of them.
    All,
}

/// The kinds that writes touch.
pub(super) struct Effects {
    known: BTreeMap<String, Vec<(&'static Descriptor, Reach)>>,
    services: BTreeMap<&'static str, Service>,
}

struct Service {
    rereads: &'static Rereads,
    kinds: Vec<&'static Descriptor>,
}

/// What a write means.
pub(super) struct Touches {
    pub(super) kinds: Vec<(&'static Descriptor, Reach)>,
    /// Nobody knows the write.
    pub(super) is_unknown: bool,
    /// Kinds that are not read one by one are touched in every region of the account.
    pub(super) everywhere: bool,
}

impl Effects {
    pub(super) fn new(kinds: &[&'static Descriptor], rereads: &[&'static Rereads]) -> Self {
        let mut services = BTreeMap::new();
        for rereads in rereads.iter().copied() {
            let of = |kind: &&&'static Descriptor| rereads.services.contains(&kind.service());
            services.insert(rereads.source, Service { rereads, kinds: kinds.iter().filter(of).copied().collect() });
        }
        let mut known: BTreeMap<String, Vec<(&'static Descriptor, Reach)>> = BTreeMap::new();
        let mut add = |event: String, kind: &'static Descriptor, reach: Reach| {
            let touched = known.entry(event).or_default();
            match touched.iter_mut().find(|(other, _)| other.name == kind.name) {
                Some(same) => same.1 = same.1.max(reach),
                None => touched.push((kind, reach)),
            }
        };
        for kind in kinds.iter().copied() {
            for event in kind.writes.iter().flat_map(|write| write.events) {
                add((*event).to_owned(), kind, reach(kind, event, rereads));
            }
        }
        for rereads in rereads {
            for (events, along, _) in rereads.along {
                for event in *events {
                    let named = |kind: &&'static Descriptor| {
                        along.contains(&kind.name) || along.contains(&"*") && rereads.services.contains(&kind.service())
                    };
                    for kind in kinds.iter().copied().filter(named) {
                        add(format!("{}:{event}", rereads.source), kind, Reach::All);
                    }
                }
            }
        }
        Self { known, services }
    }

    /// Whether reading a single resource of a kind costs less than reading all.
    pub(super) fn is_read_alone(&self, kind: &Descriptor) -> bool {
        self.services.values().any(|service| service.rereads.alone.iter().any(|(alone, _)| *alone == kind.name))
    }

    /// Whether a write may have touched anything that is read.
    pub(super) fn concerns(&self, event: &str) -> bool {
        !self.of(event).kinds.is_empty()
    }

    pub(super) fn of(&self, event: &str) -> Touches {
        let (source, name) = event.split_once(':').unwrap_or((event, ""));
        let service = self.services.get(source);
        let everywhere = service.is_some_and(|service| service.rereads.everywhere.contains(&name));
        let mut touches = Touches { kinds: vec![], is_unknown: false, everywhere };
        if let Some(kinds) = self.known.get(event) {
            touches.kinds.clone_from(kinds);
        } else if let Some(service) = service
            && service.rereads.nothing(name).is_none()
        {
            touches.is_unknown = !service.kinds.is_empty();
            touches.kinds = service.kinds.iter().map(|kind| (*kind, Reach::All)).collect();
        }
        touches
    }
}

/// Whether resources of a kind tell of others in other regions.
pub(super) fn has_counterparts(kind: &Descriptor, rereads: &[&'static Rereads]) -> bool {
    let listed = || kind.writes.iter().flat_map(|write| write.events.iter().copied());
    rereads.iter().filter(|rereads| !rereads.everywhere.is_empty()).any(|rereads| {
        let elsewhere = |event: &str| {
            event
                .split_once(':')
                .is_some_and(|(source, name)| source == rereads.source && rereads.everywhere.contains(&name))
        };
        let along = |(events, kinds, _): &(&[&str], &[&str], &str)| {
            kinds.contains(&kind.name) && events.iter().any(|event| rereads.everywhere.contains(event))
        };
        listed().any(elsewhere) || rereads.along.iter().any(along)
    })
}

fn reach(kind: &Descriptor, event: &str, rereads: &[&'static Rereads]) -> Reach {
    let (source, name) = event.split_once(':').unwrap_or((event, ""));
    let Some(rereads) = rereads.iter().find(|rereads| rereads.source == source) else { return Reach::All };
    if rereads.naming.contains(&name) {
        return Reach::Named;
    }
    let Some((_, alone)) = rereads.alone.iter().find(|(alone, _)| *alone == kind.name) else { return Reach::All };
    let mut effects = kind.writes.iter().filter(|write| write.events.contains(&event)).map(|write| write.effect);
    let is_listed = alone.contains(&name) || alone.contains(&"*");
    // A new member of a known family is no new family.
    if effects.all(|effect| effect == Effect::Creates) && (is_listed || !is_by_parent(kind)) {
        Reach::New
    } else if is_listed {
        Reach::Alone
    } else {
        Reach::All
    }
}

#[cfg(test)]
mod tests {
    use driftline_api::{Naming, Write};

    use super::*;
    use crate::diff::sample;

    static ROLE: Descriptor = Descriptor {
        name: "iam/role",
        names: &[Naming::Id],
        writes: &[
            Write::creates(&["iam:CreateRole"]),
            Write::removes(&["iam:DeleteRole"]),
            Write::changes(&["/Policy"], &["iam:PutRolePolicy", "iam:RenameAnything"]),
            Write::changes(&["/tags"], &["iam:TagRole"]),
        ],
        ..sample::BUCKET
    };
    static ALIAS: Descriptor =
        Descriptor { name: "iam/alias", writes: &[Write::creates(&["iam:CreateAlias"])], ..sample::BUCKET };
    static RECORDS: Descriptor = Descriptor {
        name: "iam/record",
        names: &[Naming::Parent],
        writes: &[Write::creates(&["iam:CreateZone", "iam:AddRecord"])],
        ..sample::BUCKET
    };
    static IAM: Rereads = Rereads {
        source: "iam",
        services: &["iam"],
        alone: &[("iam/role", &["DeleteRole", "PutRolePolicy"]), ("iam/record", &["CreateZone"])],
        naming: &["TagRole"],
        along: &[(&["DeleteRole"], &["iam/alias"], "for a test"), (&["HideAll"], &["*"], "for a test")],
        everywhere: &["DeleteRole"],
        nothing: &[("only reads", "Generate* Simulate")],
    };

    fn effects() -> Effects {
        Effects::new(&[&ROLE, &ALIAS, &RECORDS], &[&IAM])
    }

    #[test]
    fn a_write_reaches_as_far_as_its_record_may_leave_out() {
        let effects = effects();
        let reach = |event: &str| {
            let touches = effects.of(event);
            let kinds: Vec<String> =
                touches.kinds.iter().map(|(kind, reach)| format!("{} {reach:?}", kind.name)).collect();
            let unknown = if touches.is_unknown { "unknown: " } else { "" };
            format!("{unknown}{}", kinds.join(", "))
        };
        for (event, expected) in [
            ("iam:CreateRole", "iam/role New"),
            ("iam:DeleteRole", "iam/role Alone, iam/alias All"),
            ("iam:PutRolePolicy", "iam/role Alone"),
            ("iam:RenameAnything", "iam/role All"),
            ("iam:TagRole", "iam/role Named"),
            ("iam:CreateAlias", "iam/alias All"),
            ("iam:CreateZone", "iam/record New"),
            // A new member of a family that is known.
            ("iam:AddRecord", "iam/record All"),
            ("iam:GenerateReport", ""),
            ("iam:Simulate", ""),
            ("iam:SimulateMore", "unknown: iam/role All, iam/alias All, iam/record All"),
            ("iam:HideAll", "iam/role All, iam/alias All, iam/record All"),
            ("sqs:CreateQueue", ""),
        ] {
            assert_eq!(reach(event), expected, "{event}");
        }
        assert!(effects.of("iam:DeleteRole").everywhere && !effects.of("iam:CreateRole").everywhere);
        assert!(effects.is_read_alone(&ROLE) && !effects.is_read_alone(&ALIAS));
    }

    #[test]
    fn what_reaches_into_other_regions_is_looked_for_there() {
        for (kind, expected) in [(&ROLE, true), (&ALIAS, true), (&RECORDS, false)] {
            assert_eq!(has_counterparts(kind, &[&IAM]), expected, "{}", kind.name);
        }
    }
}
