//! Is it still the same person? A record that now names somebody else is a departure and an arrival at once.

use super::Facts;
use super::company::phones;
use super::names::{self, Person};
use super::odds::{Weighed, log_odds};
use super::text::{fold, words};
use crate::finding::Verdict;

/// Weighs `replaced`.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before.name.reveal(), facts.after.name.reveal());
    let mut replaced = Weighed::nothing(Verdict::Replaced);
    if before == after || before.trim().is_empty() || after.trim().is_empty() {
        return replaced;
    }
    let names = names::compare(before, after);
    replaced = Weighed::prior(Verdict::Replaced, 0.0);
    let weight = match names.person {
        Person::Same => -log_odds(names.confidence),
        Person::Different => log_odds(names.confidence),
        Person::Unclear => 0.0,
    };
    replaced.add("Contact.Name", format!("“{before}” is now “{after}”: {}", names.reason), weight);
    weigh_address(facts, names.person, &mut replaced);
    match phones(facts.before, facts.after) {
        Some(true) => replaced.add("Contact.Phone", "the telephone number has stayed the same", -1.2),
        Some(false) if names.person != Person::Same => {
            replaced.add("Contact.Phone", "the telephone number is another one too", 0.7);
        }
        Some(false) | None => {}
    }
    replaced
}

/// An address that stayed speaks for the same person (a married name), another one for another person. Where the names
/// have nothing in common an address that stayed may only not have been edited yet, and one that belongs to a task and
/// not to a person says nothing.
fn weigh_address(facts: &Facts<'_>, person: Person, replaced: &mut Weighed) {
    let (before, after) = (facts.before.email.reveal().trim(), facts.after.email.reveal().trim());
    if before.is_empty() || after.is_empty() || SHARED.contains(&local_part(before).as_str()) {
        return;
    }
    if before.eq_ignore_ascii_case(after) {
        let strangers = person == Person::Different && !share_a_name(facts);
        let weight = if strangers { -2.0 } else { -3.5 };
        replaced.add("Contact.Email", "the address has stayed the same", weight);
    } else if person != Person::Same && local_part(before) != local_part(after) {
        let weight = if person == Person::Different { 1.5 } else { 0.9 };
        replaced.add("Contact.Email", "the address names somebody else now", weight);
    }
}

/// Whether the names have a word in common, or are the same letters in another order.
fn share_a_name(facts: &Facts<'_>) -> bool {
    let (before, after) = (fold(facts.before.name.reveal()), fold(facts.after.name.reveal()));
    let letters = |name: &str| -> Vec<char> {
        let mut letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
        letters.sort_unstable();
        letters
    };
    words(&before).any(|word| words(&after).any(|other| other == word)) || letters(&before) == letters(&after)
}

/// Mailboxes of a task (RFC 2142, and those that every company has).
const SHARED: [&str; 14] = [
    "info",
    "sales",
    "support",
    "contact",
    "office",
    "admin",
    "purchasing",
    "procurement",
    "billing",
    "accounting",
    "finance",
    "hr",
    "marketing",
    "it",
];

fn local_part(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_lowercase()
}
