//! What a Lambda Function URL sends and takes back (payload version 2.0), without Lambda.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Request, Response};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: Context,
}

#[derive(Deserialize)]
struct Context {
    http: Http,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    #[serde(default)]
    source_ip: String,
}

/// Why an event is no request. It never repeats the event.
#[derive(Debug, thiserror::Error)]
#[error("the event is no call of a Function URL: line {line} column {column}")]
pub struct NoRequest {
    line: usize,
    column: usize,
}

/// Reads an event. Lambda puts headers that came twice into one, with a comma, which no signature has.
pub fn request(event: &str) -> Result<Request, NoRequest> {
    let event: Event = serde_json::from_str(event).map_err(|e| NoRequest { line: e.line(), column: e.column() })?;
    let text = event.body.unwrap_or_default();
    // A body that is not what it says is none: no signature fits it.
    let body = match event.is_base64_encoded {
        true => BASE64.decode(text.as_bytes()).unwrap_or_default(),
        false => text.into_bytes(),
    };
    Ok(Request {
        method: event.request_context.http.method,
        path: event.raw_path,
        query: event.raw_query_string,
        headers: event.headers.into_iter().collect(),
        body,
        source: event.request_context.http.source_ip,
    })
}

/// What Lambda is given back.
pub fn response(response: &Response) -> Value {
    let headers: BTreeMap<&str, &str> = response.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    json!({ "statusCode": response.status, "headers": headers, "body": response.body, "isBase64Encoded": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_body_are_those_that_were_sent() {
        let event = |body: &str, encoded: bool| {
            let context = json!({ "http": { "method": "POST", "sourceIp": "203.0.113.7" } });
            let event = json!({ "version": "2.0", "rawPath": "/slack", "rawQueryString": "a=b", "body": body,
                "headers": { "x-slack-signature": "v0=1,v0=2" }, "isBase64Encoded": encoded, "requestContext": context });
            request(&event.to_string()).unwrap()
        };
        assert_eq!(event("cGF5bG9hZD0vw7w=", true).body, "payload=/ü".as_bytes());
        assert_eq!(event("cGF5bG9hZD0v", false).body, b"cGF5bG9hZD0v");
        assert_eq!(event("no base 64!", true).body, b"");
        let read = event("", false);
        assert_eq!((read.method.as_str(), read.query.as_str(), read.source.as_str()), ("POST", "a=b", "203.0.113.7"));
        assert_eq!(read.header("X-Slack-Signature"), Some("v0=1,v0=2"));
    }

    #[test]
    fn an_event_of_somebody_else_is_no_request() {
        for event in ["", "null", "[]", r#"{"Records":[]}"#, r#"{"rawPath":"/"}"#] {
            assert!(request(event).is_err(), "{event}");
        }
    }
}
