//! The weekly digest: to whom, when, of what; and nothing to those of whom there is nothing to say. 9 November 2026 is a Monday.

use std::sync::Arc;

use baton::adapters::NoCrm;
use domain::notice::{Channel, Delivery, Progress, Purpose};
use domain::ports::FixedClock;
use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};
use steward::{OfCrm, Owners};

use crate::app::{TestApp, timestamp};
use crate::world::World;

const CONFIG: &str = "[follow_up]\nremind_after_days = 0\nescalate_after_days = 0\n";

/// Maya in Berlin has Northwind and Fabrikam, Noah in Tokyo has Contoso, Ida has Adatum; Tom in New York is the manager of all.
fn three_people() -> World {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.account("Fabrikam", "Maya");
    world.account("Contoso", "Noah");
    world.account("Adatum", "Ida");
    world.user("Tom").zone = "America/New_York".to_owned();
    world.user_mut("Maya").zone = "Europe/Berlin".to_owned();
    world.user_mut("Noah").zone = "Asia/Tokyo".to_owned();
    for name in ["Maya", "Noah", "Ida"] {
        world.manages("Tom", name);
    }
    for account in ["Northwind Traders", "Fabrikam", "Contoso", "Adatum"] {
        let name = account.split(' ').next().unwrap();
        world.person(&format!("Dana {name}"), "VP Operations", account).role("Champion");
        world.person(&format!("Priya {name}"), "Chief Financial Officer", account).role("Decision Maker");
        world.person(&format!("Lee {name}"), "IT Manager", account);
    }
    world
}

/// On Friday, two have left Maya's accounts and one Noah's.
fn told() -> TestApp {
    let mut app = TestApp::configured(three_people(), CONFIG);
    app.scan("2026-09-01");
    for person in ["Dana Northwind", "Dana Fabrikam", "Dana Contoso"] {
        app.world.person_mut(person).left = true;
    }
    app.scan("2026-11-06");
    assert_eq!(app.cases().len(), 3);
    app
}

fn hours(from: &str, n: i64) -> impl Iterator<Item = Timestamp> + use<> {
    let from = timestamp(from);
    (0..n).map(move |hour| from + SignedDuration::from_hours(hour))
}

/// Every digest mail as `9 Nov 08:00 maya@us.example`.
fn digests(app: &TestApp) -> Vec<(String, Delivery)> {
    let mails =
        app.deliveries().into_iter().filter(|d| d.notice.purpose == Purpose::Digest && d.channel == Channel::Mail);
    let at = |digest: &Delivery| match &digest.progress {
        Progress::Sent { at, .. } => *at,
        other => panic!("{other:?}"),
    };
    let mut mails: Vec<Delivery> = mails.collect();
    mails.sort_by_key(|digest| (at(digest), digest.notice.recipient.email.clone()));
    mails
        .into_iter()
        .map(|d| (format!("{} {}", at(&d).strftime("%-d %b %H:%M"), d.notice.recipient.email.reveal()), d))
        .collect()
}

fn times(app: &TestApp) -> Vec<String> {
    digests(app).into_iter().map(|(when, _)| when).collect()
}

#[test]
fn everybody_with_something_open_and_their_manager_has_one_a_week_at_nine_where_they_are() {
    let app = told();
    app.ticks(hours("2026-11-06T08:00:00Z", 24 * 7));
    assert_eq!(
        times(&app),
        ["9 Nov 00:00 noah@us.example", "9 Nov 08:00 maya@us.example", "9 Nov 14:00 tom@us.example"]
    );
    app.ticks(hours("2026-11-13T08:00:00Z", 24 * 6));
    assert_eq!(times(&app).len(), 6, "and another in the next week");
}

#[test]
fn it_says_what_is_open_and_overdue_and_to_a_manager_who_has_how_much() {
    let app = told();
    app.ticks(hours("2026-11-09T00:00:00Z", 24));
    let digests = digests(&app);
    let subject = |name: &str| {
        let (_, digest) = digests.iter().find(|(when, _)| when.contains(name)).unwrap();
        digest.notice.subject.reveal().to_owned()
    };
    assert_eq!(subject("maya"), "Your week: 2 open cases");
    assert_eq!(subject("tom"), "Your week: 3 open cases of your people");
    let (_, toms) = digests.iter().find(|(when, _)| when.contains("tom")).unwrap();
    let lines: Vec<&str> = toms.notice.sections[0].lines.iter().map(domain::Personal::reveal).collect();
    assert_eq!(lines, ["Maya: 2 open, 2 not answered", "Noah: 1 open, 1 not answered"]);
    let mail = app.mails().into_iter().find(|mail| mail.subject == "Your week: 2 open cases").unwrap();
    assert_eq!((mail.to.as_str(), mail.in_reply_to), ("maya@us.example", None));
    assert!(app.slack().iter().any(|post| post.to == "maya@us.example" && post.text == "Your week: 2 open cases"));
}

#[test]
fn nobody_has_one_of_whom_there_is_nothing_to_say() {
    let app = TestApp::configured(three_people(), CONFIG);
    app.scan("2026-11-06");
    app.ticks(hours("2026-11-06T08:00:00Z", 24 * 7));
    assert_eq!(times(&app), Vec::<String>::new());
    let without = TestApp::configured(three_people(), "[follow_up]\ndigest_day = \"\"\n");
    without.scan("2026-11-06");
    without.ticks(hours("2026-11-09T08:00:00Z", 24));
    assert_eq!(times(&without), Vec::<String>::new());
}

#[test]
fn what_is_held_is_laid_before_the_owner_and_what_was_left_in_silence_is_counted() {
    let mut app = TestApp::configured(three_people(), CONFIG);
    app.scan("2026-09-01");
    app.world.person_mut("Lee Contoso").bounced = "2026-11-05";
    app.world.person_mut("Lee Adatum").title = "I.T. Manager".to_owned();
    app.scan("2026-11-06");
    assert_eq!(app.cases().len(), 1, "one bounce alone is held");
    app.ticks(hours("2026-11-09T00:00:00Z", 24));
    let digests = digests(&app);
    let sections = |name: &str| -> Vec<String> {
        let (_, digest) = digests.iter().find(|(when, _)| when.contains(name)).unwrap();
        digest.notice.sections.iter().map(|section| format!("{}: {}", section.title, section.lines.len())).collect()
    };
    assert_eq!(sections("noah"), ["Held for your review: 1"]);
    assert_eq!(sections("ida"), ["Left in silence: 1 change: 1"]);
    assert_eq!(digests.len(), 2, "{:?}", times(&app));
}

#[test]
fn ticks_that_come_twice_late_or_out_of_order_send_nothing_twice() {
    let app = told();
    let late = SignedDuration::from_hours(23);
    app.ticks(hours("2026-11-08T20:00:00Z", 48).flat_map(|tick| [tick, tick, tick - late, tick]));
    assert_eq!(
        times(&app),
        ["9 Nov 00:00 noah@us.example", "9 Nov 08:00 maya@us.example", "9 Nov 14:00 tom@us.example"]
    );

    let once = told();
    once.tick("2026-11-10T14:00:00Z");
    assert_eq!(times(&once), ["10 Nov 14:00 maya@us.example", "10 Nov 14:00 tom@us.example"], "in Tokyo it is night");
    once.tick("2026-11-11T00:30:00Z");
    assert_eq!(times(&once).len(), 2, "and two days later it is no longer the week's news");
}

#[test]
fn a_digest_goes_to_whoever_is_responsible_now() {
    let mut app = told();
    app.world.user_mut("Noah").active = false;
    app.ticks(hours("2026-11-09T00:00:00Z", 24));
    assert_eq!(times(&app), ["9 Nov 08:00 maya@us.example", "9 Nov 14:00 tom@us.example"]);
    let (_, toms) = digests(&app).pop().unwrap();
    assert_eq!(toms.notice.subject.reveal(), "Your week: 1 open case, 2 open cases of your people");
}

#[test]
fn a_crm_that_cannot_be_asked_is_waited_for_until_the_working_day_ends_and_no_longer() {
    let answered = |from: Option<&str>| {
        let app = told();
        let (plant, crm) = (app.plant("2026-11-09"), app.export("2026-11-09"));
        let mut plant = Some(plant);
        for at in hours("2026-11-09T08:00:00Z", 12) {
            let ticking = plant.take().unwrap().at(Arc::new(FixedClock(at)));
            let can_say = from.is_some_and(|from| at >= timestamp(from));
            let owners: &dyn Owners = if can_say { &OfCrm(&crm) } else { &OfCrm(&NoCrm) };
            let report = block_on(ticking.steward(owners));
            assert_eq!(report.failed, None, "at {at}");
            block_on(ticking.pump(&crm)).unwrap();
            plant = Some(ticking);
        }
        drop(plant);
        times(&app).into_iter().find(|line| line.contains("maya")).unwrap()
    };
    assert_eq!(answered(Some("2026-11-09T11:00:00Z")), "9 Nov 11:00 maya@us.example");
    // At six in the evening the working day ends in Berlin.
    assert_eq!(answered(None), "9 Nov 16:00 maya@us.example");
}
