//! Entering accounts: credentials by the SDK's default chain, who they are, and which regions there are.

mod source;

use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder, Connector, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::SdkConfig;
use aws_types::region::Region;
use driftline_api::{Account, Call, Cause, EntryError, Seal, Sink, Status};
use driftline_wire::{endpoint, models};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::client::{Clients, Tally};
use crate::failure;
use crate::limits::Limits;
use crate::reader::{take_items, text};
use crate::retries::Patience;
pub(crate) use source::{Sources, keeping};

/// The IAM actions that entering an account takes, besides those of the kinds.
pub const ENTRY_ACTIONS: &[&str] = &["ec2:DescribeRegions", "sts:GetCallerIdentity"];

/// The calls that entering an account takes.
pub(crate) const ENTRY_CALLS: &[&str] = &["sts:GetCallerIdentity", "ec2:DescribeRegions"];

/// Where calls go while no region is known.
const FIRST_REGION: &str = "us-east-1";

/// How often the first call of all is tried, at most.
const ENTRY_ATTEMPTS: u32 = 3;

/// One account to read, as the configuration says.
#[derive(Debug, Clone, Default)]
pub struct AccountSettings {
    /// What people call it.
    pub name: Option<String>,
    /// A profile of the shared AWS configuration files; the default chain without one.
    pub profile: Option<String>,
    /// A role to assume with the profile's (or the default chain's) credentials.
    pub role_arn: Option<String>,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    /// The account's number, to be checked against who the credentials turn out to be.
    pub id: Option<String>,
    /// The regions to read; all enabled ones without it.
    pub regions: Option<Vec<String>>,
    /// The regions are meant for many accounts: what is not enabled in this one is not there.
    pub shares_regions: bool,
}

impl AccountSettings {
    pub(crate) fn label(&self) -> String {
        self.name
            .clone()
            .or_else(|| self.role_arn.clone())
            .or_else(|| self.profile.as_ref().map(|profile| format!("profile {profile}")))
            .unwrap_or_else(|| "the account of the default credentials".to_owned())
    }

    /// The account's number as far as it is known without asking: configured, or part of the role's ARN.
    pub(crate) fn known_id(&self) -> Option<String> {
        let of_role = || self.role_arn.as_deref()?.split(':').nth(4).map(str::to_owned);
        self.id.clone().or_else(of_role)
    }
}

/// An account that has been entered, and the clients to read it with.
pub(crate) struct Session {
    pub(crate) account: Arc<Account>,
    pub(crate) clients: Clients,
}

/// An account whose credentials work, and of which no more is known.
pub(crate) struct Visit {
    pub(crate) id: String,
    pub(crate) partition: String,
    /// Where its configuration sends calls that name no region.
    region: String,
    pub(crate) config: SdkConfig,
    pub(crate) clients: Clients,
}

/// Everything that entering needs to know.
pub(crate) struct Door {
    pub(crate) sources: Sources,
    pub(crate) http: SharedHttpClient,
    pub(crate) seal: Arc<Seal>,
    pub(crate) patience: Patience,
    pub(crate) limits: Limits,
    /// What calls under way are bounded by, over all accounts.
    pub(crate) all_lanes: Arc<Semaphore>,
    pub(crate) endpoint: Option<Endpoint>,
}

/// An endpoint that stands in for all of AWS, with its credentials. Nothing of the user's environment is consulted.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub url: String,
    pub access_key: String,
    pub region: String,
}

/// An HTTP client over rustls and ring that honours `HTTPS_PROXY` and friends.
pub(crate) fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env()).enable_tcp_nodelay(true);
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build()
    })
}

impl Door {
    /// Enters one account. `source`: who assumes its role, instead of its profile or the default chain.
    pub(crate) async fn enter(
        &self,
        settings: &AccountSettings,
        source: Option<&SdkConfig>,
        sink: &dyn Sink,
    ) -> Result<Session, EntryError> {
        let visit = self.visit(settings, source, sink).await?;
        self.settle(visit, settings, sink).await
    }

    /// Finds out whose the credentials are.
    pub(crate) async fn visit(
        &self,
        settings: &AccountSettings,
        source: Option<&SdkConfig>,
        sink: &dyn Sink,
    ) -> Result<Visit, EntryError> {
        let config = self.config(settings, source).await?;
        let region = config.region().map_or(FIRST_REGION, Region::as_ref).to_owned();
        // The first call finds out whether anybody is there at all: that is to be known soon.
        let hasty = Patience { attempts: self.patience.attempts.min(ENTRY_ATTEMPTS), ..self.patience };
        let hasty = self.clients(&config, hasty);
        let identity = self
            .call(&hasty, "sts", "GetCallerIdentity", &region, &json!({}), sink)
            .await
            .map_err(|cause| refused(settings, cause))?;
        let id = text(&identity, "/Account").to_owned();
        if let Some(expected) = settings.id.as_ref().filter(|expected| **expected != id) {
            return Err(EntryError {
                cause: local(
                    "sts:GetCallerIdentity",
                    "WrongAccount",
                    format!("the credentials are of account {id}, not {expected}"),
                ),
                hint: Some("correct `id`, `profile` or `role_arn` of this account in driftline.toml".to_owned()),
            });
        }
        let partition = text(&identity, "/Arn").split(':').nth(1).unwrap_or("aws").to_owned();
        let clients = self.clients(&config, self.patience);
        Ok(Visit { id, partition, region, config, clients })
    }

    /// Finds the regions of an account that has been visited.
    pub(crate) async fn settle(
        &self,
        visit: Visit,
        settings: &AccountSettings,
        sink: &dyn Sink,
    ) -> Result<Session, EntryError> {
        let Visit { id, partition, region, clients, .. } = visit;
        let enabled = self.call(&clients, "ec2", "DescribeRegions", &region, &json!({}), sink).await.map(|answer| {
            let regions = take_items(answer, "/Regions");
            let mut names: Vec<String> = regions.iter().map(|region| text(region, "/RegionName").to_owned()).collect();
            names.sort();
            names
        });
        let regions = match (&settings.regions, enabled) {
            (None, enabled) => enabled.map_err(|cause| EntryError {
                hint: Some("allow ec2:DescribeRegions, or name the regions (`regions = [...]` or --region)".to_owned()),
                cause,
            })?,
            (Some(wanted), Ok(enabled))
                if settings.shares_regions && wanted.iter().any(|region| enabled.contains(region)) =>
            {
                sorted(wanted).into_iter().filter(|region| enabled.contains(region)).collect()
            }
            (Some(wanted), Ok(enabled)) => {
                if let Some(unknown) = wanted.iter().find(|region| !enabled.contains(region)) {
                    return Err(EntryError {
                        cause: local(
                            "ec2:DescribeRegions",
                            "UnknownRegion",
                            format!("region `{unknown}` is not enabled in account {id}"),
                        ),
                        hint: Some(format!("enabled regions are: {}", enabled.join(", "))),
                    });
                }
                sorted(wanted)
            }
            // Who may not list regions has to name them, and is believed.
            (Some(wanted), Err(_)) => sorted(wanted),
        };
        let home_region = endpoint::home_region(&partition).unwrap_or(FIRST_REGION).to_owned();
        let account =
            Account { provider: crate::PROVIDER, id, name: settings.name.clone(), partition, regions, home_region };
        Ok(Session { account: Arc::new(account), clients })
    }

    fn clients(&self, config: &SdkConfig, patience: Patience) -> Clients {
        let fixed = self.endpoint.as_ref().map(|endpoint| endpoint.url.clone());
        let lanes = Arc::clone(&self.all_lanes);
        Clients::new(config.clone(), fixed, Arc::clone(&self.seal), patience, self.limits.clone(), lanes)
    }

    async fn config(&self, settings: &AccountSettings, source: Option<&SdkConfig>) -> Result<SdkConfig, EntryError> {
        if let Some(Endpoint { url, access_key, region }) = &self.endpoint {
            let credentials = Credentials::new(access_key, "not-a-secret", None, None, "endpoint");
            return Ok(aws_config::defaults(BehaviorVersion::latest())
                .http_client(self.http.clone())
                .endpoint_url(url)
                .region(Region::new(region.clone()))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .load()
                .await);
        }
        let config = match source {
            Some(source) => source.clone(),
            None => self.sources.get(settings.profile.as_deref(), &self.http).await?,
        };
        let Some(role) = &settings.role_arn else { return Ok(config) };
        let mut provider = AssumeRoleProvider::builder(role)
            .session_name(settings.session_name.as_deref().unwrap_or("driftline"))
            .region(config.region().cloned().unwrap_or_else(|| Region::from_static(FIRST_REGION)))
            .configure(&config);
        if let Some(id) = &settings.external_id {
            provider = provider.external_id(id);
        }
        let provider = provider.build().await;
        Ok(config.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build())
    }

    /// Calls an operation of a service whose model is always compiled in.
    pub(crate) async fn call(
        &self,
        clients: &Clients,
        service: &str,
        operation: &str,
        region: &str,
        params: &Value,
        sink: &dyn Sink,
    ) -> Result<Value, Cause> {
        let service =
            models::service(service).expect("the models of STS, EC2 and Organizations are always compiled in");
        let operation = service.operation(operation).expect("the operations that enter an account are in the models");
        let tally = Arc::new(Tally::default());
        let answer = clients.call(service, operation, region, params, &tally).await;
        sink.called(Call {
            account: String::new(),
            region: region.to_owned(),
            operation: format!("{}:{}", service.name, operation.name),
            retries: tally.retries(),
            throttles: tally.throttles(),
            waited: tally.waited(),
        });
        answer
    }
}

/// Why an account cannot be entered, and what to do about it.
fn refused(settings: &AccountSettings, cause: Cause) -> EntryError {
    let hint = failure::hint(&cause, settings.profile.as_deref(), settings.role_arn.as_deref());
    EntryError { hint, cause }
}

fn sorted(regions: &[String]) -> Vec<String> {
    let mut regions = regions.to_vec();
    regions.sort();
    regions.dedup();
    regions
}

fn local(operation: &str, code: &str, message: String) -> Cause {
    Cause { status: Status::Failed, operation: operation.to_owned(), code: code.to_owned(), message }
}
