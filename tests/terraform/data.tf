resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_parameter_group" "orders" {
  name   = "orders-postgres16"
  family = "postgres16"
  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }
}

# One alone: moto gives all of them the same resource id, by which the provider looks for them.
resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  engine_version          = "16.3"
  instance_class          = "db.t3.medium"
  allocated_storage       = 100
  username                = "owner"
  password                = "correct-horse-battery"
  db_subnet_group_name    = aws_db_subnet_group.main.name
  parameter_group_name    = aws_db_parameter_group.orders.name
  vpc_security_group_ids  = [aws_security_group.database.id]
  backup_retention_period = 7
  skip_final_snapshot     = true
}

resource "aws_rds_cluster" "catalog" {
  cluster_identifier   = "catalog"
  engine               = "aurora-postgresql"
  engine_version       = "16.8"
  master_username      = "owner"
  master_password      = "correct-horse-battery"
  db_subnet_group_name = aws_db_subnet_group.main.name
  skip_final_snapshot  = true
}

resource "aws_s3_bucket" "main" {
  for_each = toset(["example-uploads", "example-logs"])
  bucket   = each.key
}

resource "aws_s3_bucket_versioning" "uploads" {
  bucket = aws_s3_bucket.main["example-uploads"].id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.main["example-logs"].id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration { days = 90 }
  }
}

resource "aws_s3_bucket_public_access_block" "uploads" {
  bucket                  = aws_s3_bucket.main["example-uploads"].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.main["example-logs"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Write"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.web.arn }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.main["example-logs"].arn}/*"
    }]
  })
}

resource "aws_route53_zone" "main" {
  name    = "example.com"
  comment = "The web site"
}

resource "aws_route53_zone" "internal" {
  name = "internal.example.com"
  vpc { vpc_id = aws_vpc.main.id }
}

resource "aws_route53_record" "database" {
  zone_id = aws_route53_zone.internal.zone_id
  name    = "orders.db"
  type    = "CNAME"
  ttl     = 60
  records = [aws_db_instance.orders.address]
}

resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "www"
  type    = "A"
  alias {
    name                   = aws_lb.web.dns_name
    zone_id                = aws_lb.web.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "weighted" {
  for_each       = { blue = 90, green = 10 }
  zone_id        = aws_route53_zone.main.zone_id
  name           = "api"
  type           = "CNAME"
  ttl            = 60
  set_identifier = each.key
  records        = ["${each.key}.example.net"]
  weighted_routing_policy { weight = each.value }
}

resource "aws_route53_health_check" "web" {
  fqdn              = "www.example.com"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/healthz"
  failure_threshold = 3
  request_interval  = 30
}
