//! Packs, read back by git: sizes around every length that a pack writes differently, and bytes of every sort.

use super::*;
use crate::snapshot::path;
use crate::store::object::Kind;
use crate::store::pack::{PackWriter, Packed};

/// Bytes that cannot be made smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[2]
    };
    (0..length).map(|_| byte()).collect()
}

#[test]
fn git_reads_every_size_and_sort_of_bytes_that_was_written() {
    let place = Place::repository();
    let store = place.store();
    let writer = store.begin().expect("begins");
    // A pack writes lengths in 4 bits and then in 7 at a time.
    let edges = [0, 4, 11, 18, 20].map(|bits| 1_usize << bits);
    let lengths = edges.iter().flat_map(|edge| [edge - 1, *edge, edge + 1]);
    let files = lengths.flat_map(|length| [noise(length), b"a".repeat(length), "é\u{0}\r\n".repeat(length / 5).into()]);
    // From some number of objects on they become a pack.
    let files: Vec<Vec<u8>> = files.chain((0..600_u32).map(|number| number.to_be_bytes().to_vec())).collect();
    let mut update = Update::default();
    let mut written_files = Vec::new();
    for (number, bytes) in files.iter().enumerate() {
        let id = writer.blob(bytes).expect("blob");
        update.put(&address("ec2/vpc", &format!("vpc-{number}")), id);
        written_files.push(id);
    }
    written(writer.commit(update, "import").expect("commits"));
    place.check();
    assert!(place.git(&["count-objects", "-v"]).contains("packs: 1"), "they are in a pack");
    let repository = git2::Repository::open(place.path()).expect("a repository");
    for (number, (id, bytes)) in written_files.iter().zip(&files).enumerate() {
        let file = place.path().join(path::of(&address("ec2/vpc", &format!("vpc-{number}"))));
        assert_eq!(&std::fs::read(file).expect("in the work tree"), bytes, "{} bytes", bytes.len());
        assert_eq!(repository.find_blob(*id).expect("it is there").content(), bytes, "{} bytes", bytes.len());
        assert_eq!(git2::Oid::hash_object(git2::ObjectType::Blob, bytes).expect("hashes"), *id);
    }
}

/// A pack of these files and one folder.
pub(super) fn pack(place: &Place, files: &[&[u8]]) -> Packed {
    use std::io::Write;
    let compressed = |bytes: &[u8]| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("compresses into memory")
    };
    let mut pack = PackWriter::create(&place.path().join(".git/objects")).expect("a pack");
    for bytes in files {
        pack.append(blob_id(bytes), Kind::Blob, bytes.len(), &compressed(bytes)).expect("appended");
    }
    pack.append(Kind::Tree.id(b""), Kind::Tree, 0, &compressed(b"")).expect("appended");
    pack.finish().expect("part of the repository")
}

#[test]
fn a_pack_that_was_just_written_is_read_without_git() {
    let place = Place::repository();
    let large = noise(70_000);
    let packed = pack(&place, &[b"", b"a", &large]);
    let mut reader = packed.open().expect("it is there");
    for bytes in [&b"a"[..], &large, b"", b"a"] {
        assert_eq!(reader.blob(blob_id(bytes)).as_deref(), Some(bytes));
    }
    assert_eq!(reader.blob(blob_id(b"unknown")), None);
    assert_eq!(reader.blob(Kind::Tree.id(b"")), None, "a folder is no file");
}

#[test]
fn of_a_pack_that_is_damaged_or_gone_nothing_is_believed() {
    let place = Place::repository();
    let large = noise(70_000);
    let packed = pack(&place, &[&large]);
    let file = place.path().join(".git/objects/pack");
    let files = std::fs::read_dir(&file).expect("folder").flatten().map(|file| file.path());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|it| it == "pack")).expect("a pack");
    let whole = std::fs::read(&file).expect("there");
    let damaged = |bytes: &[u8]| {
        std::fs::remove_file(&file).expect("removed");
        std::fs::write(&file, bytes).expect("written");
        packed.open().expect("it is there").blob(blob_id(&large))
    };
    assert_eq!(damaged(&whole[..whole.len() / 2]), None, "cut off");
    assert_eq!(damaged(&whole[..12]), None, "cut off before it");
    for at in [12, 13, 14, 20, 40_000] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        assert_eq!(damaged(&bytes), None, "byte {at}");
    }
    assert_eq!(damaged(&whole).as_deref(), Some(&large[..]));
    std::fs::remove_file(&file).expect("removed");
    assert!(packed.open().is_err());
}
