use serde_json::json;

use super::*;

fn world() -> World {
    let mut account = Account::new("123456789012", &["eu-west-1"]);
    account.access_keys.push("demo".to_owned());
    *account.describe("eu-west-1", "rds") =
        json!({"DBInstances": [{"DBInstanceIdentifier": "a"}, {"DBInstanceIdentifier": "b/c", "Ports": [1]}]});
    World::new().with(account)
}

#[test]
fn an_element_is_named_by_a_member_s_value() {
    let mut world = world();
    let base = "123456789012/eu-west-1/rds/DBInstances";
    world.set(&format!("{base}/DBInstanceIdentifier=b~1c/MultiAZ"), true).expect("set");
    world.append(&format!("{base}/DBInstanceIdentifier=b~1c/Ports"), 2).expect("append");
    world.append(&format!("{base}/0/Tags"), "new").expect("append to a new list");
    assert_eq!(
        world.get(&format!("{base}/1")),
        Some(&json!({"DBInstanceIdentifier": "b/c", "MultiAZ": true, "Ports": [1, 2]}))
    );
    assert_eq!(
        world.remove(&format!("{base}/DBInstanceIdentifier=a")),
        Ok(json!({"DBInstanceIdentifier": "a", "Tags": ["new"]}))
    );
    assert_eq!(world.get(base).and_then(Value::as_array).map(Vec::len), Some(1));
}

#[test]
fn a_path_that_leads_nowhere_is_named() {
    let mut world = world();
    let path = "123456789012/eu-west-1/rds/DBInstances/DBInstanceIdentifier=x/MultiAZ";
    assert_eq!(world.set(path, true), Err(PathError::Nothing(path.to_owned())));
    assert_eq!(world.set("123456789012/eu-west-1", 1), Err(PathError::Form("123456789012/eu-west-1".to_owned())));
    assert!(world.remove("210987654321/eu-west-1/rds/DBInstances").is_err());
}

#[test]
fn an_account_is_entered_by_its_id_or_by_a_listed_key() {
    let world = world();
    assert!(world.entered_by("123456789012").is_some() && world.entered_by("demo").is_some());
    assert!(world.entered_by("somebody").is_none());
}

#[test]
fn files_make_an_account() {
    let files = [
        ("account.json", r#"{"id": "1", "regions": ["eu-west-1"]}"#),
        ("eu-west-1/ec2/Vpcs.json", r#"[{"VpcId": "vpc-1"}]"#),
        ("global/iam.json", r#"{"Users": []}"#),
    ];
    let account = Account::from_files("one", files).expect("well-formed");
    assert_eq!(*account.description("eu-west-1", "ec2"), json!({"Vpcs": [{"VpcId": "vpc-1"}]}));
    assert_eq!(account.description(GLOBAL, "ec2")["Regions"][0]["RegionName"], "eu-west-1");
    assert_eq!(*account.description("eu-west-1", "iam"), Value::Null);

    let error = Account::from_files("one", files.into_iter().chain([("notes.json", "{}")])).expect_err("stray file");
    assert!(error.to_string().starts_with("one/notes.json lies where no description belongs"), "{error}");
    let error = Account::from_files("one", files.into_iter().skip(1)).expect_err("no head");
    assert_eq!(error.to_string(), "one has no account.json");
}
