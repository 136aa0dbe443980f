//! `driftline kinds`.

mod terraform;

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use driftline_api::{Arn, Descriptor, Effect, Identity, Naming, Reads, Rule, Write};
use serde_json::{Value, json};

use super::context::{self, Context};
use super::failure::Failure;

/// List the kinds that are read; given names or patterns, with their IAM actions and rules, and what they become in Terraform
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// `rds/db_instance`, a service: `rds`, or a pattern: `iam/*`
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// As JSON: all that is known of them
    #[arg(long)]
    json: bool,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let kinds = context::kinds();
    let mut found: Vec<&Descriptor> = Vec::new();
    for name in &arguments.names {
        let before = found.len();
        let pattern = driftline_api::glob(name).map_err(|why| {
            Failure::new(format!("use the pattern `{name}`: {why}")).hint("they look like `ec2/vpc*`")
        })?;
        found.extend(kinds.values().copied().filter(|kind| pattern.is_match(kind.name) || kind.service() == name));
        if found.len() == before {
            return Err(unknown(name, kinds.keys().copied()));
        }
    }
    if arguments.json {
        let all = || kinds.values().copied().collect();
        let asked = if arguments.names.is_empty() { all() } else { found };
        let value: Vec<Value> = asked.into_iter().map(to_value).collect();
        cx.ui.data(|out| {
            serde_json::to_writer_pretty(&mut *out, &value)?;
            writeln!(out)
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    if arguments.names.is_empty() {
        let width = kinds.keys().map(|name| name.len()).max().unwrap_or(0);
        for (name, kind) in &kinds {
            let first = kind.about.split_inclusive(". ").next().unwrap_or(kind.about);
            line(&mut text, format_args!("{name:width$}  {}", first.trim_end()));
        }
    }
    for kind in found {
        if !text.is_empty() {
            text.push('\n');
        }
        describe(&mut text, kind);
    }
    cx.ui.data(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitCode::SUCCESS)
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let near = known
        .map(|kind| (strsim::jaro_winkler(name, kind), kind))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.8);
    let failure = Failure::new(format!("find the kind `{name}`"));
    match near {
        Some((_, kind)) => failure.hint(format!("did you mean `{kind}`? `driftline kinds` lists them all")),
        None => failure.hint("`driftline kinds` lists them all"),
    }
}

fn describe(text: &mut String, kind: &Descriptor) {
    line(text, format_args!("{}", kind.name));
    line(text, format_args!("  {}", kind.about));
    let reads = match kind.reads {
        Reads::EachRegion => "in each region",
        Reads::Global => "once per account (global)",
        Reads::Everywhere => "once per account, from every region (global)",
        Reads::OncePerAccount => "once per account; each lies in its own region",
    };
    line(text, format_args!("  read      {reads}"));
    let id = match kind.identity {
        Identity::Field(pointer) => pointer.to_owned(),
        Identity::Join(pointers) => pointers.join(" + "),
        Identity::Computed(how) => how.to_owned(),
    };
    line(text, format_args!("  id        {id}"));
    let arn = match kind.arn {
        Arn::Field(pointer) => pointer,
        Arn::Pattern(pattern) => pattern,
        Arn::None => "none",
    };
    line(text, format_args!("  arn       {arn}"));
    if let Some(created) = kind.created {
        line(text, format_args!("  made      {created}: the newest alone can be read"));
    }
    list(text, "actions", kind.actions.iter().map(|action| (*action).to_owned()));
    let source = |source: &driftline_api::Source| {
        let at = if source.at.is_empty() { "attributes" } else { source.at };
        format!("{} {} → {at}", source.operation, if source.member.is_empty() { "(all)" } else { source.member })
    };
    list(text, "answers", kind.sources.iter().map(source));
    list(text, "rules", kind.rules.iter().map(rule));
    list(text, "writes", kind.writes.iter().map(write));
    let names: Vec<&str> = kind.names.iter().copied().map(naming).collect();
    line(text, format_args!("  names     {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") }));
    list(text, "terraform", terraform::lines(kind.terraform).into_iter());
}

fn write(write: &Write) -> String {
    let events = write.events.join(", ");
    match write.effect {
        Effect::Creates | Effect::Removes => format!("{:9} {events}", effect(write.effect)),
        Effect::Changes(paths) => {
            let paths: Vec<&str> = paths.iter().map(|path| if path.is_empty() { "all" } else { path }).collect();
            format!("{:9} {}: {events}", effect(write.effect), paths.join(", "))
        }
    }
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Creates => "creates",
        Effect::Removes => "removes",
        Effect::Changes(_) => "changes",
    }
}

/// What records may call one: a word, or the member where it stands.
fn naming(name: Naming) -> &'static str {
    match name {
        Naming::Id => "id",
        Naming::Arn => "arn",
        Naming::Label => "label",
        Naming::Parent => "parent",
        Naming::Field(pointer) => pointer,
    }
}

fn rule(rule: &Rule) -> String {
    let keyed = |key: &[&str]| if key.is_empty() { String::new() } else { format!(" by {}", key.join(", ")) };
    let more = match rule {
        Rule::Volatile { why, .. } | Rule::Handle { why, .. } => format!(": {why}"),
        Rule::Set { key, .. } | Rule::Sequence { key, .. } => keyed(key),
        Rule::Default { value, why, .. } => format!(" {value}: {why}"),
        Rule::Redundant { when, why, .. } => {
            let condition = |(path, value): &(&str, &str)| match *value {
                "*" => format!("{path} is set"),
                value => format!("{path} is {value}"),
            };
            let conditions: Vec<String> = when.iter().map(condition).collect();
            format!(" where {}: {why}", conditions.join(" and "))
        }
        Rule::Document { form, .. } => format!(" {form:?}").to_lowercase(),
        Rule::Reference { kind, .. } => format!(" → {kind}"),
        Rule::Secret { .. } | Rule::Tags { .. } => String::new(),
    };
    format!("{:9} {}{more}", rule.name(), rule.path())
}

/// A kind as scripts want it: what [`describe`] says, and nothing that has to be taken apart again.
fn to_value(kind: &Descriptor) -> Value {
    let source = |source: &driftline_api::Source| json!({ "operation": source.operation, "member": source.member, "at": source.at });
    json!({
        "name": kind.name,
        "about": kind.about,
        "reads": match kind.reads {
            Reads::EachRegion => "region",
            Reads::Global | Reads::Everywhere => "global",
            Reads::OncePerAccount => "account",
        },
        "identity": match kind.identity {
            Identity::Field(pointer) => json!({ "members": [pointer] }),
            Identity::Join(pointers) => json!({ "members": pointers }),
            Identity::Computed(how) => json!({ "computed": how }),
        },
        "arn": match kind.arn {
            Arn::Field(pointer) => json!({ "member": pointer }),
            Arn::Pattern(pattern) => json!({ "pattern": pattern }),
            Arn::None => Value::Null,
        },
        "label": kind.label,
        "called": kind.called,
        "created": kind.created,
        "actions": kind.actions,
        "sources": kind.sources.iter().map(source).collect::<Vec<_>>(),
        "rules": kind.rules.iter().map(rule_to_value).collect::<Vec<_>>(),
        "writes": kind.writes.iter().map(write_to_value).collect::<Vec<_>>(),
        "names": kind.names.iter().copied().map(naming_to_value).collect::<Vec<_>>(),
        "terraform": terraform::to_value(kind.terraform),
    })
}

fn write_to_value(write: &Write) -> Value {
    let mut value = json!({ "effect": effect(write.effect), "events": write.events });
    if let Effect::Changes(paths) = write.effect {
        value["paths"] = json!(paths);
    }
    value
}

fn naming_to_value(name: Naming) -> Value {
    match name {
        Naming::Field(pointer) => json!({ "member": pointer }),
        other => json!(naming(other)),
    }
}

fn rule_to_value(rule: &Rule) -> Value {
    let mut value = json!({ "rule": rule.name(), "path": rule.path() });
    match *rule {
        Rule::Volatile { why, .. } | Rule::Handle { why, .. } => value["why"] = json!(why),
        Rule::Set { key, .. } | Rule::Sequence { key, .. } => value["key"] = json!(key),
        Rule::Document { form, .. } => value["form"] = json!(format!("{form:?}").to_lowercase()),
        Rule::Default { value: default, why, .. } => {
            // Rules hold JSON; one that does not is shown as it is written.
            value["value"] = serde_json::from_str(default).unwrap_or_else(|_| json!(default));
            value["why"] = json!(why);
        }
        Rule::Redundant { when, why, .. } => {
            let condition = |(path, is): &(&str, &str)| json!({ "path": path, "is": is });
            value["when"] = when.iter().map(condition).collect();
            value["why"] = json!(why);
        }
        Rule::Reference { kind, .. } => value["kind"] = json!(kind),
        Rule::Secret { .. } | Rule::Tags { .. } => {}
    }
    value
}

fn list(text: &mut String, title: &str, items: impl Iterator<Item = String>) {
    for (index, item) in items.enumerate() {
        let title = if index == 0 { title } else { "" };
        line(text, format_args!("  {title:9} {item}"));
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a String does not fail");
}
