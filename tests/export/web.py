#!/usr/bin/env python3
"""Load balancers, and what belongs to networks, each argument of their mappings with a value that is not usual, and one
of each with everything usual. AWS_ENDPOINT_URL says where it is."""

import json
import os

import boto3
from botocore.config import Config

REGION = os.environ["AWS_REGION"]


def client(service):
    """Of a service: what it does not know fails at once."""
    return boto3.client(service, region_name=REGION, config=Config(retries={"max_attempts": 1}))


def tags(**values):
    return [{"Key": key.replace("_", " "), "Value": value} for key, value in values.items()]


AWKWARD = {"Name": "${web} %{if}", "Said_by": 'the "boss"\\ 日本', "Empty": ""}


def attributes(text):
    """`key=value` lines, as load balancers have them."""
    pairs = (line.split("=", 1) for line in text.split())
    return [{"Key": key, "Value": value} for key, value in pairs]


def tagged(sort, **values):
    return [{"ResourceType": sort, "Tags": tags(**values)}]


def network(ec2, made):
    vpc = ec2.create_vpc(CidrBlock="10.50.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    made["vpc"] = vpc
    made["peer"] = ec2.create_vpc(CidrBlock="10.51.0.0/16")["Vpc"]["VpcId"]
    made["subnets"] = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.50.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"]
        for number, zone in enumerate("abc")
    ]
    made["groups"] = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("lb", "lb-office")
    ]

    options = ec2.create_dhcp_options(DhcpConfigurations=[
        {"Key": "domain-name", "Values": ["internal.example.com"]},
        {"Key": "domain-name-servers", "Values": ["10.50.0.2", "AmazonProvidedDNS"]},
        {"Key": "ntp-servers", "Values": ["169.254.169.123", "10.50.0.3"]},
        {"Key": "netbios-name-servers", "Values": ["10.50.0.4"]},
        {"Key": "netbios-node-type", "Values": ["2"]},
    ])["DhcpOptions"]["DhcpOptionsId"]
    # The emulator forgets those that it is given at once.
    ec2.create_tags(Resources=[options], Tags=tags(**AWKWARD))
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    usual = ec2.create_dhcp_options(DhcpConfigurations=[
        {"Key": "domain-name", "Values": ["ec2.internal"]},
        {"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]},
    ])["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=usual, VpcId=made["peer"])

    ec2.create_egress_only_internet_gateway(
        VpcId=vpc, TagSpecifications=tagged("egress-only-internet-gateway", Name="out"))
    ec2.create_managed_prefix_list(
        PrefixListName="office", AddressFamily="IPv4", MaxEntries=5, TagSpecifications=tagged("prefix-list", **AWKWARD),
        Entries=[{"Cidr": "192.0.2.0/28", "Description": 'Berlin "Mitte"'}, {"Cidr": "198.51.100.0/24"}])
    ec2.create_managed_prefix_list(PrefixListName="none yet", AddressFamily="IPv6", MaxEntries=1)
    logs(ec2, made)
    acls(ec2, made)
    endpoints(ec2, made)
    peering(ec2, made)


def logs(ec2, made):
    client("s3").create_bucket(Bucket="web-flow-logs")
    client("logs").create_log_group(logGroupName="/vpc/web")
    role = client("iam").create_role(RoleName="flow-logs", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                       "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}}]}))["Role"]["Arn"]
    ec2.create_flow_logs(
        ResourceType="VPC", ResourceIds=[made["vpc"]], TrafficType="REJECT", LogDestinationType="s3",
        LogDestination="arn:aws:s3:::web-flow-logs", MaxAggregationInterval=60,
        LogFormat="${version} ${vpc-id} ${action}", TagSpecifications=tagged("vpc-flow-log", **AWKWARD))
    ec2.create_flow_logs(
        ResourceType="Subnet", ResourceIds=made["subnets"][:1], TrafficType="ALL", LogGroupName="/vpc/web",
        DeliverLogsPermissionArn=role)


def acls(ec2, made):
    acl = ec2.create_network_acl(VpcId=made["vpc"], TagSpecifications=tagged("network-acl", **AWKWARD))[
        "NetworkAcl"]["NetworkAclId"]
    entries = [
        dict(RuleNumber=100, Protocol="6", RuleAction="allow", Egress=False, CidrBlock="0.0.0.0/0",
             PortRange={"From": 443, "To": 443}),
        dict(RuleNumber=110, Protocol="17", RuleAction="deny", Egress=False, CidrBlock="10.0.0.0/8",
             PortRange={"From": 53, "To": 53}),
        dict(RuleNumber=120, Protocol="1", RuleAction="allow", Egress=False, CidrBlock="10.0.0.0/8",
             IcmpTypeCode={"Type": 8, "Code": -1}),
        dict(RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=True, CidrBlock="0.0.0.0/0"),
        dict(RuleNumber=101, Protocol="-1", RuleAction="allow", Egress=True, Ipv6CidrBlock="::/0"),
        dict(RuleNumber=110, Protocol="47", RuleAction="allow", Egress=True, CidrBlock="192.0.2.0/24"),
    ]
    for entry in entries:
        ec2.create_network_acl_entry(NetworkAclId=acl, **entry)
    for found in ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [made["vpc"]]}])["NetworkAcls"]:
        for association in found["Associations"]:
            if association["SubnetId"] in made["subnets"][:2]:
                ec2.replace_network_acl_association(
                    AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)


def endpoints(ec2, made):
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [made["vpc"]]}])["RouteTables"]
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "arn:aws:s3:::web-flow-logs/*"}]}
    ec2.create_vpc_endpoint(
        VpcId=made["vpc"], VpcEndpointType="Gateway", ServiceName=f"com.amazonaws.{REGION}.s3",
        RouteTableIds=[tables[0]["RouteTableId"]], PolicyDocument=json.dumps(policy),
        TagSpecifications=tagged("vpc-endpoint", **AWKWARD))
    ec2.create_vpc_endpoint(
        VpcId=made["vpc"], VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.ec2",
        SubnetIds=made["subnets"][:2], SecurityGroupIds=made["groups"][:1], PrivateDnsEnabled=True)


def peering(ec2, made):
    connection = ec2.create_vpc_peering_connection(
        VpcId=made["vpc"], PeerVpcId=made["peer"],
        TagSpecifications=tagged("vpc-peering-connection", **AWKWARD))["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=connection)
    ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=connection,
        RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True},
        AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": False})


# What AWS answers for each sort of load balancer and target group that nobody has changed: the emulator tells what was
# set, and the provider asks for the rest.
APPLICATION = """
    access_logs.s3.enabled=false connection_logs.s3.enabled=false connection_logs.s3.bucket= connection_logs.s3.prefix=
    idle_timeout.timeout_seconds=60 client_keep_alive.seconds=3600 deletion_protection.enabled=false
    routing.http2.enabled=true routing.http.drop_invalid_header_fields.enabled=false
    routing.http.xff_client_port.enabled=false routing.http.preserve_host_header.enabled=false
    routing.http.xff_header_processing.mode=append load_balancing.cross_zone.enabled=true
    routing.http.desync_mitigation_mode=defensive routing.http.x_amzn_tls_version_and_cipher_suite.enabled=false
    waf.fail_open.enabled=false zonal_shift.config.enabled=false
"""
NETWORK = """
    access_logs.s3.enabled=false deletion_protection.enabled=false load_balancing.cross_zone.enabled=false
    dns_record.client_routing_policy=any_availability_zone zonal_shift.config.enabled=false
"""
CHOSEN = """
    access_logs.s3.enabled=true access_logs.s3.bucket=web-flow-logs access_logs.s3.prefix=alb
    connection_logs.s3.enabled=true connection_logs.s3.bucket=web-flow-logs connection_logs.s3.prefix=connections
    idle_timeout.timeout_seconds=120 client_keep_alive.seconds=7200 deletion_protection.enabled=true
    routing.http2.enabled=false routing.http.drop_invalid_header_fields.enabled=true
    routing.http.xff_client_port.enabled=true routing.http.preserve_host_header.enabled=true
    routing.http.xff_header_processing.mode=preserve routing.http.desync_mitigation_mode=strictest
    routing.http.x_amzn_tls_version_and_cipher_suite.enabled=true waf.fail_open.enabled=true
    zonal_shift.config.enabled=true
"""


def balancers(elb, made):
    def create(name, sort, text, **more):
        balancer = elb.create_load_balancer(Name=name, Type=sort, **more)["LoadBalancers"][0]["LoadBalancerArn"]
        elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=attributes(text))
        return balancer

    web = create("web", "application", APPLICATION, Subnets=made["subnets"][:2], SecurityGroups=made["groups"],
                 Scheme="internet-facing", IpAddressType="dualstack", Tags=tags(**AWKWARD))
    elb.modify_load_balancer_attributes(LoadBalancerArn=web, Attributes=attributes(CHOSEN))
    create("usual", "application", APPLICATION, Subnets=made["subnets"][:2], SecurityGroups=made["groups"][:1],
           Scheme="internet-facing")
    tcp = create("tcp", "network", NETWORK, Scheme="internal", SecurityGroups=made["groups"][:1], SubnetMappings=[
        {"SubnetId": made["subnets"][0], "PrivateIPv4Address": "10.50.0.9"}])
    elb.modify_load_balancer_attributes(LoadBalancerArn=tcp, Attributes=attributes("""
        load_balancing.cross_zone.enabled=true dns_record.client_routing_policy=partial_availability_zone_affinity"""))
    return web, tcp


HTTP = """
    deregistration_delay.timeout_seconds=300 stickiness.enabled=false stickiness.type=lb_cookie
    stickiness.lb_cookie.duration_seconds=86400 stickiness.app_cookie.cookie_name=
    stickiness.app_cookie.duration_seconds=86400 slow_start.duration_seconds=0
    load_balancing.algorithm.type=round_robin load_balancing.algorithm.anomaly_mitigation=off
    load_balancing.cross_zone.enabled=use_load_balancer_configuration
    target_group_health.dns_failover.minimum_healthy_targets.count=1
    target_group_health.dns_failover.minimum_healthy_targets.percentage=off
    target_group_health.unhealthy_state_routing.minimum_healthy_targets.count=1
    target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage=off
"""
TCP = """
    deregistration_delay.timeout_seconds=120 deregistration_delay.connection_termination.enabled=true
    stickiness.enabled=true stickiness.type=source_ip proxy_protocol_v2.enabled=true preserve_client_ip.enabled=false
    load_balancing.cross_zone.enabled=true target_health_state.unhealthy.connection_termination.enabled=false
    target_health_state.unhealthy.draining_interval_seconds=60
"""


def groups(elb, made):
    def create(name, text, **more):
        group = elb.create_target_group(Name=name, **more)["TargetGroups"][0]["TargetGroupArn"]
        elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=attributes(text))
        return group

    inside = {"VpcId": made["vpc"]}
    found = {
        "web": create(
            "web", HTTP, Protocol="HTTP", ProtocolVersion="HTTP2", Port=8080, TargetType="ip", IpAddressType="ipv4",
            HealthCheckProtocol="HTTP", HealthCheckPort="9090", HealthCheckPath="/healthz", HealthyThresholdCount=4,
            UnhealthyThresholdCount=5, HealthCheckIntervalSeconds=15, HealthCheckTimeoutSeconds=7,
            Matcher={"HttpCode": "200-299"}, Tags=tags(**AWKWARD), **inside),
        "usual": create("usual", HTTP, Protocol="HTTP", Port=80, **inside),
        "session": create("session", HTTP, Protocol="HTTPS", Port=443, **inside),
        "tcp": create("tcp", TCP, Protocol="TCP", Port=5432, TargetType="ip", **inside),
        "function": create("function", "lambda.multi_value_headers.enabled=true", TargetType="lambda"),
    }
    change = elb.modify_target_group_attributes
    change(TargetGroupArn=found["web"], Attributes=attributes("""
        deregistration_delay.timeout_seconds=30 slow_start.duration_seconds=45 stickiness.enabled=true
        stickiness.lb_cookie.duration_seconds=3600 load_balancing.algorithm.type=least_outstanding_requests
        load_balancing.cross_zone.enabled=false target_group_health.dns_failover.minimum_healthy_targets.count=2
        target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage=50"""))
    change(TargetGroupArn=found["session"], Attributes=attributes("""
        stickiness.enabled=true stickiness.type=app_cookie stickiness.app_cookie.cookie_name=SID
        stickiness.app_cookie.duration_seconds=600 load_balancing.algorithm.type=weighted_random
        load_balancing.algorithm.anomaly_mitigation=on"""))
    elb.register_targets(TargetGroupArn=found["web"], Targets=[{"Id": "10.50.0.10", "Port": 8080}])
    return found


def certificate(name):
    return client("acm").request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]


def listeners(elb, web, tcp, found):
    def forward(name):
        return {"Type": "forward", "TargetGroupArn": found[name], "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": found[name], "Weight": 1}],
            "TargetGroupStickinessConfig": {"Enabled": False}}}

    elb.create_listener(LoadBalancerArn=web, Protocol="HTTP", Port=80, DefaultActions=[{
        "Type": "redirect", "RedirectConfig": {
            "Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}",
            "StatusCode": "HTTP_301"}}])
    https = elb.create_listener(
        LoadBalancerArn=web, Protocol="HTTPS", Port=443, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        Certificates=[{"CertificateArn": certificate("web.example.com")}], Tags=tags(**AWKWARD),
        DefaultActions=[forward("web")])["Listeners"][0]["ListenerArn"]
    elb.modify_listener_attributes(ListenerArn=https, Attributes=attributes("""
        routing.http.response.server.enabled=false
        routing.http.response.strict_transport_security.header_value=max-age=60
        routing.http.response.x_content_type_options.header_value=nosniff"""))
    elb.create_listener(LoadBalancerArn=tcp, Protocol="TCP", Port=5432, DefaultActions=[forward("tcp")])
    elb.create_listener(
        LoadBalancerArn=web, Protocol="HTTPS", Port=8443, SslPolicy="ELBSecurityPolicy-2016-08",
        Certificates=[{"CertificateArn": certificate("in.example.com")}], DefaultActions=[
            {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {
                "Issuer": "https://login.example.com", "AuthorizationEndpoint": "https://login.example.com/a",
                "TokenEndpoint": "https://login.example.com/t", "UserInfoEndpoint": "https://login.example.com/u",
                "ClientId": "web", "ClientSecret": "hush", "SessionCookieName": "AWSELBAuthSessionCookie",
                "Scope": "openid email", "SessionTimeout": 28800, "OnUnauthenticatedRequest": "authenticate"}},
            {**forward("usual"), "Order": 2}])
    return https, forward


def rules(elb, https, forward, found):
    def create(priority, conditions, action, **more):
        elb.create_rule(ListenerArn=https, Priority=priority, Actions=[action], Conditions=conditions, **more)

    weighted = {"Type": "forward", "ForwardConfig": {
        "TargetGroups": [{"TargetGroupArn": found["web"], "Weight": 90}, {"TargetGroupArn": found["usual"], "Weight": 10}],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 600}}}
    create(10, [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/v2/*"]}}], forward("web"),
           Tags=tags(**AWKWARD))
    create(20, [{"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example.com"]}},
                {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Canary", "Values": ["1", "yes"]}}],
           weighted)
    create(30, [{"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}},
                {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}],
           {"Type": "fixed-response", "FixedResponseConfig": {
               "StatusCode": "403", "ContentType": "text/plain", "MessageBody": 'no "${way}"'}})
    create(40, [{"Field": "query-string", "QueryStringConfig": {"Values": [
        {"Key": "preview", "Value": "1"}, {"Value": "beta"}]}}],
        {"Type": "redirect", "RedirectConfig": {
            "Protocol": "#{protocol}", "Port": "#{port}", "Host": "beta.example.com", "Path": "/b/#{path}",
            "Query": "from=#{query}", "StatusCode": "HTTP_302"}})


def classic(made):
    elb = client("elb")
    elb.create_load_balancer(
        LoadBalancerName="legacy", Subnets=made["subnets"][:2], SecurityGroups=made["groups"][:1], Scheme="internal",
        Tags=tags(**AWKWARD), Listeners=[
            {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080},
            {"Protocol": "TCP", "LoadBalancerPort": 5222, "InstanceProtocol": "TCP", "InstancePort": 5222},
            {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 8080,
             "SSLCertificateId": certificate("legacy.example.com")}])
    machine = client("ec2").run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=made["subnets"][0])["Instances"][0]["InstanceId"]
    elb.register_instances_with_load_balancer(LoadBalancerName="legacy", Instances=[{"InstanceId": machine}])
    elb.configure_health_check(LoadBalancerName="legacy", HealthCheck={
        "Target": "HTTP:8080/healthz", "Interval": 20, "Timeout": 4, "UnhealthyThreshold": 3, "HealthyThreshold": 9})
    elb.modify_load_balancer_attributes(LoadBalancerName="legacy", LoadBalancerAttributes={
        "CrossZoneLoadBalancing": {"Enabled": False}, "ConnectionDraining": {"Enabled": True, "Timeout": 120},
        "ConnectionSettings": {"IdleTimeout": 90}, "AdditionalAttributes": [
            {"Key": "elb.http.desyncmitigationmode", "Value": "strictest"}],
        "AccessLog": {"Enabled": True, "S3BucketName": "web-flow-logs", "S3BucketPrefix": "elb", "EmitInterval": 5}})
    elb.create_lb_cookie_stickiness_policy(LoadBalancerName="legacy", PolicyName="hour", CookieExpirationPeriod=3600)
    elb.set_load_balancer_policies_of_listener(LoadBalancerName="legacy", LoadBalancerPort=80, PolicyNames=["hour"])
    elb.create_load_balancer(LoadBalancerName="usual", AvailabilityZones=[f"{REGION}a"], Listeners=[
        {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}])
    elb.modify_load_balancer_attributes(LoadBalancerName="usual", LoadBalancerAttributes={
        "CrossZoneLoadBalancing": {"Enabled": True}, "ConnectionDraining": {"Enabled": False, "Timeout": 300},
        "ConnectionSettings": {"IdleTimeout": 60}, "AccessLog": {"Enabled": False}, "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}]})
    elb.configure_health_check(LoadBalancerName="usual", HealthCheck={
        "Target": "TCP:80", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 10})


def seed():
    made = {}
    network(client("ec2"), made)
    elb = client("elbv2")
    web, tcp = balancers(elb, made)
    found = groups(elb, made)
    https, forward = listeners(elb, web, tcp, found)
    rules(elb, https, forward, found)
    classic(made)


if __name__ == "__main__":
    seed()
