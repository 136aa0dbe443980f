//! What CloudTrail records of the demo's clicks: who made them, and with what.
//!
//! Beside the calls that explain the drift there are others on the same resources, as in any account: calls that only
//! read, that were refused, or that changed something else.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{DEMO_ACCOUNT, find, listener_of, reservation_of, table_of};
use crate::world::{PathError, World};

const REGION: &str = "eu-west-1";
/// Where the global services record.
const HOME: &str = "us-east-1";

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const CLI: &str = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.7";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.5 (+https://www.terraform.io) \
    terraform-provider-aws/6.20.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.6";

/// Somebody with a tool.
#[derive(Clone, Copy)]
enum Who {
    /// In the console, signed in through IAM Identity Center.
    Anna,
    /// An IAM user with the CLI.
    Ben,
    /// Terraform in a pipeline.
    Pipeline,
    /// An automation of Systems Manager.
    Automation,
}

impl Who {
    /// The members of a record that say who and with what.
    fn members(self) -> Value {
        let role = |name: &str, session: &str| {
            json!({
                "type": "AssumedRole",
                "principalId": format!("AROAEXAMPLEROLEID0000:{session}"),
                "arn": format!("arn:aws:sts::{DEMO_ACCOUNT}:assumed-role/{name}/{session}"),
                "accountId": DEMO_ACCOUNT,
                "sessionContext": {
                    "sessionIssuer": {
                        "type": "Role", "principalId": "AROAEXAMPLEROLEID0000", "accountId": DEMO_ACCOUNT,
                        "arn": format!("arn:aws:iam::{DEMO_ACCOUNT}:role/{name}"), "userName": name,
                    },
                    "webIdFederationData": {},
                    "attributes": { "mfaAuthenticated": "false" },
                },
            })
        };
        match self {
            Self::Anna => json!({
                "userIdentity": role("AWSReservedSSO_AdministratorAccess_1a2b3c4d5e6f7081", "anna@example.com"),
                "sourceIPAddress": "198.51.100.7", "userAgent": FIREFOX, "sessionCredentialFromConsole": "true",
            }),
            Self::Ben => json!({
                "userIdentity": {
                    "type": "IAMUser", "principalId": "AIDAQEXAMPLEBEN000000", "accountId": DEMO_ACCOUNT,
                    "arn": format!("arn:aws:iam::{DEMO_ACCOUNT}:user/ben"), "userName": "ben",
                },
                "sourceIPAddress": "203.0.113.40", "userAgent": CLI,
            }),
            Self::Pipeline => json!({
                "userIdentity": role("ci-terraform", "pipeline-7261"),
                "sourceIPAddress": "192.0.2.99", "userAgent": TERRAFORM,
            }),
            Self::Automation => {
                let mut identity = role("AWSServiceRoleForAmazonSSM", "Automation");
                identity["invokedBy"] = json!("ssm.amazonaws.com");
                let service = "ssm.amazonaws.com";
                json!({ "userIdentity": identity, "sourceIPAddress": service, "userAgent": service })
            }
        }
    }
}

/// One call: by whom, of what, with which parameters, and under which names it is found.
struct Call<'a> {
    by: Who,
    region: &'a str,
    /// `service:EventName`.
    name: &'a str,
    request: Value,
    /// What was answered.
    response: Value,
    names: Vec<&'a str>,
    error: Option<&'a str>,
}

/// Records the demo's calls.
pub(super) fn record(world: &mut World) -> Result<(), PathError> {
    let ec2 = format!("{DEMO_ACCOUNT}/{REGION}/ec2");
    let elbv2 = format!("{DEMO_ACCOUNT}/{REGION}/elbv2");
    let iam = format!("{DEMO_ACCOUNT}/global/iam");
    let app = find(world, &format!("{ec2}/SecurityGroups/GroupName=shop-app/GroupId"))?;
    let zone = find(world, &format!("{DEMO_ACCOUNT}/global/route53/HostedZones/Name=example.com./Id"))?;
    let zone = zone.trim_start_matches("/hostedzone/").to_owned();
    let reservation = reservation_of(world, &ec2, "shop-web-2")?;
    let server = find(world, &format!("{ec2}/Reservations/{reservation}/Instances/0/InstanceId"))?;
    let shop = find(world, &format!("{elbv2}/LoadBalancers/LoadBalancerName=shop-web/LoadBalancerArn"))?;
    let listener = listener_of(world, &elbv2, &shop, 443)?;
    let certificate = find(world, &format!("{elbv2}/Listeners/{listener}/Certificates/0/CertificateArn"))?;
    let listener = find(world, &format!("{elbv2}/Listeners/{listener}/ListenerArn"))?;
    let gateway = find(world, &format!("{ec2}/NatGateways/0/NatGatewayId"))?;
    let table = table_of(world, &ec2, &gateway)?;
    let table = find(world, &format!("{ec2}/RouteTables/{table}/RouteTableId"))?;
    let peering = find(world, &format!("{ec2}/VpcPeeringConnections/1/VpcPeeringConnectionId"))?;
    let user = find(world, &format!("{iam}/Users/UserName=ci-deploy/Arn"))?;
    let (bucket, exports) = ("annas-test-bucket-2", "example-shop-exports");
    let buckets = format!("{DEMO_ACCOUNT}/global/s3/Buckets");
    let lies_in = |name: &str| find(world, &format!("{buckets}/Name={name}/BucketRegion"));
    let (bucket_region, exports_region) = (lies_in(bucket)?, lies_in(exports)?);

    let rule = |port: u16, cidr: &str| {
        json!({ "groupId": app, "ipPermissions": { "items": [{
            "ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": {},
            "ipRanges": { "items": [{ "cidrIp": cidr }] }, "ipv6Ranges": {}, "prefixListIds": {},
        }] } })
    };
    let call = |by, region, name, request, names| Call {
        by,
        region,
        name,
        request,
        response: json!({ "_return": true }),
        names,
        error: None,
    };
    let policy = world.get(&format!("{buckets}/Name={exports}/GetBucketPolicy/Policy")).cloned();
    let open = "ec2:AuthorizeSecurityGroupIngress";
    let calls = [
        // Opened and closed again: nothing of it is left.
        call(Who::Ben, REGION, open, rule(8080, "203.0.113.40/32"), vec![&app]),
        call(Who::Anna, REGION, open, rule(22, "0.0.0.0/0"), vec![&app]),
        call(Who::Ben, REGION, "ec2:RevokeSecurityGroupIngress", rule(8080, "203.0.113.40/32"), vec![&app]),
        Call {
            error: Some("Client.UnauthorizedOperation"),
            ..call(Who::Ben, REGION, open, rule(22, "0.0.0.0/0"), vec![&app])
        },
        call(Who::Ben, REGION, "ec2:DescribeSecurityGroups", json!({ "groupId": app }), vec![&app]),
        call(
            Who::Ben,
            REGION,
            "rds:ModifyDBInstance",
            json!({ "dBInstanceIdentifier": "prod-orders", "publiclyAccessible": true, "applyImmediately": true }),
            vec!["prod-orders"],
        ),
        call(
            Who::Anna,
            &exports_region,
            "s3:PutBucketPolicy",
            json!({ "bucketName": exports, "bucketPolicy": policy, "policy": "" }),
            vec![exports, "arn:aws:s3:::example-shop-exports"],
        ),
        call(
            Who::Anna,
            &exports_region,
            "s3:DeleteBucketPublicAccessBlock",
            json!({ "bucketName": exports, "publicAccessBlock": "" }),
            vec![exports, "arn:aws:s3:::example-shop-exports"],
        ),
        call(Who::Anna, &bucket_region, "s3:CreateBucket", json!({ "bucketName": bucket }), vec![bucket]),
        call(
            Who::Pipeline,
            HOME,
            "route53:ChangeResourceRecordSets",
            json!({ "hostedZoneId": zone, "changeBatch": { "changes": [{
                "action": "DELETE",
                "resourceRecordSet": { "name": "status.example.com", "type": "CNAME", "tTL": 300 },
            }] } }),
            vec![&zone],
        ),
        call(
            Who::Ben,
            HOME,
            "iam:AttachUserPolicy",
            json!({ "userName": "ci-deploy", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess" }),
            vec!["ci-deploy", &user, "arn:aws:iam::aws:policy/AdministratorAccess"],
        ),
        call(
            Who::Automation,
            REGION,
            "ec2:ModifyInstanceAttribute",
            json!({ "instanceId": server, "instanceType": { "value": "t3.xlarge" } }),
            vec![&server],
        ),
        call(
            Who::Pipeline,
            REGION,
            "elasticloadbalancing:ModifyListener",
            json!({ "listenerArn": listener, "certificates": [{ "certificateArn": certificate }] }),
            vec![&listener],
        ),
        call(
            Who::Pipeline,
            REGION,
            "ec2:CreateRoute",
            json!({
                "routeTableId": table, "destinationCidrBlock": "10.81.0.0/16", "vpcPeeringConnectionId": peering,
            }),
            vec![&table, &peering],
        ),
    ];
    let now = now();
    for (number, call) in calls.into_iter().enumerate() {
        let mut record = json!({
            "eventVersion": "1.11", "eventTime": now, "awsRegion": call.region, "eventType": "AwsApiCall",
            "eventID": format!("6f0a1c52-93de-4b7e-8a45-{number:012x}"), "managementEvent": true,
            "recipientAccountId": DEMO_ACCOUNT, "eventCategory": "Management",
            "requestParameters": call.request, "responseElements": call.response,
        });
        let (service, name) = call.name.split_once(':').unwrap_or((call.name, ""));
        record["eventSource"] = json!(format!("{service}.amazonaws.com"));
        record["eventName"] = json!(name);
        record["readOnly"] = json!(name.starts_with("Describe"));
        if let Some(code) = call.error {
            record["errorCode"] = json!(code);
            record["responseElements"] = Value::Null;
        }
        if let (Value::Object(record), Value::Object(members)) = (&mut record, call.by.members()) {
            record.extend(members);
        }
        world.record(DEMO_ACCOUNT, call.region, &record, &call.names)?;
    }
    Ok(())
}

/// To the second, as CloudTrail tells it.
#[expect(clippy::disallowed_methods, reason = "events are looked up by a window that ends now")]
fn now() -> String {
    let now = OffsetDateTime::now_utc().replace_nanosecond(0);
    now.ok().and_then(|now| now.format(&Rfc3339).ok()).unwrap_or_default()
}
