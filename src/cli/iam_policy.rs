//! `driftline iam-policy`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use driftline::config::{AssumeAs, Config, Credentials, Organization, Overrides};
use driftline_aws::{ATTRIBUTION_ACTIONS, ENTRY_ACTIONS, ORGANIZATION_ACTIONS, TAG_ACTIONS, UNIT_ACTIONS};
use serde_json::{Value, json};

use super::attribution;
use super::context::{self, Context};
use super::failure::Failure;

/// Print the least-privilege, read-only IAM policy for the enabled kinds
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only for this kind, or kinds by pattern (repeatable)
    #[arg(long = "kind", value_name = "KIND", conflicts_with = "organization")]
    kinds: Vec<String>,
    #[command(flatten)]
    attribution: attribution::Choice,
    /// What finding accounts in AWS Organizations takes instead, and assuming the role in each of them
    #[arg(long)]
    organization: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Json, conflicts_with = "organization")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The policy alone
    Json,
    /// A role that has it, as a template for a stack or a StackSet
    Cloudformation,
    /// A role that has it, as configuration
    Terraform,
}

/// What is allowed on what.
struct Statement {
    sid: &'static str,
    actions: BTreeSet<&'static str>,
    resource: String,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    // Before there is a repository, the policy is for every kind.
    let store = cx.store().ok();
    let overrides = Overrides { kinds: arguments.kinds.clone(), ..Overrides::default() };
    let config = cx.config(store.as_ref(), &overrides)?;
    let statements = if arguments.organization {
        finding(config.organization.as_ref())
    } else {
        reading(&config, arguments.attribution.is_wanted(&config))
    };
    let role = config.organization.as_ref().map_or(Organization::ROLE, |organization| &organization.role);
    let text = match arguments.format {
        Format::Json => json_of(&statements),
        Format::Cloudformation => filled(include_str!("iam_policy/role.yml"), role, &statements, yaml),
        Format::Terraform => filled(include_str!("iam_policy/role.tf"), role, &statements, hcl),
    };
    cx.ui.data(|out| write!(out, "{text}"))?;
    Ok(ExitCode::SUCCESS)
}

/// What a scan calls.
fn reading(config: &Config, attribution: bool) -> Vec<Statement> {
    let known = context::kinds();
    let mut actions: BTreeSet<&str> = ENTRY_ACTIONS.iter().copied().collect();
    for kind in context::selected(config) {
        actions.extend(known[kind.as_str()].actions);
    }
    let everything = |sid, actions| Statement { sid, actions, resource: "*".to_owned() };
    let mut statements = vec![everything("Driftline", actions)];
    if attribution {
        statements.push(everything("DriftlineAttribution", ATTRIBUTION_ACTIONS.iter().copied().collect()));
    }
    statements
}

/// What finding accounts calls; before any are chosen, everything that they can be chosen by.
fn finding(organization: Option<&Organization>) -> Vec<Statement> {
    let chosen = |by: fn(&driftline::config::Selectors) -> &Vec<String>| {
        organization.is_none_or(|organization| {
            let sides = organization.include.iter().chain([&organization.exclude]);
            sides.into_iter().any(|selectors| !by(selectors).is_empty())
        })
    };
    let mut actions: BTreeSet<&str> = ORGANIZATION_ACTIONS.iter().copied().collect();
    if chosen(|selectors| &selectors.units) {
        actions.extend(UNIT_ACTIONS);
    }
    if chosen(|selectors| &selectors.tags) {
        actions.extend(TAG_ACTIONS);
    }
    let role = organization.map_or(Organization::ROLE, |organization| &organization.role);
    // Who reads the organization may be another one than who assumes the roles: each statement is for one of them.
    let reader = organization.and_then(|organization| match &organization.reader.credentials {
        Credentials::Role(role) => Some(role.arn.as_str()),
        Credentials::Default | Credentials::Profile(_) => None,
    });
    let partition = reader.and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
    let assuming = match organization.map(|organization| organization.assume_as) {
        Some(AssumeAs::Caller) => "DriftlineCallerAssumes",
        _ => "DriftlineAssumes",
    };
    vec![
        Statement { sid: "DriftlineOrganization", actions, resource: "*".to_owned() },
        Statement {
            sid: assuming,
            actions: BTreeSet::from(["sts:AssumeRole"]),
            resource: format!("arn:{partition}:iam::*:role/{role}"),
        },
    ]
}

fn json_of(statements: &[Statement]) -> String {
    let statements: Vec<Value> = statements
        .iter()
        .map(|Statement { sid, actions, resource }| {
            json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource })
        })
        .collect();
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    format!("{policy:#}\n")
}

fn filled(template: &str, role: &str, statements: &[Statement], written: fn(&Statement) -> String) -> String {
    let (path, name) = role.rsplit_once('/').unwrap_or(("", role));
    let path = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
    let statements: String = statements.iter().map(written).collect();
    template.replace("@name@", name).replace("@path@", &path).replace("@statements@\n", &statements)
}

fn yaml(statement: &Statement) -> String {
    let actions: String = statement.actions.iter().map(|action| format!("                  - {action}\n")).collect();
    format!(
        "              - Sid: {}\n                Effect: Allow\n                Action:\n{actions}                \
         Resource: \"{}\"\n",
        statement.sid, statement.resource
    )
}

fn hcl(statement: &Statement) -> String {
    let actions: String = statement.actions.iter().map(|action| format!("          \"{action}\",\n")).collect();
    format!(
        "      {{\n        Sid      = \"{}\"\n        Effect   = \"Allow\"\n        Resource = \"{}\"\n        \
         Action = [\n{actions}        ]\n      }},\n",
        statement.sid, statement.resource
    )
}
