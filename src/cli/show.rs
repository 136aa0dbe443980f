//! `driftline show`.

use std::process::ExitCode;

use clap::Args;
use driftline::store::Snapshot;
use driftline_api::{Address, AddressPattern};

use super::context::Context;
use super::failure::Failure;

/// Print a resource as it is in a restore point
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Its address, such as `aws/123456789012/eu-west-1/rds/db_instance/prod@HEAD~2`; the end of an address
    /// (`rds/db_instance/prod`) is enough where only one resource has it
    #[arg(value_name = "ADDRESS[@REV]")]
    address: String,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    // Ids may hold an @ (IAM users are often called by their mail address); the whole text comes first.
    let (text, revision) = match arguments.address.rsplit_once('@') {
        Some((text, revision)) if !revision.is_empty() && store.resolve(revision).is_ok() => (text, revision),
        _ => (arguments.address.as_str(), "HEAD"),
    };
    let snapshot = store.snapshot(&store.resolve(revision)?)?;
    let address = match find(&snapshot, text, revision, HINT) {
        Ok(address) => address,
        Err(failure) => {
            // What stands before the @ is there, so what stands behind it was meant as a revision.
            if let Some((text, revision)) = text.rsplit_once('@')
                && find(&snapshot, text, "HEAD", HINT).is_ok()
            {
                store.resolve(revision)?;
            }
            return Err(failure);
        }
    };
    match snapshot.get(&address)? {
        Some(resource) => {
            let bytes = resource.to_bytes();
            cx.ui.data(|out| out.write_all(&bytes))?;
            Ok(ExitCode::SUCCESS)
        }
        None => Err(unknown(text, revision, HINT)),
    }
}

const HINT: &str =
    "`driftline log ADDRESS` shows when a resource came and went; `git ls-files snapshots` lists them all";

/// The one address that a text means: itself, or the only known one that it is a pattern for. `hint`: what to do if there
/// is none.
pub(super) fn find(snapshot: &Snapshot, text: &str, revision: &str, hint: &str) -> Result<Address, Failure> {
    if let Ok(address) = text.parse::<Address>()
        && snapshot.find(&address)?.is_some()
    {
        return Ok(address);
    }
    let pattern: AddressPattern =
        text.parse().map_err(|error| Failure::new(format!("find `{text}`")).because(error))?;
    let mut known: Vec<Address> =
        snapshot.addresses()?.into_iter().filter(|address| pattern.matches(address)).collect();
    match known.len() {
        0 => Err(unknown(text, revision, hint)),
        1 => Ok(known.remove(0)),
        count => {
            const SHOWN: usize = 5;
            let some: Vec<String> = known.iter().take(SHOWN).map(|address| format!("  {address}")).collect();
            let more = if count > SHOWN { format!("\n  … and {} more", count - SHOWN) } else { String::new() };
            Err(Failure::new(format!("choose: {count} resources match `{text}`"))
                .hint(format!("name one of them:\n{}{more}", some.join("\n"))))
        }
    }
}

fn unknown(text: &str, revision: &str, hint: &str) -> Failure {
    Failure::new(format!("find `{text}` in restore point {revision}")).hint(hint)
}
