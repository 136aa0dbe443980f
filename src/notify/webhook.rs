//! For programs: the plan as JSON, and headers that say what it is about.

use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::{DriftSet, Message};
use crate::render;

/// The body of the request: what `driftline plan --json` prints.
pub fn payload(message: &Message<'_>) -> Value {
    let mut bytes = Vec::new();
    render::json(message.plan, &mut bytes).expect("writing to a Vec does not fail");
    serde_json::from_slice(&bytes).expect("a plan is written as JSON")
}

/// The headers. With a secret, `X-Driftline-Signature-256` is `sha256=` and the HMAC-SHA-256 of the body's bytes in
/// hexadecimal, as GitHub signs its webhooks.
pub fn headers(
    message: &Message<'_>,
    set: &DriftSet,
    body: &Value,
    secret: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("X-Driftline-Event", message.news.as_str().to_owned()),
        ("X-Driftline-Drift", set.fingerprint()),
        ("X-Driftline-Version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    if let Some(link) = message.link {
        headers.push(("X-Driftline-Link", link.to_owned()));
    }
    if let Some(secret) = secret {
        headers.push(("X-Driftline-Signature-256", format!("sha256={}", sign(secret, body.to_string().as_bytes()))));
    }
    headers
}

pub(super) fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
