//! Where a rule's tags go: `DescribeSecurityGroups` shows each rule as an element of a permission, without its tags.
//!
//! With the tags in that element, a rule that somebody adds or removes is one change, tags and all.

use serde_json::Value;

use crate::reader::text;

/// A rule's tags, if it has any.
pub(super) fn of(rule: &Value) -> Option<&Vec<Value>> {
    rule.pointer("/Tags").and_then(Value::as_array).filter(|tags| !tags.is_empty())
}

/// Takes AWS's own tags out: nobody can change them.
pub(super) fn retain(rule: &mut Value, aws_managed: bool) {
    if let Some(Value::Array(tags)) = rule.pointer_mut("/Tags") {
        tags.retain(|tag| aws_managed || !text(tag, "/Key").starts_with("aws:"));
    }
}

/// Puts the tags of a group's rules into the elements that show the rules.
pub(super) fn add(group: &mut Value, tagged: &std::collections::BTreeMap<String, Vec<Value>>) {
    let Some(rules) = tagged.get(text(group, "/GroupId")) else { return };
    for rule in rules {
        if let (Some(element), Some(tags)) = (element_of(group, rule), of(rule)) {
            element["Tags"] = tags.clone().into();
        }
    }
}

/// The element of a group that shows this rule.
fn element_of<'g>(group: &'g mut Value, rule: &Value) -> Option<&'g mut Value> {
    let egress = rule.pointer("/IsEgress").and_then(Value::as_bool).unwrap_or_default();
    let permissions = if egress { "/IpPermissionsEgress" } else { "/IpPermissions" };
    let permission = group.pointer_mut(permissions)?.as_array_mut()?.iter_mut().find(|permission| {
        text(permission, "/IpProtocol") == text(rule, "/IpProtocol")
            && ["/FromPort", "/ToPort"].iter().all(|name| port(permission, name) == port(rule, name))
    })?;
    let (list, in_list, in_rule) = if !text(rule, "/CidrIpv4").is_empty() {
        ("/IpRanges", "/CidrIp", "/CidrIpv4")
    } else if !text(rule, "/CidrIpv6").is_empty() {
        ("/Ipv6Ranges", "/CidrIpv6", "/CidrIpv6")
    } else if !text(rule, "/PrefixListId").is_empty() {
        ("/PrefixListIds", "/PrefixListId", "/PrefixListId")
    } else {
        ("/UserIdGroupPairs", "/GroupId", "/ReferencedGroupInfo/GroupId")
    };
    let elements = permission.pointer_mut(list)?.as_array_mut()?;
    elements.iter_mut().find(|element| text(element, in_list) == text(rule, in_rule))
}

/// "All ports" is -1 in a list of rules, and left out in a group's permissions.
fn port(item: &Value, name: &str) -> i64 {
    item.pointer(name).and_then(Value::as_i64).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn check(rule: &Value, expected: &str) {
        let mut group = json!({
            "GroupId": "sg-1",
            "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                 "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [{"PrefixListId": "pl-1"}],
                 "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "1"}]},
            ],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        });
        let tags = json!([{"Key": "Team", "Value": "web"}]);
        let mut rule = rule.clone();
        rule["GroupId"] = "sg-1".into();
        rule["Tags"] = tags.clone();
        add(&mut group, &BTreeMap::from([("sg-1".to_owned(), vec![rule])]));
        assert_eq!(group.pointer(&format!("{expected}/Tags")), Some(&tags), "{group}");
        assert_eq!(group.to_string().matches("Team").count(), 1, "{group}");
    }

    #[test]
    fn each_sort_of_rule_finds_its_element() {
        let https = |mut rule: Value| {
            rule["IpProtocol"] = "tcp".into();
            rule["FromPort"] = 443.into();
            rule["ToPort"] = 443.into();
            rule
        };
        check(&https(json!({"CidrIpv4": "10.0.0.0/8"})), "/IpPermissions/1/IpRanges/0");
        check(&https(json!({"CidrIpv6": "::/0"})), "/IpPermissions/1/Ipv6Ranges/0");
        check(&https(json!({"PrefixListId": "pl-1"})), "/IpPermissions/1/PrefixListIds/0");
        let pair = json!({"ReferencedGroupInfo": {"GroupId": "sg-2", "UserId": "1"}});
        check(&https(pair), "/IpPermissions/1/UserIdGroupPairs/0");
        let all = json!({"IsEgress": true, "IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "CidrIpv4": "0.0.0.0/0"});
        check(&all, "/IpPermissionsEgress/0/IpRanges/0");
    }

    #[test]
    fn tags_of_aws_are_left_out_unless_asked_for() {
        let tagged = json!({"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "x"}]});
        for (aws_managed, expected) in [(false, 0), (true, 1)] {
            let mut rule = tagged.clone();
            retain(&mut rule, aws_managed);
            assert_eq!(of(&rule).map_or(0, Vec::len), expected);
        }
    }
}
