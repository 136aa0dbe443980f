//! How drift is put back: which calls of the service say what a restore point says.

use driftline_api::{Fix, Fixes, Input, Operation, When};

pub(crate) static FIXES: &[Fixes] = &[
    Fixes {
        kind: "s3/bucket",
        fixes: &[
            // These two decide what others may say.
            set(
                &["/OwnershipControls"],
                &[When::Has("/OwnershipControls")],
                "s3:PutBucketOwnershipControls",
                &[BUCKET, Input::Value("OwnershipControls", "/OwnershipControls")],
            ),
            set(
                &["/OwnershipControls"],
                &[When::Lacks("/OwnershipControls")],
                "s3:DeleteBucketOwnershipControls",
                &[BUCKET],
            ),
            set(
                &["/PublicAccessBlock"],
                &[When::Has("/PublicAccessBlock")],
                "s3:PutPublicAccessBlock",
                &[BUCKET, Input::Value("PublicAccessBlockConfiguration", "/PublicAccessBlock")],
            ),
            set(&["/PublicAccessBlock"], &[When::Lacks("/PublicAccessBlock")], "s3:DeletePublicAccessBlock", &[BUCKET]),
            set(
                &["/Accelerate"],
                &[When::Has("/Accelerate")],
                "s3:PutBucketAccelerateConfiguration",
                &[BUCKET, Input::Value("AccelerateConfiguration", "/Accelerate")],
            ),
            set(
                &["/Acl"],
                &[When::Has("/Acl")],
                "s3:PutBucketAcl",
                &[BUCKET, Input::Value("AccessControlPolicy", "/Acl")],
            ),
            Fix::Elements {
                list: "/Analytics",
                key: &["Id"],
                put: Some(Operation::new(
                    "s3:PutBucketAnalyticsConfiguration",
                    &[BUCKET, ID, Input::Value("AnalyticsConfiguration", ".")],
                )),
                remove: Some(Operation::new("s3:DeleteBucketAnalyticsConfiguration", &[BUCKET, ID])),
            },
            Fix::Elements {
                list: "/IntelligentTiering",
                key: &["Id"],
                put: Some(Operation::new(
                    "s3:PutBucketIntelligentTieringConfiguration",
                    &[BUCKET, ID, Input::Value("IntelligentTieringConfiguration", ".")],
                )),
                remove: Some(Operation::new("s3:DeleteBucketIntelligentTieringConfiguration", &[BUCKET, ID])),
            },
            Fix::Elements {
                list: "/Inventory",
                key: &["Id"],
                put: Some(Operation::new(
                    "s3:PutBucketInventoryConfiguration",
                    &[BUCKET, ID, Input::Value("InventoryConfiguration", ".")],
                )),
                remove: Some(Operation::new("s3:DeleteBucketInventoryConfiguration", &[BUCKET, ID])),
            },
            Fix::Elements {
                list: "/Metrics",
                key: &["Id"],
                put: Some(Operation::new(
                    "s3:PutBucketMetricsConfiguration",
                    &[BUCKET, ID, Input::Value("MetricsConfiguration", ".")],
                )),
                remove: Some(Operation::new("s3:DeleteBucketMetricsConfiguration", &[BUCKET, ID])),
            },
            set(
                &["/Cors"],
                &[When::Has("/Cors")],
                "s3:PutBucketCors",
                &[BUCKET, Input::Value("CORSConfiguration", "/Cors")],
            ),
            set(&["/Cors"], &[When::Lacks("/Cors")], "s3:DeleteBucketCors", &[BUCKET]),
            set(
                &["/Encryption"],
                &[When::Has("/Encryption")],
                "s3:PutBucketEncryption",
                &[BUCKET, Input::Value("ServerSideEncryptionConfiguration", "/Encryption")],
            ),
            set(&["/Encryption"], &[When::Lacks("/Encryption")], "s3:DeleteBucketEncryption", &[BUCKET]),
            set(
                &["/Lifecycle"],
                &[When::Has("/Lifecycle")],
                "s3:PutBucketLifecycleConfiguration",
                &[
                    BUCKET,
                    Input::Value("LifecycleConfiguration/Rules", "/Lifecycle/Rules"),
                    Input::Value("TransitionDefaultMinimumObjectSize", "/Lifecycle/TransitionDefaultMinimumObjectSize"),
                ],
            ),
            set(&["/Lifecycle"], &[When::Lacks("/Lifecycle")], "s3:DeleteBucketLifecycle", &[BUCKET]),
            set(
                &["/Logging"],
                &[When::Has("/Logging")],
                "s3:PutBucketLogging",
                &[BUCKET, Input::Value("BucketLoggingStatus/LoggingEnabled", "/Logging")],
            ),
            set(
                &["/Logging"],
                &[When::Lacks("/Logging")],
                "s3:PutBucketLogging",
                &[BUCKET, Input::Constant("BucketLoggingStatus", "{}")],
            ),
            set(
                &["/Notification"],
                &[When::Has("/Notification")],
                "s3:PutBucketNotificationConfiguration",
                &[BUCKET, Input::Value("NotificationConfiguration", "/Notification")],
            ),
            set(
                &["/Notification"],
                &[When::Lacks("/Notification")],
                "s3:PutBucketNotificationConfiguration",
                &[BUCKET, Input::Constant("NotificationConfiguration", "{}")],
            ),
            set(
                &["/ObjectLock"],
                &[When::Has("/ObjectLock")],
                "s3:PutObjectLockConfiguration",
                &[BUCKET, Input::Value("ObjectLockConfiguration", "/ObjectLock")],
            ),
            set(
                &["/Policy"],
                &[When::Has("/Policy")],
                "s3:PutBucketPolicy",
                &[BUCKET, Input::Document("Policy", "/Policy")],
            ),
            set(&["/Policy"], &[When::Lacks("/Policy")], "s3:DeleteBucketPolicy", &[BUCKET]),
            set(
                &["/Replication"],
                &[When::Has("/Replication")],
                "s3:PutBucketReplication",
                &[BUCKET, Input::Value("ReplicationConfiguration", "/Replication")],
            ),
            set(&["/Replication"], &[When::Lacks("/Replication")], "s3:DeleteBucketReplication", &[BUCKET]),
            set(
                &["/RequestPayment"],
                &[When::Has("/RequestPayment")],
                "s3:PutBucketRequestPayment",
                &[BUCKET, Input::Value("RequestPaymentConfiguration", "/RequestPayment")],
            ),
            set(
                &["/RequestPayment"],
                &[When::Lacks("/RequestPayment")],
                "s3:PutBucketRequestPayment",
                &[BUCKET, Input::Constant("RequestPaymentConfiguration", "{\"Payer\": \"BucketOwner\"}")],
            ),
            // Once switched on, it cannot be taken away, only suspended.
            set(
                &["/Versioning"],
                &[When::Has("/Versioning")],
                "s3:PutBucketVersioning",
                &[BUCKET, Input::Value("VersioningConfiguration", "/Versioning")],
            ),
            set(
                &["/Website"],
                &[When::Has("/Website")],
                "s3:PutBucketWebsite",
                &[BUCKET, Input::Value("WebsiteConfiguration", "/Website")],
            ),
            set(&["/Website"], &[When::Lacks("/Website")], "s3:DeleteBucketWebsite", &[BUCKET]),
            // There is no call for one of them.
            set(&["/tags"], &[When::Has("/tags")], "s3:PutBucketTagging", &[BUCKET, Input::Tags("Tagging/TagSet")]),
            set(&["/tags"], &[When::Lacks("/tags")], "s3:DeleteBucketTagging", &[BUCKET]),
        ],
    },
    Fixes {
        kind: "s3/account_public_access_block",
        fixes: &[Fix::Whole {
            paths: &["/BlockPublicAcls", "/BlockPublicPolicy", "/IgnorePublicAcls", "/RestrictPublicBuckets"],
            when: &[],
            call: Operation::new(
                "s3control:PutPublicAccessBlock",
                &[
                    ACCOUNT,
                    Input::Value("PublicAccessBlockConfiguration/BlockPublicAcls", "/BlockPublicAcls"),
                    Input::Value("PublicAccessBlockConfiguration/BlockPublicPolicy", "/BlockPublicPolicy"),
                    Input::Value("PublicAccessBlockConfiguration/IgnorePublicAcls", "/IgnorePublicAcls"),
                    Input::Value("PublicAccessBlockConfiguration/RestrictPublicBuckets", "/RestrictPublicBuckets"),
                ],
            ),
        }],
    },
    Fixes {
        kind: "s3/access_point",
        fixes: &[
            set(
                &["/Policy"],
                &[When::Has("/Policy")],
                "s3control:PutAccessPointPolicy",
                &[ACCOUNT, Input::Text("Name", "{id}"), Input::Document("Policy", "/Policy")],
            ),
            set(
                &["/Policy"],
                &[When::Lacks("/Policy")],
                "s3control:DeleteAccessPointPolicy",
                &[ACCOUNT, Input::Text("Name", "{id}")],
            ),
        ],
    },
];

const BUCKET: Input = Input::Text("Bucket", "{id}");
const ACCOUNT: Input = Input::Text("AccountId", "{account}");
const ID: Input = Input::Value("Id", "./Id");

const fn set(
    paths: &'static [&'static str],
    when: &'static [When],
    operation: &'static str,
    input: &'static [Input],
) -> Fix {
    Fix::Whole { paths, when, call: Operation::new(operation, input) }
}
