//! Sending one declared read operation through the AWS SDK's runtime: credentials, signing, retries, timeouts and
//! clock skew are the SDK's; the wire format is `driftline-wire`'s.

mod limited;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Sender;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::endpoint::{EndpointResolverParams, SharedEndpointResolver};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_runtime_api::shared::IntoShared;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use driftline_api::{Held, Seal, Status};
use driftline_wire::client as wire;
use driftline_wire::model::{Operation, Service};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::limits::{Buckets, Gate, Lanes, Limits};
use crate::retries::{Patience, Persistence, Quotas};
use crate::skew::{Clock, SkewClassifier};
use crate::{action, elsewhere, failure, target};

use limited::Limited;
pub(crate) use tally::Tally;

/// The clients of one account: every service in every region.
pub(crate) struct Clients {
    config: SdkConfig,
    /// Stands in for all of AWS.
    fixed_endpoint: Option<String>,
    seal: Arc<Seal>,
    patience: Patience,
    clock: Clock,
    buckets: Buckets,
    quotas: Quotas,
    /// By service and region, and what bounds all of them, of every account, together.
    lanes: Mutex<BTreeMap<(&'static str, String), Arc<Lanes>>>,
    all_lanes: Arc<Semaphore>,
    senders: Mutex<BTreeMap<LineKey, Arc<Line>>>,
    /// Where services are, by name and region. What the user set does not change while a process runs, and the SDK goes
    /// through the environment and the whole profile for each question.
    hosts: Mutex<BTreeMap<&'static str, BTreeMap<String, Destination>>>,
}

/// Service, operation, region. The URL is the call's own: S3 has a host for each bucket, and a sender takes kilobytes.
type LineKey = (&'static str, &'static str, String);

/// What sends an operation's calls to a region, and the limits that they pass.
struct Line {
    gate: Gate,
    sender: Sender<wire::Request, Value, ServiceFailure>,
}

/// Where a request goes.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) url: String,
    pub(crate) signing_region: String,
    /// Not AWS's own host: `AWS_ENDPOINT_URL` or a service's setting.
    pub(crate) custom: bool,
}

impl Clients {
    pub(crate) fn new(
        config: SdkConfig,
        fixed_endpoint: Option<String>,
        seal: Arc<Seal>,
        patience: Patience,
        limits: Limits,
        all_lanes: Arc<Semaphore>,
    ) -> Self {
        let clock = Clock::new(config.time_source());
        let (quotas, lanes, senders, hosts) = Default::default();
        let buckets = Buckets::new(limits);
        Self { config, fixed_endpoint, seal, patience, clock, buckets, quotas, lanes, all_lanes, senders, hosts }
    }

    /// The limits that held calls up, or were exceeded.
    pub(crate) fn held(&self, account: &str) -> Vec<Held> {
        self.buckets.held(account)
    }

    /// Calls one operation and returns its answer in the API's spelling.
    pub(crate) async fn call(
        &self,
        service: &'static Service,
        operation: &'static Operation,
        region: &str,
        params: &Value,
        tally: &Arc<Tally>,
    ) -> Result<Value, driftline_api::Cause> {
        let name = || format!("{}:{}", service.name, operation.name);
        let mut request =
            wire::request(service, operation, params).map_err(|error| failure::request(name(), &error))?;
        let destination =
            self.destination(service, region, &request, params).map_err(|text| failure::endpoint(name(), text))?;
        if service.name == "s3"
            && !destination.custom
            && let Some(bucket) = virtual_host(params)
        {
            request = request.without_bucket(bucket);
        }
        let line = self.line(service, operation, &destination, region);
        let sending = tally.during(async {
            // Hundreds wait in line: here, where that takes little memory, and not in the SDK's runtime, where a call
            // takes tens of kilobytes. That the line is shut, the attempt itself will tell.
            let _ = Tally::line_up(&line.gate).await;
            // Large: it would be part of every future on the way to here.
            Box::pin(line.sender.invoke(request)).await
        });
        target::to(destination.url, sending).await.map_err(|error| {
            let mut cause = failure::sent(name(), &error);
            if cause.status == Status::Denied && cause.operation == name() {
                // What is missing is a permission, and S3's have other names than its operations.
                cause.operation = action::of(service, operation);
            }
            cause
        })
    }

    /// The host that answers for a service in a region.
    fn destination(
        &self,
        service: &'static Service,
        region: &str,
        request: &wire::Request,
        params: &Value,
    ) -> Result<Destination, String> {
        let mut destination = self.host(service, region)?;
        if destination.custom {
            return Ok(destination);
        }
        if let Some(prefix) = &request.host_prefix {
            destination.url = destination.url.replacen("://", &format!("://{prefix}"), 1);
        }
        if service.name == "s3"
            && let Some(bucket) = virtual_host(params)
        {
            destination.url = destination.url.replacen("://", &format!("://{bucket}."), 1);
        }
        Ok(destination)
    }

    /// The same without what is the call's own.
    fn host(&self, service: &'static Service, region: &str) -> Result<Destination, String> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let hosts = hosts.entry(service.name).or_default();
        if let Some(known) = hosts.get(region) {
            return Ok(known.clone());
        }
        let resolved = driftline_wire::endpoint::resolve(
            service,
            region,
            self.config.use_fips().unwrap_or(false),
            self.config.use_dual_stack().unwrap_or(false),
        )
        .map_err(|error| error.to_string())?;
        let custom = self.custom_endpoint(service).map(elsewhere::checked).transpose()?;
        let destination = Destination {
            custom: custom.is_some(),
            url: custom.unwrap_or(resolved.url),
            signing_region: resolved.signing_region,
        };
        hosts.insert(region.to_owned(), destination.clone());
        Ok(destination)
    }

    fn custom_endpoint(&self, service: &'static Service) -> Option<String> {
        self.fixed_endpoint.clone().or_else(|| elsewhere::endpoint(&self.config, service.id))
    }

    fn lanes(&self, service: &'static Service, region: &str) -> Arc<Lanes> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (service.name, region.to_owned());
        Arc::clone(lanes.entry(key).or_insert_with(|| Arc::new(Lanes::new(Arc::clone(&self.all_lanes)))))
    }

    fn line(
        &self,
        service: &'static Service,
        operation: &'static Operation,
        destination: &Destination,
        region: &str,
    ) -> Arc<Line> {
        let key = (service.name, operation.name, region.to_owned());
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let line = senders.entry(key).or_insert_with(|| {
            let gate = self.buckets.gate(service.name, operation.name, region, destination.custom);
            let sender = self.build_sender(service, operation, destination, region, gate.clone());
            Arc::new(Line { gate, sender })
        });
        Arc::clone(line)
    }

    fn build_sender(
        &self,
        service: &'static Service,
        operation: &'static Operation,
        destination: &Destination,
        region: &str,
        gate: Gate,
    ) -> Sender<wire::Request, Value, ServiceFailure> {
        let seal = Arc::clone(&self.seal);
        let http = self.config.http_client().expect("accounts are entered with an HTTP client");
        let limited = Limited {
            inner: http,
            gate: gate.clone(),
            lanes: self.lanes(service, region),
            clock: self.clock.clone(),
            patience: self.patience.read,
        };
        let mut builder = Sender::builder()
            .service_name(service.name)
            .operation_name(operation.name)
            .behavior_version(aws_config::BehaviorVersion::latest())
            .http_client(limited)
            .standard_retry(&self.patience.backoff())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(self.patience.connect)
                    .read_timeout(self.patience.read)
                    .build(),
            )
            .retry_classifier(TransientErrorClassifier::<ServiceFailure>::new())
            .retry_classifier(
                AwsErrorCodeClassifier::<ServiceFailure>::builder().transient_errors(failure::TRANSIENT).build(),
            )
            .retry_classifier(HttpStatusCodeClassifier::new_from_codes(failure::TRANSIENT_STATUSES))
            .retry_classifier(SkewClassifier)
            .retry_classifier(Persistence { gate: gate.clone(), patience: self.patience })
            .time_source(self.clock.clone())
            .with_connection_poisoning()
            .runtime_plugin(self.signing(service, &destination.signing_region, gate.clone()))
            .runtime_plugin(self.sharing(service, region));
        if let Some(sleep) = self.config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        builder
            .serializer(into_http)
            .deserializer(move |response: &HttpResponse| {
                let answer = read(service, operation, response, &seal);
                note_throttling(&gate, &answer);
                answer
            })
            .build()
    }

    /// What calls share beyond their operation.
    fn sharing(&self, service: &'static Service, region: &str) -> StaticRuntimePlugin {
        let mut layer = Layer::new("sharing");
        layer.store_put(self.quotas.of(service.name, region));
        StaticRuntimePlugin::new().with_config(layer.freeze())
    }

    fn signing(&self, service: &'static Service, region: &str, gate: Gate) -> StaticRuntimePlugin {
        let mut options = SigningOptions::default();
        if service.name == "s3" {
            // Signature Version 4 for S3: paths are signed as they are sent, and the payload hash is a header.
            options.double_uri_encode = false;
            options.normalize_uri_path = false;
            options.content_sha256_header = true;
        }
        let region = Region::new(region.to_owned());
        let mut layer = Layer::new("signing");
        layer.store_put(EndpointResolverParams::new(()));
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigningRegion::from(region.clone()));
        layer.store_put(SigningName::from(service.signing_name));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(region)),
            name: Some(SigningName::from(service.signing_name)),
            signing_options: options,
            ..SigV4OperationSigningConfig::default()
        });
        let mut components = RuntimeComponentsBuilder::new("signing")
            .with_auth_scheme(aws_runtime::auth::sigv4::SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                aws_runtime::auth::sigv4::SCHEME_ID,
            ])));
        components.set_identity_cache(self.config.identity_cache());
        components.set_endpoint_resolver(Some(SharedEndpointResolver::new(target::Resolver { gate })));
        if let Some(credentials) = self.config.credentials_provider() {
            components.set_identity_resolver(
                aws_runtime::auth::sigv4::SCHEME_ID,
                IntoShared::<aws_smithy_runtime_api::client::identity::SharedIdentityResolver>::into_shared(
                    credentials,
                ),
            );
        }
        StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
    }
}

/// The bucket of an S3 request, if it may be a host name: a dot in it would break TLS's wildcard certificate.
fn virtual_host(params: &Value) -> Option<&str> {
    params.get("Bucket").and_then(Value::as_str).filter(|bucket| {
        bucket.len() >= 3 && bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

fn into_http(request: wire::Request) -> Result<HttpRequest, Box<dyn std::error::Error + Send + Sync>> {
    let mut http = HttpRequest::new(SdkBody::from(request.body));
    http.set_method(request.method)?;
    http.set_uri(request.path_and_query)?;
    for (name, value) in request.headers {
        http.headers_mut().try_insert(name, value)?;
    }
    http.headers_mut().try_insert("user-agent", concat!("driftline/", env!("CARGO_PKG_VERSION")))?;
    Ok(http)
}

fn read(
    service: &'static Service,
    operation: &'static Operation,
    response: &HttpResponse,
    seal: &Seal,
) -> Result<Value, OrchestratorError<ServiceFailure>> {
    let body = response.body().bytes().ok_or_else(|| OrchestratorError::other("the answer's body was not loaded"))?;
    let headers: Vec<(&str, &str)> = response.headers().iter().collect();
    let status = response.status().as_u16();
    if (200..300).contains(&status) {
        return match wire::answer(service, operation, status, &headers, body, &|secret| seal.seal(secret)) {
            Ok(answer) => Ok(answer),
            Err(wire::AnswerError::Service(error)) => Err(OrchestratorError::operation(error.into())),
            // A response error is transient to the SDK: the answer was cut short or garbled, so ask again.
            Err(error) => Err(OrchestratorError::response(error.into())),
        };
    }
    Err(OrchestratorError::operation(wire::error(service, status, &headers, body).into()))
}

/// Tells the bucket and the tally whether the service said "slow down". Only the error code says so reliably: the
/// query protocols send it with status 400.
fn note_throttling(gate: &Gate, answer: &Result<Value, OrchestratorError<ServiceFailure>>) {
    let code = answer.as_ref().err().and_then(|error| error.as_operation_error()?.code());
    if code.is_some_and(failure::is_throttling) {
        let sent = Tally::sending(Tally::note_refusal).flatten();
        gate.refused(sent.unwrap_or_else(Instant::now));
    } else {
        gate.answered();
    }
}

/// An error answer of a service, in the form the SDK's retry classifiers read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", .0.code().unwrap_or("unknown"), .0.message().unwrap_or("no message"))]
pub(crate) struct ServiceFailure(ErrorMetadata);

impl From<wire::ServiceError> for ServiceFailure {
    fn from(error: wire::ServiceError) -> Self {
        Self(ErrorMetadata::builder().code(error.code).message(error.message).build())
    }
}

impl ProvideErrorMetadata for ServiceFailure {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// What the SDK's runtime says of a failed call.
pub(crate) type SendError = SdkError<ServiceFailure, HttpResponse>;
