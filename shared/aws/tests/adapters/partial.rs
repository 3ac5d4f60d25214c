//! Batches of which a part is taken: the rest is sent again, and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws::QueueUrls;
use contracts::HandClock;
use domain::case::State;
use domain::finding::Verdict;
use domain::messages::QueueName;
use domain::ports::{
    Bus, BusError, Consistency, Index, Item, Key, Query, Queue, QueueError, StateChanged, Store, StoreError,
};
use domain::{AccountId, CaseId, MessageId};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::emulator::clients;
use crate::script::{Reply, Script};

fn event(n: u32) -> StateChanged {
    StateChanged {
        id: MessageId::of(&[&n.to_string()]),
        account: AccountId::parse("001").unwrap(),
        case: CaseId::of(&[&n.to_string()]),
        verdict: Verdict::Departed,
        state: State::Detected,
        at: Timestamp::from_second(1_790_000_000).unwrap(),
    }
}

fn sent(request: &Value) -> Vec<String> {
    let details = request["Entries"].as_array().unwrap().iter().map(|entry| entry["Detail"].as_str().unwrap());
    details.map(|detail| serde_json::from_str::<StateChanged>(detail).unwrap().id.to_string()).collect()
}

#[tokio::test]
async fn only_the_events_that_were_not_taken_are_sent_again() {
    let script = Script::start(|before, request| {
        let entries = request.body["Entries"].as_array().unwrap().len();
        // Of the first batch the second and the last are not taken, of the next one its first.
        let fails = |place: usize| match before {
            0 => place == 1 || place == 9,
            1 => place == 0,
            _ => false,
        };
        let result = |place: usize| match fails(place) {
            true => json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "slow down" }),
            false => json!({ "EventId": place.to_string() }),
        };
        let results: Vec<Value> = (0..entries).map(result).collect();
        Reply::Answer(200, json!({ "FailedEntryCount": 0, "Entries": results }))
    })
    .await;
    let events: Vec<StateChanged> = (0..12).map(event).collect();
    clients(&script.endpoint).bus("baton").publish(&events).await.unwrap();
    let ids = |numbers: &[u32]| numbers.iter().map(|n| event(*n).id.to_string()).collect::<Vec<_>>();
    let requests: Vec<Vec<String>> = script.requests().iter().map(|request| sent(&request.body)).collect();
    assert_eq!(requests, [ids(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), ids(&[1, 9]), ids(&[1]), ids(&[10, 11])]);
}

#[tokio::test]
async fn events_that_are_never_taken_are_told() {
    for (code, requests) in [("InternalFailure", 4), ("MalformedDetail", 1)] {
        let answer = json!({ "FailedEntryCount": 1, "Entries": [{ "ErrorCode": code, "ErrorMessage": "no" }] });
        let script = Script::start(move |_, _| Reply::Answer(200, answer.clone())).await;
        let error = clients(&script.endpoint).bus("baton").publish(&[event(1)]).await.unwrap_err();
        assert_eq!(matches!(error, BusError::Unavailable(_)), requests > 1, "{error:?}");
        assert_eq!(script.requests().len(), requests);
    }
}

#[tokio::test]
async fn only_the_messages_that_were_not_taken_are_sent_again() {
    let script = Script::start(|before, request| {
        let ids =
            request.body["Entries"].as_array().unwrap().iter().map(|entry| entry["Id"].as_str().unwrap().to_owned());
        let (failed, taken): (Vec<String>, Vec<String>) = ids.partition(|id| before == 0 && (id == "2" || id == "7"));
        let taken = taken.iter().map(|id| json!({ "Id": id, "MessageId": id, "MD5OfMessageBody": "" }));
        let failed = failed.iter().map(|id| json!({ "Id": id, "SenderFault": false, "Code": "InternalError" }));
        let (taken, failed): (Vec<Value>, Vec<Value>) = (taken.collect(), failed.collect());
        Reply::Answer(200, json!({ "Successful": taken, "Failed": failed }))
    })
    .await;
    let bodies: Vec<String> = (0..10).map(|n| format!("body {n}")).collect();
    queue(&script).send(QueueName::Changes, &bodies, Timestamp::now()).await.unwrap();
    let sent = |request: &Value| -> Vec<String> {
        request["Entries"].as_array().unwrap().iter().map(|e| e["MessageBody"].as_str().unwrap().to_owned()).collect()
    };
    let requests: Vec<Vec<String>> = script.requests().iter().map(|request| sent(&request.body)).collect();
    assert_eq!(requests, [bodies.clone(), vec![bodies[2].clone(), bodies[7].clone()]]);
}

fn queue(script: &Script) -> aws::SqsQueue {
    let urls = QueueUrls::parse(&json!({ "changes": format!("{}/1/changes", script.endpoint) }).to_string()).unwrap();
    clients(&script.endpoint).queue(urls.clone(), urls)
}

#[tokio::test]
async fn a_message_that_sqs_refuses_is_not_sent_again() {
    let failed =
        json!({ "Id": "0", "SenderFault": true, "Code": "InvalidMessageContents", "Message": "no such character" });
    let script = Script::start(move |_, _| Reply::Answer(200, json!({ "Successful": [], "Failed": [failed] }))).await;
    let error = queue(&script).send(QueueName::Changes, &["x".to_owned()], Timestamp::now()).await.unwrap_err();
    assert!(matches!(&error, QueueError::Unusable(text) if text.contains("no such character")), "{error:?}");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn keys_that_were_left_over_are_asked_for_again() {
    let script = Script::start(|_, request| {
        let asked = &request.body["RequestItems"]["baton"];
        let keys = asked["Keys"].as_array().unwrap();
        // Only one item at a time, as if each were of 16 MB.
        let mut item = keys[0].clone();
        item["v"] = json!({ "N": "1" });
        let left = &keys[1..];
        let left =
            if left.is_empty() { json!({}) } else { json!({ "baton": { "Keys": left, "ConsistentRead": true } }) };
        Reply::Answer(200, json!({ "Responses": { "baton": [item] }, "UnprocessedKeys": left }))
    })
    .await;
    let store = clients(&script.endpoint).store("baton", Arc::new(HandClock::default()));
    let keys: Vec<Key> = (0..7).map(|n| Key::new("p", n.to_string())).collect();
    let found = store.get_all(&keys, Consistency::Strong).await.unwrap();
    let sorts: BTreeSet<&str> = found.iter().map(|row| row.sort.as_str()).collect();
    assert_eq!((found.len(), sorts.len()), (7, 7));
    assert_eq!(script.requests().len(), 7, "progress is no failure");
}

#[tokio::test]
async fn keys_that_are_left_over_each_time_are_told() {
    let script = Script::start(|_, request| {
        Reply::Answer(200, json!({ "Responses": {}, "UnprocessedKeys": request.body["RequestItems"] }))
    })
    .await;
    let store = clients(&script.endpoint).store("baton", Arc::new(HandClock::default()));
    let error = store.get_all(&[Key::new("p", "a")], Consistency::Strong).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn items_that_were_left_over_are_written_again_and_no_others() {
    let script = Script::start(|before, request| {
        let writes = request.body["RequestItems"]["baton"].as_array().unwrap();
        let left = if before == 0 { json!({ "baton": &writes[3..5] }) } else { json!({}) };
        Reply::Answer(200, json!({ "UnprocessedItems": left }))
    })
    .await;
    let store = clients(&script.endpoint).store("baton", Arc::new(HandClock::default()));
    let item = |n: usize| Item { key: Key::new("p", n.to_string()), index: None, body: vec![], expires: None };
    store.save((0..8).map(item).collect(), vec![Key::new("p", "8")]).await.unwrap();
    let requests = script.requests();
    let writes = |n: usize| requests[n].body["RequestItems"]["baton"].as_array().unwrap();
    assert_eq!((requests.len(), writes(0).len()), (2, 9));
    assert_eq!(writes(1).as_slice(), &writes(0)[3..5]);
}

#[tokio::test]
async fn what_the_late_index_leads_to_in_vain_is_left_out_and_made_up_for() {
    // The index still names `a`, which has gone elsewhere, and `b`, which is no more, and gives two keys a page.
    let script = Script::start(|_, request| {
        let key = |sort: &str| json!({ "pk": { "S": "p" }, "sk": { "S": sort }, "ix": { "S": "late" } });
        if request.target.ends_with("Query") {
            let (page, next) = match request.body["ExclusiveStartKey"]["sk"]["S"].as_str() {
                None => (["a", "b"], Some(key("b"))),
                Some("b") => (["c", "d"], Some(key("d"))),
                Some(_) => (["e", "f"], None),
            };
            let mut answer = json!({ "Items": page.map(key) });
            if let Some(next) = next {
                answer["LastEvaluatedKey"] = next;
            }
            return Reply::Answer(200, answer);
        }
        let keys = request.body["RequestItems"]["baton"]["Keys"].as_array().unwrap();
        let item = |asked: &Value| {
            let mut item = key(asked["sk"]["S"].as_str().unwrap());
            item["v"] = json!({ "N": "1" });
            if item["sk"]["S"] == "a" {
                item["ix"] = json!({ "S": "elsewhere" });
            }
            item
        };
        let found: Vec<Value> = keys.iter().rev().filter(|asked| asked["sk"]["S"] != "b").map(item).collect();
        Reply::Answer(200, json!({ "Responses": { "baton": found } }))
    })
    .await;
    let store = clients(&script.endpoint).store("baton", Arc::new(HandClock::default()));
    let query = Query {
        index: Index::Secondary,
        consistency: Consistency::Strong,
        partition: "late",
        after: None,
        through: None,
        limit: 3,
    };
    let found = store.query(&query).await.unwrap();
    let sorts: Vec<&str> = found.iter().map(|row| row.sort.as_str()).collect();
    assert_eq!(sorts, ["c", "d", "e"]);
}
