//! Load balancers of all sorts, and what they balance between.

use serde_json::{Value, json};

use super::dice::Dice;
use super::ec2::{network, security};
use super::kinds::Made;
use super::place::{Place, name, tags};
use super::template;

fn label(place: &Place<'_>, kind: &str, index: usize) -> String {
    // A load balancer's name has 32 characters at most.
    name(&mut place.dice(kind, index), index).chars().take(32).collect()
}

fn balancer_name(place: &Place<'_>, index: usize) -> String {
    label(place, "name of a load balancer", index)
}

/// Three of four balance HTTP.
fn is_application(index: usize) -> bool {
    index % 4 != 3
}

/// What is behind `loadbalancer/` in an ARN.
fn balancer_path(place: &Place<'_>, index: usize) -> String {
    let sort = if is_application(index) { "app" } else { "net" };
    format!("{sort}/{}/{}", balancer_name(place, index), place.dice("arn of a load balancer", index).hex(16))
}

fn arn(place: &Place<'_>, rest: &str) -> String {
    place.arn("elasticloadbalancing", rest)
}

/// The name under which a load balancer is reached.
pub(super) fn dns_name(place: &Place<'_>, index: usize) -> String {
    let number = place.dice("number of a load balancer", index).below(1_000_000_000);
    format!("{}-{number}.{}.elb.amazonaws.com", balancer_name(place, index), place.region())
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

pub(super) fn load_balancer(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("elbv2/load_balancer", index);
    let (name, path) = (balancer_name(place, index), balancer_path(place, index));
    let subnets = network::pair(place, index);
    let vpc = network::vpc_of_subnet(place, subnets[0]);
    let mut zones: Vec<Value> = subnets
        .iter()
        .map(|subnet| {
            let zone = place.zone(network::subnet_zone(place, *subnet));
            json!({"ZoneName": zone, "SubnetId": place.id("subnet", *subnet), "LoadBalancerAddresses": []})
        })
        .collect();
    zones.dedup();
    let protected = if dice.chance(50) { "true" } else { "false" };
    let mut item = json!({
        "LoadBalancerArn": arn(place, &format!("loadbalancer/{path}")), "LoadBalancerName": name,
        "DNSName": dns_name(place, index), "CanonicalHostedZoneId": "Z32O12XQLNTSW2", "CreatedTime": dice.time(),
        "Scheme": dice.pick(&["internet-facing", "internal"]), "VpcId": place.id("vpc", vpc),
        "State": {"Code": "active"}, "Type": if is_application(index) { "application" } else { "network" },
        "AvailabilityZones": zones, "IpAddressType": "ipv4", "Tags": tags(&mut dice, &name),
        "DescribeCapacityReservation": {"DecreaseRequestsRemaining": 2, "CapacityReservationState": []},
    });
    if is_application(index) {
        item["SecurityGroups"] = json!([place.id("sg", security::group_in(place, vpc, &mut dice))]);
        let timeout = dice.pick(&["60", "60", "120", "300"]);
        item["Attributes"] = attributes(&[
            ("access_logs.s3.enabled", "false"),
            ("access_logs.s3.bucket", ""),
            ("access_logs.s3.prefix", ""),
            ("connection_logs.s3.enabled", "false"),
            ("connection_logs.s3.bucket", ""),
            ("connection_logs.s3.prefix", ""),
            ("idle_timeout.timeout_seconds", timeout),
            ("client_keep_alive.seconds", "3600"),
            ("deletion_protection.enabled", protected),
            ("routing.http2.enabled", "true"),
            ("routing.http.drop_invalid_header_fields.enabled", "false"),
            ("routing.http.xff_client_port.enabled", "false"),
            ("routing.http.preserve_host_header.enabled", "false"),
            ("routing.http.xff_header_processing.mode", "append"),
            ("load_balancing.cross_zone.enabled", "true"),
            ("routing.http.desync_mitigation_mode", "defensive"),
            ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"),
            ("waf.fail_open.enabled", "false"),
            ("zonal_shift.config.enabled", "false"),
        ]);
    } else {
        item["Attributes"] = attributes(&[
            ("access_logs.s3.enabled", "false"),
            ("access_logs.s3.bucket", ""),
            ("access_logs.s3.prefix", ""),
            ("deletion_protection.enabled", protected),
            ("load_balancing.cross_zone.enabled", "false"),
            ("dns_record.client_routing_policy", "any_availability_zone"),
            ("zonal_shift.config.enabled", "false"),
        ]);
    }
    Made::new(&name, "LoadBalancers", item)
}

/// Listeners are dealt out in turn: a load balancer's first one answers in the clear.
fn balancer_of(place: &Place<'_>, listener: usize) -> (usize, usize) {
    let balancers = place.count("elbv2/load_balancer");
    (listener % balancers, listener / balancers)
}

fn listener_path(place: &Place<'_>, listener: usize) -> String {
    let (balancer, _) = balancer_of(place, listener);
    format!("{}/{}", balancer_path(place, balancer), place.dice("arn of a listener", listener).hex(16))
}

fn target_group_arn(place: &Place<'_>, index: usize) -> String {
    let hash = place.dice("arn of a target group", index).hex(16);
    arn(place, &format!("targetgroup/{}/{hash}", label(place, "name of a target group", index)))
}

fn forward(place: &Place<'_>, dice: &mut Dice) -> Value {
    let Some(group) = place.lasting("elbv2/target_group", dice) else {
        return json!([{"Type": "fixed-response", "Order": 1, "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}]);
    };
    let arn = target_group_arn(place, group);
    json!([{"Type": "forward", "Order": 1, "TargetGroupArn": arn, "ForwardConfig": {
        "TargetGroups": [{"TargetGroupArn": arn, "Weight": 1}], "TargetGroupStickinessConfig": {"Enabled": false},
    }}])
}

pub(super) fn listener(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("elbv2/listener", index);
    let (balancer, nth) = balancer_of(place, index);
    let path = listener_path(place, index);
    let mut item = json!({
        "ListenerArn": arn(place, &format!("listener/{path}")),
        "LoadBalancerArn": arn(place, &format!("loadbalancer/{}", balancer_path(place, balancer))),
        "Tags": tags(&mut dice, &balancer_name(place, balancer)), "DescribeListenerCertificates": {"Certificates": []},
    });
    let certificate = place.lasting("acm/certificate", &mut dice);
    match (is_application(balancer), certificate) {
        (true, Some(certificate)) if nth > 0 => {
            let certificate = super::acm::arn_of(place, certificate);
            item["Protocol"] = "HTTPS".into();
            item["Port"] = (443 + 1000 * (nth - 1)).into();
            item["SslPolicy"] = dice.pick(&["ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08"]).into();
            item["Certificates"] = json!([{ "CertificateArn": certificate }]);
            item["DescribeListenerCertificates"] =
                json!({"Certificates": [{"CertificateArn": certificate, "IsDefault": true}]});
            item["MutualAuthentication"] = json!({"Mode": "off"});
            item["DefaultActions"] = forward(place, &mut dice);
        }
        (true, _) => {
            item["Protocol"] = "HTTP".into();
            item["Port"] = (80 + 1000 * nth).into();
            item["DefaultActions"] = json!([{"Type": "redirect", "Order": 1, "RedirectConfig": {
                "Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}",
                "StatusCode": "HTTP_301",
            }}]);
        }
        (false, _) => {
            item["Protocol"] = "TCP".into();
            item["Port"] = (5000 + nth).into();
            item["DefaultActions"] = forward(place, &mut dice);
        }
    }
    item["Attributes"] = if is_application(balancer) {
        attributes(&[
            ("routing.http.response.server.enabled", "true"),
            ("routing.http.response.strict_transport_security.header_value", ""),
            ("routing.http.response.access_control_allow_origin.header_value", ""),
            ("routing.http.response.content_security_policy.header_value", ""),
            ("routing.http.response.x_content_type_options.header_value", ""),
            ("routing.http.response.x_frame_options.header_value", ""),
        ])
    } else {
        attributes(&[("tcp.idle_timeout.seconds", "350")])
    };
    let id = path.split_once('/').map_or(path.as_str(), |(_, rest)| rest);
    let mut parts = id.split('/');
    let (name, own) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
    Made::new(&format!("{name}/{own}"), "Listeners", item)
}

/// Rules are those of HTTP listeners, which there is one of at least: the first load balancer's.
pub(super) fn rule(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("elbv2/rule", index);
    let listeners = place.count("elbv2/listener");
    let mut listener = index % listeners;
    while !is_application(balancer_of(place, listener).0) {
        listener = (listener + 1) % listeners;
    }
    let (path, own) = (listener_path(place, listener), dice.hex(16));
    let host = format!("{}.example.com", dice.pick(&["api", "www", "admin", "static", "partner", "status"]));
    let route = format!("/{}/v{}/*", dice.pick(&["orders", "users", "search", "cart", "assets", "internal"]), index);
    let mut conditions =
        vec![json!({"Field": "path-pattern", "Values": [route], "PathPatternConfig": {"Values": [route]}})];
    if dice.chance(50) {
        conditions.push(json!({"Field": "host-header", "Values": [host], "HostHeaderConfig": {"Values": [host]}}));
    }
    let item = json!({
        "RuleArn": arn(place, &format!("listener-rule/{path}/{own}")), "Priority": (index % 50_000 + 1).to_string(),
        "ListenerArn": arn(place, &format!("listener/{path}")), "Conditions": conditions,
        "Actions": forward(place, &mut dice), "IsDefault": false, "Transforms": [],
        "Tags": tags(&mut dice, &format!("rule-{index}")),
    });
    let parts: Vec<&str> = path.split('/').collect();
    Made::new(&format!("{}/{}/{own}", parts[1], parts[3]), "Rules", item)
}

pub(super) fn target_group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("elbv2/target_group", index);
    let label = label(place, "name of a target group", index);
    let subnet = network::home(place, index);
    let balancer = place.count("elbv2/load_balancer").checked_sub(1).map(|last| index % (last + 1));
    let targets: Vec<Value> = place
        .some("ec2/instance", &mut dice)
        .into_iter()
        .map(|instance| json!({"Target": {"Id": place.id("i", instance), "Port": 8080}, "HealthCheckPort": "8080", "TargetHealth": {"State": "healthy"}}))
        .collect();
    let item = json!({
        "TargetGroupArn": target_group_arn(place, index), "TargetGroupName": label, "Protocol": "HTTP", "Port": 8080,
        "VpcId": place.id("vpc", network::vpc_of_subnet(place, subnet)), "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port", "HealthCheckEnabled": true,
        "HealthCheckIntervalSeconds": dice.pick(&[10, 15, 30]), "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": dice.pick(&[2, 3, 5]), "UnhealthyThresholdCount": 2,
        "HealthCheckPath": dice.pick(&["/healthz", "/health", "/", "/status"]), "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": balancer
            .map(|balancer| arn(place, &format!("loadbalancer/{}", balancer_path(place, balancer))))
            .into_iter()
            .collect::<Vec<_>>(),
        "TargetType": "instance", "ProtocolVersion": "HTTP1", "IpAddressType": "ipv4",
        "Tags": tags(&mut dice, &label),
        "Attributes": attributes(&[
            ("deregistration_delay.timeout_seconds", dice.pick(&["30", "300", "300"])),
            ("stickiness.enabled", "false"),
            ("stickiness.type", "lb_cookie"),
            ("stickiness.lb_cookie.duration_seconds", "86400"),
            ("stickiness.app_cookie.cookie_name", ""),
            ("stickiness.app_cookie.duration_seconds", "86400"),
            ("slow_start.duration_seconds", "0"),
            ("load_balancing.algorithm.type", "round_robin"),
            ("load_balancing.algorithm.anomaly_mitigation", "off"),
            ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
            ("target_group_health.dns_failover.minimum_healthy_targets.count", "1"),
            ("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"),
            ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"),
            ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"),
        ]),
        "DescribeTargetHealth": {"TargetHealthDescriptions": targets},
    });
    Made::new(&label, "TargetGroups", item)
}

pub(super) fn trust_store(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("elbv2/trust_store", index);
    let label = label(place, "name of a trust store", index);
    let item = json!({
        "Name": label, "TrustStoreArn": arn(place, &format!("truststore/{label}/{}", dice.hex(16))), "Status": "ACTIVE",
        "NumberOfCaCertificates": 1 + dice.below(5), "TotalRevokedEntries": 0, "Tags": tags(&mut dice, &label),
    });
    Made::new(&label, "TrustStores", item)
}

/// Classic load balancers are legacy: few, and like each other.
pub(super) fn classic(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("elb/load_balancer", index);
    let label = format!("classic-{}", label(place, "name of a classic load balancer", index));
    let subnets = network::pair(place, index);
    let vpc = network::vpc_of_subnet(place, subnets[0]);
    let mut item = template::item(place, "elb", "LoadBalancerDescriptions", index);
    let host = format!("{label}-{}.{}.elb.amazonaws.com", dice.below(1_000_000_000), place.region());
    item["LoadBalancerName"] = label.as_str().into();
    item["DNSName"] = host.as_str().into();
    item["CanonicalHostedZoneName"] = host.into();
    item["CreatedTime"] = dice.time().into();
    item["VPCId"] = place.id("vpc", vpc).into();
    item["Subnets"] = subnets.iter().map(|subnet| place.id("subnet", *subnet)).collect();
    item["AvailabilityZones"] = subnets.iter().map(|subnet| place.zone(network::subnet_zone(place, *subnet))).collect();
    item["SecurityGroups"] = json!([place.id("sg", security::group_in(place, vpc, &mut dice))]);
    item["Instances"] = json!([]);
    item["Tags"] = tags(&mut dice, &label);
    Made::new(&label, "LoadBalancerDescriptions", item)
}
