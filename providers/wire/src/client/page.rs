//! The next page of an answer.

use serde_json::Value;

use crate::model::Paginator;

/// The answer says that there is more, but not where: to stop here would pass a part off as the whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer says `{more_results}`, but has no `{token}` to go on from")]
pub struct PageError {
    more_results: &'static str,
    token: &'static str,
}

/// The parameters to add for the page after this answer, or nothing if it was the last one. Whoever pages has to
/// drop the token parameters of the page before, and to notice a token that comes twice.
pub fn next_page(paginator: &Paginator, answer: &Value) -> Result<Option<Vec<(&'static str, Value)>>, PageError> {
    if paginator.more_results.is_some_and(|more| answer.get(more) != Some(&Value::Bool(true))) {
        return Ok(None);
    }
    let tokens = paginator.input_tokens.iter().zip(paginator.output_tokens);
    let params: Vec<(&'static str, Value)> = tokens
        .filter_map(|(input, output)| {
            let token = answer.get(output).filter(|token| !token.is_null() && token.as_str() != Some(""))?;
            Some((*input, token.clone()))
        })
        .collect();
    match (params.is_empty(), paginator.more_results) {
        (false, _) => Ok(Some(params)),
        (true, None) => Ok(None),
        (true, Some(more_results)) => Err(PageError { more_results, token: paginator.output_tokens[0] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const THREE: Paginator = Paginator {
        input_tokens: &["StartRecordName", "StartRecordType", "StartRecordIdentifier"],
        output_tokens: &["NextRecordName", "NextRecordType", "NextRecordIdentifier"],
        more_results: Some("IsTruncated"),
        limit_key: Some("MaxItems"),
        limit_max: None,
        result_keys: &["/ResourceRecordSets"],
    };

    #[test]
    fn only_the_tokens_that_are_there_go_on() {
        let answer = json!({ "IsTruncated": true, "NextRecordName": "a.example.", "NextRecordType": "A" });
        let next = next_page(&THREE, &answer).expect("consistent");
        assert_eq!(next, Some(vec![("StartRecordName", json!("a.example.")), ("StartRecordType", json!("A"))]));
    }

    #[test]
    fn a_last_page_has_no_next() {
        let answer = json!({ "IsTruncated": false, "NextRecordName": "a.example." });
        assert_eq!(next_page(&THREE, &answer), Ok(None));
        let by_token = Paginator { more_results: None, ..THREE };
        assert_eq!(next_page(&by_token, &json!({ "NextRecordName": "" })), Ok(None));
    }

    #[test]
    fn more_without_a_token_is_an_error() {
        let error = next_page(&THREE, &json!({ "IsTruncated": true })).expect_err("no token");
        assert_eq!(error.to_string(), "the answer says `IsTruncated`, but has no `NextRecordName` to go on from");
    }
}
