#!/usr/bin/env python3
"""Fills an emulator with IAM resources of every kind. AWS_ENDPOINT_URL says where it is."""

import json

from emulator import attempt, clients

CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBjzCCATWgAwIBAgIUc/IhvoI0s3rOF8cMNX9TMZEVr0EwCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSc2lnbmVyLmV4YW1wbGUuY29tMB4XDTI2MTEyMTAxMDMwMVoX
DTM2MTExODAxMDMwMVowHTEbMBkGA1UEAwwSc2lnbmVyLmV4YW1wbGUuY29tMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFJDx+n4K8E27h5TF3Wm0t/nnDmxIxcMp
taAEgIFbUuW901ZM6ouNrgLFCGaDbYnQ2Zwp1wHkCCha7UUB7i1Nq6NTMFEwHQYD
VR0OBBYEFHaf20w4earY1xi7zVw2AJBiRXWwMB8GA1UdIwQYMBaAFHaf20w4earY
1xi7zVw2AJBiRXWwMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIg
Kvn1pjTe6YJgIqmbhqsBB3Rd61knGuzGJQ2yLoycGAoCIQCrz39AkhpL38YRXFDR
vuU9GNS+Pl46kYVIyy48/TgcfA==
-----END CERTIFICATE-----"""
SSH_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 ana@example.com"
METADATA = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/saml">'
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<KeyDescriptor use="signing"/></IDPSSODescriptor></EntityDescriptor>' + " " * 1000
)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def trust(**principal):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def seed(aws):
    """Creates everything, and returns the names and ARNs that changes need."""
    iam = aws("iam")
    made = {"account": aws("sts").get_caller_identity()["Account"]}

    deploy = attempt(
        iam.create_policy, PolicyName="deploy", Path="/team/", Description="What deployments may do",
        PolicyDocument=policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::artifacts/*", Sid="Artifacts")),
        Tags=tags(Team="platform"),
    )
    made["deploy_policy"] = deploy["Policy"]["Arn"]
    attempt(iam.create_policy_version, PolicyArn=made["deploy_policy"], SetAsDefault=True, PolicyDocument=policy(
        allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::artifacts/*", Sid="Artifacts"),
        allow("ecs:UpdateService", ["arn:aws:ecs:*:*:service/web/*", "arn:aws:ecs:*:*:service/jobs/*"], Sid="Services"),
    ))
    attempt(iam.create_policy_version, PolicyArn=made["deploy_policy"], SetAsDefault=False,
            PolicyDocument=policy(allow("s3:*")))
    boundary = attempt(iam.create_policy, PolicyName="boundary", PolicyDocument=policy(allow("s3:*")))
    made["boundary_policy"] = boundary["Policy"]["Arn"]

    attempt(iam.create_group, GroupName="developers", Path="/team/")
    attempt(iam.put_group_policy, GroupName="developers", PolicyName="logs",
            PolicyDocument=policy(allow(["logs:Get*", "logs:Describe*"])))
    attempt(iam.attach_group_policy, GroupName="developers", PolicyArn=made["deploy_policy"])
    attempt(iam.attach_group_policy, GroupName="developers", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    attempt(iam.create_group, GroupName="auditors")

    attempt(iam.create_user, UserName="ana", Path="/team/", Tags=tags(Team="platform", Owner="Ana"))
    attempt(iam.add_user_to_group, GroupName="developers", UserName="ana")
    attempt(iam.put_user_policy, UserName="ana", PolicyName="own-bucket",
            PolicyDocument=policy(allow("s3:*", "arn:aws:s3:::ana/*")))
    attempt(iam.attach_user_policy, UserName="ana", PolicyArn=made["deploy_policy"])
    attempt(iam.put_user_permissions_boundary, UserName="ana", PermissionsBoundary=made["boundary_policy"])
    attempt(iam.create_login_profile, UserName="ana", Password="Correct-Horse-7!", PasswordResetRequired=False)
    key = attempt(iam.create_access_key, UserName="ana")
    made["ana_key"] = key["AccessKey"]["AccessKeyId"]
    device = attempt(iam.create_virtual_mfa_device, VirtualMFADeviceName="ana")
    if device:
        made["ana_mfa"] = device["VirtualMFADevice"]["SerialNumber"]
        attempt(iam.enable_mfa_device, UserName="ana", SerialNumber=made["ana_mfa"],
                AuthenticationCode1="123456", AuthenticationCode2="234567")
    attempt(iam.upload_ssh_public_key, UserName="ana", SSHPublicKeyBody=SSH_KEY)
    attempt(iam.upload_signing_certificate, UserName="ana", CertificateBody=CERTIFICATE)
    attempt(iam.create_service_specific_credential, UserName="ana", ServiceName="codecommit.amazonaws.com")
    attempt(iam.create_user, UserName="deployer")
    attempt(iam.create_user, UserName="intern")

    attempt(iam.create_role, RoleName="web", Path="/service/", Description="Web servers", MaxSessionDuration=7200,
            AssumeRolePolicyDocument=trust(Service="ec2.amazonaws.com"), Tags=tags(Team="web"))
    attempt(iam.put_role_policy, RoleName="web", PolicyName="queue",
            PolicyDocument=policy(allow(["sqs:SendMessage"], "arn:aws:sqs:*:*:orders")))
    attempt(iam.attach_role_policy, RoleName="web", PolicyArn=made["deploy_policy"])
    attempt(iam.attach_role_policy, RoleName="web", PolicyArn="arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy")
    attempt(iam.put_role_permissions_boundary, RoleName="web", PermissionsBoundary=made["boundary_policy"])
    attempt(iam.create_role, RoleName="ci", AssumeRolePolicyDocument=policy({
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
    }))
    # Made by a service: no kind shows it.
    attempt(iam.create_service_linked_role, AWSServiceName="rds.amazonaws.com")

    attempt(iam.create_instance_profile, InstanceProfileName="web", Path="/service/", Tags=tags(Team="web"))
    attempt(iam.add_role_to_instance_profile, InstanceProfileName="web", RoleName="web")

    provider = attempt(
        iam.create_open_id_connect_provider, Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com", "https://github.com/example"], ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
        Tags=tags(Team="platform"),
    )
    made["oidc_provider"] = provider["OpenIDConnectProviderArn"]
    provider = attempt(iam.create_saml_provider, Name="corp", SAMLMetadataDocument=METADATA)
    made["saml_provider"] = provider["SAMLProviderArn"]

    attempt(iam.update_account_password_policy, MinimumPasswordLength=14, RequireSymbols=True, RequireNumbers=True,
            MaxPasswordAge=90, PasswordReusePrevention=5)
    attempt(iam.create_account_alias, AccountAlias="example-production")
    return made


if __name__ == "__main__":
    seed(clients())
