//! Respond: takes answers over HTTP, from Slack's buttons and dialogs and from the links in mails. It verifies, decides, commits and
//! answers; whatever follows from an answer is somebody else's message.
//!
//! Nothing is parsed before its signature was checked, no GET changes anything, and whatever is malformed gets an answer below 500.

#![forbid(unsafe_code)]

pub mod http;
pub mod function_url;
mod verifier;
mod strict;
mod form;
mod guesses;
pub mod dialogs;
mod slack;
mod shown;
mod mail;
mod page;

use std::time::Instant;

use domain::config::Config;
use domain::handler::Outbox;
use domain::ports::{Clock, Messenger};
use links::Signer;
use signatures::Secrets;
use signatures::slack::SigningSecret;

use crate::dialogs::Dialogs;
pub use crate::guesses::Guesses;
use crate::http::{MOST_BYTES, Request, Response};
pub use crate::verifier::Verifier;

/// What respond works with.
pub struct Deps<'a> {
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// What Slack signs with.
    pub slack: Verifier<'a, Secrets<SigningSecret>>,
    /// Opens dialogs, and knows who somebody in Slack is.
    pub dialogs: &'a dyn Dialogs,
    /// Changes what was posted, so that an answer is seen at once; without it the refresh that follows shows it.
    pub messenger: Option<&'a dyn Messenger>,
    /// What the links in mails are signed with.
    pub links: Verifier<'a, Signer>,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Who has sent links that are none.
    pub guesses: &'a Guesses,
    /// Told what became of each request.
    pub counted: &'a dyn Fn(Counted),
}

/// What became of a request, to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// An answer was committed.
    Answered,
    /// It had been given before.
    Repeated,
    /// A dialog was opened.
    Asked,
    /// A page was shown.
    Shown,
    /// Signed, and nothing for us.
    Ignored,
    /// Signed or linked, and it cannot be.
    Refused,
    /// Not signed by whom it should be.
    Unsigned,
    /// Too many of that.
    Limited,
    /// Something we need did not work.
    Failed,
}

/// Takes one request.
pub async fn handle(request: &Request, deps: &Deps<'_>) -> Response {
    if request.body.len() > MOST_BYTES {
        (deps.counted)(Counted::Refused);
        return Response::text(413, "the request is too large");
    }
    let began = Instant::now();
    // Behind somebody's own domain there may be a folder before it.
    match (request.method.as_str(), request.path.rsplit('/').next().unwrap_or_default()) {
        ("POST", "slack") => slack::handle(request, began, deps).await,
        (_, "slack") => Response::text(405, "send it with POST").with("allow", "POST"),
        ("GET" | "HEAD" | "POST", "answer") => mail::handle(request, began, deps).await,
        (_, "answer") => Response::text(405, "look with GET, answer with POST").with("allow", "GET, HEAD, POST"),
        _ => Response::text(404, "there is nothing here"),
    }
}
