//! AWS Organizations, as the account answers that holds its description: the management account, or one it delegates to.

use super::{By, Gives, Row, TagForm};

const ACCOUNTS: &str = "/Accounts/*";
const UNITS: &str = "/OrganizationalUnits/*";
const ROOTS: &str = "/Roots/*";

/// What lies directly in a root or a unit.
const PARENT: &[By] = &[By::Owned {
    param: "/ParentId",
    item: "/ParentId",
    owner: "/Parents/*",
    key: "/Id",
    missing: "ParentNotFoundException",
}];

pub(super) static ROWS: &[Row] = &[
    Row::new("organizations:ListAccounts", ACCOUNTS, Gives::Items("Accounts")),
    Row::new("organizations:ListAccountsForParent", ACCOUNTS, Gives::Items("Accounts")).by(PARENT),
    Row::new("organizations:ListOrganizationalUnitsForParent", UNITS, Gives::Items("OrganizationalUnits")).by(PARENT),
    Row::new("organizations:ListRoots", ROOTS, Gives::Items("Roots")),
    Row::new(
        "organizations:ListTagsForResource",
        "",
        Gives::Tags {
            param: "/ResourceId",
            owners: &[(ACCOUNTS, "/Id"), (UNITS, "/Id"), (ROOTS, "/Id")],
            missing: "TargetNotFoundException",
            form: TagForm::Member("Tags"),
        },
    ),
];
