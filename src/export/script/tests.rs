//! Scripts of made-up kinds: what is said, what is left, and that nothing in a name runs.

use driftline_api::{Fix, Fixes, Input, Operation, Seal, TagKeys, When};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::diff::sample::{address, descriptor, resource};
use crate::plan::{Against, Builder, Plan, Scanned};

const NAME: Input = Input::Text("Name", "{id}");

static FIXES: &[Fixes] = &[
    Fixes {
        kind: "rds/db_instance",
        fixes: &[
            Fix::Modify {
                members: &[("MultiAZ", "/MultiAZ"), ("Password", "/MasterUserPassword"), ("Window", "/Window")],
                call: Operation::new("rds:ModifyDBInstance", &[NAME]),
            },
            Fix::Elements {
                list: "/EnabledCloudwatchLogsExports",
                key: &[],
                put: Some(Operation::new("rds:EnableLog", &[NAME, Input::Value("Types/0", ".")])),
                remove: Some(Operation::new("rds:DisableLog", &[NAME, Input::Value("Types/0", ".")])),
            },
            Fix::Tags {
                put: Operation::new("rds:AddTags", &[NAME]),
                tags: "Tags",
                remove: Operation::new("rds:RemoveTags", &[NAME]),
                keys: "TagKeys",
                form: TagKeys::Texts,
            },
        ],
    },
    Fixes {
        kind: "s3/bucket",
        fixes: &[
            Fix::Whole {
                paths: &["/Policy"],
                when: &[When::Has("/Policy")],
                call: Operation::new("s3:PutBucketPolicy", &[NAME, Input::Document("Policy", "/Policy")]),
            },
            Fix::Whole {
                paths: &["/Policy"],
                when: &[When::Lacks("/Policy")],
                call: Operation::new("s3:DeleteBucketPolicy", &[NAME]),
            },
        ],
    },
];

const DB: &str = "aws/123456789012/eu-west-1/rds/db_instance/prod";
const BUCKET: &str = "aws/123456789012/eu-west-1/s3/bucket/logs";

fn drifted(at: &str, before: (Value, &[(&str, &str)]), after: (Value, &[(&str, &str)])) -> Plan {
    let mut builder =
        Builder::new(Against { rev: "HEAD".to_owned(), commit: "0123456789abcdef".to_owned() }, vec![], &[]);
    let address = address(at);
    let (before, after) = (resource(at, before.0, before.1), resource(at, after.0, after.1));
    builder.compare(descriptor(&address.kind), &address, Some(before), Some(after));
    builder.finish(Scanned::default())
}

/// What the script does in the account.
fn body(plan: &Plan) -> String {
    let script = script(plan, FIXES);
    let from = script.text.find("\nin_1").expect("a function");
    let end = script.text[from..].find("\n}\n").expect("its end");
    script.text[from + 1..from + end].to_owned()
}

#[test]
fn what_differs_is_said_and_nothing_else() {
    let plan = drifted(
        DB,
        (
            json!({"MultiAZ": true, "Size": 1, "EnabledCloudwatchLogsExports": ["audit", "error"]}),
            &[("Team", "a"), ("Old", "x")],
        ),
        (
            json!({"MultiAZ": false, "Size": 2, "EnabledCloudwatchLogsExports": ["audit", "slow"], "Window": "mon"}),
            &[("Team", "b"), ("New", "y")],
        ),
    );
    assert_snapshot!(body(&plan), @r#"
    in_123456789012() {
      :
      # aws/123456789012/eu-west-1/rds/db_instance/prod
      # ~ MultiAZ: true -> false
      run eu-west-1 rds modify-db-instance --cli-input-json '{"MultiAZ":true,"Name":"prod"}'
      # - EnabledCloudwatchLogsExports[error]
      # + EnabledCloudwatchLogsExports[slow]
      run eu-west-1 rds disable-log --cli-input-json '{"Name":"prod","Types":["slow"]}'
      run eu-west-1 rds enable-log --cli-input-json '{"Name":"prod","Types":["error"]}'
      # + tags.New: "y"
      # - tags.Old: "x"
      # ~ tags.Team: "a" -> "b"
      run eu-west-1 rds remove-tags --cli-input-json '{"Name":"prod","TagKeys":["New"]}'
      run eu-west-1 rds add-tags --cli-input-json '{"Name":"prod","Tags":[{"Key":"Old","Value":"x"},{"Key":"Team","Value":"a"}]}'
      # ~ Size: 1 -> 2
      # NOT PUT BACK: no single call puts it back
      # + Window: "mon"
      # NOT PUT BACK: no single call puts it back
    "#);
    let script = script(&plan, FIXES);
    assert_eq!((script.calls, script.expressed, script.left.len()), (5, 6, 2));
}

#[test]
fn what_was_not_there_goes() {
    let policy = json!({"Statement": [{"Effect": "Allow", "Resource": "*"}]});
    assert_snapshot!(body(&drifted(BUCKET, (json!({}), &[]), (json!({"Policy": policy}), &[]))), @r#"
    in_123456789012() {
      :
      # aws/123456789012/eu-west-1/s3/bucket/logs
      # + Policy: { Statement: [{ Effect: "Allow", Resource: "*" }] }
      run eu-west-1 s3api delete-bucket-policy --cli-input-json '{"Name":"logs"}'
    "#);
    assert_snapshot!(body(&drifted(BUCKET, (json!({"Policy": policy}), &[]), (json!({}), &[]))), @r#"
    in_123456789012() {
      :
      # aws/123456789012/eu-west-1/s3/bucket/logs
      # - Policy: { Statement: [{ Effect: "Allow", Resource: "*" }] }
      run eu-west-1 s3api put-bucket-policy --cli-input-json '{"Name":"logs","Policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}"}'
    "#);
}

#[test]
fn a_secret_is_never_written() {
    let seal = Seal::new([7; 32]);
    let (old, new) = (seal.seal("old"), seal.seal("new"));
    let plan = drifted(DB, (json!({"MasterUserPassword": old}), &[]), (json!({"MasterUserPassword": new}), &[]));
    assert_snapshot!(body(&plan), @r"
    in_123456789012() {
      :
      # aws/123456789012/eu-west-1/rds/db_instance/prod
      # ~ MasterUserPassword: (secret changed)
      # NOT PUT BACK: it takes a secret, which snapshots do not hold
    ");
    assert!(!script(&plan, FIXES).text.contains("sealed:"));
}

#[test]
fn a_hostile_name_is_one_word_on_one_line() {
    let name = "'; touch owned; echo '$(touch owned)`touch owned`\n\u{202e}\\";
    let plan = drifted(DB, (json!({}), &[(name, name)]), (json!({}), &[]));
    assert_snapshot!(body(&plan), @r#"
    in_123456789012() {
      :
      # aws/123456789012/eu-west-1/rds/db_instance/prod
      # - tags["'; touch owned; echo '$(touch owned)`touch owned`\n\u{202e}\\"]: "'; touch owned; echo '$(touch owned)`touch owned`\n\u{202e}\\"
      run eu-west-1 rds add-tags --cli-input-json '{
      "Name": "prod",
      "Tags": [
        {
          "Key": "'\''; touch owned; echo '\''$(touch owned)`touch owned`\n\u202e\\",
          "Value": "'\''; touch owned; echo '\''$(touch owned)`touch owned`\n\u202e\\"
        }
      ]
    }'
    "#);
}

#[test]
fn where_nothing_drifted_nothing_is_done() {
    let plan = drifted(DB, (json!({"MultiAZ": true}), &[]), (json!({"MultiAZ": true}), &[]));
    assert_snapshot!(script(&plan, FIXES).text, @r"
    #!/usr/bin/env bash
    # Nothing drifted since HEAD (0123456789ab).
    ");
}
