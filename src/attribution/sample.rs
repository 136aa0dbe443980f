//! Drift and events for the tests of everything that finds out who did it.

use driftline_api::{Actor, ActorSort, Address, Descriptor, Effect, Event, Naming, Via, Write};
use serde_json::{Value, json};

use crate::diff::sample::resource;
use crate::plan::ResourceDrift;

pub(super) const AT: &str = "aws/123456789012/eu-west-1/ec2/security_group/sg-1";

pub(super) static GROUP: Descriptor = Descriptor {
    writes: &[
        Write { events: &["ec2:CreateSecurityGroup"], effect: Effect::Creates },
        Write { events: &["ec2:DeleteSecurityGroup"], effect: Effect::Removes },
        Write {
            events: &["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            effect: Effect::Changes(&["/IpPermissions"]),
        },
        Write { events: &["ec2:CreateTags", "ec2:DeleteTags"], effect: Effect::Changes(&["/tags"]) },
        Write { events: &["ec2:ModifyAnything"], effect: Effect::Changes(&[""]) },
    ],
    names: &[Naming::Id, Naming::Arn],
    ..crate::diff::sample::SECURITY_GROUP
};

/// The events are called by who did them; the later ones are the newer ones.
pub(super) fn event(who: &str, name: &str, at: i64, request: Value) -> Event {
    let actor = Actor { sort: ActorSort::User, name: who.to_owned(), arn: None, role: None, account: None };
    let details = json!({ "request": request, "response": null, "resources": [] });
    let (id, name, region) = (format!("{who}@{at}"), name.to_owned(), "eu-west-1".to_owned());
    Event { id, name, at, region, actor, via: Via::Cli, failed: false, details }
}

pub(super) fn drifted(kind: &Descriptor, at: &str, before: Option<Value>, after: Option<Value>) -> ResourceDrift {
    let side = |value: Value| {
        let tags = value["tags"].as_object().cloned().unwrap_or_default();
        let tags: Vec<(&str, &str)> = tags.iter().map(|(k, v)| (k.as_str(), v.as_str().expect("text"))).collect();
        resource(at, value["attributes"].clone(), &tags)
    };
    let address: Address = at.parse().expect(at);
    ResourceDrift::compare(Some(kind), &address, before.map(side), after.map(side)).expect("the sides differ")
}

pub(super) fn permission(port: u16, cidr: &str) -> Value {
    json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": cidr }] })
}

/// As CloudTrail records a rule.
pub(super) fn rule(group: &str, port: u16, cidr: &str) -> Value {
    json!({
        "groupId": group,
        "ipPermissions": { "items": [{
            "ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": { "items": [{ "cidrIp": cidr }] },
        }] },
    })
}

pub(super) fn group(permissions: &[Value], tags: Value) -> Value {
    json!({ "attributes": { "IpPermissions": permissions, "GroupName": "app" }, "tags": tags })
}

pub(super) const OPEN: &str = "ec2:AuthorizeSecurityGroupIngress";
pub(super) const CLOSE: &str = "ec2:RevokeSecurityGroupIngress";
