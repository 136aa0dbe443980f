//! What is read again after a write to S3. What is done to objects is no management event.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "s3",
    services: &["s3"],
    alone: &[("s3/bucket", &["*"])],
    naming: &["TagResource", "UntagResource"],
    along: &[
        (&["DeleteAccessPointScope", "PutAccessPointScope"], &["s3/access_point"], "it belongs to an access point"),
        (
            &["DeletePublicAccessBlock", "PutPublicAccessBlock"],
            &["s3/account_public_access_block", "s3/bucket"],
            "is recorded as the account's or a bucket's; under the operation's own name it is either",
        ),
        (&["DeleteBucketLifecycleConfiguration"], &["s3/bucket"], "is recorded as `DeleteBucketLifecycle`"),
    ],
    everywhere: &[],
    nothing: &[
        (
            "concerns objects",
            "*Object *Objects *ObjectAcl *ObjectAnnotation *ObjectEncryption *ObjectLegalHold *ObjectRetention \
             *ObjectTagging *MultipartUpload CreateSession SelectObjectContent UploadPart UploadPartCopy \
             WriteGetObjectResponse",
        ),
        ("only reads", "HeadBucket"),
        (
            "concerns jobs, which are not read",
            "CreateJob DeleteJobTagging PutJobTagging UpdateJobPriority UpdateJobStatus",
        ),
        (
            "concerns access grants, Storage Lens, multi-region access points or object lambdas, which are not read",
            "*AccessGrant *AccessGrantsIdentityCenter *AccessGrantsInstance *AccessGrantsInstanceResourcePolicy \
             *AccessGrantsLocation *StorageLens* *MultiRegionAccessPoint* *ForObjectLambda",
        ),
    ],
};
