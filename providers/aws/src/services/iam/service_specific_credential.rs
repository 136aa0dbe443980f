//! Credentials of users for single services: CodeCommit and Keyspaces passwords, long-term API keys such as Bedrock's.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/service_specific_credential",
        about: "Credentials of IAM users for single services (CodeCommit, Keyspaces, API keys); one list tells those of \
                all users.",
        reads: Reads::Global,
        identity: Identity::Join(&["/UserName", "/ServiceSpecificCredentialId"]),
        arn: Arn::None,
        label: Some("/ServiceUserName"),
        called: None,
        created: None,
        actions: &["iam:ListServiceSpecificCredentials"],
        sources: &[Source {
            operation: "iam:ListServiceSpecificCredentials",
            member: "/ServiceSpecificCredentials/*",
            at: "",
        }],
        calls: &[Calls::list("iam:ListServiceSpecificCredentials", 1000)],
        writes: &[
            // A renamed user's credentials are other resources.
            Write::creates(&["iam:CreateServiceSpecificCredential", "iam:UpdateUser"]),
            Write::removes(&["iam:DeleteServiceSpecificCredential", "iam:UpdateUser"]),
            Write::changes(&["/Status"], &["iam:UpdateServiceSpecificCredential"]),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Field("/ServiceSpecificCredentialId"), Naming::Label],
        rules: &[Rule::Reference { path: "/UserName", kind: "iam/user" }],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_service_specific_credential",
        when: &[],
        import: "{/ServiceName}:{/UserName}:{/ServiceSpecificCredentialId}",
        handles: &[],
        arguments: &[
            Argument::value("user_name", "/UserName"),
            Argument::value("service_name", "/ServiceName"),
            Argument::unless("\"Active\"", "status", "/Status"),
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet(
            "is what AWS calls it",
            &["/ServiceSpecificCredentialId", "/ServiceUserName", "/ServiceCredentialAlias", "/CreateDate"],
        ),
        Omit::told("the provider does not know it", &["/ExpirationDate"]),
    ],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("iam:ListServiceSpecificCredentials", json!({"AllUsers": true, "MaxItems": 1000}))?;
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(()),
            // Partitions without any such service answer this.
            Err(cause) if cause.code == "NotSupportedService" => return Ok(()),
            Err(cause) => return Err(cause),
        };
        for credential in take_items(page, "/ServiceSpecificCredentials") {
            reader.emit(Draft::new(credential));
        }
    }
}
