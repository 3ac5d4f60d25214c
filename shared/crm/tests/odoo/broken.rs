//! Everything that may come instead of an answer: what a caller can do about it is told, and nothing of anybody.

use domain::ports::{ContactQuery, Crm, CrmError};
use serde_json::json;

use crate::server::{Answer, Asked, PASSWORD, Stand, page};

/// What becomes of asking for contacts where the request for fields is answered like this.
async fn told(answer: impl Fn() -> Answer + Send + 'static) -> CrmError {
    let stand = Stand::new("", move |_: &Asked| answer()).await;
    let error = stand.crm.contacts(&ContactQuery::default()).await.unwrap_err();
    let text = domain::handler::told(&error);
    for secret in ["Dana Fox", PASSWORD, "Traceback"] {
        assert!(!text.contains(secret), "{text}");
    }
    error
}

async fn raw(status: &'static str, headers: &'static str, body: &'static str) -> CrmError {
    told(move || Answer::Raw(page(status, headers, body))).await
}

const HTML: &str = "<html><body><h1>Dana Fox</h1></body></html>";

#[tokio::test]
async fn a_page_instead_of_json_is_tried_again_later() {
    for (status, body) in [
        ("502 Bad Gateway", HTML),
        ("500 Internal Server Error", HTML),
        ("504 Gateway Timeout", ""),
        ("200 OK", HTML),
        ("200 OK", ""),
        ("200 OK", "{\"jsonrpc\": \"2.0\", \"result\": [{\"name\": \"Dana"),
        ("200 OK", "[]"),
        ("200 OK", "null"),
        ("200 OK", "7"),
        ("200 OK", "{\"result\": \"Dana Fox\"}"),
        ("200 OK", "{\"result\": NaN}"),
    ] {
        let error = raw(status, "", body).await;
        assert!(matches!(error, CrmError::Unavailable(_)), "{status} {body}: {error:?}");
    }
    let deep = "[".repeat(100_000);
    let error = told(move || Answer::Raw(page("200 OK", "", &format!("{{\"result\": {deep}")))).await;
    assert!(matches!(error, CrmError::Unavailable(_)), "{error:?}");
    let error = told(|| Answer::Nothing).await;
    assert!(matches!(error, CrmError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_given_the_time_it_asks_for() {
    for (status, headers, seconds) in [
        ("429 Too Many Requests", "", 60),
        ("429 Too Many Requests", "Retry-After: 30\r\n", 30),
        ("429 Too Many Requests", "Retry-After: 0\r\n", 1),
        ("429 Too Many Requests", "Retry-After: abc\r\n", 60),
        ("429 Too Many Requests", "Retry-After: 99999\r\n", 3_600),
        ("503 Service Unavailable", "Retry-After: 5\r\n", 5),
    ] {
        let error = raw(status, headers, HTML).await;
        let CrmError::RateLimited { retry_after, .. } = error else { panic!("{status} {headers}: {error:?}") };
        assert_eq!(retry_after.as_secs(), seconds, "{status} {headers}");
    }
    assert!(matches!(raw("503 Service Unavailable", "", HTML).await, CrmError::Unavailable(_)));
}

#[tokio::test]
async fn what_only_a_person_can_mend_names_what_to_mend() {
    for (status, remedy) in [
        ("302 Found", "ODOO_URL leads elsewhere"),
        ("308 Permanent Redirect", "ODOO_URL leads elsewhere"),
        ("403 Forbidden", "let Baton reach /jsonrpc"),
        ("404 Not Found", "correct the address"),
    ] {
        let error = raw(status, "Location: https://dana.example/\r\n", HTML).await;
        assert!(matches!(&error, CrmError::Unusable(text) if text.contains(remedy)), "{status}: {error:?}");
    }
    for (name, message, remedy) in [
        ("odoo.exceptions.AccessDenied", "Access Denied", "make a new API key"),
        ("odoo.exceptions.AccessError", "Dana Fox (id=7), User: Maya", "`fields_get` on res.partner: give the user"),
        ("psycopg2.OperationalError", "FATAL:  database \"crm\" does not exist\n", "ODOO_DATABASE"),
        ("odoo.exceptions.UserError", "Dana Fox may not", "does not accept `fields_get` on res.partner (UserError)"),
        ("builtins.ValueError", "Invalid field 'x'", "its log says why"),
        ("Dana Fox <b>", "", "does not accept"),
    ] {
        let error = told(move || Answer::Error(200, name, message)).await;
        let text = error.to_string();
        assert!(matches!(error, CrmError::Unusable(_)) && text.contains(remedy), "{name}: {text}");
    }
}

/// How often the fields were asked for, and what came of it, where the first `times` are answered with an error.
async fn after(times: usize, code: i64, name: &'static str, message: &'static str) -> (usize, usize, bool) {
    let mut left = times;
    let stand = Stand::new("", move |asked| match asked.method.as_str() {
        _ if left > 0 => {
            left -= 1;
            Answer::Error(code, name, message)
        }
        "fields_get" => Answer::Result(json!({ "name": { "type": "char" } })),
        _ => Answer::Result(json!([])),
    })
    .await;
    let read = stand.crm.contacts(&ContactQuery::default()).await;
    assert!(matches!(read, Ok(_) | Err(CrmError::Unavailable(_))), "{read:?}");
    let asked = stand.asked();
    let count = |method: &str| asked.iter().filter(|asked| asked.method == method).count();
    (count("fields_get"), count("authenticate"), read.is_ok())
}

#[tokio::test]
async fn what_somebody_else_wrote_at_the_same_moment_is_asked_again_at_once_and_then_later() {
    let clash = ("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update");
    assert_eq!(after(2, 200, clash.0, clash.1).await, (3, 1, true));
    assert_eq!(after(9, 200, clash.0, clash.1).await, (3, 1, false));
    assert_eq!(after(1, 200, "psycopg2.OperationalError", "deadlock detected").await, (2, 1, true));
}

#[tokio::test]
async fn a_session_that_ends_is_begun_again_and_not_for_ever() {
    let ended = ("odoo.http.SessionExpiredException", "Session expired");
    assert_eq!(after(1, 100, ended.0, ended.1).await, (2, 2, true));
    assert_eq!(after(9, 100, ended.0, ended.1).await, (3, 3, false));
}

#[tokio::test]
async fn a_database_that_is_down_is_tried_again_later() {
    let down = "could not connect to server: Connection refused";
    let error = told(move || Answer::Error(200, "psycopg2.OperationalError", down)).await;
    assert!(matches!(error, CrmError::Unavailable(_)), "{error:?}");
}
