//! `driftline ci`: complete examples for the places that run driftline every night.
//!
//! They are files under `ci/`, with what differs from user to user between two `@`. What they use is pinned: this
//! driftline's own version, actions by commit, images by version.

mod schedule;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::context::Context;
use super::failure::Failure;
use schedule::Schedule;

/// Print what runs driftline on a schedule: a complete example for the place that you name
///
/// Each night it plans, and proposes the drift that it finds.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[arg(value_enum)]
    place: Place,
    /// When: minute, hour, day of the month, month, day of the week, in UTC
    #[arg(long, value_name = "CRON", default_value = "15 5 * * *")]
    schedule: Schedule,
    /// The role with the policy that `driftline iam-policy` prints
    #[arg(long, value_name = "ARN", default_value = "arn:aws:iam::123456789012:role/driftline", value_parser = role)]
    role_arn: String,
    /// The region whose endpoints are asked first; which regions are read says driftline.toml
    #[arg(long, value_name = "REGION", default_value = "eu-west-1", value_parser = region)]
    region: String,
    /// Instead: import every night in this many parts at once, straight to the default branch (github, kubernetes)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=256))]
    shards: Option<u32>,
    /// Write the example's files into this folder instead; none that is there already is overwritten
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    /// GitHub Actions, with a role by OIDC
    Github,
    /// GitLab CI, with a role by OIDC
    Gitlab,
    /// A crontab for /etc/cron.d
    Cron,
    /// A service and a timer
    Systemd,
    /// A CronJob, with a role of the service account
    Kubernetes,
}

impl Place {
    /// Names and texts of the files that import in parts.
    fn sharded(self) -> Option<&'static [(&'static str, &'static str)]> {
        match self {
            Self::Github => Some(&[("driftline-import.yml", include_str!("ci/github-shards.yml"))]),
            Self::Kubernetes => Some(&[("driftline-import.yml", include_str!("ci/kubernetes-shards.yml"))]),
            Self::Gitlab | Self::Cron | Self::Systemd => None,
        }
    }

    /// Names and texts of the files.
    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Github => &[("driftline.yml", include_str!("ci/github.yml"))],
            Self::Gitlab => &[(".gitlab-ci.yml", include_str!("ci/gitlab.yml"))],
            Self::Cron => &[("driftline", include_str!("ci/driftline.cron"))],
            Self::Systemd => &[
                ("driftline.service", include_str!("ci/driftline.service")),
                ("driftline.timer", include_str!("ci/driftline.timer")),
            ],
            Self::Kubernetes => &[("driftline.yml", include_str!("ci/kubernetes.yml"))],
        }
    }
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let examples = match arguments.shards {
        None => arguments.place.files(),
        Some(shards) => arguments.place.sharded().ok_or_else(|| {
            Failure::new("print an example with --shards: there is one for github and one for kubernetes").hint(format!(
                "anywhere else, run `driftline import --push --shard K/{shards}` with each K from 1 to {shards}; with \
                 GitLab's `parallel: {shards}`, `--shard auto` finds its K by itself"
            ))
        })?,
    };
    let files: Vec<(&str, String)> = examples.iter().map(|(name, text)| (*name, arguments.fill(text))).collect();
    let Some(folder) = &arguments.into else {
        let texts: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
        cx.ui.data(|out| write!(out, "{}", texts.join("\n")))?;
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("make {}", folder.display())).because(error))?;
    for (name, text) in &files {
        let path = folder.join(name);
        write_new(&path, text).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Failure::new(format!("write {}: it is there already", path.display()))
                .hint("move it away, name another folder, or compare: without --into, the example is printed"),
            _ => Failure::new(format!("write {}", path.display())).because(error),
        })?;
        cx.ui.say(format!("wrote {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn fill(&self, text: &str) -> String {
        let shards = self.shards.unwrap_or(1);
        let numbers: Vec<String> = (1..=shards).map(|number| number.to_string()).collect();
        text.replace("@version@", env!("CARGO_PKG_VERSION"))
            .replace("@repository@", env!("CARGO_PKG_REPOSITORY"))
            .replace("@cron@", self.schedule.cron())
            .replace("@calendar@", &self.schedule.calendar())
            .replace("@role@", &self.role_arn)
            .replace("@region@", &self.region)
            .replace("@shards@", &shards.to_string())
            .replace("@numbers@", &numbers.join(", "))
    }
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder)?;
    std::fs::write(file.path(), text)?;
    super::init::readable(file.path())?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// What stands in an example is plain in YAML, in units and in crontabs.
fn role(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/_+=,.@-".contains(c);
    let is_role = text.starts_with("arn:aws") && text.contains(":iam::") && text.contains(":role/");
    if is_role && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err("not the ARN of a role; they look like \"arn:aws:iam::123456789012:role/driftline\"".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.contains('-') && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err("not the name of a region; they look like \"eu-west-1\"".to_owned())
}
