//! A CRM that is only written to: the files to import, where no export is at hand to be read. Where no such files are kept,
//! everything waits for somebody who names the CRM.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use domain::crm::AccountRecord;
use domain::ports::{ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated};
use domain::{AccountId, ContactId};

use super::log::TaskLog;

/// The files in which an export's log is kept.
pub struct CrmFiles {
    log: Option<TaskLog>,
    system: String,
}

impl CrmFiles {
    /// Writes `Task.csv` and `Updates.csv` in `dir` for this system, if a log is kept there already: a live CRM is written to by
    /// itself and not in files.
    pub fn new(dir: &Path, system: &str) -> Self {
        let kept = dir.join(TaskLog::TASKS).is_file();
        Self { log: kept.then(|| TaskLog::new(dir)), system: system.to_owned() }
    }

    fn log(&self) -> Result<&TaskLog, CrmError> {
        self.log.as_ref().ok_or_else(unnamed)
    }
}

#[async_trait]
impl Crm for CrmFiles {
    fn system(&self) -> &str {
        &self.system
    }

    async fn contacts(&self, _query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        Err(unnamed())
    }

    async fn cuts(&self, _least: usize, _most: usize) -> Result<Vec<ContactId>, CrmError> {
        Err(unnamed())
    }

    fn tells_changes(&self) -> bool {
        false
    }

    async fn parents(&self, _accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        Err(unnamed())
    }

    async fn accounts(&self, _accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        Err(unnamed())
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.log()?.write(entry)
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.log()?.write_state(state)
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.log()?.write_update(update)?;
        Ok(Updated::Written)
    }

    fn set_aside(&self) -> Vec<SetAside> {
        Vec::new()
    }

    fn is_blind(&self) -> bool {
        true
    }
}

fn unnamed() -> CrmError {
    CrmError::Unavailable("it was not named; the next scan does this, or --crm SOURCE names it".into())
}
