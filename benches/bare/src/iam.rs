//! Roles, policies and instance profiles, and users with their credentials.

use std::sync::Arc;

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Details;
use aws_sdk_iam::types::EntityType;

use crate::{Reader, Reading, pages};

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![
        Box::pin(instance_profiles(Arc::clone(&reader))),
        Box::pin(policies(Arc::clone(&reader))),
        Box::pin(roles(Arc::clone(&reader))),
        Box::pin(users(reader)),
    ]
}

async fn details(reader: &Reader, client: &Client, filter: EntityType, next: Option<String>) -> Option<Details> {
    // As driftline asks for them.
    let most = match filter {
        EntityType::User => 250,
        EntityType::Role => 500,
        _ => 1000,
    };
    let page = client.get_account_authorization_details().filter(filter).max_items(most).set_marker(next).send();
    reader.call(page).await
}

async fn instance_profiles(reader: Arc<Reader>) {
    let (reader, client) = (&reader, &Client::new(&reader.config));
    let mut next = None;
    loop {
        let page = client.list_instance_profiles().max_items(1000).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        let profiles = page.instance_profiles().iter();
        let names: Vec<String> = profiles.map(|profile| profile.instance_profile_name().to_owned()).collect();
        next = page.marker;
        let read = |name: String| async move {
            reader.call(client.get_instance_profile().instance_profile_name(name).send()).await;
        };
        reader.each(names, read).await;
        if next.is_none() {
            return;
        }
    }
}

async fn roles(reader: Arc<Reader>) {
    let client = Client::new(&reader.config);
    pages!(reader, client.list_roles().max_items(1000), set_marker, marker);
    let mut next = None;
    loop {
        next = details(&reader, &client, EntityType::Role, next).await.and_then(|page| page.marker);
        if next.is_none() {
            return;
        }
    }
}

async fn policies(reader: Arc<Reader>) {
    let (reader, client) = (&reader, &Client::new(&reader.config));
    let mut next = None;
    loop {
        let Some(page) = details(reader, client, EntityType::LocalManagedPolicy, next).await else { return };
        let arns: Vec<String> = page.policies().iter().filter_map(|policy| policy.arn().map(str::to_owned)).collect();
        next = page.marker;
        let read = |arn: String| async move {
            reader.call(client.get_policy().policy_arn(arn).send()).await;
        };
        reader.each(arns, read).await;
        if next.is_none() {
            return;
        }
    }
}

async fn users(reader: Arc<Reader>) {
    let (reader, client) = (&reader, &Client::new(&reader.config));
    let mut next = None;
    loop {
        let Some(page) = details(reader, client, EntityType::User, next).await else { return };
        let users = page.user_detail_list().iter();
        let names: Vec<String> = users.filter_map(|user| user.user_name().map(str::to_owned)).collect();
        next = page.marker;
        let read = |name: String| async move {
            tokio::join!(
                reader.call(client.get_login_profile().user_name(&name).send()),
                reader.call(client.list_access_keys().user_name(&name).send()),
                reader.call(client.list_mfa_devices().user_name(&name).send()),
                reader.call(client.list_ssh_public_keys().user_name(&name).send()),
                reader.call(client.list_signing_certificates().user_name(&name).send()),
            );
        };
        reader.each(names, read).await;
        if next.is_none() {
            return;
        }
    }
}
