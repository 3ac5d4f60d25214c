//! Slack's dialogs: what is asked when a button alone does not say enough, and what came back.

use async_trait::async_trait;
use domain::Personal;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Somebody in Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: Personal,
    /// The mail address; blank where Slack does not tell it.
    pub email: Personal,
}

/// Slack did not do it. The text says why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DialogError(pub String);

/// What is needed of Slack while somebody waits for an answer.
#[async_trait]
pub trait Dialogs: Send + Sync {
    /// Opens a dialog (`views.open`) for whoever has just clicked; a trigger is good for three seconds.
    async fn open(&self, trigger: &str, view: &Value) -> Result<(), DialogError>;

    /// Who a Slack user is (`users.info`).
    async fn person(&self, user: &str) -> Result<Person, DialogError>;
}

/// Nobody here can talk to Slack: answers are taken, and whatever needs a dialog says so in the log.
pub struct NoDialogs;

#[async_trait]
impl Dialogs for NoDialogs {
    async fn open(&self, _: &str, _: &Value) -> Result<(), DialogError> {
        Err(DialogError("no dialog can be opened: there is no token of Slack".to_owned()))
    }

    async fn person(&self, _: &str) -> Result<Person, DialogError> {
        Err(DialogError("nobody can be looked up: there is no token of Slack".to_owned()))
    }
}

/// The dialog behind a button that asks for more; nothing for one that does not.
pub(crate) fn asking(action: &str, about: &str, tomorrow: Date) -> Option<Value> {
    let (title, input) = match action {
        "done" => ("Done", text_input("note", "What was done?", true)),
        "not_a_change" => ("Not a change", text_input("reason", "Why is it no change?", false)),
        "later" => {
            let picker = json!({"type": "datepicker", "action_id": "day", "initial_date": tomorrow.to_string()});
            ("Later", input("day", "Ask me again on", picker, false))
        }
        "hand_to" => {
            let picker = json!({"type": "users_select", "action_id": "person"});
            ("Hand to", input("person", "Who takes it?", picker, false))
        }
        _ => return None,
    };
    Some(json!({
        "type": "modal",
        "callback_id": action,
        "private_metadata": about,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Send"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [input],
    }))
}

/// A dialog that only says something.
pub(crate) fn saying(text: &str) -> Value {
    let text: String = text.chars().take(2_900).collect();
    json!({
        "type": "modal",
        "title": {"type": "plain_text", "text": "Baton"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": text, "emoji": false}}],
    })
}

fn text_input(name: &str, label: &str, optional: bool) -> Value {
    let element = json!({"type": "plain_text_input", "action_id": name, "multiline": true, "max_length": 1000});
    input(name, label, element, optional)
}

fn input(name: &str, label: &str, element: Value, optional: bool) -> Value {
    let label = json!({"type": "plain_text", "text": label});
    json!({"type": "input", "block_id": name, "label": label, "optional": optional, "element": element})
}
