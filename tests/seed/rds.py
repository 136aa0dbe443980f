#!/usr/bin/env python3
"""Fills an emulator with RDS resources of every kind. AWS_ENDPOINT_URL says where it is."""

from emulator import attempt, clients


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def seed(aws):
    """Creates everything, and returns the names and ARNs that changes need."""
    rds, ec2 = aws("rds"), aws("ec2")
    made = {"account": aws("sts").get_caller_identity()["Account"]}

    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("abc")
    ]
    subnets = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    groups = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("db", "reporting")
    ]
    made.update(vpc=vpc, subnets=subnets, security_groups=groups)

    attempt(rds.create_db_subnet_group, DBSubnetGroupName="orders", DBSubnetGroupDescription="Private subnets",
            SubnetIds=subnets[:2], Tags=tags(Team="orders"))

    attempt(rds.create_db_parameter_group, DBParameterGroupName="orders-pg16", DBParameterGroupFamily="postgres16",
            Description="Orders", Tags=tags(Team="orders"))
    attempt(rds.modify_db_parameter_group, DBParameterGroupName="orders-pg16", Parameters=[
        {"ParameterName": "log_min_duration_statement", "ParameterValue": "500", "ApplyMethod": "immediate"},
        {"ParameterName": "max_connections", "ParameterValue": "300", "ApplyMethod": "pending-reboot"},
    ])
    attempt(rds.create_db_cluster_parameter_group, DBClusterParameterGroupName="catalog-aurora16",
            DBParameterGroupFamily="aurora-postgresql16", Description="Catalog", Tags=tags(Team="catalog"))
    attempt(rds.modify_db_cluster_parameter_group, DBClusterParameterGroupName="catalog-aurora16", Parameters=[
        {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"},
    ])
    attempt(rds.create_option_group, OptionGroupName="audited", EngineName="mysql", MajorEngineVersion="8.0",
            OptionGroupDescription="With an audit log", Tags=tags(Team="orders"))
    attempt(rds.modify_option_group, OptionGroupName="audited", ApplyImmediately=True, OptionsToInclude=[
        {"OptionName": "MARIADB_AUDIT_PLUGIN", "OptionSettings": [{"Name": "SERVER_AUDIT_EVENTS", "Value": "CONNECT"}]},
    ])

    attempt(
        rds.create_db_instance, DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.medium", Engine="postgres",
        EngineVersion="16.3", AllocatedStorage=100, StorageType="gp3", DBName="orders", MasterUsername="owner",
        MasterUserPassword="Correct-Horse-7", DBSubnetGroupName="orders", VpcSecurityGroupIds=groups[:1],
        DBParameterGroupName="orders-pg16", BackupRetentionPeriod=7, MultiAZ=True, StorageEncrypted=True,
        DeletionProtection=False, CopyTagsToSnapshot=True, EnableCloudwatchLogsExports=["postgresql", "upgrade"],
        PreferredMaintenanceWindow="sun:04:00-sun:05:00", PreferredBackupWindow="02:00-03:00",
        Tags=tags(Team="orders", Environment="production"),
    )
    attempt(rds.create_db_instance_read_replica, DBInstanceIdentifier="orders-reporting",
            SourceDBInstanceIdentifier="orders", DBInstanceClass="db.t4g.medium")
    attempt(rds.create_db_instance, DBInstanceIdentifier="wiki", DBInstanceClass="db.t3.small", Engine="mysql",
            EngineVersion="8.0.36", AllocatedStorage=20, MasterUsername="owner", MasterUserPassword="Correct-Horse-8",
            OptionGroupName="audited")

    cluster = attempt(
        rds.create_db_cluster, DBClusterIdentifier="catalog", Engine="aurora-postgresql", EngineVersion="16.8",
        MasterUsername="owner", MasterUserPassword="Correct-Horse-9", DBSubnetGroupName="orders",
        DBClusterParameterGroupName="catalog-aurora16", VpcSecurityGroupIds=groups[:1], BackupRetentionPeriod=14,
        StorageEncrypted=True, DeletionProtection=False, EnableCloudwatchLogsExports=["postgresql"],
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 8}, Tags=tags(Team="catalog"),
    )
    made["cluster"] = cluster and cluster["DBCluster"]["DBClusterArn"]
    for number in (1, 2):
        attempt(rds.create_db_instance, DBInstanceIdentifier=f"catalog-{number}", DBClusterIdentifier="catalog",
                DBInstanceClass="db.serverless", Engine="aurora-postgresql", PromotionTier=number)
    attempt(rds.create_global_cluster, GlobalClusterIdentifier="catalog-global", Engine="aurora-postgresql",
            EngineVersion="16.8", DeletionProtection=False)

    attempt(rds.create_db_snapshot, DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-before-upgrade",
            Tags=tags(Reason="upgrade"))
    attempt(rds.modify_db_snapshot_attribute, DBSnapshotIdentifier="orders-before-upgrade", AttributeName="restore",
            ValuesToAdd=["210987654321", "111122223333"])
    attempt(rds.create_db_cluster_snapshot, DBClusterIdentifier="catalog",
            DBClusterSnapshotIdentifier="catalog-before-upgrade", Tags=tags(Reason="upgrade"))
    attempt(rds.modify_db_cluster_snapshot_attribute, DBClusterSnapshotIdentifier="catalog-before-upgrade",
            AttributeName="restore", ValuesToAdd=["210987654321"])

    topic = attempt(aws("sns").create_topic, Name="database-events")
    made["topic"] = topic["TopicArn"] if topic else "arn:aws:sns:us-east-1:123456789012:database-events"
    attempt(rds.create_event_subscription, SubscriptionName="orders-events", SnsTopicArn=made["topic"],
            SourceType="db-instance", EventCategories=["failover", "deletion"], SourceIds=["orders"], Enabled=True,
            Tags=tags(Team="orders"))

    secret = attempt(aws("secretsmanager").create_secret, Name="orders-owner", SecretString="{}")
    secret = secret["ARN"] if secret else "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-owner-AbCdEf"
    attempt(
        rds.create_db_proxy, DBProxyName="orders", EngineFamily="POSTGRESQL", VpcSubnetIds=subnets[:2],
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": "DISABLED"}], RequireTLS=True,
        RoleArn="arn:aws:iam::123456789012:role/proxy", VpcSecurityGroupIds=groups[:1], Tags=tags(Team="orders"),
    )
    attempt(rds.register_db_proxy_targets, DBProxyName="orders", DBInstanceIdentifiers=["orders"])
    attempt(rds.create_db_proxy_endpoint, DBProxyName="orders", DBProxyEndpointName="reporting",
            VpcSubnetIds=subnets[:2], TargetRole="READ_ONLY", Tags=tags(Team="orders"))
    return made


if __name__ == "__main__":
    seed(clients())
