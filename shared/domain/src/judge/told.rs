//! What mail and providers say of where a person is. A date on which a source looked is never the date of a change.

use jiff::civil::Date;

use super::Facts;
use super::companies::{self, KnownCompanies, Sameness};
use super::gone::{Origin, Sign};
use super::odds::Weighed;
use crate::finding::{Evidence, Verdict};
use crate::observation::{Fact, Job, Named, Observation, Statement, Tidings};

/// Where a person is said to be.
pub(super) enum Where {
    /// Nothing is said, or only that it is not here.
    Unknown,
    /// At another company, of this name.
    Elsewhere(String),
    /// Where the CRM has the person.
    StillThere,
}

/// What is said of whether a person has gone.
pub(super) struct Whereabouts {
    /// What says so.
    pub signs: Vec<Sign>,
    /// What says the contrary.
    pub against: Vec<Evidence>,
    /// Where the person is.
    pub place: Where,
}

/// Reads what was observed for signs of leaving.
pub(super) fn whereabouts(facts: &Facts<'_>) -> Whereabouts {
    let mut found = Whereabouts { signs: Vec::new(), against: Vec::new(), place: Where::Unknown };
    for (observation, fresh) in facts.observations() {
        match &observation.fact {
            Fact::Mail(statement) => found.signs.extend(sign_of_mail(observation, statement, fresh)),
            Fact::Job(job) => read_job(facts, observation, job, fresh, &mut found),
        }
    }
    found
}

fn sign_of_mail(observation: &Observation, statement: &Statement, fresh: bool) -> Option<Sign> {
    let (origin, hard, text, weight) = match statement.what {
        Tidings::Left => (Origin::Reply, true, "automatic reply", 4.8),
        Tidings::Moved => (Origin::Reply, true, "the mailbox says that the person is elsewhere", 4.0),
        Tidings::UnknownUser => (Origin::Mailbox, false, "mail bounced, there is no such mailbox", 2.3),
        Tidings::Disabled => (Origin::Mailbox, false, "mail bounced, the mailbox was switched off", 2.1),
        Tidings::Full
        | Tidings::Temporary
        | Tidings::Blocked
        | Tidings::OtherBounce
        | Tidings::OnLeave
        | Tidings::OutOfOffice
        | Tidings::NewRole
        | Tidings::AddressChanged => return None,
    };
    Some(Sign { origin, hard, fresh, evidence: quoted(observation, text, weight) })
}

/// How far a provider's record is believed: one found by the person's own address and dated says more than one found by a
/// name. What says where the person is without a date of the change may be old, so it needs another source.
fn read_job(facts: &Facts<'_>, observation: &Observation, job: &Job, fresh: bool, found: &mut Whereabouts) {
    let home = &facts.before.company;
    if home.trim().is_empty() || job.company.trim().is_empty() {
        return;
    }
    let none = KnownCompanies::default();
    let names = facts.around.known.unwrap_or(&none).compare(home, &job.company);
    match names.sameness {
        Sameness::Same => {
            found.against.push(quoted(observation, "still there", -1.2));
            if matches!(found.place, Where::Unknown) {
                found.place = Where::StillThere;
            }
        }
        Sameness::Different => {
            let likely = f64::from(job.likelihood.min(100)) / 100.0;
            let hard = job.identified && observation.happened.is_some() && job.likelihood >= 80;
            let weight = if hard { 3.2 } else { 2.2 } * likely;
            let origin = Origin::Provider(observation.source.clone());
            found.signs.push(Sign { origin, hard, fresh, evidence: quoted(observation, "elsewhere", weight) });
            found.place = match companies::no_company(&job.company) {
                Some(_) => Where::Unknown,
                None => Where::Elsewhere(job.company.clone()),
            };
        }
        Sameness::Unclear => {}
    }
}

/// Weighs an absence that is expected to end, and a new role in the same house that mail tells of.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let told = facts.observations().filter(|(_, fresh)| *fresh);
    let told = told.filter_map(|(observation, _)| match &observation.fact {
        Fact::Mail(statement) => Some((observation, statement.what)),
        Fact::Job(_) => None,
    });
    for (observation, what) in told {
        let (verdict, text, weight) = match what {
            Tidings::OnLeave => (Verdict::Away, "automatic reply", 3.0),
            Tidings::NewRole => (Verdict::Reassigned, "automatic reply, still there", 2.2),
            Tidings::AddressChanged => (Verdict::Reassigned, "another address, still there", -2.5),
            _ => continue,
        };
        let mut weighed = Weighed::prior(verdict, 0.0);
        weighed.add_evidence(quoted(observation, text, weight));
        return weighed;
    }
    Weighed::nothing(Verdict::Away)
}

/// Who is named in the person's stead: the latest word of it.
pub(super) fn named(facts: &Facts<'_>) -> Option<Named> {
    statements(facts).filter_map(|(_, statement)| statement.instead.clone()).last()
}

/// The last day of an absence.
pub(super) fn until(facts: &Facts<'_>) -> Option<Date> {
    statements(facts).filter(|(_, s)| s.what == Tidings::OnLeave).filter_map(|(_, s)| s.until).last()
}

fn statements<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (&'a Observation, &'a Statement)> {
    facts.observations().filter_map(|(observation, _)| match &observation.fact {
        Fact::Mail(statement) => Some((observation, statement)),
        Fact::Job(_) => None,
    })
}

/// A fact in its source's own words, with its own times.
pub(super) fn quoted(observation: &Observation, what: &str, weight: f64) -> Evidence {
    let text = match observation.quote.reveal().trim() {
        "" => what.to_owned(),
        quote => format!("{what}: “{quote}”"),
    };
    Evidence {
        happened: observation.happened,
        observed: Some(observation.observed),
        recorded: Some(observation.recorded),
        ..Evidence::new(&observation.source, text, weight)
    }
}
