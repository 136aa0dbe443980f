//! The plan file: what machines read, and driftline itself.

use super::*;
use crate::render;

fn written(plan: &Plan) -> String {
    let mut out = Vec::new();
    render::json(plan, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn json_follows_terraforms_plan_format() {
    let (before, after) = db();
    let denied = gap("us-east-1", "rds/db_cluster", Status::Denied, "rds:DescribeDBClusters", "AccessDenied");
    assert_snapshot!(written(&plan_of(vec![(DB, Some(before), Some(after))], vec![denied], &[])), @r#"
    {
      "applyable": false,
      "complete": false,
      "configuration": {
        "root_module": {}
      },
      "driftline": {
        "against": {
          "commit": "3f9c1e2a7b8d4c5e6f708192a3b4c5d6e7f80912",
          "rev": "HEAD"
        },
        "digest": "2d263efff5b06eda8e3db549d2c1a0ce676d5f53",
        "format": 1,
        "ignored": [],
        "not_read": [
          {
            "account": "123456789012",
            "code": "AccessDenied",
            "kind": "rds/db_cluster",
            "message": "request 8f1c failed",
            "operation": "rds:DescribeDBClusters",
            "provider": "aws",
            "region": "us-east-1",
            "side": "live",
            "status": "denied"
          }
        ],
        "scanned": {
          "accounts": 1,
          "calls": 77,
          "kinds": 4,
          "resources": 120,
          "retries": 2,
          "scopes": 3
        },
        "summary": {
          "added": 0,
          "changed": 1,
          "removed": 0
        }
      },
      "errored": false,
      "format_version": "1.2",
      "output_changes": {},
      "planned_values": {
        "root_module": {}
      },
      "resource_changes": [],
      "resource_drift": [
        {
          "address": "aws/123456789012/eu-west-1/rds/db_instance/prod-orders",
          "change": {
            "actions": [
              "update"
            ],
            "after": {
              "attributes": {
                "DBInstanceClass": "db.m6g.large",
                "MasterUserPassword": "sealed:3d344f0e1f919c0f43285a78da241321",
                "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
                "PubliclyAccessible": true,
                "VpcSecurityGroups": [
                  {
                    "VpcSecurityGroupId": "sg-0a1b2c"
                  }
                ]
              },
              "id": "prod-orders",
              "kind": "rds/db_instance"
            },
            "after_sensitive": {
              "attributes": {
                "MasterUserPassword": true
              }
            },
            "after_unknown": {},
            "before": {
              "attributes": {
                "DBInstanceClass": "db.m6g.large",
                "MasterUserPassword": "sealed:90935ad39fd56216526a557d198f8912",
                "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
                "PubliclyAccessible": false,
                "VpcSecurityGroups": [
                  {
                    "VpcSecurityGroupId": "sg-1"
                  }
                ]
              },
              "id": "prod-orders",
              "kind": "rds/db_instance"
            },
            "before_sensitive": {
              "attributes": {
                "MasterUserPassword": true
              }
            }
          },
          "driftline": {
            "account": "123456789012",
            "changes": [
              {
                "action": "changed",
                "after": "sealed:3d344f0e1f919c0f43285a78da241321",
                "before": "sealed:90935ad39fd56216526a557d198f8912",
                "path": "/attributes/MasterUserPassword"
              },
              {
                "action": "changed",
                "after": true,
                "before": false,
                "path": "/attributes/PubliclyAccessible"
              },
              {
                "action": "added",
                "after": {
                  "VpcSecurityGroupId": "sg-0a1b2c"
                },
                "path": "/attributes/VpcSecurityGroups/[VpcSecurityGroupId=\"sg-0a1b2c\"]"
              },
              {
                "action": "removed",
                "before": {
                  "VpcSecurityGroupId": "sg-1"
                },
                "path": "/attributes/VpcSecurityGroups/[VpcSecurityGroupId=\"sg-1\"]"
              }
            ],
            "drift": "changed",
            "kind": "rds/db_instance",
            "region": "eu-west-1"
          },
          "mode": "managed",
          "name": "prod-orders",
          "provider_name": "aws",
          "type": "rds/db_instance"
        }
      ]
    }
    "#);
}

#[test]
fn a_plan_file_reads_back_as_the_plan_it_was() {
    for plan in
        [everything(), plan_of(vec![], vec![], &[]), changed(DB, json!({"A": null}), json!({"A": 1, "B": null}))]
    {
        let file = written(&plan);
        assert_eq!(Plan::from_json(file.as_bytes()).expect("a plan"), plan);
        assert_eq!(written(&Plan::from_json(file.as_bytes()).expect("a plan")), file);
    }
}

#[test]
fn what_is_no_plan_file_is_refused_with_the_way_out() {
    let file = written(&everything());
    let refused = |text: &str| Plan::from_json(text.as_bytes()).expect_err("no plan").to_string();
    assert_snapshot!(refused("{"), @"the plan file is not JSON: EOF while parsing an object at line 1 column 1");
    assert_snapshot!(refused("{}"), @"the file is no plan of driftline: it has no `format_version`");
    assert_snapshot!(refused(r#"{"format_version": "1.2", "terraform_version": "1.11.4"}"#), @"the file is no plan of driftline: it has no `driftline`");
    assert_snapshot!(refused(&file.replace(r#""format_version": "1.2""#, r#""format_version": "2.0""#)), @"the plan file has format version 2.0, and this driftline reads 1.2; make the plan anew, or update driftline");
    assert_snapshot!(refused(&file.replace(r#""format": 1"#, r#""format": 2"#)), @"the plan file has driftline format 2, and this driftline reads 1; make the plan anew, or update driftline");
    assert_snapshot!(refused(&file.replace(r#""action": "added""#, r#""action": "lost""#)), @"the plan file is damaged at `resource_drift[0].driftline.changes[1].action`: `lost` does not fit `before` and `after`; make the plan anew");
    assert_snapshot!(refused(&file.replace("/attributes/Description", "attributes")), @"the plan file is damaged at `resource_drift[0].driftline.changes[0].path`: `attributes` is not an attribute path: each step begins with `/`; make the plan anew");
    assert_snapshot!(refused(&file.replace(r#""commit""#, r#""comit""#)), @"the plan file is damaged at `driftline.against`: missing field `commit`; make the plan anew");
    assert_snapshot!(refused(&file.replace("AWS moves it", "nobody moves it")), @"the plan file was edited after it was made; --only and --except choose what is accepted");
    assert_snapshot!(refused(&file.replace(DB, "nowhere")), @"the plan file is damaged at `resource_drift[1].address`: `nowhere` is not an address: expected `aws/<account>/<region or global>/<service>/<resource>/<id>`; make the plan anew");
}
