//! Slack with the token that the deployment's secret holds.

use std::error::Error;

use async_trait::async_trait;
use aws::Secrets;
use channels::slack::{BotToken, SlackMessenger};

use crate::{Function, StartError};

struct Kept(Secrets);

#[async_trait]
impl BotToken for Kept {
    async fn token(&self, _refused: Option<&str>) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok(self.0.get("slack_bot_token").await?.reveal().to_owned())
    }
}

impl Function {
    /// Posts to Slack. The token is read when the first message is posted.
    pub fn messenger(&self) -> Result<SlackMessenger, StartError> {
        let secret = self.environment.secret.as_deref().unwrap_or_default();
        let secrets = self.clients.secrets(secret, self.clock.clone());
        let api = &self.environment.slack_api;
        SlackMessenger::new(api, Box::new(Kept(secrets))).map_err(|e| StartError::Slack(e.to_string()))
    }
}
