//! Answers operations from a description: one mechanism for all of them, told by rows what they mean.

mod page;
mod project;
mod select;
mod trail;

use std::borrow::Cow;

use driftline_wire::model::{Operation, Service, Shape, Structure};
use serde_json::{Map, Value};

use crate::operations::{Gives, Listing, Owner, Row, TagForm, row};
use crate::world::{Account, GLOBAL};
use select::{Selection, walk};

pub(crate) use page::{Paging, bad_page, is_later_page};

/// A question that has been understood and let in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static Operation,
    pub(crate) params: &'a Map<String, Value>,
    pub(crate) region: &'a str,
}

/// An error as the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), headers: Vec::new() }
    }

    /// Something is not there. EC2 and the load balancers answer that with 400, as do JSON services.
    pub(crate) fn missing(service: &Service, code: &str, message: impl Into<String>) -> Self {
        let not_found = matches!(service.name, "iam" | "rds" | "route53" | "s3" | "s3control");
        Self::new(if not_found && !code.starts_with("Invalid") { 404 } else { 400 }, code, message)
    }
}

/// The error of a call that names something, once that is gone.
pub(crate) fn gone(question: Question<'_>) -> Option<Refusal> {
    let (_, param) = row(question.service.name, question.operation.name)?.missing()?;
    (!select::params(question, param).is_empty()).then(|| vanished(question))
}

/// The error of an operation whose item has vanished.
pub(crate) fn vanished(question: Question<'_>) -> Refusal {
    let row = row(question.service.name, question.operation.name);
    let (code, param) = row.and_then(Row::missing).unwrap_or(("ResourceNotFoundException", ""));
    let code = sort_of_missing(question, code);
    let value =
        walk(&Value::Object(question.params.clone()), param).first().map(|value| select::text(value).into_owned());
    Refusal::missing(question.service, code, format!("{} does not exist", value.unwrap_or_default()))
}

/// Route 53's tag operations speak of two sorts of things, and each has a code of its own.
fn sort_of_missing<'a>(question: Question<'_>, code: &'a str) -> &'a str {
    match question.params.get("ResourceType").and_then(Value::as_str) {
        Some("healthcheck") => "NoSuchHealthCheck",
        _ => code,
    }
}

/// What an account answers.
pub(crate) fn answer(account: &Account, question: Question<'_>, paging: Paging) -> Result<Value, Refusal> {
    let world = Descriptions {
        region: account.description(question.region, question.service.name),
        global: account.description(GLOBAL, question.service.name),
    };
    let row = row(question.service.name, question.operation.name);
    let mut answer = match row {
        Some(row) => by_row(world, question, row)?,
        None => by_convention(world, question)?,
    };
    let keys = row.map(|row| row.page_keys).unwrap_or_default();
    let after = page::turn(&mut answer, question, paging, keys)?;
    let unasked = question.params.is_empty();
    let omits = row.map(|row| if unasked && row.omits.is_empty() { row.omits_unasked } else { row.omits });
    let omits = omits.unwrap_or_default();
    let mut written = Map::new();
    for member in question.operation.output.members {
        let value = match (answer.remove(member.name), member.shape) {
            (Some(Piece::List(items)), Shape::List(list)) => {
                let item = |item: Cow<'_, Value>| project::listed(list.member, &item, question, omits);
                items.into_iter().map(item).collect()
            }
            (Some(Piece::List(items)), _) => items.into_iter().map(Cow::into_owned).collect(),
            (Some(Piece::One(value)), shape) => project::value(shape, &value, question.service.name, member.name),
            (None, _) => continue,
        };
        written.insert(member.name.to_owned(), value);
    }
    written.extend(after);
    echo(question, &mut written);
    Ok(Value::Object(written))
}

/// The descriptions that a call sees: its region's, and the account's own.
#[derive(Clone, Copy)]
struct Descriptions<'a> {
    region: &'a Value,
    global: &'a Value,
}

impl<'a> Descriptions<'a> {
    /// Where a collection lies.
    fn of(&self, name: &str) -> &'a Value {
        if self.region.get(name).is_some() { self.region } else { self.global }
    }

    /// The items at a path such as `/Reservations/*/Instances/*`.
    fn items(&self, path: &str) -> Vec<&'a Value> {
        let name = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        walk(self.of(name), path)
    }
}

/// An answer before it is paged: only what a page shows is copied.
type Answer<'a> = std::collections::BTreeMap<&'static str, Piece<'a>>;

enum Piece<'a> {
    List(Vec<Cow<'a, Value>>),
    One(Cow<'a, Value>),
}

impl<'a> Piece<'a> {
    fn borrowed(items: Vec<&'a Value>) -> Self {
        Self::List(items.into_iter().map(Cow::Borrowed).collect())
    }

    fn of(value: &'a Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Cow::Borrowed).collect()),
            other => Self::One(Cow::Borrowed(other)),
        }
    }
}

fn by_row<'a>(world: Descriptions<'a>, question: Question<'_>, row: &'static Row) -> Result<Answer<'a>, Refusal> {
    let selection = Selection { world, question, filters: row.filters };
    let mut answer = Answer::new();
    match row.gives {
        Gives::Items(member) => {
            let items =
                selection.filtered(selection.choose(row.of, row.by)?, element(question.operation.output, member))?;
            // What the answer says beside its list, such as the owner of all buckets.
            spread(
                &mut answer,
                question,
                world.of(question.operation.name).get(question.operation.name).unwrap_or(&EMPTY),
            );
            answer.insert(member, Piece::borrowed(items));
        }
        Gives::Lists(listings) => {
            for listing in listings {
                let items =
                    if wanted(question, listing) { selection.choose(listing.of, listing.by)? } else { Vec::new() };
                let made = items.into_iter().map(|item| made(item, listing.gives)).collect();
                answer.insert(listing.member, Piece::List(made));
            }
        }
        Gives::Tags { param, owners, missing, form } => {
            let (member, piece) = tags(world, question, param, owners, missing, form)?;
            answer.insert(member, piece);
        }
        Gives::Events(member) => {
            answer.insert(member, Piece::borrowed(trail::look_up(world.items(row.of), question)?));
        }
        Gives::TagLines(member, owners) => {
            let lines = tag_lines(world, owners);
            let shape = element(question.operation.output, member);
            let lines = select::filter(lines, question, row.filters, shape)?;
            answer.insert(member, Piece::List(lines.into_iter().map(Cow::Owned).collect()));
        }
        Gives::Item(member) => {
            answer.insert(member, Piece::One(Cow::Borrowed(selection.one(row)?)));
        }
        Gives::Spread => spread(&mut answer, question, selection.one(row)?),
        Gives::Part => spread(&mut answer, question, part(selection, row)?),
        Gives::PartNamed(param) => {
            let part = part(selection, row)?;
            let wanted = select::params(question, param);
            let named = question
                .operation
                .output
                .members
                .iter()
                .filter(|member| wanted.iter().any(|name| name.eq_ignore_ascii_case(member.wire_name)));
            for member in named {
                if let Some(value) = part.get(member.name) {
                    answer.insert(member.name, Piece::of(value));
                }
            }
        }
        Gives::Members(members) => {
            let item = selection.one(row)?;
            for (member, path) in members {
                if let Some(value) = item.pointer(path) {
                    answer.insert(member, Piece::of(value));
                }
            }
        }
        Gives::Inner(member, list, by) => {
            let items = selection.one(row)?.pointer(list).and_then(Value::as_array);
            let items = selection.narrow(items.into_iter().flatten().collect(), by)?;
            answer.insert(member, Piece::borrowed(items));
        }
        Gives::Element { list, param, item, member, missing } => {
            let items = selection.one(row)?.pointer(list).and_then(Value::as_array);
            let by = [crate::operations::By::Named { param, item, missing }];
            let found = selection.narrow(items.into_iter().flatten().collect(), &by)?;
            if let Some(found) = found.first() {
                answer.insert(member, Piece::One(Cow::Borrowed(found)));
            }
        }
    }
    Ok(answer)
}

fn by_convention<'a>(world: Descriptions<'a>, question: Question<'_>) -> Result<Answer<'a>, Refusal> {
    let output = question.operation.output;
    let list = output.members.iter().find(|member| matches!(member.shape, Shape::List(_)));
    let mut answer = Answer::new();
    if let Some(member) = list {
        let selection = Selection { world, question, filters: &[] };
        let shape = element(output, member.name);
        let items = selection.conventional(world.items(&format!("/{}/*", member.name)), shape);
        answer.insert(member.name, Piece::borrowed(selection.filtered(items, shape)?));
    } else if let Some(part) = world.of(question.operation.name).get(question.operation.name) {
        spread(&mut answer, question, part);
    }
    Ok(answer)
}

/// The structure of the elements of a list in an output.
fn element(output: &Structure, member: &str) -> Option<&'static Structure> {
    match output.member(member)?.shape {
        Shape::List(list) => match list.member {
            Shape::Structure(structure) => Some(structure),
            _ => None,
        },
        _ => None,
    }
}

fn spread<'a>(answer: &mut Answer<'a>, question: Question<'_>, value: &'a Value) {
    for member in question.operation.output.members {
        if let Some(value) = value.get(member.name).filter(|value| !value.is_null()) {
            answer.insert(member.name, Piece::of(value));
        }
    }
}

static EMPTY: Value = Value::Null;

/// What lies in the one item (or in the description itself) under the operation's name.
fn part<'a>(selection: Selection<'a, '_>, row: &Row) -> Result<&'a Value, Refusal> {
    let name = selection.question.operation.name;
    let owner = if row.of.is_empty() { selection.world.of(name) } else { selection.one(row)? };
    match (owner.get(name).filter(|part| !part.is_null()), row.absent) {
        (Some(part), _) => Ok(part),
        (None, None) => Ok(&EMPTY),
        (None, Some(code)) => {
            Err(Refusal::missing(selection.question.service, code, format!("{name}: there is no such configuration")))
        }
    }
}

fn wanted(question: Question<'_>, listing: &Listing) -> bool {
    listing.when.is_none_or(|(param, values)| {
        let given = select::params(question, param);
        given.is_empty() || given.iter().any(|value| values.contains(&value.as_str()))
    })
}

fn made<'a>(item: &'a Value, members: &[(&str, &str)]) -> Cow<'a, Value> {
    if members.is_empty() {
        return Cow::Borrowed(item);
    }
    let member = |(name, path): &(&str, &str)| Some(((*name).to_owned(), item.pointer(path)?.clone()));
    Cow::Owned(Value::Object(members.iter().filter_map(member).collect()))
}

fn tags<'a>(
    world: Descriptions<'a>,
    question: Question<'_>,
    param: &str,
    owners: &[Owner],
    missing: &str,
    form: TagForm,
) -> Result<(&'static str, Piece<'a>), Refusal> {
    let tagged = |name: &String| {
        let mut candidates =
            owners.iter().flat_map(|(of, key)| world.items(of).into_iter().map(move |item| (item, *key)));
        let found = candidates.find(|(item, key)| item.pointer(key).is_some_and(|value| select::same(value, name)));
        found.map(|(item, _)| item.get("Tags").or_else(|| item.get("TagList")).unwrap_or(&EMPTY)).ok_or_else(|| {
            let code = sort_of_missing(question, missing);
            Refusal::missing(question.service, code, format!("{name} does not exist"))
        })
    };
    let names = select::params(question, param);
    let object = |name: &String, key: &str, echoed: &[&str]| {
        let list = tagged(name)?.as_array().cloned().unwrap_or_default();
        let mut object =
            Map::from_iter([(key.to_owned(), Value::from(name.as_str())), ("Tags".to_owned(), list.into())]);
        object.extend(echoed.iter().filter_map(|name| Some(((*name).to_owned(), question.params.get(*name)?.clone()))));
        Ok(Cow::Owned(Value::Object(object)))
    };
    let first = || names.first().ok_or_else(|| Refusal::new(400, "ValidationError", format!("{param} is missing")));
    match form {
        TagForm::Member(member) => {
            let list = tagged(first()?)?.as_array();
            Ok((member, Piece::borrowed(list.into_iter().flatten().collect())))
        }
        TagForm::Object(member, key, echoed) => Ok((member, Piece::One(object(first()?, key, echoed)?))),
        TagForm::List(member, key, echoed) => {
            let objects = names.iter().map(|name| object(name, key, echoed)).collect::<Result<_, _>>()?;
            Ok((member, Piece::List(objects)))
        }
    }
}

fn tag_lines(world: Descriptions<'_>, owners: &[(Owner, &str)]) -> Vec<Value> {
    let mut lines = Vec::new();
    for ((of, key), kind) in owners {
        for item in world.items(of) {
            for tag in item.get("Tags").and_then(Value::as_array).into_iter().flatten() {
                let mut line = tag.as_object().cloned().unwrap_or_default();
                line.insert("ResourceId".to_owned(), item.pointer(key).cloned().unwrap_or_default());
                line.insert("ResourceType".to_owned(), Value::from(*kind));
                lines.push(Value::Object(line));
            }
        }
    }
    lines
}

/// Answers repeat parameters: ids always, markers and limits where the model demands them.
fn echo(question: Question<'_>, answer: &mut Map<String, Value>) {
    let paginator = question.operation.paginator.as_ref();
    for member in question.operation.output.members {
        let scalar = !matches!(member.shape, Shape::Structure(_) | Shape::List(_) | Shape::Map(_));
        let paging = paginator.is_some_and(|paginator| {
            paginator.input_tokens.contains(&member.name)
                || paginator.output_tokens.contains(&member.name)
                || paginator.limit_key == Some(member.name)
        });
        if !scalar || (paging && !member.required) || answer.contains_key(member.name) {
            continue;
        }
        if let Some(value) = question.params.get(member.name) {
            answer.insert(member.name.to_owned(), value.clone());
        } else if paginator.and_then(|paginator| paginator.limit_key) == Some(member.name) {
            let size = page::default_size(question.service.name);
            let text = matches!(member.shape, Shape::String { .. });
            let size = if text { Value::from(size.to_string()) } else { Value::from(size) };
            answer.insert(member.name.to_owned(), size);
        }
    }
}

#[cfg(test)]
mod tests;
