//! The laws that are fuzzed, on the inputs that a fuzzer begins with, on those that once broke one, and on what comes of
//! damaging them: what `scripts/fuzz` does for ten minutes with a nightly compiler, for a moment and with any.
//!
//! A binary of its own: it knows no SDK, and is linked in a moment.

#[expect(unreachable_pub, reason = "it is a package's library, too")]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn target(name: &str) -> &'static fuzz::Target {
    fuzz::TARGETS.iter().find(|target| target.name == name).expect("a target")
}

/// What happens to files: a part is missing, comes twice, or is something else.
#[derive(Debug, Clone)]
enum Damage {
    Cut(prop::sample::Index),
    Drop(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize, usize),
    Put(prop::sample::Index, Vec<u8>),
    Flip(prop::sample::Index, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let word = prop_oneof![
        prop::sample::select(
            &[
                "\0",
                "\"",
                "\\",
                "[",
                "]",
                "{",
                "}",
                "<",
                ">",
                "&",
                "/",
                "%",
                "~",
                "*",
                "\n",
                "\r\n",
                "null",
                "1e999",
                "-0.0",
                "18446744073709551616",
                "\\ud800",
                "\u{feff}",
                "\u{202e}",
                "é",
            ][..]
        )
        .prop_map(|word| word.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop_oneof![
        place().prop_map(Damage::Cut),
        (place(), 1..20_usize).prop_map(|(place, length)| Damage::Drop(place, length)),
        (place(), 1..20_usize, 1..40_usize).prop_map(|(place, length, times)| Damage::Repeat(place, length, times)),
        (place(), word).prop_map(|(place, bytes)| Damage::Put(place, bytes)),
        (place(), any::<u8>()).prop_map(|(place, bits)| Damage::Flip(place, bits)),
    ]
}

impl Damage {
    fn of(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let end = |at: usize, by: usize| (at + by).min(length);
        match self {
            Self::Cut(place) => bytes.truncate(place.index(length)),
            Self::Drop(place, by) => {
                let at = place.index(length);
                bytes.drain(at..end(at, *by));
            }
            Self::Repeat(place, by, times) => {
                let at = place.index(length);
                let piece = bytes[at..end(at, *by)].repeat(*times);
                bytes.splice(at..at, piece);
            }
            Self::Put(place, more) => {
                let at = place.index(length);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Flip(place, bits) => bytes[place.index(length)] ^= bits,
        }
    }
}

fn holds(name: &str) {
    let target = target(name);
    let seeds: Vec<Vec<u8>> = (target.seeds)();
    assert!(!seeds.is_empty(), "{name} begins with something");
    for input in seeds.iter().chain(&target.findings()) {
        (target.law)(input);
    }
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let input = (prop::sample::select(seeds), prop::collection::vec(damage(), 1..4));
    let damaged = input.prop_map(|(mut input, damage)| {
        for damage in &damage {
            damage.of(&mut input);
        }
        input
    });
    let law = |input: Vec<u8>| {
        (target.law)(&input);
        Ok(())
    };
    TestRunner::new(config).run(&damaged, law).unwrap_or_else(|error| panic!("{name}: {error}"));
}

macro_rules! hold {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            holds(stringify!($name));
        })*

        #[test]
        fn every_target_is_here_and_a_program_of_the_fuzzer() {
            let targets: Vec<&str> = fuzz::TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(targets, [$(stringify!($name)),*]);
            let manifest = std::fs::read_to_string(fuzz::root().join("fuzz/Cargo.toml")).expect("the manifest is read");
            for name in targets {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml has no program {name}");
                assert!(fuzz::root().join(format!("fuzz/targets/{name}.rs")).exists(), "fuzz/targets has no {name}.rs");
            }
        }
    };
}

hold![answers, config_files, documents, exchanges, names, plan_files, resources, snapshot_files, terraform_files,];
