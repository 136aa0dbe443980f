# The account that scripts/bench-peers measures in: three environments behind shared zones, buckets and people, in the
# kinds that driftline reads, about 300 resources. Deterministic: every run makes the same account.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

variable "databases" {
  type        = list(string)
  description = "What moto gets none of: it finds no database by resource id, as Terraform's provider asks for them."
  default     = ["orders", "users", "events"]
}

locals {
  environments = { prod = 10, staging = 20, tools = 30 }
}

resource "aws_route53_zone" "main" {
  for_each = local.environments
  name     = "${each.key}.example.com"
  tags     = { Team = "platform" }
}

resource "aws_acm_certificate" "main" {
  for_each                  = local.environments
  domain_name               = "${each.key}.example.com"
  subject_alternative_names = ["*.${each.key}.example.com"]
  validation_method         = "DNS"
  tags                      = { Team = "platform" }
}

module "environment" {
  source      = "./environment"
  for_each    = local.environments
  name        = each.key
  octet       = each.value
  databases   = toset(var.databases)
  zone        = aws_route53_zone.main[each.key].zone_id
  certificate = aws_acm_certificate.main[each.key].arn
}
