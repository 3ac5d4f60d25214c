//! What a `Messenger` promises.

use domain::ports::{Messenger, SlackMessage};
use domain::{DeliveryId, Personal};

/// Counts the messages that are there.
pub type Count<'a> = &'a dyn Fn() -> usize;

/// What a `Messenger` promises that says it repeats safely; `posted` counts what is there.
pub async fn messenger_contract(messenger: &dyn Messenger, posted: Count<'_>) {
    let message = |delivery: &str, thread: Option<&str>| SlackMessage {
        delivery: DeliveryId::parse(delivery).unwrap(),
        to: Personal::new("maya@us.example"),
        thread: thread.map(str::to_owned),
        payload: serde_json::json!({ "text": delivery, "blocks": [] }),
        preview: String::new(),
    };
    let first = messenger.post(&message("d-1", None)).await.unwrap();
    let other = messenger.post(&message("d-2", Some(&first))).await.unwrap();
    assert_ne!(first, other);
    assert_eq!(messenger.post(&message("d-1", None)).await.unwrap(), first, "posted before: the same message");
    assert_eq!(posted(), 2);
}
