//! `driftline iam-policy`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Args;
use driftline::config::Overrides;
use driftline_aws::{ATTRIBUTION_ACTIONS, ENTRY_ACTIONS};
use serde_json::json;

use super::attribution;
use super::context::{self, Context};
use super::failure::Failure;

/// Print the least-privilege, read-only IAM policy for the enabled kinds
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only for this kind, or kinds by pattern (repeatable)
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    #[command(flatten)]
    attribution: attribution::Choice,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    // Before there is a repository, the policy is for every kind.
    let store = cx.store().ok();
    let overrides = Overrides { kinds: arguments.kinds.clone(), ..Overrides::default() };
    let config = cx.config(store.as_ref(), &overrides)?;
    let known = context::kinds();
    let mut actions: BTreeSet<&str> = ENTRY_ACTIONS.iter().copied().collect();
    for kind in context::selected(&config) {
        actions.extend(known[kind.as_str()].actions);
    }
    let mut statements = vec![json!({ "Sid": "Driftline", "Effect": "Allow", "Action": actions, "Resource": "*" })];
    if arguments.attribution.is_wanted(&config) {
        let sid = "DriftlineAttribution";
        statements.push(json!({ "Sid": sid, "Effect": "Allow", "Action": ATTRIBUTION_ACTIONS, "Resource": "*" }));
    }
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    cx.ui.data(|out| {
        serde_json::to_writer_pretty(&mut *out, &policy)?;
        writeln!(out)
    })?;
    Ok(ExitCode::SUCCESS)
}
