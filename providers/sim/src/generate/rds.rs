//! Databases and what they are configured with.

mod rare;

use serde_json::{Value, json};

use super::dice::Dice;
use super::ec2::{network, security};
use super::kinds::Made;
use super::place::{Place, name, tags};

pub(super) use rare::{event_subscription, global_cluster, option_group, proxy, proxy_endpoint, proxy_target_group};

struct Engine {
    name: &'static str,
    version: &'static str,
    family: &'static str,
    port: u16,
    license: &'static str,
    options: &'static str,
}

const ENGINES: &[Engine] = &[
    Engine {
        name: "postgres",
        version: "16.6",
        family: "postgres16",
        port: 5432,
        license: "postgresql-license",
        options: "default:postgres-16",
    },
    Engine {
        name: "mysql",
        version: "8.0.40",
        family: "mysql8.0",
        port: 3306,
        license: "general-public-license",
        options: "default:mysql-8-0",
    },
    Engine {
        name: "mariadb",
        version: "10.11.10",
        family: "mariadb10.11",
        port: 3306,
        license: "general-public-license",
        options: "default:mariadb-10-11",
    },
];

fn label(place: &Place<'_>, what: &str, index: usize) -> String {
    name(&mut place.dice(what, index), index)
}

fn engine_of(index: usize) -> &'static Engine {
    &ENGINES[[0, 0, 1, 0, 2, 1][index % 6]]
}

fn arn(place: &Place<'_>, rest: &str) -> String {
    place.arn("rds", rest)
}

fn instance_name(place: &Place<'_>, index: usize) -> String {
    label(place, "name of a database", index)
}

fn resource_id(place: &Place<'_>, index: usize) -> String {
    place.dice("resource id of a database", index).text(26, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
}

fn created(place: &Place<'_>, what: &str, index: usize) -> String {
    place.dice(what, index).time()
}

fn window(dice: &mut Dice) -> String {
    let hour = dice.below(23);
    format!("{hour:02}:10-{hour:02}:40")
}

fn maintenance(dice: &mut Dice) -> String {
    let (day, hour) = (dice.pick(&["sun", "mon", "tue", "wed", "sat"]), dice.below(23));
    format!("{day}:{hour:02}:30-{day}:{:02}:00", hour + 1)
}

/// The endpoint's middle part, the same for all databases of an account in a region.
fn cell(place: &Place<'_>) -> String {
    place.dice("cell", 0).text(12, b"abcdefghijklmnopqrstuvwxyz0123456789")
}

fn group_subnets(place: &Place<'_>, index: usize) -> Value {
    let mut subnets = network::pair(place, index).to_vec();
    subnets.dedup();
    subnets
        .into_iter()
        .map(|subnet| {
            json!({
                "SubnetIdentifier": place.id("subnet", subnet), "SubnetOutpost": {}, "SubnetStatus": "Active",
                "SubnetAvailabilityZone": {"Name": place.zone(network::subnet_zone(place, subnet))},
            })
        })
        .collect()
}

fn group_vpc(place: &Place<'_>, index: usize) -> usize {
    network::vpc_of_subnet(place, network::pair(place, index)[0])
}

pub(super) fn subnet_group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_subnet_group", index);
    let label = label(place, "name of a subnet group", index);
    let item = json!({
        "DBSubnetGroupName": label, "DBSubnetGroupDescription": format!("Subnets of {label}"),
        "VpcId": place.id("vpc", group_vpc(place, index)), "SubnetGroupStatus": "Complete",
        "Subnets": group_subnets(place, index), "DBSubnetGroupArn": arn(place, &format!("subgrp:{label}")),
        "SupportedNetworkTypes": ["IPV4"], "Tags": tags(&mut dice, &label),
    });
    Made::new(&label, "DBSubnetGroups", item)
}

pub(super) fn instance(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_instance", index);
    let (label, engine) = (instance_name(place, index), engine_of(index));
    let (id, zone, multi) = (resource_id(place, index), dice.below(3), dice.chance(45));
    let group = place.lasting("rds/db_subnet_group", &mut dice).unwrap_or_default();
    let vpc = group_vpc(place, group);
    let mut item = json!({
        "DBInstanceIdentifier": label, "DBInstanceArn": arn(place, &format!("db:{label}")),
        "DBInstanceClass": dice.pick(&["db.t4g.micro", "db.t4g.medium", "db.m6g.large", "db.r6g.xlarge"]),
        "Engine": engine.name, "EngineVersion": engine.version, "LicenseModel": engine.license,
        "DBInstanceStatus": "available", "MasterUsername": "root_admin", "DBName": "main",
        "Endpoint": {
            "Address": format!("{label}.{}.{}.rds.amazonaws.com", cell(place), place.region()), "Port": engine.port,
            "HostedZoneId": "Z29XKXDKYMONMX",
        },
        "AllocatedStorage": dice.pick(&[20, 50, 100, 500]), "StorageType": "gp3", "Iops": 3000, "StorageThroughput": 125,
        "InstanceCreateTime": created(place, "rds/db_instance", index), "PreferredBackupWindow": window(&mut dice),
        "PreferredMaintenanceWindow": maintenance(&mut dice), "BackupRetentionPeriod": dice.pick(&[1, 7, 7, 14, 30]),
        "DBSecurityGroups": [], "AvailabilityZone": place.zone(zone), "MultiAZ": multi, "BackupTarget": "region",
        "VpcSecurityGroups": [{
            "VpcSecurityGroupId": place.id("sg", security::group_in(place, vpc, &mut dice)), "Status": "active",
        }],
        "DBParameterGroups": [{"DBParameterGroupName": parameter_group_for(place, index, engine), "ParameterApplyStatus": "in-sync"}],
        "OptionGroupMemberships": [{"OptionGroupName": engine.options, "Status": "in-sync"}],
        "DBSubnetGroup": {
            "DBSubnetGroupName": label_of_group(place, group), "DBSubnetGroupDescription": "Subnets of databases",
            "VpcId": place.id("vpc", vpc), "SubnetGroupStatus": "Complete", "Subnets": group_subnets(place, group),
        },
        "PendingModifiedValues": {}, "LatestRestorableTime": "2026-11-20T22:55:04Z", "AutoMinorVersionUpgrade": true,
        "ReadReplicaDBInstanceIdentifiers": [], "PubliclyAccessible": false, "DbInstancePort": 0,
        "StorageEncrypted": true, "KmsKeyId": place.kms_key(dice.below(4)), "DbiResourceId": format!("db-{id}"),
        "CACertificateIdentifier": "rds-ca-rsa2048-g1", "DomainMemberships": [], "CopyTagsToSnapshot": true,
        "MonitoringInterval": 0, "IAMDatabaseAuthenticationEnabled": dice.chance(40), "DatabaseInsightsMode": "standard",
        "PerformanceInsightsEnabled": false, "DeletionProtection": dice.chance(70), "AssociatedRoles": [],
        "CustomerOwnedIpEnabled": false, "NetworkType": "IPV4", "ActivityStreamStatus": "stopped",
        "CertificateDetails": {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": "2027-12-02T09:14:27Z"},
        "DedicatedLogVolume": false, "IsStorageConfigUpgradeAvailable": false, "TagList": tags(&mut dice, &label),
    });
    if multi {
        item["SecondaryAvailabilityZone"] = place.zone(zone + 1).into();
    }
    Made::new(&label, "DBInstances", item)
}

fn label_of_group(place: &Place<'_>, index: usize) -> String {
    label(place, "name of a subnet group", index)
}

/// A group of the account's own for this engine, or the engine's default one.
fn parameter_group_for(place: &Place<'_>, index: usize, engine: &Engine) -> String {
    let own = super::place::lasting(place.count("rds/db_parameter_group"));
    let fits = |group: &usize| engine_of(*group).family == engine.family;
    match (0..own).filter(fits).nth(index % 4) {
        Some(group) => label(place, "name of a parameter group", group),
        None => format!("default.{}", engine.family),
    }
}

const PARAMETERS: &[(&str, &str, &str)] = &[
    ("log_min_duration_statement", "500", "integer"),
    ("max_connections", "400", "integer"),
    ("slow_query_log", "1", "boolean"),
    ("long_query_time", "2", "float"),
    ("character_set_server", "utf8mb4", "string"),
    ("shared_preload_libraries", "pg_stat_statements,auto_explain", "list"),
    ("work_mem", "16384", "integer"),
    ("rds.force_ssl", "1", "boolean"),
    ("timezone", "UTC", "string"),
];

/// What people set, and what they leave as the engine has it.
fn parameters(dice: &mut Dice) -> Value {
    let set = |(name, value, kind): &(&str, &str, &str)| {
        let by_user = dice.chance(55);
        let mut parameter = json!({
            "ParameterName": name, "Description": format!("Sets {name}."), "ApplyType": "dynamic", "DataType": kind,
            "Source": if by_user { "user" } else { "engine-default" }, "IsModifiable": true,
            "ApplyMethod": if by_user { "immediate" } else { "pending-reboot" },
        });
        if by_user {
            parameter["ParameterValue"] = (*value).into();
        }
        parameter
    };
    PARAMETERS.iter().map(set).collect()
}

pub(super) fn parameter_group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_parameter_group", index);
    let label = label(place, "name of a parameter group", index);
    let item = json!({
        "DBParameterGroupName": label, "DBParameterGroupFamily": engine_of(index).family,
        "Description": format!("Settings of {label}"), "DBParameterGroupArn": arn(place, &format!("pg:{label}")),
        "Tags": tags(&mut dice, &label), "Parameters": parameters(&mut dice),
    });
    Made::new(&label, "DBParameterGroups", item)
}

pub(super) fn cluster_parameter_group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_cluster_parameter_group", index);
    let label = label(place, "name of a cluster parameter group", index);
    let item = json!({
        "DBClusterParameterGroupName": label, "DBParameterGroupFamily": "aurora-postgresql16",
        "Description": format!("Settings of {label}"),
        "DBClusterParameterGroupArn": arn(place, &format!("cluster-pg:{label}")),
        "Tags": tags(&mut dice, &label), "Parameters": parameters(&mut dice),
    });
    Made::new(&label, "DBClusterParameterGroups", item)
}

pub(super) fn snapshot(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_snapshot", index);
    let label = format!("manual-{}", label(place, "name of a snapshot", index));
    let database = place.some("rds/db_instance", &mut dice).unwrap_or_default();
    let (engine, taken) = (engine_of(database), dice.time());
    let group = place.some("rds/db_subnet_group", &mut dice).unwrap_or_default();
    let item = json!({
        "DBSnapshotIdentifier": label, "DBInstanceIdentifier": instance_name(place, database),
        "DBSnapshotArn": arn(place, &format!("snapshot:{label}")), "SnapshotType": "manual", "Status": "available",
        "SnapshotCreateTime": taken, "OriginalSnapshotCreateTime": taken, "SnapshotDatabaseTime": taken,
        "InstanceCreateTime": created(place, "rds/db_instance", database), "Engine": engine.name,
        "EngineVersion": engine.version, "LicenseModel": engine.license, "Port": engine.port,
        "AllocatedStorage": dice.pick(&[20, 50, 100, 500]), "AvailabilityZone": place.zone(dice.below(3)),
        "VpcId": place.id("vpc", group_vpc(place, group)), "MasterUsername": "root_admin", "Iops": 3000,
        "StorageThroughput": 125, "StorageType": "gp3", "OptionGroupName": engine.options, "PercentProgress": 100,
        "Encrypted": true, "KmsKeyId": place.kms_key(dice.below(4)), "IAMDatabaseAuthenticationEnabled": false,
        "ProcessorFeatures": [], "DbiResourceId": format!("db-{}", resource_id(place, database)),
        "SnapshotTarget": "region", "DedicatedLogVolume": false, "TagList": tags(&mut dice, &label),
        "DescribeDBSnapshotAttributes": {"DBSnapshotAttributesResult": {
            "DBSnapshotIdentifier": label,
            "DBSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": []}],
        }},
    });
    Made::new(&label, "DBSnapshots", item)
}

fn cluster_name(place: &Place<'_>, index: usize) -> String {
    format!("aurora-{}", label(place, "name of a cluster", index))
}

pub(super) fn cluster(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_cluster", index);
    let label = cluster_name(place, index);
    let group = place.lasting("rds/db_subnet_group", &mut dice).unwrap_or_default();
    let vpc = group_vpc(place, group);
    let own = place.lasting("rds/db_cluster_parameter_group", &mut dice);
    let parameters = own.map_or_else(
        || "default.aurora-postgresql16".to_owned(),
        |group| self::label(place, "name of a cluster parameter group", group),
    );
    let host = |sort: &str| format!("{label}.{sort}-{}.{}.rds.amazonaws.com", cell(place), place.region());
    let item = json!({
        "DBClusterIdentifier": label, "DBClusterArn": arn(place, &format!("cluster:{label}")), "Status": "available",
        "AllocatedStorage": 1, "AvailabilityZones": [place.zone(0), place.zone(1), place.zone(2)],
        "BackupRetentionPeriod": dice.pick(&[1, 7, 14]), "DatabaseName": "main", "DBClusterParameterGroup": parameters,
        "DBSubnetGroup": label_of_group(place, group), "Engine": "aurora-postgresql", "EngineVersion": "16.4",
        "Endpoint": host("cluster"), "ReaderEndpoint": host("cluster-ro"), "MultiAZ": false, "Port": 5432,
        "MasterUsername": "root_admin", "PreferredBackupWindow": window(&mut dice),
        "PreferredMaintenanceWindow": maintenance(&mut dice), "ReadReplicaIdentifiers": [], "DBClusterMembers": [],
        "VpcSecurityGroups": [{
            "VpcSecurityGroupId": place.id("sg", security::group_in(place, vpc, &mut dice)), "Status": "active",
        }],
        "HostedZoneId": "Z29XKXDKYMONMX", "StorageEncrypted": true, "KmsKeyId": place.kms_key(dice.below(4)),
        "DbClusterResourceId": format!("cluster-{}", dice.text(26, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
        "AssociatedRoles": [], "IAMDatabaseAuthenticationEnabled": false, "ClusterCreateTime": dice.time(),
        "EngineMode": "provisioned", "AutoMinorVersionUpgrade": true, "DeletionProtection": dice.chance(70),
        "HttpEndpointEnabled": false, "ActivityStreamStatus": "stopped", "CopyTagsToSnapshot": true,
        "CrossAccountClone": false, "DomainMemberships": [], "GlobalWriteForwardingRequested": false,
        "NetworkType": "IPV4", "DatabaseInsightsMode": "standard", "LocalWriteForwardingStatus": "disabled",
        "TagList": tags(&mut dice, &label),
    });
    Made::new(&label, "DBClusters", item)
}

pub(super) fn cluster_snapshot(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_cluster_snapshot", index);
    let label = format!("cluster-{}", label(place, "name of a cluster snapshot", index));
    let cluster = place.some("rds/db_cluster", &mut dice).unwrap_or_default();
    let item = json!({
        "DBClusterSnapshotIdentifier": label, "DBClusterIdentifier": cluster_name(place, cluster),
        "DBClusterSnapshotArn": arn(place, &format!("cluster-snapshot:{label}")), "SnapshotType": "manual",
        "AvailabilityZones": [place.zone(0), place.zone(1), place.zone(2)], "SnapshotCreateTime": dice.time(),
        "Engine": "aurora-postgresql", "EngineVersion": "16.4", "EngineMode": "provisioned", "AllocatedStorage": 0,
        "Status": "available", "Port": 0, "ClusterCreateTime": dice.time(), "MasterUsername": "root_admin",
        "LicenseModel": "postgresql-license", "PercentProgress": 100, "StorageEncrypted": true,
        "KmsKeyId": place.kms_key(dice.below(4)), "IAMDatabaseAuthenticationEnabled": false,
        "TagList": tags(&mut dice, &label), "StorageType": "aurora",
        "DescribeDBClusterSnapshotAttributes": {"DBClusterSnapshotAttributesResult": {
            "DBClusterSnapshotIdentifier": label,
            "DBClusterSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": []}],
        }},
    });
    Made::new(&label, "DBClusterSnapshots", item)
}
