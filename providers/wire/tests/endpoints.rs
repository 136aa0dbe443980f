//! Every service in every known region resolves as AWS's own endpoint rule sets say. The fixture is evaluated by
//! scripts/generate-models with botocore's implementation of the rules.

use driftline_wire::endpoint::resolve;
use driftline_wire::models::service;

/// Host and signing region, or nothing where AWS has no such endpoint.
type Expected = Option<(String, String)>;

#[test]
fn endpoints_are_those_of_the_rule_sets() {
    let fixture = include_str!("endpoints.json");
    let expected: Vec<(String, String, [Expected; 4])> = serde_json::from_str(fixture).expect("the fixture is JSON");
    let mut compared = 0;
    for (name, region, variants) in &expected {
        let Some(service) = service(name) else { continue };
        for (expected, (fips, dual_stack)) in
            variants.iter().zip([(false, false), (true, false), (false, true), (true, true)])
        {
            let resolved = resolve(service, region, fips, dual_stack).ok();
            let resolved = resolved.map(|found| (found.url.replacen("https://", "", 1), found.signing_region));
            assert_eq!(&resolved, expected, "{name} in {region}, FIPS {fips}, dual-stack {dual_stack}");
            compared += 1;
        }
    }
    assert!(compared >= 4 * 40, "{compared} endpoints compared");
}

#[test]
fn a_region_of_tomorrow_resolves_in_its_partition() {
    let url = |region| resolve(service("ec2").expect("built in"), region, false, false).expect("has one").url;
    assert_eq!(url("eu-west-9"), "https://ec2.eu-west-9.amazonaws.com");
    assert_eq!(url("cn-south-1"), "https://ec2.cn-south-1.amazonaws.com.cn");
    assert_eq!(url("us-isob-west-7"), "https://ec2.us-isob-west-7.sc2s.sgov.gov");
}

#[test]
fn a_missing_endpoint_says_what_is_missing() {
    let error = resolve(service("s3").expect("built in"), "cn-north-1", true, false).expect_err("China has no FIPS");
    assert_eq!(
        error.to_string(),
        "s3 has no FIPS endpoint in cn-north-1: turn FIPS off for it, or set its endpoint URL"
    );
}
