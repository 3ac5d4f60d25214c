//! What went wrong when Odoo was asked, and what a caller can do about it.
//!
//! Odoo's own messages hold names of records, values and sometimes the request, so no word of them is repeated: what is told is
//! the kind of error, and the model and method that were asked for.

use domain::ports::CrmError;
use https::Answer;
use jiff::SignedDuration;
use serde::Deserialize;

/// An answer that asks to be left alone and does not say for how long means this long.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// Nobody waits longer than this before trying again.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Why Odoo did not do what it was asked.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The login may not do that. What it is.
    Forbidden(String),
    /// The record is not there.
    Missing(String),
    /// A rule of Odoo's forbids it as it is. What was asked, and the kind of error.
    Rejected(String),
    /// Somebody else wrote the same at the same time.
    Conflict(String),
    /// The session is over: sign in again.
    Expired,
    /// Anything else, for whoever asked the CRM.
    Crm(CrmError),
}

impl From<Trouble> for CrmError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Forbidden(what) => Self::Unusable(format!(
                "Odoo refuses {what}: give the user of ODOO_LOGIN a role that allows it (Settings, Users), such as Sales: all documents"
            )),
            Trouble::Missing(what) => Self::Unusable(format!(
                "{what}: the record does not exist in Odoo, or the user of ODOO_LOGIN may not see it"
            )),
            Trouble::Rejected(what) => Self::Unusable(format!("Odoo does not accept {what}; its log says why")),
            Trouble::Conflict(what) => {
                unavailable(format!("{what}: somebody else wrote the same record at that moment"))
            }
            Trouble::Expired => unavailable("Odoo ends the session again and again".to_owned()),
            Trouble::Crm(error) => error,
        }
    }
}

impl From<CrmError> for Trouble {
    fn from(error: CrmError) -> Self {
        Self::Crm(error)
    }
}

/// The error object of an answer.
#[derive(Deserialize)]
pub(super) struct Fault {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    data: FaultData,
}

#[derive(Default, Deserialize)]
struct FaultData {
    /// The class of the error, such as `odoo.exceptions.AccessError`.
    #[serde(default)]
    name: String,
    #[serde(default)]
    message: String,
}

impl Fault {
    /// What it means for whoever has asked for `what`, such as `read on res.partner`.
    pub(super) fn trouble(&self, what: &str) -> Trouble {
        kind(self.code, &self.data.name, &self.data.message, what)
    }
}

/// What an error means that Odoo tells in words.
pub(super) fn kind(code: i64, name: &str, message: &str, what: &str) -> Trouble {
    let (named, says) = (|class: &str| name.contains(class), |words: &str| message.contains(words));
    if code == 100 || named("SessionExpired") {
        return Trouble::Expired;
    }
    // These come as errors of the database too, so they are looked for first.
    let clash = ["could not serialize access", "deadlock detected", "could not obtain lock", "concurrent update"];
    if clash.iter().any(|words| says(words)) || named("SerializationFailure") || named("TransactionRollback") {
        return Trouble::Conflict(what.to_owned());
    }
    if says("database") && says("does not exist") {
        let text =
            "there is no database of the name in ODOO_DATABASE: take the name that the log-in page of Odoo shows";
        return Trouble::Crm(CrmError::Unusable(text.to_owned()));
    }
    if named("AccessDenied") {
        return denied().into();
    }
    if named("AccessError") {
        return Trouble::Forbidden(what.to_owned());
    }
    if named("MissingError") {
        return Trouble::Missing(what.to_owned());
    }
    if named("OperationalError") || named("InterfaceError") || named("MemoryError") || named("PoolError") {
        return Trouble::Crm(unavailable(format!("{what}: Odoo's database does not answer")));
    }
    Trouble::Rejected(format!("{what} ({})", class(name)))
}

/// The login is wrong.
pub(super) fn denied() -> CrmError {
    let text = "Odoo does not know ODOO_LOGIN with ODOO_PASSWORD: make a new API key (Preferences, Account Security) or correct them";
    CrmError::Unusable(text.to_owned())
}

/// What an answer means that is not one of JSON-RPC.
pub(super) fn of_status(answer: &Answer) -> CrmError {
    let status = answer.status;
    let after = answer.retry_after().and_then(|after| SignedDuration::try_from(after).ok());
    match (status, after) {
        (429, after) => limited(after.unwrap_or(PAUSE)),
        (503, Some(after)) => limited(after),
        (300..=399, _) => CrmError::Unusable(format!(
            "the address in ODOO_URL leads elsewhere (status {status}): write the one that the browser shows once Odoo is open"
        )),
        (401 | 403, _) => CrmError::Unusable(format!(
            "a server before Odoo refuses the request (status {status}): let Baton reach /jsonrpc there"
        )),
        (404, _) => {
            CrmError::Unusable("nothing at ODOO_URL takes JSON-RPC (status 404): correct the address".to_owned())
        }
        // A page instead of an answer: most often of a server before an Odoo that is being restarted.
        (200..=299, _) => unavailable(
            "a page came back instead of JSON; if it stays so, ODOO_URL is not the address of an Odoo".to_owned(),
        ),
        _ => unavailable(format!("Odoo answers with status {status}")),
    }
}

fn limited(after: SignedDuration) -> CrmError {
    let reason = "a server before Odoo lets no more requests through".to_owned();
    CrmError::RateLimited { retry_after: after.clamp(SignedDuration::from_secs(1), LONGEST_PAUSE), reason }
}

/// Try later.
pub(super) fn unavailable(text: String) -> CrmError {
    CrmError::Unavailable(text.into())
}

/// The name of an error's class, with whatever else stands there left out.
fn class(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or_default();
    let plain: String = last.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    if plain.is_empty() { "an error without a name".to_owned() } else { plain }
}
