//! Every event under `events/`, and what else may reach a function, as Lambda hands it to the release binary: nothing ends
//! in a panic or a dead process, and what is not for us is refused with the reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::morning;
use crate::deployment::Deployment;
use crate::function::{Failure, Function};

/// How an invocation ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ends {
    /// All of it is handled.
    Handled,
    /// A tick has come to this.
    Ticked(&'static str),
    /// It is handled by putting a message into the dead letters of this queue, with this in the reason.
    Buried(&'static str, &'static str),
    /// It is refused with this in the reason.
    Refused(&'static str),
}
use Ends::{Buried, Handled, Refused, Ticked};

/// Function, file, and how it ends where no case is known.
pub(crate) const EVENTS: [(&str, &str, Ends); 25] = [
    ("scanner", "tick", Ticked("Done")),
    ("scanner", "shadow", Ticked("the scan 53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa is still under way")),
    ("scanner", "foreign-source", Refused("this is an event of aws.ec2, not of the schedule")),
    ("scanner", "unreadable-detail", Refused("the event's detail is unusable")),
    ("scanner", "console-test", Refused("this is no EventBridge event")),
    ("enrichment", "one", Handled),
    ("enrichment", "batch-with-one-bad", Buried("changes", "the body is not a message")),
    ("enrichment", "empty", Handled),
    ("enrichment", "missing-message-id", Refused("a record has no messageId")),
    (
        "enrichment",
        "newer-schema",
        Buried("changes", "the message has schema 2, this build reads up to 1: upgrade, then redrive"),
    ),
    ("enrichment", "not-for-enrichment", Buried("changes", "enrichment was sent a message that is not for it")),
    ("planning", "one", Handled),
    ("planning", "not-for-planning", Buried("enriched", "planning was sent a message that is not for it")),
    ("planning", "body-is-null", Buried("enriched", "the body is not a message")),
    ("notify", "alert", Handled),
    ("notify", "cleared", Handled),
    ("notify", "brake-of-an-unknown-scan", Buried("planned", "there is no record of scan scan-20261102T070000Z")),
    ("notify", "deliver", Handled),
    ("notify", "same-message-twice", Handled),
    ("notify", "mail-sent", Handled),
    ("notify", "mail-bounced", Handled),
    ("notify", "mail-complaint", Handled),
    ("notify", "mail-delayed", Handled),
    ("notify", "from-sns", Refused("a record has no messageId")),
    ("notify", "from-dynamodb", Refused("not of aws:sqs")),
];

#[test]
fn every_shipped_event_ends_in_the_release_binary_as_it_should() {
    let Some(stack) = Deployment::named("baton", &[]) else { return };
    stack.upload_export("2026-11-02", &crate::equality::sample("2026-11-02"));
    stack.now_is(morning("2026-11-02"));
    for (function, name, ends) in EVENTS {
        let event = std::fs::read_to_string(file(function, name)).unwrap();
        let outcome = stack.function(function).invoke_text(&event);
        let what = format!("{function}/{name}: {outcome:?}\n{:#?}", stack.function(function).log_so_far());
        match ends {
            Handled | Buried(..) => assert_eq!(outcome, Ok(json!({ "batchItemFailures": [] })), "{what}"),
            Ticked(said) => assert!(outcome.is_ok_and(|a| a["outcome"].to_string().contains(said)), "{what}"),
            Refused(why) => assert!(is_refused(&outcome, why), "{what}"),
        }
        let dead = stack.dead_letters.iter();
        let buried: Vec<_> = dead.flat_map(|(of, dead)| dead.drain().into_iter().map(|m| (*of, m))).collect();
        match ends {
            Buried(queue, why) => {
                assert!(!buried.is_empty(), "{what}");
                for (of, message) in &buried {
                    assert_eq!((*of, message.attribute("queue")), (queue, Some(queue)), "{what}");
                    assert!(
                        message.attribute("reason").is_some_and(|reason| reason.contains(why)),
                        "{what} {message:?}"
                    );
                }
            }
            Handled | Ticked(_) | Refused(_) => assert!(buried.is_empty(), "{what} {buried:?}"),
        }
        check_lives(stack.function(function), &what);
    }
}

#[test]
fn no_event_is_shipped_that_is_not_tried_on_the_release_binary() {
    let tried: BTreeSet<PathBuf> = EVENTS.iter().map(|(function, name, _)| file(function, name)).collect();
    let folders = std::fs::read_dir(events()).unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.filter(|path| path.is_dir() && path.file_name().is_some_and(|name| name != "crm"));
    let shipped = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    assert_eq!(shipped.collect::<BTreeSet<_>>(), tried);
}

#[test]
fn whatever_else_reaches_a_function_is_refused_and_the_process_lives_on() {
    let Some(stack) = Deployment::new("foreign") else { return };
    let from_ec2 = std::fs::read_to_string(file("scanner", "foreign-source")).unwrap();
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let foreign = [
        ("the console's test event", r#"{"key1":"value1","key2":"value2","key3":"value3"}"#.to_owned()),
        ("an event of EC2", from_ec2),
        ("nothing", "null".to_owned()),
        ("an array", "[]".to_owned()),
        ("an empty object", "{}".to_owned()),
        ("a text", "\"hello\"".to_owned()),
        ("a number", "7".to_owned()),
        ("records that are none", r#"{"Records":7}"#.to_owned()),
        ("a record of S3", r#"{"Records":[{"eventSource":"aws:s3","s3":{"object":{"key":"a"}}}]}"#.to_owned()),
        ("10,000 levels", deep(10_000)),
        ("10,000 levels in a record", format!(r#"{{"Records":[{{"messageId":"1","body":{}}}]}}"#, deep(10_000))),
        ("10,000 levels in a detail", format!(r#"{{"id":"1","source":"aws.scheduler","detail":{}}}"#, deep(10_000))),
    ];
    for function in stack.functions() {
        for (what, event) in &foreign {
            let outcome = function.invoke_text(event);
            assert!(is_refused(&outcome, "the event was rejected: "), "{} and {what}: {outcome:?}", function.name);
            check_lives(function, what);
        }
    }
}

#[test]
fn json_that_breaks_off_is_refused_and_the_process_lives_on() {
    let Some(stack) = Deployment::new("broken") else { return };
    for function in stack.functions() {
        for event in [r#"{"Records":[{"messageId":"1""#, "", "{", "\u{0}", "\"\\ud800\"", "{\"a\":NaN}"] {
            let outcome = function.invoke_text(event);
            assert!(matches!(outcome, Err(Failure::Error(_))), "{} and {event:?}: {outcome:?}", function.name);
            check_lives(function, event);
        }
    }
}

#[test]
fn an_empty_batch_is_handled_by_doing_nothing() {
    let Some(stack) = Deployment::new("empty") else { return };
    stack.upload_export("2026-11-02", &crate::equality::sample("2026-11-02"));
    for function in ["scanner", "enrichment", "planning", "notify"] {
        let outcome = stack.function(function).invoke(&json!({ "Records": [] }));
        assert_eq!(outcome, Ok(json!({ "batchItemFailures": [] })), "{function}");
    }
    assert!(is_refused(&stack.function("steward").invoke(&json!({ "Records": [] })), "this is no EventBridge event"));
}

fn is_refused(outcome: &Result<Value, Failure>, why: &str) -> bool {
    let Err(Failure::Error(error)) = outcome else { return false };
    error["errorMessage"].as_str().is_some_and(|said| said.contains(why))
}

#[track_caller]
fn check_lives(function: &Function, what: &str) {
    assert!(function.process().id().is_some(), "{} and {what}", function.name);
    let log = function.log_so_far();
    assert!(log.iter().all(|line| !line.contains("panicked")), "{} and {what}: {log:#?}", function.name);
}

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

pub(crate) fn file(function: &str, name: &str) -> PathBuf {
    events().join(function).join(format!("{name}.json"))
}
