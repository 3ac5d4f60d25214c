//! One type for every identity, so that an account's id can never stand where a contact's belongs.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why a text is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing but white space.
    #[error("the id is empty")]
    Empty,
    /// Longer than any CRM's ids, so most likely a shifted column.
    #[error("the id has {0} characters; an id has at most 100")]
    TooLong(usize),
    /// Ids become keys and file names; only graphic ASCII can be both.
    #[error("the id holds the character {0:?}; ids are letters, digits and -_.:@")]
    Character(char),
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id: 1 to 100 characters of letters, digits and `-_.:@`, white space around it dropped.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text.trim()).map(|id| Self(id.to_owned()))
            }

            /// The id as the source writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A CRM account.
    #[derive(PartialOrd, Ord)]
    AccountId
);
id!(
    /// A CRM contact. Ids that are numbers stand in the order of the numbers, as the CRMs give them that count their records.
    ContactId
);
id!(
    /// One of us: a CRM user.
    #[derive(PartialOrd, Ord)]
    UserId
);
id!(
    /// One piece of work, `C-` and ten characters of base 32.
    #[derive(PartialOrd, Ord)]
    CaseId
);
id!(
    /// One message between two functions; the same id is handled once.
    #[derive(PartialOrd, Ord)]
    MessageId
);
id!(
    /// One notice for one recipient on one channel, sent once.
    #[derive(PartialOrd, Ord)]
    DeliveryId
);
id!(
    /// One pass over a CRM.
    #[derive(PartialOrd, Ord)]
    ScanId
);
id!(
    /// One fact that somebody other than the CRM told of a person.
    #[derive(PartialOrd, Ord)]
    ObservationId
);

impl ContactId {
    /// A text that stands among the texts of other contacts as the id does among theirs, for a store that orders by text: of a
    /// number `03#208`, its length before it; else the id itself. No id holds a `#`.
    pub fn order_key(&self) -> Cow<'_, str> {
        match self.number_prefix() {
            Some([tens, ones, mark]) => {
                let mut key = String::with_capacity(3 + self.0.len());
                key.extend([tens, ones, mark].map(char::from));
                key.push_str(&self.0);
                Cow::Owned(key)
            }
            None => Cow::Borrowed(&self.0),
        }
    }

    /// The id whose [`order_key`](Self::order_key) this is.
    pub fn of_order_key(key: &str) -> Result<Self, IdError> {
        let id = Self::parse(key.split_once('#').map_or(key, |(_, digits)| digits))?;
        if id.cmp_key(key).is_eq() { Ok(id) } else { Err(IdError::Character('#')) }
    }

    /// How its order key compares with another one.
    pub fn cmp_key(&self, key: &str) -> Ordering {
        let prefix = self.number_prefix();
        let prefix = prefix.as_ref().map(<[u8; 3]>::as_slice).unwrap_or_default();
        prefix.iter().chain(self.0.as_bytes()).cmp(key.as_bytes())
    }

    /// What stands before a number in its order key. One that begins with a zero is a text, because `007` is not `7`.
    fn number_prefix(&self) -> Option<[u8; 3]> {
        let text = self.0.as_bytes();
        let is_number = text.iter().all(u8::is_ascii_digit) && !text.starts_with(b"0");
        let length = u8::try_from(text.len()).ok().filter(|length| is_number && *length < 100)?;
        Some([b'0' + length / 10, b'0' + length % 10, b'#'])
    }
}

impl Ord for ContactId {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.number_prefix(), other.number_prefix()) {
            (None, None) => self.0.cmp(&other.0),
            (Some(mine), Some(theirs)) => mine.cmp(&theirs).then_with(|| self.0.cmp(&other.0)),
            (Some(_), None) | (None, Some(_)) => self.cmp_key(&other.order_key()),
        }
    }
}

impl PartialOrd for ContactId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl CaseId {
    /// The identity of what happened: the same parts always give the same case.
    pub fn of(parts: &[&str]) -> Self {
        Self(format!("C-{}", digest(parts, 10)))
    }
}

impl MessageId {
    /// The identity of a message that follows from these parts alone.
    pub fn of(parts: &[&str]) -> Self {
        Self(format!("m-{}", digest(parts, 20)))
    }
}

impl ObservationId {
    /// The identity of a fact that follows from these parts alone.
    pub fn of(parts: &[&str]) -> Self {
        Self(format!("o-{}", digest(parts, 16)))
    }
}

impl DeliveryId {
    /// The identity of an effect that follows from these parts alone.
    pub fn of(parts: &[&str]) -> Self {
        Self(format!("d-{}", digest(parts, 20)))
    }
}

fn check(id: &str) -> Result<&str, IdError> {
    if id.is_empty() {
        return Err(IdError::Empty);
    }
    if id.len() > 100 {
        return Err(IdError::TooLong(id.chars().count()));
    }
    let belongs = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'@');
    if id.bytes().all(belongs) {
        return Ok(id);
    }
    let foreign = id.chars().find(|c| !u8::try_from(*c).is_ok_and(belongs));
    Err(foreign.map_or(IdError::Empty, IdError::Character))
}

/// Each part is preceded by its length, so that no two lists of parts run together.
fn digest(parts: &[&str], characters: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = CROCKFORD.encode(&hash.finalize());
    text.truncate(characters);
    text
}

/// Base 32 without the letters people misread (I, L, O, U).
static CROCKFORD: std::sync::LazyLock<data_encoding::Encoding> = std::sync::LazyLock::new(|| {
    let mut specification = data_encoding::Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    #[expect(clippy::expect_used, reason = "a constant of 32 distinct symbols is always a valid encoding")]
    specification.encoding().expect("32 distinct symbols")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_has_the_same_case_and_another_split_of_its_parts_has_not() {
        assert_eq!(CaseId::of(&["a", "bc"]), CaseId::of(&["a", "bc"]));
        assert_ne!(CaseId::of(&["a", "bc"]), CaseId::of(&["ab", "c"]));
        assert_eq!(CaseId::of(&["x"]).as_str().len(), 12);
    }

    #[test]
    fn what_cannot_be_a_key_or_a_file_name_is_no_id() {
        assert_eq!(AccountId::parse("  "), Err(IdError::Empty));
        assert_eq!(AccountId::parse("a/b"), Err(IdError::Character('/')));
        assert_eq!(AccountId::parse(&"x".repeat(101)), Err(IdError::TooLong(101)));
        assert_eq!(AccountId::parse(" 001A ").map(String::from), Ok("001A".to_owned()));
    }

    fn contact(id: &str) -> ContactId {
        ContactId::parse(id).unwrap()
    }

    #[test]
    fn contacts_that_are_numbered_stand_in_the_order_of_their_numbers() {
        let mut ids = ["10", "9", "100", "99", "1", "18446744073709551616"].map(contact);
        ids.sort();
        assert_eq!(ids.map(|id| id.to_string()), ["1", "9", "10", "99", "100", "18446744073709551616"]);
        let mut ids = ["003B", "003A", "c2", "c10", "-1"].map(contact);
        ids.sort();
        assert_eq!(ids.map(|id| id.to_string()), ["-1", "003A", "003B", "c10", "c2"]);
    }

    #[test]
    fn a_store_that_orders_by_text_has_contacts_in_their_order() {
        let longest = "9".repeat(100);
        let ids = [
            "7",
            "007",
            "0",
            "00",
            "10",
            "9",
            "12",
            "1:2",
            "01",
            "02",
            "2.5",
            "-3",
            "x",
            "003A",
            "99",
            "123456789012",
            &longest,
        ];
        for (one, other) in ids.iter().flat_map(|one| ids.iter().map(move |other| (contact(one), contact(other)))) {
            let (keys, order) = (one.order_key().cmp(&other.order_key()), one.cmp(&other));
            assert_eq!((keys, one.cmp_key(&other.order_key())), (order, order), "{one} {other}");
            assert_eq!(order.is_eq(), one == other, "{one} {other}");
        }
    }

    #[test]
    fn an_order_key_leads_back_to_its_contact_and_to_no_other() {
        for id in ["7", "007", "0", "003A", "12:@", "123456789012"] {
            assert_eq!(ContactId::of_order_key(&contact(id).order_key()), Ok(contact(id)));
        }
        assert_eq!(contact("208").order_key(), "03#208");
        for key in ["208", "02#208", "03#20A", "#208", "03#", "", "07#007"] {
            assert!(ContactId::of_order_key(key).is_err(), "{key}");
        }
    }
}
