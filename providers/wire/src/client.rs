//! The client half of the codecs: parameters in, HTTP request out; HTTP answer in, JSON in API spelling out.
//!
//! One codec per protocol serves every operation of the models. JSON is spelled as the AWS CLI prints it: members
//! that the answer does not hold are absent, lists that it holds without elements are `[]`, timestamps are RFC 3339
//! in UTC, blobs are base64.

mod answer;
mod error;
mod fault;
mod json;
mod page;
mod request;
mod scalar;
mod xml;

pub use answer::{AnswerError, Headers, answer};
pub use error::{ServiceError, error};
pub use page::{PageError, next_page};
pub use request::{Request, RequestError, request};
