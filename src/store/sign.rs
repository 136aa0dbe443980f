//! Signed commits. `git` itself signs, so that whatever is configured (OpenPGP, SSH, X.509) works as everywhere.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::objects::plain;
use super::update::Author;
use super::{Error, Oid};

/// Makes a signed commit of objects that are in the repository already.
pub(super) fn commit(
    git_dir: &Path,
    tree: Oid,
    parent: Option<Oid>,
    message: &str,
    who: &git2::Signature<'_>,
    author: Option<&Author>,
) -> Result<Oid, Error> {
    let failed = |reason: String| Error::Sign { reason };
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(git_dir);
    // Said rather than left to git, which would take it from its environment: signed commits are by whom others are.
    let (name, email) = (String::from_utf8_lossy(who.name_bytes()), String::from_utf8_lossy(who.email_bytes()));
    for person in ["COMMITTER", "AUTHOR"] {
        command.env(format!("GIT_{person}_NAME"), name.as_ref()).env(format!("GIT_{person}_EMAIL"), email.as_ref());
    }
    if let Some(author) = author {
        command.env("GIT_AUTHOR_NAME", plain(&author.name)).env("GIT_AUTHOR_EMAIL", plain(&author.email));
        command.env("GIT_AUTHOR_DATE", format!("@{} +0000", author.at));
    }
    command.args(["commit-tree", "-S", "-F", "-"]);
    if let Some(parent) = parent {
        command.arg("-p").arg(parent.to_string());
    }
    command.arg(tree.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(format!("`git` cannot be run: {error}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // If git has ended already, its status and its words say why.
        let _ = stdin.write_all(message.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match Oid::from_str(text.trim()) {
        Ok(commit) if output.status.success() => Ok(commit),
        _ => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
