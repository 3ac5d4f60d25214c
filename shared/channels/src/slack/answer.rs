//! What Slack's answers mean: done, not done, refused for good, or nobody can tell.

use std::time::Duration;

use https::Answer;
use serde_json::Value;

/// Why a call did not end well.
#[derive(Debug)]
pub(super) enum Failed {
    /// It had no effect, and may work later.
    NotReceived(String),
    /// It had no effect; Slack asks to wait.
    Limited(Duration),
    /// It may have had its effect.
    InDoubt(String),
    /// It had no effect: the token is not taken.
    Token(String),
    /// It had no effect and will have none as things are; where a scope is missing, which one.
    Refused { code: String, needed: Option<String> },
}

/// Slack names no time where it should: what its guide suggests.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);
/// Longer than Slack has ever asked for; more is a mistake of somebody's.
const LONGEST_WAIT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Reads an answer.
pub(super) fn read(answer: &Answer) -> Result<Value, Failed> {
    let status = answer.status;
    let wait = answer.retry_after().map_or(DEFAULT_WAIT, |wait| wait.min(LONGEST_WAIT));
    match status {
        429 => return Err(Failed::Limited(wait)),
        500.. => return Err(Failed::InDoubt(format!("Slack answered {status}"))),
        _ => {}
    }
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match said["ok"].as_bool() {
        Some(true) if status < 300 => Ok(said),
        Some(false) => Err(failed(&said, wait)),
        _ if status < 300 => Err(Failed::InDoubt("the answer was no answer of Slack's".to_owned())),
        _ => Err(Failed::NotReceived(format!("{status} came as answer, and not from Slack's API"))),
    }
}

/// The codes of `chat.postMessage` and `users.lookupByEmail` in Slack's reference. Only of the two errors does it say that
/// "some aspect of the operation" may have succeeded.
fn failed(said: &Value, wait: Duration) -> Failed {
    let code = said["error"].as_str().filter(|code| is_word(code)).unwrap_or("an error without a name").to_owned();
    match code.as_str() {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => Failed::Limited(wait),
        "fatal_error" | "internal_error" | "service_unavailable" => Failed::InDoubt(format!("Slack answered {code}")),
        // The body did not arrive whole.
        "request_timeout" => Failed::NotReceived(format!("Slack answered {code}")),
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => Failed::Token(code),
        _ => {
            let needed = said["needed"].as_str().filter(|scope| scope.split([':', '.', ',']).all(is_word));
            Failed::Refused { needed: needed.map(str::to_owned), code }
        }
    }
}

/// Whether every message is refused for this, to whomever it goes.
pub(super) fn is_about_the_app(code: &str) -> bool {
    matches!(
        code,
        "missing_scope"
            | "no_permission"
            | "not_allowed_token_type"
            | "messages_tab_disabled"
            | "restricted_action"
            | "ekm_access_denied"
            | "accesslimited"
            | "team_access_not_granted"
            | "access_denied"
    )
}

/// Why a message was refused, and what to do.
pub(super) fn remedy(code: &str, needed: Option<&str>) -> String {
    let what = match code {
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            "Slack does not take the bot token: install the app anew and put its token into the secret"
        }
        "missing_scope" | "no_permission" | "not_allowed_token_type" => {
            let scope = needed.unwrap_or("chat:write and users:read.email");
            return format!("the Slack app lacks a scope: add {scope} and install it anew ({code})");
        }
        "users_not_found" | "user_not_found" => {
            "nobody in this Slack workspace has the recipient's mail address: invite them, or correct the address"
        }
        "channel_not_found" | "is_archived" | "not_in_channel" | "cannot_dm_bot" | "messages_tab_disabled" => {
            "Slack has no place for direct messages to the recipient: switch the app's messages tab on, and see whether \
             they are still a member"
        }
        "msg_too_long" | "msg_blocks_too_long" | "invalid_blocks" | "invalid_blocks_format" | "no_text" => {
            "Slack refuses the form of the message, which is a mistake of Baton's: please report it"
        }
        "restricted_action" | "ekm_access_denied" | "accesslimited" | "team_access_not_granted" | "access_denied" => {
            "the workspace's settings forbid the app to write: ask the workspace's administrator"
        }
        "message_not_found" | "cant_update_message" | "edit_window_closed" => {
            "the message is no longer there, or the workspace lets nobody change it any more"
        }
        "expired_trigger_id" | "exchanged_trigger_id" | "invalid_trigger_id" => {
            "the button was pressed too long ago: press it again"
        }
        _ => "Slack refuses the message",
    };
    format!("{what} ({code})")
}

/// A name as Slack gives them to errors, scopes and users; nothing that a log or a page could take for more.
pub(super) fn is_word(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Slack's id of a message: `1747843200.000100`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    text.len() <= 30 && text.split_once('.').is_some_and(|(seconds, rest)| is_number(seconds) && is_number(rest))
}
