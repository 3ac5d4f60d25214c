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
    let weight = |(observation, what): (&Observation, Tidings)| match what {
        Tidings::OnLeave => Some((Verdict::Away, quoted(observation, "automatic reply", 3.0))),
        Tidings::NewRole => Some((Verdict::Reassigned, quoted(observation, "automatic reply, still there", 2.2))),
        Tidings::AddressChanged => {
            Some((Verdict::Reassigned, quoted(observation, "another address, still there", -2.5)))
        }
        _ => None,
    };
    let told = told.filter_map(weight).max_by(|(_, a), (_, b)| a.weight.total_cmp(&b.weight));
    told.map_or_else(
        || Weighed::nothing(Verdict::Away),
        |(verdict, fact)| {
            let mut weighed = Weighed::prior(verdict, 0.0);
            weighed.add_evidence(fact);
            weighed
        },
    )
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::super::{Around, contact};
    use super::*;
    use crate::crm::Seen;
    use crate::finding::Finding;
    use crate::{ObservationId, Personal};

    fn dana() -> Seen {
        Seen {
            name: Personal::new("Dana Fox"),
            title: "VP Operations".to_owned(),
            company: "Northwind Traders".to_owned(),
            email: Personal::new("dana@northwind.example"),
            active: true,
            ..Seen::default()
        }
    }

    fn observed(source: &str, fact: Fact, happened: Option<Date>) -> Observation {
        Observation {
            id: ObservationId::of(&[source, &format!("{fact:?}")]),
            source: source.to_owned(),
            fact,
            quote: Personal::new("in its own words"),
            happened,
            observed: Timestamp::UNIX_EPOCH,
            recorded: Timestamp::UNIX_EPOCH,
        }
    }

    fn mail(what: Tidings) -> Observation {
        observed("mail", Fact::Mail(Statement { what, until: None, instead: None, code: None }), None)
    }

    fn job(company: &str, identified: bool, since: Option<Date>) -> Observation {
        let title = "COO".to_owned();
        let name = Personal::new("Dana Fox");
        let job = Job { name, title, company: company.to_owned(), likelihood: 95, identified };
        observed("peopledatalabs", Fact::Job(job), since)
    }

    fn judged(after: &Seen, told: &[Observation]) -> Finding {
        contact(&dana(), after, &Around { told, ..Around::default() })
    }

    fn check(told: &[Observation], verdict: Verdict, alerts: bool) -> Finding {
        let finding = judged(&dana(), told);
        assert_eq!((finding.verdict, finding.alerts(0.75)), (verdict, alerts), "{told:#?} {finding:#?}");
        finding
    }

    #[test]
    fn a_reply_from_the_persons_own_mailbox_is_enough_and_a_bounce_alone_is_not() {
        check(&[mail(Tidings::Left)], Verdict::Departed, true);
        check(&[mail(Tidings::Moved)], Verdict::Departed, true);
        let doubtful = check(&[mail(Tidings::UnknownUser)], Verdict::Unclear, false);
        assert!(doubtful.settles.contains("would settle it"), "{}", doubtful.settles);
    }

    #[test]
    fn two_bounces_are_one_source_and_a_bounce_and_a_record_switched_off_are_two() {
        check(&[mail(Tidings::UnknownUser), mail(Tidings::Disabled)], Verdict::Unclear, false);
        let bounced = judged(&Seen { bounced: true, ..dana() }, &[mail(Tidings::UnknownUser)]);
        assert_eq!(bounced.verdict, Verdict::Unclear, "the CRM's mark of a bounce is of the same mailbox");
        let off = judged(&Seen { inactive: true, ..dana() }, &[mail(Tidings::UnknownUser)]);
        assert_eq!((off.verdict, off.alerts(0.75)), (Verdict::Departed, true));
    }

    #[test]
    fn mail_that_says_nothing_about_the_person_changes_nothing() {
        for what in Tidings::ALL.into_iter().filter(|what| !what.matters()) {
            check(&[mail(what)], Verdict::Cosmetic, false);
        }
        check(&[mail(Tidings::AddressChanged)], Verdict::Cosmetic, false);
    }

    #[test]
    fn a_leave_is_a_gap_with_its_end_and_no_departure() {
        let until = Some(date(2027, 3, 1));
        let instead = Some(Named { name: Personal::new("Tom Weiss"), ..Named::default() });
        let leave = Statement { what: Tidings::OnLeave, until, instead: instead.clone(), code: None };
        let finding = check(&[observed("mail", Fact::Mail(leave), None)], Verdict::Away, true);
        assert_eq!((finding.until, finding.named), (until, instead));
        assert!(finding.sentence.reveal().ends_with("is away from Northwind Traders until 1 March 2027."));
    }

    #[test]
    fn a_provider_that_knows_the_person_and_the_day_says_where_to() {
        let finding = check(&[job("Contoso", true, Some(date(2026, 10, 1)))], Verdict::Moved, true);
        assert_eq!(finding.to.reveal(), "Contoso");
        let fact = finding.evidence.iter().find(|e| e.source == "peopledatalabs").unwrap();
        assert_eq!((fact.happened, fact.observed), (Some(date(2026, 10, 1)), Some(Timestamp::UNIX_EPOCH)));
    }

    #[test]
    fn a_provider_that_found_somebody_by_name_or_knows_no_day_needs_a_second_source() {
        check(&[job("Contoso", false, Some(date(2026, 10, 1)))], Verdict::Unclear, false);
        check(&[job("Contoso", true, None)], Verdict::Unclear, false);
        let finding = check(&[job("Contoso", false, None), mail(Tidings::UnknownUser)], Verdict::Moved, true);
        assert_eq!(finding.to.reveal(), "Contoso");
    }

    #[test]
    fn a_provider_that_has_the_person_still_there_lowers_the_confidence() {
        let off = Seen { inactive: true, ..dana() };
        let alone = judged(&off, &[mail(Tidings::UnknownUser)]);
        let contradicted = judged(&off, &[mail(Tidings::UnknownUser), job("Northwind Traders Inc.", true, None)]);
        assert!(contradicted.confidence < alone.confidence - 0.05, "{contradicted:#?}");
    }

    #[test]
    fn what_was_judged_before_supports_and_begins_nothing() {
        let known_before = [mail(Tidings::Left)];
        let respelled = Seen { title: "V.P. Operations".to_owned(), ..dana() };
        let around = Around { known_before: &known_before, ..Around::default() };
        assert_eq!(contact(&dana(), &respelled, &around).verdict, Verdict::Cosmetic);
        let around = Around { told: &[mail(Tidings::UnknownUser)], ..around };
        assert_eq!(contact(&dana(), &respelled, &around).verdict, Verdict::Departed);
    }

    #[test]
    fn the_confidence_is_the_sum_of_what_was_weighed() {
        let finding = check(&[mail(Tidings::Left), job("Northwind", true, None)], Verdict::Departed, true);
        let sum = finding.prior + finding.evidence.iter().map(|e| e.weight).sum::<f64>();
        let confidence = 1.0 / (1.0 + (-sum).exp());
        assert!((confidence - finding.confidence).abs() < 0.001, "{sum} {}", finding.confidence);
    }
}
