//! The stand-in as a process of its own, and a CRM that is connected to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use crm::{SalesforceCrm, SalesforceSettings};
use domain::config::Config;
use domain::crm::Contact;
use domain::ports::{AskedFor, ContactQuery, Crm, CrmError, FixedClock};
use domain::{AccountId, ContactId};
use https::{Https, Reach};
use jiff::Timestamp;
use serde_json::{Value, json};

/// When the stand-in begins, which is when the CRM's clock stands.
pub(crate) const NOW: &str = "2026-11-02T07:00:00Z";

pub(crate) struct Stand {
    process: Child,
    pub(crate) port: u16,
}

impl Stand {
    pub(crate) fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/salesforce/stand_in.py");
        let mut process =
            Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { process, port: line.trim().parse().expect("the stand-in tells its port") }
    }

    /// With a customer, and some people in it.
    pub(crate) fn with_people(count: usize) -> (Self, String, Vec<String>) {
        let stand = Self::start();
        let account = stand.load("Account", json!([{ "Name": "Northwind", "Type": "Customer - Direct" }])).remove(0);
        let people = stand.control("many", json!({ "account": account, "count": count }));
        (stand, account, ids(&people))
    }

    pub(crate) fn control(&self, what: &str, body: Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head =
            format!("POST /_control/{what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}", body.len());
        write!(stream, "{head}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").expect("an answer").1).expect("JSON")
    }

    pub(crate) fn load(&self, object: &str, records: Value) -> Vec<String> {
        ids(&self.control("load", json!({ object: records }))[object])
    }

    pub(crate) fn change(&self, object: &str, id: &str, fields: Value) {
        self.control("change", json!({ "object": object, "id": id, "fields": fields }));
    }

    pub(crate) fn set(&self, name: &str, value: Value) {
        self.control("set", json!({ name: value }));
    }

    /// Answers requests whose method and path fit with something else.
    pub(crate) fn fault(&self, path: &str, status: u16, body: &str, headers: Value, times: u32) {
        self.set(
            "faults",
            json!([{ "path": path, "status": status, "body": body, "headers": headers, "times": times }]),
        );
    }

    pub(crate) fn records(&self, object: &str) -> Vec<Value> {
        self.control("records", json!({ "object": object })).as_array().unwrap().clone()
    }

    /// The requests so far whose method and path hold a text.
    pub(crate) fn requests(&self, holding: &str) -> usize {
        let state = self.control("state", json!({}));
        state["requests"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|request| request.as_str().unwrap().contains(holding))
            .count()
    }

    pub(crate) fn reach(&self) -> Reach {
        Reach::with_private(&format!("127.0.0.1:{}", self.port)).unwrap()
    }

    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        [
            ("LOGIN_URL", format!("http://127.0.0.1:{}", self.port).as_str()),
            ("CLIENT_ID", "client"),
            ("CLIENT_SECRET", "secret"),
        ]
        .map(|(name, value)| (format!("SALESFORCE_{name}"), value.to_owned()))
        .to_vec()
    }

    pub(crate) fn crm_of(&self, variables: &[(String, String)], config: &Config, now: &str) -> SalesforceCrm {
        let find = |name: &str| variables.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        let settings = SalesforceSettings::read(find, &self.reach()).unwrap();
        let https = Arc::new(Https::new(self.reach()).unwrap());
        SalesforceCrm::new(settings, https, config, Arc::new(FixedClock(at(now))))
    }

    pub(crate) fn crm(&self) -> SalesforceCrm {
        self.crm_of(&self.variables(), &Config::shipped(), NOW)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn ids(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn account(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

pub(crate) fn contact(id: &str) -> ContactId {
    ContactId::parse(id).unwrap()
}

/// A whole pass.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    pub(crate) contacts: Vec<Contact>,
    pub(crate) gone: Vec<ContactId>,
    pub(crate) unreadable: Vec<ContactId>,
    pub(crate) newest: Option<Timestamp>,
    pub(crate) pages: usize,
}

impl Pass {
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.contacts.iter().map(|contact| contact.id.as_str()).collect()
    }
}

pub(crate) async fn pass(crm: &dyn Crm, since: Option<Timestamp>, also: Option<&AskedFor>) -> Result<Pass, CrmError> {
    pass_within(crm, None, None, since, also).await
}

pub(crate) async fn pass_within(
    crm: &dyn Crm,
    after: Option<ContactId>,
    through: Option<ContactId>,
    since: Option<Timestamp>,
    also: Option<&AskedFor>,
) -> Result<Pass, CrmError> {
    let (mut pass, mut after) = (Pass::default(), after);
    loop {
        let query = ContactQuery { after: after.as_ref(), through: through.as_ref(), since, also };
        let page = crm.contacts(&query).await?;
        pass.pages += 1;
        pass.contacts.extend(page.contacts);
        pass.gone.extend(page.gone);
        pass.unreadable.extend(page.unreadable);
        pass.newest = pass.newest.max(page.newest);
        after = page.through;
        if after.is_none() {
            assert!(pass.contacts.is_sorted_by(|a, b| a.id < b.id), "every contact once, in the order of ids");
            return Ok(pass);
        }
    }
}
