//! The same person at the same company: promoted, demoted, reassigned, or only another spelling of the title?

use super::Facts;
use super::odds::{Weighed, log_odds};
use super::text::fold;
use super::titles::{self, Title, TitleChange};
use crate::finding::Verdict;

/// Weighs a change of position.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before.title.as_str(), facts.after.title.as_str());
    if before == after {
        return department(facts);
    }
    let titles = facts.titles();
    let verdict = match titles.change {
        TitleChange::Promoted => Verdict::Promoted,
        TitleChange::Demoted => Verdict::Demoted,
        TitleChange::Reassigned => Verdict::Reassigned,
        TitleChange::Unclear => Verdict::Unclear,
        TitleChange::Same | TitleChange::Former => Verdict::Cosmetic,
    };
    let text = if before.trim().is_empty() || after.trim().is_empty() {
        titles.reason.clone()
    } else {
        format!("“{}” is now “{}”: {}", before.trim(), after.trim(), titles.reason)
    };
    if verdict == Verdict::Cosmetic && !after.trim().is_empty() {
        let moved = department(facts);
        if moved.confidence() > 0.5 {
            return moved;
        }
    }
    if verdict == Verdict::Cosmetic {
        let mut same = Weighed::prior(Verdict::Reassigned, 0.0);
        same.add("Contact.Title", text, -log_odds(titles.confidence.max(0.65)));
        return same;
    }
    let mut changed = Weighed::prior(verdict, 0.0);
    let weight = if verdict == Verdict::Unclear { 0.0 } else { log_odds(titles.confidence) };
    changed.add("Contact.Title", text, weight);
    if weight > 0.0 && has_another_boss(facts) {
        changed.add("Contact.ReportsToId", "reports to somebody else now", 0.3);
    }
    changed
}

/// A new boss alone is no change of the person; beside another title it makes one likelier.
fn has_another_boss(facts: &Facts<'_>) -> bool {
    let (before, after) = (facts.before.reports_to.trim(), facts.after.reports_to.trim());
    !before.is_empty() && !after.is_empty() && before != after
}

/// What changed: the title where it did, else the department.
pub(super) fn from_to(facts: &Facts<'_>) -> (String, String) {
    let (before, after) = (facts.before, facts.after);
    if before.title == after.title && before.department == after.department {
        // Only mail has told of it, and the CRM does not show it yet.
        (before.title.clone(), "another position".to_owned())
    } else if before.title == after.title {
        (before.department.clone(), after.department.clone())
    } else {
        (before.title.clone(), after.title.clone())
    }
}

/// The title is the same; is the department another one, or spelled another way?
fn department(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before.department.as_str(), facts.after.department.as_str());
    if before == after || before.trim().is_empty() || after.trim().is_empty() || fold(before) == fold(after) {
        return Weighed::nothing(Verdict::Reassigned);
    }
    let mut reassigned = Weighed::prior(Verdict::Reassigned, 0.0);
    let text = format!("the department “{}” is now “{}”", before.trim(), after.trim());
    let weight = match (Title::parse(before).department(), Title::parse(after).department()) {
        (Some(a), Some(b)) if a == b => -2.5,
        (Some(_), Some(_)) => 1.6,
        _ if titles::compare(before, after).change == TitleChange::Same => -2.0,
        _ => 0.0,
    };
    reassigned.add("Contact.Department", text, weight);
    reassigned
}
