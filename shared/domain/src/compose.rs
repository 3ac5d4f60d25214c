//! Writes notices: what happened and how sure we are, how we know, how the account stands, who is left, what to do.
//! Every word comes from a fact; where a fact is missing the line is left out.

mod afterwards;
mod digest;
mod follow_up;

use jiff::civil::Date;

use crate::case::{Case, State};
use crate::config::{Calendar, Config};
use crate::context::{Context, Stakeholder};
use crate::crm::Role;
use crate::days::full_day;
use crate::finding::{Evidence, Verdict};
use crate::follow_up::open_steps;
use crate::judge::with_one_stop;
use crate::notice::{AccountLine, Channel, Notice, NoticeEvidence, NoticeStep, Purpose, Recipient};
use crate::plan::{Assignee, Step};
use crate::proposals;
use crate::records::ScanRecord;
use crate::{AccountId, CaseId, Personal};

pub use self::digest::{Known, digests};
pub use self::follow_up::{escalation, reminder, step_due, woken};
pub use afterwards::{answers, handed_on, handed_over, refreshed, standing, story, tells_standing};

/// Pieces of evidence that are worth a line on a phone.
const MOST_EVIDENCE: usize = 5;

/// The alert to the person responsible.
pub fn alert(case: &Case, recipient: Recipient, config: &Config, today: Date) -> Notice {
    let context = case.context.as_ref();
    let footer = footer(&recipient, case, "every fact and step: baton show");
    let manager = context.and_then(|context| context.manager.as_ref()).map(|manager| &manager.value.id);
    let reads_as_manager = recipient.user.is_some() && recipient.user.as_ref() == manager;
    Notice {
        subject: Personal::new(subject(case, today)),
        headline: Personal::new(headline(case)),
        sure: Some(case.finding.percent()),
        evidence: evidence(case, &config.calendar),
        account: context.map(|context| account(context, case, today)),
        people: context.map(|context| people(context, case, today)).unwrap_or_default(),
        warning: context.and_then(warning),
        goal: case.plan.as_ref().map(|plan| plan.goal.clone()),
        steps: open_steps(case, None).map(|open| step(open, reads_as_manager)).collect(),
        answers: answers(case, Purpose::Alert),
        links: links(case, &case.account, config),
        standing: standing(case, &config.calendar),
        proposals: proposals::shown(case, &config.calendar),
        revision: case.revision(),
        ..bare(Purpose::Alert, recipient, footer, Some(case.id.clone()))
    }
}

/// To the owner of the account that a person has come to from another account of ours.
pub fn gained(case: &Case, gaining: &AccountId, recipient: Recipient, config: &Config) -> Notice {
    let (name, to) = (case.subject.name.reveal(), case.finding.to.reveal());
    let from = &case.account_name;
    let footer = footer(&recipient, case, "every fact and step: baton show");
    let roles = match roles(&case.subject.roles) {
        roles if roles.is_empty() => format!("{name} knows us from {from}."),
        roles => format!("At {from} this was our {roles}."),
    };
    Notice {
        subject: Personal::new(format!("{name} has come to {to} from {from}")),
        headline: Personal::new(format!("{}, has come to {to}, an account of yours, from {from}.", introduced(case))),
        sure: Some(case.finding.percent()),
        evidence: evidence(case, &config.calendar),
        remarks: vec![
            Personal::new(roles),
            Personal::new(format!("Say hello to {name}, and ask the owner of {from} what worked there.")),
        ],
        links: links(case, gaining, config),
        ..bare(Purpose::Gained, recipient, footer, Some(case.id.clone()))
    }
}

/// In the same thread: what was reported was taken back.
pub fn cleared(case: &Case, recipient: Recipient, config: &Config) -> Notice {
    let subject = &case.subject;
    let footer = footer(&recipient, case, "its story: baton show");
    Notice {
        subject: Personal::new(format!("Taken back: {} at {}", subject.name.reveal(), case.account_name)),
        headline: Personal::new(format!(
            "What we reported about {}, at {} was taken back in the CRM: {}",
            introduced(case),
            case.account_name,
            sentence_end(&case.because),
        )),
        remarks: vec![Personal::new("The case is cleared. There is nothing left to do.")],
        links: links(case, &case.account, config),
        ..bare(Purpose::Cleared, recipient, footer, Some(case.id.clone()))
    }
}

/// In the same thread: what else has been learned, and how sure we are now.
pub fn continued(case: &Case, recipient: Recipient, config: &Config) -> Notice {
    let subject = &case.subject;
    let footer = footer(&recipient, case, "every fact: baton show --explain");
    let alerts = case.finding.alerts(config.threshold);
    let remark = match &case.finding.named {
        _ if !alerts => format!("We are less sure than we were: ask {} before you act on it.", subject.name.reveal()),
        Some(named) => format!("{} is named in {}'s stead.", named.in_words(), subject.name.reveal()),
        None => "This is what has been learned since.".to_owned(),
    };
    Notice {
        subject: Personal::new(format!("More about {} at {}", subject.name.reveal(), case.account_name)),
        headline: Personal::new(headline(case)),
        sure: Some(case.finding.percent()),
        evidence: evidence(case, &config.calendar),
        remarks: vec![Personal::new(remark)],
        answers: answers(case, Purpose::Continued),
        links: links(case, &case.account, config),
        standing: standing(case, &config.calendar),
        revision: case.revision(),
        ..bare(Purpose::Continued, recipient, footer, Some(case.id.clone()))
    }
}

/// To the administrator: a scan was stopped.
pub fn brake(scan: &ScanRecord, config: &Config) -> Notice {
    let recipient = administrator(config);
    let why = scan.brake.clone().unwrap_or_default();
    Notice {
        subject: Personal::new(format!("Baton stopped a scan of {}: nobody was alerted", scan.system)),
        headline: Personal::new(format!("The scan of {} would have alerted too much: {why}.", scan.system)),
        remarks: vec![
            Personal::new(format!(
                "{} of {} contacts had changed, {} were seen for the first time. A broken field mapping or a bulk import looks like this.",
                scan.changed, scan.contacts, scan.first_seen
            )),
            Personal::new(match scan.held {
                0 => "Nothing was concluded from it.".to_owned(),
                held => format!("{held} findings are held. Look at them: baton cases --in held"),
            }),
            Personal::new(format!("If it is true, release it: baton brake release {} --crm SOURCE", scan.scan)),
            Personal::new(format!("If it is not, discard it: baton brake discard {}", scan.scan)),
            Personal::new("On AWS these take --stack NAME, and no --crm."),
        ],
        ..bare(
            Purpose::Brake,
            recipient,
            format!("You get this because you are the administrator. Scan {}", scan.scan),
            None,
        )
    }
}

/// To the administrator: a channel takes nothing any more. `why` says what is to be done about it.
pub fn channel_broken(channel: Channel, why: &str, config: &Config) -> Notice {
    Notice {
        subject: Personal::new(format!("Baton reaches nobody by {channel} any more")),
        headline: Personal::new(format!("Nothing leaves by {channel}: {}", sentence_end(why))),
        remarks: vec![
            Personal::new(
                "What was to leave waits in the dead letters of deliveries: once this is put right, baton redrive sends it.",
            ),
            Personal::new("You are told of this once a day for as long as it lasts."),
        ],
        ..bare(
            Purpose::Brake,
            administrator(config),
            "You get this because you are the administrator.".to_owned(),
            None,
        )
    }
}

/// To the administrator: no mail leaves any more. `why` says how many came back or were called spam.
pub fn mail_stopped(why: &str, config: &Config) -> Notice {
    Notice {
        subject: Personal::new("Baton stopped its mail: too much of it comes back"),
        headline: Personal::new(format!("No mail leaves any more: {why}.")),
        remarks: vec![
            Personal::new(
                "Whoever is told in Slack still is. What was to be mailed is tried again, and after five tries waits in the dead letters of deliveries: baton redrive sends it afterwards.",
            ),
            Personal::new("Correct the addresses that came back, in the CRM or in notify.default_recipient."),
            Personal::new(format!(
                "Mail leaves again when the last {} days are better, or when the limits in [mail] allow it.",
                config.mail.days
            )),
        ],
        ..bare(
            Purpose::Brake,
            administrator(config),
            "You get this because you are the administrator.".to_owned(),
            None,
        )
    }
}

/// The administrator, as a recipient.
pub fn administrator(config: &Config) -> Recipient {
    Recipient {
        user: None,
        name: Personal::new("Administrator"),
        email: config.notify.administrator.clone(),
        because: "you are the administrator".to_owned(),
        zone: None,
    }
}

fn bare(purpose: Purpose, recipient: Recipient, footer: String, case: Option<CaseId>) -> Notice {
    Notice {
        purpose,
        recipient,
        subject: Personal::default(),
        headline: Personal::default(),
        sure: None,
        evidence: Vec::new(),
        account: None,
        people: Vec::new(),
        warning: None,
        goal: None,
        steps: Vec::new(),
        remarks: Vec::new(),
        sections: Vec::new(),
        answers: Vec::new(),
        links: Vec::new(),
        footer,
        case,
        standing: None,
        proposals: Vec::new(),
        revision: 0,
    }
}

/// `Dana Fox has left Northwind Traders: renewal in 47 days, no champion left`.
pub fn subject(case: &Case, today: Date) -> String {
    let mut news = Vec::new();
    if let Some(context) = &case.context {
        if let Some(days) = context.days_to_renewal(today).filter(|days| (0..=120).contains(days)) {
            news.push(format!("renewal in {}", count(days, "day")));
        }
        if let Some(role) = lost_roles(context).first() {
            news.push(format!("no {role} left"));
        } else if case.finding.verdict.is_loss() && context.coverage_after.hangs_on_one() {
            news.push("one person left".to_owned());
        }
    }
    let what = short(case);
    if news.is_empty() { what } else { format!("{what}: {}", news.join(", ")) }
}

fn short(case: &Case) -> String {
    let (name, account) = (case.subject.name.reveal(), &case.account_name);
    let (from, to) = (case.finding.from.reveal().trim(), case.finding.to.reveal().trim());
    match case.finding.verdict {
        Verdict::Departed => format!("{name} has left {account}"),
        Verdict::Moved => format!("{name} has moved from {account} to {to}"),
        Verdict::Replaced => format!("{from} at {account} is now {to}"),
        Verdict::Promoted => format!("{name} of {account} is now {to}"),
        Verdict::Demoted => format!("{name} of {account} is now {to}, before {from}"),
        Verdict::Reassigned => format!("{name} of {account} now works as {to}"),
        Verdict::Arrived if case.finding.sentence.reveal().contains(" is back at ") => {
            format!("{name} is back at {account}")
        }
        Verdict::Arrived => format!("{name} is new at {account}"),
        Verdict::Away => format!("{name} of {account} is away{}", until(case)),
        Verdict::Cosmetic | Verdict::Unclear => format!("{name} at {account}: something may have changed"),
    }
}

fn headline(case: &Case) -> String {
    let (who, account) = (introduced(case), &case.account_name);
    let (from, to) = (case.finding.from.reveal().trim(), case.finding.to.reveal().trim());
    with_one_stop(match case.finding.verdict {
        Verdict::Departed => format!("{who}, has left {account}."),
        Verdict::Moved => format!("{who}, has moved from {account} to {to}."),
        Verdict::Replaced => format!("The record of {who}, at {account} now names {to}."),
        Verdict::Promoted => format!("{who}, was promoted at {account}: from {from} to {to}."),
        Verdict::Demoted => format!("{who}, was moved down at {account}: from {from} to {to}."),
        Verdict::Reassigned => format!("{who}, has another position at {account}: from {from} to {to}."),
        Verdict::Away => format!("{who}, is away from {account}{}.", until(case)),
        Verdict::Arrived | Verdict::Cosmetic | Verdict::Unclear => case.finding.sentence.reveal().to_owned(),
    })
}

fn until(case: &Case) -> String {
    case.finding.until.map(|day| format!(" until {}", full_day(day))).unwrap_or_default()
}

/// `Dana Fox, VP Operations and your champion`.
fn introduced(case: &Case) -> String {
    let subject = &case.subject;
    let roles = roles(&subject.roles);
    let title = subject.title.trim();
    match (title.is_empty(), roles.is_empty()) {
        (true, true) => format!("{}, a contact", subject.name.reveal()),
        (true, false) => format!("{}, your {roles}", subject.name.reveal()),
        (false, true) => format!("{}, {title}", subject.name.reveal()),
        (false, false) => format!("{}, {title} and your {roles}", subject.name.reveal()),
    }
}

fn roles(roles: &[Role]) -> String {
    let known: Vec<String> =
        roles.iter().filter(|r| !matches!(r, Role::Other | Role::User)).map(ToString::to_string).collect();
    known.join(" and ")
}

fn evidence(case: &Case, calendar: &Calendar) -> Vec<NoticeEvidence> {
    let line = |evidence: &Evidence| NoticeEvidence {
        bearing: evidence.bearing,
        day: evidence.happened.or_else(|| evidence.observed.map(|at| calendar.day(at))),
        text: evidence.text.clone(),
    };
    case.finding.evidence.iter().take(MOST_EVIDENCE).map(line).collect()
}

fn account(context: &Context, case: &Case, today: Date) -> AccountLine {
    let mut facts = Vec::new();
    facts.extend(context.status.as_ref().map(|status| status.value.to_lowercase()));
    facts.extend(context.health.as_ref().map(|health| match health.value.month_ago {
        Some(before) if before != health.value.now => format!("health {} ({before} a month ago)", health.value.now),
        _ => format!("health {}", health.value.now),
    }));
    facts.extend(context.value.as_ref().map(|value| format!("{} a year", value.value)));
    if let (Some(renewal), Some(days)) = (&context.renewal, context.days_to_renewal(today)) {
        let day = full_day(renewal.value);
        facts.push(match days {
            0 => format!("renewal today, {day}"),
            1.. => format!("renewal {day}, in {}", count(days, "day")),
            _ => format!("renewal was due {day}, {} ago", count(-days, "day")),
        });
    }
    if !context.opportunities.is_empty() {
        let amounts: Vec<String> =
            context.opportunities.iter().filter_map(|o| o.value.amount.as_ref().map(ToString::to_string)).collect();
        let open = count_as(context.opportunities.len(), "open opportunity", "open opportunities");
        facts.push(if amounts.is_empty() { open } else { format!("{open} {}", amounts.join(" + ")) });
    }
    if !context.tickets.is_empty() {
        let urgent = context.tickets.iter().filter(|t| t.value.is_urgent()).count();
        let open = count_as(context.tickets.len(), "open case", "open cases");
        facts.push(if urgent == 0 { open } else { format!("{open}, {urgent} high") });
    }
    AccountLine { name: case.account_name.clone(), facts }
}

/// The key roles with those who fill them now; the ones that this case has emptied first.
fn people(context: &Context, case: &Case, today: Date) -> Vec<(String, Personal)> {
    let lost = lost_roles(context);
    let mut lines: Vec<(String, Personal)> =
        lost.iter().map(|role| (role.to_string(), Personal::new("nobody"))).collect();
    for (role, _) in &context.coverage_after.filled {
        let holders: Vec<String> = context
            .stakeholders
            .iter()
            .filter(|s| s.roles.contains(role))
            .map(|s| stakeholder(s, s.contact == case.subject.contact, today))
            .collect();
        lines.push((role.to_string(), Personal::new(holders.join("; "))));
    }
    let in_role = |s: &&Stakeholder| Role::KEY.iter().any(|role| s.roles.contains(role));
    let others = context.stakeholders.iter().filter(|s| !in_role(s) && s.contact != case.subject.contact);
    let names: Vec<String> = others.clone().take(2).map(introduce).collect();
    match (names.len(), others.count()) {
        (0, _) => {}
        (shown, all) if all > shown => {
            lines.push(("others".to_owned(), Personal::new(format!("{} and {} more", names.join("; "), all - shown))));
        }
        _ => lines.push(("others".to_owned(), Personal::new(names.join("; ")))),
    }
    lines
}

fn stakeholder(person: &Stakeholder, subject: bool, today: Date) -> String {
    let mut text = introduce(person);
    if subject {
        return text;
    }
    if let Some(last) = person.last_contact {
        match (today - last).get_days() {
            0 => text.push_str(" (last contact today)"),
            days @ 1.. => text.push_str(&format!(" (last contact {} ago)", count(days, "day"))),
            _ => {}
        }
    }
    text
}

fn introduce(person: &Stakeholder) -> String {
    match person.title.trim() {
        "" => person.name.reveal().to_owned(),
        title => format!("{}, {title}", person.name.reveal()),
    }
}

fn lost_roles(context: &Context) -> Vec<Role> {
    let filled_before = |role: &Role| context.coverage_before.filled.iter().any(|(r, _)| r == role);
    context.coverage_after.empty.iter().copied().filter(filled_before).collect()
}

fn warning(context: &Context) -> Option<String> {
    context.coverage_after.hangs_on_one().then(|| {
        if context.coverage_before.hangs_on_one() {
            "The account hangs on one person.".to_owned()
        } else {
            "The account now hangs on one person.".to_owned()
        }
    })
}

/// Where the manager reads in the owner's place, both of their steps are the reader's own.
/// A step of the plan, with its place from 0.
fn step((place, step): (u32, &Step), reads_as_manager: bool) -> NoticeStep {
    let who = match step.who {
        Assignee::Owner => "you",
        Assignee::Manager if reads_as_manager => "you",
        Assignee::Manager => "your manager",
        Assignee::Support => "support",
        Assignee::Sales => "sales",
    };
    let number = place.saturating_add(1);
    NoticeStep { number, what: step.what.clone(), why: step.why.clone(), who: who.to_owned(), due: step.due }
}

fn links(case: &Case, account: &AccountId, config: &Config) -> Vec<(String, String)> {
    let notify = &config.notify;
    let mut links = Vec::new();
    if !notify.report_url.is_empty() {
        links.push(("Everything we looked at".to_owned(), format!("{}#{}", notify.report_url, case.id)));
    }
    if !notify.account_url.is_empty() {
        links.push(("The account in the CRM".to_owned(), notify.account_url.replace("{account}", account.as_str())));
    }
    links
}

fn footer(recipient: &Recipient, case: &Case, more: &str) -> String {
    let state = if case.state == State::Cleared { " · cleared" } else { "" };
    format!(
        "You get this because {}. Case {}{state} · rules {} · {more} {}",
        recipient.because, case.id, case.finding.rules, case.id
    )
}

fn sentence_end(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn count(n: i32, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

fn count_as(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
