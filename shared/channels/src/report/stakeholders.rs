//! Who is left: the people of an account by seniority, with the one who went, the chairs left empty and who could fill them.

use domain::Personal;
use domain::case::Case;
use domain::context::{Context, Stakeholder};
use domain::crm::Role;
use domain::finding::Verdict;
use domain::judge::titles::{Level, Title};
use jiff::civil::Date;
use maud::{Markup, html};

use super::map;
use super::text::{counted, distance, name};

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

/// The map as a picture, what must not be overlooked, a key, and the same in words.
pub(super) fn figure(case: &Case, context: &Context, today: Date) -> Markup {
    let bands = bands(case, context, today);
    let warning = context.coverage_after.hangs_on_one();
    html! {
        @if warning { p.warning { strong { "The account now hangs on one person." } } }
        figure.map {
            (map::draw(case, &bands))
            (key(&bands))
        }
        details {
            summary { "The same in words" span.soft { ", " (counted(context.stakeholders.len(), "person", "people")) } }
            (words(&bands))
        }
    }
}

fn bands(case: &Case, context: &Context, today: Date) -> Vec<Band> {
    let mut bands = LABELS.map(|label| Band { label, cards: Vec::new() });
    let empty = &context.coverage_after.empty;
    let mut chairs: Vec<Role> = empty.clone();
    if case.finding.verdict.is_loss() {
        let cards = &mut bands[band(&case.subject.title)].cards;
        cards.push(gone(case));
        chairs.retain(|role| !case.subject.roles.contains(role));
        cards.extend(empty.iter().filter(|role| case.subject.roles.contains(role)).map(|role| chair(*role, context)));
    }
    let mut people: Vec<(usize, Card)> =
        context.stakeholders.iter().map(|person| (band(&person.title), card(person, case, context, today))).collect();
    people.sort_by_key(|(_, card)| (!card.pillar, card.kind != Kind::Key, card.candidate.unwrap_or(usize::MAX)));
    for (band, card) in people {
        bands[band].cards.push(card);
    }
    bands[NOBODY].cards.extend(chairs.into_iter().map(|role| chair(role, context)));
    bands.into_iter().filter(|band| !band.cards.is_empty()).collect()
}

const LABELS: [&str; 6] = ["Executives", "VPs, directors, heads", "Managers, leads", "Specialists", "No level in the title", "Roles nobody fills"];
const NOBODY: usize = 5;

fn band(title: &str) -> usize {
    match Title::parse(title).level() {
        Some(level) if level >= Level::DeputyChief => 0,
        Some(level) if level >= Level::DeputyHead => 1,
        Some(level) if level >= Level::Lead => 2,
        Some(_) => 3,
        None => 4,
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
        | Verdict::Cosmetic
        | Verdict::Unclear => String::new(),
    };
    Card {
        kind: Kind::Left,
        roles: joined(&case.subject.roles, "was "),
        name: case.subject.name.reveal().to_owned(),
        title: case.subject.title.clone(),
        notes: vec![note],
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
    let candidate = context.candidates.iter().position(|it| it.contact == person.contact).map(|place| place + 1);
    let mut notes = Vec::new();
    if person.contact == case.subject.contact {
        notes.push(changed(case.finding.verdict).to_owned());
    }
    if candidate.is_some() {
        notes.push("could take over".to_owned());
    }
    if let Some(day) = person.last_contact {
        notes.push(format!("last contact {}", distance((day - today).get_days())));
    }
    notes.retain(|note| !note.is_empty());
    let key = person.roles.iter().any(|role| Role::KEY.contains(role));
    Card {
        kind: if key { Kind::Key } else { Kind::Present },
        roles: joined(&person.roles, ""),
        name: person.name.reveal().to_owned(),
        title: person.title.clone(),
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
        Verdict::Unclear => "to be reviewed",
        Verdict::Departed | Verdict::Moved | Verdict::Cosmetic => "",
    }
}

/// The one person all key roles rest on, or the only person there is.
fn pillar(context: &Context) -> Option<&Personal> {
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

fn key(bands: &[Band]) -> Markup {
    let any = |has: fn(&Card) -> bool| bands.iter().flat_map(|band| &band.cards).any(has);
    html! {
        figcaption.key {
            ul {
                @if any(|card| card.kind == Kind::Key) { li { span.glyph.key {} "key role" } }
                @if any(|card| card.kind == Kind::Left) { li { span.glyph.left {} "has left" } }
                @if any(|card| card.kind == Kind::Empty) { li { span.glyph.empty {} "role nobody fills" } }
                @if any(|card| card.candidate.is_some()) { li { span.glyph.candidate { "1" } "could take over, the best first" } }
                @if any(|card| card.pillar) { li { span.glyph.pillar {} "all hangs on this person" } }
            }
        }
    }
}

fn words(bands: &[Band]) -> Markup {
    html! {
        ul.in-words {
            @for band in bands {
                li {
                    (band.label)
                    ul { @for card in &band.cards { li { (in_words(card)) } } }
                }
            }
        }
    }
}

fn in_words(card: &Card) -> Markup {
    html! {
        @if card.kind == Kind::Empty { strong { (card.roles) ": nobody" } }
        @else {
            strong { (name(&card.name)) }
            @if !card.title.is_empty() { ", " (name(&card.title)) }
            @if !card.roles.is_empty() { ", " (card.roles) }
        }
        @for note in &card.notes { ", " (name(note)) }
        @if let Some(place) = card.candidate { ", number " (place) " of the candidates" }
        @if card.pillar { ", the account hangs on this person" }
    }
}
