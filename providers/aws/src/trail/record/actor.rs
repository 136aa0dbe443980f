//! Who acted: the person behind a role where the record says so, and the service where there is none.

use driftline_api::{Actor, ActorSort};
use serde_json::Value;

use crate::reader::text;

/// Roles that IAM Identity Center makes for its permission sets.
const SSO_ROLE: &str = "AWSReservedSSO_";

/// Roles that only AWS's services can assume.
const SERVICE_ROLE: &str = "AWSServiceRoleFor";

/// What AWS writes in place of a name that may be a password typed into the wrong field.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Who made the call. `listed`: the name that the look-up's list shows.
pub(super) fn actor(record: &Value, listed: &str) -> Actor {
    let identity = record.get("userIdentity").unwrap_or(&Value::Null);
    let member = |pointer: &str| non_empty(text(identity, pointer));
    let (arn, principal) = (member("/arn"), member("/principalId"));
    let mut role = None;
    let (sort, name) = match text(identity, "/type") {
        "Root" => (ActorSort::Root, Some("root")),
        "IAMUser" => (ActorSort::User, member("/userName").or(arn.and_then(last))),
        "AssumedRole" => {
            role = member("/sessionContext/sessionIssuer/userName").or_else(|| arn.and_then(role_of));
            let session = arn.and_then(session_of).or_else(|| principal.and_then(after_colon));
            // Whom an administrator made say who they are, when they took the first role of a chain.
            let source = ["/sessionContext/sourceIdentity", "/sourceIdentity"].into_iter().find_map(member);
            match role {
                Some(role) if role.starts_with(SERVICE_ROLE) => (ActorSort::Service, member("/invokedBy").or(session)),
                Some(role) if role.starts_with(SSO_ROLE) => (ActorSort::Sso, source.or(session)),
                _ => (ActorSort::Role, source.or(session)),
            }
        }
        // Cross-account calls of a role: the record of the other side names no session.
        "Role" => (ActorSort::Role, member("/userName").or(principal.and_then(after_colon)).or(arn.and_then(last))),
        "FederatedUser" => (ActorSort::Federated, arn.and_then(last).or(principal.and_then(after_colon))),
        "WebIdentityUser" | "SAMLUser" => {
            (ActorSort::Federated, member("/userName").or(principal.and_then(after_colon)))
        }
        "IdentityCenterUser" => (ActorSort::Sso, member("/userName").or_else(|| member("/onBehalfOf/userId"))),
        "Directory" => (ActorSort::User, member("/userName")),
        "AWSService" => (ActorSort::Service, member("/invokedBy").or(principal)),
        // Somebody of another account: the principal of a role names its session, that of a user nobody.
        "AWSAccount" => match principal.and_then(after_colon) {
            Some(session) => (ActorSort::Role, Some(session)),
            None => (ActorSort::Unknown, member("/accountId").or(principal)),
        },
        _ => match member("/invokedBy") {
            Some(service) => (ActorSort::Service, Some(service)),
            None => (ActorSort::Unknown, member("/userName").or(arn.and_then(last)).or(principal)),
        },
    };
    let name = name
        .filter(|name| *name != HIDDEN)
        .or_else(|| non_empty(listed).filter(|name| *name != HIDDEN))
        .unwrap_or("unknown");
    Actor {
        sort,
        name: name.to_owned(),
        arn: arn.map(str::to_owned),
        role: role.map(str::to_owned),
        account: member("/accountId").map(str::to_owned),
    }
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// `arn:aws:sts::1:assumed-role/Role/session`: the role, and the session. A session's name holds no slash.
fn assumed(arn: &str) -> Option<(&str, &str)> {
    arn.split_once(":assumed-role/")?.1.split_once('/')
}

fn role_of(arn: &str) -> Option<&str> {
    assumed(arn).map(|(role, _)| role)
}

fn session_of(arn: &str) -> Option<&str> {
    assumed(arn).map(|(_, session)| session)
}

/// `AROA…:session`, `provider:audience:subject`.
fn after_colon(principal: &str) -> Option<&str> {
    principal.rsplit_once(':').map(|(_, name)| name).and_then(non_empty)
}

fn last(arn: &str) -> Option<&str> {
    arn.rsplit_once(['/', ':']).map(|(_, name)| name).and_then(non_empty)
}
