//! Security group rules, by ids that come and go.

use driftline_sim::DEMO_ACCOUNT;
use serde_json::{Value, json};

use super::exported;
use crate::harness::{Place, at, sim};

const RULES: &str = "123456789012/eu-west-1/ec2/SecurityGroupRules";
/// A group with rules of each sort of source, none of ICMP.
const WEB: &str = "sg-03b8f93df588468a0";

fn web(place: &Place) -> Value {
    let text =
        place.git(&["show", &format!("HEAD:snapshots/aws/{DEMO_ACCOUNT}/eu-west-1/ec2/security_group/{WEB}.json")]);
    serde_json::from_str(&text).expect("a snapshot file")
}

/// The ids of the group's rules in the restore point.
fn ids(place: &Place) -> Vec<String> {
    let text = web(place).to_string();
    text.split("\"sgr-").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// Every rule of the region, changed.
fn edit_rules(sim: &driftline_sim::Sim, edit: impl Fn(&mut Value)) {
    sim.edit(|world| {
        let mut rules = world.get(RULES).expect("rules").clone();
        rules.as_array_mut().expect("a list").iter_mut().for_each(&edit);
        world.set(RULES, rules).expect("the list is there");
    });
}

#[test]
fn a_rule_that_was_made_anew_is_the_same_rule() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let before = ids(&place);
    assert_eq!(before.len(), 6, "{before:?}");

    edit_rules(&sim, |rule| {
        let id = rule["SecurityGroupRuleId"].as_str().expect("an id").replace("sgr-", "sgr-f");
        rule["SecurityGroupRuleId"] = json!(id);
    });
    place.plan(0, &[]);
    let mut saved = place.driftline(&["plan", "--out", "plan.json"]).ok();
    assert!(saved.stdout.contains("No drift"), "{}", saved.stdout);
    assert_eq!(ids(&place), before);

    // Another change of the group takes the new ids along, and what was accepted is what a fresh import says.
    sim.edit(|world| {
        let tags = json!([{ "Key": "Name", "Value": "shop-web" }]);
        world.set(&format!("{}/GroupId={WEB}/Tags", at::GROUPS), tags).expect("the group is there");
    });
    saved = place.driftline(&["plan", "--out", "plan.json"]).ok();
    assert!(!saved.stdout.contains("sgr-"), "{}", saved.stdout);
    let only = format!("aws/{DEMO_ACCOUNT}/eu-west-1/ec2/security_group/{WEB}");
    place.driftline(&["accept", "plan.json", "--group-by", "resource", "--only", &only]).ok();
    assert!(ids(&place).iter().all(|id| id.starts_with('f')), "{:?}", ids(&place));
    let accepted = web(&place);
    place.import();
    assert_eq!(web(&place), accepted);
    place.plan(0, &[]);
}

#[test]
fn a_restore_point_without_rule_ids_is_compared_and_exported_all_the_same() {
    let sim = sim();
    let place = Place::new(&sim);
    let whole = sim.edit(|world| world.get(RULES).expect("rules").clone());
    edit_rules(&sim, |rule| {
        rule.as_object_mut().expect("an object").remove("SecurityGroupRuleId");
    });
    place.import();
    assert_eq!(ids(&place), Vec::<String>::new());
    let text = exported(&place, "old");
    assert!(text.contains("  ingress {") && !text.contains("aws_vpc_security_group_ingress_rule"), "{text}");

    sim.edit(|world| world.set(RULES, whole.clone()).expect("the list is there"));
    place.plan(0, &[]);
    place.import();
    let text = exported(&place, "new");
    let web: Vec<&str> =
        text.split("\n\n").filter(|block| block.contains("shop_web_8468a0__tcp_443_0_0_0_0_0")).collect();
    insta::assert_snapshot!(web.join("\n\n"), @r#"
    import {
      to = aws_vpc_security_group_ingress_rule.shop_web_8468a0__tcp_443_0_0_0_0_0
      id = "sgr-0b7601bd4025a6797"
    }

    resource "aws_vpc_security_group_ingress_rule" "shop_web_8468a0__tcp_443_0_0_0_0_0" {
      security_group_id = aws_security_group.shop_web_8468a0.id
      description       = "HTTPS"
      ip_protocol       = "tcp"
      from_port         = 443
      to_port           = 443
      cidr_ipv4         = "0.0.0.0/0"
    }
    "#);
    assert!(text.contains("  ingress {"), "a default group, and one that lets pings in, keep their rules:\n{text}");
}
