//! Load balancers, listeners, rules and target groups, with tags for twenty at once.

use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{Listener, LoadBalancer, LoadBalancerTypeEnum, ProtocolEnum};

use tokio::sync::Mutex;

use crate::{Reader, Reading, pages};

/// The largest page.
const PAGE: i32 = 400;
/// `DescribeTags` answers for as many.
const TAGGED: usize = 20;

pub fn read(reader: Arc<Reader>) -> Vec<Reading> {
    vec![Box::pin(load_balancers(Arc::clone(&reader))), Box::pin(target_groups(reader))]
}

async fn load_balancers(reader: Arc<Reader>) {
    let (reader, client) = (&*reader, &Client::new(&reader.config));
    let mut balancers: Vec<LoadBalancer> = Vec::new();
    let mut next = None;
    loop {
        let page = client.describe_load_balancers().page_size(PAGE).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        balancers.extend(page.load_balancers.unwrap_or_default());
        next = page.next_marker;
        if next.is_none() {
            break;
        }
    }
    let arns: Vec<String> = balancers.iter().filter_map(|balancer| balancer.load_balancer_arn.clone()).collect();
    let attributes = |balancer: LoadBalancer| async move {
        let arn = balancer.load_balancer_arn;
        reader.call(client.describe_load_balancer_attributes().set_load_balancer_arn(arn.clone()).send()).await;
        if balancer.r#type != Some(LoadBalancerTypeEnum::Gateway) {
            reader.call(client.describe_capacity_reservation().set_load_balancer_arn(arn).send()).await;
        }
    };
    let listeners = async {
        let found = Mutex::new(Vec::new());
        reader.each(arns.clone(), |arn| listeners_of(reader, client, arn, &found)).await;
        listeners(reader, client, found.into_inner()).await;
    };
    tokio::join!(tags(reader, client, arns.clone()), reader.each(balancers, attributes), listeners);
}

async fn listeners_of(reader: &Reader, client: &Client, arn: String, found: &Mutex<Vec<Listener>>) {
    let mut next = None;
    loop {
        let page = client.describe_listeners().load_balancer_arn(&arn).page_size(PAGE).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        found.lock().await.extend(page.listeners.unwrap_or_default());
        next = page.next_marker;
        if next.is_none() {
            return;
        }
    }
}

async fn listeners(reader: &Reader, client: &Client, listeners: Vec<Listener>) {
    let arns: Vec<String> = listeners.iter().filter_map(|listener| listener.listener_arn.clone()).collect();
    let has_rules = |listener: &&Listener| matches!(listener.protocol, Some(ProtocolEnum::Http | ProtocolEnum::Https));
    let http: Vec<String> =
        listeners.iter().filter(has_rules).filter_map(|listener| listener.listener_arn.clone()).collect();
    let details = |listener: Listener| async move {
        let arn = listener.listener_arn;
        reader.call(client.describe_listener_attributes().set_listener_arn(arn.clone()).send()).await;
        if matches!(listener.protocol, Some(ProtocolEnum::Https | ProtocolEnum::Tls)) {
            let call = client.describe_listener_certificates().set_listener_arn(arn).page_size(PAGE);
            pages!(reader, call.clone(), set_marker, next_marker);
        }
    };
    let rules = async {
        let found = Mutex::new(Vec::new());
        reader.each(http, |arn| rules_of(reader, client, arn, &found)).await;
        tags(reader, client, found.into_inner()).await;
    };
    tokio::join!(tags(reader, client, arns), reader.each(listeners, details), rules);
}

async fn rules_of(reader: &Reader, client: &Client, arn: String, found: &Mutex<Vec<String>>) {
    let mut next = None;
    loop {
        let page = client.describe_rules().listener_arn(&arn).page_size(PAGE).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        let own = page.rules().iter().filter(|rule| rule.is_default() != Some(true));
        found.lock().await.extend(own.filter_map(|rule| rule.rule_arn.clone()));
        next = page.next_marker;
        if next.is_none() {
            return;
        }
    }
}

async fn target_groups(reader: Arc<Reader>) {
    let (reader, client) = (&*reader, &Client::new(&reader.config));
    let mut next = None;
    loop {
        let page = client.describe_target_groups().page_size(PAGE).set_marker(next).send();
        let Some(page) = reader.call(page).await else { return };
        let groups = page.target_groups().iter();
        let arns: Vec<String> = groups.filter_map(|group| group.target_group_arn.clone()).collect();
        next = page.next_marker;
        let details = |arn: String| async move {
            tokio::join!(
                reader.call(client.describe_target_group_attributes().target_group_arn(&arn).send()),
                reader.call(client.describe_target_health().target_group_arn(&arn).send()),
            );
        };
        tokio::join!(tags(reader, client, arns.clone()), reader.each(arns, details));
        if next.is_none() {
            return;
        }
    }
}

async fn tags(reader: &Reader, client: &Client, arns: Vec<String>) {
    let batches: Vec<Vec<String>> = arns.chunks(TAGGED).map(<[String]>::to_vec).collect();
    let read = |arns| async move {
        reader.call(client.describe_tags().set_resource_arns(Some(arns)).send()).await;
    };
    reader.each(batches, read).await;
}
