//! People who change an emulator's account, each with an access key of their own.

use std::path::PathBuf;

use super::{Output, Place};

/// Runs Python scripts with boto3 against a place's endpoint.
pub(crate) struct People<'p> {
    pub(crate) place: &'p Place,
    pub(crate) python: PathBuf,
}

impl People<'_> {
    /// Runs a script with this access key; what it prints. ministack calls a form by its action only if that stands in
    /// the query, too, where clients may put it and these do.
    #[track_caller]
    pub(crate) fn click(&self, key: &str, script: &str) -> String {
        let mut command = self.place.command(&self.python);
        command.env("AWS_ACCESS_KEY_ID", key).env("AWS_DEFAULT_REGION", "us-east-1");
        Output::of(command.arg("-c").arg(format!("{SESSIONS}\n{script}"))).ok().stdout.trim().to_owned()
    }

    /// The same, as the CLI calls itself: it is the same library below.
    #[track_caller]
    pub(crate) fn type_in(&self, key: &str, script: &str) -> String {
        self.click(key, &format!("cli.user_agent_name, cli.user_agent_version = 'aws-cli', '2.31.0'\n{script}"))
    }
}

/// A session of boto3 and one of the library below it, which is the CLI's, too.
const SESSIONS: &str = "\
import boto3, botocore.session
def named(request, operation_name, **_):
    request.url += ('&' if '?' in request.url else '?') + 'Action=' + operation_name
boto3.setup_default_session()
boto3.DEFAULT_SESSION.events.register('before-sign', named)
cli = botocore.session.get_session()
cli.register('before-sign', named)";
