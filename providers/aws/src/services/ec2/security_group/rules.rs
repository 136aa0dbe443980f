//! What only the list of rules says of a rule, in the element of a group that shows it: its id and its tags.
//!
//! `DescribeSecurityGroups` shows each rule as an element of a permission. With the tags in that element, a rule that
//! somebody adds or removes is one change, tags and all.

use serde_json::Value;

use crate::Packed;
use crate::reader::text;

/// A rule, without what the group says, too: a region may have a hundred thousand of them.
pub(super) struct Rule {
    id: String,
    is_egress: bool,
    protocol: String,
    ports: [i64; 2],
    /// The list of the permission that shows it, and the member and value that tell it from the others there.
    shown: (&'static str, &'static str, String),
    /// A list, if it is not empty.
    tags: Option<Packed>,
}

impl Rule {
    /// Without AWS's own tags, which nobody can change, unless they are wanted.
    pub(super) fn read(mut rule: Value, aws_managed: bool) -> Self {
        let shown = [
            ("/CidrIpv4", "/IpRanges", "/CidrIp"),
            ("/CidrIpv6", "/Ipv6Ranges", "/CidrIpv6"),
            ("/PrefixListId", "/PrefixListIds", "/PrefixListId"),
            ("/ReferencedGroupInfo/GroupId", "/UserIdGroupPairs", "/GroupId"),
        ];
        let said = shown.into_iter().find(|(at, ..)| !text(&rule, at).is_empty()).unwrap_or(shown[3]);
        let mut tags = match rule.pointer_mut("/Tags").map(Value::take) {
            Some(Value::Array(tags)) => tags,
            _ => Vec::new(),
        };
        tags.retain(|tag| aws_managed || !text(tag, "/Key").starts_with("aws:"));
        Self {
            id: text(&rule, "/SecurityGroupRuleId").to_owned(),
            is_egress: rule.pointer("/IsEgress").and_then(Value::as_bool).unwrap_or_default(),
            protocol: text(&rule, "/IpProtocol").to_owned(),
            ports: ports(&rule),
            shown: (said.1, said.2, text(&rule, said.0).to_owned()),
            tags: (!tags.is_empty()).then(|| Packed::new(&Value::Array(tags))),
        }
    }

    /// Puts what it says into the element that shows it.
    pub(super) fn add_to(&self, group: &mut Value) {
        let Some(element) = self.element_of(group) else { return };
        if !self.id.is_empty() {
            element["SecurityGroupRuleId"] = self.id.as_str().into();
        }
        if let Some(tags) = &self.tags {
            element["Tags"] = tags.open();
        }
    }

    fn element_of<'g>(&self, group: &'g mut Value) -> Option<&'g mut Value> {
        let permissions = if self.is_egress { "/IpPermissionsEgress" } else { "/IpPermissions" };
        let permission =
            group.pointer_mut(permissions)?.as_array_mut()?.iter_mut().find(|permission| {
                text(permission, "/IpProtocol") == self.protocol && ports(permission) == self.ports
            })?;
        let (list, member, value) = &self.shown;
        let elements = permission.pointer_mut(list)?.as_array_mut()?;
        elements.iter_mut().find(|element| !value.is_empty() && text(element, member) == value)
    }
}

/// "All ports" is -1 in a list of rules, and left out in a group's permissions.
fn ports(item: &Value) -> [i64; 2] {
    ["/FromPort", "/ToPort"].map(|name| item.pointer(name).and_then(Value::as_i64).unwrap_or(-1))
}

#[cfg(test)]
mod tests {
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
        rule["Tags"] = tags.clone();
        rule["SecurityGroupRuleId"] = "sgr-1".into();
        Rule::read(rule, false).add_to(&mut group);
        assert_eq!(group.pointer(&format!("{expected}/Tags")), Some(&tags), "{group}");
        assert_eq!(group.pointer(&format!("{expected}/SecurityGroupRuleId")), Some(&json!("sgr-1")), "{group}");
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
            let tags = Rule::read(tagged.clone(), aws_managed).tags.map(|tags| tags.open());
            assert_eq!(tags.and_then(|tags| Some(tags.as_array()?.len())).unwrap_or_default(), expected);
        }
    }
}
