//! Slack with the token that the deployment's secret holds.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use aws::{Clients, Secrets, SystemClock};
use channels::slack::{BotToken, SlackMessenger};

use crate::{Function, StartError};

/// The key of the secret's JSON object.
const TOKEN: &str = "slack_bot_token";

/// The token, as it is kept in Secrets Manager.
struct Kept {
    clients: Clients,
    secret: String,
    clock: Arc<SystemClock>,
    secrets: Mutex<Arc<Secrets>>,
}

#[async_trait]
impl BotToken for Kept {
    /// A token that Slack refuses was rotated: what was read before is forgotten, and the secret is read again.
    async fn token(&self, refused: Option<&str>) -> Result<String, Box<dyn Error + Send + Sync>> {
        if refused.is_some() {
            *self.secrets.lock().unwrap_or_else(PoisonError::into_inner) =
                Arc::new(self.clients.secrets(&self.secret, self.clock.clone()));
        }
        let secrets = Arc::clone(&self.secrets.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(secrets.get(TOKEN).await?.reveal().to_owned())
    }
}

impl Function {
    /// Posts to Slack. The token is read at once, so that a secret that is missing shows at the start; mails go out without it,
    /// so the function starts all the same.
    pub async fn messenger(&self) -> Result<SlackMessenger, StartError> {
        let secret = self.environment.secret.clone().unwrap_or_default();
        let secrets = Arc::new(self.clients.secrets(&secret, self.clock.clone()));
        if let Err(error) = secrets.get(TOKEN).await {
            tracing::error!(%error, "no Slack message can be posted");
        }
        let kept =
            Kept { clients: self.clients.clone(), secret, clock: self.clock.clone(), secrets: Mutex::new(secrets) };
        let messenger = SlackMessenger::new(&self.environment.slack_api, Arc::clone(&self.https), Box::new(kept));
        messenger.map_err(|e| StartError::Slack(e.to_string()))
    }
}
