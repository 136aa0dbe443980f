resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  path = "/machines/"
  role = aws_iam_role.worker.name
}

resource "aws_iam_account_alias" "main" {
  account_alias = "example-production"
}

resource "aws_iam_account_password_policy" "main" {
  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = false
  max_password_age               = 90
  password_reuse_prevention      = 5
  hard_expiry                    = true
}

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com", "https://github.com/example"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = { Team = "platform" }
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url             = "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280", "06b25927c42a721631c1efd9431e648fa62e1e39"]
}

# It trusts a provider of the account: the policy names it.
resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
    }]
  })
}

resource "aws_iam_saml_provider" "corp" {
  name                   = "corp.example-1"
  saml_metadata_document = "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com/saml?a=$${b}\"><IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor use=\"signing\"/></IDPSSODescriptor></EntityDescriptor>${join("", [for i in range(1000) : " "])}"
  tags                   = { Team = "people" }
}

resource "aws_iam_group" "main" {
  for_each = toset(["developers", "on-call"])
  name     = each.key
}

resource "aws_iam_user" "ana" {
  name = "ana@example.com"
  path = "/people/"
  tags = { Name = "Ana \"A.\" Ng" }
}

resource "aws_iam_user_group_membership" "ana" {
  user   = aws_iam_user.ana.name
  groups = [for group in aws_iam_group.main : group.name]
}

resource "aws_iam_user_login_profile" "ana" {
  user                    = aws_iam_user.ana.name
  password_reset_required = true
}

resource "aws_iam_access_key" "ana" {
  user = aws_iam_user.ana.name
}

resource "aws_iam_user_ssh_key" "ana" {
  username   = aws_iam_user.ana.name
  encoding   = "SSH"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 ana@example.com"
}

resource "aws_iam_signing_certificate" "ana" {
  user_name        = aws_iam_user.ana.name
  status           = "Inactive"
  certificate_body = <<-END
    -----BEGIN CERTIFICATE-----
    MIIBjzCCATWgAwIBAgIUc/IhvoI0s3rOF8cMNX9TMZEVr0EwCgYIKoZIzj0EAwIw
    HTEbMBkGA1UEAwwSc2lnbmVyLmV4YW1wbGUuY29tMB4XDTI2MTEyMTAxMDMwMVoX
    DTM2MTExODAxMDMwMVowHTEbMBkGA1UEAwwSc2lnbmVyLmV4YW1wbGUuY29tMFkw
    EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFJDx+n4K8E27h5TF3Wm0t/nnDmxIxcMp
    taAEgIFbUuW901ZM6ouNrgLFCGaDbYnQ2Zwp1wHkCCha7UUB7i1Nq6NTMFEwHQYD
    VR0OBBYEFHaf20w4earY1xi7zVw2AJBiRXWwMB8GA1UdIwQYMBaAFHaf20w4earY
    1xi7zVw2AJBiRXWwMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIg
    Kvn1pjTe6YJgIqmbhqsBB3Rd61knGuzGJQ2yLoycGAoCIQCrz39AkhpL38YRXFDR
    vuU9GNS+Pl46kYVIyy48/TgcfA==
    -----END CERTIFICATE-----
  END
}
