//! Batches of messages of which some cannot be handled, now or ever; and ticks that come twice, late or in the wrong order.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::morning;
use crate::aws::queue::Message;
use crate::calls::Site;
use crate::deployment::Deployment;
use crate::ending::Ending;
use crate::equality::{scan, scan_world};
use crate::faults::{Fault, Plan};
use crate::function::TIMEOUT;
use crate::mapping::Unruly;
use crate::stories;

/// A message about a case that is not there.
fn message(n: usize) -> String {
    format!(r#"{{"schema":1,"id":"m-{n}","kind":"enrich","account":"001A","case":"C-7Q2M4T9K0A"}}"#)
}

#[test]
fn one_record_of_ten_that_is_no_json_goes_to_the_dead_letters_and_nine_are_handled() {
    let Some(stack) = Deployment::new("one-of-ten") else { return };
    stack.upload_export("2026-11-02", &crate::equality::sample("2026-11-02"));
    (0..9).for_each(|n| stack.queues["changes"].send(&message(n)));
    stack.queues["changes"].send("Dana Fox has left");
    let delivered = stack.mapping("changes").deliver(&mut Unruly::default()).unwrap();
    assert_eq!((delivered.messages, delivered.failed), (10, 0), "{delivered:?}");
    let dead = stack.dead_letters["changes"].drain();
    assert!(matches!(dead.as_slice(), [one] if one.body() == "Dana Fox has left"), "{dead:?}");
    assert_eq!(dead[0].attribute("reason"), Some("the body is not a message: no JSON, at line 1 column 1"));
    let log = stack.function("enrichment").log().join("\n");
    assert!(log.contains("a message was given up") && !log.contains("Dana"), "{log}");
}

#[test]
fn a_record_whose_body_is_null_goes_to_the_dead_letters_too() {
    let Some(stack) = Deployment::new("null") else { return };
    let record = json!({ "messageId": "1", "body": null, "attributes": {}, "eventSource": "aws:sqs" });
    let answer = stack.function("planning").invoke(&json!({ "Records": [record] }));
    assert_eq!(answer, Ok(json!({ "batchItemFailures": [] })));
    assert_eq!(stack.dead_letters["enriched"].drain().len(), 1);
}

#[test]
fn a_message_that_is_in_a_batch_twice_is_handled_once_and_taken_away_twice() {
    let Some(stack) = before_a_departure("twice") else { return };
    let [(_, _), (day, _)] = stories::departure();
    scan(&stack, day);
    while stack.mapping("scan-pages").deliver(&mut Unruly::default()).is_some() {}
    let message = stack.queues["changes"].receive(1).remove(0);
    let event = stack.mapping("changes").event(&[message.clone(), message]);
    let answer = stack.function("enrichment").invoke(&event);
    assert_eq!(answer, Ok(json!({ "batchItemFailures": [] })));
    assert_eq!(stack.queues["enriched"].depth(), 1);
    assert_eq!(audited(&stack, "enriched"), 1);
}

#[test]
fn a_message_of_a_newer_version_waits_in_the_dead_letters_until_a_build_that_reads_it_gets_it_again() {
    let Some(stack) = before_a_departure("newer") else { return };
    let [(_, _), (day, _)] = stories::departure();
    scan(&stack, day);
    while stack.mapping("scan-pages").deliver(&mut Unruly::default()).is_some() {}
    let read_by_this_build = stack.queues["changes"].drain().remove(0).body().to_owned();
    stack.queues["changes"].send(&read_by_this_build.replace("\"schema\":1", "\"schema\":2"));
    stack.settle();
    let dead = stack.dead_letters["changes"].drain();
    let reason = "the message has schema 2, this build reads up to 1: upgrade, then redrive the dead letters";
    assert_eq!(dead.iter().map(|m| m.attribute("reason")).collect::<Vec<_>>(), [Some(reason)]);
    assert_eq!(states(&stack), ["detected"]);

    stack.queues["changes"].send(&read_by_this_build);
    stack.settle();
    assert_eq!(states(&stack), ["notified"]);
}

#[test]
fn where_no_time_remains_every_message_is_given_back() {
    let Some(stack) = Deployment::new("no-time") else { return };
    stack.upload_export("2026-11-02", &crate::equality::sample("2026-11-02"));
    (0..5).for_each(|n| stack.queues["changes"].send(&message(n)));
    let messages = stack.queues["changes"].receive(5);
    let event = stack.mapping("changes").event(&messages);
    let answer = stack.function("enrichment").invoke_within(&event, Duration::ZERO, TIMEOUT).unwrap();
    let mut given_back: Vec<&str> = answer["batchItemFailures"].as_array().unwrap().iter().map(id).collect();
    let mut all: Vec<&str> = messages.iter().map(Message::id).collect();
    given_back.sort_unstable();
    all.sort_unstable();
    assert_eq!(given_back, all);
    assert!(stack.function("enrichment").process().id().is_some());
}

#[test]
fn a_message_that_fails_five_times_goes_to_the_dead_letters_with_the_reason_and_is_handled_after_a_redrive() {
    let Some(stack) = before_a_departure("five-times") else { return };
    let [(_, _), (day, _)] = stories::departure();
    let writes = Site::of("enrichment", "dynamodb", "TransactWriteItems");
    stack.ledger.plan([Plan::First(writes, usize::MAX, Fault::ServerError(500))]);
    scan(&stack, day);
    stack.settle();
    let dead = stack.dead_letters["changes"].drain();
    let reason = dead.iter().filter_map(|message| message.attribute("reason")).collect::<String>();
    assert!(dead.len() == 1 && reason.starts_with("given up after 5 tries: "), "{dead:?}");
    assert_eq!(states(&stack), ["detected"]);

    stack.ledger.plan([]);
    stack.queues["changes"].send(dead[0].body());
    stack.settle();
    assert_eq!((states(&stack), stack.mails().len(), stack.slack.posts().len()), (vec!["notified".to_owned()], 1, 1));
}

#[test]
fn a_tick_that_comes_twice_or_a_day_late_is_one_scan_and_an_older_one_is_none() {
    let Some(stack) = before_a_departure("ticks") else { return };
    let [(first, _), (day, _)] = stories::departure();
    let runs = || Ending::of_stack(&stack).of_kind("RUN#").count();
    let late = morning(day) + jiff::SignedDuration::from_hours(23);
    stack.now_is(late);
    let tick = || stack.tick("scan-late", morning(day), "full", false).unwrap()["outcome"].as_str().unwrap().to_owned();
    assert_eq!(tick(), "Done");
    assert!(tick().contains("still under way"), "before anything of it was done");
    stack.settle();
    assert_eq!((tick().as_str(), runs(), states(&stack)), ("AlreadyDone", 2, vec!["notified".to_owned()]));
    stack.settle();
    let older = stack.tick("scan-older", morning(first), "full", false);
    assert!(format!("{older:?}").contains("is older than the last one"), "{older:?}");
    stack.settle();
    assert_eq!((runs(), stack.mails().len()), (2, 1));
}

#[test]
fn a_token_that_is_rotated_between_two_posts_of_a_process_is_read_again_and_no_message_is_lost() {
    let Some(stack) = before_a_departure("rotated") else { return };
    let [(_, _), (day, mut world)] = stories::departure();
    scan(&stack, day);
    stack.settle();
    let notify = stack.function("notify");
    let process = notify.process().id();
    assert_eq!(stack.slack.posts().len(), 1);

    stack.secret.rotate(&json!({ "slack_bot_token": "xoxb-new" }));
    stack.slack.rotate("xoxb-new");
    world.person_mut("Lee Park").left = true;
    let dir = tempfile::tempdir().unwrap();
    world.export(dir.path());
    stack.upload_export("2026-10-09", dir.path());
    stack.tick("scan-after", morning(day), "full", false).unwrap();
    stack.settle();
    assert_eq!((stack.slack.posts().len(), notify.process().id()), (2, process), "{:#?}", notify.log_so_far());
}

/// Two contacts are known, and one of them has left since; nothing is scanned yet.
fn before_a_departure(name: &str) -> Option<Deployment> {
    let stack = Deployment::new(name)?;
    let [(first, before), (day, after)] = stories::departure();
    scan_world(&stack, first, &before);
    let dir = tempfile::tempdir().unwrap();
    after.export(dir.path());
    stack.upload_export(day, dir.path());
    Some(stack)
}

fn states(stack: &Deployment) -> Vec<String> {
    stack.items("CASE#").iter().map(|case| case.json()["state"].as_str().unwrap().to_owned()).collect()
}

fn audited(stack: &Deployment, action: &str) -> usize {
    stack.items("AUDIT#").iter().filter(|entry| entry.json()["action"] == action).count()
}

fn id(failure: &Value) -> &str {
    failure["itemIdentifier"].as_str().unwrap()
}
