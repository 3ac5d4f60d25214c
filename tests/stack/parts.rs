//! The parts themselves: what the other tests take for granted of the services, and of what stands between them and the
//! functions.

use serde_json::{Value, json};

use crate::aws::bucket::Bucket;
use crate::aws::bus::Bus;
use crate::aws::queue::Queue;
use crate::aws::secret::Secret;
use crate::aws::table::{Item, Table};
use crate::aws::{self, mail};
use crate::calls::{Permission, Site};
use crate::faults::{Fault, Plan};
use crate::http::{self, Request};
use crate::services::services;
use crate::slack;
use crate::stand::Stand;

#[test]
fn a_message_that_was_received_five_times_is_in_the_dead_letters_the_sixth_time() {
    let Some(services) = services() else { return };
    let dead_letters = Queue::plain(services.moto, "parts-redrive-dead-letters");
    let queue = Queue::with_dead_letters(services.moto, "parts-redrive", &dead_letters);
    queue.send("poison");
    for receive in 1..=5 {
        let messages = received(&queue);
        assert_eq!(messages[0].0["Attributes"]["ApproximateReceiveCount"], receive.to_string());
        assert_eq!((queue.depth(), queue.receive(10).len()), (1, 0), "nobody else sees it meanwhile");
        queue.give_back(&[&messages[0]]);
    }
    while dead_letters.depth() == 0 {
        assert!(queue.receive(1).is_empty());
    }
    assert_eq!((queue.depth(), dead_letters.drain()[0].body()), (0, "poison"));
}

#[test]
fn the_table_reads_back_every_item_as_it_was_put() {
    let Some(services) = services() else { return };
    let table = Table::create(services.dynamodb, "parts-table");
    let body = "x".repeat(50_000);
    let item = |n: usize| {
        Item(json!({ "pk": { "S": "P" }, "sk": { "S": format!("{n:03}") }, "v": { "N": "1" },
        "b": { "B": data_encoding::BASE64.encode(body.as_bytes()) } }))
    };
    let items: Vec<Item> = (0..60).map(item).collect();
    table.put(&items);
    assert_eq!(table.items(), items, "three megabytes are more than one page");
    assert_eq!(table.items()[0].body(), body.as_bytes());
}

#[test]
fn every_event_on_the_bus_and_every_file_in_the_bucket_can_be_read_back() {
    let Some(services) = services() else { return };
    let bus = Bus::create(services.moto, "parts-bus");
    let stand = Stand::new(services);
    let entry = json!({ "Source": "baton", "DetailType": "case", "Detail": "{\"a\":1}", "EventBusName": "parts-bus" });
    assert_eq!(stand.call("events", "AWSEvents.PutEvents", &json!({ "Entries": [entry] })), Some(200));
    let published = bus.published();
    assert_eq!((published.len(), &published[0]["detail"]["a"]), (1, &json!(1)));
    assert_eq!(bus.published(), [Value::Null; 0]);

    let bucket = Bucket::create(services.moto, "parts-bucket");
    bucket.put("exports/2026-11-02/Contact.csv", "Id\n1\n");
    bucket.put("exports/2026-10-05/Contact.csv", "Id\n");
    assert_eq!(bucket.keys("exports/").len(), 2);
    assert_eq!(bucket.get("exports/2026-11-02/Contact.csv"), b"Id\n1\n");
}

#[test]
fn the_proxy_writes_down_who_called_what_and_which_permission_that_needs() {
    let Some(services) = services() else { return };
    let table = Table::create(services.dynamodb, "parts-calls");
    Queue::plain(services.moto, "parts-calls");
    let stand = Stand::new(services);
    let key = json!({ "pk": { "S": "P" }, "sk": { "S": "S" } });
    let write = json!({ "TransactItems": [
        { "Put": { "TableName": table.name, "Item": key } },
        { "Delete": { "TableName": table.name, "Key": { "pk": { "S": "P" }, "sk": { "S": "T" } } } },
    ] });
    assert_eq!(stand.call("dynamodb", "DynamoDB_20120810.TransactWriteItems", &write), Some(200));
    let query = json!({ "TableName": table.name, "IndexName": "by-index", "KeyConditionExpression": "ix = :i",
        "ExpressionAttributeValues": { ":i": { "S": "I" } } });
    assert_eq!(stand.call("dynamodb", "DynamoDB_20120810.Query", &query), Some(200));
    let entry = json!({ "Id": "1", "MessageBody": "x", "DelaySeconds": 900 });
    let batch = json!({ "QueueUrl": format!("http://elsewhere/{}/parts-calls", aws::ACCOUNT), "Entries": [entry] });
    assert_eq!(stand.call("sqs", "AmazonSQS.SendMessageBatch", &batch), Some(200));

    let sites: Vec<String> = stand.ledger.calls().iter().map(|call| call.site.to_string()).collect();
    let expected = ["dynamodb TransactWriteItems", "dynamodb Query", "sqs SendMessageBatch"];
    assert_eq!(sites, expected.map(|site| format!("notify {site}")));
    let needs = stand.ledger.needs("notify").into_iter().map(|Permission { action, resource }| (action, resource));
    let expected = [
        ("dynamodb:DeleteItem", "table/parts-calls"),
        ("dynamodb:PutItem", "table/parts-calls"),
        ("dynamodb:Query", "table/parts-calls/index/by-index"),
        ("sqs:SendMessage", "parts-calls"),
    ];
    assert!(needs.eq(expected.map(|(action, resource)| (action.to_owned(), resource.to_owned()))));
    assert_eq!(stand.proxy.delays(), [900], "and nobody waits for it");
    assert_eq!(Queue::plain(services.moto, "parts-calls").receive(1).len(), 1);
}

#[test]
fn each_fault_does_to_a_call_what_it_says() {
    let Some(services) = services() else { return };
    let table = Table::create(services.dynamodb, "parts-faults");
    let put = |fault: Option<Fault>| {
        let stand = Stand::new(services);
        stand.ledger.plan(fault.map(|fault| Plan::Calls(0..1, fault)));
        let before = table.items().len();
        let item = json!({ "pk": { "S": "P" }, "sk": { "S": format!("{fault:?}") } });
        let write = json!({ "TransactItems": [{ "Put": { "TableName": table.name, "Item": item } }] });
        let status = stand.call("dynamodb", "DynamoDB_20120810.TransactWriteItems", &write);
        let fired: Vec<Fault> = stand.ledger.fired().into_iter().map(|(_, fault)| fault).collect();
        assert_eq!(fired, Vec::from_iter(fault));
        (status, table.items().len() - before, stand.kills())
    };
    assert_eq!(put(None), (Some(200), 1, 0));
    assert_eq!(put(Some(Fault::KillBefore)), (None, 0, 1));
    assert_eq!(put(Some(Fault::KillAfter)), (None, 1, 1));
    assert_eq!(put(Some(Fault::TimeoutAfterSuccess)), (None, 1, 0));
    assert_eq!(put(Some(Fault::Throttle)), (Some(400), 0, 0));
    assert_eq!(put(Some(Fault::ServerError(500))), (Some(500), 0, 0));
    assert_eq!(put(Some(Fault::ServerError(503))), (Some(503), 0, 0));
    assert_eq!(put(Some(Fault::Conflict)), (Some(400), 0, 0));
    assert_eq!(put(Some(Fault::TokenMismatch)), (Some(400), 0, 0));
}

#[test]
fn a_batch_may_be_done_but_for_its_last_entry() {
    let Some(services) = services() else { return };
    let (table, bus) = (Table::create(services.dynamodb, "parts-partial"), Bus::create(services.moto, "parts-partial"));
    let queue = Queue::plain(services.moto, "parts-partial");
    let stand = Stand::new(services);
    stand.ledger.plan([Plan::Calls(0..usize::MAX, Fault::Partial)]);

    let put = |n: u8| json!({ "PutRequest": { "Item": { "pk": { "S": "P" }, "sk": { "S": n.to_string() } } } });
    let write = json!({ "RequestItems": { "parts-partial": [put(1), put(2)] } });
    let said = stand.ask("dynamodb", "DynamoDB_20120810.BatchWriteItem", &write);
    assert_eq!(said["UnprocessedItems"]["parts-partial"], json!([put(2)]));
    assert_eq!(table.items().len(), 1);

    let message = |n: u8| json!({ "Id": n.to_string(), "MessageBody": n.to_string() });
    let batch = json!({ "QueueUrl": queue.url, "Entries": [message(1), message(2)] });
    let said = stand.ask("sqs", "AmazonSQS.SendMessageBatch", &batch);
    assert_eq!((&said["Successful"][0]["Id"], &said["Failed"][0]["Id"]), (&json!("1"), &json!("2")));
    assert_eq!(queue.depth(), 1);

    let event = json!({ "Source": "baton", "DetailType": "case", "Detail": "{}", "EventBusName": bus.name });
    let said = stand.ask("events", "AWSEvents.PutEvents", &json!({ "Entries": [event] }));
    assert_eq!((&said["FailedEntryCount"], said["Entries"].as_array().map(Vec::len)), (&json!(1), Some(1)));
    assert_eq!(bus.published(), [Value::Null; 0]);
}

#[test]
fn a_mail_that_the_service_accepted_is_found_even_where_the_function_never_heard_of_it() {
    let Some(services) = services() else { return };
    mail::verify(services.moto, "sender.example");
    let stand = Stand::new(services);
    stand.ledger.plan([Plan::First(site("ses", "SendEmail"), 1, Fault::TimeoutAfterSuccess)]);
    let raw = data_encoding::BASE64.encode(b"From: a@sender.example\r\nTo: b@else.example\r\nSubject: Hi\r\n\r\nHi");
    let body = json!({ "FromEmailAddress": "a@sender.example", "Destination": { "ToAddresses": ["b@else.example"] },
        "Content": { "Raw": { "Data": raw } } });
    let request = Request::new("POST", "/v2/email/outbound-emails", body.to_string());
    assert_eq!(stand.send("ses", request.with("Content-Type", "application/json")), None);
    let (passed, accepted) = (stand.proxy.mails(), mail::accepted(services.moto));
    assert_eq!(passed.len(), 1);
    assert!(
        passed.iter().all(|(id, mail)| mail.contains("Subject: Hi") && accepted.get(id) == Some(mail)),
        "{passed:?}"
    );
}

#[test]
fn slack_keeps_what_it_accepts_and_refuses_a_wrong_token() {
    let Some(services) = services() else { return };
    let stand = Stand::new(services);
    let post = |token: &str| {
        let request =
            Request::new("POST", "/api/chat.postMessage", json!({ "channel": "U1", "text": "Hi" }).to_string());
        let request = request.with("Content-Type", "application/json").with("Authorization", format!("Bearer {token}"));
        let answer = http::send(stand.proxy.port(), &request).unwrap();
        serde_json::from_slice::<Value>(&answer.body).unwrap()
    };
    assert_eq!(post("xoxb-other")["error"], "invalid_auth");
    assert_eq!(post(slack::TOKEN)["ok"], true);
    stand.ledger.plan([Plan::First(site("slack", "chat.postMessage"), 1, Fault::Throttle)]);
    assert_eq!(post(slack::TOKEN)["error"], "ratelimited");
    let texts: Vec<Value> = stand.slack.posts().into_iter().map(|post| post.call["text"].clone()).collect();
    assert_eq!(texts, ["Hi"]);
    assert_eq!(stand.slack.posts()[0].ts, "1795000000.000001");

    let person = |address: &str| {
        let request =
            Request::new("POST", "/api/users.lookupByEmail", format!("email={}", address.replace('@', "%40")));
        let request = request.with("Authorization", format!("Bearer {}", slack::TOKEN));
        let answer = http::send(stand.proxy.port(), &request).unwrap();
        serde_json::from_slice::<Value>(&answer.body).unwrap()
    };
    stand.slack.does_not_know("nobody@us.example");
    assert_eq!(person("nobody@us.example")["error"], "users_not_found");
    assert_eq!(person("maya@us.example")["user"]["id"], slack::id_of("maya@us.example"));
    stand.slack.answers_next(http::Answer::json(200, &json!({ "ok": false, "error": "is_archived" })));
    assert_eq!(post(slack::TOKEN)["error"], "is_archived");
    assert_eq!(stand.slack.posts().len(), 1);
}

#[test]
fn a_secret_that_is_rotated_reads_as_its_new_content() {
    let Some(services) = services() else { return };
    let secret = Secret::create(services.moto, "parts-secret", &json!({ "slack_bot_token": "old" }));
    let stand = Stand::new(services);
    let read = || {
        let said = stand.ask("secretsmanager", "secretsmanager.GetSecretValue", &json!({ "SecretId": secret.arn }));
        said["SecretString"].as_str().unwrap().to_owned()
    };
    assert_eq!(read(), r#"{"slack_bot_token":"old"}"#);
    secret.rotate(&json!({ "slack_bot_token": "new" }));
    assert_eq!(read(), r#"{"slack_bot_token":"new"}"#);
}

fn site(service: &str, action: &str) -> Site {
    Site { function: "notify".to_owned(), service: service.to_owned(), action: action.to_owned() }
}

/// A message given back is visible a millisecond later.
fn received(queue: &Queue) -> Vec<aws::queue::Message> {
    loop {
        let messages = queue.receive(1);
        if !messages.is_empty() {
            return messages;
        }
    }
}
