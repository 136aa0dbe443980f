//! EC2: networking and compute.

mod address;
mod claims;
mod dhcp_options;
mod egress_only_internet_gateway;
mod fixes;
mod flow_log;
mod instance;
mod internet_gateway;
mod key_pair;
mod launch_template;
mod lifecycle;
mod managed_prefix_list;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod owner;
mod rereads;
mod route_table;
mod security_group;
mod subnet;
mod tags;
mod volume;
mod vpc;
mod vpc_endpoint;
mod vpc_peering_connection;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[
    &address::KIND,
    &dhcp_options::KIND,
    &egress_only_internet_gateway::KIND,
    &flow_log::KIND,
    &instance::KIND,
    &internet_gateway::KIND,
    &key_pair::KIND,
    &launch_template::KIND,
    &managed_prefix_list::KIND,
    &nat_gateway::KIND,
    &network_acl::KIND,
    &network_interface::KIND,
    &route_table::KIND,
    &security_group::KIND,
    &subnet::KIND,
    &volume::KIND,
    &vpc::KIND,
    &vpc_endpoint::KIND,
    &vpc_peering_connection::KIND,
];
