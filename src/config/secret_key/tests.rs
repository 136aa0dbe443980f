use super::*;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1D1E1F";

fn fingerprint() -> String {
    Seal::new(std::array::from_fn(|index| u8::try_from(index).expect("small"))).fingerprint()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn the_variable_holds_the_key_or_names_its_file() {
    let key = load(Some(KEY), None).expect("a key");
    assert_eq!((key.seal.fingerprint(), key.source), (fingerprint(), Source::Variable));

    let folder = folder();
    let path = folder.path().join("key");
    fs::write(&path, format!("{KEY}\n")).expect("writes");
    let key = load(Some(&format!("file:{}", path.display())), None).expect("a key");
    assert_eq!((key.seal.fingerprint(), key.source), (fingerprint(), Source::File(path)));
}

#[test]
fn without_a_variable_a_key_is_made_once() {
    let folder = folder();
    let path = folder.path().join("new/driftline/secret-key");
    let place = folder.path().join("new");
    let first = load(None, Some(&place)).expect("a key");
    assert_eq!(first.source, Source::Created(path.clone()));
    let second = load(Some(" "), Some(&place)).expect("a key");
    assert_eq!(second.source, Source::File(path));
    assert_eq!(first.seal.fingerprint(), second.seal.fingerprint());
    assert_eq!(second.warning, None);

    let other = load(None, Some(&folder.path().join("other"))).expect("a key");
    assert_ne!(other.seal.fingerprint(), first.seal.fingerprint());
}

#[test]
fn many_processes_make_one_key() {
    let folder = folder();
    let fingerprints: Vec<String> = std::thread::scope(|scope| {
        let load = || load(None, Some(folder.path())).expect("a key").seal.fingerprint();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(fingerprints.iter().all(|fingerprint| *fingerprint == fingerprints[0]), "{fingerprints:?}");
    let names: Vec<_> = fs::read_dir(folder.path().join("driftline")).expect("lists").collect();
    assert_eq!(names.len(), 1, "no temporary file is left: {names:?}");
}

#[cfg(unix)]
#[test]
fn a_made_key_is_private_and_a_shared_one_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    load(None, Some(folder.path())).expect("a key");
    let path = folder.path().join("driftline/secret-key");
    assert_eq!(fs::metadata(&path).expect("exists").permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changes the mode");
    let warning = load(None, Some(folder.path())).expect("a key").warning.expect("a warning");
    let expected = format!("others can read the secret key {0} (mode 644); run `chmod 600 {0}`", path.display());
    assert_eq!(warning, expected);
}

#[test]
fn what_is_no_key_is_refused_without_showing_it() {
    let check = |setting: &str, expected: &str| {
        let error = load(Some(setting), None).expect_err(expected);
        assert_eq!(error.to_string(), expected);
        assert!(error.hint().contains("--reseal"), "{}", error.hint());
    };
    check(
        "hunter2",
        "use the secret key in DRIFTLINE_SECRET_KEY: it has 7 characters instead of 64 hexadecimal digits",
    );
    check(
        &"x".repeat(64),
        "use the secret key in DRIFTLINE_SECRET_KEY: it holds something else than hexadecimal digits",
    );
    check(
        &"é".repeat(64),
        "use the secret key in DRIFTLINE_SECRET_KEY: it holds something else than hexadecimal digits",
    );
}

#[test]
fn a_named_file_is_never_made() {
    let folder = folder();
    let path = folder.path().join("key");
    let error = load(Some(&format!("file:{}", path.display())), Some(folder.path())).expect_err("no file");
    assert_eq!(error.to_string(), format!("read the secret key {}", path.display()));
    assert!(error.hint().contains("openssl rand -hex 32"), "{}", error.hint());
    assert!(!path.exists());
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = folder();
    let place = folder.path().join("file");
    fs::write(&place, "").expect("writes");
    let error = load(None, Some(&place)).expect_err("a file is no folder");
    assert!(error.to_string().contains("secret-key"), "{error}");
    assert!(matches!(load(None, None), Err(SecretKeyError::NoPlace)));
}

#[test]
fn another_key_is_told_with_both_fingerprints_and_the_way_out() {
    let key = load(Some(KEY), None).expect("a key");
    key.check(None).expect("nothing is sealed yet");
    key.check(Some(&fingerprint())).expect("the same key");
    let error = key.check(Some("0011223344556677")).expect_err("another key");
    assert_eq!(
        error.to_string(),
        format!(
            "use the secret key in DRIFTLINE_SECRET_KEY: this repository's secrets are sealed with another key \
             (0011223344556677, not {})",
            fingerprint()
        )
    );
    assert_eq!(
        error.hint(),
        "get the key from whoever imported before and set DRIFTLINE_SECRET_KEY to it; if it is lost, \
         `driftline import --reseal` seals every secret anew with yours"
    );
}
