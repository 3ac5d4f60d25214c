//! Maya works in Berlin, Tom in New York. 5 November 2026 is a Thursday.

use super::example::told;
use super::*;
use crate::answering::Reply;
use crate::case::Answered;
use crate::finding::Verdict;
use FollowUp::{Escalate, Remind, Step, Wake};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What is asked for at each hour of some days, with the time of it, by ticks that mark what they have asked for.
fn play(mut case: Case, config: &Config, from: &str, days: i64) -> Vec<(String, Vec<FollowUp>)> {
    let mut asked = Vec::new();
    for hour in 0..days * 24 {
        let now = at(from) + jiff::SignedDuration::from_hours(hour);
        let what = due(&case, config, now);
        if !what.is_empty() {
            case = mark(case, &what, config, now);
            asked.push((now.strftime("%-d %b %H:%M").to_string(), what));
        }
    }
    asked
}

#[track_caller]
fn check(case: Case, config: &str, from: &str, expected: &[(&str, &[FollowUp])]) {
    let asked = play(case, &Config::parse(config).unwrap(), from, 30);
    let expected: Vec<_> = expected.iter().map(|(when, what)| ((*when).to_owned(), what.to_vec())).collect();
    assert_eq!(asked, expected);
}

fn without_plan(mut case: Case) -> Case {
    case.plan = None;
    case
}

#[test]
fn whoever_was_told_is_reminded_two_working_days_later_and_the_manager_told_after_four() {
    // Told at ten in the morning in Berlin on a Thursday: reminded at ten on Monday. In New York it is eight at 13 h UTC.
    let case = without_plan(told("2026-11-05T09:00:00Z"));
    check(case, "", "2026-11-05T09:00:00Z", &[("9 Nov 09:00", &[Remind]), ("11 Nov 13:00", &[Escalate])]);
}

#[test]
fn holidays_are_no_working_days_and_a_reminder_in_the_evening_waits_for_the_morning() {
    let config = "[calendar]\nholidays = [\"2026-11-09\"]\n";
    let case = without_plan(told("2026-11-05T20:30:00Z"));
    check(case, config, "2026-11-05T09:00:00Z", &[("11 Nov 07:00", &[Remind]), ("12 Nov 21:00", &[Escalate])]);
}

#[test]
fn what_came_in_quiet_hours_is_read_after_them() {
    let config = "[calendar]\nquiet_from = \"20:00\"\nquiet_until = \"09:00\"\n";
    let case = without_plan(told("2026-11-06T23:00:00Z"));
    check(case, config, "2026-11-06T23:00:00Z", &[("11 Nov 08:00", &[Remind]), ("13 Nov 14:00", &[Escalate])]);
}

#[test]
fn the_manager_hears_of_it_a_day_after_the_reminder_however_late_the_ticks_come() {
    let case = without_plan(told("2026-11-05T09:00:00Z"));
    check(case, "", "2026-11-20T09:00:00Z", &[("20 Nov 09:00", &[Remind]), ("23 Nov 13:00", &[Escalate])]);
}

#[test]
fn who_is_not_to_be_reminded_is_not_and_the_manager_is_told_all_the_same() {
    let case = without_plan(told("2026-11-05T09:00:00Z"));
    check(
        case.clone(),
        "[follow_up]\nremind_after_days = 0\n",
        "2026-11-05T09:00:00Z",
        &[("11 Nov 13:00", &[Escalate])],
    );
    check(case, "[follow_up]\nescalate_after_days = 0\n", "2026-11-05T09:00:00Z", &[("9 Nov 09:00", &[Remind])]);
}

#[test]
fn nothing_follows_an_answer_but_the_steps() {
    let case = told("2026-11-05T09:00:00Z").become_state(State::Acknowledged, "got it", at("2026-11-05T10:00:00Z"));
    check(case.unwrap(), "", "2026-11-05T10:00:00Z", &[("10 Nov 07:00", &[Step(0)]), ("12 Nov 13:00", &[Step(1)])]);
    for end in [State::Closed, State::Dismissed, State::Cleared] {
        let over = told("2026-11-05T09:00:00Z").become_state(end, "over", at("2026-11-05T10:00:00Z")).unwrap();
        check(over, "", "2026-11-05T10:00:00Z", &[]);
    }
}

#[test]
fn a_reminder_says_which_steps_are_due_and_the_escalation_those_of_the_manager() {
    let mut case = told("2026-11-05T09:00:00Z");
    case.plan.as_mut().unwrap().steps[0].due = jiff::civil::date(2026, 11, 9);
    case.plan.as_mut().unwrap().steps[1].due = jiff::civil::date(2026, 11, 11);
    check(case, "", "2026-11-05T09:00:00Z", &[("9 Nov 09:00", &[Remind]), ("11 Nov 13:00", &[Escalate])]);
}

#[test]
fn a_step_that_is_done_is_not_asked_for_and_one_without_a_manager_is_its_readers() {
    let mut case = told("2026-11-05T09:00:00Z").become_state(State::Acknowledged, "got it", at("2026-11-05T10:00:00Z"));
    let case = case.as_mut().unwrap();
    case.done_steps.insert(0);
    case.context.as_mut().unwrap().manager = None;
    check(case.clone(), "", "2026-11-05T10:00:00Z", &[("12 Nov 07:00", &[Step(1)])]);
}

#[test]
fn what_was_put_off_wakes_on_its_day_and_nothing_comes_before() {
    let mut case = told("2026-11-05T09:00:00Z").become_state(State::Acknowledged, "later", at("2026-11-05T10:00:00Z"));
    let case = case.as_mut().unwrap();
    case.snoozed = Some(jiff::civil::date(2026, 11, 14));
    // The 14th is a Saturday; Maya's step is named when the case wakes, Tom's is his own.
    let woken: &[(&str, &[FollowUp])] = &[
        ("16 Nov 07:00", &[Wake]),
        ("16 Nov 13:00", &[Step(1)]),
        // Nothing came of it: as after an alert.
        ("18 Nov 07:00", &[Remind]),
        ("20 Nov 13:00", &[Escalate]),
    ];
    check(case.clone(), "", "2026-11-05T10:00:00Z", woken);
}

#[test]
fn whoever_takes_a_case_over_has_as_long_as_the_first_reader_and_a_time_zone_of_their_own() {
    let mut case = without_plan(told("2026-11-05T09:00:00Z"));
    case.followed.reminded = Some(at("2026-11-09T09:00:00Z"));
    let by = crate::Personal::new("Maya");
    case.answers =
        vec![Answered { by: by.clone(), at: at("2026-11-09T11:00:00Z"), words: crate::Personal::new("handed to Ken") }];
    case.assigned = Some(Recipient {
        user: None,
        name: by,
        email: crate::Personal::new("ken@us.example"),
        because: "you took it over".to_owned(),
        zone: Some("Asia/Tokyo".to_owned()),
    });
    // At eleven in Berlin it is eight in the evening in Tokyo.
    check(case, "", "2026-11-09T12:00:00Z", &[("11 Nov 23:00", &[Remind]), ("13 Nov 13:00", &[Escalate])]);
}

#[test]
fn what_the_digest_told_is_told_alone_once_the_renewal_is_near_and_the_manager_as_long_after_as_ever() {
    let mut case = without_plan(told("2026-11-05T09:00:00Z"));
    case.followed.in_digest = true;
    super::example::renews(&mut case, jiff::civil::date(2027, 3, 9));
    let config = "[notify]\ndigest_only = [\"departed\"]\n";
    // From 9 November on the renewal is 120 days away.
    check(case, config, "2026-11-05T09:00:00Z", &[("9 Nov 07:00", &[Remind]), ("13 Nov 13:00", &[Escalate])]);
}

#[test]
fn whoever_is_handed_what_somebody_else_had_taken_on_is_reminded_as_well() {
    let maya = crate::Personal::new("Maya");
    let calendar = Config::shipped().calendar;
    let seen = answering::take(
        told("2026-11-05T09:00:00Z"),
        &Reply::GotIt,
        &maya,
        "Slack",
        &calendar,
        at("2026-11-05T10:00:00Z"),
    );
    let noah = Recipient {
        user: None,
        name: crate::Personal::new("Noah"),
        email: crate::Personal::new("noah@us.example"),
        because: "Maya handed it to you".to_owned(),
        zone: Some("Europe/Berlin".to_owned()),
    };
    let handed = Reply::HandTo(noah);
    let handed = answering::take(seen.unwrap().case, &handed, &maya, "Slack", &calendar, at("2026-11-09T11:00:00Z"));
    let case = without_plan(handed.unwrap().case);
    check(case, "", "2026-11-09T11:00:00Z", &[("11 Nov 11:00", &[Remind]), ("13 Nov 13:00", &[Escalate])]);
}

#[test]
fn nobody_is_chased_for_what_only_the_digest_tells() {
    let config = Config::parse("[notify]\ndigest_only = [\"departed\"]\n").unwrap();
    assert_eq!(config.notify.digest_only, [Verdict::Departed]);
    assert_eq!(play(told("2026-11-05T09:00:00Z"), &config, "2026-11-05T09:00:00Z", 30), []);
}
