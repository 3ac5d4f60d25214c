//! A HubSpot account that keeps what it is told, with HubSpot's limits: pages and batches, the 10,000 of a search and its body of
//! 3,000 characters, an index that lags behind, requests a second and a day, scopes.

mod batches;
mod objects;
mod search;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::{Reply, Request, serve};
pub(crate) use objects::Object;

/// The token that it takes.
pub(crate) const TOKEN: &str = "pat-eu1-11111111-2222-3333-4444-555555555555";
/// When its time begins.
pub(crate) const BEGINNING: &str = "2026-11-02T07:00:00Z";

/// An account, until the test ends.
pub(crate) struct Portal {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

/// What the account holds.
pub(crate) struct State {
    pub objects: BTreeMap<&'static str, BTreeMap<u64, Object>>,
    /// From and to, both ways.
    pub associations: BTreeSet<(String, u64, String, u64)>,
    pub owners: Vec<Value>,
    /// Name and label of each object's properties.
    pub properties: BTreeMap<&'static str, Vec<(&'static str, &'static str)>>,
    pub scopes: BTreeSet<&'static str>,
    pub currency: &'static str,
    /// Writes do not reach the index of searches.
    pub lags: bool,
    /// Ids that associations give at once.
    pub associated_at_once: usize,
    /// Requests that are left of the day's 650,000.
    pub left_today: u64,
    /// Requests a second are counted.
    pub counts: bool,
    pub now: Timestamp,
    next_id: u64,
    requests: Vec<Request>,
    faults: VecDeque<Fault>,
    times: Vec<(Instant, bool)>,
}

/// What happens instead of an answer.
struct Fault {
    path: String,
    /// So many requests of that path are answered as ever before.
    after: usize,
    /// The answer; nothing where the request has its effect and the answer is lost.
    reply: Option<Reply>,
}

impl Portal {
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State::new()));
        let own = Arc::clone(&state);
        Self { port: serve(move |request| own.lock().unwrap().answer(request)), state }
    }

    /// What the account holds, to look at and to change.
    pub(crate) fn open(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The requests to paths that hold this, since the last time it was asked.
    pub(crate) fn take_requests(&self, path: &str) -> Vec<Request> {
        let (asked, rest) = std::mem::take(&mut self.open().requests).into_iter().partition(|r| r.path.contains(path));
        self.open().requests = rest;
        asked
    }
}

impl State {
    fn new() -> Self {
        let objects = ["contacts", "companies", "deals", "tickets", "notes", "tasks"];
        Self {
            objects: objects.into_iter().map(|object| (object, BTreeMap::new())).collect(),
            associations: BTreeSet::new(),
            owners: Vec::new(),
            properties: objects::properties(),
            scopes: [
                "crm.objects.contacts.read",
                "crm.objects.companies.read",
                "crm.objects.owners.read",
                "crm.objects.deals.read",
                "tickets",
                "crm.objects.contacts.write",
                "crm.objects.companies.write",
            ]
            .into(),
            currency: "EUR",
            lags: false,
            associated_at_once: 500,
            left_today: 600_000,
            counts: false,
            now: BEGINNING.parse().unwrap(),
            next_id: 31_000_000_001,
            requests: Vec::new(),
            faults: VecDeque::new(),
            times: Vec::new(),
        }
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, time: SignedDuration) {
        self.now += time;
    }

    /// After so many requests to paths that hold this, one is answered so, and has no effect.
    pub(crate) fn fails(
        &mut self,
        path: &str,
        after: usize,
        status: u16,
        headers: &[(&'static str, &str)],
        body: &str,
    ) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let reply = Some(Reply { status, headers, body: body.to_owned() });
        self.faults.push_back(Fault { path: path.to_owned(), after, reply });
    }

    /// The next request to a path that holds this has its effect, and its answer is lost.
    pub(crate) fn loses_answer(&mut self, path: &str) {
        self.faults.push_back(Fault { path: path.to_owned(), after: 0, reply: None });
    }

    fn answer(&mut self, request: &Request) -> Option<Reply> {
        self.requests.push(request.clone());
        let fault = self.faults.iter_mut().position(|fault| {
            let meant = request.path.contains(&fault.path);
            let now = meant && fault.after == 0;
            fault.after = fault.after.saturating_sub(usize::from(meant));
            now
        });
        match fault.and_then(|at| self.faults.remove(at)) {
            Some(Fault { reply: Some(reply), .. }) => Some(reply),
            Some(Fault { reply: None, .. }) => {
                self.handle(request);
                None
            }
            None => Some(self.handle(request)),
        }
    }

    fn handle(&mut self, request: &Request) -> Reply {
        // Every request takes time.
        self.now += SignedDuration::from_millis(20);
        if request.authorization != format!("Bearer {TOKEN}") {
            return refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.", json!([]));
        }
        let is_search = request.path.ends_with("/search");
        if let Some(reply) = self.limited(is_search) {
            return reply;
        }
        let mut reply = self.route(request);
        // Searches tell nothing of limits.
        if !is_search {
            self.left_today = self.left_today.saturating_sub(1);
            reply.headers.push(("X-HubSpot-RateLimit-Daily", "650000".to_owned()));
            reply.headers.push(("X-HubSpot-RateLimit-Daily-Remaining", self.left_today.to_string()));
        }
        reply.headers.push(("Content-Type", "application/json;charset=utf-8".to_owned()));
        reply
    }

    fn limited(&mut self, is_search: bool) -> Option<Reply> {
        if !self.counts {
            return None;
        }
        let now = Instant::now();
        self.times.retain(|(at, _)| now.duration_since(*at).as_millis() < 10_000);
        let searches = self.times.iter().filter(|(at, search)| *search && now.duration_since(*at).as_millis() < 1_000);
        let policy = match (is_search && searches.count() >= 5, self.times.len() >= 100) {
            (true, _) => "SECONDLY",
            (false, true) => "TEN_SECONDLY_ROLLING",
            (false, false) => {
                self.times.push((now, is_search));
                return None;
            }
        };
        let body = json!({ "status": "error", "message": format!("You have reached your {} limit.", policy.to_lowercase()),
            "errorType": "RATE_LIMIT", "policyName": policy, "correlationId": "c" });
        Some(Reply { status: 429, headers: Vec::new(), body: body.to_string() })
    }

    fn route(&mut self, request: &Request) -> Reply {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let parts: Vec<&str> = request.path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["crm", "v3", "objects", object, "search"]) => self.search(object, &request.body, &body),
            ("POST", ["crm", "v3", "objects", object, "batch", "read"]) => self.batch_read(object, &body),
            ("POST", ["crm", "v3", "objects", object, "batch", "create"]) => self.batch_create(object, &body),
            ("POST", ["crm", "v3", "objects", object, "batch", "update"]) => self.batch_update(object, &body),
            ("POST", ["crm", "v4", "associations", from, to, "batch", "read"]) => self.associated(from, to, &body),
            ("POST", ["crm", "v3", "objects", object]) => self.create(object, &body),
            ("GET", ["crm", "v3", "objects", object]) => self.list(object, request),
            ("GET", ["crm", "v3", "objects", object, id]) => self.one(object, id, request),
            ("PATCH", ["crm", "v3", "objects", object, id]) => self.patch(object, id, &body),
            ("GET", ["crm", "v3", "owners"]) => self.list_owners(request),
            ("GET", ["crm", "v3", "properties", object]) => self.list_properties(object),
            ("GET", ["crm", "v3", "pipelines", object]) => pipelines(object),
            ("GET", ["account-info", "v3", "details"]) => reply(
                200,
                &json!({ "portalId": 146_222_333, "timeZone": "Europe/Berlin", "companyCurrency": self.currency, "accountType": "STANDARD" }),
            ),
            ("POST", ["oauth", "v2", "private-apps", "get", "access-token-info"]) => {
                reply(200, &json!({ "userId": 1, "hubId": 146_222_333, "appId": 2, "scopes": self.scopes }))
            }
            _ => Reply { status: 404, headers: Vec::new(), body: "<html>404</html>".to_owned() },
        }
    }

    /// The refusal of whoever lacks the scope for it.
    fn forbids(&self, object: &str, writes: bool) -> Option<Reply> {
        let scope = match object {
            "tickets" => "tickets".to_owned(),
            "notes" | "tasks" => format!("crm.objects.contacts.{}", if writes { "write" } else { "read" }),
            object => format!("crm.objects.{object}.{}", if writes { "write" } else { "read" }),
        };
        let errors = json!([{ "message": "One or more of the following scopes are required.", "context": { "requiredGranularScopes": [scope] } }]);
        let message = "This app hasn't been granted all required scopes to make this call.";
        (!self.scopes.contains(scope.as_str())).then(|| refused(403, "MISSING_SCOPES", message, errors))
    }

    fn list_owners(&self, request: &Request) -> Reply {
        if let Some(refused) = self.forbids("owners", false) {
            return refused;
        }
        let archived = request.parameter("archived") == Some("true");
        let owners: Vec<&Value> = self.owners.iter().filter(|owner| (owner["archived"] == true) == archived).collect();
        let limit = request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100);
        let from: usize = request.parameter("after").and_then(|after| after.parse().ok()).unwrap_or(0);
        let page: Vec<_> = owners.iter().skip(from).take(limit).collect();
        let mut body = json!({ "results": page });
        if from + limit < owners.len() {
            body["paging"] = json!({ "next": { "after": (from + limit).to_string() } });
        }
        reply(200, &body)
    }

    fn list_properties(&self, object: &str) -> Reply {
        let known = self.properties.get(object).map(Vec::as_slice).unwrap_or_default();
        let property = |(name, label): &(&str, &str)| {
            json!({ "name": name, "label": label, "type": "string", "fieldType": "text", "groupName": "g",
                "description": "", "options": [] })
        };
        reply(200, &json!({ "results": known.iter().map(property).collect::<Vec<_>>() }))
    }
}

fn pipelines(object: &str) -> Reply {
    let stage = |id: &str, label: &str, metadata: Value| json!({ "id": id, "label": label, "displayOrder": 0, "metadata": metadata, "createdAt": BEGINNING, "updatedAt": BEGINNING, "archived": false });
    let stages = match object {
        "deals" => json!([
            stage("contractsent", "Contract sent", json!({ "isClosed": "false", "probability": "0.9" })),
            stage("closedwon", "Closed won", json!({ "isClosed": "true", "probability": "1.0" })),
            stage("98765", "Given up", json!({ "isClosed": "true", "probability": "0.0" })),
        ]),
        _ => json!([
            stage("1", "New", json!({ "ticketState": "OPEN", "isClosed": "false" })),
            stage("4", "Closed", json!({ "ticketState": "CLOSED", "isClosed": "true" })),
        ]),
    };
    let pipeline = json!({ "id": "default", "label": "Pipeline", "displayOrder": 0, "stages": stages, "createdAt": BEGINNING, "updatedAt": BEGINNING, "archived": false });
    reply(200, &json!({ "results": [pipeline] }))
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply { status, headers: Vec::new(), body: body.to_string() }
}

fn refused(status: u16, category: &str, message: &str, errors: Value) -> Reply {
    reply(
        status,
        &json!({ "status": "error", "message": message, "correlationId": "c", "category": category, "errors": errors }),
    )
}
