//! The reach of a job: a district is less than a region, a region less than a country.

use super::alignment::Alignment;
use super::reading::Word;
use super::verdict::judged;
use super::{Title, TitleChange, TitleJudgement};

/// The judgement if nothing but the reach differs between two titles of one level.
pub(super) fn moved(before: &Title, after: &Title, alignment: &Alignment) -> Option<TitleJudgement> {
    let old = only_reach(before.words(), &alignment.left_before)?;
    let new = only_reach(after.words(), &alignment.left_after)?;
    Some(match new.cmp(&old) {
        std::cmp::Ordering::Greater => judged(TitleChange::Promoted, 0.8, "the same job for a larger region"),
        std::cmp::Ordering::Less => judged(TitleChange::Demoted, 0.8, "the same job for a smaller region"),
        std::cmp::Ordering::Equal => judged(TitleChange::Unclear, 0.5, "the same job, its reach named differently"),
    })
}

fn only_reach(words: &[Word], left: &[usize]) -> Option<u8> {
    let [at] = left else { return None };
    reach(&words.get(*at)?.text)
}

fn reach(word: &str) -> Option<u8> {
    match word {
        "local" | "store" | "branch" | "site" => Some(1),
        "area" | "district" | "territory" | "zone" => Some(2),
        "regional" | "division" => Some(3),
        "national" | "country" => Some(4),
        "international" | "global" | "group" => Some(5),
        _ => None,
    }
}
