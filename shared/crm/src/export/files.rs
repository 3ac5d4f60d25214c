//! A CRM that is only written to: the files to import, where no export is at hand to be read.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use domain::crm::AccountRecord;
use domain::ports::{ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated};
use domain::{AccountId, ContactId};

use super::log::TaskLog;

/// The files in which an export's log is kept.
pub struct CrmFiles {
    log: TaskLog,
}

impl CrmFiles {
    /// Writes `Task.csv` and `Updates.csv` in `dir`.
    pub fn new(dir: &Path) -> Self {
        Self { log: TaskLog::new(dir) }
    }

    /// Whether a log is kept in `dir`: cases that were told of with a live CRM are logged there and nowhere else.
    pub fn are_kept_in(dir: &Path) -> bool {
        dir.join(TaskLog::TASKS).is_file()
    }
}

#[async_trait]
impl Crm for CrmFiles {
    fn system(&self) -> &'static str {
        "salesforce"
    }

    async fn contacts(&self, _query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        Err(unread())
    }

    async fn cuts(&self, _least: usize, _most: usize) -> Result<Vec<ContactId>, CrmError> {
        Err(unread())
    }

    fn tells_changes(&self) -> bool {
        false
    }

    async fn parents(&self, _accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        Err(unread())
    }

    async fn accounts(&self, _accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        Err(unread())
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.log.write(entry)
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.log.write_state(state)
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.log.write_update(update)?;
        Ok(Updated::Written)
    }

    fn set_aside(&self) -> Vec<SetAside> {
        Vec::new()
    }

    fn is_blind(&self) -> bool {
        true
    }
}

/// It waits for whoever names a CRM.
fn unread() -> CrmError {
    CrmError::Unavailable("no CRM was named to read from: --crm SOURCE".into())
}
