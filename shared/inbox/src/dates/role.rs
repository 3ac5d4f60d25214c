//! Whether something begins or ends on a day: by the words right before and right behind it.

use std::ops::Range;

use super::Role;
use super::calendar::Part;
use crate::patterns::Pattern;
use crate::wording::Language;
use crate::words::Sentence;

/// Words without meaning between a day and what it belongs to.
const BETWEEN: usize = 4;
/// Words that join two days to a range, in all languages.
const JOINING: [&str; 19] = [
    "to",
    "until",
    "till",
    "through",
    "thru",
    "bis",
    "au",
    "al",
    "a",
    "ao",
    "tot",
    "til",
    "do",
    "t/m",
    "and",
    "bis zum",
    "a al",
    "tot en met",
    "til og med",
];

/// What a day means.
pub(super) fn of(sentence: &Sentence, languages: &[&'static Language], day: &Range<usize>) -> Role {
    if stands_behind(sentence, languages, day.end, |l| &l.until_behind) {
        return Role::Until;
    }
    if stands_behind(sentence, languages, day.end, |l| &l.since_behind) {
        return Role::Since;
    }
    let mut end = day.start;
    for _ in 0..BETWEEN {
        end = before_part_of(sentence, languages, end);
        let until = begin(sentence, languages, end, |l| &l.until);
        let since = begin(sentence, languages, end, |l| &l.since);
        match (until, since) {
            // The longer one: `bis zum` is no `zum`.
            (Some(until), Some(since)) => return if until <= since { Role::Until } else { Role::Since },
            (Some(_), None) => return Role::Until,
            (None, Some(_)) => return Role::Since,
            (None, None) => {}
        }
        if end == 0 || !is_filler(sentence, languages, end - 1) {
            return Role::Plain;
        }
        end -= 1;
    }
    Role::Plain
}

/// Whether a sentence tells of a return.
pub(super) fn returns(sentence: &Sentence, languages: &[&'static Language]) -> bool {
    languages.iter().any(|language| language.back.iter().any(|pattern| pattern.find(&sentence.words).is_some()))
}

/// Whether what stands between two days makes a range of them.
pub(super) fn joins(gap: &str) -> bool {
    let gap = gap.trim_matches(['.', ' ', ',']).to_lowercase();
    matches!(gap.as_str(), "-" | "–" | "—" | "―" | "->" | "→") || JOINING.contains(&gap.as_str())
}

/// Which part of the month that begins with this word is meant.
pub(super) fn part(sentence: &Sentence, languages: &[&'static Language], month: usize) -> Part {
    let stands = |of: fn(&Language) -> &[Pattern]| begin(sentence, languages, month, of).is_some();
    match () {
        () if stands(|l| &l.end_of) => Part::End,
        () if stands(|l| &l.middle_of) => Part::Middle,
        () if stands(|l| &l.beginning_of) => Part::Beginning,
        () => Part::Whole,
    }
}

fn before_part_of(sentence: &Sentence, languages: &[&'static Language], end: usize) -> usize {
    let parts: [fn(&Language) -> &[Pattern]; 3] = [|l| &l.end_of, |l| &l.middle_of, |l| &l.beginning_of];
    parts.into_iter().find_map(|of| begin(sentence, languages, end, of)).unwrap_or(end)
}

/// Where the longest wording that ends right before a word begins.
fn begin(
    sentence: &Sentence,
    languages: &[&'static Language],
    end: usize,
    of: fn(&Language) -> &[Pattern],
) -> Option<usize> {
    let patterns = languages.iter().flat_map(|language| of(language));
    patterns.filter_map(|pattern| longest_before(pattern, sentence, end)).min()
}

fn longest_before(pattern: &Pattern, sentence: &Sentence, end: usize) -> Option<usize> {
    pattern.begin_before(&sentence.words, end)
}

fn stands_behind(
    sentence: &Sentence,
    languages: &[&'static Language],
    at: usize,
    of: fn(&Language) -> &[Pattern],
) -> bool {
    languages.iter().flat_map(|language| of(language)).any(|p| p.end_from(&sentence.words, at).is_some())
}

fn is_filler(sentence: &Sentence, languages: &[&'static Language], at: usize) -> bool {
    let Some(word) = sentence.words.get(at) else { return false };
    let is_weekday =
        |language: &Language| language.weekdays.iter().any(|p| p.end_from(&sentence.words[..=at], at) == Some(at + 1));
    languages.iter().any(|language| language.fillers.contains(&word.fold) || is_weekday(language))
}
