//! What people read in a pull request.

use super::*;
use crate::render;

#[test]
fn markdown_keeps_values_inside_their_fence() {
    let mut out = Vec::new();
    render::markdown(&everything(), &mut out).expect("a Vec takes everything");
    assert_snapshot!(String::from_utf8(out).expect("UTF-8"), @r#"
    ### Drift: 1 added, 3 changed, 1 removed

    120 resources compared with <code>HEAD</code> (<code>3f9c1e2a7b8d</code>), 2 ignored by rules.

    | | Resource | Name | What |
    | --- | --- | --- | --- |
    | `~` | <code>aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c</code> | prod-app | 5 changes |
    | `~` | <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code> |  | 2 changes |
    | `~` | <code>aws/123456789012/eu-west-1/s3/bucket/acme-logs</code> |  | 3 changes |
    | `+` | <code>aws/123456789012/eu-west-1/s3/bucket/scratch</code> | &#92;u{1b}&#91;2J&#96;&#96;&#96;&#92;n&lt;/details&gt;&#92;u{202e}&#124; | unmanaged: in no restore point |
    | `-` | <code>aws/123456789012/global/route53/record_set/Z0123/www.example.com/A</code> |  | removed: no longer there |

    <code>aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c</code>

    ```diff
      aws/123456789012/eu-west-1/ec2/security_group/sg-0a1b2c
    -   Description: "old"
    +   Description: "new"
    +   IpPermissions[tcp 22]:
    +     { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22 }
    -   IpPermissions[tcp 443].IpRanges[10.0.0.0/8].Description: "office"
    +   IpPermissions[tcp 443].IpRanges[10.0.0.0/8].Description: "home"
    +   IpPermissions[tcp 443].IpRanges[192.168.0.0/16]
    -   tags.Owner: "bob"
    ```

    <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code>

    ```diff
      aws/123456789012/eu-west-1/rds/db_instance/prod-orders
        MasterUserPassword: (secret changed)
    -   PubliclyAccessible: false
    +   PubliclyAccessible: true
    ```

    <code>aws/123456789012/eu-west-1/s3/bucket/acme-logs</code>

    ```diff
      aws/123456789012/eu-west-1/s3/bucket/acme-logs
        Grants[]:
          Grantee: { ID: "79a59df9", Type: "CanonicalUser" }
    -     Permission: "READ"
    +     Permission: "FULL_CONTROL"
        Policy.Statement[Read]:
          Action:   ["s3:GetObject"]
    +     Action[s3:PutObject]
          Effect:   "Allow"
    -     Principal: { AWS: ["arn:aws:iam::123456789012:root"] }
    +     Principal: "*"
          Resource: "arn:aws:s3:::acme-logs/*"
    ```

    <code>aws/123456789012/eu-west-1/s3/bucket/scratch</code>

    ````diff
    + aws/123456789012/eu-west-1/s3/bucket/scratch
    +   Encryption: { Rules: [] }
    +   Grants:     [ 6 elements ]
    +   Location:   "eu-west-1"
    +   tags.Name:  "\u{1b}[2J```\n</details>\u{202e}|"
    ````

    <code>aws/123456789012/global/route53/record_set/Z0123/www.example.com/A</code>

    ```diff
    - aws/123456789012/global/route53/record_set/Z0123/www.example.com/A
    -   Name:            "www.example.com."
    -   ResourceRecords: [{ Value: "192.0.2.1" }]
    -   TTL:             300
    -   Type:            "A"
    ```

    #### Not read (6 gaps)

    Nothing there is compared or taken for removed: this plan is incomplete.

    - **denied** <code>rds:DescribeDBClusters (AccessDenied)</code>
      - <code>rds/db_cluster in aws/123456789012: eu-west-1, us-east-1</code>
      - hint: allow rds:DescribeDBClusters (&#96;driftline iam-policy&#96; prints all that it takes)
    - **denied** <code>s3:GetBucketPolicy (AccessDenied)</code>
      - <code>/Policy of aws/123456789012/eu-west-1/s3/bucket/vault</code>
      - hint: allow s3:GetBucketPolicy (&#96;driftline iam-policy&#96; prints all that it takes)
    - **throttled** <code>route53:ListResourceRecordSets (Throttling)</code>
      - <code>aws/123456789012/global/route53/record_set/Z9/&#42;</code>
      - hint: plan again later, or with a lower --max-rps
    - **failed** <code>elbv2:DescribeListeners (timeout)</code>
      - request 8f1c failed
      - <code>elbv2/listener in aws/123456789012: eu-west-1</code>
    - **failed** <code>ec2:DescribeVpcs (timeout) when the restore point was made</code>
      - request 8f1c failed
      - <code>ec2/vpc in aws/123456789012: eu-west-1</code>
      - hint: what is only live there may not be new: import once it can be read
    "#);
}
