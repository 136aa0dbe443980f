//! The user's own `terraform` or `tofu`: finding it, calling it, and understanding why it would not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

/// The names under which it is looked for.
const NAMES: [&str; 2] = ["terraform", "tofu"];

/// The oldest version that knows `import` blocks.
const OLDEST: (u64, u64) = (1, 5);

/// Terraform, or OpenTofu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    /// `terraform`, `tofu`.
    pub name: String,
    /// `terraform 1.11.4`.
    pub label: String,
}

/// There is no Terraform to work with.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("neither `terraform` nor `tofu` is on the PATH")]
    None,
    #[error("`{}` does not run: {source}", path.display())]
    DoesNotRun { path: PathBuf, source: std::io::Error },
    #[error("`{} version -json` is not understood: {words}", path.display())]
    NotTerraform { path: PathBuf, words: String },
    #[error("`{}` is version {version}, and import blocks need 1.5", path.display())]
    TooOld { path: PathBuf, version: String },
}

impl ProgramError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::None => {
                "install Terraform 1.5 or later, or OpenTofu, or say where it is with --terraform PATH; without any, \
                 `driftline plan` shows what to put back by hand"
            }
            Self::DoesNotRun { .. } | Self::NotTerraform { .. } => {
                "--terraform takes the path of the program `terraform` or `tofu`"
            }
            Self::TooOld { .. } => "install a newer one, or say where it is with --terraform PATH",
        }
    }
}

#[derive(Deserialize)]
struct Version {
    terraform_version: String,
}

impl Program {
    /// The one that was named, or the first on the PATH.
    pub fn find(named: Option<&Path>) -> Result<Self, ProgramError> {
        if let Some(path) = named {
            return Self::ask(path);
        }
        for name in NAMES {
            match Self::ask(Path::new(name)) {
                Err(ProgramError::DoesNotRun { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
                found => return found,
            }
        }
        Err(ProgramError::None)
    }

    fn ask(path: &Path) -> Result<Self, ProgramError> {
        let mut command = Command::new(path);
        let asked = command.args(["version", "-json"]).env("CHECKPOINT_DISABLE", "1").stdin(Stdio::null()).output();
        let output = asked.map_err(|source| ProgramError::DoesNotRun { path: path.to_owned(), source })?;
        let Ok(Version { terraform_version: version }) = serde_json::from_slice(&output.stdout) else {
            let said = [output.stderr, output.stdout].concat();
            let said = words(&String::from_utf8_lossy(&said));
            let words = if said.is_empty() { "it says nothing".to_owned() } else { said };
            return Err(ProgramError::NotTerraform { path: path.to_owned(), words });
        };
        let mut numbers = version.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < OLDEST {
            return Err(ProgramError::TooOld { path: path.to_owned(), version });
        }
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { path: path.to_owned(), label: format!("{name} {version}"), name })
    }

    /// A call in a folder, which asks nobody. What the user set for Terraform in other folders does not count here.
    pub fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(folder)
            .args(arguments)
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("TF_DATA_DIR", folder.join(".terraform"))
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_WORKSPACE")
            .stdin(Stdio::null());
        command
    }
}

/// How many lines of an error are told.
const MOST: usize = 20;

/// What Terraform said of an error, without its frames, colours and empty lines.
pub fn words(said: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in said.lines() {
        let line = line.trim_start_matches(['╷', '│', '╵', ' ']).trim_end();
        if !line.is_empty() && !line.starts_with("Releasing state lock") {
            lines.push(line);
        }
    }
    let first = lines.iter().position(|line| line.starts_with("Error:")).unwrap_or(0);
    let told: Vec<&str> = lines.into_iter().skip(first).collect();
    let more = told.len().saturating_sub(MOST);
    let mut text = told.into_iter().take(MOST).collect::<Vec<_>>().join("\n");
    if more > 0 {
        text = format!("{text}\n… and {more} more lines");
    }
    text
}

/// What the user can do about an error of Terraform's, where its words say what it is.
/// `program` is how it is called.
pub fn advice(words: &str, program: &str, folder: &Path) -> Option<String> {
    let text = words.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let at = folder.display();
    if has(&["error acquiring the state lock"]) {
        Some(format!(
            "another Terraform works with this state; if none does any more, `{program} -chdir={at} force-unlock ID` \
             with the ID above"
        ))
    } else if has(&[
        "failed to query available provider packages",
        "failed to resolve provider packages",
        "failed to install provider",
        "could not connect to",
    ]) {
        Some(
            "Terraform needs the provider hashicorp/aws: from its registry, or without a network from a mirror that \
             TF_CLI_CONFIG_FILE or TF_PLUGIN_CACHE_DIR names"
                .to_owned(),
        )
    } else if has(&["saved plan is stale"]) {
        Some("the state has changed since the plan was made: run `driftline restore` again".to_owned())
    } else if has(&["no value for required variable", "invalid value for variable", "failed to read variables file"]) {
        Some("secrets that no snapshot holds are given with --var-file FILE or in TF_VAR_… variables".to_owned())
    } else if has(&["backend configuration changed", "backend initialization required", "backend type changed"]) {
        Some(format!(
            "`{program} -chdir={at} init -migrate-state` takes the state along to the other backend; `-reconfigure` \
             begins with what is there"
        ))
    } else if has(&[
        "no valid credential sources",
        "account id not allowed",
        "aws account id",
        "failed to refresh cached credentials",
        "cannot assume iam role",
        "invalidclienttokenid",
        "expiredtoken",
        "failed to get shared config profile",
        "retrieving aws account details",
    ]) {
        Some(
            "Terraform enters the accounts as driftline.toml says (profile, role), or with the credentials of the \
             environment; to change something it needs more than read access"
                .to_owned(),
        )
    } else if has(&["accessdenied", "unauthorizedoperation", "is not authorized to perform"]) {
        Some(
            "changing something takes more than read access: name credentials that may, with --profile or in the \
             environment"
                .to_owned(),
        )
    } else {
        None
    }
}
