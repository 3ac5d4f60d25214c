//! Plain English for why two titles are one, or not.

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
        (Some((short, long)), _) => format!("“{short}” is short for “{long}”"),
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
    let opened_in_one = opened_in_one(before.words(), after.words()).or_else(|| opened_in_one(after.words(), before.words()));
    if let Some((short, long)) = opened_in_one {
        return format!("“{short}” is short for “{long}”");
    }
    let same_order = before.words().iter().map(|word| &word.text).eq(after.words().iter().map(|word| &word.text));
    match same_order {
        true => "only the spelling differs".to_owned(),
        false => "the same words in another order".to_owned(),
    }
}

fn opened_in_one(words: &[Word], others: &[Word]) -> Option<(&'static str, String)> {
    let is_short = |word: &&Word| !word.opened_from.is_empty() && !others.iter().any(|other| other.opened_from == word.opened_from);
    let short = words.iter().find(is_short)?.opened_from;
    let long: Vec<&str> = words.iter().filter(|word| word.opened_from == short).map(|word| &*word.text).collect();
    Some((short, long.join(" ")))
}
