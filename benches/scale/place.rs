//! A repository with nothing of the machine's owner around it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::endpoint::Endpoint;
use crate::fewest::{self, Census};
use crate::measure::{self, Usage};

pub(crate) struct Place {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    driftline: String,
}

impl Place {
    /// Reads every account of the endpoint, each with a profile of its own. `config` is put before them in `driftline.toml`.
    pub(crate) fn new(endpoint: &Endpoint, driftline: &str, config: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("driftline-bench-").tempdir().expect("a temporary folder");
        let (home, repo) = (folder.path().join("home"), folder.path().join("repo"));
        fs::create_dir_all(home.join(".aws")).expect("a home");
        fs::create_dir(&repo).expect("a folder for the repository");
        let git = "[user]\nname = Bench\nemail = bench@localhost\n[init]\ndefaultBranch = main\n";
        fs::write(home.join(".gitconfig"), git).expect("git's configuration");
        let profile = |id: &String| format!("[{id}]\naws_access_key_id = {id}\naws_secret_access_key = any\n");
        let profiles: String = endpoint.accounts().iter().map(profile).collect();
        fs::write(home.join(".aws/credentials"), profiles).expect("profiles");
        #[expect(clippy::disallowed_methods, reason = "git has to be found")]
        let path = std::env::var("PATH").expect("a PATH");
        let home = home.to_str().expect("UTF-8").to_owned();
        let first = endpoint.accounts().first().expect("an account").clone();
        let environment = [
            ("AWS_ACCESS_KEY_ID", first),
            ("AWS_SECRET_ACCESS_KEY", "any".to_owned()),
            ("AWS_ENDPOINT_URL", endpoint.url().to_owned()),
            ("AWS_REGION", endpoint.home().to_owned()),
            ("DRIFTLINE_SECRET_KEY", "0f".repeat(32)),
            ("GIT_CONFIG_GLOBAL", format!("{home}/.gitconfig")),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("HOME", home),
            ("PATH", path),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let place = Self { folder, environment, driftline: driftline.to_owned() };
        place.git(&["init", "-q", "."]);
        let accounts = endpoint.accounts().iter().map(|id| format!("[[accounts]]\nprofile = \"{id}\"\n"));
        let toml = format!("{config}\n{}", accounts.collect::<String>());
        fs::write(repo.join("driftline.toml"), toml).expect("driftline.toml");
        place
    }

    /// What a command of the real driftline takes, and what it says.
    pub(crate) fn driftline(&self, arguments: &[&str]) -> (Usage, String) {
        self.run(&[&[self.driftline.as_str()], arguments].concat())
    }

    /// What any command takes there, with the credentials and the endpoint that driftline gets.
    pub(crate) fn run(&self, command: &[&str]) -> (Usage, String) {
        measure::run(&self.repo(), &self.environment, command)
    }

    /// What the restore point holds.
    pub(crate) fn census(&self) -> Census {
        fewest::census(&self.git(&["-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "HEAD", "snapshots"]))
    }

    /// The size of `.git`.
    pub(crate) fn git_bytes(&self) -> u64 {
        size(&self.repo().join(".git"))
    }

    /// Leaves it all where it is.
    pub(crate) fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn git(&self, arguments: &[&str]) -> String {
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        let mut git = Command::new("git");
        let output = git.args(arguments).current_dir(self.repo()).env_clear().envs(environment).output();
        let output = output.expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return fs::metadata(path).map_or(0, |file| file.len()) };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}
