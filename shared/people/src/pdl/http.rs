//! One HTTPS request, and the one distinction that matters where answers are paid for: whether it can have been received.
//!
//! No redirect is followed, no proxy is read from the environment, and no connection is kept: one that was closed meanwhile
//! would break in the middle of a request.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use ureq::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, RETRY_AFTER};
use ureq::http::uri::{Scheme, Uri};
use ureq::http::{HeaderName, HeaderValue, Response};
use ureq::{Agent, Body, SendBody};

/// For the way there.
const CONNECT: Duration = Duration::from_secs(4);
/// For all of it: a function that begins it with 15 seconds left must still write down what came.
const WHOLE: Duration = Duration::from_secs(12);
/// The longest answer that is read: 100 whole records, should the provider send more fields than it is asked for.
const LONGEST: u64 = 16 << 20;

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not of the form.
    #[error("the address of People Data Labs is none: write it like https://api.peopledatalabs.com/v5")]
    Form,
    /// The key and people's names would be readable on the way.
    #[error("the address of People Data Labs has to begin with https:// unless it is at 127.0.0.1")]
    NotHttps,
}

/// The API at one address.
pub(super) struct Api {
    agent: Agent,
    /// Without a slash at its end.
    address: String,
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    /// When the provider says that it answered.
    pub(super) date: Option<String>,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The request was never sent.
    Before(String),
    /// It was sent, or a part of it.
    After(String),
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Api {
    pub(super) fn at(address: &str) -> Result<Self, BadAddress> {
        let uri: Uri = address.parse().map_err(|_| BadAddress::Form)?;
        let authority = uri.authority().ok_or(BadAddress::Form)?;
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(BadAddress::Form);
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => {}
            Some(scheme) if *scheme == Scheme::HTTP && authority.host() == "127.0.0.1" => {}
            _ => return Err(BadAddress::NotHttps),
        }
        Ok(Self { agent: agent(), address: address.trim_end_matches('/').to_owned() })
    }

    /// Posts JSON.
    pub(super) fn post(&self, path: &str, key: &str, body: &[u8]) -> Result<Answered, Broken> {
        let mut key = HeaderValue::try_from(key).map_err(|e| Broken::Before(e.to_string()))?;
        key.set_sensitive(true);
        let mut sending = Sending { rest: body, begun: false };
        let request = self.agent.post(format!("{}/{path}", self.address));
        let request = request.header("X-Api-Key", key).header(CONTENT_TYPE, "application/json");
        let sent = request.header(CONTENT_LENGTH, body.len()).send(SendBody::from_reader(&mut sending));
        match sent {
            Ok(response) => read(response),
            // The body is sent last, so a request of which nothing was taken cannot have been understood.
            Err(error) if sending.begun => Err(lost(&error)),
            Err(error) => Err(Broken::Before(format!("no connection: {error}"))),
        }
    }
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(WHOLE))
        .user_agent(concat!("baton/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// A body that notes whether any of it was taken to be sent.
struct Sending<'a> {
    rest: &'a [u8],
    begun: bool,
}

impl Read for Sending<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.begun = true;
        self.rest.read(buffer)
    }
}

fn read(mut response: Response<Body>) -> Result<Answered, Broken> {
    let header =
        |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (status, retry_after, date) = (response.status().as_u16(), header(RETRY_AFTER), header(DATE));
    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec();
    let body = body.map_err(|error| lost(&error))?;
    Ok(Answered { status, retry_after, date, body })
}

fn lost(error: &ureq::Error) -> Broken {
    Broken::After(format!("no whole answer came: {error}"))
}
