//! Instances with what only details tell, interfaces, security groups with their rules, subnets, volumes.

use std::sync::Arc;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::InstanceAttributeName as Attribute;

use crate::{Reader, Reading, pages};

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![
        Box::pin(instances(Arc::clone(&reader))),
        Box::pin(network_interfaces(Arc::clone(&reader))),
        Box::pin(security_groups(Arc::clone(&reader))),
        Box::pin(subnets(Arc::clone(&reader))),
        Box::pin(volumes(reader)),
    ]
}

async fn instances(reader: Arc<Reader>) {
    let client = &Client::new(&reader.config);
    let mut next = None;
    let mut asked_credits = false;
    loop {
        let page = client.describe_instances().max_results(250).set_next_token(next).send();
        let Some(page) = reader.call(page).await else { return };
        let instances = || page.reservations().iter().flat_map(|reservation| reservation.instances());
        let burstable = |name: &str| {
            name.starts_with('t') && !name.starts_with("t1.") && name[1..].starts_with(|c: char| c.is_ascii_digit())
        };
        if !asked_credits && instances().any(|it| it.instance_type().is_some_and(|name| burstable(name.as_str()))) {
            asked_credits = true;
            let call = client.describe_instance_credit_specifications().max_results(1000);
            pages!(reader, call.clone(), set_next_token, next_token);
        }
        let ids: Vec<String> = instances().filter_map(|instance| instance.instance_id().map(str::to_owned)).collect();
        next = page.next_token;
        let attributes = [
            Attribute::DisableApiStop,
            Attribute::DisableApiTermination,
            Attribute::InstanceInitiatedShutdownBehavior,
            Attribute::UserData,
        ];
        let details = ids.iter().flat_map(|id| attributes.iter().map(move |attribute| (id, attribute)));
        let details: Vec<(String, Attribute)> = details.map(|(id, at)| (id.clone(), at.clone())).collect();
        let reader = &reader;
        let read = |(id, attribute)| async move {
            let call = client.describe_instance_attribute().instance_id(id).attribute(attribute);
            reader.call(call.send()).await;
        };
        reader.each(details, read).await;
        if next.is_none() {
            return;
        }
    }
}

async fn network_interfaces(reader: Arc<Reader>) {
    let call = Client::new(&reader.config).describe_network_interfaces().max_results(1000);
    pages!(reader, call.clone(), set_next_token, next_token);
}

async fn security_groups(reader: Arc<Reader>) {
    let client = Client::new(&reader.config);
    pages!(reader, client.describe_security_groups().max_results(500), set_next_token, next_token);
    pages!(reader, client.describe_security_group_rules().max_results(1000), set_next_token, next_token);
}

async fn subnets(reader: Arc<Reader>) {
    let call = Client::new(&reader.config).describe_subnets().max_results(1000);
    pages!(reader, call.clone(), set_next_token, next_token);
}

async fn volumes(reader: Arc<Reader>) {
    let call = Client::new(&reader.config).describe_volumes().max_results(500);
    pages!(reader, call.clone(), set_next_token, next_token);
}
