//! Where the user sends a service's requests, if not to AWS.

use aws_config::{BehaviorVersion, Region, SdkConfig};

use crate::account::http_client;

/// `AWS_ENDPOINT_URL_<SERVICE>`, the profile's `services` section, `AWS_ENDPOINT_URL`, the profile's `endpoint_url`, in the
/// order and with the meaning that the AWS SDKs and tools reference guide gives them. What is set to nothing is not set.
/// `service` is its id (`S3`).
pub(crate) fn endpoint(config: &SdkConfig, service: &str) -> Option<String> {
    let specific = aws_types::service_config::ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    let is_set = |url: &String| !url.trim().is_empty();
    specific.filter(is_set).or_else(|| config.endpoint_url().map(str::to_owned).filter(is_set))
}

/// What is no URL is refused here: further on, the whole request would be told.
pub(crate) fn checked(endpoint: String) -> Result<String, String> {
    let is_url =
        |scheme: &str| endpoint.strip_prefix(scheme).is_some_and(|host| !host.starts_with('/') && !host.is_empty());
    if is_url("http://") || is_url("https://") {
        return Ok(endpoint);
    }
    Err(format!("the endpoint `{endpoint}` is no URL; they look like http://localhost:4566"))
}

/// Whether requests for buckets go elsewhere than to AWS, as the environment or the profile says. What is there may know
/// nothing of host names that begin with a bucket's.
pub async fn has_own_buckets(profile: Option<&str>) -> bool {
    // Nobody is asked for anything: neither for credentials nor, where there is no region, for one.
    let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client());
    let mut loader = loader.no_credentials().region(Region::from_static("us-east-1"));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    endpoint(&loader.load().await, "S3").is_some()
}
