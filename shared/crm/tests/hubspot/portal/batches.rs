//! Batches of up to 100 records, of which some may fail, and associations.

use serde_json::{Value, json};

use super::{State, refused, reply};
use crate::server::Reply;

impl State {
    pub(super) fn batch_read(&self, object: &str, body: &Value) -> Reply {
        if let Some(refused) = self.forbids(object, false).or_else(|| too_many(body, 100)) {
            return refused;
        }
        let asked: Vec<String> = strings(&body["properties"]);
        let by = body["idProperty"].as_str();
        let (mut results, mut missing) = (Vec::new(), Vec::new());
        for input in body["inputs"].as_array().into_iter().flatten() {
            let id = input["id"].as_str().unwrap_or_default();
            let found = match by {
                None => self.record(object, id),
                Some(property) => self.objects[object].iter().map(|(id, record)| (*id, record)).find(|(_, record)| {
                    !record.archived
                        && record.properties.get(property).is_some_and(|held| held.eq_ignore_ascii_case(id))
                }),
            };
            match found {
                Some((id, record)) => results.push(self.shown(object, id, record, &asked)),
                None => missing.push(id.to_owned()),
            }
        }
        let message = format!("Could not get some {object}, they may be deleted or not exist.");
        let error = json!({ "status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": { "ids": missing } });
        done(200, results, if missing.is_empty() { Vec::new() } else { vec![error] })
    }

    pub(super) fn batch_create(&mut self, object: &str, body: &Value) -> Reply {
        self.batch_write(object, body, |state, input| state.create_one(object, input))
    }

    pub(super) fn batch_update(&mut self, object: &str, body: &Value) -> Reply {
        self.batch_write(object, body, |state, input| {
            state.patch_one(object, input["id"].as_str().unwrap_or_default(), input)
        })
    }

    fn batch_write(
        &mut self,
        object: &str,
        body: &Value,
        write: impl Fn(&mut Self, &Value) -> Result<Value, Reply>,
    ) -> Reply {
        if let Some(refused) = self.forbids(object, true).or_else(|| too_many(body, 100)) {
            return refused;
        }
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in body["inputs"].as_array().cloned().unwrap_or_default() {
            match write(self, &input) {
                Ok(record) => results.push(record),
                Err(refused) => errors.push(serde_json::from_str(&refused.body).unwrap()),
            }
        }
        done(201, results, errors)
    }

    pub(super) fn associated(&self, from: &str, to: &str, body: &Value) -> Reply {
        if let Some(refused) =
            self.forbids(from, false).or_else(|| self.forbids(to, false)).or_else(|| too_many(body, 1_000))
        {
            return refused;
        }
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in body["inputs"].as_array().into_iter().flatten() {
            let id = input["id"].as_str().unwrap_or_default();
            let number: u64 = id.parse().unwrap_or_default();
            let begin: u64 = input["after"].as_str().and_then(|after| after.parse().ok()).unwrap_or(0);
            let range =
                (from.to_owned(), number, to.to_owned(), begin)..=(from.to_owned(), number, to.to_owned(), u64::MAX);
            let ids: Vec<u64> = self.associations.range(range).map(|(_, _, _, other)| *other).collect();
            let there = self.record(from, id).is_some();
            if !there || ids.is_empty() {
                let (message, sub) =
                    (format!("No {to} is associated with {from} {id}."), "crm.associations.NO_ASSOCIATIONS_FOUND");
                errors.push(json!({ "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": sub, "message": message, "context": { "fromObjectId": [id] } }));
                continue;
            }
            let kinds = json!([{ "category": "HUBSPOT_DEFINED", "typeId": 1, "label": null }]);
            let page: Vec<Value> = ids
                .iter()
                .take(self.associated_at_once)
                .map(|id| json!({ "toObjectId": id, "associationTypes": kinds }))
                .collect();
            let mut result = json!({ "from": { "id": id }, "to": page });
            if let Some(next) = ids.get(self.associated_at_once) {
                result["paging"] = json!({ "next": { "after": next.to_string() } });
            }
            results.push(result);
        }
        done(200, results, errors)
    }
}

fn done(status: u16, results: Vec<Value>, errors: Vec<Value>) -> Reply {
    let times = super::BEGINNING;
    let mut body = json!({ "status": "COMPLETE", "results": results, "startedAt": times, "completedAt": times });
    if errors.is_empty() {
        return reply(status, &body);
    }
    body["numErrors"] = errors.len().into();
    body["errors"] = errors.into();
    reply(207, &body)
}

fn too_many(body: &Value, most: usize) -> Option<Reply> {
    let inputs = body["inputs"].as_array().map_or(0, Vec::len);
    let message = format!("A batch holds 1 to {most} inputs");
    (inputs == 0 || inputs > most).then(|| refused(400, "VALIDATION_ERROR", &message, json!([])))
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
