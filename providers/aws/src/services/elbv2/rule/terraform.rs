//! How a listener's rule is written as Terraform.

use driftline_api::{Argument, Exclude, Form, Omit, Terraform, When};
use serde_json::{Map, Value, json};

use super::super::action;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude {
            when: &[When::Is("/Actions/*/Type", "\"jwt-validation\"")],
            why: "validates tokens, which the provider does not know",
        },
        Exclude { when: &[When::Has("/Conditions/*/RegexValues")], why: REGEX },
        Exclude { when: &[When::Has("/Conditions/*/HostHeaderConfig/RegexValues")], why: REGEX },
        Exclude { when: &[When::Has("/Conditions/*/HttpHeaderConfig/RegexValues")], why: REGEX },
        Exclude { when: &[When::Has("/Conditions/*/PathPatternConfig/RegexValues")], why: REGEX },
    ],
    forms: &[Form {
        resource: "aws_lb_listener_rule",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::Computed { name: "listener_arn", from: &["/RuleArn"], value: listener },
            Argument::spelled("", "priority", "/Priority"),
            Argument::Blocks { name: "action", path: "/Actions/*", arguments: action::OF_RULE },
            Argument::Made {
                name: "condition",
                from: &[
                    "/Conditions/*/Field",
                    "/Conditions/*/Values",
                    "/Conditions/*/HostHeaderConfig/Values",
                    "/Conditions/*/HttpHeaderConfig/HttpHeaderName",
                    "/Conditions/*/HttpHeaderConfig/Values",
                    "/Conditions/*/HttpRequestMethodConfig/Values",
                    "/Conditions/*/PathPatternConfig/Values",
                    "/Conditions/*/QueryStringConfig/Values/*/Key",
                    "/Conditions/*/QueryStringConfig/Values/*/Value",
                    "/Conditions/*/SourceIpConfig/Values",
                ],
                make: conditions,
                arguments: &[
                    of("host_header", "./HostHeaderConfig", VALUES),
                    of(
                        "http_header",
                        "./HttpHeaderConfig",
                        &[
                            Argument::value("http_header_name", "./HttpHeaderName"),
                            Argument::value("values", "./Values/*"),
                        ],
                    ),
                    of("http_request_method", "./HttpRequestMethodConfig", VALUES),
                    of("path_pattern", "./PathPatternConfig", VALUES),
                    of(
                        "query_string",
                        "./QueryStringConfig/Values/*",
                        &[Argument::value("key", "./Key"), Argument::value("value", "./Value")],
                    ),
                    of("source_ip", "./SourceIpConfig", VALUES),
                ],
            },
            Argument::Tags,
            // AWS never tells it: what is given is for a new rule.
            Argument::Where {
                when: &[When::Is("/Actions/0/Type", "\"authenticate-oidc\"")],
                arguments: &[Argument::Ignore { arguments: &["action[0].authenticate_oidc[0].client_secret"] }],
            },
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is told by the default actions of the listener", &["/IsDefault"]),
        Omit::quiet("only stands in requests", &["/Actions/*/AuthenticateOidcConfig/UseExistingClientSecret"]),
        Omit::quiet("is a variable", &["/Actions/*/AuthenticateOidcConfig/ClientSecret"]),
        Omit::quiet("belongs to rules that are left out", &["/Actions/*/JwtValidationConfig"]),
        Omit::quiet("follows from the addresses", &["/Conditions/*/SourceIpConfig/IpAddressType"]),
        Omit::told("the provider does not know it", &["/Transforms"]),
    ],
};

const REGEX: &str = "has a condition with a regular expression, which the provider does not know";

const VALUES: &[Argument] = &[Argument::value("values", "./Values/*")];

const fn of(name: &'static str, path: &'static str, arguments: &'static [Argument]) -> Argument {
    Argument::Blocks { name, path, arguments }
}

/// The listener's ARN is the rule's without its last part.
///
/// Source: service authorization reference, "Resource types defined by AWS Elastic Load Balancing V2".
fn listener(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let (listener, _) = attributes.get("RuleArn")?.as_str()?.rsplit_once('/')?;
    Some(listener.replacen(":listener-rule/", ":listener/", 1).into())
}

/// Host names and paths may be told in two places.
fn conditions(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    const OLDER: [(&str, &str); 2] = [("host-header", "HostHeaderConfig"), ("path-pattern", "PathPatternConfig")];
    let mut conditions = attributes.get("Conditions")?.as_array()?.clone();
    for condition in &mut conditions {
        for (field, member) in OLDER {
            if condition["Field"] == field && condition.get(member).is_none() {
                condition[member] = json!({ "Values": condition["Values"] });
            }
        }
    }
    Some(conditions.into())
}
