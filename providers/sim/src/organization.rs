//! Organizations: accounts that know of each other.
//!
//! One lies where its management account is described, under `organizations`: `Roots`, `OrganizationalUnits` and
//! `Accounts` as the API answers them, the latter two with the `ParentId` of what they lie in, and accounts with `Tags`.

use serde_json::{Value, json};

use crate::engine::{Question, Refusal};
use crate::world::{Account, GLOBAL, World};

const SERVICE: &str = "organizations";
const ORGANIZATION: &str = "o-exampleorg1";
const ROOT: &str = "r-ex4m";

impl World {
    /// Makes an account the management account of an organization, with nobody else in it. It lies in the root.
    pub fn organize(&mut self, management: &str) {
        let root = json!({
            "Id": ROOT,
            "Name": "Root",
            "Arn": format!("arn:aws:organizations::{management}:root/{ORGANIZATION}/{ROOT}"),
        });
        let Some(account) = self.account_mut(management) else { return };
        *account.describe(GLOBAL, SERVICE) =
            json!({ "Roots": [root], "Parents": [{ "Id": ROOT }], "OrganizationalUnits": [], "Accounts": [] });
        self.join(management, management, "Management", "");
    }

    /// Takes an account, described or not, into the organization: into the unit at this path (`Workloads/Prod`; empty: the
    /// root). Units are made as they are needed.
    pub fn join(&mut self, management: &str, account: &str, name: &str, unit: &str) {
        let parent = self.unit(management, unit);
        let joined = json!({
            "Id": account,
            "Arn": format!("arn:aws:organizations::{management}:account/{ORGANIZATION}/{account}"),
            "Name": name,
            "Email": format!("{account}@example.com"),
            "State": "ACTIVE",
            "Status": "ACTIVE",
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": "2026-01-02T03:04:05Z",
            "ParentId": parent,
            "Tags": [],
        });
        self.list(management, "Accounts").push(joined);
    }

    /// The state of an account in its organization, as `ListAccounts` tells it: `ACTIVE`, `SUSPENDED`, `CLOSED`.
    pub fn set_state(&mut self, management: &str, account: &str, state: &str) {
        // The older word for it knows fewer.
        let status = if state == "ACTIVE" { "ACTIVE" } else { "SUSPENDED" };
        for member in self.list(management, "Accounts").iter_mut().filter(|member| member["Id"] == account) {
            member["State"] = state.into();
            member["Status"] = status.into();
        }
    }

    /// Takes an account out of its organization.
    pub fn leave(&mut self, management: &str, account: &str) {
        self.list(management, "Accounts").retain(|member| member["Id"] != account);
    }

    /// The id of a unit, which is made if there is none.
    fn unit(&mut self, management: &str, path: &str) -> String {
        let mut parent = ROOT.to_owned();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let units = self.list(management, "OrganizationalUnits");
            let known = units.iter().find(|unit| unit["Name"] == name && unit["ParentId"] == parent.as_str());
            parent = if let Some(id) = known.and_then(|unit| unit["Id"].as_str()) {
                id.to_owned()
            } else {
                let id = format!("ou-ex4m-{:08}", units.len() + 1);
                let arn = format!("arn:aws:organizations::{management}:ou/{ORGANIZATION}/{id}");
                units.push(json!({ "Id": id, "Arn": arn, "Name": name, "ParentId": parent }));
                self.list(management, "Parents").push(json!({ "Id": id }));
                id
            };
        }
        parent
    }

    fn list(&mut self, management: &str, name: &str) -> &mut Vec<Value> {
        let account = self.account_mut(management).expect("the management account is described");
        let lists = account.describe(GLOBAL, SERVICE);
        lists[name].as_array_mut().expect("the account is the management account of an organization")
    }
}

/// The error of an account that has no organization to tell of.
pub(crate) fn not_in_use(account: &Account, question: Question<'_>) -> Option<Refusal> {
    let is_absent = account.description(GLOBAL, SERVICE).get("Accounts").is_none();
    (question.service.name == SERVICE && is_absent).then(|| {
        let message = "Your account is not a member of an organization.";
        Refusal::new(400, "AWSOrganizationsNotInUseException", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_lies_in_the_unit_that_it_joined() {
        let mut world = World::new().with(Account::new("111111111111", &["us-east-1"]));
        world.organize("111111111111");
        world.join("111111111111", "222222222222", "shop", "Workloads/Prod");
        world.join("111111111111", "333333333333", "lab", "Workloads");
        let at = |path: &str| world.get(&format!("111111111111/global/organizations/{path}")).cloned();
        let parent = |account: &str| at(&format!("Accounts/Id={account}/ParentId"));
        assert_eq!(parent("111111111111"), Some(json!(ROOT)));
        assert_eq!(parent("222222222222"), at("OrganizationalUnits/Name=Prod/Id"));
        assert_eq!(parent("333333333333"), at("OrganizationalUnits/Name=Workloads/Id"));
        assert_eq!(at("OrganizationalUnits/Name=Prod/ParentId"), parent("333333333333"));
        world.leave("111111111111", "222222222222");
        assert_eq!(world.get("111111111111/global/organizations/Accounts/Id=222222222222"), None);
    }
}
