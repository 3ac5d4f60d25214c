//! Nothing is lost and nothing is doubled: messages come twice, late and in any order, calls fail, and the process stops
//! between any two of them. Whatever happened, one undisturbed run afterwards leads to the state of an undisturbed story.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use baton::adapters::{FileBus, FileMailer, FileMessenger, SqliteQueue, SqliteStore};
use baton::plant::Works;
use domain::case::State;
use domain::crm::AccountRecord;
use domain::handler::HandlerError;
use domain::messages::QueueName;
use domain::notice::{Delivery, Progress};
use domain::ports::{
    Bus, BusError, Commit, Committed, Consistency, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, FixedClock,
    GivenBack, Inbox, InboxError, Item, Key, LogEntry, LogState, MailPage, Mailer, MailerError, Messenger,
    MessengerError, OutgoingMail, Query, Queue, QueueError, Received, Row, SetAside, SlackMessage, StateChanged, Store,
    StoreError, Updated, Write,
};
use domain::{AccountId, ContactId};
use futures_executor::block_on;
use inbox::DirectoryInbox;
use jiff::{SignedDuration, Timestamp};

use crate::app::{TestApp, morning, request};
use crate::binary::baton;
use crate::stories;
use crate::world::World;

const DAY: &str = "2026-10-08";
const NEXT_DAY: &str = "2026-10-09";

/// A mail that came back: it tells of the mailbox of which the CRM says on the last day that mail to it bounced.
const BOUNCE: &str = "From: MAILER-DAEMON@fabrikam.example\nTo: noah@us.example\nSubject: failure notice\n\
    Date: Fri, 2 Oct 2026 09:00:00 +0000\nMessage-ID: <bounce-1@fabrikam.example>\nAuto-Submitted: auto-replied\n\
    Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\
    Reporting-MTA: dns; fabrikam.example\n\nFinal-Recipient: rfc822; ola.berg@fabrikam.example\nAction: failed\n\
    Status: 5.1.1\n\n--b--\n";

/// The story in which everything happens, before its last scan.
fn before_the_last_scan() -> TestApp {
    let [(first, world), (second, later), (_, last)] = stories::everything();
    let mut app = TestApp::new(world);
    app.scan(first);
    app.world = later;
    app.scan(second);
    app.world = last;
    app.receive("bounce.eml", BOUNCE);
    app
}

/// A story before a scan that the brake will stop.
fn before_a_scan_that_is_stopped() -> TestApp {
    let mut world = World::default();
    for account in 0..4 {
        world.account(&format!("Customer{account} Ltd"), "Maya");
        world.person(&format!("Ada Family{account}"), "Manager", &format!("Customer{account} Ltd"));
        world.person(&format!("Ben Family{account}"), "Director", &format!("Customer{account} Ltd"));
    }
    let mut app = TestApp::configured(world, "[brake]\nat_least = 2\n");
    app.scan("2026-09-01");
    (0..4).for_each(|account| app.world.person_mut(&format!("Ada Family{account}")).left = true);
    app
}

/// Everything that must be as if nothing had happened, line by line. The order in which notices of one case went out, and
/// with it the channel that was first, is left open.
fn end_state(app: &TestApp) -> Vec<String> {
    let mut lines = Vec::new();
    for mut case in app.cases() {
        if case.state == State::Notified {
            case.because.clear();
        }
        lines.push(format!("case {}", serde_json::to_string(&case).unwrap()));
    }
    lines.extend(app.deliveries().iter().map(|d| format!("delivery {}", serde_json::to_string(d).unwrap())));
    lines.extend(app.silenced().iter().map(|s| format!("silenced {}", serde_json::to_string(s).unwrap())));
    lines.extend(app.log_rows().iter().map(|row| format!("log {row:?}")));
    let others = app.files().into_iter().filter(|(path, _)| path != "crm/Task.csv");
    lines.extend(others.map(|(path, file)| format!("file {path} {}", String::from_utf8_lossy(&file))));
    let events: BTreeSet<String> = app.events().iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    lines.extend(events.into_iter().map(|event| format!("event {event}")));
    for entry in app.audit() {
        let case = entry.case.map(|case| case.to_string()).unwrap_or_default();
        let grounds = if entry.action == "scanned" { "" } else { entry.grounds.reveal() };
        lines.push(format!("audit {} {} {case} {} {grounds}", entry.chain, entry.at, entry.action));
    }
    lines.sort();
    lines
}

#[track_caller]
fn assert_undisturbed(app: &TestApp, expected: &[String], what: &str) {
    assert_same(end_state(app), expected, what);
}

#[track_caller]
fn assert_same(mut surplus: Vec<String>, expected: &[String], what: &str) {
    let mut lost = Vec::new();
    for line in expected {
        match surplus.iter().position(|other| other == line) {
            Some(at) => drop(surplus.remove(at)),
            None => lost.push(line),
        }
    }
    assert!(lost.is_empty() && surplus.is_empty(), "{what}\nlost: {lost:#?}\nsurplus: {surplus:#?}");
}

fn undisturbed(story: &TestApp) -> Vec<String> {
    let app = story.copy();
    app.scan(DAY);
    end_state(&app)
}

/// Where a call goes wrong.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// It is refused, once.
    RefusedBefore,
    /// It takes effect, but its answer is lost, once.
    RefusedAfter,
    /// The code around it panics, once.
    Panics,
    /// The process ends before it, which is right after the one before: no later call gets through.
    Dies,
}

/// Counts the calls through all ports and strikes at one of them.
struct Fault {
    mode: Mode,
    at: usize,
    calls: AtomicUsize,
    struck: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Outage;

impl std::fmt::Display for Outage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("as the test asked")
    }
}

impl std::error::Error for Outage {}

impl Fault {
    fn new(mode: Mode, at: usize) -> Self {
        Self { mode, at, calls: AtomicUsize::new(0), struck: AtomicBool::new(false) }
    }

    async fn through<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        unavailable: impl Fn(Box<dyn std::error::Error + Send + Sync>) -> E,
    ) -> Result<T, E> {
        let n = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.struck.fetch_or(n >= self.at, Ordering::SeqCst);
        match self.mode {
            Mode::RefusedBefore if n == self.at => return Err(unavailable(Outage.into())),
            Mode::Panics if n == self.at => panic!("as the test asked, at call {n}"),
            Mode::Dies if n >= self.at => panic!("the process ended before call {n}"),
            _ => {}
        }
        let result = call.await;
        match self.mode {
            Mode::RefusedAfter if n == self.at => Err(unavailable(Outage.into())),
            _ => result,
        }
    }
}

/// A port behind which something goes wrong.
struct Faulty<'a, P> {
    port: P,
    fault: &'a Fault,
}

#[async_trait]
impl Store for Faulty<'_, SqliteStore> {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.fault.through(self.port.get(key), StoreError::Unavailable).await
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        self.fault.through(self.port.query(query), StoreError::Unavailable).await
    }

    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        self.fault.through(self.port.get_all(keys, consistency), StoreError::Unavailable).await
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        self.fault.through(self.port.save(items, removed), StoreError::Unavailable).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.fault.through(self.port.commit(commit), StoreError::Unavailable).await
    }
}

#[async_trait]
impl Queue for Faulty<'_, SqliteQueue> {
    async fn send(&self, queue: QueueName, bodies: &[String], now: Timestamp) -> Result<(), QueueError> {
        self.fault.through(self.port.send(queue, bodies, now), QueueError::Unavailable).await
    }

    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        after: SignedDuration,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        self.fault.through(self.port.send_later(queue, body, after, now), QueueError::Unavailable).await
    }

    async fn receive(&self, queue: QueueName, limit: usize, now: Timestamp) -> Result<Vec<Received>, QueueError> {
        self.fault.through(self.port.receive(queue, limit, now), QueueError::Unavailable).await
    }

    async fn delete(&self, queue: QueueName, receipts: &[String]) -> Result<(), QueueError> {
        self.fault.through(self.port.delete(queue, receipts), QueueError::Unavailable).await
    }

    async fn give_back(
        &self,
        queue: QueueName,
        m: &Received,
        why: &str,
        now: Timestamp,
    ) -> Result<GivenBack, QueueError> {
        self.fault.through(self.port.give_back(queue, m, why, now), QueueError::Unavailable).await
    }

    async fn bury(&self, queue: QueueName, m: &Received, why: &str, now: Timestamp) -> Result<(), QueueError> {
        self.fault.through(self.port.bury(queue, m, why, now), QueueError::Unavailable).await
    }
}

#[async_trait]
impl Bus for Faulty<'_, FileBus> {
    async fn publish(&self, events: &[StateChanged]) -> Result<(), BusError> {
        self.fault.through(self.port.publish(events), BusError::Unavailable).await
    }
}

#[async_trait]
impl Mailer for Faulty<'_, FileMailer> {
    fn repeats_safely(&self) -> bool {
        self.port.repeats_safely()
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError> {
        self.fault.through(self.port.send(mail), MailerError::Unavailable).await
    }
}

#[async_trait]
impl Messenger for Faulty<'_, FileMessenger> {
    fn repeats_safely(&self) -> bool {
        self.port.repeats_safely()
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        self.fault.through(self.port.post(message), MessengerError::Unavailable).await
    }

    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError> {
        self.fault.through(self.port.update(message, reference), MessengerError::Unavailable).await
    }

    async fn find(&self, message: &SlackMessage, around: Timestamp) -> Result<Option<String>, MessengerError> {
        self.fault.through(self.port.find(message, around), MessengerError::Unavailable).await
    }
}

#[async_trait]
impl<C: Crm> Crm for Faulty<'_, C> {
    fn system(&self) -> &str {
        self.port.system()
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        self.fault.through(self.port.contacts(query), CrmError::Unavailable).await
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        self.fault.through(self.port.cuts(least, most), CrmError::Unavailable).await
    }

    fn tells_changes(&self) -> bool {
        self.port.tells_changes()
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        self.fault.through(self.port.parents(accounts), CrmError::Unavailable).await
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        self.fault.through(self.port.accounts(accounts), CrmError::Unavailable).await
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.fault.through(self.port.log(entry), CrmError::Unavailable).await
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.fault.through(self.port.log_state(state), CrmError::Unavailable).await
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.fault.through(self.port.update(update), CrmError::Unavailable).await
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.port.set_aside()
    }

    fn is_blind(&self) -> bool {
        self.port.is_blind()
    }
}

#[async_trait]
impl Inbox for Faulty<'_, DirectoryInbox> {
    fn name(&self) -> &str {
        self.port.name()
    }

    async fn mails(&self, after: &str) -> Result<MailPage, InboxError> {
        self.fault.through(self.port.mails(after), InboxError::Unavailable).await
    }
}

/// `baton scan` over ports behind which something goes wrong.
fn scan_with(app: &TestApp, fault: &Fault) -> Result<(), HandlerError> {
    with(app, fault, morning(DAY), async |works| {
        works.pump().await?;
        works.scan(request(DAY, false), &|_| {}).await?;
        works.pump().await.map(drop)
    })
}

/// One tick of the steward, and what follows, over ports behind which something goes wrong.
fn tick_with(app: &TestApp, fault: &Fault, at: Timestamp) -> Result<(), HandlerError> {
    with(app, fault, at, async |works| {
        let report = works.steward(&steward::OfCrm(works.crm)).await;
        works.pump().await?;
        report.failed.map_or(Ok(()), Err)
    })
}

/// Something done over ports behind which something goes wrong.
fn with(
    app: &TestApp,
    fault: &Fault,
    at: Timestamp,
    what: impl AsyncFnOnce(&Works<'_>) -> Result<(), HandlerError>,
) -> Result<(), HandlerError> {
    let database = Arc::new(app.open());
    let clock = Arc::new(FixedClock(at));
    let recovered = SqliteQueue::new(Arc::clone(&database)).recover();
    recovered.unwrap();
    let inbox = app.inbox().map(|port| Faulty { port, fault });
    let works = Works {
        crm: &Faulty { port: app.export(DAY), fault },
        inbox: inbox.as_ref().map(|inbox| inbox as &dyn Inbox),
        people: None,
        store: &Faulty { port: SqliteStore::new(Arc::clone(&database), clock.clone()), fault },
        queue: &Faulty { port: SqliteQueue::new(database), fault },
        bus: &Faulty { port: FileBus::new(&app.outbox()), fault },
        mailer: &Faulty { port: FileMailer::new(&app.outbox()), fault },
        messenger: &Faulty { port: FileMessenger::new(&app.outbox()), fault },
        links: None,
        config: app.config(),
        clock: &*clock,
    };
    block_on(what(&works))
}

/// Lets every single call of a scan go wrong, one in each run, and each time lets one undisturbed run follow.
fn check(mode: Mode, story: &TestApp, at_least: usize) {
    let expected = undisturbed(story);
    for at in 1.. {
        let app = story.copy();
        let fault = Fault::new(mode, at);
        let ended = catch_unwind(AssertUnwindSafe(|| scan_with(&app, &fault)));
        if !fault.struck.load(Ordering::SeqCst) {
            assert!(matches!(ended, Ok(Ok(()))), "{ended:?}");
            assert_undisturbed(&app, &expected, "a run without any fault");
            assert!(at > at_least, "only {at} calls could go wrong");
            return;
        }
        app.scan(DAY);
        assert_undisturbed(&app, &expected, &format!("{mode:?} at call {at}"));
    }
}

#[test]
fn any_call_may_be_refused() {
    check(Mode::RefusedBefore, &before_the_last_scan(), 150);
}

#[test]
fn any_call_may_take_effect_without_an_answer() {
    check(Mode::RefusedAfter, &before_the_last_scan(), 150);
}

#[test]
fn any_call_may_panic() {
    check(Mode::Panics, &before_the_last_scan(), 150);
}

#[test]
fn the_process_may_end_between_any_two_calls() {
    check(Mode::Dies, &before_the_last_scan(), 150);
}

#[test]
fn a_scan_that_the_brake_stops_holds_everything_wherever_the_process_ends() {
    let story = before_a_scan_that_is_stopped();
    for at in 1.. {
        let app = story.copy();
        let fault = Fault::new(Mode::Dies, at);
        let ended = catch_unwind(AssertUnwindSafe(|| scan_with(&app, &fault)));
        if !fault.struck.load(Ordering::SeqCst) {
            assert!(at > 30 && matches!(ended, Ok(Ok(()))), "{at} {ended:?}");
            return;
        }
        // The next scan, not the same one again: the rest of the findings is few enough to pass.
        app.scan(NEXT_DAY);
        let states: Vec<State> = app.cases().iter().map(|case| case.state).collect();
        assert_eq!(states, [State::Held; 4], "the process ended before call {at}");
        let told: BTreeSet<String> = app.mails().into_iter().map(|mail| mail.to).collect();
        assert_eq!(told, ["admin@localhost".to_owned()].into(), "the process ended before call {at}");
        assert_eq!(app.scan("2026-10-10").record.brake, None, "and the brake is off again");
    }
}

/// Who was told what, on which channel, whenever that was.
fn told(app: &TestApp) -> Vec<String> {
    let mut told: Vec<String> = app
        .deliveries()
        .iter()
        .map(|d| format!("{} {} {} {:?}", d.notice.purpose, d.channel, d.notice.recipient.email.reveal(), sent(d)))
        .collect();
    told.extend(app.mails().into_iter().map(|mail| format!("mail {} {}", mail.to, mail.subject)));
    told.extend(app.slack().into_iter().map(|post| format!("slack {} {}", post.to, post.text)));
    told.sort();
    told
}

fn sent(delivery: &Delivery) -> bool {
    matches!(delivery.progress, Progress::Sent { .. })
}

#[test]
fn a_tick_of_the_steward_may_go_wrong_at_any_call_and_nobody_is_reminded_or_sent_a_digest_twice() {
    let app = before_the_last_scan();
    app.scan(DAY);
    let monday = |hour: i64| morning("2026-10-12") + SignedDuration::from_hours(hour);
    let calm = app.copy();
    calm.ticks([monday(3), monday(4)]);
    let expected = told(&calm);
    assert!(expected.iter().any(|line| line.starts_with("reminder")), "{expected:#?}");
    assert!(expected.iter().any(|line| line.starts_with("digest")), "{expected:#?}");
    for mode in [Mode::RefusedBefore, Mode::RefusedAfter, Mode::Dies] {
        for at in 1.. {
            let app = app.copy();
            let fault = Fault::new(mode, at);
            let ended = catch_unwind(AssertUnwindSafe(|| tick_with(&app, &fault, monday(3))));
            if !fault.struck.load(Ordering::SeqCst) {
                assert!(at > 30 && matches!(ended, Ok(Ok(()))), "{at} {ended:?}");
                break;
            }
            app.ticks([monday(3), monday(4)]);
            assert_same(told(&app), &expected, &format!("{mode:?} at call {at}"));
        }
    }
}

#[test]
fn a_tick_in_an_hour_whose_cases_were_seen_asks_as_little_however_many_there_are() {
    let calls = |people: usize| {
        let mut world = World::default();
        for n in 0..people {
            let name = format!("Customer{n} Ltd");
            world.account(&name, "Maya");
            world.person(&format!("Ada Family{n}"), "Manager", &name).role("Champion");
            world.person(&format!("Ben Family{n}"), "Director", &name);
        }
        let mut app = TestApp::configured(world, "[brake]\nat_least = 1000\n");
        app.scan("2026-09-01");
        (0..people).for_each(|n| app.world.person_mut(&format!("Ada Family{n}")).left = true);
        app.scan(DAY);
        assert_eq!(app.cases().len(), people);
        let count = |at: Timestamp| {
            let fault = Fault::new(Mode::RefusedBefore, usize::MAX);
            tick_with(&app, &fault, at).unwrap();
            fault.calls.load(Ordering::SeqCst)
        };
        [0, 15, 30, 45].map(|minute| count(morning(NEXT_DAY) + SignedDuration::from_mins(minute)))
    };
    let (few, many) = (calls(2), calls(250));
    assert_eq!(few[1..], many[1..], "the three other ticks of the hour");
    assert!(many[0] <= few[0] + 4, "a hundred cases are read at once: {many:?}, {few:?}");
}

/// A small generator of numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// A queue as bad as a queue may be: every message comes twice, in any order, and often not when it is asked for.
struct UnrulyQueue {
    inside: Mutex<(Dice, VecDeque<(QueueName, Received)>)>,
    sent: Mutex<Vec<(QueueName, String)>>,
}

impl UnrulyQueue {
    fn new(seed: u64) -> Self {
        Self { inside: Mutex::new((Dice(seed), VecDeque::new())), sent: Mutex::default() }
    }

    fn add(&self, queue: QueueName, body: &str) {
        let mut inside = self.inside.lock().unwrap();
        for copy in 0..2 {
            let id = format!("{}-{copy}", inside.0.0);
            let received = Received { receipt: id.clone(), id, receives: 1, body: body.to_owned() };
            let at = inside.1.len() + 1;
            let at = inside.0.below(at);
            inside.1.insert(at, (queue, received));
        }
    }

    fn is_empty(&self) -> bool {
        self.inside.lock().unwrap().1.is_empty()
    }
}

#[async_trait]
impl Queue for UnrulyQueue {
    async fn send(&self, queue: QueueName, bodies: &[String], _now: Timestamp) -> Result<(), QueueError> {
        bodies.iter().for_each(|body| self.add(queue, body));
        self.sent.lock().unwrap().extend(bodies.iter().map(|body| (queue, body.clone())));
        Ok(())
    }

    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        _after: SignedDuration,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        self.send(queue, &[body.to_owned()], now).await
    }

    async fn receive(&self, queue: QueueName, limit: usize, _now: Timestamp) -> Result<Vec<Received>, QueueError> {
        let mut inside = self.inside.lock().unwrap();
        let most = inside.0.below(4).min(limit);
        let mut received = Vec::new();
        while let Some(at) = inside.1.iter().position(|(q, _)| *q == queue).filter(|_| received.len() < most) {
            received.extend(inside.1.remove(at).map(|(_, message)| message));
        }
        Ok(received)
    }

    async fn delete(&self, _queue: QueueName, _receipts: &[String]) -> Result<(), QueueError> {
        Ok(())
    }

    async fn give_back(
        &self,
        queue: QueueName,
        m: &Received,
        why: &str,
        _now: Timestamp,
    ) -> Result<GivenBack, QueueError> {
        assert!(m.receives < 5, "given up: {why}");
        let again = Received { receives: m.receives + 1, ..m.clone() };
        self.inside.lock().unwrap().1.push_back((queue, again));
        Ok(GivenBack::Waits)
    }

    async fn bury(&self, _queue: QueueName, _m: &Received, why: &str, _now: Timestamp) -> Result<(), QueueError> {
        panic!("buried: {why}");
    }
}

#[test]
fn every_message_may_come_twice_and_in_any_order_and_once_more_when_all_is_over() {
    let story = before_the_last_scan();
    let expected = undisturbed(&story);
    for seed in 1..=25 {
        let app = story.copy();
        let queue = UnrulyQueue::new(seed);
        let plant = app.plant(DAY);
        let crm = app.export(DAY);
        let works = Works { queue: &queue, ..plant.works(&crm) };
        let empty = || {
            while !queue.is_empty() {
                block_on(works.pump()).unwrap();
            }
        };
        // A queue that gives nothing yet looks like a scan that does not move.
        while block_on(works.scan(request(DAY, false), &|_| {})).is_err() {}
        empty();
        assert_undisturbed(&app, &expected, &format!("messages in the order of seed {seed}"));

        let sent = std::mem::take(&mut *queue.sent.lock().unwrap());
        assert!(sent.len() > 15, "{}", sent.len());
        sent.iter().for_each(|(name, body)| queue.add(*name, body));
        empty();
        assert_undisturbed(&app, &expected, &format!("every message once more, in the order of seed {seed}"));
    }
}

/// A disk that is full for a while: nothing can be written to a directory of the outbox.
fn fill(app: &TestApp, dir: &str) {
    let dir = app.outbox().join(dir);
    std::fs::remove_dir_all(&dir).ok();
    std::fs::create_dir_all(app.outbox()).unwrap();
    std::fs::write(dir, "where a directory should be").unwrap();
}

fn repair(app: &TestApp, dir: &str) {
    std::fs::remove_file(app.outbox().join(dir)).unwrap();
}

/// Dana has left, and nobody was told of anybody yet.
fn before_a_departure() -> TestApp {
    let [(day, before), (_, after)] = stories::departure();
    let mut app = TestApp::new(before);
    app.scan(day);
    app.world = after;
    app
}

#[test]
fn a_mail_that_cannot_be_written_waits_for_the_next_run_and_is_sent_then() {
    let mut app = before_a_departure();
    fill(&app, "mail");
    let pumped = app.scan(DAY).pumped;
    assert_eq!((pumped.waiting.len(), pumped.buried.len()), (1, 0), "tried once in a run: {pumped:?}");
    assert_eq!((app.mails().len(), app.slack().len()), (0, 1), "the other notices are not held up");
    repair(&app, "mail");
    app.scan(NEXT_DAY);
    assert_eq!((app.mails().len(), app.slack().len()), (1, 1));
    assert_eq!(app.dead_letters(), []);
}

#[test]
fn the_program_says_what_waits_and_why_and_that_somebody_should_look() {
    let app = before_a_departure();
    fill(&app, "mail");
    drop(app.export(DAY));
    let scan = |format: &str| {
        let mut command = baton();
        command.args(["--format", format, "scan", "--now", &morning(DAY).to_string(), "--state"]).arg(app.state());
        command.arg("--crm").arg(format!("export:{}", app.export_dir(DAY).display()));
        let ran = command.output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
    };
    let (code, said) = scan("table");
    assert!(code == Some(3) && said.contains("1 messages wait for the next run: "), "{code:?} {said}");
    let (code, said) = scan("json");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, said["waiting"].as_array().map(Vec::len)), (Some(3), Some(1)), "{said}");
    repair(&app, "mail");
    assert_eq!(scan("json").0, Some(0));
    assert_eq!(app.mails().len(), 1);
}

#[test]
fn a_mail_that_fails_in_five_runs_is_given_up_with_the_reason() {
    let mut app = before_a_departure();
    fill(&app, "mail");
    for run in 1..=5 {
        let pumped = {
            let (plant, crm) = (app.plant(DAY), app.export(DAY));
            if run == 1 {
                block_on(plant.scan(&crm, request(DAY, false), &|_| {})).unwrap();
            }
            block_on(plant.pump(&crm)).unwrap()
        };
        assert_eq!((pumped.waiting.len(), pumped.buried.len()), if run < 5 { (1, 0) } else { (0, 1) }, "run {run}");
    }
    let reasons: Vec<String> = app.dead_letters().into_iter().map(|letter| letter.reason).collect();
    assert!(matches!(reasons.as_slice(), [one] if one.starts_with("given up after 5 tries: ")), "{reasons:?}");
}

/// A store in which somebody else is always quicker, so many times, with every commit that records a sent notice.
struct Crowded {
    store: SqliteStore,
    conflicts: AtomicUsize,
}

#[async_trait]
impl Store for Crowded {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.store.get(key).await
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        self.store.query(query).await
    }

    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        self.store.get_all(keys, consistency).await
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        self.store.save(items, removed).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let is_record = commit.writes.iter().any(|write| match write {
            Write::Put(item, _) => item.key.sort.starts_with("AUDIT#") && contains(&item.body, b" sent\""),
            Write::Delete(_) => false,
        });
        let left = |left: usize| left.checked_sub(1);
        if is_record && self.conflicts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
            return Err(StoreError::Conflict("somebody else was quicker".to_owned()));
        }
        self.store.commit(commit).await
    }
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

/// Lets the record of what was sent conflict so often; returns how often a mail and a Slack message were sent.
fn sent_over_conflicts(conflicts: usize) -> (usize, usize) {
    let app = before_a_departure();
    let database = Arc::new(app.open());
    let clock = Arc::new(FixedClock(morning(DAY)));
    let crowded = Crowded {
        store: SqliteStore::new(Arc::clone(&database), clock.clone()),
        conflicts: AtomicUsize::new(conflicts),
    };
    let never = || Fault::new(Mode::RefusedBefore, usize::MAX);
    let (mails, posts) = (never(), never());
    let works = Works {
        crm: &app.export(DAY),
        inbox: None,
        people: None,
        store: &crowded,
        queue: &SqliteQueue::new(database),
        bus: &FileBus::new(&app.outbox()),
        mailer: &Faulty { port: FileMailer::new(&app.outbox()), fault: &mails },
        messenger: &Faulty { port: FileMessenger::new(&app.outbox()), fault: &posts },
        links: None,
        config: app.config(),
        clock: &*clock,
    };
    let pumped = block_on(async {
        works.scan(request(DAY, false), &|_| {}).await?;
        works.pump().await
    });
    assert_eq!(pumped.unwrap().waiting, [""; 0], "{conflicts} conflicts");
    assert_eq!(crowded.conflicts.into_inner(), 0, "all of them happened");
    (mails.calls.into_inner(), posts.calls.into_inner())
}

#[test]
fn a_notice_is_sent_once_however_often_somebody_else_writes_to_its_case_meanwhile() {
    for conflicts in 0..=4 {
        assert_eq!(sent_over_conflicts(conflicts), (1, 1), "{conflicts} conflicts");
    }
}

/// Three thousand contacts in 300 accounts of ten owners; sixty of them change.
fn a_large_crm() -> TestApp {
    let mut world = World::default();
    for account in 0..300 {
        let name = format!("Company{account} Ltd");
        world.account(&name, &format!("Owner{}", account % 10));
        for person in 0..10 {
            world.person(&format!("Given{person} Family{account}"), "Operations Manager", &name);
        }
    }
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    for n in 0..30 {
        app.world.person_mut(&format!("Given3 Family{}", n * 7)).left = true;
        app.world.moves(&format!("Given5 Family{}", n * 5), &format!("Company{} Ltd", n * 5 + 3));
    }
    app
}

#[test]
fn the_real_process_may_be_killed_at_any_moment() {
    let story = a_large_crm();
    let expected = undisturbed(&story);
    assert!(expected.iter().filter(|line| line.starts_with("case")).count() >= 60);

    let app = story.copy();
    drop(app.export(DAY));
    let scan = || {
        let mut command = baton();
        command.args(["scan", "--now", &morning(DAY).to_string(), "--state"]).arg(app.state());
        command.arg("--crm").arg(format!("export:{}", app.export_dir(DAY).display()));
        command.stdout(Stdio::null());
        command
    };
    let mut dice = Dice(7);
    let killed = (0..40).filter(|_| was_killed(&mut scan(), &app, &mut dice)).count();
    assert!(killed >= 8, "only {killed} of 40 runs were still at work when they were to be killed");
    crate::binary::succeed(&mut scan());
    // A run that was killed behind the end of its scan is followed by another scan, which finds nothing.
    let mut ended = end_state(&app);
    let is_scan = |line: &String| line.starts_with("audit SCAN#") && line.contains(" scanned ");
    while ended.iter().filter(|line| is_scan(line)).count() > expected.iter().filter(|line| is_scan(line)).count() {
        let surplus = ended.iter().rposition(|line| is_scan(line) && line.contains(DAY)).unwrap();
        ended.remove(surplus);
    }
    assert_same(ended, &expected, &format!("killed {killed} times"));
}

/// Kills the process once it has written a few kilobytes more, whatever it is doing then.
fn was_killed(command: &mut Command, app: &TestApp, dice: &mut Dice) -> bool {
    let begin = written(app);
    let enough = u64::try_from(dice.below(250_000)).unwrap();
    let mut child = command.spawn().unwrap();
    while written(app).abs_diff(begin) < enough {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return false;
        }
        std::thread::yield_now();
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// Bytes in the state's files and in what has left.
fn written(app: &TestApp) -> u64 {
    ["", "outbox", "outbox/mail", "outbox/slack", "outbox/crm"]
        .iter()
        .filter_map(|dir| std::fs::read_dir(app.state().join(dir)).ok())
        .flat_map(|entries| entries.filter_map(Result::ok))
        .filter_map(|entry| entry.metadata().ok())
        .map(|file| file.len())
        .sum()
}
