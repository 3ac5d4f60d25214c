//! A finding as one plain sentence.

use jiff::civil::Date;

use super::Facts;
use crate::crm::Seen;
use crate::finding::Verdict;

/// The sentence; `to` is where the person is now, and `because` the weightiest fact as a clause.
pub(super) fn of(facts: &Facts<'_>, verdict: Verdict, to: &str, until: Option<Date>, because: &str) -> String {
    let (before, after) = (facts.before, facts.after);
    let (who, at) = (introduced(before), company(before));
    let sentence = match verdict {
        Verdict::Departed => format!("{who} has left {at}."),
        Verdict::Moved if to.trim().is_empty() => format!("{who} has moved from {at} to another company."),
        Verdict::Moved => format!("{who} has moved from {at} to {}.", to.trim()),
        Verdict::Away => match until {
            Some(day) => format!("{who} is away from {at} until {}.", day.strftime("%-d %B %Y")),
            None => format!("{who} is away from {at} for some time."),
        },
        Verdict::Promoted | Verdict::Demoted | Verdict::Reassigned => {
            let (from, to) = super::position::from_to(facts);
            let what = match verdict {
                Verdict::Promoted => "was promoted",
                Verdict::Demoted => "was moved down",
                _ => "has another position",
            };
            format!("{} {what} at {}: from {} to {}.", name(before), company(after), from.trim(), to.trim())
        }
        Verdict::Replaced => {
            format!("The record of {who} at {at} now names {}.", introduced(after).trim_end_matches(','))
        }
        Verdict::Arrived => arrival(after, true),
        Verdict::Cosmetic if because.is_empty() => format!("Nothing has changed about {} but spelling.", name(before)),
        Verdict::Cosmetic => format!("Nothing has changed about {}: {because}.", name(before)),
        Verdict::Unclear => format!("Something may have changed about {who} at {at}: {because}."),
    };
    capitalised(with_one_stop(sentence))
}

/// A sentence begins with a capital letter where it begins with words of ours.
fn capitalised(sentence: String) -> String {
    match sentence.strip_prefix("a contact") {
        Some(rest) => format!("A contact{rest}"),
        None => sentence,
    }
}

/// `Acme Inc.` ends a sentence with its own full stop.
pub(crate) fn with_one_stop(mut sentence: String) -> String {
    if sentence.ends_with("..") {
        sentence.pop();
    }
    sentence
}

/// The sentence about a new or returned person.
pub(super) fn arrival(after: &Seen, returned: bool) -> String {
    let what = if returned { "is back at" } else { "is new at" };
    capitalised(with_one_stop(format!("{} {what} {}.", introduced(after), company(after))))
}

/// The first watched field that differs, for findings that are about no field in particular.
pub(super) fn first_difference(facts: &Facts<'_>) -> (String, String) {
    let (before, after) = (facts.before, facts.after);
    let pairs = [
        (before.name.reveal(), after.name.reveal()),
        (&before.company, &after.company),
        (&before.title, &after.title),
        (&before.department, &after.department),
        (before.email.reveal(), after.email.reveal()),
    ];
    pairs.into_iter().find(|(a, b)| a != b).map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default()
}

/// `Dana Fox, VP Operations,` or the bare name where there is no title.
fn introduced(seen: &Seen) -> String {
    match seen.title.trim() {
        "" => name(seen).to_owned(),
        title => format!("{}, {title},", name(seen)),
    }
}

fn name(seen: &Seen) -> &str {
    match seen.name.reveal().trim() {
        "" => "a contact without a name",
        name => name,
    }
}

fn company(seen: &Seen) -> &str {
    match seen.company.trim() {
        "" => "an account without a name",
        company => company,
    }
}
