//! The options that say what the file's `[propose]` says, too.

use clap::Args;
use driftline::config::{Propose, is_branch};

/// What the proposal is to be like.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// The branch to put it on [default: driftline/drift]
    #[arg(long, value_name = "NAME", value_parser = branch, help_heading = "The proposal")]
    branch: Option<String>,
    /// The branch to merge into [default: the remote's default branch]
    #[arg(long, value_name = "NAME", value_parser = branch, help_heading = "The proposal")]
    base: Option<String>,
    /// The remote to push to [default: the one that the current branch follows, or origin]
    #[arg(long, value_name = "NAME", help_heading = "The proposal")]
    remote: Option<String>,
    /// Open it as a draft
    #[arg(long, help_heading = "The proposal")]
    draft: bool,
    /// Label it, when it is opened (repeatable)
    #[arg(long = "label", value_name = "NAME", help_heading = "The proposal")]
    labels: Vec<String>,
    /// Ask for this user's (or `organization/team`'s) review, when it is opened (repeatable)
    #[arg(long = "reviewer", value_name = "NAME", help_heading = "The proposal")]
    reviewers: Vec<String>,
}

impl Options {
    /// What the command line says takes precedence.
    pub(super) fn over(&self, file: Propose) -> Propose {
        let or = |said: &[String], file: Vec<String>| if said.is_empty() { file } else { said.to_vec() };
        Propose {
            branch: self.branch.clone().unwrap_or(file.branch),
            base: self.base.clone().or(file.base),
            remote: self.remote.clone().or(file.remote),
            labels: or(&self.labels, file.labels),
            reviewers: or(&self.reviewers, file.reviewers),
            draft: self.draft || file.draft,
            ..file
        }
    }
}

fn branch(name: &str) -> Result<String, String> {
    if is_branch(name) { Ok(name.to_owned()) } else { Err("not the name of a branch".to_owned()) }
}
