//! Writes up to 200 records in one request, and those again that somebody else held at the moment.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use domain::ports::CrmError;
use https::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Org;
use super::api::{Request, unintelligible};
use super::fault::Fault;

/// sObject Collections take no more.
const AT_ONCE: usize = 200;
/// How often a record is tried again that somebody else holds.
const TRIES: u32 = 4;
/// Before the second try; twice as long before each one after it.
const PAUSE_MS: u64 = 100;

/// A record to be written.
pub(super) struct Record {
    /// Its object.
    pub(super) kind: &'static str,
    /// Its fields.
    pub(super) fields: Map<String, Value>,
}

/// In which way.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// As new ones.
    Create,
    /// By their ids.
    Update,
    /// By an external id, new ones where there are none.
    Upsert(&'static str),
}

/// Why a record was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    code: String,
    fields: Vec<String>,
}

impl Wrong {
    /// Whether something that it refers to is gone, or cannot be referred to.
    pub(super) fn is_about_a_reference(&self) -> bool {
        matches!(
            self.code.as_str(),
            "ENTITY_IS_DELETED"
                | "INVALID_CROSS_REFERENCE_KEY"
                | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
                | "INACTIVE_OWNER_OR_USER"
                | "FIELD_INTEGRITY_EXCEPTION"
        )
    }

    /// As the port tells it.
    pub(super) fn about(self, what: &str) -> CrmError {
        match self.code.as_str() {
            "UNABLE_TO_LOCK_ROW" => Fault::Locked.about(what),
            _ if self.is_about_a_reference() => CrmError::Unusable(format!(
                "Salesforce refuses {what} ({}): the account that they belong to was deleted, or Baton's user may not see it",
                self.code
            )),
            _ => Fault::Refused { status: 400, code: self.code, fields: self.fields }.about(what),
        }
    }
}

#[derive(Deserialize)]
struct Saved {
    success: bool,
    #[serde(default)]
    errors: Vec<SaveError>,
}

#[derive(Deserialize)]
struct SaveError {
    #[serde(rename = "statusCode")]
    code: String,
    #[serde(default)]
    fields: Vec<String>,
}

/// Writes records, each by itself. Returns those that were not written, by their place.
pub(super) async fn write(
    org: &Org,
    what: &str,
    how: How,
    records: &[Record],
) -> Result<Vec<(usize, Wrong)>, CrmError> {
    let mut wrong = Vec::new();
    let all: Vec<usize> = (0..records.len()).collect();
    for places in all.chunks(AT_ONCE) {
        wrong.extend(write_some(org, what, how, records, places.to_vec()).await?);
    }
    Ok(wrong)
}

async fn write_some(
    org: &Org,
    what: &str,
    how: How,
    records: &[Record],
    mut places: Vec<usize>,
) -> Result<Vec<(usize, Wrong)>, CrmError> {
    let mut wrong: Vec<(usize, Wrong)> = Vec::new();
    for attempt in 0..TRIES {
        let last = attempt + 1 == TRIES;
        let saved = match send(org, how, records, &places).await {
            Err(Fault::Locked) if !last => Vec::new(),
            other => other.map_err(|fault| not_there(fault, what))?,
        };
        let mut locked = if saved.is_empty() { places.clone() } else { Vec::new() };
        for (place, saved) in places.iter().zip(saved) {
            match problem(saved) {
                Some(Wrong { code, .. }) if code == "UNABLE_TO_LOCK_ROW" && !last => locked.push(*place),
                // Somebody else has just written the same record under the same external id.
                Some(Wrong { code, .. }) if code == "DUPLICATE_VALUE" && matches!(how, How::Upsert(_)) => {}
                Some(problem) => wrong.push((*place, problem)),
                None => {}
            }
        }
        if locked.is_empty() {
            break;
        }
        places = locked;
        pause(attempt).await;
    }
    Ok(wrong)
}

/// What is not found when it is written is no place in a long answer.
fn not_there(fault: Fault, what: &str) -> CrmError {
    match fault {
        Fault::Gone { code } => Fault::Refused { status: 404, code, fields: Vec::new() }.about(what),
        fault => fault.about(what),
    }
}

async fn send(org: &Org, how: How, records: &[Record], places: &[usize]) -> Result<Vec<Saved>, Fault> {
    let body = |record: &Record| {
        let mut fields = record.fields.clone();
        fields.insert("attributes".to_owned(), json!({ "type": record.kind }));
        Value::Object(fields)
    };
    let some: Vec<&Record> = places.iter().filter_map(|place| records.get(*place)).collect();
    let kind = some.first().map_or("", |record| record.kind);
    let (method, path) = match how {
        How::Create => (Method::POST, org.api.path("composite/sobjects")),
        How::Update => (Method::PATCH, org.api.path("composite/sobjects")),
        How::Upsert(id) => (Method::PATCH, org.api.path(&format!("composite/sobjects/{kind}/{id}"))),
    };
    let body = json!({ "allOrNone": false, "records": some.into_iter().map(body).collect::<Vec<_>>() });
    let saved: Vec<Saved> = org.api.read(&Request::json(method, path, &body)).await?;
    if saved.len() == places.len() { Ok(saved) } else { Err(unintelligible()) }
}

fn problem(saved: Saved) -> Option<Wrong> {
    if saved.success {
        return None;
    }
    let first = saved.errors.into_iter().next();
    let (code, fields) = first.map_or_else(Default::default, |error| (error.code, error.fields));
    Some(Wrong { code, fields })
}

/// Longer each time, and never as long as whoever else waits.
pub(super) async fn pause(attempt: u32) {
    let whole = PAUSE_MS << attempt;
    let jitter = RandomState::new().hash_one(attempt) % whole;
    tokio::time::sleep(Duration::from_millis(whole / 2 + jitter)).await;
}
