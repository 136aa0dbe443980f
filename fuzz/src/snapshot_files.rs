//! The files of a snapshot: what is read is written as it is read, and merges settle.

use driftline::Resource;
use driftline::snapshot::{Coverage, Format};
use driftline_api::Targets;

pub fn law(bytes: &[u8]) {
    resource(bytes);
    coverage(bytes);
    if let Ok(format) = Format::from_bytes(bytes) {
        assert_eq!(Format::from_bytes(&format.to_bytes()).expect("it was written"), format);
    }
}

fn resource(bytes: &[u8]) {
    let Ok(resource) = Resource::from_bytes(bytes) else { return };
    let written = resource.to_bytes();
    let read = Resource::from_bytes(&written).expect("it was written");
    assert_eq!(read, resource);
    assert_eq!(read.to_bytes(), written, "equal resources have equal bytes");
}

fn coverage(bytes: &[u8]) {
    let mut read = Coverage::default();
    if read.add_file("aws", "123456789012", bytes).is_err() {
        return;
    }
    let files = read.to_files();
    let mut again = Coverage::default();
    for file in files.values() {
        again.add_file("aws", "123456789012", file).expect("it was written");
    }
    assert_eq!(again, read);
    assert_eq!(again.to_files(), files, "equal coverage has equal bytes");
    assert_eq!(read.is_complete(), read.gaps().count() == 0);
    for gap in read.gaps() {
        assert!(!gap.to_string().is_empty());
    }
    // A scan of everything says everything; one of nothing that there was changes nothing that it did not look at.
    let mut merged = read.clone();
    merged.merge(read.clone(), &Targets::default());
    assert_eq!(merged, read);
    merged.merge(Coverage::default(), &Targets::default());
    assert_eq!(merged, read);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = super::files("snapshots", ".json");
    seeds.retain(|file| file.len() < 6000);
    seeds
}
