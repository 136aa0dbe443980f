//! What a kind becomes in Terraform, for `driftline kinds NAME`.

use driftline_api::{Argument, Terraform, When, absolute};
use serde_json::{Value, json};

/// A line for each resource type, argument and attribute that becomes nothing.
pub(super) fn lines(terraform: Option<&Terraform>) -> Vec<String> {
    let Some(terraform) = terraform else { return vec!["not exported yet".to_owned()] };
    let mut lines = Vec::new();
    for form in terraform.forms {
        lines.push(format!("{}{}, imported by {}", form.resource, condition(form.when, " where "), form.import));
        arguments(&mut lines, form.arguments, "");
    }
    for child in terraform.children {
        let each = if child.each.is_empty() { String::new() } else { format!(" for each {}", child.each) };
        let conditions = condition(child.when, " where ");
        lines.push(format!("{}{each}{conditions}, imported by {}", child.resource, child.import));
        arguments(&mut lines, child.arguments, child.each);
    }
    for exclude in terraform.excludes {
        lines.push(format!("nothing{}: it {}", condition(exclude.when, " where "), exclude.why));
    }
    for omit in terraform.omits {
        let told = if omit.told { " (the export says so)" } else { "" };
        let conditions = condition(omit.when, " where ");
        lines.push(format!("not {}{conditions}: it {}{told}", omit.paths.join(", "), omit.why));
    }
    lines
}

fn arguments(lines: &mut Vec<String>, arguments: &[Argument], base: &str) {
    each(arguments, base, "", &mut |name, from| lines.push(format!("  {name} ← {from}")));
}

pub(super) fn to_value(terraform: Option<&Terraform>) -> Value {
    let Some(terraform) = terraform else { return Value::Null };
    let conditions = |when: &[When]| -> Vec<String> { when.iter().map(one_condition).collect() };
    let arguments = |list: &[Argument], base: &str| {
        let mut found = Vec::new();
        each(list, base, "", &mut |name, from| found.push(json!({ "name": name, "from": from })));
        found
    };
    json!({
        "resources": terraform.forms.iter().map(|form| json!({
            "type": form.resource,
            "when": conditions(form.when),
            "import": form.import,
            "arguments": arguments(form.arguments, ""),
        })).collect::<Vec<_>>(),
        "children": terraform.children.iter().map(|child| json!({
            "type": child.resource,
            "each": child.each,
            "when": conditions(child.when),
            "import": child.import,
            "arguments": arguments(child.arguments, child.each),
        })).collect::<Vec<_>>(),
        "excludes": terraform.excludes.iter().map(|exclude| json!({
            "when": conditions(exclude.when),
            "why": exclude.why,
        })).collect::<Vec<_>>(),
        "omits": terraform.omits.iter().map(|omit| json!({
            "paths": omit.paths,
            "when": conditions(omit.when),
            "why": omit.why,
            "told": omit.told,
        })).collect::<Vec<_>>(),
    })
}

/// Visits every argument, those of nested blocks as `block.argument`, and what it is made of.
fn each(arguments: &[Argument], base: &str, within: &str, visit: &mut dyn FnMut(String, String)) {
    for argument in arguments {
        let name = format!("{within}{}", argument.name());
        let at = |path: &str| absolute(base, path);
        let from = match *argument {
            Argument::Blocks { path, arguments, .. } => {
                each(arguments, &at(path), &format!("{name}."), visit);
                continue;
            }
            Argument::Initial { arguments } => {
                each(arguments, base, within, &mut |name, from| visit(name, format!("{from}, when it is made")));
                continue;
            }
            Argument::Where { when, arguments } => {
                let holds = condition(when, " where ");
                each(arguments, base, within, &mut |name, from| visit(name, format!("{from}{holds}")));
                continue;
            }
            Argument::Value { path, default: Some(default), .. }
            | Argument::Spelled { path, default: Some(default), .. } => format!("{}, unless {default}", at(path)),
            Argument::Value { path, .. } | Argument::Spelled { path, .. } | Argument::Always { path, .. } => at(path),
            Argument::Document { path, .. } => format!("{} as jsonencode", at(path)),
            Argument::Text { pattern, .. } => pattern.to_owned(),
            Argument::Reference { kind, pattern, .. } => format!("{pattern}, of {kind}"),
            Argument::Parts { part, arguments, .. } => {
                let inner = if argument.name().is_empty() { within.to_owned() } else { format!("{name}.") };
                each(arguments, "", &inner, &mut |name, from| visit(name, format!("{from} of its {}", part.kind)));
                continue;
            }
            Argument::Sibling { resource, attribute, .. } => format!("{attribute} of {resource}"),
            Argument::Given { .. } => "a variable".to_owned(),
            Argument::Required { absent, .. } => format!("a variable, or {absent}"),
            Argument::Ignore { arguments } => {
                visit(format!("{within}lifecycle.ignore_changes"), arguments.join(", "));
                continue;
            }
            Argument::Needs { kind, pattern } => format!("{kind}: {pattern}"),
            Argument::After(children) => children.join(", "),
            Argument::Attribute { path, attribute, .. } => format!("{attribute} of what {} names", at(path)),
            Argument::Parent { attribute, .. } => format!("{attribute} of the resource"),
            Argument::Tags => "the tags".to_owned(),
            Argument::Constant { value, .. } => format!("always {value}"),
            Argument::Made { from, .. } | Argument::Computed { from, .. } => {
                from.iter().map(|path| at(path)).collect::<Vec<_>>().join(", ")
            }
        };
        visit(name, from);
    }
}

fn condition(when: &[When], before: &str) -> String {
    let conditions: Vec<String> = when.iter().map(one_condition).collect();
    if conditions.is_empty() { String::new() } else { format!("{before}{}", conditions.join(" and ")) }
}

fn one_condition(when: &When) -> String {
    match *when {
        When::Has(path) => format!("{path} is set"),
        When::Lacks(path) => format!("{path} is not set"),
        When::Is(path, value) => format!("{path} is {value}"),
        When::IsNot(path, value) => format!("{path} is not {value}"),
        When::Differs(path, other) => format!("{path} is not {other}"),
        When::Begins(path, start) => format!("{path} begins with {start}"),
        When::Each(path, inner) => format!("each {path} has {inner}"),
        When::Unless(conditions) => format!("not ({})", condition(conditions, "")),
    }
}
