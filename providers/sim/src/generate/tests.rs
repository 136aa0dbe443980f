use std::collections::BTreeSet;

use super::*;

fn small() -> Generated {
    Generated { accounts: 2, ..Generated::new(7, 3000) }
}

fn text(world: &World) -> String {
    let account = |account: &Account| {
        let descriptions = account.descriptions().map(|(region, service, it)| format!("{region} {service} {it}\n"));
        format!("{}\n{}", account.id, descriptions.collect::<String>())
    };
    world.accounts().map(account).collect()
}

#[test]
fn there_are_as_many_resources_as_asked_for() {
    let names = ["eu-west-1", "us-east-1", "eu-central-1", "us-west-2", "ap-southeast-2", "sa-east-1"];
    for (resources, accounts, regions) in [(1000, 1, 1), (1000, 3, 4), (2345, 2, 3), (50_000, 5, 6)] {
        let regions = names[..regions].iter().map(|region| (*region).to_owned()).collect();
        let generated = Generated { seed: 3, resources, accounts, regions, ..Generated::default() };
        assert_eq!(generated.census().values().sum::<usize>(), resources, "{accounts} accounts");
    }
}

#[test]
fn every_kind_occurs() {
    let census = Generated::new(1, 5000).census();
    let none: Vec<&str> =
        KINDS.iter().map(|spec| spec.kind).filter(|kind| census.get(kind).is_none_or(|count| *count == 0)).collect();
    assert_eq!(none, Vec::<&str>::new());
    assert!(KINDS.is_sorted_by_key(|spec| spec.kind), "kinds are found by name");
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_one_others() {
    let (first, again) = (text(&small().world()), text(&small().world()));
    assert_eq!(first, again);
    let other = text(&Generated { seed: 8, ..small() }.world());
    let described = |service: &str| {
        let of = |text: &str| text.lines().filter(|line| line.contains(service)).map(str::to_owned).collect::<Vec<_>>();
        (of(&first), of(&other))
    };
    for service in [" ec2 ", " elbv2 ", " rds ", " acm ", " iam ", " route53 ", " s3 "] {
        let (first, other) = described(&format!("{service}{{"));
        // The list of regions stands in the account's own description of EC2.
        let differ = first.iter().zip(&other).filter(|(left, right)| left != right).count();
        assert!(differ >= 2 && first.len() - differ <= 2, "{service}: {differ} of {}", first.len());
    }
}

#[test]
fn as_many_resources_are_changed_as_asked_for() {
    let before = small();
    assert_eq!(before.changes(), []);
    let later = Generated { changed: 2.0, ..small() };
    let changes = later.changes();
    assert_eq!(changes.len(), 60);
    let addresses: BTreeSet<String> = changes.iter().map(Change::address).collect();
    assert_eq!(addresses.len(), 60, "nothing is changed twice");
    let count = |wanted: fn(&How) -> bool| changes.iter().filter(|change| wanted(&change.how)).count();
    assert_eq!((count(|how| *how == How::Added), count(|how| *how == How::Removed)), (6, 6));
    assert_ne!(Generated { change_seed: 2, ..later.clone() }.changes(), changes);
    assert_eq!(later.census(), before.census(), "the census is of before");
    assert_ne!(text(&later.world()), text(&before.world()));
}

/// What one resource names, another one is.
#[test]
fn resources_refer_to_resources_that_are_there() {
    let world = small().world();
    let collections = [
        ("vpc", "Vpcs", "/VpcId"),
        ("subnet", "Subnets", "/SubnetId"),
        ("sg", "SecurityGroups", "/GroupId"),
        ("i", "Reservations", "/Instances/0/InstanceId"),
        ("vol", "Volumes", "/VolumeId"),
        ("igw", "InternetGateways", "/InternetGatewayId"),
        ("rtb", "RouteTables", "/RouteTableId"),
        ("nat", "NatGateways", "/NatGatewayId"),
        ("lt", "LaunchTemplates", "/LaunchTemplateId"),
        ("eipalloc", "Addresses", "/AllocationId"),
        ("dopt", "DhcpOptions", "/DhcpOptionsId"),
        ("pcx", "VpcPeeringConnections", "/VpcPeeringConnectionId"),
    ];
    for account in world.accounts() {
        let descriptions: Vec<_> = account.descriptions().collect();
        let text: String = descriptions.iter().map(|(_, _, description)| description.to_string()).collect();
        for (prefix, collection, id) in collections {
            let is_id = |word: &&str| {
                let hex = word.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
                hex.is_some_and(|hex| hex.len() == 17 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            };
            let named: BTreeSet<&str> = text.split('"').filter(is_id).collect();
            let there: BTreeSet<&str> = descriptions
                .iter()
                .filter(|(_, service, _)| *service == "ec2")
                .flat_map(|(_, _, description)| description[collection].as_array().into_iter().flatten())
                .filter_map(|item| item.pointer(id)?.as_str())
                .collect();
            assert!(!there.is_empty(), "{prefix}");
            assert_eq!(named.difference(&there).collect::<Vec<_>>(), Vec::<&&str>::new(), "{prefix}");
        }
    }
}
