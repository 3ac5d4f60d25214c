//! Queries that have more rows than one answer, several at once in one request, each going on behind its last row.
//!
//! No place in an answer of Salesforce's is kept: those end after two days, and at the eleventh that a user opens. What a row's
//! change moves behind the place that was reached is seen again, and nothing is left out.

use domain::ports::CrmError;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::api::{Api, QUERIES_AT_ONCE, Request, unintelligible};
use super::cells::Cells;
use super::fault::Fault;
use super::soql;

/// The most rows that Salesforce puts into one answer.
pub(super) const ROWS: usize = 2_000;

/// Rows of an answer.
#[derive(Deserialize)]
pub(super) struct Rows {
    /// The rows.
    pub(super) records: Vec<Value>,
    /// Whether these are all that were asked for.
    pub(super) done: bool,
    /// Where the rest is.
    #[serde(rename = "nextRecordsUrl")]
    pub(super) next: Option<String>,
}

/// In which order rows come, which is how a query goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// By their ids.
    Id,
    /// By the time of their last change, and then by their ids.
    Change,
}

/// A query and how far it was read.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    select: String,
    from: &'static str,
    filter: String,
    order: Order,
    deleted: bool,
    reached: Option<(String, String)>,
    done: bool,
}

impl Stream {
    /// Rows of an object that a filter lets through; a blank one all of them.
    pub(super) fn new(select: &str, from: &'static str, filter: impl Into<String>, order: Order) -> Self {
        let (select, filter) = (select.to_owned(), filter.into());
        Self { select, from, filter, order, deleted: false, reached: None, done: false }
    }

    /// The same with those that were deleted, and those activities that are archived.
    pub(super) fn with_deleted(self) -> Self {
        Self { deleted: true, ..self }
    }

    /// Whether every row was given.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// The path of the next rows.
    pub(super) fn path(&self, api: &Api) -> String {
        let resource = if self.deleted { "queryAll" } else { "query" };
        api.path(&format!("{resource}?{}", soql::escaped(&self.query())))
    }

    fn query(&self) -> String {
        let behind = self.reached.as_ref().map(|(stamp, id)| match self.order {
            Order::Id => format!("Id > {}", soql::text(id)),
            Order::Change => {
                let id = soql::text(id);
                format!("(SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > {id}))")
            }
        });
        let filter = Some(self.filter.as_str()).filter(|filter| !filter.is_empty()).map(|filter| format!("({filter})"));
        let filters: Vec<String> = filter.into_iter().chain(behind).collect();
        let filter = if filters.is_empty() { String::new() } else { format!(" WHERE {}", filters.join(" AND ")) };
        let order = match self.order {
            Order::Id => "Id",
            Order::Change => "SystemModstamp, Id",
        };
        format!("SELECT {} FROM {}{filter} ORDER BY {order} LIMIT {ROWS}", self.select, self.from)
    }

    /// Takes note of rows that were given.
    pub(super) fn given(&mut self, rows: &Rows) -> Result<(), Fault> {
        self.done = rows.records.is_empty() || (rows.done && rows.records.len() < ROWS);
        if let Some(last) = rows.records.last().filter(|_| !self.done) {
            let id = last.trimmed("Id");
            let stamp = last.time("SystemModstamp").map(soql::time).unwrap_or_default();
            if !soql::is_id(&id) || (stamp.is_empty() && self.order == Order::Change) {
                return Err(unintelligible());
            }
            // A query that does not get on would be asked for ever.
            if self.reached.as_ref().is_some_and(|reached| *reached == (stamp.clone(), id.clone())) {
                return Err(unintelligible());
            }
            self.reached = Some((stamp, id));
        }
        Ok(())
    }
}

/// Reads every row of every query, up to five queries in one request. `take` is told which of them a row is of.
pub(super) async fn drain(
    api: &Api,
    what: &str,
    streams: &mut [Stream],
    mut take: impl FnMut(usize, Value) -> Result<(), CrmError> + Send,
) -> Result<(), CrmError> {
    while streams.iter().any(|stream| !stream.done) {
        round(api, what, streams, &mut take).await?;
    }
    Ok(())
}

/// Reads the next rows of up to five queries, in one request.
pub(super) async fn round(
    api: &Api,
    what: &str,
    streams: &mut [Stream],
    mut take: impl FnMut(usize, Value) -> Result<(), CrmError> + Send,
) -> Result<(), CrmError> {
    let open: Vec<usize> =
        streams.iter().enumerate().filter(|(_, stream)| !stream.done).map(|(at, _)| at).take(QUERIES_AT_ONCE).collect();
    let paths: Vec<String> = open.iter().filter_map(|at| streams.get(*at)).map(|stream| stream.path(api)).collect();
    let answers = ask(api, &paths).await.map_err(|fault| fault.about(what))?;
    for (at, rows) in open.into_iter().zip(answers) {
        if let Some(stream) = streams.get_mut(at) {
            stream.given(&rows).map_err(|fault| fault.about(what))?;
        }
        rows.records.into_iter().try_for_each(|row| take(at, row))?;
    }
    Ok(())
}

async fn ask(api: &Api, paths: &[String]) -> Result<Vec<Rows>, Fault> {
    if let [path] = paths {
        return Ok(vec![api.read(&Request::get(path)).await?]);
    }
    let rows = |part: Result<Box<RawValue>, Fault>| serde_json::from_str(part?.get()).map_err(|_| unintelligible());
    api.together(paths).await?.into_iter().map(rows).collect()
}
