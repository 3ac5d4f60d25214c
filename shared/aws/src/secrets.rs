//! The one secret, from Secrets Manager: read at run time, kept for five minutes, so that a new value is soon in use.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::ports::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::Failure;
use crate::failure::Call;

/// So long a value is used without asking again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// So long after it was read a value is used at most, if asking again fails.
const USABLE: SignedDuration = SignedDuration::from_mins(10);

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the service it is for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(•••)")
    }
}

/// The values of one secret of Secrets Manager, a JSON object.
pub struct Secrets {
    client: aws_sdk_secretsmanager::Client,
    id: String,
    on: String,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    values: BTreeMap<String, String>,
    read: Timestamp,
}

impl Secrets {
    pub(crate) fn new(client: aws_sdk_secretsmanager::Client, id: &str, clock: Arc<dyn Clock>) -> Self {
        // Of an ARN the last part is the name; the account before it is nobody's business.
        let name = id.rsplit(':').next().unwrap_or(id);
        Self { client, id: id.to_owned(), on: format!("secret {name}"), clock, known: Mutex::default() }
    }

    /// Opens the connection and finds out whether the secret is there and can be read.
    pub async fn warm(&self) -> Result<(), Failure> {
        self.values().await.map(|_| ())
    }

    /// The value of this name.
    pub async fn get(&self, name: &str) -> Result<Secret, Failure> {
        let values = self.values().await?;
        let missing =
            || Failure::Unusable(format!("the {} holds no {name}: add it as a key of its JSON object", self.on));
        values.get(name).filter(|value| !value.is_empty()).cloned().map(Secret).ok_or_else(missing)
    }

    /// Reads the values anew when they are asked for next.
    pub fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Looks the values up by the names of variables, of which the keys are the small letters: `HUBSPOT_TOKEN` is the value of
    /// `hubspot_token`.
    pub async fn variables(&self) -> Result<impl Fn(&str) -> Option<String> + use<>, Failure> {
        let values = self.values().await?;
        Ok(move |name: &str| values.get(&name.to_lowercase()).cloned())
    }

    async fn values(&self) -> Result<BTreeMap<String, String>, Failure> {
        let now = self.clock.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let younger = |known: &&Known, than: SignedDuration| now.duration_since(known.read) < than;
        if let Some(known) = known.as_ref().filter(|known| younger(known, FRESH)) {
            return Ok(known.values.clone());
        }
        match self.read().await {
            Ok(values) => {
                let read = Known { values: values.clone(), read: now };
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
                Ok(values)
            }
            Err(failure) => match known.as_ref().filter(|known| younger(known, USABLE)) {
                Some(known) => {
                    tracing::warn!(error = %failure, "the secret cannot be read again; the value read before is used for up to five minutes more");
                    Ok(known.values.clone())
                }
                None => Err(failure),
            },
        }
    }

    async fn read(&self) -> Result<BTreeMap<String, String>, Failure> {
        let about = Call { action: "secretsmanager:GetSecretValue", on: &self.on, set_in: "BATON_SECRET" };
        let answer = self.client.get_secret_value().secret_id(&self.id).send().await.map_err(|e| match e.code() {
            Some("InvalidRequestException") => Failure::Unusable(format!(
                "the {} cannot be read: {}; restore it, or name another in BATON_SECRET",
                self.on,
                e.message().unwrap_or("it is marked for deletion")
            )),
            // So it says as well of a secret that was made and never given a value.
            Some("ResourceNotFoundException") => Failure::Unusable(format!(
                "the {} does not exist or has no value yet: put one there with `aws secretsmanager put-secret-value`, \
                 or correct BATON_SECRET",
                self.on
            )),
            Some("DecryptionFailure") => {
                Failure::Unusable(format!("the {} cannot be decrypted: allow kms:Decrypt on its key", self.on))
            }
            _ => about.failed(&e),
        })?;
        let text = answer.secret_string.unwrap_or_default();
        // What is wrong with it may quote it, so only where it is wrong is told.
        serde_json::from_str(&text).map_err(|e| {
            Failure::Unusable(format!(
                "the {} holds no JSON object of texts (line {}, column {}): store {{\"slack_bot_token\":\"xoxb-…\"}}",
                self.on,
                e.line(),
                e.column()
            ))
        })
    }
}
