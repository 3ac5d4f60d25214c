//! A directory of CSV files as a CRM: what a Salesforce data export gives, or a HubSpot export of contacts and companies.

mod accounts;
mod contacts;
mod layout;
mod log;
mod files;
mod record;
mod table;
mod whereabouts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::config::Config;
use domain::crm::{AccountRecord, Contract};
use domain::ports::{ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated};
use domain::recipients::Responsible;
use domain::{AccountId, ContactId};
use jiff::Timestamp;

use crate::set_aside::SetAsides;
use accounts::Accounts;
use contacts::Pages;
#[cfg(feature = "live")]
pub(crate) use contacts::lasting_bounce;
pub use files::CrmFiles;
use layout::Layout;
use log::TaskLog;
pub use log::{state_file, task_file, update_file};
use whereabouts::Whereabouts;

/// A directory of CSV files.
pub struct ExportCrm {
    shared: Arc<Export>,
    pages: Mutex<Option<Pages>>,
    log: TaskLog,
}

/// What both the reading thread and the callers need.
struct Export {
    layout: Layout,
    accounts: Accounts,
    set_aside: SetAsides,
    whereabouts: Whereabouts,
    /// The file turned out not to be in the order of its ids.
    unsorted: std::sync::atomic::AtomicBool,
    as_of: Timestamp,
    source: String,
}

impl ExportCrm {
    /// Opens the export in `dir`. What is written to the CRM goes to `log_dir`, as a file to import.
    pub fn open(dir: &Path, config: &Config, as_of: Timestamp, log_dir: &Path) -> Result<Self, CrmError> {
        let layout = Layout::of(dir, &config.fields)?;
        let set_aside = SetAsides::default();
        let accounts = Accounts::read(&layout, config, &set_aside)?;
        record::check(&layout)?;
        let name = dir.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into_owned());
        let shared = Export {
            layout,
            accounts,
            set_aside,
            whereabouts: Whereabouts::default(),
            unsorted: std::sync::atomic::AtomicBool::new(false),
            as_of,
            source: format!("CRM export {name}"),
        };
        Ok(Self { shared: Arc::new(shared), pages: Mutex::new(None), log: TaskLog::new(log_dir) })
    }

    /// When the export says that each of these contacts was last changed, by anybody or anything; those of whom it does not
    /// tell are left out.
    pub fn changed(&self, contacts: &BTreeSet<ContactId>) -> Result<BTreeMap<ContactId, Timestamp>, CrmError> {
        contacts::changed(&self.shared, contacts)
    }
}

#[async_trait]
impl Crm for ExportCrm {
    fn system(&self) -> &str {
        self.shared.layout.system()
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let page = match pages.as_mut() {
            Some(running) if running.goes_on_with(query) => running.next(),
            _ => {
                self.shared.set_aside.forget_contacts(&self.shared.layout.contacts.name);
                pages.insert(Pages::start(Arc::clone(&self.shared), query)?).next()
            }
        };
        if page.as_ref().map_or(true, |page| page.through.is_none()) {
            *pages = None;
        }
        page
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        contacts::cuts(&self.shared, least, most)
    }

    fn tells_changes(&self) -> bool {
        contacts::ContactReader::open(&self.shared).is_ok_and(|reader| reader.tells_changes())
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        let parent = |account: &AccountId| {
            let parent = self.shared.accounts.get(account)?.parent.as_deref()?;
            Some((account.clone(), AccountId::parse(parent).ok()?))
        };
        Ok(accounts.iter().filter_map(parent).collect())
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        record::read(&self.shared, accounts)
    }

    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        record::contracts(&self.shared, accounts)
    }

    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        record::responsible(&self.shared, accounts)
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.log.write(entry)
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.log.write_state(state)
    }

    /// An export cannot be asked what a record holds by now: whoever imports the file sees what it held.
    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.log.write_update(update)?;
        Ok(Updated::Written)
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.shared.set_aside.all()
    }

    fn is_blind(&self) -> bool {
        self.shared.set_aside.is_blind()
    }
}
