//! What people live through when the brake has stopped a scan, and when a process ends in the middle of one.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use baton::adapters::SqliteStore;
use baton::plant::Works;
use domain::case::{Case, State};
use domain::ports::{Commit, Committed, Consistency, Item, Key, Query, Row, Store, StoreError};
use domain::records::ScanRecord;
use futures_executor::block_on;

use crate::app::{TestApp, is_about, request};
use crate::binary::{baton, succeed};
use crate::slack_vendor::expect_valid;
use crate::world::World;

/// Later than any clock this is run by: commands that read the clock are followed by scans on this day and the next.
const LATER: [&str; 2] = ["2099-10-01", "2099-10-02"];

/// Six customers with ten people each, seen once.
fn sixty_people() -> TestApp {
    let mut world = World::default();
    for account in 0..6 {
        let name = format!("Customer{account} Ltd");
        world.account(&name, "Maya");
        for person in 0..10 {
            world.person(&format!("Given{person} Family{account}"), "Manager", &name);
        }
    }
    let app = TestApp::new(world);
    app.scan("2026-09-01");
    app
}

fn delete(app: &mut TestApp, people: std::ops::Range<usize>) {
    for account in 0..5 {
        people.clone().for_each(|person| app.world.delete(&format!("Given{person} Family{account}")));
    }
}

/// An honest purge: forty of the sixty are deleted at once, and the brake has stopped the scan that saw it.
fn a_purge() -> (TestApp, ScanRecord) {
    let mut app = sixty_people();
    delete(&mut app, 0..8);
    let stopped = app.scan("2026-10-01").record;
    assert_eq!(stopped.brake.as_deref(), Some("40 of 20 contacts are missing"));
    (app, stopped)
}

fn brake(app: &TestApp, what: &str, scan: &ScanRecord) -> String {
    let export = format!("export:{}", app.export_dir("2026-10-01").display());
    succeed(baton().args(["brake", what, scan.scan.as_str(), "--crm", &export, "--state"]).arg(app.state()))
}

#[test]
fn a_purge_that_a_person_releases_is_judged_by_the_next_scan_and_is_over_then() {
    let (app, stopped) = a_purge();
    expect_valid(&[&app.outbox().join("slack")], 1);
    let said = brake(&app, "release", &stopped);
    assert!(said.contains("40 contacts are missing: the next scan judges them as deleted"), "{said}");

    let next = app.scan(LATER[0]).record;
    assert_eq!((next.brake, next.changed), (None, 40));
    assert_eq!(next.alerted + next.held + next.silenced, 40, "each of them was judged");
    let after = app.scan(LATER[1]).record;
    assert_eq!((after.brake, after.changed), (None, 0));
}

#[test]
fn a_purge_that_a_person_discards_is_taken_up_by_the_next_scan_and_nobody_is_told() {
    let (app, stopped) = a_purge();
    let said = brake(&app, "discard", &stopped);
    assert!(said.contains("marks them as deleted and tells nobody"), "{said}");

    let next = app.scan(LATER[0]).record;
    assert_eq!((next.brake, next.changed, next.alerted, next.held, next.silenced), (None, 40, 0, 0, 0));
    assert_eq!(app.cases(), []);
    assert_eq!(app.audit().iter().filter(|entry| entry.action == "marked as deleted").count(), 1);
    assert_eq!(app.scan(LATER[1]).record.changed, 0);
}

#[test]
fn every_notice_of_a_purge_can_be_answered_not_only_the_latest() {
    let (app, first) = a_purge();
    let second = app.scan("2026-10-02").record;
    assert!(second.brake.is_some());
    brake(&app, "discard", &first);
    assert_eq!(app.scan(LATER[0]).record.brake, None);
}

#[test]
fn a_release_covers_as_many_missing_contacts_as_the_notice_named_and_no_more() {
    let (mut app, stopped) = a_purge();
    brake(&app, "release", &stopped);
    delete(&mut app, 8..10);
    let next = app.scan(LATER[0]).record;
    assert_eq!((next.brake.as_deref(), next.changed), (Some("50 of 10 contacts are missing"), 0));
}

#[test]
fn contacts_that_are_back_leave_nothing_to_answer() {
    let mut app = sixty_people();
    let whole = app.world.clone();
    delete(&mut app, 0..8);
    let stopped = app.scan("2026-10-01").record;
    app.world = whole;
    assert_eq!(app.scan("2026-10-02").record.brake, None);
    let refused =
        baton().args(["brake", "discard", stopped.scan.as_str(), "--state"]).arg(app.state()).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("the brake holds nothing"), "{said}");
}

#[test]
fn two_exports_scanned_for_the_same_time_are_two_scans_and_the_second_notice_is_not_lost() {
    let mut app = sixty_people();
    let scan = |app: &TestApp, name: &str| {
        let dir = app.export_dir(name);
        app.world.export(&dir);
        let source = format!("export:{}", dir.display());
        let now = ["--now", "2026-10-01T07:00:00Z"];
        (succeed(baton().args(["scan", "--crm", &source]).args(now).arg("--state").arg(app.state())), source)
    };
    scan(&app, "whole");
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    let (said, source) = scan(&app, "changed");
    assert!(said.contains("Everything is held; the administrator was told how to go on."), "{said}");
    assert!(said.contains(&format!("`baton brake release scan-20261001T070000Z-2 --crm {source}`")), "{said}");

    let made: Vec<(String, bool)> =
        app.scans().into_iter().skip(1).map(|scan| (scan.scan.to_string(), scan.brake.is_some())).collect();
    let expected = [("scan-20261001T070000Z", false), ("scan-20261001T070000Z-2", true)];
    assert_eq!(made, expected.map(|(scan, stopped)| (scan.to_owned(), stopped)));
    assert_eq!(app.mails().len(), 1, "the administrator was told");
}

#[test]
fn a_scan_that_the_brake_stops_in_shadow_says_how_to_go_on_and_claims_not_that_somebody_was_told() {
    let mut app = sixty_people();
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    let dir = app.export_dir("2026-10-01");
    app.world.export(&dir);
    let source = format!("export:{}", dir.display());
    let words = ["scan", "--shadow", "--now", "2026-10-01T07:00:00Z", "--crm", &source, "--state"];
    let said = succeed(baton().args(words).arg(app.state()));
    assert!(said.contains("Everything is held.\n") && !said.contains("administrator"), "{said}");
    for what in ["release", "discard"] {
        assert!(said.contains(&format!("`baton brake {what} scan-20261001T070000Z --crm {source}`")), "{what}: {said}");
    }
    assert_eq!(app.mails().len(), 0);
}

#[test]
fn the_same_tick_twice_is_one_scan() {
    let mut app = sixty_people();
    app.world.people_mut().take(3).for_each(|person| person.left = true);
    let first = app.scan("2026-10-01").record;
    let (notes, again) = (app.audit().len(), app.scan("2026-10-01").record);
    assert_eq!(again, first);
    assert_eq!((app.scans().len(), app.audit().len()), (2, notes));
}

#[test]
fn a_tick_that_comes_again_after_a_later_scan_is_answered_and_not_given_up() {
    let app = sixty_people();
    let first = app.scan("2026-10-01").record;
    app.scan("2026-10-02");
    assert_eq!(app.scan("2026-10-01").record, first);
}

#[test]
fn a_scan_that_dies_at_any_commit_counts_what_it_did_before_and_after() {
    let changed = || {
        let mut app = sixty_people();
        app.world.people_mut().take(2).for_each(|person| person.left = true);
        app.world.people_mut().skip(2).take(40).for_each(|person| person.title = "Mgr.".to_owned());
        app
    };
    let record = changed().scan("2026-10-01").record;
    assert_eq!((record.changed, record.alerted, record.silenced), (42, 2, 40));
    for commits in 1..8 {
        let app = changed();
        dies_after(&app, "2026-10-01", commits);
        assert_eq!(app.scan("2026-10-01").record, record, "after {commits} commits");
    }
}

#[test]
fn what_was_held_before_and_after_a_crash_is_released_with_one_command() {
    let mut app = sixty_people();
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    dies_after(&app, "2026-10-01", 4);
    assert!((1..30).contains(&app.cases().len()), "some were written");

    app.scan("2026-10-02");
    let record = app.scans().into_iter().find(|scan| scan.brake.is_some()).unwrap();
    assert_eq!((record.scan.as_str(), record.held), ("scan-20261001T070000Z", 30));
    let notice = app.deliveries().remove(0).notice;
    assert!(
        notice.remarks.iter().any(|remark| remark.reveal().starts_with("30 findings are held")),
        "{:?}",
        notice.remarks
    );
    let said = brake(&app, "release", &record);
    assert!(said.contains("30 cases were released"), "{said}");
    assert!(app.cases().iter().all(|case| case.state == State::Notified));
}

#[test]
fn a_crash_in_the_first_sight_of_an_account_makes_no_newcomers_of_its_people() {
    let mut app = sixty_people();
    for account in ["Northwind Traders", "Fabrikam"] {
        app.world.account(account, "Noah");
        for person in ["Ola Berg", "Dana Fox", "Priya Nair"] {
            app.world.person(&format!("{person} {account}"), "VP Operations", account);
        }
    }
    dies_after(&app, "2026-10-01", 4);
    app.scan("2026-10-02");
    let found: Vec<(u64, u64, u64)> = app.scans().iter().map(|s| (s.first_seen, s.alerted, s.held)).collect();
    assert_eq!(found, [(60, 0, 0), (6, 0, 0), (0, 0, 0)]);
}

#[test]
fn a_case_that_is_held_for_being_unsure_goes_on_its_way_when_a_person_confirms_it() {
    let mut app = sixty_people();
    app.world.person_mut("Given0 Family0").bounced = "2026-09-20";
    app.scan("2026-10-01");
    let case = app.case();
    assert_eq!((case.state, &case.brake), (State::Held, &None));

    let answer = |answer: &str| baton().args(["answer", case.id.as_str(), answer, "--state"]).arg(app.state()).output();
    let refused = String::from_utf8(answer("got-it").unwrap().stderr).unwrap();
    assert!(refused.contains("the case is held for review: confirm it, or say that it is not a change"), "{refused}");
    let said = String::from_utf8(answer("confirm").unwrap().stdout).unwrap();
    assert!(said.contains("is detected; the next `baton scan` tells the person responsible"), "{said}");
    app.scan(LATER[0]);
    assert_eq!(app.case().state, State::Notified);
    assert_eq!(app.mails().len(), 1);
}

#[test]
fn what_is_released_goes_to_the_outbox_that_is_named() {
    let mut app = sixty_people();
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    let stopped = app.scan("2026-10-01").record;
    let export = format!("export:{}", app.export_dir("2026-10-01").display());
    let elsewhere = app.state().join("elsewhere");
    let words = ["brake", "release", stopped.scan.as_str(), "--crm", &export, "--state"];
    succeed(baton().args(words).arg(app.state()).arg("--outbox").arg(&elsewhere));
    assert_eq!(std::fs::read_dir(elsewhere.join("mail")).unwrap().count(), 30);
    assert_eq!(app.mails().len(), 1, "only the administrator's is in the other one");
}

#[test]
fn a_release_says_what_was_given_up_meanwhile_and_asks_for_a_look() {
    let mut app = sixty_people();
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    let stopped = app.scan("2026-10-01").record;
    let junk = "INSERT INTO message (queue, body, visible) VALUES ('changes', 'junk', 0)";
    app.sqlite().execute(junk, []).unwrap();
    let export = format!("export:{}", app.export_dir("2026-10-01").display());
    let words = ["brake", "release", stopped.scan.as_str(), "--crm", &export, "--state"];
    let released = baton().args(words).arg(app.state()).output().unwrap();
    let said = String::from_utf8_lossy(&released.stdout).into_owned();
    assert_eq!(released.status.code(), Some(3), "{said}");
    assert!(said.contains("30 cases were released") && said.contains("Given up: "), "{said}");
    assert_eq!(app.dead_letters().len(), 1);
}

#[test]
fn a_command_that_answers_makes_no_state_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("typo");
    let refuses = |words: &[&str]| {
        let output = baton().args(words).arg("--state").arg(&state).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("there is no state in"), "{words:?}: {said}");
        assert!(!Path::exists(&state), "{words:?}");
    };
    refuses(&["answer", "C-1", "done"]);
    refuses(&["brake", "discard", "scan-1"]);
    refuses(&["dead-letters"]);
    refuses(&["dead-letters", "--redrive"]);
}

#[test]
fn a_case_knows_whose_brake_holds_it() {
    let mut app = sixty_people();
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    let stopped = app.scan("2026-10-01").record;
    let (held, others): (Vec<Case>, Vec<Case>) =
        app.cases().into_iter().partition(|case| case.brake.as_ref() == Some(&stopped.scan));
    assert_eq!((held.len(), others.len()), (30, 0));
    assert!(held.iter().any(|case| is_about(case, "003C000001")));
}

/// A scan whose process is killed after so many commits.
fn dies_after(app: &TestApp, day: &str, commits: usize) {
    let (plant, crm) = (app.plant(day), app.export(day));
    let store = Mortal { store: &plant.store, commits: AtomicUsize::new(commits) };
    let works = Works { store: &store, ..plant.works(&crm) };
    block_on(works.scan(request(day, false), &|_| {})).unwrap_err();
}

/// A store through which only so many commits get.
struct Mortal<'a> {
    store: &'a SqliteStore,
    commits: AtomicUsize,
}

#[async_trait]
impl Store for Mortal<'_> {
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
        let spend = |left: usize| left.checked_sub(1);
        if self.commits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_err() {
            return Err(StoreError::Unavailable("the process was killed".into()));
        }
        self.store.commit(commit).await
    }
}
