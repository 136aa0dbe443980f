//! On ministack, which records what others' clients really do.

use crate::harness::{Emulator, People, Place, python};

/// What ministack records under its own name: it calls everything that S3 is sent `CreateBucket`, and does not know how
/// Route 53's calls are called.
const KINDS: &str = "regions = [\"us-east-1\"]\n[kinds]\nexclude = [\"s3\", \"route53\"]\n";

const SETUP: &str = "\
ec2, iam, rds = (boto3.client(name) for name in ('ec2', 'iam', 'rds'))
vpc = ec2.create_vpc(CidrBlock='10.7.0.0/16')['Vpc']['VpcId']
groups = [ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)['GroupId'] for name in ('app', 'tmp')]
volume = ec2.create_volume(AvailabilityZone='us-east-1a', Size=8)['VolumeId']
for number in range(20):
    iam.create_user(UserName=f'user-{number}')
    iam.create_role(RoleName=f'role-{number}', AssumeRolePolicyDocument='{\"Version\": \"2012-10-17\", \"Statement\": []}')
rds.create_db_instance(DBInstanceIdentifier='orders', DBInstanceClass='db.t3.micro', Engine='postgres',
    AllocatedStorage=20, MasterUsername='admin', MasterUserPassword='correct-horse')
rds.create_db_parameter_group(DBParameterGroupName='tuned', DBParameterGroupFamily='postgres16', Description='x')
print(vpc, *groups, volume)";

const CLICKS: &str = "\
ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[{'IpProtocol': 'tcp', 'FromPort': 22, 'ToPort': 22,
    'IpRanges': [{'CidrIp': '0.0.0.0/0'}]}])
ec2.delete_security_group(GroupId=tmp)
ec2.create_tags(Resources=[vpc], Tags=[{'Key': 'Team', 'Value': 'shop'}])
ec2.create_subnet(VpcId=vpc, CidrBlock='10.7.1.0/24')
ec2.delete_volume(VolumeId=volume)
iam.create_user(UserName='backdoor')
iam.attach_user_policy(UserName='user-3', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
iam.delete_user(UserName='user-4')
iam.tag_user(UserName='user-5', Tags=[{'Key': 'Team', 'Value': 'shop'}])
iam.put_role_policy(RoleName='role-3', PolicyName='all', PolicyDocument='{\"Version\": \"2012-10-17\", \"Statement\": \
    [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}')
iam.create_role(RoleName='fresh', AssumeRolePolicyDocument='{\"Version\": \"2012-10-17\", \"Statement\": []}')
iam.put_role_policy(RoleName='fresh', PolicyName='own', PolicyDocument='{\"Version\": \"2012-10-17\", \"Statement\": \
    [{\"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"*\"}]}')
iam.create_group(GroupName='ops')
rds.modify_db_instance(DBInstanceIdentifier='orders', BackupRetentionPeriod=0, ApplyImmediately=True)
rds.create_db_subnet_group(DBSubnetGroupName='quiet', DBSubnetGroupDescription='x',
    SubnetIds=[ec2.create_subnet(VpcId=vpc, CidrBlock='10.7.2.0/24')['Subnet']['SubnetId']])
rds.delete_db_parameter_group(DBParameterGroupName='tuned')";

#[test]
fn a_dozen_changes_are_all_seen() {
    let Some(python) = python() else { return };
    let Some(emulator) = Emulator::ministack_with(&[("CLOUDTRAIL_RECORDING", "1")]) else { return };
    let place = Place::reading(&emulator.url(), "driftline");
    place.configure(KINDS);
    let people = People { place: &place, python };
    let made = people.click("setup", SETUP);
    let names = made.split(' ').zip(["vpc", "app", "tmp", "volume"]).map(|(id, name)| format!("{name} = '{id}'"));
    let names = names.collect::<Vec<_>>().join("\n");
    place.import();
    let clicks = format!("{names}\nec2, iam, rds = (boto3.client(name) for name in ('ec2', 'iam', 'rds'))\n{CLICKS}");
    people.click("eve", &clicks);
    let run = |more: &[&str]| place.driftline(&[&["plan", "--json", "--no-attribution"], more].concat());
    let trail = run(&["--since-trail"]);
    let whole = run(&[]);
    assert_eq!((trail.code, whole.code), (Some(0), Some(0)));
    let (trail, whole) = (trail.json(), whole.json());
    assert_eq!(trail["resource_drift"], whole["resource_drift"]);
    assert!(whole["resource_drift"].as_array().is_some_and(|drift| drift.len() >= 14), "{whole:#}");
    // The setup was recorded, too, shortly before the restore point: roles and users were looked at one by one again.
    let calls = |plan: &serde_json::Value| plan["driftline"]["scanned"]["calls"].as_u64().expect("a number");
    assert!(calls(&trail) < calls(&whole), "{} of {}", calls(&trail), calls(&whole));
}
