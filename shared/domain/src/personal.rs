//! Text about a person. It prints masked, so that no log line, error or debug output can carry it by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name, an address, a quotation: shown only where `reveal` is called.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// Wraps a text as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the person who is meant to read it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is anything but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_text_prints_masked() {
        let name = Personal::new("Dana Fox");
        assert_eq!(format!("{name} {name:?}"), "••• Personal(8 bytes)");
        assert_eq!(name.reveal(), "Dana Fox");
    }
}
