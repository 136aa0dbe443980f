//! Manual DB snapshots, and whom they are shared with. Automated ones come and go by themselves.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::{Map, Value, json};

use super::{shared_with, tags};
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_snapshot",
        about: "Manual DB snapshots and the accounts that may restore them; one call each tells the latter.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBSnapshotIdentifier"),
        arn: Arn::Field("/DBSnapshotArn"),
        label: None,
        called: None,
        created: Some("/SnapshotCreateTime"),
        actions: &["rds:DescribeDBSnapshotAttributes", "rds:DescribeDBSnapshots"],
        sources: &[
            Source { operation: "rds:DescribeDBSnapshots", member: "/DBSnapshots/*", at: "" },
            Source {
                operation: "rds:DescribeDBSnapshotAttributes",
                member: "/DBSnapshotAttributesResult/DBSnapshotAttributes",
                at: "/DBSnapshotAttributes",
            },
        ],
        calls: &[Calls::list("rds:DescribeDBSnapshots", 100), Calls::each("rds:DescribeDBSnapshotAttributes", 1.0)],
        writes: &[
            // An instance leaves a final snapshot when it is deleted.
            Write::creates(&["rds:CreateDBSnapshot", "rds:CopyDBSnapshot", "rds:DeleteDBInstance"]),
            Write::removes(&["rds:DeleteDBSnapshot"]),
            Write::changes(&["/EngineVersion", "/OptionGroupName"], &["rds:ModifyDBSnapshot"]),
            Write::changes(&["/DBSnapshotAttributes"], &["rds:ModifyDBSnapshotAttribute"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how far RDS has got" },
            Rule::Volatile { path: "/PercentProgress", why: "tells how far RDS has got" },
            Rule::Set { path: "/DBSnapshotAttributes", key: &["AttributeName"] },
            Rule::Set { path: "/DBSnapshotAttributes/*/AttributeValues", key: &[] },
            Rule::Set { path: "/ProcessorFeatures", key: &["Name"] },
            Rule::Set { path: "/AdditionalStorageVolumes", key: &["VolumeName"] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/DBInstanceIdentifier", kind: "rds/db_instance" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/OptionGroupName", kind: "rds/option_group" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_db_snapshot",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "db_snapshot_arn")],
        arguments: &[
            Argument::value("db_snapshot_identifier", "/DBSnapshotIdentifier"),
            Argument::value("db_instance_identifier", "/DBInstanceIdentifier"),
            Argument::Computed { name: "shared_accounts", from: &["/DBSnapshotAttributes"], value: shared },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/DBSnapshotArn", "/DBSystemId", "/DbiResourceId"]),
        Omit::quiet(
            "follows from the instance when it was taken, or from what it was copied from",
            &[
                "/AdditionalStorageVolumes",
                "/AllocatedStorage",
                "/AvailabilityZone",
                "/BackupRetentionPeriod",
                "/DedicatedLogVolume",
                "/Encrypted",
                "/Engine",
                "/EngineVersion",
                "/FullSnapshotSizeInBytes",
                "/IAMDatabaseAuthenticationEnabled",
                "/InstanceCreateTime",
                "/Iops",
                "/KmsKeyId",
                "/LicenseModel",
                "/MasterUsername",
                "/MultiTenant",
                "/OptionGroupName",
                "/OriginalSnapshotCreateTime",
                "/Port",
                "/PreferredBackupWindow",
                "/ProcessorFeatures",
                "/SnapshotAvailabilityZone",
                "/SnapshotCreateTime",
                "/SnapshotDatabaseTime",
                "/SnapshotTarget",
                "/SnapshotType",
                "/SourceDBSnapshotIdentifier",
                "/SourceRegion",
                "/StorageEncryptionType",
                "/StorageThroughput",
                "/StorageType",
                "/TdeCredentialArn",
                "/Timezone",
                "/VpcId",
            ],
        ),
    ],
};

fn shared(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    shared_with::accounts(attributes.get("DBSnapshotAttributes"))
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let params = json!({"SnapshotType": "manual", "MaxRecords": 100});
    let mut lists = reader.listed("rds:DescribeDBSnapshots", params, "/DBSnapshots", |_| true)?;
    while let Some(snapshots) = lists.next().await? {
        reader.for_each(snapshots, |snapshot| Box::pin(read(reader, snapshot))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, snapshot: Value) {
    let mut draft = Draft::new(snapshot);
    let id = draft.text("/DBSnapshotIdentifier");
    if !reader.wants(None, id) {
        return;
    }
    let attributes = Detail {
        operation: "rds:DescribeDBSnapshotAttributes",
        params: json!({"DBSnapshotIdentifier": id}),
        member: "/DBSnapshotAttributesResult/DBSnapshotAttributes",
        at: "/DBSnapshotAttributes",
        absent: &[],
    };
    if reader.details(&mut draft, &["DBSnapshotNotFound"], vec![attributes]).await == Existence::Present {
        reader.emit(draft);
    }
}
