//! At which forge, and with which token.

use std::time::Duration;

use driftline::config::{self, Propose};
use driftline::forge::{Forge, Place, Sort, Token, probe};
use driftline::remote::Remote;
use driftline::web::{Client, Patience};

use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// How a proposal can be brought about.
pub(super) enum Access {
    Api(Forge),
    /// Only by hand, on this forge's pages, for this reason.
    Link(Place, Option<String>),
    /// The branch is all there is, for this reason.
    Nothing(Option<String>),
}

/// The forge as far as it is known without asking anybody.
pub(super) fn known(remote: &Remote, settings: &Propose) -> Option<Place> {
    let url = remote.url()?;
    let sort = match settings.forge {
        config::Forge::Known(sort) => sort,
        config::Forge::Auto => Sort::of_host(&url.host)?,
        config::Forge::None => return None,
    };
    Some(Place::new(sort, &url, settings.api.as_deref()))
}

/// The forge that the remote is at.
pub(super) fn find(cx: &Context, remote: &Remote, settings: &Propose) -> Result<Option<Place>, Failure> {
    if let Some(place) = known(remote, settings) {
        return Ok(Some(place));
    }
    let Some(url) = remote.url() else {
        return match settings.forge {
            config::Forge::Known(sort) => Err(Failure::new(format!(
                "find the repository at {}: the remote `{}` ({}) is a folder",
                sort.name(),
                remote.name,
                remote.shown()
            ))
            .hint("give the remote the forge's URL")),
            config::Forge::Auto | config::Forge::None => Ok(None),
        };
    };
    if settings.forge == config::Forge::None {
        return Ok(None);
    }
    let hasty = Patience { timeout: Duration::from_secs(10), attempts: 1, ..Patience::default() };
    let sort = probe(&Client::new(hasty), &url);
    if let Some(sort) = sort {
        let name = sort.name().to_ascii_lowercase();
        cx.ui.hint(format!("{} is {}: `forge = \"{name}\"` in [propose] saves the question", url.host, sort.name()));
    }
    Ok(sort.map(|sort| Place::new(sort, &url, settings.api.as_deref())))
}

/// What can be done at a forge with the tokens of the environment.
pub(super) fn access(cx: &Context, place: Option<Place>, by_hand: bool) -> Access {
    let Some(place) = place else {
        let why = "the remote is at no forge that driftline knows: only the branch was pushed (`forge` in [propose] of \
                   driftline.toml names the forge)";
        return Access::Nothing((!by_hand).then(|| why.to_owned()));
    };
    if by_hand {
        return Access::Link(place, None);
    }
    let variables = place.sort.variables(&place.host);
    let token = variables.iter().find_map(|variable| {
        let value = cx.environment.tokens.get(variable)?.clone();
        Some(Token { variable, value })
    });
    if let Some(token) = token {
        return Access::Api(Forge::new(&place, Client::new(Patience::default()), token));
    }
    let mut why = format!("no token for {} in {}", place.sort.name(), variables.join(", "));
    if place.sort == Sort::GitLab && cx.environment.has_job_token {
        why.push_str("; CI_JOB_TOKEN cannot open merge requests, a project access token with the scope `api` can");
    }
    Access::Link(place, Some(why))
}
