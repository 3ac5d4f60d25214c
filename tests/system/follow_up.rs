//! Until somebody has acted: reminders, escalations, what was put off, steps that fall due, hour by hour, in the time zones of those
//! who read them. 5 November 2026 is a Thursday.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Personal;
use domain::answering::Reply;
use domain::case::State;
use domain::notice::{Channel, Delivery, Progress, Purpose};
use futures_executor::block_on;
use jiff::{SignedDuration, Timestamp};

use crate::app::{TestApp, timestamp};
use crate::world::World;

const MAYA: &str = "maya@us.example";
const TOM: &str = "tom@us.example";
const THURSDAY: &str = "2026-11-05";
/// A plan whose only step is far away.
const QUIET_PLAN: &str = "[[playbook]]\nname = \"p\"\ngoal = \"g\"\nwhen = { verdict = [\"departed\"] }\n[[playbook.step]]\n\
    do = \"Call somebody\"\nwhy = \"w\"\nwho = \"owner\"\ndue = 90\n";

/// Northwind of Maya, whose manager is Tom in New York.
fn northwind(zone: &str) -> World {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya").renews("2027-01-20");
    world.user("Tom").zone = "America/New_York".to_owned();
    world.user_mut("Maya").zone = zone.to_owned();
    world.manages("Tom", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world
}

/// Maya was told on a day at seven in the morning UTC that Dana has left.
fn told(day: &str, zone: &str, config: &str) -> TestApp {
    let mut app = TestApp::configured(northwind(zone), config);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan(day);
    assert_eq!(app.case().state, State::Notified);
    app
}

fn hours(from: &str, n: i64) -> impl Iterator<Item = Timestamp> + use<> {
    let from = timestamp(from);
    (0..n).map(move |hour| from + SignedDuration::from_hours(hour))
}

fn sent_at(delivery: &Delivery) -> Timestamp {
    match &delivery.progress {
        Progress::Sent { at, .. } => *at,
        other => panic!("{other:?}"),
    }
}

/// Every mail that followed the alerts, as `9 Nov 07:00 reminder to maya@us.example`.
fn story(app: &TestApp) -> Vec<String> {
    let mails =
        app.deliveries().into_iter().filter(|d| d.channel == Channel::Mail && d.notice.purpose != Purpose::Alert);
    let mut mails: Vec<_> = mails.map(|mail| (sent_at(&mail), mail.notice.purpose, mail)).collect();
    mails.sort_by_key(|(at, purpose, _)| (*at, purpose.to_string()));
    let line = |(at, purpose, mail): (Timestamp, Purpose, Delivery)| {
        format!("{} {purpose} to {}", at.strftime("%-d %b %H:%M"), mail.notice.recipient.email.reveal())
    };
    mails.into_iter().filter(|(_, purpose, _)| *purpose != Purpose::Digest).map(line).collect()
}

#[test]
fn an_alert_is_repeated_once_and_then_escalated_in_the_working_hours_of_each_reader() {
    for (zone, reminded) in
        [("Europe/Berlin", "9 Nov 07:00"), ("Asia/Tokyo", "9 Nov 07:00"), ("America/New_York", "9 Nov 13:00")]
    {
        let app = told(THURSDAY, zone, QUIET_PLAN);
        app.ticks(hours("2026-11-05T08:00:00Z", 24 * 21));
        let expected = [format!("{reminded} reminder to {MAYA}"), format!("11 Nov 13:00 escalation to {TOM}")];
        assert_eq!(story(&app), expected, "{zone}");
    }
}

#[test]
fn eight_oclock_is_eight_oclock_after_the_clocks_have_changed() {
    // Berlin changes on 25 October, New York on 1 November 2026. Told at nine in Berlin; reminded at nine, an hour later in UTC.
    let app = told("2026-10-22", "Europe/Berlin", QUIET_PLAN);
    app.ticks(hours("2026-10-22T08:00:00Z", 24 * 14));
    assert_eq!(story(&app), [format!("26 Oct 08:00 reminder to {MAYA}"), format!("28 Oct 12:00 escalation to {TOM}")]);

    let app = told("2026-10-29", "America/New_York", QUIET_PLAN);
    app.ticks(hours("2026-10-29T08:00:00Z", 24 * 14));
    assert_eq!(story(&app), [format!("2 Nov 13:00 reminder to {MAYA}"), format!("4 Nov 13:00 escalation to {TOM}")]);
}

#[test]
fn holidays_are_no_working_days_and_nothing_is_sent_on_them() {
    let config = format!("[calendar]\nholidays = [\"2026-11-09\", \"2026-11-11\"]\n{QUIET_PLAN}");
    let app = told(THURSDAY, "Europe/Berlin", &config);
    app.ticks(hours("2026-11-05T08:00:00Z", 24 * 21));
    assert_eq!(story(&app), [format!("10 Nov 07:00 reminder to {MAYA}"), format!("13 Nov 13:00 escalation to {TOM}")]);
}

#[test]
fn a_time_zone_that_nobody_knows_is_the_configured_one() {
    let config = format!("[calendar]\ntime_zone = \"Asia/Tokyo\"\n{QUIET_PLAN}");
    let app = told(THURSDAY, "Mars/Phobos", &config);
    app.ticks(hours("2026-11-05T08:00:00Z", 24 * 5));
    assert_eq!(story(&app), [format!("9 Nov 07:00 reminder to {MAYA}")]);
}

#[test]
fn the_reminder_stands_in_the_thread_and_the_escalation_is_a_message_of_its_own_with_everything() {
    let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    app.ticks(hours("2026-11-05T08:00:00Z", 24 * 10));
    let deliveries = app.deliveries();
    let of = |purpose: Purpose, channel: Channel| {
        let of = |d: &&Delivery| d.notice.purpose == purpose && d.channel == channel;
        deliveries.iter().find(of).unwrap_or_else(|| panic!("{purpose}"))
    };
    for channel in [Channel::Slack, Channel::Mail] {
        let Progress::Sent { reference, .. } = &of(Purpose::Alert, channel).progress else { panic!() };
        let (reminder, escalation) = (of(Purpose::Reminder, channel), of(Purpose::Escalation, channel));
        assert_eq!((reminder.thread.as_ref(), reminder.notice.account.is_some()), (Some(reference), false));
        assert_eq!((escalation.thread.as_ref(), escalation.notice.account.is_some()), (None, true));
        assert!(escalation.notice.headline.reveal().starts_with("Nobody has answered for 4 working days: Dana Fox"));
        assert!(escalation.notice.remarks[0].reveal().starts_with("Maya was told on 5 Nov and reminded on 9 Nov"));
    }
    let mails = app.mails();
    let alert = mails.iter().find(|mail| mail.subject.starts_with("Dana Fox")).unwrap();
    let reminder = mails.iter().find(|mail| mail.subject.starts_with("Reminder: Dana Fox has left")).unwrap();
    assert_eq!(reminder.in_reply_to.as_ref(), Some(&alert.message_id));
    let noted: Vec<String> =
        app.audit().into_iter().filter(|e| e.actor.reveal() == "steward").map(|e| e.action).collect();
    assert_eq!(noted.iter().filter(|action| *action == "reminded").count(), 1, "{noted:?}");
}

#[test]
fn nobody_is_reminded_or_told_after_an_answer() {
    for (at, reply, expected) in [
        ("2026-11-06T09:00:00Z", Reply::GotIt, 0),
        ("2026-11-09T09:00:00Z", Reply::NotAChange(Personal::new("she is on holiday")), 1),
    ] {
        let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
        app.ticks(hours("2026-11-05T08:00:00Z", 96).take_while(|tick| *tick < timestamp(at)));
        app.answer(&app.case(), &reply, at);
        app.ticks(hours("2026-11-09T10:00:00Z", 24 * 14));
        assert_eq!(story(&app).len(), expected, "{:?}", story(&app));
    }
}

#[test]
fn an_answer_that_comes_between_the_tick_and_the_notice_stops_the_notice() {
    let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    let (plant, crm) = (app.plant(THURSDAY), app.export(THURSDAY));
    let plant = plant.at(Arc::new(domain::ports::FixedClock(timestamp("2026-11-09T07:00:00Z"))));
    let report = block_on(plant.steward(&steward::OfCrm(&crm)));
    assert_eq!(report.followed.reminders, 1);
    drop(plant);
    app.answer(&app.case(), &Reply::GotIt, "2026-11-09T07:01:00Z");
    assert_eq!(story(&app), Vec::<String>::new());
}

#[test]
fn what_was_put_off_wakes_once_on_its_day() {
    let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    app.answer(&app.case(), &Reply::GotIt, "2026-11-05T08:30:00Z");
    app.answer(&app.case(), &Reply::Later("2026-11-14".parse().unwrap()), "2026-11-05T09:00:00Z");
    app.ticks(hours("2026-11-05T10:00:00Z", 24 * 21));
    let woken = format!("16 Nov 07:00 woken to {MAYA}");
    let chased =
        [woken.clone(), format!("18 Nov 07:00 reminder to {MAYA}"), format!("20 Nov 13:00 escalation to {TOM}")];
    assert_eq!(story(&app), chased, "the 14th is a Saturday, and whoever wakes it and says nothing is reminded");
    app.answer(&app.case(), &Reply::Later("2026-12-01".parse().unwrap()), "2026-11-30T09:00:00Z");
    app.ticks(hours("2026-11-30T10:00:00Z", 24));
    app.answer(&app.case(), &Reply::GotIt, "2026-12-01T10:00:00Z");
    app.ticks(hours("2026-12-01T10:00:00Z", 24 * 7));
    assert_eq!(story(&app).last(), Some(&format!("1 Dec 07:00 woken to {MAYA}")), "and again when it is put off again");
}

#[test]
fn what_the_digest_told_is_told_alone_once_the_renewal_is_near_whether_or_not_there_is_a_log() {
    for log in [true, false] {
        let config = format!("[notify]\ndigest_only = [\"departed\"]\ncrm_log = {log}\n{QUIET_PLAN}");
        let mut app = TestApp::configured(northwind("Europe/Berlin"), &config);
        // A hundred and twenty days before that it is 16 November.
        app.world.account_mut("Northwind Traders").renews("2027-03-16");
        app.world.person("Lee Park", "Operations Manager", "Northwind Traders");
        app.scan("2026-09-01");
        app.world.person_mut("Lee Park").left = true;
        app.scan(THURSDAY);
        assert_eq!((app.case().state, app.case().followed.in_digest), (State::Notified, true));
        app.ticks(hours("2026-11-05T08:00:00Z", 24 * 17));
        let told: Vec<String> = story(&app).into_iter().filter(|line| !line.contains("digest")).collect();
        let chased = [format!("16 Nov 07:00 reminder to {MAYA}"), format!("20 Nov 13:00 escalation to {TOM}")];
        assert_eq!(told, chased, "with a log: {log}");
        let reminder = app.deliveries().into_iter().find(|d| d.notice.purpose == Purpose::Reminder).unwrap().notice;
        assert!(reminder.subject.reveal().starts_with("Now weighty: "), "{:?}", reminder.subject.reveal());
        assert!(!reminder.evidence.is_empty(), "whoever reads it first reads all of it");

        // What is taken back is told to whoever has heard of it only so.
        app.world.person_mut("Lee Park").left = false;
        app.scan("2026-11-23");
        let told = |purpose| app.deliveries().into_iter().filter(move |d| d.notice.purpose == purpose);
        let readers = |purpose| told(purpose).map(|d| (d.channel, d.notice.recipient.email)).collect::<BTreeSet<_>>();
        let cleared = readers(Purpose::Cleared);
        assert!(readers(Purpose::Reminder).is_subset(&cleared) && readers(Purpose::Escalation).is_subset(&cleared));
    }
}

#[test]
fn steps_are_named_once_on_their_day_to_whoever_takes_them() {
    let step = |what: &str, who: &str, due: u32| {
        format!("[[playbook.step]]\ndo = \"{what}\"\nwhy = \"w\"\nwho = \"{who}\"\ndue = {due}\n")
    };
    let steps = [
        step("Call Lee", "owner", 1),
        step("Answer them", "support", 1),
        step("Visit", "manager", 2),
        step("Done", "owner", 3),
    ];
    let head = "[[playbook]]\nname = \"p\"\ngoal = \"g\"\nwhen = { verdict = [\"departed\"] }\n";
    let app = told(THURSDAY, "Europe/Berlin", &format!("{head}{}", steps.concat()));
    app.answer(&app.case(), &Reply::GotIt, "2026-11-05T09:00:00Z");
    app.answer(&app.case(), &Reply::StepDone(3), "2026-11-05T09:30:00Z");
    app.ticks(hours("2026-11-05T10:00:00Z", 24 * 21));
    assert_eq!(story(&app), [format!("6 Nov 07:00 step to {MAYA}"), format!("9 Nov 13:00 step to {TOM}")]);
    let steps = app.deliveries().into_iter().find(|delivery| delivery.notice.purpose == Purpose::Step).unwrap();
    assert_eq!(steps.notice.steps.len(), 2, "Maya's own and what support is to do, in one notice");
}

#[test]
fn a_reminder_names_the_steps_of_its_day_so_that_there_are_not_two_notices() {
    let config = QUIET_PLAN.replace("due = 90", "due = 2");
    let app = told(THURSDAY, "America/New_York", &config);
    app.ticks(hours("2026-11-05T08:00:00Z", 24 * 21));
    assert_eq!(story(&app), [format!("9 Nov 13:00 reminder to {MAYA}"), format!("11 Nov 13:00 escalation to {TOM}")]);
}

#[test]
fn ticks_that_come_twice_late_or_out_of_order_change_nothing_more() {
    let undisturbed = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    undisturbed.ticks(hours("2026-11-05T08:00:00Z", 24 * 14));
    let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    let day = SignedDuration::from_hours(23);
    app.ticks(hours("2026-11-05T08:00:00Z", 24 * 14).flat_map(|tick| [tick, tick, tick - day, tick]));
    assert_eq!(story(&app), story(&undisturbed));

    // One tick a day, all others were lost.
    let late = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    late.ticks(hours("2026-11-05T14:00:00Z", 24 * 14).step_by(24));
    assert_eq!(story(&late), [format!("9 Nov 14:00 reminder to {MAYA}"), format!("11 Nov 14:00 escalation to {TOM}")]);
}

#[test]
fn a_pass_whose_time_is_up_goes_on_at_the_next_tick() {
    for steps in 0..12 {
        let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
        let (plant, crm) = (app.plant(THURSDAY), app.export(THURSDAY));
        let clock = domain::ports::FixedClock(timestamp("2026-11-09T14:30:00Z"));
        let plant = plant.at(Arc::new(clock));
        let left = AtomicUsize::new(steps);
        let some_time = || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        let tick = |has_time: &(dyn Fn() -> bool + Sync)| {
            let (outbox, owners, config) = (plant.outbox(), &steward::OfCrm(&crm), &plant.config);
            block_on(steward::handle(&steward::Deps { outbox, sleeper: None, owners, config, clock: &clock, has_time }))
        };
        let reports = [tick(&some_time), tick(&|| true), tick(&|| true)];
        assert_eq!(reports.iter().map(|report| report.followed.reminders).sum::<usize>(), 1, "after {steps}");
        assert_eq!(reports.iter().map(|report| report.digests).sum::<usize>(), 2, "Maya and Tom, after {steps}");
        block_on(plant.pump(&crm)).unwrap();
    }
}

#[test]
fn an_owner_who_has_left_since_the_alert_is_not_reminded_but_the_manager_and_the_audit_says_why() {
    let mut app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    app.world.user_mut("Maya").active = false;
    app.ticks(hours("2026-11-09T07:00:00Z", 1));
    assert_eq!(story(&app), [format!("9 Nov 07:00 reminder to {TOM}")]);
    let whole = app.deliveries().into_iter().find(|d| d.notice.purpose == Purpose::Reminder).unwrap();
    assert!(whole.thread.is_none() && whole.notice.account.is_some(), "Tom has not seen the alert");
    let told = app.audit().into_iter().find(|entry| entry.grounds.reveal().contains("to Tom, because")).unwrap();
    assert!(told.grounds.reveal().contains("the account's owner is no longer active"), "{}", told.grounds.reveal());
}

#[test]
fn an_owner_without_an_address_and_without_a_manager_is_answered_for_by_the_default_recipient() {
    let mut app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    app.world.user_mut("Maya").email.clear();
    app.world.user_mut("Tom").active = false;
    app.tick("2026-11-09T07:00:00Z");
    assert_eq!(story(&app), ["9 Nov 07:00 reminder to csm@localhost"]);
    let told =
        app.audit().into_iter().find(|entry| entry.grounds.reveal().contains("you are the default recipient")).unwrap();
    assert!(told.grounds.reveal().contains("has no mail address"), "{}", told.grounds.reveal());
}

#[test]
fn where_nobody_stands_above_the_reader_the_default_recipient_is_told_and_never_the_reader_twice() {
    let mut app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    app.world.user_mut("Tom").active = false;
    app.ticks(hours("2026-11-09T07:00:00Z", 72));
    assert_eq!(story(&app).last().map(String::as_str), Some("11 Nov 13:00 escalation to csm@localhost"));

    let config = format!("[notify]\ndefault_recipient = \"{MAYA}\"\n{QUIET_PLAN}");
    let mut app = told(THURSDAY, "Europe/Berlin", &config);
    app.world.user_mut("Tom").active = false;
    app.ticks(hours("2026-11-09T07:00:00Z", 72));
    assert_eq!(story(&app), [format!("9 Nov 07:00 reminder to {MAYA}")]);
    assert!(app.audit().iter().any(|entry| entry.action == "not escalated"));
}

#[test]
fn a_crm_that_cannot_be_asked_does_not_hold_a_reminder_back() {
    let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    let plant = app.plant(THURSDAY);
    let plant = plant.at(Arc::new(domain::ports::FixedClock(timestamp("2026-11-09T07:00:00Z"))));
    let crm = baton::adapters::NoCrm;
    block_on(async {
        assert_eq!(plant.steward(&steward::OfCrm(&crm)).await.followed.reminders, 1);
        plant.pump(&crm).await.unwrap();
    });
    drop(plant);
    assert_eq!(story(&app), [format!("9 Nov 07:00 reminder to {MAYA}")]);
}

#[test]
fn what_is_low_is_told_nobody_at_once_and_nobody_is_chased_for_it() {
    let config = format!("[notify]\ndigest_only = [\"departed\"]\n{QUIET_PLAN}");
    let mut app = TestApp::configured(northwind("Europe/Berlin"), &config);
    app.world.account_mut("Northwind Traders").renews("2028-01-20");
    app.world.person("Lee Park", "Operations Manager", "Northwind Traders");
    app.scan("2026-09-01");
    app.world.person_mut("Lee Park").left = true;
    app.scan(THURSDAY);
    app.ticks(hours("2026-11-05T08:00:00Z", 24 * 10));
    let told: Vec<String> = app.deliveries().iter().map(|d| format!("{} {}", d.channel, d.notice.purpose)).collect();
    assert_eq!(told, ["CRM log alert", "Slack digest", "mail digest"]);
    let digest = app.deliveries().remove(1).notice;
    assert_eq!(digest.sections[0].title, "New this week, with nothing to do");
    assert_eq!(digest.sections[0].lines[0].reveal(), "Lee Park has left Northwind Traders");
    assert!(app.audit().iter().any(|entry| entry.action == "kept for the digest"));
}

#[test]
fn the_command_line_does_one_tick_and_says_what_it_did() {
    let app = told(THURSDAY, "Europe/Berlin", QUIET_PLAN);
    let run = |now: &str| {
        let mut command = crate::binary::baton();
        command.args(["follow-up", "--now", now, "--state"]).arg(app.state());
        crate::binary::succeed(&mut command)
    };
    assert_eq!(run("2026-11-06T09:00:00Z").trim(), "Nothing is due.");
    let said = run("2026-11-09T09:00:00Z");
    assert_eq!(said.trim(), "Followed up: 1 reminded, 1 sent a digest.", "{said}");
    assert_eq!(story(&app), [format!("9 Nov 09:00 reminder to {MAYA}")]);
}

#[test]
fn what_waits_for_a_crm_is_not_given_up_however_often_a_tick_names_none() {
    let mut app = TestApp::new(northwind("Europe/Berlin"));
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").bounced = "2026-10-20";
    app.scan(THURSDAY);
    assert_eq!(app.case().state, State::Held);
    let run = |words: &[&str], now: &str| {
        let mut command = crate::binary::baton();
        command.args(words).args(["--now", now, "--state"]).arg(app.state());
        command.output().unwrap()
    };
    let id = app.case().id.to_string();
    assert!(run(&["answer", &id, "confirm"], "2026-11-05T09:00:00Z").status.success());
    for minute in (0..150).step_by(15) {
        let now = (timestamp("2026-11-05T10:00:00Z") + SignedDuration::from_mins(minute)).to_string();
        let ticked = run(&["follow-up"], &now);
        assert!(ticked.status.success(), "{}", String::from_utf8_lossy(&ticked.stderr));
    }
    assert_eq!(app.plant(THURSDAY).queue.dead_letters().unwrap(), []);
    app.scan("2026-11-06");
    assert_eq!(app.case().state, State::Notified);
}
