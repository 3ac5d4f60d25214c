//! From when until when somebody is away, and since when somebody is gone.

use jiff::civil::Date;

use crate::dates::{self, Anchor, Found, Role};
use crate::wording::{self, Language, Saying};
use crate::words::Sentence;

/// From when until when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    /// The first day, if it is said.
    pub from: Option<Date>,
    /// The last day, if it is said.
    pub until: Option<Date>,
    written: Option<Date>,
}

impl Span {
    /// The absence that these sentences tell of. Where only the day of the return is said, it ends on that.
    pub(super) fn read(sentences: &[Sentence], anchor: Anchor) -> Self {
        let document = wording::of(sentences.iter().flat_map(|sentence| &sentence.words));
        let mut span = Self { written: anchor.day, ..Self::default() };
        let mut back = None;
        for sentence in sentences {
            let languages = languages(sentence, document);
            let found = dates::find(sentence, &languages, anchor);
            let returned = return_day(sentence, &languages, &found);
            let is_back = |day: &&Found| returned.is_none_or(|returned| returned.words != day.words);
            let until = found.iter().filter(|day| day.role == Role::Until).find(is_back);
            span.until = span.until.or(until.map(|day| day.date));
            let since = found.iter().filter(|day| day.role == Role::Since).find(is_back);
            let plain = || found.iter().filter(|day| day.role == Role::Plain && is_absence(sentence)).find(is_back);
            span.from = span.from.or(since.or_else(plain).map(|day| day.date));
            back = back.or(returned.map(|day| day.date));
        }
        span.until = span.until.or(back);
        span.ordered()
    }

    /// How many days it lasts from the mail on, or from its first day.
    pub(super) fn days(&self) -> Option<i32> {
        Some((self.until? - self.from.or(self.written)?).get_days())
    }

    /// A first day behind the last one was meant otherwise.
    fn ordered(mut self) -> Self {
        if self.from.zip(self.until).is_some_and(|(from, until)| from > until) {
            self.from = None;
        }
        self
    }
}

/// Since when a sentence says that something is so. The sentences beside it are asked where it names no day.
pub(super) fn since(sentences: &[Sentence], at: usize, anchor: Anchor, document: &'static Language) -> Option<Date> {
    let in_sentence = |sentence: &Sentence| {
        let found = dates::find(sentence, &languages(sentence, document), anchor);
        let of = |role| found.iter().find(|day| day.role == role).map(|day| day.date);
        of(Role::Since).or_else(|| of(Role::Plain)).or_else(|| of(Role::Until))
    };
    in_sentence(sentences.get(at)?)
}

/// The day on which somebody is back: the one that stands nearest to the word that says so, and is not the end of the
/// absence.
fn return_day<'a>(sentence: &Sentence, languages: &[&'static Language], found: &'a [Found]) -> Option<&'a Found> {
    let patterns = || languages.iter().flat_map(|language| &language.back);
    let back = patterns().filter_map(|pattern| pattern.find(&sentence.words)).map(|range| range.start).min()?;
    let distance = |day: &&Found| {
        let after = day.words.start.checked_sub(back);
        after.unwrap_or_else(|| (back - day.words.start).saturating_mul(2))
    };
    // Where the last day is said too, the return lies behind it.
    let last = found.iter().filter(|day| day.role == Role::Until).map(|day| day.date).max();
    let may_be = |day: &&Found| day.role != Role::Until && last.is_none_or(|last| day.date > last);
    found.iter().filter(may_be).min_by_key(distance)
}

fn is_absence(sentence: &Sentence) -> bool {
    [Saying::LongLeave, Saying::Leave, Saying::Away].into_iter().any(|saying| wording::says(sentence, saying).is_some())
}

/// The language of a sentence, and that of the text around it.
fn languages(sentence: &Sentence, document: &'static Language) -> Vec<&'static Language> {
    let own = wording::of(sentence.words.iter());
    if own.name == document.name { vec![own] } else { vec![own, document] }
}
