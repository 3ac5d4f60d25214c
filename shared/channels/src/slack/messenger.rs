//! `Messenger` on Slack's Web API: finds the reader by mail address, then posts a direct message once, no faster than Slack
//! takes them.
//!
//! Slack knows no key under which a message is posted only once. So whatever may have been received is reported as unknown
//! and not tried again, and what certainly was not is told apart from it. What is unknown can be looked for. Which scopes the
//! app needs for all that, [`SCOPES`](super::SCOPES) says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use domain::ports::{Messenger, MessengerError, Posted, SlackMessage};
use https::{BadAddress, Https};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::{self, Failed};
use super::api::{Api, unavailable, wait_for};
use super::pace::Pace;
use super::people::SlackPerson;
use super::token::BotToken;

/// Where Slack's Web API is.
pub const API: &str = "https://slack.com/api";

/// Between two messages in one channel.
const APART: Duration = Duration::from_secs(1);

/// Slack.
pub struct SlackMessenger {
    pub(super) api: Api,
    pace: Pace,
    /// Slack users by mail address in lower case.
    users: Mutex<HashMap<String, String>>,
    /// What Slack says of its users, by their ids, and when it said so.
    pub(super) people: Mutex<HashMap<String, (Option<SlackPerson>, Instant)>>,
}

impl SlackMessenger {
    /// Slack's Web API at this address, such as [`API`], as far as `https` reaches it.
    pub fn new(api: &str, https: Arc<Https>, token: Box<dyn BotToken>) -> Result<Self, BadAddress> {
        let api = Api::at(api, https, token)?;
        Ok(Self { api, pace: Pace::of(APART), users: Mutex::default(), people: Mutex::default() })
    }

    /// The same, waiting so long for each answer.
    #[must_use]
    pub fn patient_for(self, answer: Duration) -> Self {
        Self { api: self.api.patient_for(answer), ..self }
    }

    /// The same with so much time between two messages in one channel; Slack asks for a second.
    #[must_use]
    pub fn paced(self, apart: Duration) -> Self {
        Self { pace: Pace::of(apart), ..self }
    }

    /// The Slack user with this mail address.
    pub(super) async fn user(&self, address: &str) -> Result<String, MessengerError> {
        let key = address.trim().to_lowercase();
        if let Some(user) = self.users.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(user.clone());
        }
        let found = self.api.read("users.lookupByEmail", &[("email", &key)]).await;
        let found = found.map_err(|failed| self.api.error_of_reading(failed))?;
        let user = found["user"]["id"].as_str().filter(|id| answer::is_word(id));
        let user = user.ok_or_else(|| unavailable("Slack found a user without an id"))?.to_owned();
        self.users.lock().unwrap_or_else(PoisonError::into_inner).insert(key, user.clone());
        Ok(user)
    }

    /// Posts it when the channel's turn has come.
    async fn post_in_turn(&self, channel: &str, call: &Value) -> Result<Result<Value, Failed>, MessengerError> {
        let wait = self.pace.take(channel).map_err(wait_for)?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let answered = self.api.write("chat.postMessage", call).await;
        self.pace.ended(channel);
        Ok(answered)
    }
}

#[async_trait]
impl Messenger for SlackMessenger {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        self.api.expect_leave()?;
        let address = message.to.reveal();
        let user = self.user(address).await?;
        let mut call = message.payload.clone();
        call["channel"] = user.as_str().into();
        // A thread that was begun elsewhere, such as in files, is none of Slack's.
        if let Some(thread) = thread_of(message) {
            call["thread_ts"] = thread.ts.into();
        }
        match self.post_in_turn(&user, &call).await? {
            Ok(posted) => match posted_as(&posted) {
                Some(posted) => Ok(posted.reference()),
                None => Err(MessengerError::Unknown("Slack says it is posted, and not as what".into())),
            },
            Err(failed) => {
                // Perhaps the address has another user by now.
                self.users.lock().unwrap_or_else(PoisonError::into_inner).remove(&address.trim().to_lowercase());
                Err(self.api.error(failed))
            }
        }
    }

    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError> {
        // What was put into a file is none of Slack's.
        let Some(posted) = posted(reference) else { return Ok(()) };
        self.api.expect_leave()?;
        let mut call = message.payload.clone();
        (call["channel"], call["ts"]) = (posted.channel.into(), posted.ts.into());
        // Unlike a post, a change is read for names and links where it is not said otherwise.
        call["parse"] = "none".into();
        // It may be changed again, so a doubt is none.
        let changed = self.api.write("chat.update", &call).await;
        changed.map(drop).map_err(|failed| self.api.error_of_reading(failed))
    }

    async fn find(&self, message: &SlackMessage, around: Timestamp) -> Result<Option<String>, MessengerError> {
        self.look_for(message, around).await
    }
}

/// The message of Slack's whose thread a message joins.
pub(super) fn thread_of(message: &SlackMessage) -> Option<Posted> {
    message.thread.as_deref().and_then(posted)
}

/// A reference that is one of Slack's.
fn posted(reference: &str) -> Option<Posted> {
    Posted::parse(reference).filter(|posted| answer::is_word(&posted.channel) && answer::is_timestamp(&posted.ts))
}

/// Where Slack says that a message stands.
fn posted_as(said: &Value) -> Option<Posted> {
    let channel = said["channel"].as_str().filter(|channel| answer::is_word(channel))?;
    let ts = said["ts"].as_str().filter(|ts| answer::is_timestamp(ts))?;
    Some(Posted { channel: channel.to_owned(), ts: ts.to_owned() })
}
