//! Access points with their policies.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Document, Exclude, Form, Identity, Naming, Omit, Reads, Rule,
    Source, Terraform, Under, When, Write,
};
use serde_json::{Map, Value, json};

use crate::reader::take_items;
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "s3/access_point",
        about: "Access points of general purpose buckets, with their policies and public access blocks.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/Name"),
        arn: Arn::Field("/AccessPointArn"),
        label: None,
        called: None,
        created: None,
        actions: &["s3:GetAccessPoint", "s3:GetAccessPointPolicy", "s3:ListAccessPoints", "s3:ListTagsForResource"],
        sources: &[
            Source { operation: "s3control:GetAccessPoint", member: "", at: "" },
            Source { operation: "s3control:GetAccessPointPolicy", member: "/Policy", at: "/Policy" },
            Source { operation: "s3control:ListTagsForResource", member: "/Tags", at: "/Tags" },
        ],
        calls: &[
            Calls::list("s3control:ListAccessPoints", 1000),
            Calls::each("s3control:GetAccessPoint", 1.0),
            Calls::each("s3control:GetAccessPointPolicy", 1.0),
            Calls::each("s3control:ListTagsForResource", 1.0),
        ],
        writes: &[
            Write::creates(&["s3:CreateAccessPoint", "fsx:CreateAndAttachS3AccessPoint"]),
            Write::removes(&["s3:DeleteAccessPoint", "fsx:DetachAndDeleteS3AccessPoint"]),
            Write::changes(&["/Policy"], &["s3:PutAccessPointPolicy", "s3:DeleteAccessPointPolicy"]),
            Write::changes(
                &["/tags"],
                &["s3:TagResource", "s3:UntagResource", "tagging:TagResources", "tagging:UntagResources"],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Tags { path: "/Tags" },
            Rule::Document { path: "/Policy", form: Document::Policy },
            Rule::Reference { path: "/Bucket", kind: "s3/bucket" },
            Rule::Reference { path: "/VpcConfiguration/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude { when: &[When::Begins("/DataSourceType", "FSX")], why: FSX },
        Exclude { when: &[When::Begins("/DataSourceType", "FSx")], why: FSX },
    ],
    forms: &[Form {
        resource: "aws_s3_access_point",
        when: &[],
        import: "{account}:{id}",
        handles: &[("{arn}", "arn"), ("{id}", "name")],
        arguments: &[
            Argument::value("name", "/Name"),
            Argument::value("bucket", "/Bucket"),
            Argument::Computed {
                name: "bucket_account_id",
                from: &["/BucketAccountId", "/AccessPointArn"],
                value: another_account,
            },
            Argument::Blocks {
                name: "vpc_configuration",
                path: "/VpcConfiguration",
                arguments: &[Argument::value("vpc_id", "./VpcId")],
            },
            Argument::Made {
                name: "public_access_block_configuration",
                from: &["/PublicAccessBlockConfiguration"],
                make: public_access_block,
                arguments: &[
                    Argument::value("block_public_acls", "./BlockPublicAcls"),
                    Argument::value("block_public_policy", "./BlockPublicPolicy"),
                    Argument::value("ignore_public_acls", "./IgnorePublicAcls"),
                    Argument::value("restrict_public_buckets", "./RestrictPublicBuckets"),
                ],
            },
        ],
    }],
    children: &[Child {
        resource: "aws_s3control_access_point_policy",
        each: "",
        when: &[When::Has("/Policy")],
        import: "{arn}",
        key: "",
        arguments: &[Argument::parent("access_point_arn", "arn"), Argument::document("policy", "/Policy")],
    }],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Alias", "/CreationDate", "/Endpoints/*"]),
        Omit::quiet("follows from its VPC", &["/NetworkOrigin"]),
        Omit::quiet("names the bucket again", &["/DataSourceId"]),
        Omit::told("access points have no tags in the provider 5.x", &["/tags"]),
    ],
};

const FSX: &str = "belongs to a file system of FSx, which the provider knows no access points of";

fn another_account(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let owner = attributes.get("BucketAccountId")?;
    let own = attributes.get("AccessPointArn")?.as_str()?.split(':').nth(4)?;
    (owner != own).then(|| owner.clone())
}

/// Everything is blocked where nothing is said.
fn public_access_block(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let block = attributes.get("PublicAccessBlockConfiguration")?;
    let is_whole = block.as_object()?.values().all(|blocked| *blocked == Value::Bool(true));
    (!is_whole).then(|| vec![block.clone()].into())
}

const GONE: &str = "NoSuchAccessPoint";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let params = json!({"AccountId": reader.account(), "MaxResults": 1000});
    let mut pages = reader.pages("s3control:ListAccessPoints", params)?;
    while let Some(page) = pages.next().await? {
        reader.for_each(take_items(page, "/AccessPointList"), |point| Box::pin(read(reader, point))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, point: Value) {
    let mut listed = Draft::new(point);
    let (name, arn) = (listed.text("/Name").to_owned(), listed.text("/AccessPointArn").to_owned());
    // An endpoint that serves all regions lists the access points of all.
    let here = arn.split(':').nth(3).is_none_or(|region| region == reader.region());
    if !here || !reader.wants(None, &name) || reader.begin(&mut listed) != Existence::Present {
        return;
    }
    let named = json!({"AccountId": reader.account(), "Name": name});
    let answer = match reader.call("s3control:GetAccessPoint", &named).await {
        Ok(answer) => answer,
        Err(cause) if cause.code == GONE => return,
        Err(cause) => return reader.gap(Under::Id(name), cause),
    };
    let mut draft = Draft::new(answer).after(&listed);
    let tagged = json!({"AccountId": reader.account(), "ResourceArn": arn});
    let details = vec![
        Detail {
            operation: "s3control:GetAccessPointPolicy",
            params: named,
            member: "/Policy",
            at: "/Policy",
            absent: &["NoSuchAccessPointPolicy"],
        },
        Detail {
            operation: "s3control:ListTagsForResource",
            params: tagged,
            member: "/Tags",
            at: "/Tags",
            absent: &["NoSuchTagSet"],
        },
    ];
    if reader.details(&mut draft, &[GONE, "NoSuchResource"], details).await == Existence::Present {
        reader.emit(draft);
    }
}
