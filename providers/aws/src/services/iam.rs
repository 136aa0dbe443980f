//! IAM: who may do what, and how they sign in.

mod account_alias;
mod account_password_policy;
mod claims;
mod fixes;
mod group;
mod instance_profile;
mod open_id_connect_provider;
mod policy;
mod rereads;
mod role;
mod saml_provider;
mod service_specific_credential;
mod user;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[
    &account_alias::KIND,
    &account_password_policy::KIND,
    &group::KIND,
    &instance_profile::KIND,
    &open_id_connect_provider::KIND,
    &policy::KIND,
    &role::KIND,
    &saml_provider::KIND,
    &service_specific_credential::KIND,
    &user::KIND,
];
