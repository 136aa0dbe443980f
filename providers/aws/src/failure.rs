//! What a failed call means: its coverage status, and what the user can do about it.

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use driftline_api::{Cause, Status};

use crate::client::SendError;
use crate::limits::Shut;
use crate::pace::BodyError;

/// Error codes that mean "these credentials may not". AWS has no common one.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "NotAuthorized",
    "UnauthorizedOperation",
    "AllAccessDisabled",
];

/// Error codes that mean "there is no such operation here".
const UNSUPPORTED: &[&str] = &["InvalidAction", "UnknownOperationException", "NotImplemented", "UnsupportedOperation"];

/// Error codes that mean "these credentials are no good (any more)".
const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// Error codes that pass by themselves: the service, or something between it and us, is in trouble at the moment.
///
/// The SDK would repeat every answer with status 500. One without such a code is no error document of AWS's (emulators
/// answer so when they break), and repeating it for a minute makes nobody wiser.
pub(crate) const TRANSIENT: &[&str] = &[
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "RequestTimeout",
    "RequestTimeoutException",
    // Organizations' word for it.
    "ServiceException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
];

/// Statuses that load balancers and proxies answer with while nobody behind them does.
pub(crate) const TRANSIENT_STATUSES: &[u16] = &[502, 503, 504];

/// What refuses who may not assume a role.
pub(crate) const ASSUME_ROLE: &str = "sts:AssumeRole";

/// What stands for the code where there is none: the status with which gateways and proxies say "slow down".
const TOO_MANY_REQUESTS: &str = "429";

/// Whether an error code says "slow down".
pub(crate) fn is_throttling(code: &str) -> bool {
    THROTTLING_ERRORS.contains(&code) || code == TOO_MANY_REQUESTS
}

/// Whether an error code says that the credentials are no good.
pub(crate) fn is_credentials(code: &str) -> bool {
    CREDENTIALS.contains(&code)
}

/// A request that could not be written: a mistake in a kind, never in an account.
pub(crate) fn request(operation: String, error: &dyn std::error::Error) -> Cause {
    cause(operation, Status::Failed, "InvalidRequest", error.to_string())
}

/// No endpoint is known for the service there.
pub(crate) fn endpoint(operation: String, message: String) -> Cause {
    cause(operation, Status::Failed, "NoEndpoint", message)
}

/// An operation that the kind does not declare. It is refused before it is sent.
pub(crate) fn undeclared(operation: String, kind: &str, action: &str) -> Cause {
    let message = format!("refused to send it: {kind} does not declare the action {action}");
    cause(operation, Status::Failed, "UndeclaredOperation", message)
}

/// An answer that makes no sense, such as a page token that repeats.
pub(crate) fn nonsense(operation: String, message: impl Into<String>) -> Cause {
    cause(operation, Status::Failed, "InvalidAnswer", message.into())
}

/// A call that was sent, or could not be.
pub(crate) fn sent(operation: String, error: &SendError) -> Cause {
    match error {
        // The service's last word, though this call did not hear it.
        _ if is_because_of::<Shut>(error) => cause(operation, Status::Throttled, "Throttled", explain(error)),
        SendError::ServiceError(answer) => {
            let failure = answer.err();
            let code = failure.code().unwrap_or_default();
            cause(operation, status(code), code, failure.message().unwrap_or_default().to_owned())
        }
        SendError::TimeoutError(_) => cause(operation, Status::Failed, "Timeout", explain(error)),
        SendError::DispatchFailure(failure) if failure.is_timeout() => {
            cause(operation, Status::Failed, "Timeout", explain(error))
        }
        SendError::DispatchFailure(_) if broke_off(error) => {
            cause(operation, Status::Failed, "InvalidAnswer", explain(error))
        }
        SendError::DispatchFailure(failure) if failure.is_io() => {
            cause(operation, Status::Failed, "Unreachable", explain(error))
        }
        SendError::DispatchFailure(_) | SendError::ConstructionFailure(_) if mentions_credentials(error) => {
            not_assumed(error).unwrap_or_else(|| cause(operation, Status::Failed, "NoCredentials", explain(error)))
        }
        SendError::ResponseError(_) => cause(operation, Status::Failed, "InvalidAnswer", explain(error)),
        _ => cause(operation, Status::Failed, "NotSent", explain(error)),
    }
}

fn status(code: &str) -> Status {
    if DENIED.contains(&code) {
        Status::Denied
    } else if is_throttling(code) {
        Status::Throttled
    } else if UNSUPPORTED.contains(&code) {
        Status::Unsupported
    } else {
        Status::Failed
    }
}

fn cause(operation: String, status: Status, code: &str, message: String) -> Cause {
    Cause { status, operation, code: code.to_owned(), message }
}

/// The innermost causes, which say more than "dispatch failure".
fn explain(error: &SendError) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let text = error.to_string();
        // A failure of no sort that the SDK has a word for.
        if texts.last() != Some(&text) && text != "other" {
            texts.push(text);
        }
        source = error.source();
    }
    if texts.is_empty() { DisplayErrorContext(error).to_string() } else { texts.join(": ") }
}

/// The role that gives the credentials was refused: that is STS's answer, not the call's.
fn not_assumed(error: &SendError) -> Option<Cause> {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(refused) = error.downcast_ref::<AssumeRoleError>() {
            let code = refused.meta().code().unwrap_or_default();
            let message = refused.meta().message().unwrap_or_default().to_owned();
            return Some(cause(ASSUME_ROLE.to_owned(), status(code), code, message));
        }
        source = error.source();
    }
    None
}

fn mentions_credentials(error: &SendError) -> bool {
    is_because_of::<aws_credential_types::provider::error::CredentialsError>(error)
}

/// Whether there was an answer, but not its end.
fn broke_off(error: &SendError) -> bool {
    is_because_of::<BodyError>(error)
}

fn is_because_of<E: std::error::Error + 'static>(error: &SendError) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<E>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// What to do about an account that cannot be entered.
pub(crate) fn hint(cause: &Cause, profile: Option<&str>, role: Option<&str>) -> Option<String> {
    let login = profile.map_or_else(|| "aws sso login".to_owned(), |name| format!("aws sso login --profile {name}"));
    match cause.code.as_str() {
        _ if cause.operation == ASSUME_ROLE && cause.status == Status::Denied => role.map(not_trusted),
        "NoCredentials" => Some(match (role, profile) {
            (Some(role), _) => not_trusted(role),
            (None, Some(name)) => format!(
                "profile `{name}` gave no credentials: check that it exists (`aws configure list-profiles`) and is \
                 logged in (`{login}`)"
            ),
            (None, None) => {
                "set AWS_PROFILE or pass --profile, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
            }
        }),
        "Unreachable" | "Timeout" => {
            Some("check the network, the region, proxies, and AWS_ENDPOINT_URL if it is set".to_owned())
        }
        code if is_credentials(code) => Some(format!("the credentials are expired or wrong: log in again (`{login}`)")),
        _ if cause.status == Status::Denied => Some(
            "the credentials may not do this: `driftline iam-policy` prints the policy that a scan needs".to_owned(),
        ),
        _ => None,
    }
}

fn not_trusted(role: &str) -> String {
    format!(
        "`{role}` could not be assumed: check that its trust policy lets your credentials do that, and the external id"
    )
}
