//! What a function asked of a service, read from the request itself, and the permissions that the call needs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::Request;

/// One call of one function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub site: Site,
    pub needs: BTreeSet<Permission>,
}

/// A place at which something can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Site {
    pub function: String,
    /// As in the scope of a signature: `dynamodb`, `sqs`, `events`, `ses`, `s3`, `secretsmanager`, `lambda`; and
    /// `slack`.
    pub service: String,
    /// `TransactWriteItems`, `chat.postMessage`
    pub action: String,
}

/// What a policy must allow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Permission {
    /// `dynamodb:PutItem`
    pub action: String,
    /// The end of the resource's ARN: `table/cases/index/by-index`, `changes`, `exports/2026-11-02/Contact.csv`.
    pub resource: String,
}

impl Call {
    pub(crate) fn of(function: &str, request: &Request) -> Self {
        let service = service(request);
        let action = action(&service, request);
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let needs = match service.as_str() {
            "dynamodb" => on_tables(&action, &body),
            "sqs" => on_queue(&action, &body),
            "events" => on_buses(&action, &body),
            "secretsmanager" => one("secretsmanager", &action, &text(&body["SecretId"])),
            "ses" => on_identity(&body),
            "s3" => on_bucket(&action, request),
            "lambda" => one("lambda", &action, request.path().rsplit('/').next().unwrap_or_default()),
            _ => BTreeSet::new(),
        };
        Self { site: Site { function: function.to_owned(), service, action }, needs }
    }
}

impl Site {
    pub(crate) fn of(function: &str, service: &str, action: &str) -> Self {
        Self { function: function.to_owned(), service: service.to_owned(), action: action.to_owned() }
    }
}

fn service(request: &Request) -> String {
    let scope = |text: &str| text.split("Credential=").nth(1).map(|scope| scope.replace("%2F", "/"));
    let scope = request.header("Authorization").and_then(scope).or_else(|| scope(request.query()));
    scope.as_deref().and_then(|scope| scope.split('/').nth(3)).unwrap_or("slack").to_owned()
}

fn action(service: &str, request: &Request) -> String {
    let last = request.path().rsplit('/').next().unwrap_or_default();
    match (service, request.method.as_str()) {
        ("s3", "GET") if request.query().contains("list-type=2") => "ListObjectsV2".to_owned(),
        ("s3", "HEAD") => "HeadObject".to_owned(),
        ("s3", method) => format!("{}Object", capitalised(method)),
        ("lambda", "GET") => "GetEventSourceMapping".to_owned(),
        ("lambda", "PUT") => "UpdateEventSourceMapping".to_owned(),
        ("ses", "POST") if last == "outbound-emails" => "SendEmail".to_owned(),
        ("ses", method) => format!("{method} {}", request.path()),
        ("slack", _) => last.to_owned(),
        _ => request.header("X-Amz-Target").and_then(|t| t.rsplit('.').next()).unwrap_or("none").to_owned(),
    }
}

fn on_tables(action: &str, body: &Value) -> BTreeSet<Permission> {
    let table = |name: &Value| format!("table/{}", text(name));
    match action {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            let parts = items.flat_map(|item| item.as_object().into_iter().flatten());
            parts.map(|(kind, part)| permission("dynamodb", item_action(kind), table(&part["TableName"]))).collect()
        }
        "BatchWriteItem" | "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(name, _)| permission("dynamodb", action, format!("table/{name}"))).collect()
        }
        _ => match &body["IndexName"] {
            Value::String(index) => one("dynamodb", action, &format!("{}/index/{index}", table(&body["TableName"]))),
            _ => one("dynamodb", action, &table(&body["TableName"])),
        },
    }
}

fn item_action(kind: &str) -> &'static str {
    match kind {
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "ConditionCheck" => "ConditionCheckItem",
        _ => "GetItem",
    }
}

fn on_queue(action: &str, body: &Value) -> BTreeSet<Permission> {
    let queue = text(&body["QueueUrl"]).rsplit('/').next().unwrap_or_default().to_owned();
    one("sqs", action.trim_end_matches("Batch"), &queue)
}

fn on_buses(action: &str, body: &Value) -> BTreeSet<Permission> {
    let on = |name: &Value| format!("event-bus/{}", text(name).rsplit('/').next().unwrap_or_default());
    if action != "PutEvents" {
        return one("events", action, &on(&body["Name"]));
    }
    let entries = body["Entries"].as_array().into_iter().flatten();
    entries.map(|entry| permission("events", action, on(&entry["EventBusName"]))).collect()
}

/// A mail given as a whole needs the permission for raw mails beside the other.
fn on_identity(body: &Value) -> BTreeSet<Permission> {
    let raw = body["Content"]["Raw"].is_object().then_some("SendRawEmail");
    let set = body["ConfigurationSetName"].as_str().map(|set| format!("configuration-set/{set}"));
    let identity = format!("identity/{}", text(&body["FromEmailAddress"]));
    let resources: Vec<String> = std::iter::once(identity).chain(set).collect();
    let actions = std::iter::once("SendEmail").chain(raw);
    actions.flat_map(|action| resources.iter().map(move |on| permission("ses", action, on.clone()))).collect()
}

fn on_bucket(action: &str, request: &Request) -> BTreeSet<Permission> {
    let path = request.path().trim_start_matches('/').trim_end_matches('/');
    match action {
        "ListObjectsV2" => one("s3", "ListBucket", path),
        "HeadObject" => one("s3", "GetObject", path),
        _ => one("s3", action, path),
    }
}

fn one(service: &str, action: &str, resource: &str) -> BTreeSet<Permission> {
    BTreeSet::from([permission(service, action, resource.to_owned())])
}

fn permission(service: &str, action: &str, resource: String) -> Permission {
    Permission { action: format!("{service}:{action}"), resource }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// `GET` → `Get`
fn capitalised(word: &str) -> String {
    word[..1].to_owned() + &word[1..].to_lowercase()
}

impl std::fmt::Display for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.function, self.service, self.action)
    }
}
