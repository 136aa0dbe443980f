//! `driftline log`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use driftline::plan::ResourceDrift;
use driftline::render;
use driftline::store::Change;
use driftline_api::Address;
use time::OffsetDateTime;
use time::macros::format_description;

use super::context::{Context, kinds};
use super::failure::Failure;
use super::show;

/// Show the history of a resource: when it came, what changed, when it went
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Its address, or the end of it where only one resource has it
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// At most so many changes
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let head = store.resolve("HEAD")?;
    let snapshot = store.snapshot(&head)?;
    // A resource that is gone has a history too: a whole address is taken as it is.
    let address = match arguments.address.parse::<Address>() {
        Ok(address) => address,
        Err(_) => show::find(&snapshot, &arguments.address, "HEAD", HINT)?,
    };
    let changes = store.log(&head, &address, arguments.limit)?;
    if changes.is_empty() {
        return Err(Failure::new(format!("find `{address}` in any restore point"))
            .hint("`git ls-files snapshots` lists the resources of the last one"));
    }
    let kinds = kinds();
    let look = cx.ui.look();
    let mut text = Vec::new();
    for change in &changes {
        describe(change, &mut text).map_err(Failure::output)?;
        if let (Some(before), Some(after)) = (change.before, change.after) {
            let (before, after) = (snapshot.read(&address, before)?, snapshot.read(&address, after)?);
            let kind = kinds.get(address.kind.as_str()).copied();
            if let Some(drift) = ResourceDrift::compare(kind, &address, Some(before), Some(after)) {
                render::changes(&drift, "    ", look, &mut text).map_err(Failure::output)?;
            }
        }
    }
    cx.ui.data(|out| out.write_all(&text))?;
    Ok(ExitCode::SUCCESS)
}

const HINT: &str = "`git ls-files snapshots` lists what is there; what is gone takes its whole address, \
     aws/<account>/<region or global>/<service>/<resource>/<id>";

/// `0a1b2c3d4e 2026-01-02 03:04 changed import: 312 resources (1 changed) (Jane Doe)`.
fn describe(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    let day = OffsetDateTime::from_unix_timestamp(change.time)
        .ok()
        .and_then(|at| at.format(format_description!("[year]-[month]-[day] [hour]:[minute]")).ok())
        .unwrap_or_default();
    let commit: String = change.commit.to_string().chars().take(10).collect();
    let word = match (change.before, change.after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    writeln!(out, "{commit} {day} {word:7} {} ({})", change.subject, change.author)
}
