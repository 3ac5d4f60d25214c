//! What drives the functions, held against the functions themselves.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::aws::queue::Message;
use crate::calls::Permission;
use crate::deployment::Deployment;
use crate::dice::Dice;
use crate::faults::{Fault, Plan};
use crate::function::Failure;
use crate::mapping::Unruly;

/// Of a case that is not there, so that only its claim is ever written.
const MESSAGE: &str =
    r#"{"schema":1,"id":"m-3V6T1R8K2Q5M9X0C7B4N","kind":"enrich","account":"001A","case":"C-7Q2M4T9K0A"}"#;

#[test]
fn a_message_whose_function_dies_at_every_call_is_in_the_dead_letters_after_five_tries() {
    let Some(stack) = Deployment::new("dies") else { return };
    stack.queues["changes"].send(MESSAGE);
    stack.ledger.plan([Plan::Calls(0..usize::MAX, Fault::KillBefore)]);
    assert_eq!(stack.settle(), 5);
    let dead = stack.dead_letters["changes"].drain();
    assert_eq!(dead.iter().map(Message::body).collect::<Vec<_>>(), [MESSAGE]);
    assert_eq!(dead[0].attribute("reason"), None, "nobody was left to give one");
    let fired = stack.ledger.fired();
    assert!(fired.len() >= 5 && fired.iter().all(|(_, fault)| *fault == Fault::KillBefore), "{fired:?}");
}

#[test]
fn after_a_death_the_next_invocation_finds_a_new_process() {
    let Some(stack) = with_an_export("again") else { return };
    let enrichment = stack.function("enrichment");
    let empty = json!({ "Records": [] });
    enrichment.invoke(&empty).unwrap();
    let first = enrichment.process().id();
    enrichment.invoke(&empty).unwrap();
    assert_eq!(enrichment.process().id(), first, "as long as it lives it is used again");

    stack.queues["changes"].send(MESSAGE);
    stack.ledger.plan([Plan::Calls(0..1, Fault::KillAfter)]);
    let delivered = stack.mapping("changes").deliver(&mut Unruly::default()).unwrap();
    assert_eq!((delivered.failed, delivered.answer), (1, Err(Failure::Died)));
    assert_eq!(enrichment.process().id(), None);
    assert_eq!(stack.settle(), 1, "the message comes again, and no fault is left");
    assert!(enrichment.process().id().is_some_and(|id| Some(id) != first));
}

#[test]
fn a_function_that_takes_longer_than_it_may_is_ended() {
    let Some(stack) = Deployment::new("late") else { return };
    let event = json!({ "Records": [] });
    let outcome = stack.function("enrichment").invoke_within(&event, Duration::ZERO, Duration::ZERO);
    assert_eq!(outcome, Err(Failure::TimedOut));
    assert_eq!(stack.function("enrichment").process().id(), None);
}

#[test]
fn unruly_queues_deliver_everything_and_most_of_it_twice() {
    let Some(stack) = with_an_export("unruly") else { return };
    for n in 0..20 {
        stack.queues["changes"].send(&MESSAGE.replace("m-3V", &format!("m-{n:02}")));
    }
    let mut unruly = Unruly { twice: true, shuffled: Some(Dice(7)) };
    let changes = stack.mapping("changes");
    let mut messages = 0;
    while messages < 20 {
        // Messages that were given back are visible a millisecond later.
        let Some(delivered) = changes.deliver(&mut unruly) else { continue };
        assert_eq!(delivered.failed, 0);
        messages += delivered.messages;
    }
    assert_eq!((messages, stack.settle()), (20, 0));
    assert!(changes.deliver_all_again(&mut Dice(8)).iter().all(Result::is_ok));
}

#[test]
fn a_tick_of_the_schedule_reaches_the_scanner_at_the_time_that_a_test_names() {
    let Some(stack) = with_an_export("tick") else { return };
    let at: Timestamp = "2026-11-02T07:00:00Z".parse().unwrap();
    stack.now_is(at);
    stack.tick("scan-1", at, "full", false).unwrap();
    stack.see_through("steward-1", at);
    let metrics = stack.function("scanner").metrics();
    let scanned = metrics.iter().find(|line| line.get("ContactsScanned").is_some());
    let told = scanned.map(|line| line["_aws"]["Timestamp"].as_i64());
    assert_eq!(told, Some(Some(at.as_millisecond())), "{:#?}", stack.function("scanner").log());
    let lists = Permission { action: "s3:ListBucket".to_owned(), resource: "STACK".to_owned() };
    assert!(stack.needs("scanner").contains(&lists), "{:#?}", stack.needs("scanner"));
}

/// Of a CRM in which nobody is.
fn with_an_export(name: &str) -> Option<Deployment> {
    let stack = Deployment::new(name)?;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("Account.csv"), "Id,Name\n").unwrap();
    std::fs::write(dir.path().join("Contact.csv"), "Id,AccountId,Name,Title\n").unwrap();
    stack.upload_export("2026-11-02", dir.path());
    Some(stack)
}
