//! What went wrong with a request, told by status and code. Texts of Salesforce are not repeated: they quote queries and values,
//! and so people.

use std::time::Duration;

use domain::ports::CrmError;
use https::Answer;
use jiff::SignedDuration;
use serde_json::Value;

/// A limit that counts 24 hours frees itself little by little.
pub(super) const DAILY: Duration = Duration::from_secs(30 * 60);
/// Of requests that run side by side, some end soon.
const CONCURRENT: Duration = Duration::from_secs(30);
/// Where a service asks to be left alone and does not say for how long.
const UNSAID: Duration = Duration::from_secs(60);

/// What went wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No answer, or one that a server out of order gives.
    Unreachable(String),
    /// A limit is reached.
    Wait { after: Duration, reason: String },
    /// The session is no longer taken.
    SignedOut,
    /// What is asked for is not there: a record, a place in a long answer.
    Gone { code: String },
    /// Somebody else holds the record, or its parent.
    Locked,
    /// The request is not taken, and will not be.
    Refused { status: u16, code: String, fields: Vec<String> },
    /// Nothing but a person can help; the text says what is wrong and what to do.
    Unusable(String),
}

impl Fault {
    /// What is wrong with an answer; nothing where it is a good one.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        (!(200..300).contains(&answer.status) && answer.status != 304)
            .then(|| Self::from_parts(answer.status, &answer.body, answer.retry_after()))
    }

    /// The same for an answer that is a part of another one.
    pub(super) fn from_parts(status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let error = Described::read(body);
        let concurrent = error.message.to_lowercase().contains("concurrent");
        match (status, error.code.as_str()) {
            (_, "INVALID_SESSION_ID") | (401, _) => Self::SignedOut,
            (_, "REQUEST_LIMIT_EXCEEDED") if concurrent => {
                Self::Wait { after: CONCURRENT, reason: "too many requests run at once (REQUEST_LIMIT_EXCEEDED)".to_owned() }
            }
            (_, "REQUEST_LIMIT_EXCEEDED") => {
                let reason = "the org's requests of a day are used up (REQUEST_LIMIT_EXCEEDED)".to_owned();
                Self::Wait { after: retry_after.unwrap_or(DAILY), reason }
            }
            (429, _) => Self::Wait { after: retry_after.unwrap_or(UNSAID), reason: "too many requests (429)".to_owned() },
            (503, _) if retry_after.is_some() => {
                Self::Wait { after: retry_after.unwrap_or(UNSAID), reason: "it is out of service (503)".to_owned() }
            }
            (_, "UNABLE_TO_LOCK_ROW") => Self::Locked,
            (_, code @ ("INVALID_QUERY_LOCATOR" | "ENTITY_IS_DELETED" | "NOT_FOUND")) => Self::Gone { code: code.to_owned() },
            (404, _) => Self::Gone { code: "404".to_owned() },
            (_, code @ ("QUERY_TIMEOUT" | "SERVER_UNAVAILABLE")) => Self::Unreachable(format!("it answers {code}")),
            (_, code @ ("API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED")) => Self::Unusable(format!(
                "Salesforce does not let this user use the API ({code}): give the user the permission API Enabled, and check \
                 that the org's edition has the API"
            )),
            (300..=399, _) => Self::Unusable(
                "Salesforce answers with a redirect: the org's address has changed; set SALESFORCE_LOGIN_URL to the one in Setup, My \
                 Domain"
                    .to_owned(),
            ),
            (500.., code) => Self::Unreachable(format!("it answers {status} {code}").trim_end().to_owned()),
            (_, code) => {
                let code = if code.is_empty() { "no error code".to_owned() } else { code.to_owned() };
                Self::Refused { status, code, fields: error.fields }
            }
        }
    }

    /// As the port tells it. `doing` is what was asked for: `the contacts`.
    pub(super) fn about(self, doing: &str) -> CrmError {
        match self {
            Self::Unreachable(why) => CrmError::Unavailable(format!("Salesforce, {doing}: {why}").into()),
            Self::Wait { after, reason } => CrmError::RateLimited {
                retry_after: SignedDuration::try_from(after).unwrap_or(SignedDuration::from_mins(30)),
                reason: format!("Salesforce, {doing}: {reason}"),
            },
            Self::SignedOut => CrmError::Unusable(format!(
                "Salesforce, {doing}: it takes a new session for invalid (INVALID_SESSION_ID): check that the connected app has the \
                 scope api, that its user may use the API, and that no IP restriction keeps Baton out"
            )),
            Self::Gone { code } => CrmError::Restart(format!("Salesforce no longer knows {doing} ({code})")),
            Self::Locked => {
                CrmError::Unavailable(format!("Salesforce, {doing}: somebody else holds the record").into())
            }
            Self::Refused { status, code, fields } => {
                let fields = if fields.is_empty() { String::new() } else { format!(" for {}", fields.join(", ")) };
                CrmError::Unusable(format!(
                    "Salesforce refuses {doing} ({status} {code}{fields}): give the user the right to it, or see `baton doctor`"
                ))
            }
            Self::Unusable(text) => CrmError::Unusable(text),
        }
    }
}

/// What a body says of an error: an array of objects as a rule, and anything else on a bad day.
#[derive(Default)]
struct Described {
    code: String,
    message: String,
    fields: Vec<String>,
}

impl Described {
    fn read(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return Self::default() };
        let error = match &body {
            Value::Array(errors) => errors.first(),
            other => Some(other),
        };
        let text = |key: &str| error.and_then(|e| e.get(key)).and_then(Value::as_str).unwrap_or_default().to_owned();
        let code = ["errorCode", "statusCode", "error"].into_iter().map(text).find(|code| !code.is_empty());
        let fields = error.and_then(|e| e.get("fields")).and_then(Value::as_array);
        let fields = fields.into_iter().flatten().filter_map(Value::as_str).filter(|field| is_word(field));
        Self {
            code: code.filter(|code| is_word(code)).unwrap_or_default(),
            message: text("message"),
            fields: fields.map(str::to_owned).collect(),
        }
    }
}

/// Codes and names of fields are words; what is not might be anything.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(status: u16, body: &str) -> Fault {
        Fault::from_parts(status, body.as_bytes(), None)
    }

    #[test]
    fn an_error_is_told_by_its_code_whether_it_stands_in_an_array_or_alone() {
        for body in [
            r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
            r#"{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}"#,
        ] {
            assert_eq!(fault(401, body), Fault::SignedOut);
        }
        let body = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#;
        assert!(matches!(fault(403, body), Fault::Wait { after: DAILY, .. }));
        let body = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded."}]"#;
        assert!(matches!(fault(403, body), Fault::Wait { after: CONCURRENT, .. }));
    }

    #[test]
    fn a_body_that_is_no_error_of_theirs_is_told_by_its_status() {
        for body in [
            "<html><body>Down for maintenance</body></html>",
            "[]",
            "{}",
            "null",
            "\"x\"",
            "",
            "\u{feff}",
            "[[]]",
            "[1]",
        ] {
            assert!(matches!(fault(500, body), Fault::Unreachable(_)), "{body}");
            assert_eq!(fault(401, body), Fault::SignedOut, "{body}");
            assert!(matches!(fault(404, body), Fault::Gone { .. }), "{body}");
            assert!(matches!(fault(400, body), Fault::Refused { .. }), "{body}");
            assert!(matches!(fault(302, body), Fault::Unusable(_)), "{body}");
        }
        let wait = Fault::from_parts(503, b"<html>", Some(Duration::from_secs(120)));
        assert!(matches!(wait, Fault::Wait { after, .. } if after == Duration::from_secs(120)));
    }

    #[test]
    fn what_an_answer_quotes_of_a_person_is_not_repeated() {
        let body =
            r#"[{"errorCode":"MALFORMED_QUERY","message":"Email = 'dana@acme.example'","fields":["Email","x y'"]}]"#;
        let told = fault(400, body).about("the contacts").to_string();
        assert!(told.contains("MALFORMED_QUERY for Email") && !told.contains("dana"), "{told}");
    }
}
