//! Whether the AWS profile that was asked for exists. The SDK's default chain passes over one that does not, and ends
//! in an error about instance metadata that helps nobody.

use aws_config::profile::{self, ProfileFileLoadError};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use driftline_api::{Cause, EntryError, Status};

/// Refuses a profile that no AWS configuration file has: the given one, or the one that `AWS_PROFILE` names unless
/// there are keys in the environment, which go before it.
pub(crate) async fn check(wanted: Option<&str>) -> Result<(), EntryError> {
    let env = Env::real();
    if wanted.is_none() && (env.get("AWS_PROFILE").is_err() || env.get("AWS_ACCESS_KEY_ID").is_ok()) {
        return Ok(());
    }
    let selected = wanted.map(|profile| profile.to_owned().into());
    let profiles = profile::load(&Fs::real(), &env, &EnvConfigFiles::default(), selected)
        .await
        .map_err(|error| unreadable(&error))?;
    let name = profiles.selected_profile();
    if profiles.get_profile(name).is_some() {
        return Ok(());
    }
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = if known.is_empty() { "there are none".to_owned() } else { format!("there are: {}", known.join(", ")) };
    Err(EntryError {
        cause: cause("UnknownProfile", format!("no AWS configuration file has a profile `{name}`")),
        hint: Some(format!("{known}; `aws configure --profile {name}` or `aws configure sso` makes one")),
    })
}

fn unreadable(error: &ProfileFileLoadError) -> EntryError {
    let text =
        std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    EntryError {
        cause: cause("UnreadableConfiguration", text),
        hint: Some(
            "correct ~/.aws/config and ~/.aws/credentials (or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE)"
                .to_owned(),
        ),
    }
}

fn cause(code: &str, message: String) -> Cause {
    Cause { status: Status::Failed, operation: "sts:GetCallerIdentity".to_owned(), code: code.to_owned(), message }
}
