//! What is needed of Slack while somebody waits: a dialog where a button alone does not say enough, and who somebody is.

use std::time::Duration;

use async_trait::async_trait;
use channels::slack::{ButtonValue, SlackMessenger, SlackPerson, dialog};
use domain::notice::Answer;
use domain::ports::MessengerError;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Whoever clicked is named as Slack signs it when it takes longer to look them up: three seconds are there for everything.
const LOOKING_UP: Duration = Duration::from_millis(800);

/// What is needed of Slack while somebody waits for an answer.
#[async_trait]
pub trait Dialogs: Send + Sync {
    /// Opens a dialog (`views.open`) for whoever has just clicked; a trigger is good for three seconds.
    async fn open(&self, trigger: &str, view: &Value) -> Result<(), MessengerError>;

    /// Says something to whoever has just clicked, and to nobody else, at the address that came with the click.
    async fn whisper(&self, response_url: &str, text: &str) -> Result<(), MessengerError>;

    /// Who a Slack user is (`users.info`); nobody where it is an app, a guest of another workspace or somebody who has left.
    async fn person(&self, user: &str) -> Result<Option<SlackPerson>, MessengerError>;
}

#[async_trait]
impl Dialogs for SlackMessenger {
    async fn open(&self, trigger: &str, view: &Value) -> Result<(), MessengerError> {
        self.open_dialog(trigger, view).await
    }

    async fn whisper(&self, response_url: &str, text: &str) -> Result<(), MessengerError> {
        Self::whisper(self, response_url, text).await
    }

    async fn person(&self, user: &str) -> Result<Option<SlackPerson>, MessengerError> {
        let found = tokio::time::timeout(LOOKING_UP, Self::person(self, user)).await;
        found.unwrap_or_else(|late| Err(MessengerError::Unavailable(late.into())))
    }
}

/// Nobody here can talk to Slack: answers are taken, and whatever needs a dialog says so in the log.
pub struct NoDialogs;

#[async_trait]
impl Dialogs for NoDialogs {
    async fn open(&self, _: &str, _: &Value) -> Result<(), MessengerError> {
        Err(MessengerError::Unusable("no dialog can be opened: there is no token of Slack".to_owned()))
    }

    async fn whisper(&self, _: &str, _: &str) -> Result<(), MessengerError> {
        Err(MessengerError::Unusable("nothing can be said: there is no token of Slack".to_owned()))
    }

    async fn person(&self, _: &str) -> Result<Option<SlackPerson>, MessengerError> {
        Err(MessengerError::Unusable("nobody can be looked up: there is no token of Slack".to_owned()))
    }
}

/// The dialog behind a button that asks for more; nothing for one that does not.
pub(crate) fn asking(answer: Answer, about: &ButtonValue, subject: &str, tomorrow: Date) -> Option<Value> {
    match answer {
        Answer::GotIt => None,
        Answer::Done => Some(dialog::done(about, subject)),
        Answer::NotAChange => Some(dialog::reason(about, subject)),
        Answer::Later => Some(dialog::later(about, subject, tomorrow)),
        Answer::HandTo => Some(dialog::hand_to(about, subject)),
    }
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
