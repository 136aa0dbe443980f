//! From the file as it is written to the configuration as it is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use super::error::{Problem, suggest};
use super::kinds::{KindPattern, Kinds, services, unknown};
use super::{
    Account, Attribution, Config, Credentials, Import, Limits, Role, Scan, Terraform, Trail, file, ignore, notify,
    organization, propose,
};

/// A problem and the bytes of the file that it is about.
pub(super) type Located = (Range<usize>, Problem);

/// Services that are called although no kind is named after them.
const MORE_SERVICES: [&str; 4] = ["cloudtrail", "organizations", "s3control", "sts"];

/// `undated`: the kinds of which the newest cannot be told.
pub(super) fn check(file: file::File, known_kinds: &[&str], undated: &[&str]) -> Result<Config, Located> {
    let everywhere = file.regions.map(check_regions).transpose()?;
    let mut accounts = vec![];
    let mut seen = Seen::default();
    for account in file.accounts {
        let span = account.span();
        let account = check_account(account.into_inner(), everywhere.as_ref())?;
        seen.insert(&account).map_err(|problem| (span, problem))?;
        accounts.push(account);
    }
    let organization =
        file.organization.map(|section| organization::check(section, everywhere.as_ref())).transpose()?;
    if accounts.is_empty() && organization.is_none() {
        accounts.push(Account { regions: everywhere, ..Account::default() });
    }
    Ok(Config {
        accounts,
        organization,
        kinds: check_kinds(file.kinds, known_kinds, undated)?,
        ignore: file.ignore.into_iter().map(|rule| ignore::check(rule, known_kinds)).collect::<Result<_, _>>()?,
        notify: notify::check(file.notify)?,
        limits: check_limits(file.limits, known_kinds)?,
        scan: check_scan(&file.scan)?,
        import: check_import(file.import)?,
        attribution: Attribution { enabled: file.attribution.enabled },
        trail: check_trail(&file.trail)?,
        include_aws_managed: file.include_aws_managed,
        propose: propose::check(file.propose)?,
        terraform: Terraform { states: file.terraform.states.into_iter().map(check_state).collect::<Result<_, _>>()? },
    })
}

fn check_state(path: Spanned<String>) -> Result<PathBuf, Located> {
    let (span, path) = located(path);
    if path.trim().is_empty() { Err((span, Problem::Empty { key: "states" })) } else { Ok(PathBuf::from(path)) }
}

/// What a value is, and where it stands.
pub(super) fn located<T>(value: Spanned<T>) -> (Range<usize>, T) {
    (value.span(), value.into_inner())
}

pub(super) fn check_account(account: file::Account, everywhere: Option<&Vec<String>>) -> Result<Account, Located> {
    let name = not_empty("name", account.name)?;
    let id = not_empty("id", account.id)?;
    if let Some((span, id)) = &id
        && !is_account_id(id)
    {
        return Err((span.clone(), Problem::AccountId { id: id.clone() }));
    }
    let profile = not_empty("profile", account.profile)?;
    let role_arn = not_empty("role_arn", account.role_arn)?;
    let external_id = not_empty("external_id", account.external_id)?;
    let source_profile = not_empty("source_profile", account.source_profile)?;
    let session_name = not_empty("session_name", account.session_name)?;
    let value = |found: Option<(Range<usize>, String)>| found.map(|(_, value)| value);
    let credentials = match (profile, role_arn) {
        (Some((span, _)), Some(_)) => return Err((span, Problem::ProfileAndRole)),
        (None, Some((span, arn))) => {
            let Some(of_role) = account_of_role(&arn) else { return Err((span, Problem::RoleArn { arn })) };
            if let Some((span, id)) = &id
                && id != of_role
            {
                let problem = Problem::ForeignRole { id: id.clone(), of_role: of_role.to_owned() };
                return Err((span.clone(), problem));
            }
            if let Some((span, name)) = &session_name
                && !is_session_name(name)
            {
                return Err((span.clone(), Problem::SessionName { name: name.clone() }));
            }
            let (external_id, session_name) = (value(external_id), value(session_name));
            Credentials::Role(Role { arn, external_id, session_name, source_profile: value(source_profile) })
        }
        (profile, None) => {
            let alone =
                [("external_id", external_id), ("source_profile", source_profile), ("session_name", session_name)];
            if let Some((key, Some((span, _)))) = alone.into_iter().find(|(_, value)| value.is_some()) {
                return Err((span, Problem::NoRole { key }));
            }
            profile.map_or(Credentials::Default, |(_, profile)| Credentials::Profile(profile))
        }
    };
    let regions = account.regions.map(check_regions).transpose()?.or_else(|| everywhere.cloned());
    Ok(Account { name: value(name), credentials, id: value(id), regions })
}

/// What tells that two accounts are one.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn insert(&mut self, account: &Account) -> Result<(), Problem> {
        let entered_by = match &account.credentials {
            Credentials::Default => "the account of the default credentials".to_owned(),
            Credentials::Profile(profile) => format!("profile \"{profile}\""),
            Credentials::Role(role) => format!("account {}", account_of_role(&role.arn).unwrap_or(&role.arn)),
        };
        let name = account.name.as_ref().map(|name| format!("account \"{name}\""));
        let id = account.id.as_ref().map(|id| format!("account {id}"));
        let mine: BTreeSet<String> = [Some(entered_by), name, id].into_iter().flatten().collect();
        for what in mine {
            if !self.0.insert(what.clone()) {
                return Err(Problem::Duplicate { what });
            }
        }
        Ok(())
    }
}

fn check_regions(regions: Spanned<Vec<Spanned<String>>>) -> Result<Vec<String>, Located> {
    let (span, regions) = located(regions);
    if regions.is_empty() {
        return Err((span, Problem::NoRegion));
    }
    let spans: Vec<Range<usize>> = regions.iter().map(Spanned::span).collect();
    let names: Vec<String> = regions.into_iter().map(Spanned::into_inner).collect();
    self::regions(&names).map_err(|(index, problem)| (spans[index].clone(), problem))
}

/// Sorted, each once. An error says which one it is about. Whether a region is enabled is known only to the account.
pub(super) fn regions(names: &[String]) -> Result<Vec<String>, (usize, Problem)> {
    if let Some(index) = names.iter().position(|name| !is_region(name)) {
        let region = names[index].clone();
        let suggestion = similar_region(&region);
        return Err((index, Problem::Region { region, suggestion }));
    }
    let sorted: BTreeSet<&String> = names.iter().collect();
    Ok(sorted.into_iter().cloned().collect())
}

/// `eu-west-1`, `us-gov-east-1`: at least two letters, words, one digit.
pub(super) fn is_region(name: &str) -> bool {
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match name.split('-').collect::<Vec<_>>().as_slice() {
        [first, words @ .., digit] => {
            first.len() >= 2
                && letters(first)
                && !words.is_empty()
                && words.iter().all(letters)
                && digit.len() == 1
                && digit.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// People write availability zones, spaces, capitals, and forget the last dash.
pub(super) fn similar_region(name: &str) -> Option<String> {
    let tidy = name.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let zone = tidy.trim_end_matches(|c: char| c.is_ascii_lowercase()).to_owned();
    let place = tidy.trim_end_matches(|c: char| c.is_ascii_digit());
    let dashed = format!("{}-{}", place.trim_end_matches('-'), &tidy[place.len()..]);
    [tidy, zone, dashed].into_iter().find(|candidate| is_region(candidate))
}

fn check_kinds(kinds: file::Kinds, known: &[&str], undated: &[&str]) -> Result<Kinds, Located> {
    let mut newest = BTreeMap::new();
    for (kind, table) in kinds.each {
        let (span, kind) = located(kind);
        if !known.is_empty() && !known.contains(&kind.as_str()) {
            return Err((span, unknown(&kind, known)));
        }
        let Some(number) = table.newest else { continue };
        if undated.contains(&kind.as_str()) {
            let dated = known.iter().filter(|known| !undated.contains(known)).map(|&known| known.to_owned()).collect();
            return Err((number.span(), Problem::Undated { kind, dated }));
        }
        newest.insert(kind, whole_number("newest", &number, 1_000_000)?);
    }
    let patterns = |patterns: Vec<Spanned<String>>| {
        let pattern = |pattern: Spanned<String>| {
            let (span, text) = located(pattern);
            KindPattern::new(&text, known).map_err(|problem| (span, problem))
        };
        patterns.into_iter().map(pattern).collect::<Result<Vec<_>, _>>()
    };
    let whole = kinds.include.as_ref().map(Spanned::span).or_else(|| kinds.exclude.first().map(Spanned::span));
    let include = match kinds.include.map(located) {
        Some((span, include)) if include.is_empty() => return Err((span, Problem::NoKind)),
        Some((_, include)) => patterns(include)?,
        None => vec![],
    };
    let kinds = Kinds::new(include, patterns(kinds.exclude)?).with_newest(newest);
    kinds.or_nothing(known).map_err(|problem| (whole.unwrap_or_default(), problem))
}

fn check_limits(limits: file::Limits, known: &[&str]) -> Result<Limits, Located> {
    let rate = |value: Spanned<f64>| {
        let (span, value) = located(value);
        rate(value).map(|()| value).map_err(|problem| (span, problem))
    };
    let mut checked = Limits { max_rps: limits.max_rps.map(rate).transpose()?, ..Limits::default() };
    for (service, value) in limits.services {
        let (span, service) = located(service);
        let mut all = services(known).chain(MORE_SERVICES);
        if !all.any(|known| known == service) {
            let suggestion = suggest(&service, services(known).chain(MORE_SERVICES));
            return Err((span, Problem::Service { service, suggestion }));
        }
        checked.services.insert(service, rate(value)?);
    }
    if let Some(published) = limits.published {
        let (span, published) = located(published);
        checked.published_everywhere = match published.as_str() {
            "always" => true,
            "auto" => false,
            _ => return Err((span, Problem::Published { published })),
        };
    }
    if let Some(concurrency) = limits.concurrency {
        checked.concurrency = whole_number("concurrency", &concurrency, 1024)? as usize;
    }
    Ok(checked)
}

pub(super) fn rate(value: f64) -> Result<(), Problem> {
    if value.is_finite() && value > 0.0 { Ok(()) } else { Err(Problem::Rate { value: value.to_string() }) }
}

fn check_scan(scan: &file::Scan) -> Result<Scan, Located> {
    let mut checked = Scan::default();
    if let Some(seconds) = &scan.connect_timeout {
        checked.connect_timeout = check_timeout("connect_timeout", seconds)?;
    }
    if let Some(seconds) = &scan.read_timeout {
        checked.read_timeout = check_timeout("read_timeout", seconds)?;
    }
    if let Some(attempts) = &scan.attempts {
        checked.attempts = whole_number("attempts", attempts, 100)?;
    }
    if let Some(seconds) = &scan.throttle_timeout {
        checked.throttle_timeout = check_timeout("throttle_timeout", seconds)?;
    }
    Ok(checked)
}

fn check_trail(trail: &file::Trail) -> Result<Trail, Located> {
    let most_events =
        trail.most_events.as_ref().map(|most| whole_number("most_events", most, 1_000_000)).transpose()?;
    Ok(most_events.map_or_else(Trail::default, |most| Trail { most_events: most as usize }))
}

fn check_import(import: file::Import) -> Result<Import, Located> {
    let Some((span, text)) = import.resume.map(located) else { return Ok(Import::default()) };
    let resume = duration(&text).ok_or((span, Problem::Duration { key: "resume", text }))?;
    Ok(Import { resume })
}

/// `90s`, `30m`, `1h`, `2d`; `0`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let seconds = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u32 = text[..text.len() - 1].trim_end().parse().ok()?;
    Some(Duration::from_secs(u64::from(number) * seconds))
}

/// From a second to an hour.
pub(super) fn check_timeout(key: &'static str, seconds: &Spanned<f64>) -> Result<Duration, Located> {
    let value = *seconds.get_ref();
    if (1.0..=3600.0).contains(&value) {
        return Ok(Duration::from_secs_f64(value));
    }
    Err((seconds.span(), Problem::Range { key, value: value.to_string(), least: 1, most: 3600 }))
}

fn whole_number(key: &'static str, number: &Spanned<i64>, most: u32) -> Result<u32, Located> {
    let value = *number.get_ref();
    u32::try_from(value)
        .ok()
        .filter(|value| (1..=most).contains(value))
        .ok_or_else(|| (number.span(), Problem::Range { key, value: value.to_string(), least: 1, most }))
}

pub(super) fn not_empty(
    key: &'static str,
    value: Option<Spanned<String>>,
) -> Result<Option<(Range<usize>, String)>, Located> {
    match value.map(located) {
        Some((span, value)) if value.trim().is_empty() => Err((span, Problem::Empty { key })),
        value => Ok(value),
    }
}

pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn account_of_role(arn: &str) -> Option<&str> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, role) = rest.split_once(":role/")?;
    (partition.starts_with("aws") && !partition.contains(':') && is_account_id(account) && !role.is_empty())
        .then_some(account)
}

pub(super) fn check_session_name(name: Spanned<String>) -> Result<String, Located> {
    let (span, name) = located(name);
    if is_session_name(&name) { Ok(name) } else { Err((span, Problem::SessionName { name })) }
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
}
