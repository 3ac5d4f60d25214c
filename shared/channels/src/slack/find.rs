//! Looks for a message that may have been posted: in the direct conversation with its reader, and in the thread it joins, by the
//! delivery that its metadata names.
//!
//! That a message is not there is said only where every message since then was seen, and none of them could be it.

use domain::ports::{MessengerError, Posted, SlackMessage};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::EVENT;
use super::answer::{self, Failed};
use super::api::unavailable;
use super::messenger::{SlackMessenger, thread_of};

/// So much earlier than the message may have been posted is looked at: two clocks, each wrong by five minutes.
const EARLIER: SignedDuration = SignedDuration::from_mins(10);
/// Pages of a conversation that are read; more than Baton writes to one person in a year.
const MOST_PAGES: usize = 20;

impl SlackMessenger {
    pub(super) async fn look_for(
        &self,
        message: &SlackMessage,
        around: Timestamp,
    ) -> Result<Option<String>, MessengerError> {
        self.api.expect_leave()?;
        let since = around.checked_sub(EARLIER).unwrap_or(Timestamp::MIN).as_second().to_string();
        let user = self.user(message.to.reveal()).await?;
        let channel = self.conversation_with(&user).await?;
        let history = [("channel", channel.as_str()), ("oldest", &since)];
        if let Some(found) = self.among("conversations.history", &history, message).await? {
            return Ok(Some(Posted { channel, ts: found }.reference()));
        }
        let Some(thread) = thread_of(message) else { return Ok(None) };
        let replies = [("channel", thread.channel.as_str()), ("ts", &thread.ts), ("oldest", &since)];
        let found = self.among("conversations.replies", &replies, message).await?;
        Ok(found.map(|ts| Posted { channel: thread.channel.clone(), ts }.reference()))
    }

    /// The direct conversation with a user.
    async fn conversation_with(&self, user: &str) -> Result<String, MessengerError> {
        let opened = self.api.read("conversations.open", &[("users", user)]).await;
        let opened = opened.map_err(|failed| self.api.error_of_reading(failed))?;
        let channel = opened["channel"]["id"].as_str().filter(|id| answer::is_word(id));
        Ok(channel.ok_or_else(|| unavailable("Slack opened a conversation without an id"))?.to_owned())
    }

    /// The id of the message among those that a method lists, page by page.
    async fn among(
        &self,
        method: &str,
        fields: &[(&str, &str)],
        message: &SlackMessage,
    ) -> Result<Option<String>, MessengerError> {
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let mut fields = fields.to_vec();
            fields.extend([("limit", "200"), ("inclusive", "true"), ("include_all_metadata", "true")]);
            if !cursor.is_empty() {
                fields.push(("cursor", &cursor));
            }
            let page = match self.api.read(method, &fields).await {
                Ok(page) => page,
                // A thread of which nothing is left holds nothing.
                Err(Failed::Refused { code, .. }) if code == "thread_not_found" => return Ok(None),
                Err(failed) => return Err(self.api.error_of_reading(failed)),
            };
            let messages = page["messages"].as_array().ok_or_else(|| unavailable("Slack listed no messages"))?;
            for listed in messages {
                match compare(listed, message) {
                    Compared::Same(ts) => return Ok(Some(ts)),
                    Compared::Other => {}
                    Compared::Perhaps => {
                        return Err(cannot_tell("a message of an app there names no delivery"));
                    }
                }
            }
            let next = page["response_metadata"]["next_cursor"].as_str().unwrap_or_default();
            match (next, page["has_more"].as_bool()) {
                ("", Some(true)) => return Err(cannot_tell("Slack has more messages and does not say how to read on")),
                ("", _) => return Ok(None),
                (next, _) => cursor = next.to_owned(),
            }
        }
        Err(cannot_tell("there are too many messages since then"))
    }
}

enum Compared {
    /// It is the message, with this id.
    Same(String),
    /// It is another.
    Other,
    /// An app has said it, and it does not show which delivery it is.
    Perhaps,
}

fn compare(listed: &Value, message: &SlackMessage) -> Compared {
    let metadata = &listed["metadata"];
    if metadata["event_type"] == EVENT {
        let delivery = metadata["event_payload"]["delivery"].as_str();
        let ts = listed["ts"].as_str().filter(|ts| answer::is_timestamp(ts));
        return match (delivery == Some(message.delivery.as_str()), ts) {
            (true, Some(ts)) => Compared::Same(ts.to_owned()),
            (true, None) => Compared::Perhaps,
            (false, _) => Compared::Other,
        };
    }
    // Every message of Baton's names its delivery. Whatever else an app has said there may be one of which that is not shown.
    match listed["bot_id"].is_string() || listed["app_id"].is_string() {
        true => Compared::Perhaps,
        false => Compared::Other,
    }
}

fn cannot_tell(why: &str) -> MessengerError {
    MessengerError::Unknown(why.into())
}
