//! Forges: where a branch becomes a proposal that people review. GitHub, GitLab, and Gitea with its fork Forgejo.
//!
//! Nothing here is specific to drift: a proposal has a branch, a title and a description. Tokens are given by whoever
//! calls, and appear in no message.

mod error;
mod gitea;
mod github;
mod gitlab;
mod place;
mod session;

#[cfg(test)]
mod tests;

pub use error::ForgeError;
pub use place::{Place, Sort, probe};

use crate::web::Client;
use session::Session;

/// A token, and where it came from.
#[derive(Clone)]
pub struct Token {
    /// The variable that holds it, for messages.
    pub variable: &'static str,
    pub value: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("variable", &self.variable).finish_non_exhaustive()
    }
}

/// What a forge takes. Lengths are in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub title: usize,
    pub body: usize,
}

/// A proposal as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub title: String,
    pub body: String,
    /// The branch that it proposes.
    pub head: String,
    /// The branch that it is to be merged into.
    pub base: String,
    /// These three count when it is opened; later they are the reviewers' own.
    pub draft: bool,
    pub labels: Vec<String>,
    /// Names of users, or of teams as `team/<name>`.
    pub reviewers: Vec<String>,
}

/// A proposal that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub number: u64,
    /// Where people see it.
    pub url: String,
    pub title: String,
    pub body: String,
}

/// A proposal that was opened, and what of it could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub proposal: Proposal,
    pub warnings: Vec<String>,
}

/// A repository at a forge.
#[derive(Debug)]
pub struct Forge {
    sort: Sort,
    session: Session,
}

impl Forge {
    pub fn new(place: &Place, client: Client, token: Token) -> Self {
        Self { sort: place.sort, session: Session::new(place, client, token) }
    }

    pub fn limits(&self) -> Limits {
        limits(self.sort)
    }

    /// The open proposal of one branch to be merged into another, both of this repository.
    pub fn find(&self, head: &str, base: &str) -> Result<Option<Proposal>, ForgeError> {
        match self.sort {
            Sort::GitHub => github::find(&self.session, head, base),
            Sort::GitLab => gitlab::find(&self.session, head, base),
            Sort::Gitea => gitea::find(&self.session, head, base),
        }
    }

    /// Opens one. If somebody was faster, theirs is brought up to date.
    pub fn open(&self, wanted: &Wanted) -> Result<Opened, ForgeError> {
        let opened = match self.sort {
            Sort::GitHub => github::open(&self.session, wanted),
            Sort::GitLab => gitlab::open(&self.session, wanted),
            Sort::Gitea => gitea::open(&self.session, wanted),
        };
        match opened {
            Err(error) if error.is_there_already() => match self.find(&wanted.head, &wanted.base)? {
                Some(found) => {
                    let proposal = self.update(&found, wanted)?.unwrap_or(found);
                    Ok(Opened { proposal, warnings: vec![] })
                }
                None => Err(error),
            },
            opened => opened,
        }
    }

    /// Brings title and description up to date. A draft stays one, and what was marked ready stays ready. `None` if
    /// there is nothing to do.
    pub fn update(&self, proposal: &Proposal, wanted: &Wanted) -> Result<Option<Proposal>, ForgeError> {
        let prefix = draft_prefix(self.sort, &proposal.title);
        let title = cut(&format!("{prefix}{}", wanted.title), self.limits().title);
        // Forges trim what they store, and some turn line ends around.
        let same = |one: &str, other: &str| one.replace("\r\n", "\n").trim() == other.trim();
        if same(&proposal.title, &title) && same(&proposal.body, &wanted.body) {
            return Ok(None);
        }
        let update = match self.sort {
            Sort::GitHub => github::update,
            Sort::GitLab => gitlab::update,
            Sort::Gitea => gitea::update,
        };
        update(&self.session, proposal.number, &title, &wanted.body).map(Some)
    }

    /// Says why, and closes it.
    pub fn close(&self, proposal: &Proposal, comment: &str) -> Result<(), ForgeError> {
        match self.sort {
            Sort::GitHub => github::close(&self.session, proposal.number, comment),
            Sort::GitLab => gitlab::close(&self.session, proposal.number, comment),
            Sort::Gitea => gitea::close(&self.session, proposal.number, comment),
        }
    }
}

/// What a forge takes of a proposal.
pub fn limits(sort: Sort) -> Limits {
    match sort {
        Sort::GitHub => Limits { title: 256, body: 65_536 },
        // <https://docs.gitlab.com/administration/instance_limits/>: descriptions and comments.
        Sort::GitLab => Limits { title: 255, body: 1_048_576 },
        // The database takes more; pages this long are of use to nobody.
        Sort::Gitea => Limits { title: 255, body: 65_536 },
    }
}

/// What a title of a draft begins with, where drafts are told by their titles.
fn draft_prefix(sort: Sort, title: &str) -> &'static str {
    let lower = title.trim_start().to_ascii_lowercase();
    let begins = |texts: &[&str]| texts.iter().any(|text| lower.starts_with(text));
    match sort {
        Sort::GitLab if begins(&["draft:", "[draft]", "(draft)"]) => gitlab::DRAFT,
        Sort::Gitea if begins(&["wip:", "[wip]", "draft:"]) => gitea::DRAFT,
        _ => "",
    }
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut text: String = text.chars().take(most.saturating_sub(1)).collect();
    text.push('…');
    text
}
