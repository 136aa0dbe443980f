//! Patience, against a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;

/// Answers one connection after the other with these texts, and keeps what was asked. An empty text hangs up.
fn server(answers: &[&str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}/hook/secret-path", listener.local_addr().expect("an address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    std::thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().expect("a connection");
            seen.lock().expect("nobody panics").push(request(&stream));
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

/// The head and the body of a request.
fn request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        text.push_str(&line);
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    text.push_str(&String::from_utf8(body).expect("UTF-8"));
    text
}

fn client(attempts: u32) -> Client {
    Client::new(Patience {
        timeout: Duration::from_secs(5),
        attempts,
        backoff: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    })
}

fn post(url: &str) -> Request {
    let headers = vec![("Authorization", "Bearer secret-token".to_owned())];
    Request { method: Method::POST, url: url.to_owned(), headers, body: Some(json!({"text": "drift"})) }
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{\"a\": 1}";
const SLOW_DOWN: &str =
    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const OUT_OF_ORDER: &str = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

#[test]
fn a_server_that_says_slow_down_is_asked_again() {
    let (url, asked) = server(&[SLOW_DOWN, OK]);
    let answer = client(3).send(&post(&url)).expect("an answer");
    assert_eq!((answer.status, answer.json()), (200, json!({"a": 1})));
    let asked = asked.lock().expect("nobody panics");
    assert_eq!(asked.len(), 2);
    for request in asked.iter() {
        assert!(request.starts_with("POST /hook/secret-path HTTP/1.1\r\n"), "{request}");
        assert!(request.ends_with("\r\n\r\n{\"text\":\"drift\"}"), "{request}");
    }
}

#[test]
fn patience_ends() {
    let (url, asked) = server(&[SLOW_DOWN, SLOW_DOWN, OK]);
    assert_eq!(client(2).send(&post(&url)).expect("an answer").status, 429);
    assert_eq!(asked.lock().expect("nobody panics").len(), 2);
}

#[test]
fn a_limit_that_is_used_up_for_long_is_not_waited_for() {
    let (url, asked) = server(&["HTTP/1.1 403 Forbidden\r\nDate: Sat, 21 Nov 2026 03:00:00 GMT\r\n\
        X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1795233600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]);
    assert_eq!(client(3).send(&post(&url)).expect("an answer").status, 403);
    assert_eq!(asked.lock().expect("nobody panics").len(), 1);
}

#[test]
fn what_may_have_been_done_is_not_asked_for_twice() {
    let (url, asked) = server(&["", OK]);
    let error = client(3).send(&post(&url)).expect_err("the server hung up").to_string();
    assert!(error.starts_with("127.0.0.1 does not answer: "), "{error}");
    assert!(!error.contains("secret"), "{error}");
    assert_eq!(asked.lock().expect("nobody panics").len(), 1);

    let (url, asked) = server(&["", OUT_OF_ORDER, OK]);
    let get = Request { method: Method::GET, body: None, ..post(&url) };
    assert_eq!(client(3).send(&get).expect("an answer").status, 200);
    assert_eq!(asked.lock().expect("nobody panics").len(), 3);
}

#[test]
fn a_bad_url_is_refused() {
    let error = client(1).send(&post("http://exa mple/secret")).expect_err("no URL").to_string();
    assert!(error.starts_with("the URL is not one that can be asked"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}
