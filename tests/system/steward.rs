//! The steward, tick by tick: what was left lying is picked up, what stands still goes on, what waits for people is counted,
//! and the intake of the queues sleeps when, and only when, there has been nothing to do for an hour.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use baton::adapters::NoCrm;
use baton::plant::Plant;
use crm::ExportCrm;
use domain::case::State;
use domain::handler::Outcome;
use domain::messages::{Body, CaseRef, Message, QueueName};
use domain::notice::Progress;
use domain::ports::{Expect, FixedClock, Index, Intake, IntakeError, IntakeState, Item, Key, Queue, Store};
use domain::records::{self, Change, OUTBOX};
use domain::{AccountId, CaseId, MessageId};
use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};
use steward::{Deps, OfCrm, Report, Sleeper, Tended};

use crate::app::{TestApp, morning, request};
use crate::world::World;

/// A Thursday.
const DAY: &str = "2026-10-08";
const ALL: usize = QueueName::ALL.len();

/// Stands in for what only AWS has: an intake that can sleep.
#[derive(Default)]
struct Pollers {
    waiting: Mutex<BTreeMap<&'static str, u64>>,
    asleep: Mutex<BTreeSet<&'static str>>,
    changing: Mutex<BTreeSet<&'static str>>,
    /// What is not answered any more: `waiting`, `state`, `wake`, `put to sleep`.
    broken: Mutex<BTreeSet<&'static str>>,
    /// How often any of them was woken or put to sleep.
    orders: Mutex<usize>,
}

impl Pollers {
    fn answers(&self, call: &'static str) -> Result<(), IntakeError> {
        let is_broken = self.broken.lock().unwrap().contains(call);
        if is_broken { Err(IntakeError::Unusable(format!("{call} is not allowed"))) } else { Ok(()) }
    }

    fn asleep(&self) -> usize {
        self.asleep.lock().unwrap().len()
    }

    /// So many messages are in a queue from now on.
    fn wait(&self, queue: QueueName, messages: u64) {
        self.waiting.lock().unwrap().insert(queue.as_str(), messages);
    }
}

#[async_trait]
impl Intake for Pollers {
    async fn waiting(&self, queue: QueueName) -> Result<u64, IntakeError> {
        self.answers("waiting")?;
        Ok(self.waiting.lock().unwrap().get(queue.as_str()).copied().unwrap_or_default())
    }

    async fn state(&self, queue: QueueName) -> Result<IntakeState, IntakeError> {
        self.answers("state")?;
        Ok(
            match (
                self.changing.lock().unwrap().contains(queue.as_str()),
                self.asleep.lock().unwrap().get(queue.as_str()),
            ) {
                (true, _) => IntakeState::Changing,
                (false, Some(_)) => IntakeState::Asleep,
                (false, None) => IntakeState::Awake,
            },
        )
    }

    async fn wake(&self, queue: QueueName) -> Result<(), IntakeError> {
        self.answers("wake")?;
        *self.orders.lock().unwrap() += 1;
        assert!(self.asleep.lock().unwrap().remove(queue.as_str()), "{} is awake", queue.as_str());
        Ok(())
    }

    async fn put_to_sleep(&self, queue: QueueName) -> Result<(), IntakeError> {
        self.answers("put to sleep")?;
        *self.orders.lock().unwrap() += 1;
        assert!(self.asleep.lock().unwrap().insert(queue.as_str()), "{} is asleep", queue.as_str());
        Ok(())
    }
}

/// Baton on a day, and its intake. Minutes count from seven in the morning.
struct Stage {
    plant: Plant,
    pollers: Pollers,
    may_sleep: bool,
    app: TestApp,
}

impl Stage {
    fn new(world: World) -> Self {
        let app = TestApp::new(world);
        Self { plant: app.plant(DAY), pollers: Pollers::default(), may_sleep: true, app }
    }

    /// Nothing to do for long enough that everything sleeps.
    fn asleep() -> Self {
        let stage = Self::new(northwind());
        stage.tick(-120);
        assert_eq!(stage.tick(-60).intake.put_to_sleep, ALL);
        stage
    }

    fn tick_at(&self, at: Timestamp) -> Report {
        let sleeper = Sleeper { intake: &self.pollers, may_sleep: self.may_sleep };
        let clock = FixedClock(at);
        block_on(steward::handle(&Deps {
            outbox: self.plant.outbox(),
            sleeper: Some(sleeper),
            owners: &OfCrm(&NoCrm),
            config: &self.plant.config,
            clock: &clock,
            has_time: &|| true,
        }))
    }

    #[track_caller]
    fn tick(&self, minute: i64) -> Report {
        let report = self.tick_at(minutes(minute));
        assert_eq!(report.failed, None);
        report
    }

    /// A scan of the CRM as it is, of which nothing but its record is left.
    fn begin_scan_and_lose_its_message(&self) -> ExportCrm {
        let crm = self.app.export(DAY);
        let deps = scanner::Deps {
            crm: &crm,
            inbox: None,
            people: None,
            outbox: self.plant.outbox(),
            config: &self.plant.config,
            clock: &*self.plant.clock,
            part_size: usize::MAX,
            patience: SignedDuration::ZERO,
            has_time: &|| true,
            progress: &|_| {},
            ended: &|_| {},
        };
        assert_eq!(block_on(scanner::handle(request(DAY, false), &deps)).unwrap(), Outcome::Done);
        assert_eq!(self.take(QueueName::ScanPages).len(), 1);
        crm
    }

    /// Commits a message as a function does that dies before it hands it over.
    fn strand(&self, id: &str, at: Timestamp) {
        let case = CaseRef { account: AccountId::parse("001A").unwrap(), case: CaseId::parse("C-1").unwrap() };
        let mut change = Change::untold(None, at);
        change.send(Message::new(MessageId::of(&[id]), Body::Enrich(case)));
        let (commit, waiting) = change.finish();
        assert!(waiting.is_some());
        block_on(self.plant.store.commit(commit)).unwrap();
    }

    /// The ids of what is in a queue, which is empty afterwards.
    fn take(&self, queue: QueueName) -> Vec<MessageId> {
        let received = block_on(self.plant.queue.receive(queue, 100, minutes(24 * 60))).unwrap();
        let receipts: Vec<String> = received.iter().map(|message| message.receipt.clone()).collect();
        block_on(self.plant.queue.delete(queue, &receipts)).unwrap();
        received.iter().map(|message| Message::parse(&message.body).unwrap().id).collect()
    }
}

fn minutes(minute: i64) -> Timestamp {
    morning(DAY) + SignedDuration::from_mins(minute)
}

/// Dana, whose title changes after the first scan.
fn northwind() -> World {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world
}

#[test]
fn what_a_crash_left_in_the_outbox_is_sent_after_five_minutes_and_not_before() {
    let stage = Stage::new(World::default());
    let second = SignedDuration::from_secs(1);
    stage.strand("older", minutes(-5));
    stage.strand("younger", minutes(-5) + second);

    assert_eq!(stage.tick(0).stranded, 1);
    assert_eq!(stage.take(QueueName::Changes), [MessageId::of(&["older"])]);
    assert_eq!(stage.tick_at(minutes(0) + second).stranded, 1);
    assert_eq!(stage.take(QueueName::Changes), [MessageId::of(&["younger"])]);
    assert_eq!(stage.tick(15).stranded, 0);
}

#[test]
fn a_scan_that_lost_its_message_is_asked_to_go_on_after_three_quarters_of_an_hour_and_comes_to_its_end() {
    let stage = Stage::new(northwind());
    let crm = stage.begin_scan_and_lose_its_message();

    assert_eq!(stage.tick(44).resumed, 0);
    assert_eq!(stage.tick(45).resumed, 1);
    assert_eq!(stage.tick(60).resumed, 0, "it is asked once, and then has as long again");
    block_on(stage.plant.pump(&crm)).unwrap();
    let scan = request(DAY, false).scan;
    let finished = block_on(records::finished_scan(&stage.plant.store, "salesforce", &scan)).unwrap().unwrap();
    assert_eq!(finished.contacts, 2);
    assert_eq!(stage.tick(200).resumed, 0);
}

#[test]
fn alerts_that_nobody_has_answered_within_two_working_days_are_counted() {
    let mut app = TestApp::new(northwind());
    app.scan("2026-10-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan(DAY);
    assert_eq!(app.case().state, State::Notified);

    let stage = Stage { plant: app.plant(DAY), pollers: Pollers::default(), may_sleep: true, app };
    let days = |days: i64| stage.tick(days * 24 * 60).unacknowledged;
    assert_eq!([days(0), days(1), days(4)], [0, 0, 0], "Friday and Monday are the two days");
    assert_eq!([days(5), days(30)], [1, 1]);
}

#[test]
fn deliveries_of_which_nobody_can_tell_are_counted_for_three_days() {
    let mut app = TestApp::new(northwind());
    app.scan("2026-10-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan(DAY);
    let partition = records::account_partition(&app.case().account);
    let stage = Stage { plant: app.plant(DAY), pollers: Pollers::default(), may_sleep: true, app };
    assert_eq!(stage.tick(15).unknown, 0);

    let mut delivery = stage.app.deliveries().remove(0);
    delivery.progress = Progress::Unknown { at: morning(DAY), reason: "no answer came".to_owned() };
    let mut change = Change::untold(None, morning(DAY));
    change.delivery(&partition, &delivery, Expect::Anything);
    block_on(stage.plant.store.commit(change.finish().0)).unwrap();
    let hours = |hours: i64| stage.tick(hours * 60).unknown;
    assert_eq!([hours(1), hours(71), hours(72)], [1, 1, 0]);
}

#[test]
fn the_intake_sleeps_only_after_an_hour_of_nothing() {
    let stage = Stage::new(World::default());
    for minute in [0, 15, 30, 45, 59] {
        assert_eq!(stage.tick(minute).intake, Tended::default(), "{minute}");
    }
    assert_eq!(stage.tick(60).intake, Tended { put_to_sleep: ALL, ..Tended::default() });
    assert_eq!(stage.tick(75).intake, Tended::default());
    assert_eq!((stage.pollers.asleep(), *stage.pollers.orders.lock().unwrap()), (ALL, ALL));
}

#[test]
fn the_intake_is_woken_when_a_message_waits_in_any_queue() {
    for queue in QueueName::ALL {
        let stage = Stage::asleep();
        stage.pollers.wait(queue, 1);
        assert_eq!(stage.tick(0).intake, Tended { woken: ALL, ..Tended::default() });
        assert_eq!(stage.pollers.asleep(), 0, "what follows from a message goes through every queue");
    }
}

#[test]
fn the_intake_is_woken_when_a_scan_is_under_way_whatever_the_queues_say() {
    let stage = Stage::asleep();
    let crm = stage.begin_scan_and_lose_its_message();
    assert_eq!(stage.tick(2).intake.woken, ALL);
    assert_eq!([stage.tick(17).intake, stage.tick(47).intake], [Tended::default(); 2], "for as long as it takes");

    block_on(stage.plant.pump(&crm)).unwrap();
    assert_eq!([62, 77, 92, 107, 121].map(|minute| stage.tick(minute).intake), [Tended::default(); 5]);
    assert_eq!(stage.tick(122).intake.put_to_sleep, ALL);
}

#[test]
fn the_intake_is_woken_for_what_was_stranded_although_the_queues_do_not_show_it_yet() {
    let stage = Stage::asleep();
    stage.strand("one", minutes(-10));
    let report = stage.tick(0);
    assert_eq!((report.stranded, report.intake.woken), (1, ALL));
    stage.take(QueueName::Changes);
}

#[test]
fn a_message_now_and_then_keeps_the_intake_awake_without_a_flap() {
    let stage = Stage::asleep();
    let before = *stage.pollers.orders.lock().unwrap();
    for tick in 0..96 {
        stage.pollers.wait(QueueName::Deliveries, u64::from(tick % 4 == 0));
        stage.tick(tick * 15);
    }
    assert_eq!(*stage.pollers.orders.lock().unwrap() - before, ALL, "woken once in a day, never put to sleep");
}

#[test]
fn a_queue_that_could_not_be_woken_is_tried_again_at_the_next_tick() {
    let stage = Stage::asleep();
    stage.pollers.wait(QueueName::Planned, 1);
    for broken in ["wake", "state"] {
        stage.pollers.broken.lock().unwrap().insert(broken);
        assert_eq!(stage.tick(0).intake, Tended { stuck: ALL, ..Tended::default() }, "{broken}");
    }
    stage.pollers.broken.lock().unwrap().clear();
    assert_eq!(stage.tick(15).intake, Tended { woken: ALL, ..Tended::default() });
}

#[test]
fn a_queue_that_is_just_being_changed_is_left_for_the_next_tick() {
    let stage = Stage::asleep();
    stage.pollers.wait(QueueName::Planned, 1);
    stage.pollers.changing.lock().unwrap().insert("changes");
    assert_eq!(stage.tick(0).intake, Tended { woken: ALL - 1, ..Tended::default() });
    stage.pollers.changing.lock().unwrap().clear();
    assert_eq!(stage.tick(15).intake, Tended { woken: 1, ..Tended::default() });
}

#[test]
fn queues_that_cannot_be_looked_into_count_as_full() {
    let stage = Stage::asleep();
    stage.pollers.broken.lock().unwrap().insert("waiting");
    assert_eq!(stage.tick(0).intake, Tended { woken: ALL, stuck: ALL, put_to_sleep: 0 });
    for minute in [60, 120] {
        assert_eq!(stage.tick(minute).intake.put_to_sleep, 0, "{minute}");
    }
}

#[test]
fn an_intake_that_may_not_sleep_never_does_and_is_woken_if_it_did() {
    let mut stage = Stage::asleep();
    stage.may_sleep = false;
    assert_eq!(stage.tick(0).intake.woken, ALL);
    for minute in [60, 120, 24 * 60] {
        assert_eq!(stage.tick(minute).intake, Tended::default(), "{minute}");
    }
    stage.may_sleep = true;
    assert_eq!(stage.tick(25 * 60).intake.put_to_sleep, 0, "the hour begins when it may sleep again");
    assert_eq!(stage.tick(26 * 60).intake.put_to_sleep, ALL);
}

#[test]
fn an_intake_that_cannot_be_reached_stops_nothing_else() {
    let stage = Stage::new(World::default());
    stage.strand("one", minutes(-10));
    stage.pollers.broken.lock().unwrap().extend(["waiting", "state", "wake", "put to sleep"]);
    let report = stage.tick(0);
    assert_eq!((report.stranded, report.intake.stuck), (1, ALL));
    assert_eq!(stage.take(QueueName::Changes).len(), 1);
}

#[test]
fn a_message_that_cannot_be_handed_over_does_not_leave_the_intake_asleep() {
    let stage = Stage::asleep();
    let key = Key::new(OUTBOX, format!("{}#m", minutes(-10)));
    let item = Item { key: key.clone(), index: None, body: b"no JSON".to_vec(), expires: None };
    block_on(stage.plant.store.save(vec![item], Vec::new())).unwrap();
    stage.strand("behind", minutes(-9));
    let report = stage.tick_at(minutes(0));
    assert!(report.failed.is_some_and(|failed| failed.to_string().contains("the outbox holds")));
    assert_eq!((report.stranded, stage.take(QueueName::Changes).len()), (1, 1), "what stands behind it has left");
    assert_eq!(stage.pollers.asleep(), 0);
    block_on(stage.plant.store.save(Vec::new(), vec![key])).unwrap();
}

#[test]
fn where_no_intake_can_sleep_the_steward_does_the_rest() {
    let stage = Stage::new(World::default());
    stage.strand("one", minutes(-10));
    let clock = Arc::new(FixedClock(minutes(0)));
    let (outbox, owners, config) = (stage.plant.outbox(), &OfCrm(&NoCrm), &stage.plant.config);
    let deps = Deps { outbox, sleeper: None, owners, config, clock: &*clock, has_time: &|| true };
    assert_eq!(block_on(steward::handle(&deps)), Report { stranded: 1, ..Report::default() });
    assert_eq!(stage.take(QueueName::Changes).len(), 1);
    let told = block_on(records::all::<serde_json::Value>(&stage.plant.store, Index::Table, "STEWARD", "")).unwrap();
    assert!(told.is_empty(), "{told:?}");
}
