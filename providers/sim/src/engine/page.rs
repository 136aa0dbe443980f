//! Pages, as AWS's paginators describe them.

pub(crate) mod size;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{Answer, Piece, Question, Refusal};
use crate::world::text;

/// How answers are paged.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Paging {
    /// No page is larger, whatever the caller asks for. `None`: as AWS does.
    pub(crate) at_most: Option<usize>,
    /// The first page comes again and again.
    pub(crate) stuck: bool,
    /// The last page leads to the first one.
    pub(crate) circles: bool,
}

/// Whether a call asks for another page than the first.
pub(crate) fn is_later_page(question: Question<'_>) -> bool {
    let is_given = |name: &&str| question.params.get(*name).is_some_and(|token| !text(token).is_empty());
    question.operation.paginator.as_ref().is_some_and(|paginator| paginator.input_tokens.iter().any(is_given))
}

/// What a service says of a page's token that is none of its own any more.
pub(crate) fn bad_page(question: Question<'_>, message: &str) -> Refusal {
    let code = match question.service.name {
        "cloudtrail" => "InvalidNextTokenException",
        "ec2" => "InvalidNextToken",
        "rds" => "InvalidParameterValue",
        "s3" | "s3control" | "route53" => "InvalidArgument",
        _ => "ValidationError",
    };
    Refusal::new(400, code, message)
}

/// Cuts an answer down to the page that is asked for, and says what follows it: tokens, and whether there is more.
pub(super) fn turn(
    answer: &mut Answer<'_>,
    question: Question<'_>,
    paging: Paging,
    keys: &[&str],
) -> Result<Map<String, Value>, Refusal> {
    let mut after = Map::new();
    let Some(paginator) = &question.operation.paginator else { return Ok(after) };
    let asked = paginator.limit_key.and_then(|key| question.params.get(key)).and_then(|value| text(value).parse().ok());
    let (default, most) = size::of(question.service.name, question.operation);
    let size: usize = asked.unwrap_or(default).min(most);
    let size = size.min(paging.at_most.unwrap_or(usize::MAX)).max(1);

    // Several paged lists are one sequence, in the order of the model.
    let lists: Vec<&str> = paginator.result_keys.iter().map(|key| key.trim_start_matches('/')).collect();
    let total: usize = lists.iter().map(|name| length(answer, name)).sum();
    let start = match (paging.stuck, keys.is_empty()) {
        (true, _) => 0,
        (false, true) => start_of(question, paginator.input_tokens)?,
        (false, false) => start_at(answer, question, paginator.input_tokens, lists.first().copied(), keys),
    };
    let end = start.saturating_add(size).min(total);
    let more = end < total || paging.stuck || paging.circles;
    let next = if paging.stuck || end >= total { 0 } else { end };

    if more && keys.is_empty() {
        let token = token(question, next);
        after.extend(paginator.output_tokens.iter().map(|name| ((*name).to_owned(), Value::from(token.as_str()))));
    } else if more
        && let Some(Piece::List(items)) = lists.first().and_then(|list| answer.get(*list))
        && let Some(next) = items.get(next)
    {
        for (name, key) in paginator.output_tokens.iter().zip(keys) {
            after.extend(next.pointer(key).map(|value| ((*name).to_owned(), value.clone())));
        }
    }
    if let Some(name) = paginator.more_results {
        after.insert(name.to_owned(), Value::from(more));
    }
    let mut before = 0;
    for name in lists {
        let length = length(answer, name);
        if let Some(Piece::List(items)) = answer.remove(name) {
            let (from, to) = (start.saturating_sub(before), end.saturating_sub(before).min(length));
            let page = items.part(from, to);
            if let Some(member) = question.operation.output.member(name) {
                answer.insert(member.name, Piece::List(page));
            }
        }
        before += length;
    }
    Ok(after)
}

fn length(answer: &Answer<'_>, name: &str) -> usize {
    match answer.get(name) {
        Some(Piece::List(items)) => items.len(),
        _ => 0,
    }
}

/// Tokens mean nothing to callers, and only something to the operation that gave them.
fn token(question: Question<'_>, index: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{}/{index}", question.service.name, question.operation.name))
}

fn start_of(question: Question<'_>, names: &[&str]) -> Result<usize, Refusal> {
    let Some(given) = names.first().and_then(|name| question.params.get(*name)).and_then(Value::as_str) else {
        return Ok(0);
    };
    // Some clients send an empty token for the first page.
    if given.is_empty() {
        return Ok(0);
    }
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(given).ok()?).ok()?;
        let index = text.strip_prefix(&format!("{}/{}/", question.service.name, question.operation.name))?;
        index.parse().ok()
    };
    read().ok_or_else(|| bad_page(question, "The token for the next page is not one that was given for this operation"))
}

/// The first item at or behind the keys that are asked for, in the list's own order.
fn start_at(answer: &Answer<'_>, question: Question<'_>, names: &[&str], list: Option<&str>, keys: &[&str]) -> usize {
    let Some(Piece::List(items)) = list.and_then(|list| answer.get(list)) else { return 0 };
    let wanted: Vec<(&str, String)> = keys
        .iter()
        .zip(names)
        .filter_map(|(key, name)| Some((*key, text(question.params.get(*name)?).into_owned())))
        .collect();
    let Some((first_key, first)) = wanted.first() else { return 0 };
    let exact = |item: &Value| wanted.iter().all(|(key, value)| item.pointer(key).is_some_and(|it| text(it) == *value));
    // An item may be gone by now: then its successor, by labels from the right, as Route 53 orders names.
    let labels = |name: &str| name.trim_end_matches('.').rsplit('.').map(str::to_owned).collect::<Vec<_>>();
    let behind = |item: &Value| item.pointer(first_key).is_some_and(|it| labels(&text(it)) >= labels(first));
    let position = items.iter().position(|item| exact(&item)).or_else(|| items.iter().position(|item| behind(&item)));
    position.unwrap_or(items.len())
}
