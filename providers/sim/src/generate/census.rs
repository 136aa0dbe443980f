//! How many resources of each kind lie where.
//!
//! The shares are those of ordinary accounts: a few networks; many machines, disks, interfaces and firewalls; long DNS
//! zones; a great many roles. They are a careful guess, since AWS publishes nothing of the kind.

use super::Generated;
use super::dice::Dice;
use super::kinds::{KINDS, Spec};
use super::place::{Counts, Site};

/// Where a count stands: the account, its region (or none), the kind.
type Slot = (usize, Option<usize>, &'static Spec);

/// What every network needs, and so every region: AWS makes it.
const DEFAULTS: &[(&str, usize)] = &[
    ("ec2/dhcp_options", 1),
    ("ec2/internet_gateway", 1),
    ("ec2/network_acl", 1),
    ("ec2/route_table", 1),
    ("ec2/security_group", 1),
    ("ec2/subnet", 3),
    ("ec2/vpc", 1),
];

/// Kinds of which an account has one at most.
const SINGLE: &[&str] = &["iam/account_alias", "iam/account_password_policy", "s3/account_public_access_block"];

/// What there is one of for each of another kind.
const PAIRED: &[(&str, &str)] = &[
    ("ec2/network_acl", "ec2/vpc"),
    ("ec2/route_table", "ec2/vpc"),
    ("ec2/security_group", "ec2/vpc"),
    ("ec2/network_interface", "ec2/instance"),
    ("ec2/volume", "ec2/instance"),
    ("rds/db_proxy_target_group", "rds/db_proxy"),
];

/// What cannot be where another kind is not.
const DEPENDENT: &[(&str, &str)] = &[
    ("elbv2/listener", "elbv2/load_balancer"),
    ("elbv2/rule", "elbv2/listener"),
    ("rds/db_proxy_target_group", "rds/db_proxy"),
    ("rds/db_proxy_endpoint", "rds/db_proxy"),
    ("route53/record_set", "route53/hosted_zone"),
    ("iam/service_specific_credential", "iam/user"),
];

/// The accounts with their counts. Together exactly as many resources as asked for, unless these are fewer than the
/// regions' default networks.
pub(super) fn take(of: &Generated) -> Vec<Site> {
    let mut sites: Vec<Site> = (0..of.accounts.max(1)).map(|number| site(of, number)).collect();
    let mut slots = Vec::new();
    let mut shares = Vec::new();
    for (number, site) in sites.iter().enumerate() {
        for (slot, share) in slots_of(site, number, of) {
            slots.push(slot);
            shares.push(share);
        }
    }
    let total: f64 = shares.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "there are fewer resources than would lose digits")]
    let scale = of.resources as f64 / total;
    let mut owed = Vec::with_capacity(slots.len());
    for ((account, region, spec), share) in slots.iter().zip(&shares) {
        let exact = share * scale;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a number of resources")]
        let whole = exact as usize;
        owed.push(exact.fract());
        let single = SINGLE.contains(&spec.kind);
        let least =
            DEFAULTS.iter().find(|(kind, _)| *kind == spec.kind && region.is_some()).map_or(0, |(_, least)| *least);
        // Every kind occurs, in the first account and region.
        let first = usize::from(*account == 0 && region.unwrap_or_default() == 0 && of.resources >= KINDS.len() * 10);
        let count = if single { usize::from(of.resources >= KINDS.len()) } else { whole.max(least).max(first) };
        counts(&mut sites, *account, *region).insert(spec.kind, count);
    }
    for site in &mut sites {
        site.regional.iter_mut().chain([&mut site.global]).for_each(settle);
    }
    even_out(&mut sites, &slots, &owed, of.resources);
    sites
}

fn site(of: &Generated, number: usize) -> Site {
    let mut dice = Dice::of(of.seed, &["account"], number);
    Site {
        seed: of.seed,
        account: format!("{}{}", 1 + dice.below(9), dice.text(11, b"0123456789")),
        regions: of.regions.clone(),
        global: Counts::new(),
        regional: vec![Counts::new(); of.regions.len()],
    }
}

/// The slots of an account and their shares of all resources: accounts are of several sizes, and most of an account
/// lies in its first region.
fn slots_of(site: &Site, number: usize, of: &Generated) -> Vec<(Slot, f64)> {
    let bulk = 0.4 + Dice::of(of.seed, &["size of account"], number).share();
    let lesser = |region: usize| 0.45_f64.powi(i32::try_from(region.min(6)).unwrap_or(6));
    let regions: Vec<(usize, f64)> = (0..site.regions.len()).map(|region| (region, lesser(region))).collect();
    let all: f64 = regions.iter().map(|(_, share)| share).sum();
    let mut slots = Vec::new();
    for spec in KINDS {
        let weight = f64::from(spec.weight) * bulk;
        if spec.global {
            slots.push(((number, None, spec), weight));
        } else {
            slots.extend(regions.iter().map(|(region, share)| ((number, Some(*region), spec), weight * share / all)));
        }
    }
    slots
}

fn counts(sites: &mut [Site], account: usize, region: Option<usize>) -> &mut Counts {
    let site = &mut sites[account];
    match region {
        Some(region) => &mut site.regional[region],
        None => &mut site.global,
    }
}

/// Makes the counts of a place fit each other.
fn settle(counts: &mut Counts) {
    let count = |counts: &Counts, kind: &str| counts.get(kind).copied().unwrap_or_default();
    for (kind, owner) in DEPENDENT {
        if count(counts, owner) == 0 && counts.contains_key(kind) {
            counts.insert(kind, 0);
        }
    }
    for (kind, owner) in PAIRED {
        if counts.contains_key(kind) {
            let least = count(counts, owner);
            let now = count(counts, kind);
            counts.insert(kind, if *kind == "rds/db_proxy_target_group" { least } else { now.max(least) });
        }
    }
    // No gateway without a network, and a zone has two record sets of its own.
    if counts.contains_key("ec2/internet_gateway") {
        let most = count(counts, "ec2/vpc");
        counts.insert("ec2/internet_gateway", count(counts, "ec2/internet_gateway").min(most));
    }
    let zones = count(counts, "route53/hosted_zone");
    if zones > 0 {
        counts.insert("route53/record_set", count(counts, "route53/record_set").max(2 * zones));
    }
}

/// What is adjusted so that the sum is right: nothing depends on how many of them there are.
const FREE: &[&str] = &["ec2/volume", "iam/role", "rds/db_snapshot", "route53/record_set"];

/// Gives what rounding left over to those slots that it cost most, and takes back what was given too much.
fn even_out(sites: &mut [Site], slots: &[Slot], owed: &[f64], wanted: usize) {
    let sum = |sites: &[Site]| -> usize {
        sites.iter().flat_map(|site| site.regional.iter().chain([&site.global])).flat_map(Counts::values).sum()
    };
    let mut free: Vec<(usize, &Slot)> =
        slots.iter().enumerate().filter(|(_, (_, _, spec))| FREE.contains(&spec.kind)).collect();
    free.sort_by(|(left, _), (right, _)| owed[*right].total_cmp(&owed[*left]));
    let least = |counts: &Counts, kind: &str| match kind {
        "ec2/volume" => counts.get("ec2/instance").copied().unwrap_or_default(),
        "route53/record_set" => 2 * counts.get("route53/hosted_zone").copied().unwrap_or_default(),
        _ => 1,
    };
    let mut missing = wanted.checked_sub(sum(sites));
    while let Some(left @ 1..) = missing {
        let before = left;
        let mut left = left;
        for (_, (account, region, spec)) in &free {
            let counts = counts(sites, *account, *region);
            let zone = counts.get("route53/hosted_zone").copied().unwrap_or_default();
            if left == 0 || (spec.kind == "route53/record_set" && zone == 0) {
                continue;
            }
            *counts.entry(spec.kind).or_default() += 1;
            left -= 1;
        }
        missing = Some(left).filter(|left| *left < before);
    }
    let mut excess = sum(sites).saturating_sub(wanted);
    while excess > 0 {
        let before = excess;
        for (_, (account, region, spec)) in &free {
            let counts = counts(sites, *account, *region);
            let least = least(counts, spec.kind);
            let count = counts.entry(spec.kind).or_default();
            if excess > 0 && *count > least {
                *count -= 1;
                excess -= 1;
            }
        }
        if excess == before {
            return;
        }
    }
}
