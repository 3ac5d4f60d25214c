//! The queue keeps its contract on moto; dead letters can be read and given another try.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws::{QueueUrls, SqsQueue};
use contracts::Queues;
use domain::messages::QueueName;
use domain::ports::{GivenBack, Queue, QueueError, Received};
use jiff::{SignedDuration, Timestamp};

use crate::emulator::{clients, moto_server, raw};

/// The queues on moto; remembers what is hidden, to show it when time is to have passed.
struct MotoQueues {
    queue: SqsQueue,
    client: aws_sdk_sqs::Client,
    urls: QueueUrls,
    hidden: Mutex<BTreeMap<(&'static str, String), String>>,
}

#[async_trait]
impl Queue for MotoQueues {
    async fn send(&self, queue: QueueName, bodies: &[String], now: Timestamp) -> Result<(), QueueError> {
        self.queue.send(queue, bodies, now).await
    }

    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        after: SignedDuration,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        self.queue.send_later(queue, body, after, now).await
    }

    async fn receive(&self, queue: QueueName, limit: usize, now: Timestamp) -> Result<Vec<Received>, QueueError> {
        let received = self.queue.receive(queue, limit, now).await?;
        let hidden = received.iter().map(|message| ((queue.as_str(), message.id.clone()), message.receipt.clone()));
        self.hidden.lock().unwrap().extend(hidden);
        Ok(received)
    }

    async fn delete(&self, queue: QueueName, receipts: &[String]) -> Result<(), QueueError> {
        self.queue.delete(queue, receipts).await
    }

    async fn give_back(
        &self,
        q: QueueName,
        r: &Received,
        reason: &str,
        now: Timestamp,
    ) -> Result<GivenBack, QueueError> {
        self.queue.give_back(q, r, reason, now).await
    }

    async fn bury(&self, q: QueueName, r: &Received, reason: &str, now: Timestamp) -> Result<(), QueueError> {
        self.queue.bury(q, r, reason, now).await
    }
}

#[async_trait]
impl Queues for MotoQueues {
    fn port(&self) -> &dyn Queue {
        self
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn pass(&self) {
        let hidden = std::mem::take(&mut *self.hidden.lock().unwrap());
        for ((queue, _), receipt) in hidden {
            let queue = QueueName::ALL.into_iter().find(|name| name.as_str() == queue).unwrap();
            let call = self.client.change_message_visibility().queue_url(self.urls.get(queue).unwrap());
            // Those that were deleted cannot be shown.
            let _ = call.receipt_handle(receipt).visibility_timeout(0).send().await;
        }
    }

    async fn dead(&self) -> Vec<String> {
        self.queue.dead_letters().await.unwrap().into_iter().map(|letter| letter.reason).collect()
    }
}

/// Makes every queue and its dead letters, with this in front of their names.
async fn make(endpoint: &str, prefix: &str) -> (aws_sdk_sqs::Client, QueueUrls, QueueUrls) {
    let client = aws_sdk_sqs::Client::new(&raw(endpoint));
    let mut urls = BTreeMap::new();
    let mut dead = BTreeMap::new();
    for queue in QueueName::ALL {
        for (found, ending) in [(&mut urls, ""), (&mut dead, "-dead-letters")] {
            let name = format!("{prefix}-{}{ending}", queue.as_str());
            let made = client.create_queue().queue_name(name).send().await.unwrap();
            found.insert(queue.as_str(), made.queue_url.unwrap());
        }
    }
    let parsed = |urls| QueueUrls::parse(&serde_json::to_string(&urls).unwrap()).unwrap();
    (client, parsed(urls), parsed(dead))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_keeps_the_contract_on_moto() {
    let Some(emulator) = moto_server().await else { return };
    let (client, urls, dead) = make(&emulator.endpoint, "contract").await;
    let queue = clients(&emulator.endpoint).queue(urls.clone(), dead);
    queue.warm().await.unwrap();
    contracts::queue_contract(&MotoQueues { queue, client, urls, hidden: Mutex::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_read_where_they_are_and_driven_back_once() {
    let Some(emulator) = moto_server().await else { return };
    let (_, urls, dead) = make(&emulator.endpoint, "redrive").await;
    let queue = Arc::new(clients(&emulator.endpoint).queue(urls, dead.clone()));
    let now = Timestamp::now();
    let bodies: Vec<String> = (0..12).map(|n| n.to_string()).collect();
    queue.send(QueueName::Planned, &bodies, now).await.unwrap();
    for message in queue.receive(QueueName::Planned, 12, now).await.unwrap() {
        queue.bury(QueueName::Planned, &message, &format!("number {}\0", message.body), now).await.unwrap();
    }
    // What Lambda was given has no receipt that the function may use, and may even be empty.
    let empty = Received { id: "m".into(), receipt: String::new(), receives: 1, body: String::new() };
    queue.bury(QueueName::Changes, &empty, "no body", now).await.unwrap();

    // Nor has the function an address of a queue from which Lambda takes messages; the dead letters are enough.
    let nameless = clients(&emulator.endpoint).queue(QueueUrls::default(), dead);
    let last = Received { receives: 5, body: "last".into(), ..empty.clone() };
    let became = nameless.give_back(QueueName::Enriched, &last, "busy", now).await.unwrap();
    assert_eq!(became, GivenBack::GivenUp("given up after 5 tries: busy".to_owned()));
    assert_eq!(nameless.give_back(QueueName::Enriched, &empty, "busy", now).await.unwrap(), GivenBack::Waits);

    for _ in 0..2 {
        let mut letters = queue.dead_letters().await.unwrap();
        letters.sort_by_key(|letter| (letter.queue.as_str(), letter.body.parse::<u32>().unwrap_or_default()));
        let told: Vec<_> =
            letters.iter().map(|l| (l.queue.as_str(), l.body.as_str(), l.reason.as_str(), l.since.is_some())).collect();
        assert_eq!(told.len(), 14, "{told:#?}");
        assert_eq!(told[0], ("changes", "null", "no body", true));
        assert_eq!(told[1], ("enriched", "last", "given up after 5 tries: busy", true));
        assert_eq!(told[13], ("planned", "11", "number 11\u{fffd}", true));
    }
    let counts = queue.redrive(now).await.unwrap();
    assert_eq!(
        counts.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>(),
        [("changes", 1), ("enriched", 1), ("planned", 12)]
    );
    assert_eq!(queue.dead_letters().await.unwrap(), []);
    assert_eq!(queue.receive(QueueName::Planned, 20, now).await.unwrap().len(), 12);
    assert_eq!(queue.redrive(now).await.unwrap().values().sum::<usize>(), 0);
}
