//! EC2: networks in `network`, what goes in and out of them in `gateway`, firewalls in `security`, machines in
//! `machine`.

pub(super) mod gateway;
pub(super) mod machine;
pub(super) mod network;
pub(super) mod security;
