#!/usr/bin/env python3
"""Fills an emulator with load balancers of both generations. AWS_ENDPOINT_URL says where it is."""

from emulator import attempt, clients


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def network(ec2, made):
    vpc = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    made["vpc"] = vpc
    made["subnets"] = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.50.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"]
        for number, zone in enumerate("abc")
    ]
    made["security_groups"] = [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("lb", "lb-office")
    ]


def second(aws, made):
    """Application and network load balancers."""
    elb = aws("elbv2")
    certificate = attempt(aws("acm").request_certificate, DomainName="lb.example.com", ValidationMethod="DNS")
    made["certificate"] = certificate and certificate["CertificateArn"]
    made["web"] = web = elb.create_load_balancer(
        Name="web", Subnets=made["subnets"][:2], SecurityGroups=made["security_groups"][:1], Scheme="internet-facing",
        Type="application", IpAddressType="ipv4", Tags=tags(Team="web", Environment="production"),
    )["LoadBalancers"][0]["LoadBalancerArn"]
    attempt(elb.modify_load_balancer_attributes, LoadBalancerArn=web, Attributes=tags(**{
        "idle_timeout.timeout_seconds": "120", "deletion_protection.enabled": "false",
        "routing.http2.enabled": "true"}))
    groups = {}
    for name in ("web", "api", "canary"):
        groups[name] = elb.create_target_group(
            Name=name, Protocol="HTTP", Port=8080, VpcId=made["vpc"], TargetType="ip", HealthCheckPath="/healthz",
            HealthCheckIntervalSeconds=15, Matcher={"HttpCode": "200-299"}, Tags=tags(Team=name),
        )["TargetGroups"][0]["TargetGroupArn"]
    made["target_groups"] = groups
    attempt(elb.modify_target_group_attributes, TargetGroupArn=groups["web"], Attributes=tags(**{
        "deregistration_delay.timeout_seconds": "60", "stickiness.enabled": "true", "stickiness.type": "lb_cookie"}))
    attempt(elb.register_targets, TargetGroupArn=groups["web"], Targets=[
        {"Id": "10.50.0.10", "Port": 8080}, {"Id": "10.50.0.11", "Port": 8080}, {"Id": "10.50.1.10", "Port": 9090}])

    redirect = {"Type": "redirect", "Order": 1,
                "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    made["http"] = elb.create_listener(
        LoadBalancerArn=web, Protocol="HTTP", Port=80, DefaultActions=[redirect], Tags=tags(Name="plain"),
    )["Listeners"][0]["ListenerArn"]
    made["listener"] = listener = elb.create_listener(
        LoadBalancerArn=web, Protocol="HTTPS", Port=443, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        Certificates=[{"CertificateArn": made["certificate"] or "arn:aws:acm:us-east-1:123456789012:certificate/one"}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["web"]}],
    )["Listeners"][0]["ListenerArn"]
    attempt(elb.modify_listener_attributes, ListenerArn=listener, Attributes=tags(**{
        "routing.http.response.server.enabled": "false"}))
    more = attempt(aws("acm").request_certificate, DomainName="sni.example.com", ValidationMethod="DNS")
    if more:
        made["sni_certificate"] = more["CertificateArn"]
        attempt(elb.add_listener_certificates, ListenerArn=listener, Certificates=[
            {"CertificateArn": more["CertificateArn"]}])
    rules = {
        10: ([{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
             [{"Type": "forward", "TargetGroupArn": groups["api"]}]),
        20: ([{"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example.com", "www.example.com"]}},
              {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Canary", "Values": ["1"]}}],
             [{"Type": "forward", "ForwardConfig": {"TargetGroups": [
                 {"TargetGroupArn": groups["web"], "Weight": 90}, {"TargetGroupArn": groups["canary"], "Weight": 10}]}}]),
        30: ([{"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}}],
             [{"Type": "fixed-response", "FixedResponseConfig": {
                 "StatusCode": "403", "ContentType": "text/plain", "MessageBody": "no"}}]),
    }
    made["rules"] = {}
    for priority, (conditions, actions) in rules.items():
        rule = attempt(elb.create_rule, ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=actions,
                       Tags=tags(Name=f"rule-{priority}"))
        if rule:
            made["rules"][priority] = rule["Rules"][0]["RuleArn"]

    net = attempt(elb.create_load_balancer, Name="tcp", Subnets=made["subnets"][:1], Type="network", Scheme="internal")
    group = attempt(elb.create_target_group, Name="tcp", Protocol="TCP", Port=5432, VpcId=made["vpc"], TargetType="ip")
    if net and group:
        attempt(elb.create_listener, LoadBalancerArn=net["LoadBalancers"][0]["LoadBalancerArn"], Protocol="TCP",
                Port=5432, DefaultActions=[
                    {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}])
    attempt(elb.create_trust_store, Name="clients", CaCertificatesBundleS3Bucket="ca", CaCertificatesBundleS3Key="ca.pem",
            Tags=tags(Team="web"))


def classic(elb, made):
    """The first generation."""
    attempt(elb.create_load_balancer, LoadBalancerName="legacy", Listeners=[
        {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080},
        {"Protocol": "TCP", "LoadBalancerPort": 5222, "InstanceProtocol": "TCP", "InstancePort": 5222},
    ], Subnets=made["subnets"][:2], SecurityGroups=made["security_groups"][:1], Tags=tags(Team="legacy"))
    attempt(elb.configure_health_check, LoadBalancerName="legacy", HealthCheck={
        "Target": "HTTP:8080/healthz", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 10})
    attempt(elb.modify_load_balancer_attributes, LoadBalancerName="legacy", LoadBalancerAttributes={
        "CrossZoneLoadBalancing": {"Enabled": True}, "ConnectionDraining": {"Enabled": True, "Timeout": 120},
        "ConnectionSettings": {"IdleTimeout": 90}})
    attempt(elb.create_lb_cookie_stickiness_policy, LoadBalancerName="legacy", PolicyName="hour",
            CookieExpirationPeriod=3600)
    attempt(elb.create_app_cookie_stickiness_policy, LoadBalancerName="legacy", PolicyName="session", CookieName="SID")
    attempt(elb.set_load_balancer_policies_of_listener, LoadBalancerName="legacy", LoadBalancerPort=80,
            PolicyNames=["hour"])


def seed(aws):
    """Creates everything, and returns the ids that changes need."""
    made = {}
    network(aws("ec2"), made)
    second(aws, made)
    classic(aws("elb"), made)
    return made


if __name__ == "__main__":
    seed(clients())
