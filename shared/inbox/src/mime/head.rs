//! The head of a mail: who wrote it to whom, when, and every field in its own words.

use jiff::Timestamp;
use jiff::civil::Date;
use mail_parser::{Address, DateTime, Message, MessageParser};

use super::fields::{self, Field};
use crate::dates::Anchor;

/// What stands above a mail's text.
#[derive(Default)]
pub(crate) struct Head {
    /// Every field, undecoded.
    fields: Vec<Field>,
    /// Who sent it.
    pub from: Mailbox,
    /// Those it was sent to: us.
    pub to: Vec<Mailbox>,
    /// What it calls itself, decoded.
    pub subject: String,
    /// When it was sent; where it does not say, when a server took it.
    pub date: Option<Timestamp>,
    /// The day on which that was where it was sent, and whether that was in a time zone of the Americas.
    pub anchor: Anchor,
    /// Its identity, if it has one.
    pub message_id: Option<String>,
}

/// A name and an address, either of which may be blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mailbox {
    /// The name, decoded.
    pub name: String,
    /// The address, in lower case.
    pub address: String,
}

/// A head longer than this is an attack.
const LONGEST: usize = 256 * 1024;

impl Head {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let head = fields::split(bytes).0;
        let head = &head[..head.len().min(LONGEST)];
        let fields = fields::fields(&String::from_utf8_lossy(head));
        let parsed = MessageParser::default().parse_headers(head)?;
        if fields.is_empty() {
            return None;
        }
        let sent = sent(&parsed);
        Some(Self {
            from: sender(&parsed),
            to: mailboxes(parsed.to()).chain(mailboxes(parsed.cc())).collect(),
            subject: one_line(parsed.subject().unwrap_or_default()),
            date: sent.and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
            anchor: Anchor {
                day: sent.and_then(|date| day(&date)),
                american: sent.is_some_and(|date| date.tz_before_gmt && (3..=10).contains(&date.tz_hour)),
            },
            message_id: parsed.message_id().map(str::to_owned).filter(|id| !id.trim().is_empty()),
            fields,
        })
    }

    /// The values of a field, in order. The name is in lower case.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |field| field.name == name).map(|field| field.value.as_str())
    }

    /// The first value of a field, in lower case; blank where there is none.
    pub(crate) fn value(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default().to_lowercase()
    }

    /// Whether there is no field at all.
    pub(crate) fn is_lost(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether there is such a field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

/// Who sent a mail: the first field that says so.
fn sender(parsed: &Message<'_>) -> Mailbox {
    let fields = [parsed.from(), parsed.sender(), parsed.reply_to()];
    let named = fields.into_iter().flat_map(mailboxes).find(|mailbox| !mailbox.address.is_empty());
    let returned = || Mailbox {
        name: String::new(),
        address: parsed.return_address().map(str::to_lowercase).filter(|a| a.contains('@')).unwrap_or_default(),
    };
    named.unwrap_or_else(returned)
}

fn one_line(text: &str) -> String {
    text.replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Only days that a mail can have been sent on.
fn sent(parsed: &Message<'_>) -> Option<DateTime> {
    let plausible = |date: &DateTime| date.is_valid() && (1990..=2100).contains(&date.year);
    let received = || parsed.received_all().find_map(|received| received.date).filter(plausible);
    parsed.date().copied().filter(plausible).or_else(received)
}

fn day(date: &DateTime) -> Option<Date> {
    let number = |n: u8| i8::try_from(n).ok();
    Date::new(i16::try_from(date.year).ok()?, number(date.month)?, number(date.day)?).ok()
}

fn mailboxes<'a>(addresses: Option<&'a Address<'_>>) -> impl Iterator<Item = Mailbox> + 'a {
    addresses.into_iter().flat_map(Address::iter).map(|one| Mailbox {
        name: one.name().unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned(),
        address: one.address().map(|a| a.trim().to_lowercase()).filter(|a| a.contains('@')).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        Head::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn names_and_subjects_are_decoded() {
        let head = head(
            "From: =?UTF-8?Q?J=C3=B6rg?= Klein <Joerg.Klein@Acme.example>\r\nTo: us@ours.example, Two <two@ours.example>\r\n\
             Subject: =?iso-8859-1?q?Abwesenheit_=FCber?=\r\n =?iso-8859-1?q?_Ostern?=\r\nX-Any: One\r\nX-any: Two\r\n",
        );
        assert_eq!(head.from, Mailbox { name: "Jörg Klein".into(), address: "joerg.klein@acme.example".into() });
        assert_eq!(
            head.to.iter().map(|m| m.address.as_str()).collect::<Vec<_>>(),
            ["us@ours.example", "two@ours.example"]
        );
        assert_eq!(head.subject, "Abwesenheit über Ostern");
        assert_eq!((head.value("x-any"), head.all("x-any").count(), head.has("x-none")), ("one".into(), 2, false));
    }

    #[test]
    fn a_date_that_cannot_be_is_none_and_a_server_s_stands_in() {
        let of = |text: &str| head(text).date.map(|date| date.to_string());
        assert_eq!(of("Date: Mon, 2 Nov 2026 09:00:00 +0100\n"), Some("2026-11-02T08:00:00Z".into()));
        assert_eq!(of("Date: Mon, 99 Nov 2026 09:00:00 +0100\n"), None);
        assert_eq!(of("Date: Thu, 1 Jan 1970 00:00:00 +0000\n"), None);
        let received = "Received: from a (b) by c with ESMTP id 1; Mon, 2 Nov 2026 09:00:00 +0000\nSubject: x\n";
        assert_eq!(of(received), Some("2026-11-02T09:00:00Z".into()));
    }

    #[test]
    fn the_day_is_the_day_where_it_was_sent() {
        let head = head("Date: Mon, 2 Nov 2026 23:30:00 -0500\n");
        assert_eq!(
            (head.anchor.day.map(|day| day.to_string()), head.anchor.american),
            (Some("2026-11-02".into()), true)
        );
    }
}
