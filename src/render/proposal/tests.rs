//! What a proposal says, in which order, and within which limit.

use std::collections::BTreeMap;

use driftline_api::{Actor, ActorSort, Address, Cause, Scope, Status, Under, Via};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::Resource;
use crate::attribution::{Attributed, Unexplained};
use crate::plan::{Against, Manager, NotRead, Side, plan};

fn resources(all: &[(&str, &str, Value)]) -> BTreeMap<Address, Resource> {
    let scope = Scope { provider: "aws".into(), account: "123456789012".into(), region: "eu-west-1".into() };
    let one = |(kind, id, attributes): &(&str, &str, Value)| {
        let attributes = attributes.as_object().expect("attributes").clone();
        let tags = BTreeMap::new();
        let resource = Resource { kind: (*kind).into(), id: (*id).into(), arn: None, tags, attributes };
        (resource.address(&scope), resource)
    };
    all.iter().map(one).collect()
}

fn plan_of(before: &[(&str, &str, Value)], after: &[(&str, &str, Value)]) -> Plan {
    let against = Against { rev: "origin/main".to_owned(), commit: "0123456789abcdef0123".to_owned() };
    plan(against, &resources(before), &resources(after), |_| None, vec![], &[])
}

fn three() -> Plan {
    let mut plan = plan_of(
        &[("ec2/volume", "vol-1", json!({"Size": 1})), ("rds/db_instance", "db", json!({"PubliclyAccessible": false}))],
        &[
            ("ec2/volume", "vol-1", json!({"Size": 2})),
            ("rds/db_instance", "db", json!({"PubliclyAccessible": true})),
            ("iam/user", "eve|@octocat", json!({"Path": "/"})),
        ],
    );
    let actor = Actor { sort: ActorSort::Sso, name: "alice@example.com".into(), arn: None, role: None, account: None };
    let origin = Origin {
        actor,
        via: Via::Console,
        at: 1_795_190_520,
        event: "rds:ModifyDBInstance".into(),
        event_id: "e".into(),
        region: "eu-west-1".into(),
    };
    plan.drift[2].by = vec![Attributed { changes: vec![0], attribution: Attribution::By(origin) }];
    plan.drift[0].by =
        vec![Attributed { changes: vec![0], attribution: Attribution::Unknown(Unexplained::NothingFound) }];
    plan
}

fn description(plan: &Plan, limit: usize) -> String {
    proposal_description(Description { plan, base: "main", edited_by: &[], kept: 0, limit })
}

#[test]
fn risk_comes_first_and_nobody_is_notified() {
    let plan = three();
    assert_eq!(proposal_title(&plan), "Drift: 1 added, 2 changed; rds/db_instance db is publicly accessible");
    assert_snapshot!(description(&plan, 65_536), @r#"
    **1 added, 2 changed, 0 removed** since the restore point `0123456789ab`: 3 resources compared.

    | | Resource | Why it matters | Who |
    | --- | --- | --- | --- |
    | `~` | `aws/123456789012/eu-west-1/rds/db_instance/db` | **`is publicly accessible`** | `alice@example.com` in the console, 2026-11-20 16:02 UTC |
    | `+` | `aws/123456789012/eu-west-1/iam/user/eve\|@octocat` | **`is a new user`** |  |
    | `~` | `aws/123456789012/eu-west-1/ec2/volume/vol-1` | `changes one attribute` | unknown |

    <details><summary>~ <code>aws/123456789012/eu-west-1/rds/db_instance/db</code></summary>

    ```diff
      aws/123456789012/eu-west-1/rds/db_instance/db
    -   PubliclyAccessible: false
    +   PubliclyAccessible: true
    ```

    <code>by alice&#64;example.com in the console, 2026-11-20 16:02 UTC</code>

    </details>

    <details><summary>+ <code>aws/123456789012/eu-west-1/iam/user/eve&#124;&#64;octocat</code></summary>

    ```diff
    + aws/123456789012/eu-west-1/iam/user/eve|@octocat
    +   Path: "/"
    ```

    </details>

    <details><summary>~ <code>aws/123456789012/eu-west-1/ec2/volume/vol-1</code></summary>

    ```diff
      aws/123456789012/eu-west-1/ec2/volume/vol-1
    -   Size: 1
    +   Size: 2
    ```

    <code>by whom is not known: CloudTrail has nothing that explains it</code>

    </details>

    ---

    Merging this accepts the drift: `main` then says what is there now, and the next plan is quiet about it. To undo a change instead, undo it in the account; the next run takes it out of here, and closes this when nothing is left.
    "#);
}

#[test]
fn a_title_holds_nothing_that_a_forge_could_take_for_somebody() {
    let user = json!({"AttachedManagedPolicies": [{"PolicyName": "@everyone #1 !2"}]});
    let plan = plan_of(&[("iam/user", "eve", json!({}))], &[("iam/user", "eve", user)]);
    assert_eq!(proposal_title(&plan), "Drift: 1 changed; iam/user eve gets the policy _everyone _1 _2");
}

#[test]
fn a_limit_takes_the_least_risky_details_first() {
    let volumes: Vec<String> = (0..300).map(|number| format!("vol-{number:03}")).collect();
    let mut after: Vec<(&str, &str, Value)> =
        volumes.iter().map(|id| ("ec2/volume", id.as_str(), json!({"Size": 1, "Type": "gp3"}))).collect();
    after.push(("rds/db_instance", "db", json!({"PubliclyAccessible": true})));
    let plan = plan_of(&[], &after);
    for limit in [5_000, 20_000, 65_536] {
        let text = description(&plan, limit);
        assert!(text.chars().count() <= limit, "{} characters", text.chars().count());
        assert!(text.chars().count() > limit / 2, "what fits is there: {} characters", text.chars().count());
        assert!(text.contains("**`is publicly accessible`**") && text.contains("PubliclyAccessible: true"));
        assert!(text.contains("the least risky ones: `driftline plan` shows them."));
        assert!(text.contains("Merging this accepts the drift"));
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
    let whole = description(&plan, 1_048_576);
    assert!(whole.contains("vol-299") && !whole.contains("left out"));
    // One resource that alone is too much is cut, and the others are still there.
    let long: Vec<String> = (0..5_000).map(|number| format!("line {number}")).collect();
    let plan = plan_of(&[], &[("ec2/instance", "i-1", json!({"PubliclyAccessible": true, "A": long.join("\n")}))]);
    assert!(description(&plan, 65_536).chars().count() <= 65_536);
}

#[test]
fn what_was_not_read_and_who_edited_the_branch_are_told() {
    let mut plan = three();
    plan.not_read = vec![NotRead {
        side: Side::Live,
        scope: Scope { provider: "aws".into(), account: "123456789012".into(), region: "eu-west-1".into() },
        kind: "s3/bucket".into(),
        under: Under::Kind,
        path: None,
        cause: Cause {
            status: Status::Denied,
            operation: "s3:GetBucketPolicy".into(),
            code: "AccessDenied".into(),
            message: String::new(),
        },
    }];
    let text = proposal_description(Description {
        plan: &plan,
        base: "main",
        edited_by: &["@bob".to_owned()],
        kept: 2,
        limit: 65_536,
    });
    assert!(text.starts_with("> **Edited by `@bob`**: the commits here do not include the latest drift"), "{text}");
    let not_read = &text[text.find("#### Not read").expect("a section")..text.find("\n---").expect("an end")];
    assert_snapshot!(not_read, @r"
    #### Not read (1 gap)

    Nothing there is compared or taken for removed; it keeps its last known state.

    What was proposed before of 2 resources that this plan did not look at is still part of this.

    - **denied** `s3:GetBucketPolicy (AccessDenied)`
      - `s3/bucket in aws/123456789012: eu-west-1`
    ");
}

#[test]
fn gaps_of_any_number_keep_to_the_limit() {
    let mut plan = three();
    let scope = Scope { provider: "aws".into(), account: "123456789012".into(), region: "eu-west-1".into() };
    plan.not_read = (0..2_000)
        .map(|number| NotRead {
            side: Side::Live,
            scope: scope.clone(),
            kind: "s3/bucket".into(),
            under: Under::Id(format!("{}-{number}", "b".repeat(400))),
            path: None,
            cause: Cause {
                status: Status::Failed,
                operation: format!("s3:Get{}", number / 20),
                code: "Timeout".into(),
                message: String::new(),
            },
        })
        .collect();
    let text = description(&plan, 65_536);
    assert!(text.chars().count() <= 65_536, "{}", text.chars().count());
    assert!(text.contains("- and more: ") && text.contains("PubliclyAccessible: true"));
}

#[test]
fn code_holds_any_text() {
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`"), "`` ` ``");
    assert_eq!(code(" a "), "`  a  `");
    assert_eq!(cell("a|b\\|c\n@d"), "`a\\|b\\\\|c\\n@d`");
}

#[test]
fn a_reviewer_learns_whether_code_has_to_follow() {
    let mut plan = three();
    let manager = |address: &str, part| Manager { state: "prod.tfstate".into(), address: address.into(), part };
    plan.drift[0].managers =
        Some(vec![manager("aws_ebs_volume.data", false), manager("aws_volume_attachment.data", true)]);
    plan.drift[1].managers = Some(vec![]);
    plan.drift[2].managers =
        Some(vec![manager("aws_db_instance.a", false), manager("module.b.aws_db_instance.a", false)]);
    let text = description(&plan, 65_536);
    let told: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with('|') || line.contains("Terraform") || line.contains("tfstate"))
        .collect();
    assert_snapshot!(told.join("\n"), @r"
    | | Resource | Why it matters | Who | In Terraform |
    | --- | --- | --- | --- | --- |
    | `~` | `aws/123456789012/eu-west-1/rds/db_instance/db` | **`is publicly accessible`** | `alice@example.com` in the console, 2026-11-20 16:02 UTC | **twice** |
    | `+` | `aws/123456789012/eu-west-1/iam/user/eve\|@octocat` | **`is a new user`** |  | no |
    | `~` | `aws/123456789012/eu-west-1/ec2/volume/vol-1` | `changes one attribute` | unknown | yes |
    <code>managed in Terraform: aws_db_instance.a in prod.tfstate, module.b.aws_db_instance.a in prod.tfstate</code>
    <code>in no Terraform state</code>
    <code>managed in Terraform: aws_ebs_volume.data in prod.tfstate; parts of it by aws_volume_attachment.data in prod.tfstate</code>
    Merging this accepts the drift: `main` then says what is there now, and the next plan is quiet about it. What is in Terraform has to change in its code, too: otherwise its next apply undoes it. To undo a change instead, undo it in the account; the next run takes it out of here, and closes this when nothing is left.
    ");
    assert!(!description(&three(), 65_536).contains("Terraform |"), "nothing is said where no states were looked at");
}
