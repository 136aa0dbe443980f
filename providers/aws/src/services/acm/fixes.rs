//! How drift is put back: which calls of the service say what a restore point says.

use driftline_api::{Fix, Fixes, Input, Operation, TagKeys};

pub(crate) static FIXES: &[Fixes] = &[Fixes {
    kind: "acm/certificate",
    fixes: &[
        Fix::Whole {
            paths: &["/Options"],
            when: &[],
            call: Operation::new("acm:UpdateCertificateOptions", &[ARN, Input::Value("Options", "/Options")]),
        },
        Fix::Tags {
            put: Operation::new("acm:AddTagsToCertificate", &[ARN]),
            tags: "Tags",
            remove: Operation::new("acm:RemoveTagsFromCertificate", &[ARN]),
            keys: "Tags",
            form: TagKeys::Objects,
        },
    ],
}];

const ARN: Input = Input::Text("CertificateArn", "{arn}");
