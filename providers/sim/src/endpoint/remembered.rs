//! Answers that were given before: what asks for the same while nothing has changed is answered without reading the
//! description again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use driftline_wire::server::Response;

/// The most bytes of answers that are kept. Further ones are made anew each time.
const MOST: usize = 256 << 20;

#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    answers: BTreeMap<String, Answer>,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    response: Response,
    /// The request's id, which stands in the answer, and where in the body.
    request_id: String,
    at: Option<usize>,
}

impl Remembered {
    /// The answer that was given, as if for this request. Ids of requests have one length.
    pub(super) fn recall(&self, question: &str, request_id: &str) -> Option<Response> {
        let state = self.lock();
        let answer = state.answers.get(question)?;
        let mut response = answer.response.clone();
        for (_, value) in response.headers.iter_mut().filter(|(_, value)| *value == answer.request_id) {
            request_id.clone_into(value);
        }
        if let Some(at) = answer.at {
            response.body[at..at + request_id.len()].copy_from_slice(request_id.as_bytes());
        }
        Some(response)
    }

    pub(super) fn keep(&self, question: String, response: &Response, request_id: &str) {
        let mut state = self.lock();
        let bytes = question.len() + response.body.len() + 512;
        if state.bytes + bytes > MOST {
            return;
        }
        state.bytes += bytes;
        let at = find(&response.body, request_id.as_bytes());
        let answer = Answer { response: response.clone(), request_id: request_id.to_owned(), at };
        state.answers.insert(question, answer);
    }

    pub(super) fn forget(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an id stands: near the beginning or the end, where protocols put it.
fn find(body: &[u8], id: &[u8]) -> Option<usize> {
    const NEAR: usize = 512;
    let within =
        |from: usize, to: usize| body[from..to].windows(id.len()).position(|window| window == id).map(|at| from + at);
    within(0, body.len().min(NEAR)).or_else(|| within(body.len().saturating_sub(NEAR), body.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_recalled_with_the_id_of_the_new_request() {
        let answer = |id: &str| Response {
            status: 200,
            headers: vec![("x-amzn-requestid".to_owned(), id.to_owned())],
            body: format!("{}<RequestId>{id}</RequestId>", "x".repeat(2000)).into_bytes(),
        };
        let remembered = Remembered::default();
        assert_eq!(remembered.recall("q", "id-2"), None);
        remembered.keep("q".to_owned(), &answer("id-1"), "id-1");
        assert_eq!(remembered.recall("q", "id-2"), Some(answer("id-2")));
        assert_eq!(remembered.recall("p", "id-2"), None);
        remembered.forget();
        assert_eq!(remembered.recall("q", "id-2"), None);
    }
}
