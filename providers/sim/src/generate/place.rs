//! Where a generated resource lies, and what lies beside it.
//!
//! Everything about a resource follows from its kind and its number in its place, so that one resource can name another
//! without looking it up.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::dice::Dice;

/// How many resources of each kind a place has.
pub(super) type Counts = BTreeMap<&'static str, usize>;

/// One account: its number, and how much lies where.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) seed: u64,
    pub(super) account: String,
    pub(super) regions: Vec<String>,
    pub(super) global: Counts,
    pub(super) regional: Vec<Counts>,
}

/// A region of an account, or what it has in none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) site: &'a Site,
    /// `None`: the account's global services.
    pub(super) number: Option<usize>,
}

impl Site {
    pub(super) fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let regions = (0..self.regions.len()).map(Some);
        regions.chain([None]).map(|number| Place { site: self, number })
    }
}

impl<'a> Place<'a> {
    /// The region's name, [`crate::GLOBAL`] outside regions.
    pub(super) fn region(&self) -> &'a str {
        self.number.map_or(crate::GLOBAL, |number| self.site.regions[number].as_str())
    }

    pub(super) fn account(&self) -> &'a str {
        &self.site.account
    }

    pub(super) fn count(&self, kind: &str) -> usize {
        let counts = self.number.map_or(&self.site.global, |number| &self.site.regional[number]);
        counts.get(kind).copied().unwrap_or_default()
    }

    /// Another place of the account.
    pub(super) fn at(&self, number: Option<usize>) -> Self {
        Self { site: self.site, number }
    }

    /// A region of the account: larger ones are met more often, as they hold more.
    pub(super) fn some_region(&self, dice: &mut Dice) -> Self {
        let last = self.site.regions.len() - 1;
        let number = (0..last).find(|_| dice.chance(55)).unwrap_or(last);
        self.at(Some(number))
    }

    /// The numbers that make one resource what it is.
    pub(super) fn dice(&self, kind: &str, index: usize) -> Dice {
        Dice::of(self.site.seed, &[&self.site.account, self.region(), kind], index)
    }

    /// An id as EC2 gives them: `vpc-0…` with 17 digits.
    pub(super) fn id(&self, prefix: &str, index: usize) -> String {
        let mut dice = Dice::of(self.site.seed, &["id", &self.site.account, self.region(), prefix], index);
        format!("{prefix}-0{}", dice.hex(16))
    }

    /// An id as IAM gives them: `AROA…`.
    pub(super) fn unique_id(&self, prefix: &str, index: usize) -> String {
        let mut dice = Dice::of(self.site.seed, &["id", &self.site.account, self.region(), prefix], index);
        format!("{prefix}{}", dice.text(17, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    }

    pub(super) fn uuid(&self, of: &str, index: usize) -> String {
        Dice::of(self.site.seed, &["uuid", &self.site.account, self.region(), of], index).uuid()
    }

    /// `arn:aws:<service>:<region>:<account>:<rest>`.
    pub(super) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region(), self.account())
    }

    pub(super) fn zone(&self, number: usize) -> String {
        format!("{}{}", self.region(), ["a", "b", "c"][number % 3])
    }

    /// `euw1-az2`: an availability zone's name that is the same in all accounts.
    pub(super) fn zone_id(&self, number: usize) -> String {
        let mut parts = self.region().split('-');
        let area = parts.next().unwrap_or_default();
        let direction: String = match parts.next().unwrap_or_default() {
            "southeast" => "se".to_owned(),
            "northeast" => "ne".to_owned(),
            "southwest" => "sw".to_owned(),
            "northwest" => "nw".to_owned(),
            other => other.chars().take(1).collect(),
        };
        format!("{area}{direction}{}-az{}", parts.next().unwrap_or("1"), 1 + number % 3)
    }

    /// One of the account's own encryption keys.
    pub(super) fn kms_key(&self, number: usize) -> String {
        self.arn("kms", &format!("key/{}", self.uuid("kms", number % 4)))
    }

    /// One of the resources of a kind, if there is any.
    pub(super) fn some(&self, kind: &str, dice: &mut Dice) -> Option<usize> {
        let count = self.count(kind);
        (count > 0).then(|| dice.below(count))
    }

    /// The same among the first half: nothing of it is ever removed.
    pub(super) fn lasting(&self, kind: &str, dice: &mut Dice) -> Option<usize> {
        let count = self.count(kind);
        (count > 0).then(|| dice.below(lasting(count)))
    }
}

/// How many of so many resources may be named by others.
pub(super) fn lasting(count: usize) -> usize {
    count.div_ceil(2)
}

const SYSTEMS: &[&str] = &[
    "orders",
    "billing",
    "catalog",
    "search",
    "auth",
    "gateway",
    "reports",
    "inventory",
    "payments",
    "shipping",
    "notify",
    "media",
    "analytics",
    "ledger",
    "profile",
    "pricing",
    "checkout",
    "returns",
    "loyalty",
    "etl",
    "grafana",
    "jenkins",
];
const STAGES: &[(&str, &str)] =
    &[("prod", "production"), ("prod", "production"), ("stg", "staging"), ("dev", "development"), ("test", "test")];
const TEAMS: &[&str] = &["platform", "commerce", "data", "web", "security", "finance", "mobile", "support"];

/// A name that people give, unique by its number: `orders-prod-17`.
pub(super) fn name(dice: &mut Dice, index: usize) -> String {
    format!("{}-{}-{index}", dice.pick(SYSTEMS), dice.pick(STAGES).0)
}

/// Tags of a resource with this name: some have none, most a handful, few many.
pub(super) fn tags(dice: &mut Dice, name: &str) -> Value {
    if dice.chance(12) {
        return json!([]);
    }
    let stage = STAGES.iter().find(|(short, _)| name.split('-').any(|part| part == *short));
    let stage = stage.map_or_else(|| dice.pick(STAGES).1, |(_, stage)| *stage);
    let mut tags = vec![
        json!({"Key": "Name", "Value": name}),
        json!({"Key": "Environment", "Value": stage}),
        json!({"Key": "Team", "Value": dice.pick(TEAMS)}),
    ];
    let mut more = |key: &str, value: String| tags.push(json!({"Key": key, "Value": value}));
    if dice.chance(60) {
        more("CostCenter", format!("{}", 4000 + dice.below(60) * 10));
    }
    if dice.chance(40) {
        more("ManagedBy", dice.pick(&["terraform", "console", "cloudformation", "pulumi"]).to_owned());
    }
    if dice.chance(30) {
        more("Owner", format!("{}@example.com", dice.pick(&["anna", "ben", "chris", "dora", "emil", "fay", "gus"])));
    }
    if dice.chance(25) {
        more("Repository", format!("https://git.example.com/{}/{}", dice.pick(TEAMS), dice.pick(SYSTEMS)));
    }
    if dice.chance(20) {
        more("DataClassification", dice.pick(&["public", "internal", "confidential", "restricted"]).to_owned());
    }
    if dice.chance(15) {
        more("Backup", dice.pick(&["daily", "weekly", "none"]).to_owned());
    }
    if dice.chance(5) {
        more(
            "Remarks",
            "Kept until the migration of the old data centre is done; ask the team before touching".to_owned(),
        );
    }
    Value::Array(tags)
}
