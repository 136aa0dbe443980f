//! What a listener or a rule does with a request, as Terraform writes it.

use driftline_api::{Argument, Compute};
use serde_json::{Map, Value, json};

use crate::reader::text;

/// The arguments of a listener's default action; paths are relative to it.
///
/// An import finds a group in both of its places, and the provider wants to be told both.
pub(super) static OF_LISTENER: &[Argument] =
    &[TYPE, ORDER, ONLY_GROUP, to_groups(forward), REDIRECT, FIXED_RESPONSE, COGNITO, OIDC];

/// The arguments of a rule's action. The provider knows that both places say the same.
pub(super) static OF_RULE: &[Argument] =
    &[TYPE, ORDER, ONLY_GROUP, to_groups(several_groups), REDIRECT, FIXED_RESPONSE, COGNITO, OIDC];

const TYPE: Argument = Argument::value("type", "./Type");

const ORDER: Argument = Argument::Computed { name: "order", from: &["./Order"], value: order };

const ONLY_GROUP: Argument =
    Argument::Computed { name: "target_group_arn", from: &["./TargetGroupArn"], value: only_group };

const fn to_groups(make: Compute) -> Argument {
    Argument::Made { name: "forward", from: FORWARD_FROM, make, arguments: FORWARD }
}

const FORWARD_FROM: &[&str] = &[
    "./ForwardConfig/TargetGroups/*/TargetGroupArn",
    "./ForwardConfig/TargetGroups/*/Weight",
    "./ForwardConfig/TargetGroupStickinessConfig/Enabled",
    "./ForwardConfig/TargetGroupStickinessConfig/DurationSeconds",
];

const FORWARD: &[Argument] = &[
    Argument::Blocks {
        name: "target_group",
        path: "./TargetGroups/*",
        arguments: &[Argument::value("arn", "./TargetGroupArn"), Argument::unless("1", "weight", "./Weight")],
    },
    Argument::Blocks {
        name: "stickiness",
        path: "./TargetGroupStickinessConfig",
        arguments: &[
            Argument::unless("false", "enabled", "./Enabled"),
            Argument::value("duration", "./DurationSeconds"),
        ],
    },
];

const REDIRECT: Argument = Argument::Blocks {
    name: "redirect",
    path: "./RedirectConfig",
    arguments: &[
        Argument::value("status_code", "./StatusCode"),
        Argument::unless("\"#{protocol}\"", "protocol", "./Protocol"),
        Argument::unless("\"#{host}\"", "host", "./Host"),
        Argument::unless("\"#{port}\"", "port", "./Port"),
        Argument::unless("\"/#{path}\"", "path", "./Path"),
        Argument::unless("\"#{query}\"", "query", "./Query"),
    ],
};

const FIXED_RESPONSE: Argument = Argument::Blocks {
    name: "fixed_response",
    path: "./FixedResponseConfig",
    arguments: &[
        Argument::value("content_type", "./ContentType"),
        Argument::value("message_body", "./MessageBody"),
        Argument::value("status_code", "./StatusCode"),
    ],
};

const COGNITO: Argument = Argument::Blocks {
    name: "authenticate_cognito",
    path: "./AuthenticateCognitoConfig",
    arguments: &[
        Argument::value("user_pool_arn", "./UserPoolArn"),
        Argument::value("user_pool_client_id", "./UserPoolClientId"),
        Argument::value("user_pool_domain", "./UserPoolDomain"),
        Argument::unless("\"authenticate\"", "on_unauthenticated_request", "./OnUnauthenticatedRequest"),
        Argument::unless("\"openid\"", "scope", "./Scope"),
        Argument::unless("\"AWSELBAuthSessionCookie\"", "session_cookie_name", "./SessionCookieName"),
        Argument::unless("604800", "session_timeout", "./SessionTimeout"),
        Argument::value("authentication_request_extra_params", "./AuthenticationRequestExtraParams"),
    ],
};

const OIDC: Argument = Argument::Blocks {
    name: "authenticate_oidc",
    path: "./AuthenticateOidcConfig",
    arguments: &[
        Argument::value("issuer", "./Issuer"),
        Argument::value("authorization_endpoint", "./AuthorizationEndpoint"),
        Argument::value("token_endpoint", "./TokenEndpoint"),
        Argument::value("user_info_endpoint", "./UserInfoEndpoint"),
        Argument::value("client_id", "./ClientId"),
        // AWS takes it and never tells it.
        Argument::Required { name: "client_secret", absent: "\"\"" },
        Argument::unless("\"authenticate\"", "on_unauthenticated_request", "./OnUnauthenticatedRequest"),
        Argument::unless("\"openid\"", "scope", "./Scope"),
        Argument::unless("\"AWSELBAuthSessionCookie\"", "session_cookie_name", "./SessionCookieName"),
        Argument::unless("604800", "session_timeout", "./SessionTimeout"),
        Argument::value("authentication_request_extra_params", "./AuthenticationRequestExtraParams"),
    ],
};

/// One action alone has no order that anybody chose.
fn order(attributes: &Map<String, Value>, action: &Value) -> Option<Value> {
    let actions = ["DefaultActions", "Actions"].into_iter().find_map(|name| attributes.get(name)?.as_array())?;
    // Snapshots hold no 1.
    (actions.len() > 1).then(|| action.get("Order").cloned().unwrap_or_else(|| json!(1)))
}

/// The group of an action that forwards all requests to it.
fn only_group(_: &Map<String, Value>, action: &Value) -> Option<Value> {
    is_simple(action).then(|| action.get("TargetGroupArn").cloned())?
}

fn several_groups(attributes: &Map<String, Value>, action: &Value) -> Option<Value> {
    if is_simple(action) { None } else { forward(attributes, action) }
}

fn forward(_: &Map<String, Value>, action: &Value) -> Option<Value> {
    let mut forward = action.get("ForwardConfig")?.clone();
    if forward.pointer("/TargetGroupStickinessConfig/Enabled") != Some(&json!(true)) {
        forward.as_object_mut()?.remove("TargetGroupStickinessConfig");
    }
    // Network and gateway load balancers have no weights, which the provider takes for 0.
    for group in forward.get_mut("TargetGroups").and_then(Value::as_array_mut).into_iter().flatten() {
        group.as_object_mut()?.entry("Weight").or_insert_with(|| json!(0));
    }
    Some(json!([forward]))
}

/// AWS tells a single group in both places.
fn is_simple(action: &Value) -> bool {
    let groups = action.pointer("/ForwardConfig/TargetGroups").and_then(Value::as_array);
    let is_sticky = action.pointer("/ForwardConfig/TargetGroupStickinessConfig/Enabled") == Some(&json!(true));
    let is_one = groups.is_none_or(|groups| {
        groups.len() < 2 && groups.iter().all(|group| group.get("Weight").is_none_or(|weight| *weight == json!(1)))
    });
    is_one && !is_sticky && !text(action, "/TargetGroupArn").is_empty()
}
