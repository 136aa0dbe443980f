//! Every kind that is generated: how many there are, how one is made, and what people do to it in the console.

use serde_json::Value;

use super::alter::Alter::{self, Bump, Flag, Set, Special, Tags, Toggle};
use super::ec2::{gateway, machine, network, security};
use super::place::Place;
use super::{acm, elb, iam, rds, route53, s3};

/// One kind.
#[derive(Debug)]
pub(super) struct Spec {
    /// As driftline calls it.
    pub(super) kind: &'static str,
    /// In whose description it stands.
    pub(super) service: &'static str,
    /// Whether it lies in no region.
    pub(super) global: bool,
    /// Its share among all resources, in thousandths (nearly).
    pub(super) weight: u16,
    pub(super) make: fn(&Place<'_>, usize) -> Made,
    /// What people change of one. None: nothing.
    pub(super) alter: &'static [Alter],
    pub(super) loose: Loose,
}

/// Which ones may come and go, because nothing names them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loose {
    None,
    All,
    /// Others name the first half only.
    Upper,
    Where(fn(&Place<'_>, usize) -> bool),
}

/// A resource as the API describes it.
#[derive(Debug)]
pub(super) struct Made {
    /// As driftline has it in addresses.
    pub(super) id: String,
    /// Where it is served, if not in its place's region: buckets are listed globally.
    pub(super) region: Option<String>,
    pub(super) collection: &'static str,
    pub(super) item: Value,
    /// The collection is the item itself.
    pub(super) whole: bool,
    /// What is told of it in other collections.
    pub(super) beside: Vec<(&'static str, Value)>,
}

impl Made {
    pub(super) fn new(id: &str, collection: &'static str, item: Value) -> Self {
        Self { id: id.to_owned(), region: None, collection, item, whole: false, beside: Vec::new() }
    }
}

const fn regional(kind: &'static str, service: &'static str, weight: u16, make: fn(&Place<'_>, usize) -> Made) -> Spec {
    Spec { kind, service, global: false, weight, make, alter: &[], loose: Loose::None }
}

const fn global(kind: &'static str, service: &'static str, weight: u16, make: fn(&Place<'_>, usize) -> Made) -> Spec {
    Spec { global: true, ..regional(kind, service, weight, make) }
}

impl Spec {
    const fn alter(self, alter: &'static [Alter]) -> Self {
        Self { alter, ..self }
    }

    const fn loose(self, loose: Loose) -> Self {
        Self { loose, ..self }
    }
}

const TAGS: &[Alter] = &[Tags("/Tags")];
const TAG_LIST: &[Alter] = &[Tags("/TagList")];

/// In the order of their names.
pub(super) static KINDS: &[Spec] = &[
    regional("acm/certificate", "acm", 12, acm::certificate)
        .alter(&[Tags("/Tags"), Set("/Options/CertificateTransparencyLoggingPreference", &["ENABLED", "DISABLED"])])
        .loose(Loose::Upper),
    regional("ec2/address", "ec2", 8, gateway::address).alter(TAGS).loose(Loose::Where(gateway::is_free_address)),
    regional("ec2/dhcp_options", "ec2", 1, network::dhcp_options),
    regional("ec2/egress_only_internet_gateway", "ec2", 1, gateway::egress_only).alter(TAGS),
    regional("ec2/flow_log", "ec2", 2, gateway::flow_log).alter(TAGS).loose(Loose::All),
    regional("ec2/instance", "ec2", 95, machine::instance).alter(&[
        Tags("/Instances/0/Tags"),
        Alter::SetAll(
            &["/Instances/0/InstanceType", "/Instances/0/DescribeInstanceAttribute/InstanceType/Value"],
            &["m6i.2xlarge", "m6i.4xlarge", "c6i.2xlarge"],
        ),
        Toggle("/Instances/0/DescribeInstanceAttribute/DisableApiTermination/Value"),
        Set("/Instances/0/MetadataOptions/HttpTokens", &["required", "optional"]),
    ]),
    regional("ec2/internet_gateway", "ec2", 2, gateway::internet_gateway).alter(TAGS),
    regional("ec2/key_pair", "ec2", 3, machine::key_pair).alter(TAGS).loose(Loose::Upper),
    regional("ec2/launch_template", "ec2", 8, machine::launch_template).alter(TAGS).loose(Loose::Upper),
    regional("ec2/managed_prefix_list", "ec2", 1, gateway::prefix_list).alter(TAGS).loose(Loose::All),
    regional("ec2/nat_gateway", "ec2", 2, gateway::nat_gateway).alter(TAGS),
    regional("ec2/network_acl", "ec2", 3, network::network_acl).alter(TAGS),
    regional("ec2/network_interface", "ec2", 120, machine::network_interface)
        .alter(&[Tags("/TagSet"), Set("/Description", &["Do not delete", "Ask the network team", "Spare"])])
        .loose(Loose::Where(machine::is_free_interface)),
    regional("ec2/route_table", "ec2", 6, network::route_table).alter(TAGS),
    regional("ec2/security_group", "ec2", 80, security::group).alter(&[
        Tags("/Tags"),
        Special(security::open),
        Special(security::open),
    ]),
    regional("ec2/subnet", "ec2", 15, network::subnet).alter(&[Tags("/Tags"), Toggle("/MapPublicIpOnLaunch")]),
    regional("ec2/volume", "ec2", 140, machine::volume)
        .alter(&[Tags("/Tags"), Bump("/Size", 10)])
        .loose(Loose::Where(machine::is_free_volume)),
    regional("ec2/vpc", "ec2", 2, network::vpc)
        .alter(&[Tags("/Tags"), Toggle("/DescribeVpcAttribute/EnableDnsHostnames/Value")]),
    regional("ec2/vpc_endpoint", "ec2", 6, gateway::endpoint).alter(TAGS),
    regional("ec2/vpc_peering_connection", "ec2", 1, gateway::peering).alter(TAGS),
    regional("elb/load_balancer", "elb", 2, elb::classic)
        .alter(&[Tags("/Tags"), Bump("/Attributes/ConnectionSettings/IdleTimeout", 60)])
        .loose(Loose::All),
    regional("elbv2/listener", "elbv2", 22, elb::listener).alter(TAGS),
    regional("elbv2/load_balancer", "elbv2", 12, elb::load_balancer)
        .alter(&[Tags("/Tags"), Flag("/Attributes", "deletion_protection.enabled")]),
    regional("elbv2/rule", "elbv2", 55, elb::rule)
        .alter(&[Tags("/Tags"), Set("/Priority", &["49990", "49991", "49992"])])
        .loose(Loose::All),
    regional("elbv2/target_group", "elbv2", 28, elb::target_group)
        .alter(&[Tags("/Tags"), Bump("/HealthCheckIntervalSeconds", 15), Flag("/Attributes", "stickiness.enabled")])
        .loose(Loose::Upper),
    regional("elbv2/trust_store", "elbv2", 1, elb::trust_store).alter(TAGS).loose(Loose::All),
    global("iam/account_alias", "iam", 0, iam::account_alias),
    global("iam/account_password_policy", "iam", 0, iam::password_policy),
    global("iam/group", "iam", 3, iam::group),
    global("iam/instance_profile", "iam", 10, iam::instance_profile).alter(TAGS).loose(Loose::Upper),
    global("iam/open_id_connect_provider", "iam", 1, iam::open_id_connect_provider).alter(TAGS),
    global("iam/policy", "iam", 40, iam::policy).alter(&[Tags("/Tags"), Special(iam::edit)]).loose(Loose::Upper),
    global("iam/role", "iam", 65, iam::role)
        .alter(&[Tags("/Tags"), Bump("/MaxSessionDuration", 600)])
        .loose(Loose::Upper),
    global("iam/saml_provider", "iam", 1, iam::saml_provider).alter(TAGS).loose(Loose::All),
    global("iam/service_specific_credential", "iam", 1, iam::service_specific_credential)
        .alter(&[Set("/Status", &["Active", "Inactive"])])
        .loose(Loose::All),
    global("iam/user", "iam", 10, iam::user).alter(TAGS).loose(Loose::Upper),
    regional("rds/db_cluster", "rds", 4, rds::cluster).alter(&[Tags("/TagList"), Toggle("/DeletionProtection")]),
    regional("rds/db_cluster_parameter_group", "rds", 3, rds::cluster_parameter_group).alter(TAGS).loose(Loose::Upper),
    regional("rds/db_cluster_snapshot", "rds", 15, rds::cluster_snapshot).alter(TAG_LIST).loose(Loose::All),
    regional("rds/db_instance", "rds", 16, rds::instance).alter(&[
        Tags("/TagList"),
        Toggle("/DeletionProtection"),
        Toggle("/PubliclyAccessible"),
        Bump("/BackupRetentionPeriod", 1),
    ]),
    regional("rds/db_parameter_group", "rds", 6, rds::parameter_group).alter(TAGS).loose(Loose::Upper),
    regional("rds/db_proxy", "rds", 1, rds::proxy).alter(&[Tags("/Tags"), Toggle("/DebugLogging")]),
    regional("rds/db_proxy_endpoint", "rds", 1, rds::proxy_endpoint).alter(TAGS).loose(Loose::All),
    regional("rds/db_proxy_target_group", "rds", 1, rds::proxy_target_group)
        .alter(&[Bump("/ConnectionPoolConfig/ConnectionBorrowTimeout", 30)]),
    regional("rds/db_snapshot", "rds", 50, rds::snapshot).alter(TAG_LIST).loose(Loose::All),
    regional("rds/db_subnet_group", "rds", 3, rds::subnet_group).alter(TAGS).loose(Loose::Upper),
    regional("rds/event_subscription", "rds", 2, rds::event_subscription)
        .alter(&[Toggle("/Enabled")])
        .loose(Loose::All),
    global("rds/global_cluster", "rds", 1, rds::global_cluster)
        .alter(&[Tags("/TagList"), Toggle("/DeletionProtection")]),
    regional("rds/option_group", "rds", 2, rds::option_group).alter(TAGS).loose(Loose::All),
    global("route53/delegation_set", "route53", 1, route53::delegation_set),
    global("route53/health_check", "route53", 4, route53::health_check)
        .alter(&[Tags("/Tags"), Set("/HealthCheckConfig/ResourcePath", &["/healthz", "/ready"])])
        .loose(Loose::All),
    global("route53/hosted_zone", "route53", 4, route53::hosted_zone).alter(TAGS),
    global("route53/record_set", "route53", 110, route53::record_set)
        .alter(&[Bump("/TTL", 30)])
        .loose(Loose::Where(route53::is_own)),
    regional("s3/access_point", "s3control", 2, s3::access_point).alter(TAGS).loose(Loose::All),
    global("s3/account_public_access_block", "s3control", 0, s3::account_public_access_block)
        .alter(&[Toggle("/PublicAccessBlockConfiguration/BlockPublicPolicy")]),
    global("s3/bucket", "s3", 25, s3::bucket)
        .alter(&[
            Tags("/GetBucketTagging/TagSet"),
            Set("/GetBucketVersioning/Status", &["Enabled", "Suspended"]),
            Toggle("/GetPublicAccessBlock/PublicAccessBlockConfiguration/BlockPublicPolicy"),
        ])
        .loose(Loose::Upper),
];
