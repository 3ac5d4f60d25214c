//! A provider of the kind of People Data Labs: keys, credits, people, and everything that can go wrong, over real HTTP.
//!
//! It knows the bulk enrichment as the vendor documents it: up to 100 numbered requests, one entry for each in their order,
//! a match is paid for, `min_likelihood` and `required` make no match of what does not fulfil them, `matched` says by what
//! somebody was found.

mod http;

use std::collections::VecDeque;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

use crate::KEY;
use http::{Request, response};

/// What the provider does with the next request instead of answering it.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Another status, with these headers and this body.
    Status(u16, &'static str, String),
    /// It answers with something else than a list of entries, as this type.
    Body(&'static str, String),
    /// It looks everybody up, and the answer is lost on the way.
    HangsUpAfter,
    /// It breaks off in the middle of the answer.
    BreaksOff,
    /// Its entries are changed before they are sent.
    Entries(fn(&mut Vec<Value>)),
}

/// What the provider knows and does.
pub(crate) struct State {
    /// Matches that may still be made.
    pub(crate) credits: u32,
    /// Records, each with the mail address and the companies by which it is found.
    pub(crate) records: Vec<Found>,
    /// What is done with the requests to come, the first first.
    pub(crate) faults: VecDeque<Fault>,
    /// Bodies of the requests that were answered.
    pub(crate) bodies: Vec<Value>,
    /// Contacts that were paid for.
    pub(crate) paid: u32,
    connections: u32,
}

/// Somebody who is known.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) email: String,
    pub(crate) companies: Vec<String>,
    pub(crate) likelihood: u8,
    pub(crate) record: Value,
}

/// The provider, at an address of this machine, for as long as the test lasts.
pub(crate) struct StandIn {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl StandIn {
    /// Knows whom the contract knows, with credits for a thousand.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            credits: 1_000,
            records: contracts::KNOWN.iter().map(found).collect(),
            faults: VecDeque::new(),
            bodies: Vec::new(),
            paid: 0,
            connections: 0,
        }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), state) = (stream, Arc::clone(&shared)) else { return };
                state.lock().unwrap_or_else(PoisonError::into_inner).connections += 1;
                thread::spawn(move || drop(serve(stream, &state)));
            }
        });
        Self { port, state }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/v5", self.port)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does this with the next request.
    pub(crate) fn next(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    pub(crate) fn connections(&self) -> u32 {
        self.state().connections
    }
}

/// A record as the provider writes it: in small letters, with fields that nobody here reads.
fn found(known: &contracts::Known) -> Found {
    let or_null = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    Found {
        email: known.email.to_owned(),
        companies: vec![known.account.to_lowercase(), known.company.to_lowercase()],
        likelihood: if known.email.is_empty() { 7 } else { 9 },
        record: json!({
            "id": "qEnOZ5Oh0poWnQ1luFBfVw_0000",
            "full_name": known.name.to_lowercase(),
            "sex": "female",
            "birth_year": 1990,
            "mobile_phone": true,
            "job_title": known.title.to_lowercase(),
            "job_title_levels": ["vp"],
            "job_company_name": known.company.to_lowercase(),
            "job_start_date": or_null(known.since),
            "job_last_changed": "2026-10-12",
            "job_last_verified": known.observed,
        }),
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let Some(request) = Request::read(&stream) else { return Ok(()) };
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = match state.faults.pop_front() {
        Some(Fault::Status(status, headers, body)) => response(status, headers, "application/json", &body),
        Some(Fault::Body(kind, body)) => response(200, "", kind, &body),
        Some(Fault::HangsUpAfter) => {
            state.answer(&request);
            return Ok(());
        }
        Some(Fault::BreaksOff) => {
            let whole = state.answer(&request);
            whole[..whole.len() - 20].to_owned()
        }
        Some(Fault::Entries(change)) => {
            let (status, mut body) = state.bulk(&request);
            change(body.as_array_mut().unwrap());
            response(status, "", "application/json", &body.to_string())
        }
        None => state.answer(&request),
    };
    stream.write_all(answer.as_bytes())
}

pub(crate) fn error(status: u16, name: &str) -> String {
    json!({ "status": status, "error": { "type": name, "message": "the message may repeat dana.fox@northwindtraders.example" } })
        .to_string()
}

impl State {
    fn answer(&mut self, request: &Request) -> String {
        let (status, body) = self.bulk(request);
        response(status, "", "application/json", &body.to_string())
    }

    fn bulk(&mut self, request: &Request) -> (u16, Value) {
        let refused = |status, name| (status, serde_json::from_str(&error(status, name)).unwrap());
        if request.header("x-api-key") != Some(KEY) {
            return refused(401, "authentication_error");
        }
        if request.line != "POST /v5/person/bulk HTTP/1.1" {
            return refused(404, "invalid_request_error");
        }
        let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
            return refused(400, "invalid_request_error");
        };
        let asked = body["requests"].as_array().cloned().unwrap_or_default();
        if !(1..=100).contains(&asked.len()) || request.header("content-type") != Some("application/json") {
            return refused(400, "invalid_request_error");
        }
        self.bodies.push(body);
        if self.credits == 0 {
            return refused(402, "payment_required");
        }
        (200, Value::Array(asked.iter().map(|request| self.entry(request)).collect()))
    }

    fn entry(&mut self, request: &Value) -> Value {
        let params = &request["params"];
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_lowercase();
        let (email, name, company) = (text("email"), text("name"), text("company"));
        let entry = |status: u16, name: &str| json!({ "status": status, "metadata": request["metadata"], "error": { "type": name, "message": "…" } });
        if email.is_empty() && (name.is_empty() || company.is_empty()) {
            return entry(400, "invalid_request_error");
        }
        let by_address = self.records.iter().find(|found| found.has_address(&email));
        let by_name = self.records.iter().find(|found| found.is_called(&name, &company));
        let Some(found) = by_address.or(by_name).filter(|found| found.fulfils(params)).cloned() else {
            return entry(404, "not_found");
        };
        if self.credits == 0 {
            return entry(402, "payment_required");
        }
        self.credits -= 1;
        self.paid += 1;
        let data = found.included(params);
        let mut answer =
            json!({ "status": 200, "likelihood": found.likelihood, "data": data, "metadata": request["metadata"] });
        if params["include_if_matched"] == json!(true) {
            let by = if found.has_address(&email) { ["email", "name"] } else { ["name", "company"] };
            answer["matched"] = json!(by);
        }
        answer
    }
}

impl Found {
    fn has_address(&self, email: &str) -> bool {
        !email.is_empty() && self.email.to_lowercase() == email
    }

    fn is_called(&self, name: &str, company: &str) -> bool {
        self.record["full_name"].as_str() == Some(name) && self.companies.iter().any(|known| known == company)
    }

    fn fulfils(&self, params: &Value) -> bool {
        let least = params["min_likelihood"].as_u64().unwrap_or(2);
        let required = params["required"].as_str().is_none_or(|field| !self.record[field].is_null());
        u64::from(self.likelihood) >= least && required
    }

    /// The record, or those fields of it that are asked for.
    fn included(&self, params: &Value) -> Value {
        let mut record = self.record.clone();
        if let (Some(fields), Some(record)) = (params["data_include"].as_str(), record.as_object_mut()) {
            record.retain(|field, _| fields.split(',').any(|wanted| wanted == field));
        }
        record
    }
}
