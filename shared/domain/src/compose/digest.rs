//! The weekly digest: to each person what is open, overdue, held for review, small or left in silence; to each manager who has how
//! much.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{bare, count_as, short};
use crate::case::{Case, State};
use crate::config::Config;
use crate::days::day;
use crate::follow_up::{open_steps, told_at};
use crate::notice::{Notice, Purpose, Recipient, Section};
use crate::plan::{Assignee, Step};
use crate::recipients::{Responsible, responsible};
use crate::records::Silenced;
use crate::severity::{Severity, severity};
use crate::{AccountId, Personal};

/// What digests are made of.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Cases that are not at their ends.
    pub open: &'a [Case],
    /// What nobody was told of in the week.
    pub silenced: &'a [Silenced],
    /// Who is responsible for an account now, where the CRM could be asked; else a case's own knowledge counts.
    pub responsible: &'a BTreeMap<AccountId, Responsible>,
    /// When the week began.
    pub since: Timestamp,
}

/// What nobody was told of by then is more than on its way.
const ON_ITS_WAY_DAYS: u32 = 1;
/// Lines of a digest under each title, at most; the rest is counted. Together they are 40.
const PEOPLE: usize = 8;
const OPEN: usize = 10;
const OVERDUE: usize = 8;
const HELD: usize = 6;
const SMALL: usize = 4;
const SILENCED: usize = 4;

/// One digest for each person of whom there is anything to say.
pub fn digests(known: &Known<'_>, config: &Config, now: Timestamp) -> Vec<Notice> {
    let mut readers: BTreeMap<String, Reader<'_>> = BTreeMap::new();
    for case in known.open.iter().filter(|case| !case.shadow) {
        file(case, known, config, now, &mut readers);
    }
    for silenced in known.silenced {
        let Some(Responsible { owner, manager }) = known.responsible.get(&silenced.account) else { continue };
        let to = responsible(owner.as_ref(), manager.as_ref(), &Personal::default(), config);
        reader(&mut readers, &to).silenced.push(silenced);
    }
    readers.into_values().filter(|reader| !reader.is_empty()).map(|reader| reader.notice(config, now)).collect()
}

/// What one person reads.
struct Reader<'a> {
    recipient: Recipient,
    open: Vec<&'a Case>,
    /// Overdue steps with the accounts they are about.
    overdue: Vec<(&'a Step, &'a Case)>,
    held: Vec<&'a Case>,
    small: Vec<&'a Case>,
    silenced: Vec<&'a Silenced>,
    /// Of a manager: those who have something open, by name.
    people: BTreeMap<Personal, Load>,
}

#[derive(Default)]
struct Load {
    open: usize,
    unanswered: usize,
    overdue: usize,
}

fn reader<'a, 'b>(readers: &'b mut BTreeMap<String, Reader<'a>>, recipient: &Recipient) -> &'b mut Reader<'a> {
    readers.entry(recipient.email.reveal().trim().to_lowercase()).or_insert_with(|| Reader {
        recipient: recipient.clone(),
        open: Vec::new(),
        overdue: Vec::new(),
        held: Vec::new(),
        small: Vec::new(),
        silenced: Vec::new(),
        people: BTreeMap::new(),
    })
}

/// Lays a case before whoever acts on it, and counts it for the manager.
fn file<'a>(
    case: &'a Case,
    known: &Known<'_>,
    config: &Config,
    now: Timestamp,
    readers: &mut BTreeMap<String, Reader<'a>>,
) {
    let responsible = known.responsible.get(&case.account).cloned().unwrap_or_else(|| Responsible::of(case));
    let to = responsible.acts_on(case, config);
    let above = responsible.stands_above(&to, case);
    let today = config.calendar.of_reader(to.zone.as_deref()).day(now);
    let reads = reader(readers, &to);
    if case.state == State::Held {
        reads.held.push(case);
        return;
    }
    if severity(case, &config.notify.digest_only, today) == Severity::Low {
        if case.opened().is_some_and(|opened| opened >= known.since) {
            reads.small.push(case);
        }
        return;
    }
    if is_on_its_way(case) && !case.shadow {
        let day = case.opened().map(|opened| config.calendar.day(opened));
        if day.is_some_and(|day| config.calendar.working_day(day, ON_ITS_WAY_DAYS) <= today) {
            reads.open.push(case);
        }
        return;
    }
    if !matches!(case.state, State::Notified | State::Acknowledged) {
        return;
    }
    reads.open.push(case);
    let (managers, others): (Vec<&Step>, Vec<&Step>) = open_steps(case, None)
        .map(|(_, step)| step)
        .filter(|step| step.due < today)
        .partition(|step| step.who == Assignee::Manager && above.is_some());
    reads.overdue.extend(others.iter().map(|step| (*step, case)));
    if let Some(above) = above {
        let manager = reader(readers, &above);
        manager.overdue.extend(managers.iter().map(|step| (*step, case)));
        let load = manager.people.entry(to.name).or_default();
        load.open += 1;
        load.unanswered += usize::from(case.state == State::Notified);
        load.overdue += others.len();
    }
}

fn is_on_its_way(case: &Case) -> bool {
    matches!(case.state, State::Detected | State::Enriched | State::Planned)
}

impl Reader<'_> {
    fn is_empty(&self) -> bool {
        let Self { open, overdue, held, small, silenced, people, .. } = self;
        open.is_empty()
            && overdue.is_empty()
            && held.is_empty()
            && small.is_empty()
            && silenced.is_empty()
            && people.is_empty()
    }

    fn notice(mut self, config: &Config, now: Timestamp) -> Notice {
        let today = config.calendar.of_reader(self.recipient.zone.as_deref()).day(now);
        self.open.sort_by_key(|case| (case.state, told_at(case)));
        self.overdue.sort_by_key(|(step, _)| step.due);
        let sections = [
            section("Your people", PEOPLE, self.people.iter().map(|(name, load)| of_person(name, load))),
            section("Open cases", OPEN, self.open.iter().map(|case| of_case(case, config, today))),
            section("Overdue steps", OVERDUE, self.overdue.iter().map(|(step, case)| of_step(step, case))),
            section("Held for your review", HELD, self.held.iter().map(|case| of_held(case))),
            section("New this week, with nothing to do", SMALL, self.small.iter().map(|case| short(case))),
            section(&self.silence(), SILENCED, self.silenced.iter().map(|silenced| of_silenced(silenced))),
        ];
        let footer =
            "You get this once a week because you own accounts or manage somebody who does. All of it: baton cases";
        Notice {
            subject: Personal::new(format!("Your week: {}", self.summary())),
            headline: Personal::new(format!("This is how your accounts stand on {}.", day(today))),
            sections: sections.into_iter().flatten().collect(),
            links: link(config),
            ..bare(Purpose::Digest, self.recipient, footer.to_owned(), None)
        }
    }

    /// `4 open cases, 2 overdue steps, 1 finding to review`
    fn summary(&self) -> String {
        let team: usize = self.people.values().map(|load| load.open).sum();
        let counts = [
            (self.open.len(), "open case", "open cases"),
            (self.overdue.len(), "overdue step", "overdue steps"),
            (self.held.len(), "finding to review", "findings to review"),
            (team, "open case of your people", "open cases of your people"),
        ];
        let parts: Vec<String> =
            counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count_as(n, one, many)).collect();
        if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }
    }

    fn silence(&self) -> String {
        format!("Left in silence: {}", count_as(self.silenced.len(), "change", "changes"))
    }
}

/// Lines under a title, the last of which counts those that are too many; nothing where there are none.
fn section(title: &str, most: usize, lines: impl ExactSizeIterator<Item = String>) -> Option<Section> {
    let all = lines.len();
    let shown = if all > most { most - 1 } else { all };
    let mut lines: Vec<Personal> = lines.take(shown).map(Personal::new).collect();
    if all > shown {
        lines.push(Personal::new(format!("… and {} more", all - shown)));
    }
    (all > 0).then(|| Section { title: title.to_owned(), lines })
}

fn of_person(name: &Personal, load: &Load) -> String {
    let counts = [(load.unanswered, "not answered"), (load.overdue, "overdue")];
    let more = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}"));
    format!("{}: {} open{}", name.reveal(), load.open, more.collect::<String>())
}

fn of_case(case: &Case, config: &Config, today: Date) -> String {
    let since = told_at(case).map(|at| format!(" since {}", day(config.calendar.day(at)))).unwrap_or_default();
    let stands = match (case.state, case.snoozed) {
        (_, Some(until)) => format!("put off until {}", day(until)),
        (State::Notified, None) => format!("not answered{since}"),
        _ if is_on_its_way(case) => {
            let since = case.opened().map(|at| format!(" since {}", day(config.calendar.day(at))));
            format!("found and not told{}", since.unwrap_or_default())
        }
        _ => format!("open{since}"),
    };
    let days = case.context.as_ref().and_then(|context| context.days_to_renewal(today)).filter(|days| *days >= 0);
    let renewal = days.map(|days| format!(", renewal in {}", super::count(days, "day"))).unwrap_or_default();
    format!("{}: {stands}{renewal}", short(case))
}

fn of_step(step: &Step, case: &Case) -> String {
    format!("{} ({}), due {}", step.what.reveal(), case.account_name, day(step.due))
}

fn of_held(case: &Case) -> String {
    let why = if case.brake.is_some() { "stopped by the brake" } else { "not sure enough" };
    format!("{} {} % sure, {why}: {}", case.finding.sentence.reveal(), case.finding.percent(), case.id)
}

fn of_silenced(silenced: &Silenced) -> String {
    format!("{} at {}: {}", silenced.name.reveal(), silenced.account_name, silenced.reason)
}

fn link(config: &Config) -> Vec<(String, String)> {
    let url = &config.notify.report_url;
    if url.is_empty() { Vec::new() } else { vec![("The report".to_owned(), url.clone())] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CaseId;
    use crate::follow_up::example::told;

    fn nth(n: usize) -> Case {
        Case { id: CaseId::parse(&format!("C-{n}")).unwrap(), ..told("2026-11-05T09:00:00Z") }
    }

    fn made(open: &[Case], config: &Config) -> Vec<Notice> {
        let (responsible, now) = (BTreeMap::new(), "2026-11-16T08:00:00Z".parse().unwrap());
        let known = Known {
            open,
            silenced: &[],
            responsible: &responsible,
            since: now - jiff::SignedDuration::from_hours(168),
        };
        digests(&known, config, now)
    }

    fn lines(notice: &Notice) -> Vec<String> {
        notice.sections.iter().flat_map(|section| &section.lines).map(|line| line.reveal().to_owned()).collect()
    }

    #[test]
    fn a_person_reads_what_is_open_and_overdue_and_the_manager_who_has_how_much() {
        let [mayas, toms] = <[Notice; 2]>::try_from(made(&[nth(1), nth(2)], &Config::shipped())).unwrap();
        assert_eq!(mayas.recipient.email.reveal(), "maya@us.example");
        assert_eq!(mayas.subject.reveal(), "Your week: 2 open cases, 2 overdue steps");
        assert_eq!(lines(&mayas)[0], "Dana Fox has left Northwind Traders: not answered since 5 Nov");
        assert_eq!(lines(&mayas)[2], "Call Lee Park (Northwind Traders), due 10 Nov");
        assert_eq!(toms.subject.reveal(), "Your week: 2 overdue steps, 2 open cases of your people");
        assert_eq!(lines(&toms)[0], "Maya: 2 open, 2 not answered, 2 overdue");
    }

    #[test]
    fn there_are_forty_lines_at_most_and_the_rest_is_counted() {
        let many: Vec<Case> = (0..100).map(nth).collect();
        let notices = made(&many, &Config::shipped());
        assert!(notices.iter().all(|notice| lines(notice).len() <= 40));
        assert_eq!(lines(&notices[0])[9], "… and 91 more");
    }

    #[test]
    fn what_is_small_is_told_once_a_week_and_what_is_in_shadow_never() {
        let config = Config::parse("[notify]\ndigest_only = [\"departed\"]\n").unwrap();
        assert_eq!(made(&[nth(1)], &config), [], "it was made before this week");
        let new = Case { history: vec![(State::Notified, "2026-11-12T09:00:00Z".parse().unwrap())], ..nth(1) };
        assert_eq!(lines(&made(std::slice::from_ref(&new), &config)[0]), ["Dana Fox has left Northwind Traders"]);
        assert_eq!(made(&[Case { shadow: true, ..new }], &config), []);
        assert_eq!(made(&[], &config), []);
    }

    #[test]
    fn what_is_held_goes_to_whoever_the_crm_says_is_responsible_now() {
        let held = Case { state: State::Held, context: None, ..nth(1) };
        let now = "2026-11-16T08:00:00Z".parse().unwrap();
        let known_now = BTreeMap::from([(held.account.clone(), Responsible::of(&nth(1)))]);
        let open = [held];
        let known = Known { open: &open, silenced: &[], responsible: &known_now, since: now };
        let made = digests(&known, &Config::shipped(), now);
        assert_eq!(made[0].recipient.email.reveal(), "maya@us.example");
        assert_eq!(lines(&made[0]), ["Dana Fox has left Northwind Traders. 97 % sure, not sure enough: C-1"]);
    }
}
