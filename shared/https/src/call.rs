//! One request, its answer, and the one distinction that matters where there is none: whether it can have been received.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method};
use url::Url;

/// For an answer, unless it is said otherwise; a function has 60 seconds for all it does.
const ANSWER: Duration = Duration::from_secs(15);
/// The longest answer that is read, unless it is said otherwise.
const LONGEST: usize = 8 << 20;

/// Nobody is left alone for longer, whatever stands in a header.
const A_WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A request to be made.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) repeatable: bool,
    pub(crate) within: Duration,
    pub(crate) at_most: usize,
}

/// An answer as it came, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

/// Why there is no answer. The text names the host and never the path, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The request was never sent.
    #[error("{0}")]
    Before(String),
    /// It was sent, or a part of it.
    #[error("{0}")]
    After(String),
}

impl Call {
    /// A request that changes nothing and may be made again: it goes out on a connection that was used before.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            repeatable: true,
            within: ANSWER,
            at_most: LONGEST,
        }
    }

    /// A request that may change something, so that it is made once, on a connection of its own.
    pub fn post(url: Url, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut call = Self { method: Method::POST, body: body.into(), repeatable: false, ..Self::get(url) };
        call.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        call
    }

    /// The same with another method, such as PATCH.
    #[must_use]
    pub fn by(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// The same, and it may be made again: a search that is sent by POST, a write under a key.
    #[must_use]
    pub fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// The same with a header. A value that no header can hold is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The same, signed in with a token. One that no header can hold is left out, and the service refuses the request.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {token}")) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// The same, waiting so long for its answer.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// The same, reading an answer of at most so many bytes.
    #[must_use]
    pub fn at_most(self, at_most: usize) -> Self {
        Self { at_most, ..self }
    }
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How long the service asks to be left alone, where it says so in seconds; a week at the most.
    pub fn retry_after(&self) -> Option<Duration> {
        self.header(&RETRY_AFTER)?.trim().parse().ok().map(Duration::from_secs).map(|wait| wait.min(A_WEEK))
    }
}

/// Fields as the body of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
