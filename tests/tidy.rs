//! Many imports leave a small repository: what each leaves behind is joined by git itself, unless git is told not to, and
//! the import succeeds whatever comes of it.

use driftline::store::blob_id;
use driftline_sim::Sim;
use serde_json::json;

use crate::harness::{Output, Place, at, sim};

/// An import in which something changed. Its objects become a pack of their own, as those of a large one are.
fn day(sim: &Sim, place: &Place, number: usize) -> Output {
    sim.edit(|world| world.set(&format!("{}/MaxAllocatedStorage", at::ORDERS), json!(1000 + number)))
        .expect("the description changes");
    let output = place.import().says("1 changed");
    place.git(&["-c", "maintenance.auto=false", "repack", "-d", "-q"]);
    output
}

/// Packs, and what their names are.
fn packs(place: &Place) -> Vec<String> {
    let dir = place.repo().join(".git/objects/pack");
    let files = std::fs::read_dir(dir).expect("packs").map(|file| file.expect("a file").file_name());
    files.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.ends_with(".pack")).collect()
}

fn place(sim: &Sim) -> Place {
    let place = Place::new(sim);
    place.import();
    place.git(&["repack", "-d", "-q"]);
    assert_eq!(packs(&place).len(), 1);
    place
}

#[test]
fn the_packs_of_many_imports_are_joined() {
    let sim = sim();
    let place = place(&sim);
    let mut most = 0;
    for number in 0..12 {
        assert!(!day(&sim, &place, number).stderr.contains("warning"));
        most = most.max(packs(&place).len());
    }
    assert!(most > 4, "a few may gather: {most}");
    assert!(packs(&place).len() < 6, "12 imports left {} packs", packs(&place).len());
    place.check_repository();
    // Every restore point is whole, and the last one is what is there.
    for back in 0..12 {
        place.driftline(&["diff", &format!("HEAD~{}", back + 1), &format!("HEAD~{back}")]).ok().says("1 changed");
    }
    place.plan(0, &[]);
}

#[test]
fn nothing_is_joined_where_git_is_told_not_to() {
    for setting in [["gc.auto", "0"], ["maintenance.auto", "false"]] {
        let sim = sim();
        let place = place(&sim);
        place.git(&[&["config"][..], &setting].concat());
        for number in 0..6 {
            day(&sim, &place, number);
        }
        assert_eq!(packs(&place).len(), 7, "{setting:?}");
    }
}

#[test]
fn loose_objects_are_joined_when_there_are_many() {
    let sim = sim();
    let place = place(&sim);
    // Git, too, judges by one folder of 256.
    let sample = place.repo().join(".git/objects/17");
    let texts = (0..).map(|number| number.to_string());
    for text in texts.filter(|text| blob_id(text.as_bytes()).to_string().starts_with("17")).take(4) {
        std::fs::write(place.home().join("loose"), text).expect("a file");
        place.git(&["hash-object", "-w", "../home/loose"]);
    }
    assert_eq!(std::fs::read_dir(&sample).expect("a folder").count(), 4);
    day(&sim, &place, 1);
    assert!(!sample.exists() || std::fs::read_dir(&sample).expect("a folder").next().is_none(), "they are in a pack");
    place.check_repository();
}

/// A `git` that does everything but join: the import stands, and says what to do.
#[cfg(unix)]
#[test]
fn an_import_stands_though_git_cannot_join() {
    use std::os::unix::fs::PermissionsExt as _;

    let sim = sim();
    let mut place = place(&sim);
    let real = place.git(&["--exec-path"]);
    let bin = place.home().join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *\" repack --geometric\"*) echo 'fatal: no room' >&2; exit 128;; esac\nexec {real}/git \"$@\"\n"
    );
    std::fs::write(bin.join("git"), script).expect("a script");
    std::fs::set_permissions(bin.join("git"), std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    let path = std::env::join_paths([bin, "/usr/bin".into(), "/bin".into()]).expect("a PATH");
    place.env("PATH", path.to_str().expect("UTF-8"));
    for number in 0..5 {
        let output = day(&sim, &place, number);
        let warned = output.stderr.contains("warning: git could not join what imports left behind: fatal: no room");
        assert_eq!(warned, number == 4, "{}", output.stderr);
    }
    assert_eq!(place.commits(), 6);
    place.check_repository();
}
