//! Buckets with all of their configurations, each asked for in the bucket's own region.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Region};

use crate::{Reader, Reading};

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![Box::pin(buckets(reader))]
}

async fn buckets(reader: Arc<Reader>) {
    // A custom endpoint takes the bucket from the path, as driftline sends it there.
    let client = |region: &String| {
        Client::from_conf(
            Builder::from(&reader.config).region(Region::new(region.clone())).force_path_style(true).build(),
        )
    };
    let clients: BTreeMap<&str, Client> = reader.regions.iter().map(|at| (at.as_str(), client(at))).collect();
    let first = client(&reader.regions[0]);
    let mut next = None;
    loop {
        let page = first.list_buckets().max_buckets(1000).set_continuation_token(next).send();
        let Some(page) = reader.call(page).await else { return };
        next = page.continuation_token;
        let buckets = page.buckets.unwrap_or_default().into_iter();
        let buckets = buckets.filter_map(|bucket| Some((clients.get(bucket.bucket_region()?)?.clone(), bucket.name?)));
        let buckets: Vec<(Client, String)> = buckets.collect();
        let reader = &*reader;
        reader.each(buckets, |(client, name)| configurations(reader, client, name)).await;
        if next.is_none() {
            return;
        }
    }
}

/// All at once, as driftline asks for them.
async fn configurations(reader: &Reader, client: Client, name: String) {
    macro_rules! read {
        ($($operation:ident)*) => {
            tokio::join!($(reader.call(client.$operation().bucket(&name).send())),*)
        };
    }
    read! {
        get_bucket_abac get_bucket_accelerate_configuration get_bucket_acl get_bucket_cors get_bucket_encryption
        get_bucket_lifecycle_configuration get_bucket_logging get_bucket_metadata_configuration
        get_bucket_notification_configuration get_bucket_ownership_controls get_bucket_policy get_bucket_replication
        get_bucket_request_payment get_bucket_tagging get_bucket_versioning get_bucket_website
        get_object_lock_configuration get_public_access_block list_bucket_analytics_configurations
        list_bucket_intelligent_tiering_configurations list_bucket_inventory_configurations
        list_bucket_metrics_configurations
    };
}
