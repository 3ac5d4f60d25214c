//! `Messenger` on Slack's Web API: finds the reader by mail address, then posts a direct message once.
//!
//! Slack knows no key under which a message is posted only once. So whatever may have been received is reported as unknown
//! and not tried again, and what certainly was not is told apart from it. The app needs the scopes `chat:write` and
//! `users:read.email`.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use domain::ports::{Messenger, MessengerError, Posted, SlackMessage};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::{self, Failed};
use super::https::{Api, Broken, Content};

pub use super::https::BadAddress;

/// Where Slack's Web API is.
pub const API: &str = "https://slack.com/api";

/// Where the bot token is kept.
#[async_trait]
pub trait BotToken: Send + Sync {
    /// The token in force. `refused` is one that Slack has just refused: a newer one, if there is any.
    async fn token(&self, refused: Option<&str>) -> Result<String, Box<dyn Error + Send + Sync>>;
}

/// Slack.
pub struct SlackMessenger {
    api: Api,
    token: Box<dyn BotToken>,
    /// Slack users by mail address in lower case.
    users: Mutex<HashMap<String, String>>,
    /// Slack has asked to be left alone until then.
    hold: Mutex<Option<Instant>>,
}

impl SlackMessenger {
    /// Slack's Web API at this address, such as [`API`]. Anything but `https` is refused, except for this very machine.
    pub fn new(api: &str, token: Box<dyn BotToken>) -> Result<Self, BadAddress> {
        Ok(Self { api: Api::at(api)?, token, users: Mutex::default(), hold: Mutex::default() })
    }

    /// The same, waiting so long for each answer.
    #[must_use]
    pub fn patient_for(self, answer: Duration) -> Self {
        Self { api: self.api.patient_for(answer), ..self }
    }

    /// The Slack user with this mail address.
    async fn user(&self, address: &str) -> Result<String, MessengerError> {
        let key = address.trim().to_lowercase();
        if let Some(user) = self.users.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(user.clone());
        }
        let found = match self.call("users.lookupByEmail", &Content::form("email", &key)).await {
            Ok(found) => found,
            // Reading changes nothing, so no doubt is left.
            Err(Failed::InDoubt(what)) => return Err(unavailable(what)),
            Err(failed) => return Err(self.error(failed)),
        };
        let user = found["user"]["id"].as_str().filter(|id| answer::is_word(id));
        let user = user.ok_or_else(|| unavailable("Slack found a user without an id"))?.to_owned();
        self.users.lock().unwrap_or_else(PoisonError::into_inner).insert(key, user.clone());
        Ok(user)
    }

    /// Calls a method, once more where the token was changed meanwhile: what is refused for its token has no effect.
    async fn call(&self, method: &str, content: &Content) -> Result<Value, Failed> {
        let token = self.read_token(None).await?;
        match self.call_as(&token, method, content).await {
            Err(Failed::Token(code)) => match self.read_token(Some(&token)).await? {
                newer if newer != token => self.call_as(&newer, method, content).await,
                _ => Err(Failed::Token(code)),
            },
            answered => answered,
        }
    }

    async fn call_as(&self, token: &str, method: &str, content: &Content) -> Result<Value, Failed> {
        match self.api.post(method, token, content).await {
            Ok(answered) => answer::read(&answered),
            Err(Broken::Before(why)) => Err(Failed::NotReceived(why)),
            Err(Broken::After(why)) => Err(Failed::InDoubt(why)),
        }
    }

    async fn read_token(&self, refused: Option<&str>) -> Result<String, Failed> {
        let token = self.token.token(refused).await;
        let token = token.map_err(|e| Failed::NotReceived(format!("the Slack token cannot be had: {e}")))?;
        if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err(Failed::NotReceived(
                "what is kept as the Slack token is none: it begins with xoxb-".to_owned(),
            ));
        }
        Ok(token)
    }

    fn error(&self, failed: Failed) -> MessengerError {
        match failed {
            Failed::NotReceived(why) => unavailable(why),
            Failed::Limited(wait) => {
                let until = Instant::now().checked_add(wait);
                *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = until;
                unavailable(format!("Slack asks to wait {} s", wait.as_secs()))
            }
            Failed::InDoubt(what) => MessengerError::Unknown(what.into()),
            Failed::Token(code) => MessengerError::Unusable(answer::remedy(&code, None)),
            Failed::Refused { code, needed } => {
                let remedy = answer::remedy(&code, needed.as_deref());
                match answer::is_about_the_app(&code) {
                    true => MessengerError::Unusable(remedy),
                    false => MessengerError::Refused(remedy),
                }
            }
        }
    }

    /// Fails as long as Slack has asked to be left alone.
    fn expect_leave(&self) -> Result<(), MessengerError> {
        let hold = *self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let left = hold.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return Ok(());
        }
        Err(unavailable(format!("Slack asked to wait; {} s are left", left.as_secs() + 1)))
    }
}

#[async_trait]
impl Messenger for SlackMessenger {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        self.expect_leave()?;
        let address = message.to.reveal();
        let user = self.user(address).await?;
        let mut call = message.payload.clone();
        call["channel"] = user.into();
        // A thread that was begun elsewhere, such as in files, is none of Slack's.
        if let Some(thread) = message.thread.as_deref().and_then(Posted::parse) {
            call["thread_ts"] = thread.ts.into();
        }
        match self.call("chat.postMessage", &Content::json(&call)).await {
            Ok(posted) => match posted_as(&posted) {
                Some(posted) => Ok(posted.reference()),
                None => Err(MessengerError::Unknown("Slack says it is posted, and not as what".into())),
            },
            Err(failed) => {
                // Perhaps the address has another user by now.
                self.users.lock().unwrap_or_else(PoisonError::into_inner).remove(&address.trim().to_lowercase());
                Err(self.error(failed))
            }
        }
    }

    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError> {
        // What was put into a file is none of Slack's.
        let Some(posted) = Posted::parse(reference) else { return Ok(()) };
        self.expect_leave()?;
        let mut call = message.payload.clone();
        (call["channel"], call["ts"]) = (posted.channel.into(), posted.ts.into());
        match self.call("chat.update", &Content::json(&call)).await {
            Ok(_) => Ok(()),
            // It may be changed again.
            Err(Failed::InDoubt(what)) => Err(unavailable(what)),
            Err(failed) => Err(self.error(failed)),
        }
    }

    async fn find(&self, _message: &SlackMessage, _around: Timestamp) -> Result<Option<String>, MessengerError> {
        Ok(None)
    }
}

/// Where Slack says that a message stands.
fn posted_as(said: &Value) -> Option<Posted> {
    let channel = said["channel"].as_str().filter(|channel| answer::is_word(channel))?;
    let ts = said["ts"].as_str().filter(|ts| answer::is_timestamp(ts))?;
    Some(Posted { channel: channel.to_owned(), ts: ts.to_owned() })
}

fn unavailable(why: impl Into<Box<dyn Error + Send + Sync>>) -> MessengerError {
    MessengerError::Unavailable(why.into())
}
