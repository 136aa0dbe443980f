//! `--push`: what was committed goes to the remote at once.

use clap::Args;
use driftline::remote::{Pushed, Remote, RemoteError};
use driftline::store::Store;

use super::context::Context;
use super::failure::Failure;

/// Whether and where to push.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Push {
    /// Push the current branch afterwards; where somebody was faster, on top of theirs
    #[arg(long)]
    push: bool,
    /// The remote to push to [default: the one that the current branch follows, or origin]
    #[arg(long, value_name = "NAME", requires = "push")]
    remote: Option<String>,
}

impl Push {
    /// The remote, if there is to be a push: a mistake in its name is told before anything is read.
    pub(crate) fn remote(&self, store: &Store) -> Result<Option<Remote>, Failure> {
        if !self.push {
            return Ok(None);
        }
        Remote::find(store, self.remote.as_deref()).map(Some).map_err(failure)
    }
}

/// Pushes the current branch, and says what came of it.
pub(crate) fn push(cx: &Context, store: &Store, remote: &Remote) -> Result<(), Failure> {
    match remote.push_head(store).map_err(failure)? {
        Pushed::Nothing => cx.ui.say(format!("`{}` has everything already", remote.name)),
        Pushed::AsTheyAre { branch } => cx.ui.say(format!("pushed `{branch}` to `{}`", remote.name)),
        Pushed::Replayed { branch, behind, .. } => {
            cx.ui.say(format!("pushed `{branch}` to `{}`, on top of what somebody else pushed", remote.name));
            if let Some(why) = behind {
                cx.ui.warn(format!("the local branch could not follow: {why}"));
                cx.ui.hint(format!("`git reset --keep {}/{branch}` takes it along", remote.name));
            }
        }
    }
    Ok(())
}

fn failure(error: RemoteError) -> Failure {
    let hint = error.hint();
    Failure::new("push").because(error).hints(hint)
}
