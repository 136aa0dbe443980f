//! Key pairs: the public half.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    When, Write,
};
use serde_json::json;

use super::tags;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/key_pair",
        about: "Key pairs with their public key. AWS never answers the private half.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/KeyName"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:key-pair/{id}"),
        label: None,
        called: None,
        created: None,
        actions: &["ec2:DescribeKeyPairs"],
        sources: &[Source { operation: "ec2:DescribeKeyPairs", member: "/KeyPairs/*", at: "" }],
        calls: &[Calls::once("ec2:DescribeKeyPairs")],
        writes: &[
            Write::creates(&["ec2:CreateKeyPair", "ec2:ImportKeyPair"]),
            Write::removes(&["ec2:DeleteKeyPair"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Field("/KeyPairId")],
        rules: &[Rule::Tags { path: "/Tags" }],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Lacks("/PublicKey")],
        why: "is one whose public key AWS did not tell, and Terraform needs that",
    }],
    forms: &[Form {
        resource: "aws_key_pair",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "key_name")],
        arguments: &[
            Argument::value("key_name", "/KeyName"),
            // The provider does not read it back, and would make the key pair anew.
            Argument::Initial { arguments: &[Argument::value("public_key", "/PublicKey")] },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/KeyPairId", "/CreateTime"]),
        Omit::quiet("follows from the key", &["/KeyFingerprint", "/KeyType"]),
    ],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    for pair in reader.items("ec2:DescribeKeyPairs", json!({"IncludePublicKey": true}), "/KeyPairs").await? {
        reader.emit(Draft::new(pair));
    }
    Ok(())
}
