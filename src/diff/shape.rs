//! What a kind's rules say about its lists and documents, ready to be asked during a walk.

use driftline_api::{Document, Rule};

/// How the elements of a list are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// Order means nothing.
    Set(&'static [&'static str]),
    /// Order matters.
    Sequence(&'static [&'static str]),
    /// The statements of an IAM policy.
    Statements,
    /// A member of a policy that means the same as a scalar and as a list of one, in any order.
    PolicyValues,
}

/// The rules that speak of lists and of policies, with their paths taken apart.
pub(super) struct Shape {
    lists: Vec<(Vec<String>, Form)>,
    policies: Vec<Vec<String>>,
    handles: Vec<Vec<String>>,
}

/// A place in the attributes as rules name it: member names, `*` for an element of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    steps: Vec<String>,
    /// How many steps lead to the policy that this place is in.
    policy: Option<usize>,
}

impl Shape {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut shape = Self { lists: Vec::new(), policies: Vec::new(), handles: Vec::new() };
        for rule in rules {
            let form = match *rule {
                Rule::Set { key, .. } => Form::Set(key),
                Rule::Sequence { key, .. } => Form::Sequence(key),
                Rule::Document { path, form: Document::Policy } => {
                    shape.policies.push(steps(path));
                    continue;
                }
                Rule::Handle { path, .. } => {
                    shape.handles.push(steps(path));
                    continue;
                }
                _ => continue,
            };
            shape.lists.push((steps(rule.path()), form));
        }
        shape
    }

    /// The place one step further.
    pub(super) fn enter(&self, place: &Place, step: &str) -> Place {
        let mut steps = place.steps.clone();
        steps.push(step.to_owned());
        let begins = || self.policies.iter().any(|policy| matches(policy, &steps)).then_some(steps.len());
        Place { policy: place.policy.or_else(begins), steps }
    }

    /// Whether what stands here is never compared.
    pub(super) fn is_handle(&self, place: &Place) -> bool {
        self.handles.iter().any(|handle| matches(handle, &place.steps))
    }

    /// Whether a handle may stand below.
    pub(super) fn leads_to_handles(&self, place: &Place) -> bool {
        let begins = |handle: &Vec<String>| {
            handle.len() > place.steps.len() && matches(&handle[..place.steps.len()], &place.steps)
        };
        self.handles.iter().any(begins)
    }

    /// How the list at this place is compared.
    pub(super) fn form(&self, place: &Place) -> Form {
        if let Some(depth) = place.policy {
            return match &place.steps[depth..] {
                [] => Form::Sequence(&[]),
                [statement] if statement == "Statement" => Form::Statements,
                _ => Form::PolicyValues,
            };
        }
        let rule = self.lists.iter().find(|(path, _)| matches(path, &place.steps));
        rule.map_or(Form::Sequence(&[]), |(_, form)| *form)
    }

    /// Whether the value at this place is a member of a policy's statement, or deeper.
    pub(super) fn is_in_statement(place: &Place) -> bool {
        place.policy.is_some_and(|depth| place.steps.len() > depth + 1 && place.steps[depth] == "Statement")
    }
}

fn steps(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

fn matches(rule: &[String], steps: &[String]) -> bool {
    rule.len() == steps.len() && rule.iter().zip(steps).all(|(rule, step)| rule == "*" || rule == step)
}
