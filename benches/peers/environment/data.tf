# One environment's databases and names.

resource "aws_db_subnet_group" "main" {
  name       = var.name
  subnet_ids = aws_subnet.private[*].id
  tags       = local.tags
}

resource "aws_db_parameter_group" "main" {
  name   = "${var.name}-postgres16"
  family = "postgres16"
  tags   = local.tags
  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }
}

resource "aws_db_instance" "main" {
  for_each                = var.databases
  identifier              = "${var.name}-${each.key}"
  engine                  = "postgres"
  engine_version          = "16.3"
  instance_class          = "db.t3.medium"
  allocated_storage       = 100
  username                = "postgres"
  password                = "not-a-secret"
  db_subnet_group_name    = aws_db_subnet_group.main.name
  parameter_group_name    = aws_db_parameter_group.main.name
  vpc_security_group_ids  = [aws_security_group.database.id]
  backup_retention_period = 7
  skip_final_snapshot     = true
  tags                    = merge(local.tags, { Data = each.key })
}

resource "aws_route53_record" "database" {
  for_each = aws_db_instance.main
  zone_id  = var.zone
  name     = "${each.key}.db"
  type     = "CNAME"
  ttl      = 60
  records  = [each.value.address]
}

resource "aws_route53_record" "balancer" {
  for_each = aws_lb.main
  zone_id  = var.zone
  name     = each.key
  type     = "A"
  alias {
    name                   = each.value.dns_name
    zone_id                = each.value.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "service" {
  for_each = toset(["api", "billing", "deploy", "mailer", "reports", "search"])
  zone_id  = var.zone
  name     = each.key
  type     = "A"
  ttl      = 300
  records  = ["192.0.2.${length(each.key)}"]
}

resource "aws_route53_record" "mail" {
  zone_id = var.zone
  name    = ""
  type    = "MX"
  ttl     = 3600
  records = ["10 mail.example.com."]
}

resource "aws_route53_health_check" "public" {
  fqdn              = "public.${var.name}.example.com"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  failure_threshold = 3
  request_interval  = 30
  tags              = local.tags
}
