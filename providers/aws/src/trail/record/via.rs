//! With what somebody acted: told by the user agent, and by who made the call on whose behalf.

use driftline_api::Via;
use serde_json::Value;

use super::is_true;
use crate::reader::text;

const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

/// A browser, or what the console's own back ends call themselves.
const CONSOLES: &[&str] = &["console.amazonaws.com", "signin.amazonaws.com", "S3Console/", "Mozilla/"];

const TERRAFORMS: &[&str] = &["Terraform/", "HashiCorp Terraform", "terraform-provider-aws", "OpenTofu"];

const SDKS: &[&str] = &["Boto3/", "Botocore/", "aws-sdk-", "AWS-SDK-", "aws-chalice/", "APN/"];

/// Tools go before the flag that says "credentials of a console session": `aws login` and CloudShell hand such
/// credentials to the CLI and to programs.
pub(super) fn via(record: &Value) -> Via {
    let agent = text(record, "/userAgent");
    let invoked_by = text(record, "/userIdentity/invokedBy");
    let source = text(record, "/sourceIPAddress");
    let holds = |words: &[&str]| words.iter().any(|word| agent.contains(word));
    let on_behalf = || [invoked_by, source, agent].into_iter().any(is_service);
    if [invoked_by, source, agent].contains(&CLOUDFORMATION) {
        Via::CloudFormation
    } else if holds(TERRAFORMS) {
        Via::Terraform
    } else if agent.contains("aws-cli/") {
        Via::Cli
    } else if text(record, "/userIdentity/type") == "AWSService" || on_behalf() {
        Via::Service
    } else if is_true(record.get("sessionCredentialFromConsole")) && !holds(&["Boto3/", "Botocore/"])
        || text(record, "/eventType").starts_with("AwsConsole")
        || holds(CONSOLES)
    {
        Via::Console
    } else if holds(SDKS) {
        Via::Sdk
    } else if [invoked_by, source, agent].contains(&"AWS Internal") || text(record, "/eventType") == "AwsServiceEvent" {
        Via::Service
    } else {
        Via::Unknown
    }
}

/// The host of a service that called; the console's two are people.
fn is_service(host: &str) -> bool {
    let domain =
        [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"].into_iter().any(|domain| host.ends_with(domain));
    domain && !host.contains(' ') && !host.starts_with("console.") && !host.starts_with("signin.")
}
