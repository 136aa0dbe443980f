"""What somebody clicks together in the account after everything was read."""

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """`make(client)` does it and returns a text that is part of the resource's id; `terraform` is the address that
    Terraform knows it by."""

    what: str
    make: Callable
    terraform: str = ""

    @property
    def unmanaged(self):
        """Nothing that Terraform made."""
        return not self.terraform


@dataclass(frozen=True)
class Click:
    """A change that was made, and part of the id of what it was made to."""

    change: Change
    id: str


def group(client, name):
    found = client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])
    return found["SecurityGroups"][0]["GroupId"]


def zone(client, name):
    zones = client("route53").list_hosted_zones()["HostedZones"]
    return next(found["Id"] for found in zones if found["Name"] == name)


def record(client, name, action="UPSERT", ttl=300, **where):
    route53 = client("route53")
    record = {"Name": name, "Type": "A", "TTL": ttl, "ResourceRecords": [{"Value": "192.0.2.99"}], **where}
    route53.change_resource_record_sets(
        HostedZoneId=zone(client, "prod.example.com."),
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    )
    return name


def open_port(client):
    name = group(client, "prod-web")
    world = {"FromPort": 22, "ToPort": 22, "IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=name, IpPermissions=[world])
    return name


def public_database(client):
    client("rds").modify_db_instance(
        DBInstanceIdentifier="prod-orders", PubliclyAccessible=True, BackupRetentionPeriod=1, ApplyImmediately=True
    )
    return "prod-orders"


def bucket_policy(client):
    principal = {"AWS": "arn:aws:iam::210987654321:root"}
    objects = "arn:aws:s3:::example-exports/*"
    read = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": objects}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [read]})
    client("s3").put_bucket_policy(Bucket="example-exports", Policy=policy)
    return "example-exports"


def unversioned_bucket(client):
    client("s3").put_bucket_versioning(Bucket="example-backups", VersioningConfiguration={"Status": "Suspended"})
    return "example-backups"


def trusted_role(client):
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").update_assume_role_policy(RoleName="billing", PolicyDocument=policy)
    return "role/billing"


def health_check_path(client):
    found = client("elbv2").describe_target_groups(Names=["prod-web"])["TargetGroups"][0]["TargetGroupArn"]
    client("elbv2").modify_target_group(TargetGroupArn=found, HealthCheckPath="/")
    return "prod-web"


def renamed_instance(client):
    ec2 = client("ec2")
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["prod-web-0"]}])
    instance = found["Reservations"][0]["Instances"][0]["InstanceId"]
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "Name", "Value": "do-not-touch"}])
    return instance


def unmanaged_group(client):
    ec2 = client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["prod"]}])["Vpcs"][0]["VpcId"]
    return ec2.create_security_group(GroupName="quick-test", Description="temporary", VpcId=vpc)["GroupId"]


def unmanaged_instance(client):
    made = client("ec2").run_instances(ImageId="ami-0123456789abcdef0", InstanceType="t3.large", MinCount=1, MaxCount=1)
    return made["Instances"][0]["InstanceId"]


def unmanaged_bucket(client):
    client("s3").create_bucket(Bucket="old-dumps")
    return "old-dumps"


def unmanaged_user(client):
    client("iam").create_user(UserName="temp-admin")
    return "temp-admin"


def unmanaged_database(client):
    client("rds").create_db_instance(
        DBInstanceIdentifier="scratch",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="postgres",
        MasterUserPassword="not-a-secret",
    )
    return "scratch"


PROD = 'module.environment["prod"].'
CHANGES = [
    Change("a port opened to the world", open_port, f"{PROD}aws_security_group.web"),
    Change("a database made public", public_database, f'{PROD}aws_db_instance.main["orders"]'),
    Change("a bucket's policy replaced", bucket_policy, 'aws_s3_bucket_policy.main["example-exports"]'),
    Change("a bucket's versions suspended", unversioned_bucket, 'aws_s3_bucket_versioning.main["example-backups"]'),
    Change("a role that another account may assume", trusted_role, 'aws_iam_role.service["billing"]'),
    Change("a health check's path", health_check_path, f'{PROD}aws_lb_target_group.main["web"]'),
    Change("an instance renamed", renamed_instance, f"{PROD}aws_instance.web[0]"),
    Change(
        "a record that points elsewhere",
        lambda client: record(client, "api.prod.example.com"),
        f'{PROD}aws_route53_record.service["api"]',
    ),
    Change("an unmanaged security group", unmanaged_group),
    Change("an unmanaged instance", unmanaged_instance),
    Change("an unmanaged bucket", unmanaged_bucket),
    Change("an unmanaged user", unmanaged_user),
    Change("an unmanaged database", unmanaged_database),
    Change("an unmanaged record", lambda client: record(client, "debug.prod.example.com")),
]
