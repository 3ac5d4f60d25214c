//! Who has which place on the stakeholder map: by seniority, with the one who went, the chairs left empty and who could fill
//! them.

use domain::Personal;
use domain::case::Case;
use domain::context::{Context, Stakeholder};
use domain::crm::Role;
use domain::finding::Verdict;
use domain::judge::titles::{Level, Title};
use jiff::civil::Date;

use super::text::distance;

/// One place on the map.
#[derive(Clone, Debug, Default)]
pub(super) struct Card {
    /// What kind of place it is.
    pub kind: Kind,
    /// The key roles and other parts, in words.
    pub roles: String,
    /// The name; for an empty chair, `nobody`.
    pub name: String,
    /// The job title.
    pub title: String,
    /// What has just happened to the person.
    pub news: String,
    /// What else must be known, the weightiest first.
    pub notes: Vec<String>,
    /// Place among the candidates, from 1.
    pub candidate: Option<usize>,
    /// The account hangs on this person.
    pub pillar: bool,
}

/// What kind of place a card is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody without a key role.
    #[default]
    Present,
    /// Somebody with a key role.
    Key,
    /// The one who is gone.
    Left,
    /// A key role nobody fills.
    Empty,
}

/// People of about one level.
#[derive(Clone, Debug)]
pub(super) struct Band {
    /// The level in words.
    pub label: &'static str,
    /// The people, those who matter to the case first.
    pub cards: Vec<Card>,
}

/// Everybody by level, the highest first; in each, those who matter to the case first.
pub(super) fn bands(case: &Case, context: &Context, today: Date) -> Vec<Band> {
    let mut bands = LABELS.map(|label| Band { label, cards: Vec::new() });
    let empty = &context.coverage_after.empty;
    let mut chairs: Vec<Role> = empty.clone();
    if case.finding.verdict.is_loss() {
        let level = Some(band(&case.subject.title)).filter(|band| *band != UNKNOWN);
        let cards = &mut bands[level.unwrap_or(WENT)].cards;
        cards.push(gone(case));
        chairs.retain(|role| !case.subject.roles.contains(role));
        cards.extend(empty.iter().filter(|role| case.subject.roles.contains(role)).map(|role| chair(*role, context)));
    }
    let mut people: Vec<(usize, Card)> =
        context.stakeholders.iter().map(|person| (band(&person.title), card(person, case, context, today))).collect();
    people.sort_by_key(|(_, card)| {
        (!card.pillar, card.news.is_empty(), card.kind != Kind::Key, card.candidate.unwrap_or(usize::MAX))
    });
    for (band, card) in people {
        bands[band].cards.push(card);
    }
    bands[NOBODY].cards.extend(chairs.into_iter().map(|role| chair(role, context)));
    bands.into_iter().filter(|band| !band.cards.is_empty()).collect()
}

const LABELS: [&str; 7] = [
    "Who went",
    "Executives",
    "VPs, directors, heads",
    "Managers, leads",
    "Specialists",
    "No level in the title",
    "Roles nobody fills",
];
const WENT: usize = 0;
const UNKNOWN: usize = 5;
const NOBODY: usize = 6;

fn band(title: &str) -> usize {
    match Title::parse(title).level() {
        Some(level) if level >= Level::DeputyChief => 1,
        Some(level) if level >= Level::DeputyHead => 2,
        Some(level) if level >= Level::Lead => 3,
        Some(_) => 4,
        None => UNKNOWN,
    }
}

fn gone(case: &Case) -> Card {
    let to = case.finding.to.reveal();
    let note = match case.finding.verdict {
        Verdict::Moved if !to.trim().is_empty() => format!("now at {to}"),
        Verdict::Replaced if !to.trim().is_empty() => format!("replaced by {to}"),
        Verdict::Departed | Verdict::Moved | Verdict::Replaced => "has left".to_owned(),
        Verdict::Promoted
        | Verdict::Demoted
        | Verdict::Reassigned
        | Verdict::Arrived
        | Verdict::Away
        | Verdict::Cosmetic
        | Verdict::Unclear => String::new(),
    };
    Card {
        kind: Kind::Left,
        roles: joined(&case.subject.roles, "was "),
        name: case.subject.name.reveal().to_owned(),
        title: case.subject.title.clone(),
        news: note,
        ..Card::default()
    }
}

fn chair(role: Role, context: &Context) -> Card {
    let best = context.candidates.first().map(|best| format!("best fit: {}", best.name.reveal()));
    Card {
        kind: Kind::Empty,
        roles: role.to_string(),
        name: "nobody".to_owned(),
        notes: best.into_iter().collect(),
        ..Card::default()
    }
}

fn card(person: &Stakeholder, case: &Case, context: &Context, today: Date) -> Card {
    let candidate =
        context.candidates.iter().position(|it| it.contact.as_ref() == Some(&person.contact)).map(|place| place + 1);
    let mut notes = Vec::new();
    if candidate.is_some() {
        notes.push("could take over".to_owned());
    }
    if let Some(day) = person.last_contact {
        notes.push(format!("last contact {}", distance((day - today).get_days())));
    }
    let is_subject = person.contact == case.subject.contact;
    let key = person.roles.iter().any(|role| Role::KEY.contains(role));
    Card {
        kind: if key { Kind::Key } else { Kind::Present },
        roles: joined(&person.roles, ""),
        name: person.name.reveal().to_owned(),
        title: person.title.clone(),
        news: if is_subject { changed(case.finding.verdict).to_owned() } else { String::new() },
        notes,
        candidate,
        pillar: pillar(context).is_some_and(|name| *name == person.name),
    }
}

fn changed(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Promoted => "promoted",
        Verdict::Demoted => "now at a lower level",
        Verdict::Reassigned => "changed role",
        Verdict::Replaced => "new in this record",
        Verdict::Arrived => "new here",
        Verdict::Away => "away for some time",
        Verdict::Unclear => "to be reviewed",
        Verdict::Departed | Verdict::Moved | Verdict::Cosmetic => "",
    }
}

/// The one person all key roles rest on, or the only person there is.
pub(super) fn pillar(context: &Context) -> Option<&Personal> {
    let after = &context.coverage_after;
    let holder = after.filled.first().and_then(|(_, names)| names.first());
    let only = context.stakeholders.first().map(|person| &person.name);
    holder.or(only).filter(|_| after.hangs_on_one())
}

fn joined(roles: &[Role], before: &str) -> String {
    if roles.is_empty() {
        return String::new();
    }
    let words: Vec<String> = roles.iter().map(Role::to_string).collect();
    format!("{before}{}", words.join(" + "))
}
