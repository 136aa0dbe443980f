//! What can go wrong between here and a remote, and what to do about it.

use crate::store::{Error, Oid};

/// A remote could not be found, read or moved. [`RemoteError::hint`] says the way out.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("{}", no_remote(wanted.as_deref(), names))]
    NoRemote { wanted: Option<String>, names: Vec<String> },
    #[error("the remote `{remote}` has no branch `{branch}`")]
    NoBranch { remote: String, branch: String },
    #[error("`git` cannot be run: {0}")]
    NoGit(#[source] std::io::Error),
    #[error("`{remote}` ({url}) does not let us in: {words}")]
    Denied { remote: String, url: String, words: String },
    #[error("`{remote}` ({url}) knows no such repository: {words}")]
    NotFound { remote: String, url: String, words: String },
    #[error("`{remote}` ({url}) cannot be reached: {words}")]
    Unreachable { remote: String, url: String, words: String },
    #[error("the branch `{branch}` of `{remote}` moved meanwhile")]
    LostRace { remote: String, branch: String },
    #[error("the branch `{branch}` of `{remote}` is protected: {words}")]
    Protected { remote: String, branch: String, words: String },
    #[error("`{remote}` refused the push to `{branch}`: {words}")]
    Refused { remote: String, branch: String, words: String },
    #[error("HEAD is detached at {commit}: there is no branch to push")]
    Detached { commit: Oid },
    #[error("the branch `{branch}` has commits here that driftline did not make, and others at `{remote}`")]
    Diverged { remote: String, branch: String },
    #[error("somebody else changed the same files at `{remote}`: {}", files.join(", "))]
    Conflict { remote: String, files: Vec<String> },
    #[error("git failed: {words}")]
    Git { words: String },
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<git2::Error> for RemoteError {
    fn from(error: git2::Error) -> Self {
        Self::Store(error.into())
    }
}

impl RemoteError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoRemote { wanted: None, names } if names.is_empty() => {
                "`git remote add origin <URL>` names the place to push to".to_owned()
            }
            Self::NoRemote { names, .. } if names.is_empty() => "`git remote add <name> <URL>` adds it".to_owned(),
            Self::NoRemote { names, .. } => format!("name one of them with --remote: {}", names.join(", ")),
            Self::NoBranch { remote, branch } => {
                format!("push it first (`git push {remote} {branch}`), or name another one with --base")
            }
            Self::NoGit(_) => "install git, or add it to the PATH".to_owned(),
            Self::Denied { remote, .. } => format!(
                "`git ls-remote {remote}` must work without a question: set up a credential helper, an ssh key without \
                 passphrase or in an agent, or a token that may write to the repository"
            ),
            Self::NotFound { remote, .. } => format!(
                "check `git remote get-url {remote}`; forges say so, too, where the credentials may not see the \
                 repository"
            ),
            Self::Unreachable { remote, .. } => {
                format!("`git ls-remote {remote}` must work; check network, proxy and the URL")
            }
            Self::LostRace { .. } => "run it again".to_owned(),
            Self::Protected { .. } => {
                "`driftline propose` opens a pull request instead; or let whoever runs this push to the branch"
                    .to_owned()
            }
            Self::Refused { .. } => "the words are those of the remote's own hooks; mend what they ask for".to_owned(),
            Self::Detached { .. } => "`git switch <branch>` first".to_owned(),
            Self::Diverged { remote, branch } => format!("`git pull --rebase {remote} {branch}`, then push"),
            Self::Conflict { remote, .. } => format!(
                "nothing is lost: your commits are on the local branch. `git pull --rebase {remote}`, or drop them \
                 (`git reset --hard @{{upstream}}`) and run it again"
            ),
            Self::Store(error) => return error.hint(),
            Self::Git { .. } => return None,
        })
    }
}

fn no_remote(wanted: Option<&str>, names: &[String]) -> String {
    match wanted {
        Some(name) => format!("the repository has no remote `{name}`"),
        None if names.is_empty() => "the repository has no remote".to_owned(),
        None => "the repository has several remotes, and none of them is `origin`".to_owned(),
    }
}
