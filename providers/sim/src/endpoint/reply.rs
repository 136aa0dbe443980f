//! How an answer is sent: whole, late, broken or not at all.

use std::time::Duration;

use bytes::Bytes;
use driftline_wire::server::Response;
use futures_util::{StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use tokio::net::TcpStream;

use super::clock::Clock;
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
    /// The body byte by byte, this long apart.
    DripBody(Response, Duration),
    /// A head that never ends, byte by byte.
    DripHead(Duration),
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
                Fault::DripBody(pause) => return Self::DripBody(response, *pause),
                Fault::Empty => response.body.clear(),
                Fault::Malformed => break_off(&mut response.body),
                Fault::Alien => {
                    let document: &[u8] =
                        if is_xml(&response.body) { b"<Alien><Items/><Status>ok</Status></Alien>" } else { b"[]" };
                    response.body = document.to_vec();
                }
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

    /// The same, dated by another clock.
    pub(super) fn stamped(self, clock: Clock) -> Self {
        let stamp = |mut response: Response| {
            clock.stamp(&mut response);
            response
        };
        match self {
            Self::Now(response) => Self::Now(stamp(response)),
            Self::Cut(response) => Self::Cut(stamp(response)),
            Self::DripBody(response, pause) => Self::DripBody(stamp(response), pause),
            other => other,
        }
    }
}

/// How slowly a head drips in, where it does.
pub(super) fn drip_of_head(faults: &[Fault]) -> Option<Duration> {
    faults.iter().find_map(|fault| if let Fault::DripHead(pause) = fault { Some(*pause) } else { None })
}

/// Bodies without a beginning are XML's: the JSON protocols always answer with an object.
fn is_xml(body: &[u8]) -> bool {
    !body.starts_with(b"{")
}

/// Breaks a document so that its beginning and its end look well.
fn break_off(body: &mut Vec<u8>) {
    if !is_xml(body) {
        // The object is closed twice over.
        body.extend_from_slice(b"}");
        return;
    }
    let half = body.len() / 2;
    // Between two tags, where no text could hide it.
    let at = body[half..].windows(2).position(|pair| pair == b"><").map_or(body.len(), |found| half + found + 1);
    body.splice(at..at, *b"</Oops>");
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
        Reply::DripBody(mut response, pause) => {
            response.headers.push(("content-length".to_owned(), response.body.len().to_string()));
            let bytes = response.body.into_iter().enumerate();
            let frames = stream::iter(bytes).then(move |(at, byte)| async move {
                if at > 0 {
                    tokio::time::sleep(pause).await;
                }
                Ok(Frame::data(Bytes::copy_from_slice(&[byte])))
            });
            Ok(with_headers(response.status, response.headers, StreamBody::new(frames).boxed_unsync()))
        }
        Reply::DripHead(pause) => {
            // The server would send its head at once: it is kept waiting, and this goes around it.
            let head = b"HTTP/1.1 200 OK\r\nx-amz-request-id: ".iter().copied().chain(std::iter::repeat(b'0'));
            for byte in head {
                if socket.send(&[byte]).is_err() {
                    return Err(Dropped);
                }
                tokio::time::sleep(pause).await;
            }
            Err(Dropped)
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
