//! What every adapter of a port must do, whatever is behind it. Each function here is called once for each adapter.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use baton::adapters::{Database, FileBus, FileMailer, FileMessenger, SqliteQueue, SqliteStore};
use domain::case::State;
use domain::finding::Verdict;
use domain::messages::QueueName;
use domain::ports::{
    Bus, Clock, Commit, Committed, Expect, GivenBack, Index, Item, Key, Mailer, Messenger, OutgoingMail, Query, Queue,
    Row, SlackMessage, StateChanged, Store, StoreError, Write,
};
use domain::records::CLAIM_DAYS;
use domain::{AccountId, CaseId, DeliveryId, MessageId, Personal};
use futures_executor::block_on;
use jiff::Timestamp;

/// A clock that the test moves.
#[derive(Default)]
struct HandClock(AtomicI64);

impl HandClock {
    fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + self.0.load(Ordering::SeqCst)).unwrap()
    }
}

fn item(partition: &str, sort: &str, body: &str) -> Item {
    Item { key: Key::new(partition, sort), index: None, body: body.as_bytes().to_vec(), expires: None }
}

fn put(item: Item, expect: Expect) -> Commit {
    Commit { claim: None, writes: vec![Write::Put(item, expect)] }
}

fn get(store: &dyn Store, partition: &str, sort: &str) -> Option<(u64, String)> {
    let row = block_on(store.get(&Key::new(partition, sort))).unwrap();
    row.map(|row| (row.version, String::from_utf8(row.body).unwrap()))
}

fn sorts(store: &dyn Store, query: &Query<'_>) -> Vec<String> {
    block_on(store.query(query)).unwrap().into_iter().map(|row: Row| row.sort).collect()
}

fn all<'a>(index: Index, partition: &'a str) -> Query<'a> {
    Query { index, partition, after: None, through: None, limit: 100 }
}

#[track_caller]
fn assert_conflict(result: &Result<Committed, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
}

/// What a `Store` promises. `clock` is the one by which its items expire.
fn store_contract(store: &dyn Store, clock: &HandClock) {
    a_written_item_is_read_back_with_its_version(store);
    a_write_with_another_version_than_expected_conflicts(store);
    a_commit_is_all_or_nothing(store);
    a_claim_is_taken_once_and_until_it_expires(store, clock);
    an_item_is_gone_once_it_has_expired(store, clock);
    a_query_gives_a_run_of_one_partition_in_the_order_of_bytes(store);
    an_index_finds_items_of_all_partitions_until_they_leave_it(store);
    an_index_finds_items_of_several_partitions_under_one_sort_key(store);
}

fn a_written_item_is_read_back_with_its_version(store: &dyn Store) {
    assert_eq!(get(store, "plain", "a"), None);
    for (expect, version) in [(Expect::Absent, 1), (Expect::Version(1), 2), (Expect::Anything, 3)] {
        let body = format!("{version} ä\n\"");
        assert_eq!(block_on(store.commit(put(item("plain", "a", &body), expect))).unwrap(), Committed::Written);
        assert_eq!(get(store, "plain", "a"), Some((version, body)));
    }
    let delete = || Commit { claim: None, writes: vec![Write::Delete(Key::new("plain", "a"))] };
    block_on(store.commit(delete())).unwrap();
    assert_eq!(get(store, "plain", "a"), None);
    block_on(store.commit(delete())).unwrap();
    block_on(store.commit(put(item("plain", "a", "again"), Expect::Absent))).unwrap();
    assert_eq!(get(store, "plain", "a"), Some((1, "again".to_owned())));
}

fn a_write_with_another_version_than_expected_conflicts(store: &dyn Store) {
    block_on(store.commit(put(item("expect", "a", "one"), Expect::Absent))).unwrap();
    for (sort, expect) in
        [("a", Expect::Absent), ("a", Expect::Version(2)), ("a", Expect::Version(0)), ("b", Expect::Version(1))]
    {
        assert_conflict(&block_on(store.commit(put(item("expect", sort, "two"), expect))));
    }
    assert_eq!(get(store, "expect", "a"), Some((1, "one".to_owned())));
    assert_eq!(get(store, "expect", "b"), None);
}

fn a_commit_is_all_or_nothing(store: &dyn Store) {
    block_on(store.commit(put(item("whole", "kept", "x"), Expect::Absent))).unwrap();
    let claim = MessageId::of(&["whole"]);
    let writes = |last: Expect| {
        vec![
            Write::Put(item("whole", "new", "x"), Expect::Absent),
            Write::Delete(Key::new("whole", "kept")),
            Write::Put(item("whole", "last", "x"), last),
        ]
    };
    let failing = Commit { claim: Some(claim.clone()), writes: writes(Expect::Version(7)) };
    assert_conflict(&block_on(store.commit(failing)));
    assert_eq!(sorts(store, &all(Index::Table, "whole")), ["kept"]);
    let good = Commit { claim: Some(claim), writes: writes(Expect::Absent) };
    assert_eq!(block_on(store.commit(good)).unwrap(), Committed::Written, "a commit that failed has claimed nothing");
    assert_eq!(sorts(store, &all(Index::Table, "whole")), ["last", "new"]);
}

fn a_claim_is_taken_once_and_until_it_expires(store: &dyn Store, clock: &HandClock) {
    let commit = |body: &str| Commit {
        claim: Some(MessageId::of(&["once"])),
        writes: vec![Write::Put(item("claim", "a", body), Expect::Anything)],
    };
    assert_eq!(block_on(store.commit(commit("first"))).unwrap(), Committed::Written);
    assert_eq!(block_on(store.commit(commit("second"))).unwrap(), Committed::Already);
    assert_eq!(get(store, "claim", "a"), Some((1, "first".to_owned())));
    clock.pass(CLAIM_DAYS * 86_400 - 1);
    assert_eq!(block_on(store.commit(commit("third"))).unwrap(), Committed::Already);
    clock.pass(2);
    assert_eq!(block_on(store.commit(commit("fourth"))).unwrap(), Committed::Written);
    assert_eq!(get(store, "claim", "a"), Some((2, "fourth".to_owned())));
}

fn an_item_is_gone_once_it_has_expired(store: &dyn Store, clock: &HandClock) {
    let expiring = |body: &str| Item {
        index: Some("expiry-index".to_owned()),
        expires: Some(clock.now() + jiff::SignedDuration::from_secs(60)),
        ..item("expiry", "a", body)
    };
    block_on(store.commit(put(expiring("one"), Expect::Absent))).unwrap();
    clock.pass(59);
    assert_eq!(get(store, "expiry", "a"), Some((1, "one".to_owned())));
    clock.pass(2);
    assert_eq!(get(store, "expiry", "a"), None);
    assert!(sorts(store, &all(Index::Table, "expiry")).is_empty());
    assert!(sorts(store, &all(Index::Secondary, "expiry-index")).is_empty());
    assert_conflict(&block_on(store.commit(put(expiring("two"), Expect::Version(1)))));
    block_on(store.commit(put(expiring("two"), Expect::Absent))).unwrap();
    assert_eq!(get(store, "expiry", "a"), Some((1, "two".to_owned())), "its place was free");
}

fn a_query_gives_a_run_of_one_partition_in_the_order_of_bytes(store: &dyn Store) {
    let names = ["Z", "a", "a#1", "a#2", "b", "é", "\u{10000}"];
    let writes = names.iter().rev().map(|name| Write::Put(item("run", name, ""), Expect::Absent)).collect();
    block_on(store.commit(Commit { claim: None, writes })).unwrap();
    block_on(store.commit(put(item("run2", "other", ""), Expect::Absent))).unwrap();

    let run =
        |after, through, limit| sorts(store, &Query { index: Index::Table, partition: "run", after, through, limit });
    assert_eq!(run(None, None, 100), names);
    assert_eq!(run(Some("a"), None, 100), &names[2..], "behind the first bound");
    assert_eq!(run(None, Some("a#2"), 100), &names[..4], "up to and with the second one");
    assert_eq!(run(Some("a#"), Some("a#\u{10ffff}"), 100), &names[2..4]);
    assert_eq!(run(Some("a"), Some("b"), 2), &names[2..4]);
    assert_eq!(run(Some("é"), Some("é"), 100), Vec::<String>::new());
}

fn an_index_finds_items_of_all_partitions_until_they_leave_it(store: &dyn Store) {
    let indexed = |partition: &str, sort: &str, index: Option<&str>| {
        put(Item { index: index.map(str::to_owned), ..item(partition, sort, "") }, Expect::Anything)
    };
    for (partition, sort) in [("one", "b"), ("two", "a"), ("two", "c")] {
        block_on(store.commit(indexed(partition, sort, Some("both")))).unwrap();
    }
    block_on(store.commit(indexed("one", "x", None))).unwrap();
    assert_eq!(sorts(store, &all(Index::Secondary, "both")), ["a", "b", "c"]);
    let behind = Query { after: Some("a"), limit: 1, ..all(Index::Secondary, "both") };
    assert_eq!(sorts(store, &behind), ["b"]);
    block_on(store.commit(indexed("two", "a", None))).unwrap();
    block_on(store.commit(indexed("two", "c", Some("elsewhere")))).unwrap();
    assert_eq!(sorts(store, &all(Index::Secondary, "both")), ["b"]);
    assert_eq!(sorts(store, &all(Index::Secondary, "elsewhere")), ["c"]);
    assert_eq!(sorts(store, &all(Index::Table, "both")), Vec::<String>::new());
}

fn an_index_finds_items_of_several_partitions_under_one_sort_key(store: &dyn Store) {
    let writes = ["one", "two", "three"].map(|partition| {
        Write::Put(Item { index: Some("same".to_owned()), ..item(partition, "DELIVERY", "") }, Expect::Absent)
    });
    block_on(store.commit(Commit { claim: None, writes: writes.into() })).unwrap();
    assert_eq!(block_on(store.query(&all(Index::Secondary, "same"))).unwrap().len(), 3);
}

/// Of many who write the same version at once, one wins and the others are told.
fn of_many_writers_one_wins(store: &(dyn Store + Sync)) {
    block_on(store.commit(put(item("race", "a", "0"), Expect::Absent))).unwrap();
    let write = |i: usize| block_on(store.commit(put(item("race", "a", &i.to_string()), Expect::Version(1))));
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..9).map(|i| scope.spawn(move || write(i))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    results.iter().filter(|result| result.is_err()).for_each(assert_conflict);
    assert_eq!(get(store, "race", "a").unwrap().0, 2);
}

/// What a `Queue` promises; the dead letters of a queue are told by `dead`, as reasons.
fn queue_contract(queue: &dyn Queue, dead: &dyn Fn() -> Vec<String>) {
    what_is_sent_arrives_in_its_queue_and_hides_until_the_timeout(queue);
    a_deleted_message_is_gone_and_a_stale_receipt_deletes_nothing(queue);
    a_message_that_is_given_back_comes_again_and_counts(queue);
    a_message_is_given_up_after_five_receives(queue, dead);
    a_buried_message_never_comes_again(queue, dead);
    a_stale_receipt_gives_nothing_back_and_buries_nothing(queue, dead);
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn send(queue: &dyn Queue, name: QueueName, bodies: &[&str], now: Timestamp) {
    let bodies: Vec<String> = bodies.iter().map(|body| (*body).to_owned()).collect();
    block_on(queue.send(name, &bodies, now)).unwrap();
}

fn receive(queue: &dyn Queue, name: QueueName, now: Timestamp) -> Vec<domain::ports::Received> {
    block_on(queue.receive(name, 10, now)).unwrap()
}

/// Longer than any message stays hidden.
const LATER_S: i64 = 3_600;

fn what_is_sent_arrives_in_its_queue_and_hides_until_the_timeout(queue: &dyn Queue) {
    send(queue, QueueName::Changes, &["one", "two", "three"], at(0));
    send(queue, QueueName::Planned, &["other"], at(0));
    let two = block_on(queue.receive(QueueName::Changes, 2, at(0))).unwrap();
    let third = receive(queue, QueueName::Changes, at(0));
    let bodies: BTreeSet<&str> = two.iter().chain(&third).map(|message| message.body.as_str()).collect();
    assert_eq!((two.len(), third.len()), (2, 1));
    assert_eq!(bodies, ["one", "three", "two"].into());
    assert!(receive(queue, QueueName::Changes, at(1)).is_empty(), "hidden from others");
    let again = receive(queue, QueueName::Changes, at(LATER_S));
    assert_eq!(again.len(), 3, "nobody deleted them");
    assert!(again.iter().all(|message| message.receives == 2), "{again:#?}");
    let ids: BTreeSet<&str> = again.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(ids, two.iter().chain(&third).map(|message| message.id.as_str()).collect());
    empty(queue, QueueName::Changes, 2 * LATER_S);
    empty(queue, QueueName::Planned, 2 * LATER_S);
}

fn a_deleted_message_is_gone_and_a_stale_receipt_deletes_nothing(queue: &dyn Queue) {
    send(queue, QueueName::Enriched, &["late"], at(0));
    let slow = receive(queue, QueueName::Enriched, at(0)).remove(0);
    let quick = receive(queue, QueueName::Enriched, at(LATER_S)).remove(0);
    block_on(queue.delete(QueueName::Enriched, std::slice::from_ref(&slow.receipt))).unwrap();
    let third = receive(queue, QueueName::Enriched, at(2 * LATER_S));
    assert_eq!(third.len(), 1, "a receipt of an earlier receive deletes nothing");
    assert_ne!(third[0].receipt, quick.receipt);
    let receipts = [third[0].receipt.clone(), "nonsense".to_owned()];
    block_on(queue.delete(QueueName::Enriched, &receipts)).unwrap();
    block_on(queue.delete(QueueName::Enriched, &receipts)).unwrap();
    assert!(receive(queue, QueueName::Enriched, at(3 * LATER_S)).is_empty());
}

fn a_message_that_is_given_back_comes_again_and_counts(queue: &dyn Queue) {
    send(queue, QueueName::Planned, &["again"], at(0));
    let first = receive(queue, QueueName::Planned, at(0)).remove(0);
    let given_back = block_on(queue.give_back(QueueName::Planned, &first, "busy", at(1))).unwrap();
    assert_eq!(given_back, GivenBack::Waits);
    assert!(receive(queue, QueueName::Planned, at(1)).is_empty(), "not at once: what failed now fails again");
    let second = receive(queue, QueueName::Planned, at(LATER_S)).remove(0);
    assert_eq!((second.body.as_str(), second.receives), ("again", 2));
    block_on(queue.delete(QueueName::Planned, &[second.receipt])).unwrap();
}

fn a_message_is_given_up_after_five_receives(queue: &dyn Queue, dead: &dyn Fn() -> Vec<String>) {
    send(queue, QueueName::Deliveries, &["stubborn"], at(0));
    for n in 1..=5 {
        let message = receive(queue, QueueName::Deliveries, at(n * LATER_S)).remove(0);
        assert_eq!(i64::from(message.receives), n);
        assert!(dead().is_empty(), "not before the fifth");
        let reason = "the mail server says 451";
        let became = block_on(queue.give_back(QueueName::Deliveries, &message, reason, at(n * LATER_S))).unwrap();
        match became {
            GivenBack::Waits => assert!(n < 5, "given up with the fifth"),
            GivenBack::GivenUp(reason) => assert!(n == 5 && reason.contains("451"), "{n}: {reason}"),
        }
    }
    assert!(receive(queue, QueueName::Deliveries, at(7 * LATER_S)).is_empty());
    let reasons = dead();
    assert!(reasons.len() == 1 && reasons[0].contains("451"), "{reasons:#?}");
}

fn a_buried_message_never_comes_again(queue: &dyn Queue, dead: &dyn Fn() -> Vec<String>) {
    let before = dead().len();
    send(queue, QueueName::Changes, &["poison"], at(0));
    let message = receive(queue, QueueName::Changes, at(0)).remove(0);
    block_on(queue.bury(QueueName::Changes, &message, "no message of ours", at(0))).unwrap();
    assert!(receive(queue, QueueName::Changes, at(LATER_S)).is_empty());
    let reasons = dead();
    assert_eq!(reasons.len(), before + 1);
    assert!(reasons.iter().any(|reason| reason == "no message of ours"), "{reasons:#?}");
}

fn a_stale_receipt_gives_nothing_back_and_buries_nothing(queue: &dyn Queue, dead: &dyn Fn() -> Vec<String>) {
    let before = dead();
    send(queue, QueueName::Enriched, &["shared"], at(0));
    let slow = receive(queue, QueueName::Enriched, at(0)).remove(0);
    let quick = receive(queue, QueueName::Enriched, at(LATER_S)).remove(0);
    block_on(queue.give_back(QueueName::Enriched, &slow, "late", at(LATER_S))).unwrap();
    assert!(receive(queue, QueueName::Enriched, at(LATER_S + 1)).is_empty(), "the quick one still has it");
    block_on(queue.bury(QueueName::Enriched, &slow, "late", at(LATER_S))).unwrap();
    assert_eq!(dead(), before);
    block_on(queue.delete(QueueName::Enriched, &[quick.receipt])).unwrap();
}

fn empty(queue: &dyn Queue, name: QueueName, from: i64) {
    let receipts: Vec<String> = receive(queue, name, at(from)).into_iter().map(|message| message.receipt).collect();
    block_on(queue.delete(name, &receipts)).unwrap();
    assert!(receive(queue, name, at(from + LATER_S)).is_empty());
}

/// What a `Bus` promises; `published` reads what arrived.
fn bus_contract(bus: &dyn Bus, published: &dyn Fn() -> Vec<StateChanged>) {
    let event = |n: u32| StateChanged {
        id: MessageId::of(&["event", &n.to_string()]),
        account: AccountId::parse("001").unwrap(),
        case: CaseId::of(&[&n.to_string()]),
        verdict: Verdict::Departed,
        state: State::Detected,
        at: at(i64::from(n)),
    };
    block_on(bus.publish(&[event(1), event(2)])).unwrap();
    block_on(bus.publish(&[])).unwrap();
    block_on(bus.publish(&[event(3)])).unwrap();
    assert_eq!(published(), [event(1), event(2), event(3)]);
}

/// What a `Mailer` promises; `arrived` reads the mails as they are.
fn mailer_contract(mailer: &dyn Mailer, arrived: &dyn Fn() -> Vec<Vec<u8>>) {
    let mail = |delivery: &str| OutgoingMail {
        delivery: DeliveryId::parse(delivery).unwrap(),
        to: Personal::new("maya@us.example"),
        mime: format!("To: maya@us.example\r\nSubject: {delivery}\r\n\r\n\u{e4}\0\r\n").into_bytes(),
    };
    assert!(arrived().is_empty());
    for delivery in ["d-1", "d-2", "d-1", "d-1"] {
        block_on(mailer.send(&mail(delivery))).unwrap();
    }
    assert_eq!(arrived(), [mail("d-1").mime, mail("d-2").mime]);
}

/// What a `Messenger` promises; `posted` counts what is there.
fn messenger_contract(messenger: &dyn Messenger, posted: &dyn Fn() -> usize) {
    let message = |delivery: &str, thread: Option<&str>| SlackMessage {
        delivery: DeliveryId::parse(delivery).unwrap(),
        to: Personal::new("maya@us.example"),
        thread: thread.map(str::to_owned),
        payload: serde_json::json!({ "text": delivery, "blocks": [] }),
        preview: String::new(),
    };
    let first = block_on(messenger.post(&message("d-1", None))).unwrap();
    let other = block_on(messenger.post(&message("d-2", Some(&first)))).unwrap();
    assert_ne!(first, other);
    assert_eq!(block_on(messenger.post(&message("d-1", None))).unwrap(), first, "posted before: the same message");
    assert_eq!(posted(), 2);
}

/// The contract's subject in SQLite, once in a file and once in memory.
fn in_sqlite(check: impl Fn(Arc<Database>)) {
    let dir = tempfile::tempdir().unwrap();
    check(Arc::new(Database::open(dir.path()).unwrap()));
    check(Arc::new(Database::in_memory().unwrap()));
}

fn sqlite_store(check: impl Fn(&SqliteStore, &HandClock)) {
    in_sqlite(|database| {
        let clock = Arc::new(HandClock::default());
        check(&SqliteStore::new(database, Arc::clone(&clock) as Arc<dyn Clock>), &clock);
    });
}

fn sqlite_queue(check: impl Fn(&SqliteQueue, &dyn Fn() -> Vec<String>)) {
    in_sqlite(|database| {
        let queue = SqliteQueue::new(database);
        check(&queue, &|| queue.dead_letters().unwrap().into_iter().map(|letter| letter.reason).collect());
    });
}

fn files_in(dir: &Path, ending: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == ending));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn the_sqlite_store_keeps_the_contract() {
    sqlite_store(|store, clock| {
        store_contract(store, clock);
        of_many_writers_one_wins(store);
    });
}

#[test]
fn the_sqlite_queue_keeps_the_contract() {
    sqlite_queue(|queue, dead| queue_contract(queue, dead));
}

#[test]
fn the_file_bus_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    bus_contract(&FileBus::new(dir.path()), &|| {
        let text = std::fs::read_to_string(dir.path().join("events.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    });
}

#[test]
fn the_file_mailer_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    mailer_contract(&FileMailer::new(dir.path()), &|| files_in(&dir.path().join("mail"), "eml"));
}

#[test]
fn the_file_messenger_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    messenger_contract(&FileMessenger::new(dir.path()), &|| files_in(&dir.path().join("slack"), "json").len());
}
