//! Who did it, through the real command: on an endpoint of ours, which answers as AWS documents it, and on ministack,
//! which records what others' clients really do.

use driftline_sim::{Fault, Rule, console_changes};
use serde_json::Value;

use crate::harness::{Emulator, Output, Place, python, sim};

/// Who is named for each resource, in the plan's order.
fn named(plan: &Value) -> Vec<String> {
    let resources = plan["resource_drift"].as_array().expect("resources");
    resources
        .iter()
        .map(|resource| {
            let by = resource["driftline"]["by"].as_array().cloned().unwrap_or_default();
            let who = by.iter().map(|it| {
                let changes = it["changes"].as_array().into_iter().flatten().filter_map(Value::as_u64);
                let paths = changes
                    .map(|index| &resource["driftline"]["changes"][usize::try_from(index).expect("few")]["path"]);
                let what: String = paths.map(|path| format!("{} ", path.as_str().expect("a path"))).collect();
                let who = match it["attribution"].get("by") {
                    Some(origin) => {
                        let text = |at: &str| origin.pointer(at).and_then(Value::as_str).unwrap_or("?").to_owned();
                        format!("{} ({} via {})", text("/actor/name"), text("/event"), text("/via"))
                    }
                    None => format!("unknown: {}", it["attribution"]["unknown"]["why"].as_str().unwrap_or("?")),
                };
                format!("\n  {}{who}", what.replace("/attributes/", "/"))
            });
            let who: Vec<String> = who.collect();
            let address = resource["address"].as_str().expect("an address");
            format!("{}:{}", address.splitn(4, '/').nth(3).unwrap_or(address), who.concat())
        })
        .collect()
}

#[test]
fn names_whoever_clicked_in_the_demo_account() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    let (plan, output) = place.plan(2, &[]);
    output.says("asked CloudTrail who did it with ");
    insta::assert_snapshot!(named(&plan).join("\n"), @r#"
    s3/bucket/example-shop-exports:
      /Policy/Statement/[Sid="Partner"] /Policy/Statement/[Sid="Temporary"] anna@example.com (s3:PutBucketPolicy via console)
      /PublicAccessBlock anna@example.com (s3:DeleteBucketPublicAccessBlock via console)
    ec2/instance/i-084d9a7018813dfe1:
      /InstanceType ssm.amazonaws.com (ec2:ModifyInstanceAttribute via service)
    ec2/route_table/rtb-054608057417273fc:
      /Routes/[DestinationCidrBlock="10.81.0.0/16",DestinationIpv6CidrBlock=null,DestinationPrefixListId=null] pipeline-7261 (ec2:CreateRoute via terraform)
    ec2/security_group/sg-028d9976e693ba7a6:
      /IpPermissions/[IpProtocol="tcp",FromPort=22,ToPort=22]/IpRanges/[CidrIp="0.0.0.0/0"] anna@example.com (ec2:AuthorizeSecurityGroupIngress via console)
    elbv2/listener/shop-web/6b866579fb98376f:
      /Certificates/[CertificateArn="arn:aws:acm:eu-west-1:123456789012:certificate/15cdff1d-026e-412d-a034-a0a2a165ca31",IsDefault=true] /Certificates/[CertificateArn="arn:aws:acm:eu-west-1:123456789012:certificate/2868effc-70c0-43bb-a1e0-76b074ccb700",IsDefault=true] pipeline-7261 (elasticloadbalancing:ModifyListener via terraform)
    rds/db_instance/prod-orders:
      /PubliclyAccessible ben (rds:ModifyDBInstance via cli)
    iam/user/ci-deploy:
      /AttachedManagedPolicies/[PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"] ben (iam:AttachUserPolicy via cli)
    route53/record_set/Z0JRQFCEEHD3Y3GYPX6QF/status.example.com/CNAME:
      pipeline-7261 (route53:ChangeResourceRecordSets via terraform)
    s3/bucket/annas-test-bucket-2:
      anna@example.com (s3:CreateBucket via console)
    "#);
    // The same plan without asking.
    let (silent, output) = place.plan(2, &["--no-attribution"]);
    assert!(named(&silent).iter().all(|line| line.ends_with(':')), "{:?}", named(&silent));
    assert!(!output.stderr.contains("CloudTrail"), "{}", output.stderr);
    place.configure("[attribution]\nenabled = false\n");
    assert_eq!(place.plan(2, &[]).0, silent);
}

#[test]
fn small_pages_lead_to_the_same_people() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    let expected = named(&place.plan(2, &[]).0);
    sim.page_size(1);
    assert_eq!(named(&place.plan(2, &[]).0), expected);
}

#[test]
fn a_plan_without_permission_says_so_and_is_a_plan() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    sim.faults().add(Rule::new(Fault::Deny).on("cloudtrail:LookupEvents"));
    let (plan, output) = place.plan(2, &[]);
    let output = output.says("warning: could not find out who changed what in 123456789012/eu-central-1, ");
    let output = output.says("cloudtrail:LookupEvents denied (AccessDeniedException): User: ");
    output.says("hint: allow cloudtrail:LookupEvents");
    assert!(named(&plan).iter().all(|line| line.ends_with("unknown: not_read")), "{:?}", named(&plan));
    assert!(plan["complete"].as_bool().expect("a flag"), "who did it is no part of what was read");
}

#[test]
fn throttled_look_ups_are_made_again() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    let fault = sim.faults().add(Rule::new(Fault::Throttle).on("cloudtrail:LookupEvents").every(3));
    let (plan, _) = place.plan(2, &[]);
    assert!(sim.faults().hits(fault) > 0);
    assert!(named(&plan).iter().all(|line| !line.contains("unknown")), "{:?}", named(&plan));
}

#[test]
fn the_policy_has_a_statement_of_its_own_for_it() {
    let place = Place::empty();
    let statements = |arguments: &[&str]| {
        let policy = place.driftline(&[&["iam-policy"], arguments].concat()).ok().json();
        let statements = policy["Statement"].as_array().expect("statements").clone();
        statements.iter().map(|it| it["Sid"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(statements(&[]), ["Driftline", "DriftlineAttribution"]);
    assert_eq!(statements(&["--no-attribution"]), ["Driftline"]);
}

/// ministack records every call with its access key as the user's name and its user agent. Unlike AWS it keeps no
/// resource names (but S3's), so that names lead nowhere and calls are found by what they are called; it keeps no
/// answers, so that what a call created by an id of its own is nobody's; it calls every PUT to a bucket `CreateBucket`,
/// so that S3 is left out; and it calls a form by its action only if that stands in the query, too, where clients may
/// put it and these do.
#[test]
fn names_boto3_and_the_cli_on_ministack() {
    let Some(python) = python() else { return };
    let Some(emulator) = Emulator::ministack_with(&[("CLOUDTRAIL_RECORDING", "1")]) else { return };
    let place = Place::reading(&emulator.url(), "driftline");
    place.configure(
        "regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"ec2/security_group\", \"iam/user\", \"rds/db_instance\"]\n",
    );
    let click = |key: &str, script: &str| {
        let mut command = place.command(&python);
        command
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .arg("-c")
            .arg(format!("{SESSIONS}\n{script}"));
        Output::of(&mut command).ok().stdout.trim().to_owned()
    };
    let group = click(
        "setup",
        "g = boto3.client('ec2').create_security_group(GroupName='app', Description='app')['GroupId']\n\
         boto3.client('iam').create_user(UserName='ci')\nprint(g)",
    );
    place.import();
    let open = |port: u16| {
        format!(
            "boto3.client('ec2').authorize_security_group_ingress(GroupId='{group}', IpPermissions=[{{'IpProtocol': \
             'tcp', 'FromPort': {port}, 'ToPort': {port}, 'IpRanges': [{{'CidrIp': '0.0.0.0/0'}}]}}])"
        )
    };
    click("alice", &open(22));
    click("bob", &open(443));
    click("bob", "print(boto3.client('ec2').describe_security_groups()['SecurityGroups'][0]['GroupId'])");
    // As the CLI calls itself: it is the same library below.
    let agent = "cli.user_agent_name, cli.user_agent_version = 'aws-cli', '2.31.0'\n";
    let tag = "cli.create_client('iam').tag_user(UserName='ci', Tags=[{'Key': 'Team', 'Value': 'shop'}])";
    click("carol", &format!("{agent}{tag}"));
    click("dave", "boto3.client('iam').create_user(UserName='backdoor')");
    let (plan, _) = place.plan(2, &[]);
    let told = named(&plan).join("\n").replace(&group, "[GROUP]");
    insta::assert_snapshot!(told, @r#"
    iam/user/backdoor:
      dave (iam:CreateUser via sdk)
    iam/user/ci:
      /tags/Team carol (iam:TagUser via cli)
    ec2/security_group/[GROUP]:
      /IpPermissions/[IpProtocol="tcp",FromPort=22,ToPort=22] alice (ec2:AuthorizeSecurityGroupIngress via sdk)
      /IpPermissions/[IpProtocol="tcp",FromPort=443,ToPort=443] bob (ec2:AuthorizeSecurityGroupIngress via sdk)
    "#);
}

/// A session of boto3 and one of the library below it, which is the CLI's, too.
const SESSIONS: &str = "\
import boto3, botocore.session
def named(request, operation_name, **_):
    request.url += ('&' if '?' in request.url else '?') + 'Action=' + operation_name
boto3.setup_default_session()
boto3.DEFAULT_SESSION.events.register('before-sign', named)
cli = botocore.session.get_session()
cli.register('before-sign', named)";

/// moto's server has no LookupEvents: then nobody is named, and the plan says why.
#[test]
fn records_that_an_endpoint_does_not_have_fail_no_plan() {
    let (Some(emulator), Some(python)) = (Emulator::moto(), python()) else { return };
    let place = Place::reading(&emulator.url(), "test");
    place.configure("regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"iam/user\"]\n");
    place.import();
    let mut command = place.command(&python);
    command.env("AWS_DEFAULT_REGION", "us-east-1");
    Output::of(command.arg("-c").arg("import boto3; boto3.client('iam').create_user(UserName='ci')")).ok();
    let (plan, output) = place.plan(2, &[]);
    output.says("warning: could not find out who changed what in 123456789012/us-east-1: cloudtrail:LookupEvents");
    assert_eq!(named(&plan), ["iam/user/ci:\n  unknown: not_read"]);
}
