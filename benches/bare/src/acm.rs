//! Certificates with their tags.

use std::sync::Arc;

use aws_sdk_acm::Client;
use aws_sdk_acm::types::{Filters, KeyAlgorithm};

use crate::{Reader, Reading};

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![Box::pin(certificates(reader))]
}

async fn certificates(reader: Arc<Reader>) {
    let (reader, client) = (&reader, &Client::new(&reader.config));
    let types = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];
    let types: Vec<KeyAlgorithm> = types.map(KeyAlgorithm::from).to_vec();
    let filters = Filters::builder().set_key_types(Some(types)).build();
    let mut next = None;
    loop {
        let page = client.list_certificates().includes(filters.clone()).max_items(1000).set_next_token(next).send();
        let Some(page) = reader.call(page).await else { return };
        let certificates = page.certificate_summary_list().iter();
        let arns: Vec<String> = certificates.filter_map(|one| one.certificate_arn().map(str::to_owned)).collect();
        next = page.next_token;
        let read = |arn: String| async move {
            reader.call(client.describe_certificate().certificate_arn(&arn).send()).await;
            reader.call(client.list_tags_for_certificate().certificate_arn(&arn).send()).await;
        };
        reader.each(arns, read).await;
        if next.is_none() {
            return;
        }
    }
}
