//! A server that takes JSON-RPC as Odoo does and answers as a test says.

use std::sync::{Arc, Mutex};

use crm::{OdooCrm, OdooSettings};
use domain::config::Config;
use domain::ports::FixedClock;
use https::{Https, Reach};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const PASSWORD: &str = "k9-not-a-word";

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub model: String,
    pub method: String,
    pub args: Value,
    pub named: Value,
}

/// How it is answered.
pub(crate) enum Answer {
    /// The result of the method.
    Result(Value),
    /// An error as Odoo tells it: the code, the class, the message.
    Error(i64, &'static str, &'static str),
    /// Whatever a server sends, head and body.
    Raw(String),
    /// The connection ends.
    Nothing,
}

/// A server, and the adapter that asks it.
pub(crate) struct Stand {
    pub crm: OdooCrm,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stand {
    /// Answers every call of a model's method; signing in it answers itself, with user 7.
    pub(crate) async fn new(config: &str, answer: impl FnMut(&Asked) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, Arc::clone(&asked), answer));
        let reach = Reach::with_private(&host).unwrap();
        let variable = |name: &str| match name {
            "ODOO_URL" => Some(format!("http://{host}")),
            "ODOO_DATABASE" => Some("crm".to_owned()),
            "ODOO_LOGIN" => Some("baton".to_owned()),
            "ODOO_PASSWORD" => Some(PASSWORD.to_owned()),
            _ => None,
        };
        let settings = OdooSettings::read(variable, &reach).ok().unwrap();
        let clock = FixedClock("2026-11-26T07:00:00Z".parse().unwrap());
        let https = Arc::new(Https::new(reach).unwrap());
        Self { crm: OdooCrm::new(settings, https, &Config::parse(config).unwrap(), Arc::new(clock)), asked }
    }

    /// What was asked so far, signing in included.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    listener: TcpListener,
    log: Arc<Mutex<Vec<Asked>>>,
    mut answer: impl FnMut(&Asked) -> Answer + Send + 'static,
) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        while let Some(body) = read(&mut stream).await {
            let asked = asked(&body);
            log.lock().unwrap().push(asked.clone());
            let answer = if asked.method == "authenticate" { Answer::Result(json!(7)) } else { answer(&asked) };
            let text = match answer {
                Answer::Result(result) => ok(&json!({ "jsonrpc": "2.0", "id": 1, "result": result })),
                Answer::Error(code, name, message) => {
                    let data =
                        json!({ "name": name, "message": message, "debug": "Traceback", "arguments": [message] });
                    ok(
                        &json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": code, "message": "Odoo Server Error", "data": data } }),
                    )
                }
                Answer::Raw(text) => text,
                Answer::Nothing => break,
            };
            stream.write_all(text.as_bytes()).await.unwrap();
        }
    }
}

fn ok(body: &Value) -> String {
    page("200 OK", "Content-Type: application/json\r\n", &body.to_string())
}

/// An answer with this head.
pub(crate) fn page(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
            if bytes.len() >= head + length {
                return Some(bytes.split_off(head));
            }
        }
        let mut part = [0; 16_384];
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => bytes.extend(&part[..read]),
            _ => return None,
        }
    }
}

/// The parts of a request, which must be one that Odoo takes.
fn asked(body: &[u8]) -> Asked {
    let request: Value = serde_json::from_slice(body).unwrap();
    assert_eq!((&request["jsonrpc"], &request["method"]), (&json!("2.0"), &json!("call")));
    let (params, args) = (&request["params"], &request["params"]["args"]);
    if params["service"] == "common" {
        let method = params["method"].as_str().unwrap().to_owned();
        return Asked { model: "common".to_owned(), method, args: args.clone(), named: Value::Null };
    }
    assert_eq!((&params["service"], &params["method"]), (&json!("object"), &json!("execute_kw")));
    assert_eq!([&args[0], &args[1], &args[2]], [&json!("crm"), &json!(7), &json!(PASSWORD)]);
    let text = |at: usize| args[at].as_str().unwrap().to_owned();
    Asked { model: text(3), method: text(4), args: args[5].clone(), named: args[6].clone() }
}
