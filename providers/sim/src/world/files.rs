//! Accounts as files: `<account>/account.json`, `<account>/<region or global>/<service>.json`, or for services with
//! much to tell a folder `<service>/` with one file a collection.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Account, World};

/// Descriptions could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("could not read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a description: {source}")]
    Json { path: String, source: serde_json::Error },
    #[error("{0} has no account.json")]
    NoAccount(String),
    #[error(
        "{0} lies where no description belongs: expected `<region or global>/<service>.json` or `<region or global>/<service>/<collection>.json`"
    )]
    Place(String),
}

/// `account.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    #[serde(default)]
    access_keys: Vec<String>,
    regions: Vec<String>,
}

impl World {
    /// Loads an account's folder, or all accounts' folders in a folder.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let mut world = Self::new();
        if folder.join("account.json").exists() {
            world.add(Account::load(folder)?);
            return Ok(world);
        }
        for path in entries(folder)? {
            if path.is_dir() {
                world.add(Account::load(&path)?);
            }
        }
        Ok(world)
    }
}

impl Account {
    /// Loads an account's folder.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let mut files = BTreeMap::new();
        collect(folder, folder, &mut files)?;
        let name = folder.display().to_string();
        Self::from_files(&name, files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// Makes an account from its files: paths below its folder, separated by `/`, and their texts.
    pub fn from_files<'a>(name: &str, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, LoadError> {
        let mut head: Option<Head> = None;
        let mut read: Vec<(&str, Value)> = Vec::new();
        for (path, text) in files {
            let json = |source| LoadError::Json { path: format!("{name}/{path}"), source };
            if path == "account.json" {
                head = Some(serde_json::from_str(text).map_err(json)?);
            } else {
                read.push((path, serde_json::from_str(text).map_err(json)?));
            }
        }
        let head = head.ok_or_else(|| LoadError::NoAccount(name.to_owned()))?;
        let mut account = Self {
            id: head.id,
            access_keys: head.access_keys,
            regions: head.regions,
            descriptions: BTreeMap::new(),
            packed: BTreeMap::new(),
        };
        for (path, value) in read {
            let place = || LoadError::Place(format!("{name}/{path}"));
            let parts: Vec<&str> = path.strip_suffix(".json").ok_or_else(place)?.split('/').collect();
            let (region, service, value) = match (parts.as_slice(), value) {
                (&[region, service], Value::Object(collections)) => (region, service, collections),
                (&[region, service, collection], value) => {
                    (region, service, Map::from_iter([(collection.to_owned(), value)]))
                }
                _ => return Err(place()),
            };
            if let Value::Object(description) = account.describe(region, service) {
                description.extend(value);
            }
        }
        account.describe_regions();
        Ok(account)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<(), LoadError> {
    for path in entries(folder)? {
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text =
                std::fs::read_to_string(&path).map_err(|source| LoadError::Read { path: path.clone(), source })?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<String> =
                below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            files.insert(parts.join("/"), text);
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let read = |source| LoadError::Read { path: folder.to_owned(), source };
    let mut paths = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
        .map_err(read)?;
    paths.sort();
    Ok(paths)
}
