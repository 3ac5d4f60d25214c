//! Slack's Web API: calls a method once, with the token in force, and remembers when Slack asks to be left alone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::ports::MessengerError;
use https::{Answer, BadAddress, Broken, Call, Https, Url};
use jiff::SignedDuration;
use serde_json::Value;

use super::answer::{self, Failed};
use super::token::{BotToken, is_token};

/// For an answer, unless it is said otherwise; a function has 60 seconds for all of its messages.
const ANSWER: Duration = Duration::from_secs(15);
/// The longest answer that is read; Slack repeats the message in it.
const LONGEST: usize = 1 << 20;
/// A page of messages with all of their blocks is longer.
const LONGEST_PAGE: usize = 16 << 20;
/// Of what only reads.
const FORM: &str = "application/x-www-form-urlencoded";
/// Of what writes.
const JSON: &str = "application/json; charset=utf-8";

/// The API at one address.
pub(super) struct Api {
    url: Url,
    https: Arc<Https>,
    token: Box<dyn BotToken>,
    within: Duration,
    /// Slack has asked to be left alone until then.
    hold: Mutex<Option<Instant>>,
}

impl Api {
    pub(super) fn at(address: &str, https: Arc<Https>, token: Box<dyn BotToken>) -> Result<Self, BadAddress> {
        let url = https.reach().address(address)?;
        Ok(Self { url, https, token, within: ANSWER, hold: Mutex::default() })
    }

    pub(super) fn patient_for(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    pub(super) fn https(&self) -> &Https {
        &self.https
    }

    /// Whether an address is on the host that the API itself is on.
    pub(super) fn is_at_home(&self, url: &Url) -> bool {
        url.origin() == self.url.origin()
    }

    /// Calls a method that changes nothing and may be called again. Such methods take no JSON.
    pub(super) async fn read(&self, method: &str, fields: &[(&str, &str)]) -> Result<Value, Failed> {
        answer::read(&self.ask(method, fields).await?)
    }

    /// The same, and the answer with its headers.
    pub(super) async fn ask(&self, method: &str, fields: &[(&str, &str)]) -> Result<Answer, Failed> {
        let call = Call::post(self.method(method), FORM, https::form(fields)).repeatable().at_most(LONGEST_PAGE);
        self.call(call).await
    }

    /// Calls a method that may change something.
    pub(super) async fn write(&self, method: &str, body: &Value) -> Result<Value, Failed> {
        answer::read(&self.call(Call::post(self.method(method), JSON, body.to_string()).at_most(LONGEST)).await?)
    }

    /// Calls it, once more where the token was changed meanwhile: what is refused for its token has no effect.
    async fn call(&self, call: Call) -> Result<Answer, Failed> {
        let call = call.within(self.within);
        let token = self.read_token(None).await?;
        let answer = self.send(call.clone().bearer(&token)).await?;
        match answer::read(&answer) {
            Err(Failed::Token(_)) => match self.read_token(Some(&token)).await? {
                newer if newer != token => self.send(call.bearer(&newer)).await,
                _ => Ok(answer),
            },
            _ => Ok(answer),
        }
    }

    async fn send(&self, call: Call) -> Result<Answer, Failed> {
        self.https.send(&call).await.map_err(|broken| match broken {
            Broken::Before(why) => Failed::NotReceived(why),
            Broken::After(why) => Failed::InDoubt(why),
        })
    }

    async fn read_token(&self, refused: Option<&str>) -> Result<String, Failed> {
        let token = self.token.token(refused).await;
        let token = token.map_err(|e| Failed::NotReceived(format!("the Slack token cannot be had: {e}")))?;
        if is_token(&token) {
            return Ok(token);
        }
        Err(Failed::NotReceived("what is kept as the Slack token is none: it begins with xoxb-".to_owned()))
    }

    fn method(&self, method: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{method}", self.url.path().trim_end_matches('/')));
        url
    }

    /// What a caller can do about it.
    pub(super) fn error(&self, failed: Failed) -> MessengerError {
        match failed {
            Failed::NotReceived(why) => unavailable(why),
            Failed::Limited(wait) => {
                let until = Instant::now().checked_add(wait);
                *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = until;
                wait_for(wait)
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

    /// The same of a call that only read, so that no doubt is left.
    pub(super) fn error_of_reading(&self, failed: Failed) -> MessengerError {
        match failed {
            Failed::InDoubt(what) => unavailable(what),
            failed => self.error(failed),
        }
    }

    /// Fails as long as Slack has asked to be left alone.
    pub(super) fn expect_leave(&self) -> Result<(), MessengerError> {
        let hold = *self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let left = hold.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() { Ok(()) } else { Err(wait_for(left)) }
    }
}

pub(super) fn unavailable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> MessengerError {
    MessengerError::Unavailable(why.into())
}

/// In whole seconds, and never so short that a queue would give it back at once.
pub(super) fn wait_for(left: Duration) -> MessengerError {
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    MessengerError::Wait { after: SignedDuration::from_secs(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX)) }
}
