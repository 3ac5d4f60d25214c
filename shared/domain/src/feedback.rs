//! What becomes of mails after they have left: which addresses are written to no more, and when mail stops as a whole, before
//! the mail service stops it. Addresses are kept as hashes alone.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::DeliveryId;
use crate::messages::DeliveryRef;
use crate::ports::{Key, OutgoingMail};
use crate::records::MAIL;

/// What the mail service has said of one mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailEvent {
    /// The Message-ID by which the mail's recipient knows it, with brackets.
    pub reference: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fate: Fate,
    /// Whom it happened to.
    pub recipients: Vec<AddressHash>,
    /// Which delivery the mail was, if it says so.
    pub delivery: Option<DeliveryRef>,
}

/// What has become of a mail. `why` is in the service's own short words, without addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The service has taken it.
    Sent,
    /// The recipient's server has taken it.
    Delivered,
    /// It came back.
    Bounced {
        /// The address will never work; else another time it may.
        for_good: bool,
        /// `General, 5.1.1`.
        why: String,
    },
    /// Its recipient called it spam.
    Complained {
        /// `abuse`.
        why: String,
    },
    /// The service has thrown it away.
    Rejected {
        /// `Bad content`.
        why: String,
    },
    /// Something that changes nothing, such as a delay.
    Other {
        /// As the service calls it.
        what: String,
    },
}

impl Fate {
    /// Why the mail did not reach its reader, if that is what it says.
    pub fn lost(&self) -> Option<String> {
        match self {
            Self::Bounced { for_good: true, why } => Some(format!("the mail came back for good ({why})")),
            Self::Rejected { why } => Some(format!("the mail service threw it away ({why})")),
            // Automatic replies are told as bounces too, and they come from people who have the mail.
            Self::Bounced { for_good: false, .. }
            | Self::Sent
            | Self::Delivered
            | Self::Complained { .. }
            | Self::Other { .. } => None,
        }
    }

    /// Why nothing is to be sent to the address any more, if that is what follows.
    pub fn suppresses(&self) -> Option<String> {
        match self {
            Self::Bounced { for_good: true, why } => Some(format!("mail to the address came back for good ({why})")),
            Self::Complained { why } if why != "not-spam" => {
                Some(format!("the reader called a mail of ours spam ({why})"))
            }
            Self::Bounced { .. }
            | Self::Complained { .. }
            | Self::Sent
            | Self::Delivered
            | Self::Rejected { .. }
            | Self::Other { .. } => None,
        }
    }
}

/// An address as it is remembered: the SHA-256 of its small letters, in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressHash(String);

impl AddressHash {
    /// The hash of `dana@x.example`, of `Dana@X.example`, and of `Dana Fox <dana@x.example>`, which are the same.
    pub fn of(address: &str) -> Self {
        let inner = address.rsplit_once('<').map_or(address, |(_, rest)| rest.trim_end().trim_end_matches('>'));
        let hash = Sha256::digest(inner.trim().to_lowercase().as_bytes());
        Self(data_encoding::HEXLOWER.encode(&hash))
    }

    /// In hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address that is written to no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Why, as a reader of the case is told.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
    /// The mail that showed it.
    pub delivery: Option<DeliveryId>,
}

/// Where it stands that an address is written to no more.
pub fn suppression_key(address: &AddressHash) -> Key {
    Key::new("SUPPRESSED", address.as_str())
}

/// When mail stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MailLimits {
    /// At this share of mails that came back for good, 0 to 1.
    pub most_bounced: f64,
    /// At this share of mails called spam, 0 to 1.
    pub most_complaints: f64,
    /// Of the mails of so many days, today among them.
    pub days: u8,
    /// Never while they are fewer.
    pub at_least: u64,
}

/// How mail has gone in the last days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    days: BTreeMap<Date, Counts>,
    /// Since when no mail leaves, as far as was told to the administrator.
    pub stopped: Option<Timestamp>,
}

/// What was counted on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    sent: u64,
    bounced: u64,
    complained: u64,
}

/// Longer than any window that a configuration can name.
const DAYS_KEPT: i32 = 31;

/// One complaint may be a slip of the finger, and in a small company it is a large share.
const FEWEST_COMPLAINTS: u64 = 2;

/// Where it stands how mail has gone.
pub fn standing_key() -> Key {
    Key::new(MAIL, "STANDING")
}

impl Standing {
    /// Counts what has become of a mail. Returns whether it counts at all.
    pub fn count(&mut self, fate: &Fate, at: Timestamp) -> bool {
        let today = day(at);
        let counts = self.days.entry(today).or_default();
        match fate {
            Fate::Sent => counts.sent += 1,
            Fate::Bounced { for_good: true, .. } => counts.bounced += 1,
            Fate::Complained { .. } if fate.suppresses().is_some() => counts.complained += 1,
            Fate::Bounced { .. }
            | Fate::Complained { .. }
            | Fate::Delivered
            | Fate::Rejected { .. }
            | Fate::Other { .. } => return false,
        }
        self.days.retain(|day, _| (today - *day).get_days() < DAYS_KEPT);
        true
    }

    /// Why no mail may leave now; nothing where it may.
    pub fn stops(&self, limits: &MailLimits, now: Timestamp) -> Option<String> {
        let first = day(now).checked_sub((i32::from(limits.days) - 1).days()).unwrap_or(Date::MIN);
        let sum = self.days.range(first..).map(|(_, counts)| counts).fold(Counts::default(), |sum, day| Counts {
            sent: sum.sent + day.sent,
            bounced: sum.bounced + day.bounced,
            complained: sum.complained + day.complained,
        });
        if sum.sent < limits.at_least {
            return None;
        }
        let share = |part: u64| part as f64 / sum.sent as f64;
        let of = |part: u64, what: &str, limit: f64| {
            let (percent, limit) = (share(part) * 100.0, limit * 100.0);
            format!(
                "{part} of the {} mails of the last {} days {what}, {percent:.2} %, and {limit:.2} % is the limit",
                sum.sent, limits.days
            )
        };
        if share(sum.bounced) >= limits.most_bounced {
            return Some(of(sum.bounced, "came back for good", limits.most_bounced));
        }
        if sum.complained >= FEWEST_COMPLAINTS && share(sum.complained) >= limits.most_complaints {
            return Some(of(sum.complained, "were called spam", limits.most_complaints));
        }
        None
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The Message-ID that SES puts in place of ours.
pub fn reference(ses_id: &str, region: &str) -> String {
    let host = if region == "us-east-1" { "email" } else { region };
    format!("<{ses_id}@{host}.amazonses.com>")
}

/// What a mail carries so that its events name the delivery and where that stands: tags of SES, name and value.
pub fn tags(mail: &OutgoingMail) -> Vec<(&'static str, String)> {
    let tags = [("delivery", tag(mail.delivery.as_str())), ("partition", tag(&mail.partition))];
    // SES takes no longer ones. Such a mail's events find no delivery; they count all the same.
    tags.into_iter().filter(|(_, value)| (1..=256).contains(&value.len())).collect()
}

/// Which delivery a mail's tags name.
pub fn delivery_of(delivery: &str, partition: &str) -> Option<DeliveryRef> {
    let delivery = DeliveryId::parse(&untag(delivery)?).ok()?;
    let partition = untag(partition).filter(|partition| !partition.is_empty())?;
    Some(DeliveryRef { partition, delivery })
}

/// A text in the letters that SES takes in a tag; any other is `_` and its two digits in hex.
fn tag(text: &str) -> String {
    text.bytes().fold(String::new(), |mut tag, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => tag.push(char::from(byte)),
            _ => tag.push_str(&format!("_{byte:02X}")),
        }
        tag
    })
}

fn untag(tag: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(tag.len());
    let mut rest = tag.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (b'_', [high, low, after @ ..]) => {
                bytes.push(data_encoding::HEXUPPER.decode(&[*high, *low]).ok()?[0]);
                after
            }
            (b'_', _) => return None,
            (byte, after) => {
                bytes.push(*byte);
                after
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Personal;

    const LIMITS: MailLimits = MailLimits { most_bounced: 0.04, most_complaints: 0.0008, days: 7, at_least: 50 };

    fn bounced() -> Fate {
        Fate::Bounced { for_good: true, why: "General, 5.1.1".to_owned() }
    }

    fn complained() -> Fate {
        Fate::Complained { why: "abuse".to_owned() }
    }

    fn at(day: u32) -> Timestamp {
        format!("2026-11-{day:02}T08:00:00Z").parse().unwrap()
    }

    fn standing(counted: &[(u64, Fate, u32)]) -> Standing {
        let mut standing = Standing::default();
        for (times, fate, day) in counted {
            (0..*times).for_each(|_| assert!(standing.count(fate, at(*day))));
        }
        standing
    }

    #[test]
    fn mail_stops_at_the_share_that_came_back_and_not_before_there_are_enough() {
        for (sent, came_back, stops) in
            [(49, 49, false), (50, 1, false), (50, 2, true), (100, 3, false), (100, 4, true)]
        {
            let standing = standing(&[(sent, Fate::Sent, 20), (came_back, bounced(), 20)]);
            assert_eq!(standing.stops(&LIMITS, at(20)).is_some(), stops, "{came_back} of {sent}");
        }
        let said = standing(&[(50, Fate::Sent, 20), (2, bounced(), 20)]).stops(&LIMITS, at(20)).unwrap();
        let expected = "2 of the 50 mails of the last 7 days came back for good, 4.00 %, and 4.00 % is the limit";
        assert_eq!(said, expected);
    }

    #[test]
    fn mail_stops_at_the_second_complaint_if_they_are_too_large_a_share() {
        for (sent, complaints, stops) in [(50, 1, false), (50, 2, true), (2_500, 2, true), (2_600, 2, false)] {
            let standing = standing(&[(sent, Fate::Sent, 20), (complaints, complained(), 20)]);
            assert_eq!(standing.stops(&LIMITS, at(20)).is_some(), stops, "{complaints} of {sent}");
        }
    }

    #[test]
    fn only_the_last_days_count_and_older_ones_are_forgotten() {
        let standing = standing(&[(60, Fate::Sent, 1), (30, bounced(), 1), (60, Fate::Sent, 7)]);
        assert!(standing.stops(&LIMITS, at(7)).is_some());
        assert!(standing.stops(&LIMITS, at(8)).is_none());
        let mut later = standing;
        later.count(&Fate::Sent, "2026-12-02T08:00:00Z".parse().unwrap());
        assert_eq!(later.days.len(), 2);
    }

    #[test]
    fn what_comes_back_for_a_while_or_is_no_spam_neither_counts_nor_suppresses() {
        let soft = Fate::Bounced { for_good: false, why: "MailboxFull".to_owned() };
        let not_spam = Fate::Complained { why: "not-spam".to_owned() };
        for fate in [soft, not_spam, Fate::Delivered, Fate::Other { what: "DeliveryDelay".to_owned() }] {
            assert!(fate.suppresses().is_none() && fate.lost().is_none(), "{fate:?}");
            assert!(!Standing::default().count(&fate, at(20)), "{fate:?}");
        }
        assert!(bounced().suppresses().is_some() && bounced().lost().is_some());
        assert!(complained().suppresses().is_some() && complained().lost().is_none(), "it was read");
    }

    #[test]
    fn one_mailbox_has_one_hash_however_it_is_written() {
        let one = AddressHash::of("dana@x.example");
        for same in ["Dana@X.Example", " dana@x.example ", "Dana Fox <dana@x.example>", "<DANA@x.example>"] {
            assert_eq!(AddressHash::of(same), one, "{same}");
        }
        assert_ne!(AddressHash::of("dana+crm@x.example"), one, "another mailbox for all we know");
        assert!(one.as_str().len() == 64 && !format!("{one:?}").contains("dana"));
    }

    #[test]
    fn a_delivery_is_found_again_by_the_tags_of_its_mail() {
        for partition in ["ACCOUNT#001Qf0000000Q0uIAE", "ACCOUNT#a_b.c:d@e", "SCAN#salesforce", MAIL] {
            let delivery = DeliveryId::of(&[partition]);
            let mail = OutgoingMail {
                delivery: delivery.clone(),
                partition: partition.to_owned(),
                to: Personal::default(),
                mime: Vec::new(),
            };
            let tags = tags(&mail);
            assert!(
                tags.iter().all(|(_, value)| value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)))
            );
            let found = delivery_of(&tags[0].1, &tags[1].1).unwrap();
            assert_eq!((found.partition.as_str(), found.delivery), (partition, delivery));
        }
        for rubbish in ["", "_", "_2", "_zz", "_FF"] {
            assert_eq!(delivery_of("d-1", rubbish), None, "{rubbish}");
        }
    }
}
