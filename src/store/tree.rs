//! Tree objects: reading them, and writing those on the way to what changed.

use std::collections::BTreeMap;

use super::object::Kind;
use super::{Error, Oid};

pub(super) const FILE: u32 = 0o100_644;
pub(super) const FOLDER: u32 = 0o040_000;

/// A folder's entries by name.
pub(super) type Entries = BTreeMap<Vec<u8>, (u32, Oid)>;

/// Where objects come from and go to.
pub(super) trait Objects {
    /// The bytes of a tree.
    fn tree(&self, id: Oid) -> Result<Vec<u8>, Error>;
    fn put(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, Error>;
}

/// The tree of `folder` that results from putting (`Some`) or removing (`None`) files, given by their whole paths, all
/// of them in the folder and in their order. Trees on which nothing changes are kept as they are. `None`: nothing is left
/// in it.
pub(super) fn update(
    objects: &dyn Objects,
    base: Option<Oid>,
    folder: &str,
    files: &[(String, Option<Oid>)],
) -> Result<Option<Oid>, Error> {
    let mut entries = match base {
        Some(tree) => read(objects, tree)?,
        None => Entries::new(),
    };
    let mut rest = files;
    while let Some((path, file)) = rest.first() {
        let below = path.strip_prefix(folder).and_then(|path| path.strip_prefix('/'));
        let below = below.expect("every path of an update lies in the folder");
        let Some((name, _)) = below.split_once('/') else {
            put_file(&mut entries, folder, below, *file)?;
            rest = &rest[1..];
            continue;
        };
        // Everything in one folder is together where paths are sorted.
        let here = format!("{folder}/{name}");
        let inside = |path: &str| path.strip_prefix(&here).is_some_and(|below| below.starts_with('/'));
        let end = rest.iter().position(|(path, _)| !inside(path)).unwrap_or(rest.len());
        let (below, others) = rest.split_at(end);
        rest = others;

        let known = match entries.get(name.as_bytes()) {
            Some(&(FOLDER, tree)) => Some(tree),
            Some(_) if below.iter().any(|(_, file)| file.is_some()) => {
                return Err(Error::Obstructed { path: here, wanted: "folder" });
            }
            Some(_) => continue,
            None => None,
        };
        match update(objects, known, &here, below)? {
            Some(tree) => entries.insert(name.as_bytes().to_vec(), (FOLDER, tree)),
            None => entries.remove(name.as_bytes()),
        };
    }
    if entries.is_empty() { Ok(None) } else { write(objects, &entries).map(Some) }
}

fn put_file(entries: &mut Entries, folder: &str, name: &str, file: Option<Oid>) -> Result<(), Error> {
    let is_folder = matches!(entries.get(name.as_bytes()), Some((FOLDER, _)));
    match file {
        Some(_) if is_folder => Err(Error::Obstructed { path: format!("{folder}/{name}"), wanted: "file" }),
        Some(blob) => {
            entries.insert(name.as_bytes().to_vec(), (FILE, blob));
            Ok(())
        }
        None if is_folder => Ok(()),
        None => {
            entries.remove(name.as_bytes());
            Ok(())
        }
    }
}

pub(super) fn read(objects: &dyn Objects, tree: Oid) -> Result<Entries, Error> {
    let bytes = objects.tree(tree)?;
    parse(&bytes).ok_or_else(|| git2::Error::from_str(&format!("tree {tree} is malformed")).into())
}

fn parse(bytes: &[u8]) -> Option<Entries> {
    let mut entries = Entries::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let mode = u32::from_str_radix(std::str::from_utf8(&rest[..space]).ok()?, 8).ok()?;
        let end = space + 1 + rest[space + 1..].iter().position(|byte| *byte == 0)?;
        let id = Oid::from_bytes(rest.get(end + 1..end + 21)?).ok()?;
        entries.insert(rest[space + 1..end].to_vec(), (mode, id));
        rest = &rest[end + 21..];
    }
    Some(entries)
}

pub(super) fn write(objects: &dyn Objects, entries: &Entries) -> Result<Oid, Error> {
    let mut sorted: Vec<_> = entries.iter().collect();
    // Git sorts a folder as if its name ended in a slash.
    let key = |name: &[u8], mode: u32| [name, if mode == FOLDER { b"/" } else { b"" }].concat();
    sorted.sort_by_cached_key(|(name, (mode, _))| key(name, *mode));
    let mut bytes = Vec::with_capacity(sorted.len() * 64);
    for (name, (mode, id)) in sorted {
        bytes.extend_from_slice(format!("{mode:o} ").as_bytes());
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(id.as_bytes());
    }
    objects.put(Kind::Tree, &bytes)
}
