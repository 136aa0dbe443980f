//! What Organizations answers: accounts, the tree of units, tags.

use std::collections::BTreeMap;

use driftline_api::{Cause, Future, Sink};
use driftline_wire::client::next_page;
use driftline_wire::{endpoint, models};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use super::Member;
use super::choose::Choice;
use crate::account::{Door, Visit};
use crate::failure;
use crate::reader::{take_items, text};

const SERVICE: &str = "organizations";

/// How many accounts' tags are asked for at once. The rate limit bounds the calls.
const CONCURRENCY: usize = 4;

/// The tags of an account.
pub(super) type Tags = BTreeMap<String, String>;

/// Organizations, as one account may ask it.
pub(super) struct Directory<'d> {
    pub(super) door: &'d Door,
    pub(super) reader: &'d Visit,
    pub(super) sink: &'d dyn Sink,
}

/// A unit, or the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) id: String,
    pub(super) name: String,
}

/// The units, and who is in those that are chosen by.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    /// Each from the root down, itself included.
    pub(super) units: Vec<Vec<Unit>>,
    /// By account: the unit that it is in, as an index.
    pub(super) homes: BTreeMap<String, usize>,
}

impl Tree {
    /// The units that an account lies in, from the root down; none where nobody asked.
    pub(super) fn units_of(&self, account: &str) -> &[Unit] {
        self.homes.get(account).map_or(&[], |&unit| &self.units[unit])
    }
}

impl Directory<'_> {
    /// The number of the management account, and every account in the order of their numbers.
    pub(super) async fn accounts(&self) -> Result<(String, Vec<Member>), Cause> {
        let listed = self.items("ListAccounts", json!({}), "/Accounts").await?;
        // arn:aws:organizations::<management account>:account/<organization>/<account>
        let management = listed.first().and_then(|account| text(account, "/Arn").split(':').nth(4)).unwrap_or_default();
        let mut members: Vec<Member> = listed.iter().map(member).collect();
        members.sort_by(|one, other| one.id.cmp(&other.id));
        members.dedup_by(|one, other| one.id == other.id);
        Ok((management.to_owned(), members))
    }

    /// The tree of units, and the accounts in those that somebody is chosen by.
    pub(super) async fn units(&self, choice: &Choice<'_>) -> Result<Tree, Cause> {
        let roots = self.items("ListRoots", json!({}), "/Roots").await?;
        let mut tree = Tree { units: roots.iter().map(|root| vec![unit(root)]).collect(), homes: BTreeMap::new() };
        let mut next = 0;
        while let Some(parent) = tree.units.get(next).cloned() {
            let id = parent.last().map(|unit| unit.id.clone()).unwrap_or_default();
            let asked = json!({ "ParentId": id });
            if choice.is_by(&parent) {
                let accounts = self.items("ListAccountsForParent", asked.clone(), "/Accounts").await?;
                tree.homes.extend(accounts.iter().map(|account| (text(account, "/Id").to_owned(), next)));
            }
            let below = self.items("ListOrganizationalUnitsForParent", asked, "/OrganizationalUnits").await?;
            tree.units.extend(below.iter().map(|found| parent.iter().cloned().chain([unit(found)]).collect()));
            next += 1;
        }
        Ok(tree)
    }

    /// The tags of the accounts that nothing else decides about.
    pub(super) async fn tags(
        &self,
        choice: &Choice<'_>,
        members: &[Member],
        tree: &Tree,
    ) -> Result<BTreeMap<String, Tags>, Cause> {
        let is_open = |member: &&Member| {
            member.closed.is_none() && choice.verdict(member, tree.units_of(&member.id), None).is_none()
        };
        let mut asked: Vec<Future<'_, Result<(String, Tags), Cause>>> = Vec::new();
        for member in members.iter().filter(is_open) {
            asked.push(Box::pin(async move {
                let tags = self.items("ListTagsForResource", json!({ "ResourceId": member.id }), "/Tags").await?;
                let tags = tags.iter().map(|tag| (text(tag, "/Key").to_owned(), text(tag, "/Value").to_owned()));
                Ok((member.id.clone(), tags.collect()))
            }));
        }
        stream::iter(asked).buffered(CONCURRENCY).try_collect().await
    }

    /// All items of a list. A page may be empty and not the last.
    async fn items(&self, operation: &str, mut params: Value, member: &str) -> Result<Vec<Value>, Cause> {
        let region = endpoint::home_region(&self.reader.partition).unwrap_or("us-east-1");
        let described = models::service(SERVICE).and_then(|service| service.operation(operation));
        let paginator = described.and_then(|operation| operation.paginator.as_ref());
        let nonsense = |why: String| failure::nonsense(format!("{SERVICE}:{operation}"), why);
        let mut items = Vec::new();
        loop {
            let page = self.door.call(&self.reader.clients, SERVICE, operation, region, &params, self.sink).await?;
            let next = paginator.map(|paginator| next_page(paginator, &page)).transpose();
            let next = next.map_err(|error| nonsense(error.to_string()))?.flatten();
            items.extend(take_items(page, member));
            let (Some(tokens), Value::Object(params)) = (next, &mut params) else { return Ok(items) };
            if tokens.iter().all(|(name, token)| params.get(*name) == Some(token)) {
                return Err(nonsense("the list never ends: the page token repeats".to_owned()));
            }
            params.extend(tokens.into_iter().map(|(name, token)| (name.to_owned(), token)));
        }
    }
}

/// `State` tells more than `Status`, which is to go away; older endpoints know only that.
fn member(account: &Value) -> Member {
    let state = [text(account, "/State"), text(account, "/Status")].into_iter().find(|state| !state.is_empty());
    let closed = state.filter(|state| *state != "ACTIVE").map(|state| state.to_ascii_lowercase().replace('_', " "));
    Member { id: text(account, "/Id").to_owned(), name: text(account, "/Name").to_owned(), closed }
}

fn unit(found: &Value) -> Unit {
    Unit { id: text(found, "/Id").to_owned(), name: text(found, "/Name").to_owned() }
}
