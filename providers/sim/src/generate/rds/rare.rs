//! What few accounts have many of: proxies, option groups, subscriptions, global clusters.

use serde_json::{Value, json};

use super::super::ec2::{network, security};
use super::super::kinds::Made;
use super::super::place::{Place, tags};
use super::super::{iam, template};
use super::{arn, cell, group_vpc, instance_name, label};

fn proxy_name(place: &Place<'_>, index: usize) -> String {
    format!("proxy-{}", label(place, "name of a proxy", index))
}

fn subnets(place: &Place<'_>, index: usize) -> Vec<String> {
    let mut subnets = network::pair(place, index).to_vec();
    subnets.dedup();
    subnets.into_iter().map(|subnet| place.id("subnet", subnet)).collect()
}

fn groups(place: &Place<'_>, index: usize) -> Value {
    let mut dice = place.dice("groups of a proxy", index);
    json!([place.id("sg", security::group_in(place, group_vpc(place, index), &mut dice))])
}

pub(in super::super) fn proxy(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_proxy", index);
    let (label, created) = (proxy_name(place, index), dice.time());
    let item = json!({
        "DBProxyName": label, "DBProxyArn": arn(place, &format!("db-proxy:{}", place.id("prx", index))),
        "Status": "available", "EngineFamily": "POSTGRESQL", "VpcId": place.id("vpc", group_vpc(place, index)),
        "VpcSecurityGroupIds": groups(place, index), "VpcSubnetIds": subnets(place, index), "DefaultAuthScheme": "NONE",
        "Auth": [{
            "AuthScheme": "SECRETS", "IAMAuth": "REQUIRED", "ClientPasswordAuthType": "POSTGRES_SCRAM_SHA_256",
            "SecretArn": place.arn("secretsmanager", &format!("secret:{label}-{}", dice.hex(6))),
        }],
        "RoleArn": iam::role_arn(&place.at(None), &mut dice), "RequireTLS": true, "IdleClientTimeout": 1800,
        "Endpoint": format!("{label}.proxy-{}.{}.rds.amazonaws.com", cell(place), place.region()), "DebugLogging": false,
        "CreatedDate": created, "UpdatedDate": created, "EndpointNetworkType": "IPV4",
        "TargetConnectionNetworkType": "IPV4", "Tags": tags(&mut dice, &label),
    });
    Made::new(&label, "DBProxies", item)
}

pub(in super::super) fn proxy_endpoint(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_proxy_endpoint", index);
    let owner = index % place.count("rds/db_proxy");
    let (proxy, label) = (proxy_name(place, owner), format!("ro-{}", label(place, "name of a proxy endpoint", index)));
    let item = json!({
        "DBProxyEndpointName": label, "DBProxyName": proxy, "Status": "available", "TargetRole": "READ_ONLY",
        "DBProxyEndpointArn": arn(place, &format!("db-proxy-endpoint:{}", place.id("prx-endpoint", index))),
        "VpcId": place.id("vpc", group_vpc(place, owner)), "VpcSecurityGroupIds": groups(place, owner),
        "VpcSubnetIds": subnets(place, owner), "CreatedDate": dice.time(), "IsDefault": false,
        "Endpoint": format!("{label}.endpoint.proxy-{}.{}.rds.amazonaws.com", cell(place), place.region()),
        "EndpointNetworkType": "IPV4", "Tags": tags(&mut dice, &label),
    });
    Made::new(&format!("{proxy}/{label}"), "DBProxyEndpoints", item)
}

/// Each proxy has one.
pub(in super::super) fn proxy_target_group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/db_proxy_target_group", index);
    let (proxy, created) = (proxy_name(place, index), dice.time());
    let item = json!({
        "DBProxyName": proxy, "TargetGroupName": "default", "IsDefault": true, "Status": "available",
        "TargetGroupArn": arn(place, &format!("target-group:{}", place.id("prx-tg", index))),
        "ConnectionPoolConfig": {
            "MaxConnectionsPercent": dice.pick(&[50, 90, 100]), "MaxIdleConnectionsPercent": 45,
            "ConnectionBorrowTimeout": 120, "SessionPinningFilters": [],
        },
        "CreatedDate": created, "UpdatedDate": created, "Tags": tags(&mut dice, &proxy),
    });
    let mut made = Made::new(&format!("{proxy}/default"), "TargetGroups", item);
    if let Some(database) = place.lasting("rds/db_instance", &mut dice) {
        let database = instance_name(place, database);
        made.beside.push((
            "Targets",
            json!({
                "DBProxyName": proxy, "TargetGroupName": "default", "RdsResourceId": database, "Port": 5432,
                "Endpoint": format!("{database}.{}.{}.rds.amazonaws.com", cell(place), place.region()),
                "Type": "RDS_INSTANCE", "Role": "READ_WRITE", "TargetHealth": {"State": "AVAILABLE"},
            }),
        ));
    }
    made
}

pub(in super::super) fn option_group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/option_group", index);
    let label = label(place, "name of an option group", index);
    let mut item = template::item(place, "rds", "OptionGroupsList", 0);
    item["OptionGroupName"] = label.as_str().into();
    item["OptionGroupDescription"] = format!("Options of {label}").into();
    item["OptionGroupArn"] = arn(place, &format!("og:{label}")).into();
    item["VpcId"] = place.id("vpc", group_vpc(place, index)).into();
    item["Tags"] = tags(&mut dice, &label);
    for option in item["Options"].as_array_mut().into_iter().flatten() {
        option["VpcSecurityGroupMemberships"] = json!([]);
    }
    Made::new(&label, "OptionGroupsList", item)
}

pub(in super::super) fn event_subscription(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/event_subscription", index);
    let label = format!("alerts-{}", label(place, "name of a subscription", index));
    let mut item = template::item(place, "rds", "EventSubscriptionsList", 0);
    item["CustSubscriptionId"] = label.as_str().into();
    item["EventSubscriptionArn"] = arn(place, &format!("es:{label}")).into();
    let watched = place.lasting("rds/db_instance", &mut dice).map(|database| instance_name(place, database));
    item["SourceIdsList"] = watched.into_iter().collect();
    item["Enabled"] = dice.chance(90).into();
    item["Tags"] = tags(&mut dice, &label);
    Made::new(&label, "EventSubscriptionsList", item)
}

/// Global clusters lie in no region, and every region answers them.
pub(in super::super) fn global_cluster(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("rds/global_cluster", index);
    let label = format!("global-{}", label(place, "name of a global cluster", index));
    let mut item = template::item(place, "rds", "GlobalClusters", 0);
    item["GlobalClusterIdentifier"] = label.as_str().into();
    item["GlobalClusterResourceId"] = format!("cluster-{}", dice.hex(16)).into();
    item["GlobalClusterArn"] = format!("arn:aws:rds::{}:global-cluster:{label}", place.account()).into();
    item["Endpoint"] = format!("{label}.global-{}.global.rds.amazonaws.com", dice.hex(12)).into();
    item["GlobalClusterMembers"] = json!([]);
    item["TagList"] = tags(&mut dice, &label);
    Made::new(&label, "GlobalClusters", item)
}
