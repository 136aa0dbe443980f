//! The same name in two accounts and regions is never taken for one.

use std::collections::BTreeMap;

use driftline_api::{Claim, Descriptor, Scope};
use serde_json::{Value, json};

use super::*;
use crate::diff::sample::{BUCKET, DB_INSTANCE, RECORD_SET, SECURITY_GROUP, resource};
use crate::snapshot::KindCoverage;

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";
const PROVIDER: &str = "provider[\"registry.terraform.io/hashicorp/aws\"]";

const CLAIMS: &[Claim] = &[
    Claim::whole("aws_db_instance", "rds/db_instance", "{identifier}"),
    Claim::part("aws_db_instance_role_association", "rds/db_instance", "{db_instance_identifier}"),
    Claim::whole("aws_security_group", "ec2/security_group", "{id}"),
    Claim::part("aws_security_group_rule", "ec2/security_group", "{security_group_id}"),
];

fn kinds() -> BTreeMap<&'static str, &'static Descriptor> {
    [&SECURITY_GROUP, &BUCKET, &RECORD_SET, &DB_INSTANCE].into_iter().map(|kind| (kind.name, kind)).collect()
}

/// A database called `orders` in both regions of both accounts, and one security group.
fn live() -> (Live, Coverage) {
    let (mut live, mut coverage) = (Live::default(), Coverage::default());
    for account in [ONE, TWO] {
        for region in ["eu-west-1", "us-east-1"] {
            let scope = Scope { provider: "aws".into(), account: account.into(), region: region.into() };
            let mut database = resource(&format!("{scope}/rds/db_instance/orders"), json!({}), &[]);
            database.arn = Some(format!("arn:aws:rds:{region}:{account}:db:orders"));
            live.add(Some(&DB_INSTANCE), &scope, &database);
            coverage.set(&scope, "rds/db_instance", KindCoverage::read());
        }
    }
    let scope = Scope { provider: "aws".into(), account: ONE.into(), region: "eu-west-1".into() };
    let group = resource(&format!("{scope}/ec2/security_group/sg-0123456789abcdef0"), json!({"GroupName": "app"}), &[]);
    live.add(Some(&SECURITY_GROUP), &scope, &group);
    (live, coverage)
}

/// What one state says, as lines.
fn check(resources: &[(&str, &str, Value)], expected: &[&str]) {
    let resources: Vec<Value> = resources
        .iter()
        .enumerate()
        .map(|(number, (kind, provider, attributes))| {
            json!({"mode": "managed", "type": kind, "name": format!("n{number}"), "provider": provider,
                   "instances": [{"attributes": attributes}]})
        })
        .collect();
    let state = json!({"version": 4, "resources": resources}).to_string();
    let state = State::parse("s", state.as_bytes()).expect("a state");
    let (live, coverage) = live();
    let kinds = kinds();
    let view = view(&[state], &live, &Matching::new(&live, &coverage, &kinds, CLAIMS));
    let managed = view.resources.iter().flat_map(|row| {
        row.managers.iter().map(move |manager| {
            let part = if manager.part { "part of " } else { "" };
            format!("{} is {part}{}", manager.address, row.address)
        })
    });
    let gone = view.gone.iter().map(|gone| format!("{} is gone: {}", gone.manager.address, gone.resource));
    let not_read =
        view.not_read.iter().map(|missing| format!("{} not read: {}", missing.manager.address, missing.resource));
    let unsure = view.unsure.iter().map(|unsure| format!("{} is unsure", unsure.manager.address));
    let unknown = view.unknown.iter().map(|(kind, count)| format!("{count} of {kind}"));
    let told: Vec<String> = managed.chain(gone).chain(not_read).chain(unsure).chain(unknown).collect();
    assert_eq!(told, expected);
}

#[test]
fn an_arn_tells_which_one_it_is() {
    check(
        &[
            (
                "aws_db_instance",
                PROVIDER,
                json!({"arn": format!("arn:aws:rds:us-east-1:{TWO}:db:orders"), "identifier": "orders"}),
            ),
            (
                "aws_db_instance",
                PROVIDER,
                json!({"arn": format!("arn:aws:rds:us-east-1:{TWO}:db:old"), "identifier": "old"}),
            ),
            (
                "aws_db_instance",
                PROVIDER,
                json!({"arn": "arn:aws:rds:us-east-1:333333333333:db:orders", "identifier": "orders"}),
            ),
        ],
        &[
            "aws_db_instance.n0 is aws/222222222222/us-east-1/rds/db_instance/orders",
            "aws_db_instance.n1 is gone: aws/222222222222/us-east-1/rds/db_instance/old",
            "aws_db_instance.n2 not read: aws/333333333333/us-east-1/rds/db_instance/orders",
        ],
    );
}

#[test]
fn a_provider_configuration_leads_to_one_account_and_region() {
    let west = format!("{PROVIDER}.west");
    let role = || json!({"db_instance_identifier": "orders"});
    check(
        &[
            ("aws_db_instance_role_association", PROVIDER, role()),
            ("aws_db_instance_role_association", &west, role()),
            ("aws_sqs_queue", PROVIDER, json!({"arn": format!("arn:aws:sqs:us-east-1:{ONE}:jobs")})),
            ("aws_sqs_queue", &west, json!({"arn": format!("arn:aws:sqs:eu-west-1:{TWO}:jobs")})),
        ],
        &[
            "aws_db_instance_role_association.n0 is part of aws/111111111111/us-east-1/rds/db_instance/orders",
            "aws_db_instance_role_association.n1 is part of aws/222222222222/eu-west-1/rds/db_instance/orders",
            "2 of aws_sqs_queue",
        ],
    );
}

#[test]
fn a_resource_may_say_its_own_region() {
    let queue = |region: &str| json!({"arn": format!("arn:aws:sqs:{region}:{ONE}:jobs"), "region": region});
    check(
        &[
            (
                "aws_db_instance_role_association",
                PROVIDER,
                json!({"db_instance_identifier": "orders", "region": "eu-west-1"}),
            ),
            ("aws_sqs_queue", PROVIDER, queue("eu-west-1")),
            ("aws_sqs_queue", PROVIDER, queue("us-east-1")),
        ],
        &[
            "aws_db_instance_role_association.n0 is part of aws/111111111111/eu-west-1/rds/db_instance/orders",
            "2 of aws_sqs_queue",
        ],
    );
}

#[test]
fn what_nothing_tells_apart_is_not_guessed() {
    check(
        &[("aws_db_instance_role_association", PROVIDER, json!({"db_instance_identifier": "orders"}))],
        &["aws_db_instance_role_association.n0 is unsure"],
    );
    // One provider configuration with resources in two accounts: it tells nothing.
    check(
        &[
            ("aws_db_instance_role_association", PROVIDER, json!({"db_instance_identifier": "orders"})),
            ("aws_sqs_queue", PROVIDER, json!({"arn": format!("arn:aws:sqs:us-east-1:{ONE}:jobs")})),
            ("aws_sqs_queue", PROVIDER, json!({"arn": format!("arn:aws:sqs:us-east-1:{TWO}:jobs")})),
        ],
        &["aws_db_instance_role_association.n0 is unsure", "2 of aws_sqs_queue"],
    );
    // Even if only one has the name: its account may not have been read.
    check(
        &[("aws_db_instance_role_association", PROVIDER, json!({"db_instance_identifier": "carts"}))],
        &["aws_db_instance_role_association.n0 is unsure"],
    );
}

#[test]
fn an_id_that_aws_gave_is_the_same_everywhere() {
    check(
        &[
            ("aws_security_group", PROVIDER, json!({"id": "sg-0123456789abcdef0"})),
            ("aws_security_group_rule", PROVIDER, json!({"security_group_id": "sg-0123456789abcdef0"})),
            ("aws_security_group_rule", PROVIDER, json!({"security_group_id": "sg-0123456789abcdef1"})),
        ],
        &[
            "aws_security_group.n0 is aws/111111111111/eu-west-1/ec2/security_group/sg-0123456789abcdef0",
            "aws_security_group_rule.n1 is part of aws/111111111111/eu-west-1/ec2/security_group/sg-0123456789abcdef0",
            "aws_security_group_rule.n2 is unsure",
        ],
    );
}

#[test]
fn a_state_at_two_times_is_one() {
    let state = |name: &str, lineage: Option<&str>, serial| State {
        name: name.to_owned(),
        lineage: lineage.map(str::to_owned),
        serial,
        instances: vec![],
    };
    let all = vec![state("a", Some("x"), 1), state("b", Some("x"), 2), state("c", Some("x"), 2), state("d", None, 0)];
    let (kept, left) = latest(all);
    assert_eq!(kept.iter().map(|state| state.name.as_str()).collect::<Vec<_>>(), ["b", "d"]);
    assert_eq!(left, ["a", "c"]);
}
