//! Answers operations from a description: one mechanism for all of them, told by rows what they mean.

mod items;
mod page;
mod project;
mod select;
mod trail;

use std::borrow::Cow;

use driftline_wire::model::{Operation, Service, Shape, Structure};
use serde_json::{Map, Value};

use crate::operations::{Gives, Listing, Owner, Row, TagForm, row};
use crate::world::{Account, GLOBAL, Held, text, walk};
use items::Chosen;
use select::Selection;

pub(crate) use items::Items;
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
    let value = walk(&Value::Object(question.params.clone()), param).first().map(|value| text(value).into_owned());
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
    let world = Descriptions { account, region: question.region, service: question.service.name };
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
                items.iter().map(|item| project::listed(list.member, item.into_owned(), question, omits)).collect()
            }
            (Some(Piece::List(items)), _) => items.iter().map(Cow::into_owned).collect(),
            (Some(Piece::One(value)), shape) => {
                project::value(shape, value.into_owned(), question.service.name, member.name)
            }
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
    account: &'a Account,
    region: &'a str,
    service: &'static str,
}

impl<'a> Descriptions<'a> {
    /// What the region's description holds under a name, or else the account's own.
    fn held(&self, name: &str) -> Option<Held<'a>> {
        let held = |region| self.account.held(region, self.service, name);
        held(self.region).or_else(|| held(GLOBAL))
    }

    /// What an operation answers whole.
    fn part(&self, name: &str) -> &'a Value {
        match self.held(name) {
            Some(Held::Open(value)) => value,
            Some(Held::Packed(_)) | None => &EMPTY,
        }
    }

    /// The items of the collection that a path such as `/Reservations/*/Instances/*` begins with, and the rest of the
    /// path.
    fn items<'p>(&self, path: &'p str) -> (Items<'a>, &'p str) {
        let path = path.trim_start_matches('/');
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        (Items::of(self.held(name)), rest.strip_prefix('*').unwrap_or(rest))
    }

    /// Every item at a path.
    fn all(&self, path: &str) -> Vec<Cow<'a, Value>> {
        let (items, within) = self.items(path);
        let items = Chosen::all(items);
        if within.is_empty() {
            return items.iter().collect();
        }
        items
            .iter()
            .flat_map(|item| walk(&item, within).into_iter().cloned().collect::<Vec<_>>())
            .map(Cow::Owned)
            .collect()
    }
}

/// An answer before it is paged: only what a page shows is read.
type Answer<'a> = std::collections::BTreeMap<&'static str, Piece<'a>>;

enum Piece<'a> {
    List(Chosen<'a>),
    One(Cow<'a, Value>),
}

impl<'a> Piece<'a> {
    fn list(items: Vec<Cow<'a, Value>>) -> Self {
        Self::List(Chosen::all(Items::Listed(items)))
    }

    fn of(value: Cow<'a, Value>) -> Self {
        if value.is_array() { Self::List(Chosen::all(Items::listed(value))) } else { Self::One(value) }
    }
}

/// What lies at a path in an item; it is taken out of items that are nobody else's.
fn taken<'a>(item: &mut Cow<'a, Value>, path: &str) -> Option<Cow<'a, Value>> {
    match item {
        Cow::Borrowed(item) => item.pointer(path).map(Cow::Borrowed),
        Cow::Owned(item) => item.pointer_mut(path).map(|value| Cow::Owned(value.take())),
    }
}

fn by_row<'a>(world: Descriptions<'a>, question: Question<'_>, row: &'static Row) -> Result<Answer<'a>, Refusal> {
    let selection = Selection { world, question, filters: row.filters };
    let mut answer = Answer::new();
    match row.gives {
        Gives::Items(member) => {
            let mut items = selection.choose(row.of, row.by)?;
            selection.filtered(&mut items, element(question.operation.output, member))?;
            // What the answer says beside its list, such as the owner of all buckets.
            spread(&mut answer, question, Cow::Borrowed(world.part(question.operation.name)));
            answer.insert(member, Piece::List(items));
        }
        Gives::Lists(listings) => {
            for listing in listings {
                let piece = match (wanted(question, listing), listing.gives) {
                    (false, _) => Piece::list(Vec::new()),
                    (true, []) => Piece::List(selection.choose(listing.of, listing.by)?),
                    (true, members) => {
                        let items = selection.choose(listing.of, listing.by)?;
                        Piece::list(items.iter().map(|item| Cow::Owned(made(&item, members))).collect())
                    }
                };
                answer.insert(listing.member, piece);
            }
        }
        Gives::Tags { param, owners, missing, form } => {
            let (member, piece) = tags(world, question, param, owners, missing, form)?;
            answer.insert(member, piece);
        }
        Gives::Events(member) => {
            answer.insert(member, Piece::list(trail::look_up(world.all(row.of), question)?));
        }
        Gives::TagLines(member, owners) => {
            let lines = tag_lines(world, owners).into_iter().map(Cow::Owned).collect();
            let mut lines = Chosen::all(Items::Listed(lines));
            select::filter(&mut lines, question, row.filters, element(question.operation.output, member))?;
            answer.insert(member, Piece::List(lines));
        }
        Gives::Item(member) => {
            answer.insert(member, Piece::One(selection.one(row)?));
        }
        Gives::Spread => spread(&mut answer, question, selection.one(row)?),
        Gives::Part => spread(&mut answer, question, part(selection, row)?),
        Gives::PartNamed(param) => {
            let mut part = part(selection, row)?;
            let wanted = select::params(question, param);
            let named = question
                .operation
                .output
                .members
                .iter()
                .filter(|member| wanted.iter().any(|name| name.eq_ignore_ascii_case(member.wire_name)));
            for member in named {
                if let Some(value) = taken(&mut part, &format!("/{}", member.name)) {
                    answer.insert(member.name, Piece::of(value));
                }
            }
        }
        Gives::Members(members) => {
            let mut item = selection.one(row)?;
            // The item itself comes last: what is taken out of it is no member of it in the API's shape.
            let mut members = members.to_vec();
            members.sort_by_key(|(_, path)| path.is_empty());
            for (member, path) in members {
                if let Some(value) = taken(&mut item, path) {
                    answer.insert(member, Piece::of(value));
                }
            }
        }
        Gives::Inner(member, list, by) => {
            let list = taken(&mut selection.one(row)?, list).unwrap_or(Cow::Borrowed(&EMPTY));
            let mut items = Chosen::all(Items::listed(list));
            selection.narrow(&mut items, "", by)?;
            answer.insert(member, Piece::List(items));
        }
        Gives::Element { list, param, item, member, missing } => {
            let list = taken(&mut selection.one(row)?, list).unwrap_or(Cow::Borrowed(&EMPTY));
            let by = [crate::operations::By::Named { param, item, missing }];
            let mut items = Chosen::all(Items::listed(list));
            selection.narrow(&mut items, "", &by)?;
            if let Some(found) = items.get(0) {
                answer.insert(member, Piece::One(found));
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
        let mut items = Chosen::all(Items::of(world.held(member.name)));
        selection.conventional(&mut items, shape);
        selection.filtered(&mut items, shape)?;
        answer.insert(member.name, Piece::List(items));
    } else {
        spread(&mut answer, question, Cow::Borrowed(world.part(question.operation.name)));
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

fn spread<'a>(answer: &mut Answer<'a>, question: Question<'_>, mut value: Cow<'a, Value>) {
    for member in question.operation.output.members {
        if let Some(value) = taken(&mut value, &format!("/{}", member.name)).filter(|value| !value.is_null()) {
            answer.insert(member.name, Piece::of(value));
        }
    }
}

static EMPTY: Value = Value::Null;

/// What lies in the one item (or in the description itself) under the operation's name.
fn part<'a>(selection: Selection<'a, '_>, row: &Row) -> Result<Cow<'a, Value>, Refusal> {
    let name = selection.question.operation.name;
    let part = if row.of.is_empty() {
        Some(Cow::Borrowed(selection.world.part(name)))
    } else {
        taken(&mut selection.one(row)?, &format!("/{name}"))
    };
    match (part.filter(|part| !part.is_null()), row.absent) {
        (Some(part), _) => Ok(part),
        (None, None) => Ok(Cow::Borrowed(&EMPTY)),
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

fn made(item: &Value, members: &[(&str, &str)]) -> Value {
    let member = |(name, path): &(&str, &str)| Some(((*name).to_owned(), item.pointer(path)?.clone()));
    Value::Object(members.iter().filter_map(member).collect())
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
        let mut found = owners.iter().filter_map(|(of, key)| world.items(of).0.first(key, name));
        let mut item = found.next().ok_or_else(|| {
            let code = sort_of_missing(question, missing);
            Refusal::missing(question.service, code, format!("{name} does not exist"))
        })?;
        let tags = taken(&mut item, "/Tags").or_else(|| taken(&mut item, "/TagList"));
        Ok(tags.unwrap_or(Cow::Borrowed(&EMPTY)))
    };
    let names = select::params(question, param);
    let object = |name: &String, key: &str, echoed: &[&str]| {
        let list = Some(tagged(name)?.into_owned()).filter(Value::is_array).unwrap_or_else(|| Value::Array(Vec::new()));
        let mut object = Map::from_iter([(key.to_owned(), Value::from(name.as_str())), ("Tags".to_owned(), list)]);
        object.extend(echoed.iter().filter_map(|name| Some(((*name).to_owned(), question.params.get(*name)?.clone()))));
        Ok(Cow::Owned(Value::Object(object)))
    };
    let first = || names.first().ok_or_else(|| Refusal::new(400, "ValidationError", format!("{param} is missing")));
    match form {
        TagForm::Member(member) => Ok((member, Piece::List(Chosen::all(Items::listed(tagged(first()?)?))))),
        TagForm::Object(member, key, echoed) => Ok((member, Piece::One(object(first()?, key, echoed)?))),
        TagForm::List(member, key, echoed) => {
            let objects = names.iter().map(|name| object(name, key, echoed)).collect::<Result<_, _>>()?;
            Ok((member, Piece::list(objects)))
        }
    }
}

fn tag_lines(world: Descriptions<'_>, owners: &[(Owner, &str)]) -> Vec<Value> {
    let mut lines = Vec::new();
    for ((of, key), kind) in owners {
        for item in world.all(of) {
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
            let (size, _) = page::size::of(question.service.name, question.operation);
            let text = matches!(member.shape, Shape::String { .. });
            let size = if text { Value::from(size.to_string()) } else { Value::from(size) };
            answer.insert(member.name.to_owned(), size);
        }
    }
}

#[cfg(test)]
mod tests;
