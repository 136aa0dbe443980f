//! Instances, and manual snapshots with whom they are shared with.

use aws_sdk_rds::Client;

use crate::Reader;

pub async fn instances(reader: &Reader, region: &str) {
    let client = Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let page = client.describe_db_instances().max_records(100).set_marker(next).send();
        next = reader.call(page).await.and_then(|page| page.marker);
        if next.is_none() {
            return;
        }
    }
}

pub async fn snapshots(reader: &Reader, region: &str) {
    let client = &Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let page = client.describe_db_snapshots().snapshot_type("manual").max_records(100).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        let snapshots = page.db_snapshots().iter();
        let ids: Vec<String> = snapshots.filter_map(|it| it.db_snapshot_identifier().map(str::to_owned)).collect();
        next = page.marker;
        let read = |id: String| async move {
            reader.call(client.describe_db_snapshot_attributes().db_snapshot_identifier(id).send()).await;
        };
        reader.each(ids, read).await;
        if next.is_none() {
            return;
        }
    }
}
