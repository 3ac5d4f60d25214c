//! Playbooks: which steps follow from which case. Written by a revenue-operations person, applied here.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::Personal;
use crate::case::Case;
use crate::config::Calendar;
use crate::context::Context;
use crate::crm::{Role, Ticket};
use crate::days::full_day;
use crate::finding::Verdict;
use crate::judge::titles::{Level, Title};
use crate::plan::{Assignee, Plan, Step};

/// One rule: when it applies, and the steps that follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Playbook {
    /// Its name.
    pub name: String,
    /// What the steps are to reach.
    pub goal: String,
    /// When it applies.
    pub when: When,
    /// The steps.
    pub steps: Vec<StepRule>,
}

/// Conditions, all of which must hold; an empty one always does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When {
    /// The verdict is one of these.
    pub verdicts: Vec<Verdict>,
    /// The person plays one of these roles.
    pub roles: Vec<Role>,
    /// The person is of this level or above.
    pub min_level: Option<Level>,
    /// The renewal is at most so many days away, and not past.
    pub renewal_within_days: Option<i32>,
    /// The contract is worth at least so many units of its currency a year.
    pub min_value: Option<i64>,
    /// The account now hangs on one person.
    pub hangs_on_one: Option<bool>,
    /// The person is now at another account of ours.
    pub gained: Option<bool>,
}

/// One step of a playbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRule {
    /// What to do, with names in braces.
    pub what: String,
    /// Why, with names in braces.
    pub why: String,
    /// Who does it.
    pub who: Assignee,
    /// Working days from the day of the case.
    pub due: u32,
    /// Left out where one of these names stands for something.
    pub unless: Vec<String>,
}

/// The names a playbook may use in braces.
pub const NAMES: [&str; 14] = [
    "person",
    "account",
    "title",
    "new_title",
    "new_company",
    "candidate",
    "decision_maker",
    "renewal",
    "days",
    "value",
    "urgent_ticket",
    "opportunity",
    "arrival",
    "until",
];

/// The names in braces that a text uses.
pub fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The first playbook whose conditions hold, applied. `None` where none fits.
pub fn plan(case: &Case, context: &Context, playbooks: &[Playbook], calendar: &Calendar, today: Date) -> Option<Plan> {
    let (playbook, because) =
        playbooks.iter().find_map(|playbook| Some((playbook, playbook.when.holds(case, context, today)?)))?;
    let names = names(case, context, today);
    let steps = playbook
        .steps
        .iter()
        .filter(|rule| rule.unless.iter().all(|name| !names.contains_key(name.as_str())))
        .filter_map(|rule| {
            Some(Step {
                what: Personal::new(fill(&rule.what, &names)?),
                why: fill(&rule.why, &names)?,
                who: rule.who,
                due: calendar.working_day(today, rule.due),
            })
        })
        .collect();
    Some(Plan {
        goal: fill(&playbook.goal, &names).unwrap_or_else(|| playbook.name.clone()),
        playbook: playbook.name.clone(),
        because,
        candidates: context.candidates.clone(),
        steps,
    })
}

impl When {
    /// The conditions that hold, in words, or `None` where one does not.
    fn holds(&self, case: &Case, context: &Context, today: Date) -> Option<Vec<String>> {
        let mut because = Vec::new();
        if !self.verdicts.is_empty() {
            self.verdicts.contains(&case.finding.verdict).then_some(())?;
            because.push(format!("the verdict is {}", case.finding.verdict));
        }
        if !self.roles.is_empty() {
            let role = self.roles.iter().find(|role| case.subject.roles.contains(role))?;
            because.push(format!("the person is {role}"));
        }
        if let Some(min_level) = self.min_level {
            let level = Title::parse(&case.subject.title).level().filter(|level| *level >= min_level)?;
            because.push(format!("{level} is {min_level} or above"));
        }
        if let Some(within) = self.renewal_within_days {
            let days = context.days_to_renewal(today).filter(|days| (0..=within).contains(days))?;
            because.push(format!("the renewal is in {days} days, within {within}"));
        }
        if let Some(min_value) = self.min_value {
            let value = context.value.as_ref().filter(|value| value.value.units() >= min_value)?;
            because.push(format!("the contract is worth {}", value.value));
        }
        if let Some(hangs) = self.hangs_on_one {
            (context.coverage_after.hangs_on_one() == hangs).then_some(())?;
            because.push(if hangs { "the account hangs on one person" } else { "several people are left" }.to_owned());
        }
        if let Some(gained) = self.gained {
            (case.gained_by.is_some() == gained).then_some(())?;
            because.push(
                if gained { "another account of ours gains the person" } else { "nobody of ours gains" }.to_owned(),
            );
        }
        Some(because)
    }
}

/// What the names stand for in this case; a name that stands for nothing is not there.
fn names(case: &Case, context: &Context, today: Date) -> BTreeMap<&'static str, String> {
    let finding = &case.finding;
    let decision_maker = [Role::DecisionMaker, Role::EconomicBuyer, Role::ExecutiveSponsor].iter().find_map(|role| {
        context.stakeholders.iter().find(|s| s.roles.contains(role) && s.contact != case.subject.contact)
    });
    let days = context.days_to_renewal(today).filter(|days| *days >= 0);
    let verdict_is = |verdict| finding.verdict == verdict;
    let position = [Verdict::Promoted, Verdict::Demoted, Verdict::Reassigned].contains(&finding.verdict);
    let values = [
        ("person", Some(case.subject.name.reveal().to_owned())),
        ("account", Some(case.account_name.clone())),
        ("title", Some(case.subject.title.clone())),
        ("new_title", position.then(|| finding.to.reveal().to_owned())),
        ("new_company", verdict_is(Verdict::Moved).then(|| finding.to.reveal().to_owned())),
        ("arrival", verdict_is(Verdict::Replaced).then(|| finding.to.reveal().to_owned())),
        ("until", finding.until.map(full_day)),
        ("candidate", context.candidates.first().map(|c| introduced(&c.name, &c.title))),
        ("decision_maker", decision_maker.map(|s| introduced(&s.name, &s.title))),
        ("renewal", days.and(context.renewal.as_ref()).map(|renewal| full_day(renewal.value))),
        ("days", days.map(|days| days.to_string())),
        ("value", context.value.as_ref().map(|v| v.value.to_string())),
        ("urgent_ticket", context.tickets.iter().map(|t| &t.value).find(|t| t.is_urgent()).map(ticket)),
        ("opportunity", context.opportunities.first().map(|o| o.value.name.clone())),
    ];
    values.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.trim().is_empty())?))).collect()
}

fn introduced(name: &Personal, title: &str) -> String {
    match title.trim() {
        "" => name.reveal().to_owned(),
        title => format!("{} ({title})", name.reveal()),
    }
}

fn ticket(ticket: &Ticket) -> String {
    format!("case {} (“{}”)", ticket.number, ticket.subject)
}

/// The text with its names filled in, or `None` where one stands for nothing.
fn fill(text: &str, names: &BTreeMap<&'static str, String>) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(names.get(name)?);
        rest = behind;
    }
    filled.push_str(rest);
    Some(filled)
}
