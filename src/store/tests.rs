//! Restore points in real repositories, judged by git itself.

use std::path::PathBuf;
use std::process::Command;

use driftline_api::{Address, Scope, Seal};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::Resource;
use crate::snapshot::{Coverage, Format, KindCoverage};

mod following;
mod killing;
mod packing;
mod reading;
mod refusing;
mod series;
mod writing;

/// A temporary folder with a repository in it, and git to ask about it.
struct Place {
    dir: TempDir,
}

impl Place {
    fn empty() -> Self {
        Self { dir: tempfile::tempdir().expect("temporary folder") }
    }

    fn repository() -> Self {
        let place = Self::empty();
        place.git(&["init", "-q", "-b", "main", "."]);
        // The developer's own configuration is in force, too.
        place.git(&["config", "commit.gpgsign", "false"]);
        place
    }

    fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().expect("exists")
    }

    fn store(&self) -> Store {
        Store::open(self.dir.path()).expect("a repository")
    }

    /// Runs git without the user's configuration.
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
    }

    fn try_git(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = Command::new("git");
        command.current_dir(self.dir.path()).args(["-c", "user.name=Somebody", "-c", "user.email=some@body"]);
        command.args(["-c", "commit.gpgsign=false", "-c", "gc.auto=0"]).args(arguments).output().expect("git runs")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        std::fs::write(path, text).expect("written");
    }

    fn commit_all(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    /// Nothing is broken, and files, index and branch agree.
    fn check(&self) {
        let fsck = self.try_git(&["fsck", "--strict", "--full", "--no-dangling"]);
        let said = String::from_utf8_lossy(&fsck.stderr).into_owned() + &String::from_utf8_lossy(&fsck.stdout);
        assert!(fsck.status.success() && !said.contains("error") && !said.contains("warning"), "{said}");
        if self.git(&["rev-parse", "--is-bare-repository"]) == "false" {
            assert_eq!(self.git(&["status", "--porcelain", "--", "snapshots"]), "");
        }
    }
}

fn scope() -> Scope {
    Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: "eu-west-1".to_owned() }
}

fn address(kind: &str, id: &str) -> Address {
    Address { scope: scope(), kind: kind.to_owned(), id: id.to_owned() }
}

fn resource(address: &Address, size: u64) -> Resource {
    Resource {
        kind: address.kind.clone(),
        id: address.id.clone(),
        arn: None,
        tags: [("Team".to_owned(), "platform".to_owned())].into(),
        attributes: json!({"AllocatedStorage": size, "Name": address.id}).as_object().expect("object").clone(),
    }
}

/// Imports these resources, by kind, id and size, and nothing else.
fn import(store: &Store, resources: &[(&str, &str, u64)]) -> Committed {
    let writer = store.begin().expect("begins");
    let mut update = Update::default();
    for address in writer.snapshot().expect("snapshot").addresses().expect("addresses") {
        update.remove(&address);
    }
    let mut coverage = Coverage::default();
    for (kind, id, size) in resources {
        let address = address(kind, id);
        coverage.set(&address.scope, kind, KindCoverage::read());
        update.put(&address, writer.blob(&resource(&address, *size).to_bytes()).expect("blob"));
    }
    update.set_format(&Format::new(&Seal::new([1; 32])));
    update.set_coverage(&coverage);
    writer.commit(update, &format!("import: {} resources", resources.len())).expect("commits")
}

fn written(committed: Committed) -> RestorePoint {
    match committed {
        Committed::Written { point, behind: None } => point,
        other => panic!("expected a restore point, got {other:?}"),
    }
}
