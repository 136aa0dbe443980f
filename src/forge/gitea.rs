//! Gitea's and Forgejo's pull requests: <https://docs.gitea.com/api/>, <https://codeberg.org/api/swagger>.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use ureq::http::Method;

use super::place::encoded;
use super::session::{Session, text};
use super::{ForgeError, Opened, Proposal, Sort, Wanted, cut, limits};

/// What the title of a draft begins with.
pub(super) const DRAFT: &str = "WIP: ";
/// The colour of a label that driftline makes: a label cannot be without one.
const COLOUR: &str = "#e0a800";

pub(super) fn find(session: &Session, head: &str, base: &str) -> Result<Option<Proposal>, ForgeError> {
    let what = "look for the open pull request";
    session.pages(what, &format!("{}/pulls?state=open", repository(session)), "limit", |one| {
        // A fork may have a branch of the same name.
        let same_repository = one["head"]["repo_id"] == one["base"]["repo_id"];
        let is_it = one["head"]["ref"] == head && one["base"]["ref"] == base && same_repository;
        is_it.then(|| proposal(one)).flatten()
    })
}

pub(super) fn open(session: &Session, wanted: &Wanted) -> Result<Opened, ForgeError> {
    let what = "open a pull request";
    let mut warnings = Vec::new();
    let prefix = if wanted.draft { DRAFT } else { "" };
    let mut body = json!({
        "title": cut(&format!("{prefix}{}", wanted.title), limits(Sort::Gitea).title),
        "body": wanted.body,
        "head": wanted.head,
        "base": wanted.base,
    });
    if !wanted.labels.is_empty() {
        match labels(session, &wanted.labels) {
            Ok(ids) => body["labels"] = ids.into(),
            Err(error) => warnings.push(error.to_string()),
        }
    }
    let created = session.ask(what, Method::POST, &format!("{}/pulls", repository(session)), Some(body))?;
    let proposal = proposal(&created).ok_or_else(|| session.unexpected(what, 201))?;
    if !wanted.reviewers.is_empty() {
        let path = format!("{}/pulls/{}/requested_reviewers", repository(session), proposal.number);
        let (teams, users): (Vec<_>, Vec<_>) = wanted.reviewers.iter().partition(|name| name.contains('/'));
        let teams: Vec<_> = teams.into_iter().filter_map(|name| name.rsplit('/').next()).collect();
        let body = json!({"reviewers": users, "team_reviewers": teams});
        let asked = session.ask("ask for reviews", Method::POST, &path, Some(body));
        warnings.extend(asked.err().map(|error| error.to_string()));
    }
    Ok(Opened { proposal, warnings })
}

pub(super) fn update(session: &Session, number: u64, title: &str, body: &str) -> Result<Proposal, ForgeError> {
    let what = "bring the pull request up to date";
    let body = json!({"title": title, "body": body});
    let updated = session.ask(what, Method::PATCH, &format!("{}/pulls/{number}", repository(session)), Some(body))?;
    proposal(&updated).ok_or_else(|| session.unexpected(what, 201))
}

pub(super) fn close(session: &Session, number: u64, comment: &str) -> Result<(), ForgeError> {
    // The comment comes last: where it fails, nothing is left open for the next run to say it again.
    let path = format!("{}/pulls/{number}", repository(session));
    session.ask("close the pull request", Method::PATCH, &path, Some(json!({"state": "closed"})))?;
    let path = format!("{}/issues/{number}/comments", repository(session));
    session.ask("say why the pull request is closed", Method::POST, &path, Some(json!({"body": comment})))?;
    Ok(())
}

/// The numbers of labels: of the repository's, of its organization's, or of those that are made now.
fn labels(session: &Session, wanted: &[String]) -> Result<Vec<u64>, ForgeError> {
    let what = "find the labels";
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    let mut take = |label: &Value| -> Option<()> {
        if let (Some(name), Some(id)) = (text(label, "name"), label.get("id").and_then(Value::as_u64)) {
            known.entry(name).or_insert(id);
        }
        None
    };
    session.pages(what, &format!("{}/labels", repository(session)), "limit", &mut take)?;
    let owner = session.path.split('/').next().unwrap_or_default();
    match session.pages(what, &format!("/orgs/{}/labels", encoded(owner)), "limit", &mut take) {
        // The owner is a person, or an organization whose labels the token may not read.
        Ok(_) | Err(ForgeError::NotFound { .. } | ForgeError::Forbidden { .. }) => {}
        Err(error) => return Err(error),
    }
    let number = |name: &String| {
        if let Some(number) = known.get(name) {
            return Ok(*number);
        }
        let what = format!("make the label `{name}`");
        let body = json!({"name": name, "color": COLOUR});
        let made = session.ask(&what, Method::POST, &format!("{}/labels", repository(session)), Some(body))?;
        made.get("id").and_then(Value::as_u64).ok_or_else(|| session.unexpected(&what, 201))
    };
    wanted.iter().map(number).collect()
}

fn proposal(answer: &Value) -> Option<Proposal> {
    Some(Proposal {
        number: answer.get("number")?.as_u64()?,
        url: text(answer, "html_url")?,
        title: text(answer, "title")?,
        body: text(answer, "body").unwrap_or_default(),
    })
}

fn repository(session: &Session) -> String {
    let (owner, name) = session.path.split_once('/').unwrap_or((&session.path, ""));
    format!("/repos/{}/{}", encoded(owner), encoded(name))
}
