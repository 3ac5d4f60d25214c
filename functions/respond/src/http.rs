//! A request and its response, as far as answers need them, whoever brings them: Lambda, or a socket on one machine.

/// No answer is longer; what is gets 413 before anything looks at it. A click brings its message along: up to 11,000 UTF-16 units of
/// text, of which each takes 8 bytes as `%5Cu4E2D` and 9 as three bytes of UTF-8, 99 kB in all, and around it 50 blocks with their
/// quotation marks encoded, some 60 kB. Lambda itself takes 6 MB.
pub const MOST_BYTES: usize = 256 * 1024;

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET`
    pub method: String,
    /// `/answer`
    pub path: String,
    /// What stands behind the question mark.
    pub query: String,
    /// Names in any case, and values.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The address it came from.
    pub source: String,
}

impl Request {
    /// The value of a header that is there once. One that came twice could be read in two ways, so it is none.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next()?;
        found.next().is_none().then_some(first.1.as_str())
    }

    /// Whether the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// `200`
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// Nothing of ours is kept, found by search engines, taken for another type, or told to the next page.
const ALWAYS: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-robots-tag", "noindex, nofollow"),
    ("strict-transport-security", "max-age=31536000"),
];

impl Response {
    fn of(status: u16, kind: &str, policy: &str, body: String) -> Self {
        let mut headers: Vec<_> = ALWAYS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        headers.push(("content-type", kind.to_owned()));
        headers.push(("content-security-policy", policy.to_owned()));
        Self { status, headers, body }
    }

    /// A line of text.
    pub fn text(status: u16, text: &str) -> Self {
        let policy = "default-src 'none'; frame-ancestors 'none'";
        Self::of(status, "text/plain; charset=utf-8", policy, format!("{text}\n"))
    }

    /// A page under its own policy.
    pub(crate) fn html(status: u16, policy: &str, page: String) -> Self {
        Self::of(status, "text/html; charset=utf-8", policy, page)
    }

    /// What Slack reads.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::of(200, "application/json", "default-src 'none'; frame-ancestors 'none'", value.to_string())
    }

    /// Slack wants nothing but to know that it arrived.
    pub(crate) fn empty() -> Self {
        Self::of(200, "text/plain; charset=utf-8", "default-src 'none'; frame-ancestors 'none'", String::new())
    }

    /// The same with another header.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same, and when to come again, in seconds.
    #[must_use]
    pub fn retried_after(self, seconds: u32) -> Self {
        self.with("retry-after", seconds.to_string())
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
