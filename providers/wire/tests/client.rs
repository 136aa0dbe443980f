//! What each protocol writes and reads, one feature a test. Bodies are recorded from AWS's API references, shortened.

use driftline_wire::client::{AnswerError, answer, error, request};
use driftline_wire::model::{Operation, Service};
use driftline_wire::models::service;
use serde_json::{Value, json};

fn find(name: &str, operation: &str) -> (&'static Service, &'static Operation) {
    let service = service(name).expect(name);
    (service, service.operation(operation).expect(operation))
}

fn read(name: &str, operation: &str, body: &str) -> Result<Value, AnswerError> {
    let (service, operation) = find(name, operation);
    answer(service, operation, 200, &[], body.as_bytes(), &|secret| format!("sealed:{}", secret.len()))
}

#[track_caller]
fn check(name: &str, operation: &str, body: &str, expected: &Value) {
    assert_eq!(&read(name, operation, body).expect("an answer"), expected);
}

#[track_caller]
fn malformed(name: &str, operation: &str, body: &str) -> String {
    match read(name, operation, body) {
        Err(error @ AnswerError::Malformed { .. }) => error.to_string(),
        other => panic!("read as {other:?}"),
    }
}

const DB_INSTANCES: &str = r#"<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
  <DescribeDBInstancesResult>
    <Marker>next</Marker>
    <DBInstances>
      <DBInstance>
        <DBInstanceIdentifier>prod-orders</DBInstanceIdentifier>
        <AllocatedStorage>100</AllocatedStorage>
        <MultiAZ>true</MultiAZ>
        <InstanceCreateTime>2024-01-02T03:04:05.678Z</InstanceCreateTime>
        <Endpoint><Address>prod-orders.x.eu-west-1.rds.amazonaws.com</Address><Port>5432</Port></Endpoint>
        <VpcSecurityGroups/>
        <PendingModifiedValues><MasterUserPassword>hunter2</MasterUserPassword></PendingModifiedValues>
        <TagList><Tag><Key>a &amp; b</Key><Value> &#x41;<![CDATA[<c>]]> </Value></Tag></TagList>
        <SomethingNew><Deep>1</Deep></SomethingNew>
      </DBInstance>
    </DBInstances>
  </DescribeDBInstancesResult>
  <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
</DescribeDBInstancesResponse>"#;

#[test]
fn query_answers_are_read_within_their_wrapper() {
    let expected = json!({
        "Marker": "next",
        "DBInstances": [{
            "DBInstanceIdentifier": "prod-orders",
            "AllocatedStorage": 100,
            "MultiAZ": true,
            "InstanceCreateTime": "2024-01-02T03:04:05.678Z",
            "Endpoint": { "Address": "prod-orders.x.eu-west-1.rds.amazonaws.com", "Port": 5432 },
            "VpcSecurityGroups": [],
            "PendingModifiedValues": { "MasterUserPassword": "sealed:7" },
            "TagList": [{ "Key": "a & b", "Value": " A<c> " }],
        }],
    });
    check("rds", "DescribeDBInstances", DB_INSTANCES, &expected);
}

#[test]
fn an_answer_cut_short_anywhere_is_no_answer() {
    for end in 0..DB_INSTANCES.len() {
        malformed("rds", "DescribeDBInstances", &DB_INSTANCES[..end]);
    }
    let whole = format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- c -->{DB_INSTANCES}\n");
    assert!(read("rds", "DescribeDBInstances", &whole).is_ok());
    malformed("rds", "DescribeDBInstances", &format!("{DB_INSTANCES}{DB_INSTANCES}"));
}

#[test]
fn a_body_that_is_something_else_is_refused_by_name() {
    let page = "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>";
    assert_eq!(
        malformed("ec2", "DescribeVpcs", page),
        "the answer to ec2 DescribeVpcs cannot be understood: its body is not the XML of an answer"
    );
    assert_eq!(
        malformed("ec2", "DescribeVpcs", "<html></html>"),
        "the answer to ec2 DescribeVpcs cannot be understood: expected <DescribeVpcsResponse>, found <html>"
    );
    let wrong = DB_INSTANCES.replace("DescribeDBInstancesResult>", "DescribeDBClustersResult>");
    assert!(malformed("rds", "DescribeDBInstances", &wrong).ends_with("it has no <DescribeDBInstancesResult>"));
    let wrong = DB_INSTANCES.replace(">5432<", ">many<");
    assert!(
        malformed("rds", "DescribeDBInstances", &wrong)
            .ends_with("DBInstances/DBInstance/Endpoint/Port: `many` is not an integer")
    );
}

#[test]
fn ec2_answers_have_lists_of_items_and_nil_members() {
    let body = r#"<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <requestId>r-1</requestId><addedLater/>
        <vpcSet><item><addedLater a="1"/><vpcId>vpc-1</vpcId><isDefault>false</isDefault><cidrBlock xsi:nil="true"/>
        <ipv6CidrBlockAssociationSet/></item></vpcSet>
    </DescribeVpcsResponse>"#;
    let expected = json!({ "Vpcs": [{ "VpcId": "vpc-1", "IsDefault": false, "Ipv6CidrBlockAssociationSet": [] }] });
    check("ec2", "DescribeVpcs", body, &expected);
}

#[test]
fn s3_answers_have_flattened_lists_attributes_and_prefixes() {
    let rules = r#"<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <CORSRule><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule>
        <CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>
    </CORSConfiguration>"#;
    let expected = json!({ "CORSRules": [
        { "AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": 5 },
        { "AllowedOrigins": ["*"] },
    ] });
    check("s3", "GetBucketCors", rules, &expected);

    let acl = r#"<s3:AccessControlPolicy xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"><s3:AccessControlList><s3:Grant>
        <s3:Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><s3:ID>1</s3:ID></s3:Grantee>
        <s3:Permission>READ</s3:Permission></s3:Grant></s3:AccessControlList></s3:AccessControlPolicy>"#;
    let expected = json!({ "Grants": [{ "Grantee": { "Type": "CanonicalUser", "ID": "1" }, "Permission": "READ" }] });
    check("s3", "GetBucketAcl", acl, &expected);
}

#[test]
fn s3_payloads_are_the_body() {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    check("s3", "GetBucketPolicy", policy, &json!({ "Policy": policy }));
    for other in ["", "{\"Version\":", "<!DOCTYPE html>\n<html><body>Sign in</body></html>"] {
        assert!(matches!(read("s3", "GetBucketPolicy", other), Err(AnswerError::Malformed { .. })), "{other}");
    }
    let block =
        "<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls></PublicAccessBlockConfiguration>";
    check(
        "s3",
        "GetPublicAccessBlock",
        block,
        &json!({ "PublicAccessBlockConfiguration": { "BlockPublicAcls": true } }),
    );
}

#[test]
fn s3_locations_are_the_root_itself() {
    let location = |text: &str| format!(r#"<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"{text}"#);
    let (given, absent) = (location(">eu-west-1</LocationConstraint>"), location("/>"));
    check("s3", "GetBucketLocation", &given, &json!({ "LocationConstraint": "eu-west-1" }));
    check("s3", "GetBucketLocation", &absent, &json!({}));
}

#[test]
fn an_error_with_status_200_is_an_error() {
    let body = "<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>Please reduce</Message></Error>";
    for operation in ["GetBucketCors", "GetBucketPolicy", "GetPublicAccessBlock", "GetBucketLocation"] {
        match read("s3", operation, body) {
            Err(AnswerError::Service(error)) => {
                assert_eq!((error.code.as_str(), error.message.as_str()), ("SlowDown", "Please reduce"));
            }
            other => panic!("{operation}: {other:?}"),
        }
    }
}

#[test]
fn json_answers_have_times_as_numbers() {
    let body =
        r#"{"Certificate":{"CertificateArn":"arn","CreatedAt":1.704164645123E9,"InUseBy":[],"New":1,"Serial":null}}"#;
    let expected =
        json!({ "Certificate": { "CertificateArn": "arn", "CreatedAt": "2024-01-02T03:04:05.123Z", "InUseBy": [] } });
    check("acm", "DescribeCertificate", body, &expected);
    for end in 0..body.len() {
        malformed("acm", "DescribeCertificate", &body[..end]);
    }
    malformed("acm", "DescribeCertificate", r#"{"Certificate":{"InUseBy":"no list"}}"#);
}

#[test]
fn each_protocol_tells_errors_in_its_way() {
    let told = |name: &str, status, headers: &[(&str, &str)], body: &str| {
        let found = error(service(name).expect(name), status, headers, body.as_bytes());
        (found.code, found.message, found.request_id.unwrap_or_default())
    };
    let expect = |code: &str, message: &str, id: &str| (code.to_owned(), message.to_owned(), id.to_owned());
    let query = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a &lt; b</Message></Error><RequestId>1</RequestId></ErrorResponse>";
    assert_eq!(told("rds", 403, &[], query), expect("AccessDenied", "a < b", "1"));
    let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>2</RequestID></Response>";
    assert_eq!(told("ec2", 403, &[], ec2), expect("UnauthorizedOperation", "no", "2"));
    let s3 = "<Error><Code>NoSuchBucket</Code><Message>gone</Message><BucketName>b</BucketName><RequestId>3</RequestId></Error>";
    assert_eq!(told("s3", 404, &[], s3), expect("NoSuchBucket", "gone", "3"));
    assert_eq!(told("s3", 403, &[("X-Amz-Request-Id", "4")], ""), expect("403", "Forbidden", "4"));
    let json = r#"{"__type":"com.amazonaws.acm#AccessDeniedException:http://x","Message":"no"}"#;
    assert_eq!(told("acm", 400, &[("x-amzn-RequestId", "5")], json), expect("AccessDeniedException", "no", "5"));
    let headers = [("x-amzn-ErrorType", "ThrottlingException:http://x")];
    assert_eq!(told("acm", 400, &headers, ""), expect("ThrottlingException", "", ""));
    assert_eq!(told("rds", 502, &[], "<html><Code>x</Code></html>"), expect("502", "Bad Gateway", ""));
    // What was cut short still tells what it told.
    let cut = query.find("a &lt;").expect("there");
    assert_eq!(told("rds", 403, &[], &query[..cut]), expect("AccessDenied", "", ""));
}

fn write(name: &str, operation: &str, params: &Value) -> (String, String) {
    let (service, operation) = find(name, operation);
    let request = request(service, operation, params).expect("fits");
    (format!("{} {}", request.method, request.path_and_query), String::from_utf8(request.body).expect("text"))
}

#[test]
fn each_protocol_writes_requests_in_its_way() {
    let filters = json!({ "Filters": [{ "Name": "vpc-id", "Values": ["vpc-1", "a b"] }], "MaxResults": 5 });
    assert_eq!(
        write("ec2", "DescribeSubnets", &filters),
        (
            "POST /".to_owned(),
            "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1\
             &Filter.1.Value.2=a%20b&MaxResults=5"
                .to_owned()
        )
    );
    let arns = json!({ "ResourceArns": ["arn:1", "arn:2"] });
    assert_eq!(
        write("elbv2", "DescribeTags", &arns).1,
        "Action=DescribeTags&Version=2015-12-01&ResourceArns.member.1=arn%3A1&ResourceArns.member.2=arn%3A2"
    );
    let ids = json!({ "ResourceType": "hostedzone", "ResourceIds": ["Z1", "Z<2"] });
    assert_eq!(
        write("route53", "ListTagsForResources", &ids),
        (
            "POST /2013-04-01/tags/hostedzone".to_owned(),
            "<ListTagsForResourcesRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ResourceIds>\
             <ResourceId>Z1</ResourceId><ResourceId>Z&lt;2</ResourceId></ResourceIds></ListTagsForResourcesRequest>"
                .to_owned()
        )
    );
    assert_eq!(
        write("route53", "ListResourceRecordSets", &json!({ "HostedZoneId": "/hostedzone/Z1", "MaxItems": "300" })).0,
        "GET /2013-04-01/hostedzone/Z1/rrset?maxitems=300"
    );
    assert_eq!(write("acm", "ListCertificates", &json!({ "MaxItems": 10 })).1, r#"{"MaxItems":10}"#);
    assert_eq!(write("acm", "ListCertificates", &Value::Null).1, "{}");
}

#[test]
fn s3_requests_name_the_bucket_in_the_path_or_not() {
    let (service, operation) = find("s3", "GetBucketPolicy");
    let path = request(service, operation, &json!({ "Bucket": "my.bucket" })).expect("fits");
    assert_eq!(path.path_and_query, "/my.bucket?policy");
    assert_eq!(path.without_bucket("my.bucket").path_and_query, "/?policy");
    let (service, operation) = find("s3control", "GetPublicAccessBlock");
    let account = request(service, operation, &json!({ "AccountId": "123456789012" })).expect("fits");
    assert_eq!(account.host_prefix.as_deref(), Some("123456789012."));
    assert_eq!(account.headers, [("x-amz-account-id".to_owned(), "123456789012".to_owned())]);
}

#[test]
fn parameters_that_do_not_fit_are_refused_by_name() {
    let refused = |name, operation, params: Value| {
        let (service, operation) = find(name, operation);
        request(service, operation, &params).expect_err("does not fit").to_string()
    };
    assert_eq!(
        refused("rds", "DescribeDBInstances", json!({ "Identifier": "x" })),
        "rds DescribeDBInstances: there is no parameter `Identifier`"
    );
    assert_eq!(
        refused("s3", "GetBucketPolicy", json!({ "Bucket": null })),
        "s3 GetBucketPolicy: the parameter `Bucket` is missing"
    );
    assert_eq!(
        refused("s3", "GetBucketPolicy", json!({ "Bucket": "" })),
        "s3 GetBucketPolicy: the parameter `Bucket` is empty"
    );
    assert_eq!(
        refused("ec2", "DescribeVpcs", json!({ "Filters": [{ "Name": "a", "Values": [1] }] })),
        "ec2 DescribeVpcs: the parameter `Filters[0].Values[0]` must be a string, not 1"
    );
    assert_eq!(
        refused("s3control", "ListAccessPoints", json!({ "AccountId": "evil.example/" })),
        "s3control ListAccessPoints: the parameter `AccountId` must be a part of a host name, not `evil.example/`"
    );
}
