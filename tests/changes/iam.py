"""Changes that people make to who may do what."""

import json

from form import Change

MOTO = {"moto"}


def iam(operation, **params):
    """A call of one operation; functions among the parameters are given the seed."""

    def apply(aws, seed):
        made = {name: value(seed) if callable(value) else value for name, value in params.items()}
        getattr(aws("iam"), operation)(**made)

    return apply


def made(key):
    """What the seed script made."""
    return lambda seed: seed[key]


def changed(kind, id, *attributes):
    return [("changed", f"iam/{kind}", id, list(attributes))]


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*"):
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def trust(principal):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


CHANGES = [
    Change(
        "a role may be assumed by another account",
        iam("update_assume_role_policy", RoleName="web",
            PolicyDocument=trust({"Service": "ec2.amazonaws.com", "AWS": "arn:aws:iam::210987654321:root"})),
        changed("role", "web", "AssumeRolePolicyDocument"),
    ),
    Change(
        "a role's inline policy allows more",
        iam("put_role_policy", RoleName="web", PolicyName="queue",
            PolicyDocument=policy(allow(["sqs:SendMessage", "sqs:DeleteMessage"], "arn:aws:sqs:*:*:orders"))),
        changed("role", "web", "RolePolicyList"),
    ),
    Change(
        "a role's inline policy is written otherwise and means the same",
        iam("put_role_policy", RoleName="web", PolicyName="queue",
            PolicyDocument=policy(allow("sqs:SendMessage", ["arn:aws:sqs:*:*:orders"]))),
        [],
    ),
    Change(
        "a role loses a policy",
        iam("detach_role_policy", RoleName="web", PolicyArn=made("deploy_policy")),
        changed("role", "web", "AttachedManagedPolicies"),
    ),
    Change(
        "a role's sessions get longer",
        iam("update_role", RoleName="web", MaxSessionDuration=43200, Description="Web servers"),
        changed("role", "web", "MaxSessionDuration"),
    ),
    Change(
        "a role is tagged",
        iam("tag_role", RoleName="ci", Tags=[{"Key": "Team", "Value": "platform"}]),
        changed("role", "ci", "tags"),
    ),
    Change(
        "a role loses its permissions boundary",
        iam("delete_role_permissions_boundary", RoleName="web"),
        changed("role", "web", "PermissionsBoundary"),
        MOTO,
    ),
    Change(
        "a role is made by hand",
        iam("create_role", RoleName="backdoor", AssumeRolePolicyDocument=trust({"AWS": "*"})),
        [("added", "iam/role", "backdoor", [])],
    ),
    Change(
        "a service makes its role",
        iam("create_service_linked_role", AWSServiceName="ecs.amazonaws.com"),
        [],
    ),
    Change(
        "a policy's default version is replaced",
        iam("create_policy_version", PolicyArn=made("boundary_policy"), SetAsDefault=True,
            PolicyDocument=policy(allow("*"))),
        changed("policy", "boundary", "DefaultVersionId", "Document", "PolicyVersionList"),
    ),
    Change(
        "a policy goes back to an earlier version",
        iam("set_default_policy_version", PolicyArn=made("deploy_policy"), VersionId="v1"),
        changed("policy", "deploy", "DefaultVersionId", "Document"),
        MOTO,
    ),
    Change(
        "a policy's unused version is deleted",
        iam("delete_policy_version", PolicyArn=made("deploy_policy"), VersionId="v3"),
        changed("policy", "deploy", "PolicyVersionList"),
    ),
    Change(
        "a policy is tagged",
        iam("tag_policy", PolicyArn=made("deploy_policy"), Tags=[{"Key": "Reviewed", "Value": "2026-01"}]),
        changed("policy", "deploy", "tags"),
    ),
    Change(
        "a user gets an administrator's policy",
        iam("attach_user_policy", UserName="deployer", PolicyArn=made("deploy_policy")),
        changed("user", "deployer", "AttachedManagedPolicies"),
    ),
    Change(
        "a user joins a group",
        iam("add_user_to_group", UserName="deployer", GroupName="developers"),
        changed("user", "deployer", "GroupList"),
    ),
    Change(
        "a user gets an access key",
        iam("create_access_key", UserName="deployer"),
        changed("user", "deployer", "AccessKeyMetadata"),
    ),
    Change(
        "an access key is deactivated",
        iam("update_access_key", UserName="ana", AccessKeyId=made("ana_key"), Status="Inactive"),
        changed("user", "ana", "AccessKeyMetadata"),
    ),
    Change(
        "a user gets a password",
        iam("create_login_profile", UserName="deployer", Password="Correct-Horse-8!"),
        changed("user", "deployer", "LoginProfile"),
    ),
    Change(
        "a user's password is taken away",
        iam("delete_login_profile", UserName="ana"),
        changed("user", "ana", "LoginProfile"),
    ),
    Change(
        "a user's MFA device is removed",
        iam("deactivate_mfa_device", UserName="ana", SerialNumber=made("ana_mfa")),
        changed("user", "ana", "MFADevices"),
        MOTO,
    ),
    Change(
        "a user is deleted",
        iam("delete_user", UserName="intern"),
        [("removed", "iam/user", "intern", [])],
    ),
    Change(
        "a group's inline policy is replaced",
        iam("put_group_policy", GroupName="developers", PolicyName="logs", PolicyDocument=policy(allow("logs:*"))),
        changed("group", "developers", "GroupPolicyList"),
    ),
    Change(
        "a group is deleted",
        iam("delete_group", GroupName="auditors"),
        [("removed", "iam/group", "auditors", [])],
    ),
    Change(
        "an instance profile loses its role",
        iam("remove_role_from_instance_profile", InstanceProfileName="web", RoleName="web"),
        changed("instance_profile", "web", "Roles"),
    ),
    Change(
        "an OpenID Connect provider's thumbprint is replaced",
        iam("update_open_id_connect_provider_thumbprint", OpenIDConnectProviderArn=made("oidc_provider"),
            ThumbprintList=["1c58a3a8518e8759bf075b76b750d4f2df264fcd"]),
        changed("open_id_connect_provider", "token.actions.githubusercontent.com", "ThumbprintList"),
        MOTO,
    ),
    Change(
        "a SAML provider trusts other metadata",
        iam("update_saml_provider", SAMLProviderArn=made("saml_provider"),
            SAMLMetadataDocument='<EntityDescriptor entityID="https://evil.example.com/saml"/>' + " " * 1000),
        changed("saml_provider", "corp", "SAMLMetadataDocument"),
    ),
    Change(
        "passwords may be shorter",
        iam("update_account_password_policy", MinimumPasswordLength=8, RequireSymbols=True, RequireNumbers=True,
            MaxPasswordAge=90, PasswordReusePrevention=5),
        changed("account_password_policy", made("account"), "MinimumPasswordLength"),
    ),
    Change(
        "the password policy is deleted",
        iam("delete_account_password_policy"),
        [("removed", "iam/account_password_policy", made("account"), [])],
    ),
    Change(
        "the account is called otherwise",
        iam("create_account_alias", AccountAlias="example-prod"),
        changed("account_alias", made("account"), "AccountAliases"),
        MOTO,
    ),
]
