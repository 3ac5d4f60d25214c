//! Salesforce as a CRM: its REST API for what was changed, its Bulk API for a first load, tasks for what is logged.

mod settings;
mod fault;
mod budget;
mod session;
mod api;
mod soql;
mod cells;
mod streams;
mod schema;
mod contacts;
mod passes;
mod bulk;
mod cuts;
mod accounts;
mod users;
mod money;
mod tasks;
mod references;
mod write;
mod update;
mod examine;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::config::Config;
use domain::crm::{AccountRecord, Contract};
use domain::ports::{
    Clock, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated,
};
use domain::recipients::Responsible;
use domain::{AccountId, ContactId};
use https::Https;
use tokio::sync::MutexGuard;

use crate::live::{Checked, LiveCrm};
use crate::set_aside::SetAsides;
use accounts::Parents;
use api::Api;
use contacts::Shape;
use passes::{Pass, Source};
use schema::Schema;
pub use settings::SalesforceSettings;

/// Salesforce.
pub struct SalesforceCrm {
    org: Org,
    config: Config,
    parents: Parents,
    pass: Mutex<Option<Pass>>,
    /// The org turned out to give contacts in another order than that of their ids.
    unsorted: AtomicBool,
    bulk: bool,
}

/// One org, and what is known of it.
struct Org {
    api: Api,
    aside: SetAsides,
    ready: tokio::sync::Mutex<Option<Arc<Ready>>>,
    currency: tokio::sync::Mutex<Option<String>>,
    writing: [tokio::sync::Mutex<()>; 16],
}

/// What the org has, and what follows from it for contacts.
struct Ready {
    schema: Schema,
    shape: Shape,
}

impl SalesforceCrm {
    /// The org of these settings. `clock` is the time of day as it really is: a signature is good for two minutes.
    pub fn new(
        settings: SalesforceSettings,
        https: Arc<Https>,
        config: &Config,
        clock: Arc<dyn Clock + Send + Sync>,
    ) -> Self {
        let org = Org {
            api: Api::new(settings, https, clock),
            aside: SetAsides::default(),
            ready: tokio::sync::Mutex::default(),
            currency: tokio::sync::Mutex::default(),
            writing: Default::default(),
        };
        let (config, parents) = (config.clone(), Parents::default());
        Self { org, config, parents, pass: Mutex::new(None), unsorted: AtomicBool::new(false), bulk: true }
    }

    /// The same, reading even a first load page by page: for whoever has a minute and goes on in another process, which a job of the
    /// Bulk API would not survive.
    #[must_use]
    pub fn page_by_page(self) -> Self {
        Self { bulk: false, ..self }
    }

    /// What the org has, read once. A field that is gone by now makes it be read again.
    async fn ready(&self) -> Result<Arc<Ready>, CrmError> {
        let mut ready = self.org.ready.lock().await;
        if let Some(ready) = ready.as_ref() {
            return Ok(Arc::clone(ready));
        }
        let schema = Schema::read(&self.org.api, &self.config).await?;
        let shape = Shape::of(&schema, &self.config);
        Ok(Arc::clone(ready.insert(Arc::new(Ready { schema, shape }))))
    }

    async fn noted<T>(&self, result: Result<T, CrmError>) -> Result<T, CrmError> {
        if matches!(result, Err(CrmError::Unusable(_))) {
            *self.org.ready.lock().await = None;
        }
        result
    }

    async fn page(&self, ready: &Ready, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        let source = Source {
            api: &self.org.api,
            shape: &ready.shape,
            aside: &self.org.aside,
            bulk: self.bulk,
            unsorted: self.unsorted.load(Ordering::Relaxed),
        };
        let running = self.pass.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut pass = match running.filter(|pass| pass.goes_on_with(query)) {
            Some(pass) => pass,
            None => {
                self.org.aside.forget_contacts(&cells::file("Contact"));
                Pass::begin(&source, query).await?
            }
        };
        let page = pass.next(&source).await;
        if pass.is_by_id() && matches!(page, Err(CrmError::Restart(_))) {
            self.unsorted.store(true, Ordering::Relaxed);
        }
        if page.as_ref().is_ok_and(|page| page.through.is_some()) {
            *self.pass.lock().unwrap_or_else(PoisonError::into_inner) = Some(pass);
        }
        page
    }
}

impl Org {
    /// Waits until nobody else here writes under the same account: Salesforce locks the parent of what is written.
    async fn alone(&self, account: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        account.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % self.writing.len() as u64).unwrap_or_default();
        self.writing[at].lock().await
    }

    /// The one currency of an org that has one.
    async fn currency(&self) -> Result<Option<String>, CrmError> {
        let mut known = self.currency.lock().await;
        if known.is_none() {
            *known = money::single(self).await?;
        }
        Ok(known.clone())
    }
}

#[async_trait]
impl Crm for SalesforceCrm {
    fn system(&self) -> &str {
        "salesforce"
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        let ready = self.ready().await?;
        self.noted(self.page(&ready, query).await).await
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        if least == usize::MAX || most < 2 { Ok(Vec::new()) } else { cuts::cuts(&self.org.api, least, most).await }
    }

    fn tells_changes(&self) -> bool {
        true
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        self.parents.read(&self.org, accounts).await
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        let ready = self.ready().await?;
        self.noted(accounts::read(&self.org, &ready, accounts).await).await
    }

    fn accounts_at_once(&self) -> usize {
        soql::IDS
    }

    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        let ready = self.ready().await?;
        self.noted(accounts::contracts(&self.org, &ready, accounts).await).await
    }

    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        let ready = self.ready().await?;
        self.noted(accounts::responsible(&self.org, &ready, accounts).await).await
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        let ready = self.ready().await?;
        self.noted(tasks::log(&self.org, &ready, entry).await).await
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        let ready = self.ready().await?;
        self.noted(tasks::log_state(&self.org, &ready, state).await).await
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        let ready = self.ready().await?;
        self.noted(update::update(&self.org, &ready, update).await).await
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.org.aside.all()
    }

    fn is_blind(&self) -> bool {
        self.org.aside.is_blind()
    }
}

#[async_trait]
impl LiveCrm for SalesforceCrm {
    async fn examine(&self) -> Vec<Checked> {
        examine::examine(&self.org.api, &self.config).await
    }

    fn requests(&self) -> u64 {
        self.org.api.sent()
    }

    fn as_crm(&self) -> &dyn Crm {
        self
    }
}
