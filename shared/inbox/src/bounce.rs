//! Mail that came back: what a mail server says of each address that it could not deliver to.

mod phrases;
mod plain;
mod report;
mod status;

use domain::Personal;
use domain::observation::{Named, Statement, Tidings};
use jiff::civil::Date;

use crate::mime::{Kind, Mail};
use crate::reply::{Verdict, is_list};
use crate::words::Sentence;
use crate::{Outcome, Said, quote};

/// One address that a server speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    /// The address that was written to, in lower case.
    address: String,
    /// The enhanced status code (RFC 3463).
    code: Option<String>,
    /// What the server says, on one line.
    reason: String,
    /// It was given up, and not only put off.
    failed: bool,
}

/// What a bounce says; `None` where the mail is none.
pub(crate) fn read(mail: &Mail) -> Option<Outcome> {
    if mail.part(Kind::Disposition).is_some() {
        return Some(Outcome::ordinary(
            "it says that a mail was shown or deleted (RFC 8098), which tells of no departure",
        ));
    }
    if let Some(report) = mail.part(Kind::DeliveryStatus) {
        let failures = report::failures(report, mail);
        let because = |count: usize| format!("its delivery report (RFC 3464) tells of {}", addresses_counted(count));
        return Some(outcome(&failures, mail, because, "its delivery report (RFC 3464) tells of no failure"));
    }
    let is_bounce = plain::is_bounce(mail) && !is_list(&mail.head);
    is_bounce.then(|| {
        let failures = plain::failures(mail);
        let because =
            |count: usize| format!("a mail server sent it, and its text tells of {}", addresses_counted(count));
        outcome(&failures, mail, because, "a mail server sent it, but it names no address that failed")
    })
}

fn outcome(failures: &[Failure], mail: &Mail, because: impl Fn(usize) -> String, none: &str) -> Outcome {
    let about: Vec<Said> = failures.iter().map(|failure| said(failure, mail)).collect();
    if about.is_empty() {
        return Outcome::ordinary(none);
    }
    let mut what: Vec<String> = about.iter().map(|said| said.statement.what.to_string()).collect();
    what.dedup();
    Outcome { because: format!("{}: {}", because(about.len()), what.join(", ")), about }
}

fn addresses_counted(count: usize) -> String {
    if count == 1 { "one address".to_owned() } else { format!("{count} addresses") }
}

fn said(failure: &Failure, mail: &Mail) -> Said {
    let told = departure(failure, mail);
    let what = told.as_ref().map_or_else(|| status::tidings(failure), |told| told.what);
    let instead = told.as_ref().and_then(|told| told.instead.clone());
    Said {
        address: Personal::new(failure.address.clone()),
        statement: Statement { what, until: None, instead, code: failure.code.clone() },
        happened: told.and_then(|told| told.happened),
        quote: quote(&failure.reason, 0..0),
    }
}

/// What an administrator had a server say in words: that a person has left.
struct Told {
    what: Tidings,
    instead: Option<Named>,
    happened: Option<Date>,
}

fn departure(failure: &Failure, mail: &Mail) -> Option<Told> {
    let sentences: Vec<Sentence> = crate::own_text::sections(&failure.reason).into_iter().flatten().collect();
    let verdict = Verdict::of_departure(&sentences, mail)?;
    let instead = crate::reply::successor_of(&sentences, mail, &failure.address);
    Some(Told { what: verdict.what, instead, happened: verdict.from })
}
