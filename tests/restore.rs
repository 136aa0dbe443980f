//! `driftline restore`, with the real Terraform.

mod circles;
mod refused;

use std::fs;

use crate::export::{found, place};
use crate::harness::{Emulator, Output, People, Place, python};

#[test]
fn what_is_created_anew_has_another_id_and_is_recorded() {
    let (Some(mirror), Some(python)) = (found(), python()) else { return };
    let Some(emulator) = Emulator::moto() else { return };
    let mut place = place(&emulator.url(), "test", &mirror);
    quick(&mut place);
    place.configure("regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"ec2/subnet\", \"ec2/route_table\"]\n");
    let click = |script: &str| {
        let people = People { place: &place, python: python.clone() };
        people.click("test", &format!("ec2 = boto3.client('ec2')\n{script}"))
    };
    let made = click(
        "vpc = ec2.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId']\n\
         subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.9.1.0/24')['Subnet']['SubnetId']\n\
         table = ec2.create_route_table(VpcId=vpc)['RouteTable']['RouteTableId']\n\
         print(ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)['AssociationId'], subnet)",
    );
    let (association, subnet) = made.split_once(' ').expect("two ids");
    place.import();
    click(&format!(
        "ec2.disassociate_route_table(AssociationId='{association}'); ec2.delete_subnet(SubnetId='{subnet}')"
    ));

    // Without --apply nothing is done.
    place.driftline(&["restore", "--detailed-exitcode"]).code(2).shows("1 to create anew").says("with --apply");
    place.plan(2, &["--no-attribution"]);
    let done = place.driftline(&["restore", "--apply", "--yes"]).ok();
    let line = done.stdout.lines().find(|line| line.contains(&format!("{subnet} is subnet-"))).expect("the new id");
    let new = line.split(' ').rev().nth(1).expect("the new id").to_owned();
    assert_ne!(new, subnet);
    assert!(done.stdout.contains("1 resource has another id."), "{}", done.stdout);
    assert!(!done.stdout.contains("Still differs"), "{}", done.stdout);

    // The next one goes on from there: the old id is still in the restore point, and the new one is not removed.
    let again = place.driftline(&["restore", "--remove-added", "--detailed-exitcode"]).ok();
    let again = again.shows("Created anew before (1)").shows(&format!("{subnet} is {new} now"));
    assert!(again.stdout.contains("0 to create anew, 0 to remove"), "{}", again.stdout);

    let hint = done.stderr.lines().find_map(|line| line.strip_prefix("hint: `driftline ")).expect("how to record it");
    let command = hint.split('`').next().expect("a command").replace('\'', "");
    place.driftline(&command.split(' ').collect::<Vec<_>>()).ok();
    place.plan(0, &["--no-attribution"]);
    place.driftline(&["restore", "--detailed-exitcode"]).ok().shows("Nothing to restore");
}

#[test]
fn what_is_written_in_another_resource_is_put_back_there() {
    let (Some(mirror), Some(python)) = (found(), python()) else { return };
    let Some(emulator) = Emulator::ministack() else { return };
    let mut place = place(&emulator.url(), "test", &mirror);
    quick(&mut place);
    place.configure("regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"ec2/instance\", \"ec2/volume\"]\n");
    let click = |script: &str| {
        let people = People { place: &place, python: python.clone() };
        people.click("test", &format!("ec2 = boto3.client('ec2')\n{script}"))
    };
    let made = click(
        "instance = ec2.run_instances(ImageId='ami-1', MinCount=1, MaxCount=1, InstanceType='t3.micro')['Instances'][0]\n\
         ids = [device['Ebs']['VolumeId'] for device in instance['BlockDeviceMappings']]\n\
         print(instance['InstanceId'], *ids)",
    );
    let (instance, root) = made.split_once(' ').expect("an instance, and its only volume");
    place.import();
    click(&format!("ec2.modify_volume(VolumeId='{root}', VolumeType='gp2')"));
    let (before, _) = place.plan(2, &["--no-attribution"]);
    assert_eq!(before["resource_drift"].as_array().map(Vec::len), Some(1), "{before:#}");

    // Where the instance is not looked at, its volume is told.
    let volumes = place.driftline(&["restore", "--target", "ec2/volume"]).ok();
    volumes.shows("is the root volume of an instance").shows("0 to change back");
    let done = place.driftline(&["restore", "--apply", "--yes", "--detailed-exitcode"]).ok();
    assert!(!done.stdout.contains("Beyond the drift"), "{}", done.stdout);
    let lines: Vec<&str> = done.stdout.lines().filter(|line| line.contains("VolumeType")).collect();
    assert_eq!(lines.len(), 1, "{}", done.stdout);
    assert!(done.stdout.contains(&format!("ec2/volume/{root}")), "{}", done.stdout);
    assert!(done.stdout.contains("Terraform updates aws_instance."), "{}\n{instance}", done.stdout);
    place.plan(0, &["--no-attribution"]);
}

#[test]
fn two_accounts_are_put_back_at_once_each_by_its_role() {
    let (Some(mirror), Some(python)) = (found(), python()) else { return };
    let Some(emulator) = Emulator::moto() else { return };
    let mut place = place(&emulator.url(), "test", &mirror);
    quick(&mut place);
    let account = |number: &str| format!("[[accounts]]\nrole_arn = \"arn:aws:iam::{number}:role/mender\"\n");
    let accounts = ["111122223333", "444455556666"];
    place.configure(&format!(
        "regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"ec2/subnet\", \"iam/user\"]\n{}{}",
        account(accounts[0]),
        account(accounts[1])
    ));
    let click = |script: &str| {
        let people = People { place: &place, python: python.clone() };
        let enter = "def enter(number):\n  role = f'arn:aws:iam::{number}:role/mender'\n  \
                     keys = boto3.client('sts').assume_role(RoleArn=role, RoleSessionName='clicks')['Credentials']\n  \
                     return boto3.Session(keys['AccessKeyId'], keys['SecretAccessKey'], keys['SessionToken'])\n";
        let each = format!("for number in {accounts:?}:\n  session = enter(number)\n  {script}");
        people.click("test", &format!("{enter}{each}"))
    };
    click(
        "ec2 = session.client('ec2'); session.client('iam').create_user(UserName='deploy'); \
         vpc = ec2.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId']; \
         ec2.create_subnet(VpcId=vpc, CidrBlock='10.9.1.0/24')",
    );
    place.import();
    click(
        "ec2 = session.client('ec2'); session.client('iam').delete_user(UserName='deploy'); \
         subnet = ec2.describe_subnets(Filters=[{'Name': 'cidr-block', 'Values': ['10.9.1.0/24']}])['Subnets'][0]; \
         ec2.modify_subnet_attribute(SubnetId=subnet['SubnetId'], MapPublicIpOnLaunch={'Value': True})",
    );
    let proposed = place.driftline(&["restore", "--json", "--detailed-exitcode"]).code(2).json();
    let addresses = |list: &str| -> Vec<String> {
        let list = proposed[list].as_array().expect("a list").iter();
        list.map(|it| it["address"].as_str().expect("an address").split('/').take(5).collect::<Vec<_>>().join("/"))
            .collect()
    };
    let both = |kind: &str| accounts.map(|account| format!("aws/{account}/{kind}")).to_vec();
    assert_eq!(addresses("changed_back"), both("us-east-1/ec2/subnet"));
    assert_eq!(addresses("created_anew"), both("global/iam/user"));
    let done = place.driftline(&["restore", "--json", "--apply", "--yes", "--detailed-exitcode"]).ok().json();
    assert_eq!((&done["applied"], &done["outcome"]["back"]), (&true.into(), &4.into()), "{done:#}");
    // AWS says when it made a user.
    let (left, _) = place.plan(2, &["--no-attribution"]);
    assert_eq!(left["driftline"]["summary"]["changed"], 2, "{left:#}");
}

/// Terraform waits for the emulator, which is quick.
fn quick(place: &mut Place) {
    place.env("TF_CLI_ARGS_plan", "-parallelism=30");
    place.env("TF_CLI_ARGS_apply", "-parallelism=30");
    place.env("AWS_EC2_METADATA_DISABLED", "true");
}

/// A program that stands in for Terraform, as a script of the shell.
fn stand_in(place: &Place, script: &str) -> String {
    let path = place.home().join("terraform");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the script is written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is made executable");
    }
    path.to_str().expect("UTF-8").to_owned()
}

/// Restores with a stand-in.
fn with(place: &Place, script: &str, more: &[&str]) -> Output {
    let program = stand_in(place, script);
    place.driftline(&[&["restore", "--terraform", &program], more].concat())
}
