resource "aws_route53_delegation_set" "main" {}

resource "aws_route53_zone" "main" {
  name              = "example.com"
  delegation_set_id = aws_route53_delegation_set.main.id
}

resource "aws_route53_zone" "internal" {
  name    = "internal.example.com"
  comment = "Services"
  vpc { vpc_id = aws_vpc.main.id }
}

resource "aws_cloudwatch_log_group" "queries" {
  name = "/aws/route53/example.com"
}

resource "aws_route53_query_log" "main" {
  zone_id                  = aws_route53_zone.main.zone_id
  cloudwatch_log_group_arn = "${aws_cloudwatch_log_group.queries.arn}:*"
}

resource "aws_route53_health_check" "tcp" {
  type              = "TCP"
  ip_address        = "192.0.2.7"
  port              = 22
  request_interval  = 10
  failure_threshold = 5
}

resource "aws_route53_health_check" "web" {
  type               = "HTTPS_STR_MATCH"
  fqdn               = "www.example.com"
  port               = 8443
  resource_path      = "/healthz?deep=\"1\""
  search_string      = "fine"
  request_interval   = 30
  failure_threshold  = 2
  enable_sni         = false
  measure_latency    = true
  invert_healthcheck = true
  disabled           = true
  regions            = ["us-east-1", "eu-west-1", "ap-southeast-1"]
  tags               = { Name = "web \"site\"" }
}

resource "aws_route53_health_check" "most" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.tcp.id, aws_route53_health_check.web.id]
}

resource "aws_route53_health_check" "alarm" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = "queue too long"
  cloudwatch_alarm_region         = "us-east-1"
  insufficient_data_health_status = "LastKnownStatus"
}

resource "aws_route53_record" "first" {
  zone_id         = aws_route53_zone.main.zone_id
  name            = "www"
  type            = "A"
  ttl             = 60
  records         = [aws_instance.web.private_ip]
  set_identifier  = "first"
  health_check_id = aws_route53_health_check.web.id
  failover_routing_policy { type = "PRIMARY" }
}
