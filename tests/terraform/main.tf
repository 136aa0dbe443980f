# A small company's account, for an emulator: AWS_ENDPOINT_URL says where it is.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  default_tags { tags = { ManagedBy = "terraform", Environment = "production" } }
}

data "aws_caller_identity" "current" {}
