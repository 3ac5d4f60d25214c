//! What the adapter makes of failures: what was certainly not paid for is told apart from what may have been.

use std::net::TcpListener;

use domain::handler::told;
use domain::ports::{Answer, People, PeopleError};
use futures_executor::block_on;
use people::{ApiKey, PeopleDataLabs};

use crate::stand_in::{Fault, StandIn, error};
use crate::{KEY, company, dana, nobody, provider};

/// How it ends where the provider does this.
fn after(fault: Fault) -> PeopleError {
    let stand_in = StandIn::start();
    stand_in.next(fault);
    let failed = block_on(provider(&stand_in).look_up(&[dana(), nobody()])).unwrap_err();
    let text = format!("{} {failed:?}", told(&failed));
    assert!(!text.contains("dana") && !text.contains(KEY), "{text}");
    assert_eq!(stand_in.connections(), 1, "nothing is asked twice by itself");
    failed
}

fn status(status: u16, name: &str) -> PeopleError {
    after(Fault::Status(status, "", error(status, name)))
}

#[test]
fn every_status_says_what_can_be_done_about_it() {
    assert!(matches!(status(402, "payment_required"), PeopleError::QuotaSpent(_)));
    for (code, name, expected) in [
        (401, "authentication_error", "refuses the key with status 401 (authentication_error); check PDL_API_KEY"),
        (403, "forbidden", "refuses the key with status 403 (forbidden)"),
        (400, "invalid_request_error", "answers 400 (invalid_request_error) to a bulk enrichment"),
        (404, "invalid_request_error", "answers 404 (invalid_request_error)"),
        (405, "method_not_allowed", "answers 405"),
        (204, "none", "answers 204"),
    ] {
        let failed = status(code, name);
        assert!(matches!(&failed, PeopleError::Unusable(why) if why.contains(expected)), "{code}: {failed}");
    }
    for code in [500, 503, 529] {
        let failed = status(code, "internal_server_error");
        assert!(matches!(failed, PeopleError::Unavailable(_)), "{code}: {failed}");
        assert!(told(&failed).contains(&format!("answers {code} (internal_server_error)")), "{}", told(&failed));
    }
}

#[test]
fn a_wait_is_handed_on() {
    for (header, seconds) in
        [("Retry-After: 7\r\n", 7), ("Retry-After: Mon, 02 Nov 2026 07:01:30 GMT\r\n", 90), ("", 60)]
    {
        let failed = after(Fault::Status(429, header, error(429, "rate_limit_error")));
        assert!(
            matches!(failed, PeopleError::RateLimited { retry_after } if retry_after.as_secs() == seconds),
            "{header}: {failed}"
        );
    }
}

#[test]
fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = StandIn::start();
    let stand_in = StandIn::start();
    for code in [301, 302, 307, 308] {
        let location = format!("Location: {}/person/bulk\r\n", elsewhere.address());
        stand_in.next(Fault::Status(code, String::leak(location), String::new()));
        let failed = block_on(provider(&stand_in).look_up(&[dana()])).unwrap_err();
        assert!(matches!(&failed, PeopleError::Unusable(why) if why.contains("check the address")), "{failed}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn what_may_have_been_paid_for_is_unknown() {
    for fault in [
        Fault::HangsUpAfter,
        Fault::BreaksOff,
        Fault::Body("text/html", "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>".to_owned()),
        Fault::Body("application/json", "[{\"status\":200,\"data\":{\"full_name\":\"dana".to_owned()),
        Fault::Body("application/json", "{\"status\":200,\"data\":{\"full_name\":\"dana fox\"}}".to_owned()),
        Fault::Body("application/json", String::new()),
        Fault::Body("application/json", "\"dana\"".to_owned()),
        Fault::Body("application/json", "[".repeat(100_000)),
        Fault::Body("application/json", format!("[{}]", " ".repeat(16 << 20))),
        Fault::Status(502, "", "<html>Bad Gateway</html>".to_owned()),
        Fault::Status(504, "", "<html>Gateway Timeout</html>".to_owned()),
    ] {
        let what = format!("{fault:?}").chars().take(60).collect::<String>();
        let failed = after(fault);
        assert!(matches!(failed, PeopleError::Unknown(_)), "{what}: {failed}");
    }
}

#[test]
fn what_was_never_sent_is_not_unknown() {
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}/v5", closed.local_addr().unwrap());
    drop(closed);
    let provider = PeopleDataLabs::at(&address, ApiKey::parse(KEY).unwrap(), 60).unwrap();
    let failed = block_on(provider.look_up(&[dana()])).unwrap_err();
    assert!(matches!(failed, PeopleError::Unavailable(_)), "{failed}");
    // A server that is there and does not know how to speak TLS.
    let stand_in = StandIn::start();
    let address = stand_in.address().replace("http://", "https://");
    let provider = PeopleDataLabs::at(&address, ApiKey::parse(KEY).unwrap(), 60).unwrap();
    let failed = block_on(provider.look_up(&[dana()])).unwrap_err();
    assert!(matches!(failed, PeopleError::Unavailable(_)), "{failed}");
    assert!(stand_in.state().bodies.is_empty());
}

#[test]
fn credits_that_run_out_in_the_middle_leave_the_rest_unasked_and_then_everybody() {
    let stand_in = StandIn::start();
    stand_in.state().credits = 1;
    let provider = provider(&stand_in);
    let answers = block_on(provider.look_up(&[dana(), nobody(), dana()])).unwrap();
    assert_eq!(
        [&answers[0], &answers[1], &answers[2]].map(company),
        ["contoso", "nobody", "the credits at People Data Labs are used up"]
    );
    assert!(matches!(answers[2], Answer::Unasked(_)));
    let failed = block_on(provider.look_up(&[dana()])).unwrap_err();
    assert!(matches!(failed, PeopleError::QuotaSpent(_)), "{failed}");
    assert_eq!(stand_in.state().paid, 1);
}

#[test]
fn a_key_that_is_not_the_customers_is_refused_and_not_repeated() {
    let stand_in = StandIn::start();
    let wrong = "another-key-0123456789";
    let provider = PeopleDataLabs::at(&stand_in.address(), ApiKey::parse(wrong).unwrap(), 60).unwrap();
    let failed = block_on(provider.look_up(&[dana()])).unwrap_err();
    assert!(matches!(&failed, PeopleError::Unusable(why) if why.contains("PDL_API_KEY")), "{failed}");
    assert!(!format!("{failed:?}").contains(wrong), "{failed:?}");
}

#[test]
fn an_entry_the_provider_failed_at_may_be_asked_about_again() {
    for (code, why) in [(500, "answers 500"), (503, "answers 503"), (429, "asks to wait")] {
        let stand_in = StandIn::start();
        stand_in.next(Fault::Entries(match code {
            500 => |entries| entries[1]["status"] = serde_json::json!(500),
            503 => |entries| entries[1]["status"] = serde_json::json!(503),
            _ => |entries| entries[1]["status"] = serde_json::json!(429),
        }));
        let answers = block_on(provider(&stand_in).look_up(&[dana(), nobody()])).unwrap();
        assert_eq!(company(&answers[0]), "contoso");
        assert!(matches!(&answers[1], Answer::Unasked(text) if text.contains(why)), "{answers:?}");
    }
}
