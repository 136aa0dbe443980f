"""Console changes to load balancers of both generations, and what `plan` must show."""

from form import Change

MOTO = {"moto"}


def pairs(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def below(arn):
    """The id of a listener or rule: the load balancer's name and the ids below it."""
    parts = arn.split("/")
    return "/".join([parts[2], *parts[4:]])


def listener(seed):
    return below(seed["listener"])


def rule(priority):
    return lambda seed: below(seed["rules"][priority])


def add_rule(aws, seed):
    return aws("elbv2").create_rule(
        ListenerArn=seed["listener"], Priority=5, Conditions=[
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/admin/*"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": seed["target_groups"]["web"]}])["Rules"][0]["RuleArn"]


def add_listener(aws, seed):
    return aws("elbv2").create_listener(
        LoadBalancerArn=seed["web"], Protocol="HTTP", Port=8080, DefaultActions=[
            {"Type": "forward", "TargetGroupArn": seed["target_groups"]["web"]}])["Listeners"][0]["ListenerArn"]


CHANGES = [
    Change(
        name="the idle timeout changes",
        apply=lambda aws, seed: aws("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=seed["web"], Attributes=pairs(**{"idle_timeout.timeout_seconds": "30"})),
        expect=[("changed", "elbv2/load_balancer", "web", ["Attributes"])],
    ),
    Change(
        name="another security group guards the load balancer",
        apply=lambda aws, seed: aws("elbv2").set_security_groups(
            LoadBalancerArn=seed["web"], SecurityGroups=seed["security_groups"]),
        expect=[("changed", "elbv2/load_balancer", "web", ["SecurityGroups"])],
    ),
    Change(
        name="the load balancer moves to another subnet",
        apply=lambda aws, seed: aws("elbv2").set_subnets(
            LoadBalancerArn=seed["web"], Subnets=[seed["subnets"][0], seed["subnets"][2]]),
        expect=[("changed", "elbv2/load_balancer", "web", ["AvailabilityZones"])],
    ),
    Change(
        name="the load balancer's tags change",
        apply=lambda aws, seed: [
            aws("elbv2").add_tags(ResourceArns=[seed["web"]], Tags=pairs(Team="shop")),
            aws("elbv2").remove_tags(ResourceArns=[seed["web"]], TagKeys=["Environment"])],
        expect=[("changed", "elbv2/load_balancer", "web", ["tags"])],
    ),
    Change(
        name="a listener's default action changes",
        apply=lambda aws, seed: aws("elbv2").modify_listener(
            ListenerArn=seed["listener"], DefaultActions=[
                {"Type": "forward", "TargetGroupArn": seed["target_groups"]["api"]}]),
        expect=[("changed", "elbv2/listener", listener, ["DefaultActions"])],
    ),
    Change(
        name="a listener takes old TLS again",
        apply=lambda aws, seed: aws("elbv2").modify_listener(
            ListenerArn=seed["listener"], SslPolicy="ELBSecurityPolicy-2016-08"),
        expect=[("changed", "elbv2/listener", listener, ["SslPolicy"])],
    ),
    Change(
        name="a certificate for another host name is taken off",
        apply=lambda aws, seed: aws("elbv2").remove_listener_certificates(
            ListenerArn=seed["listener"], Certificates=[{"CertificateArn": seed["sni_certificate"]}]),
        expect=[("changed", "elbv2/listener", listener, ["Certificates"])],
        emulators=MOTO,
    ),
    Change(
        name="a redirect becomes temporary",
        apply=lambda aws, seed: aws("elbv2").modify_listener(ListenerArn=seed["http"], DefaultActions=[
            {"Type": "redirect", "Order": 1,
             "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_302"}}]),
        expect=[("changed", "elbv2/listener", lambda seed: below(seed["http"]), ["DefaultActions"])],
    ),
    Change(
        name="somebody adds a listener",
        apply=add_listener,
        expect=[("added", "elbv2/listener", lambda seed: below(seed["result"]), [])],
    ),
    Change(
        name="somebody adds a rule",
        apply=add_rule,
        expect=[("added", "elbv2/rule", lambda seed: below(seed["result"]), [])],
    ),
    Change(
        name="a rule's condition changes",
        apply=lambda aws, seed: aws("elbv2").modify_rule(RuleArn=seed["rules"][10], Conditions=[
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/v2/*"]}}]),
        expect=[("changed", "elbv2/rule", rule(10), ["Conditions"])],
    ),
    Change(
        name="more traffic goes to the canary",
        apply=lambda aws, seed: aws("elbv2").modify_rule(RuleArn=seed["rules"][20], Actions=[
            {"Type": "forward", "ForwardConfig": {"TargetGroups": [
                {"TargetGroupArn": seed["target_groups"]["web"], "Weight": 50},
                {"TargetGroupArn": seed["target_groups"]["canary"], "Weight": 50}]}}]),
        expect=[("changed", "elbv2/rule", rule(20), ["Actions"])],
        emulators=MOTO,
    ),
    Change(
        name="a rule goes to another place",
        apply=lambda aws, seed: aws("elbv2").set_rule_priorities(
            RulePriorities=[{"RuleArn": seed["rules"][10], "Priority": 40}]),
        expect=[("changed", "elbv2/rule", rule(10), ["Priority"])],
    ),
    Change(
        name="a rule is deleted",
        apply=lambda aws, seed: aws("elbv2").delete_rule(RuleArn=seed["rules"][30]),
        expect=[("removed", "elbv2/rule", rule(30), [])],
    ),
    Change(
        name="a health check asks another path",
        apply=lambda aws, seed: aws("elbv2").modify_target_group(
            TargetGroupArn=seed["target_groups"]["api"], HealthCheckPath="/"),
        expect=[("changed", "elbv2/target_group", "api", ["HealthCheckPath"])],
    ),
    Change(
        name="stickiness is switched off",
        apply=lambda aws, seed: aws("elbv2").modify_target_group_attributes(
            TargetGroupArn=seed["target_groups"]["web"], Attributes=pairs(**{"stickiness.enabled": "false"})),
        expect=[("changed", "elbv2/target_group", "web", ["Attributes"])],
    ),
    Change(
        name="a target is registered by hand",
        apply=lambda aws, seed: aws("elbv2").register_targets(
            TargetGroupArn=seed["target_groups"]["web"], Targets=[{"Id": "10.50.0.99", "Port": 8080}]),
        expect=[("changed", "elbv2/target_group", "web", ["TargetHealthDescriptions"])],
    ),
    Change(
        name="a target is deregistered",
        apply=lambda aws, seed: aws("elbv2").deregister_targets(
            TargetGroupArn=seed["target_groups"]["web"], Targets=[{"Id": "10.50.0.11", "Port": 8080}]),
        expect=[("changed", "elbv2/target_group", "web", ["TargetHealthDescriptions"])],
    ),
    Change(
        name="a classic load balancer's idle timeout changes",
        apply=lambda aws, seed: aws("elb").modify_load_balancer_attributes(
            LoadBalancerName="legacy", LoadBalancerAttributes={"ConnectionSettings": {"IdleTimeout": 300}}),
        expect=[("changed", "elb/load_balancer", "legacy", ["LoadBalancerAttributes"])],
        emulators=MOTO,
    ),
    Change(
        name="a classic load balancer gets a listener",
        apply=lambda aws, seed: aws("elb").create_load_balancer_listeners(LoadBalancerName="legacy", Listeners=[
            {"Protocol": "TCP", "LoadBalancerPort": 2222, "InstanceProtocol": "TCP", "InstancePort": 22}]),
        expect=[("changed", "elb/load_balancer", "legacy", ["ListenerDescriptions"])],
        emulators=MOTO,
    ),
    Change(
        name="a classic load balancer's health check changes",
        apply=lambda aws, seed: aws("elb").configure_health_check(LoadBalancerName="legacy", HealthCheck={
            "Target": "TCP:8080", "Interval": 10, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 10}),
        expect=[("changed", "elb/load_balancer", "legacy", ["HealthCheck"])],
        emulators=MOTO,
    ),
    Change(
        name="a classic load balancer gets a policy",
        apply=lambda aws, seed: aws("elb").create_lb_cookie_stickiness_policy(
            LoadBalancerName="legacy", PolicyName="day", CookieExpirationPeriod=86400),
        expect=[("changed", "elb/load_balancer", "legacy", ["PolicyDescriptions"])],
        emulators=MOTO,
    ),
    Change(
        name="a classic load balancer is deleted",
        apply=lambda aws, seed: aws("elb").delete_load_balancer(LoadBalancerName="legacy"),
        expect=[("removed", "elb/load_balancer", "legacy", [])],
        emulators=MOTO,
    ),
]
