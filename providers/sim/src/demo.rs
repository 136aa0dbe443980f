//! The demo account: the web shop of a small company, and what somebody clicks in its console.

mod events;

use serde_json::json;

use crate::world::{Account, PathError, World};

/// The demo account's number.
pub const DEMO_ACCOUNT: &str = "123456789012";

macro_rules! files {
    ($($path:literal,)*) => {
        &[$(($path, include_str!(concat!("../accounts/demo/", $path)))),*]
    };
}

/// Path below the account's folder, and text.
static FILES: &[(&str, &str)] = files! {
    "account.json",
    "eu-central-1/ec2.json",
    "eu-west-1/acm.json",
    "eu-west-1/ec2/Addresses.json",
    "eu-west-1/ec2/DhcpOptions.json",
    "eu-west-1/ec2/EgressOnlyInternetGateways.json",
    "eu-west-1/ec2/FlowLogs.json",
    "eu-west-1/ec2/InstanceCreditSpecifications.json",
    "eu-west-1/ec2/InternetGateways.json",
    "eu-west-1/ec2/KeyPairs.json",
    "eu-west-1/ec2/LaunchTemplateVersions.json",
    "eu-west-1/ec2/LaunchTemplates.json",
    "eu-west-1/ec2/NatGateways.json",
    "eu-west-1/ec2/NetworkAcls.json",
    "eu-west-1/ec2/NetworkInterfaces.json",
    "eu-west-1/ec2/PrefixLists.json",
    "eu-west-1/ec2/Reservations.json",
    "eu-west-1/ec2/RouteTables.json",
    "eu-west-1/ec2/SecurityGroupRules.json",
    "eu-west-1/ec2/SecurityGroups.json",
    "eu-west-1/ec2/Subnets.json",
    "eu-west-1/ec2/Volumes.json",
    "eu-west-1/ec2/VpcEndpoints.json",
    "eu-west-1/ec2/VpcPeeringConnections.json",
    "eu-west-1/ec2/Vpcs.json",
    "eu-west-1/elb.json",
    "eu-west-1/elbv2.json",
    "eu-west-1/rds/DBClusterParameterGroups.json",
    "eu-west-1/rds/DBClusterSnapshots.json",
    "eu-west-1/rds/DBClusters.json",
    "eu-west-1/rds/DBInstances.json",
    "eu-west-1/rds/DBParameterGroups.json",
    "eu-west-1/rds/DBProxies.json",
    "eu-west-1/rds/DBProxyEndpoints.json",
    "eu-west-1/rds/DBSnapshots.json",
    "eu-west-1/rds/DBSubnetGroups.json",
    "eu-west-1/rds/EventSubscriptionsList.json",
    "eu-west-1/rds/GlobalClusters.json",
    "eu-west-1/rds/OptionGroupsList.json",
    "eu-west-1/rds/TargetGroups.json",
    "eu-west-1/rds/Targets.json",
    "eu-west-1/s3control.json",
    "global/iam/AccountAliases.json",
    "global/iam/GetAccountPasswordPolicy.json",
    "global/iam/Groups.json",
    "global/iam/InstanceProfiles.json",
    "global/iam/OpenIDConnectProviderList.json",
    "global/iam/Policies.json",
    "global/iam/Roles.json",
    "global/iam/SAMLProviderList.json",
    "global/iam/ServerCertificateMetadataList.json",
    "global/iam/ServiceSpecificCredentials.json",
    "global/iam/Users.json",
    "global/route53.json",
    "global/s3.json",
    "global/s3control.json",
    "us-east-1/acm.json",
    "us-east-1/ec2.json",
};

/// A world with the demo account.
///
/// # Panics
/// Never: the files are part of the program, and the tests load them.
pub fn demo() -> World {
    let account = Account::from_files("demo", FILES.iter().copied()).expect("the tests load the same files");
    World::new().with(account)
}

/// The handful of clicks that the demo shows as drift, by several people, and what CloudTrail records of them: made with
/// `sim.edit(console_changes)`.
///
/// # Panics
/// If the world does not hold the demo account as [`demo`] makes it.
pub fn console_changes(world: &mut World) {
    click(world).expect("the demo account has what the clicks change");
    events::record(world).expect("the demo account has what the events speak of");
}

fn click(world: &mut World) -> Result<(), PathError> {
    let ec2 = format!("{DEMO_ACCOUNT}/eu-west-1/ec2");
    let s3 = format!("{DEMO_ACCOUNT}/global/s3");

    // SSH to the application servers, from anywhere, "just for a moment".
    let app = find(world, &format!("{ec2}/SecurityGroups/GroupName=shop-app/GroupId"))?;
    // The group has a permission for this port (from the bastion): AWS adds the range to it.
    world.append(
        &format!("{ec2}/SecurityGroups/GroupId={app}/IpPermissions/FromPort=22/IpRanges"),
        json!({"CidrIp": "0.0.0.0/0"}),
    )?;
    let rule = "sgr-0c41f2a97be5d8036";
    world.append(
        &format!("{ec2}/SecurityGroupRules"),
        json!({
            "SecurityGroupRuleId": rule, "GroupId": app, "GroupOwnerId": DEMO_ACCOUNT, "IsEgress": false,
            "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0", "Tags": [],
            "SecurityGroupRuleArn": format!("arn:aws:ec2:eu-west-1:{DEMO_ACCOUNT}:security-group-rule/{rule}"),
        }),
    )?;

    // The orders database, reachable from outside.
    let orders = format!("{DEMO_ACCOUNT}/eu-west-1/rds/DBInstances/DBInstanceIdentifier=prod-orders");
    world.set(&format!("{orders}/PubliclyAccessible"), true)?;

    // Everybody may read the exports.
    let exports = "example-shop-exports";
    world.set(
        &format!("{s3}/Buckets/Name={exports}/GetBucketPolicy/Policy"),
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "Temporary", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": format!("arn:aws:s3:::{exports}/*"),
            }],
        }),
    )?;
    world.set(&format!("{s3}/Buckets/Name={exports}/GetPublicAccessBlock"), json!(null))?;

    // A bucket that nobody knows of.
    let mut bucket = world.get(&format!("{s3}/Buckets/Name=www.example.org")).cloned().unwrap_or_default();
    if let Some(bucket) = bucket.as_object_mut() {
        let name = "annas-test-bucket-2";
        bucket.insert("Name".to_owned(), json!(name));
        bucket.insert("CreationDate".to_owned(), json!("2026-11-20T16:12:40Z"));
        bucket.remove("GetBucketWebsite");
    }
    world.append(&format!("{s3}/Buckets"), bucket)?;

    // The status page's name, gone.
    let zone = format!("{DEMO_ACCOUNT}/global/route53/HostedZones/Name=example.com.");
    world.remove(&format!("{zone}/ResourceRecordSets/Name=status.example.com."))?;
    count(world, &format!("{zone}/ResourceRecordSetCount"), -1)?;

    // One user more with all rights.
    world.append(
        &format!("{DEMO_ACCOUNT}/global/iam/Users/UserName=ci-deploy/AttachedManagedPolicies"),
        json!({"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    )?;
    count(world, &format!("{DEMO_ACCOUNT}/global/iam/Policies/PolicyName=AdministratorAccess/AttachmentCount"), 1)?;

    // A larger second server.
    let web = "Instances/0";
    let reservation = reservation_of(world, &ec2, "shop-web-2")?;
    for path in ["InstanceType", "DescribeInstanceAttribute/InstanceType/Value"] {
        world.set(&format!("{ec2}/Reservations/{reservation}/{web}/{path}"), "t3.xlarge")?;
    }

    // The shop answers with another certificate.
    let elbv2 = format!("{DEMO_ACCOUNT}/eu-west-1/elbv2");
    let wildcard =
        find(world, &format!("{DEMO_ACCOUNT}/eu-west-1/acm/Certificates/DomainName=*.example.com/CertificateArn"))?;
    let shop = find(world, &format!("{elbv2}/LoadBalancers/LoadBalancerName=shop-web/LoadBalancerArn"))?;
    let listener = listener_of(world, &elbv2, &shop, 443)?;
    world.set(&format!("{elbv2}/Listeners/{listener}/Certificates/0/CertificateArn"), wildcard.as_str())?;
    world.set(
        &format!("{elbv2}/Listeners/{listener}/DescribeListenerCertificates/Certificates/0/CertificateArn"),
        wildcard,
    )?;

    // A way from the private subnets into the partner's second network.
    let peering = find(world, &format!("{ec2}/VpcPeeringConnections/1/VpcPeeringConnectionId"))?;
    let private =
        find(world, &format!("{ec2}/NatGateways/0/NatGatewayId")).and_then(|nat| table_of(world, &ec2, &nat))?;
    world.append(
        &format!("{ec2}/RouteTables/{private}/Routes"),
        json!({
            "DestinationCidrBlock": "10.81.0.0/16", "VpcPeeringConnectionId": peering,
            "Origin": "CreateRoute", "State": "active",
        }),
    )
}

/// The text at a path, as a step of another path would need it.
fn find(world: &World, path: &str) -> Result<String, PathError> {
    let text = world.get(path).and_then(serde_json::Value::as_str);
    text.map(str::to_owned).ok_or_else(|| PathError::Nothing(path.to_owned()))
}

/// AWS counts along with what people do.
fn count(world: &mut World, path: &str, by: i64) -> Result<(), PathError> {
    let count = world.get(path).and_then(serde_json::Value::as_i64).unwrap_or_default();
    world.set(path, count + by)
}

/// The number of the first element of a list that fits.
fn position(world: &World, path: &str, fits: impl Fn(&serde_json::Value) -> bool) -> Result<usize, PathError> {
    let items = world.get(path).and_then(serde_json::Value::as_array);
    items.and_then(|items| items.iter().position(fits)).ok_or_else(|| PathError::Nothing(path.to_owned()))
}

fn reservation_of(world: &World, ec2: &str, name: &str) -> Result<usize, PathError> {
    position(world, &format!("{ec2}/Reservations"), |reservation| {
        reservation["Instances"][0]["Tags"][0]["Value"] == name
    })
}

fn listener_of(world: &World, elbv2: &str, load_balancer: &str, port: u16) -> Result<usize, PathError> {
    position(world, &format!("{elbv2}/Listeners"), |listener| {
        listener["LoadBalancerArn"] == load_balancer && listener["Port"] == port
    })
}

fn table_of(world: &World, ec2: &str, nat_gateway: &str) -> Result<usize, PathError> {
    position(world, &format!("{ec2}/RouteTables"), |table| {
        table["Routes"].as_array().is_some_and(|routes| routes.iter().any(|route| route["NatGatewayId"] == nat_gateway))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_program_holds_the_files_that_lie_in_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("accounts/demo");
        assert!(
            demo() == World::load(&folder).expect("the folder loads"),
            "list every file of {} here",
            folder.display()
        );
    }

    /// A rule of a group is told twice by EC2: within its group, and as a rule of its own.
    #[test]
    fn security_groups_and_their_rules_tell_the_same() {
        let before = demo();
        let mut after = before.clone();
        console_changes(&mut after);
        for (world, region) in [(&before, "eu-west-1"), (&after, "eu-west-1"), (&before, "us-east-1")] {
            let ec2 = world.account(DEMO_ACCOUNT).expect("the demo account").description(region, "ec2");
            let mut within = Vec::new();
            for group in ec2["SecurityGroups"].as_array().expect("groups") {
                for (side, egress) in [("IpPermissions", false), ("IpPermissionsEgress", true)] {
                    for permission in group[side].as_array().into_iter().flatten() {
                        let port = |name: &str| permission.get(name).cloned().unwrap_or_else(|| json!(-1));
                        let ends = [
                            ("IpRanges", "/CidrIp"),
                            ("Ipv6Ranges", "/CidrIpv6"),
                            ("PrefixListIds", "/PrefixListId"),
                            ("UserIdGroupPairs", "/GroupId"),
                        ];
                        for (list, end) in ends {
                            for source in permission[list].as_array().into_iter().flatten() {
                                let rule = [
                                    group["GroupId"].clone(),
                                    json!(egress),
                                    permission["IpProtocol"].clone(),
                                    port("FromPort"),
                                    port("ToPort"),
                                    source.pointer(end).cloned().unwrap_or_default(),
                                    source.get("Description").cloned().unwrap_or_default(),
                                ];
                                within.push(serde_json::Value::from(rule.to_vec()).to_string());
                            }
                        }
                    }
                }
            }
            let rules = ec2["SecurityGroupRules"].as_array().expect("rules");
            let mut alone: Vec<String> = rules
                .iter()
                .map(|rule| {
                    let ends = ["/CidrIpv4", "/CidrIpv6", "/PrefixListId", "/ReferencedGroupInfo/GroupId"];
                    let end = ends.iter().find_map(|end| rule.pointer(end)).cloned().unwrap_or_default();
                    let member = |name: &str| rule.get(name).cloned().unwrap_or_default();
                    let names = ["GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort"];
                    let mut parts: Vec<serde_json::Value> = names.into_iter().map(member).collect();
                    parts.extend([end, member("Description")]);
                    serde_json::Value::from(parts).to_string()
                })
                .collect();
            within.sort();
            alone.sort();
            assert_eq!(within, alone, "{region}");
        }
    }

    #[test]
    fn every_click_changes_something() {
        let before = demo();
        let mut after = before.clone();
        console_changes(&mut after);
        let changed = |service: &str| {
            let all = |world: &World| -> Vec<serde_json::Value> {
                let account = world.account(DEMO_ACCOUNT).expect("the demo account");
                account
                    .descriptions()
                    .filter(|(_, name, _)| *name == service)
                    .map(|(_, _, it)| it.into_owned())
                    .collect()
            };
            all(&before) != all(&after)
        };
        for service in ["ec2", "rds", "s3", "route53", "iam", "elbv2"] {
            assert!(changed(service), "{service}");
        }
    }
}
