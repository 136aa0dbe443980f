//! What is rare is made after the demo account's: its shape, with names and places of its own.

use std::sync::OnceLock;

use serde_json::Value;

use super::place::Place;
use crate::demo::{DEMO_ACCOUNT, demo};
use crate::world::{GLOBAL, Held, World};

/// The nth item of a collection of the demo account (counted around), as if it lay in this place.
///
/// # Panics
/// If the demo account has no such collection, which the tests would show.
pub(super) fn item(place: &Place<'_>, service: &str, collection: &str, nth: usize) -> Value {
    static DEMO: OnceLock<World> = OnceLock::new();
    let demo = DEMO.get_or_init(demo);
    let account = demo.account(DEMO_ACCOUNT).expect("the demo's world holds its account");
    let held = ["eu-west-1", GLOBAL].into_iter().find_map(|region| account.held(region, service, collection));
    let Some(Held::Open(Value::Array(items))) = held else { panic!("the demo account has one of every kind") };
    let text = items[nth % items.len()].to_string();
    let zones = place.zone_id(0);
    let text = text
        .replace(DEMO_ACCOUNT, place.account())
        .replace("euw1-az", zones.trim_end_matches(|digit: char| digit.is_ascii_digit()))
        .replace("eu-west-1", if place.number.is_some() { place.region() } else { "us-east-1" });
    serde_json::from_str(&text).expect("names and places have no quotes")
}
