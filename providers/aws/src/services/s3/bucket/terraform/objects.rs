//! What becomes of a bucket's objects: versions, encryption, locks, storage classes, replicas, and their end.

use driftline_api::{Argument, Child, When};

use super::filter;

pub(super) const VERSIONING: Child = Child {
    resource: "aws_s3_bucket_versioning",
    each: "",
    when: &[When::Has("/Versioning/Status")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Blocks {
            name: "versioning_configuration",
            path: "/Versioning",
            arguments: &[
                Argument::value("status", "./Status"),
                Argument::unless("\"Disabled\"", "mfa_delete", "./MFADelete"),
            ],
        },
    ],
};

pub(super) const ENCRYPTION: Child = Child {
    resource: "aws_s3_bucket_server_side_encryption_configuration",
    each: "",
    when: &[When::Has("/Encryption/Rules")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Blocks {
            name: "rule",
            path: "/Encryption/Rules/*",
            arguments: &[
                Argument::unless("false", "bucket_key_enabled", "./BucketKeyEnabled"),
                Argument::Blocks {
                    name: "apply_server_side_encryption_by_default",
                    path: "./ApplyServerSideEncryptionByDefault",
                    arguments: &[
                        Argument::value("sse_algorithm", "./SSEAlgorithm"),
                        Argument::value("kms_master_key_id", "./KMSMasterKeyID"),
                    ],
                },
            ],
        },
    ],
};

/// Without a rule the bucket's own `object_lock_enabled` says everything.
pub(super) const OBJECT_LOCK: Child = Child {
    resource: "aws_s3_bucket_object_lock_configuration",
    each: "",
    when: &[When::Has("/ObjectLock/Rule")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Blocks {
            name: "rule",
            path: "/ObjectLock/Rule",
            arguments: &[Argument::Blocks {
                name: "default_retention",
                path: "./DefaultRetention",
                arguments: &[
                    Argument::value("mode", "./Mode"),
                    Argument::unless("0", "days", "./Days"),
                    Argument::unless("0", "years", "./Years"),
                ],
            }],
        },
    ],
};

/// Rules about noncurrent versions are taken by versioned buckets.
pub(super) const LIFECYCLE: Child = Child {
    resource: "aws_s3_bucket_lifecycle_configuration",
    each: "",
    when: &[When::Has("/Lifecycle/Rules")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::unless(
            "\"all_storage_classes_128K\"",
            "transition_default_minimum_object_size",
            "/Lifecycle/TransitionDefaultMinimumObjectSize",
        ),
        Argument::Blocks { name: "rule", path: "/Lifecycle/Rules/*", arguments: LIFECYCLE_RULE },
        Argument::After(&["aws_s3_bucket_versioning"]),
    ],
};

const LIFECYCLE_RULE: &[Argument] = &[
    Argument::value("id", "./ID"),
    Argument::value("status", "./Status"),
    Argument::value("prefix", "./Prefix"),
    Argument::Blocks {
        name: "filter",
        path: "./Filter",
        arguments: &[
            Argument::value("prefix", "./Prefix"),
            Argument::value("object_size_greater_than", "./ObjectSizeGreaterThan"),
            Argument::value("object_size_less_than", "./ObjectSizeLessThan"),
            filter::TAG,
            Argument::Blocks {
                name: "and",
                path: "./And",
                arguments: &[
                    Argument::value("prefix", "./Prefix"),
                    Argument::value("object_size_greater_than", "./ObjectSizeGreaterThan"),
                    Argument::value("object_size_less_than", "./ObjectSizeLessThan"),
                    filter::TAGS,
                ],
            },
        ],
    },
    Argument::Blocks {
        name: "abort_incomplete_multipart_upload",
        path: "./AbortIncompleteMultipartUpload",
        arguments: &[Argument::value("days_after_initiation", "./DaysAfterInitiation")],
    },
    Argument::Blocks {
        name: "expiration",
        path: "./Expiration",
        arguments: &[
            Argument::value("date", "./Date"),
            Argument::unless("0", "days", "./Days"),
            Argument::unless("false", "expired_object_delete_marker", "./ExpiredObjectDeleteMarker"),
        ],
    },
    Argument::Blocks {
        name: "noncurrent_version_expiration",
        path: "./NoncurrentVersionExpiration",
        arguments: &[
            Argument::value("noncurrent_days", "./NoncurrentDays"),
            Argument::value("newer_noncurrent_versions", "./NewerNoncurrentVersions"),
        ],
    },
    Argument::Blocks {
        name: "noncurrent_version_transition",
        path: "./NoncurrentVersionTransitions/*",
        arguments: &[
            Argument::value("noncurrent_days", "./NoncurrentDays"),
            Argument::value("newer_noncurrent_versions", "./NewerNoncurrentVersions"),
            Argument::value("storage_class", "./StorageClass"),
        ],
    },
    Argument::Blocks {
        name: "transition",
        path: "./Transitions/*",
        arguments: &[
            Argument::value("date", "./Date"),
            Argument::value("days", "./Days"),
            Argument::value("storage_class", "./StorageClass"),
        ],
    },
];

/// Only versioned buckets are replicated.
pub(super) const REPLICATION: Child = Child {
    resource: "aws_s3_bucket_replication_configuration",
    each: "",
    when: &[When::Has("/Replication/Rules")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::value("role", "/Replication/Role"),
        Argument::Blocks { name: "rule", path: "/Replication/Rules/*", arguments: REPLICATION_RULE },
        Argument::After(&["aws_s3_bucket_versioning"]),
    ],
};

const STATUS: &[Argument] = &[Argument::value("status", "./Status")];

const REPLICATION_RULE: &[Argument] = &[
    Argument::value("id", "./ID"),
    Argument::unless("0", "priority", "./Priority"),
    Argument::value("status", "./Status"),
    Argument::value("prefix", "./Prefix"),
    Argument::Blocks {
        name: "filter",
        path: "./Filter",
        arguments: &[
            Argument::value("prefix", "./Prefix"),
            filter::TAG,
            Argument::Blocks {
                name: "and",
                path: "./And",
                arguments: &[Argument::value("prefix", "./Prefix"), filter::TAGS],
            },
        ],
    },
    Argument::Blocks { name: "delete_marker_replication", path: "./DeleteMarkerReplication", arguments: STATUS },
    Argument::Blocks { name: "existing_object_replication", path: "./ExistingObjectReplication", arguments: STATUS },
    Argument::Blocks {
        name: "source_selection_criteria",
        path: "./SourceSelectionCriteria",
        arguments: &[
            Argument::Blocks { name: "replica_modifications", path: "./ReplicaModifications", arguments: STATUS },
            Argument::Blocks { name: "sse_kms_encrypted_objects", path: "./SseKmsEncryptedObjects", arguments: STATUS },
        ],
    },
    Argument::Blocks {
        name: "destination",
        path: "./Destination",
        arguments: &[
            Argument::value("bucket", "./Bucket"),
            Argument::value("account", "./Account"),
            Argument::value("storage_class", "./StorageClass"),
            Argument::Blocks {
                name: "access_control_translation",
                path: "./AccessControlTranslation",
                arguments: &[Argument::value("owner", "./Owner")],
            },
            Argument::Blocks {
                name: "encryption_configuration",
                path: "./EncryptionConfiguration",
                arguments: &[Argument::value("replica_kms_key_id", "./ReplicaKmsKeyID")],
            },
            Argument::Blocks {
                name: "metrics",
                path: "./Metrics",
                arguments: &[
                    Argument::value("status", "./Status"),
                    Argument::Blocks {
                        name: "event_threshold",
                        path: "./EventThreshold",
                        arguments: &[Argument::value("minutes", "./Minutes")],
                    },
                ],
            },
            Argument::Blocks {
                name: "replication_time",
                path: "./ReplicationTime",
                arguments: &[
                    Argument::value("status", "./Status"),
                    Argument::Blocks {
                        name: "time",
                        path: "./Time",
                        arguments: &[Argument::value("minutes", "./Minutes")],
                    },
                ],
            },
        ],
    },
];

pub(super) const INTELLIGENT_TIERING: Child = Child {
    resource: "aws_s3_bucket_intelligent_tiering_configuration",
    each: "/IntelligentTiering/*",
    when: &[],
    import: "{id}:{./Id}",
    key: "{./Id}",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::value("name", "./Id"),
        Argument::unless("\"Enabled\"", "status", "./Status"),
        filter::FLAT,
        Argument::Blocks {
            name: "tiering",
            path: "./Tierings/*",
            arguments: &[Argument::value("access_tier", "./AccessTier"), Argument::value("days", "./Days")],
        },
    ],
};
