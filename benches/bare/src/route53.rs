//! The record sets of every zone.

use std::sync::Arc;

use aws_sdk_route53::Client;
use aws_sdk_route53::types::RrType;

use crate::{Reader, Reading};

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![Box::pin(record_sets(reader))]
}

async fn record_sets(reader: Arc<Reader>) {
    let (reader, client) = (&*reader, &Client::new(&reader.config));
    let mut zones: Vec<String> = Vec::new();
    let mut next = None;
    loop {
        let page = client.list_hosted_zones().max_items(100).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        zones.extend(page.hosted_zones().iter().map(|zone| zone.id().to_owned()));
        next = page.next_marker;
        if next.is_none() {
            break;
        }
    }
    reader.each(zones, |zone| records(reader, client, zone)).await;
}

async fn records(reader: &Reader, client: &Client, zone: String) {
    let (mut name, mut kind, mut identifier): (Option<String>, Option<RrType>, Option<String>) = (None, None, None);
    loop {
        let call = client.list_resource_record_sets().hosted_zone_id(&zone).max_items(300);
        let call = call.set_start_record_name(name).set_start_record_type(kind).set_start_record_identifier(identifier);
        let Some(page) = reader.call(call.send()).await else { return };
        if !page.is_truncated() {
            return;
        }
        (name, kind, identifier) = (page.next_record_name, page.next_record_type, page.next_record_identifier);
    }
}
