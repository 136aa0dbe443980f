//! The canonical form of IAM policies: what means the same is written the same, and nothing else is touched.
//!
//! By the grammar (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>):
//!
//! - a single statement, action, resource, principal or condition value may be written without a list; here it is
//!   always a list, sorted, without repetitions. Actions are sorted without regard to case, which they do not have.
//! - quotation marks around numbers and booleans are optional in conditions; here they are always there.
//! - an account number as a principal is the account's root, and AWS turns one into the other when a policy is saved
//!   (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>); here it is the
//!   ARN, if the partition is known from the resource's own ARN or from the other ARNs of the policy.
//!
//! Kept as they are:
//!
//! - the order of statements. It means nothing to AWS, but it does to those who read and review the policy.
//! - the spelling of actions, and `"*"` beside `{"AWS": "*"}`, which mean the same only in some kinds of policies.
//! - principals that have become unique ids (`AIDA…`): that the user or role is gone is something to be seen.
//! - unknown members, and whatever does not have the form that the grammar gives it.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::order::{canonical_number, compare};

/// Reads a policy's text. IAM answers percent-encoded (RFC 3986), all others plain; JSON text that is valid as it
/// stands is never percent-encoded.
pub(super) fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| {
        let decoded = text.contains('%').then(|| percent_decode_str(text).decode_utf8().ok())??;
        serde_json::from_str(&decoded).ok()
    })
}

/// `aws` of `arn:aws:iam::123456789012:root`.
pub(super) fn partition_of_arn(arn: &str) -> Option<&str> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let is_name = partition.starts_with("aws") && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    (is_name && rest.contains(':')).then_some(partition)
}

/// Brings a parsed policy into its canonical form. `partition` is that of the resource it belongs to.
pub(super) fn canonicalize(policy: &mut Value, partition: Option<&str>) {
    let partition = partition.map(str::to_owned).or_else(|| partition_of_arns(policy));
    let Some(statements) = policy.get_mut("Statement") else { return };
    if statements.is_object() {
        *statements = Value::Array(vec![statements.take()]);
    }
    for statement in statements.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        canonicalize_statement(statement, partition.as_deref());
    }
}

fn canonicalize_statement(statement: &mut Map<String, Value>, partition: Option<&str>) {
    for (name, value) in statement {
        match name.as_str() {
            "Action" | "NotAction" => {
                into_set(value);
                if let Value::Array(actions) = value {
                    // Stable: what differs in case only stays in the order of its bytes.
                    actions.sort_by_cached_key(|action| action.as_str().map(str::to_ascii_lowercase));
                }
            }
            "Resource" | "NotResource" => into_set(value),
            "Principal" | "NotPrincipal" => {
                for (sort, principals) in value.as_object_mut().into_iter().flatten() {
                    if sort == "AWS" {
                        spell_out_accounts(principals, partition);
                    }
                    into_set(principals);
                }
            }
            "Condition" => {
                let operators = value.as_object_mut().into_iter().flat_map(Map::values_mut);
                for values in operators.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
                    quote(values);
                    into_set(values);
                }
            }
            _ => {}
        }
    }
}

/// A string becomes a list of one; a list is sorted, and what it repeats is said once.
fn into_set(value: &mut Value) {
    if value.is_string() {
        *value = Value::Array(vec![value.take()]);
    }
    if let Value::Array(elements) = value {
        elements.sort_by(compare);
        elements.dedup();
    }
}

/// `true` is `"true"` and `5` is `"5"`.
fn quote(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().filter(|element| !element.is_array()).for_each(quote),
        Value::Bool(boolean) => *value = Value::String(boolean.to_string()),
        Value::Number(number) => {
            canonical_number(number);
            *value = Value::String(number.to_string());
        }
        Value::Null | Value::String(_) | Value::Object(_) => {}
    }
}

fn spell_out_accounts(principals: &mut Value, partition: Option<&str>) {
    let Some(partition) = partition else { return };
    let spell_out = |principal: &mut Value| {
        if let Value::String(text) = principal
            && text.len() == 12
            && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            *text = format!("arn:{partition}:iam::{text}:root");
        }
    };
    match principals {
        Value::Array(elements) => elements.iter_mut().for_each(spell_out),
        single => spell_out(single),
    }
}

/// The partition that all ARNs among the principals and resources of a policy agree on.
fn partition_of_arns(policy: &Value) -> Option<String> {
    let statements: &[Value] = match policy.get("Statement")? {
        Value::Array(statements) => statements,
        single => std::slice::from_ref(single),
    };
    let mut partitions = vec![];
    for statement in statements {
        for name in ["Principal", "NotPrincipal", "Resource", "NotResource"] {
            collect_partitions(statement.get(name), &mut partitions);
        }
    }
    partitions.dedup();
    match partitions.as_slice() {
        [partition] => Some((*partition).to_owned()),
        _ => None,
    }
}

fn collect_partitions<'a>(value: Option<&'a Value>, partitions: &mut Vec<&'a str>) {
    match value {
        Some(Value::String(text)) => partitions.extend(partition_of_arn(text)),
        Some(Value::Array(elements)) => {
            for element in elements {
                collect_partitions(Some(element), partitions);
            }
        }
        Some(Value::Object(members)) => {
            for member in members.values() {
                collect_partitions(Some(member), partitions);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Checks the canonical form of a policy, and that it is its own canonical form.
    fn check(policy: &str, expected: &Value) {
        check_in(policy, None, expected);
    }

    fn check_in(policy: &str, partition: Option<&str>, expected: &Value) {
        let mut parsed = parse(policy).expect(policy);
        canonicalize(&mut parsed, partition);
        assert_eq!(parsed, *expected, "{policy}");
        canonicalize(&mut parsed, partition);
        assert_eq!(parsed, *expected, "{policy}, twice");
    }

    #[test]
    fn scalars_become_lists_and_lists_are_sorted() {
        check(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#,
            &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}),
        );
        check(
            r#"{"Statement": [{"NotAction": ["s3:Put", "ec2:A", "S3:Get", "s3:Put"], "NotResource": ["b", "a"]}]}"#,
            &json!({"Statement": [{"NotAction": ["ec2:A", "S3:Get", "s3:Put"], "NotResource": ["a", "b"]}]}),
        );
    }

    #[test]
    fn actions_keep_their_spelling_and_sort_without_case() {
        check(
            r#"{"Statement": [{"Action": ["s3:getobject", "S3:PutObject", "s3:GetObject", "S3:Abort"]}]}"#,
            &json!({"Statement": [{"Action": ["S3:Abort", "s3:GetObject", "s3:getobject", "S3:PutObject"]}]}),
        );
    }

    #[test]
    fn iam_answers_percent_encoded() {
        check(
            "%7B%22Statement%22%3A%5B%7B%22Sid%22%3A%22a%20b%2Bc%22%2C%22Action%22%3A%22iam%3A%2A%22%7D%5D%7D",
            &json!({"Statement": [{"Sid": "a b+c", "Action": ["iam:*"]}]}),
        );
        check(r#"{"Statement": [{"Resource": "100%25"}]}"#, &json!({"Statement": [{"Resource": ["100%25"]}]}));
        for text in ["", "%", "%7B", "%FF%7B%7D", "not json"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn account_numbers_become_arns_where_the_partition_is_known() {
        let number = r#"{"Statement": [{"Principal": {"AWS": ["210987654321", "123456789012"]}}]}"#;
        check(number, &json!({"Statement": [{"Principal": {"AWS": ["123456789012", "210987654321"]}}]}));
        let arns = |partition: &str| {
            let root = |account: &str| format!("arn:{partition}:iam::{account}:root");
            json!({"Statement": [{"Principal": {"AWS": [root("123456789012"), root("210987654321")]}}]})
        };
        check_in(number, Some("aws"), &arns("aws"));
        check_in(number, Some("aws-cn"), &arns("aws-cn"));
        check(
            r#"{"Statement": [{"Principal": {"AWS": "123456789012"}, "Resource": "arn:aws-us-gov:s3:::b/*"}]}"#,
            &json!({"Statement": [{
                "Principal": {"AWS": ["arn:aws-us-gov:iam::123456789012:root"]},
                "Resource": ["arn:aws-us-gov:s3:::b/*"],
            }]}),
        );
        // Two partitions, and no telling which one is meant.
        let mixed = r#"{"Statement": [{"Principal": {"AWS": ["123456789012"]}, "Resource": ["arn:aws-cn:s3:::b", "arn:aws:s3:::b"]}]}"#;
        check(mixed, &serde_json::from_str(mixed).expect("JSON"));
        // The same account in both forms is one principal.
        check_in(
            r#"{"Statement": [{"Principal": {"AWS": ["arn:aws:iam::123456789012:root", "123456789012"]}}]}"#,
            Some("aws"),
            &json!({"Statement": [{"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}}]}),
        );
    }

    #[test]
    fn principals_keep_what_they_mean() {
        for policy in [
            json!({"Statement": [{"Principal": "*"}]}),
            json!({"Statement": [{"Principal": {"AWS": ["*"]}}]}),
            json!({"Statement": [{"Principal": {"AWS": ["AIDAJQABLZS4A3QDU576Q"]}}]}),
            json!({"Statement": [{"Principal": {"Federated": ["123456789012"]}}]}),
        ] {
            check_in(&policy.to_string(), Some("aws"), &policy);
        }
        check(
            r#"{"Statement": [{"NotPrincipal": {"Service": ["sns.amazonaws.com", "ec2.amazonaws.com"]}}]}"#,
            &json!({"Statement": [{"NotPrincipal": {"Service": ["ec2.amazonaws.com", "sns.amazonaws.com"]}}]}),
        );
    }

    #[test]
    fn conditions_are_quoted_sorted_lists() {
        check(
            r#"{"Statement": [{"Condition": {
                "Bool": {"aws:SecureTransport": false},
                "NumericLessThan": {"s3:max-keys": 10.0, "a:b": [2, "1", 1]},
                "StringEquals": {"aws:SourceVpc": ["vpc-2", "vpc-1"]}
            }}]}"#,
            &json!({"Statement": [{"Condition": {
                "Bool": {"aws:SecureTransport": ["false"]},
                "NumericLessThan": {"s3:max-keys": ["10"], "a:b": ["1", "2"]},
                "StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]},
            }}]}),
        );
    }

    #[test]
    fn statements_keep_their_order_and_unknown_members() {
        let policy = json!({
            "Id": "x", "Version": "2008-10-17", "Future": [2, 1],
            "Statement": [{"Sid": "b", "Strange": ["b", "a"]}, {"Sid": "a"}, {"Effect": "Deny"}],
        });
        check(&policy.to_string(), &policy);
    }

    #[test]
    fn what_does_not_fit_the_grammar_stays() {
        for policy in [
            json!({}),
            json!([]),
            json!({"Statement": "text"}),
            json!({"Statement": [1, null, []]}),
            json!({"Statement": [{"Action": 5, "Principal": [1], "Condition": {"Bool": [true]}}]}),
        ] {
            check(&policy.to_string(), &policy);
        }
    }
}
