//! Has the person gone, with no word of where to? Two independent signs are needed, or one that a person has set.

use super::Facts;
use super::odds::Weighed;
use super::titles::{self, Title, TitleChange};
use crate::crm::Seen;
use crate::finding::Verdict;

/// What became of a record that is no longer in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Nothing is known but that it is not there.
    Deleted,
    /// Another record of the same person is there: the two were merged.
    Merged,
}

/// Whether anything about the record still says that the person has left.
pub fn shows_absence(seen: &Seen) -> bool {
    seen.left || seen.bounced || seen.inactive || Title::parse(&seen.title).is_former()
}

/// Before any sign: a person who changes anything in the CRM has mostly not left.
const PRIOR: f64 = -1.5;

/// Weighs `departed`.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before, facts.after);
    if facts.around.absence == Some(Absence::Merged) {
        let mut merged = Weighed::prior(Verdict::Departed, -4.0);
        merged.add("Contact", "the record was merged into another one of the same person", -0.6);
        return merged;
    }
    if before.left && !after.left && facts.around.absence.is_none() {
        return returned(facts);
    }
    let deleted = facts.around.absence == Some(Absence::Deleted);
    let former = says_former(facts);
    let fresh = deleted
        || former
        || (after.left && !before.left)
        || (after.bounced && !before.bounced)
        || (after.inactive && !before.inactive);
    let mut departed = Weighed::nothing(Verdict::Departed);
    if !fresh {
        return departed;
    }
    departed = Weighed::prior(Verdict::Departed, PRIOR);
    if after.left {
        departed.add("Contact.NoLongerAtCompany", "marked as no longer at the company", 3.5);
    }
    if former {
        departed.add("Contact.Title", format!("the title now reads “{}”", after.title.trim()), 3.2);
    }
    if after.bounced {
        departed.add("Contact.EmailBounced", "mail to the address bounced", 1.6);
    }
    if after.inactive {
        departed.add("Contact.Active", "the record was switched off", 1.3);
    }
    if deleted {
        departed.add("Contact", "the record was deleted", 1.3);
    }
    departed
}

fn says_former(facts: &Facts<'_>) -> bool {
    let (before, after) = (facts.before.title.as_str(), facts.after.title.as_str());
    before != after
        && Title::parse(after).is_former()
        && !Title::parse(before).is_former()
        && matches!(titles::compare(before, after).change, TitleChange::Former)
}

/// The mark that somebody has left was taken away again.
fn returned(facts: &Facts<'_>) -> Weighed {
    let mut arrived = Weighed::prior(Verdict::Arrived, 0.0);
    arrived.add("Contact.NoLongerAtCompany", "no longer marked as having left", 2.0);
    if facts.before.bounced && !facts.after.bounced {
        arrived.add("Contact.EmailBounced", "mail to the address arrives again", 0.8);
    }
    arrived
}
