//! What of a reading says where a person works, as facts that wait for the next scan.

use domain::ObservationId;
use domain::observation::{Fact, Observation};
use domain::pending::{About, Pending};
use jiff::Timestamp;

use crate::{Reading, Said};

/// The source of every fact from here.
const SOURCE: &str = "mail";

/// The facts of a reading that matter. A mail without a date, or with one that lies ahead, was seen when it was recorded.
pub fn observations(reading: &Reading, recorded: Timestamp) -> Vec<Pending> {
    let observed = reading.date.map_or(recorded, |date| date.min(recorded));
    let matters = reading.about.iter().filter(|said| said.statement.what.matters() && !said.address.is_blank());
    matters.map(|said| pending(reading, said, observed, recorded)).collect()
}

fn pending(reading: &Reading, said: &Said, observed: Timestamp, recorded: Timestamp) -> Pending {
    let what = said.statement.what.to_string();
    Pending {
        about: About::Address(said.address.clone()),
        observation: Observation {
            id: ObservationId::of(&[reading.identity.as_str(), said.address.reveal(), &what]),
            source: SOURCE.to_owned(),
            fact: Fact::Mail(said.statement.clone()),
            quote: said.quote.clone(),
            happened: said.happened,
            observed,
            recorded,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNCE: &str = "From: MAILER-DAEMON@acme.example\nDate: Mon, 2 Nov 2026 09:00:00 +0000\nMessage-ID: <1@acme.example>\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\
        Reporting-MTA: dns; acme.example\n\nFinal-Recipient: rfc822; Dana@Acme.example\nAction: failed\nStatus: 5.1.1\n\n\
        Final-Recipient: rfc822; lee@acme.example\nAction: failed\nStatus: 5.2.2\n--b--\n";

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn what_says_where_a_person_works_becomes_a_fact_and_a_full_mailbox_does_not() {
        let found = observations(&crate::read(BOUNCE.as_bytes()), at("2026-11-03T07:00:00Z"));
        let [fact] = found.as_slice() else { panic!("{found:?}") };
        assert!(matches!(&fact.about, About::Address(address) if address.reveal() == "dana@acme.example"));
        assert_eq!(fact.observation.observed, at("2026-11-02T09:00:00Z"));
        assert_eq!(fact.observation.recorded, at("2026-11-03T07:00:00Z"));
    }

    #[test]
    fn a_copy_is_the_same_fact_and_another_mail_is_another() {
        let id = |mail: &str| {
            observations(&crate::read(mail.as_bytes()), at("2026-11-03T07:00:00Z"))[0].observation.id.clone()
        };
        assert_eq!(id(BOUNCE), id(&BOUNCE.replace("Date: Mon", "X-Copy: yes\nDate: Mon")));
        assert_ne!(id(BOUNCE), id(&BOUNCE.replace("<1@", "<2@")));
        let nameless = BOUNCE.replace("Message-ID", "X-Id");
        assert_eq!(id(&nameless), id(&nameless));
        assert_ne!(id(BOUNCE), id(&nameless));
    }

    #[test]
    fn a_mail_from_the_future_was_seen_when_it_was_recorded() {
        let recorded = at("2026-11-01T07:00:00Z");
        assert_eq!(observations(&crate::read(BOUNCE.as_bytes()), recorded)[0].observation.observed, recorded);
    }
}
