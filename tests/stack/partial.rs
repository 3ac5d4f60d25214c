//! A batch of which the service does all but the last entry.

use serde_json::{Map, Value, json};

use crate::http::{Answer, Request};

/// Takes the last entry out of the request. What is left may be nothing, and then must not be sent.
pub(crate) fn split(action: &str, request: &Request) -> (Option<Request>, Refused) {
    let mut body: Value = serde_json::from_slice(&request.body).unwrap();
    let (rest, refused) = match action {
        "BatchWriteItem" | "BatchGetItem" => {
            let (table, entries) = body["RequestItems"].as_object_mut().unwrap().iter_mut().next().unwrap();
            let refused = Refused::Item { table: table.clone(), taken_from: entries.clone() };
            let entries = if action == "BatchGetItem" { &mut entries["Keys"] } else { entries };
            let entries = entries.as_array_mut().unwrap();
            entries.pop();
            (entries.len(), refused)
        }
        _ => {
            let entries = body["Entries"].as_array_mut().unwrap();
            let entry = entries.pop().unwrap();
            let refused = if action == "PutEvents" { Refused::Event } else { Refused::Message(entry["Id"].clone()) };
            (entries.len(), refused)
        }
    };
    let request = Request { body: body.to_string().into_bytes(), ..request.clone() };
    ((rest > 0).then_some(request), refused)
}

/// What was taken out, and how the service says so.
#[derive(Debug)]
pub(crate) enum Refused {
    Item { table: String, taken_from: Value },
    Message(Value),
    Event,
}

impl Refused {
    /// The answer to the whole batch.
    pub(crate) fn add_to(self, action: &str, answer: Option<Answer>) -> Answer {
        let answer = answer.unwrap_or_else(|| Answer::new(200, "application/x-amz-json-1.0", "{}"));
        if answer.status != 200 {
            return answer;
        }
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        match self {
            Self::Item { table, mut taken_from } => {
                let list = if action == "BatchGetItem" { &mut taken_from["Keys"] } else { &mut taken_from };
                let last = list.as_array_mut().unwrap().pop().unwrap();
                *list = json!([last]);
                let key = if action == "BatchGetItem" { "UnprocessedKeys" } else { "UnprocessedItems" };
                body[key] = Value::Object(Map::from_iter([(table, taken_from)]));
                if action == "BatchGetItem" && body["Responses"].is_null() {
                    body["Responses"] = json!({});
                }
            }
            Self::Message(id) => {
                let said = "We encountered an internal error. Please try again.";
                let failed = json!({ "Id": id, "Code": "InternalError", "Message": said, "SenderFault": false });
                push(&mut body["Failed"], failed);
                if body["Successful"].is_null() {
                    body["Successful"] = json!([]);
                }
            }
            Self::Event => {
                push(&mut body["Entries"], json!({ "ErrorCode": "InternalFailure", "ErrorMessage": "try again" }));
                body["FailedEntryCount"] = (body["FailedEntryCount"].as_u64().unwrap_or(0) + 1).into();
            }
        }
        // The checksum that came with the answer is of the former body.
        let headers = answer.headers.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("x-amz-crc32"));
        Answer { status: 200, headers: headers.collect(), body: body.to_string().into_bytes() }
    }
}

fn push(list: &mut Value, entry: Value) {
    match list.as_array_mut() {
        Some(list) => list.push(entry),
        None => *list = json!([entry]),
    }
}
