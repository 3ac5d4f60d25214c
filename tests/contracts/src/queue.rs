//! What a `Queue` promises.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::messages::QueueName;
use domain::ports::{GivenBack, MOST_RECEIVES, Queue, Received};
use jiff::{SignedDuration, Timestamp};

/// The queues under test, and what a test needs beside the port.
#[async_trait]
pub trait Queues: Send + Sync {
    /// The port.
    fn port(&self) -> &dyn Queue;
    /// The time it is.
    fn now(&self) -> Timestamp;
    /// Lets so much time pass that every message that was received or given back is visible again.
    async fn pass(&self);
    /// The reasons of all dead letters.
    async fn dead(&self) -> Vec<String>;
}

/// What a `Queue` promises; the queues are empty.
pub async fn queue_contract(queues: &dyn Queues) {
    what_is_sent_arrives_in_its_queue_and_hides_until_the_timeout(queues).await;
    more_messages_than_a_request_takes_arrive(queues).await;
    a_deleted_message_is_gone_and_nonsense_deletes_nothing(queues).await;
    a_message_that_is_given_back_comes_again_and_counts(queues).await;
    what_is_sent_for_later_is_hidden_until_then(queues).await;
    a_message_is_given_up_after_five_receives(queues).await;
    a_buried_message_never_comes_again(queues).await;
}

/// What a `Queue` promises that knows of each receipt whether it is the last one. SQS does not: there a late worker can
/// delete or bury what another one has, and what is handled twice is done once.
pub async fn stale_receipts_do_nothing(queues: &dyn Queues) {
    a_stale_receipt_deletes_nothing(queues).await;
    a_stale_receipt_gives_nothing_back_and_buries_nothing(queues).await;
}

async fn send(queues: &dyn Queues, name: QueueName, bodies: &[&str]) {
    let bodies: Vec<String> = bodies.iter().map(|body| (*body).to_owned()).collect();
    queues.port().send(name, &bodies, queues.now()).await.unwrap();
}

async fn receive(queues: &dyn Queues, name: QueueName) -> Vec<Received> {
    queues.port().receive(name, 10, queues.now()).await.unwrap()
}

async fn one(queues: &dyn Queues, name: QueueName) -> Received {
    let mut received = receive(queues, name).await;
    assert_eq!(received.len(), 1, "{received:#?}");
    received.remove(0)
}

async fn delete(queues: &dyn Queues, name: QueueName, receipts: &[String]) {
    queues.port().delete(name, receipts).await.unwrap();
}

async fn empty(queues: &dyn Queues, name: QueueName) {
    queues.pass().await;
    let receipts: Vec<String> = receive(queues, name).await.into_iter().map(|message| message.receipt).collect();
    delete(queues, name, &receipts).await;
    queues.pass().await;
    assert!(receive(queues, name).await.is_empty());
}

async fn what_is_sent_arrives_in_its_queue_and_hides_until_the_timeout(queues: &dyn Queues) {
    send(queues, QueueName::Changes, &["one", "two", "drei \u{fc} \u{1f600}"]).await;
    send(queues, QueueName::Planned, &["other"]).await;
    let two = queues.port().receive(QueueName::Changes, 2, queues.now()).await.unwrap();
    let third = receive(queues, QueueName::Changes).await;
    let bodies: BTreeSet<&str> = two.iter().chain(&third).map(|message| message.body.as_str()).collect();
    assert_eq!((two.len(), third.len()), (2, 1));
    assert_eq!(bodies, ["one", "drei \u{fc} \u{1f600}", "two"].into());
    assert!(receive(queues, QueueName::Changes).await.is_empty(), "hidden from others");
    queues.pass().await;
    let again = receive(queues, QueueName::Changes).await;
    assert_eq!(again.len(), 3, "nobody deleted them");
    assert!(again.iter().all(|message| message.receives == 2), "{again:#?}");
    let ids: BTreeSet<&str> = again.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(ids, two.iter().chain(&third).map(|message| message.id.as_str()).collect());
    empty(queues, QueueName::Changes).await;
    empty(queues, QueueName::Planned).await;
}

async fn more_messages_than_a_request_takes_arrive(queues: &dyn Queues) {
    // The last ones are too large to go together.
    let bodies: Vec<String> =
        (0..23).map(|n| format!("{n} {}", "x".repeat(if n < 20 { 10 } else { 200_000 }))).collect();
    queues.port().send(QueueName::Enriched, &bodies, queues.now()).await.unwrap();
    queues.port().send(QueueName::Enriched, &[], queues.now()).await.unwrap();
    let received = queues.port().receive(QueueName::Enriched, 50, queues.now()).await.unwrap();
    let arrived: BTreeSet<&String> = received.iter().map(|message| &message.body).collect();
    assert!(arrived == bodies.iter().collect(), "{} of 23 arrived", arrived.len());
    let receipts: Vec<String> = received.into_iter().map(|message| message.receipt).collect();
    delete(queues, QueueName::Enriched, &receipts).await;
    queues.pass().await;
    assert!(receive(queues, QueueName::Enriched).await.is_empty());
}

async fn a_deleted_message_is_gone_and_nonsense_deletes_nothing(queues: &dyn Queues) {
    send(queues, QueueName::Enriched, &["done"]).await;
    let receipts = [one(queues, QueueName::Enriched).await.receipt, "nonsense".to_owned()];
    delete(queues, QueueName::Enriched, &receipts[1..]).await;
    queues.pass().await;
    let receipts = [one(queues, QueueName::Enriched).await.receipt, "nonsense".to_owned()];
    delete(queues, QueueName::Enriched, &receipts).await;
    delete(queues, QueueName::Enriched, &receipts).await;
    delete(queues, QueueName::Enriched, &[]).await;
    queues.pass().await;
    assert!(receive(queues, QueueName::Enriched).await.is_empty());
}

async fn a_message_that_is_given_back_comes_again_and_counts(queues: &dyn Queues) {
    send(queues, QueueName::Planned, &["again"]).await;
    let first = one(queues, QueueName::Planned).await;
    let given_back = queues.port().give_back(QueueName::Planned, &first, "busy", queues.now()).await.unwrap();
    assert_eq!(given_back, GivenBack::Waits);
    assert!(receive(queues, QueueName::Planned).await.is_empty(), "not at once: what failed now fails again");
    queues.pass().await;
    let second = one(queues, QueueName::Planned).await;
    assert_eq!((second.body.as_str(), second.receives), ("again", 2));
    delete(queues, QueueName::Planned, &[second.receipt]).await;
}

/// Where time cannot be let pass for it, only that it is hidden can be seen; so it is the last of its queue.
async fn what_is_sent_for_later_is_hidden_until_then(queues: &dyn Queues) {
    let later = SignedDuration::from_secs(30);
    queues.port().send_later(QueueName::ScanPages, "later", later, queues.now()).await.unwrap();
    assert!(receive(queues, QueueName::ScanPages).await.is_empty(), "not at once");
}

async fn a_message_is_given_up_after_five_receives(queues: &dyn Queues) {
    send(queues, QueueName::Deliveries, &["stubborn"]).await;
    for n in 1..=MOST_RECEIVES {
        let message = one(queues, QueueName::Deliveries).await;
        assert_eq!(message.receives, n);
        assert!(queues.dead().await.is_empty(), "not before the fifth");
        let reason = "the mail server says 451";
        let became = queues.port().give_back(QueueName::Deliveries, &message, reason, queues.now()).await.unwrap();
        match became {
            GivenBack::Waits => assert!(n < MOST_RECEIVES, "given up with the fifth"),
            GivenBack::GivenUp(reason) => assert!(n == MOST_RECEIVES && reason.contains("451"), "{n}: {reason}"),
        }
        queues.pass().await;
    }
    assert!(receive(queues, QueueName::Deliveries).await.is_empty());
    let reasons = queues.dead().await;
    assert!(reasons.len() == 1 && reasons[0].contains("given up after 5 tries"), "{reasons:#?}");
}

async fn a_buried_message_never_comes_again(queues: &dyn Queues) {
    let before = queues.dead().await.len();
    send(queues, QueueName::Changes, &["poison"]).await;
    let message = one(queues, QueueName::Changes).await;
    queues.port().bury(QueueName::Changes, &message, "no message of ours", queues.now()).await.unwrap();
    queues.pass().await;
    assert!(receive(queues, QueueName::Changes).await.is_empty());
    let reasons = queues.dead().await;
    assert_eq!(reasons.len(), before + 1);
    assert!(reasons.iter().any(|reason| reason == "no message of ours"), "{reasons:#?}");
}

async fn a_stale_receipt_deletes_nothing(queues: &dyn Queues) {
    send(queues, QueueName::Enriched, &["late"]).await;
    let slow = one(queues, QueueName::Enriched).await;
    queues.pass().await;
    let quick = one(queues, QueueName::Enriched).await;
    delete(queues, QueueName::Enriched, std::slice::from_ref(&slow.receipt)).await;
    queues.pass().await;
    let third = one(queues, QueueName::Enriched).await;
    assert_ne!(third.receipt, quick.receipt);
    delete(queues, QueueName::Enriched, &[third.receipt]).await;
}

async fn a_stale_receipt_gives_nothing_back_and_buries_nothing(queues: &dyn Queues) {
    let before = queues.dead().await;
    send(queues, QueueName::Enriched, &["shared"]).await;
    let slow = one(queues, QueueName::Enriched).await;
    queues.pass().await;
    let quick = one(queues, QueueName::Enriched).await;
    queues.port().give_back(QueueName::Enriched, &slow, "late", queues.now()).await.unwrap();
    assert!(receive(queues, QueueName::Enriched).await.is_empty(), "the quick one still has it");
    queues.port().bury(QueueName::Enriched, &slow, "late", queues.now()).await.unwrap();
    assert_eq!(queues.dead().await, before);
    delete(queues, QueueName::Enriched, &[quick.receipt]).await;
}
