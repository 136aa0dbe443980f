//! The demo account: a small company's web shop.

use crate::world::World;

/// The demo account's number.
pub const DEMO_ACCOUNT: &str = "123456789012";

/// A world with the demo account.
pub fn demo() -> World {
    World::new()
}

/// The handful of clicks that the demo shows.
pub fn console_changes(_world: &mut World) {}
