//! Commits of which the answer is lost, late or no: what was written is known to be, and nothing is written twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws::{Clients, DynamoStore};
use contracts::HandClock;
use contracts::is_written;
use domain::MessageId;
use domain::ports::{Commit, Committed, Expect, Item, Key, Store, StoreError, Write};
use serde_json::{Value, json};

use crate::emulator::settings;
use crate::script::{Reply, Request, Script};

fn store(script: &Script) -> DynamoStore {
    let mut settings = settings(&script.endpoint);
    settings.attempt = Duration::from_millis(200);
    Clients::new(settings).unwrap().store("baton", Arc::new(HandClock::default()))
}

fn item(sort: &str) -> Item {
    Item { key: Key::new("p", sort), index: None, body: b"x".to_vec(), expires: None }
}

fn one() -> Commit {
    Commit { claim: None, writes: vec![Write::Put(item("a"), Expect::Absent)] }
}

fn several() -> Commit {
    let writes = vec![Write::Put(item("a"), Expect::Absent), Write::Put(item("b"), Expect::Version(7))];
    Commit { claim: Some(MessageId::of(&["m"])), writes }
}

fn canceled(reasons: &[Value]) -> Reply {
    let name = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    Reply::Answer(400, json!({ "__type": name, "Message": "canceled", "CancellationReasons": reasons }))
}

fn none() -> Value {
    json!({ "Code": "None" })
}

fn failed(item: &Value) -> Value {
    json!({ "Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": item })
}

fn busy(code: &str) -> Value {
    json!({ "Code": code, "Message": "busy" })
}

fn tokens(script: &Script) -> Vec<String> {
    script.requests().iter().map(|request| request.body["ClientRequestToken"].as_str().unwrap().to_owned()).collect()
}

/// The item that this request writes at this place of its transaction.
fn written(request: &Request, place: usize) -> &Value {
    &request.body["TransactItems"][place]["Put"]["Item"]
}

#[tokio::test]
async fn three_throttles_and_then_success_is_success() {
    for (commit, name) in [(one(), "PutItem"), (several(), "TransactWriteItems")] {
        let throttle = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
        let script = Script::start(move |before, _| match before {
            0..3 => Reply::Error(throttle),
            _ => Reply::Answer(200, json!({})),
        })
        .await;
        assert!(is_written(store(&script).commit(commit).await.unwrap()));
        let requests = script.requests();
        assert_eq!(requests.len(), 4);
        assert!(requests.iter().all(|request| request.target.ends_with(name)));
        assert!(requests.iter().all(|request| request.body == requests[0].body), "the same request each time");
    }
}

#[tokio::test]
async fn throttles_without_end_are_told_as_something_that_passes() {
    let script = Script::start(|_, _| Reply::Error("ThrottlingException")).await;
    let error = store(&script).commit(one()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn an_own_write_whose_answer_was_lost_is_recognised() {
    // The first request is carried out and its answer lost; the second finds what the first has written.
    for lost in [|| Reply::Silence, || Reply::Close, || Reply::Answer(500, json!({}))] {
        let script = Script::start(move |before, request| match before {
            0 => lost(),
            _ => {
                let name = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
                Reply::Answer(400, json!({ "__type": name, "message": "failed", "Item": request.body["Item"] }))
            }
        })
        .await;
        assert!(is_written(store(&script).commit(one()).await.unwrap()));
        assert_eq!(script.requests().len(), 2);
    }
}

#[tokio::test]
async fn an_own_transaction_whose_answer_was_lost_is_recognised() {
    for lost in [|| Reply::Silence, || Reply::Close, || Reply::Answer(503, json!({}))] {
        // Another one has since written over one item of the three: the claim still tells.
        let script = Script::start(move |before, request| match before {
            0 => lost(),
            _ => canceled(&[failed(written(request, 0)), failed(&others()), failed(written(request, 2))]),
        })
        .await;
        assert!(is_written(store(&script).commit(several()).await.unwrap()));
        let tokens = tokens(&script);
        assert!(tokens.len() == 2 && tokens[0] == tokens[1], "{tokens:?}");
    }
}

fn others() -> Value {
    json!({ "pk": { "S": "p" }, "sk": { "S": "a" }, "v": { "N": "5" }, "b": { "B": "eA==" } })
}

#[tokio::test]
async fn a_write_of_somebody_else_is_a_conflict_that_names_the_item() {
    let script = Script::start(|_, _| canceled(&[none(), none(), failed(&others())])).await;
    let error = store(&script).commit(several()).await.unwrap_err();
    assert!(matches!(&error, StoreError::Conflict(key) if key == "b"), "{error:?}");
    assert_eq!(script.requests().len(), 1, "it is decided, and not asked again");
}

#[tokio::test]
async fn a_claim_of_somebody_else_counts_more_than_what_has_changed_since() {
    let claim = json!({ "pk": { "S": "MESSAGE#m" }, "sk": { "S": "ONCE" }, "v": { "N": "5" } });
    let script =
        Script::start(move |_, _| canceled(&[failed(&claim), failed(&others()), busy("TransactionConflict")])).await;
    assert_eq!(store(&script).commit(several()).await.unwrap(), Committed::Already);
}

#[tokio::test]
async fn who_meets_another_transaction_tries_again() {
    let script = Script::start(|before, _| match before {
        0 => canceled(&[busy("TransactionConflict"), none(), none()]),
        1 => canceled(&[none(), busy("ThrottlingError"), none()]),
        2 => canceled(&[none(), none(), busy("ProvisionedThroughputExceeded")]),
        3 => Reply::Error("com.amazonaws.dynamodb.v20120810#TransactionInProgressException"),
        _ => Reply::Answer(200, json!({})),
    })
    .await;
    assert!(is_written(store(&script).commit(several()).await.unwrap()));
    let tokens = tokens(&script);
    assert!(tokens.len() == 5 && tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
}

#[tokio::test]
async fn who_meets_others_without_end_gives_up_for_now() {
    let script = Script::start(|_, _| canceled(&[busy("TransactionConflict"), none(), none()])).await;
    let error = store(&script).commit(several()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert_eq!(script.requests().len(), 6);
}

#[tokio::test]
async fn a_token_that_was_used_for_something_else_is_replaced() {
    let script = Script::start(|before, _| match before {
        0 => Reply::Error("com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"),
        _ => Reply::Answer(200, json!({})),
    })
    .await;
    assert!(is_written(store(&script).commit(several()).await.unwrap()));
    let tokens = tokens(&script);
    assert!(tokens.len() == 2 && tokens[0] != tokens[1], "{tokens:?}");
}

#[tokio::test]
async fn two_commits_of_the_same_content_have_different_tokens() {
    let script = Script::start(|_, _| Reply::Answer(200, json!({}))).await;
    let store = store(&script);
    for _ in 0..2 {
        store.commit(several()).await.unwrap();
    }
    let tokens = tokens(&script);
    assert_ne!(tokens[0], tokens[1], "within ten minutes the second one would be taken for the first");
}

#[tokio::test]
async fn what_dynamodb_refuses_for_good_is_not_tried_again() {
    let invalid = json!({ "Code": "ValidationError", "Message": "Item size has exceeded the maximum allowed size" });
    let script = Script::start(move |_, _| canceled(&[none(), invalid.clone(), none()])).await;
    let error = store(&script).commit(several()).await.unwrap_err();
    assert!(matches!(&error, StoreError::Refused(text) if text.contains("Item size has exceeded")), "{error:?}");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn pieces_that_change_between_two_reads_are_read_again() {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let head = |version: u32| json!({ "pk": { "S": "p" }, "sk": { "S": "a" }, "v": { "N": version.to_string() }, "n": { "N": "2" } });
    let piece = |key: &Value| json!({ "pk": key["pk"], "sk": key["sk"], "b": { "B": "eHk=" } });
    let script = Script::start(move |_, request| {
        if request.target.ends_with("GetItem") && !request.target.ends_with("BatchGetItem") {
            let version = u32::try_from(counted.fetch_add(1, Ordering::SeqCst)).unwrap() + 1;
            return Reply::Answer(200, json!({ "Item": head(version) }));
        }
        let keys = request.body["RequestItems"]["baton"]["Keys"].as_array().unwrap();
        // The first version's second piece is gone already.
        let first = keys[0]["sk"]["S"].as_str().unwrap().starts_with("00000000000000000001");
        let found: Vec<Value> = keys.iter().take(if first { 1 } else { 2 }).map(piece).collect();
        Reply::Answer(200, json!({ "Responses": { "baton": found } }))
    })
    .await;
    let row = store(&script).get(&Key::new("p", "a")).await.unwrap().unwrap();
    assert_eq!((row.version, row.body.as_slice()), (2, &b"xyxy"[..]));
    assert_eq!(reads.load(Ordering::SeqCst), 2);
}
