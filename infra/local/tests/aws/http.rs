//! Calls to the services without any SDK: HTTP/1.1 as far as these tests need it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::Value;

pub(crate) const REGION: &str = "us-east-1";

/// One action of a service that tells its actions apart by a header: `AmazonSQS.SendMessage`.
#[track_caller]
pub(crate) fn json(port: u16, service: &str, target: &str, body: &Value) -> Value {
    let headers = format!("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\n");
    let answer = call(port, service, "POST", "/", &headers, body.to_string().as_bytes());
    serde_json::from_str(&answer).unwrap_or(Value::Null)
}

/// One action of a service that takes its words as a form.
#[track_caller]
pub(crate) fn form(port: u16, service: &str, words: &[(&str, &str)]) -> String {
    let words: Vec<String> = words.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    call(port, service, "POST", "/", headers, words.join("&").as_bytes())
}

/// Puts something at an address.
#[track_caller]
pub(crate) fn put(port: u16, service: &str, target: &str, body: &[u8]) {
    call(port, service, "PUT", target, "", body);
}

/// One request that must end well.
#[track_caller]
fn call(port: u16, service: &str, method: &str, target: &str, headers: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    // Nobody here checks a signature; which service is meant is read from its scope.
    let scope = format!("AKIAEXAMPLE/20261122/{REGION}/{service}/aws4_request");
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\
         Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status).unwrap();
    let mut answer = String::new();
    reader.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    assert!(status.contains(" 2"), "{service} {method} {target} {headers}: {status}{body}");
    body
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
