//! A first load by Bulk API 2.0: two jobs, one for the contacts and one for their roles, whose results come as rows in no order.

use std::collections::HashMap;
use std::time::Duration;

use csv::{ReaderBuilder, StringRecord};
use domain::crm::Role;
use domain::ports::CrmError;
use https::header::HeaderName;
use https::{Answer, Method};
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::json;

use super::api::{Api, Request, unintelligible};
use super::cells::Cells;
use super::contacts::{changed, role};
use super::fault::Fault;
use super::passes::{Gathering, Source};

/// Rows of one part of the results: some seven megabytes of contacts, which is what is held at once.
const ROWS: usize = 25_000;
/// How long a job is looked after, first often and then less.
const PAUSES: [u64; 6] = [500, 1_000, 2_000, 3_000, 5_000, 10_000];
const PATIENCE: Duration = Duration::from_secs(30 * 60);
const WHAT: &str = "the first load of the contacts";

/// Why a load ended early.
pub(super) enum Failed {
    /// The org does not let this user have such jobs, or cannot do this one.
    NotAllowed(String),
    /// Anything else.
    Crm(CrmError),
}

impl From<CrmError> for Failed {
    fn from(error: CrmError) -> Self {
        Self::Crm(error)
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Crm(fault.about(WHAT))
    }
}

/// Loads the contacts that a filter lets through; `roles` is the same filter on their roles.
pub(super) async fn load(source: &Source<'_>, contacts: &str, roles: &str) -> Result<Gathering, Failed> {
    let query = |select: &str, from: &str, filter: &str| {
        let filter = if filter.is_empty() { String::new() } else { format!(" WHERE {filter}") };
        format!("SELECT {select} FROM {from}{filter}")
    };
    let api = source.api;
    let people = Job::start(api, &query(&source.shape.select_flat(), "Contact", contacts)).await?;
    let mut played = Roles::new()?;
    if source.shape.has_roles {
        let select = "ContactId, Role, Opportunity.AccountId";
        let job = Job::start(api, &query(select, "OpportunityContactRole", roles)).await?;
        job.rows(api, |row| played.add(row)).await?;
    }
    let mut gathering = Gathering::new()?;
    let shape = source.shape;
    people
        .rows(api, |row| {
            let roles = played.of(&row.cell("Id"))?;
            gathering.take(shape.read(row, &roles, source.aside), changed(row))
        })
        .await?;
    Ok(gathering)
}

/// A query that runs on its own.
struct Job {
    path: String,
}

#[derive(Deserialize)]
struct JobInfo {
    id: String,
    state: String,
}

impl Job {
    async fn start(api: &Api, query: &str) -> Result<Self, Failed> {
        let body = json!({ "operation": "query", "query": query });
        match api.read::<JobInfo>(&Request::json(Method::POST, api.path("jobs/query"), &body)).await {
            Ok(job) if super::soql::is_id(&job.id) => Ok(Self { path: api.path(&format!("jobs/query/{}", job.id)) }),
            Ok(_) => Err(unintelligible().into()),
            Err(Fault::Refused { status, code, .. }) => Err(Failed::NotAllowed(format!("{status} {code}"))),
            Err(Fault::Gone { code }) => Err(Failed::NotAllowed(code)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Gives every row once the job is done, and has it deleted.
    async fn rows(
        &self,
        api: &Api,
        mut take: impl FnMut(&Row<'_>) -> Result<(), CrmError> + Send,
    ) -> Result<(), Failed> {
        self.wait(api).await?;
        let mut locator = String::new();
        loop {
            let place = if locator.is_empty() { String::new() } else { format!("&locator={locator}") };
            let path = format!("{}/results?maxRecords={ROWS}{place}", self.path);
            let answer = api.send(&Request::get(path).csv()).await?;
            each_row(&answer, &mut take)?;
            match next_locator(&answer)? {
                Some(next) if next != locator => locator = next,
                Some(_) => return Err(unintelligible().into()),
                None => break,
            }
        }
        // Results are deleted after seven days anyway.
        let _ = api.send(&Request::delete(&self.path)).await;
        Ok(())
    }

    async fn wait(&self, api: &Api) -> Result<(), Failed> {
        let mut waited = Duration::ZERO;
        let mut pauses = PAUSES.into_iter();
        let mut pause = Duration::from_millis(PAUSES[0]);
        loop {
            pause = pauses.next().map_or(pause, Duration::from_millis);
            tokio::time::sleep(pause).await;
            waited += pause;
            let job: JobInfo = api.read(&Request::get(&self.path)).await?;
            match job.state.as_str() {
                "JobComplete" => return Ok(()),
                "Failed" | "Aborted" => return Err(Failed::NotAllowed(format!("the job ended as {}", job.state))),
                _ if waited >= PATIENCE => {
                    return Err(Fault::Unreachable(format!("the job is not done after {} s", waited.as_secs())).into());
                }
                _ => {}
            }
        }
    }
}

/// One row of the results, by the names in the header.
struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a StringRecord,
}

impl Cells for Row<'_> {
    fn cell(&self, name: &str) -> std::borrow::Cow<'_, str> {
        self.columns.get(name).and_then(|at| self.record.get(*at)).unwrap_or_default().into()
    }
}

/// Results that break off are no results: the length of the answer was checked, and a row has as many columns as the header.
fn each_row(answer: &Answer, take: &mut impl FnMut(&Row<'_>) -> Result<(), CrmError>) -> Result<(), Failed> {
    let mut reader = ReaderBuilder::new().from_reader(answer.body.as_ref());
    let header = reader.headers().map_err(|_| unintelligible())?;
    let columns: HashMap<String, usize> = header.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| unintelligible())? {
        take(&Row { columns: &columns, record: &record })?;
    }
    Ok(())
}

/// Where the next part of the results begins; `null` behind the last one.
fn next_locator(answer: &Answer) -> Result<Option<String>, Fault> {
    match answer.header(&HeaderName::from_static("sforce-locator")) {
        None | Some("null" | "") => Ok(None),
        Some(locator) if locator.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=+.".contains(&b)) => {
            Ok(Some(locator.replace('+', "%2B").replace('=', "%3D")))
        }
        Some(_) => Err(unintelligible()),
    }
}

/// Who plays which part in whose opportunity, on disk.
struct Roles {
    connection: Connection,
    _file: tempfile::TempDir,
}

impl Roles {
    fn new() -> Result<Self, CrmError> {
        let file = tempfile::tempdir().map_err(|e| CrmError::Unavailable(Box::new(e)))?;
        let connection = Connection::open(file.path().join("roles.sqlite")).map_err(unavailable)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192; PRAGMA temp_store=FILE;
                 CREATE TABLE role (contact TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL,
                 PRIMARY KEY (contact, account, role)) WITHOUT ROWID; BEGIN;",
            )
            .map_err(unavailable)?;
        Ok(Self { connection, _file: file })
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), CrmError> {
        let Some((account, _)) = role(row) else { return Ok(()) };
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO role (contact, account, role) VALUES (?1, ?2, ?3)")
            .and_then(|mut s| s.execute(params![row.cell("ContactId").trim(), account, row.cell("Role")]))
            .map_err(unavailable)?;
        Ok(())
    }

    fn of(&mut self, contact: &str) -> Result<Vec<(String, Role)>, CrmError> {
        let of = "SELECT account, role FROM role WHERE contact = ?1";
        let mut statement = self.connection.prepare_cached(of).map_err(unavailable)?;
        let rows = statement.query_map([contact], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let rows: Result<Vec<(String, String)>, _> = rows.and_then(Iterator::collect).map_err(unavailable);
        Ok(rows?.into_iter().filter_map(|(account, role)| Some((account, Role::parse(&role)?))).collect())
    }
}

fn unavailable(error: rusqlite::Error) -> CrmError {
    CrmError::Unavailable(Box::new(error))
}
