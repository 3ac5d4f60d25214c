//! What answers are verified with, from the deployment's secret: read at run time, so that a new value is soon in use.

use aws::Secrets as Kept;
use links::{Keys, Signer};
use signatures::Secrets;
use signatures::slack::SigningSecret;

use crate::Function;

/// The keys of the secret's JSON object; each may have one of the same name with `_previous` behind it while it changes.
const SIGNING: &str = "slack_signing_secret";
const LINK: &str = "link_key";

/// The part of the secret by which answers are verified and links signed.
pub struct Answers {
    kept: Kept,
    deployment: String,
}

impl Answers {
    /// Reads both once and says what is missing.
    pub async fn warm(&self) {
        self.slack().await;
        self.links().await;
    }

    /// What Slack signs with; nothing where it is missing or none, which the log says.
    pub async fn slack(&self) -> Option<Secrets<SigningSecret>> {
        let read =
            |text: String| SigningSecret::parse(&text).map_err(|e| tracing::error!(%e, "{SIGNING} is none")).ok();
        let current = read(self.value(SIGNING).await?)?;
        let previous = self.previous(SIGNING).await.and_then(read);
        Some(Secrets::new(current, previous))
    }

    /// What links are signed with; nothing where it is missing or none, which the log says.
    pub async fn links(&self) -> Option<Signer> {
        let (current, previous) = (self.value(LINK).await?, self.previous(LINK).await);
        let keys = Keys::parse(&current, previous.as_deref());
        let keys = keys.map_err(|e| tracing::error!(%e, "{LINK} is none")).ok()?;
        Some(Signer::new(keys, &self.deployment))
    }

    async fn value(&self, name: &str) -> Option<String> {
        match self.kept.get(name).await {
            Ok(value) => Some(value.reveal().to_owned()),
            Err(error) => {
                tracing::warn!(%error, "what needs {name} is not taken");
                None
            }
        }
    }

    /// Most of the time there is none.
    async fn previous(&self, name: &str) -> Option<String> {
        self.kept.get(&format!("{name}_previous")).await.ok().map(|value| value.reveal().to_owned())
    }
}

impl Function {
    /// Verifies answers and signs links with what the deployment's secret holds.
    pub fn answers(&self) -> Answers {
        let secret = self.environment.secret.clone().unwrap_or_default();
        let kept = self.clients.secrets(&secret, self.clock.clone());
        Answers { kept, deployment: self.environment.table.clone() }
    }
}
