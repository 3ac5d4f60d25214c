//! Replies that nobody wrote by hand: that one is away, has left, does something else now, and whom to turn to instead.

mod automatic;
mod absence;
mod names;
mod successor;
mod verdict;

use domain::Personal;
use domain::observation::{Named, Statement, Tidings};

use crate::mime::Mail;
use crate::own_text;
use crate::words::Sentence;
use crate::{Outcome, Said, quote};

pub(crate) use automatic::is_list;
pub(crate) use verdict::Verdict;

/// What an automatic reply says; of any other mail why it is none.
pub(crate) fn read(mail: &Mail) -> Outcome {
    let sign = match automatic::sign(&mail.head) {
        Ok(sign) => sign,
        Err(reason) => return Outcome::ordinary(reason),
    };
    let address = automatic::about(mail);
    if address.is_empty() {
        return Outcome::ordinary(format!("{sign}, but it names no sender"));
    }
    let is_all = mail.text().trim().is_empty();
    let subject = automatic::own_subject(&mail.head.subject, is_all).map(|text| vec![Sentence::new(text)]);
    let sections = own_text::sections(mail.text());
    // Below the first greeting stands a second language, or a signature that happens to sound like something.
    let text = sections.iter().chain(&subject).find_map(|section| {
        let verdict = verdict::reach(section, mail.head.anchor, &mail.head.from)?;
        Some((section, verdict))
    });
    let Some((section, verdict)) = text else {
        return Outcome::ordinary(format!("{sign}, but its wording tells of no absence, departure or change"));
    };
    let said = said(mail, &address, section, &verdict);
    Outcome { about: vec![said], because: format!("{sign}; {} ({})", verdict.reason(), verdict.language) }
}

/// Whom a mail server was told to name instead.
pub(crate) fn successor_of(sentences: &[Sentence], mail: &Mail, address: &str) -> Option<Named> {
    successor::find(sentences, &mail.head).filter(|named| named.email.reveal() != address)
}

fn said(mail: &Mail, address: &str, section: &[Sentence], verdict: &Verdict) -> Said {
    let until = matches!(verdict.what, Tidings::OnLeave | Tidings::OutOfOffice).then_some(verdict.until).flatten();
    // Whoever is elsewhere, or has another address, mostly gives the new one and names nobody instead.
    let named = !matches!(verdict.what, Tidings::Moved | Tidings::AddressChanged);
    let instead = named.then(|| successor::find(section, &mail.head)).flatten();
    Said {
        address: Personal::new(address),
        statement: Statement { what: verdict.what, until, instead, code: None },
        happened: verdict.from,
        quote: quote(&section[verdict.sentence].text, verdict.at.clone()),
    }
}
