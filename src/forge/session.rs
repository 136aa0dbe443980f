//! Requests to one repository's forge.

use serde_json::Value;
use ureq::http::Method;

use super::{ForgeError, Place, Sort, Token};
use crate::web::{Answer, Client, Request};

/// Pages that are looked through at most.
pub(super) const PAGES: u32 = 20;
pub(super) const PER_PAGE: u32 = 50;

#[derive(Debug)]
pub(super) struct Session {
    sort: Sort,
    client: Client,
    api: String,
    /// `owner/name`.
    pub(super) path: String,
    token: Token,
}

impl Session {
    pub(super) fn new(place: &Place, client: Client, token: Token) -> Self {
        Self { sort: place.sort, client, api: place.api.clone(), path: place.path.clone(), token }
    }

    /// Asks for JSON. `what` completes "failed to …".
    pub(super) fn ask(&self, what: &str, method: Method, path: &str, body: Option<Value>) -> Result<Value, ForgeError> {
        Ok(self.answer(what, method, path, body)?.json())
    }

    /// The same for those who want to know more than the answer's JSON.
    pub(super) fn answer(
        &self,
        what: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, ForgeError> {
        let headers = match self.sort {
            // <https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api>
            Sort::GitHub => vec![
                ("Authorization", format!("Bearer {}", self.token.value)),
                ("Accept", "application/vnd.github+json".to_owned()),
                ("X-GitHub-Api-Version", "2022-11-28".to_owned()),
            ],
            // Personal, project, group and OAuth tokens alike.
            Sort::GitLab => vec![("Authorization", format!("Bearer {}", self.token.value))],
            Sort::Gitea => vec![("Authorization", format!("token {}", self.token.value))],
        };
        let request = Request { method, url: format!("{}{path}", self.api), headers, body };
        let answer = self.client.send(&request).map_err(|source| ForgeError::Web { what: what.to_owned(), source })?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(ForgeError::of(what, self.sort, self.token.variable, &self.path, &answer))
        }
    }

    /// A list of JSON, page by page, until `pick` takes something.
    pub(super) fn pages<T>(
        &self,
        what: &str,
        path: &str,
        size: &str,
        mut pick: impl FnMut(&Value) -> Option<T>,
    ) -> Result<Option<T>, ForgeError> {
        let and = if path.contains('?') { '&' } else { '?' };
        for page in 1..=PAGES {
            let answer = self.answer(what, Method::GET, &format!("{path}{and}{size}={PER_PAGE}&page={page}"), None)?;
            let list = answer.json();
            let Some(list) = list.as_array() else { return Err(self.unexpected(what, answer.status)) };
            if let Some(found) = list.iter().find_map(&mut pick) {
                return Ok(Some(found));
            }
            // A server may give fewer than it was asked for.
            if list.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    pub(super) fn unexpected(&self, what: &str, status: u16) -> ForgeError {
        ForgeError::Unexpected { what: what.to_owned(), sort: self.sort, status }
    }
}

/// A text member.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}
