//! The key that secrets are sealed with. It lies outside the repository, so that nobody can guess a secret from a
//! snapshot; everybody who imports into one repository needs the same key.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use driftline_api::Seal;

/// The environment variable that the command reads the setting from.
pub const VARIABLE: &str = "DRIFTLINE_SECRET_KEY";

/// A key that is ready for use.
#[derive(Debug, Clone)]
pub struct SecretKey {
    pub seal: Seal,
    pub source: Source,
    /// Something that the user should know, such as that others can read the key.
    pub warning: Option<String>,
}

/// Where a key is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// [`VARIABLE`] holds it.
    Variable,
    File(PathBuf),
    /// A file that did not exist until now.
    Created(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str(VARIABLE),
            Self::File(path) | Self::Created(path) => path.display().fmt(f),
        }
    }
}

/// There is no usable key. Messages never hold any of the key itself.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    #[error("read the secret key {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("create the secret key {}", path.display())]
    Uncreatable { path: PathBuf, source: io::Error },
    #[error("get randomness for a new secret key from the operating system: {0}")]
    Randomness(getrandom::Error),
    #[error("find a place for the secret key: there is no configuration directory")]
    NoPlace,
    #[error("use the secret key in {place}: it has {length} characters instead of 64 hexadecimal digits")]
    Length { place: Source, length: usize },
    #[error("use the secret key in {place}: it holds something else than hexadecimal digits")]
    Digits { place: Source },
    #[error(
        "use the secret key in {place}: this repository's secrets are sealed with another key ({sealed_with}, not {given})"
    )]
    Other { place: Source, sealed_with: String, given: String },
    #[error(
        "find the secret key that this repository's secrets are sealed with ({sealed_with}): there is no {}",
        path.display()
    )]
    Missing { path: PathBuf, sealed_with: String },
}

impl SecretKeyError {
    /// What the user can do.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                format!(
                    "copy the key there, or make one: `openssl rand -hex 32`, with mode 600; {VARIABLE} names the file"
                )
            }
            Self::Unreadable { source, .. } if source.kind() != io::ErrorKind::InvalidData => {
                "make the file readable for you alone (mode 600)".to_owned()
            }
            Self::Uncreatable { .. } | Self::NoPlace | Self::Randomness(_) => {
                format!("set {VARIABLE} to 64 hexadecimal digits, or to `file:PATH`")
            }
            Self::Unreadable { .. } | Self::Length { .. } | Self::Digits { .. } => {
                "restore the key from where it was copied; if it is lost, remove it and run \
                 `driftline import --reseal`, which seals every secret anew"
                    .to_owned()
            }
            Self::Other { place: Source::Variable, .. } => get(&format!("set {VARIABLE} to it")),
            Self::Other { place: Source::File(path) | Source::Created(path), .. } | Self::Missing { path, .. } => {
                get(&format!("put it into {} or set {VARIABLE} to it", path.display()))
            }
        }
    }
}

fn get(place: &str) -> String {
    format!(
        "get the key from whoever imported before and {place}; if it is lost, `driftline import --reseal` seals every \
         secret anew with yours"
    )
}

/// Finds the key as [`load`] does. `sealed_with` is what a repository's secrets are sealed with (`secret_key` of its
/// `format.json`): no other key will do, so that none is made.
pub fn for_repository(
    setting: Option<&str>,
    config_dir: Option<&Path>,
    sealed_with: Option<&str>,
) -> Result<SecretKey, SecretKeyError> {
    if let Some(sealed_with) = sealed_with
        && setting.is_none_or(|setting| setting.trim().is_empty())
        && let Some(path) = config_dir.map(place)
        && !path.exists()
    {
        return Err(SecretKeyError::Missing { path, sealed_with: sealed_with.to_owned() });
    }
    let key = load(setting, config_dir)?;
    key.check(sealed_with)?;
    Ok(key)
}

fn place(config_dir: &Path) -> PathBuf {
    config_dir.join("driftline").join("secret-key")
}

/// Finds the key: in `setting` (the value of [`VARIABLE`]: 64 hexadecimal digits or `file:PATH`), else in
/// `driftline/secret-key` below `config_dir`, where one is made on first use.
pub fn load(setting: Option<&str>, config_dir: Option<&Path>) -> Result<SecretKey, SecretKeyError> {
    if let Some(setting) = setting.map(str::trim).filter(|setting| !setting.is_empty()) {
        if let Some(path) = setting.strip_prefix("file:") {
            return read(Path::new(path));
        }
        let seal = parse(setting, &Source::Variable)?;
        return Ok(SecretKey { seal, source: Source::Variable, warning: None });
    }
    let path = place(config_dir.ok_or(SecretKeyError::NoPlace)?);
    match read(&path) {
        Err(SecretKeyError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => create(&path),
        other => other,
    }
}

impl SecretKey {
    /// Compares with the key that a repository's secrets are sealed with (`secret_key` of its `format.json`).
    pub fn check(&self, sealed_with: Option<&str>) -> Result<(), SecretKeyError> {
        let given = self.seal.fingerprint();
        match sealed_with {
            Some(sealed_with) if sealed_with != given => {
                Err(SecretKeyError::Other { place: self.source.clone(), sealed_with: sealed_with.to_owned(), given })
            }
            _ => Ok(()),
        }
    }
}

fn read(path: &Path) -> Result<SecretKey, SecretKeyError> {
    let text =
        fs::read_to_string(path).map_err(|source| SecretKeyError::Unreadable { path: path.to_owned(), source })?;
    let source = Source::File(path.to_owned());
    Ok(SecretKey { seal: parse(text.trim(), &source)?, source, warning: warn_if_shared(path) })
}

/// Writes a new key so that it appears whole or not at all. If another process was faster, its key is the key.
fn create(path: &Path) -> Result<SecretKey, SecretKeyError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(SecretKeyError::Randomness)?;
    let mut hex: String = key.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit).collect();
    hex.push('\n');

    let uncreatable = |source| SecretKeyError::Uncreatable { path: path.to_owned(), source };
    let folder = path.parent().ok_or(SecretKeyError::NoPlace)?;
    create_private_folder(folder).map_err(uncreatable)?;
    // Temporary files have mode 0600, and keep it.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(uncreatable)?;
    file.write_all(hex.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(uncreatable)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(SecretKey { seal: Seal::new(key), source: Source::Created(path.to_owned()), warning: None }),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(uncreatable(error.error)),
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).expect("four bits are one hexadecimal digit")
}

fn parse(text: &str, place: &Source) -> Result<Seal, SecretKeyError> {
    let length = text.chars().count();
    if length != 64 {
        return Err(SecretKeyError::Length { place: place.clone(), length });
    }
    let mut key = [0; 32];
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(SecretKeyError::Digits { place: place.clone() });
        };
        *byte = u8::try_from(high << 4 | low).expect("two hexadecimal digits are one byte");
    }
    Ok(Seal::new(key))
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn warn_if_shared(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!("others can read the secret key {path} (mode {:o}); run `chmod 600 {path}`", mode & 0o777)
    })
}

#[cfg(not(unix))]
fn warn_if_shared(_path: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
