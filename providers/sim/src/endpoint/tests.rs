use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::faults::Rule;
use crate::rates::Rate;
use crate::world::{Account, GLOBAL};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-west-1";

fn sim() -> Sim {
    let mut account = Account::new(ACCOUNT, &[REGION]);
    *account.describe(REGION, "rds") =
        json!({"DBInstances": [{"DBInstanceIdentifier": "prod"}, {"DBInstanceIdentifier": "test"}]});
    *account.describe(REGION, "ec2") = json!({"Vpcs": [{"VpcId": "vpc-1"}]});
    *account.describe(GLOBAL, "s3") =
        json!({"Buckets": [{"Name": "logs", "BucketRegion": REGION, "GetBucketPolicy": {"Policy": "{}"}}]});
    *account.describe(GLOBAL, "iam") = json!({"Users": [{"UserName": "anna"}]});
    *account.describe(REGION, "acm") = json!({"Certificates": []});
    *account.describe(GLOBAL, "route53") = json!({"HostedZones": []});
    Sim::start(World::new().with(account)).expect("the endpoint starts")
}

/// Status and body of an answer, or why there is none.
fn exchange(
    sim: &Sim,
    head: &str,
    service: &str,
    region: &str,
    key: &str,
    body: &str,
) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(sim.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "{head} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\
         authorization: AWS4-HMAC-SHA256 Credential={key}/20240102/{region}/{service}/aws4_request, Signature=0\r\n",
        sim.address,
        body.len(),
    )?;
    if service == "acm" {
        write!(stream, "x-amz-target: CertificateManager.ListCertificates\r\n")?;
    }
    write!(stream, "\r\n{body}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let declared = head.to_ascii_lowercase();
    let declared =
        declared.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > body.len()) {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok((status, body.to_owned()))
}

fn ask(sim: &Sim, service: &str) -> std::io::Result<(u16, String)> {
    let (head, body) = match service {
        "rds" => ("POST /", "Action=DescribeDBInstances&Version=2014-10-31"),
        "ec2" => ("POST /", "Action=DescribeVpcs&Version=2016-11-15"),
        "iam" => ("POST /", "Action=ListUsers&Version=2010-05-08"),
        "sts" => ("POST /", "Action=GetCallerIdentity&Version=2011-06-15"),
        "s3" => ("GET /logs?policy", ""),
        "route53" => ("GET /2013-04-01/hostedzone", ""),
        "acm" => ("POST /", "{}"),
        other => panic!("{other} is not asked here"),
    };
    exchange(sim, head, service, REGION, ACCOUNT, body)
}

fn check(fault: &Fault, service: &str, status: u16, code: &str) {
    let sim = sim();
    sim.faults().add(Rule::new(fault.clone()).on(service));
    let (answered, body) = ask(&sim, service).expect("an answer");
    assert_eq!(answered, status, "{fault:?} of {service}: {body}");
    assert!(body.contains(code), "{fault:?} of {service}: {body}");
}

#[test]
fn errors_are_spelled_as_each_service_spells_them() {
    for (fault, service, status, code) in [
        (Fault::Throttle, "rds", 400, "<Code>Throttling</Code>"),
        (Fault::Throttle, "ec2", 503, "<Code>RequestLimitExceeded</Code>"),
        (Fault::Throttle, "s3", 503, "<Code>SlowDown</Code>"),
        (Fault::Throttle, "route53", 400, "<Code>Throttling</Code>"),
        (Fault::Throttle, "acm", 400, "ThrottlingException"),
        (Fault::Deny, "rds", 403, "<Code>AccessDenied</Code>"),
        (Fault::Deny, "iam", 403, "not authorized to perform: iam:ListUsers"),
        (Fault::Deny, "ec2", 403, "<Code>UnauthorizedOperation</Code>"),
        (Fault::Deny, "acm", 400, "AccessDeniedException"),
        (Fault::ExpiredToken, "iam", 403, "<Code>ExpiredToken</Code>"),
        (Fault::ExpiredToken, "ec2", 400, "<Code>RequestExpired</Code>"),
        (Fault::ExpiredToken, "s3", 400, "<Code>ExpiredToken</Code>"),
        (Fault::ExpiredToken, "acm", 400, "ExpiredTokenException"),
        (Fault::Fail(500), "s3", 500, "<Code>InternalError</Code>"),
        (Fault::Fail(503), "rds", 503, "<Code>ServiceUnavailable</Code>"),
        (Fault::Refuse(409, "Odd".to_owned()), "iam", 409, "<Code>Odd</Code>"),
        (Fault::Vanish, "s3", 404, "<Code>NoSuchBucket</Code>"),
        (Fault::Garbage, "rds", 200, "<html>"),
        (Fault::Malformed, "rds", 200, "></Oops><"),
        (Fault::Malformed, "acm", 200, "}}"),
        (Fault::Alien, "ec2", 200, "<Alien>"),
        (Fault::Alien, "acm", 200, "[]"),
        (Fault::Empty, "s3", 200, ""),
        // What was signed for these tests was signed at no time at all.
        (Fault::Clock(3600), "rds", 403, "<Code>SignatureDoesNotMatch</Code>"),
        (Fault::Clock(-3600), "ec2", 400, "<Code>RequestExpired</Code>"),
        (Fault::Clock(0), "s3", 403, "<Code>RequestTimeTooSkewed</Code>"),
        (Fault::Clock(0), "acm", 400, "InvalidSignatureException"),
    ] {
        check(&fault, service, status, code);
    }
}

#[test]
fn answers_are_cut_in_two_ways() {
    let sim = sim();
    let (_, whole) = ask(&sim, "rds").expect("an answer");
    let cut = sim.faults().add(Rule::new(Fault::Cut));
    assert_eq!(ask(&sim, "rds").expect_err("half of the declared length").kind(), ErrorKind::UnexpectedEof);
    sim.faults().remove(cut);
    sim.faults().add(Rule::new(Fault::Truncate));
    let (status, half) = ask(&sim, "rds").expect("its length is right");
    assert_eq!((status, half.len()), (200, whole.len() / 2));
}

#[test]
fn answers_drip_in() {
    let sim = sim();
    let (_, whole) = ask(&sim, "rds").expect("an answer");
    let body = sim.faults().add(Rule::new(Fault::DripBody(Duration::from_millis(1))));
    let begin = Instant::now();
    let (_, dripped) = ask(&sim, "rds").expect("an answer");
    let length = |body: &str| body.split("<RequestId>").next().map(str::len);
    assert_eq!(length(&dripped), length(&whole), "all of it comes");
    assert!(begin.elapsed() >= Duration::from_millis(u64::try_from(whole.len()).expect("a length") / 2));
    sim.faults().remove(body);
    sim.faults().add(Rule::new(Fault::DripHead(Duration::from_millis(1))));
    let mut stream = TcpStream::connect(sim.address).expect("connects");
    let request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 38\r\n\
                   authorization: AWS4-HMAC-SHA256 Credential=123456789012/20240102/eu-west-1/ec2/aws4_request\r\n\r\n\
                   Action=DescribeVpcs&Version=2016-11-15";
    stream.write_all(request.as_bytes()).expect("writes");
    let mut head = [0; 60];
    stream.read_exact(&mut head).expect("a beginning");
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\nx-amz-request-id: 000"), "{}", String::from_utf8_lossy(&head));
}

#[test]
fn pages_expire_and_go_round() {
    let sim = sim();
    sim.page_size(1);
    let page = |token: &str| {
        let body = format!("Action=DescribeDBInstances&Version=2014-10-31{token}");
        exchange(&sim, "POST /", "rds", REGION, ACCOUNT, &body).expect("an answer")
    };
    let token = |body: &str| {
        let marker = body.split("<Marker>").nth(1)?.split('<').next()?;
        Some(format!("&Marker={marker}"))
    };
    let second = token(&page("").1).expect("a second page");
    assert_eq!(token(&page(&second).1), None, "two pages");
    let round = sim.faults().add(Rule::new(Fault::CircleTokens));
    let first = token(&page(&second).1).expect("the first page comes again");
    assert!(page(&first).1.contains(">prod<"));
    sim.faults().remove(round);
    sim.faults().add(Rule::new(Fault::ExpirePage));
    assert_eq!(page("").0, 200, "the first page has no token");
    let (status, body) = page(&second);
    assert!(status == 400 && body.contains("<Code>InvalidParameterValue</Code>"), "{body}");
}

#[test]
fn connections_are_reset_and_hang() {
    let sim = sim();
    let reset = sim.faults().add(Rule::new(Fault::Reset));
    assert_eq!(ask(&sim, "ec2").expect_err("no answer").kind(), ErrorKind::ConnectionReset);
    sim.faults().remove(reset);
    sim.faults().add(Rule::new(Fault::Hang));
    let mut stream = TcpStream::connect(sim.address).expect("connects");
    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
    let request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 43\r\n\
                   authorization: AWS4-HMAC-SHA256 Credential=123456789012/20240102/eu-west-1/ec2/aws4_request\r\n\r\n\
                   Action=DescribeVpcs&Version=2016-11-15&x=12";
    stream.write_all(request.as_bytes()).expect("writes");
    let kind = stream.read(&mut [0; 1]).expect_err("nothing comes").kind();
    assert!(matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{kind}");
    // And the endpoint stops all the same.
    let begin = Instant::now();
    drop(sim);
    assert!(begin.elapsed() < Duration::from_secs(2));
}

#[test]
fn slow_answers_and_round_trips_take_their_time() {
    let sim = sim();
    sim.faults().add(Rule::new(Fault::Slow(Duration::from_millis(60))).on("iam:ListUsers"));
    sim.round_trip(Duration::from_millis(40));
    let begin = Instant::now();
    assert_eq!(ask(&sim, "iam").expect("an answer").0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(100));
}

#[test]
fn a_rule_says_which_calls_it_befalls() {
    let sim = sim();
    let faults = sim.faults();
    let nth = faults.add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances").region(REGION).nth(2));
    let statuses = |sim: &Sim| -> Vec<u16> { (0..3).map(|_| ask(sim, "rds").expect("an answer").0).collect() };
    assert_eq!(statuses(&sim), [200, 403, 200]);
    assert_eq!(faults.hits(nth), 1);
    faults.clear();
    faults.add(Rule::new(Fault::Deny).account(ACCOUNT).first(2));
    assert_eq!(statuses(&sim), [403, 403, 200]);
    faults.clear();
    faults.add(Rule::new(Fault::Deny).every(3));
    assert_eq!(statuses(&sim), [200, 200, 403]);
    faults.clear();
    for (rule, expected) in [
        (Rule::new(Fault::Deny).region("us-east-1"), 200),
        (Rule::new(Fault::Deny).account("210987654321"), 200),
        (Rule::new(Fault::Deny).on("rds:DescribeDBClusters"), 200),
        (Rule::new(Fault::Deny).with("prod"), 200),
        (Rule::new(Fault::Deny).key("nobody"), 200),
        (Rule::new(Fault::Deny).key(ACCOUNT), 403),
        (Rule::new(Fault::Deny), 403),
    ] {
        faults.clear();
        faults.add(rule.clone());
        assert_eq!(ask(&sim, "rds").expect("an answer").0, expected, "{rule:?}");
    }
    let named = exchange(
        &sim,
        "POST /",
        "rds",
        REGION,
        ACCOUNT,
        "Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=prod",
    );
    faults.clear();
    faults.add(Rule::new(Fault::Vanish).with("prod"));
    assert_eq!(named.expect("an answer").0, 403);
    let gone = exchange(
        &sim,
        "POST /",
        "rds",
        REGION,
        ACCOUNT,
        "Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=prod",
    );
    assert!(gone.expect("an answer").1.contains("<Code>DBInstanceNotFound</Code>"));
}

#[test]
fn a_change_shows_in_the_next_answer() {
    let sim = sim();
    assert!(!ask(&sim, "rds").expect("an answer").1.contains("<MultiAZ>"));
    let path = format!("{ACCOUNT}/{REGION}/rds/DBInstances/DBInstanceIdentifier=prod/MultiAZ");
    sim.edit(|world| world.set(&path, true)).expect("it is there");
    assert!(ask(&sim, "rds").expect("an answer").1.contains("<MultiAZ>true</MultiAZ>"));
    assert_eq!(sim.world().get(&path), Some(&json!(true)));
}

#[test]
fn calls_are_counted_where_they_were_made() {
    let sim = sim();
    for service in ["rds", "rds", "iam"] {
        ask(&sim, service).expect("an answer");
    }
    let stats = sim.stats();
    assert_eq!((stats.total(), stats.of("rds:DescribeDBInstances"), stats.of("iam"), stats.peak), (3, 2, 1, 1));
    assert_eq!(
        stats.by_operation().into_iter().collect::<Vec<_>>(),
        [("iam:ListUsers", 1), ("rds:DescribeDBInstances", 2)]
    );
    sim.reset_stats();
    assert_eq!(sim.stats().total(), 0);
}

#[test]
fn rates_are_told_as_each_service_tells_them_and_counted() {
    for (service, status, code) in [
        ("rds", 400, "<Code>Throttling</Code>"),
        ("iam", 400, "<Code>Throttling</Code>"),
        ("ec2", 503, "<Code>RequestLimitExceeded</Code>"),
        ("s3", 503, "<Code>SlowDown</Code>"),
        ("route53", 400, "<Code>Throttling</Code>"),
        ("acm", 400, "ThrottlingException"),
    ] {
        let sim = sim();
        sim.rates(Rates::off().with(service, Rate { per_second: 0.001, burst: 2.0 }));
        let answers: Vec<(u16, String)> = (0..4).map(|_| ask(&sim, service).expect("an answer")).collect();
        let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [200, 200, status, status], "{service}");
        assert!(answers[3].1.contains(code), "{}", answers[3].1);
        let stats = sim.stats();
        assert_eq!((stats.total(), stats.throttled(), stats.distinct()), (4, 2, 1), "{service}");
        let bytes: usize = answers[..2].iter().map(|(_, body)| body.len()).sum();
        assert_eq!(stats.bytes(), u64::try_from(bytes).expect("few"), "{service}");
        sim.rates(Rates::off());
        assert_eq!(ask(&sim, service).expect("an answer").0, 200);
    }
}

#[test]
fn what_was_counted_can_be_asked_for() {
    let sim = sim();
    ask(&sim, "rds").expect("an answer");
    let control = |head: &str| exchange(&sim, head, "none", REGION, ACCOUNT, "").expect("an answer");
    let stats: serde_json::Value = serde_json::from_str(&control("GET /_driftline/stats").1).expect("JSON");
    assert_eq!(stats["calls"][0]["operation"], "rds:DescribeDBInstances");
    assert_eq!(stats["calls"][0]["count"], 1);
    assert_eq!(control("DELETE /_driftline/stats").0, 200);
    assert_eq!(sim.stats().total(), 0);
    assert_eq!(control("GET /_driftline/accounts").1, json!([{"id": ACCOUNT, "regions": [REGION]}]).to_string());
    assert_eq!(control("GET /_driftline/other").0, 404);
}

#[test]
fn faults_have_their_time_and_their_chance() {
    let sim = sim();
    let failed = || (0..40).filter(|_| ask(&sim, "rds").expect("an answer").0 == 500).count();
    let faults = sim.faults();
    faults.add(Rule::new(Fault::Fail(500)).between(Duration::from_secs(3600), Duration::MAX));
    assert_eq!(failed(), 0, "not yet");
    faults.add(Rule::new(Fault::Fail(500)).between(Duration::ZERO, Duration::from_secs(3600)).chance(0.5, 1));
    assert!((8..=32).contains(&failed()), "half of them, by chance");
    faults.clear();
    faults.add(Rule::new(Fault::Fail(500)).between(Duration::ZERO, Duration::from_secs(3600)));
    assert_eq!(failed(), 40);
}

#[test]
fn requests_at_one_time_are_counted() {
    let sim = sim();
    sim.round_trip(Duration::from_millis(200));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| ask(&sim, "rds").expect("an answer"));
        }
    });
    assert_eq!(sim.stats().peak, 3);
}

#[test]
fn only_known_keys_and_enabled_regions_are_let_in() {
    let sim = sim();
    let body = "Action=DescribeVpcs&Version=2016-11-15";
    let status = |region: &str, key: &str| exchange(&sim, "POST /", "ec2", region, key, body).expect("an answer").0;
    assert_eq!(status(REGION, ACCOUNT), 200);
    assert_eq!(status(REGION, "nobody"), 401);
    assert_eq!(status("ap-southeast-2", ACCOUNT), 401);
    // Global services are signed for there.
    assert_eq!(status("us-east-1", ACCOUNT), 200);
}

#[test]
fn a_role_is_assumed_in_its_own_account_with_its_external_id() {
    let sim = sim();
    let role = "arn:aws:iam::210987654321:role/reader";
    sim.edit(|world| {
        let mut other = Account::new("210987654321", &[REGION]);
        *other.describe(GLOBAL, "iam") = json!({"Users": [], "Roles": [{
            "Arn": role, "RoleName": "reader", "RoleId": "AROAEXAMPLE",
            "AssumeRolePolicyDocument": {"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": "x-1"}}}]},
        }]});
        world.add(other);
    });
    let assume = |external: &str| {
        let body = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={role}&RoleSessionName=s{external}");
        exchange(&sim, "POST /", "sts", REGION, ACCOUNT, &body).expect("an answer")
    };
    assert_eq!(assume("").0, 403);
    assert_eq!(assume("&ExternalId=other").0, 403);
    let (status, body) = assume("&ExternalId=x-1");
    assert_eq!(status, 200, "{body}");
    let key = body.split("<AccessKeyId>").nth(1).and_then(|rest| rest.split('<').next()).expect("a key");
    let who = exchange(&sim, "POST /", "sts", REGION, key, "Action=GetCallerIdentity&Version=2011-06-15");
    assert!(who.expect("an answer").1.contains("<Arn>arn:aws:sts::210987654321:assumed-role/reader/s</Arn>"));
    assert_eq!(
        exchange(&sim, "POST /", "sts", REGION, "ASIA2109876543219999", "Action=GetCallerIdentity&Version=2011-06-15")
            .expect("an answer")
            .0,
        403
    );
}
