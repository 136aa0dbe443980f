//! Whose credentials roles are assumed with: fetched once, however many roles there are.
//!
//! Without this, hundreds of accounts that are entered with roles would be as many times a login, or a call to the
//! instance metadata service, all at once: the SDK's role provider keeps nothing of its source.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_config::meta::region::ProvideRegion as _;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use driftline_api::EntryError;
use tokio::sync::OnceCell;

use crate::profile;

/// How long before they expire credentials are fetched anew.
const MARGIN: Duration = Duration::from_secs(60);

/// The SDK's settings by profile (`None`: the default chain), loaded once.
#[derive(Default)]
pub(crate) struct Sources(Mutex<BTreeMap<Option<String>, Arc<OnceCell<SdkConfig>>>>);

impl Sources {
    /// The settings of a profile, or of the default chain.
    pub(crate) async fn get(&self, profile: Option<&str>, http: &SharedHttpClient) -> Result<SdkConfig, EntryError> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(profile.map(str::to_owned)).or_default())
        };
        cell.get_or_try_init(|| Box::pin(load(profile, http))).await.cloned()
    }
}

async fn load(profile: Option<&str>, http: &SharedHttpClient) -> Result<SdkConfig, EntryError> {
    profile::check(profile).await?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    if let Some(profile) = profile {
        // The default chain prefers keys in the environment: a profile that was asked for must win over them, or
        // several accounts would all be the one of the environment.
        let region = ProfileFileRegionProvider::builder().profile_name(profile).build().region().await;
        let provider = ProviderConfig::without_region().with_http_client(http.clone()).with_region(region);
        let credentials = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(credentials);
    }
    let config = loader.load().await;
    Ok(keeping(config))
}

/// The same settings, whose credentials are kept until they expire.
pub(crate) fn keeping(config: SdkConfig) -> SdkConfig {
    let (Some(source), Some(time)) = (config.credentials_provider(), config.time_source()) else { return config };
    let kept = Kept { source, time, last: tokio::sync::Mutex::default() };
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(kept)).build()
}

#[derive(Debug)]
struct Kept {
    source: SharedCredentialsProvider,
    time: SharedTimeSource,
    last: tokio::sync::Mutex<Option<Credentials>>,
}

impl Kept {
    async fn credentials(&self) -> provider::Result {
        // Whoever comes second waits for the first one's, instead of asking, too.
        let mut last = self.last.lock().await;
        let holds = |until: SystemTime| until > self.time.now() + MARGIN;
        if let Some(credentials) = last.as_ref().filter(|credentials| credentials.expiry().is_none_or(holds)) {
            return Ok(credentials.clone());
        }
        let fresh = self.source.provide_credentials().await?;
        *last = Some(fresh.clone());
        Ok(fresh)
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    use std::time::UNIX_EPOCH;

    use aws_smithy_async::time::TimeSource;

    use super::*;

    /// Seconds since 1970, moved on by hand.
    #[derive(Debug, Clone, Default)]
    struct Clock(Arc<AtomicU64>);

    impl TimeSource for Clock {
        fn now(&self) -> SystemTime {
            UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::Relaxed))
        }
    }

    /// Credentials that live for an hour, and a count of how often they were fetched.
    #[derive(Debug)]
    struct Hourly(Clock, Arc<AtomicU32>);

    impl ProvideCredentials for Hourly {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let number = self.1.fetch_add(1, Ordering::Relaxed);
            let until = self.0.now() + Duration::from_secs(3600);
            future::ProvideCredentials::ready(Ok(Credentials::new(
                format!("key {number}"),
                "any",
                None,
                Some(until),
                "",
            )))
        }
    }

    #[tokio::test]
    async fn a_source_is_asked_once_until_its_credentials_expire() {
        let clock = Clock::default();
        let count = Arc::new(AtomicU32::new(0));
        let config = SdkConfig::builder()
            .time_source(clock.clone())
            .credentials_provider(SharedCredentialsProvider::new(Hourly(clock.clone(), Arc::clone(&count))))
            .build();
        let kept = keeping(config).credentials_provider().expect("a provider");
        let key = async || kept.provide_credentials().await.expect("credentials").access_key_id().to_owned();
        for _ in 0..100 {
            assert_eq!(key().await, "key 0");
        }
        clock.0.store(3500, Ordering::Relaxed);
        assert_eq!(key().await, "key 0");
        clock.0.store(3550, Ordering::Relaxed);
        assert_eq!(key().await, "key 1");
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }
}
