//! Who is asked where people work, in which order, and how many. Each answer may cost money, so those go first of whom it
//! matters most to know, and a ceiling cuts the rest.

mod choice;
mod hearing;

use crate::ContactId;
use crate::config::{People, Watch};
use crate::ports::Question;
use crate::snapshot::Snapshot;

pub use choice::{Candidate, Candidates, Choice, score};
pub use hearing::{Heard, hear};

/// Whether and about whom somebody may be asked at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum May {
    /// The question to ask.
    Ask(Question),
    /// Nobody watches this person, or the record is gone.
    NotWatched,
    /// The person is known to have left.
    Left,
    /// There is neither a mail address nor a name with a company to find a person by.
    NotFindable,
}

/// What may be asked about a contact, as it was last seen.
pub fn question(contact: &ContactId, snapshot: &Snapshot, watch: &Watch) -> May {
    let (seen, standing) = (&snapshot.seen, &snapshot.standing);
    if standing.deleted || !seen.active || !watch.covers(seen) {
        return May::NotWatched;
    }
    if standing.gone || seen.left {
        return May::Left;
    }
    if seen.email.is_blank() && (seen.name.is_blank() || seen.company.trim().is_empty()) {
        return May::NotFindable;
    }
    May::Ask(Question {
        contact: contact.clone(),
        name: seen.name.clone(),
        email: seen.email.clone(),
        company: seen.company.clone(),
    })
}

/// How many are left unasked, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// More than the ceiling allows.
    pub over_ceiling: u64,
    /// Asked about lately.
    pub fresh: u64,
    /// Asked about lately, and the answer was lost.
    pub lost: u64,
    /// Known to have left.
    pub left: u64,
    /// Nothing to find them by.
    pub not_findable: u64,
}

impl LeftOut {
    /// The same in words; blank where nobody is left out.
    pub fn in_words(&self, people: &People) -> Vec<String> {
        let People { freshness_days, most_per_scan, .. } = people;
        let reasons = [
            (self.over_ceiling, format!("over the ceiling of {most_per_scan} a scan (people.most_per_scan)")),
            (self.fresh, format!("asked about within the last {freshness_days} days")),
            (
                self.lost,
                format!("asked about within the last {freshness_days} days whose answer was lost, perhaps paid for"),
            ),
            (self.left, "known to have left".to_owned()),
            (self.not_findable, "without a mail address, and without a name and a company".to_owned()),
        ];
        reasons.into_iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::crm::Seen;
    use crate::{AccountId, Personal};

    fn snapshot() -> Snapshot {
        Snapshot::first(Seen {
            account: AccountId::parse("a").ok(),
            company: "a".to_owned(),
            active: true,
            name: Personal::new("Dana Fox"),
            title: "Analyst".to_owned(),
            ..Seen::default()
        })
    }

    #[test]
    fn nobody_is_asked_about_who_has_left_is_not_watched_or_cannot_be_found() {
        let watch = Config::shipped().watch;
        let contact = ContactId::parse("c1").unwrap();
        let may = |change: &dyn Fn(&mut Snapshot)| {
            let mut snapshot = snapshot();
            change(&mut snapshot);
            question(&contact, &snapshot, &watch)
        };
        assert!(matches!(may(&|_| {}), May::Ask(question) if question.contact == contact));
        assert_eq!(may(&|s| s.standing.gone = true), May::Left);
        assert_eq!(may(&|s| s.seen.left = true), May::Left);
        assert_eq!(may(&|s| s.standing.deleted = true), May::NotWatched);
        assert_eq!(may(&|s| s.seen.active = false), May::NotWatched);
        assert_eq!(may(&|s| s.seen.title.clear()), May::NotWatched);
        assert_eq!(may(&|s| s.seen.company.clear()), May::NotFindable);
        assert!(matches!(
            may(&|s| {
                s.seen.company.clear();
                s.seen.email = Personal::new("dana@a.example");
            }),
            May::Ask(_)
        ));
    }

    #[test]
    fn whoever_is_left_unasked_is_counted_in_words() {
        let people = Config::shipped().people;
        assert!(LeftOut::default().in_words(&people).is_empty());
        let left_out = LeftOut { over_ceiling: 12, fresh: 3, not_findable: 1, ..LeftOut::default() };
        assert_eq!(
            left_out.in_words(&people),
            [
                "12 over the ceiling of 100 a scan (people.most_per_scan)",
                "3 asked about within the last 30 days",
                "1 without a mail address, and without a name and a company",
            ]
        );
    }
}
