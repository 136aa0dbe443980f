"""Changes that people make to databases."""

from form import Change

MINISTACK = {"ministack"}
MOTO = {"moto"}


def rds(operation, **params):
    """A call of one operation; functions among the parameters are given the seed."""

    def apply(aws, seed):
        made = {name: value(seed) if callable(value) else value for name, value in params.items()}
        getattr(aws("rds"), operation)(**made)

    return apply


def modify(name, **params):
    return rds("modify_db_instance", DBInstanceIdentifier=name, ApplyImmediately=True, **params)


def arn(resource):
    """The ARN of something in the first region."""
    return lambda seed: f"arn:aws:rds:us-east-1:{seed['account']}:{resource}"


def changed(kind, id, *attributes):
    return [("changed", f"rds/{kind}", id, list(attributes))]


CHANGES = [
    Change(
        "a database is made public",
        modify("orders", PubliclyAccessible=True),
        changed("db_instance", "orders", "PubliclyAccessible"),
    ),
    Change(
        "a database is protected from deletion",
        modify("orders", DeletionProtection=True),
        changed("db_instance", "orders", "DeletionProtection"),
    ),
    Change(
        "backups are kept for a shorter time",
        modify("orders", BackupRetentionPeriod=1),
        changed("db_instance", "orders", "BackupRetentionPeriod"),
    ),
    Change(
        "a database gets another class",
        modify("orders", DBInstanceClass="db.t4g.large"),
        changed("db_instance", "orders", "DBInstanceClass"),
    ),
    Change(
        "a database gets more storage",
        modify("orders", AllocatedStorage=200),
        changed("db_instance", "orders", "AllocatedStorage"),
    ),
    Change(
        "a database gets another security group",
        modify("orders", VpcSecurityGroupIds=lambda seed: seed["security_groups"][1:]),
        changed("db_instance", "orders", "VpcSecurityGroups"),
    ),
    Change(
        "a database is maintained at another time",
        modify("orders", PreferredMaintenanceWindow="mon:04:00-mon:05:00"),
        changed("db_instance", "orders", "PreferredMaintenanceWindow"),
    ),
    Change(
        "a database is stopped",
        rds("stop_db_instance", DBInstanceIdentifier="wiki"),
        changed("db_instance", "wiki", "DBInstanceStatus"),
    ),
    Change(
        "a database is restarted, which changes nothing",
        rds("reboot_db_instance", DBInstanceIdentifier="orders"),
        [],
    ),
    Change(
        "a database is tagged",
        rds("add_tags_to_resource", ResourceName=arn("db:orders"), Tags=[{"Key": "Environment", "Value": "staging"}]),
        changed("db_instance", "orders", "tags"),
    ),
    Change(
        "a database is deleted",
        rds("delete_db_instance", DBInstanceIdentifier="wiki", SkipFinalSnapshot=True),
        [("removed", "rds/db_instance", "wiki", [])],
    ),
    Change(
        "a database is made by hand",
        rds("create_db_instance", DBInstanceIdentifier="test", DBInstanceClass="db.t3.micro", Engine="postgres",
            AllocatedStorage=20, MasterUsername="owner", MasterUserPassword="Correct-Horse-10"),
        [("added", "rds/db_instance", "test", [])],
    ),
    Change(
        "a reader is added to a cluster",
        rds("create_db_instance", DBInstanceIdentifier="catalog-3", DBClusterIdentifier="catalog",
            DBInstanceClass="db.serverless", Engine="aurora-postgresql"),
        [("added", "rds/db_instance", "catalog-3", [])],
    ),
    Change(
        "a cluster keeps backups for longer",
        rds("modify_db_cluster", DBClusterIdentifier="catalog", BackupRetentionPeriod=30, ApplyImmediately=True),
        changed("db_cluster", "catalog", "BackupRetentionPeriod"),
    ),
    Change(
        "a cluster gets another security group",
        rds("modify_db_cluster", DBClusterIdentifier="catalog", ApplyImmediately=True,
            VpcSecurityGroupIds=lambda seed: seed["security_groups"][1:]),
        changed("db_cluster", "catalog", "VpcSecurityGroups"),
    ),
    Change(
        "a cluster may scale further",
        rds("modify_db_cluster", DBClusterIdentifier="catalog", ApplyImmediately=True,
            ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 64}),
        changed("db_cluster", "catalog", "ServerlessV2ScalingConfiguration"),
    ),
    Change(
        "a parameter is set",
        rds("modify_db_parameter_group", DBParameterGroupName="orders-pg16", Parameters=[
            {"ParameterName": "log_statement", "ParameterValue": "all", "ApplyMethod": "immediate"},
        ]),
        changed("db_parameter_group", "orders-pg16", "Parameters"),
    ),
    Change(
        "a cluster's parameter is changed",
        rds("modify_db_cluster_parameter_group", DBClusterParameterGroupName="catalog-aurora16", Parameters=[
            {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"},
        ]),
        changed("db_cluster_parameter_group", "catalog-aurora16", "Parameters"),
    ),
    Change(
        "a subnet group gets other subnets",
        rds("modify_db_subnet_group", DBSubnetGroupName="orders", SubnetIds=lambda seed: seed["subnets"][1:]),
        changed("db_subnet_group", "orders", "Subnets"),
        MINISTACK,
    ),
    Change(
        "a snapshot is shared with an account",
        rds("modify_db_snapshot_attribute", DBSnapshotIdentifier="orders-before-upgrade", AttributeName="restore",
            ValuesToAdd=["999988887777"]),
        changed("db_snapshot", "orders-before-upgrade", "DBSnapshotAttributes"),
        MOTO,
    ),
    Change(
        "a cluster's snapshot is no longer shared",
        rds("modify_db_cluster_snapshot_attribute", DBClusterSnapshotIdentifier="catalog-before-upgrade",
            AttributeName="restore", ValuesToRemove=["210987654321"]),
        changed("db_cluster_snapshot", "catalog-before-upgrade", "DBClusterSnapshotAttributes"),
        MOTO,
    ),
    Change(
        "a snapshot is taken by hand",
        rds("create_db_snapshot", DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-experiment"),
        [("added", "rds/db_snapshot", "orders-experiment", [])],
    ),
    Change(
        "an event subscription is deleted",
        rds("delete_event_subscription", SubscriptionName="orders-events"),
        [("removed", "rds/event_subscription", "orders-events", [])],
        MOTO,
    ),
    Change(
        "a global database is protected",
        rds("modify_global_cluster", GlobalClusterIdentifier="catalog-global", DeletionProtection=True),
        changed("global_cluster", "catalog-global", "DeletionProtection"),
        MINISTACK,
    ),
    Change(
        "a proxy no longer requires TLS",
        rds("modify_db_proxy", DBProxyName="orders", RequireTLS=False),
        changed("db_proxy", "orders", "RequireTLS"),
        MINISTACK,
    ),
    Change(
        "a proxy loses its target",
        rds("deregister_db_proxy_targets", DBProxyName="orders", DBInstanceIdentifiers=["orders"]),
        changed("db_proxy_target_group", "orders/default", "Targets"),
    ),
    Change(
        "a proxy's endpoint is deleted",
        rds("delete_db_proxy_endpoint", DBProxyEndpointName="reporting"),
        [("removed", "rds/db_proxy_endpoint", "orders/reporting", [])],
        MINISTACK,
    ),
]
