# IAM: people in groups, services with roles, policies that both use.

locals {
  services = toset(["api", "batch", "billing", "deploy", "events", "mailer", "reports", "search"])
  people   = { anna = "admins", bela = "admins", carla = "developers", dan = "developers", eva = "developers", finn = "auditors" }
}

resource "aws_iam_policy" "service" {
  for_each = local.services
  name     = "${each.key}-data"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "arn:aws:s3:::example-${each.key}/*"
    }]
  })
}

resource "aws_iam_role" "service" {
  for_each = local.services
  name     = each.key
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
  tags = { Service = each.key }
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each   = local.services
  role       = aws_iam_role.service[each.key].name
  policy_arn = aws_iam_policy.service[each.key].arn
}

resource "aws_iam_role_policy" "service" {
  for_each = local.services
  name     = "logs"
  role     = aws_iam_role.service[each.key].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }]
  })
}

resource "aws_iam_instance_profile" "service" {
  for_each = local.services
  name     = each.key
  role     = aws_iam_role.service[each.key].name
}

resource "aws_iam_group" "main" {
  for_each = toset(values(local.people))
  name     = each.key
}

resource "aws_iam_user" "main" {
  for_each = local.people
  name     = each.key
  tags     = { Group = each.value }
}

resource "aws_iam_user_group_membership" "main" {
  for_each = local.people
  user     = aws_iam_user.main[each.key].name
  groups   = [aws_iam_group.main[each.value].name]
}
