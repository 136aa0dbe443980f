//! Instances with their volumes and interfaces, and what they are launched from.

use serde_json::{Value, json};

use super::super::kinds::Made;
use super::super::place::{Place, name, tags};
use super::{network, security};

const TYPES: &[&str] = &[
    "t3.micro",
    "t3.small",
    "t3.medium",
    "t3.medium",
    "t3.large",
    "t4g.small",
    "m5.large",
    "m6i.large",
    "m6i.xlarge",
    "m7g.large",
    "c6i.xlarge",
    "c7g.2xlarge",
    "r6i.large",
    "r6g.2xlarge",
];

const USER_DATA: &[&str] = &[
    "IyEvYmluL2Jhc2gKc2V0IC1ldQpkbmYgaW5zdGFsbCAteSBkb2NrZXIKc3lzdGVtY3RsIGVuYWJsZSAtLW5vdyBkb2NrZXIK",
    "IyEvYmluL2Jhc2gKYW1hem9uLWxpbnV4LWV4dHJhcyBpbnN0YWxsIG5naW54MQpzeXN0ZW1jdGwgZW5hYmxlIC0tbm93IG5naW54CmVjaG8gb2sgPiAvdXNyL3NoYXJlL25naW54L2h0bWwvaGVhbHRoCg==",
];

/// The instance of a data volume: those behind the instances' root volumes are shared out in turn, and each fifth is
/// attached to nothing.
fn owner(place: &Place<'_>, volume: usize) -> Option<usize> {
    let instances = place.count("ec2/instance");
    match volume.checked_sub(instances) {
        None => Some(volume),
        Some(data) if instances > 0 && data % 5 != 0 && volume < place.count("ec2/volume") => Some(data % instances),
        Some(_) => None,
    }
}

pub(in super::super) fn is_free_volume(place: &Place<'_>, index: usize) -> bool {
    owner(place, index).is_none()
}

fn volumes(place: &Place<'_>, instance: usize) -> Vec<(usize, String)> {
    let (instances, all) = (place.count("ec2/instance"), place.count("ec2/volume"));
    let data = (instances + instance..all).step_by(instances.max(1)).filter(|volume| owner(place, *volume).is_some());
    let device =
        |(number, volume)| (volume, format!("/dev/sd{}", char::from(b'f' + u8::try_from(number % 11).unwrap_or(0))));
    let mut volumes = vec![(instance, "/dev/xvda".to_owned())];
    volumes.extend(data.enumerate().map(device));
    volumes
}

fn launched(place: &Place<'_>, instance: usize) -> String {
    place.dice("launch of an instance", instance).time()
}

fn instance_name(place: &Place<'_>, instance: usize) -> String {
    name(&mut place.dice("name of an instance", instance), instance)
}

fn groups(place: &Place<'_>, interface: usize) -> Value {
    let vpc = network::vpc_of_subnet(place, network::home(place, interface));
    let mut dice = place.dice("groups of an interface", interface);
    let mut numbers: Vec<usize> = (0..=dice.below(3)).map(|_| security::group_in(place, vpc, &mut dice)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let group =
        |number: usize| json!({"GroupId": place.id("sg", number), "GroupName": security::group_name(place, number)});
    numbers.into_iter().map(group).collect()
}

/// What an interface and its instance both say.
fn interface(place: &Place<'_>, index: usize) -> Value {
    let subnet = network::home(place, index);
    let own = place.count("ec2/subnet").saturating_sub(3).max(3);
    let address = format!("{}.{}", network::addresses(place, subnet), 4 + index / own % 230);
    let host = format!("ip-{}.{}.compute.internal", address.replace('.', "-"), place.region());
    let mac = place.dice("mac", index).hex(10);
    let mac: Vec<&str> = (0..5).map(|byte| &mac[byte * 2..byte * 2 + 2]).collect();
    json!({
        "Description": if index < place.count("ec2/instance") { "Primary network interface" } else { "" },
        "Groups": groups(place, index), "MacAddress": format!("02:{}", mac.join(":")),
        "NetworkInterfaceId": place.id("eni", index), "OwnerId": place.account(), "PrivateDnsName": host,
        "PrivateIpAddress": address, "SourceDestCheck": true, "InterfaceType": "interface", "Ipv6Addresses": [],
        "PrivateIpAddresses": [{"Primary": true, "PrivateDnsName": host, "PrivateIpAddress": address}],
        "SubnetId": place.id("subnet", subnet), "VpcId": place.id("vpc", network::vpc_of_subnet(place, subnet)),
        "Operator": {"Managed": false},
    })
}

/// The first interfaces are the instances' primary ones; the others wait for a use.
pub(in super::super) fn network_interface(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/network_interface", index);
    let attached = !is_free_interface(place, index);
    let zone = network::subnet_zone(place, network::home(place, index));
    let mut item = interface(place, index);
    let label = if attached { instance_name(place, index) } else { name(&mut dice, index) };
    item["AvailabilityZone"] = place.zone(zone).into();
    item["AvailabilityZoneId"] = place.zone_id(zone).into();
    item["RequesterManaged"] = false.into();
    item["DenyAllIgwTraffic"] = false.into();
    item["Status"] = if attached { "in-use" } else { "available" }.into();
    item["TagSet"] = tags(&mut dice, &label);
    if attached {
        item["Attachment"] = json!({
            "AttachTime": launched(place, index), "AttachmentId": place.id("eni-attach", index),
            "DeleteOnTermination": true, "DeviceIndex": 0, "NetworkCardIndex": 0, "InstanceId": place.id("i", index),
            "InstanceOwnerId": place.account(), "Status": "attached",
        });
    } else {
        item["Description"] = dice
            .pick(&[
                "Reserved for failover",
                "EFS mount target",
                "Static address of a licence server",
                "Old NAT instance",
            ])
            .into();
    }
    Made::new(&place.id("eni", index), "NetworkInterfaces", item)
}

pub(in super::super) fn is_free_interface(place: &Place<'_>, index: usize) -> bool {
    index >= place.count("ec2/instance")
}

pub(in super::super) fn volume(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/volume", index);
    let id = place.id("vol", index);
    let owner = owner(place, index);
    let zone = network::subnet_zone(place, network::home(place, owner.unwrap_or(index)));
    let kind = dice.pick(&["gp3", "gp3", "gp3", "gp2", "io2", "st1"]);
    let label = owner.map_or_else(|| name(&mut dice, index), |instance| instance_name(place, instance));
    let created = owner.map_or_else(|| dice.time(), |instance| launched(place, instance));
    let mut item = json!({
        "VolumeId": id, "VolumeType": kind, "Size": dice.pick(&[8, 20, 30, 50, 100, 200, 500, 1000]),
        "AvailabilityZone": place.zone(zone), "AvailabilityZoneId": place.zone_id(zone), "CreateTime": created,
        "MultiAttachEnabled": false, "Operator": {"Managed": false}, "Encrypted": dice.chance(80),
        "State": if owner.is_some() { "in-use" } else { "available" }, "SnapshotId": format!("snap-0{}", dice.hex(16)),
        "Attachments": [], "Tags": tags(&mut dice, &label),
    });
    if kind != "st1" {
        item["Iops"] = dice.pick(&[3000, 3000, 3000, 6000, 10000]).into();
    }
    if kind == "gp3" {
        item["Throughput"] = dice.pick(&[125, 125, 250]).into();
    }
    if item["Encrypted"] == true {
        item["KmsKeyId"] = place.kms_key(dice.below(4)).into();
    }
    if let Some(instance) = owner {
        let device = volumes(place, instance).into_iter().find(|(volume, _)| *volume == index);
        item["Attachments"] = json!([{
            "AttachTime": launched(place, instance), "DeleteOnTermination": index == instance, "VolumeId": id,
            "Device": device.map(|(_, device)| device), "InstanceId": place.id("i", instance), "State": "attached",
        }]);
    }
    Made::new(&id, "Volumes", item)
}

pub(in super::super) fn instance(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/instance", index);
    let (id, launch) = (place.id("i", index), launched(place, index));
    let kind = dice.pick(TYPES);
    let burstable = kind.starts_with('t');
    let arm = kind.contains("4g.") || kind.contains("7g.") || kind.contains("6g.");
    let mut interface = interface(place, index);
    let subnet = network::home(place, index);
    let zone = network::subnet_zone(place, subnet);
    let mut tags = tags(&mut dice, &instance_name(place, index));
    if let (Value::Array(tags), Some(template)) = (&mut tags, place.lasting("ec2/launch_template", &mut dice))
        && dice.chance(40)
    {
        tags.push(json!({"Key": "aws:ec2launchtemplate:id", "Value": place.id("lt", template)}));
        tags.push(json!({"Key": "aws:ec2launchtemplate:version", "Value": "1"}));
    }
    let mappings: Vec<Value> = volumes(place, index)
        .into_iter()
        .map(|(volume, device)| {
            json!({"DeviceName": device, "Ebs": {
                "AttachTime": launch, "DeleteOnTermination": volume == index, "Status": "attached",
                "VolumeId": place.id("vol", volume), "Operator": {"Managed": false},
            }})
        })
        .collect();
    let groups = interface["Groups"].clone();
    let shared = |member: &str| interface[member].clone();
    let mut item = json!({
        "InstanceId": id, "ImageId": format!("ami-0{}", place.dice("image", index % 7).hex(16)), "InstanceType": kind,
        "Architecture": if arm { "arm64" } else { "x86_64" }, "AmiLaunchIndex": 0,
        "State": {"Code": 16, "Name": "running"}, "StateTransitionReason": "", "LaunchTime": launch,
        "PrivateIpAddress": shared("PrivateIpAddress"), "PrivateDnsName": shared("PrivateDnsName"), "PublicDnsName": "",
        "SubnetId": shared("SubnetId"), "VpcId": shared("VpcId"), "SecurityGroups": groups, "ProductCodes": [],
        "BlockDeviceMappings": mappings, "ClientToken": dice.uuid(), "EbsOptimized": true, "EnaSupport": true,
        "Hypervisor": "xen", "VirtualizationType": "hvm", "RootDeviceName": "/dev/xvda", "RootDeviceType": "ebs",
        "SourceDestCheck": true, "Tags": tags, "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": if arm { 1 } else { 2 }},
        "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
        "HibernationOptions": {"Configured": false}, "EnclaveOptions": {"Enabled": false},
        "MetadataOptions": {
            "State": "applied", "HttpTokens": dice.pick(&["required", "required", "optional"]),
            "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled", "HttpProtocolIpv6": "disabled",
            "InstanceMetadataTags": "disabled",
        },
        "BootMode": "uefi-preferred", "CurrentInstanceBootMode": "uefi", "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances", "UsageOperationUpdateTime": launch,
        "PrivateDnsNameOptions": {
            "HostnameType": "ip-name", "EnableResourceNameDnsARecord": false, "EnableResourceNameDnsAAAARecord": false,
        },
        "MaintenanceOptions": {"AutoRecovery": "default", "RebootMigration": "default"},
        "NetworkPerformanceOptions": {"BandwidthWeighting": "default"}, "Operator": {"Managed": false},
        "Placement": {
            "AvailabilityZone": place.zone(zone), "AvailabilityZoneId": place.zone_id(zone), "GroupName": "",
            "Tenancy": "default",
        },
        "Monitoring": {"State": dice.pick(&["disabled", "enabled"])},
        "DescribeInstanceAttribute": {
            "DisableApiTermination": {"Value": dice.chance(25)}, "DisableApiStop": {"Value": false},
            "InstanceInitiatedShutdownBehavior": {"Value": "stop"}, "InstanceType": {"Value": kind},
        },
    });
    if let Some(key) = place.lasting("ec2/key_pair", &mut dice) {
        item["KeyName"] = key_name(place, key).into();
    }
    let global = place.at(None);
    if let Some(profile) = global.lasting("iam/instance_profile", &mut dice) {
        item["IamInstanceProfile"] = super::super::iam::profile_of(&global, profile);
    }
    if dice.chance(60) {
        item["DescribeInstanceAttribute"]["UserData"] = json!({"Value": dice.pick(USER_DATA)});
    }
    if let Value::Object(members) = &mut interface {
        members.insert("Status".to_owned(), "in-use".into());
        members.insert(
            "Attachment".to_owned(),
            json!({
                "AttachTime": launch, "AttachmentId": place.id("eni-attach", index), "DeleteOnTermination": true,
                "DeviceIndex": 0, "NetworkCardIndex": 0, "Status": "attached",
            }),
        );
    }
    item["NetworkInterfaces"] = json!([interface]);
    let reservation = json!({
        "ReservationId": place.id("r", index), "OwnerId": place.account(), "Groups": [], "Instances": [item],
    });
    let mut made = Made::new(&id, "Reservations", reservation);
    if burstable {
        let credits = dice.pick(&["unlimited", "standard"]);
        made.beside.push(("InstanceCreditSpecifications", json!({"InstanceId": id, "CpuCredits": credits})));
    }
    made
}

fn key_name(place: &Place<'_>, index: usize) -> String {
    name(&mut place.dice("name of a key", index), index)
}

pub(in super::super) fn key_pair(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/key_pair", index);
    let label = key_name(place, index);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let item = json!({
        "KeyPairId": place.id("key", index), "KeyName": label, "KeyType": "ed25519", "CreateTime": dice.time(),
        "KeyFingerprint": format!("{}=", dice.text(43, letters)), "Tags": tags(&mut dice, &label),
    });
    Made::new(&label, "KeyPairs", item)
}

/// A template has one to three versions; the first is the default one.
pub(in super::super) fn launch_template(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/launch_template", index);
    let (id, label) = (place.id("lt", index), name(&mut dice, index));
    let (created, versions) = (dice.time(), 1 + dice.below(3));
    let by = format!("arn:aws:iam::{}:user/anna", place.account());
    let item = json!({
        "LaunchTemplateId": id, "LaunchTemplateName": label, "CreateTime": created, "CreatedBy": by,
        "DefaultVersionNumber": 1, "LatestVersionNumber": versions, "Tags": tags(&mut dice, &label),
        "Operator": {"Managed": false},
    });
    let mut made = Made::new(&id, "LaunchTemplates", item);
    let vpc = network::vpc_of_subnet(place, network::home(place, index));
    for number in (1..=versions).rev() {
        let mut data = json!({
            "ImageId": format!("ami-0{}", dice.hex(16)), "InstanceType": dice.pick(TYPES), "EbsOptimized": true,
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
                "Encrypted": true, "DeleteOnTermination": true, "VolumeSize": 20 * number, "VolumeType": "gp3",
            }}],
            "SecurityGroupIds": [place.id("sg", security::group_in(place, vpc, &mut dice))],
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
            "UserData": dice.pick(USER_DATA),
            "TagSpecifications": [{"ResourceType": "instance", "Tags": tags(&mut dice, &label)}],
        });
        if let Some(key) = place.lasting("ec2/key_pair", &mut dice) {
            data["KeyName"] = key_name(place, key).into();
        }
        let version = json!({
            "LaunchTemplateId": id, "LaunchTemplateName": label, "VersionNumber": number, "CreateTime": created,
            "CreatedBy": by, "DefaultVersion": number == 1, "LaunchTemplateData": data, "Operator": {"Managed": false},
        });
        made.beside.push(("LaunchTemplateVersions", version));
    }
    made
}
