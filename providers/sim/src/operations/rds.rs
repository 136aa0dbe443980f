//! RDS.

use super::{By, Gives, Row, TagForm, named, narrow};

const INSTANCES: &str = "/DBInstances/*";
const CLUSTERS: &str = "/DBClusters/*";
const GROUPS: &str = "/DBParameterGroups/*";
const CLUSTER_GROUPS: &str = "/DBClusterParameterGroups/*";
const SNAPSHOTS: &str = "/DBSnapshots/*";
const CLUSTER_SNAPSHOTS: &str = "/DBClusterSnapshots/*";

/// Unless asked for others, the account's own snapshots, manual or not.
const OWN: &[&str] = &["manual", "automated", "awsbackup"];

const PARAMETERS: Gives = Gives::Inner("Parameters", "/Parameters", &[narrow("/Source", "/Source")]);

pub(super) static ROWS: &[Row] = &[
    Row::new("rds:DescribeDBInstances", INSTANCES, Gives::Items("DBInstances"))
        .by(&[named("/DBInstanceIdentifier", "/DBInstanceIdentifier", "DBInstanceNotFound")])
        .filters(&[("db-instance-id", "/DBInstanceIdentifier"), ("db-cluster-id", "/DBClusterIdentifier")]),
    Row::new("rds:DescribeDBClusters", CLUSTERS, Gives::Items("DBClusters"))
        .by(&[named("/DBClusterIdentifier", "/DBClusterIdentifier", "DBClusterNotFoundFault")])
        .filters(&[("db-cluster-id", "/DBClusterIdentifier")]),
    Row::new("rds:DescribeDBSubnetGroups", "/DBSubnetGroups/*", Gives::Items("DBSubnetGroups")).by(&[named(
        "/DBSubnetGroupName",
        "/DBSubnetGroupName",
        "DBSubnetGroupNotFoundFault",
    )]),
    Row::new("rds:DescribeDBParameterGroups", GROUPS, Gives::Items("DBParameterGroups")).by(&[named(
        "/DBParameterGroupName",
        "/DBParameterGroupName",
        "DBParameterGroupNotFound",
    )]),
    Row::new("rds:DescribeDBParameters", GROUPS, PARAMETERS).by(&[named(
        "/DBParameterGroupName",
        "/DBParameterGroupName",
        "DBParameterGroupNotFound",
    )]),
    Row::new("rds:DescribeDBClusterParameterGroups", CLUSTER_GROUPS, Gives::Items("DBClusterParameterGroups"))
        .by(&[named("/DBClusterParameterGroupName", "/DBClusterParameterGroupName", "DBParameterGroupNotFound")]),
    Row::new("rds:DescribeDBClusterParameters", CLUSTER_GROUPS, PARAMETERS).by(&[named(
        "/DBClusterParameterGroupName",
        "/DBClusterParameterGroupName",
        "DBParameterGroupNotFound",
    )]),
    Row::new("rds:DescribeOptionGroups", "/OptionGroupsList/*", Gives::Items("OptionGroupsList")).by(&[
        named("/OptionGroupName", "/OptionGroupName", "OptionGroupNotFoundFault"),
        narrow("/EngineName", "/EngineName"),
        narrow("/MajorEngineVersion", "/MajorEngineVersion"),
    ]),
    Row::new("rds:DescribeEventSubscriptions", "/EventSubscriptionsList/*", Gives::Items("EventSubscriptionsList"))
        .by(&[named("/SubscriptionName", "/CustSubscriptionId", "SubscriptionNotFound")]),
    Row::new("rds:DescribeDBProxies", "/DBProxies/*", Gives::Items("DBProxies")).by(&[named(
        "/DBProxyName",
        "/DBProxyName",
        "DBProxyNotFoundFault",
    )]),
    Row::new("rds:DescribeDBProxyEndpoints", "/DBProxyEndpoints/*", Gives::Items("DBProxyEndpoints"))
        .by(&[owned_by_proxy(), named("/DBProxyEndpointName", "/DBProxyEndpointName", "DBProxyEndpointNotFoundFault")]),
    Row::new("rds:DescribeDBProxyTargetGroups", "/TargetGroups/*", Gives::Items("TargetGroups"))
        .by(&[owned_by_proxy(), named("/TargetGroupName", "/TargetGroupName", "DBProxyTargetGroupNotFoundFault")]),
    Row::new("rds:DescribeDBProxyTargets", "/Targets/*", Gives::Items("Targets"))
        .by(&[owned_by_proxy(), narrow("/TargetGroupName", "/TargetGroupName")]),
    Row::new("rds:DescribeGlobalClusters", "/GlobalClusters/*", Gives::Items("GlobalClusters"))
        .by(&[named("/GlobalClusterIdentifier", "/GlobalClusterIdentifier", "GlobalClusterNotFoundFault")])
        .filters(&[("db-cluster-id", "/GlobalClusterMembers/*/DBClusterArn")]),
    Row::new("rds:DescribeDBSnapshots", SNAPSHOTS, Gives::Items("DBSnapshots")).by(&[
        named("/DBSnapshotIdentifier", "/DBSnapshotIdentifier", "DBSnapshotNotFound"),
        narrow("/DBInstanceIdentifier", "/DBInstanceIdentifier"),
        By::Default { param: "/SnapshotType", item: "/SnapshotType", values: OWN },
    ]),
    Row::new("rds:DescribeDBSnapshotAttributes", SNAPSHOTS, Gives::Part).by(&[named(
        "/DBSnapshotIdentifier",
        "/DBSnapshotIdentifier",
        "DBSnapshotNotFound",
    )]),
    Row::new("rds:DescribeDBClusterSnapshots", CLUSTER_SNAPSHOTS, Gives::Items("DBClusterSnapshots")).by(&[
        named("/DBClusterSnapshotIdentifier", "/DBClusterSnapshotIdentifier", "DBClusterSnapshotNotFoundFault"),
        narrow("/DBClusterIdentifier", "/DBClusterIdentifier"),
        By::Default { param: "/SnapshotType", item: "/SnapshotType", values: OWN },
    ]),
    Row::new("rds:DescribeDBClusterSnapshotAttributes", CLUSTER_SNAPSHOTS, Gives::Part).by(&[named(
        "/DBClusterSnapshotIdentifier",
        "/DBClusterSnapshotIdentifier",
        "DBClusterSnapshotNotFoundFault",
    )]),
    Row::new(
        "rds:ListTagsForResource",
        "",
        Gives::Tags {
            param: "/ResourceName",
            owners: &[
                (INSTANCES, "/DBInstanceArn"),
                (CLUSTERS, "/DBClusterArn"),
                ("/DBSubnetGroups/*", "/DBSubnetGroupArn"),
                (GROUPS, "/DBParameterGroupArn"),
                (CLUSTER_GROUPS, "/DBClusterParameterGroupArn"),
                ("/OptionGroupsList/*", "/OptionGroupArn"),
                ("/EventSubscriptionsList/*", "/EventSubscriptionArn"),
                ("/DBProxies/*", "/DBProxyArn"),
                ("/DBProxyEndpoints/*", "/DBProxyEndpointArn"),
                ("/TargetGroups/*", "/TargetGroupArn"),
                ("/GlobalClusters/*", "/GlobalClusterArn"),
                (SNAPSHOTS, "/DBSnapshotArn"),
                (CLUSTER_SNAPSHOTS, "/DBClusterSnapshotArn"),
            ],
            missing: "DBInstanceNotFound",
            form: TagForm::Member("TagList"),
        },
    ),
];

const fn owned_by_proxy() -> By {
    By::Owned {
        param: "/DBProxyName",
        item: "/DBProxyName",
        owner: "/DBProxies/*",
        key: "/DBProxyName",
        missing: "DBProxyNotFoundFault",
    }
}
