//! One type for every identity, so that an account's id can never stand where a contact's belongs.

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
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    AccountId
);
id!(
    /// A CRM contact.
    ContactId
);
id!(
    /// One of us: a CRM user.
    UserId
);
id!(
    /// One piece of work, `C-` and ten characters of base 32.
    CaseId
);
id!(
    /// One message between two functions; the same id is handled once.
    MessageId
);
id!(
    /// One notice for one recipient on one channel, sent once.
    DeliveryId
);
id!(
    /// One pass over a CRM.
    ScanId
);
id!(
    /// One fact that somebody other than the CRM told of a person.
    ObservationId
);

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
}
