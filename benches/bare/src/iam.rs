//! Roles and policies, and users with their credentials.

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Details;
use aws_sdk_iam::types::EntityType;

use crate::Reader;

async fn details(reader: &Reader, client: &Client, filter: EntityType, next: Option<String>) -> Option<Details> {
    let page = client.get_account_authorization_details().filter(filter).max_items(1000).set_marker(next).send();
    reader.call(page).await
}

pub async fn roles(reader: &Reader, region: &str) {
    let client = Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let page = client.list_roles().max_items(1000).set_marker(next).send();
        next = reader.call(page).await.and_then(|page| page.marker);
        if next.is_none() {
            break;
        }
    }
    loop {
        next = details(reader, &client, EntityType::Role, next).await.and_then(|page| page.marker);
        if next.is_none() {
            return;
        }
    }
}

pub async fn policies(reader: &Reader, region: &str) {
    let client = &Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let Some(page) = details(reader, client, EntityType::LocalManagedPolicy, next).await else { return };
        let arns: Vec<String> = page.policies().iter().filter_map(|policy| policy.arn().map(str::to_owned)).collect();
        next = page.marker;
        let read = |arn| async move {
            reader.call(client.get_policy().policy_arn(arn).send()).await;
        };
        reader.each(arns, read).await;
        if next.is_none() {
            return;
        }
    }
}

pub async fn users(reader: &Reader, region: &str) {
    let client = &Client::new(&reader.at(region));
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
