//! Has the person gone? One sign that only the person or one of us can have given is enough; else two that do not depend on
//! one another are needed. With one alone nobody is told, and it is said what would settle it.

use std::collections::BTreeSet;

use super::Facts;
use super::names::{self, Note};
use super::odds::Weighed;
use super::titles::{Title, TitleChange};
use super::told::{self, Where};
use crate::crm::Seen;
use crate::finding::{Evidence, Verdict};

/// What became of a record that is no longer in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Nothing is known but that it is not there.
    Deleted,
    /// Another record of the same person is there: the two were merged.
    Merged,
}

/// One thing that says that a person has gone.
pub(super) struct Sign {
    /// Whose word it is: two signs of one origin are one.
    pub origin: Origin,
    /// It identifies the person and says so in as many words.
    pub hard: bool,
    /// It was not known when the contact was last judged.
    pub fresh: bool,
    /// The fact and its weight.
    pub evidence: Evidence,
}

/// Whose word a sign is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// Somebody who wrote it into the record.
    Editor,
    /// The mail server of the company.
    Mailbox,
    /// The person's own mailbox.
    Reply,
    /// Somebody, or a job, that switched the record off or deleted it.
    Record,
    /// A provider of job records.
    Provider(String),
}

/// Whether anything about the record still says that the person has left.
pub fn shows_absence(seen: &Seen) -> bool {
    seen.left || seen.bounced || seen.inactive || Title::parse(&seen.title).is_former()
}

/// Before any sign: a person who changes anything in the CRM has mostly not left.
const PRIOR: f64 = -1.5;

/// What would settle a departure of which there is one sign.
const SETTLES: &str = "one sign alone; another source would settle it: a reply or bounce from the address, a provider's \
                       record, or somebody who marks the contact as no longer there";

/// Weighs `departed`, and `moved` where a provider knows where to.
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
    let told = told::whereabouts(facts);
    let mut signs = signs_of_record(facts);
    signs.extend(told.signs);
    if !signs.iter().any(|sign| sign.fresh) {
        return Weighed::nothing(Verdict::Departed);
    }
    let enough = signs.iter().any(|sign| sign.hard) || origins(&signs).len() >= 2;
    let verdict = match (&told.place, enough) {
        (_, false) => Verdict::Unclear,
        (Where::Elsewhere(_), true) => Verdict::Moved,
        (Where::Unknown | Where::StillThere, true) => Verdict::Departed,
    };
    let mut gone = Weighed::prior(verdict, PRIOR);
    each_origin_once(signs).into_iter().for_each(|fact| gone.add_evidence(fact));
    told.against.into_iter().for_each(|fact| gone.add_evidence(fact));
    new_address_there(facts, &mut gone);
    if let Where::Elsewhere(company) = told.place {
        gone.destination = Some(company);
    }
    if !enough {
        gone.settles = SETTLES;
    }
    gone
}

fn origins(signs: &[Sign]) -> BTreeSet<&Origin> {
    signs.iter().map(|sign| &sign.origin).collect()
}

/// Of several signs of one origin the weightiest counts; the others say nothing more.
fn each_origin_once(mut signs: Vec<Sign>) -> Vec<Evidence> {
    signs.sort_by(|a, b| b.evidence.weight.total_cmp(&a.evidence.weight));
    let mut heard: Vec<Origin> = Vec::new();
    let fact = |sign: Sign| {
        let again = heard.contains(&sign.origin);
        heard.push(sign.origin);
        if again { sign.evidence.weighing(0.0) } else { sign.evidence }
    };
    signs.into_iter().map(fact).collect()
}

/// What the CRM's own record says.
fn signs_of_record(facts: &Facts<'_>) -> Vec<Sign> {
    let (before, after) = (facts.before, facts.after);
    let mut signs = Vec::new();
    let mut sign = |origin: Origin, fresh: bool, source: &str, text: &str, weight: f64| {
        let hard = origin == Origin::Editor;
        signs.push(Sign { origin, hard, fresh, evidence: Evidence::new(source, text, weight) });
    };
    if after.left {
        let text = "marked as no longer at the company";
        sign(Origin::Editor, !before.left, "Contact.NoLongerAtCompany", text, 4.5);
    }
    if says_former(facts) {
        let text = format!("the title now reads “{}”", after.title.trim());
        sign(Origin::Editor, true, "Contact.Title", &text, 4.2);
    }
    let (name_before, name_after) = (before.name.reveal(), after.name.reveal());
    if name_before != name_after
        && names::note(name_after) == Some(Note::Left)
        && names::note(name_before) != Some(Note::Left)
    {
        let text = format!("the name now reads “{}”", name_after.trim());
        sign(Origin::Editor, true, "Contact.Name", &text, 4.2);
    }
    if after.bounced {
        sign(Origin::Mailbox, !before.bounced, "Contact.EmailBounced", "mail to the address bounced", 1.8);
    }
    if after.inactive {
        sign(Origin::Record, !before.inactive, "Contact.Active", "the record was switched off", 1.5);
    }
    if facts.around.absence == Some(Absence::Deleted) {
        sign(Origin::Record, true, "Contact", "the record was deleted", 1.5);
    }
    signs
}

/// A new address at the same company, given together with signs of leaving: whoever edits it expects the person there.
fn new_address_there(facts: &Facts<'_>, gone: &mut Weighed) {
    let (before, after) = (facts.before, facts.after);
    let address = after.email.reveal().trim();
    let edited = !address.is_empty() && !before.email.is_blank() && before.email != after.email;
    if edited && before.company == after.company && !super::address_moved(before, after) {
        gone.add("Contact.Email", "the record has a new address at the same company", -2.2);
    }
}

fn says_former(facts: &Facts<'_>) -> bool {
    let (before, after) = (facts.before.title.as_str(), facts.after.title.as_str());
    before != after
        && facts.titles().change == TitleChange::Former
        && Title::parse(after).is_former()
        && !Title::parse(before).is_former()
}

/// The mark that somebody has left was taken away again.
fn returned(facts: &Facts<'_>) -> Weighed {
    let mut arrived = Weighed::prior(Verdict::Arrived, 0.0);
    arrived.add("Contact.NoLongerAtCompany", "no longer marked as having left", 2.0);
    if facts.before.bounced && !facts.after.bounced {
        arrived.add("Contact.EmailBounced", "mail to the address arrives again", 0.8);
    } else if facts.after.bounced && !facts.before.bounced {
        arrived.add("Contact.EmailBounced", "mail to the address bounces now", -1.6);
    }
    arrived
}
