//! Instances with what only details tell, interfaces, security groups with their rules, volumes.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::InstanceAttributeName as Attribute;

use crate::Reader;

pub async fn instances(reader: &Reader, region: &str) {
    let client = Client::new(&reader.at(region));
    let mut next = None;
    let mut asked_credits = false;
    loop {
        let page = client.describe_instances().max_results(1000).set_next_token(next).send();
        let Some(page) = reader.call(page).await else { return };
        let instances = || page.reservations().iter().flat_map(|reservation| reservation.instances());
        let burstable = |name: &str| {
            name.starts_with('t') && !name.starts_with("t1.") && name[1..].starts_with(|c: char| c.is_ascii_digit())
        };
        if !asked_credits && instances().any(|it| it.instance_type().is_some_and(|name| burstable(name.as_str()))) {
            asked_credits = true;
            credits(reader, &client).await;
        }
        let ids: Vec<String> = instances().filter_map(|instance| instance.instance_id().map(str::to_owned)).collect();
        next = page.next_token().map(str::to_owned);
        drop(page);
        let attributes = [
            Attribute::DisableApiStop,
            Attribute::DisableApiTermination,
            Attribute::InstanceInitiatedShutdownBehavior,
            Attribute::UserData,
        ];
        let details = ids.iter().flat_map(|id| attributes.iter().map(move |attribute| (id, attribute)));
        let client = &client;
        reader
            .each(details, |(id, attribute)| async move {
                let call = client.describe_instance_attribute().instance_id(id).attribute(attribute.clone()).send();
                reader.call(call).await;
            })
            .await;
        if next.is_none() {
            return;
        }
    }
}

async fn credits(reader: &Reader, client: &Client) {
    let mut next = None;
    loop {
        let page = client.describe_instance_credit_specifications().max_results(1000).set_next_token(next).send();
        next = reader.call(page).await.and_then(|page| page.next_token().map(str::to_owned));
        if next.is_none() {
            return;
        }
    }
}

pub async fn network_interfaces(reader: &Reader, region: &str) {
    let client = Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let page = client.describe_network_interfaces().max_results(1000).set_next_token(next).send();
        next = reader.call(page).await.and_then(|page| page.next_token().map(str::to_owned));
        if next.is_none() {
            return;
        }
    }
}

pub async fn security_groups(reader: &Reader, region: &str) {
    let client = Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let page = client.describe_security_groups().max_results(1000).set_next_token(next).send();
        next = reader.call(page).await.and_then(|page| page.next_token().map(str::to_owned));
        if next.is_none() {
            break;
        }
    }
    loop {
        let page = client.describe_security_group_rules().max_results(1000).set_next_token(next).send();
        next = reader.call(page).await.and_then(|page| page.next_token().map(str::to_owned));
        if next.is_none() {
            return;
        }
    }
}

pub async fn volumes(reader: &Reader, region: &str) {
    let client = Client::new(&reader.at(region));
    let mut next = None;
    loop {
        let page = client.describe_volumes().max_results(500).set_next_token(next).send();
        next = reader.call(page).await.and_then(|page| page.next_token().map(str::to_owned));
        if next.is_none() {
            return;
        }
    }
}
