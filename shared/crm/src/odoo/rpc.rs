//! JSON-RPC with an Odoo: signing in, one call at a time, and how often.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ports::CrmError;
use https::{Call, Https, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::OdooSettings;
use super::row::Row;
use super::trouble::{Fault, Trouble, denied, of_status, unavailable};

/// So often is asked what somebody else's writing has undone, and Odoo itself has tried five times by then.
const TRIES: usize = 3;
/// Odoo ends a request of its own accord after two minutes; a function has one.
const WITHIN: Duration = Duration::from_secs(40);
/// A page of 5,000 people is about 2 MB.
const LONGEST: usize = 32 << 20;

/// An Odoo that is asked.
pub(super) struct Rpc {
    https: Arc<Https>,
    endpoint: Url,
    database: String,
    login: String,
    password: String,
    /// The number of the user who is signed in.
    user: Mutex<Option<i64>>,
    asked: AtomicU64,
}

#[derive(Deserialize)]
struct Reply<T> {
    result: Option<T>,
    error: Option<Fault>,
}

impl Rpc {
    pub(super) fn new(settings: OdooSettings, https: Arc<Https>) -> Self {
        let OdooSettings { endpoint, database, login, password } = settings;
        Self { https, endpoint, database, login, password, user: Mutex::new(None), asked: AtomicU64::new(0) }
    }

    /// How many requests were made.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Odoo's version, which it tells everybody.
    pub(super) async fn version(&self) -> Result<Value, Trouble> {
        self.post("common", "version", &json!([]), "the version").await
    }

    /// The number of the user of `ODOO_LOGIN`.
    pub(super) async fn user(&self) -> Result<i64, Trouble> {
        let known = *self.user.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(user) = known {
            return Ok(user);
        }
        let args = json!([self.database, self.login, self.password, {}]);
        // `false` instead of a number where the password is wrong.
        let answer: Value = self.post("common", "authenticate", &args, "signing in").await?;
        let user = answer.as_i64().ok_or_else(denied)?;
        *self.user.lock().unwrap_or_else(PoisonError::into_inner) = Some(user);
        Ok(user)
    }

    /// Calls a method of a model. Every call may be made again: it reads, or writes what is then there already.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        model: &str,
        method: &str,
        args: Value,
        named: Value,
    ) -> Result<T, Trouble> {
        let what = format!("`{method}` on {model}");
        let mut tries = 1;
        loop {
            let user = self.user().await?;
            let body = json!([self.database, user, self.password, model, method, args, named]);
            match self.post("object", "execute_kw", &body, &what).await {
                Err(Trouble::Conflict(_)) if tries < TRIES => {}
                Err(Trouble::Expired) if tries < TRIES => {
                    *self.user.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
                answer => return answer,
            }
            tries += 1;
        }
    }

    /// Records of a model, archived ones too, in the order of their ids.
    pub(super) async fn read(
        &self,
        model: &str,
        domain: Value,
        fields: &[&str],
        limit: usize,
    ) -> Result<Vec<Row>, Trouble> {
        let context = json!({ "active_test": false });
        let named = json!({ "fields": fields, "order": "id", "limit": limit, "context": context });
        self.call(model, "search_read", json!([domain]), named).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        service: &str,
        method: &str,
        args: &Value,
        what: &str,
    ) -> Result<T, Trouble> {
        let params = json!({ "service": service, "method": method, "args": args });
        let body = json!({ "jsonrpc": "2.0", "method": "call", "params": params, "id": 1 }).to_string();
        let call = Call::post(self.endpoint.clone(), "application/json", body);
        self.asked.fetch_add(1, Ordering::Relaxed);
        let sent = self.https.send(&call.repeatable().within(WITHIN).at_most(LONGEST)).await;
        let answer = sent.map_err(|broken| CrmError::Unavailable(Box::new(broken)))?;
        // An error of a server before Odoo may be written in JSON as well.
        if answer.status != 200 {
            return Err(of_status(&answer).into());
        }
        let Ok(reply) = serde_json::from_slice::<Reply<Value>>(&answer.body) else {
            return Err(of_status(&answer).into());
        };
        if let Some(fault) = reply.error {
            return Err(fault.trouble(what));
        }
        // A method that returns nothing is answered without a result.
        serde_json::from_value(reply.result.unwrap_or(Value::Null))
            .map_err(|_| unavailable(format!("the answer to {what} is not what Odoo's documentation says")).into())
    }
}
