mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use driftline_api::{
    Address, Argument, Arn, Child, Descriptor, Form, Identity, Omit, Reads, Rule, Scope, Targets, Terraform,
};
use serde_json::{Value, json};

use super::*;
use crate::Resource;
use crate::export::{Access, Phase, Pieces, Role, write_chosen};
use crate::plan::{Against, Ignore, Plan, plan};
use crate::render::{self, Look};
use crate::scan::Baseline;

static GROUP: Descriptor = Descriptor {
    name: "demo/group",
    about: "",
    reads: Reads::EachRegion,
    identity: Identity::Computed("for a test"),
    arn: Arn::None,
    called: None,
    created: None,
    calls: &[],
    label: None,
    actions: &[],
    sources: &[],
    writes: &[],
    terraform: Some(&Terraform {
        excludes: &[],
        forms: &[Form {
            resource: "aws_group",
            when: &[],
            import: "{id}",
            handles: &[("{id}", "id")],
            arguments: &[
                Argument::value("name", "/Name"),
                Argument::unless("1", "size", "/Size"),
                Argument::value("parent", "/Parent"),
                Argument::value("password", "/Password"),
                Argument::Tags,
            ],
        }],
        children: &[Child {
            resource: "aws_group_rule",
            each: "/Rules/*",
            when: &[],
            import: "{id}/{./Port}",
            key: "{./Port}",
            arguments: &[Argument::parent("group", "id"), Argument::value("port", "./Port")],
        }],
        omits: &[
            Omit::quiet("is what AWS calls it", &["/Id"]),
            Omit::told("the provider does not know it", &["/Colour"]),
        ],
    }),
    names: &[],
    rules: &[Rule::Set { path: "/Rules", key: &["Port"] }],
};

static OTHER: Descriptor = Descriptor { name: "demo/other", terraform: None, ..GROUP };

fn kinds() -> BTreeMap<&'static str, &'static Descriptor> {
    [&GROUP, &OTHER].map(|kind| (kind.name, kind)).into()
}

fn resource(kind: &Descriptor, id: &str, attributes: Value) -> (Address, Resource) {
    let Value::Object(attributes) = attributes else { unreachable!("attributes are an object") };
    let scope =
        Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: "eu-west-1".to_owned() };
    let tags = BTreeMap::new();
    let resource = Resource { kind: kind.name.to_owned(), id: id.to_owned(), arn: None, tags, attributes };
    (resource.address(&scope), resource)
}

type Side = Vec<(Address, Resource)>;

fn drift(before: &Side, after: &Side, ignores: &[Ignore]) -> Plan {
    let side = |side: &Side| side.iter().cloned().collect();
    let against = Against { rev: "HEAD".to_owned(), commit: String::new() };
    let kinds = kinds();
    plan(against, &side(before), &side(after), |kind| kinds.get(kind).copied(), vec![], ignores)
}

fn work(plan: &Plan, remove_added: bool) -> Work {
    let (kinds, targets) = (kinds(), Targets::new(vec![]));
    let options = Options { kinds: &kinds, targets: &targets, remove_added };
    Work::of(plan, &Baseline::default(), options).expect("nothing is read")
}

/// What is written, and the text of the files.
fn written(work: &Work, phase: Phase<'_>) -> (Pieces, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let chosen = match phase {
        Phase::Adopt { .. } => work.as_it_is(),
        Phase::PutBack { .. } => work.as_it_should_be(),
    };
    let scopes: Vec<&Scope> = work.items.first().map(|item| &item.address.scope).into_iter().collect();
    let pieces = write_chosen(&chosen, &scopes, phase, &BTreeSet::new(), &BTreeMap::new(), folder.path());
    let text = std::fs::read_to_string(folder.path().join("demo.tf")).unwrap_or_default();
    (pieces.expect("it is written"), text)
}

/// A plan of Terraform's: address, actions, before, after.
fn terraform(changes: &[(&str, &[&str], Value, Value)]) -> Vec<ResourceChange> {
    let changes: Vec<Value> = changes
        .iter()
        .map(|(address, actions, before, after)| {
            json!({ "address": address, "change": { "actions": actions, "before": before, "after": after } })
        })
        .collect();
    planned(json!({ "resource_changes": changes }).to_string().as_bytes()).expect("Terraform's JSON")
}

fn shop(attributes: Value) -> Side {
    vec![resource(&GROUP, "shop", attributes)]
}

fn shown(proposal: &Proposal) -> String {
    let mut out = Vec::new();
    render::restore_proposal(proposal, "HEAD", Look::default(), &mut out).expect("writing to memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn every_difference_is_put_back_or_told() {
    let mut before = shop(json!({ "Id": 1, "Name": "shop", "Size": 1, "Colour": "red", "Rules": [{ "Port": 22 }] }));
    before.push(resource(&GROUP, "gone", json!({ "Name": "gone" })));
    before.push(resource(&OTHER, "other", json!({ "Name": "a" })));
    let mut after = shop(json!({
        "Id": 2, "Name": "shop", "Size": 5, "Colour": "blue", "Rules": [{ "Port": 22 }, { "Port": 80 }]
    }));
    after.push(resource(&OTHER, "other", json!({ "Name": "b" })));
    after.push(resource(&GROUP, "new", json!({ "Name": "new" })));
    let work = work(&drift(&before, &after, &[]), false);
    let known = BTreeSet::new();
    let (adopted, as_it_is) = written(&work, Phase::Adopt { imports: true, without: &known });
    let (pieces, as_it_was) = written(&work, Phase::PutBack { known: &known, without: &BTreeSet::new() });
    let size = |size: u8, name: &str| json!({ "size": size, "name": name, "tags_all": { "size": size } });
    let shop = "aws_group.shop_123456789012_eu_west_1";
    let changes = terraform(&[
        (shop, &["update"], size(5, "shop"), size(1, "Shop")),
        ("aws_group_rule.shop_123456789012_eu_west_1__80", &["delete"], json!({ "port": 80 }), Value::Null),
        ("aws_group.gone_123456789012_eu_west_1", &["create"], Value::Null, json!({ "name": "gone" })),
        ("aws_vpc.mine", &["delete", "create"], json!({ "a": 1 }), json!({ "a": 2 })),
    ]);
    let proposal = proposal(&work, &adopted, &pieces, &BTreeMap::new(), &changes);
    insta::assert_snapshot!(as_it_is, @r#"
    import {
      to = aws_group.shop_123456789012_eu_west_1
      id = "shop"
    }

    resource "aws_group" "shop_123456789012_eu_west_1" {
      name = "shop"
      size = 5

      lifecycle {
        ignore_changes = all
      }
    }

    import {
      to = aws_group_rule.shop_123456789012_eu_west_1__22
      id = "shop/22"
    }

    resource "aws_group_rule" "shop_123456789012_eu_west_1__22" {
      group = aws_group.shop_123456789012_eu_west_1.id
      port  = 22

      lifecycle {
        ignore_changes = all
      }
    }

    import {
      to = aws_group_rule.shop_123456789012_eu_west_1__80
      id = "shop/80"
    }

    resource "aws_group_rule" "shop_123456789012_eu_west_1__80" {
      group = aws_group.shop_123456789012_eu_west_1.id
      port  = 80

      lifecycle {
        ignore_changes = all
      }
    }
    "#);
    insta::assert_snapshot!(as_it_was, @r#"
    resource "aws_group" "gone_123456789012_eu_west_1" {
      name = "gone"
    }

    resource "aws_group" "shop_123456789012_eu_west_1" {
      name = "shop"
      size = 1
    }

    resource "aws_group_rule" "shop_123456789012_eu_west_1__22" {
      group = aws_group.shop_123456789012_eu_west_1.id
      port  = 22
    }
    "#);
    insta::assert_snapshot!(shown(&proposal), @r#"
    Changed back (1):
      ~ aws/123456789012/eu-west-1/demo/group/shop
          - Rules[80]
          ~ Size: 5 -> 1
          Terraform updates aws_group.shop_123456789012_eu_west_1
          Terraform destroys aws_group_rule.shop_123456789012_eu_west_1__80

    Created anew (1):
      + aws/123456789012/eu-west-1/demo/group/gone
          + Name: "gone"
          Terraform creates aws_group.gone_123456789012_eu_west_1

    Beyond the drift (2): Terraform proposes this, too.
      REPLACES (destroys, and creates anew) aws_vpc.mine: a (it stands in the folder, or in the state, and is not driftline's)
      aws/123456789012/eu-west-1/demo/group/shop: updates aws_group.shop_123456789012_eu_west_1: name

    Not put back (2):
      the provider does not know it:
        aws/123456789012/eu-west-1/demo/group/shop Colour
      this version does not export demo/other yet:
        aws/123456789012/eu-west-1/demo/other/other

    Left alone (1): in no restore point; --remove-added removes them.
      aws/123456789012/eu-west-1/demo/group/new

    Restore to HEAD: 1 to change back, 1 to create anew, 0 to remove. Beyond the drift: 2. Not put back: 2. Left alone: 1.
    "#);
}

#[test]
fn what_is_ignored_stays_as_it_is() {
    let before = shop(json!({ "Name": "shop", "Size": 1 }));
    let after = shop(json!({ "Name": "clicked", "Size": 5 }));
    let mut rule = Ignore::new("demo/group".parse().expect("a pattern"), "it scales");
    rule.attribute = Some("Size".parse().expect("a path"));
    let work = work(&drift(&before, &after, &[rule]), false);
    let target = work.items[0].target.as_ref().expect("it should be there");
    assert_eq!(Value::Object(target.attributes.clone()), json!({ "Name": "shop", "Size": 5 }));
}

#[test]
fn what_was_added_is_removed_only_when_asked_and_never_what_was_created_anew() {
    let before = vec![resource(&GROUP, "old", json!({}))];
    let after = vec![resource(&GROUP, "new", json!({}))];
    let plan = drift(&before, &after, &[]);
    let count = |work: &Work| (work.items.len(), work.alone.len());
    assert_eq!(count(&work(&plan, false)), (1, 1));
    let mut work = work(&plan, true);
    assert_eq!(count(&work), (2, 0));
    let known = Known { id: Some("new".to_owned()), arn: None };
    work.spare(&BTreeMap::from([(before[0].0.clone(), known)]));
    assert_eq!(count(&work), (1, 0));
}

#[test]
fn a_secret_that_is_there_is_kept_and_one_that_is_gone_is_asked_for() {
    let sealed = driftline_api::Seal::new([7; 32]).seal("hunter2");
    let before = shop(json!({ "Name": "shop", "Password": sealed }));
    let after = shop(json!({ "Name": "clicked", "Password": sealed }));
    let work = work(&drift(&before, &after, &[]), false);
    let (pieces, _) = written(&work, Phase::PutBack { known: &BTreeSet::new(), without: &BTreeSet::new() });
    assert_eq!(pieces.variables.keys().collect::<Vec<_>>(), ["group_shop_123456789012_eu_west_1_password"]);
    let known = pieces.terraform();
    let (pieces, text) = written(&work, Phase::PutBack { known: &known, without: &BTreeSet::new() });
    assert!(pieces.variables.is_empty());
    insta::assert_snapshot!(text, @r#"
    resource "aws_group" "shop_123456789012_eu_west_1" {
      name     = "shop"
      password = "kept as it is"

      lifecycle {
        ignore_changes = [password]
      }
    }
    "#);
}

#[test]
fn an_account_is_entered_by_profile_and_role() {
    let work = work(&drift(&shop(json!({ "Size": 1 })), &shop(json!({ "Size": 2 })), &[]), false);
    let role = Role {
        arn: "arn:aws:iam::123456789012:role/mender".to_owned(),
        external_id: Some("x1".to_owned()),
        session_name: None,
    };
    let access = Access { profile: Some("prod".to_owned()), role: Some(role), ..Access::default() };
    let access = BTreeMap::from([("123456789012".to_owned(), access)]);
    let (folder, known) = (tempfile::tempdir().expect("a folder"), BTreeSet::new());
    let scopes = [&work.items[0].address.scope];
    let phase = Phase::PutBack { known: &known, without: &BTreeSet::new() };
    write_chosen(&work.as_it_should_be(), &scopes, phase, &known, &access, folder.path()).expect("it is written");
    let text = std::fs::read_to_string(folder.path().join("providers.tf")).expect("the file");
    insta::assert_snapshot!(text, @r#"
    provider "aws" {
      region              = "eu-west-1"
      allowed_account_ids = ["123456789012"]
      profile             = "prod"

      assume_role {
        role_arn    = "arn:aws:iam::123456789012:role/mender"
        external_id = "x1"
      }
    }
    "#);
}

#[test]
fn a_plan_that_does_anything_adopts_nothing() {
    let imported = terraform(&[("aws_group.a", &["no-op"], json!({}), json!({}))]);
    assert!(only_adopts(&imported));
    for actions in [&["update"][..], &["create"], &["delete"], &["delete", "create"], &["forget"]] {
        assert!(!only_adopts(&terraform(&[("aws_group.a", actions, json!({}), json!({}))])), "{actions:?}");
    }
    assert!(planned(b"no JSON").is_err());
}

#[test]
fn terraforms_words_are_read_without_their_frames() {
    let said = "Planning failed.\n╷\n│ Error: Error acquiring the state lock\n│ \n│   ID: 42\n╵\n";
    let words = words(said);
    assert_eq!(words, "Error: Error acquiring the state lock\nID: 42");
    assert!(advice(&words, "tofu", Path::new("/w")).expect("it is known").contains("`tofu -chdir=/w force-unlock"));
    assert_eq!(advice("Error: something else", "tofu", Path::new("/w")), None);
    let said = "existing object to \"aws_group.a\", the provider\n  with aws_group.b,\n  on a.tf";
    let names = ["aws_group.a", "aws_group.b", "aws_group.c"];
    assert_eq!(named(said, names), BTreeSet::from(["aws_group.a".to_owned(), "aws_group.b".to_owned()]));
}
