//! Whether a kind's rules and actions are those that it needs: no more, no fewer.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use driftline::normalize::{Matched, Normalized, Options, Rules};
use driftline_api::{Call, Cause, Descriptor, Found, Gap, Provider, Reads, Sink, Targets, Task};
use driftline_aws::action_of;

use super::bench::{Bench, every_kind, provider, seal};

/// Keeps what is read as it is read.
#[derive(Default)]
struct Raw(Mutex<Vec<Found>>);

impl Sink for Raw {
    fn found(&self, _: &Task, found: Found) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(found);
    }

    /// Gaps are told by the tests that look for them.
    fn gap(&self, _: &Task, _: Gap) {}

    fn limited(&self, _: &Task, _: driftline_api::Window) {}

    fn called(&self, _: Call) {}
}

/// Everything of one kind, before any rule.
fn read(bench: &Bench, kind: &'static Descriptor, include_aws_managed: bool) -> Result<Vec<Found>, Cause> {
    let raw = Raw::default();
    let read = async {
        let provider = provider(&bench.sim);
        for entry in provider.enter(&Targets::default(), &raw).await.entries {
            let account = entry.account.map_err(|error| error.cause)?;
            let regions: Vec<Option<String>> = match kind.reads {
                Reads::EachRegion => account.regions.iter().cloned().map(Some).collect(),
                Reads::Global | Reads::Everywhere | Reads::OncePerAccount => vec![None],
            };
            for region in regions {
                let (account, targets) = (Arc::clone(&account), Arc::new(Targets::default()));
                provider
                    .read(&Task { account, region, kind, targets, newest: None, include_aws_managed }, &raw)
                    .await?;
            }
        }
        Ok::<(), Cause>(())
    };
    bench.block_on(read)?;
    Ok(raw.0.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[test]
fn every_rule_matches_and_normalizing_twice_changes_nothing() {
    every_kind(|bench, kind, faults| {
        let rules = match Rules::compile(kind) {
            Ok(rules) => rules,
            Err(error) => return faults.push(error.to_string()),
        };
        let mut matched = Matched::default();
        for include_aws_managed in [false, true] {
            let options = Options { include_aws_managed };
            let found = read(bench, kind, include_aws_managed).unwrap_or_else(|cause| {
                faults.push(cause.to_string());
                vec![]
            });
            for found in found {
                let Normalized { resource, matched: more, region, .. } = rules.normalize(found, &options, &seal());
                matched.merge(&more);
                let again = Found {
                    region,
                    id: resource.id.clone(),
                    arn: resource.arn.clone(),
                    attributes: resource.attributes.clone(),
                    unread: vec![],
                    mark: None,
                    below: None,
                };
                let again = rules.normalize(again, &options, &seal()).resource;
                if again.attributes != resource.attributes {
                    faults.push(format!("normalizing {} again changes it", resource.id));
                }
            }
        }
        for (index, rule) in kind.rules.iter().enumerate().filter(|(index, _)| !matched.contains(*index)) {
            faults.push(format!("rule {index}, {} {}, matches nothing", rule.name(), rule.path()));
        }
    });
}

/// Actions that no call took since the counters were reset, nor one that reads what AWS manages. Some calls are made
/// only where others were refused: whoever counts has refused each.
pub(super) fn idle_actions(bench: &Bench, kind: &'static Descriptor) -> Vec<String> {
    if let Err(cause) = read(bench, kind, true) {
        return vec![cause.to_string()];
    }
    let called = bench.called();
    let taken: BTreeSet<String> = called.iter().filter_map(|operation| action_of(operation)).collect();
    let idle = kind.actions.iter().filter(|action| !taken.contains(**action));
    idle.map(|action| format!("{action} is not needed: only {called:?} are called")).collect()
}
