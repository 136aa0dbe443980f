//! What can be asked of the endpoint about itself, at paths that no AWS API has.

use driftline_wire::server::Response;
use hyper::body::Incoming;
use serde_json::json;

use super::Shared;

/// Answers requests for `/_driftline/…`: `stats` (`DELETE` begins to count anew) and `accounts`.
pub(super) fn answer(shared: &Shared, request: &hyper::Request<Incoming>) -> Option<Response> {
    let path = request.uri().path().strip_prefix("/_driftline/")?;
    let (status, body) = match (request.method().as_str(), path) {
        ("GET", "stats") => (200, json!(shared.counters.read())),
        ("DELETE", "stats") => {
            shared.counters.reset();
            (200, json!({}))
        }
        ("GET", "accounts") => {
            let world = shared.world.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            let accounts = world.accounts().map(|account| json!({"id": account.id, "regions": account.regions}));
            (200, accounts.collect())
        }
        _ => (404, json!({"error": "ask for stats or accounts"})),
    };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Some(Response { status, headers, body: body.to_string().into_bytes() })
}
