//! How a bucket serves: website, cross-origin rules, acceleration.

use driftline_api::{Argument, Child, When};

pub(super) const ACCELERATE: Child = Child {
    resource: "aws_s3_bucket_accelerate_configuration",
    each: "",
    when: &[When::Has("/Accelerate/Status")],
    import: "{id}",
    key: "",
    arguments: &[Argument::parent("bucket", "bucket"), Argument::value("status", "/Accelerate/Status")],
};

pub(super) const CORS: Child = Child {
    resource: "aws_s3_bucket_cors_configuration",
    each: "",
    when: &[When::Has("/Cors/CORSRules")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Blocks {
            name: "cors_rule",
            path: "/Cors/CORSRules/*",
            arguments: &[
                Argument::value("id", "./ID"),
                Argument::value("allowed_headers", "./AllowedHeaders"),
                Argument::value("allowed_methods", "./AllowedMethods"),
                Argument::value("allowed_origins", "./AllowedOrigins"),
                Argument::value("expose_headers", "./ExposeHeaders"),
                Argument::unless("0", "max_age_seconds", "./MaxAgeSeconds"),
            ],
        },
    ],
};

const INDEX_DOCUMENT: Argument = Argument::Blocks {
    name: "index_document",
    path: "/Website/IndexDocument",
    arguments: &[Argument::value("suffix", "./Suffix")],
};
const ERROR_DOCUMENT: Argument = Argument::Blocks {
    name: "error_document",
    path: "/Website/ErrorDocument",
    arguments: &[Argument::value("key", "./Key")],
};
const REDIRECT_ALL: Argument = Argument::Blocks {
    name: "redirect_all_requests_to",
    path: "/Website/RedirectAllRequestsTo",
    arguments: &[Argument::value("host_name", "./HostName"), Argument::value("protocol", "./Protocol")],
};

pub(super) const WEBSITE: Child = Child {
    resource: "aws_s3_bucket_website_configuration",
    each: "",
    when: &[When::Has("/Website"), When::IsNot("/Website/RoutingRules/*/Redirect/ReplaceKeyPrefixWith", "\"\"")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        INDEX_DOCUMENT,
        ERROR_DOCUMENT,
        REDIRECT_ALL,
        Argument::Blocks {
            name: "routing_rule",
            path: "/Website/RoutingRules/*",
            arguments: &[
                Argument::Blocks {
                    name: "condition",
                    path: "./Condition",
                    arguments: &[
                        Argument::value("http_error_code_returned_equals", "./HttpErrorCodeReturnedEquals"),
                        Argument::value("key_prefix_equals", "./KeyPrefixEquals"),
                    ],
                },
                Argument::Blocks {
                    name: "redirect",
                    path: "./Redirect",
                    arguments: &[
                        Argument::value("host_name", "./HostName"),
                        Argument::value("http_redirect_code", "./HttpRedirectCode"),
                        Argument::value("protocol", "./Protocol"),
                        Argument::value("replace_key_prefix_with", "./ReplaceKeyPrefixWith"),
                        Argument::value("replace_key_with", "./ReplaceKeyWith"),
                    ],
                },
            ],
        },
    ],
};

/// A prefix that is replaced by nothing is sent by the provider only where the rules are a document.
pub(super) const WEBSITE_WITH_EMPTY_TEXTS: Child = Child {
    when: &[When::Is("/Website/RoutingRules/*/Redirect/ReplaceKeyPrefixWith", "\"\"")],
    arguments: &[
        Argument::parent("bucket", "bucket"),
        INDEX_DOCUMENT,
        ERROR_DOCUMENT,
        REDIRECT_ALL,
        Argument::document("routing_rules", "/Website/RoutingRules"),
    ],
    ..WEBSITE
};
