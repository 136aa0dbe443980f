//! Packs, read back by git: sizes around every length that a pack writes differently, and bytes of every sort.

use super::*;

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
    for (id, bytes) in written_files.iter().zip(&files) {
        assert_eq!(repository.find_blob(*id).expect("it is there").content(), bytes, "{} bytes", bytes.len());
        assert_eq!(git2::Oid::hash_object(git2::ObjectType::Blob, bytes).expect("hashes"), *id);
    }
}
