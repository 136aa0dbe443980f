//! Runs `git` and understands what it says.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{Remote, RemoteError, redact};

/// `git`, in the repository, in the language that its messages are understood in, and never asking anybody.
pub(super) fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    command
}

/// What a local command prints, line by line.
pub(super) fn lines(dir: &Path, arguments: &[&str]) -> Result<Vec<String>, RemoteError> {
    let output = command(dir).args(arguments).output().map_err(RemoteError::NoGit)?;
    if !output.status.success() {
        return Err(RemoteError::Git { words: words(&output) });
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// What a local command prints that reads this text.
pub(super) fn answer(mut command: Command, input: &str) -> Result<String, RemoteError> {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(RemoteError::NoGit)?;
    if let Some(mut stdin) = child.stdin.take() {
        // If git has ended already, its status and its words say why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(RemoteError::NoGit)?;
    if !output.status.success() {
        return Err(RemoteError::Git { words: words(&output) });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a command prints that talks to the remote.
pub(super) fn talk(dir: &Path, remote: &Remote, arguments: &[&str]) -> Result<String, RemoteError> {
    let output = command(dir).args(arguments).output().map_err(RemoteError::NoGit)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(connection(remote, &words(&output)).unwrap_or_else(|words| RemoteError::Git { words }))
}

/// Pushes one branch, and understands why it could not be.
pub(super) fn push(dir: &Path, remote: &Remote, arguments: &[String], branch: &str) -> Result<(), RemoteError> {
    let output = command(dir).args(arguments).output().map_err(RemoteError::NoGit)?;
    if output.status.success() {
        return Ok(());
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    // `!	<from>:<to>	[rejected] (fetch first)`
    let Some(status) = stdout.lines().find_map(|line| line.strip_prefix("!\t")?.split('\t').nth(1)) else {
        return Err(connection(remote, &words(&output)).unwrap_or_else(|words| RemoteError::Git { words }));
    };
    Err(rejection(remote, branch, status, &String::from_utf8_lossy(&output.stderr)))
}

/// Why a branch was not moved, from git's one line about it and from what the remote said.
pub(super) fn rejection(remote: &Remote, branch: &str, status: &str, stderr: &str) -> RemoteError {
    let (name, branch) = (remote.name.clone(), branch.to_owned());
    let said = remote_words(stderr);
    let words = if said.is_empty() { redact(status) } else { format!("{} ({})", said, redact(status)) };
    let lower = format!("{status}\n{stderr}").to_ascii_lowercase();
    let has = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    if status.starts_with("[rejected]") {
        let lost = ["fetch first", "non-fast-forward", "stale info", "needs force", "remote ref updated"];
        return if has(&lost) {
            RemoteError::LostRace { remote: name, branch }
        } else {
            RemoteError::Refused { remote: name, branch, words }
        };
    }
    // Two pushes at the same moment.
    if has(&["cannot lock ref", "failed to update ref", "reference already exists", "incorrect old value provided"]) {
        return RemoteError::LostRace { remote: name, branch };
    }
    // GitHub (branch protection, rulesets), GitLab, Gitea and Forgejo, each in its own words.
    let protected = [
        "gh006",
        "gh013",
        "protected branch",
        "repository rule violations",
        "not allowed to push code to protected branches",
        "not allowed to force push code to a protected branch",
        "is protected",
        "not allowed to push to protected branch",
        "pull request must be used",
        "changes must be made through a pull request",
    ];
    if has(&protected) {
        return RemoteError::Protected { remote: name, branch, words };
    }
    RemoteError::Refused { remote: name, branch, words }
}

/// Why a remote could not be talked to; the words as they are where they say nothing of that.
pub(super) fn connection(remote: &Remote, words: &str) -> Result<RemoteError, String> {
    let lower = words.to_ascii_lowercase();
    let has = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    let (name, url, words) = (remote.name.clone(), remote.shown(), words.to_owned());
    let denied = [
        "could not read username",
        "could not read password",
        "terminal prompts disabled",
        "authentication failed",
        "permission denied",
        "access denied",
        "invalid username or",
        "host key verification failed",
        "returned error: 401",
        "returned error: 403",
        " denied to ",
        "not allowed to push code to this project",
        "not allowed to upload code",
        "deploy key does not have write access",
    ];
    let missing = [
        "repository not found",
        "returned error: 404",
        "does not appear to be a git repository",
        "project you were looking for could not be found",
        "not found",
    ];
    let unreachable = [
        "could not resolve host",
        "connection refused",
        "connection timed out",
        "operation timed out",
        "failed to connect",
        "couldn't connect",
        "no route to host",
        "network is unreachable",
        "connection reset",
        "connection closed",
        "name or service not known",
        "temporary failure in name resolution",
        "unable to access",
        "returned error: 5",
        "ssl",
        "the remote end hung up",
    ];
    if has(&denied) {
        Ok(RemoteError::Denied { remote: name, url, words })
    } else if has(&unreachable[..11]) {
        Ok(RemoteError::Unreachable { remote: name, url, words })
    } else if has(&missing) {
        Ok(RemoteError::NotFound { remote: name, url, words })
    } else if has(&unreachable) {
        Ok(RemoteError::Unreachable { remote: name, url, words })
    } else {
        Err(words)
    }
}

/// What git said, on one line, without its advice and without credentials.
pub(super) fn words(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let told = |line: &&str| !line.is_empty() && !line.starts_with("hint:");
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(told).collect();
    let text = lines.join("; ");
    if text.is_empty() { format!("it ended with {}", output.status) } else { redact(&text) }
}

/// What the remote itself said.
fn remote_words(stderr: &str) -> String {
    let said = stderr.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
    redact(
        &said.filter(|line| !line.is_empty() && line.chars().any(char::is_alphanumeric)).collect::<Vec<_>>().join("; "),
    )
}
