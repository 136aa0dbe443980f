//! Where a service is reached: its host and the region that requests to it are signed for.

use crate::model::{Endpoint, Service, Within};
use crate::models::partitions::PARTITIONS;

/// A host and the region that requests to it are signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// `https://` and the host; no path.
    pub url: String,
    pub signing_region: String,
}

/// A set of regions with its own accounts, domain names and global services.
#[derive(Debug)]
pub struct Partition {
    pub id: &'static str,
    pub suffix: &'static str,
    pub dual_stack_suffix: &'static str,
    /// The region in which global services are signed for, unless they say otherwise.
    pub global_region: &'static str,
    pub supports_fips: bool,
    pub supports_dual_stack: bool,
    /// A region is one of these, `-`, a word, `-`, and a number: new regions are recognised without an update.
    pub region_prefixes: &'static [&'static str],
    /// The regions known when the models were made.
    pub regions: &'static [&'static str],
}

/// AWS has no such endpoint.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{service} has no {variant} endpoint in {region}: turn {variant} off for it, or set its endpoint URL")]
pub struct EndpointError {
    service: &'static str,
    region: String,
    variant: &'static str,
}

/// The endpoint of a service as seen from a region.
///
/// A service whose operations have a [`host_prefix`](crate::model::Operation::host_prefix) takes that before the host.
pub fn resolve(service: &Service, region: &str, fips: bool, dual_stack: bool) -> Result<Resolved, EndpointError> {
    let partition = partition(region);
    let (host, signing_region) = template(&service.endpoint, partition, region, fips, dual_stack);
    let supported = (partition.supports_fips || !fips) && (partition.supports_dual_stack || !dual_stack);
    if host.is_empty() || !supported {
        let variant = match (fips, dual_stack) {
            (true, true) => "FIPS dual-stack",
            (true, false) => "FIPS",
            (false, true) => "dual-stack",
            (false, false) => "public",
        };
        return Err(EndpointError { service: service.name, region: region.to_owned(), variant });
    }
    let host = host
        .replace("{region}", region)
        .replace("{suffix}", partition.suffix)
        .replace("{dual_stack_suffix}", partition.dual_stack_suffix);
    Ok(Resolved { url: format!("https://{host}"), signing_region: signing_region.replace("{region}", region) })
}

/// The partition that a region lies in. An unknown one counts to `aws`, as in AWS's own SDKs.
pub fn partition(region: &str) -> &'static Partition {
    PARTITIONS.iter().find(|partition| partition.contains(region)).unwrap_or(&PARTITIONS[0])
}

/// All partitions, `aws` first.
pub fn partitions() -> &'static [Partition] {
    PARTITIONS
}

impl Partition {
    fn contains(&self, region: &str) -> bool {
        self.regions.contains(&region)
            || region.strip_suffix("-global") == Some(self.id)
            || self.region_prefixes.iter().any(|prefix| {
                let word_and_number = region.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
                word_and_number.and_then(|rest| rest.split_once('-')).is_some_and(|(word, number)| {
                    !word.is_empty()
                        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                        && !number.is_empty()
                        && number.bytes().all(|byte| byte.is_ascii_digit())
                })
            })
    }
}

fn template(
    endpoint: &Endpoint,
    partition: &Partition,
    region: &str,
    fips: bool,
    dual_stack: bool,
) -> (&'static str, &'static str) {
    let exception = endpoint.exceptions.iter().find(|exception| {
        let within = match exception.within {
            Within::Partition(id) => id == partition.id,
            Within::Region(name) => name == region,
        };
        within && exception.fips == fips && exception.dual_stack == dual_stack
    });
    match exception {
        Some(exception) => (exception.host, exception.signing_region),
        None => (endpoint.hosts[usize::from(fips) + 2 * usize::from(dual_stack)], "{region}"),
    }
}
