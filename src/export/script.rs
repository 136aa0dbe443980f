//! Drift as a script of `aws` calls that put it back, for people without Terraform.
//!
//! The script only prints what it would run until it is told to `--apply`, and refuses any account but the plan's. Which
//! calls put an attribute back is data of the kind ([`Fixes`]); what no call says is told in a comment.

mod calls;
mod shell;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use driftline_api::{Fix, FixCall, Fixes, GLOBAL};

use crate::plan::{Drift, Plan, ResourceDrift};
use crate::render::{line, printable};
use calls::calls;
use shell::{command, json, quoted};

/// A script, and what it is not able to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub text: String,
    /// How many calls it makes.
    pub calls: usize,
    /// How many changes these put back.
    pub expressed: usize,
    /// Changes that no call puts back: what it is, and why.
    pub left: Vec<(String, &'static str)>,
}

const NO_CALL: &str = "no single call puts it back";
const SECRET: &str = "it takes a secret, which snapshots do not hold";
const INFALLIBLE: &str = "writing to a String does not fail";

/// The script that puts a plan's drift back.
pub fn script(plan: &Plan, fixes: &[Fixes]) -> Script {
    let fixes: BTreeMap<&str, &[Fix]> = fixes.iter().map(|fixes| (fixes.kind, fixes.fixes)).collect();
    let mut script = Script { text: String::new(), calls: 0, expressed: 0, left: Vec::new() };
    let mut accounts: BTreeMap<&str, String> = BTreeMap::new();
    for drift in &plan.drift {
        let text = accounts.entry(&drift.address.scope.account).or_default();
        let fixes = fixes.get(drift.kind.as_str()).copied().unwrap_or_default();
        script.add(drift, fixes, text);
    }
    script.text = whole(plan, &script, &accounts);
    script
}

impl Script {
    fn add(&mut self, drift: &ResourceDrift, fixes: &[Fix], text: &mut String) {
        let address = printable(&drift.address.to_string());
        let label = drift.label.as_deref().map(|label| format!(" \"{}\"", printable(label))).unwrap_or_default();
        write!(text, "\n  # {address}{label}\n").expect(INFALLIBLE);
        let mut open: BTreeSet<usize> = (0..told(drift).len()).collect();
        let mut hidden = BTreeSet::new();
        for fix in fixes {
            let Some(made) = calls(fix, drift, &open) else { continue };
            if made.calls.iter().any(|call| json::holds_secret(&call.input)) {
                hidden.extend(made.changes);
                continue;
            }
            for change in &made.changes {
                writeln!(text, "  # {}", told(drift)[*change]).expect(INFALLIBLE);
                open.remove(change);
            }
            self.expressed += made.changes.len();
            for call in &made.calls {
                self.calls += 1;
                writeln!(text, "{}", run(drift, call)).expect(INFALLIBLE);
            }
        }
        for change in open {
            let why = if hidden.contains(&change) { SECRET } else { NO_CALL };
            let told = &told(drift)[change];
            writeln!(text, "  # {told}\n  # NOT PUT BACK: {why}").expect(INFALLIBLE);
            self.left.push((format!("{address}: {told}"), why));
        }
    }
}

/// A line for each change; one for a resource that came or went.
fn told(drift: &ResourceDrift) -> Vec<String> {
    match drift.drift {
        Drift::Added => vec!["+ it is there, and was not".to_owned()],
        Drift::Removed => vec!["- it was there, and is gone".to_owned()],
        Drift::Changed => drift.changes.iter().map(line).collect(),
    }
}

fn run(drift: &ResourceDrift, call: &FixCall) -> String {
    let (service, command) = command(call.operation);
    let region = region(drift);
    format!("  run {region} {service} {command} --cli-input-json {}", quoted(&json::pretty(&call.input)))
}

/// Where the call is made. Services without regions are asked in the one where their partition has them.
fn region(drift: &ResourceDrift) -> &str {
    let region = drift.address.scope.region.as_str();
    let is_region = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if region != GLOBAL && is_region(region) {
        return region;
    }
    match drift.arn.as_deref().and_then(|arn| arn.split(':').nth(1)) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// The calls, in a function for each account, and around them what makes them safe to run.
fn whole(plan: &Plan, script: &Script, accounts: &BTreeMap<&str, String>) -> String {
    let commit: String = plan.against.commit.chars().take(12).collect();
    let numbers: Vec<&str> = accounts.keys().copied().filter(|account| is_account(account)).collect();
    if numbers.is_empty() {
        return format!(
            "#!/usr/bin/env bash\n# Nothing drifted since {} ({}).\n",
            printable(&plan.against.rev),
            printable(&commit)
        );
    }
    let mut text = format!(
        "#!/usr/bin/env bash\n\
         # Puts back what drifted since {} ({}): {} for {}.\n",
        printable(&plan.against.rev),
        printable(&commit),
        count(script.calls, "call"),
        count(script.expressed, "change"),
    );
    if !script.left.is_empty() {
        writeln!(text, "# {} not put back: look for NOT PUT BACK.", left(script.left.len())).expect(INFALLIBLE);
    }
    text.push_str(HEAD);
    for account in &numbers {
        writeln!(text, "\nin_{account}() {{\n  :{}}}", accounts[account]).expect(INFALLIBLE);
    }
    text.push_str("\nif [ \"$apply\" = false ]; then\n");
    for account in &numbers {
        writeln!(text, "  printf '# account %s\\n' '{account}'\n  in_{account}").expect(INFALLIBLE);
    }
    text.push_str(
        "  printf '# nothing was run: --apply runs it\\n'\n  exit 0\nfi\n\n\
         account=$(aws sts get-caller-identity --query Account --output text)\n\
         case \"$account\" in\n",
    );
    for account in &numbers {
        writeln!(text, "  '{account}') in_{account} ;;").expect(INFALLIBLE);
    }
    write!(
        text,
        "  *)\n    printf 'error: these credentials are of account %s, and the drift is in %s; nothing was run\\n' \"$account\" '{}' >&2\n    exit 1\n    ;;\nesac\n",
        numbers.join(", ")
    )
    .expect(INFALLIBLE);
    text
}

const HEAD: &str = r#"#
# Without --apply it prints what it would run, and runs nothing. It runs as whoever the environment says (AWS_PROFILE and
# its like), and refuses other accounts. Review it first: what the comments call new was made by somebody.
#
# shellcheck disable=SC2016 # names and documents mean what they say
set -euo pipefail

apply=false
case "${1-}" in
  '') ;;
  --apply) apply=true ;;
  *)
    printf 'usage: %s [--apply]\n' "$0" >&2
    exit 1
    ;;
esac
export AWS_PAGER=''

run() {
  local region=$1
  shift
  printf '%q ' aws --region "$region" "$@"
  printf '\n'
  if [ "$apply" = true ]; then
    aws --region "$region" "$@" > /dev/null || {
      printf 'error: the call above failed, and none after it was made; those before it were\n' >&2
      exit 1
    }
  fi
}
"#;

fn is_account(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn count(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

fn left(number: usize) -> String {
    if number == 1 { "1 change is".to_owned() } else { format!("{number} changes are") }
}

#[cfg(test)]
mod tests;
