//! Which live resource a resource in a state is.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Claim, Descriptor, GLOBAL, Reads, Scope};

use super::live::{Live, Node, is_unique};
use super::state::{Attributes, Instance, State};
use crate::export::{Known, known};
use crate::snapshot::Coverage;

/// What became of one thing that a state names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    Found {
        node: Node,
        part: bool,
    },
    /// It was looked for where it would be, and is not there.
    Gone(Address),
    /// Where it would be was not read.
    NotRead(Address),
    /// It cannot be told which one it is.
    Unsure {
        kind: &'static str,
        name: String,
    },
    /// No kind reads resources of this type.
    Unknown,
}

/// What states are compared with, and by what.
pub struct Matching<'m> {
    live: &'m Live,
    coverage: &'m Coverage,
    kinds: &'m BTreeMap<&'static str, &'static Descriptor>,
    ways: BTreeMap<&'static str, Vec<Way>>,
}

/// How a resource type names a resource of a kind.
#[derive(Debug, Clone, Copy)]
enum Way {
    Claim(Claim),
    Known(Known),
}

/// What is known of where the resources of one provider configuration lie.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>);

/// Where a resource in a state lies, as far as the state says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Place {
    account: Option<String>,
    region: Option<String>,
}

impl<'m> Matching<'m> {
    pub fn new(
        live: &'m Live,
        coverage: &'m Coverage,
        kinds: &'m BTreeMap<&'static str, &'static Descriptor>,
        claims: &[Claim],
    ) -> Self {
        let mut ways: BTreeMap<&'static str, Vec<Way>> = BTreeMap::new();
        for claim in claims.iter().filter(|claim| kinds.contains_key(claim.kind)) {
            ways.entry(claim.resource).or_default().push(Way::Claim(*claim));
        }
        for known in kinds.values().flat_map(|kind| known(kind)) {
            ways.entry(known.resource).or_default().push(Way::Known(known));
        }
        Self { live, coverage, kinds, ways }
    }

    /// Everything that a resource in a state manages: one thing mostly, several where it attaches one to others.
    pub(super) fn of(&self, instance: &Instance, places: &Places) -> Vec<Match> {
        let attributes = &instance.attributes;
        let place = places.of(instance);
        let ways = self.ways.get(instance.resource.as_str()).map(Vec::as_slice).unwrap_or_default();
        let is_part = !ways.is_empty() && ways.iter().all(Way::is_part);
        if let Some(arn) = attributes.get("arn").filter(|_| !is_part)
            && let [node] = self.live.by_arn(arn)
        {
            return vec![Match::Found { node: *node, part: false }];
        }
        let mut matches = Vec::new();
        let mut targets: Vec<(&'static str, bool)> = ways.iter().map(|way| (way.kind(), way.is_part())).collect();
        targets.sort_unstable();
        targets.dedup();
        for (kind, part) in targets {
            let own = ways.iter().filter(|way| (way.kind(), way.is_part()) == (kind, part));
            let tried = own.map(|way| self.by(*way, attributes, &place)).filter(|found| !found.is_empty());
            // What finds something is right; else the first that said anything says what is missing.
            let tried: Vec<Vec<Match>> = tried.collect();
            let is_found = |found: &&Vec<Match>| found.iter().any(|one| matches!(one, Match::Found { .. }));
            matches.extend(tried.iter().find(is_found).or_else(|| tried.first()).cloned().unwrap_or_default());
        }
        if matches.is_empty() { vec![Match::Unknown] } else { matches }
    }

    fn by(&self, way: Way, attributes: &Attributes, place: &Place) -> Vec<Match> {
        let (values, name) = match way {
            Way::Claim(claim) => (fill(claim.by, attributes, place), ""),
            Way::Known(known) => (attributes.all(known.attribute).to_vec(), known.name),
        };
        let Some(kind) = self.kinds.get(way.kind()) else { return Vec::new() };
        let values = values.into_iter().filter(|value| !value.is_empty());
        values.map(|value| self.look_up(kind, name, &value, way.is_part(), place)).collect()
    }

    fn look_up(&self, kind: &'static Descriptor, name: &'static str, value: &str, part: bool, place: &Place) -> Match {
        let unsure = || Match::Unsure { kind: kind.name, name: value.to_owned() };
        if value.starts_with("arn:") {
            let is_of_kind = |node: &&Node| self.live.addresses()[**node].kind == kind.name;
            let found: Vec<&Node> = self.live.by_arn(value).iter().filter(is_of_kind).collect();
            return match found.as_slice() {
                [node] => Match::Found { node: **node, part },
                [] => self.missing(kind, value, &Place::of_arn(value).or(place)).unwrap_or_else(unsure),
                _ => unsure(),
            };
        }
        let candidates = self.live.by_name(kind.name, name, value);
        if let [node] = candidates
            && (is_unique(kind, value) || matches!(kind.reads, Reads::OncePerAccount))
        {
            return Match::Found { node: *node, part };
        }
        // Names are given anew in every account and region: without both, one could be taken for another.
        let Some(account) = &place.account else { return unsure() };
        let region = place.region.as_deref();
        if region.is_none() && matches!(kind.reads, Reads::EachRegion) {
            return unsure();
        }
        let here: Vec<&Node> = candidates.iter().filter(|node| self.live.is_in(**node, account, region)).collect();
        match here.as_slice() {
            [node] => Match::Found { node: **node, part },
            [] => self.missing(kind, value, place).unwrap_or_else(unsure),
            _ => unsure(),
        }
    }

    /// What is said of something that is not there; `None` if it is not known where it would be.
    fn missing(&self, kind: &'static Descriptor, value: &str, place: &Place) -> Option<Match> {
        let account = place.account.clone()?;
        let region = match kind.reads {
            Reads::Global | Reads::Everywhere => GLOBAL.to_owned(),
            Reads::EachRegion | Reads::OncePerAccount => place.region.clone()?,
        };
        let named = value.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4));
        let id = named.map_or(value, |named| named.split_once([':', '/']).map_or(named, |(_, id)| id)).to_owned();
        let address =
            Address { scope: Scope { provider: "aws".to_owned(), account, region }, kind: kind.name.to_owned(), id };
        // Of an ARN one cannot see whether the resource lies under something that was not read.
        let entry = self.coverage.get(&address.scope, &address.kind);
        let has_holes = entry.is_none_or(|entry| entry.gaps().iter().any(|gap| gap.path.is_none()));
        let is_covered = self.coverage.covers(&address) && !(value.starts_with("arn:") && has_holes);
        Some(if is_covered { Match::Gone(address) } else { Match::NotRead(address) })
    }
}

impl Way {
    fn kind(&self) -> &'static str {
        match self {
            Self::Claim(claim) => claim.kind,
            Self::Known(known) => known.kind,
        }
    }

    fn is_part(&self) -> bool {
        match self {
            Self::Claim(claim) => claim.part,
            Self::Known(known) => known.part,
        }
    }
}

impl Places {
    /// Learns from the ARNs of a state where its provider configurations lead to.
    pub(super) fn learn(state: &State) -> Self {
        let mut places: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for instance in &state.instances {
            let place = Place::of_arn(instance.attributes.get("arn").unwrap_or_default());
            let (accounts, regions) = places.entry(instance.provider.clone()).or_default();
            accounts.extend(place.account);
            regions.extend(place.region);
        }
        Self(places)
    }

    fn of(&self, instance: &Instance) -> Place {
        let attributes = &instance.attributes;
        let number = |name| attributes.get(name).filter(|text| is_account(text)).map(str::to_owned);
        let only = |known: &BTreeSet<String>| if known.len() == 1 { known.first().cloned() } else { None };
        let (accounts, regions) = self.0.get(&instance.provider).cloned().unwrap_or_default();
        let own = Place {
            account: number("owner_id").or_else(|| number("account_id")),
            // Since its version 6, the provider lets each resource say its own.
            region: attributes.get("region").map(str::to_owned),
        };
        // Only a policy of the account itself can be attached to something of it.
        let attached = Place { region: None, ..Place::of_arn(attributes.get("policy_arn").unwrap_or_default()) };
        let learned = Place { account: only(&accounts), region: only(&regions) };
        Place::of_arn(attributes.get("arn").unwrap_or_default()).or(&own).or(&attached).or(&learned)
    }
}

impl Place {
    fn of_arn(arn: &str) -> Self {
        let mut parts = arn.split(':');
        if parts.next() != Some("arn") {
            return Self::default();
        }
        let (region, account) = (parts.nth(2).unwrap_or_default(), parts.next().unwrap_or_default());
        Self {
            account: Some(account.to_owned()).filter(|account| is_account(account)),
            region: Some(region.to_owned()).filter(|region| !region.is_empty()),
        }
    }

    fn or(self, other: &Self) -> Self {
        Self {
            account: self.account.or_else(|| other.account.clone()),
            region: self.region.or_else(|| other.region.clone()),
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The texts of a claim's pattern: none if an attribute says nothing, several for a list.
fn fill(pattern: &str, attributes: &Attributes, place: &Place) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut rest = pattern;
    while let Some(start) = rest.find(['{', '[']) {
        let is_attribute = rest[start..].starts_with('{');
        let close = if is_attribute { '}' } else { ']' };
        let Some((inner, after)) = rest[start + 1..].split_once(close) else { return Vec::new() };
        let values = match (is_attribute, inner) {
            (true, "account") => place.account.iter().cloned().collect(),
            (true, name) => attributes.all(name).iter().filter(|text| !text.is_empty()).cloned().collect(),
            (false, _) => {
                let optional = fill(inner, attributes, place);
                if optional.is_empty() { vec![String::new()] } else { optional }
            }
        };
        let fixed = &rest[..start];
        texts = texts.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{fixed}{value}"))).collect();
        rest = after;
    }
    texts.into_iter().map(|text| text + rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(all: &[(&str, &[&str])]) -> Attributes {
        all.iter()
            .map(|(name, texts)| ((*name).to_owned(), texts.iter().map(|&text| text.to_owned()).collect()))
            .collect()
    }

    #[test]
    fn a_pattern_is_filled_as_often_as_its_lists_are_long() {
        let record =
            attributes(&[("zone_id", &["Z1"]), ("fqdn", &["a.b"]), ("type", &["A"]), ("set_identifier", &[""])]);
        let none = Place::default();
        assert_eq!(fill("{zone_id}/{fqdn}/{type}[/{set_identifier}]", &record, &none), ["Z1/a.b/A"]);
        let several = attributes(&[("users", &["ana", "ben"])]);
        assert_eq!(fill("{users}", &several, &none), ["ana", "ben"]);
        assert_eq!(fill("{user}", &several, &none), Vec::<String>::new());
        assert_eq!(fill("{account}", &several, &none), Vec::<String>::new());
    }

    #[test]
    fn an_arn_says_where_it_lies_as_far_as_it_does() {
        let place = |account: Option<&str>, region: Option<&str>| Place {
            account: account.map(str::to_owned),
            region: region.map(str::to_owned),
        };
        let (account, region) = (Some("123456789012"), Some("eu-west-1"));
        assert_eq!(Place::of_arn("arn:aws:rds:eu-west-1:123456789012:db:a"), place(account, region));
        assert_eq!(Place::of_arn("arn:aws:iam::123456789012:role/a"), place(account, None));
        assert_eq!(Place::of_arn("arn:aws:iam::aws:policy/a"), place(None, None));
        assert_eq!(Place::of_arn("arn:aws:s3:::a"), place(None, None));
        assert_eq!(Place::of_arn("Z1"), place(None, None));
    }
}
