//! An organization of moto's, made with boto3.

use crate::harness::{Emulator, Output, Place, python};

/// Makes an organization with a unit, three accounts in it and one outside, and prints their numbers.
const SEED: &str = "
import boto3
organizations = boto3.client('organizations')
organizations.create_organization(FeatureSet='ALL')
root = organizations.list_roots()['Roots'][0]['Id']
unit = organizations.create_organizational_unit(ParentId=root, Name='Workloads')['OrganizationalUnit']['Id']
deep = organizations.create_organizational_unit(ParentId=unit, Name='Prod')['OrganizationalUnit']['Id']
made = []
for name, place in [('shop', deep), ('lab', unit), ('ads', unit), ('elsewhere', root)]:
    status = organizations.create_account(AccountName=name, Email=name + '@example.com')['CreateAccountStatus']
    made.append(status['AccountId'])
    if place != root:
        organizations.move_account(AccountId=status['AccountId'], SourceParentId=root, DestinationParentId=place)
organizations.tag_resource(ResourceId=made[2], Tags=[{'Key': 'driftline', 'Value': 'no'}])
for account in made:
    role = f'arn:aws:iam::{account}:role/driftline'
    keys = boto3.client('sts').assume_role(RoleArn=role, RoleSessionName='seed')['Credentials']
    ec2 = boto3.client('ec2', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'],
                       aws_session_token=keys['SessionToken'])
    vpc = ec2.create_vpc(CidrBlock='10.20.0.0/16')['Vpc']['VpcId']
    print(account, vpc)
";

/// Somebody renames the network in an account.
const CLICK: &str = "
import boto3, sys
account, vpc = sys.argv[1:]
role = f'arn:aws:iam::{account}:role/driftline'
keys = boto3.client('sts').assume_role(RoleArn=role, RoleSessionName='click')['Credentials']
ec2 = boto3.client('ec2', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'],
                   aws_session_token=keys['SessionToken'])
ec2.create_tags(Resources=[vpc], Tags=[{'Key': 'Name', 'Value': 'clicked'}])
";

#[test]
fn an_organization_of_others_making_is_read() {
    let (Some(emulator), Some(python)) = (Emulator::moto(), python()) else { return };
    let mut place = Place::reading(&emulator.url(), "test");
    place.env("AWS_DEFAULT_REGION", "us-east-1");
    let run = |script: &str, arguments: &[&str]| {
        Output::of(place.command(&python).arg("-c").arg(script).args(arguments)).ok().stdout
    };
    let made = run(SEED, &[]);
    let made: Vec<(&str, &str)> = made.lines().filter_map(|line| line.split_once(' ')).collect();
    let [shop, lab, ads, elsewhere] = made.as_slice() else { panic!("four accounts: {made:?}") };

    place.configure(
        "regions = [\"us-east-1\"]\n[organization]\ninclude = { units = [\"Workloads\"] }\n\
         exclude = { tags = [\"driftline=no\"] }\n[kinds]\ninclude = [\"ec2/vpc\", \"ec2/subnet\"]\n",
    );
    place.import();
    let restored = |account: &str| place.repo().join("snapshots/aws").join(account).exists();
    assert!(restored(shop.0) && restored(lab.0));
    assert!(!restored(ads.0), "its tag leaves it out");
    assert!(!restored(elsewhere.0), "it lies in no unit");
    let file = format!("snapshots/aws/{}/us-east-1/ec2/vpc/{}.json", shop.0, shop.1);
    assert!(place.repo().join(&file).exists(), "{file}");
    place.plan(0, &[]);

    run(CLICK, &[shop.0, shop.1]);
    run(CLICK, &[ads.0, ads.1]);
    let (plan, _) = place.plan(2, &[]);
    let drift = plan["resource_drift"].as_array().expect("drift");
    let addresses: Vec<&str> = drift.iter().filter_map(|resource| resource["address"].as_str()).collect();
    assert_eq!(addresses, [format!("aws/{}/us-east-1/ec2/vpc/{}", shop.0, shop.1)]);
    place.driftline(&["accept"]).ok();
    place.plan(0, &[]);
}
