//! What Slack sends to the function that takes answers, as its Function URL brings it: signed, encoded, of this time.

use channels::slack::ButtonValue;
use data_encoding::{BASE64, HEXLOWER};
use domain::case::Case;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};

/// What Slack signs with here.
pub(crate) const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

/// What the buttons of a message carry that shows a case as it stands.
pub(crate) fn value(case: &Value) -> String {
    ButtonValue::of(&serde_json::from_value::<Case>(case.clone()).unwrap()).to_string()
}

/// Somebody clicks a button that carries this.
pub(crate) fn click(value: &str, action: &str, at: Timestamp) -> Value {
    event(
        &json!({
            "type": "block_actions",
            "team": { "id": "T1" },
            "user": { "id": "U1", "name": "maya" },
            "trigger_id": "1.2.3",
            "container": { "type": "message", "channel_id": "D1", "message_ts": "1759302000.000100" },
            "actions": [{ "action_id": action, "value": value, "action_ts": at.as_second().to_string() }],
        }),
        at,
    )
}

/// Somebody sends the dialog behind a button.
pub(crate) fn dialog(about: &str, action: &str, values: &Value, at: Timestamp) -> Value {
    event(
        &json!({
            "type": "view_submission",
            "team": { "id": "T1" },
            "user": { "id": "U1", "name": "maya" },
            "view": { "id": format!("V-{action}-{about}"), "callback_id": action, "private_metadata": about, "state": { "values": values } },
        }),
        at,
    )
}

fn event(payload: &Value, at: Timestamp) -> Value {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let (body, at) = (form.append_pair("payload", &payload.to_string()).finish(), at.as_second());
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SIGNING_SECRET.as_bytes()).unwrap();
    mac.update(format!("v0:{at}:{body}").as_bytes());
    let signature = format!("v0={}", HEXLOWER.encode(&mac.finalize().into_bytes()));
    json!({
        "version": "2.0",
        "rawPath": "/slack",
        "rawQueryString": "",
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": at.to_string(),
            "x-slack-signature": signature,
        },
        "requestContext": { "http": { "method": "POST", "path": "/slack", "sourceIp": "203.0.113.7" } },
        "body": BASE64.encode(body.as_bytes()),
        "isBase64Encoded": true,
    })
}
