//! Remotes of the repository, by the user's own `git`: its credential helpers, ssh configuration, hooks and proxies hold
//! as everywhere. Nothing here waits for somebody at a terminal.

mod error;
mod git;
mod ours;
mod replay;
mod url;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use error::RemoteError;
pub use ours::{Authors, Commit, File};
pub use replay::Pushed;
pub use url::{RemoteUrl, redact};

use crate::store::{Oid, Store};

/// A remote that is configured in a repository.
#[derive(Debug, Clone)]
pub struct Remote {
    /// As git knows it: `origin`.
    pub name: String,
    url: String,
    dir: PathBuf,
}

/// What a remote has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// The branch that its `HEAD` names.
    pub default: Option<String>,
    branches: BTreeMap<String, Oid>,
}

impl Heads {
    /// Where a branch is that was asked for.
    pub fn branch(&self, name: &str) -> Option<Oid> {
        self.branches.get(name).copied()
    }
}

/// When a push may move the branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// If nothing is lost by it.
    FastForward,
    /// If it is still where it was last seen (`None`: nowhere), whatever is lost by it.
    Exactly(Option<Oid>),
}

impl Remote {
    /// The remote of this name. Without a name: the one that the current branch follows, else `origin`, else the only
    /// one.
    pub fn find(store: &Store, wanted: Option<&str>) -> Result<Self, RemoteError> {
        let dir = store.root().to_path_buf();
        let names = git::lines(&dir, &["remote"])?;
        let name = match wanted {
            Some(name) => Some(name.to_owned()).filter(|name| names.contains(name)),
            None => Self::default_name(&dir, &names),
        };
        let Some(name) = name else {
            return Err(RemoteError::NoRemote { wanted: wanted.map(str::to_owned), names });
        };
        // After `insteadOf`: the place that git really talks to.
        let resolved = git::lines(&dir, &["remote", "get-url", "--push", &name])?.into_iter().next();
        let written = git::lines(&dir, &["config", "--get", &format!("remote.{name}.url")]).unwrap_or_default();
        let url = resolved.unwrap_or_default();
        // A URL that was turned into a path says more about where the repository is at home.
        let url = match written.into_iter().next() {
            Some(written) if RemoteUrl::parse(&url).is_none() => written,
            _ => url,
        };
        Ok(Self { name, url, dir })
    }

    fn default_name(dir: &Path, names: &[String]) -> Option<String> {
        // Where HEAD is detached, as CI has it, there is none.
        let line = |arguments: &[&str]| git::lines(dir, arguments).ok()?.into_iter().next();
        let branch = line(&["symbolic-ref", "--quiet", "--short", "HEAD"]);
        let followed = branch.and_then(|branch| line(&["config", "--get", &format!("branch.{branch}.remote")]));
        let known = |name: &String| names.contains(name);
        followed
            .filter(known)
            .or_else(|| Some("origin".to_owned()).filter(known))
            .or_else(|| Some(names).filter(|names| names.len() == 1).map(|names| names[0].clone()))
    }

    /// Where it is at home; `None` if that is a folder.
    pub fn url(&self) -> Option<RemoteUrl> {
        RemoteUrl::parse(&self.url)
    }

    /// Its URL without credentials, for messages.
    pub fn shown(&self) -> String {
        redact(&self.url)
    }

    /// Asks the remote where these branches are, and which one is its default.
    pub fn heads(&self, branches: &[&str]) -> Result<Heads, RemoteError> {
        let refs: Vec<String> = branches.iter().map(|branch| format!("refs/heads/{branch}")).collect();
        let mut arguments = vec!["ls-remote", "--symref", &self.name, "HEAD"];
        arguments.extend(refs.iter().map(String::as_str));
        let mut heads = Heads::default();
        for line in git::talk(&self.dir, self, &arguments)?.lines() {
            let Some((what, name)) = line.split_once('\t') else { continue };
            if let Some(target) = what.strip_prefix("ref: refs/heads/") {
                heads.default = Some(target.to_owned());
            } else if let (Some(branch), Ok(id)) = (name.strip_prefix("refs/heads/"), Oid::from_str(what)) {
                // The pattern `refs/heads/a` matches `refs/heads/x/refs/heads/a`, too.
                if branches.contains(&branch) {
                    heads.branches.insert(branch.to_owned(), id);
                }
            }
        }
        Ok(heads)
    }

    /// Brings a branch here, as `refs/remotes/<remote>/<branch>`, and says where it is.
    pub fn fetch(&self, branch: &str) -> Result<Oid, RemoteError> {
        let tracking = format!("refs/remotes/{}/{branch}", self.name);
        let spec = format!("+refs/heads/{branch}:{tracking}");
        git::talk(&self.dir, self, &["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", &self.name, &spec])?;
        let id = git::lines(&self.dir, &["rev-parse", "--verify", "--quiet", &tracking])?.into_iter().next();
        id.and_then(|id| Oid::from_str(&id).ok())
            .ok_or_else(|| RemoteError::NoBranch { remote: self.name.clone(), branch: branch.to_owned() })
    }

    /// Brings the whole history here, where a shallow clone lacks it: what leads from one commit to another is not known
    /// without it.
    pub fn deepen(&self, store: &Store) -> Result<(), RemoteError> {
        if store.common_dir().join("shallow").exists() {
            git::talk(&self.dir, self, &["fetch", "--quiet", "--no-tags", "--unshallow", &self.name])?;
        }
        Ok(())
    }

    /// Moves a branch of the remote to a commit; removes it where there is none.
    pub fn push(&self, commit: Option<Oid>, branch: &str, lease: Lease) -> Result<(), RemoteError> {
        let spec = format!("{}:refs/heads/{branch}", commit.map(|commit| commit.to_string()).unwrap_or_default());
        let mut arguments = vec!["push".to_owned(), "--porcelain".to_owned()];
        if let Lease::Exactly(seen) = lease {
            let seen = seen.map(|seen| seen.to_string()).unwrap_or_default();
            arguments.push(format!("--force-with-lease=refs/heads/{branch}:{seen}"));
        }
        arguments.extend([self.name.clone(), spec]);
        git::push(&self.dir, self, &arguments, branch)
    }
}
