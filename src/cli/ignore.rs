//! `driftline ignore`.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use driftline::config::{Config, NewRule};
use driftline::scan::Baseline;
use driftline::store::Store;
use driftline_api::Address;

use super::context::{Context, kinds};
use super::failure::Failure;

/// At most this many resources of the restore point are looked into for the attribute.
const LOOKED_INTO: usize = 1000;

/// Add a rule to driftline.toml: drift that is of no interest from now on
///
/// Nothing else in the file changes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to ignore: an address or a pattern, and an attribute behind `#`, as a plan prints it or as a path:
    /// `ec2/instance/i-1`, `ec2/instance/*#tags.Patched`, `aws/*/eu-west-1/rds#/PreferredMaintenanceWindow`
    #[arg(value_name = "ADDRESS[#ATTRIBUTE]")]
    what: String,
    /// Why: it is shown in plans
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day, in UTC, on which the rule holds
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<String>,
    /// Whom to ask about it
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Only what they did: a name, an ARN, the name of a role, or a service; `*` stands for any text (repeatable)
    #[arg(long = "actor", value_name = "NAME")]
    actors: Vec<String>,
    /// Only resources with this tag; `*` stands for any text (repeatable)
    #[arg(long = "tag", value_name = "NAME=VALUE")]
    tags: Vec<String>,
    /// Only while the attribute is a number from here
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    min: Option<f64>,
    /// Only while the attribute is a number up to here
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    max: Option<f64>,
    /// Only while the attribute has this value; `*` stands for any text (repeatable)
    #[arg(long = "value", value_name = "VALUE")]
    values: Vec<String>,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let names: Vec<&str> = kinds().keys().copied().collect();
    let rule = NewRule::parse(&arguments.what, &arguments.reason, &names).and_then(|rule| {
        let rule = NewRule {
            owner: arguments.owner.clone(),
            actor: arguments.actors.clone(),
            tag: arguments.tags.clone(),
            min: arguments.min,
            max: arguments.max,
            values: arguments.values.clone(),
            ..rule
        };
        match &arguments.until {
            Some(until) => rule.until(until, cx.environment.today),
            None => Ok(rule),
        }
    });
    let rule = rule.map_err(|error| Failure::new("make an ignore rule").because(error))?;
    let path = add(cx, &store, &rule)?;
    if let Some(nothing) = matches_nothing(&store, &rule)? {
        cx.ui.warn(nothing);
    }
    cx.ui.say(format!("added the rule to {}", path.display()));
    Ok(ExitCode::SUCCESS)
}

/// Adds a rule to the configuration file, which is made if there is none. Says where it is.
pub(crate) fn add(cx: &Context, store: &Store, rule: &NewRule) -> Result<PathBuf, Failure> {
    let path = cx.global.config.clone().unwrap_or_else(|| store.root().join(Config::FILE_NAME));
    let names: Vec<&str> = kinds().keys().copied().collect();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::new(format!("read {}", path.display())).because(error)),
    };
    let text = rule
        .add_to(&text, &path, &names)
        .map_err(|error| Failure::new(format!("add the rule to {}", path.display())).because(error))?;
    write(&path, &text).map_err(|error| Failure::new(format!("write {}", path.display())).because(error))?;
    Ok(path)
}

/// Writes the file whole or not at all. It keeps its permissions, and a link to it stays one.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    match fs::metadata(&real) {
        Ok(known) => fs::set_permissions(file.path(), known.permissions())?,
        Err(_) => super::init::readable(file.path())?,
    }
    file.as_file().sync_all()?;
    file.persist(&real).map_err(|error| error.error)?;
    Ok(())
}

/// Why the rule has nothing to match in the restore point, if that is so.
fn matches_nothing(store: &Store, rule: &NewRule) -> Result<Option<String>, Failure> {
    let Some(point) = store.head()? else { return Ok(None) };
    let baseline = Baseline::load(store.snapshot(&point)?)?;
    let mut resources = baseline
        .iter()
        .map(|(scope, kind, id, _)| Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() })
        .filter(|address| rule.address.matches(address))
        .peekable();
    if resources.peek().is_none() {
        return Ok(Some(format!("the restore point has no resource that `{}` matches", rule.address)));
    }
    let Some(attribute) = &rule.attribute else { return Ok(None) };
    for address in resources.take(LOOKED_INTO) {
        if baseline.resource(&address)?.is_some_and(|resource| attribute.is_in(&serde_json::json!(resource))) {
            return Ok(None);
        }
    }
    Ok(Some(format!("no resource that `{}` matches has `{attribute}` in the restore point", rule.address)))
}
