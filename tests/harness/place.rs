//! A place to run in: a home of its own, a repository, and an environment without anything of the machine's owner.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use driftline_sim::{DEMO_ACCOUNT, Sim};
use serde_json::Value;
use tempfile::TempDir;

use super::Output;

/// Hexadecimal, as `DRIFTLINE_SECRET_KEY` wants it.
const SECRET_KEY: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// A region of the demo account, for `driftline.toml`.
pub(crate) const REGION: &str = "regions = [\"eu-west-1\"]\n";
/// A few kinds of every sort: regional, global, listed once per account, with details and without.
pub(crate) const KINDS: &str = "[kinds]\ninclude = [\"ec2/vpc\", \"ec2/security_group\", \"ec2/volume\", \
    \"rds/db_instance\", \"s3/bucket\", \"iam/user\", \"iam/group\"]\n";

/// A temporary folder with a home and a repository.
pub(crate) struct Place {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

impl Place {
    /// Without a repository, and without any endpoint to read.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::Builder::new().prefix("driftline-test-").tempdir().expect("a temporary folder");
        let home = folder.path().join("home");
        fs::create_dir_all(home.join(".aws")).expect("a home");
        fs::create_dir(folder.path().join("repo")).expect("a folder for the repository");
        fs::write(
            home.join(".gitconfig"),
            "[user]\nname = Jane Doe\nemail = jane@example.com\n[init]\ndefaultBranch = main\n",
        )
        .expect("git's configuration");
        let mut place = Self { folder, environment: BTreeMap::new() };
        let home = home.to_str().expect("a path in UTF-8").to_owned();
        place.env("GIT_CONFIG_GLOBAL", &format!("{home}/.gitconfig"));
        place.env("GIT_CONFIG_NOSYSTEM", "1");
        place.env("XDG_CONFIG_HOME", &format!("{home}/.config"));
        place.env("HOME", &home);
        place.env("PATH", super::variable("PATH").expect("a PATH").to_str().expect("a PATH in UTF-8"));
        place.env("DRIFTLINE_SECRET_KEY", SECRET_KEY);
        place
    }

    /// With a repository that `driftline init` made, reading some kinds of one region of the demo account.
    pub(crate) fn new(sim: &Sim) -> Self {
        let place = Self::reading(&sim.url(), DEMO_ACCOUNT);
        place.configure(&format!("{REGION}{KINDS}"));
        place
    }

    /// The same for all kinds and regions.
    pub(crate) fn whole(sim: &Sim) -> Self {
        Self::reading(&sim.url(), DEMO_ACCOUNT)
    }

    /// The same for any endpoint.
    pub(crate) fn reading(url: &str, access_key: &str) -> Self {
        let mut place = Self::empty();
        place.enter(url, access_key);
        place.driftline(&["init"]).ok();
        place
    }

    /// Reads from this endpoint from now on.
    pub(crate) fn enter(&mut self, url: &str, access_key: &str) {
        self.env("AWS_ENDPOINT_URL", url);
        self.env("AWS_ACCESS_KEY_ID", access_key);
        self.env("AWS_SECRET_ACCESS_KEY", "any");
        self.env("AWS_REGION", "us-east-1");
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Takes a variable out of the environment.
    pub(crate) fn without(&mut self, name: &str) {
        self.environment.remove(name);
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// Imports, which must succeed.
    #[track_caller]
    pub(crate) fn import(&self) -> Output {
        self.driftline(&["import"]).ok()
    }

    /// Replaces `driftline.toml`.
    pub(crate) fn configure(&self, toml: &str) {
        fs::write(self.repo().join("driftline.toml"), toml).expect("driftline.toml is written");
    }

    /// Writes profiles of the AWS configuration files: name, access key.
    pub(crate) fn write_profiles(&self, profiles: &[(&str, &str)]) {
        let profile =
            |(name, key): &(&str, &str)| format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = any\n");
        let text: String = profiles.iter().map(profile).collect();
        fs::write(self.home().join(".aws/credentials"), text).expect("the credentials file is written");
    }

    /// Any program, in the repository, with this place's environment.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment).current_dir(self.repo()).stdin(Stdio::null());
        command
    }

    /// Runs driftline in the repository.
    pub(crate) fn driftline(&self, arguments: &[&str]) -> Output {
        Output::of(self.command(env!("CARGO_BIN_EXE_driftline")).args(arguments))
    }

    /// Starts driftline in the repository, with its output piped.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(env!("CARGO_BIN_EXE_driftline"));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("driftline starts")
    }

    /// What git answers, without the final newline.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        Output::of(self.command("git").args(arguments)).ok().stdout.trim_end().to_owned()
    }

    /// The id of the snapshot's tree at a revision.
    #[track_caller]
    pub(crate) fn tree(&self, revision: &str) -> String {
        self.git(&["rev-parse", &format!("{revision}:snapshots")])
    }

    /// How many commits lead to HEAD.
    #[track_caller]
    pub(crate) fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", "HEAD"]).parse().expect("a number")
    }

    /// `driftline plan` must end with this code (as `--detailed-exitcode` says it); its JSON, and its text.
    #[track_caller]
    pub(crate) fn plan(&self, code: i32, more: &[&str]) -> (Value, Output) {
        let path = self.folder.path().join("plan.json");
        let out = path.to_str().expect("a path in UTF-8");
        let output = self.driftline(&[&["plan", "--detailed-exitcode", "--out", out], more].concat()).code(code);
        let plan = fs::read(&path).expect("the plan's file");
        (serde_json::from_slice(&plan).expect("the plan's file is JSON"), output)
    }

    /// The repository must be sound, and its work tree as its HEAD says.
    #[track_caller]
    pub(crate) fn check_repository(&self) {
        let output = Output::of(self.command("git").args(["fsck", "--strict", "--no-dangling"])).ok();
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""), "git fsck has nothing to say");
        assert_eq!(self.git(&["status", "--porcelain", "--", "snapshots"]), "", "the work tree is at HEAD");
    }

    /// Text without what differs from run to run: folders, ports, times, commits.
    pub(crate) fn redact(&self, text: &str) -> String {
        let real = fs::canonicalize(self.folder.path()).expect("the folder is there");
        let text = text.replace(real.to_str().expect("UTF-8"), "[PLACE]").replace(path(self.folder.path()), "[PLACE]");
        let text = match self.environment.get("AWS_ENDPOINT_URL") {
            Some(url) => text.replace(url.as_str(), "[URL]").replace(url.trim_start_matches("http://"), "[HOST]"),
            None => text,
        };
        let is_commit = |part: &str| self.is_commit(part);
        text.lines().map(|line| words(line, &is_commit) + "\n").collect()
    }

    /// Whether a word of text is the short or whole id of a commit.
    fn is_commit(&self, part: &str) -> bool {
        let is_hex = part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !matches!(part.len(), 10 | 12 | 40) || !is_hex {
            return false;
        }
        // Account numbers have twelve digits, and once in some hundred times a commit has nothing else.
        part.bytes().any(|byte| byte.is_ascii_alphabetic())
            || part != DEMO_ACCOUNT && {
                let mut git = self.command("git");
                Output::of(git.args(["cat-file", "-e", &format!("{part}^{{commit}}")])).code == Some(0)
            }
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A line whose times and commits are replaced.
fn words(line: &str, is_commit: &dyn Fn(&str) -> bool) -> String {
    let mut words: Vec<String> = line.split(' ').map(|word| commits(word, is_commit)).collect();
    for index in 1..words.len() {
        if words[index] == "s" && words[index - 1].parse::<f64>().is_ok() {
            "[SECONDS]".clone_into(&mut words[index - 1]);
        }
    }
    words.join(" ")
}

/// A word whose commits are replaced, whatever stands around them.
fn commits(word: &str, is_commit: &dyn Fn(&str) -> bool) -> String {
    let is_apart = |character: char| !character.is_ascii_alphanumeric() && character != '-';
    word.split_inclusive(is_apart)
        .map(|part| {
            let bare = part.trim_end_matches(is_apart);
            if is_commit(bare) { format!("[COMMIT]{}", &part[bare.len()..]) } else { part.to_owned() }
        })
        .collect()
}
