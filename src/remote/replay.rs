//! Pushing the current branch, also where somebody else was faster: driftline's own commits are made anew on top of
//! theirs, as `git rebase` would, if nobody touched the same files. How reads ended is merged entry by entry, for several
//! scans of one account tell it in one file.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{Authors, Lease, Remote, RemoteError, git};
use crate::snapshot::Coverage;
use crate::store::{Oid, Store};

/// How often a push is tried that loses the race each time. With twenty that push at once, the last one loses nineteen
/// times at worst.
const TRIES: u32 = 30;
/// The longest wait before a push is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// What [`Remote::push_head`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The remote has these commits already.
    Nothing,
    AsTheyAre {
        branch: String,
    },
    /// Somebody was faster.
    Replayed {
        branch: String,
        /// Where the remote's branch, and the local one, now are.
        tip: Oid,
        /// The commits are on the remote, and this kept the local branch from following.
        behind: Option<String>,
    },
}

impl Remote {
    /// Pushes the current branch to the branch of the remote that it follows, or else to the one of its name.
    pub fn push_head(&self, store: &Store) -> Result<Pushed, RemoteError> {
        let repository = git2::Repository::open(store.root())?;
        let head = repository.find_reference("HEAD")?;
        let Some(local) = head.symbolic_target().map(str::to_owned) else {
            return Err(RemoteError::Detached { commit: head.target().unwrap_or(Oid::zero()) });
        };
        let branch = self.upstream(&repository, &local);
        let first = repository.refname_to_id(&local)?;
        let mut tip = first;
        for attempt in 1.. {
            let seen = self.heads(&[&branch])?.branch(&branch);
            if seen == Some(tip) && attempt == 1 {
                return Ok(Pushed::Nothing);
            }
            let contains = |seen: Oid| repository.graph_descendant_of(tip, seen).unwrap_or(false);
            let lost = match seen.filter(|seen| !contains(*seen)) {
                Some(_) => true,
                None => match self.push(Some(tip), &branch, Lease::FastForward) {
                    Ok(()) => break,
                    Err(RemoteError::LostRace { .. }) => true,
                    Err(error) => return Err(error),
                },
            };
            if attempt == TRIES && lost {
                return Err(RemoteError::LostRace { remote: self.name.clone(), branch });
            }
            // The first answer may be as old as the scan; from then on, those that race are spread out.
            if attempt > 1 {
                std::thread::sleep(wait(attempt));
            }
            let theirs = self.fetch(&branch)?;
            tip = self.replay(store, &repository, tip, theirs, &branch)?;
            if tip == theirs {
                break;
            }
        }
        // `git push` by hand would have moved it, too.
        let tracking = format!("refs/remotes/{}/{branch}", self.name);
        let _ = repository.reference(&tracking, tip, true, "driftline: push");
        if tip == first {
            return Ok(Pushed::AsTheyAre { branch });
        }
        let behind = self.follow(&repository, &local, first, tip).err().map(|error| error.to_string());
        Ok(Pushed::Replayed { branch, tip, behind })
    }

    /// The branch of the remote that a local one follows.
    fn upstream(&self, repository: &git2::Repository, local: &str) -> String {
        let name = local.strip_prefix("refs/heads/").unwrap_or(local).to_owned();
        let Ok(config) = repository.config() else { return name };
        let follows = config.get_string(&format!("branch.{name}.remote")).is_ok_and(|remote| remote == self.name);
        let merge = config.get_string(&format!("branch.{name}.merge")).ok().filter(|_| follows);
        merge.and_then(|merge| merge.strip_prefix("refs/heads/").map(str::to_owned)).unwrap_or(name)
    }

    /// The commits that lead to `ours` and not to `theirs`, made anew on top of `theirs`.
    fn replay(
        &self,
        store: &Store,
        repository: &git2::Repository,
        ours: Oid,
        theirs: Oid,
        branch: &str,
    ) -> Result<Oid, RemoteError> {
        let diverged = || RemoteError::Diverged { remote: self.name.clone(), branch: branch.to_owned() };
        let commits = Authors::of(store)?.commits(store, theirs, ours)?;
        if commits.iter().any(|commit| !commit.is_ours) {
            return Err(diverged());
        }
        let signs = repository.config()?.get_bool("commit.gpgsign").unwrap_or(false);
        let mut tip = theirs;
        for commit in commits {
            let commit = repository.find_commit(commit.id)?;
            let onto = repository.find_commit(tip)?.tree()?;
            let tree = self.merged(repository, &commit, &onto)?;
            // Somebody else committed the same: nothing is left of it.
            if tree != onto.id() {
                tip = write(store.root(), &commit, tree, tip, signs)?;
            }
        }
        Ok(tip)
    }

    /// The tree with what a commit changes. Each file must be there as the commit found it, or as it left it.
    fn merged(
        &self,
        repository: &git2::Repository,
        commit: &git2::Commit<'_>,
        onto: &git2::Tree<'_>,
    ) -> Result<Oid, RemoteError> {
        // The first import of an empty repository has none.
        let parent = commit.parents().next().map(|parent| parent.tree()).transpose()?;
        let diff = repository.diff_tree_to_tree(parent.as_ref(), Some(&commit.tree()?), None)?;
        let (mut update, mut conflicts) = (git2::build::TreeUpdateBuilder::new(), Vec::new());
        for delta in diff.deltas() {
            let Some(path) = delta.new_file().path().or(delta.old_file().path()) else { continue };
            let id = |file: git2::DiffFile<'_>| Some(file.id()).filter(|id| !id.is_zero());
            let (old, new) = (id(delta.old_file()), id(delta.new_file()));
            let there = onto.get_path(path).ok().map(|entry| entry.id());
            let path_text = path.to_string_lossy();
            match new {
                _ if there == new => {}
                _ if there != old => match merged_coverage(repository, &path_text, old, new, there)? {
                    Some(merged) => drop(update.upsert(path, merged, git2::FileMode::Blob)),
                    None => conflicts.push(path.display().to_string()),
                },
                Some(new) => drop(update.upsert(path, new, git2::FileMode::Blob)),
                None => drop(update.remove(path)),
            }
        }
        if !conflicts.is_empty() {
            return Err(RemoteError::Conflict { remote: self.name.clone(), files: conflicts });
        }
        Ok(update.create_updated(repository, onto)?)
    }

    /// Takes the local branch along. Git itself does it, and refuses where somebody's own changes would be lost.
    fn follow(&self, repository: &git2::Repository, local: &str, old: Oid, new: Oid) -> Result<(), RemoteError> {
        if let Some(dir) = repository.workdir() {
            git::lines(dir, &["reset", "--quiet", "--keep", &new.to_string()])?;
        } else {
            repository.reference_matching(local, new, true, old, &format!("driftline: on top of {}", self.name))?;
        }
        Ok(())
    }
}

/// The coverage file that says what both say, if it is one and they do not speak of the same.
fn merged_coverage(
    repository: &git2::Repository,
    path: &str,
    old: Option<Oid>,
    new: Option<Oid>,
    there: Option<Oid>,
) -> Result<Option<Oid>, RemoteError> {
    let (Some(new), Some(there), true) = (new, there, Coverage::is_file(path)) else { return Ok(None) };
    let old = old.map(|old| repository.find_blob(old)).transpose()?;
    let (new, there) = (repository.find_blob(new)?, repository.find_blob(there)?);
    let merged = Coverage::merged_files(old.as_ref().map(git2::Blob::content), new.content(), there.content());
    Ok(merged.map(|bytes| repository.blob(&bytes)).transpose()?)
}

/// How long to wait: some part, by chance, of a time that doubles.
fn wait(attempt: u32) -> Duration {
    let longest = Duration::from_millis(100).saturating_mul(1 << attempt.min(10)).min(LONGEST_WAIT);
    // Without chance they would all come back at once: then the whole time is as good as any.
    longest.mul_f64(getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX)))
}

/// The same commit with another tree and parent: author and message stay, and it is signed as git is configured.
fn write(dir: &Path, commit: &git2::Commit<'_>, tree: Oid, parent: Oid, signs: bool) -> Result<Oid, RemoteError> {
    let mut command: Command = git::command(dir);
    let (author, committer) = (commit.author(), commit.committer());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    command
        .env("GIT_AUTHOR_NAME", text(author.name_bytes()))
        .env("GIT_AUTHOR_EMAIL", text(author.email_bytes()))
        .env("GIT_AUTHOR_DATE", date(author.when()))
        .env("GIT_COMMITTER_NAME", text(committer.name_bytes()))
        .env("GIT_COMMITTER_EMAIL", text(committer.email_bytes()))
        .args(["commit-tree", "-F", "-", "-p", &parent.to_string()]);
    if signs {
        command.arg("-S");
    }
    command.arg(tree.to_string());
    let id = git::answer(command, &text(commit.message_bytes()))?;
    Oid::from_str(&id).map_err(RemoteError::from)
}

fn date(when: git2::Time) -> String {
    let minutes = when.offset_minutes().abs();
    let sign = if when.offset_minutes() < 0 { '-' } else { '+' };
    format!("@{} {sign}{:02}{:02}", when.seconds(), minutes / 60, minutes % 60)
}
