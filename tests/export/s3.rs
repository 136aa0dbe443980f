//! Buckets, access points and certificates, each argument with something other than its default at least once.

use std::path::Path;
use std::process::Command;

use super::{found, place, plans_clean};
use crate::harness::{Emulator, Output, Place, file, python, sim};

#[test]
fn buckets_with_everything_plan_clean() {
    let (Some(mirror), Some(python)) = (found(), python()) else { return };
    let Some(ministack) = Emulator::ministack() else { return };
    // It has no inventories, analyses, metrics or tiers, and loses parts of lifecycles.
    let front = ministack.behind(&python, &file("export/s3_front.py"));
    let mut place = place(&front.url(), "test", &mirror);
    place.env("HTTP_PROXY", &front.url());
    seed(&python, &front, "export/s3.py");
    place.configure("regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"s3/*\", \"ec2/vpc\"]\n");
    place.import();
    assert_eq!(plans_clean(&place), 55);

    // What has nothing of its own is still written with what S3 gives every bucket; the order of rules is S3's.
    let text = exported(&place);
    insta::assert_snapshot!(resource(&text, "export_plain"), @r#"
    "aws_s3_bucket" "export_plain" {
      bucket = "export-plain"
    }
    "aws_s3_bucket_ownership_controls" "export_plain" {
      bucket = aws_s3_bucket.export_plain.bucket

      rule {
        object_ownership = "BucketOwnerEnforced"
      }
    }
    "aws_s3_bucket_server_side_encryption_configuration" "export_plain" {
      bucket = aws_s3_bucket.export_plain.bucket

      rule {
        apply_server_side_encryption_by_default {
          sse_algorithm = "AES256"
        }
      }
    "#);
    let acl = resource(&text, "aws_s3_bucket_acl\" \"export_logs");
    assert!(acl.contains("depends_on = [aws_s3_bucket_ownership_controls.export_logs]"), "{acl}");
    let names = |of: &str| {
        let rules = resource(&text, of);
        let ids = rules.lines().filter_map(|line| line.trim().strip_prefix("id")?.split('"').nth(1));
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        names("aws_s3_bucket_lifecycle_configuration\" \"export_rich"),
        ["tmp", "everything", "archive", "small", "big", "tagged", "markers"]
    );
    assert_eq!(names("aws_s3_bucket_replication_configuration\" \"export_rich"), ["some", "all", "one"]);
    assert_eq!(names("aws_s3_bucket_notification\" \"export_rich"), ["zwei", "eins", "topic"]);
}

#[test]
fn what_the_provider_does_not_know_of_buckets_is_told() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure("regions = [\"eu-west-1\", \"eu-central-1\"]\n[kinds]\ninclude = [\"s3/*\"]\n");
    place.import();
    place.driftline(&["export", "terraform", "--out", "../export"]).ok();
    let report = std::fs::read_to_string(place.repo().join("../export/README.md")).expect("the report");
    // Tags, and switches that are not as everybody has them.
    let told = |ending: &str| {
        report.lines().map(str::trim).filter(|line| line.ends_with(ending)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!([told(" /tags"), told(" /Abac/Status")].join("\n"), @r"
    aws/123456789012/eu-west-1/s3/access_point/assets-public /tags
    aws/123456789012/eu-west-1/s3/access_point/invoices-finance /tags
    aws/123456789012/eu-central-1/s3/bucket/example-shop-exports /Abac/Status
    ");
}

/// moto takes neither a mail's validation nor another key's algorithm, ministack says nothing of transparency.
#[test]
fn certificates_plan_clean_and_imported_ones_are_left_out() {
    let (Some(mirror), Some(python)) = (found(), python()) else { return };
    let Some(moto) = Emulator::moto() else { return };
    let place = place(&moto.url(), "test", &mirror);
    seed(&python, &moto, "export/acm.py");
    place.configure("regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"acm/*\"]\n");
    place.import();
    assert_eq!(plans_clean(&place), 4);
    let report = std::fs::read_to_string(place.repo().join("../export/README.md")).expect("the report");
    assert!(report.contains("it was imported: Terraform needs its private key"), "{report}");
}

#[track_caller]
fn seed(python: &Path, emulator: &Emulator, script: &str) {
    let mut command = Command::new(python);
    command.arg(file(script)).env("AWS_ENDPOINT_URL", emulator.url()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env_remove("AWS_PROFILE").env_remove("AWS_SESSION_TOKEN");
    command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "us-east-1")]);
    Output::of(&mut command).ok();
}

fn exported(place: &Place) -> String {
    let path = place.repo().join("../export/000000000000/us-east-1/s3.tf");
    std::fs::read_to_string(path).expect("the export has buckets")
}

/// All resources of which the first line has this.
fn resource(text: &str, of: &str) -> String {
    let blocks = text.split("\nresource ").skip(1);
    let named = blocks.filter(|block| block.lines().next().is_some_and(|line| line.contains(&format!("{of}\""))));
    named.map(|block| block.split("\n}\n").next().unwrap_or(block)).collect::<Vec<_>>().join("\n}\n")
}
