//! Who calls: accounts by access key, and STS, whose answers depend on the caller and not on a description.

use driftline_wire::model::{
    Endpoint, INTEGER, ISO8601, Member, Operation, Protocol, STRING, Service, Shape, Structure,
};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::engine::{Question, Refusal};
use crate::world::{GLOBAL, World};

/// STS as the endpoint speaks it: the SDKs' credential chains need more of it than kinds read.
pub(crate) static STS: Service = Service {
    name: "sts",
    id: "STS",
    protocol: Protocol::Query,
    api_version: "2011-06-15",
    signing_name: "sts",
    iam_prefix: "sts",
    target_prefix: None,
    xml_namespace: Some("https://sts.amazonaws.com/doc/2011-06-15/"),
    endpoint: Endpoint { hosts: [""; 4], exceptions: &[] },
    operations: &[
        operation("AssumeRole", &ASSUME_ROLE, &ASSUMED_ROLE, "AssumeRoleResponse", "AssumeRoleResult"),
        operation(
            "AssumeRoleWithWebIdentity",
            &ASSUME_ROLE,
            &ASSUMED_ROLE,
            "AssumeRoleWithWebIdentityResponse",
            "AssumeRoleWithWebIdentityResult",
        ),
        operation(
            "GetCallerIdentity",
            &driftline_wire::model::EMPTY,
            &IDENTITY,
            "GetCallerIdentityResponse",
            "GetCallerIdentityResult",
        ),
    ],
};

const fn operation(
    name: &'static str,
    input: &'static Structure,
    output: &'static Structure,
    root: &'static str,
    wrapper: &'static str,
) -> Operation {
    Operation {
        name,
        method: "POST",
        uri: "/",
        host_prefix: None,
        input,
        output,
        request_root: None,
        answer_root: Some(root),
        result_wrapper: Some(wrapper),
        paginator: None,
    }
}

static ASSUME_ROLE: Structure = Structure {
    name: "AssumeRoleRequest",
    members: &[
        Member::new("RoleArn", &STRING).required(),
        Member::new("RoleSessionName", &STRING).required(),
        Member::new("ExternalId", &STRING),
        Member::new("DurationSeconds", &INTEGER),
        Member::new("WebIdentityToken", &STRING),
    ],
    payload: None,
    union: false,
};

static ASSUMED_ROLE: Structure = Structure {
    name: "AssumeRoleResponse",
    members: &[
        Member::new("Credentials", &Shape::Structure(&CREDENTIALS)),
        Member::new("AssumedRoleUser", &Shape::Structure(&ASSUMED_ROLE_USER)),
    ],
    payload: None,
    union: false,
};

static CREDENTIALS: Structure = Structure {
    name: "Credentials",
    members: &[
        Member::new("AccessKeyId", &STRING),
        Member::new("SecretAccessKey", &STRING),
        Member::new("SessionToken", &STRING),
        Member::new("Expiration", &ISO8601),
    ],
    payload: None,
    union: false,
};

static ASSUMED_ROLE_USER: Structure = Structure {
    name: "AssumedRoleUser",
    members: &[Member::new("AssumedRoleId", &STRING), Member::new("Arn", &STRING)],
    payload: None,
    union: false,
};

static IDENTITY: Structure = Structure {
    name: "GetCallerIdentityResponse",
    members: &[Member::new("UserId", &STRING), Member::new("Account", &STRING), Member::new("Arn", &STRING)],
    payload: None,
    union: false,
};

/// A caller whose access key was recognized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// Access keys of assumed roles: `ASIA`, the account, and the number of the session.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    roles: Vec<Identity>,
}

impl Sessions {
    /// Whose access key this is.
    pub(crate) fn identify(&self, world: &World, access_key: &str) -> Option<Identity> {
        if let Some(number) = access_key.strip_prefix("ASIA").and_then(|rest| rest.get(12..)) {
            return self.roles.get(number.parse::<usize>().ok()?).cloned();
        }
        let account = world.entered_by(access_key)?;
        Some(Identity {
            account: account.id.clone(),
            arn: format!("arn:aws:iam::{}:user/driftline", account.id),
            user_id: "AIDAQEXAMPLEDRIFTLINE".to_owned(),
        })
    }

    /// Answers STS.
    pub(crate) fn answer(
        &mut self,
        world: &World,
        caller: Option<&Identity>,
        question: Question<'_>,
        lifetime: Option<std::time::Duration>,
    ) -> Result<Value, Refusal> {
        if question.operation.name == "GetCallerIdentity" {
            let caller = caller.ok_or_else(unsigned)?;
            return Ok(json!({"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}));
        }
        let text = |name: &str| question.params.get(name).and_then(Value::as_str).unwrap_or_default();
        if question.operation.name == "AssumeRole" && caller.is_none() {
            return Err(unsigned());
        }
        self.assume(world, text("RoleArn"), text("RoleSessionName"), question.params, lifetime)
    }

    fn assume(
        &mut self,
        world: &World,
        role_arn: &str,
        session: &str,
        params: &Map<String, Value>,
        lifetime: Option<std::time::Duration>,
    ) -> Result<Value, Refusal> {
        let denied = || {
            let message = format!("User is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
            Refusal::new(403, "AccessDenied", message)
        };
        // arn:aws:iam::<account>:role/<path and name>
        let account = role_arn.split(':').nth(4).and_then(|id| world.account(id)).ok_or_else(denied)?;
        let roles = crate::engine::Items::of(account.held(GLOBAL, "iam", "Roles"));
        let role = roles.first("/Arn", role_arn).ok_or_else(denied)?;
        if external_ids(&role).is_some_and(|ids| !params.get("ExternalId").is_some_and(|given| ids.contains(&given))) {
            return Err(denied());
        }
        let name = role["RoleName"].as_str().unwrap_or_default();
        let role_id = role["RoleId"].as_str().unwrap_or("AROAEXAMPLEROLEID0000");
        let identity = Identity {
            account: account.id.clone(),
            arn: format!("arn:aws:sts::{}:assumed-role/{name}/{session}", account.id),
            user_id: format!("{role_id}:{session}"),
        };
        let asked = params.get("DurationSeconds").and_then(Value::as_i64).unwrap_or(3600);
        let seconds = lifetime.and_then(|lifetime| i64::try_from(lifetime.as_secs()).ok()).unwrap_or(asked);
        #[expect(clippy::disallowed_methods, reason = "clients compare expirations with their own clock")]
        let now = OffsetDateTime::now_utc();
        let expiration = (now + Duration::seconds(seconds)).replace_nanosecond(0);
        let expiration = expiration.ok().and_then(|instant| instant.format(&Rfc3339).ok()).unwrap_or_default();
        let answer = json!({
            "Credentials": {
                "AccessKeyId": format!("ASIA{}{:04}", account.id, self.roles.len()),
                "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "SessionToken": format!("session-{}", self.roles.len()),
                "Expiration": expiration,
            },
            "AssumedRoleUser": {"AssumedRoleId": identity.user_id, "Arn": identity.arn},
        });
        self.roles.push(identity);
        Ok(answer)
    }
}

/// The external ids that a role's trust policy demands.
fn external_ids(role: &Value) -> Option<Vec<&Value>> {
    let statements = role.pointer("/AssumeRolePolicyDocument/Statement")?.as_array()?;
    let demanded =
        statements.iter().find_map(|statement| statement.pointer("/Condition/StringEquals/sts:ExternalId"))?;
    Some(match demanded {
        Value::Array(ids) => ids.iter().collect(),
        id => vec![id],
    })
}

fn unsigned() -> Refusal {
    Refusal::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
}
