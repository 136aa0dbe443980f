//! From the first drift to the last, at each forge.

use serde_json::json;

use super::{BRANCH, Stage};
use crate::harness::forge::{Proposal, Sort};
use crate::harness::{at, publish_orders};

const ALL: [Sort; 3] = [Sort::GitHub, Sort::GitLab, Sort::Gitea];

fn open_ssh(stage: &Stage) {
    let rule = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]});
    let rules = format!("{}/GroupName=shop-app/IpPermissions", at::GROUPS);
    stage.sim.edit(|world| world.append(&rules, rule)).expect("the group is there");
}

fn close_everything(stage: &Stage) {
    let orders = format!("{}/PubliclyAccessible", at::ORDERS);
    stage.sim.edit(|world| world.set(&orders, false)).expect("the database");
}

#[test]
fn one_proposal_is_opened_brought_up_to_date_and_closed() {
    for sort in ALL {
        let stage = Stage::new(sort);
        stage.configure("labels = [\"drift\", \"bug\"]\nreviewers = [\"jane\"]\n");
        stage.propose(&[]).ok().says("no drift: nothing to propose");
        assert!(stage.forge.proposals().is_empty() && stage.remote(BRANCH).is_none());

        publish_orders(&stage.sim);
        let output = stage.propose(&[]).ok();
        let url = match sort {
            Sort::GitHub => "https://github.com/acme/cloud/pull/1\n",
            Sort::GitLab => "https://gitlab.com/acme/cloud/-/merge_requests/1\n",
            Sort::Gitea => "https://codeberg.org/acme/cloud/pulls/1\n",
        };
        assert_eq!(output.stdout, url, "{}", output.stderr);
        assert!(!output.stderr.contains("warning"), "{}", output.stderr);
        let [opened]: [Proposal; 1] = stage.forge.proposals().try_into().expect("one proposal");
        assert_eq!(opened.title, "Drift: 1 changed; rds/db_instance prod-orders is publicly accessible");
        assert_eq!((opened.head.as_str(), opened.base.as_str()), (BRANCH, "main"));
        assert_eq!((opened.labels, opened.reviewers), (vec!["drift".into(), "bug".into()], vec!["jane".into()]));
        assert!(opened.body.contains("PubliclyAccessible: true") && !opened.draft, "{}", opened.body);

        // The branch says what an import would say, on top of the remote's branch, and nothing here has moved.
        let first = stage.remote(BRANCH).expect("the branch");
        assert_eq!(stage.git(&["rev-parse", &format!("{BRANCH}~1")]), stage.git(&["rev-parse", "main"]));
        assert_eq!(stage.place.git(&["rev-parse", "HEAD"]), stage.git(&["rev-parse", "main"]));
        assert_eq!(stage.place.git(&["branch", "--format=%(refname:short)"]), "main");
        stage.place.check_repository();

        // Nothing new: nothing is pushed, and nothing is said to the forge.
        stage.forge.count("POST");
        assert_eq!(stage.propose(&[]).ok().says("the proposal is up to date").stdout, url);
        assert_eq!(stage.remote(BRANCH).as_ref(), Some(&first));
        assert_eq!((stage.forge.count("POST"), stage.forge.count("PATCH"), stage.forge.count("PUT")), (0, 0, 0));

        open_ssh(&stage);
        assert_eq!(stage.propose(&[]).ok().says("brought the proposal up to date").stdout, url);
        let [updated]: [Proposal; 1] = stage.forge.proposals().try_into().expect("the same proposal");
        assert_eq!(updated.title, "Drift: 2 changed; ec2/security_group shop-app opens tcp/22 to 0.0.0.0/0");
        assert!(updated.body.contains("opens tcp/22 to 0.0.0.0/0"));
        assert_eq!(updated.labels.len(), 2, "labels are the reviewers' own by now");
        assert_ne!(stage.remote(BRANCH), Some(first));

        // Merged: what was proposed is what an import finds.
        let tree = stage.git(&["rev-parse", &format!("{BRANCH}:snapshots")]);
        stage.place.import();
        assert_eq!(stage.place.tree("HEAD"), tree);
        stage.place.git(&["reset", "--quiet", "--hard", "HEAD~1"]);

        // Undone instead.
        close_everything(&stage);
        let rules = format!("{}/GroupName=shop-app/IpPermissions", at::GROUPS);
        stage
            .sim
            .edit(|world| {
                let all = world.get(&rules).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
                world.set(&rules, all[..all.len() - 1].to_vec())
            })
            .expect("the group");
        let output = stage.propose(&[]).ok().says("the drift is gone").says("removed the branch");
        assert_eq!(output.stdout, "");
        let [closed]: [Proposal; 1] = stage.forge.proposals().try_into().expect("the same proposal");
        assert!(!closed.open);
        assert!(closed.comments[0].contains("the drift is gone"), "{:?}", closed.comments);
        assert_eq!(stage.remote(BRANCH), None);

        // And from the start.
        publish_orders(&stage.sim);
        assert!(stage.propose(&[]).ok().stdout.ends_with("/2\n"));
    }
}

#[test]
fn a_draft_is_one_until_somebody_marks_it_ready() {
    for (sort, title) in [(Sort::GitHub, "Drift: 1"), (Sort::GitLab, "Draft: Drift: 1"), (Sort::Gitea, "WIP: Drift: 1")]
    {
        let stage = Stage::new(sort);
        publish_orders(&stage.sim);
        stage.propose(&["--draft"]).ok();
        let opened = stage.forge.proposals().remove(0);
        assert!(opened.title.starts_with(title), "{}", opened.title);
        assert_eq!(opened.draft, sort == Sort::GitHub);
        open_ssh(&stage);
        stage.propose(&["--draft"]).ok();
        assert!(stage.forge.proposals()[0].title.starts_with(&title.replace('1', "2")));
        let ready = stage.forge.proposals()[0].title.replace("Draft: ", "").replace("WIP: ", "");
        stage.forge.state().proposals[0].title = ready;
        stage.propose(&["--draft"]).ok().says("the proposal is up to date");
    }
    let stage = Stage::new(Sort::GitHub);
    stage.forge.state().has_drafts = false;
    publish_orders(&stage.sim);
    stage.propose(&["--draft"]).ok().says("no draft pull requests");
    assert!(!stage.forge.proposals()[0].draft);
}

#[test]
fn a_proposal_of_a_fork_is_not_ours() {
    for sort in ALL {
        let stage = Stage::new(sort);
        let (head, base) = (BRANCH.to_owned(), "main".to_owned());
        let theirs = Proposal { head, base, open: true, fork: true, title: "theirs".to_owned(), ..Proposal::default() };
        stage.forge.state().proposals.push(theirs);
        publish_orders(&stage.sim);
        assert!(stage.propose(&[]).ok().stdout.ends_with("/2\n"));
        assert_eq!(stage.forge.proposals()[0].title, "theirs");
    }
}

#[test]
fn a_proposal_that_somebody_opened_meanwhile_is_taken_on() {
    for sort in ALL {
        let stage = Stage::new(sort);
        publish_orders(&stage.sim);
        stage.propose(&[]).ok();
        stage.forge.state().proposals[0].title = "by hand".to_owned();
        // Our look at the list comes a moment too early.
        stage.forge.fail("GET", 200, &[], json!([]));
        let output = stage.propose(&[]).ok();
        assert!(output.stdout.ends_with("/1\n"), "{}", output.stderr);
        let [taken]: [Proposal; 1] = stage.forge.proposals().try_into().expect("one proposal");
        assert!(taken.title.starts_with("Drift: 1 changed"));
    }
}

#[test]
fn a_large_plan_keeps_to_what_the_forge_takes() {
    for sort in ALL {
        let stage = Stage::new(sort);
        publish_orders(&stage.sim);
        let vpc = stage.sim.edit(|world| world.get(&format!("{}/0", at::VPCS)).cloned()).expect("a VPC");
        stage.sim.edit(|world| {
            for number in 0..400 {
                let mut another = vpc.clone();
                another["VpcId"] = json!(format!("vpc-{number:017x}"));
                world.append(at::VPCS, another).expect("room for VPCs");
            }
        });
        stage.propose(&[]).ok();
        let opened = stage.forge.proposals().remove(0);
        let most = if sort == Sort::GitLab { 1_048_576 } else { 65_536 };
        assert!(opened.body.chars().count() <= most);
        let first = opened.body.find("prod-orders").expect("the most dangerous one");
        assert!(first < opened.body.find("vpc-0").expect("others"), "risk first");
        assert_eq!(opened.body.contains("are left out"), sort != Sort::GitLab);
        assert!(opened.body.contains("Merging this accepts the drift"));
    }
}

#[test]
fn what_could_not_be_read_closes_nothing() {
    use driftline_sim::{Fault, Rule};
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage.propose(&[]).ok();
    let there = stage.remote(BRANCH);
    let denied = stage.sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances"));
    stage.propose(&[]).ok().says("was not looked at: what is proposed stays as it is");
    assert!(stage.forge.proposals()[0].open);
    assert_eq!(stage.remote(BRANCH), there);
    // A gap elsewhere says nothing about it.
    stage.sim.faults().remove(denied);
    stage.sim.faults().add(Rule::new(Fault::Deny).on("iam:GetAccountAuthorizationDetails"));
    close_everything(&stage);
    stage.propose(&[]).ok().says("removed the branch");
    assert!(!stage.forge.proposals()[0].open);
}

#[test]
fn what_was_proposed_and_cannot_be_read_now_stays_proposed() {
    use driftline_sim::{Fault, Rule};
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage.propose(&[]).ok();
    let orders = |stage: &Stage| stage.git(&["diff", "--name-only", "main", BRANCH, "--", "*/rds/db_instance/*"]);
    let proposed = orders(&stage);
    assert!(proposed.ends_with("prod-orders.json"), "{proposed}");
    stage.sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances"));
    open_ssh(&stage);
    stage.propose(&[]).ok();
    assert_eq!(orders(&stage), proposed);
    let body = stage.forge.proposals().remove(0).body;
    assert!(
        body.contains("opens tcp/22")
            && body.contains("What was proposed before of 1 resource that this plan did not look at"),
        "{body}"
    );
    let there = stage.remote(BRANCH);
    stage.propose(&[]).ok().says("the proposal is up to date");
    assert_eq!(stage.remote(BRANCH), there);
}

#[test]
fn records_that_cannot_be_read_now_rewrite_nothing() {
    use driftline_sim::{Fault, Rule};
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage.propose(&[]).ok();
    let (there, body) = (stage.remote(BRANCH), stage.forge.proposals().remove(0).body);
    stage.sim.faults().add(Rule::new(Fault::Deny).on("cloudtrail:LookupEvents"));
    let output = stage.propose(&[]).ok().says("the proposal is up to date");
    assert_eq!(output.stdout, "https://github.com/acme/cloud/pull/1\n");
    assert_eq!((stage.remote(BRANCH), stage.forge.proposals().remove(0).body), (there.clone(), body));
    // More drift is proposed, whoever is behind it.
    open_ssh(&stage);
    stage.propose(&[]).ok().says("brought the proposal up to date");
    assert_ne!(stage.remote(BRANCH), there);
}

#[test]
fn what_the_command_line_leaves_out_stays_proposed() {
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage.propose(&[]).ok();
    let files = |stage: &Stage| stage.git(&["diff", "--name-only", "main", BRANCH]).lines().count();
    stage.propose(&["--target", "ec2/security_group"]).ok().says("what is proposed stays as it is");
    assert!(stage.forge.proposals()[0].open && files(&stage) == 1);
    // A plan that was saved so says so, too.
    stage.place.driftline(&["plan", "--target", "ec2/security_group", "--out", "plan.json"]).ok();
    stage.propose(&["plan.json"]).ok().says("what is proposed stays as it is");
    assert!(stage.forge.proposals()[0].open && files(&stage) == 1);
    open_ssh(&stage);
    stage.propose(&["--target", "ec2/security_group"]).ok();
    assert_eq!(files(&stage), 2);
    close_everything(&stage);
    stage.propose(&[]).ok();
    assert_eq!(files(&stage), 1);
}

#[test]
fn gaps_and_drift_together_are_proposed_once() {
    use driftline_sim::{Fault, Rule};
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage.sim.faults().add(Rule::new(Fault::Deny).on("iam:GetAccountAuthorizationDetails"));
    stage.propose(&[]).ok();
    let there = stage.remote(BRANCH);
    assert!(stage.forge.proposals()[0].body.contains("#### Not read"));
    stage.propose(&[]).ok().says("the proposal is up to date");
    assert_eq!(stage.remote(BRANCH), there);
}

#[test]
fn a_saved_plan_is_proposed_without_a_scan() {
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage.place.driftline(&["plan", "--out", "plan.json"]).ok();
    stage.sim.reset_stats();
    stage.propose(&["plan.json"]).ok();
    assert_eq!(stage.sim.stats().total(), 0);
    assert_eq!(stage.forge.proposals().len(), 1);
    // Its restore point is no longer the remote's.
    stage.place.import();
    stage.place.git(&["push", "--quiet", "origin", "main"]);
    stage.propose(&["plan.json"]).fails().says("has another restore point").says("make the plan anew");
}

#[test]
fn a_dry_run_changes_nothing() {
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    let output = stage.propose(&["--dry-run"]).ok();
    assert!(output.stdout.starts_with("# Drift: 1 changed; "), "{}", output.stdout);
    assert!(stage.forge.proposals().is_empty() && stage.remote(BRANCH).is_none());
    assert_eq!(stage.forge.state().requests.len(), 0);
}

#[test]
fn whoever_is_to_know_is_told_where_to_review() {
    let stage = Stage::new(Sort::GitHub);
    let script = "echo $DRIFTLINE_EVENT $DRIFTLINE_LINK >> $HOME/told";
    stage.configure(&format!("[[notify]]\nkind = \"command\"\ncommand = [\"sh\", \"-c\", \"{script}\"]\n"));
    let told = || {
        let path = stage.place.home().join("told");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let _ = std::fs::remove_file(path);
        text
    };
    stage.propose(&[]).ok();
    assert_eq!(told(), "", "there is no drift");
    publish_orders(&stage.sim);
    stage.propose(&["--no-notify"]).ok();
    stage.propose(&["--dry-run"]).ok();
    stage.propose(&["--target", "rds"]).ok();
    assert_eq!(told(), "");
    stage.propose(&[]).ok();
    assert_eq!(told(), "drift https://github.com/acme/cloud/pull/1\n");
    stage.propose(&[]).ok();
    stage.place.driftline(&["plan"]).ok();
    assert_eq!(told(), "", "it is the same drift");
    stage.place.import();
    stage.place.git(&["push", "--quiet", "origin", "main"]);
    stage.propose(&[]).ok();
    assert_eq!(told(), "gone\n");
    // In two steps, as pipelines do it.
    stage.sim.edit(|world| world.remove(&format!("{}/0", crate::harness::at::VOLUMES))).expect("a volume");
    stage.place.driftline(&["plan", "--no-notify", "--out", "plan.json"]).ok();
    stage.propose(&["plan.json"]).ok();
    assert_eq!(told(), "drift https://github.com/acme/cloud/pull/2\n");
    // Where it cannot be proposed, it is told all the same.
    stage.git(&["branch", "others", "main"]);
    stage.push_as_somebody("others", "notes.txt");
    stage.sim.edit(|world| world.remove(&format!("{}/0", crate::harness::at::VOLUMES))).expect("a volume");
    stage.propose(&["--branch", "others"]).fails();
    assert_eq!(told(), "drift\n");
}
