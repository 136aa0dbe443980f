//! How an answer is sent: whole, late, broken or not at all.

use std::time::Duration;

use bytes::Bytes;
use driftline_wire::server::Response;
use futures_util::{StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use tokio::net::TcpStream;

use crate::faults::Fault;

pub(super) type Body = UnsyncBoxBody<Bytes, Dropped>;

/// The connection ends without a whole answer, on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was dropped")]
pub(super) struct Dropped;

pub(super) enum Reply {
    Now(Response),
    After(Duration, Box<Reply>),
    /// Half of the body under the whole one's length.
    Cut(Response),
    Reset,
    Hang,
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to the network\
                    </h1><form method=\"post\"><input name=\"user\"><input name=\"password\" type=\"password\">\
                    </form><br></body></html>\n";

impl Reply {
    /// An answer with the faults that spoil answers.
    pub(super) fn spoiled(mut response: Response, faults: &[Fault]) -> Self {
        for fault in faults {
            match fault {
                Fault::Cut => return Self::Cut(response),
                Fault::Truncate => response.body.truncate(response.body.len() / 2),
                Fault::Garbage => {
                    let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
                    response = Response { status: 200, headers, body: PAGE.as_bytes().to_vec() };
                }
                _ => {}
            }
        }
        Self::Now(response)
    }
}

pub(super) fn whole(response: Response) -> hyper::Response<Body> {
    let body = Full::new(Bytes::from(response.body)).map_err(|never| match never {}).boxed_unsync();
    with_headers(response.status, response.headers, body)
}

pub(super) async fn send(reply: Reply, socket: &socket2::Socket) -> Result<hyper::Response<Body>, Dropped> {
    match reply {
        Reply::Now(response) => Ok(whole(response)),
        // Delays are added up before: one never holds another.
        Reply::After(..) => Err(Dropped),
        Reply::Cut(mut response) => {
            response.headers.push(("content-length".to_owned(), response.body.len().to_string()));
            response.body.truncate(response.body.len() / 2);
            let half = Bytes::from(response.body);
            let end = async {
                // Time for the half to leave before the connection ends.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(Dropped)
            };
            let frames = stream::once(async { Ok(Frame::data(half)) }).chain(stream::once(end));
            Ok(with_headers(response.status, response.headers, StreamBody::new(frames).boxed_unsync()))
        }
        Reply::Reset => {
            // With no time to linger, closing sends RST.
            let _ = socket.set_linger(Some(Duration::ZERO));
            Err(Dropped)
        }
        Reply::Hang => std::future::pending().await,
    }
}

fn with_headers(status: u16, headers: Vec<(String, String)>, body: Body) -> hyper::Response<Body> {
    let mut builder = hyper::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(body).unwrap_or_else(|_| {
        // A description with a line break in what becomes a header.
        let mut response = hyper::Response::new(Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync());
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// A connection and a second handle on its socket, which can still be told to reset when the first has been given
/// away.
pub(super) fn resettable(stream: TcpStream) -> std::io::Result<(TcpStream, socket2::Socket)> {
    let stream = stream.into_std()?;
    let socket = socket2::Socket::from(stream.try_clone()?);
    Ok((TcpStream::from_std(stream)?, socket))
}
