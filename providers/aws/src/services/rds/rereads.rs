//! What is read again after a write to RDS.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "rds",
    services: &["rds"],
    alone: &[
        ("rds/db_cluster_parameter_group", &["*"]),
        ("rds/db_cluster_snapshot", &["*"]),
        ("rds/db_parameter_group", &["*"]),
        ("rds/db_snapshot", &["*"]),
    ],
    naming: &["AddTagsToResource", "RemoveTagsFromResource"],
    along: &[
        (
            &[
                "CreateDBInstance",
                "CreateDBInstanceReadReplica",
                "DeleteDBInstance",
                "ModifyDBInstance",
                "PromoteReadReplica",
            ],
            &["rds/db_cluster"],
            "clusters tell of their instances and replicas",
        ),
        (
            &["DeleteDBCluster", "DeleteDBInstance", "ModifyDBCluster", "ModifyDBInstance"],
            &["rds/db_proxy_target_group"],
            "targets are named after databases and go with them",
        ),
        (&["DeleteDBCluster"], &["rds/db_instance"], "instances tell of their cluster"),
        (&["ModifyDBCluster"], &["rds/global_cluster"], "renamed, a member has another ARN"),
        (&["ModifyDBSubnetGroup"], &["rds/db_cluster", "rds/db_instance"], "both tell of their subnet group"),
        (
            &[
                "BacktrackDBCluster",
                "DeleteDBClusterAutomatedBackup",
                "FailoverDBCluster",
                "ModifyCurrentDBClusterCapacity",
                "ModifyDBClusterEndpoint",
                "ModifyDBShardGroup",
                "RebootDBShardGroup",
            ],
            &["rds/db_cluster"],
            "is done to a cluster",
        ),
        (&["FailoverDBCluster"], &["rds/db_instance"], "instances tell where they are"),
        (
            &["CreateTenantDatabase", "DeleteTenantDatabase", "ModifyTenantDatabase"],
            &["rds/db_instance"],
            "is done to an instance",
        ),
    ],
    // Replicas and members of global clusters tell of each other.
    everywhere: &[
        "CreateBlueGreenDeployment",
        "CreateDBCluster",
        "CreateDBInstanceReadReplica",
        "CreateGlobalCluster",
        "DeleteDBCluster",
        "DeleteDBInstance",
        "DeleteDBInstanceAutomatedBackup",
        "DeleteGlobalCluster",
        "FailoverGlobalCluster",
        "ModifyDBCluster",
        "ModifyDBInstance",
        "ModifyGlobalCluster",
        "PromoteReadReplica",
        "PromoteReadReplicaDBCluster",
        "RemoveFromGlobalCluster",
        "StartDBInstanceAutomatedBackupsReplication",
        "StopDBInstanceAutomatedBackupsReplication",
        "SwitchoverBlueGreenDeployment",
        "SwitchoverGlobalCluster",
        "SwitchoverReadReplica",
    ],
    nothing: &[
        (
            "concerns exports, integrations, engine versions, reservations or recommendations, which are not read",
            "CancelExportTask StartExportTask CreateIntegration DeleteIntegration ModifyIntegration \
             CreateCustomDBEngineVersion DeleteCustomDBEngineVersion ModifyCustomDBEngineVersion \
             PurchaseReservedDBInstancesOffering ModifyDBRecommendation",
        ),
        (
            "concerns security groups of EC2-Classic, which is gone",
            "AuthorizeDBSecurityGroupIngress CreateDBSecurityGroup DeleteDBSecurityGroup RevokeDBSecurityGroupIngress",
        ),
        ("only reads", "DownloadDBLogFilePortion"),
        ("is the default of what is made later", "ModifyCertificates"),
    ],
};
