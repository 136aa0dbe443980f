//! `driftline show`: a resource as it was.

use serde_json::json;

use crate::harness::{Place, at, publish_orders, sim};

#[test]
fn shows_a_resource_at_any_restore_point() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    place.import();
    let address = "aws/123456789012/eu-west-1/rds/db_instance/prod-orders";
    let public = |text: &str| place.driftline(&["show", text]).ok().json()["attributes"]["PubliclyAccessible"].clone();
    assert_eq!(public(address), json!(true));
    assert_eq!(public("rds/db_instance/prod-orders"), json!(true), "the end of an address is enough");
    assert_eq!(public(&format!("{address}@HEAD~1")), json!(false));
    assert_eq!(public("rds/db_instance/prod-orders@HEAD~1"), json!(false));
}

#[test]
fn an_id_with_an_at_sign_is_no_revision() {
    let sim = sim();
    sim.edit(|world| world.set(&format!("{}/0/UserName", at::USERS), "ana@example.com")).expect("a user");
    let place = Place::new(&sim);
    place.import();
    assert_eq!(place.driftline(&["show", "iam/user/ana@example.com"]).ok().json()["id"], json!("ana@example.com"));
    assert_eq!(place.driftline(&["show", "iam/user/ana@example.com@HEAD"]).ok().json()["id"], json!("ana@example.com"));
}

#[test]
fn what_it_cannot_find_is_named() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    place.driftline(&["show", "rds/db_instance/gone"]).fails().says("`rds/db_instance/gone`").says("driftline log");
    place.driftline(&["show", "rds/db_instance/prod-orders@HEAD~40"]).fails().says("unknown revision `HEAD~40`");
    place.driftline(&["show", "rds/db_instance/gone@HEAD~40"]).fails().says("find `rds/db_instance/gone@HEAD~40`");
    let many = place.driftline(&["show", "rds/db_instance"]).fails();
    assert!(many.stderr.contains("resources match `rds/db_instance`"), "{}", many.stderr);
    assert!(many.stderr.contains("aws/123456789012/eu-west-1/rds/db_instance/prod-orders"), "{}", many.stderr);
}
