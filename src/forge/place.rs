//! Which forge a remote belongs to, and where its API and its pages are.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::Method;

use crate::remote::RemoteUrl;
use crate::web::{Client, Request};

/// Which sort of forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    GitHub,
    GitLab,
    /// Gitea, or its fork Forgejo: they have the same API.
    Gitea,
}

/// A repository at a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub sort: Sort,
    /// The API's base, without a slash at its end.
    pub api: String,
    /// The repository's page.
    pub web: String,
    /// `owner/name`; with GitLab, all groups.
    pub path: String,
    /// The forge's host.
    pub host: String,
}

impl Sort {
    /// By the host's name alone.
    pub fn of_host(host: &str) -> Option<Self> {
        let holds = |name| host.contains(name);
        match host {
            "codeberg.org" => Some(Self::Gitea),
            _ if host == "ghe.com" || host.ends_with(".ghe.com") || holds("github") => Some(Self::GitHub),
            _ if holds("gitlab") => Some(Self::GitLab),
            _ if holds("gitea") || holds("forgejo") => Some(Self::Gitea),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Gitea => "Gitea",
        }
    }

    /// What people there call a proposal.
    pub fn proposal(self) -> &'static str {
        match self {
            Self::GitLab => "merge request",
            Self::GitHub | Self::Gitea => "pull request",
        }
    }

    /// The variables that a token for this host is taken from, in this order: those of the forge's own tools.
    pub fn variables(self, host: &str) -> &'static [&'static str] {
        match self {
            // <https://cli.github.com/manual/gh_help_environment>
            Self::GitHub if is_github_cloud(host) => &["GH_TOKEN", "GITHUB_TOKEN"],
            Self::GitHub => &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
            // glab's
            Self::GitLab => &["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN", "OAUTH_TOKEN"],
            // tea's, and the one of Forgejo's runners
            Self::Gitea => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
        }
    }
}

impl Place {
    /// `api` replaces the base that follows from the URL.
    pub fn new(sort: Sort, url: &RemoteUrl, api: Option<&str>) -> Self {
        let (root, path) = match sort {
            // Only GitLab nests groups; elsewhere what is in front of owner and name is where the forge is mounted.
            Sort::GitHub | Sort::Gitea => mounted(url),
            Sort::GitLab => (url.web(), url.path.clone()),
        };
        let usual = match (sort, url.host.as_str()) {
            (Sort::GitHub, "github.com" | "www.github.com" | "ssh.github.com") => "https://api.github.com".to_owned(),
            (Sort::GitHub, host) if host.ends_with(".ghe.com") => format!("https://api.{host}"),
            (Sort::GitHub, _) => format!("{root}/api/v3"),
            (Sort::GitLab, _) => format!("{root}/api/v4"),
            (Sort::Gitea, _) => format!("{root}/api/v1"),
        };
        // ssh.github.com and altssh.gitlab.com listen on port 443 for those whose port 22 is closed.
        let root = root.replace("://ssh.github.com", "://github.com").replace("://altssh.gitlab.com", "://gitlab.com");
        let api = api.map_or(usual, |api| api.trim_end_matches('/').to_owned());
        Self {
            sort,
            api: api.replace("://altssh.gitlab.com", "://gitlab.com"),
            web: format!("{root}/{path}"),
            path,
            host: url.host.clone(),
        }
    }

    /// The page on which somebody opens a proposal by hand.
    pub fn create_link(&self, head: &str, base: &str) -> String {
        let (web, head_path, base_path) = (&self.web, branch(head), branch(base));
        match self.sort {
            Sort::GitHub => format!("{web}/compare/{base_path}...{head_path}?expand=1"),
            Sort::GitLab => format!(
                "{web}/-/merge_requests/new?merge_request%5Bsource_branch%5D={}&merge_request%5Btarget_branch%5D={}",
                encoded(head),
                encoded(base)
            ),
            Sort::Gitea => format!("{web}/compare/{base_path}...{head_path}"),
        }
    }
}

/// Asks a host which forge it is. No token is sent.
pub fn probe(client: &Client, url: &RemoteUrl) -> Option<Sort> {
    let ask = |url: String| {
        let request = Request { method: Method::GET, url, headers: vec![], body: None };
        client.send(&request).ok().map(|answer| (answer.status, answer.json()))
    };
    let (root, _) = mounted(url);
    let has = |answer: &Option<(u16, serde_json::Value)>, status: u16, member: &str| {
        answer
            .as_ref()
            .is_some_and(|(got, json)| *got == status && json.get(member).is_some_and(serde_json::Value::is_string))
    };
    if has(&ask(format!("{root}/api/v1/version")), 200, "version") {
        return Some(Sort::Gitea);
    }
    // It tells its version to those only who are known to it.
    let gitlab = ask(format!("{}/api/v4/version", url.web()));
    if has(&gitlab, 200, "version") || has(&gitlab, 401, "message") {
        return Some(Sort::GitLab);
    }
    has(&ask(format!("{root}/api/v3/meta")), 200, "installed_version").then_some(Sort::GitHub)
}

/// Whether GitHub itself runs it.
fn is_github_cloud(host: &str) -> bool {
    matches!(host, "github.com" | "www.github.com" | "ssh.github.com") || host.ends_with(".ghe.com")
}

/// Where a forge is mounted, and `owner/name`.
fn mounted(url: &RemoteUrl) -> (String, String) {
    let slash = url.path.rmatch_indices('/').nth(1).map(|(at, _)| at);
    match slash {
        // In front of an ssh path there may be a user's folder, but no part of a web address.
        Some(at) if url.scheme.is_some() => {
            (format!("{}/{}", url.web(), &url.path[..at]), url.path[at + 1..].to_owned())
        }
        Some(at) => (url.web(), url.path[at + 1..].to_owned()),
        None => (url.web(), url.path.clone()),
    }
}

/// What needs no escape in a query's value or as one segment of a path.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same with slashes.
const IN_A_PATH: &AsciiSet = &UNRESERVED.remove(b'/');

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A branch in a path: its slashes stay.
fn branch(name: &str) -> String {
    utf8_percent_encode(name, IN_A_PATH).to_string()
}
