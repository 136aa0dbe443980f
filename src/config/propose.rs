//! `[propose]`: where drift is proposed, and how.

use serde::Deserialize;
use toml::Spanned;

use super::check::Located;
use super::error::Problem;
use crate::forge::Sort;

/// How `driftline propose` makes a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Propose {
    /// The branch that it is made on.
    pub branch: String,
    /// The branch that it is to be merged into; the remote's default one without it.
    pub base: Option<String>,
    /// The remote that it is pushed to; found out without it.
    pub remote: Option<String>,
    pub labels: Vec<String>,
    pub reviewers: Vec<String>,
    pub draft: bool,
    pub forge: Forge,
    /// The base of the forge's API, where it does not follow from the remote's URL.
    pub api: Option<String>,
}

/// Which forge the remote is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Forge {
    /// It is found out.
    #[default]
    Auto,
    Known(Sort),
    /// None that has an API: the branch is pushed, and that is all.
    None,
}

impl Default for Propose {
    fn default() -> Self {
        Self {
            branch: "driftline/drift".to_owned(),
            base: None,
            remote: None,
            labels: Vec::new(),
            reviewers: Vec::new(),
            draft: false,
            forge: Forge::Auto,
            api: None,
        }
    }
}

/// The section as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Section {
    branch: Option<Spanned<String>>,
    base: Option<Spanned<String>>,
    remote: Option<Spanned<String>>,
    labels: Vec<Spanned<String>>,
    reviewers: Vec<Spanned<String>>,
    draft: bool,
    forge: Option<Spanned<String>>,
    api: Option<Spanned<String>>,
}

pub(super) fn check(section: Section) -> Result<Propose, Located> {
    let usual = Propose::default();
    Ok(Propose {
        branch: section.branch.map(check_branch).transpose()?.unwrap_or(usual.branch),
        base: section.base.map(check_branch).transpose()?,
        remote: section.remote.map(|remote| not_empty("remote", remote)).transpose()?,
        labels: list("labels", section.labels)?,
        reviewers: list("reviewers", section.reviewers)?,
        draft: section.draft,
        forge: section.forge.map(check_forge).transpose()?.unwrap_or_default(),
        api: section.api.map(check_api).transpose()?,
    })
}

/// Whether git takes it as the name of a branch.
pub fn is_branch(name: &str) -> bool {
    git2::Branch::name_is_valid(name).unwrap_or(false)
}

fn check_branch(branch: Spanned<String>) -> Result<String, Located> {
    let (span, branch) = (branch.span(), branch.into_inner());
    if is_branch(&branch) { Ok(branch) } else { Err((span, Problem::Branch { branch })) }
}

fn check_forge(forge: Spanned<String>) -> Result<Forge, Located> {
    match forge.get_ref().as_str() {
        "github" => Ok(Forge::Known(Sort::GitHub)),
        "gitlab" => Ok(Forge::Known(Sort::GitLab)),
        "gitea" | "forgejo" => Ok(Forge::Known(Sort::Gitea)),
        "none" => Ok(Forge::None),
        _ => Err((forge.span(), Problem::Forge { forge: forge.into_inner() })),
    }
}

fn check_api(api: Spanned<String>) -> Result<String, Located> {
    let (span, api) = (api.span(), api.into_inner());
    let rest = api.strip_prefix("https://").or_else(|| api.strip_prefix("http://"));
    // A token belongs into the environment.
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['@', '?', '#', ' '])) {
        Ok(api)
    } else {
        Err((span, Problem::Api { api: crate::remote::redact(&api) }))
    }
}

fn list(key: &'static str, values: Vec<Spanned<String>>) -> Result<Vec<String>, Located> {
    values.into_iter().map(|value| not_empty(key, value)).collect()
}

fn not_empty(key: &'static str, value: Spanned<String>) -> Result<String, Located> {
    let (span, value) = (value.span(), value.into_inner());
    if value.trim().is_empty() { Err((span, Problem::Empty { key })) } else { Ok(value.trim().to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn parse(section: &str) -> Result<Propose, String> {
        let text = format!("[propose]\n{section}");
        Config::parse(&text, std::path::Path::new("driftline.toml"), &["s3/bucket"])
            .map(|config| config.propose)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_needs_to_be_said() {
        assert_eq!(parse(""), Ok(Propose::default()));
    }

    #[test]
    fn everything_can_be_said() {
        let said = "branch = \"drift\"\nbase = \"trunk\"\nremote = \"hub\"\nlabels = [\"drift\", \"aws\"]\n\
                    reviewers = [\"jane\", \"acme/platform\"]\ndraft = true\nforge = \"forgejo\"\n\
                    api = \"https://git.example.com/api/v1\"\n";
        let propose = parse(said).expect("a section");
        assert_eq!((propose.branch.as_str(), propose.base.as_deref()), ("drift", Some("trunk")));
        assert_eq!(propose.forge, Forge::Known(Sort::Gitea));
        assert_eq!(propose.reviewers, ["jane", "acme/platform"]);
        assert!(propose.draft);
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_line() {
        for (said, message) in [
            ("branch = \"a..b\"", "driftline.toml:2: \"a..b\" is not the name of a branch"),
            ("labels = [\" \"]", "driftline.toml:2: labels must not be empty"),
            ("forge = \"bitbucket\"", "driftline.toml:2: unknown forge \"bitbucket\""),
            ("api = \"git.example.com\"", "driftline.toml:2: \"git.example.com\" is not the base of an API"),
            ("reviewer = [\"a\"]", "driftline.toml:2: unknown key \"reviewer\"; did you mean \"reviewers\"?"),
        ] {
            let error = parse(said).expect_err("a mistake");
            assert!(error.starts_with(message), "{error}");
        }
        let secret = parse("api = \"https://x:hunter2@git.example.com\"").expect_err("a secret has no place there");
        assert!(!secret.contains("hunter2"), "{secret}");
    }
}
