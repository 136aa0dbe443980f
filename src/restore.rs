//! Putting back what drifted, by the user's own Terraform: what is to be put back, what Terraform would do for it, in
//! driftline's terms, and whether the account is back afterwards.
//!
//! Terraform removes only what is in its state. So the drifted resources are first taken into a state as they are, by a
//! plan of which it is proved that it imports and changes nothing; then the same names get the configuration of the
//! restore point, and what Terraform plans is the way back. Nothing here touches an account: who calls runs Terraform.

mod changes;
mod covers;
mod outcome;
mod places;
mod program;
mod proposal;
mod work;

#[cfg(test)]
mod tests;

pub use changes::{Known, Operation, ResourceChange, TerraformJsonError, known, named, only_adopts, planned};
pub use outcome::{Outcome, Successor, outcome};
pub use program::{Program, ProgramError, advice, words};
pub use proposal::{Back, Beyond, Created, Proposal, Step, proposal};
pub use work::{Item, Options, Stays, Work};
