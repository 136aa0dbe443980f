//! What Terraform writes: states in both forms, and plans. No secret of them is kept.

use driftline::managed::{Attributes, State};
use driftline::restore::{known, named, only_adopts, planned};
use serde_json::Value;

pub fn law(bytes: &[u8]) {
    match State::parse("states/prod.tfstate", bytes) {
        Ok(state) => {
            let managed = || state.instances.iter();
            assert!(managed().all(|instance| instance.attributes.get("password").is_none()));
            assert_eq!(State::parse("states/prod.tfstate", bytes).expect("it was read"), state);
            shuffled(bytes, &state);
        }
        Err(error) => {
            // Where it is wrong, but not what stands there.
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
        }
    }
    if let Ok(changes) = planned(bytes) {
        only_adopts(&changes);
        let names: Vec<&str> = changes.iter().map(|change| change.terraform.as_str()).collect();
        for name in named(&super::text(bytes), names.iter().copied()) {
            assert!(names.contains(&name.as_str()));
        }
    }
    if let (Ok(found), Ok(state)) = (known(bytes), State::parse("", bytes)) {
        // Both readers of a state find the same addresses, but for what was deposed.
        let shown = super::text(bytes).contains("prior_state") || !super::text(bytes).contains("\"values\"");
        let all: Vec<&str> = state.instances.iter().map(|instance| instance.address.as_str()).collect();
        assert!(shown || found.keys().all(|name| all.iter().any(|known| known.starts_with(name.as_str()))));
    }
    assert!(!Attributes::is_kept("password") && !Attributes::is_kept("secret_string"));
}

/// The order of members says nothing.
fn shuffled(bytes: &[u8], state: &State) {
    // Where a member stands twice, the parsers differ in which one counts.
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let sorted = serde_json::to_vec(&value).expect("JSON is written");
    let Ok(again) = State::parse(&state.name, &sorted) else { return };
    let spread = serde_json::to_vec_pretty(&value).expect("JSON is written");
    assert_eq!(State::parse(&state.name, &spread).expect("the same JSON"), again);
}

pub fn seeds() -> Vec<Vec<u8>> {
    [
        r#"{"version": 4, "terraform_version": "1.9.0", "serial": 7, "lineage": "l", "outputs": {"p": {"value": "x", "sensitive": true}},
          "resources": [
            {"module": "module.db[\"a\"]", "mode": "managed", "type": "aws_db_instance", "name": "this",
             "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].west",
             "instances": [{"index_key": "x\"y", "schema_version": 2, "deposed": "0a1b", "attributes": {
               "arn": "arn:aws:rds:eu-west-1:1:db:a", "password": "p", "port": 5432, "id": "db-1", "roles": ["a", ["b", null, 1.5]],
               "tags": {"id": "no"}, "name": null}}, {"index_key": 0, "attributes_flat": {"id": "i"}}]},
            {"mode": "data", "type": "aws_caller_identity", "name": "me", "provider": "", "instances": [{}]}]}"#,
        r#"{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"address": "module.db[\"a\"]",
          "resources": [{"address": "module.db[\"a\"].aws_db_instance.this[\"x\\\"y\"]", "mode": "managed", "deposed_key": "k",
            "type": "aws_db_instance", "provider_name": "registry.terraform.io/hashicorp/aws",
            "values": {"arn": "arn:aws:rds:eu-west-1:1:db:a", "password": "p", "id": "db-1"}}]}]}}}"#,
        r#"{"format_version": "1.2", "resource_changes": [
            {"address": "aws_vpc.a", "change": {"actions": ["delete", "create"], "before": {"cidr": "a", "tags": {"x": null}},
             "after": {"cidr": "b"}, "after_unknown": {"id": true, "tags": {}}, "importing": {"id": "vpc-1"}}},
            {"address": "aws_vpc.b", "change": {"actions": ["no-op"]}}],
          "prior_state": {"values": {"root_module": {"resources": []}}}}"#,
        r#"{"version": 3, "modules": []}"#,
        r#"{"version": 4, "serial": 1e999, "resources": []}"#,
        r#"{"format_version": "1.0"}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
