//! What is known of single kinds and attributes, as data.

use super::Level;

/// A member with this value (`true`, or the text) is a danger wherever it stands.
pub(super) const DANGERS: &[(&str, &str, Level, &str)] = &[
    ("PubliclyAccessible", "true", Level::Exposes, "is publicly accessible"),
    ("Scheme", "internet-facing", Level::Exposes, "faces the internet"),
    ("MapPublicIpOnLaunch", "true", Level::Exposes, "gives new instances public addresses"),
];

/// A member with this value protects; losing it is a danger.
pub(super) const GUARDS: &[(&str, &str, Level, &str)] = &[
    ("BlockPublicAcls", "true", Level::Exposes, "no longer blocks public ACLs"),
    ("BlockPublicPolicy", "true", Level::Exposes, "no longer blocks public policies"),
    ("IgnorePublicAcls", "true", Level::Exposes, "no longer ignores public ACLs"),
    ("RestrictPublicBuckets", "true", Level::Exposes, "no longer restricts public buckets"),
    ("DeletionProtection", "true", Level::Unprotects, "turns deletion protection off"),
    ("deletion_protection.enabled", "true", Level::Unprotects, "turns deletion protection off"),
    ("access_logs.s3.enabled", "true", Level::Unprotects, "turns access logs off"),
    ("DisableApiTermination", "true", Level::Unprotects, "turns termination protection off"),
    ("DisableApiStop", "true", Level::Unprotects, "turns stop protection off"),
    ("StorageEncrypted", "true", Level::Unprotects, "turns encryption off"),
    ("Encrypted", "true", Level::Unprotects, "turns encryption off"),
    ("RequireTLS", "true", Level::Unprotects, "no longer requires TLS"),
    ("HttpTokens", "required", Level::Unprotects, "no longer requires IMDSv2"),
    ("MultiAZ", "true", Level::Unprotects, "runs in one availability zone only"),
    ("IAMDatabaseAuthenticationEnabled", "true", Level::Unprotects, "turns IAM authentication off"),
    ("ObjectLockEnabled", "Enabled", Level::Unprotects, "turns object lock off"),
    ("RequireLowercaseCharacters", "true", Level::Unprotects, "asks for weaker passwords"),
    ("RequireUppercaseCharacters", "true", Level::Unprotects, "asks for weaker passwords"),
    ("RequireNumbers", "true", Level::Unprotects, "asks for weaker passwords"),
    ("RequireSymbols", "true", Level::Unprotects, "asks for weaker passwords"),
];

/// The attribute of a kind is there at all: kind, attribute, danger or guard.
pub(super) const PRESENT: &[(&str, &str, bool, Level, &str)] = &[
    ("iam/user", "LoginProfile", true, Level::Grants, "gets a console password"),
    ("iam/user", "PermissionsBoundary", false, Level::Grants, "loses its permissions boundary"),
    ("iam/role", "PermissionsBoundary", false, Level::Grants, "loses its permissions boundary"),
    ("s3/bucket", "Encryption", false, Level::Unprotects, "turns encryption off"),
    ("s3/bucket", "Logging", false, Level::Unprotects, "turns access logs off"),
    ("s3/bucket", "Replication", false, Level::Unprotects, "stops replication"),
    ("s3/bucket", "Website", true, Level::Exposes, "serves a website"),
    ("elb/load_balancer", "AccessLog", false, Level::Unprotects, "turns access logs off"),
];

/// The elements of these lists name something that somebody gets (a danger) or is protected by (a guard): attribute,
/// the element's member that names it (empty: the element itself), danger or guard.
pub(super) const ELEMENTS: &[(&str, &str, bool, Level, &str)] = &[
    ("AttachedManagedPolicies", "PolicyName", true, Level::Grants, "gets the policy"),
    ("RolePolicyList", "PolicyName", true, Level::Grants, "gets the inline policy"),
    ("UserPolicyList", "PolicyName", true, Level::Grants, "gets the inline policy"),
    ("GroupPolicyList", "PolicyName", true, Level::Grants, "gets the inline policy"),
    ("GroupList", "", true, Level::Grants, "joins the group"),
    ("AccessKeyMetadata", "AccessKeyId", true, Level::Grants, "gets the access key"),
    ("SSHPublicKeys", "SSHPublicKeyId", true, Level::Grants, "gets the SSH key"),
    ("Certificates", "CertificateId", true, Level::Grants, "gets the signing certificate"),
    ("MFADevices", "SerialNumber", false, Level::Unprotects, "loses the MFA device"),
    ("EnabledCloudwatchLogsExports", "", false, Level::Unprotects, "stops exporting the log"),
];

/// A smaller number protects less.
pub(super) const AMOUNTS: &[(&str, &str)] = &[
    ("BackupRetentionPeriod", "keeps backups for fewer days"),
    ("MinimumPasswordLength", "asks for shorter passwords"),
    ("PasswordReusePrevention", "lets passwords be used again"),
];

/// Members below which a change is a change of rights.
pub(super) const POLICIES: &[(&str, &str)] = &[
    ("AssumeRolePolicyDocument", "changes who may assume the role"),
    ("RolePolicyList", "changes an inline policy"),
    ("UserPolicyList", "changes an inline policy"),
    ("GroupPolicyList", "changes an inline policy"),
    ("Document", "changes the policy"),
    ("Policy", "changes the policy"),
    ("PolicyDocument", "changes the policy"),
    ("IamInstanceProfile", "changes the instance's role"),
    ("ClientIDList", "changes who may sign in"),
    ("ThumbprintList", "changes who may sign in"),
    ("SAMLMetadataDocument", "changes who may sign in"),
];

/// New resources that are more than new.
pub(super) const ADDED: &[(&str, Level, &str)] = &[
    ("iam/user", Level::Grants, "is a new user"),
    ("iam/role", Level::Grants, "is a new role"),
    ("iam/policy", Level::Grants, "is a new policy"),
    ("iam/group", Level::Grants, "is a new group"),
    ("iam/instance_profile", Level::Grants, "gives instances a role"),
    ("iam/open_id_connect_provider", Level::Grants, "lets others sign in"),
    ("iam/saml_provider", Level::Grants, "lets others sign in"),
    ("iam/service_specific_credential", Level::Grants, "is a new credential"),
    ("ec2/vpc_peering_connection", Level::Grants, "joins another network"),
];

/// Resources whose absence is more than an absence.
pub(super) const REMOVED: &[(&str, Level, &str)] = &[
    ("s3/account_public_access_block", Level::Exposes, "no longer blocks public access"),
    ("ec2/flow_log", Level::Unprotects, "stops recording the network's traffic"),
    ("iam/account_password_policy", Level::Unprotects, "lets any password pass"),
    ("rds/db_snapshot", Level::Unprotects, "is a backup that is gone"),
    ("rds/db_cluster_snapshot", Level::Unprotects, "is a backup that is gone"),
];

/// Attributes in which only people read.
pub(super) const PROSE: &[&str] = &["Description", "Comment", "DBParameterGroupDescription", "GroupDescription"];

/// Kinds whose policy speaks to a network that is closed anyway: everyone is everyone inside.
pub(super) const CLOSED: &[&str] = &["ec2/vpc_endpoint"];
