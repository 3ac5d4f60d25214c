//! What people live through with Baton, one sentence a test.

use domain::case::{Case, State};
use domain::finding::Verdict;
use domain::messages::QueueName;
use domain::notice::Progress;
use domain::ports::Queue;
use futures_executor::block_on;

use crate::app::{Mail, TestApp, is_about, sentence};
use crate::binary::{baton, succeed};
use crate::world::World;

const MAYA: &str = "maya@us.example";
const NOAH: &str = "noah@us.example";
const TOM: &str = "tom@us.example";

/// Two customers: Maya's Northwind with four people, and Noah's Fabrikam with three. Tom is the manager of both.
fn two_customers() -> World {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya").renews("2026-12-01");
    world.account("Fabrikam", "Noah");
    world.user("Tom");
    world.manages("Tom", "Maya");
    world.manages("Tom", "Noah");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world.person("Tom Weiss", "IT Director", "Northwind Traders");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    world.person("Ines Duarte", "Head of Logistics", "Fabrikam").role("Champion");
    world.person("Kofi Mensah", "Procurement Manager", "Fabrikam");
    world.person("Ola Berg", "Warehouse Manager", "Fabrikam");
    world
}

/// Both customers, seen once.
fn seen_once() -> TestApp {
    let app = TestApp::new(two_customers());
    app.scan("2026-09-01");
    app
}

fn recipients(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.to.as_str()).collect()
}

#[track_caller]
fn assert_nobody_was_told(app: &TestApp) {
    assert_eq!(app.files().keys().collect::<Vec<_>>(), Vec::<&String>::new());
}

/// The files, the cases and the accounts' audit chains: everything but the note that a scan was made.
fn standing(app: &TestApp) -> impl PartialEq + std::fmt::Debug + use<> {
    let audit: Vec<_> = app.audit().into_iter().filter(|entry| !entry.chain.starts_with("SCAN#")).collect();
    (app.files().into_keys().collect::<Vec<_>>(), app.cases(), audit)
}

#[test]
fn the_first_sight_of_a_crm_alerts_nobody() {
    let app = TestApp::new(two_customers());
    let scanned = app.scan("2026-09-01");
    assert_eq!((scanned.record.contacts, scanned.record.first_seen, scanned.record.changed), (7, 7, 0));
    assert_eq!(app.cases(), []);
    assert_nobody_was_told(&app);
}

#[test]
fn the_second_scan_finds_who_has_left_and_tells_the_owner_on_every_channel() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    let scanned = app.scan("2026-10-01");

    assert_eq!((scanned.record.changed, scanned.record.alerted), (1, 1));
    let case = app.case();
    assert_eq!((case.state, case.finding.verdict), (State::Notified, Verdict::Departed));
    assert_eq!(case.subject.name.reveal(), "Dana Fox");
    let subject = "Dana Fox has left Northwind Traders: renewal in 61 days, no champion left";
    let mails = app.mails();
    assert_eq!(recipients(&mails), [MAYA]);
    assert_eq!(mails[0].subject, subject);
    let slack = app.slack();
    assert_eq!((slack.len(), slack[0].to.as_str()), (1, MAYA));
    assert!(slack[0].text.starts_with(subject), "{}", slack[0].text);
    let states: Vec<State> = app.events().iter().map(|event| event.state).collect();
    assert_eq!(states, [State::Detected, State::Enriched, State::Planned, State::Notified]);
}

#[test]
fn the_alert_says_how_the_account_stands() {
    let mut world = two_customers();
    let account = world.account_mut("Northwind Traders");
    "184000".clone_into(&mut account.value);
    "62".clone_into(&mut account.health);
    world.opportunity("Northwind Traders", "Second warehouse", 40_000, "2026-11-30");
    world.ticket("Northwind Traders", "Import fails", "High");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    let facts = app.deliveries().remove(0).notice.account.unwrap().facts;
    let expected = [
        "health 62",
        "$184,000 a year",
        "renewal 1 Dec 2026, in 61 days",
        "1 open opportunity $40,000",
        "1 open case, 1 high",
    ];
    assert_eq!(facts, expected);
    let files = app.files();
    let slack = files.iter().find(|(path, _)| path.ends_with(".json")).map(|(_, file)| String::from_utf8_lossy(file));
    assert!(expected.iter().all(|fact| slack.as_ref().unwrap().contains(fact)), "{slack:#?}");
}

#[test]
fn the_crm_gets_one_note_and_one_task_for_each_step_of_the_plan() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    app.scan("2026-10-02");

    let rows = app.log_rows();
    let steps = app.case().plan.unwrap().steps;
    assert!(!steps.is_empty());
    assert_eq!(rows.len(), 1 + steps.len());
    assert_eq!((rows[0].status.as_str(), rows[0].contact.as_str()), ("Completed", "003C000001"));
    assert!(rows[1..].iter().all(|row| row.status == "Not Started" && row.account == "001A000001"), "{rows:#?}");
    let tasks: Vec<&str> = rows[1..].iter().map(|row| row.subject.as_str()).collect();
    assert_eq!(tasks, steps.iter().map(|step| step.what.reveal()).collect::<Vec<_>>());
}

#[test]
fn the_same_scan_again_finds_nothing_new() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.world.moves("Kofi Mensah", "Northwind Traders");
    let first = app.scan("2026-10-01");
    let before = standing(&app);
    let repeated = app.scan("2026-10-01");
    assert_eq!((repeated.record, repeated.pumped.handled), (first.record, 0));
    assert_eq!(standing(&app), before);
    for day in ["2026-10-02", "2026-10-03"] {
        let again = app.scan(day);
        assert_eq!((again.record.changed, again.pumped.handled), (0, 0), "{day}");
        assert_eq!(standing(&app), before, "{day}");
    }
}

#[test]
fn a_change_that_is_taken_back_clears_its_case_and_says_so_in_the_same_thread() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    let (alert, post) = (app.mails().remove(0), app.slack().remove(0));
    app.world.person_mut("Dana Fox").left = false;
    app.scan("2026-10-08");

    assert_eq!(app.case().state, State::Cleared);
    let mails = app.mails();
    assert_eq!(recipients(&mails), [MAYA, MAYA]);
    let answer = mails.iter().find(|mail| **mail != alert).unwrap();
    assert_eq!(answer.subject, "Taken back: Dana Fox at Northwind Traders");
    assert_eq!(answer.in_reply_to.as_ref(), Some(&alert.message_id));
    let slack = app.slack();
    assert_eq!(slack.len(), 2);
    let answer = slack.iter().find(|other| other.ts != post.ts).unwrap();
    assert_eq!((answer.to.as_str(), answer.thread_ts.as_ref()), (MAYA, Some(&post.ts)));
    let alert = slack.iter().find(|other| other.ts == post.ts).unwrap();
    assert!(alert.text.contains("Taken back on 8 Oct"), "what was posted says so too: {}", alert.text);
    let notes: Vec<_> = app.log_rows().into_iter().filter(|row| row.status == "Completed").collect();
    let states = notes.iter().filter(|row| row.subject.starts_with("Baton: Taken back on 8 Oct"));
    assert_eq!(
        (notes.len(), states.count()),
        (3, 1),
        "the CRM is told of both, and how the case has ended: {notes:#?}"
    );
}

#[test]
fn a_scan_in_shadow_records_everything_and_tells_nobody() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    let scanned = app.scan_shadow("2026-10-01");

    assert!(scanned.record.shadow);
    let case = app.case();
    assert_eq!((case.state, case.finding.verdict), (State::Planned, Verdict::Departed));
    assert_nobody_was_told(&app);
    let deliveries = app.deliveries();
    assert_eq!(deliveries.len(), 3);
    for delivery in deliveries {
        assert_eq!(delivery.notice.recipient.email.reveal(), MAYA);
        assert!(matches!(delivery.progress, Progress::Withheld { ref reason } if reason.contains("shadow")));
    }
}

#[test]
fn only_watched_people_of_active_accounts_are_reported() {
    let mut world = two_customers();
    world.account("Contoso", "Noah").kind = "Prospect".to_owned();
    world.person("Una Prospect", "CEO", "Contoso");
    world.person("Nils Untitled", "", "Fabrikam");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.person_mut("Una Prospect").left = true;
    app.world.person_mut("Nils Untitled").left = true;
    let scanned = app.scan("2026-10-01");
    assert_eq!(scanned.record.changed, 2, "both were seen");
    assert_eq!(app.cases(), []);
    assert_nobody_was_told(&app);
}

#[test]
fn where_the_owner_has_left_us_the_manager_is_told_and_else_the_default_recipient() {
    for (tom_active, told) in [(true, TOM), (false, "csm@localhost")] {
        let mut app = seen_once();
        app.world.user_mut("Maya").active = false;
        app.world.user_mut("Tom").active = tom_active;
        app.world.person_mut("Dana Fox").left = true;
        app.scan("2026-10-01");
        assert_eq!(recipients(&app.mails()), [told]);
        assert_eq!(app.slack().iter().map(|post| post.to.as_str()).collect::<Vec<_>>(), [told]);
    }
}

#[test]
fn a_mover_between_two_of_our_accounts_makes_one_case_and_a_notice_for_the_gaining_owner() {
    let mut app = seen_once();
    app.world.moves("Dana Fox", "Fabrikam");
    app.scan("2026-10-01");

    let case = app.case();
    assert_eq!((case.finding.verdict, case.account_name.as_str()), (Verdict::Moved, "Northwind Traders"));
    assert_eq!(case.gained_by.map(|id| id.to_string()).as_deref(), Some("001A000002"));
    let mails = app.mails();
    assert_eq!(recipients(&mails), [MAYA, NOAH]);
    assert!(mails[0].subject.starts_with("Dana Fox has moved from Northwind Traders to Fabrikam"), "{mails:#?}");
    assert_eq!(mails[1].subject, "Dana Fox has come to Fabrikam from Northwind Traders");
    assert_eq!(app.slack().len(), 2);
}

#[test]
fn the_owner_of_both_accounts_is_told_of_a_mover_once() {
    let mut world = two_customers();
    world.account_mut("Fabrikam").owner = world.account_mut("Northwind Traders").owner.clone();
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.moves("Dana Fox", "Fabrikam");
    app.scan("2026-10-01");
    assert_eq!(recipients(&app.mails()), [MAYA]);
    assert_eq!(app.slack().len(), 1);
}

#[test]
fn an_account_that_is_renamed_alerts_nobody() {
    let mut app = seen_once();
    app.world.account_mut("Northwind Traders").name = "Boreas Trading".to_owned();
    let scanned = app.scan("2026-10-01");
    assert_eq!((scanned.record.changed, scanned.record.silenced), (4, 4));
    assert_eq!(app.cases(), []);
    assert_nobody_was_told(&app);
    let reasons = app.silenced();
    assert!(reasons.iter().all(|silenced| silenced.reason.contains("renamed")), "{reasons:#?}");
}

#[test]
fn contacts_that_wander_between_two_records_of_one_company_alert_nobody() {
    let mut world = two_customers();
    let twin = world.account("Northwind Traders Inc.", "Noah").id.clone();
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    for name in ["Dana Fox", "Lee Park"] {
        app.world.person_mut(name).account.clone_from(&twin);
    }
    let scanned = app.scan("2026-10-01");
    assert_eq!((scanned.record.changed, scanned.record.silenced), (2, 2));
    assert_eq!(app.cases(), []);
    assert_nobody_was_told(&app);
}

#[test]
fn a_person_who_leaves_comes_back_and_leaves_again_makes_two_cases() {
    let mut app = seen_once();
    for (day, left) in [("2026-10-01", true), ("2026-10-08", false), ("2026-10-15", true)] {
        app.world.person_mut("Dana Fox").left = left;
        app.scan(day);
    }
    let cases = app.cases();
    let stories: Vec<_> = cases.iter().map(|case| (case.finding.verdict, case.occurrence, case.state)).collect();
    assert_eq!(
        stories,
        [(Verdict::Departed, 0, State::Cleared), (Verdict::Departed, 1, State::Notified)],
        "the return took the first case back"
    );
    assert_ne!(cases[0].id, cases[1].id);
    assert_eq!(recipients(&app.mails()), [MAYA, MAYA, MAYA]);
}

#[test]
fn a_person_who_comes_back_after_the_case_was_closed_is_news() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    for answer in ["got-it", "done"] {
        succeed(baton().args(["answer", app.case().id.as_str(), answer, "--state"]).arg(app.state()));
    }
    assert_eq!(app.case().state, State::Closed);
    app.world.person_mut("Dana Fox").left = false;
    app.scan("2026-12-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2027-01-11");

    let stories: Vec<_> = app.cases().iter().map(|case| (case.finding.verdict, case.occurrence)).collect();
    assert_eq!(stories, [(Verdict::Departed, 0), (Verdict::Arrived, 1), (Verdict::Departed, 2)]);
    assert_eq!(app.mails().len(), 3);
}

#[test]
fn an_arrival_stays_an_arrival_when_the_new_record_is_tidied() {
    let mut app = seen_once();
    app.world.person("Rosa Vidal", "Chief Information Officer", "Northwind Traders");
    app.scan("2026-10-01");
    app.world.person_mut("Rosa Vidal").title = "CIO".to_owned();
    app.scan("2026-10-08");

    let case = app.case();
    assert_eq!((case.finding.verdict, case.state), (Verdict::Arrived, State::Notified));
    assert_eq!(app.mails().len(), 1);
}

#[test]
fn a_record_that_was_merged_into_another_one_of_the_same_person_alerts_nobody() {
    let mut world = two_customers();
    world.person("Dana Fox", "VP of Operations", "Northwind Traders");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.delete("Dana Fox");
    let scanned = app.scan("2026-10-01");
    assert_eq!(scanned.record.silenced, 1);
    assert_eq!(app.cases(), []);
    assert_nobody_was_told(&app);
}

#[test]
fn a_record_that_was_deleted_is_held_for_a_look_and_mentioned_once() {
    let mut app = seen_once();
    app.world.delete("Lee Park");
    app.scan("2026-10-01");
    let again = app.scan("2026-10-02");
    assert_eq!(again.record.changed, 0);
    assert_eq!(app.case().state, State::Held);
    assert_nobody_was_told(&app);
}

#[test]
fn more_signs_that_a_person_has_left_who_is_known_to_have_left_are_written_to_the_case_and_told_nobody() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    app.world.person_mut("Dana Fox").bounced = "2026-10-05";
    app.scan("2026-10-08");
    app.world.delete("Dana Fox");
    app.scan("2026-10-15");
    assert_eq!(app.case().state, State::Notified);
    assert_eq!(app.mails().len(), 1);
    assert_eq!((app.case().continued, app.silenced().len()), (1, 1));
    assert!(app.case().finding.evidence.iter().any(|fact| fact.source == "Contact.EmailBounced"));
}

#[test]
fn a_single_weak_sign_is_held_and_a_second_one_sends_the_same_case_on_its_way() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").bounced = "2026-09-20";
    app.scan("2026-10-01");
    assert_eq!((app.case().state, app.case().finding.verdict), (State::Held, Verdict::Unclear));
    assert_nobody_was_told(&app);
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-08");
    let case = app.case();
    assert_eq!((case.state, case.finding.verdict, case.continued), (State::Notified, Verdict::Departed, 1));
    assert_eq!(recipients(&app.mails()), [MAYA]);
}

#[test]
fn what_is_less_likely_than_the_threshold_is_held_with_both_numbers() {
    let mut app = TestApp::configured(two_customers(), "[alert]\nthreshold = 0.95\n");
    app.scan("2026-09-01");
    app.world.person("Vera Novak", "Chief Operating Officer", "Fabrikam");
    app.scan("2026-10-01");
    let case = app.case();
    assert_eq!((case.state, case.finding.verdict), (State::Held, Verdict::Arrived));
    assert_eq!(case.because, "93 % sure; 95 % are needed to tell somebody");
    assert_nobody_was_told(&app);
}

#[test]
fn a_contact_whose_row_is_broken_is_neither_changed_nor_gone() {
    for broken in ["{id},001A000001", "{id},001A999999,Dana Fox,CEO,,,,false", "{id},001A000001,Dana \u{fffd},x,,,,,,,"]
    {
        let mut app = seen_once();
        app.world.person_mut("Dana Fox").broken = Some(broken);
        let scanned = app.scan("2026-10-01");
        assert_eq!((scanned.record.contacts, scanned.record.changed), (6, 0), "{broken}");
        assert_eq!(scanned.set_aside.len(), 1, "{broken}: {:#?}", scanned.set_aside);
        assert_eq!((scanned.set_aside[0].file.as_str(), scanned.set_aside[0].row), ("Contact.csv", 2), "{broken}");
        app.world.person_mut("Dana Fox").broken = None;
        assert_eq!(app.scan("2026-10-02").record.changed, 0, "{broken}");
        assert_nobody_was_told(&app);
    }
}

#[test]
fn where_a_row_has_lost_its_id_nobody_is_taken_for_gone() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").broken = Some(",001A000001,Dana Fox,VP Operations,,,,false");
    app.world.delete("Lee Park");
    let scanned = app.scan("2026-10-01");
    assert_eq!(scanned.record.changed, 0);
    assert_eq!(app.cases(), []);
}

#[test]
fn a_message_that_cannot_be_read_is_given_up_with_the_reason_and_holds_up_nothing() {
    let mut app = seen_once();
    {
        let plant = app.plant("2026-10-01");
        let bodies = ["not json".to_owned(), r#"{"schema":99,"id":"m"}"#.to_owned()];
        block_on(plant.queue.send(QueueName::Changes, &bodies, plant.clock.now())).unwrap();
    }
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    assert_eq!(app.case().state, State::Notified);
    let reasons: Vec<String> = app.dead_letters().into_iter().map(|letter| letter.reason).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].contains("not a message") && reasons[1].contains("schema 99"), "{reasons:#?}");
}

#[test]
fn the_same_exports_played_into_a_fresh_state_give_the_same_bytes() {
    let play = || {
        let mut app = seen_once();
        app.world.person_mut("Dana Fox").left = true;
        app.world.moves("Kofi Mensah", "Northwind Traders");
        app.scan("2026-10-01");
        app.world.person_mut("Dana Fox").left = false;
        app.world.person_mut("Ines Duarte").title = "Chief Operating Officer".to_owned();
        app.scan("2026-10-08");
        app
    };
    let (one, two) = (play(), play());
    assert!(one.files().len() > 12, "{:#?}", one.files().keys());
    assert_eq!(one.files(), two.files());
    assert_eq!(one.cases(), two.cases());
    assert_eq!(one.audit(), two.audit());
}

/// Sixty people, thirty of whom are marked as gone at once.
fn a_bulk_change() -> TestApp {
    let mut app = TestApp::new(sixty_people());
    app.scan("2026-09-01");
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    app
}

fn sixty_people() -> World {
    let mut world = World::default();
    for account in 0..6 {
        world.account(&format!("Customer{account} Ltd"), "Maya");
        for person in 0..10 {
            world.person(&format!("Given{person} Family{account}"), "Manager", &format!("Customer{account} Ltd"));
        }
    }
    world
}

fn only_the_administrator_was_told(app: &TestApp) {
    assert_eq!(recipients(&app.mails()), ["admin@localhost"]);
    assert_eq!(app.slack().iter().map(|post| post.to.as_str()).collect::<Vec<_>>(), ["admin@localhost"]);
    assert_eq!(app.log_rows(), []);
}

#[test]
fn many_changes_at_once_alert_nobody_and_the_administrator_hears_once() {
    let app = a_bulk_change();
    let scanned = app.scan("2026-10-01");
    assert_eq!((scanned.record.alerted, scanned.record.held), (0, 30));
    assert!(app.cases().iter().all(|case| case.state == State::Held), "{:#?}", app.cases().iter().map(sentence));
    only_the_administrator_was_told(&app);
    let brake = |entry: &&domain::audit::Entry| entry.action == "stopped by the brake";
    assert_eq!(app.audit().iter().filter(brake).count(), 1);
    app.scan("2026-10-02");
    only_the_administrator_was_told(&app);
}

#[test]
fn two_scans_that_the_brake_stops_are_two_notices() {
    let mut app = a_bulk_change();
    app.scan("2026-10-01");
    app.world.people_mut().skip(30).for_each(|person| person.left = true);
    app.scan("2026-10-02");
    assert_eq!(recipients(&app.mails()), ["admin@localhost", "admin@localhost"]);
}

#[test]
fn a_truncated_export_declares_nobody_gone() {
    let mut app = TestApp::new(sixty_people());
    app.scan("2026-09-01");
    let whole = app.world.clone();
    for account in 0..6 {
        (0..9).for_each(|person| app.world.delete(&format!("Given{person} Family{account}")));
    }
    let scanned = app.scan("2026-10-01");
    assert_eq!((scanned.record.contacts, scanned.record.changed), (6, 0));
    assert_eq!(scanned.record.brake.as_deref(), Some("54 of 6 contacts are missing"));
    assert_eq!(app.cases(), []);
    only_the_administrator_was_told(&app);
    app.world = whole;
    assert_eq!(app.scan("2026-10-02").record.changed, 0, "and nothing was forgotten");
}

#[test]
fn what_the_brake_has_held_goes_on_its_way_when_a_person_releases_it() {
    let app = a_bulk_change();
    let scan = app.scan("2026-10-01").record.scan;
    let export = format!("export:{}", app.export_dir("2026-10-01").display());
    succeed(baton().args(["brake", "release", scan.as_str(), "--crm", &export, "--state"]).arg(app.state()));
    assert!(app.cases().iter().all(|case| case.state == State::Notified));
    let told = app.mails().into_iter().filter(|mail| mail.to == MAYA);
    assert_eq!(told.count(), 30);
}

#[test]
fn the_notice_of_a_stopped_scan_names_commands_that_work() {
    for (word, state) in [("release", State::Notified), ("discard", State::Dismissed)] {
        let app = a_bulk_change();
        app.scan("2026-10-01");
        let remarks = app.deliveries().remove(0).notice.remarks;
        let source = format!("export:{}", app.export_dir("2026-10-01").display());
        for wanted in ["baton cases".to_owned(), format!("baton brake {word}")] {
            let command = remarks.iter().find_map(|remark| remark.reveal().split_once(&wanted)).unwrap().1;
            let rest = command.split_whitespace().map(|part| if part == "SOURCE" { &source } else { part });
            succeed(baton().args(wanted.split(' ').skip(1)).args(rest).arg("--state").arg(app.state()));
        }
        assert!(app.cases().iter().all(|case| case.state == state), "{word}");
    }
}

#[test]
fn what_the_brake_has_held_is_dismissed_when_a_person_discards_it() {
    let app = a_bulk_change();
    let scan = app.scan("2026-10-01").record.scan;
    succeed(baton().args(["brake", "discard", scan.as_str(), "--state"]).arg(app.state()));
    assert!(app.cases().iter().all(|case| case.state == State::Dismissed));
    only_the_administrator_was_told(&app);
}

#[test]
fn the_brake_leaves_alone_what_an_earlier_scan_has_told() {
    let mut app = TestApp::new(sixty_people());
    app.scan("2026-09-01");
    app.world.person_mut("Given9 Family5").left = true;
    app.scan("2026-09-08");
    app.world.people_mut().take(30).for_each(|person| person.left = true);
    app.scan("2026-10-01");
    let told: Vec<Case> = app.cases().into_iter().filter(|case| case.state == State::Notified).collect();
    assert_eq!(told.len(), 1);
    assert!(is_about(&told[0], "003C000060"));
}
