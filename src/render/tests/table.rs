//! The table of what was read.

use super::*;
use crate::render::{CoverageRow, coverage};

fn row(region: &str, kind: &str, status: Status, resources: usize, gaps: usize) -> CoverageRow {
    let scope = Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: region.to_owned() };
    CoverageRow { scope, kind: kind.to_owned(), status, resources, gaps, is_gap: status.is_gap() }
}

fn table(rows: &[CoverageRow], width: usize) -> String {
    let mut out = Vec::new();
    coverage(rows, Look { colour: false, width }, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn coverage_is_a_table_while_it_fits() {
    let rows = [
        row("eu-west-1", "s3/bucket", Status::Read, 12, 2),
        row("us-east-1", "s3/bucket", Status::Read, 0, 0),
        row("eu-west-1", "rds/db_instance", Status::Denied, 4, 0),
        row("us-east-1", "rds/db_instance", Status::Read, 3, 0),
        row("eu-west-1", "rds/global_cluster", Status::Unsupported, 0, 0),
        row("us-east-1", "rds/global_cluster", Status::Excluded, 0, 0),
        row("global", "iam/role", Status::Read, 31, 0),
    ];
    assert_snapshot!(table(&rows, 100), @r"
    aws/123456789012
                          eu-west-1  global  us-east-1
      iam/role                           31
      rds/db_instance             D                  3
      rds/global_cluster          -                  x
      s3/bucket                 12*                  0

    number: resources read   *: parts of them not read   -: does not exist there   D: denied
    x: excluded by configuration
    50 resources in 1 account; not read: 1 of 7 lists, 2 parts of others.
    ");
    assert_snapshot!(table(&rows, 40), @r"
    aws/123456789012
      iam/role            31 in 1 region
      rds/db_instance     3 in 1 region; denied in eu-west-1
      rds/global_cluster  unsupported in 1 region; excluded in 1 region
      s3/bucket           12* (2 parts not read) in 2 regions

    number: resources read
    *: parts of them not read
    -: does not exist there   D: denied
    x: excluded by configuration
    50 resources in 1 account; not read: 1 of 7 lists, 2 parts of others.
    ");
}
