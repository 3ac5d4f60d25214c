//! Requests to HubSpot: signed in, paced, counted, and their answers as JSON or as what a caller can do about a refusal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::ports::{Clock, CrmError};
use https::{Answer, Call, Https, Method, Url};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::pace::Pace;
use super::refusal::{Refused, left_today, refusal};

const JSON: &str = "application/json";
/// A page of 200 contacts is some 300 KB.
const LONGEST: usize = 32 << 20;

/// HubSpot's API.
pub(super) struct Api {
    https: Arc<Https>,
    clock: Arc<dyn Clock>,
    base: Url,
    token: String,
    pub(super) pace: Pace,
    sent: AtomicU64,
    /// Where the account's day begins.
    zone: Mutex<TimeZone>,
    /// Until then Baton's share of the day's requests is used up.
    spent_until: Mutex<Option<Timestamp>>,
}

/// How a request is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Search,
    Read,
    Write,
}

impl Api {
    /// An API at this address, for whoever has this token.
    pub(super) fn new(https: Arc<Https>, clock: Arc<dyn Clock>, base: Url, token: String, zone: TimeZone) -> Self {
        Self {
            https,
            clock,
            base,
            token,
            pace: Pace::default(),
            sent: AtomicU64::new(0),
            zone: Mutex::new(zone),
            spent_until: Mutex::new(None),
        }
    }

    /// How many requests were made so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The token, for the one question that is about it.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// The account's day begins in this time zone.
    pub(super) fn keeps_days_in(&self, zone: TimeZone) {
        *self.zone.lock().unwrap_or_else(PoisonError::into_inner) = zone;
    }

    /// Reads what stands at a path, such as `crm/v3/owners`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Refused> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(Call::get(url), Kind::Read, path).await
    }

    /// Reads by a POST that changes nothing.
    pub(super) async fn read(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        let call = Call::post(self.url(path)?, JSON, body.to_string()).repeatable();
        self.send(call, Kind::Read, path).await
    }

    /// Searches: the same, counted by HubSpot on its own.
    pub(super) async fn search(&self, path: &str, body: String) -> Result<Value, Refused> {
        let call = Call::post(self.url(path)?, JSON, body).repeatable();
        self.send(call, Kind::Search, path).await
    }

    /// Writes. Whoever gets no answer looks whether it was written before it writes again.
    pub(super) async fn write(&self, method: Method, path: &str, body: &Value) -> Result<Value, Refused> {
        let call = Call::post(self.url(path)?, JSON, body.to_string()).by(method);
        self.send(call, Kind::Write, path).await
    }

    fn url(&self, path: &str) -> Result<Url, CrmError> {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/{path}")).map_err(|e| CrmError::Unusable(format!("HUBSPOT_API: {e}")))
    }

    async fn send(&self, call: Call, kind: Kind, what: &str) -> Result<Value, Refused> {
        if kind != Kind::Write {
            self.has_requests_left()?;
        }
        self.pace.turn(kind == Kind::Search).await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let call = call.bearer(&self.token).at_most(LONGEST);
        let answer = self.https.send(&call).await.map_err(|e| CrmError::Unavailable(Box::new(e)))?;
        self.watch(&answer);
        match answer.status {
            200..=299 if answer.body.is_empty() && kind == Kind::Write => Ok(Value::Null),
            200..=299 => Ok(serde_json::from_slice(&answer.body)
                .map_err(|_| CrmError::Unavailable(format!("HubSpot's answer to {what} is no JSON").into()))?),
            _ => Err(refusal(&answer, what, self.until_midnight())),
        }
    }

    /// Of a day's requests the last tenth is left to the account's other apps, and to what Baton has to write.
    fn watch(&self, answer: &Answer) {
        let Some((daily, left)) = left_today(answer) else { return };
        let spent = (left < daily / 10).then(|| self.now() + self.until_midnight());
        *self.spent_until.lock().unwrap_or_else(PoisonError::into_inner) = spent;
    }

    fn has_requests_left(&self) -> Result<(), CrmError> {
        let until = *self.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
        let retry_after = until.map(|until| until.duration_since(self.now())).filter(SignedDuration::is_positive);
        match retry_after {
            None => Ok(()),
            Some(retry_after) => {
                let reason = "nine tenths of the day's requests of the HubSpot account are used".to_owned();
                Err(CrmError::RateLimited { retry_after, reason })
            }
        }
    }

    fn until_midnight(&self) -> SignedDuration {
        let now = self.now();
        let zone = self.zone.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let midnight = now.to_zoned(zone.clone()).date().tomorrow().and_then(|day| day.to_zoned(zone));
        midnight.map_or(SignedDuration::from_hours(24), |midnight| midnight.timestamp().duration_since(now))
    }
}
