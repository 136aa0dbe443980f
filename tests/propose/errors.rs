//! What forges refuse, and what is told of it.

use serde_json::json;

use super::{BRANCH, Stage};
use crate::harness::forge::Sort;
use crate::harness::publish_orders;

fn drifted() -> Stage {
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage
}

#[test]
fn a_token_that_is_not_known() {
    let mut stage = drifted();
    stage.place.env("GH_TOKEN", "expired-token");
    let output = stage.propose(&[]).fails();
    let error: String =
        output.stderr.lines().skip_while(|line| !line.starts_with("error")).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!(error, @r"
    error: failed to propose it
      cause: look for the open pull request: GitHub does not know the token in GH_TOKEN (401): Bad credentials
    hint: it may have expired: put a new one into GH_TOKEN
    ");
    assert!(!output.stderr.contains("expired-token"), "{}", output.stderr);
    assert!(stage.remote(BRANCH).is_some(), "what was pushed stays pushed");
}

#[test]
fn a_token_that_may_not() {
    let stage = drifted();
    stage.forge.fail("POST", 403, &[], json!({"message": "Resource not accessible by integration"}));
    stage
        .propose(&[])
        .fails()
        .says("Resource not accessible by integration")
        .says("GH_TOKEN")
        .says("pull-requests: write");
    // The next run finds the branch and opens what is missing.
    stage.propose(&[]).ok();
    assert_eq!(stage.forge.proposals().len(), 1);
}

#[test]
fn a_repository_that_the_token_cannot_see() {
    let stage = drifted();
    stage.forge.fail("GET", 404, &[], json!({"message": "Not Found"}));
    stage.propose(&[]).fails().says("no `acme/cloud` that the token in GH_TOKEN can see");
}

#[test]
fn a_refusal_is_told_in_the_forges_own_words() {
    let stage = drifted();
    let errors = json!([{"resource": "PullRequest", "code": "custom", "message": "No commits between main and driftline/drift"}]);
    stage.forge.fail("POST", 422, &[], json!({"message": "Validation Failed", "errors": errors}));
    stage.propose(&[]).fails().says("Validation Failed; No commits between main and driftline/drift");
}

#[test]
fn a_rate_limit_is_waited_for_and_then_given_up() {
    let stage = drifted();
    stage.forge.fail("GET", 429, &[("Retry-After", "1")], json!({"message": "slow down"}));
    stage.propose(&[]).ok();
    assert_eq!(stage.forge.proposals().len(), 1);
    let headers = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "4102444800"),
        ("date", "Sat, 21 Nov 2026 00:00:00 GMT"),
    ];
    stage.forge.fail("GET", 403, &headers, json!({"message": "API rate limit exceeded"}));
    stage.propose(&[]).fails().says("the rate limit of GitHub is used up until 2100-01-01 00:00:00 UTC");
}

#[test]
fn a_forge_that_is_out_of_order() {
    let stage = drifted();
    stage.forge.fail("GET", 502, &[], json!(null));
    stage.propose(&[]).ok();
    assert_eq!(stage.forge.proposals().len(), 1, "it was asked again");
    stage.forge.state().proposals.clear();
    stage.forge.fail("POST", 500, &[], json!({"message": "boom"}));
    stage.propose(&[]).fails().says("GitHub is out of order (500): boom");
    assert_eq!(stage.forge.proposals().len(), 0, "opening is not tried twice");
}

#[test]
fn a_reviewer_who_does_not_exist_is_a_warning() {
    for sort in [Sort::GitHub, Sort::GitLab, Sort::Gitea] {
        let stage = Stage::new(sort);
        publish_orders(&stage.sim);
        let output = stage.propose(&["--reviewer", "nobody", "--label", "new"]).ok();
        assert!(output.stderr.contains("warning: "), "{}", output.stderr);
        assert_eq!(stage.forge.proposals()[0].labels, ["new"]);
    }
}

#[test]
fn without_a_token_the_link_is_printed() {
    let links = [
        (Sort::GitHub, "https://github.com/acme/cloud/compare/main...driftline/drift?expand=1\n"),
        (
            Sort::GitLab,
            "https://gitlab.com/acme/cloud/-/merge_requests/new?merge_request%5Bsource_branch%5D=driftline%2Fdrift\
             &merge_request%5Btarget_branch%5D=main\n",
        ),
        (Sort::Gitea, "https://codeberg.org/acme/cloud/compare/main...driftline/drift\n"),
    ];
    for (sort, link) in links {
        let mut stage = Stage::new(sort);
        publish_orders(&stage.sim);
        assert_eq!(stage.propose(&["--no-pull-request"]).ok().stdout, link);
        for variable in ["GH_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN"] {
            stage.place.without(variable);
        }
        stage.place.env("CI_JOB_TOKEN", "of-the-job");
        let output = stage.propose(&[]).ok().says("no token for");
        assert_eq!(output.stdout, link);
        assert_eq!(output.stderr.contains("CI_JOB_TOKEN cannot open merge requests"), sort == Sort::GitLab);
        assert!(stage.remote(BRANCH).is_some());
        assert_eq!(stage.forge.state().requests.len(), 0);
    }
}

#[test]
fn a_token_goes_to_no_other_host() {
    let stage = drifted();
    stage.place.git(&["remote", "set-url", "origin", "https://github.example.com/acme/cloud.git"]);
    let remotes = stage.place.home().join("remotes");
    let instead = format!("url.{}/.insteadOf", remotes.display());
    stage.place.git(&["config", "--global", "--add", &instead, "https://github.example.com/"]);
    // gh's rule: GH_TOKEN is for github.com, GH_ENTERPRISE_TOKEN for any other.
    stage.propose(&[]).ok().says("no token for GitHub in GH_ENTERPRISE_TOKEN");
    assert_eq!(stage.forge.state().requests.len(), 0);
}
