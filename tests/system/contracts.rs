//! The embedded adapters keep what their ports promise: each contract is called once for each of them.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use baton::adapters::{Database, FileBus, FileMailer, FileMessenger, SqliteQueue, SqliteStore};
use contracts::{HandClock, Queues};
use domain::ports::{Clock, Queue, Store};
use futures_executor::block_on;
use inbox::DirectoryInbox;
use jiff::Timestamp;

/// The queues in SQLite. Their time is the hand clock's.
struct SqliteQueues {
    queue: SqliteQueue,
    clock: HandClock,
}

/// Longer than any message stays hidden.
const LATER_S: i64 = 3_600;

#[async_trait]
impl Queues for SqliteQueues {
    fn port(&self) -> &dyn Queue {
        &self.queue
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn pass(&self) {
        self.clock.pass(LATER_S);
    }

    async fn dead(&self) -> Vec<String> {
        self.queue.dead_letters().unwrap().into_iter().map(|letter| letter.reason).collect()
    }
}

/// The contract's subject in SQLite, once in a file and once in memory.
fn in_sqlite(check: impl Fn(Arc<Database>)) {
    let dir = tempfile::tempdir().unwrap();
    check(Arc::new(Database::open(dir.path()).unwrap()));
    check(Arc::new(Database::in_memory().unwrap()));
}

fn files_in(dir: PathBuf, ending: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == ending));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn the_sqlite_store_keeps_the_contract() {
    in_sqlite(|database| {
        let clock = Arc::new(HandClock::default());
        let store = SqliteStore::new(database, Arc::clone(&clock) as Arc<dyn Clock>);
        block_on(contracts::store_contract(&store, &clock));
        block_on(contracts::a_body_of_any_size_is_kept_whole(&store, &contracts::SIZES));
        block_on(contracts::a_run_of_megabytes_is_read_to_its_end(&store));
        let version_of = |key: &_| block_on(store.get(key)).unwrap().unwrap().version;
        contracts::of_many_writers_one_wins(&store, &|pending| block_on(pending), &version_of);
    });
}

#[test]
fn the_sqlite_queue_keeps_the_contract() {
    in_sqlite(|database| {
        let queues = SqliteQueues { queue: SqliteQueue::new(database), clock: HandClock::default() };
        block_on(contracts::queue_contract(&queues));
        block_on(contracts::stale_receipts_do_nothing(&queues));
    });
}

#[test]
fn the_file_bus_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let read = |dir: &Path| {
        let text = std::fs::read_to_string(dir.join("events.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    block_on(contracts::bus_contract(&FileBus::new(dir.path()), &|| Box::pin(async { read(dir.path()) })));
}

#[test]
fn the_file_mailer_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let mailer = FileMailer::new(dir.path());
    let arrived = || -> std::pin::Pin<Box<dyn Future<Output = Vec<Vec<u8>>>>> {
        let mails = files_in(dir.path().join("mail"), "eml");
        Box::pin(async { mails })
    };
    block_on(contracts::a_mail_arrives_as_it_is(&mailer, &arrived));
    block_on(contracts::a_mail_that_is_sent_again_arrives_once(&mailer, &arrived));
}

#[test]
fn the_file_messenger_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let messenger = FileMessenger::new(dir.path());
    block_on(contracts::messenger_contract(&messenger, &|| files_in(dir.path().join("slack"), "json").len()));
}

#[test]
fn a_directory_of_mails_keeps_the_contract_of_an_inbox() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: String, bytes: Vec<u8>| {
        let path = dir.path().join(name);
        Box::pin(async move { std::fs::write(path, bytes).unwrap() }) as Pin<Box<dyn Future<Output = ()>>>
    };
    let inbox = DirectoryInbox::new("directory", dir.path());
    block_on(contracts::inbox_contract(&inbox, &put));
}
