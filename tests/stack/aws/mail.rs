//! SES, on moto: what must be there before a mail can be sent, and the mails that were accepted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::signed;
use crate::http::{self, Request};

/// Allows mails from a domain or an address.
pub(crate) fn verify(port: u16, identity: &str) {
    v2(port, "identities", &json!({ "EmailIdentity": identity }));
}

pub(crate) fn create_configuration_set(port: u16, name: &str) {
    v2(port, "configuration-sets", &json!({ "ConfigurationSetName": name }));
}

/// Every mail that was accepted, from any deployment: the service's id for it, and the mail as sent. The service cannot tell
/// while something else changes.
pub(crate) fn accepted(port: u16) -> BTreeMap<String, String> {
    let told = || http::send(port, &Request::new("GET", "/moto-api/data.json", "")).unwrap();
    let state =
        std::iter::repeat_with(told).find_map(|answer| serde_json::from_slice::<Value>(&answer.body).ok()).unwrap();
    let mails = state["ses"]["RawMessage"].as_array().unwrap().iter();
    let text = |mail: &Value, key: &str| mail[key].as_str().unwrap().to_owned();
    mails.map(|mail| (text(mail, "id"), text(mail, "raw_data"))).collect()
}

fn v2(port: u16, path: &str, body: &Value) {
    let request = Request::new("POST", &format!("/v2/email/{path}"), body.to_string());
    signed(port, "ses", request.with("Content-Type", "application/json"));
}
