//! Instances, and manual snapshots with whom they are shared with.

use std::sync::Arc;

use aws_sdk_rds::Client;

use crate::{Reader, Reading, pages};

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![
        Box::pin(instances(Arc::clone(&reader))),
        Box::pin(snapshots(Arc::clone(&reader))),
        Box::pin(cluster_snapshots(reader)),
    ]
}

async fn instances(reader: Arc<Reader>) {
    let call = Client::new(&reader.config).describe_db_instances().max_records(100);
    pages!(reader, call.clone(), set_marker, marker);
}

async fn snapshots(reader: Arc<Reader>) {
    let (reader, client) = (&reader, &Client::new(&reader.config));
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

async fn cluster_snapshots(reader: Arc<Reader>) {
    let (reader, client) = (&reader, &Client::new(&reader.config));
    let mut next = None;
    loop {
        let page = client.describe_db_cluster_snapshots().snapshot_type("manual").max_records(100);
        let Some(page) = reader.call(page.set_marker(next).send()).await else { return };
        let snapshots = page.db_cluster_snapshots().iter();
        let ids: Vec<String> =
            snapshots.filter_map(|it| it.db_cluster_snapshot_identifier().map(str::to_owned)).collect();
        next = page.marker;
        let read = |id: String| async move {
            let call = client.describe_db_cluster_snapshot_attributes().db_cluster_snapshot_identifier(id);
            reader.call(call.send()).await;
        };
        reader.each(ids, read).await;
        if next.is_none() {
            return;
        }
    }
}
