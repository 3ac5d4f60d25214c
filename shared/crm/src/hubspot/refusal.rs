//! What HubSpot's refusals mean. Its messages may quote what a record holds, so none of them is passed on: only the names in them
//! are, of scopes and properties.

use std::time::Duration;

use domain::ports::CrmError;
use https::Answer;
use https::header::HeaderName;
use jiff::SignedDuration;
use serde_json::Value;

/// Where a limit is named that nobody has heard of.
const A_WHILE: SignedDuration = SignedDuration::from_secs(10);

/// Where tokens are made and given scopes: a service key, or as long as there are any a private app.
pub(super) const KEYS: &str = "Development, Keys, Service keys; or Settings, Integrations, Private Apps";

/// Why a request came to nothing.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no such record.
    NotThere,
    /// What should be unique is not; the record that has it already, where HubSpot names it.
    Taken(Option<String>),
    /// Everything else.
    Crm(CrmError),
}

impl From<CrmError> for Refused {
    fn from(error: CrmError) -> Self {
        Self::Crm(error)
    }
}

impl From<Refused> for CrmError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Crm(error) => error,
            Refused::NotThere => {
                Self::Unusable("HubSpot has no such record; look whether it was deleted or merged".to_owned())
            }
            Refused::Taken(Some(id)) => Self::Unusable(format!(
                "HubSpot's record {id} has this value already and it must be unique; merge the two"
            )),
            Refused::Taken(None) => {
                Self::Unusable("another record of HubSpot has this value already and it must be unique".to_owned())
            }
        }
    }
}

/// Reads an answer that is no success; `what` was asked for, and a day of the account ends `until_midnight`.
pub(super) fn refusal(answer: &Answer, what: &str, until_midnight: SignedDuration) -> Refused {
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let unavailable = |why: String| CrmError::Unavailable(why.into());
    match answer.status {
        401 => expired(&told).into(),
        403 => forbidden(&told, what).into(),
        404 if told.is_object() => Refused::NotThere,
        409 => Refused::Taken(existing(text(&told, "message"))),
        429 => limited(answer, &told, until_midnight).into(),
        // 423 and 477: an account that is busy with itself, such as while it moves to another data centre.
        423 | 477 => limited(answer, &told, until_midnight).into(),
        400 | 405..=422 if told.is_object() => match existing(text(&told, "message")) {
            Some(id) => Refused::Taken(Some(id)),
            None => invalid(&told, what).into(),
        },
        status => unavailable(format!("HubSpot answered {status} to {what}")).into(),
    }
}

fn expired(told: &Value) -> CrmError {
    let category = named(text(told, "category"), "the token is not valid");
    CrmError::Unusable(format!("HubSpot refuses HUBSPOT_TOKEN ({category}); copy it anew: {KEYS}"))
}

fn forbidden(told: &Value, what: &str) -> CrmError {
    let scopes = scopes(told);
    if scopes.is_empty() {
        return CrmError::Unusable(format!(
            "HubSpot does not let HUBSPOT_TOKEN ask for {what}; give it the scopes that `baton doctor` names, and look whether the user who made it still has his rights"
        ));
    }
    let scopes = scopes.join(", ");
    CrmError::Unusable(format!("HubSpot refuses {what}; give HUBSPOT_TOKEN the scope {scopes} ({KEYS})"))
}

/// The scopes that a refusal names, under whichever of the keys in use.
fn scopes(told: &Value) -> Vec<&str> {
    let contexts = array(told, "errors").iter().map(|error| &error["context"]).chain([&told["context"]]);
    let mut scopes: Vec<&str> = contexts
        .flat_map(|context| {
            ["requiredGranularScopes", "requiredScopes", "missingScopes"].map(|key| array(context, key))
        })
        .flatten()
        .filter_map(Value::as_str)
        .filter(|scope| is_name(scope))
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

fn limited(answer: &Answer, told: &Value, until_midnight: SignedDuration) -> CrmError {
    let policy = named(text(told, "policyName"), "its limit is reached");
    let asked = answer.retry_after().map_or(Duration::ZERO, |wait| wait.min(Duration::from_secs(86_400)));
    let least = match policy {
        "DAILY" => until_midnight,
        "SECONDLY" => SignedDuration::from_secs(1),
        _ => A_WHILE,
    };
    let retry_after = least.max(SignedDuration::try_from(asked).unwrap_or(A_WHILE));
    CrmError::RateLimited { retry_after, reason: format!("HubSpot says {policy}") }
}

/// What is wrong with a request, by the properties that are named and without what they hold.
fn invalid(told: &Value, what: &str) -> CrmError {
    let errors = array(told, "errors");
    let mut parts: Vec<String> = Vec::new();
    for error in errors {
        let context = &error["context"];
        let names = array(context, "propertyName").iter().chain(array(context, "properties")).chain([&error["in"]]);
        let names: Vec<&str> = names.filter_map(Value::as_str).filter(|name| is_name(name)).collect();
        parts.extend(
            [text(error, "code")]
                .into_iter()
                .filter(|code| is_name(code))
                .map(|code| format!("{code} {}", names.join(", "))),
        );
    }
    let category = named(text(told, "category"), "VALIDATION_ERROR");
    let parts: String = parts.iter().map(|part| format!("; {}", part.trim())).collect();
    CrmError::Unusable(format!(
        "HubSpot refuses {what}: {category}{parts}. Look whether these properties exist and can be written"
    ))
}

/// The id in `Contact already exists. Existing ID: 2089`, which stands nowhere else.
fn existing(message: &str) -> Option<String> {
    let marks = ["Existing ID:", "already exists with id", "is already assigned to object with id"];
    let behind = marks.iter().find_map(|mark| message.split_once(mark))?.1.trim_start();
    let id: String = behind.chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

/// How much of today's requests is left: those that may be made in all, and those that may still be made.
pub(super) fn left_today(answer: &Answer) -> Option<(u64, u64)> {
    let number = |name: &'static str| answer.header(&HeaderName::from_static(name))?.trim().parse().ok();
    Some((number("x-hubspot-ratelimit-daily")?, number("x-hubspot-ratelimit-daily-remaining")?))
}

/// A field of an answer as a list; empty where it is none.
pub(super) fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What an answer lists. One without a list is none, and must not be taken for an empty one.
pub(super) fn listed(answer: &Value) -> Result<&[Value], CrmError> {
    let lost = || CrmError::Unavailable("an answer of HubSpot's holds no results".into());
    answer["results"].as_array().map(Vec::as_slice).ok_or_else(lost)
}

/// A field of an answer as a text; blank where it is none.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn named<'a>(name: &'a str, otherwise: &'a str) -> &'a str {
    if is_name(name) { name } else { otherwise }
}

/// The name of a scope, a property or an error: nothing that a person's record holds.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use https::{Bytes, HeaderMap};

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Answer {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), https::header::HeaderValue::from_static(value)))
            .collect();
        Answer { status, headers, body: Bytes::from_static(body.as_bytes()) }
    }

    fn told(answer: &Answer) -> CrmError {
        refusal(answer, "contacts", SignedDuration::from_hours(5)).into()
    }

    fn waits(answer: &Answer) -> i64 {
        match told(answer) {
            CrmError::RateLimited { retry_after, .. } => retry_after.as_secs(),
            error => panic!("{error:?}"),
        }
    }

    #[test]
    fn a_limit_says_how_long_it_is_waited_for() {
        let body = |policy: &str| -> &'static str {
            Box::leak(
                format!(r#"{{"status":"error","errorType":"RATE_LIMIT","policyName":"{policy}"}}"#).into_boxed_str(),
            )
        };
        assert_eq!(waits(&answer(429, &[], body("SECONDLY"))), 1);
        assert_eq!(waits(&answer(429, &[], body("TEN_SECONDLY_ROLLING"))), 10);
        assert_eq!(waits(&answer(429, &[], body("DAILY"))), 5 * 3600);
        assert_eq!(waits(&answer(429, &[("retry-after", "30")], body("SECONDLY"))), 30);
        for nonsense in ["abc", "-1", "", "99999999999999999999"] {
            assert_eq!(waits(&answer(429, &[("retry-after", nonsense)], "<html>")), 10, "{nonsense}");
        }
        assert_eq!(waits(&answer(429, &[("retry-after", "9999999999")], "{}")), 86_400);
    }

    #[test]
    fn a_missing_scope_is_named_and_an_expired_token_says_what_to_do() {
        let missing = r#"{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["crm.objects.deals.read"]}}]}"#;
        assert!(told(&answer(403, &[], missing)).to_string().contains("the scope crm.objects.deals.read ("));
        let none = r#"{"message":"This oauth-token (dana@northwind.example) does not have proper permissions!"}"#;
        let text = told(&answer(403, &[], none)).to_string();
        assert!(text.contains("baton doctor") && !text.contains("dana"), "{text}");
        let expired = told(&answer(401, &[], r#"{"category":"EXPIRED_AUTHENTICATION"}"#)).to_string();
        assert!(expired.contains("EXPIRED_AUTHENTICATION") && expired.contains("copy it anew"), "{expired}");
    }

    #[test]
    fn what_is_no_answer_of_hubspots_own_is_tried_again() {
        for (status, body) in
            [(500, "{}"), (502, "<html>Bad gateway</html>"), (521, ""), (404, "<html>"), (400, "[]"), (302, "")]
        {
            assert!(matches!(told(&answer(status, &[], body)), CrmError::Unavailable(_)), "{status} {body}");
        }
    }

    #[test]
    fn a_record_that_exists_is_found_in_the_text_alone_and_nothing_else_of_the_text_is_told() {
        let taken = r#"{"message":"Contact already exists. Existing ID: 2089","category":"CONFLICT"}"#;
        assert!(matches!(refusal(&answer(409, &[], taken), "", A_WHILE), Refused::Taken(Some(id)) if id == "2089"));
        let blind = r#"{"message":"Contact already exists.","category":"CONFLICT"}"#;
        assert!(matches!(refusal(&answer(409, &[], blind), "", A_WHILE), Refused::Taken(None)));
        let invalid = r#"{"message":"Property values were not valid: dana@northwind","category":"VALIDATION_ERROR",
            "errors":[{"code":"PROPERTY_DOESNT_EXIST","message":"dana@northwind","context":{"propertyName":["renewal"]}}]}"#;
        let text = told(&answer(400, &[], invalid)).to_string();
        assert!(text.contains("PROPERTY_DOESNT_EXIST renewal") && !text.contains("dana"), "{text}");
    }
}
