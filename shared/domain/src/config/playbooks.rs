//! Playbooks as a person writes them, checked.

use serde::Deserialize;
use toml::Spanned;

use super::raw::{Mistakes, level};
use crate::crm::Role;
use crate::finding::Verdict;
use crate::plan::Assignee;
use crate::playbook::{NAMES, Playbook, StepRule, When, names_in};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlaybook {
    name: Spanned<String>,
    goal: Spanned<String>,
    #[serde(default)]
    when: RawWhen,
    #[serde(default)]
    step: Vec<RawStep>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawWhen {
    verdict: Vec<Spanned<String>>,
    role: Vec<Spanned<String>>,
    min_level: Option<Spanned<String>>,
    renewal_within_days: Option<Spanned<i64>>,
    min_value: Option<Spanned<i64>>,
    hangs_on_one: Option<bool>,
    gained: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    r#do: Spanned<String>,
    why: Spanned<String>,
    who: Spanned<String>,
    due: Spanned<i64>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
}

/// Checks playbooks; what is wrong goes to `mistakes`.
pub(super) fn check(raw: Vec<RawPlaybook>, mistakes: &mut Mistakes<'_>) -> Vec<Playbook> {
    raw.into_iter()
        .map(|playbook| {
            if playbook.step.is_empty() {
                let problem = format!("{:?} has no step", playbook.name.get_ref());
                mistakes.add(playbook.name.span().start, "playbook", problem, "add a [[playbook.step]]");
            }
            check_names(&playbook.goal, "playbook.goal", mistakes);
            Playbook {
                name: playbook.name.into_inner(),
                goal: playbook.goal.into_inner(),
                when: when(&playbook.when, mistakes),
                steps: playbook.step.into_iter().filter_map(|step| check_step(step, mistakes)).collect(),
            }
        })
        .collect()
}

fn when(raw: &RawWhen, mistakes: &mut Mistakes<'_>) -> When {
    let mut verdicts = Vec::new();
    for text in &raw.verdict {
        match Verdict::parse(text.get_ref()) {
            Some(verdict) => verdicts.push(verdict),
            None => mistakes.add(
                text.span().start,
                "playbook.when.verdict",
                format!("{:?} is no verdict", text.get_ref()),
                "use departed, moved, promoted, demoted, reassigned, replaced or arrived",
            ),
        }
    }
    let mut roles = Vec::new();
    for text in &raw.role {
        match Role::parse(text.get_ref()) {
            Some(role) if role != Role::Other => roles.push(role),
            _ => mistakes.add(
                text.span().start,
                "playbook.when.role",
                format!("{:?} is no role", text.get_ref()),
                "use champion, decision maker, economic buyer, technical lead, executive sponsor, influencer or user",
            ),
        }
    }
    When {
        verdicts,
        roles,
        min_level: raw
            .min_level
            .as_ref()
            .and_then(|l| level(l.get_ref(), l.span().start, "playbook.when.min_level", mistakes)),
        renewal_within_days: raw.renewal_within_days.as_ref().map(|days| {
            not_negative(days, "playbook.when.renewal_within_days", mistakes);
            i32::try_from(*days.get_ref()).unwrap_or(i32::MAX)
        }),
        min_value: raw.min_value.as_ref().map(|value| {
            not_negative(value, "playbook.when.min_value", mistakes);
            *value.get_ref()
        }),
        hangs_on_one: raw.hangs_on_one,
        gained: raw.gained,
    }
}

fn check_step(raw: RawStep, mistakes: &mut Mistakes<'_>) -> Option<StepRule> {
    check_names(&raw.r#do, "playbook.step.do", mistakes);
    check_names(&raw.why, "playbook.step.why", mistakes);
    not_negative(&raw.due, "playbook.step.due", mistakes);
    for name in raw.unless.iter().filter(|name| !NAMES.contains(&name.get_ref().as_str())) {
        unknown_name(name.span().start, "playbook.step.unless", name.get_ref(), mistakes);
    }
    let who = Assignee::parse(raw.who.get_ref());
    if who.is_none() {
        let problem = format!("{:?} takes no steps", raw.who.get_ref());
        mistakes.add(raw.who.span().start, "playbook.step.who", problem, "use owner, manager, support or sales");
    }
    Some(StepRule {
        what: raw.r#do.into_inner(),
        why: raw.why.into_inner(),
        who: who?,
        due: u32::try_from(*raw.due.get_ref()).unwrap_or_default(),
        unless: raw.unless.into_iter().map(Spanned::into_inner).collect(),
    })
}

fn check_names(text: &Spanned<String>, key: &str, mistakes: &mut Mistakes<'_>) {
    for name in names_in(text.get_ref()).filter(|name| !NAMES.contains(name)) {
        unknown_name(text.span().start, key, name, mistakes);
    }
}

fn unknown_name(at: usize, key: &str, name: &str, mistakes: &mut Mistakes<'_>) {
    let remedy = format!("the names there are: {}", NAMES.join(", "));
    mistakes.add(at, key, format!("{{{name}}} stands for nothing"), &remedy);
}

fn not_negative(value: &Spanned<i64>, key: &str, mistakes: &mut Mistakes<'_>) {
    if !(0..=100_000_000_000).contains(value.get_ref()) {
        let problem = format!("{} is out of range", value.get_ref());
        mistakes.add(value.span().start, key, problem, "write a whole number from 0 on");
    }
}
