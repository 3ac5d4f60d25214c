//! A scan that is longer than one invocation: cut into parts, broken off by time, handed on in messages. However it is cut,
//! it finds what a scan in one go finds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use baton::adapters::SqliteStore;
use baton::plant::{Plant, Works};
use domain::crm::AccountRecord;
use domain::handler::{HandlerError, Outcome};
use domain::messages::QueueName;
use domain::ports::{
    Commit, Committed, Consistency, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, Item, Key, LogEntry,
    LogState, Query, Queue, Row, SetAside, Store, StoreError, Updated,
};
use domain::records;
use domain::{AccountId, ContactId};
use envelope::{Pass, ScanRequested};
use futures_executor::block_on;
use jiff::SignedDuration;

use crate::app::{TestApp, morning, request};
use crate::fixtures::{ACCOUNTS, Site};
use crate::world::World;

const FIRST: &str = "2026-09-01";
const SECOND: &str = "2026-10-01";
const THIRD: &str = "2026-10-08";

/// Sixty accounts of five. Then some leave, some are deleted, some move, some are new, and many are spelt otherwise.
fn three_hundred_people() -> World {
    let mut world = World::default();
    for account in 0..60 {
        let name = format!("Company{account} Ltd");
        world.account(&name, &format!("Owner{}", account % 4));
        for person in 0..5 {
            world.person(&format!("Given{person} Family{account}"), "VP Operations", &name);
        }
    }
    world
}

fn much_happens(world: &mut World) {
    for n in 0..6 {
        world.person_mut(&format!("Given0 Family{}", n * 9)).left = true;
        world.person_mut(&format!("Given1 Family{}", n * 7)).title = "V.P., Operations".to_owned();
        world.moves(&format!("Given2 Family{}", n * 5), &format!("Company{} Ltd", n * 5 + 3));
        world.person(&format!("Newly{n} Arrived"), "Chief Operating Officer", &format!("Company{} Ltd", n * 4));
    }
}

/// How a scan is cut up.
#[derive(Clone, Copy, Debug)]
struct Cut {
    /// Contacts of one part.
    part_size: usize,
    /// So often an invocation finds that there is still time.
    patience: usize,
}

const WHOLE: Cut = Cut { part_size: usize::MAX, patience: usize::MAX };

/// Scans as functions do that are invoked with one message each. Returns how many invocations it took.
fn scan_cut(plant: &Plant, crm: &dyn Crm, request: ScanRequested, cut: Cut) -> usize {
    let left = AtomicUsize::new(cut.patience);
    let has_time = || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let deps = scanner::Deps {
        crm,
        inbox: None,
        people: None,
        outbox: plant.outbox(),
        config: &plant.config,
        clock: &*plant.clock,
        part_size: cut.part_size,
        patience: SignedDuration::ZERO,
        has_time: &has_time,
        progress: &|_| {},
        ended: &|_| {},
    };
    block_on(async {
        let scan = request.scan.clone();
        assert_eq!(scanner::handle(request, &deps).await.unwrap(), Outcome::Done);
        for invocation in 1..5_000 {
            let now = plant.clock.now();
            let received = plant.queue.receive(QueueName::ScanPages, 1, now).await.unwrap();
            let Some(message) = received.first() else {
                let finished = records::finished_scan(&plant.store, crm.system(), &scan).await.unwrap();
                assert!(finished.is_some(), "the messages have come to their end, and the scan has not");
                return invocation - 1;
            };
            // The first question is asked before the message is taken up.
            left.store(cut.patience.saturating_add(1), Ordering::SeqCst);
            let records = envelope::records(&envelope::sqs_event(&received)).unwrap();
            for handled in scanner::handle_batch(records, &deps).await {
                assert!(handled.outcome.is_ok(), "{:?}", handled.outcome);
            }
            plant.queue.delete(QueueName::ScanPages, std::slice::from_ref(&message.receipt)).await.unwrap();
        }
        panic!("the scan does not come to its end");
    })
}

/// What a story of three scans ends in, and how many invocations the last one took.
fn story(cut: Cut) -> (Vec<String>, usize) {
    let mut app = TestApp::new(three_hundred_people());
    let run = |app: &TestApp, day: &str| {
        let (plant, crm) = (app.plant(day), app.export(day));
        let invocations = scan_cut(&plant, &crm, request(day, false), cut);
        block_on(plant.pump(&crm)).unwrap();
        invocations
    };
    run(&app, FIRST);
    much_happens(&mut app.world);
    app.world.delete("Given4 Family11");
    run(&app, SECOND);
    app.world.person_mut("Given0 Family9").left = false;
    let invocations = run(&app, THIRD);
    let mut lines: Vec<String> = app.cases().iter().map(|case| serde_json::to_string(case).unwrap()).collect();
    lines.extend(app.silenced().iter().map(|silenced| serde_json::to_string(silenced).unwrap()));
    lines.extend(app.mails().into_iter().map(|mail| format!("{} {}", mail.to, mail.subject)));
    lines.sort();
    (lines, invocations)
}

#[test]
fn a_scan_in_many_parts_finds_what_a_scan_in_one_finds() {
    let (whole, _) = story(WHOLE);
    assert!(whole.len() > 40, "{}", whole.len());
    for part_size in [7, 50, 299] {
        assert_eq!(story(Cut { part_size, ..WHOLE }).0, whole, "parts of {part_size}");
    }
}

#[test]
fn a_scan_that_runs_out_of_time_again_and_again_finds_what_a_scan_in_one_finds() {
    let (whole, at_once) = story(WHOLE);
    for patience in [1, 2, 5] {
        let (lines, invocations) = story(Cut { part_size: 100, patience });
        assert_eq!(lines, whole, "time for {patience}");
        assert!(invocations > at_once, "{invocations} invocations, {at_once} of a scan in one");
    }
}

#[test]
fn contacts_that_are_numbered_are_found_again_however_the_scan_is_cut() {
    for cut in [WHOLE, Cut { part_size: 40, patience: 1 }] {
        let mut app = TestApp::new(three_hundred_people());
        app.world.people_mut().zip(1..).for_each(|(person, number)| person.id = (number * 7).to_string());
        let scan = |app: &TestApp, day: &str| {
            let (plant, crm) = (app.plant(day), app.export(day));
            scan_cut(&plant, &SmallPages(&crm), request(day, false), cut);
            block_on(plant.pump(&crm)).unwrap();
            block_on(records::finished_scans(&plant.store, crm.system())).unwrap().pop().unwrap()
        };
        assert_eq!(scan(&app, FIRST).first_seen, 300);
        app.world.person_mut("Given3 Family20").left = true;
        let second = scan(&app, SECOND);
        assert_eq!((second.contacts, second.first_seen, second.changed, second.alerted), (300, 0, 1, 1), "{cut:?}");
        assert_eq!(app.cases().len(), 1);
    }
}

#[test]
fn more_changes_than_the_crm_gives_at_once_are_found_by_looking_at_all_contacts() {
    let cut = Cut { part_size: 40, patience: 1 };
    let story = |small: bool| {
        let mut app = TestApp::new(three_hundred_people());
        let scan = |app: &TestApp, day: &str| {
            let (plant, export) = (app.plant(day), app.export(day));
            let pages = SmallPages(&export);
            let crm: &dyn Crm = if small { &pages } else { &export };
            scan_cut(&plant, crm, ScanRequested { pass: Pass::Delta, ..request(day, false) }, cut);
            block_on(plant.pump(&export)).unwrap();
            block_on(records::finished_scans(&plant.store, crm.system())).unwrap().pop().unwrap()
        };
        scan(&app, FIRST);
        much_happens(&mut app.world);
        app.world.delete("Given4 Family11");
        let record = scan(&app, SECOND);
        assert_eq!(record.touched, None, "it is a scan of all contacts");
        let mut cases: Vec<String> = app.cases().iter().map(|case| serde_json::to_string(case).unwrap()).collect();
        cases.sort();
        (cases, record.contacts)
    };
    assert_eq!(story(true), story(false));
}

#[test]
fn a_batch_of_cases_is_enriched_some_accounts_at_a_time_and_what_there_is_no_time_for_comes_again() {
    let mut app = TestApp::new(three_hundred_people());
    scan_cut(&app.plant(FIRST), &app.export(FIRST), request(FIRST, false), WHOLE);
    much_happens(&mut app.world);
    let (plant, export) = (app.plant(SECOND), app.export(SECOND));
    scan_cut(&plant, &export, request(SECOND, false), WHOLE);
    let crm = SmallPages(&export);
    let (now, left) = (plant.clock.now(), AtomicUsize::new(0));
    let has_time = || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let deps = enrichment::Deps {
        crm: &crm,
        outbox: plant.outbox(),
        config: &plant.config,
        clock: &*plant.clock,
        has_time: &has_time,
    };
    block_on(async {
        let received = plant.queue.receive(QueueName::Changes, 10, now).await.unwrap();
        assert_eq!(received.len(), 10);
        // Two for the first accounts and two for each of their cases.
        left.store(4, Ordering::SeqCst);
        let records = envelope::records(&envelope::sqs_event(&received)).unwrap();
        let handled = enrichment::handle_batch(records, &deps).await;
        let done = handled.iter().filter(|handled| handled.outcome.is_ok()).count();
        assert!((2..=4).contains(&done), "{done}");
        let later = |handled: &&envelope::Handled| matches!(handled.outcome, Err(HandlerError::Later { .. }));
        assert_eq!(handled.iter().filter(later).count(), 10 - done);
    });
    let enriched = app.cases().into_iter().filter(|case| case.context.is_some()).count();
    assert!((2..=4).contains(&enriched), "{enriched}");
    block_on(plant.pump(&export)).unwrap();
    assert!(app.cases().iter().all(|case| case.context.is_some() || case.state == domain::case::State::Held));
}

/// A CRM that gives few contacts and accounts at a time, and tells of changes but never of all of them at once.
struct SmallPages<'a>(&'a dyn Crm);

#[async_trait]
impl Crm for SmallPages<'_> {
    fn system(&self) -> &str {
        self.0.system()
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        if query.since.is_some() {
            return Err(CrmError::TooMany("everything was changed".to_owned()));
        }
        let mut page = self.0.contacts(query).await?;
        page.newest = Some(morning(FIRST));
        if page.contacts.len() > 20 {
            page.contacts.truncate(20);
            page.through = page.contacts.last().map(|contact| contact.id.clone());
        }
        Ok(page)
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        self.0.cuts(least, most).await
    }

    fn tells_changes(&self) -> bool {
        true
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        self.0.parents(accounts).await
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        self.0.accounts(accounts).await
    }

    fn accounts_at_once(&self) -> usize {
        2
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.0.log(entry).await
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.0.log_state(state).await
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.0.update(update).await
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.0.set_aside()
    }

    fn is_blind(&self) -> bool {
        self.0.is_blind()
    }
}

/// A store that refuses one of the calls of a look.
struct Refuses<'a> {
    store: &'a SqliteStore,
    at: usize,
    calls: AtomicUsize,
}

impl Refuses<'_> {
    fn call(&self) -> Result<(), StoreError> {
        let refused = self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.at;
        if refused { Err(StoreError::Unavailable("throttled".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Store for Refuses<'_> {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.store.get(key).await
    }

    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        self.store.get_all(keys, consistency).await
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        if query.partition.starts_with("PEOPLE#") {
            self.call()?;
        }
        self.store.query(query).await
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        if items.iter().any(|item| item.key.sort.starts_with("SEEN#")) {
            self.call()?;
        }
        self.store.save(items, removed).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.store.commit(commit).await
    }
}

#[test]
fn a_look_that_the_store_breaks_off_loses_nothing_of_what_it_has_seen() {
    let story = {
        let mut app = TestApp::new(three_hundred_people());
        app.scan(FIRST);
        // Long enough that a few people make a chunk.
        let long = "Operations ".repeat(150);
        app.world.people_mut().for_each(|person| person.title = format!("VP {long}"));
        app
    };
    let chunks = |app: &TestApp, at: usize| {
        let (plant, crm) = (app.plant(SECOND), app.export(SECOND));
        let store = Refuses { store: &plant.store, at, calls: AtomicUsize::new(0) };
        let works = Works { store: &store, crm: &SmallPages(&crm), ..plant.works(&crm) };
        // What is broken off without any progress is tried again.
        let tries = (0..5).find(|_| block_on(works.scan(request(SECOND, false), &|_| {})).is_ok());
        assert!(tries.is_some(), "call {at} was refused, and the scan does not come to its end");
        store.calls.into_inner()
    };
    let calls = chunks(&story.copy(), usize::MAX);
    assert!(calls > 16, "{calls} calls: a page each, and some chunks");
    for at in 1..=calls {
        let app = story.copy();
        chunks(&app, at);
        let record = app.scans().into_iter().find(|scan| scan.at == morning(SECOND)).unwrap();
        assert_eq!((record.contacts, record.changed), (300, 300), "call {at} was refused");
        let judged = app.cases().len() + app.silenced().len();
        assert_eq!(judged, 300, "call {at} was refused");
    }
}

#[test]
fn a_scan_that_is_stopped_by_the_brake_may_run_out_of_time_too() {
    for patience in [1, 3] {
        let mut app = TestApp::new(three_hundred_people());
        app.scan(FIRST);
        (0..60).for_each(|n| app.world.person_mut(&format!("Given3 Family{n}")).left = true);
        let (plant, crm) = (app.plant(SECOND), app.export(SECOND));
        scan_cut(&plant, &crm, request(SECOND, false), Cut { part_size: 100, patience });
        block_on(plant.pump(&crm)).unwrap();
        drop(plant);
        let held = app.cases().iter().filter(|case| case.brake.is_some()).count();
        assert_eq!((held, app.mails().len()), (60, 1), "all are held, and the administrator is told");
    }
}

#[test]
fn a_tick_during_a_scan_is_left_out_and_one_long_after_asks_it_to_go_on() {
    let app = TestApp::new(three_hundred_people());
    let (plant, crm) = (app.plant(SECOND), app.export(FIRST));
    let deps = |patience: SignedDuration| scanner::Deps {
        crm: &crm,
        inbox: None,
        people: None,
        outbox: plant.outbox(),
        config: &plant.config,
        clock: &*plant.clock,
        part_size: 100,
        patience,
        has_time: &|| true,
        progress: &|_| {},
        ended: &|_| {},
    };
    let waiting = || block_on(plant.queue.receive(QueueName::ScanPages, 10, plant.clock.now())).unwrap().len();
    let tick = |day: &str, patience| block_on(scanner::handle(request(day, false), &deps(patience))).unwrap();

    assert_eq!(tick(FIRST, SignedDuration::from_mins(45)), Outcome::Done);
    assert_eq!(waiting(), 3, "one message for each part");
    let left_out = tick(SECOND, SignedDuration::from_mins(45));
    assert!(matches!(&left_out, Outcome::Skipped(why) if why.contains("under way")), "{left_out:?}");
    assert_eq!(waiting(), 0);
    // As if their messages were lost.
    let asked = tick(SECOND, SignedDuration::ZERO);
    assert!(matches!(&asked, Outcome::Skipped(why) if why.contains("come to its end first")), "{asked:?}");
    assert_eq!(waiting(), 3);

    // The lost messages come after all; then the scan that was asked for is made.
    plant.queue.recover().unwrap();
    let record = block_on(plant.scan(&crm, request(SECOND, false), &|_| {})).unwrap();
    assert_eq!((record.contacts, record.first_seen), (300, 0));
}

#[test]
fn an_older_tick_after_a_newer_scan_is_refused() {
    let app = TestApp::new(three_hundred_people());
    app.scan(SECOND);
    let (plant, crm) = (app.plant(SECOND), app.export(SECOND));
    let late = ScanRequested { at: morning(FIRST), ..request(THIRD, false) };
    let refused = block_on(plant.scan(&crm, late, &|_| {}));
    assert!(matches!(&refused, Err(HandlerError::Poison(why)) if why.contains("older")), "{refused:?}");
}

/// Contacts with the time of their last change.
fn stamped(rows: &[(&str, &str, &str)]) -> String {
    let mut file = "Id,AccountId,FirstName,LastName,Title,Email,SystemModstamp\n".to_owned();
    for (id, title, stamp) in rows {
        file.push_str(&format!("{id},001A,Dana,Fox{id},{title},{id}@northwind.example,{stamp}\n"));
    }
    file
}

#[test]
fn a_delta_scan_looks_only_at_what_the_crm_says_was_changed() {
    let site = Site::bare();
    site.write("Account.csv", ACCOUNTS);
    let (old, new) = ("2026-08-01T00:00:00.000Z", "2026-10-01T12:00:00.000+0000");
    let newest = "2026-09-01T00:00:00.000Z";
    let before = [("003A", "VP Sales", newest), ("003B", "CFO", old), ("003C", "VP Sales", old), ("003D", "CFO", old)];
    site.write("Contact.csv", stamped(&before));
    site.scan_with("2026-09-07T07:00:00Z", &["--delta"]);

    // B was changed without a word, C is gone, D says so: the next full scan finds the first two.
    let after = [("003A", "VP Sales", new), ("003B", "Chief Executive Officer", old), ("003D", "Assistant", new)];
    site.write("Contact.csv", stamped(&after));
    let delta = site.scan_with("2026-10-05T07:00:00Z", &["--delta"]);
    assert_eq!((delta.number("touched"), delta.number("changed"), delta.number("contacts")), (2, 1, 4), "{delta:?}");
    assert_eq!(site.concerned(), ["003D"]);

    let full = site.scan("2026-10-06T07:00:00Z");
    assert_eq!(full.number("changed"), 2);
    assert_eq!(site.concerned(), ["003B", "003C", "003D"]);
}

#[test]
fn a_delta_scan_sees_who_was_deleted_where_the_crm_says_so_and_only_once() {
    let site = Site::bare();
    site.write("Account.csv", ACCOUNTS);
    let rows = |deleted: &str| {
        let stamp = if deleted == "true" { "2026-10-01T12:00:00.000Z" } else { "2026-08-01T00:00:00.000Z" };
        let head = "Id,AccountId,FirstName,LastName,Title,Email,SystemModstamp,IsDeleted";
        let rows = [("003A", "VP Sales", stamp, deleted), ("003B", "CFO", "2026-08-01T00:00:00.000Z", "false")];
        let row = |(id, title, stamp, deleted)| {
            format!("{id},001A,Dana,Fox{id},{title},{id}@northwind.example,{stamp},{deleted}")
        };
        format!("{head}\n{}\n", rows.map(row).join("\n"))
    };
    site.write("Contact.csv", rows("false"));
    site.scan_with("2026-09-07T07:00:00Z", &["--delta"]);
    site.write("Contact.csv", rows("true"));
    let delta = site.scan_with("2026-10-05T07:00:00Z", &["--delta"]);
    assert_eq!(delta.number("changed"), 1, "{delta:?}");
    assert_eq!(site.concerned(), ["003A"]);
    assert_eq!(site.scan_with("2026-10-06T07:00:00Z", &["--delta"]).number("changed"), 0);
    assert_eq!(site.scan("2026-10-07T07:00:00Z").number("changed"), 0);
}

#[test]
fn a_delta_scan_of_an_export_without_times_looks_at_everything() {
    let site = Site::new();
    site.scan("2026-09-07T07:00:00Z");
    let delta = site.scan_with("2026-10-05T07:00:00Z", &["--delta"]);
    assert_eq!(delta.number("contacts"), 5);
    assert!(!delta.out.contains("touched"), "{}", delta.out);
}

#[test]
fn a_renamed_account_is_seen_by_a_delta_scan_although_its_people_were_not_touched() {
    let site = Site::bare();
    let accounts = |name: &str, stamp: &str| format!("Id,Name,Type,SystemModstamp\n001A,{name},Customer,{stamp}\n");
    let (old, new) = ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z");
    site.write("Account.csv", accounts("Northwind Traders", old));
    site.write("Contact.csv", stamped(&[("003A", "VP Sales", old), ("003B", "CFO", old)]));
    site.scan("2026-09-07T07:00:00Z");
    site.write("Account.csv", accounts("Contoso", new));
    let delta = site.scan_with("2026-10-05T07:00:00Z", &["--delta"]);
    assert_eq!((delta.number("touched"), delta.number("changed"), delta.number("silenced")), (2, 2, 2), "{delta:?}");
}

#[test]
fn a_request_for_another_pass_than_there_are_is_refused() {
    let tick = |pass: &str| {
        let detail = format!(r#"{{"pass":"{pass}"}}"#);
        format!(
            r#"{{"id":"1","detail-type":"x","source":"aws.scheduler","time":"2026-11-02T07:00:00Z","resources":[],"detail":{detail}}}"#
        )
    };
    assert_eq!(envelope::scan_requested(&tick("delta")).unwrap().pass, Pass::Delta);
    assert!(envelope::scan_requested(&tick("fulll")).is_err());
}
