//! IAM.

use super::{By, Gives, Listing, Row, Test, named, narrow};

const MISSING: &str = "NoSuchEntity";
const USERS: &str = "/Users/*";
const GROUPS: &str = "/Groups/*";
const ROLES: &str = "/Roles/*";
const POLICIES: &str = "/Policies/*";
const PROFILES: &str = "/InstanceProfiles/*";

const USER: &[By] = &[named("/UserName", "/UserName", MISSING)];
const ROLE: &[By] = &[named("/RoleName", "/RoleName", MISSING)];
const POLICY: &[By] = &[named("/PolicyArn", "/Arn", MISSING)];
const ATTACHED: &[By] = &[narrow("/PolicyArn", "/AttachedManagedPolicies/*/PolicyArn")];
const PROFILE: &[By] = &[named("/InstanceProfileName", "/InstanceProfileName", MISSING)];
const PATH: By = By::Prefix { param: "/PathPrefix", item: "/Path" };

/// Policies made by AWS have its name in their ARN where others have the account's number.
const fn whose(param: &'static str, value: &'static str, test: Test) -> By {
    By::Where { param, value, item: "/Arn", test }
}

const OURS: Test = Test::Unlike("arn:*:iam::aws:*");
const AWS: Test = Test::Like("arn:*:iam::aws:*");

const fn details(member: &'static str, of: &'static str, filter: &'static [&'static str]) -> Listing {
    Listing { member, of, by: &[], when: Some(("/Filter/*", filter)), gives: &[] }
}

const fn attached(member: &'static str, of: &'static str, gives: &'static [(&'static str, &'static str)]) -> Listing {
    Listing { member, of, by: ATTACHED, when: None, gives }
}

pub(super) static ROWS: &[Row] = &[
    Row::new(
        "iam:GetAccountAuthorizationDetails",
        "",
        Gives::Lists(&[
            details("UserDetailList", USERS, &["User"]),
            details("GroupDetailList", GROUPS, &["Group"]),
            details("RoleDetailList", ROLES, &["Role"]),
            Listing {
                by: &[whose("/Filter/*", "LocalManagedPolicy", OURS), whose("/Filter/*", "AWSManagedPolicy", AWS)],
                ..details("Policies", POLICIES, &["LocalManagedPolicy", "AWSManagedPolicy"])
            },
        ]),
    ),
    Row::new("iam:GetAccountPasswordPolicy", "", Gives::Part).absent(MISSING),
    Row::new("iam:GetLoginProfile", USERS, Gives::Part).by(USER).absent(MISSING),
    Row::new("iam:GetOpenIDConnectProvider", "/OpenIDConnectProviderList/*", Gives::Spread).by(&[named(
        "/OpenIDConnectProviderArn",
        "/Arn",
        MISSING,
    )]),
    Row::new("iam:GetInstanceProfile", PROFILES, Gives::Item("InstanceProfile")).by(PROFILE),
    Row::new("iam:GetPolicy", POLICIES, Gives::Item("Policy")).by(POLICY),
    Row::new(
        "iam:GetPolicyVersion",
        POLICIES,
        Gives::Element {
            list: "/PolicyVersionList",
            param: "/VersionId",
            item: "/VersionId",
            member: "PolicyVersion",
            missing: MISSING,
        },
    )
    .by(POLICY),
    Row::new("iam:GetRole", ROLES, Gives::Item("Role")).by(ROLE),
    Row::new("iam:GetSAMLProvider", "/SAMLProviderList/*", Gives::Spread).by(&[named(
        "/SAMLProviderArn",
        "/Arn",
        MISSING,
    )]),
    Row::new("iam:GetUser", USERS, Gives::Item("User")).by(USER),
    Row::new("iam:ListAccessKeys", USERS, Gives::Part).by(USER),
    Row::new(
        "iam:ListEntitiesForPolicy",
        "",
        Gives::Lists(&[
            attached("PolicyGroups", GROUPS, &[("GroupName", "/GroupName"), ("GroupId", "/GroupId")]),
            attached("PolicyUsers", USERS, &[("UserName", "/UserName"), ("UserId", "/UserId")]),
            attached("PolicyRoles", ROLES, &[("RoleName", "/RoleName"), ("RoleId", "/RoleId")]),
        ]),
    ),
    Row::new("iam:ListInstanceProfileTags", PROFILES, Gives::Members(&[("Tags", "/Tags")])).by(PROFILE),
    // The lists leave out what only Get answers: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    Row::new("iam:ListInstanceProfiles", PROFILES, Gives::Items("InstanceProfiles")).by(&[PATH]).omits(&["Tags"]),
    Row::new("iam:ListMFADevices", USERS, Gives::Part).by(USER),
    Row::new(
        "iam:ListOpenIDConnectProviders",
        "/OpenIDConnectProviderList/*",
        Gives::Items("OpenIDConnectProviderList"),
    ),
    Row::new("iam:ListPolicies", POLICIES, Gives::Items("Policies"))
        .by(&[whose("/Scope", "Local", OURS), whose("/Scope", "AWS", AWS), PATH])
        .omits(&["Tags", "Description"]),
    Row::new("iam:ListPolicyTags", POLICIES, Gives::Members(&[("Tags", "/Tags")])).by(POLICY),
    Row::new("iam:ListRoleTags", ROLES, Gives::Members(&[("Tags", "/Tags")])).by(ROLE),
    Row::new("iam:ListRoles", ROLES, Gives::Items("Roles")).by(&[PATH]).omits(&[
        "Tags",
        "PermissionsBoundary",
        "RoleLastUsed",
    ]),
    Row::new("iam:ListSAMLProviders", "/SAMLProviderList/*", Gives::Items("SAMLProviderList")),
    Row::new("iam:ListSSHPublicKeys", USERS, Gives::Part).by(USER),
    // Of one user, or of all with `AllUsers`.
    Row::new(
        "iam:ListServiceSpecificCredentials",
        "/ServiceSpecificCredentials/*",
        Gives::Items("ServiceSpecificCredentials"),
    )
    .by(&[By::Owned { param: "/UserName", item: "/UserName", owner: USERS, key: "/UserName", missing: MISSING }]),
    Row::new("iam:ListSigningCertificates", USERS, Gives::Part).by(USER),
    Row::new("iam:ListUserTags", USERS, Gives::Members(&[("Tags", "/Tags")])).by(USER),
    Row::new("iam:ListUsers", USERS, Gives::Items("Users")).by(&[PATH]).omits(&["Tags", "PermissionsBoundary"]),
];
