//! The laws of coverage: files say it whole, the order of arrival does not show, and what a narrow scan did not look at
//! stays as it was.

use driftline_api::{Cause, Scope, Status, Targets, Under};
use proptest::prelude::*;

use super::{Coverage, ItemGap, KindCoverage};

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(&[Status::Denied, Status::Throttled, Status::Failed, Status::Limited][..])
}

fn gap() -> impl Strategy<Value = ItemGap> {
    let under = prop_oneof!["[ab](/[ab])?".prop_map(Under::Id), "[ab]".prop_map(Under::Parent), Just(Under::Kind),];
    let path = prop::option::of("/(Policy|tags)");
    (under, path, status(), "s3:Get[AB]").prop_map(|(under, path, status, operation)| {
        // A gap of the whole kind is the kind's own status.
        let path = if under == Under::Kind { path.or_else(|| Some("/Policy".to_owned())) } else { path };
        let cause = Cause { status, operation, code: "AccessDenied".to_owned(), message: String::new() };
        ItemGap { under, path, cause }
    })
}

fn coverage() -> impl Strategy<Value = (Coverage, Vec<(Scope, String, ItemGap)>)> {
    let scope = ("[12]", "eu-west-1|us-east-1|global").prop_map(|(account, region)| Scope {
        provider: "aws".to_owned(),
        account,
        region,
    });
    let kind = "s3/bucket|ec2/vpc";
    let whole = prop_oneof![
        3 => Just(KindCoverage::read()),
        1 => prop::sample::select(&[Status::Unsupported, Status::Excluded][..]).prop_map(KindCoverage::new),
        1 => (status(), "s3:List").prop_map(|(status, operation)| KindCoverage::unread(
            Cause { status, operation, code: "X".to_owned(), message: String::new() }
        )),
    ];
    let entries = prop::collection::vec((scope.clone(), kind, whole), 0..6);
    let gaps = prop::collection::vec((scope, kind, gap()), 0..8);
    (entries, gaps).prop_map(|(entries, gaps)| {
        let mut coverage = Coverage::default();
        for (scope, kind, entry) in entries {
            coverage.set(&scope, &kind, entry);
        }
        (coverage, gaps)
    })
}

fn with<'g>(coverage: &Coverage, gaps: impl IntoIterator<Item = &'g (Scope, String, ItemGap)>) -> Coverage {
    let mut coverage = coverage.clone();
    for (scope, kind, gap) in gaps {
        coverage.entry(scope, kind).add(gap.clone());
    }
    coverage
}

fn read(coverage: &Coverage) -> Coverage {
    let mut read = Coverage::default();
    for account in ["1", "2"] {
        if let Some(file) = coverage.to_files().get(&Coverage::path("aws", account)) {
            read.add_file("aws", account, file).expect("it was written");
        }
    }
    read
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_say_it_whole_whatever_came_first((coverage, gaps) in coverage()) {
        let one = with(&coverage, &gaps);
        prop_assert_eq!(&with(&coverage, gaps.iter().rev()), &one);
        prop_assert_eq!(&read(&one), &one);
        prop_assert_eq!(read(&one).to_files(), one.to_files());
    }

    #[test]
    fn a_scan_of_everything_says_everything_it_looked_at((known, old) in coverage(), (newer, new) in coverage()) {
        let (known, newer) = (with(&known, &old), with(&newer, &new));
        let mut merged = known.clone();
        merged.merge(newer.clone(), &Targets::default());
        for (scope, kind, entry) in newer.iter() {
            prop_assert_eq!(merged.get(scope, kind), Some(entry));
        }
        for (scope, kind, entry) in known.iter().filter(|(scope, kind, _)| newer.get(scope, kind).is_none()) {
            prop_assert_eq!(merged.get(scope, kind), Some(entry));
        }
        let mut twice = merged.clone();
        twice.merge(newer, &Targets::default());
        prop_assert_eq!(twice, merged);
    }

    /// What a scan of one bucket did not look at is no more read than before it.
    #[test]
    fn a_narrow_scan_takes_no_gap_away_that_it_did_not_look_at((known, old) in coverage(), (newer, new) in coverage()) {
        let (known, newer) = (with(&known, &old), with(&newer, &new));
        let targets = Targets::new(vec!["s3/bucket/a".parse().expect("a pattern")]);
        let mut merged = known.clone();
        merged.merge(newer.clone(), &targets);
        for (scope, kind, entry) in known.iter() {
            let address = driftline_api::Address { scope: scope.clone(), kind: kind.to_owned(), id: "b".to_owned() };
            let was_looked_at = newer.get(scope, kind).is_some();
            if !was_looked_at {
                prop_assert_eq!(merged.get(scope, kind), Some(entry));
            } else if !known.covers(&address) {
                prop_assert!(!merged.covers(&address), "{} was not read, and is told to be", address);
            }
        }
    }

    /// Changes of different entries that were made at once are both kept, whoever came first.
    #[test]
    fn two_changes_at_once_merge_alike_from_both_sides(
        (base, _) in coverage(), (ours, mine) in coverage(), (theirs, more) in coverage(),
    ) {
        let file = |coverage: &Coverage| coverage.to_files().remove(&Coverage::path("aws", "1")).unwrap_or_else(|| b"{}\n".to_vec());
        let [base, ours, theirs] = [file(&base), file(&with(&ours, &mine)), file(&with(&theirs, &more))];
        let one = Coverage::merged_files(Some(&base), &ours, &theirs);
        prop_assert_eq!(&Coverage::merged_files(Some(&base), &theirs, &ours), &one);
        prop_assert_eq!(Coverage::merged_files(Some(&base), &ours, &base), Some(ours.clone()));
        prop_assert_eq!(Coverage::merged_files(Some(&base), &ours, &ours), Some(ours));
    }
}
