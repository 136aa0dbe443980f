//! How a listener is written as Terraform.

use driftline_api::{Argument, Child, Exclude, Form, Omit, Terraform, When};
use serde_json::{Map, Value};

use super::super::action;
use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Is("/DefaultActions/*/Type", "\"jwt-validation\"")],
        why: "validates tokens, which the provider does not know",
    }],
    forms: &[Form {
        resource: "aws_lb_listener",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("load_balancer_arn", "/LoadBalancerArn"),
            Argument::value("port", "/Port"),
            Argument::value("protocol", "/Protocol"),
            Argument::value("ssl_policy", "/SslPolicy"),
            Argument::Computed {
                name: "certificate_arn",
                from: &["/Certificates/*/CertificateArn", "/Certificates/*/IsDefault"],
                value: default_certificate,
            },
            // One policy, though it is a list.
            Argument::value("alpn_policy", "/AlpnPolicy/0"),
            Argument::spelled("", "tcp_idle_timeout_seconds", "/Attributes/Key=tcp.idle_timeout.seconds/Value"),
            Argument::spelled(
                "",
                "routing_http_response_server_enabled",
                "/Attributes/Key=routing.http.response.server.enabled/Value",
            ),
            Argument::value(
                "routing_http_response_strict_transport_security_header_value",
                "/Attributes/Key=routing.http.response.strict_transport_security.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_content_security_policy_header_value",
                "/Attributes/Key=routing.http.response.content_security_policy.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_x_content_type_options_header_value",
                "/Attributes/Key=routing.http.response.x_content_type_options.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_x_frame_options_header_value",
                "/Attributes/Key=routing.http.response.x_frame_options.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_access_control_allow_origin_header_value",
                "/Attributes/Key=routing.http.response.access_control_allow_origin.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_access_control_allow_methods_header_value",
                "/Attributes/Key=routing.http.response.access_control_allow_methods.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_access_control_allow_headers_header_value",
                "/Attributes/Key=routing.http.response.access_control_allow_headers.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_access_control_allow_credentials_header_value",
                "/Attributes/Key=routing.http.response.access_control_allow_credentials.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_access_control_expose_headers_header_value",
                "/Attributes/Key=routing.http.response.access_control_expose_headers.header_value/Value",
            ),
            Argument::value(
                "routing_http_response_access_control_max_age_header_value",
                "/Attributes/Key=routing.http.response.access_control_max_age.header_value/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_mtls_clientcert_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_mtls_clientcert.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_mtls_clientcert_serial_number_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_mtls_clientcert_issuer_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_mtls_clientcert_issuer.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_mtls_clientcert_subject_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_mtls_clientcert_subject.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_mtls_clientcert_validity_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_mtls_clientcert_validity.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_mtls_clientcert_leaf_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_mtls_clientcert_leaf.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_tls_version_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_tls_version.header_name/Value",
            ),
            Argument::value(
                "routing_http_request_x_amzn_tls_cipher_suite_header_name",
                "/Attributes/Key=routing.http.request.x_amzn_tls_cipher_suite.header_name/Value",
            ),
            Argument::Blocks {
                name: "mutual_authentication",
                path: "/MutualAuthentication",
                arguments: &[
                    Argument::value("mode", "./Mode"),
                    Argument::value("trust_store_arn", "./TrustStoreArn"),
                    Argument::unless("false", "ignore_client_certificate_expiry", "./IgnoreClientCertificateExpiry"),
                    Argument::value("advertise_trust_store_ca_names", "./AdvertiseTrustStoreCaNames"),
                ],
            },
            Argument::Blocks { name: "default_action", path: "/DefaultActions/*", arguments: action::OF_LISTENER },
            Argument::Tags,
            // AWS never tells it: what is given is for a new listener.
            Argument::Where {
                when: &[When::Is("/DefaultActions/0/Type", "\"authenticate-oidc\"")],
                arguments: &[Argument::Ignore { arguments: &["default_action[0].authenticate_oidc[0].client_secret"] }],
            },
        ],
    }],
    children: &[Child {
        resource: "aws_lb_listener_certificate",
        each: "/Certificates/*",
        when: &[When::Is("./IsDefault", "false")],
        import: "{arn}_{./CertificateArn}",
        key: "{./CertificateArn}",
        arguments: &[Argument::parent("listener_arn", "arn"), Argument::value("certificate_arn", "./CertificateArn")],
    }],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/ListenerArn"]),
        Omit::quiet("only stands in requests", &["/DefaultActions/*/AuthenticateOidcConfig/UseExistingClientSecret"]),
        Omit::quiet("is a variable", &["/DefaultActions/*/AuthenticateOidcConfig/ClientSecret"]),
        Omit::quiet("belongs to listeners that are left out", &["/DefaultActions/*/JwtValidationConfig"]),
    ],
};

/// A list of listeners tells the default certificate alone, without saying that it is.
fn default_certificate(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let mut certificates = attributes.get("Certificates")?.as_array()?.iter();
    let found = certificates.find(|certificate| certificate.get("IsDefault") != Some(&Value::Bool(false)))?;
    Some(text(found, "/CertificateArn").into())
}
