//! Services that send twice what they are given twice: whatever happens, and whatever the clocks say, a notice leaves at
//! most once, is recorded as sent only if it was, and is in doubt only where nobody can know.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Barrier, Mutex};

use async_trait::async_trait;
use baton::adapters::{FileMailer, FileMessenger, SqliteStore};
use baton::plant::{Plant, Works};
use crm::ExportCrm;
use domain::case::State;
use domain::handler::{HandlerError, Outcome};
use domain::messages::QueueName;
use domain::notice::{Delivery, Progress, Purpose};
use domain::ports::{
    Clock, Commit, Committed, Consistency, FixedClock, GivenBack, Item, Key, Mailer, MailerError, Messenger,
    MessengerError, OutgoingMail, Query, Queue, QueueError, Received, Row, SlackMessage, Store, StoreError,
};
use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};

use crate::app::{TestApp, morning, request};
use crate::binary::{baton, succeed};
use crate::world::World;

const DAY: &str = "2026-10-08";
const NEXT_DAY: &str = "2026-10-09";
const BOTH: [&str; 2] = ["mail", "slack"];

/// How a service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Sends,
    SendsAs(&'static str),
    IsAway,
    AsksToWait(i64),
    Refuses,
    SendsAndIsLost,
    IsLostBefore,
    DiesBefore,
    DiesAfter,
}

/// A mail and chat service that knows nothing of what it sent before. It answers as it is told, then sends.
struct Service {
    mailer: FileMailer,
    messenger: FileMessenger,
    answers: Mutex<VecDeque<Answer>>,
    sent: AtomicUsize,
    /// Whether it can be asked for what it has sent.
    finds: bool,
    gate: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Service {
    fn new(app: &TestApp, answers: &[Answer]) -> Self {
        Self {
            mailer: FileMailer::new(&app.outbox()),
            messenger: FileMessenger::new(&app.outbox()),
            answers: Mutex::new(answers.iter().copied().collect()),
            sent: AtomicUsize::new(0),
            finds: false,
            gate: Mutex::default(),
        }
    }

    /// The same, and it can be asked for what it has sent.
    fn that_finds(app: &TestApp, answers: &[Answer]) -> Self {
        Self { finds: true, ..Self::new(app, answers) }
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    async fn through<T, E>(
        &self,
        send: impl Future<Output = Result<T, E>>,
        fail: impl Fn(Answer) -> E,
    ) -> Result<T, E> {
        let gate = self.gate.lock().unwrap().take();
        if let Some((come, may_go)) = gate {
            come.send(()).unwrap();
            may_go.recv().unwrap();
        }
        let answer = self.answer();
        match answer {
            Answer::IsAway | Answer::Refuses | Answer::AsksToWait(_) | Answer::IsLostBefore => {
                return Err(fail(answer));
            }
            Answer::DiesBefore => panic!("as the test asked, before it was sent"),
            Answer::Sends | Answer::SendsAs(_) | Answer::SendsAndIsLost | Answer::DiesAfter => {}
        }
        let sent = send.await;
        self.sent.fetch_add(1, Ordering::SeqCst);
        match answer {
            Answer::SendsAndIsLost => Err(fail(answer)),
            Answer::DiesAfter => panic!("as the test asked, after it was sent"),
            _ => sent,
        }
    }

    fn answer(&self) -> Answer {
        self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Sends)
    }
}

#[async_trait]
impl Mailer for Service {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError> {
        let own = match self.answers.lock().unwrap().front() {
            Some(Answer::SendsAs(id)) => Some((*id).to_owned()),
            _ => None,
        };
        let fail = |answer| match answer {
            Answer::Refuses => MailerError::Refused("the address is suppressed: ask for another".to_owned()),
            Answer::IsAway => MailerError::Unavailable("too many requests".into()),
            _ => MailerError::Unknown("no answer came".into()),
        };
        self.through(self.mailer.send(mail), fail).await.map(|_| own)
    }
}

#[async_trait]
impl Messenger for Service {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        let fail = |answer| match answer {
            Answer::Refuses => MessengerError::Refused("the address is suppressed: ask for another".to_owned()),
            Answer::IsAway => MessengerError::Unavailable("too many requests".into()),
            Answer::AsksToWait(seconds) => MessengerError::Wait { after: SignedDuration::from_secs(seconds) },
            _ => MessengerError::Unknown("no answer came".into()),
        };
        self.through(self.messenger.post(message), fail).await
    }

    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError> {
        self.messenger.update(message, reference).await
    }

    async fn find(&self, message: &SlackMessage, around: Timestamp) -> Result<Option<String>, MessengerError> {
        if self.finds {
            return self.messenger.find(message, around).await;
        }
        Err(MessengerError::Unusable("the Slack app lacks a scope: add im:history".to_owned()))
    }
}

/// A queue that keeps the messages to `notify` for the test, which delivers them when and as often as it likes.
#[derive(Default)]
struct Mailbag {
    others: Mutex<VecDeque<(QueueName, Received)>>,
    kept: Mutex<Vec<(QueueName, String)>>,
    keeps: Vec<QueueName>,
}

impl Mailbag {
    fn keeping(keeps: &[QueueName]) -> Self {
        Self { keeps: keeps.to_vec(), ..Self::default() }
    }

    /// The messages of a queue that were kept since last time.
    fn take(&self, queue: QueueName) -> Vec<String> {
        let mut kept = self.kept.lock().unwrap();
        let (taken, left) = std::mem::take(&mut *kept).into_iter().partition(|(name, _)| *name == queue);
        *kept = left;
        let taken: Vec<(QueueName, String)> = taken;
        taken.into_iter().map(|(_, body)| body).collect()
    }

    fn take_one(&self, queue: QueueName) -> String {
        let mut taken = self.take(queue);
        // What changes a message in its place sends none.
        taken.retain(|body| !body.contains("\"kind\":\"refresh\""));
        assert_eq!(taken.len(), 1, "{taken:#?}");
        taken.remove(0)
    }
}

#[async_trait]
impl Queue for Mailbag {
    async fn send(&self, queue: QueueName, bodies: &[String], _now: Timestamp) -> Result<(), QueueError> {
        for body in bodies {
            if self.keeps.contains(&queue) {
                self.kept.lock().unwrap().push((queue, body.clone()));
            } else {
                self.others.lock().unwrap().push_back((queue, received(body)));
            }
        }
        Ok(())
    }

    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        _after: SignedDuration,
        _now: Timestamp,
    ) -> Result<(), QueueError> {
        self.kept.lock().unwrap().push((queue, body.to_owned()));
        Ok(())
    }

    async fn receive(&self, queue: QueueName, limit: usize, _now: Timestamp) -> Result<Vec<Received>, QueueError> {
        let mut others = self.others.lock().unwrap();
        let mut given = Vec::new();
        while let Some(at) = others.iter().position(|(name, _)| *name == queue).filter(|_| given.len() < limit) {
            given.extend(others.remove(at).map(|(_, message)| message));
        }
        Ok(given)
    }

    async fn delete(&self, _queue: QueueName, _receipts: &[String]) -> Result<(), QueueError> {
        Ok(())
    }

    async fn give_back(
        &self,
        _queue: QueueName,
        _message: &Received,
        why: &str,
        _now: Timestamp,
    ) -> Result<GivenBack, QueueError> {
        panic!("only what the test delivers itself may fail: {why}");
    }

    async fn bury(&self, _queue: QueueName, _message: &Received, why: &str, _now: Timestamp) -> Result<(), QueueError> {
        panic!("buried: {why}");
    }
}

fn received(body: &str) -> Received {
    Received { id: "m-1".to_owned(), receipt: "r-1".to_owned(), receives: 1, body: body.to_owned() }
}

/// One notice on one channel, due, and the message that asks for it to be sent.
struct Stage {
    plant: Plant,
    crm: ExportCrm,
    bag: Mailbag,
    body: String,
    app: TestApp,
}

impl Stage {
    fn with_a_notice_due_on(channel: &str) -> Self {
        Self::keeping(channel, &[QueueName::Deliveries])
    }

    fn keeping(channel: &str, keeps: &[QueueName]) -> Self {
        let mut world = World::default();
        world.account("Northwind Traders", "Maya");
        world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
        world.person("Lee Park", "Operations Manager", "Northwind Traders");
        let config = format!("[notify]\nchannels = [\"{channel}\"]\ncrm_log = false\n");
        let mut app = TestApp::configured(world, &config);
        app.scan("2026-09-01");
        app.world.person_mut("Dana Fox").left = true;
        let (plant, crm) = (app.plant(DAY), app.export(DAY));
        let mut stage = Self { plant, crm, bag: Mailbag::keeping(keeps), body: String::new(), app };
        stage.scan_and_pump(DAY);
        if keeps == [QueueName::Deliveries] {
            stage.body = stage.bag.take_one(QueueName::Deliveries);
        }
        stage
    }

    /// Everything but what the bag keeps.
    fn scan_and_pump(&self, day: &str) {
        let (service, clock) = (Service::new(&self.app, &[]), FixedClock(morning(day)));
        let works = Works { crm: &self.app.export(day), ..self.works(&service, &clock) };
        block_on(async {
            works.scan(request(day, false), &|_| {}).await.unwrap();
            works.pump().await.unwrap();
        });
        assert_eq!(service.sent(), 0);
    }

    fn works<'a>(&'a self, service: &'a Service, clock: &'a dyn Clock) -> Works<'a> {
        Works { queue: &self.bag, mailer: service, messenger: service, clock, ..self.plant.works(&self.crm) }
    }

    /// The message arrives once, so many minutes after the notice became due.
    fn arrives(&self, service: &Service, minute: i64) -> Result<Outcome, HandlerError> {
        let clock = clock(minute);
        arrives(&self.works(service, &clock), QueueName::Deliveries, &self.body)
    }

    fn delivery(&self) -> Delivery {
        let mut deliveries = self.app.deliveries();
        let is_mayas = |delivery: &Delivery| delivery.notice.recipient.name.reveal() == "Maya";
        deliveries.retain(|delivery| delivery.notice.purpose == Purpose::Alert && is_mayas(delivery));
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0)
    }

    fn progress(&self) -> Progress {
        self.delivery().progress
    }

    #[track_caller]
    fn expect_in_doubt(&self, why: &str) {
        let Progress::Unknown { at, reason } = self.progress() else { panic!("{:?}", self.progress()) };
        assert!(at == clock(0).0 && reason.contains(why), "{at} {reason}");
    }

    fn last_entry(&self) -> String {
        let entry = self.app.audit().into_iter().rfind(|entry| entry.action.contains(' ')).unwrap();
        format!("{}: {}", entry.action, entry.grounds.reveal())
    }
}

fn clock(minute: i64) -> FixedClock {
    FixedClock(morning(DAY) + SignedDuration::from_mins(60 + minute))
}

fn arrives(works: &Works<'_>, queue: QueueName, body: &str) -> Result<Outcome, HandlerError> {
    let event = envelope::sqs_event(&[received(body)]);
    block_on(works.invoke(queue, &event)).unwrap().remove(0).outcome
}

/// What happens while the notice is on its way, and how its sender ends.
fn while_it_is_being_sent<T>(
    stage: &Stage,
    service: &Service,
    meanwhile: impl FnOnce() -> T,
) -> (T, Result<Outcome, HandlerError>) {
    let ((come, has_come), (go, may_go)) = (channel(), channel());
    *service.gate.lock().unwrap() = Some((come, may_go));
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| stage.arrives(service, 0));
        // Dropped where anything below fails, which lets the sender go.
        let go = go;
        has_come.recv().unwrap();
        let seen = meanwhile();
        go.send(()).unwrap();
        (seen, sender.join().unwrap())
    })
}

#[track_caller]
fn expect_retry(outcome: Result<Outcome, HandlerError>, why: &str) {
    assert!(matches!(&outcome, Err(HandlerError::Retry(reason)) if reason.contains(why)), "{outcome:?}");
}

#[track_caller]
fn expect_later(outcome: Result<Outcome, HandlerError>, minutes: i64) {
    let wanted = SignedDuration::from_mins(minutes);
    assert!(matches!(&outcome, Err(HandlerError::Later { after, .. }) if *after == wanted), "{outcome:?}");
}

#[track_caller]
fn expect(outcome: Result<Outcome, HandlerError>, wanted: &Outcome) {
    assert!(matches!(&outcome, Ok(outcome) if outcome == wanted), "{outcome:?}");
}

#[test]
fn of_several_who_find_a_notice_due_at_the_same_moment_one_sends_it() {
    for channel in BOTH {
        for _ in 0..8 {
            let stage = Stage::with_a_notice_due_on(channel);
            let service = Service::new(&stage.app, &[]);
            let barrier = Barrier::new(4);
            let arrival = || {
                barrier.wait();
                stage.arrives(&service, 0)
            };
            let outcomes: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(arrival)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let done = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Outcome::Done))).count();
            assert_eq!((service.sent(), done), (1, 1), "{outcomes:?}");
            for outcome in outcomes.into_iter().filter(Result::is_err) {
                expect_retry(outcome, "being sent by somebody else");
            }
            assert!(matches!(stage.progress(), Progress::Sent { .. }));
        }
    }
}

#[test]
fn an_arrival_while_the_notice_is_being_sent_comes_again_later() {
    for channel in BOTH {
        let stage = Stage::with_a_notice_due_on(channel);
        let service = Service::new(&stage.app, &[]);
        let ((), ended) = while_it_is_being_sent(&stage, &service, || {
            expect_retry(stage.arrives(&service, 1), "being sent by somebody else");
            assert_eq!(stage.app.case().state, State::Planned, "nobody was told yet");
        });
        expect(ended, &Outcome::Done);
        expect(stage.arrives(&service, 6), &Outcome::AlreadyDone);
        assert_eq!((service.sent(), stage.app.case().state), (1, State::Notified));
    }
}

#[test]
fn a_sender_that_dies_leaves_a_notice_in_doubt_that_is_never_sent_again() {
    for (channel, death, sent) in
        [("mail", Answer::DiesBefore, 0), ("mail", Answer::DiesAfter, 1), ("slack", Answer::DiesAfter, 1)]
    {
        let stage = Stage::with_a_notice_due_on(channel);
        let service = Service::new(&stage.app, &[death]);
        expect_retry(stage.arrives(&service, 0), "panicked");
        expect_retry(stage.arrives(&service, 1), "being sent by somebody else");
        expect(stage.arrives(&service, 2), &Outcome::Done);
        stage.expect_in_doubt("ended before the answer was recorded");
        for minute in [3, 600] {
            expect(stage.arrives(&service, minute), &Outcome::AlreadyDone);
        }
        assert_eq!(service.sent(), sent);
    }
}

#[test]
fn an_answer_that_is_lost_leaves_a_notice_in_doubt_at_once() {
    for channel in BOTH {
        let stage = Stage::with_a_notice_due_on(channel);
        let service = Service::new(&stage.app, &[Answer::SendsAndIsLost]);
        expect(stage.arrives(&service, 0), &Outcome::Done);
        stage.expect_in_doubt("no answer came");
        expect(stage.arrives(&service, 6), &Outcome::AlreadyDone);
        assert_eq!(service.sent(), 1);
    }
}

#[test]
fn a_notice_in_doubt_counts_as_told_and_every_view_says_so() {
    let stage = Stage::with_a_notice_due_on("mail");
    let service = Service::new(&stage.app, &[Answer::SendsAndIsLost]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    let case = stage.app.case();
    assert_eq!(
        (case.state, case.because.as_str()),
        (State::Notified, "Maya may have been told by mail; nobody can tell")
    );
    assert!(stage.last_entry().starts_with("mail unknown: Maya may have it or not, and it is not sent again: "));

    let Stage { plant, app, .. } = stage;
    drop(plant);
    let run = |words: &[&str]| succeed(baton().args(words).arg("--state").arg(app.state()));
    let id = case.id.as_str();
    let doubt = "may or may not have arrived";
    assert!(run(&["show", id]).contains(doubt));
    assert!(run(&["cases"]).contains(&format!("{id}: mail to Maya {doubt}, and is not sent again: ")));
    let line: serde_json::Value = serde_json::from_str(run(&["--format", "json", "cases"]).trim()).unwrap();
    assert_eq!(line["unknown"][0]["progress"]["unknown"]["reason"], "the mail may have been sent: no answer came");
    assert!(run(&["audit", case.account.as_str()]).contains("mail unknown"));
    let page = app.state().join("report.html");
    run(&["report", "--out", page.to_str().unwrap()]);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(doubt) && page.contains("Nobody can tell whether every notice arrived"));
}

#[test]
fn what_is_refused_is_withheld_with_the_reason_and_not_tried_again() {
    for channel in BOTH {
        let stage = Stage::with_a_notice_due_on(channel);
        let service = Service::new(&stage.app, &[Answer::Refuses]);
        expect(stage.arrives(&service, 0), &Outcome::Done);
        let reason = "the address is suppressed: ask for another".to_owned();
        assert_eq!(stage.progress(), Progress::Withheld { reason });
        assert_eq!(stage.app.case().state, State::Planned, "nobody was told");
        let entries = stage.app.audit();
        let withheld = entries.iter().find(|entry| entry.action.ends_with("withheld")).unwrap();
        assert_eq!(withheld.grounds.reveal(), "from Maya: the address is suppressed: ask for another");
        expect(stage.arrives(&service, 6), &Outcome::AlreadyDone);
        assert_eq!(service.sent(), 0);

        // Maya has no manager here, so that the default recipient is next.
        let clock = clock(6);
        let instead = stage.bag.take_one(QueueName::Deliveries);
        expect(arrives(&stage.works(&service, &clock), QueueName::Deliveries, &instead), &Outcome::Done);
        assert_eq!((service.sent(), stage.app.case().state), (1, State::Notified));
        assert!(stage.last_entry().contains("sent: to Customer success"), "{}", stage.last_entry());
    }
}

#[test]
fn what_certainly_was_not_sent_is_due_again_and_sent_later() {
    for channel in BOTH {
        let stage = Stage::with_a_notice_due_on(channel);
        let service = Service::new(&stage.app, &[Answer::IsAway, Answer::IsAway]);
        for minute in [0, 1] {
            expect_retry(stage.arrives(&service, minute), "too many requests");
            assert_eq!((stage.progress(), service.sent()), (Progress::Due, 0));
        }
        expect(stage.arrives(&service, 2), &Outcome::Done);
        assert_eq!(service.sent(), 1);
        assert!(matches!(stage.progress(), Progress::Sent { at, .. } if at == clock(2).0));
    }
}

/// A sender is on its way when another arrives whose clock is wrong by so much; then the sender gets its answer.
fn with_a_clock_wrong_by(minutes: i64, answer: Answer) -> (Stage, Service, Result<Outcome, HandlerError>) {
    let stage = Stage::with_a_notice_due_on("mail");
    let service = Service::new(&stage.app, &[answer]);
    let (other, ended) = while_it_is_being_sent(&stage, &service, || stage.arrives(&service, minutes));
    match answer {
        Answer::IsAway => expect_retry(ended, "too many requests"),
        _ => expect(ended, &Outcome::Done),
    }
    (stage, service, other)
}

#[test]
fn a_clock_that_is_five_minutes_slow_only_makes_the_other_wait() {
    let (stage, service, other) = with_a_clock_wrong_by(-5, Answer::Sends);
    expect_retry(other, "being sent by somebody else");
    expect(stage.arrives(&service, 1), &Outcome::AlreadyDone);
    assert_eq!(service.sent(), 1);
    assert!(matches!(stage.progress(), Progress::Sent { .. }));
}

#[test]
fn a_clock_that_is_five_minutes_fast_finds_a_doubt_that_the_sender_corrects() {
    let (stage, service, other) = with_a_clock_wrong_by(5, Answer::Sends);
    expect(other, &Outcome::Done);
    assert!(matches!(stage.progress(), Progress::Sent { .. }));
    let mut said: Vec<String> = stage.app.audit().into_iter().map(|entry| entry.action).collect();
    said.retain(|action| action.starts_with("mail"));
    assert_eq!(said, ["mail due", "mail unknown", "mail sent"]);
    assert_eq!((service.sent(), stage.app.case().state), (1, State::Notified));
    assert_eq!(stage.bag.take(QueueName::Deliveries), [""; 0]);

    let (stage, service, _) = with_a_clock_wrong_by(5, Answer::Refuses);
    assert!(matches!(stage.progress(), Progress::Withheld { .. }), "the sender knows better");
    assert_eq!(service.sent(), 0);
    let clock = clock(6);
    let instead = stage.bag.take_one(QueueName::Deliveries);
    expect(arrives(&stage.works(&service, &clock), QueueName::Deliveries, &instead), &Outcome::Done);
}

#[test]
fn a_notice_in_doubt_for_a_wrong_clock_that_was_not_sent_is_asked_for_anew() {
    let (mut stage, service, other) = with_a_clock_wrong_by(5, Answer::IsAway);
    expect(other, &Outcome::Done);
    assert_eq!(stage.progress(), Progress::Due);
    let first = std::mem::replace(&mut stage.body, stage.bag.take_one(QueueName::Deliveries));
    assert_ne!(stage.body, first, "the first message may have been deleted by the other");
    expect(stage.arrives(&service, 6), &Outcome::Done);
    stage.body = first;
    expect(stage.arrives(&service, 7), &Outcome::AlreadyDone);
    assert_eq!(service.sent(), 1);
}

/// Where a call to the store goes wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strike {
    RefusedBefore,
    RefusedAfter,
    Dies,
}

/// A store of which one call goes wrong.
struct Struck<'a> {
    store: &'a SqliteStore,
    strike: Strike,
    at: usize,
    calls: AtomicUsize,
}

impl Struck<'_> {
    async fn through<T>(&self, call: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let is_it = self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.at;
        let refused = || StoreError::Unavailable("as the test asked".into());
        match self.strike {
            Strike::RefusedBefore if is_it => return Err(refused()),
            Strike::Dies if is_it => panic!("as the test asked"),
            _ => {}
        }
        let result = call.await;
        if is_it && self.strike == Strike::RefusedAfter { Err(refused()) } else { result }
    }
}

#[async_trait]
impl Store for Struck<'_> {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.through(self.store.get(key)).await
    }

    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        self.through(self.store.get_all(keys, consistency)).await
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        self.through(self.store.query(query)).await
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        self.through(self.store.save(items, removed)).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.through(self.store.commit(commit)).await
    }
}

/// Lets one call to the store go wrong while a notice is sent, then lets the message come until it is settled. Returns what
/// was recorded and how often it was sent, or nothing where there is no such call.
fn struck(strike: Strike, at: usize) -> Option<(Progress, usize)> {
    let stage = Stage::with_a_notice_due_on("mail");
    let service = Service::new(&stage.app, &[]);
    let struck = Struck { store: &stage.plant.store, strike, at, calls: AtomicUsize::new(0) };
    let now = clock(0);
    let works = Works { store: &struck, ..stage.works(&service, &now) };
    let outcome = catch_unwind(AssertUnwindSafe(|| arrives(&works, QueueName::Deliveries, &stage.body))).unwrap();
    let is_over = struck.calls.load(Ordering::SeqCst) < at;
    for minute in [6, 12] {
        let _ = stage.arrives(&service, minute);
    }
    if is_over {
        expect(outcome, &Outcome::Done);
        return None;
    }
    block_on(Works { queue: &stage.bag, ..stage.works(&service, &now) }.pump()).unwrap();
    Some((stage.progress(), service.sent()))
}

#[test]
fn whatever_call_to_the_store_fails_a_notice_is_sent_at_most_once_and_recorded_as_it_is() {
    for (strike, doubts) in [(Strike::RefusedBefore, 0), (Strike::RefusedAfter, 1), (Strike::Dies, 4)] {
        let ends: Vec<(Progress, usize)> = (1..).map_while(|at| struck(strike, at)).collect();
        assert!(ends.len() >= 7, "{} calls could go wrong", ends.len());
        let mut in_doubt = 0;
        for (at, (progress, sent)) in ends.iter().enumerate() {
            match progress {
                Progress::Sent { .. } => assert_eq!(*sent, 1, "{strike:?} at call {}", at + 1),
                Progress::Unknown { .. } => in_doubt += usize::from(*sent <= 1),
                other => panic!("{strike:?} at call {}: {other:?}", at + 1),
            }
        }
        // In doubt are: a mark whose answer was lost, and a sender that died behind its mark.
        assert!(if doubts == 4 { in_doubt >= doubts } else { in_doubt == doubts }, "{strike:?}: {ends:#?}");
    }
}

#[test]
fn a_service_that_gives_a_mail_its_own_id_is_answered_under_that_id() {
    let mut stage = Stage::with_a_notice_due_on("mail");
    let own = "0102018f-000000@eu-west-1.amazonses.com";
    let service = Service::new(&stage.app, &[Answer::SendsAs(own)]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    assert!(matches!(stage.progress(), Progress::Sent { reference, .. } if reference == own));
    expect(taken_back(&mut stage, &service), &Outcome::Done);
    assert!(stage.app.mails().iter().any(|mail| mail.in_reply_to == Some(format!("<{own}>"))));
}

#[test]
fn a_service_that_keeps_our_id_is_answered_under_the_one_in_the_mail() {
    let mut stage = Stage::with_a_notice_due_on("mail");
    let service = Service::new(&stage.app, &[]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    let first = stage.app.mails().remove(0).message_id;
    assert!(matches!(stage.progress(), Progress::Sent { reference, .. } if first == format!("<{reference}>")));
    expect(taken_back(&mut stage, &service), &Outcome::Done);
    assert!(stage.app.mails().iter().any(|mail| mail.in_reply_to.as_ref() == Some(&first)));
}

#[test]
fn word_that_a_change_was_taken_back_goes_to_whoever_may_have_been_told_of_it_outside_of_any_thread() {
    let mut stage = Stage::with_a_notice_due_on("slack");
    let service = Service::new(&stage.app, &[Answer::SendsAndIsLost]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    expect(taken_back(&mut stage, &service), &Outcome::Done);
    let posts = stage.app.slack();
    assert_eq!((posts.len(), posts.iter().filter(|post| post.thread_ts.is_some()).count()), (2, 0));
}

/// Dana is back, and the word of it is sent.
fn taken_back(stage: &mut Stage, service: &Service) -> Result<Outcome, HandlerError> {
    stage.app.world.person_mut("Dana Fox").left = false;
    stage.scan_and_pump(NEXT_DAY);
    let word = stage.bag.take_one(QueueName::Deliveries);
    let clock = FixedClock(morning(NEXT_DAY));
    arrives(&stage.works(service, &clock), QueueName::Deliveries, &word)
}

#[test]
fn a_change_that_is_taken_back_while_its_notice_is_being_sent_is_answered_after_it() {
    for answer in [Answer::Sends, Answer::SendsAndIsLost] {
        let mut stage = Stage::keeping("mail", &[QueueName::Planned, QueueName::Deliveries]);
        let service = Service::new(&stage.app, &[answer]);
        let (first, later) = (clock(0), FixedClock(morning(NEXT_DAY)));
        let notify = stage.bag.take_one(QueueName::Planned);
        expect(arrives(&stage.works(&service, &first), QueueName::Planned, &notify), &Outcome::Done);
        stage.body = stage.bag.take_one(QueueName::Deliveries);
        stage.app.world.person_mut("Dana Fox").left = false;

        let ((), ended) = while_it_is_being_sent(&stage, &service, || stage.scan_and_pump(NEXT_DAY));
        expect(ended, &Outcome::Done);
        assert_eq!(stage.app.case().state, State::Cleared);
        let works = stage.works(&service, &later);
        let cleared = stage.bag.take_one(QueueName::Planned);
        expect(arrives(&works, QueueName::Planned, &cleared), &Outcome::Done);
        let word = stage.bag.take_one(QueueName::Deliveries);
        expect(arrives(&works, QueueName::Deliveries, &word), &Outcome::Done);
        expect(arrives(&works, QueueName::Planned, &cleared), &Outcome::AlreadyDone);
        assert_eq!((service.sent(), stage.bag.take(QueueName::Deliveries).len()), (2, 0));
        let answers = stage.app.mails().iter().filter(|mail| mail.in_reply_to.is_some()).count();
        assert_eq!(answers, usize::from(answer == Answer::Sends));
    }
}

#[test]
fn a_notice_of_a_change_that_was_taken_back_before_it_was_marked_is_not_sent() {
    let mut stage = Stage::with_a_notice_due_on("mail");
    stage.app.world.person_mut("Dana Fox").left = false;
    stage.scan_and_pump(NEXT_DAY);
    let service = Service::new(&stage.app, &[]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    assert!(matches!(stage.progress(), Progress::Withheld { reason } if reason.contains("cleared")));
    assert_eq!((service.sent(), stage.bag.take(QueueName::Deliveries).len()), (0, 0));
}

#[test]
fn a_message_whose_answer_is_lost_is_found_and_was_sent() {
    let stage = Stage::with_a_notice_due_on("slack");
    let service = Service::that_finds(&stage.app, &[Answer::SendsAndIsLost]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    let (id, progress) = (stage.delivery().id, stage.progress());
    assert_eq!(progress, Progress::Sent { at: clock(0).0, reference: id.to_string() });
    assert_eq!((service.sent(), stage.app.case().state), (1, State::Notified));
    expect(stage.arrives(&service, 600), &Outcome::AlreadyDone);
    assert_eq!(service.sent(), 1);
}

#[test]
fn a_message_whose_sender_died_after_it_was_sent_is_found() {
    let stage = Stage::with_a_notice_due_on("slack");
    let service = Service::that_finds(&stage.app, &[Answer::DiesAfter]);
    expect_retry(stage.arrives(&service, 0), "panicked");
    expect_retry(stage.arrives(&service, 1), "being sent by somebody else");
    expect(stage.arrives(&service, 2), &Outcome::Done);
    assert!(matches!(stage.progress(), Progress::Sent { at, .. } if at == clock(0).0));
    assert_eq!(service.sent(), 1);
}

#[test]
fn a_message_that_is_certainly_not_there_is_sent_again_when_its_sender_is_certainly_dead() {
    for first in [Answer::DiesBefore, Answer::IsLostBefore] {
        let stage = Stage::with_a_notice_due_on("slack");
        let service = Service::that_finds(&stage.app, &[first]);
        match first {
            Answer::DiesBefore => expect_retry(stage.arrives(&service, 0), "panicked"),
            _ => expect_later(stage.arrives(&service, 0), 12),
        }
        expect_later(stage.arrives(&service, 3), 9);
        assert_eq!(service.sent(), 0, "two clocks may be wrong by so much");
        expect(stage.arrives(&service, 12), &Outcome::Done);
        assert!(matches!(stage.progress(), Progress::Sent { at, .. } if at == clock(12).0));
        expect(stage.arrives(&service, 13), &Outcome::AlreadyDone);
        assert_eq!((service.sent(), stage.app.case().state), (1, State::Notified));
    }
}

#[test]
fn a_message_is_sent_again_only_once() {
    let stage = Stage::with_a_notice_due_on("slack");
    let service = Service::that_finds(&stage.app, &[Answer::IsLostBefore, Answer::IsLostBefore]);
    expect_later(stage.arrives(&service, 0), 12);
    expect_later(stage.arrives(&service, 12), 12);
    expect(stage.arrives(&service, 24), &Outcome::Done);
    let Progress::Unknown { at, reason } = stage.progress() else { panic!("{:?}", stage.progress()) };
    assert!(at == clock(12).0 && reason.contains("sent once more, and is not there either"), "{reason}");
    expect(stage.arrives(&service, 600), &Outcome::AlreadyDone);
    assert_eq!(service.sent(), 0);
}

#[test]
fn a_sender_that_lives_beside_a_fast_clock_is_never_sent_in_the_place_of() {
    for answer in [Answer::Sends, Answer::SendsAndIsLost] {
        let stage = Stage::with_a_notice_due_on("slack");
        let service = Service::that_finds(&stage.app, &[answer]);
        let (other, ended) = while_it_is_being_sent(&stage, &service, || stage.arrives(&service, 10));
        expect_later(other, 2);
        expect(ended, &Outcome::Done);
        expect(stage.arrives(&service, 12), &Outcome::AlreadyDone);
        assert_eq!(service.sent(), 1);
    }
}

#[test]
fn where_it_cannot_be_looked_for_the_doubt_says_why() {
    let stage = Stage::with_a_notice_due_on("slack");
    let service = Service::new(&stage.app, &[Answer::SendsAndIsLost]);
    expect(stage.arrives(&service, 0), &Outcome::Done);
    stage.expect_in_doubt("no answer came; it cannot be looked for: the Slack app lacks a scope: add im:history");
}

#[test]
fn being_asked_to_wait_is_no_try_however_often_it_happens() {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    let mut app = TestApp::configured(world, "[notify]\nchannels = [\"slack\"]\ncrm_log = false\n");
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    let (plant, crm) = (app.plant(DAY), app.export(DAY));
    let service = Service::new(&app, &[Answer::AsksToWait(99_999); 9]);
    block_on(plant.scan(&crm, request(DAY, false), &|_| {})).unwrap();
    let mut minute = 0;
    let mut pump = |minutes: i64| {
        minute += minutes;
        let now = clock(minute);
        block_on(Works { messenger: &service, clock: &now, ..plant.works(&crm) }.pump()).unwrap()
    };
    for _ in 0..9 {
        // 99,999 s are 1,667 minutes; whoever comes earlier asks nobody.
        let pumped = pump(1_667);
        assert_eq!((pumped.waiting.len(), pumped.buried.len()), (1, 0), "{pumped:?}");
        assert!(pumped.waiting[0].contains("left alone for another 99999 s"), "{pumped:?}");
        assert_eq!(pump(0).handled, 0, "it is hidden until then");
        plant.queue.recover().unwrap();
        assert!(pump(1).waiting[0].contains("not yet the time"), "another run finds it, and does not ask");
    }
    assert_eq!(service.sent(), 0);
    pump(1_667);
    assert_eq!((service.sent(), app.case().state), (1, State::Notified));
}
