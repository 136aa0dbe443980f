//! Places, limits and words. The conversations themselves are tested end to end, against the forges' API descriptions.

use super::*;
use crate::remote::RemoteUrl;

fn place(url: &str) -> Place {
    let url = RemoteUrl::parse(url).expect("a URL");
    Place::new(Sort::of_host(&url.host).expect("a known host"), &url, None)
}

#[test]
fn forges_are_known_by_their_hosts() {
    for (host, sort) in [
        ("github.com", Some(Sort::GitHub)),
        ("acme.ghe.com", Some(Sort::GitHub)),
        ("github.example.com", Some(Sort::GitHub)),
        ("gitlab.com", Some(Sort::GitLab)),
        ("gitlab.example.com", Some(Sort::GitLab)),
        ("codeberg.org", Some(Sort::Gitea)),
        ("gitea.example.com", Some(Sort::Gitea)),
        ("forgejo.example.com", Some(Sort::Gitea)),
        ("git.example.com", None),
        ("bitbucket.org", None),
    ] {
        assert_eq!(Sort::of_host(host), sort, "{host}");
    }
}

#[test]
fn apis_and_pages_follow_from_the_url() {
    let is = |url: &str, api: &str, web: &str, path: &str| {
        let place = place(url);
        assert_eq!((place.api.as_str(), place.web.as_str(), place.path.as_str()), (api, web, path), "{url}");
    };
    is("git@github.com:acme/cloud.git", "https://api.github.com", "https://github.com/acme/cloud", "acme/cloud");
    is(
        "ssh://git@ssh.github.com:443/acme/cloud.git",
        "https://api.github.com",
        "https://github.com/acme/cloud",
        "acme/cloud",
    );
    is("https://acme.ghe.com/acme/cloud", "https://api.acme.ghe.com", "https://acme.ghe.com/acme/cloud", "acme/cloud");
    let enterprise = "https://github.example.com";
    is(
        "git@github.example.com:acme/cloud.git",
        &format!("{enterprise}/api/v3"),
        &format!("{enterprise}/acme/cloud"),
        "acme/cloud",
    );
    let gitlab = "https://gitlab.com";
    is("git@gitlab.com:a/b/c.git", &format!("{gitlab}/api/v4"), &format!("{gitlab}/a/b/c"), "a/b/c");
    is("ssh://git@altssh.gitlab.com:443/a/b.git", &format!("{gitlab}/api/v4"), &format!("{gitlab}/a/b"), "a/b");
    is(
        "http://gitea.example.com:3000/forge/acme/cloud.git",
        "http://gitea.example.com:3000/forge/api/v1",
        "http://gitea.example.com:3000/forge/acme/cloud",
        "acme/cloud",
    );
    let url = RemoteUrl::parse("https://git.example.com/acme/cloud").expect("a URL");
    assert_eq!(Place::new(Sort::Gitea, &url, Some("https://api.example.com/v1/")).api, "https://api.example.com/v1");
}

#[test]
fn links_escape_what_a_branch_may_hold() {
    let github = place("https://github.com/acme/cloud").create_link("drift/a#b", "main");
    assert_eq!(github, "https://github.com/acme/cloud/compare/main...drift/a%23b?expand=1");
    let gitlab = place("https://gitlab.com/a/b/c").create_link("drift/a&b", "main");
    assert_eq!(
        gitlab,
        "https://gitlab.com/a/b/c/-/merge_requests/new?merge_request%5Bsource_branch%5D=drift%2Fa%26b&\
         merge_request%5Btarget_branch%5D=main"
    );
}

#[test]
fn a_token_is_for_its_own_hosts() {
    assert_eq!(Sort::GitHub.variables("github.com"), ["GH_TOKEN", "GITHUB_TOKEN"]);
    assert_eq!(Sort::GitHub.variables("acme.ghe.com"), ["GH_TOKEN", "GITHUB_TOKEN"]);
    assert_eq!(Sort::GitHub.variables("github.example.com"), ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]);
    // A host that only looks like it.
    assert_eq!(Sort::GitHub.variables("github.com.example.com"), ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]);
}

#[test]
fn a_token_is_not_printed() {
    let token = Token { variable: "GH_TOKEN", value: "hunter2".to_owned() };
    assert!(!format!("{token:?}").contains("hunter2"));
}

#[test]
fn drafts_stay_drafts() {
    assert_eq!(draft_prefix(Sort::GitLab, "Draft: x"), "Draft: ");
    assert_eq!(draft_prefix(Sort::GitLab, "[draft] x"), "Draft: ");
    assert_eq!(draft_prefix(Sort::GitLab, "x"), "");
    assert_eq!(draft_prefix(Sort::Gitea, "WIP: x"), "WIP: ");
    assert_eq!(draft_prefix(Sort::GitHub, "Draft: x"), "");
}

#[test]
fn titles_are_cut_in_characters() {
    assert_eq!(cut("äöü", 3), "äöü");
    assert_eq!(cut("äöüß", 3), "äö…");
}
