//! What time asks for in a case: whoever was told is reminded, the manager is told that nobody has answered, what was put off
//! wakes, steps fall due. Each at most once, on working days, in working hours of whoever is told, and never two where one can
//! say both.

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod tests;
mod week;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::answering;
use crate::case::{Case, State};
use crate::config::{Calendar, Config};
use crate::messages::FollowUp;
use crate::notice::Recipient;
use crate::plan::Assignee;
use crate::recipients::Responsible;
use crate::severity::{Severity, severity};

pub use week::digest_due;

/// What is to be done about a case now.
pub fn due(case: &Case, config: &Config, now: Timestamp) -> Vec<FollowUp> {
    if case.shadow || !matches!(case.state, State::Notified | State::Acknowledged) {
        return Vec::new();
    }
    let view = View::of(case, config, now);
    if case.snoozed.is_some_and(|day| view.today < day) {
        return Vec::new();
    }
    let low = severity(case, &config.notify.digest_only, view.today) == Severity::Low;
    let to_reader = if low { view.wake() } else { view.wake().or_else(|| view.remind()) };
    let to_manager = if low { None } else { view.escalate() };
    // What is said to somebody anyway names the steps of the same reader.
    let step = |told: Option<FollowUp>, steps: Steps| match (told, low) {
        (None, false) => view.step(steps),
        (told, _) => told,
    };
    [step(to_reader, Steps::Readers), step(to_manager, Steps::Managers)].into_iter().flatten().collect()
}

/// The case after that was asked for, so that it is not asked for again.
#[must_use]
pub fn mark(mut case: Case, asked: &[FollowUp], config: &Config, now: Timestamp) -> Case {
    for what in asked {
        let view = View::of(&case, config, now);
        let steps = match *what {
            FollowUp::Remind | FollowUp::Wake | FollowUp::HandOver => Steps::Readers,
            FollowUp::Escalate => Steps::Managers,
            FollowUp::Step(n) => view.whose(n),
        };
        let steps: Vec<u32> = view.steps_due(steps).collect();
        case.followed.steps.extend(steps);
        match what {
            FollowUp::Remind => case.followed.reminded = Some(now),
            FollowUp::Escalate => case.followed.escalated = Some(now),
            FollowUp::Wake => case = woken(case, now),
            FollowUp::Step(_) | FollowUp::HandOver => {}
        }
    }
    case
}

/// Whoever has put it off is asked anew, and reminded if nothing comes of that.
fn woken(case: Case, now: Timestamp) -> Case {
    let case = Case { snoozed: None, ..case };
    match case.state {
        State::Acknowledged => {
            case.clone().become_state(State::Notified, "it was put off until today", now).unwrap_or(case)
        }
        _ => case,
    }
}

/// When whoever has to act was told: the alert, or the last time that somebody else took the case over. Nothing as long as only
/// the digest tells of it.
pub fn told_at(case: &Case) -> Option<Timestamp> {
    let (_, alerted) = case.history.iter().rev().find(|(state, _)| *state == State::Notified)?;
    match answering::handed_over(case) {
        Some((_, answered)) => Some(answered.at.max(*alerted)),
        None if case.followed.in_digest => case.followed.reminded.map(|at| at.max(*alerted)),
        None => Some(*alerted),
    }
}

/// The steps of a plan that are open, with their places from 0: those of the manager, all others, or all.
pub fn open_steps(case: &Case, of_manager: Option<bool>) -> impl Iterator<Item = (u32, &crate::plan::Step)> {
    let steps = case.plan.iter().flat_map(|plan| (0_u32..).zip(&plan.steps));
    steps.filter(move |(n, step)| {
        !case.done_steps.contains(n) && of_manager.is_none_or(|it| it == (step.who == Assignee::Manager))
    })
}

/// Whose steps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Steps {
    /// Of whoever acts on the case, with what others are to do: somebody has to see to it.
    Readers,
    /// Of the manager, where that is somebody else.
    Managers,
}

/// A case at a time, as those see it who act on it.
struct View<'a> {
    case: &'a Case,
    config: &'a Config,
    now: Timestamp,
    /// The day it is where the reader is.
    today: Date,
    reader: Calendar,
    manager: Option<Recipient>,
    managers: Calendar,
}

impl<'a> View<'a> {
    fn of(case: &'a Case, config: &'a Config, now: Timestamp) -> Self {
        let responsible = Responsible::of(case);
        let reader = responsible.acts_on(case, config);
        let manager = responsible.stands_above(&reader, case);
        let calendar = |zone: Option<&str>| config.calendar.of_reader(zone).with_working_hours();
        let managers = calendar(manager.as_ref().and_then(|manager| manager.zone.as_deref()));
        let reader = calendar(reader.zone.as_deref());
        Self { case, config, now, today: reader.day(now), reader, manager, managers }
    }

    fn wake(&self) -> Option<FollowUp> {
        (self.case.snoozed.is_some() && self.reader.is_open(self.now)).then_some(FollowUp::Wake)
    }

    fn remind(&self) -> Option<FollowUp> {
        let at = self.reminded_at()?;
        (at <= self.now && self.reader.is_open(self.now)).then_some(FollowUp::Remind)
    }

    /// When a reminder falls due that was not sent yet.
    fn reminded_at(&self) -> Option<Timestamp> {
        if self.case.state == State::Notified && told_at(self.case).is_none() {
            return Some(self.now);
        }
        let told = self.waits_since()?;
        let reminded = self.case.followed.reminded.is_some_and(|at| at >= told);
        (!reminded).then(|| self.after(told, self.config.follow_up.remind_after_days)).flatten()
    }

    /// Whoever is told first hears of it on an earlier day than the manager.
    fn escalate(&self) -> Option<FollowUp> {
        let told = self.waits_since()?;
        let at = self.after(told, self.config.follow_up.escalate_after_days)?;
        let followed = &self.case.followed;
        let reminded = self.config.follow_up.remind_after_days == 0
            || followed.reminded.is_some_and(|at| at >= told && self.reader.day(at) < self.today);
        let escalated = followed.escalated.is_some_and(|at| at >= told);
        (reminded && !escalated && at <= self.now && self.managers.is_open(self.now)).then_some(FollowUp::Escalate)
    }

    fn step(&self, steps: Steps) -> Option<FollowUp> {
        let (calendar, reminded) = match steps {
            // A reminder of the same day says it too.
            Steps::Readers => (&self.reader, self.reminded_at().is_some_and(|at| self.reader.day(at) <= self.today)),
            Steps::Managers => (&self.managers, false),
        };
        let step = self.steps_due(steps).next().filter(|_| !reminded && calendar.is_open(self.now))?;
        Some(FollowUp::Step(step))
    }

    /// Steps whose day has come and of which nobody was told.
    fn steps_due(&self, steps: Steps) -> impl Iterator<Item = u32> {
        let day = if steps == Steps::Managers { self.managers.day(self.now) } else { self.today };
        let due = open_steps(self.case, None).filter(move |(n, step)| {
            step.due <= day && !self.case.followed.steps.contains(n) && self.whose(*n) == steps
        });
        due.map(|(n, _)| n)
    }

    fn whose(&self, n: u32) -> Steps {
        let step = self.case.plan.as_ref().and_then(|plan| plan.steps.get(n as usize));
        let of_manager = step.is_some_and(|step| step.who == Assignee::Manager);
        if of_manager && self.manager.is_some() { Steps::Managers } else { Steps::Readers }
    }

    /// Since when an answer is waited for: what reached somebody in quiet hours is read after them.
    fn waits_since(&self) -> Option<Timestamp> {
        let told = told_at(self.case).filter(|_| self.case.state == State::Notified)?;
        let quiet = Calendar { quiet: self.config.calendar.quiet, ..self.reader.clone() };
        Some(quiet.closed_until(told).unwrap_or(told))
    }

    fn after(&self, told: Timestamp, days: u32) -> Option<Timestamp> {
        (days > 0).then(|| self.reader.after_working_days(told, days))
    }
}
