use driftline_wire::models::{SERVICES, service};
use serde_json::json;

use super::*;
use crate::operations::rows;

const REGION: &str = "eu-west-1";

fn account(service: &str, region: &str, description: Value) -> Account {
    let mut account = Account::new("123456789012", &[REGION, "us-east-1"]);
    *account.describe(region, service) = description;
    account
}

fn ask(account: &Account, operation: &str, params: &Value, paging: Paging) -> Result<Value, Refusal> {
    let (service_name, operation) = operation.split_once(':').expect("service:Operation");
    let service = service(service_name).expect("a service");
    let operation = service.operation(operation).expect("an operation");
    let params = params.as_object().expect("an object");
    answer(account, Question { service, operation, params, region: REGION }, paging)
}

fn check(account: &Account, operation: &str, params: &Value, expected: &Value) {
    let answer = ask(account, operation, params, Paging::default());
    assert_eq!(answer.as_ref(), Ok(expected), "{operation} {params}");
}

fn refused(account: &Account, operation: &str, params: &Value, status: u16, code: &str) {
    let refusal = ask(account, operation, params, Paging::default()).expect_err(code);
    assert_eq!((refusal.status, refusal.code.as_str()), (status, code), "{operation} {params}: {}", refusal.message);
}

#[test]
fn every_row_is_of_an_operation_and_names_what_it_has() {
    for row in rows() {
        let (service_name, name) = row.operation.split_once(':').expect("service:Operation");
        let service = SERVICES.iter().find(|service| service.name == service_name).expect(row.operation);
        let operation = service.operation(name).unwrap_or_else(|| panic!("{} is not modelled", row.operation));
        let member = match row.gives {
            Gives::Items(member) | Gives::Item(member) | Gives::Inner(member, ..) | Gives::TagLines(member, _) => {
                Some(member)
            }
            Gives::Element { member, .. } => Some(member),
            _ => None,
        };
        for name in member.into_iter().chain(row.omits.iter().copied().filter(|_| member.is_none())) {
            assert!(operation.output.member(name).is_some(), "{} answers no {name}", row.operation);
        }
        if let Some((_, param)) = row.missing() {
            let name = param.trim_start_matches('/').split('/').next().unwrap_or_default();
            assert!(operation.input.member(name).is_some(), "{} takes no {name}", row.operation);
        }
    }
}

#[test]
fn items_are_narrowed_by_names_and_filters() {
    let groups = json!([
        {"GroupId": "sg-1", "VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "a"}]},
        {"GroupId": "sg-2", "VpcId": "vpc-2", "IpPermissions": [{"FromPort": 22}]},
    ]);
    let account = account("ec2", REGION, json!({"SecurityGroups": groups}));
    let only = |index: usize| json!({"SecurityGroups": [groups[index]]});
    for (params, expected) in [
        (json!({"GroupIds": ["sg-1"]}), only(0)),
        (json!({"Filters": [{"Name": "vpc-id", "Values": ["vpc-2", "vpc-3"]}]}), only(1)),
        (json!({"Filters": [{"Name": "tag:Name", "Values": ["?"]}]}), only(0)),
        (json!({"Filters": [{"Name": "tag-key", "Values": ["Name"]}]}), only(0)),
        (json!({"Filters": [{"Name": "ip-permission.from-port", "Values": ["22"]}]}), only(1)),
        (json!({"Filters": [{"Name": "vpc-id", "Values": ["*"]}, {"Name": "group-id", "Values": ["sg-2"]}]}), only(1)),
    ] {
        check(&account, "ec2:DescribeSecurityGroups", &params, &expected);
    }
    refused(
        &account,
        "ec2:DescribeSecurityGroups",
        &json!({"GroupIds": ["sg-1", "sg-9"]}),
        400,
        "InvalidGroup.NotFound",
    );
}

#[test]
fn what_an_item_lacks_is_refused_or_empty_as_aws_does() {
    let bucket = json!({"Name": "logs", "BucketRegion": REGION, "GetBucketVersioning": {"Status": "Enabled"}});
    let account = account("s3", GLOBAL, json!({"Buckets": [bucket, {"Name": "far", "BucketRegion": "us-east-1"}]}));
    let logs = json!({"Bucket": "logs"});
    check(&account, "s3:GetBucketVersioning", &logs, &json!({"Status": "Enabled"}));
    check(&account, "s3:GetBucketLogging", &logs, &json!({}));
    refused(&account, "s3:GetBucketPolicy", &logs, 404, "NoSuchBucketPolicy");
    refused(&account, "s3:GetBucketPolicy", &json!({"Bucket": "nobody"}), 404, "NoSuchBucket");
    refused(&account, "s3:GetBucketPolicy", &json!({}), 400, "ValidationError");
    let refusal =
        ask(&account, "s3:GetBucketPolicy", &json!({"Bucket": "far"}), Paging::default()).expect_err("elsewhere");
    assert_eq!(
        (refusal.status, refusal.headers),
        (301, vec![("x-amz-bucket-region".to_owned(), "us-east-1".to_owned())])
    );
}

#[test]
fn json_documents_become_the_strings_that_aws_makes_of_them() {
    let document = json!({"Statement": []});
    let role = json!({"RoleName": "a", "AssumeRolePolicyDocument": document, "Tags": [{"Key": "b", "Value": "c"}]});
    let account = account("iam", GLOBAL, json!({"Roles": [role]}));
    let encoded = "%7B%22Statement%22%3A%5B%5D%7D";
    let listed = json!({"IsTruncated": false, "Roles": [{"RoleName": "a", "AssumeRolePolicyDocument": encoded}]});
    check(&account, "iam:ListRoles", &json!({}), &listed);
    let got = ask(&account, "iam:GetRole", &json!({"RoleName": "a"}), Paging::default()).expect("an answer");
    assert_eq!(got["Role"]["Tags"][0]["Key"], "b");
}

/// All pages of an operation, by following its tokens.
fn pages(account: &Account, operation: &str, mut params: Value, at_most: usize) -> Vec<Value> {
    let paging = Paging { at_most: Some(at_most), ..Paging::default() };
    let (service_name, name) = operation.split_once(':').expect("service:Operation");
    let paginator = service(service_name).and_then(|it| it.operation(name)).and_then(|it| it.paginator.as_ref());
    let paginator = paginator.expect("it pages");
    let mut pages = Vec::new();
    loop {
        let page = ask(account, operation, &params, paging).expect("a page");
        let mut more = false;
        for (input, output) in paginator.input_tokens.iter().zip(paginator.output_tokens) {
            if let Some(token) = page.get(*output) {
                params[*input] = token.clone();
                more = true;
            } else if let Some(params) = params.as_object_mut() {
                params.remove(*input);
            }
        }
        if let Some(name) = paginator.more_results {
            assert_eq!(page[name], more, "{operation}");
        }
        pages.push(page);
        if !more {
            return pages;
        }
        assert!(pages.len() < 100, "{operation} does not end");
    }
}

#[test]
fn pages_together_are_the_whole() {
    let vpcs: Vec<Value> = (0..5).map(|number| json!({"VpcId": format!("vpc-{number}")})).collect();
    let account = account("ec2", REGION, json!({"Vpcs": vpcs}));
    for (size, expected) in [(1, 5), (2, 3), (5, 1), (9, 1)] {
        let pages = pages(&account, "ec2:DescribeVpcs", json!({}), size);
        assert_eq!(pages.len(), expected);
        let together: Vec<Value> =
            pages.iter().flat_map(|page| page["Vpcs"].as_array().cloned().unwrap_or_default()).collect();
        assert_eq!(together, vpcs);
    }
    refused(&account, "ec2:DescribeVpcs", &json!({"NextToken": "nonsense"}), 400, "InvalidNextToken");
    let other = ask(&account, "ec2:DescribeVpcs", &json!({"MaxResults": 2}), Paging::default()).expect("a page");
    refused(&account, "ec2:DescribeSubnets", &json!({"NextToken": other["NextToken"]}), 400, "InvalidNextToken");
}

/// The laws of paging, over every list of a generated account that can be asked for without naming anything.
#[test]
fn pages_of_a_generated_account_are_its_lists_each_item_once() {
    let generated = crate::Generated { regions: vec![REGION.to_owned()], ..crate::Generated::new(5, 1500) };
    let world = generated.world();
    let account = world.accounts().next().expect("an account");
    let mut listed = 0;
    for service in SERVICES.iter().filter(|service| !matches!(service.name, "sts" | "cloudtrail")) {
        for operation in service.operations {
            let Some(paginator) = &operation.paginator else { continue };
            if operation.input.members.iter().any(|member| member.required && member.name != "AccountId") {
                continue;
            }
            let name = format!("{}:{}", service.name, operation.name);
            // Some say only of something named what they hold.
            if ask(account, &name, &json!({}), Paging::default()).is_err() {
                continue;
            }
            let lists: Vec<&str> = paginator.result_keys.iter().map(|key| key.trim_start_matches('/')).collect();
            let of = |size: usize| -> Vec<(usize, Vec<Value>)> {
                // As the caller asks, where it can; else as the endpoint is told.
                let (params, at_most) = match paginator.limit_key {
                    Some(key) => (json!({ key: size }), usize::MAX),
                    None => (json!({}), size),
                };
                let pages = pages(account, &name, params, at_most);
                let items = |page: &Value| -> Vec<Value> {
                    lists.iter().flat_map(|list| page[*list].as_array().cloned().unwrap_or_default()).collect()
                };
                pages.iter().map(|page| (items(page).len(), items(page))).collect()
            };
            let whole: Vec<Value> = of(1_000_000).into_iter().flat_map(|(_, items)| items).collect();
            let size = whole.len() / 7 + 1;
            let small = of(size);
            assert!(small.iter().rev().skip(1).all(|(length, _)| *length == size), "{name}: only the last is shorter");
            let together: Vec<Value> = small.into_iter().flat_map(|(_, items)| items).collect();
            assert_eq!(together.len(), whole.len(), "{name}");
            assert!(together == whole, "{name}: pages of {size} are another list");
            let distinct: std::collections::BTreeSet<String> = whole.iter().map(Value::to_string).collect();
            assert_eq!(distinct.len(), whole.len(), "{name}: an item comes twice");
            listed += whole.len();
        }
    }
    assert!(listed > 1500, "{listed} items");
}

#[test]
fn pages_are_as_large_as_each_operation_makes_them() {
    let items = |name: &str, count: usize| -> Value {
        (0..count).map(|number| json!({ name: format!("n-{number}") })).collect()
    };
    let rds = account("rds", REGION, json!({"DBInstances": items("DBInstanceIdentifier", 250)}));
    let iam = account("iam", GLOBAL, json!({"Roles": items("RoleName", 2500)}));
    let ec2 = account(
        "ec2",
        REGION,
        json!({"Vpcs": items("VpcId", 2500), "LaunchTemplates": items("LaunchTemplateId", 900)}),
    );
    for (account, operation, params, list, expected) in [
        (&rds, "rds:DescribeDBInstances", json!({}), "DBInstances", 100),
        (&rds, "rds:DescribeDBInstances", json!({"MaxRecords": 20}), "DBInstances", 20),
        (&iam, "iam:ListRoles", json!({}), "Roles", 100),
        (&iam, "iam:ListRoles", json!({"MaxItems": 700}), "Roles", 700),
        (&iam, "iam:ListRoles", json!({"MaxItems": 5000}), "Roles", 1000),
        (&ec2, "ec2:DescribeVpcs", json!({"MaxResults": 9000}), "Vpcs", 1000),
        (&ec2, "ec2:DescribeLaunchTemplates", json!({"MaxResults": 900}), "LaunchTemplates", 200),
    ] {
        let page = ask(account, operation, &params, Paging::default()).expect("a page");
        assert_eq!(page[list].as_array().map(Vec::len), Some(expected), "{operation} {params}");
    }
}

#[test]
fn several_lists_are_paged_as_one() {
    let world = json!({"Users": [{"UserName": "a"}, {"UserName": "b"}], "Groups": [], "Roles": [{"RoleName": "c"}], "Policies": []});
    let account = account("iam", GLOBAL, world);
    let pages = pages(&account, "iam:GetAccountAuthorizationDetails", json!({}), 2);
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0]["UserDetailList"].as_array().map(Vec::len), Some(2));
    assert_eq!(pages[1]["UserDetailList"], json!([]));
    assert_eq!(pages[1]["RoleDetailList"], json!([{"RoleName": "c"}]));
}

#[test]
fn record_sets_are_paged_by_name_type_and_identifier() {
    let records = json!([
        {"Name": "a.example.", "Type": "A"},
        {"Name": "a.example.", "Type": "AAAA"},
        {"Name": "b.example.", "Type": "A", "SetIdentifier": "one"},
        {"Name": "b.example.", "Type": "A", "SetIdentifier": "two"},
    ]);
    let zone = json!({"Id": "/hostedzone/Z1", "ResourceRecordSets": records});
    let account = account("route53", GLOBAL, json!({"HostedZones": [zone]}));
    for size in 1..=4 {
        let pages = pages(&account, "route53:ListResourceRecordSets", json!({"HostedZoneId": "Z1"}), size);
        let together: Vec<Value> =
            pages.iter().flat_map(|page| page["ResourceRecordSets"].as_array().cloned().unwrap_or_default()).collect();
        assert_eq!(Value::from(together), records, "{size}");
    }
    let gone = json!({"HostedZoneId": "Z1", "StartRecordName": "aa.example.", "StartRecordType": "A"});
    let page = ask(&account, "route53:ListResourceRecordSets", &gone, Paging::default()).expect("a page");
    assert_eq!(page["ResourceRecordSets"][0]["Name"], "b.example.");
}

#[test]
fn stuck_paging_gives_the_first_page_with_the_same_token() {
    let account = account("ec2", REGION, json!({"Vpcs": [{"VpcId": "vpc-1"}]}));
    let paging = Paging { stuck: true, ..Paging::default() };
    let first = ask(&account, "ec2:DescribeVpcs", &json!({}), paging).expect("a page");
    let second = ask(&account, "ec2:DescribeVpcs", &json!({"NextToken": first["NextToken"]}), paging).expect("a page");
    assert_eq!(first, second);
}

/// The demo account holds nothing that no operation answers: a member with a slip of the pen would go unnoticed.
#[test]
fn every_member_of_the_demo_account_is_answered_by_some_operation() {
    let world = crate::demo();
    let account = world.account(crate::DEMO_ACCOUNT).expect("the demo account");
    let mut unknown = Vec::new();
    for (region, name, description) in account.descriptions() {
        let service = service(name).expect("a service");
        for (collection, items) in description.as_object().expect("collections") {
            if let Some(operation) = service.operation(collection) {
                strangers(&Shape::Structure(operation.output), items, &format!("{name}/{collection}"), &mut unknown);
                continue;
            }
            let shapes = shapes_of(service, collection);
            for item in items.as_array().expect("a list") {
                item_strangers(service, &shapes, item, &format!("{region}/{name}/{collection}"), &mut unknown);
            }
        }
    }
    unknown.sort();
    unknown.dedup();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The structures as which operations answer a collection's items.
fn shapes_of(service: &Service, collection: &str) -> Vec<&'static Structure> {
    let mut found = Vec::new();
    for operation in service.operations {
        let row = row(service.name, operation.name);
        let in_collection = |of: &str| of.trim_start_matches('/').split('/').next() == Some(collection);
        match row.map(|row| (row.gives, row.of)) {
            Some((Gives::Items(member), of)) if in_collection(of) => found.extend(element(operation.output, member)),
            Some((Gives::Spread, of)) if in_collection(of) => found.push(operation.output),
            Some((Gives::Item(member), of)) if in_collection(of) => {
                if let Some(Shape::Structure(structure)) = operation.output.member(member).map(|member| member.shape) {
                    found.push(structure);
                }
            }
            Some((Gives::Lists(listings), _)) => {
                let listings = listings.iter().filter(|listing| in_collection(listing.of) && listing.gives.is_empty());
                found.extend(listings.filter_map(|listing| element(operation.output, listing.member)));
            }
            None => found.extend(element(operation.output, collection)),
            _ => {}
        }
    }
    found
}

fn item_strangers(
    service: &Service,
    shapes: &[&'static Structure],
    item: &Value,
    path: &str,
    unknown: &mut Vec<String>,
) {
    // What lies in items for operations that answer a part of them, or choose by it.
    let parts = [
        "Tags",
        "TagList",
        "Attributes",
        "Parameters",
        "PolicyDescriptions",
        "Entries",
        "ResourceRecordSets",
        "DelegationSet",
        "VPCs",
        "LoadBalancerArn",
        "ListenerArn",
        "DBProxyName",
        "TargetGroupName",
    ];
    for (name, value) in item.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        let members: Vec<_> = shapes.iter().filter_map(|shape| shape.member(name)).collect();
        if let Some(operation) = service.operation(name) {
            let listed = shapes
                .iter()
                .any(|shape| value.as_object().is_some_and(|it| it.keys().all(|key| shape.member(key).is_some())));
            if !listed {
                strangers(&Shape::Structure(operation.output), value, &path, unknown);
            }
        } else if members.is_empty() && !parts.contains(&name.as_str()) {
            // Instances hold what is asked of them one attribute at a time.
            unknown.push(path);
        } else if !members.iter().any(|member| {
            let mut found = Vec::new();
            strangers(member.shape, value, &path, &mut found);
            found.is_empty()
        }) && let Some(member) = members.first()
        {
            strangers(member.shape, value, &path, unknown);
        }
    }
}

fn strangers(shape: &Shape, value: &Value, path: &str, unknown: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members {
                match structure.member(name) {
                    Some(member) => strangers(member.shape, value, &format!("{path}/{name}"), unknown),
                    None if name.starts_with("Describe") => {}
                    None => unknown.push(format!("{path}/{name}")),
                }
            }
        }
        (Shape::List(list), Value::Array(items)) => {
            for item in items {
                strangers(list.member, item, path, unknown);
            }
        }
        (Shape::Map(map), Value::Object(entries)) => {
            for value in entries.values() {
                strangers(map.value, value, path, unknown);
            }
        }
        (Shape::String { .. }, Value::String(_) | Value::Object(_))
        | (Shape::Timestamp(_) | Shape::Blob { .. }, Value::String(_))
        | (Shape::Boolean, Value::Bool(_))
        | (Shape::Integer | Shape::Float, Value::Number(_)) => {}
        (_, value) => unknown.push(format!("{path}: {value} is of another type")),
    }
}
