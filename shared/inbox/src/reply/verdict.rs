//! What a text comes to: the gravest thing that its sentences say of the sender.

use std::ops::Range;

use domain::observation::Tidings;
use jiff::civil::Date;

use super::absence;
use super::names;
use crate::dates::Anchor;
use crate::mime::{Mail, Mailbox};
use crate::wording::{self, Language, Saying};
use crate::words::{Sentence, Word};

/// A leave of a kind that may be long or short is long from so many days on: four weeks of holiday are none.
const LONG_LEAVE_DAYS: i32 = 28;
/// Whoever is away for longer than any holiday is on leave, whatever it is called.
const LONG_ABSENCE_DAYS: i32 = 60;

/// What a text comes to.
pub(crate) struct Verdict {
    /// The tidings.
    pub what: Tidings,
    /// The sentence that says so.
    pub sentence: usize,
    /// Where in that sentence.
    pub at: Range<usize>,
    /// The day from which on it is so.
    pub from: Option<Date>,
    /// The last day of an absence.
    pub until: Option<Date>,
    /// The language of the wording.
    pub language: &'static str,
}

impl Verdict {
    /// The departure that a mail server was told to tell of.
    pub(crate) fn of_departure(sentences: &[Sentence], mail: &Mail) -> Option<Self> {
        let is_departure = |verdict: &Self| matches!(verdict.what, Tidings::Left | Tidings::Moved);
        reach(sentences, mail.head.anchor, &Mailbox::default()).filter(is_departure)
    }

    /// What the wording tells of.
    pub(super) fn reason(&self) -> &'static str {
        match self.what {
            Tidings::Left => "its wording is that of a departure",
            Tidings::Moved => "its wording is that of a move to another organisation",
            Tidings::OnLeave => "its wording is that of a long leave",
            Tidings::OutOfOffice => "its wording is that of an absence",
            Tidings::NewRole => "its wording is that of a new role",
            Tidings::AddressChanged => "its wording is that of a new address",
            Tidings::Disabled => "its wording is that of a closed mailbox",
            Tidings::UnknownUser | Tidings::Full | Tidings::Temporary | Tidings::Blocked | Tidings::OtherBounce => {
                "its wording is that of a failed delivery"
            }
        }
    }
}

/// One thing that a sentence says.
struct Heard {
    saying: Saying,
    sentence: usize,
    words: Range<usize>,
    language: &'static Language,
}

/// What these sentences come to; `None` where they say nothing of the kind.
pub(crate) fn reach(sentences: &[Sentence], anchor: Anchor, sender: &Mailbox) -> Option<Verdict> {
    let heard = hear(sentences, sender);
    let first = |saying| heard.iter().find(|heard| heard.saying == saying);
    let span = absence::Span::read(sentences, anchor);
    let (what, grounds) = decide(&first, &span)?;
    let document = wording::of(sentences.iter().flat_map(|sentence| &sentence.words));
    let (from, until) = match what {
        Tidings::OnLeave | Tidings::OutOfOffice => (span.from, span.until),
        _ => {
            let same = heard.iter().filter(|heard| heard.saying == grounds.saying || heard.saying == Saying::Left);
            let first = |heard: &Heard| absence::since(sentences, heard.sentence, anchor, document);
            (first(grounds).or_else(|| same.into_iter().find_map(first)), None)
        }
    };
    Some(Verdict {
        what,
        sentence: grounds.sentence,
        at: sentences[grounds.sentence].bytes(&grounds.words),
        from,
        until,
        language: grounds.language.name,
    })
}

fn decide<'a>(first: &dyn Fn(Saying) -> Option<&'a Heard>, span: &absence::Span) -> Option<(Tidings, &'a Heard)> {
    let days = span.days();
    let is_long = |least: i32| days.is_some_and(|days| days >= least);
    if let Some(elsewhere) = first(Saying::Elsewhere) {
        return Some((Tidings::Moved, first(Saying::Left).unwrap_or(elsewhere)));
    }
    if let Some(left) = first(Saying::Left) {
        return Some((Tidings::Left, left));
    }
    if let Some(leave) = first(Saying::LongLeave) {
        return Some((Tidings::OnLeave, leave));
    }
    if let Some(leave) = first(Saying::Leave).filter(|_| days.is_none() || is_long(LONG_LEAVE_DAYS)) {
        return Some((Tidings::OnLeave, leave));
    }
    let away = first(Saying::Leave).or_else(|| first(Saying::Away));
    if let Some(away) = away.filter(|_| is_long(LONG_ABSENCE_DAYS)) {
        return Some((Tidings::OnLeave, away));
    }
    None.or_else(|| first(Saying::Role).map(|role| (Tidings::NewRole, role)))
        .or_else(|| first(Saying::Address).map(|address| (Tidings::AddressChanged, address)))
        .or_else(|| first(Saying::Closed).map(|closed| (Tidings::Disabled, closed)))
        .or_else(|| away.map(|away| (Tidings::OutOfOffice, away)))
}

fn hear(sentences: &[Sentence], sender: &Mailbox) -> Vec<Heard> {
    let mut heard = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        for saying in Saying::ALL {
            let Some((language, words)) = wording::says(sentence, saying) else { continue };
            let is_departure = matches!(saying, Saying::Left | Saying::Elsewhere);
            if is_departure && names::speaks_of_another(sentence, words.start, language, sender) {
                continue;
            }
            // Whoever works for the organisation that the mail comes from has not gone elsewhere.
            let stays = |word: &Word| names::is_company(word, sender);
            if saying == Saying::Elsewhere && sentence.words[words.end.saturating_sub(1)..].iter().take(4).any(stays) {
                continue;
            }
            heard.push(Heard { saying, sentence: at, words, language });
        }
    }
    heard
}
