//! What becomes of the accounts of the restore point that this scan did not enter.
//!
//! Nothing of them is ever taken for removed by itself. One that could not be entered is a gap, and so is one of which
//! nobody can say whether it is still there; one that is left out by choice is excluded; one that is closed, or of which
//! nobody knows any more, is a gap until somebody lets go of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use driftline_api::{Account, Cause, EntryError, PassedOver, Passing, Roster, Scope, Status, Targets};

use super::{Baseline, Unentered};

/// What was said when accounts were looked for.
const ASKED: &str = "organizations:ListAccounts";

/// The accounts of the restore point that are neither entered nor known to be unentered.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) unentered: Vec<Unentered>,
    /// Numbers of accounts that the configuration leaves out.
    pub(super) excluded: BTreeSet<String>,
}

pub(super) fn rest(
    roster: &Roster,
    baseline: &Baseline,
    targets: &Targets,
    accounts: &[Arc<Account>],
    unentered: &[Unentered],
) -> Rest {
    let mut rest = Rest::default();
    let is_told = |id: &str| {
        accounts.iter().any(|account| account.id == id)
            || unentered.iter().any(|account| account.account.as_deref() == Some(id))
    };
    // Which account that is would be known only inside: any of the unknown ones may be it.
    let nameless = unentered.iter().find(|account| account.account.is_none());
    let asked = known(baseline).into_iter().filter(|id| targets.may_match_account(id) && !is_told(id));
    for id in asked {
        match roster {
            Roster::Unasked => {}
            Roster::Unread(error) => rest.unentered.push(Unentered {
                label: id.clone(),
                account: Some(id),
                error: error.clone(),
                is_gone: false,
            }),
            Roster::Whole(passed) => match passed.iter().find(|account| account.id == id) {
                Some(PassedOver { why: Passing::Unasked, .. }) => {}
                Some(PassedOver { why: Passing::Excluded, .. }) => {
                    rest.excluded.insert(id);
                }
                Some(PassedOver { why: Passing::Closed(state), name, .. }) => {
                    let label = if name.is_empty() { id.clone() } else { format!("{name} ({id})") };
                    rest.unentered.push(gone(label, id, "AccountClosed", format!("the account is {state}")));
                }
                None if nameless.is_some() => rest.unentered.extend(nameless.map(|nameless| Unentered {
                    label: id.clone(),
                    account: Some(id),
                    error: nameless.error.clone(),
                    is_gone: false,
                })),
                None => {
                    let why = "the account is neither configured nor in the organization".to_owned();
                    rest.unentered.push(gone(id.clone(), id, "UnknownAccount", why));
                }
            },
        }
    }
    rest
}

/// The accounts that the restore point knows.
fn known(baseline: &Baseline) -> BTreeSet<String> {
    let read = baseline.coverage().iter().map(|(scope, ..)| &scope.account);
    let scopes: Vec<Scope> = baseline.scopes();
    read.chain(scopes.iter().map(|scope| &scope.account)).cloned().collect()
}

fn gone(label: String, id: String, code: &str, message: String) -> Unentered {
    let hint = format!(
        "what is known of it is kept: `driftline import --allow-mass-removal` lets go of it, and \
         `exclude = {{ accounts = [\"{id}\"] }}` under [organization] keeps it as it is"
    );
    let cause = Cause { status: Status::Failed, operation: ASKED.to_owned(), code: code.to_owned(), message };
    Unentered { label, account: Some(id), error: EntryError { cause, hint: Some(hint) }, is_gone: true }
}
