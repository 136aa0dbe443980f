//! GitLab's merge requests: <https://docs.gitlab.com/api/merge_requests/>.

use serde_json::{Value, json};
use ureq::http::Method;

use super::place::encoded;
use super::session::{Session, text};
use super::{ForgeError, Opened, Proposal, Sort, Wanted, cut, limits};

/// What the title of a draft begins with.
pub(super) const DRAFT: &str = "Draft: ";

pub(super) fn find(session: &Session, head: &str, base: &str) -> Result<Option<Proposal>, ForgeError> {
    let what = "look for the open merge request";
    let path =
        format!("{}?state=opened&source_branch={}&target_branch={}", requests(session), encoded(head), encoded(base));
    session.pages(what, &path, "per_page", |one| {
        // A fork may have a branch of the same name.
        (one["source_project_id"] == one["target_project_id"]).then(|| proposal(one)).flatten()
    })
}

pub(super) fn open(session: &Session, wanted: &Wanted) -> Result<Opened, ForgeError> {
    let what = "open a merge request";
    let mut warnings = Vec::new();
    let prefix = if wanted.draft { DRAFT } else { "" };
    let mut body = json!({
        "source_branch": wanted.head,
        "target_branch": wanted.base,
        "title": cut(&format!("{prefix}{}", wanted.title), limits(Sort::GitLab).title),
        "description": wanted.body,
        "remove_source_branch": true,
    });
    if !wanted.labels.is_empty() {
        body["labels"] = wanted.labels.join(",").into();
    }
    let reviewers: Vec<u64> = wanted.reviewers.iter().filter_map(|name| user(session, name, &mut warnings)).collect();
    if !reviewers.is_empty() {
        body["reviewer_ids"] = reviewers.into();
    }
    let created = session.ask(what, Method::POST, &requests(session), Some(body))?;
    let proposal = proposal(&created).ok_or_else(|| session.unexpected(what, 201))?;
    Ok(Opened { proposal, warnings })
}

pub(super) fn update(session: &Session, number: u64, title: &str, body: &str) -> Result<Proposal, ForgeError> {
    let what = "bring the merge request up to date";
    let body = json!({"title": title, "description": body});
    let updated = session.ask(what, Method::PUT, &format!("{}/{number}", requests(session)), Some(body))?;
    proposal(&updated).ok_or_else(|| session.unexpected(what, 200))
}

pub(super) fn close(session: &Session, number: u64, comment: &str) -> Result<(), ForgeError> {
    let one = format!("{}/{number}", requests(session));
    // The comment comes last: where it fails, nothing is left open for the next run to say it again.
    session.ask("close the merge request", Method::PUT, &one, Some(json!({"state_event": "close"})))?;
    let note = json!({"body": comment});
    session.ask("say why the merge request is closed", Method::POST, &format!("{one}/notes"), Some(note))?;
    Ok(())
}

/// The number of a user. Nobody is asked for a review that cannot be found.
fn user(session: &Session, name: &str, warnings: &mut Vec<String>) -> Option<u64> {
    let what = format!("find the reviewer `{name}`");
    let found = session.ask(&what, Method::GET, &format!("/users?username={}", encoded(name)), None);
    let number = match &found {
        Ok(users) => users.get(0).and_then(|user| user.get("id")).and_then(Value::as_u64),
        Err(_) => None,
    };
    match (number, found) {
        (None, Ok(_)) => warnings.push(format!("GitLab has no user `{name}`: nobody was asked for that review")),
        (None, Err(error)) => warnings.push(error.to_string()),
        (Some(_), _) => {}
    }
    number
}

fn proposal(answer: &Value) -> Option<Proposal> {
    Some(Proposal {
        number: answer.get("iid")?.as_u64()?,
        url: text(answer, "web_url")?,
        title: text(answer, "title")?,
        body: text(answer, "description").unwrap_or_default(),
    })
}

fn requests(session: &Session) -> String {
    format!("/projects/{}/merge_requests", encoded(&session.path))
}
