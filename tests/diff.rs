//! `driftline diff`: what a plan would show, between two restore points and without any endpoint.

use serde_json::json;

use crate::harness::{Place, at, publish_orders, sim};

#[test]
fn shows_what_changed_between_two_restore_points() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    sim.edit(|world| world.remove(&format!("{}/0", at::VOLUMES))).expect("a volume");
    let (plan, _) = place.plan(2, &["--no-attribution"]);
    place.import();
    drop(sim);
    place.without("AWS_ENDPOINT_URL");
    place.without("AWS_ACCESS_KEY_ID");

    let diff = place.driftline(&["diff", "HEAD~1", "HEAD", "--json"]).ok().json();
    assert_eq!(diff["resource_drift"], plan["resource_drift"], "a diff is what the plan was");
    assert_eq!(place.driftline(&["diff", "HEAD~1", "--json"]).ok().json(), diff, "HEAD is the default");
    let back = place.driftline(&["diff", "HEAD", "HEAD~1", "--json"]).ok().json();
    assert_eq!(back["driftline"]["summary"]["added"], json!(1), "backwards, the removed one is added");
    place.driftline(&["diff", "HEAD~1", "--detailed-exitcode"]).code(2).shows("PubliclyAccessible: false -> true");
    place.driftline(&["diff", "HEAD", "HEAD", "--detailed-exitcode"]).code(0).shows("No change. ");
    // What the newer restore point has is unmanaged in neither.
    place
        .driftline(&["diff", "HEAD", "HEAD~1"])
        .ok()
        .shows("  added: was not there\n")
        .shows("\n1 added, 1 changed, 0 removed since HEAD (");
    place
        .driftline(&["diff", "HEAD", "HEAD~1", "--format", "markdown"])
        .ok()
        .shows("### Changes: 1 added, 1 changed, 0 removed")
        .shows(" | added: was not there |");
    let one = place.driftline(&["diff", "HEAD~1", "--target", "rds", "--json"]).ok().json();
    assert_eq!(one["resource_drift"].as_array().map(Vec::len), Some(1));
    place.driftline(&["diff", "HEAD~1", "--format", "markdown"]).ok().shows("PubliclyAccessible");
    place.driftline(&["diff", "HEAD~7"]).fails().says("unknown revision `HEAD~7`");
    place.driftline(&["diff"]).fails();
}
