//! Notices that ask for something a second time: short where they stand in the thread of the alert, whole for whoever has not seen
//! it.

use jiff::civil::Date;

use super::{alert, answers, bare, count, footer, headline, links, short, step, subject};
use crate::Personal;
use crate::answering;
use crate::case::Case;
use crate::config::Config;
use crate::days::day;
use crate::follow_up::{open_steps, told_at};
use crate::notice::{Notice, NoticeStep, Purpose, Recipient};
use crate::plan::{Assignee, Step};
use crate::recipients::Responsible;

/// To whoever was told and has not answered. `knows` is whether the reader has the alert.
pub fn reminder(case: &Case, recipient: Recipient, knows: bool, config: &Config, today: Date) -> Notice {
    let above =
        Responsible::of(case).stands_above(&recipient, case).filter(|_| config.follow_up.escalate_after_days > 0);
    let otherwise =
        above.map_or(String::new(), |above| format!(" If nobody does, {} is told next.", above.name.reveal()));
    let (of, why) = if case.followed.in_digest && answering::handed_over(case).is_none() {
        ("Now weighty", "So far this was in your weekly digest only, and now the renewal is near".to_owned())
    } else {
        ("Reminder", format!("Nobody has answered since {}", told_on(case, config)))
    };
    let remark = format!("{why}. Say that you have it, or hand it to somebody.{otherwise}");
    Notice {
        purpose: Purpose::Reminder,
        subject: Personal::new(format!("{of}: {}", subject(case, today))),
        remarks: vec![Personal::new(remark)],
        ..again(case, recipient, knows, config, today)
    }
}

/// To the manager: nobody has answered, with all that whoever was told has been told.
pub fn escalation(case: &Case, recipient: Recipient, told: &Recipient, config: &Config, today: Date) -> Notice {
    let name = told.name.reveal();
    let told_at = told_at(case);
    let reminded = case.followed.reminded.filter(|at| Some(*at) != told_at);
    let reminded = reminded.map(|at| format!(" and reminded on {}", day(config.calendar.day(at))));
    let days = working_days(case, config, today);
    let remark = format!("{name} was told on {}{}.", told_on(case, config), reminded.unwrap_or_default());
    Notice {
        purpose: Purpose::Escalation,
        subject: Personal::new(format!("Nobody has answered: {}", subject(case, today))),
        headline: Personal::new(format!("Nobody has answered for {}: {}", count(days, "working day"), headline(case))),
        steps: open_steps(case, None).map(|left| as_seen_from_above(left, name)).collect(),
        remarks: vec![
            Personal::new(remark),
            Personal::new(format!("Ask {name}, take it yourself, or hand it to somebody.")),
        ],
        ..again(case, recipient, false, config, today)
    }
}

/// A step as the manager of whoever was told reads it.
fn as_seen_from_above(left: (u32, &Step), told: &str) -> NoticeStep {
    let seen = step(left, true);
    if left.1.who == Assignee::Owner { NoticeStep { who: told.to_owned(), ..seen } } else { seen }
}

/// To whoever has put a case off, on the day it was put off to.
pub fn woken(case: &Case, recipient: Recipient, knows: bool, config: &Config, today: Date) -> Notice {
    Notice {
        purpose: Purpose::Woken,
        subject: Personal::new(format!("Again: {}", subject(case, today))),
        remarks: vec![Personal::new("You asked to be reminded of it today.")],
        ..again(case, recipient, knows, config, today)
    }
}

/// The day of a step has come, and of whatever else the same reader has to do by then: the manager, all but the manager, or, where
/// `of_manager` is nothing, whoever does both.
pub fn step_due(
    case: &Case,
    of_manager: Option<bool>,
    recipient: Recipient,
    knows: bool,
    config: &Config,
    today: Date,
) -> Notice {
    let due: Vec<_> = open_steps(case, of_manager).filter(|(_, step)| step.due <= today).collect();
    let subject = match due.first() {
        Some((_, first)) if first.due == today => format!("Due today: {}", first.what.reveal()),
        Some((_, first)) => format!("Due since {}: {}", day(first.due), first.what.reveal()),
        None => format!("Due: {}", short(case)),
    };
    Notice {
        purpose: Purpose::Step,
        subject: Personal::new(subject),
        steps: due.into_iter().map(|due| step(due, of_manager != Some(false))).collect(),
        goal: None,
        ..again(case, recipient, knows, config, today)
    }
}

/// What every one of them has: what happened, and what is left to do; for whoever has not seen the alert, all of it.
fn again(case: &Case, recipient: Recipient, knows: bool, config: &Config, today: Date) -> Notice {
    let whole = alert(case, recipient.clone(), config, today);
    let as_manager =
        recipient.user.is_some() && recipient.user == Responsible::of(case).manager.map(|manager| manager.id);
    let left = Notice {
        steps: open_steps(case, None).map(|left| step(left, as_manager)).collect(),
        answers: answers(case, Purpose::Reminder),
        ..whole
    };
    if !knows {
        return left;
    }
    let footer = footer(&recipient, case, "every fact and step: baton show");
    Notice {
        headline: left.headline,
        goal: left.goal,
        steps: left.steps,
        answers: left.answers,
        links: links(case, &case.account, config),
        revision: left.revision,
        ..bare(Purpose::Alert, recipient, footer, Some(case.id.clone()))
    }
}

fn told_on(case: &Case, config: &Config) -> String {
    told_at(case).map_or_else(|| "the alert".to_owned(), |at| day(config.calendar.day(at)))
}

/// Working days that have begun since somebody was told.
fn working_days(case: &Case, config: &Config, today: Date) -> i32 {
    let Some(told) = told_at(case).map(|at| config.calendar.day(at)) else { return 0 };
    let days = told.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= today);
    i32::try_from(days.filter(|day| config.calendar.works(*day)).count()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::example::told;
    use jiff::civil::date;

    fn maya(case: &Case) -> Recipient {
        Responsible::of(case).acts_on(case, &Config::shipped())
    }

    #[test]
    fn a_reminder_in_the_thread_is_short_and_says_what_comes_next() {
        let (case, config) = (told("2026-11-05T09:00:00Z"), Config::shipped());
        let notice = reminder(&case, maya(&case), true, &config, date(2026, 11, 9));
        assert_eq!(notice.subject.reveal(), "Reminder: Dana Fox has left Northwind Traders");
        assert_eq!((notice.account.is_none(), notice.evidence.len(), notice.steps.len()), (true, 0, 2));
        assert_eq!(
            notice.remarks[0].reveal(),
            "Nobody has answered since 5 Nov. Say that you have it, or hand it to somebody. If nobody does, Tom is told next."
        );
        assert!(reminder(&case, maya(&case), false, &config, date(2026, 11, 9)).account.is_some());
    }

    #[test]
    fn a_manager_is_told_who_was_told_and_for_how_long_nobody_has_answered() {
        let (mut case, config) = (told("2026-11-05T09:00:00Z"), Config::shipped());
        case.followed.reminded = Some("2026-11-09T09:00:00Z".parse().unwrap());
        let reader = maya(&case);
        let tom = Responsible::of(&case).stands_above(&reader, &case).unwrap();
        let notice = escalation(&case, tom, &reader, &config, date(2026, 11, 11));
        assert!(notice.headline.reveal().starts_with("Nobody has answered for 4 working days: Dana Fox"));
        assert_eq!(notice.remarks[0].reveal(), "Maya was told on 5 Nov and reminded on 9 Nov.");
        assert_eq!(
            [&notice.steps[0].who, &notice.steps[1].who],
            ["Maya", "you"],
            "Tom reads of Maya's step and his own"
        );
    }

    #[test]
    fn each_is_told_of_the_own_steps_and_of_those_alone() {
        let (case, config) = (told("2026-11-05T09:00:00Z"), Config::shipped());
        let reader = maya(&case);
        let tom = Responsible::of(&case).stands_above(&reader, &case).unwrap();
        let mayas = step_due(&case, Some(false), reader, true, &config, date(2026, 11, 12));
        assert_eq!(mayas.subject.reveal(), "Due since 10 Nov: Call Lee Park");
        let toms = step_due(&case, Some(true), tom, false, &config, date(2026, 11, 12));
        assert_eq!((toms.subject.reveal(), toms.steps.len()), ("Due today: Visit Northwind", 1));
    }
}
