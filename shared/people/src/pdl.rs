//! `People` on People Data Labs: its bulk enrichment, asked with the customer's own key.
//!
//! A person is paid for when found. So records that would not be believed, or that name no company, are not even asked for;
//! only the few fields that are needed are; and whatever may have been answered and got lost is told apart from what
//! certainly was not.

mod answer;
mod http;
mod question;

use std::fmt;

use async_trait::async_trait;
use domain::ports::{Answer, People, PeopleError, Question};

use http::{Api, Broken};

pub use http::BadAddress;

/// Where the API is.
const ADDRESS: &str = "https://api.peopledatalabs.com/v5";

/// The bulk enrichment takes no more.
const AT_ONCE: usize = 100;

/// The customer's key. It prints masked.
#[derive(Clone)]
pub struct ApiKey(String);

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is given as the key of People Data Labs is none; copy the API key from its dashboard")]
pub struct BadKey;

impl ApiKey {
    /// Reads a key; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let key = text.trim();
        let fits = (8..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(key.to_owned())) } else { Err(BadKey) }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(•••)")
    }
}

/// People Data Labs.
#[derive(Debug)]
pub struct PeopleDataLabs {
    api: Api,
    key: ApiKey,
    /// Their measure of likelihood goes from 1 to 10.
    least: u8,
}

impl PeopleDataLabs {
    /// The provider itself. What is less likely than `min_likelihood` percent is neither given nor paid for.
    pub fn new(key: ApiKey, min_likelihood: u8) -> Result<Self, BadAddress> {
        Self::at(ADDRESS, key, min_likelihood)
    }

    /// The provider at another address. Anything but `https` is refused, except for this very machine.
    pub fn at(address: &str, key: ApiKey, min_likelihood: u8) -> Result<Self, BadAddress> {
        Ok(Self { api: Api::at(address)?, key, least: min_likelihood.div_ceil(10).clamp(1, 10) })
    }
}

#[async_trait]
impl People for PeopleDataLabs {
    fn name(&self) -> &str {
        "peopledatalabs"
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn is_paid(&self) -> bool {
        true
    }

    async fn look_up(&self, questions: &[Question]) -> Result<Vec<Answer>, PeopleError> {
        let Some(body) = question::body(questions, self.least) else {
            return Ok(questions.iter().map(|_| question::not_findable()).collect());
        };
        match self.api.post("person/bulk", &self.key.0, &body) {
            Ok(answered) => answer::read(&answered, questions),
            Err(Broken::Before(why)) => Err(PeopleError::Unavailable(why.into())),
            Err(Broken::After(why)) => Err(PeopleError::Unknown(why.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_shows_and_what_cannot_be_one_is_refused() {
        let key = ApiKey::parse(" 0123456789abcdef\n").unwrap();
        let provider = PeopleDataLabs::new(key, 60).unwrap();
        assert!(!format!("{provider:?}").contains("0123456789"), "{provider:?}");
        for text in ["", "short", "with a space in it", "line\nbreak-in-it", "\u{e4}\u{e4}\u{e4}\u{e4}\u{e4}"] {
            let error = ApiKey::parse(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn percent_are_asked_for_in_the_steps_of_the_provider() {
        let key = ApiKey::parse("0123456789abcdef").unwrap();
        for (percent, step) in [(0, 1), (5, 1), (60, 6), (61, 7), (100, 10), (255, 10)] {
            assert_eq!(PeopleDataLabs::new(key.clone(), percent).unwrap().least, step, "{percent}");
        }
    }

    #[test]
    fn only_an_encrypted_address_is_taken_unless_it_is_this_machine() {
        let key = ApiKey::parse("0123456789abcdef").unwrap();
        let at = |address| PeopleDataLabs::at(address, key.clone(), 60).err();
        assert_eq!(at("https://api.peopledatalabs.com/v5"), None);
        assert_eq!(at("http://127.0.0.1:8080/v5"), None);
        for (address, error) in [
            ("http://api.peopledatalabs.com/v5", BadAddress::NotHttps),
            ("http://127.0.0.1.example.com/v5", BadAddress::NotHttps),
            ("ftp://127.0.0.1/v5", BadAddress::NotHttps),
            ("https://user@api.peopledatalabs.com/v5", BadAddress::Form),
            ("https://api.peopledatalabs.com/v5?key=1", BadAddress::Form),
            ("nowhere", BadAddress::NotHttps),
            ("https://", BadAddress::Form),
        ] {
            assert_eq!(at(address), Some(error), "{address}");
        }
    }
}
