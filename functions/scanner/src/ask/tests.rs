//! Asking over a real store and a real export: who is asked about, what is written down, and that nobody is paid for twice.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use baton::adapters::{Database, SqliteStore};
use contracts::HandClock;
use crm::ExportCrm;
use domain::crm::{Role, Seen};
use domain::observation::{Fact, Job};
use domain::pending::{self, Pending};
use domain::ports::{Answer, Clock, Committed, Item, PeopleError, Row, StoreError};
use domain::records::snapshot_item;
use domain::{AccountId, Personal};
use futures_executor::block_on;
use people::JobsCsv;

use super::*;

const SYSTEM: &str = "salesforce";

/// A provider that is paid for each person it finds: everybody whose name it is asked for.
struct Provider {
    at_once: usize,
    /// What it does with the next batches instead of answering.
    faults: Mutex<VecDeque<Fault>>,
    /// How often each contact was paid for.
    paid: Mutex<BTreeMap<String, u32>>,
    /// The batches that reached it, by contact.
    batches: Mutex<Vec<Vec<String>>>,
}

enum Fault {
    /// It answers nothing.
    Fails(PeopleError),
    /// It answers, is paid, and the answer is lost.
    Loses,
    /// It changes its answers.
    Changes(fn(&mut Vec<Answer>)),
}

impl Provider {
    fn of(at_once: usize) -> Self {
        let (faults, paid, batches) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { at_once, faults, paid, batches }
    }

    fn next(self, fault: Fault) -> Self {
        self.faults.lock().unwrap().push_back(fault);
        self
    }

    fn batches(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut *self.batches.lock().unwrap())
    }

    fn most_paid(&self) -> u32 {
        self.paid.lock().unwrap().values().copied().max().unwrap_or(0)
    }

    fn answer(&self, question: &Question) -> Answer {
        *self.paid.lock().unwrap().entry(question.contact.to_string()).or_default() += 1;
        Answer::Found {
            job: Job {
                name: question.name.clone(),
                title: "Chief Operating Officer".to_owned(),
                company: "Contoso".to_owned(),
                likelihood: 90,
                identified: true,
            },
            since: None,
            observed: Timestamp::from_second(1_789_000_000).unwrap(),
        }
    }
}

#[async_trait]
impl People for Provider {
    fn name(&self) -> &str {
        "provider"
    }

    fn at_once(&self) -> usize {
        self.at_once
    }

    fn is_paid(&self) -> bool {
        true
    }

    async fn look_up(&self, questions: &[Question]) -> Result<Vec<Answer>, PeopleError> {
        self.batches.lock().unwrap().push(questions.iter().map(|q| q.contact.to_string()).collect());
        let fault = self.faults.lock().unwrap().pop_front();
        if let Some(Fault::Fails(error)) = fault {
            return Err(error);
        }
        let mut answers = questions.iter().map(|question| self.answer(question)).collect();
        match fault {
            Some(Fault::Loses) => return Err(PeopleError::Unknown("hung up".into())),
            Some(Fault::Changes(change)) => change(&mut answers),
            Some(Fault::Fails(_)) | None => {}
        }
        Ok(answers)
    }
}

/// A store that answers no more after so many commits.
struct Dying<'a> {
    store: &'a SqliteStore,
    commits: AtomicUsize,
}

impl Dying<'_> {
    fn lives(&self) -> Result<(), StoreError> {
        let left = self.commits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| StoreError::Unavailable("gone".into()))
    }
}

#[async_trait]
impl Store for Dying<'_> {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.store.get(key).await
    }

    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        self.store.get_all(keys, consistency).await
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        self.store.query(query).await
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        self.lives()?;
        self.store.save(items, removed).await
    }

    async fn commit(&self, commit: domain::ports::Commit) -> Result<Committed, StoreError> {
        self.lives()?;
        self.store.commit(commit).await
    }
}

/// Contacts c0 to c9 at account a0 to a9. The higher the number, the sooner the renewal; a0 is worth a hundred times as much
/// as the others. Odd ones are champions.
struct World {
    store: SqliteStore,
    clock: Arc<HandClock>,
    crm: ExportCrm,
    config: Config,
    _export: tempfile::TempDir,
}

const PEOPLE: usize = 10;

impl World {
    fn with(config: &str) -> Self {
        let config = Config::parse(config).unwrap();
        let clock = Arc::new(HandClock::default());
        let database = Arc::new(Database::in_memory().unwrap());
        let store = SqliteStore::new(database, Arc::clone(&clock) as Arc<dyn Clock>);
        let export = tempfile::tempdir().unwrap();
        write_export(export.path());
        let crm = ExportCrm::open(export.path(), &config, clock.now(), export.path()).unwrap();
        let world = Self { store, clock, crm, config, _export: export };
        (0..PEOPLE).for_each(|number| world.remember(number, |_| {}));
        world
    }

    fn remember(&self, number: usize, change: impl Fn(&mut Snapshot)) {
        let mut snapshot = Snapshot::first(Seen {
            account: AccountId::parse(&format!("a{number}")).ok(),
            company: format!("Company {number}"),
            active: true,
            name: Personal::new("Dana Fox"),
            title: "Analyst".to_owned(),
            email: Personal::new(format!("dana@company{number}.example")),
            roles: if number % 2 == 1 { vec![Role::Champion] } else { Vec::new() },
            ..Seen::default()
        });
        change(&mut snapshot);
        let contact = ContactId::parse(&format!("c{number}")).unwrap();
        block_on(self.store.save(vec![snapshot_item(SYSTEM, &contact, &snapshot)], Vec::new())).unwrap();
    }

    fn ask_over(
        &self,
        store: &dyn Store,
        people: &dyn People,
        has_time: &(dyn Fn() -> bool + Sync),
    ) -> Result<Asked, HandlerError> {
        block_on(ask(people, &self.crm, store, &self.config, SYSTEM, has_time, self.clock.now()))
    }

    fn ask(&self, people: &dyn People) -> Asked {
        self.ask_over(&self.store, people, &|| true).unwrap()
    }

    fn pending(&self) -> Vec<Pending> {
        block_on(pending::all(&self.store, SYSTEM)).unwrap().into_iter().map(|loaded| loaded.value).collect()
    }

    fn pass_days(&self, days: i64) {
        self.clock.pass(days * 86_400);
    }
}

fn write_export(dir: &Path) {
    let account =
        |n: usize| format!("a{n},Company {n},2027-{:02}-01,{}\n", 12 - n, if n == 0 { 100_000 } else { 1_000 });
    let accounts = (0..PEOPLE).map(account).collect::<String>();
    std::fs::write(dir.join("Account.csv"), format!("Id,Name,Renewal_Date__c,Annual_Contract_Value__c\n{accounts}"))
        .unwrap();
    std::fs::write(dir.join("Contact.csv"), "Id,AccountId,Name,Title,Email\n").unwrap();
}

fn why(asked: &Asked) -> &str {
    asked.unasked.as_deref().unwrap_or_default()
}

#[test]
fn what_is_heard_waits_for_the_judgement_with_its_three_times_apart() {
    let world = World::with("");
    let asked = world.ask(&Provider::of(100));
    assert_eq!(asked, Asked { asked: 10, found: 10, nobody: 0, rubbish: 0, unasked: None });
    let pending = world.pending();
    assert_eq!(pending.len(), 10);
    let first = &pending[0].observation;
    assert_eq!((first.source.as_str(), first.happened, first.recorded), ("provider", None, world.clock.now()));
    assert!(first.observed < first.recorded);
    assert!(matches!(&first.fact, Fact::Job(job) if job.company == "Contoso"));
}

#[test]
fn key_people_and_near_renewals_are_asked_about_first_and_the_ceiling_leaves_the_rest() {
    let world = World::with("[people]\nmost_per_scan = 7\n");
    world.remember(3, |snapshot| snapshot.standing.gone = true);
    world.remember(4, |snapshot| snapshot.seen.active = false);
    let provider = Provider::of(3);
    let asked = world.ask(&provider);
    assert_eq!(provider.batches().concat(), ["c9", "c7", "c5", "c1", "c0", "c8", "c6"]);
    assert_eq!(asked.asked, 7);
    assert_eq!(why(&asked), "1 over the ceiling of 7 a scan (people.most_per_scan); 1 known to have left");
}

#[test]
fn nobody_is_asked_about_twice_within_the_freshness_window() {
    let world = World::with("[people]\nmost_per_scan = 6\nfreshness_days = 10\n");
    let provider = Provider::of(100);
    assert_eq!(world.ask(&provider).asked, 6);
    world.pass_days(1);
    let second = world.ask(&provider);
    assert_eq!((second.asked, why(&second)), (4, "6 asked about within the last 10 days"));
    assert_eq!((world.pending().len(), provider.most_paid()), (10, 1));
    world.pass_days(9);
    let third = world.ask(&provider);
    assert_eq!((third.asked, why(&third)), (6, "4 asked about within the last 10 days"));
    assert_eq!(world.pending().len(), 10, "the same answer again is the same fact");
}

#[test]
fn a_window_that_was_shortened_counts_at_once() {
    let mut world = World::with("[people]\nfreshness_days = 30\n");
    let provider = Provider::of(100);
    assert_eq!(world.ask(&provider).asked, 10);
    world.pass_days(5);
    world.config = Config::parse("[people]\nfreshness_days = 5\n").unwrap();
    assert_eq!(world.ask(&provider).asked, 10);
}

#[test]
fn the_same_scan_begun_again_asks_about_no_more_than_its_ceiling() {
    let world = World::with("[people]\nmost_per_scan = 4\n");
    let provider = Provider::of(100);
    assert_eq!(world.ask(&provider).asked, 4);
    assert_eq!(world.ask(&provider).asked, 0);
    assert_eq!(provider.most_paid(), 1);
}

#[test]
fn what_certainly_was_not_answered_is_asked_about_by_the_next_scan() {
    let failures = || {
        [
            (
                PeopleError::RateLimited { retry_after: jiff::SignedDuration::from_secs(60) },
                "the provider asks to wait 60 s",
            ),
            (PeopleError::QuotaSpent("buy more".to_owned()), "the provider's quota is used up: buy more"),
            (PeopleError::Unavailable("refused".into()), "the provider cannot be reached: refused"),
            (PeopleError::Unusable("the key is wrong".to_owned()), "the key is wrong"),
        ]
    };
    for (error, reason) in failures() {
        let world = World::with("");
        let provider = Provider::of(4).next(Fault::Changes(|_| {})).next(Fault::Fails(error));
        let asked = world.ask(&provider);
        assert_eq!((asked.asked, asked.found), (4, 4));
        assert_eq!(why(&asked), format!("6 unasked because {reason}"));
        assert_eq!(provider.batches().len(), 2, "{reason}: no more is asked");
        world.pass_days(1);
        assert_eq!(world.ask(&provider).asked, 6, "{reason}");
        assert_eq!((world.pending().len(), provider.most_paid()), (10, 1), "{reason}");
    }
}

#[test]
fn a_short_wait_is_waited_for_and_not_for_ever() {
    let wait = || Fault::Fails(PeopleError::RateLimited { retry_after: jiff::SignedDuration::ZERO });
    let world = World::with("");
    let provider = Provider::of(100).next(wait()).next(wait()).next(wait());
    assert_eq!(world.ask(&provider).asked, 10);
    let world = World::with("");
    let provider = Provider::of(100).next(wait()).next(wait()).next(wait()).next(wait());
    assert_eq!(why(&world.ask(&provider)), "10 unasked because the provider asks to wait 0 s");
    assert_eq!(provider.batches().len(), 4);
}

#[test]
fn what_may_have_been_paid_for_is_not_asked_about_again_before_the_window_has_passed() {
    for fault in [Fault::Loses, Fault::Changes(|answers| drop(answers.pop()))] {
        let world = World::with("");
        let provider = Provider::of(4).next(fault);
        let asked = world.ask(&provider);
        assert_eq!(asked.asked, 0);
        let text = why(&asked);
        assert!(
            text.starts_with("4 asked about whose answer was lost and may have been paid for, 6 unasked because "),
            "{text}"
        );
        assert!(world.pending().is_empty());
        world.pass_days(1);
        let asked = world.ask(&provider);
        assert_eq!(asked.asked, 6);
        assert_eq!(why(&asked), "4 asked about within the last 30 days whose answer was lost, perhaps paid for");
        assert_eq!(provider.most_paid(), 1);
        world.pass_days(30);
        assert_eq!(world.ask(&provider).asked, 10);
    }
}

#[test]
fn wherever_the_process_dies_nobody_is_paid_for_twice_and_no_fact_is_half_written() {
    for commits in 0..8 {
        let world = World::with("");
        let provider = Provider::of(4);
        let dying = Dying { store: &world.store, commits: AtomicUsize::new(commits) };
        let broken = world.ask_over(&dying, &provider, &|| true);
        assert_eq!(broken.is_err(), commits < 6, "{commits}");
        assert!(!matches!(broken, Err(HandlerError::Poison(_))), "{commits}");
        world.pass_days(1);
        let asked = world.ask(&provider);
        assert_eq!(provider.most_paid(), 1, "{commits}");
        // A batch is lost where it was marked and its answers could not be written.
        let lost = if commits < 6 && commits % 2 == 1 { if commits == 5 { 2 } else { 4 } } else { 0 };
        assert_eq!(world.pending().len(), PEOPLE - lost, "{commits}: {asked:?}");
    }
}

#[test]
fn two_scans_at_once_do_not_both_pay() {
    let world = World::with("");
    let provider = Provider::of(100);
    // Between our reading and our marking another process asks the same provider.
    let other = Provider::of(100);
    let has_time = || {
        std::thread::scope(|scope| drop(scope.spawn(|| world.ask(&other)).join().unwrap()));
        true
    };
    let ended = world.ask_over(&world.store, &provider, &has_time);
    assert!(matches!(ended, Err(HandlerError::Retry(_))), "{ended:?}");
    assert!(provider.batches().is_empty());
    assert_eq!((other.batches().len(), other.most_paid()), (1, 1));
}

#[test]
fn rubbish_and_somebody_else_are_counted_and_are_no_fact() {
    let world = World::with("");
    let provider = Provider::of(100).next(Fault::Changes(|answers| {
        answers[0] = Answer::Rubbish("the entry is no record".to_owned());
        answers[1] = Answer::Nobody;
        let Answer::Found { job, .. } = &mut answers[2] else { panic!() };
        job.name = Personal::new("Erik Lund");
        let Answer::Found { job, .. } = &mut answers[3] else { panic!() };
        job.likelihood = 59;
    }));
    let asked = world.ask(&provider);
    assert_eq!(asked, Asked { asked: 10, found: 6, nobody: 1, rubbish: 3, unasked: None });
    assert_eq!(world.pending().len(), 6);
    world.pass_days(1);
    let asked = world.ask(&provider);
    assert_eq!((asked.asked, why(&asked)), (0, "10 asked about within the last 30 days"), "rubbish was paid for too");
}

#[test]
fn single_questions_left_unanswered_hold_nobody_else_back_and_are_asked_again() {
    let world = World::with("");
    let provider = Provider::of(5).next(Fault::Changes(|answers| {
        answers[3] = Answer::Unasked("the provider failed at it".to_owned());
        answers[4] = Answer::Unasked("the provider failed at it".to_owned());
    }));
    let asked = world.ask(&provider);
    assert_eq!((asked.asked, why(&asked)), (8, "2 unasked because the provider failed at it"));
    world.pass_days(1);
    assert_eq!(world.ask(&provider).asked, 2);
}

#[test]
fn a_batch_left_unanswered_as_a_whole_stops_the_asking() {
    let world = World::with("");
    let provider = Provider::of(4).next(Fault::Changes(|answers| {
        answers.fill(Answer::Unasked("the credits are used up".to_owned()));
    }));
    let asked = world.ask(&provider);
    assert_eq!((asked.asked, why(&asked)), (0, "10 unasked because the credits are used up"));
    world.pass_days(1);
    assert_eq!(world.ask(&provider).asked, 10);
}

#[test]
fn where_time_is_up_the_rest_is_left_unasked() {
    let world = World::with("");
    let provider = Provider::of(4);
    let left = AtomicUsize::new(2);
    let has_time = || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let asked = world.ask_over(&world.store, &provider, &has_time).unwrap();
    assert_eq!((asked.asked, why(&asked)), (4, "6 unasked because time was up"));
    let asked = world.ask_over(&world.store, &Provider::of(4), &|| false).unwrap();
    assert_eq!((asked.asked, why(&asked)), (0, "the rest unasked because time was up"));
}

#[test]
fn a_list_is_asked_about_everybody_and_tells_the_same_fact_once() {
    let world = World::with("[people]\nmost_per_scan = 1\n");
    world.remember(3, |snapshot| snapshot.seen.left = true);
    let list = |title: &str| {
        let rows = format!(
            "c2,Dana Fox,{title},Contoso,2026-09-20\nc3,Dana Fox,CEO,Contoso,2026-09-20\nc7,Erik Lund,CEO,Contoso,2026-09-20\n"
        );
        JobsCsv::read("jobs.csv", format!("id,name,title,company,observed\n{rows}").as_bytes()).unwrap()
    };
    let asked = world.ask(&list("CEO"));
    let expected =
        Asked { asked: 9, found: 1, nobody: 7, rubbish: 1, unasked: Some("1 known to have left".to_owned()) };
    assert_eq!(asked, expected);
    let [pending] = world.pending().try_into().unwrap();
    assert_eq!(pending.observation.quote.reveal(), "CEO at Contoso, last looked at on 2026-09-20");

    block_on(world.store.save(Vec::new(), vec![pending.key(SYSTEM)])).unwrap();
    assert_eq!(world.ask(&list("CEO")), expected);
    assert!(world.pending().is_empty(), "it was judged, and there is nothing new");
    assert_eq!(world.ask(&list("CFO")), expected);
    assert_eq!(world.pending().len(), 1, "another job is another fact");
}
