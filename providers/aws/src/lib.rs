//! Reads AWS accounts.
