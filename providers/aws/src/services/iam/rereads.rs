//! What is read again after a write to IAM.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "iam",
    services: &["iam"],
    alone: &[
        (
            "iam/role",
            &[
                "AttachRolePolicy",
                "CreateRole",
                "CreateServiceLinkedRole",
                "DeleteRole",
                "DeleteRolePermissionsBoundary",
                "DeleteRolePolicy",
                "DetachRolePolicy",
                "PutRolePermissionsBoundary",
                "PutRolePolicy",
                "UpdateAssumeRolePolicy",
                "UpdateRole",
                "UpdateRoleDescription",
            ],
        ),
        // Calls for what belongs to the caller may leave the user's name out, and are not among these.
        (
            "iam/user",
            &[
                "AddUserToGroup",
                "AttachUserPolicy",
                "CreateUser",
                "DeleteUser",
                "DeleteUserPermissionsBoundary",
                "DeleteUserPolicy",
                "DetachUserPolicy",
                "PutUserPermissionsBoundary",
                "PutUserPolicy",
                "RemoveUserFromGroup",
                "UpdateUser",
            ],
        ),
        (
            "iam/policy",
            &["CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"],
        ),
    ],
    naming: &[
        "TagInstanceProfile",
        "TagOpenIDConnectProvider",
        "TagPolicy",
        "TagRole",
        "TagSAMLProvider",
        "TagUser",
        "UntagInstanceProfile",
        "UntagOpenIDConnectProvider",
        "UntagPolicy",
        "UntagRole",
        "UntagSAMLProvider",
        "UntagUser",
    ],
    along: &[
        (&["AcceptDelegationRequest"], &["iam/policy", "iam/role"], "what was delegated may be a role"),
        (&["ResetServiceSpecificCredential"], &["iam/service_specific_credential"], "it is a new one by the old id"),
    ],
    everywhere: &[],
    nothing: &[
        (
            "concerns a device that no user has yet, or has no more",
            "CreateVirtualMFADevice DeleteVirtualMFADevice ResyncMFADevice TagMFADevice UntagMFADevice",
        ),
        (
            "concerns server certificates, which are not read",
            "DeleteServerCertificate TagServerCertificate UntagServerCertificate UpdateServerCertificate \
             UploadServerCertificate",
        ),
        ("only reads", "Generate* Simulate*"),
        (
            "is a request, which changes nothing until it is accepted",
            "AssociateDelegationRequest CreateDelegationRequest RejectDelegationRequest SendDelegationToken \
             UpdateDelegationRequest",
        ),
        (
            "is a setting of the account or of its organization that is not read",
            "*OrganizationsRootCredentialsManagement *OrganizationsRootSessions *OutboundWebIdentityFederation \
             PutAccountProperties SetSecurityTokenServicePreferences",
        ),
    ],
};
