# The role that driftline reads an account with: it only reads. Made by `driftline iam-policy --format terraform`.

variable "driftline_trusted_principal" {
  description = "The ARN of the role or user that may assume the role (or of the root of an account, for all who may in it)"
  type        = string
}

variable "driftline_external_id" {
  description = "What has to be said to assume it (role_external_id in driftline.toml); null for nothing"
  type        = string
  default     = null
}

resource "aws_iam_role" "driftline" {
  name        = "@name@"
  path        = "@path@"
  description = "driftline reads this account with it"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = var.driftline_trusted_principal }
      },
      var.driftline_external_id == null ? {} : {
        Condition = { StringEquals = { "sts:ExternalId" = var.driftline_external_id } }
      },
    )]
  })
}

resource "aws_iam_role_policy" "driftline" {
  name = "driftline"
  role = aws_iam_role.driftline.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
@statements@
    ]
  })
}

output "driftline_role_arn" {
  value = aws_iam_role.driftline.arn
}
