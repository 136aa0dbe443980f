//! RDS: instances, clusters, what they are configured with, proxies, manual snapshots. Neptune and DocumentDB answer
//! through the same API and are read along, since nothing else reads them.

mod claims;
mod db_cluster;
mod db_cluster_parameter_group;
mod db_cluster_snapshot;
mod db_instance;
mod db_parameter_group;
mod db_proxy;
mod db_proxy_endpoint;
mod db_proxy_target_group;
mod db_snapshot;
mod db_subnet_group;
mod engines;
mod event_subscription;
mod fixes;
mod global_cluster;
mod option_group;
mod parameters;
mod proxies;
mod rereads;
mod settled;
mod shared_with;
mod tagged;
mod tags;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[
    &db_cluster::KIND,
    &db_cluster_parameter_group::KIND,
    &db_cluster_snapshot::KIND,
    &db_instance::KIND,
    &db_parameter_group::KIND,
    &db_proxy::KIND,
    &db_proxy_endpoint::KIND,
    &db_proxy_target_group::KIND,
    &db_snapshot::KIND,
    &db_subnet_group::KIND,
    &event_subscription::KIND,
    &global_cluster::KIND,
    &option_group::KIND,
];
