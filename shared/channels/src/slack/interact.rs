//! What Slack is told while somebody waits: the dialog behind a button, and a word that only they see.

use std::time::Duration;

use domain::ports::MessengerError;
use https::{Broken, Call, Url};
use serde_json::{Value, json};

use super::answer::Failed;
use super::api::unavailable;
use super::blocks::fit;
use super::messenger::SlackMessenger;
use crate::words;

/// Slack takes a trigger for three seconds after the button was pressed.
const AT_ONCE: Duration = Duration::from_millis(2_500);
/// Where Slack takes answers to what somebody has pressed: its own hosts, and nothing that a payload names beside them.
const ANSWER_HOSTS: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];

impl SlackMessenger {
    /// Opens a dialog for whoever has just pressed a button.
    pub async fn open_dialog(&self, trigger_id: &str, view: &Value) -> Result<(), MessengerError> {
        let call = json!({"trigger_id": trigger_id, "view": view});
        let opened = tokio::time::timeout(AT_ONCE, self.api.write("views.open", &call)).await;
        let opened =
            opened.unwrap_or_else(|_| Err(Failed::InDoubt(format!("Slack did not answer within {AT_ONCE:?}"))));
        // A dialog that opens all the same can be closed, and one that does not can be asked for again.
        opened.map(drop).map_err(|failed| self.api.error_of_reading(failed))
    }

    /// Says something to whoever has pressed a button, which nobody else sees, at the address that came with it. One that is none
    /// of Slack's is refused. The token does not travel there.
    pub async fn whisper(&self, response_url: &str, text: &str) -> Result<(), MessengerError> {
        let url = self.answer_url(response_url)?;
        let text = fit(&words::plain(text, 1_000), 3_000);
        let body = json!({"response_type": "ephemeral", "replace_original": false, "text": text});
        let call =
            Call::post(url, "application/json; charset=utf-8", body.to_string()).within(AT_ONCE).at_most(1 << 16);
        match self.api.https().send(&call).await {
            Ok(answer) if answer.status < 300 => Ok(()),
            Ok(answer) if answer.status == 429 || answer.status >= 500 => {
                Err(unavailable(format!("Slack answered {}", answer.status)))
            }
            Ok(answer) => Err(MessengerError::Refused(format!(
                "Slack no longer takes an answer to this: it does for half an hour ({})",
                answer.status
            ))),
            Err(Broken::Before(why) | Broken::After(why)) => Err(unavailable(why)),
        }
    }

    fn answer_url(&self, response_url: &str) -> Result<Url, MessengerError> {
        let refused = || MessengerError::Refused("the address that came for the answer is none of Slack's".to_owned());
        let url = Url::parse(response_url).map_err(|_| refused())?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        let is_slacks = url.scheme() == "https"
            && url.port_or_known_default() == Some(443)
            && url.host_str().is_some_and(|host| ANSWER_HOSTS.contains(&host));
        match is_bare && (is_slacks || self.api.is_at_home(&url)) {
            true => Ok(url),
            false => Err(refused()),
        }
    }
}
