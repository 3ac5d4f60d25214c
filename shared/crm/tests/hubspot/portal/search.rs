//! Searches, over an index that may lag behind.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{State, refused, reply};
use crate::server::Reply;

impl State {
    pub(super) fn search(&self, object: &str, text: &str, body: &Value) -> Reply {
        if let Some(refused) = self.forbids(object, false) {
            return refused;
        }
        let limit = body["limit"].as_u64().unwrap_or(10) as usize;
        let after: usize = body["after"].as_str().and_then(|after| after.parse().ok()).unwrap_or(0);
        if let Some(wrong) = wrong(text, body, limit, after) {
            return refused(400, "VALIDATION_ERROR", wrong, json!([]));
        }
        let groups = body["filterGroups"].as_array().cloned().unwrap_or_default();
        let groups: Vec<Vec<Filter>> =
            groups.iter().map(|g| g["filters"].as_array().into_iter().flatten().map(Filter::read).collect()).collect();
        let passes = |properties: &BTreeMap<String, String>| {
            groups.is_empty() || groups.iter().any(|filters| filters.iter().all(|filter| filter.passes(properties)))
        };
        let mut found: Vec<_> = self.objects[object]
            .iter()
            .filter(|(_, record)| !record.archived)
            .filter_map(|(id, record)| Some((*id, record, record.indexed.as_ref()?)))
            .filter(|(_, _, indexed)| passes(indexed))
            .collect();
        let (property, descending) = sort(&body["sorts"]);
        let key = |indexed: &BTreeMap<String, String>| indexed.get(&property).cloned().unwrap_or_default();
        // Whoever asks for no order gets none.
        if property.is_empty() {
            found.reverse();
        } else {
            found.sort_by(|a, b| compare(&key(a.2), &key(b.2)));
        }
        if descending {
            found.reverse();
        }
        let asked: Vec<String> =
            body["properties"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let page = found.iter().skip(after).take(limit);
        // A page shows what the index knows, too.
        let page: Vec<Value> = page
            .map(|(id, record, indexed)| {
                let record = super::Object { properties: (*indexed).clone(), ..(*record).clone() };
                self.shown(object, *id, &record, &asked)
            })
            .collect();
        let mut answer = json!({ "total": found.len(), "results": page });
        if after + limit < found.len() {
            answer["paging"] = json!({ "next": { "after": (after + limit).to_string() } });
        }
        reply(200, &answer)
    }
}

fn wrong(text: &str, body: &Value, limit: usize, after: usize) -> Option<&'static str> {
    let groups = body["filterGroups"].as_array().map(Vec::as_slice).unwrap_or_default();
    let filters: Vec<usize> = groups.iter().map(|group| group["filters"].as_array().map_or(0, Vec::len)).collect();
    match () {
        () if text.chars().count() > 3_000 => Some("the request body is too long"),
        () if limit > 200 => Some("limit must be at most 200"),
        () if after + limit > 10_000 => Some("paging beyond 10,000 results is not possible"),
        () if filters.len() > 5 || filters.iter().any(|n| *n > 6) || filters.iter().sum::<usize>() > 18 => {
            Some("too many filters")
        }
        () if body["sorts"].as_array().is_some_and(|sorts| sorts.len() > 1) => Some("only one sort is supported"),
        () => None,
    }
}

/// The property that is sorted by, and whether it is so from the last on: as the documentation writes it, or as the clients do.
fn sort(sorts: &Value) -> (String, bool) {
    let first = match &sorts[0] {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| json!({ "propertyName": text })),
        other => other.clone(),
    };
    (first["propertyName"].as_str().unwrap_or_default().to_owned(), first["direction"] == "DESCENDING")
}

struct Filter {
    property: String,
    operator: String,
    value: String,
    values: BTreeSet<String>,
}

impl Filter {
    fn read(filter: &Value) -> Self {
        let text = |key: &str| filter[key].as_str().unwrap_or_default().to_owned();
        let values = filter["values"].as_array().into_iter().flatten();
        let values = values.filter_map(Value::as_str).map(str::to_owned).collect();
        Self { property: text("propertyName"), operator: text("operator"), value: text("value"), values }
    }

    fn passes(&self, properties: &BTreeMap<String, String>) -> bool {
        let Some(held) = properties.get(&self.property).filter(|held| !held.is_empty()) else {
            return self.operator == "NOT_HAS_PROPERTY";
        };
        let order = compare(held, &self.value);
        match self.operator.as_str() {
            "EQ" => order.is_eq(),
            "NEQ" => order.is_ne(),
            "GT" => order.is_gt(),
            "GTE" => order.is_ge(),
            "LT" => order.is_lt(),
            "LTE" => order.is_le(),
            "IN" => self.values.contains(held),
            "HAS_PROPERTY" => true,
            "NOT_HAS_PROPERTY" => false,
            other => panic!("the operator {other} is not known here"),
        }
    }
}

/// Numbers as such, times in milliseconds, everything else as text.
fn compare(one: &str, other: &str) -> Ordering {
    let number = |text: &str| {
        let time = || text.parse::<jiff::Timestamp>().ok().map(|at| i128::from(at.as_millisecond()));
        text.parse::<i128>().ok().or_else(time)
    };
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => one.cmp(other),
    }
}
