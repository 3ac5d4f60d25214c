//! Plain English for why two titles are one, or not.

use super::super::text;
use super::Title;
use super::alignment::{Alignment, Fit};
use super::reading::Word;

/// Why two titles with no word left over are the same.
pub(super) fn sameness(before: &Title, after: &Title, alignment: &Alignment) -> String {
    if before.is_on_leave() != after.is_on_leave() {
        return "the same job, one title mentions a leave".to_owned();
    }
    match (&alignment.paired, alignment.fit) {
        (Some((one, two)), Fit::Typo) => format!("“{one}” and “{two}” look like a typing error"),
        (Some((one, two)), Fit::Joined) => format!("“{one}” and “{two}” are one word"),
        (Some((short, long)), Fit::Reading) if as_written(short, before, after).is_none() => {
            format!("another way to say “{long}”")
        }
        (Some((short, long)), _) => stands_for(short, long, before, after),
        (None, _) => same_after_opening(before, after),
    }
}

/// Two departments in a sentence.
pub(super) fn other_department(before: &Title, after: &Title) -> String {
    match (before.department(), after.department()) {
        (Some(old), Some(new)) => format!("the same level, from {old} to {new}"),
        _ => "the same level in another department".to_owned(),
    }
}

fn same_after_opening(before: &Title, after: &Title) -> String {
    let opened_in_one =
        opened_in_one(before.words(), after.words()).or_else(|| opened_in_one(after.words(), before.words()));
    if let Some((short, long)) = opened_in_one {
        return stands_for(short, &long, before, after);
    }
    let same_order = before.words().iter().map(|word| &word.text).eq(after.words().iter().map(|word| &word.text));
    match same_order {
        true => "only the spelling differs".to_owned(),
        false => "the same words in another order".to_owned(),
    }
}

fn stands_for(short: &str, long: &str, before: &Title, after: &Title) -> String {
    let relation = match short.chars().next() == long.chars().next() {
        true if short.len() < 5 || short.len() + 2 < long.len() => "is short for",
        true => "is another spelling of",
        false => "means",
    };
    let written = as_written(short, before, after).unwrap_or(short);
    format!("“{written}” {relation} “{long}”")
}

/// The short form with the capitals one of the titles gives it.
fn as_written<'a>(short: &str, before: &'a Title, after: &'a Title) -> Option<&'a str> {
    [before, after].into_iter().find_map(|title| {
        let mut words = title.raw().split(|c: char| !c.is_alphanumeric());
        words.find(|word| text::fold(word) == short)
    })
}

fn opened_in_one(words: &[Word], others: &[Word]) -> Option<(&'static str, String)> {
    let is_short = |word: &&Word| {
        !word.opened_from.is_empty() && !others.iter().any(|other| other.opened_from == word.opened_from)
    };
    let short = words.iter().find(is_short)?.opened_from;
    let long: Vec<&str> = words.iter().filter(|word| word.opened_from == short).map(|word| &*word.text).collect();
    Some((short, long.join(" ")))
}
