//! The contract between driftline and its providers.
//!
//! A provider reads resources of *kinds* in *scopes* and hands them, as the API spelled them, to a [`Sink`];
//! everything else (normalizing, comparing, storing, showing) is the library's and needs no cloud SDK. The words
//! used here are defined in ARCHITECTURE.md.

mod address;
mod calls;
mod chosen;
mod claim;
mod coverage;
mod fix;
mod kind;
mod pattern;
mod provider;
mod rule;
mod seal;
mod terraform;
mod trail;

pub use address::{Address, AddressError, GLOBAL, Scope};
pub use calls::{Calls, Shape};
pub use chosen::{Again, Chosen, Picked};
pub use claim::Claim;
pub use coverage::{Cause, Gap, Status, Under, Unread, Window};
pub use fix::{Fix, FixCall, Fixes, Input, Make, Operation, Sides, TagKeys};
pub use kind::{Arn, Descriptor, Identity, Kind, Reads, Source};
pub use pattern::{AddressPattern, PatternError, Targets, glob};
pub use provider::{
    Account, Begun, Call, Entrance, Entry, EntryError, Found, Future, Held, Idle, Limit, Listed, Mark, PassedOver,
    Passing, Provider, Roster, Sink, Task,
};
pub use rule::{Document, Rule};
pub use seal::{Seal, is_sealed};
pub use terraform::{
    Argument, Child, Compute, Exclude, Form, Omit, Part, Terraform, When, absolute, in_braces, outwards,
};
pub use trail::{Actor, ActorSort, Effect, Event, Events, Lookup, LookupBy, Naming, Rereads, Via, Write};
