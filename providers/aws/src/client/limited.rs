//! The way out of every attempt: the limits, a lane, the wire, and the whole answer.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use tokio::time::Instant;

use super::Tally;
use crate::limits::{Gate, Lanes, Shut};
use crate::pace::{self, BodyError};
use crate::skew::Clock;

/// An HTTP client in which every attempt takes a token and a lane first.
#[derive(Debug, Clone)]
pub(super) struct Limited<C> {
    pub(super) inner: C,
    pub(super) gate: Gate,
    pub(super) lanes: Arc<Lanes>,
    pub(super) clock: Clock,
    /// How long an answer may stall.
    pub(super) patience: Duration,
}

impl HttpClient for Limited<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        let Self { gate, lanes, clock, patience, .. } = self.clone();
        SharedHttpConnector::new(Limited { inner, gate, lanes, clock, patience })
    }
}

impl HttpConnector for Limited<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { inner, gate, lanes, clock, patience } = self.clone();
        HttpConnectorFuture::new(async move {
            // The token came first: who waits for a limit must not keep a lane from calls that have none to wait for.
            let shut = |shut: Shut| ConnectorError::user(shut.into());
            let mut pass = match Tally::sending(Tally::take_pass).flatten() {
                Some(pass) => pass,
                None => Tally::pass(&gate).await.map_err(shut)?,
            };
            let mut waited = pass.waited;
            // The lane is free when the connection is: when the answer's body has been read.
            let _lane = loop {
                let lane = lanes.enter().await;
                if gate.holds(&pass) {
                    break lane;
                }
                // Who waited for a lane while the service said "slow down" would add to what it refuses.
                drop(lane);
                pass = Tally::pass(&gate).await.map_err(shut)?;
                waited += pass.waited;
            };
            let sent = Instant::now();
            Tally::sending(|tally| tally.note_sent(sent));
            let signed = request.headers().get("x-amz-date").map(str::to_owned);
            let response = inner.call(request).await;
            Tally::sending(|tally| tally.note_attempt(waited));
            let mut response = response?;
            lanes.answered(sent.elapsed());
            clock.learn(signed.as_deref(), &mut response);
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            *response.body_mut() = pace::whole(body, patience).await.map_err(|error| match error {
                BodyError::TooSlow { .. } => ConnectorError::timeout(error.into()),
                BodyError::BrokenOff { .. } => ConnectorError::io(error.into()),
            })?;
            Ok(response)
        })
    }
}
