//! Every event under `events/`, exactly as Lambda gets it: none ends in a panic, and one that is not for us is refused
//! with the reason.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::fixtures::{OCTOBER, Ran, SEPTEMBER, Site, contacts, left, people_but, root};

/// Function, file, exit code, and a word of what is said. Where no case is known, a message about one is skipped.
const EVENTS: [(&str, &str, i32, &str); 25] = [
    ("scanner", "tick", 0, "\"scan\":\"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa\""),
    ("scanner", "shadow", 0, "\"shadow\":true"),
    ("scanner", "foreign-source", 1, "this is an event of aws.ec2, not of the schedule"),
    ("scanner", "unreadable-detail", 1, "the event's detail is unusable"),
    ("scanner", "console-test", 1, "this is no EventBridge event"),
    ("enrichment", "one", 0, "Skipped(\"the case was erased after the request\")"),
    (
        "enrichment",
        "batch-with-one-bad",
        3,
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"2e1424d4-f796-459a-8184-9c92662be6da\"}]}",
    ),
    ("enrichment", "empty", 0, "{\"batchItemFailures\":[]}"),
    ("enrichment", "missing-message-id", 1, "a record has no messageId"),
    ("enrichment", "newer-schema", 3, "the message has schema 2, this build reads up to 1: upgrade, then redrive"),
    ("enrichment", "not-for-enrichment", 3, "enrichment was sent a message that is not for it"),
    ("planning", "one", 0, "Skipped(\"the case was erased after the request\")"),
    ("planning", "not-for-planning", 3, "planning was sent a message that is not for it"),
    ("planning", "body-is-null", 3, "the body is not a message"),
    ("notify", "alert", 0, "Skipped(\"the case was erased after the request\")"),
    ("notify", "cleared", 0, "Skipped(\"the case was erased after the request\")"),
    ("notify", "brake-of-an-unknown-scan", 3, "there is no record of scan scan-20261102T070000Z"),
    ("notify", "deliver", 0, "Skipped(\"the delivery was erased after the request\")"),
    ("notify", "same-message-twice", 0, "{\"batchItemFailures\":[]}"),
    ("notify", "mail-sent", 0, "  Done"),
    ("notify", "mail-bounced", 0, "  Done"),
    ("notify", "mail-complaint", 0, "  Done"),
    ("notify", "mail-delayed", 0, "Skipped(\"DeliveryDelay changes nothing\")"),
    ("notify", "from-sns", 1, "a record has no messageId"),
    ("notify", "from-dynamodb", 1, "not of aws:sqs"),
];

#[test]
fn every_shipped_event_ends_as_it_should_on_an_empty_state() {
    for (function, name, code, said) in EVENTS {
        let site = Site::new();
        let ran = invoke(&site, function, &file(function, name).display().to_string());
        let all = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.code, Some(code), "{function}/{name}: {all}");
        assert!(all.contains(said), "{function}/{name}: {said} in {all}");
        assert!(!all.contains("panicked"), "{function}/{name}: {all}");
    }
}

#[test]
fn no_event_is_shipped_that_is_not_tried() {
    let tried: BTreeSet<PathBuf> = EVENTS.iter().map(|(function, name, _, _)| file(function, name)).collect();
    let mut shipped = BTreeSet::new();
    for folder in std::fs::read_dir(root().join("events")).expect("events/") {
        let folder = folder.expect("an entry").path();
        if folder.file_name().is_some_and(|name| name == "crm") || !folder.is_dir() {
            continue;
        }
        shipped.extend(std::fs::read_dir(folder).expect("a folder of events").map(|e| e.expect("an entry").path()));
    }
    assert_eq!(shipped, tried);
}

#[test]
fn one_bad_record_of_three_fails_alone() {
    let site = Site::new();
    let ran = invoke(&site, "enrichment", &file("enrichment", "batch-with-one-bad").display().to_string());
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 4, "{ran:?}");
    assert!(
        lines[0].contains("Skipped")
            && lines[1].contains("failed: the body is not a message")
            && lines[2].contains("Skipped")
    );
}

#[test]
fn a_tick_delivered_twice_is_one_scan() {
    let site = changed();
    let tick = file("scanner", "tick").display().to_string();
    let first = invoke(&site, "scanner", &tick);
    assert_eq!((first.code, first.json()["alerted"].as_u64()), (Some(0), Some(1)), "{first:?}");
    let again = invoke(&site, "scanner", &tick);
    assert_eq!((again.code, again.json()), (first.code, first.json()), "the same tick has the same answer");
    assert_eq!(site.cases().len(), 1);
}

#[test]
fn a_case_goes_from_function_to_function_by_the_shipped_events() {
    let site = changed();
    invoke(&site, "scanner", &file("scanner", "tick").display().to_string());
    let case = site.cases().remove(0);
    assert_eq!(case["state"], "detected");
    let about = json!({ "account": case["account"], "case": case["id"] });

    for (function, name, next) in [("enrichment", "one", "enriched"), ("planning", "one", "planned")] {
        let event = filled(&site, function, name, &about);
        let ran = invoke(&site, function, &event);
        assert_eq!((ran.code, ran.out.contains("  Done\n")), (Some(0), true), "{ran:?}");
        assert_eq!(site.cases()[0]["state"], next);
        let again = invoke(&site, function, &event);
        assert_eq!(again.code, Some(0), "{again:?}");
        assert!(again.out.contains("Skipped(\"the case is "), "{again:?}");
    }

    let alert = filled(&site, "notify", "alert", &about);
    let ran = invoke(&site, "notify", &alert);
    assert!(ran.out.contains("  Done\n"), "{ran:?}");
    let again = invoke(&site, "notify", &alert);
    assert!(again.out.contains("  AlreadyDone\n"), "{again:?}");
    assert!(!site.path("state/outbox/mail").exists(), "deciding sends nothing yet");

    let due = deliveries(&site);
    assert_eq!(due.len(), 3, "Slack, mail and the CRM's log");
    for delivery in &due {
        let about =
            json!({ "partition": delivery["partition"], "delivery": delivery["delivery"], "id": delivery["id"] });
        let event = filled(&site, "notify", "deliver", &about);
        assert!(invoke(&site, "notify", &event).out.contains("  Done\n"), "{about}");
        assert!(invoke(&site, "notify", &event).out.contains("  AlreadyDone\n"), "{about}");
    }
    assert_eq!(site.cases()[0]["state"], "notified");
    let mails = std::fs::read_dir(site.path("state/outbox/mail")).expect("mails").count();
    assert_eq!(mails, 1);
}

/// Dana leaves between September and the tick.
fn changed() -> Site {
    let site = Site::new();
    assert_eq!(site.scan(SEPTEMBER).code, Some(0));
    assert_eq!(site.scan(OCTOBER).number("changed"), 0);
    let rows = people_but("003A", &left("003A"));
    site.write("Contact.csv", contacts(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    site
}

fn file(function: &str, name: &str) -> PathBuf {
    root().join("events").join(function).join(format!("{name}.json"))
}

fn invoke(site: &Site, function: &str, event: &str) -> Ran {
    site.baton(&["invoke", function, event, "--crm", "export:export", "--state", "state"])
}

/// The shipped event with the ids of a case that exists.
fn filled(site: &Site, function: &str, name: &str, about: &Value) -> String {
    let text = std::fs::read_to_string(file(function, name)).expect("a shipped event");
    let mut event: Value = serde_json::from_str(&text).expect("JSON");
    let body = event["Records"][0]["body"].as_str().expect("a body").to_owned();
    let mut body: Value = serde_json::from_str(&body).expect("JSON in the body");
    for (key, value) in about.as_object().expect("ids") {
        assert!(body.get(key).is_some(), "{name} has {key}");
        body[key] = value.clone();
    }
    event["Records"][0]["body"] = body.to_string().into();
    std::fs::write(site.path("event.json"), event.to_string()).expect("a written event");
    "event.json".to_owned()
}

/// What waits to be delivered, as the queue has it.
fn deliveries(site: &Site) -> Vec<Value> {
    let database = Connection::open(site.path("state/baton.sqlite")).expect("the state");
    let mut statement = database.prepare("SELECT body FROM message WHERE queue = 'deliveries'").expect("the queue");
    let bodies = statement.query_map([], |row| row.get::<_, String>(0)).expect("the messages");
    bodies.map(|body| serde_json::from_str(&body.expect("a message")).expect("JSON")).collect()
}
