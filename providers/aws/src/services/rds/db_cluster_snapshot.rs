//! Manual DB cluster snapshots, and whom they are shared with. Automated ones come and go by themselves.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::{Map, Value, json};

use super::{shared_with, tags};
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_cluster_snapshot",
        about: "Manual DB cluster snapshots and the accounts that may restore them; one call each tells the latter.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBClusterSnapshotIdentifier"),
        arn: Arn::Field("/DBClusterSnapshotArn"),
        label: None,
        called: None,
        created: Some("/SnapshotCreateTime"),
        actions: &["rds:DescribeDBClusterSnapshotAttributes", "rds:DescribeDBClusterSnapshots"],
        sources: &[
            Source { operation: "rds:DescribeDBClusterSnapshots", member: "/DBClusterSnapshots/*", at: "" },
            Source {
                operation: "rds:DescribeDBClusterSnapshotAttributes",
                member: "/DBClusterSnapshotAttributesResult/DBClusterSnapshotAttributes",
                at: "/DBClusterSnapshotAttributes",
            },
        ],
        calls: &[
            Calls::list("rds:DescribeDBClusterSnapshots", 100),
            Calls::each("rds:DescribeDBClusterSnapshotAttributes", 1.0),
        ],
        writes: &[
            // A cluster leaves a final snapshot when it is deleted.
            Write::creates(&["rds:CreateDBClusterSnapshot", "rds:CopyDBClusterSnapshot", "rds:DeleteDBCluster"]),
            Write::removes(&["rds:DeleteDBClusterSnapshot"]),
            Write::changes(&["/DBClusterSnapshotAttributes"], &["rds:ModifyDBClusterSnapshotAttribute"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how far RDS has got" },
            Rule::Volatile { path: "/PercentProgress", why: "tells how far RDS has got" },
            Rule::Set { path: "/DBClusterSnapshotAttributes", key: &["AttributeName"] },
            Rule::Set { path: "/DBClusterSnapshotAttributes/*/AttributeValues", key: &[] },
            Rule::Set { path: "/AvailabilityZones", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/DBClusterIdentifier", kind: "rds/db_cluster" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_db_cluster_snapshot",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "db_cluster_snapshot_arn")],
        arguments: &[
            Argument::value("db_cluster_snapshot_identifier", "/DBClusterSnapshotIdentifier"),
            Argument::value("db_cluster_identifier", "/DBClusterIdentifier"),
            Argument::Computed { name: "shared_accounts", from: &["/DBClusterSnapshotAttributes"], value: shared },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/DBClusterSnapshotArn", "/DBSystemId", "/DbClusterResourceId"]),
        Omit::quiet(
            "follows from the cluster when it was taken, or from what it was copied from",
            &[
                "/AllocatedStorage",
                "/AvailabilityZones",
                "/BackupRetentionPeriod",
                "/ClusterCreateTime",
                "/Engine",
                "/EngineMode",
                "/EngineVersion",
                "/IAMDatabaseAuthenticationEnabled",
                "/KmsKeyId",
                "/LicenseModel",
                "/MasterUsername",
                "/Port",
                "/PreferredBackupWindow",
                "/SnapshotCreateTime",
                "/SnapshotType",
                "/SourceDBClusterSnapshotArn",
                "/StorageEncrypted",
                "/StorageEncryptionType",
                "/StorageThroughput",
                "/StorageType",
                "/VpcId",
            ],
        ),
    ],
};

fn shared(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    shared_with::accounts(attributes.get("DBClusterSnapshotAttributes"))
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let params = json!({"SnapshotType": "manual", "MaxRecords": 100});
    let mut lists = reader.listed("rds:DescribeDBClusterSnapshots", params, "/DBClusterSnapshots", |_| true)?;
    while let Some(snapshots) = lists.next().await? {
        reader.for_each(snapshots, |snapshot| Box::pin(read(reader, snapshot))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, snapshot: Value) {
    let mut draft = Draft::new(snapshot);
    let id = draft.text("/DBClusterSnapshotIdentifier");
    if !reader.wants(None, id) {
        return;
    }
    let attributes = Detail {
        operation: "rds:DescribeDBClusterSnapshotAttributes",
        params: json!({"DBClusterSnapshotIdentifier": id}),
        member: "/DBClusterSnapshotAttributesResult/DBClusterSnapshotAttributes",
        at: "/DBClusterSnapshotAttributes",
        absent: &[],
    };
    if reader.details(&mut draft, &["DBClusterSnapshotNotFoundFault"], vec![attributes]).await == Existence::Present {
        reader.emit(draft);
    }
}
