//! Quiet hours: nobody is disturbed at night, on weekends and on holidays where they are, nothing is lost over it, and the log in the
//! CRM does not wait. 5 November 2026 is a Thursday.

use std::sync::Arc;

use domain::case::State;
use domain::notice::{Channel, Delivery, Progress, Purpose};
use domain::ports::FixedClock;
use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};

use crate::app::{TestApp, timestamp};
use crate::world::World;

const QUIET: &str = "[calendar]\nquiet_from = \"18:00\"\nquiet_until = \"08:00\"\nholidays = [\"2026-11-09\"]\n[follow_up]\n\
    remind_after_days = 0\nescalate_after_days = 0\ndigest_day = \"\"\n";

fn seen_once(zone: &str, config: &str) -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.user_mut("Maya").zone = zone.to_owned();
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    let app = TestApp::configured(world, config);
    app.scan("2026-09-01");
    app
}

/// Dana's leaving is found at seven in the morning UTC of a day.
fn told(day: &str, zone: &str) -> TestApp {
    let mut app = seen_once(zone, QUIET);
    app.world.person_mut("Dana Fox").left = true;
    app.scan(day);
    app
}

fn quarters(from: &str, hours: i64) -> impl Iterator<Item = Timestamp> + use<> {
    let from = timestamp(from);
    (0..hours * 4).map(move |quarter| from + SignedDuration::from_mins(15 * quarter))
}

/// When each was sent: `Slack alert 5 Nov 13:00`, or that it waits.
fn sent(app: &TestApp) -> Vec<String> {
    let line = |delivery: &Delivery| match &delivery.progress {
        Progress::Sent { at, .. } => {
            format!("{} {} {}", delivery.channel, delivery.notice.purpose, at.strftime("%-d %b %H:%M"))
        }
        Progress::Due => format!("{} {} waits", delivery.channel, delivery.notice.purpose),
        other => format!("{} {} {other:?}", delivery.channel, delivery.notice.purpose),
    };
    let mut lines: Vec<String> = app.deliveries().iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn an_alert_at_night_waits_for_the_first_working_minute_of_its_reader_and_the_log_does_not() {
    for (zone, from, first) in [
        ("America/New_York", "2026-11-05T08:00:00Z", "5 Nov 13:00"),
        ("America/Los_Angeles", "2026-11-05T08:00:00Z", "5 Nov 16:00"),
        ("Asia/Kolkata", "2026-11-05T07:15:00Z", "5 Nov 07:00"),
        ("Europe/Lisbon", "2026-11-05T07:15:00Z", "5 Nov 08:00"),
    ] {
        let app = told("2026-11-05", zone);
        assert!(sent(&app).contains(&"CRM log alert 5 Nov 07:00".to_owned()), "{zone}");
        app.ticks(quarters(from, 12));
        let expected =
            ["CRM log alert 5 Nov 07:00".to_owned(), format!("Slack alert {first}"), format!("mail alert {first}")];
        assert_eq!(sent(&app), expected, "{zone}");
    }
}

#[test]
fn over_a_weekend_and_a_holiday_it_waits_until_tuesday() {
    let app = told("2026-11-07", "Europe/Berlin");
    app.ticks(quarters("2026-11-07T08:00:00Z", 72));
    assert_eq!(sent(&app)[1..], ["Slack alert 10 Nov 07:00", "mail alert 10 Nov 07:00"]);
    let waits: Vec<_> = app.audit().into_iter().filter(|entry| entry.action.ends_with(" waits")).collect();
    assert_eq!(waits.len(), 2);
    assert_eq!(waits[0].grounds.reveal(), "for Maya until Tue 10 Nov 08:00 +01:00, where quiet hours end");
}

#[test]
fn a_request_that_comes_twice_at_night_waits_once_and_is_sent_once() {
    let app = told("2026-11-07", "Europe/Berlin");
    let (plant, crm) = (app.plant("2026-11-07"), app.export("2026-11-07"));
    let plant = plant.at(Arc::new(FixedClock(timestamp("2026-11-07T22:00:00Z"))));
    for delivery in app.deliveries().into_iter().filter(|delivery| delivery.channel != Channel::Crm) {
        let partition = domain::records::account_partition(&app.case().account);
        let at = domain::messages::DeliveryRef { partition, delivery: delivery.id };
        let id = domain::MessageId::of(&["again", at.delivery.as_str()]);
        let again = domain::messages::Message::new(id, domain::messages::Body::Deliver(at)).to_json();
        block_on(domain::ports::Queue::send(
            &plant.queue,
            domain::messages::QueueName::Deliveries,
            &[again],
            plant.clock.now(),
        ))
        .unwrap();
    }
    block_on(plant.pump(&crm)).unwrap();
    drop(plant);
    assert_eq!(app.audit().iter().filter(|entry| entry.action.ends_with(" waits")).count(), 2, "one for each channel");
    app.ticks(quarters("2026-11-10T06:45:00Z", 1));
    assert_eq!((app.mails().len(), app.slack().len()), (1, 1));
}

#[test]
fn what_was_taken_back_before_morning_is_never_sent() {
    let mut app = told("2026-11-07", "Europe/Berlin");
    app.world.person_mut("Dana Fox").left = false;
    app.scan("2026-11-08");
    assert_eq!(app.case().state, State::Cleared);
    app.ticks(quarters("2026-11-10T06:45:00Z", 1));
    assert_eq!((app.mails().len(), app.slack().len()), (0, 0));
    let of = |purpose: Purpose| {
        app.deliveries().into_iter().filter(move |d| d.notice.purpose == purpose && d.channel != Channel::Crm)
    };
    assert!(of(Purpose::Alert).all(|alert| matches!(alert.progress, Progress::Withheld { .. })), "{:?}", sent(&app));
}

#[test]
fn without_quiet_hours_everybody_is_told_at_once() {
    let mut app = seen_once("America/New_York", "");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-11-07");
    assert_eq!((app.mails().len(), app.slack().len()), (1, 1));
    assert!(app.audit().iter().all(|entry| !entry.action.ends_with(" waits")));
}
