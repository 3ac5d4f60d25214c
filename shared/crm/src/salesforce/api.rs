//! Requests to Salesforce's REST API: signed in, within the budget, counted, and with their faults told apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::ports::Clock;
use https::header::{ACCEPT, HeaderName, IF_UNMODIFIED_SINCE};
use https::{Answer, Bytes, Call, Https, Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::sync::Mutex;

use super::budget::Budget;
use super::fault::Fault;
use super::session::{Session, sign_in, unreachable};
use super::settings::SalesforceSettings;

/// A page of 2,000 contacts with every field takes some two megabytes, and a composite answer holds several.
const LONGEST: usize = 48 << 20;
/// Salesforce itself gives a query 120 seconds; a page over the index of ids takes one or two.
const ANSWER: Duration = Duration::from_secs(50);
/// One composite request takes no more queries (the composite resource: 25 parts, five of them queries).
pub(super) const QUERIES_AT_ONCE: usize = 5;

/// The REST API of one org.
pub(super) struct Api {
    https: Arc<Https>,
    settings: SalesforceSettings,
    clock: Arc<dyn Clock + Send + Sync>,
    session: Mutex<Option<Session>>,
    sessions: AtomicU64,
    budget: Budget,
    sent: AtomicU64,
}

/// One request, below the place of the data.
pub(super) struct Request {
    method: Method,
    path: String,
    body: Option<(&'static str, Bytes)>,
    unmodified_since: Option<String>,
    csv: bool,
}

impl Request {
    /// Reads.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, unmodified_since: None, csv: false }
    }

    /// Sends JSON.
    pub(super) fn json(method: Method, path: impl Into<String>, body: &serde_json::Value) -> Self {
        let body = Some(("application/json", Bytes::from(body.to_string())));
        Self { method, body, ..Self::get(path) }
    }

    /// Sends XML, for the one thing that only the older API tells.
    pub(super) fn xml(path: impl Into<String>, body: String) -> Self {
        Self { method: Method::POST, body: Some(("text/xml", Bytes::from(body))), ..Self::get(path) }
    }

    /// The same, deleting.
    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, ..Self::get(path) }
    }

    /// The same, if nobody has changed the record since.
    pub(super) fn unmodified_since(self, time: Option<&str>) -> Self {
        Self { unmodified_since: time.map(str::to_owned), ..self }
    }

    /// The same, answered with rows.
    pub(super) fn csv(self) -> Self {
        Self { csv: true, ..self }
    }
}

impl Api {
    /// The API of the org of these settings.
    pub(super) fn new(settings: SalesforceSettings, https: Arc<Https>, clock: Arc<dyn Clock + Send + Sync>) -> Self {
        let budget = Budget::new(settings.share);
        let (session, sessions, sent) = (Mutex::new(None), AtomicU64::new(0), AtomicU64::new(0));
        Self { https, settings, clock, session, sessions, budget, sent }
    }

    /// How many requests were made, those for a token included.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// What the org has used of its requests of a day, and how many it has.
    pub(super) fn usage(&self) -> Option<(u64, u64)> {
        self.budget.usage()
    }

    /// Now.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// A path of the API's version: `/services/data/v64.0/query`.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/services/data/v{}/{rest}", self.settings.version)
    }

    /// The path of the older API, which answers what the REST API does not tell.
    pub(super) fn soap_path(&self) -> String {
        format!("/services/Soap/u/{}", self.settings.version)
    }

    /// Makes a request. A session that is no longer taken is opened anew, once.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, Fault> {
        let session = self.session(None).await?;
        match self.once(request, &session).await {
            Err(Fault::SignedOut) => {
                let session = self.session(Some(session.number)).await?;
                self.once(request, &session).await
            }
            other => other,
        }
    }

    /// Makes a request with its session's token in the body, once: `body` is told the token.
    pub(super) async fn with_token(&self, path: &str, body: impl Fn(&str) -> String) -> Result<Answer, Fault> {
        let session = self.session(None).await?;
        self.once(&Request::xml(path, body(&session.token)), &session).await
    }

    /// Makes a request and reads its answer.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Fault> {
        let answer = self.send(request).await?;
        serde_json::from_slice(&answer.body).map_err(|_| unintelligible())
    }

    /// Asks for several things in one request; each may fail by itself.
    pub(super) async fn together(&self, paths: &[String]) -> Result<Vec<Result<Box<RawValue>, Fault>>, Fault> {
        let part = |(number, path): (usize, &String)| serde_json::json!({ "method": "GET", "url": path, "referenceId": format!("part{number}") });
        let parts: Vec<serde_json::Value> = paths.iter().enumerate().map(part).collect();
        let body = serde_json::json!({ "allOrNone": false, "compositeRequest": parts });
        let request = Request::json(Method::POST, self.path("composite"), &body);
        let answer: Composite = self.read(&request).await?;
        if answer.parts.len() != paths.len() {
            return Err(unintelligible());
        }
        answer.parts.into_iter().map(Composed::told).collect()
    }

    async fn once(&self, request: &Request, session: &Session) -> Result<Answer, Fault> {
        self.budget.check(self.clock.now())?;
        let call = call(request, session)?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let answer = self.https.send(&call).await.map_err(|broken| unreachable(&broken))?;
        self.budget.note(answer.header(&HeaderName::from_static("sforce-limit-info")), self.clock.now());
        Fault::of(&answer).map_or(Ok(answer), Err)
    }

    /// The session that is open, or a new one; `worn` is one that is no longer taken.
    async fn session(&self, worn: Option<u64>) -> Result<Session, Fault> {
        let mut open = self.session.lock().await;
        if let Some(session) = open.as_ref().filter(|session| Some(session.number) != worn) {
            return Ok(session.clone());
        }
        *open = None;
        self.budget.check(self.clock.now())?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let number = self.sessions.fetch_add(1, Ordering::Relaxed);
        let session = sign_in(&self.https, &self.settings, number, self.clock.now()).await?;
        Ok(open.insert(session).clone())
    }
}

/// An answer that came, and is not what its status promises.
pub(super) fn unintelligible() -> Fault {
    Fault::Unreachable("the answer is not what the API answers".to_owned())
}

/// Searches by POST change nothing and may be repeated; what writes is told apart by its caller, who looks before it writes.
fn call(request: &Request, session: &Session) -> Result<Call, Fault> {
    let url = session.instance.join(&request.path).ok().filter(|url| same_place(url, &session.instance));
    let url =
        url.ok_or_else(|| Fault::Unusable("Salesforce names an address elsewhere as a part of its answer".to_owned()))?;
    let call = match &request.body {
        Some((kind, body)) => Call::post(url, kind, body.clone()).by(request.method.clone()),
        None => Call::get(url).by(request.method.clone()),
    };
    let reads = request.method == Method::GET || request.path.ends_with("/composite");
    let call = if reads { call.repeatable() } else { call };
    let call = call.bearer(&session.token).within(ANSWER).at_most(LONGEST);
    let call = call.header(ACCEPT, if request.csv { "text/csv" } else { "application/json" });
    let call = match &request.body {
        Some(("text/xml", _)) => call.header(HeaderName::from_static("soapaction"), "\"\""),
        _ => call,
    };
    Ok(match &request.unmodified_since {
        Some(time) => call.header(IF_UNMODIFIED_SINCE, time),
        None => call,
    })
}

fn same_place(url: &Url, instance: &Url) -> bool {
    url.origin() == instance.origin()
}

#[derive(Deserialize)]
struct Composite {
    #[serde(rename = "compositeResponse")]
    parts: Vec<Composed>,
}

#[derive(Deserialize)]
struct Composed {
    body: Option<Box<RawValue>>,
    #[serde(rename = "httpStatusCode")]
    status: u16,
}

impl Composed {
    /// What concerns the whole org ends the request; the rest is the part's own affair.
    fn told(self) -> Result<Result<Box<RawValue>, Fault>, Fault> {
        let body = self.body.as_ref().map_or("", |body| body.get());
        if !(200..300).contains(&self.status) {
            return match Fault::from_parts(self.status, body.as_bytes(), None) {
                fault @ (Fault::Wait { .. } | Fault::SignedOut | Fault::Unreachable(_) | Fault::Unusable(_)) => {
                    Err(fault)
                }
                fault => Ok(Err(fault)),
            };
        }
        Ok(Ok(self.body.ok_or_else(unintelligible)?))
    }
}
