//! A CRM whose exports lie in S3: the newest one is brought to the disk and read there; notes are put beside them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use aws::{Exports, MailsInS3};
use crm::ExportCrm;
use domain::config::Config;
use domain::crm::{AccountRecord, Contract};
use domain::ports::{
    Clock, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, PeopleError, SetAside, Updated,
};
use domain::recipients::Responsible;
use domain::{AccountId, ContactId, DeliveryId};
use people::JobsCsv;

use crate::Function;

/// Exports in S3.
pub(crate) struct ExportsCrm {
    exports: Exports,
    open: Mutex<Option<Open>>,
}

/// The export that is read.
#[derive(Clone)]
struct Open {
    dir: PathBuf,
    config: String,
    crm: Arc<ExportCrm>,
}

impl ExportsCrm {
    /// The exports of this function's deployment.
    pub(crate) fn of(function: &Function) -> Result<Self, CrmError> {
        let place = function.environment.exports.clone();
        let missing = || CrmError::Unusable("BATON_CRM is not set: deploy the stack again".to_owned());
        let exports = function.clients.exports(place.ok_or_else(missing)?);
        let exports = exports.map_err(|e| CrmError::Unusable(e.to_string()))?;
        Ok(Self { exports, open: Mutex::new(None) })
    }

    /// Opens the newest export; one that is open already stays so.
    pub(crate) async fn open(&self, config: &Config, clock: &dyn Clock) -> Result<(), CrmError> {
        let dir = self.exports.fetch(&std::env::temp_dir()).await?;
        let known = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if known.is_some_and(|open| open.dir == dir && open.config == config.version) {
            return Ok(());
        }
        let crm = ExportCrm::open(&dir, config, clock.now(), &std::env::temp_dir())?;
        let open = Open { dir, config: config.version.clone(), crm: Arc::new(crm) };
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
        Ok(())
    }

    /// The mails that came back, below the exports.
    pub(crate) fn mails(&self, function: &Function) -> Result<MailsInS3, CrmError> {
        let place = function.environment.exports.as_ref();
        let place =
            place.ok_or_else(|| CrmError::Unusable("BATON_CRM is not set: deploy the stack again".to_owned()))?;
        function.clients.mails(place).map_err(|e| CrmError::Unusable(e.to_string()))
    }

    /// The list of observed jobs that lies beside the open export, as `Jobs.csv`, if there is one.
    pub(crate) fn jobs(&self) -> Result<Option<JobsCsv>, PeopleError> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let path = open.map(|open| open.dir.join("Jobs.csv")).filter(|path| path.exists());
        path.map(|path| JobsCsv::open(&path)).transpose()
    }

    pub(crate) fn crm(&self) -> Result<Arc<ExportCrm>, CrmError> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|open| Arc::clone(&open.crm)).ok_or_else(|| CrmError::Unavailable("no export is open".into()))
    }
}

#[async_trait]
impl Crm for ExportsCrm {
    fn system(&self) -> &str {
        // Of all the systems there are exports of, so that the name outlives the lock.
        self.crm().map_or("export", |crm| match crm.system() {
            "hubspot" => "hubspot",
            _ => "salesforce",
        })
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        self.crm()?.contacts(query).await
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        self.crm()?.cuts(least, most).await
    }

    fn tells_changes(&self) -> bool {
        self.crm().is_ok_and(|crm| crm.tells_changes())
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        self.crm()?.parents(accounts).await
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        self.crm()?.accounts(accounts).await
    }

    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        self.crm()?.contracts(accounts).await
    }

    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        self.crm()?.responsible(accounts).await
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        let rows = crm::task_file(entry)?;
        self.exports.put_note(&format!("{}.csv", entry.id), rows).await
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        let name = DeliveryId::of(&[state.entry.as_str(), state.words.reveal()]);
        self.exports.put_note(&format!("{name}.csv"), crm::state_file(state)?).await
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.exports.put_note(&format!("{}.csv", update.id), crm::update_file(update)?).await?;
        Ok(Updated::Written)
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.crm().map(|crm| crm.set_aside()).unwrap_or_default()
    }

    fn is_blind(&self) -> bool {
        self.crm().is_ok_and(|crm| crm.is_blind())
    }
}
