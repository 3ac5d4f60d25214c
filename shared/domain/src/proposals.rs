//! Which fields of the CRM a finding speaks of that the CRM itself does not show yet. Each is a proposal: nothing is written
//! before a person has confirmed exactly that.

use crate::case::{Case, Proposal, ProposalState};
use crate::config::{Calendar, Fields};
use crate::days;
use crate::finding::{Bearing, Evidence, Finding, Question, Verdict};
use crate::notice::NoticeProposal;
use crate::ports::UpdatedRecord;
use crate::{ContactId, Personal};

/// The job title, as every adapter of a CRM is asked for it; [`field_in`] knows what each system calls it.
const TITLE: &str = "Title";
/// What a box holds that nobody has ticked.
const UNTICKED: &str = "false";
const TICKED: &str = "true";

/// The updates that follow from a case. Of what the CRM has told us itself there is nothing to write into it.
pub fn of(case: &Case, fields: &Fields) -> Vec<Proposal> {
    let finding = &case.finding;
    let Some(told) = told_from_outside(finding) else { return Vec::new() };
    let (field, before, after) = match finding.verdict {
        Verdict::Departed | Verdict::Moved => {
            let is_mapped = is_named_in_its_system(&fields.left, &case.subject.contact);
            if finding.about != Question::Presence || !is_mapped || is_marked_as_gone(finding) {
                return Vec::new();
            }
            (fields.left.trim(), UNTICKED, TICKED)
        }
        Verdict::Promoted | Verdict::Demoted | Verdict::Reassigned => {
            let (before, after) = (case.subject.title.trim(), finding.to.reveal().trim());
            if after.is_empty() || after == before || shows_position(finding) {
                return Vec::new();
            }
            (TITLE, before, after)
        }
        Verdict::Replaced | Verdict::Arrived | Verdict::Cosmetic | Verdict::Away | Verdict::Unclear => {
            return Vec::new();
        }
    };
    vec![Proposal {
        record: UpdatedRecord::Contact(case.subject.contact.clone()),
        field: field.to_owned(),
        before: Personal::new(before),
        after: Personal::new(after),
        why: told.text.clone(),
        state: ProposalState::Open,
    }]
}

/// Whether a configured field can be one of the system that the contact is in: only Salesforce, whose ids are no numbers, has names
/// that end in `__c`, as the shipped configuration names them.
fn is_named_in_its_system(field: &str, contact: &ContactId) -> bool {
    let is_salesforces = field.trim().ends_with("__c");
    let is_numbered = contact.as_str().bytes().all(|b| b.is_ascii_digit());
    !(field.trim().is_empty() || is_salesforces && is_numbered)
}

/// What a system calls the field of a proposal. Fields that a company names for itself are configured by their own names.
pub fn field_in<'a>(system: &str, field: &'a str) -> &'a str {
    match (system, field) {
        ("hubspot", TITLE) => "jobtitle",
        ("odoo", TITLE) => "function",
        _ => field,
    }
}

/// Whether two values of a field are the same to a CRM: a box that was never touched is blank in one system and unticked in
/// another.
pub fn is_same_value(one: &str, other: &str) -> bool {
    let ticked = |text: &str| match text.trim().to_ascii_lowercase().as_str() {
        "" | "false" | "no" | "0" => Some(false),
        "true" | "yes" | "1" => Some(true),
        _ => None,
    };
    one.trim() == other.trim() || ticked(one).is_some_and(|value| ticked(other) == Some(value))
}

/// The proposals of a case, as its readers see them.
pub fn shown(case: &Case, calendar: &Calendar) -> Vec<NoticeProposal> {
    let shown = |(number, proposal): (u32, &Proposal)| NoticeProposal {
        number,
        what: Personal::new(in_words(case, proposal)),
        why: why(proposal, calendar),
        decided: decided(&proposal.state, calendar).map(Personal::new),
    };
    (0..).zip(&case.proposals).map(shown).collect()
}

/// `Title of Dana Fox in the CRM: “COO” instead of “VP Operations”`.
pub fn in_words(case: &Case, proposal: &Proposal) -> String {
    let record = match &proposal.record {
        UpdatedRecord::Contact(id) if *id == case.subject.contact => case.subject.name.reveal().to_owned(),
        UpdatedRecord::Contact(id) => format!("contact {id}"),
        UpdatedRecord::Account(id) if *id == case.account => case.account_name.clone(),
        UpdatedRecord::Account(id) => format!("account {id}"),
    };
    let instead = match proposal.before.reveal().trim() {
        "" => String::new(),
        before => format!(" instead of “{before}”"),
    };
    format!("{} of {record} in the CRM: “{}”{instead}", proposal.field, proposal.after.reveal().trim())
}

/// What it follows from, and why it was not written when it was confirmed.
fn why(proposal: &Proposal, calendar: &Calendar) -> Personal {
    let ProposalState::Refused { at, why } = &proposal.state else { return proposal.why.clone() };
    let on = days::day(calendar.day(*at));
    Personal::new(format!("Not written on {on}, because {}. Decide again. {}", why.reveal(), proposal.why.reveal()))
}

/// What has become of a proposal, in words; nothing while it is open.
fn decided(state: &ProposalState, calendar: &Calendar) -> Option<String> {
    let day = |at| days::day(calendar.day(at));
    Some(match state {
        ProposalState::Open | ProposalState::Refused { .. } => return None,
        ProposalState::Confirmed { by, at } => format!("confirmed by {} on {}, on its way", by.reveal(), day(*at)),
        ProposalState::Rejected { by, at } => format!("rejected by {} on {}", by.reveal(), day(*at)),
        ProposalState::Written { at } => format!("written on {}", day(*at)),
        ProposalState::Outdated { now } if now.is_blank() => {
            "not written: the field is blank by now; review it in the CRM".to_owned()
        }
        ProposalState::Outdated { now } => {
            format!("not written: the field holds “{}” by now; review it in the CRM", now.reveal().trim())
        }
    })
}

/// The weightiest fact that speaks for the finding and does not stand in the CRM.
fn told_from_outside(finding: &Finding) -> Option<&Evidence> {
    let outside = finding.evidence.iter().filter(|fact| fact.bearing == Bearing::For && !is_of_the_crm(fact));
    outside.max_by(|a, b| a.weight.total_cmp(&b.weight))
}

fn is_of_the_crm(fact: &Evidence) -> bool {
    let object = fact.source.split('.').next().unwrap_or_default();
    matches!(object, "Contact" | "Account" | "colleagues")
}

/// Whether the CRM's own mark is among the facts, or the record is no longer there.
fn is_marked_as_gone(finding: &Finding) -> bool {
    finding.evidence.iter().any(|fact| match fact.source.as_str() {
        "Contact.NoLongerAtCompany" => true,
        "Contact" => fact.bearing == Bearing::For,
        _ => false,
    })
}

/// Whether the position has changed in the CRM already.
fn shows_position(finding: &Finding) -> bool {
    let of_position = |fact: &Evidence| matches!(fact.source.as_str(), "Contact.Title" | "Contact.Department");
    finding.evidence.iter().any(|fact| fact.bearing == Bearing::For && of_position(fact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::State;
    use crate::config::Config;
    use crate::marks::tests::case;

    fn found(verdict: Verdict, about: Question, evidence: &[(&str, f64)]) -> Case {
        let mut case = case("Dana Fox", &[State::Detected, State::Enriched]);
        case.subject.title = "VP Operations".to_owned();
        let fact = |(source, weight): &(&str, f64)| Evidence::new(source, format!("said by {source}"), *weight);
        case.finding = Finding {
            verdict,
            about,
            to: Personal::new("COO"),
            evidence: evidence.iter().map(fact).collect(),
            ..case.finding
        };
        case
    }

    #[track_caller]
    fn check(case: &Case, expected: Option<(&str, &str, &str)>) {
        let proposals = of(case, &Config::shipped().fields);
        let found: Vec<_> = proposals.iter().map(|p| (p.field.as_str(), p.before.reveal(), p.after.reveal())).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        assert!(proposals.iter().all(|p| p.state == ProposalState::Open));
    }

    #[test]
    fn a_departure_that_mail_or_a_provider_tells_of_is_to_be_marked_in_the_crm() {
        let marked = Some(("No_Longer_At_Company__c", "false", "true"));
        check(&found(Verdict::Departed, Question::Presence, &[("mail", 4.8)]), marked);
        check(&found(Verdict::Moved, Question::Presence, &[("peopledatalabs", 3.2)]), marked);
        check(&found(Verdict::Departed, Question::Presence, &[("mail", 2.3), ("Contact.EmailBounced", 1.8)]), marked);
    }

    #[test]
    fn what_the_crm_shows_by_itself_is_not_proposed_to_it() {
        use Verdict::{Departed, Moved, Promoted};
        check(&found(Departed, Question::Presence, &[("Contact.NoLongerAtCompany", 4.5), ("mail", 4.8)]), None);
        check(&found(Departed, Question::Presence, &[("Contact.NoLongerAtCompany", 0.0), ("mail", 4.8)]), None);
        check(&found(Departed, Question::Presence, &[("Contact", 1.5), ("mail", 2.3)]), None);
        check(&found(Departed, Question::Presence, &[("Contact.Title", 4.2)]), None);
        check(&found(Moved, Question::Company, &[("Account.Name", 4.2), ("mail", 1.0)]), None);
        check(&found(Promoted, Question::Position, &[("Contact.Title", 3.0)]), None);
        check(&found(Promoted, Question::Position, &[("Contact.Title", 3.0), ("jobs", 1.0)]), None);
    }

    #[test]
    fn a_position_that_others_tell_of_is_a_title_to_be_written() {
        let title = Some(("Title", "VP Operations", "COO"));
        for verdict in [Verdict::Promoted, Verdict::Demoted, Verdict::Reassigned] {
            check(&found(verdict, Question::Position, &[("jobs", 3.0)]), title);
            let mut same = found(verdict, Question::Position, &[("mail", 2.2)]);
            same.finding.to = Personal::new("VP Operations");
            check(&same, None);
        }
    }

    #[test]
    fn nothing_follows_for_the_crm_from_doubt_absence_or_a_new_person() {
        for verdict in [Verdict::Replaced, Verdict::Arrived, Verdict::Cosmetic, Verdict::Away, Verdict::Unclear] {
            check(&found(verdict, Question::Presence, &[("mail", 4.8)]), None);
        }
        check(&found(Verdict::Departed, Question::Presence, &[("mail", -4.8)]), None);
    }

    #[test]
    fn a_field_that_is_not_mapped_is_not_written() {
        let mut fields = Config::shipped().fields;
        fields.left = String::new();
        assert_eq!(of(&found(Verdict::Departed, Question::Presence, &[("mail", 4.8)]), &fields), []);
    }

    #[test]
    fn each_system_has_its_own_name_for_the_title_and_keeps_configured_names() {
        let names = ["salesforce", "hubspot", "odoo"].map(|system| field_in(system, "Title"));
        assert_eq!(names, ["Title", "jobtitle", "function"]);
        assert_eq!(field_in("hubspot", "no_longer_there"), "no_longer_there");
        assert!(is_same_value("", "False") && is_same_value(" COO", "COO") && is_same_value("1", "true"));
        assert!(!is_same_value("", "true") && !is_same_value("", "COO") && !is_same_value("0", "1"));
    }

    #[test]
    fn a_proposal_says_what_stands_there_what_is_to_and_what_has_become_of_it() {
        let calendar = Config::shipped().calendar;
        let mut case = found(Verdict::Promoted, Question::Position, &[("jobs", 3.0)]);
        case.proposals = of(&case, &Config::shipped().fields);
        let line = shown(&case, &calendar).remove(0);
        assert_eq!(line.what.reveal(), "Title of Dana Fox in the CRM: “COO” instead of “VP Operations”");
        assert_eq!((line.why.reveal(), line.decided), ("said by jobs", None));
        case.proposals[0].state = ProposalState::Outdated { now: Personal::new("CEO") };
        let said = shown(&case, &calendar).remove(0).decided.unwrap();
        assert_eq!(said.reveal(), "not written: the field holds “CEO” by now; review it in the CRM");
    }
}
