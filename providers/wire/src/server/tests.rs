use super::*;
use crate::models::SERVICES;

fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn signed_for(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=A/K/20240102/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

fn parsed(method: &str, target: &str, pairs: &[(&str, &str)], body: &str) -> Result<Parsed, ParseError> {
    parse(SERVICES, &Request { method, target, headers: &headers(pairs), body: body.as_bytes() })
}

#[test]
fn both_generations_of_load_balancers_are_told_apart_by_version() {
    let authorization = signed_for("elasticloadbalancing");
    for (version, name) in [("2012-06-01", "elb"), ("2015-12-01", "elbv2")] {
        let body = format!("Action=DescribeLoadBalancers&Version={version}");
        let parsed = parsed("POST", "/", &[("authorization", &authorization)], &body).expect("understood");
        assert_eq!(parsed.service.name, name);
        // An access key may hold a slash.
        assert_eq!(parsed.caller.map(|caller| caller.access_key).as_deref(), Some("A/K"));
    }
}

#[test]
fn a_bucket_is_found_in_the_path_and_in_the_host() {
    let authorization = signed_for("s3");
    for (host, target) in [
        ("127.0.0.1:4566", "/logs?policy"),
        ("logs.127.0.0.1:4566", "/?policy"),
        ("logs.localhost:4566", "/?policy"),
        ("logs.s3.eu-west-1.amazonaws.com", "/?policy"),
        ("logs.s3.amazonaws.com", "/?policy"),
        ("s3.eu-west-1.amazonaws.com", "/logs?policy"),
    ] {
        let parsed = parsed("GET", target, &[("authorization", &authorization), ("host", host)], "").expect(host);
        assert_eq!(
            (parsed.operation.name, &parsed.params["Bucket"]),
            ("GetBucketPolicy", &Value::from("logs")),
            "{host}"
        );
    }
}

#[test]
fn s3_and_s3_control_share_a_signing_name() {
    let authorization = signed_for("s3");
    for (target, name) in [("/", "ListBuckets"), ("/v20180820/accesspoint", "ListAccessPoints")] {
        let pairs = [("authorization", authorization.as_str()), ("x-amz-account-id", "123456789012")];
        assert_eq!(parsed("GET", target, &pairs, "").expect(target).operation.name, name);
    }
}

#[test]
fn what_is_not_understood_is_named() {
    let authorization = signed_for("rds");
    let error = parsed("POST", "/", &[("authorization", &authorization)], "Action=DeleteDBInstance&Version=2014-10-31");
    assert_eq!(error.expect_err("no write is modelled").to_string(), "rds has no operation DeleteDBInstance here");
    let error = parsed("GET", "/", &[("authorization", &signed_for("sqs"))], "");
    assert_eq!(error.expect_err("not modelled").to_string(), "no service here is signed for as `sqs`");
    let error = parsed("PUT", "/logs", &[("authorization", &signed_for("s3"))], "").expect_err("a write");
    assert_eq!(error.to_string(), "s3 has no operation PUT /logs here");
}
