//! What is told of single attributes: those of a list by their keys, those that wait, and all of it for machines.

use serde_json::json;

use super::*;

static SWITCHED: Descriptor = Descriptor {
    name: "demo/switched",
    terraform: Some(&Terraform {
        excludes: &[],
        forms: &[Form {
            resource: "aws_switched",
            when: &[],
            import: "{id}",
            handles: &[("{id}", "id")],
            arguments: &[
                Argument::value("slow_start", "/Attributes/Key=slow_start/Value"),
                Argument::value("sticky", "/Attributes/Key=sticky/Value"),
            ],
        }],
        children: &[],
        omits: &[],
    }),
    rules: &[Rule::Set { path: "/Attributes", key: &["Key"] }],
    ..GROUP
};

fn switched(slow_start: &str, sticky: &str) -> Side {
    let pairs = [("brand_new", "1"), ("slow_start", slow_start), ("sticky", sticky)];
    let pairs = pairs.map(|(key, value)| json!({ "Key": key, "Value": value }));
    vec![resource(&SWITCHED, "shop", json!({ "Attributes": pairs }))]
}

#[test]
fn an_attribute_among_others_is_told_by_its_key() {
    let kinds: BTreeMap<&'static str, &'static Descriptor> = [(SWITCHED.name, &SWITCHED)].into();
    let side = |side: Side| side.into_iter().collect();
    let against = Against { rev: "HEAD".to_owned(), commit: String::new() };
    let (before, after) = (side(switched("0", "true")), side(switched("30", "false")));
    let plan = plan(against, &before, &after, |kind| kinds.get(kind).copied(), vec![], &[]);
    let options = Options { kinds: &kinds, targets: &Targets::new(vec![]), remove_added: false };
    let work = Work::of(&plan, &Baseline::default(), options).expect("nothing is read");
    let (pieces, _) = written(&work, Phase::PutBack { known: &BTreeSet::new(), without: &BTreeSet::new() });
    let name = "aws_switched.shop_123456789012_eu_west_1";
    // Terraform has reasons of its own to say nothing of the other one.
    let changes = terraform(&[(name, &["update"], json!({ "slow_start": "30" }), json!({ "slow_start": "0" }))]);
    let proposal = proposal(&work, &Pieces::default(), &pieces, &BTreeMap::new(), &changes);
    insta::assert_snapshot!(shown(&proposal), @r#"
    Changed back (1):
      ~ aws/123456789012/eu-west-1/demo/switched/shop
          ~ Attributes[slow_start].Value: "30" -> "0"
          Terraform updates aws_switched.shop_123456789012_eu_west_1

    Not put back (1):
      Terraform proposes nothing for it:
        aws/123456789012/eu-west-1/demo/switched/shop Attributes[sticky].Value

    Restore to HEAD: 1 to change back, 0 to create anew, 0 to remove. Not put back: 1.
    "#);
}

/// A database of which a restore asks two things, after AWS has taken both.
fn restored(pending: &Value) -> (Proposal, Outcome) {
    let before = shop(json!({ "Name": "shop", "Size": 1 }));
    let after = shop(json!({ "Name": "clicked", "Size": 5 }));
    let work = work(&drift(&before, &after, &[]), false);
    let (pieces, _) = written(&work, Phase::PutBack { known: &BTreeSet::new(), without: &BTreeSet::new() });
    let both = |name: &str, size: u8| json!({ "name": name, "size": size });
    let name = "aws_group.shop_123456789012_eu_west_1";
    let changes = terraform(&[(name, &["update"], both("clicked", 5), both("shop", 1))]);
    let proposal = proposal(&work, &Pieces::default(), &pieces, &BTreeMap::new(), &changes);
    let now = shop(json!({ "Name": "shop", "Size": 5, "PendingModifiedValues": pending }));
    let ended = outcome(&work, &proposal, &pieces, &BTreeMap::new(), &drift(&before, &now, &[]));
    (proposal, ended)
}

#[test]
fn what_waits_for_maintenance_does_not_differ() {
    let (_, ended) = restored(&json!({ "Size": 1 }));
    assert_eq!((ended.back, ended.waiting.len(), ended.differs.len()), (0, 1, 0));
    let mut out = Vec::new();
    render::restore_outcome(&ended, &[], "HEAD", Look::default(), &mut out).expect("writing to memory");
    insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r#"
    Put back in the next maintenance window (1):
      ~ aws/123456789012/eu-west-1/demo/group/shop
          + PendingModifiedValues: { Size: 1 }
          ~ Size:                  1 -> 5

    0 resources are back at HEAD. 1 resource waits for maintenance.
    "#);
    // Something else is pending, or nothing is.
    for pending in [json!({ "Size": 3 }), json!({})] {
        let (_, ended) = restored(&pending);
        assert_eq!((ended.waiting.len(), ended.differs.len()), (0, 1));
    }
}

#[test]
fn a_restore_is_told_to_machines() {
    let (proposal, ended) = restored(&json!({ "Size": 1 }));
    let against = Against { rev: "HEAD".to_owned(), commit: "c0ffee".to_owned() };
    let mut out = Vec::new();
    render::restore_json(&proposal, Some(&ended), &against, true, &mut out).expect("writing to memory");
    insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r#"
    {
      "against": {
        "commit": "c0ffee",
        "rev": "HEAD"
      },
      "applied": true,
      "beyond": [],
      "changed_back": [
        {
          "account": "123456789012",
          "address": "aws/123456789012/eu-west-1/demo/group/shop",
          "changes": [
            {
              "action": "changed",
              "after": "shop",
              "before": "clicked",
              "path": "/attributes/Name"
            },
            {
              "action": "changed",
              "after": 1,
              "before": 5,
              "path": "/attributes/Size"
            }
          ],
          "kind": "demo/group",
          "region": "eu-west-1",
          "terraform": [
            {
              "address": "aws_group.shop_123456789012_eu_west_1",
              "operation": "update"
            }
          ]
        }
      ],
      "complete": true,
      "created_anew": [],
      "created_before": [],
      "format": 1,
      "left_alone": [],
      "not_put_back": [],
      "outcome": {
        "back": 0,
        "differs": [],
        "given_anew": [],
        "successors": [],
        "waiting": [
          {
            "account": "123456789012",
            "address": "aws/123456789012/eu-west-1/demo/group/shop",
            "changes": [
              {
                "action": "added",
                "after": {
                  "Size": 1
                },
                "path": "/attributes/PendingModifiedValues"
              },
              {
                "action": "changed",
                "after": 5,
                "before": 1,
                "path": "/attributes/Size"
              }
            ],
            "drift": "changed",
            "kind": "demo/group",
            "region": "eu-west-1"
          }
        ]
      },
      "removed": [],
      "summary": {
        "beyond": 0,
        "changed_back": 1,
        "created_anew": 0,
        "left_alone": 0,
        "not_put_back": 0,
        "removed": 0
      }
    }
    "#);
}
