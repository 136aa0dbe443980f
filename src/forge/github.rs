//! GitHub's pull requests: <https://docs.github.com/rest/pulls/pulls>.

use serde_json::{Value, json};
use ureq::http::Method;

use super::place::encoded;
use super::session::{Session, text};
use super::{ForgeError, Opened, Proposal, Wanted, cut};

pub(super) fn find(session: &Session, head: &str, base: &str) -> Result<Option<Proposal>, ForgeError> {
    let owner = session.path.split('/').next().unwrap_or_default();
    let path = format!(
        "{}/pulls?state=open&head={}&base={}",
        repository(session),
        encoded(&format!("{owner}:{head}")),
        encoded(base)
    );
    let what = "look for the open pull request";
    let found = session.answer(what, Method::GET, &path, None)?;
    let list = found.json();
    let list = list.as_array().ok_or_else(|| session.unexpected(what, found.status))?;
    // A filter that it does not understand, GitHub leaves out.
    let is_it = |one: &&Value| one["head"]["ref"] == head && one["base"]["ref"] == base;
    list.iter().find(is_it).map(|one| proposal(one).ok_or_else(|| session.unexpected(what, 200))).transpose()
}

pub(super) fn open(session: &Session, wanted: &Wanted) -> Result<Opened, ForgeError> {
    let mut warnings = Vec::new();
    let proposal = match create(session, wanted, wanted.draft) {
        Err(error) if wanted.draft && error.is_about_drafts() => {
            warnings
                .push("this repository's plan has no draft pull requests: it was opened ready for review".to_owned());
            create(session, wanted, false)?
        }
        created => created?,
    };
    let number = proposal.number;
    if !wanted.labels.is_empty() {
        let path = format!("{}/issues/{number}/labels", repository(session));
        let labels = session.ask("label it", Method::POST, &path, Some(json!({"labels": wanted.labels})));
        warnings.extend(labels.err().map(|error| error.to_string()));
    }
    if !wanted.reviewers.is_empty() {
        let path = format!("{}/pulls/{number}/requested_reviewers", repository(session));
        let (teams, users): (Vec<_>, Vec<_>) = wanted.reviewers.iter().partition(|name| name.contains('/'));
        // Teams are known by their slug: without the organization in front.
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
    proposal(&updated).ok_or_else(|| session.unexpected(what, 200))
}

pub(super) fn close(session: &Session, number: u64, comment: &str) -> Result<(), ForgeError> {
    // The comment comes last: where it fails, nothing is left open for the next run to say it again.
    let path = format!("{}/pulls/{number}", repository(session));
    session.ask("close the pull request", Method::PATCH, &path, Some(json!({"state": "closed"})))?;
    let path = format!("{}/issues/{number}/comments", repository(session));
    session.ask("say why the pull request is closed", Method::POST, &path, Some(json!({"body": comment})))?;
    Ok(())
}

fn create(session: &Session, wanted: &Wanted, draft: bool) -> Result<Proposal, ForgeError> {
    let what = "open a pull request";
    let body = json!({
        "title": cut(&wanted.title, super::limits(super::Sort::GitHub).title),
        "body": wanted.body,
        "head": wanted.head,
        "base": wanted.base,
        "draft": draft,
    });
    let created = session.ask(what, Method::POST, &format!("{}/pulls", repository(session)), Some(body))?;
    proposal(&created).ok_or_else(|| session.unexpected(what, 201))
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
