//! What an answer comes to: a fact about the person who was meant, or nothing. What is doubtful is never a fact.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::judge::names::{self, Person};
use crate::judge::text::fold;
use crate::observation::{Fact, Job, Observation};
use crate::ports::{Answer, Question};
use crate::{ObservationId, Personal};

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Where the person works.
    Fact(Box<Observation>),
    /// Nobody is known.
    Nobody,
    /// No record of this person that could be believed, and why.
    Doubtful(String),
    /// The question was not answered and may be asked again, and why.
    Unasked(String),
}

/// Longer than any title or name of a company.
const LONGEST: usize = 200;
/// Clocks, and the days of other time zones, may differ so much.
const AHEAD: SignedDuration = SignedDuration::from_hours(48);

/// What the answer of a `source` to a question comes to. `least` is the likelihood in percent from which on a record is
/// believed.
pub fn hear(question: &Question, answer: Answer, source: &str, least: u8, now: Timestamp) -> Heard {
    let (job, since, observed) = match answer {
        Answer::Found { job, since, observed } => (job, since, observed),
        Answer::Nobody => return Heard::Nobody,
        Answer::Rubbish(why) => return Heard::Doubtful(why),
        Answer::Unasked(why) => return Heard::Unasked(why),
    };
    if job.likelihood < least {
        return Heard::Doubtful(format!("the source is only {} % sure that it is the person", job.likelihood));
    }
    if !is_the_person(question, &job) {
        return Heard::Doubtful("the record is somebody else's".to_owned());
    }
    if observed > now + AHEAD {
        return Heard::Doubtful("the record says that it was looked at in a time to come".to_owned());
    }
    let job = Job { title: tidy(&job.title), company: tidy(&job.company), ..job };
    Heard::Fact(Box::new(Observation {
        id: id(question, &job, since, source),
        source: source.to_owned(),
        quote: Personal::new(quote(&job, since, observed)),
        fact: Fact::Job(job),
        happened: since,
        observed,
        recorded: now,
    }))
}

/// A name that cannot tell is enough only where the address or number has.
fn is_the_person(question: &Question, job: &Job) -> bool {
    match names::compare(question.name.reveal(), job.name.reveal()).person {
        Person::Same => true,
        Person::Unclear => job.identified,
        Person::Different => false,
    }
}

/// The same job of the same person, however it is spelt and whenever it is looked at, is the same fact; one that has become
/// known better, by its first day or by an address, is another.
fn id(question: &Question, job: &Job, since: Option<Date>, source: &str) -> ObservationId {
    let since = since.map(|day| day.to_string()).unwrap_or_default();
    let identified = if job.identified { "identified" } else { "by name" };
    let (company, title) = (fold(&job.company), fold(&job.title));
    ObservationId::of(&["job", source, question.contact.as_str(), &company, &title, &since, identified])
}

/// `VP Operations at Contoso since 2026-10, last looked at on 2026-11-02`.
fn quote(job: &Job, since: Option<Date>, observed: Timestamp) -> String {
    let place = match (job.title.as_str(), job.company.as_str()) {
        ("", "") => "works nowhere now".to_owned(),
        (title, "") => format!("{title}, at no company now"),
        ("", company) => format!("works at {company}"),
        (title, company) => format!("{title} at {company}"),
    };
    let since = match since {
        // Jobs begin on the first, and of many no more than the month is known.
        Some(day) if day.day() == 1 => format!(" since {}", day.strftime("%Y-%m")),
        Some(day) => format!(" since {day}"),
        None => String::new(),
    };
    format!("{place}{since}, last looked at on {}", observed.strftime("%Y-%m-%d"))
}

/// One line of plain text: what comes from outside may hold anything.
fn tidy(text: &str) -> String {
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    let invisible = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let line: String = text.chars().map(plain).filter(|c| !invisible(c)).take(LONGEST).collect();
    line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContactId;
    use jiff::civil::date;

    const NOW: &str = "2026-11-09T07:00:00Z";

    fn question() -> Question {
        Question {
            contact: ContactId::parse("c1").unwrap(),
            name: Personal::new("Dana Fox"),
            email: Personal::new("dana@northwind.example"),
            company: "Northwind Traders".to_owned(),
        }
    }

    fn job() -> Job {
        Job {
            name: Personal::new("dana fox"),
            title: "VP Operations".to_owned(),
            company: "Contoso".to_owned(),
            likelihood: 80,
            identified: true,
        }
    }

    fn found(job: Job) -> Answer {
        Answer::Found { job, since: Some(date(2026, 10, 1)), observed: "2026-11-02T00:00:00Z".parse().unwrap() }
    }

    fn heard(answer: Answer) -> Heard {
        hear(&question(), answer, "jobs.csv", 60, NOW.parse().unwrap())
    }

    fn fact(answer: Answer) -> Observation {
        match heard(answer) {
            Heard::Fact(observation) => *observation,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_record_of_the_person_is_a_fact_with_its_three_times_apart() {
        let observation = fact(found(job()));
        assert_eq!(observation.quote.reveal(), "VP Operations at Contoso since 2026-10, last looked at on 2026-11-02");
        assert_eq!(observation.happened, Some(date(2026, 10, 1)));
        assert_eq!(observation.observed.to_string(), "2026-11-02T00:00:00Z");
        assert_eq!(observation.recorded.to_string(), NOW);
        assert_eq!((observation.source.as_str(), observation.fact), ("jobs.csv", Fact::Job(job())));
    }

    #[test]
    fn when_it_was_looked_at_is_never_taken_for_the_day_it_happened() {
        let observed = "2026-11-02T00:00:00Z".parse().unwrap();
        let observation = fact(Answer::Found { job: job(), since: None, observed });
        assert_eq!(observation.happened, None);
        assert_eq!(observation.quote.reveal(), "VP Operations at Contoso, last looked at on 2026-11-02");
    }

    #[test]
    fn the_same_job_looked_at_again_is_the_same_fact_and_another_job_is_not() {
        let first = fact(found(job())).id;
        let again = Answer::Found {
            job: Job { company: "  CONTOSO ".to_owned(), likelihood: 99, ..job() },
            since: Some(date(2026, 10, 1)),
            observed: "2026-11-08T00:00:00Z".parse().unwrap(),
        };
        assert_eq!(fact(again).id, first);
        let dated = Answer::Found { job: job(), since: None, observed: "2026-11-08T00:00:00Z".parse().unwrap() };
        assert_ne!(fact(dated).id, first, "a job of which the first day has become known is another fact");
        assert_ne!(fact(found(Job { title: "CEO".to_owned(), ..job() })).id, first);
        let elsewhere = Question { contact: ContactId::parse("c2").unwrap(), ..question() };
        let Heard::Fact(other) = hear(&elsewhere, found(job()), "jobs.csv", 60, NOW.parse().unwrap()) else { panic!() };
        assert_ne!(other.id, first);
    }

    #[test]
    fn somebody_else_and_somebody_doubtful_are_no_fact() {
        let named = |name: &str, identified: bool| heard(found(Job { name: Personal::new(name), identified, ..job() }));
        for (name, identified, is_fact) in [
            ("Dana Fox", false, true),
            ("Erik Lund", true, false),
            ("Dana Wolf", true, true),
            ("Dana Wolf", false, false),
            ("", true, true),
            ("", false, false),
        ] {
            let heard = named(name, identified);
            assert_eq!(matches!(heard, Heard::Fact(_)), is_fact, "{name} {identified}: {heard:?}");
        }
        assert!(matches!(heard(found(Job { likelihood: 59, ..job() })), Heard::Doubtful(_)));
        assert!(matches!(heard(found(Job { likelihood: 60, ..job() })), Heard::Fact(_)));
        let ahead = Answer::Found { job: job(), since: None, observed: "2027-01-01T00:00:00Z".parse().unwrap() };
        assert!(matches!(heard(ahead), Heard::Doubtful(_)));
    }

    #[test]
    fn text_from_outside_becomes_one_plain_line() {
        let title = format!("VP\r\nOperations\u{202e} {}", "x".repeat(10_000));
        let observation = fact(found(Job { title, company: String::new(), ..job() }));
        let Fact::Job(job) = &observation.fact else { panic!() };
        assert!(job.title.starts_with("VP Operations x") && job.title.len() <= LONGEST, "{}", job.title);
        assert!(observation.quote.reveal().contains(", at no company now"));
    }
}
