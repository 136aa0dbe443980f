#!/usr/bin/env python3
"""Fills an emulator with databases of every sort, each with many settings and with none. AWS_ENDPOINT_URL says where."""

import json

from emulator import attempt, clients

AWKWARD = {"Team": "ordres & café", "why?": "${because} %{if} \"so\" \\ says\nshe", "empty": ""}

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "rds.amazonaws.com"}}],
}


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def seed(aws):
    rds, ec2 = aws("rds"), aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("abc")
    ]
    subnets = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    group = ec2.create_security_group(GroupName="database", Description="Databases", VpcId=vpc)["GroupId"]
    role = aws("iam").create_role(RoleName="database", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    secret = aws("secretsmanager").create_secret(Name="orders", SecretString="{}")["ARN"]
    topic = aws("sns").create_topic(Name="database-events")["TopicArn"]

    around(rds, subnets, group)
    instances(rds, group, role, key)
    clusters(rds, group, role, key)
    beside(rds, topic)
    proxies(rds, subnets, group, role, secret)


def around(rds, subnets, group):
    """What databases are configured with."""
    attempt(rds.create_db_subnet_group, DBSubnetGroupName="orders.db_private 1", SubnetIds=subnets[:2],
            DBSubnetGroupDescription="Private \"subnets\" of ${orders}", Tags=tags(**AWKWARD))
    attempt(rds.create_db_subnet_group, DBSubnetGroupName="plain", SubnetIds=subnets,
            DBSubnetGroupDescription="Managed by Terraform")

    attempt(rds.create_db_parameter_group, DBParameterGroupName="orders-postgres16",
            DBParameterGroupFamily="postgres16", Description="Orders", Tags=tags(Team="orders"))
    attempt(rds.modify_db_parameter_group, DBParameterGroupName="orders-postgres16", Parameters=[
        {"ParameterName": "log_min_duration_statement", "ParameterValue": "500", "ApplyMethod": "immediate"},
        {"ParameterName": "max_connections", "ParameterValue": "LEAST({DBInstanceClassMemory/9531392},5000)",
         "ApplyMethod": "pending-reboot"},
    ])
    attempt(rds.create_db_parameter_group, DBParameterGroupName="plain", DBParameterGroupFamily="mysql8.0",
            Description="Managed by Terraform")
    attempt(rds.create_db_cluster_parameter_group, DBClusterParameterGroupName="catalog-aurora16",
            DBParameterGroupFamily="aurora-postgresql16", Description="Catalog", Tags=tags(Team="catalog"))
    attempt(rds.modify_db_cluster_parameter_group, DBClusterParameterGroupName="catalog-aurora16", Parameters=[
        {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "pending-reboot"},
        {"ParameterName": "log_statement", "ParameterValue": "ddl", "ApplyMethod": "immediate"},
    ])
    attempt(rds.create_db_cluster_parameter_group, DBClusterParameterGroupName="plain",
            DBParameterGroupFamily="aurora-mysql8.0", Description="Managed by Terraform")

    attempt(rds.create_option_group, OptionGroupName="audited", EngineName="mysql", MajorEngineVersion="8.0",
            OptionGroupDescription="With an audit log", Tags=tags(Team="orders"))
    attempt(rds.modify_option_group, OptionGroupName="audited", ApplyImmediately=True, OptionsToInclude=[
        {"OptionName": "MARIADB_AUDIT_PLUGIN", "OptionSettings": [
            {"Name": "SERVER_AUDIT_EVENTS", "Value": "CONNECT,QUERY"},
            {"Name": "SERVER_AUDIT_FILE_ROTATIONS", "Value": "37"},
        ]},
        {"OptionName": "MEMCACHED", "Port": 11311, "VpcSecurityGroupMemberships": [group]},
    ])
    attempt(rds.create_option_group, OptionGroupName="plain", EngineName="oracle-se2", MajorEngineVersion="19",
            OptionGroupDescription="Managed by Terraform")


def instances(rds, group, role, key):
    attempt(
        rds.create_db_instance, DBInstanceIdentifier="orders", DBInstanceClass="db.m6g.large", Engine="postgres",
        EngineVersion="16.3", AllocatedStorage=400, MaxAllocatedStorage=1000, StorageType="gp3", Iops=13000,
        StorageThroughput=600, StorageEncrypted=True, KmsKeyId=key, DBName="orders", MasterUsername="owner",
        MasterUserPassword="Correct-Horse-7", Port=5433, MultiAZ=True, DBSubnetGroupName="orders.db_private 1",
        VpcSecurityGroupIds=[group], DBParameterGroupName="orders-postgres16", PubliclyAccessible=True,
        EnableIAMDatabaseAuthentication=True, PreferredMaintenanceWindow="sun:04:00-sun:05:00",
        PreferredBackupWindow="02:00-03:00", BackupRetentionPeriod=7, AutoMinorVersionUpgrade=False,
        CopyTagsToSnapshot=True, EnableCloudwatchLogsExports=["postgresql", "upgrade"], MonitoringInterval=60,
        MonitoringRoleArn=role, EnablePerformanceInsights=True, PerformanceInsightsKMSKeyId=key,
        PerformanceInsightsRetentionPeriod=31, DeletionProtection=True, Tags=tags(**AWKWARD),
    )
    attempt(rds.add_role_to_db_instance, DBInstanceIdentifier="orders", RoleArn=role, FeatureName="s3Export")
    attempt(rds.create_db_instance_read_replica, DBInstanceIdentifier="orders-reporting",
            SourceDBInstanceIdentifier="orders", DBInstanceClass="db.m6g.large")
    attempt(rds.create_db_instance, DBInstanceIdentifier="wiki", DBInstanceClass="db.t3.small", Engine="mysql",
            AllocatedStorage=20, MasterUsername="owner", ManageMasterUserPassword=True, OptionGroupName="audited")
    attempt(rds.create_db_instance, DBInstanceIdentifier="plain", DBInstanceClass="db.t3.micro", Engine="mysql",
            AllocatedStorage=20, MasterUsername="owner", MasterUserPassword="Correct-Horse-8")


def clusters(rds, group, role, key):
    attempt(rds.create_global_cluster, GlobalClusterIdentifier="catalog-global", Engine="aurora-postgresql",
            EngineVersion="16.8", DeletionProtection=True, DatabaseName="catalog", StorageEncrypted=True)
    attempt(
        rds.create_db_cluster, DBClusterIdentifier="catalog", GlobalClusterIdentifier="catalog-global",
        Engine="aurora-postgresql", EngineVersion="16.8", DatabaseName="catalog", MasterUsername="owner",
        MasterUserPassword="Correct-Horse-9", DBSubnetGroupName="orders.db_private 1",
        DBClusterParameterGroupName="catalog-aurora16", VpcSecurityGroupIds=[group], StorageEncrypted=True,
        KmsKeyId=key, Port=5433, EnableIAMDatabaseAuthentication=True,
        EnableHttpEndpoint=True, PreferredMaintenanceWindow="mon:04:00-mon:05:00",
        PreferredBackupWindow="01:00-02:00", BackupRetentionPeriod=14, CopyTagsToSnapshot=True,
        EnableCloudwatchLogsExports=["postgresql"], DeletionProtection=True,
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 8}, Tags=tags(**AWKWARD),
    )
    attempt(rds.modify_db_cluster, DBClusterIdentifier="catalog", StorageType="aurora-iopt1", ApplyImmediately=True)
    attempt(rds.add_role_to_db_cluster, DBClusterIdentifier="catalog", RoleArn=role, FeatureName="s3Import")
    for number in (1, 2):
        attempt(rds.create_db_instance, DBInstanceIdentifier=f"catalog-{number}", DBClusterIdentifier="catalog",
                DBInstanceClass="db.serverless", Engine="aurora-postgresql", PromotionTier=number,
                AutoMinorVersionUpgrade=number == 1, Tags=tags(Team="catalog"))
    attempt(rds.create_db_cluster, DBClusterIdentifier="plain", Engine="aurora-mysql", MasterUsername="owner",
            ManageMasterUserPassword=True)
    attempt(rds.create_db_cluster, DBClusterIdentifier="zones", Engine="mysql", MasterUsername="owner",
            DBClusterInstanceClass="db.r6gd.large", AllocatedStorage=100, StorageType="io1", Iops=1000,
            MasterUserPassword="Correct-Horse-10")


def beside(rds, topic):
    """Snapshots and subscriptions."""
    attempt(rds.create_db_snapshot, DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-before-upgrade",
            Tags=tags(Reason="upgrade"))
    attempt(rds.modify_db_snapshot_attribute, DBSnapshotIdentifier="orders-before-upgrade", AttributeName="restore",
            ValuesToAdd=["210987654321", "111122223333"])
    attempt(rds.create_db_snapshot, DBInstanceIdentifier="plain", DBSnapshotIdentifier="plain-1")
    attempt(rds.create_db_cluster_snapshot, DBClusterIdentifier="catalog",
            DBClusterSnapshotIdentifier="catalog-before-upgrade", Tags=tags(Reason="upgrade"))
    attempt(rds.modify_db_cluster_snapshot_attribute, DBClusterSnapshotIdentifier="catalog-before-upgrade",
            AttributeName="restore", ValuesToAdd=["210987654321"])
    attempt(rds.create_event_subscription, SubscriptionName="orders-events", SnsTopicArn=topic,
            SourceType="db-instance", EventCategories=["failover", "deletion"], SourceIds=["orders"], Enabled=False,
            Tags=tags(Team="orders"))
    attempt(rds.create_event_subscription, SubscriptionName="everything", SnsTopicArn=topic)


def proxies(rds, subnets, group, role, secret):
    attempt(
        rds.create_db_proxy, DBProxyName="orders", EngineFamily="POSTGRESQL", VpcSubnetIds=subnets[:2], RoleArn=role,
        Auth=[{"AuthScheme": "SECRETS", "Description": "Of the application", "SecretArn": secret,
               "IAMAuth": "REQUIRED"}],
        VpcSecurityGroupIds=[group], RequireTLS=True, DebugLogging=True, IdleClientTimeout=900,
        Tags=tags(Team="orders"),
    )
    attempt(rds.modify_db_proxy_target_group, DBProxyName="orders", TargetGroupName="default", ConnectionPoolConfig={
        "ConnectionBorrowTimeout": 60, "MaxConnectionsPercent": 90, "MaxIdleConnectionsPercent": 40,
        "SessionPinningFilters": ["EXCLUDE_VARIABLE_SETS"],
    })
    attempt(rds.register_db_proxy_targets, DBProxyName="orders", DBInstanceIdentifiers=["orders"])
    attempt(rds.create_db_proxy_endpoint, DBProxyName="orders", DBProxyEndpointName="reporting",
            VpcSubnetIds=subnets[:2], TargetRole="READ_ONLY", VpcSecurityGroupIds=[group], Tags=tags(Team="orders"))
    attempt(rds.create_db_proxy, DBProxyName="plain", EngineFamily="MYSQL", VpcSubnetIds=subnets, RoleArn=role,
            Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": "DISABLED"}])
    attempt(rds.register_db_proxy_targets, DBProxyName="plain", DBClusterIdentifiers=["plain"])


if __name__ == "__main__":
    seed(clients())
