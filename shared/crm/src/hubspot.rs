//! HubSpot, asked and written to over its API with a service key or the token of a private app.

mod pace;
mod refusal;
mod api;
mod objects;
mod values;
mod fields;
mod companies;
mod owners;
mod person;
mod contacts;
mod accounts;
mod deals;
mod log;
mod update;
mod html;
mod examine;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::config::Config;
use domain::crm::{AccountRecord, Contract};
use domain::ports::{
    Clock, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated,
};
use domain::recipients::Responsible;
use domain::{AccountId, ContactId};
use https::{Https, Reach, Url};

use crate::{Checked, LiveCrm};
use api::Api;
use companies::Parents;
use contacts::Pass;
use objects::Record;
use owners::KnownOwners;
pub use pace::Pace;
use refusal::KEYS;

/// Where HubSpot is asked, and as whom.
pub struct HubSpotSettings {
    token: String,
    api: Url,
}

/// Where HubSpot's API is, wherever the account's data are.
const API: &str = "https://api.hubapi.com";

impl HubSpotSettings {
    /// Reads `HUBSPOT_TOKEN`, a service key or the access token of a private app, and `HUBSPOT_API`, which nobody needs but a
    /// test. Everything that is missing or wrong is told at once.
    pub fn read(variable: impl Fn(&str) -> Option<String>, reach: &Reach) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let token = variable("HUBSPOT_TOKEN").unwrap_or_default().trim().to_owned();
        if token.is_empty() {
            problems.push(format!("HUBSPOT_TOKEN is missing: make a key in HubSpot and give it here ({KEYS})"));
        } else if !token.bytes().all(|b| b.is_ascii_graphic()) {
            problems.push("HUBSPOT_TOKEN holds a character that no token has; copy it anew".to_owned());
        }
        let api = variable("HUBSPOT_API").filter(|api| !api.trim().is_empty()).unwrap_or_else(|| API.to_owned());
        match reach.address(&api) {
            Ok(api) if problems.is_empty() => Ok(Self { token, api }),
            Ok(_) => Err(problems),
            Err(e) => Err(problems.into_iter().chain([format!("HUBSPOT_API: {e}")]).collect()),
        }
    }
}

/// HubSpot as a CRM.
pub struct HubSpotCrm {
    hubspot: HubSpot,
    pass: tokio::sync::Mutex<Option<Pass>>,
}

/// What all questions need.
struct HubSpot {
    api: Api,
    config: Config,
    /// What the type or the lifecycle stage of active companies begins with, in small letters.
    active: String,
    owners: KnownOwners,
    parents: Parents,
    asides: Asides,
}

impl HubSpotCrm {
    /// The account that the settings name.
    pub fn new(
        settings: HubSpotSettings,
        https: Arc<Https>,
        config: &Config,
        clock: Arc<dyn Clock + Send + Sync>,
    ) -> Self {
        let HubSpotSettings { token, api } = settings;
        let api = Api::new(https, clock, api, token, config.calendar.zone.clone());
        let active = config.accounts.active.trim().to_lowercase();
        let (owners, parents) = (KnownOwners::default(), Parents::default());
        let hubspot = HubSpot { api, config: config.clone(), active, owners, parents, asides: Asides::default() };
        Self { hubspot, pass: tokio::sync::Mutex::new(None) }
    }

    /// The same, asked at another pace.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace) -> Self {
        self.hubspot.api.pace = pace;
        self
    }
}

#[async_trait]
impl Crm for HubSpotCrm {
    fn system(&self) -> &str {
        "hubspot"
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        let mut pass = self.pass.lock().await;
        self.hubspot.page(query, &mut pass).await
    }

    /// None: an account takes five searches a second from all who ask together, so parts would only wait for one another.
    async fn cuts(&self, _: usize, _: usize) -> Result<Vec<ContactId>, CrmError> {
        Ok(Vec::new())
    }

    fn tells_changes(&self) -> bool {
        true
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        self.hubspot.parents(accounts).await
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        self.hubspot.accounts(accounts).await
    }

    /// Each takes a request or more for its people, deals and tickets, of which five a second are answered.
    fn accounts_at_once(&self) -> usize {
        25
    }

    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        self.hubspot.contracts(accounts).await
    }

    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        self.hubspot.responsible(accounts).await
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.hubspot.log(entry).await
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.hubspot.log_state(state).await
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.hubspot.update(update).await
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.hubspot.asides.all()
    }

    /// Every record has an id, so none that cannot be read hides another one.
    fn is_blind(&self) -> bool {
        false
    }
}

#[async_trait]
impl LiveCrm for HubSpotCrm {
    async fn examine(&self) -> Vec<Checked> {
        self.hubspot.examine().await
    }

    fn requests(&self) -> u64 {
        self.hubspot.api.sent()
    }

    fn as_crm(&self) -> &dyn Crm {
        self
    }
}

/// Values and records that were set aside instead of guessed at.
#[derive(Default)]
struct Asides(Mutex<Vec<SetAside>>);

/// The first few thousand say what is wrong.
const MOST_ASIDE: usize = 5_000;

impl Asides {
    /// Sets a record, or one of its values, aside. Its id stands for the row.
    fn add(&self, object: &str, record: &Record, property: &str, reason: impl Into<String>) {
        let (file, column) = (format!("HubSpot {object}"), Some(property.to_owned()));
        let aside = SetAside { file, row: record.number(), column, reason: reason.into() };
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() < MOST_ASIDE && !rows.contains(&aside) {
            rows.push(aside);
        }
    }

    /// A value that was read, or nothing, with the reason set aside.
    fn value<T>(&self, object: &str, record: &Record, property: &str, read: Result<Option<T>, String>) -> Option<T> {
        read.unwrap_or_else(|reason| {
            self.add(object, record, property, format!("{reason}. The rest of the record was read"));
            None
        })
    }

    fn all(&self) -> Vec<SetAside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
