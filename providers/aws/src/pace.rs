//! How fast an answer has to come. The SDK's timeouts end where an answer begins: a body that stalls, or drips in byte by
//! byte, would hold a scan for ever.

use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout};

/// Bytes per second, on average, once an answer has taken longer than the read timeout. AWS's slowest pages come a
/// thousand times as fast, and so do the slowest lines that anybody works over.
const PACE: u32 = 1024;

/// The body of an answer did not come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the answer came too slowly: {received} bytes in {} s", .after.as_secs())]
    TooSlow { received: usize, after: Duration },
    #[error("the answer broke off after {received} bytes: {source}")]
    BrokenOff { received: usize, source: Box<dyn std::error::Error + Send + Sync> },
}

/// Reads a body to its end: between two parts of it may lie `patience`, and all of it must not be slower than [`PACE`].
pub(crate) async fn whole(mut body: SdkBody, patience: Duration) -> Result<SdkBody, BodyError> {
    if body.bytes().is_some() {
        return Ok(body);
    }
    let started = Instant::now();
    let mut first = None;
    let mut bytes = Vec::new();
    loop {
        let received = bytes.len() + first.as_ref().map_or(0, |first: &_| AsRef::<[u8]>::as_ref(first).len());
        let deserved = patience + Duration::from_secs(1) * u32::try_from(received).unwrap_or(u32::MAX) / PACE;
        let left = deserved.saturating_sub(started.elapsed()).min(patience);
        let too_slow = |_| BodyError::TooSlow { received, after: started.elapsed() };
        match timeout(left, body.frame()).await.map_err(too_slow)? {
            None => break,
            Some(Err(source)) => return Err(BodyError::BrokenOff { received, source }),
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                // Most answers are one part, which is taken as it is.
                if first.is_none() && bytes.is_empty() {
                    first = Some(data);
                } else {
                    bytes.extend(first.take().into_iter().flatten());
                    bytes.extend_from_slice(&data);
                }
            }
        }
    }
    Ok(first.map_or_else(|| SdkBody::from(bytes), SdkBody::from))
}
