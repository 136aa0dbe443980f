//! The fewest calls that tell everything about an account, and how many of them wait for each other.
//!
//! This says nothing of how driftline reads: it is what the API needs, kind by kind, by the largest pages that the API
//! reference allows, by the calls that answer for several resources, and by what only a call for one resource answers.
//! What is counted is what the restore point holds; what AWS lists and driftline leaves out needs no call of its own.

use std::collections::BTreeMap;

/// Resources by account, region (or `global`) and kind, and within it by parent: the first part of their ids, or for a
/// load balancer's rules all but the last.
pub(crate) type Census = BTreeMap<(String, String, String), BTreeMap<String, usize>>;

/// Account, region of the endpoint, service: what one of AWS's buckets is for.
pub(crate) type Place = (String, String, String);

/// What one kind needs.
#[derive(Debug, Clone, Copy)]
enum Need {
    /// One call for this many resources, and one where there are none.
    Pages(usize),
    /// The same, where there is something to ask about.
    More(usize),
    /// So many calls for each resource.
    Each(usize),
    /// One call for each resource of another kind: `elbv2/listener` is listed by load balancer.
    EachOf(&'static str),
    /// One call for each parent that has any.
    EachParent,
    /// One list for each resource of another kind, which is the parent.
    PagesOfEach(&'static str, usize),
}

use Need::{Each, EachOf, EachParent, More, Pages, PagesOfEach};

/// Kind, what it needs, and how many calls wait for each other after the list.
const NEEDS: &[(&str, &[Need], usize)] = &[
    ("acm/certificate", &[Pages(1000), Each(2)], 1),
    ("ec2/address", &[Pages(usize::MAX), More(1000)], 0),
    ("ec2/dhcp_options", &[Pages(1000)], 0),
    ("ec2/egress_only_internet_gateway", &[Pages(255)], 0),
    ("ec2/flow_log", &[Pages(1000)], 0),
    // Four attributes, one a call.
    ("ec2/instance", &[Pages(1000), Each(4)], 1),
    ("ec2/internet_gateway", &[Pages(1000)], 0),
    ("ec2/key_pair", &[Pages(usize::MAX)], 0),
    ("ec2/launch_template", &[Pages(200), More(200)], 1),
    ("ec2/managed_prefix_list", &[Pages(100), Each(1)], 1),
    ("ec2/nat_gateway", &[Pages(1000)], 0),
    ("ec2/network_acl", &[Pages(1000)], 0),
    ("ec2/network_interface", &[Pages(1000)], 0),
    ("ec2/route_table", &[Pages(100)], 0),
    // The rules with their ids are a list of their own.
    ("ec2/security_group", &[Pages(1000), More(1000)], 0),
    ("ec2/subnet", &[Pages(1000)], 0),
    ("ec2/volume", &[Pages(500)], 0),
    ("ec2/vpc", &[Pages(1000), Each(3)], 1),
    ("ec2/vpc_endpoint", &[Pages(1000)], 0),
    ("ec2/vpc_peering_connection", &[Pages(1000)], 0),
    ("elb/load_balancer", &[Pages(400), More(20), Each(2)], 1),
    ("elbv2/listener", &[EachOf("elbv2/load_balancer"), More(20), Each(1)], 2),
    ("elbv2/load_balancer", &[Pages(400), More(20), Each(2)], 1),
    // Only listeners for HTTP have rules; of which these are, the restore point's paths tell where there is a rule.
    ("elbv2/rule", &[EachParent, More(20)], 3),
    ("elbv2/target_group", &[Pages(400), More(20), Each(2)], 1),
    ("elbv2/trust_store", &[Pages(400), More(20), Each(1)], 1),
    ("iam/account_alias", &[Pages(1000)], 0),
    ("iam/account_password_policy", &[Pages(1)], 0),
    ("iam/group", &[Pages(1000)], 0),
    ("iam/instance_profile", &[Pages(1000), Each(1)], 1),
    ("iam/open_id_connect_provider", &[Pages(usize::MAX), Each(1)], 1),
    ("iam/policy", &[Pages(1000), Each(1)], 1),
    // What the two lists say of a role is not the same.
    ("iam/role", &[Pages(1000), More(1000)], 0),
    ("iam/saml_provider", &[Pages(usize::MAX), Each(1)], 1),
    ("iam/service_specific_credential", &[Pages(1000)], 0),
    ("iam/user", &[Pages(1000), Each(5)], 1),
    ("rds/db_cluster", &[Pages(100)], 0),
    ("rds/db_cluster_parameter_group", &[Pages(100), Each(2)], 1),
    ("rds/db_cluster_snapshot", &[Pages(100), Each(1)], 1),
    ("rds/db_instance", &[Pages(100)], 0),
    ("rds/db_parameter_group", &[Pages(100), Each(2)], 1),
    ("rds/db_proxy", &[Pages(100), Each(1)], 1),
    ("rds/db_proxy_endpoint", &[More(100), Each(1)], 1),
    ("rds/db_proxy_target_group", &[EachOf("rds/db_proxy"), Each(2)], 2),
    ("rds/db_snapshot", &[Pages(100), Each(1)], 1),
    ("rds/db_subnet_group", &[Pages(100), Each(1)], 1),
    ("rds/event_subscription", &[Pages(100), Each(1)], 1),
    ("rds/global_cluster", &[Pages(100)], 0),
    ("rds/option_group", &[Pages(100), Each(1)], 1),
    ("route53/delegation_set", &[Pages(100)], 0),
    ("route53/health_check", &[Pages(1000), More(10)], 1),
    // The zone itself, and its DNSSEC or its authorizations.
    ("route53/hosted_zone", &[Pages(100), More(100), More(10), Each(2)], 2),
    ("route53/record_set", &[PagesOfEach("route53/hosted_zone", 300)], 1),
    ("s3/access_point", &[Pages(1000), Each(3)], 2),
    ("s3/account_public_access_block", &[Pages(1)], 0),
    // 22 configurations, each with a call of its own.
    ("s3/bucket", &[Pages(1000), Each(22)], 1),
];

/// The kinds that the table knows.
#[cfg_attr(not(test), expect(dead_code, reason = "a test holds it against the kinds that there are"))]
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    NEEDS.iter().map(|(kind, ..)| *kind)
}

/// AWS lists those of all regions in one call, and answers their details in each one's own region.
const LISTED_ONCE: &str = "s3/bucket";

/// What reading these accounts needs at least.
#[derive(Debug, Default)]
pub(crate) struct Fewest {
    /// Calls by bucket.
    pub(crate) calls: BTreeMap<Place, u64>,
    /// The most calls of which each needs the answer of the one before, entering the account included.
    pub(crate) chain: u64,
}

impl Fewest {
    pub(crate) fn total(&self) -> u64 {
        self.calls.values().sum()
    }
}

/// The fewest calls for the accounts of a census, in these regions, for these kinds (all, if none are named).
pub(crate) fn of(census: &Census, regions: &[String], home: &str, kinds: &[&str]) -> Fewest {
    let mut fewest = Fewest::default();
    let accounts: std::collections::BTreeSet<&str> = census.keys().map(|(account, ..)| account.as_str()).collect();
    for account in accounts {
        // Who we are, and which regions there are.
        for service in ["sts", "ec2"] {
            *fewest.calls.entry((account.to_owned(), home.to_owned(), service.to_owned())).or_default() += 1;
        }
        for (kind, needs, depth) in NEEDS.iter().filter(|(kind, ..)| kinds.is_empty() || kinds.contains(kind)) {
            for region in read_in(census, account, kind, regions, home) {
                let (mut calls, mut pages) = calls(census, account, &region, kind, needs);
                if *kind == LISTED_ONCE {
                    let all: usize = regions.iter().map(|region| count(census, account, region, kind)).sum();
                    let own = pages;
                    pages = all.div_ceil(1000).max(1) as u64;
                    calls = calls - own + if region == home { pages } else { 0 };
                }
                let endpoint = if region == "global" { home.to_owned() } else { region.clone() };
                let service = match *kind {
                    "s3/access_point" | "s3/account_public_access_block" => "s3control",
                    kind => kind.split('/').next().expect("a service"),
                };
                *fewest.calls.entry((account.to_owned(), endpoint, service.to_owned())).or_default() += calls;
                let has = count(census, account, &region, kind) > 0;
                let chain = 2 + pages + if has { *depth as u64 } else { 0 };
                fewest.chain = fewest.chain.max(chain);
            }
        }
    }
    fewest
}

/// Where a kind is listed: in each region, or once.
fn read_in(census: &Census, account: &str, kind: &str, regions: &[String], home: &str) -> Vec<String> {
    let is_global =
        matches!(kind.split('/').next(), Some("iam" | "route53")) || kind == "s3/account_public_access_block";
    if is_global {
        return vec!["global".to_owned()];
    }
    if kind == LISTED_ONCE {
        let used = |region: &&String| count(census, account, region, kind) > 0 || *region == home;
        return regions.iter().filter(used).cloned().collect();
    }
    regions.to_vec()
}

fn count(census: &Census, account: &str, region: &str, kind: &str) -> usize {
    let key = (account.to_owned(), region.to_owned(), kind.to_owned());
    census.get(&key).map_or(0, |parents| parents.values().sum())
}

/// Calls, and how many of them are pages of one list.
fn calls(census: &Census, account: &str, region: &str, kind: &str, needs: &[Need]) -> (u64, u64) {
    let resources = count(census, account, region, kind);
    let (mut calls, mut pages) = (0, 1);
    for need in needs {
        calls += match *need {
            Pages(size) => {
                pages = resources.div_ceil(size).max(1);
                pages
            }
            More(size) => resources.div_ceil(size),
            Each(number) => resources * number,
            EachOf(parent) => count(census, account, region, parent),
            EachParent => {
                let key = (account.to_owned(), region.to_owned(), kind.to_owned());
                census.get(&key).map_or(0, BTreeMap::len)
            }
            PagesOfEach(parent, size) => {
                let key = (account.to_owned(), region.to_owned(), kind.to_owned());
                let own = census.get(&key);
                let parents = count(census, account, region, parent);
                let full = own.into_iter().flat_map(BTreeMap::values).map(|number| number.div_ceil(size));
                let (sum, most, some) =
                    full.fold((0, 0, 0), |(sum, most, some), it| (sum + it, most.max(it), some + 1));
                pages = most.max(1);
                // A parent without any is asked, too.
                sum + parents.saturating_sub(some)
            }
        };
    }
    (calls as u64, pages as u64)
}

/// Counts the resources of a restore point by the paths of their files, as `git ls-tree` prints them.
pub(crate) fn census(paths: &str) -> Census {
    let mut census = Census::new();
    for path in paths.lines() {
        // snapshots/aws/<account>/<region>/<service>/<resource>/<id>.json
        let parts: Vec<&str> = path.splitn(7, '/').collect();
        let [_, _, account, region, service, resource, id] = parts.as_slice() else { continue };
        let parent = match *resource {
            "rule" => id.rsplit_once('/').map_or(*id, |(parent, _)| parent),
            _ => id.split('/').next().unwrap_or_default(),
        };
        let parent = parent.to_owned();
        let key = ((*account).to_owned(), (*region).to_owned(), format!("{service}/{resource}"));
        *census.entry(key).or_default().entry(parent).or_default() += 1;
    }
    census
}
