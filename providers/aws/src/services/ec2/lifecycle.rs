//! States that pass by themselves: what has ended stays listed for a while, what is on its way arrives.

use serde_json::Value;

use crate::Draft;
use crate::reader::text;

/// Whether the state at a JSON pointer is one of these. EC2 spells the states of VPC endpoints with capitals in its
/// API model and without them in its answers.
pub(super) fn is_in(item: &Value, pointer: &str, states: &[&str]) -> bool {
    let state = text(item, pointer);
    states.iter().any(|ended| ended.eq_ignore_ascii_case(state))
}

/// Takes the elements in one of these states out of a list: associations stay listed after they have ended.
pub(super) fn drop_ended(draft: &mut Draft, list: &str, pointer: &str, states: &[&str]) {
    if let Some(Value::Array(mut elements)) = draft.remove(list) {
        elements.retain(|element| !is_in(element, pointer, states));
        draft.set(&format!("/{list}"), Value::Array(elements));
    }
}

/// Replaces a state on its way by the one that it becomes by itself, so that it is the same before and after.
pub(super) fn settle(item: &mut Value, pointer: &str, ways: &[(&str, &str)]) {
    if let Some(Value::String(state)) = item.pointer_mut(pointer)
        && let Some((_, settled)) = ways.iter().find(|(passing, _)| passing.eq_ignore_ascii_case(state))
    {
        (*settled).clone_into(state);
    }
}

/// States of an association (of a CIDR block, a subnet or a gateway) that has no effect any more.
pub(super) const ENDED_ASSOCIATION: &[&str] = &["disassociating", "disassociated", "failing", "failed"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ended_elements_are_dropped_and_other_lists_stay_as_they_are() {
        let mut draft =
            Draft::new(json!({"Set": [{"S": {"State": "associated"}}, {"S": {"State": "disassociated"}}, {}]}));
        drop_ended(&mut draft, "Set", "/S/State", ENDED_ASSOCIATION);
        drop_ended(&mut draft, "Absent", "/S/State", ENDED_ASSOCIATION);
        assert_eq!(draft.get("/Set"), Some(&json!([{"S": {"State": "associated"}}, {}])));
        assert_eq!(draft.get("/Absent"), None);
    }

    #[test]
    fn a_state_on_its_way_counts_as_where_it_leads() {
        for (state, expected) in [("pending", "running"), ("Pending", "running"), ("stopped", "stopped")] {
            let mut item = json!({"State": {"Name": state}});
            settle(&mut item, "/State/Name", &[("pending", "running")]);
            assert_eq!(item, json!({"State": {"Name": expected}}));
        }
    }
}
