//! Stands where no CRM was named: nothing can be read, and what is to be logged waits for a run that names one.

use async_trait::async_trait;
use domain::crm::AccountRecord;
use domain::ports::{ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated};
use domain::{AccountId, ContactId};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// No CRM.
pub struct NoCrm;

/// What waits for a CRM is put off, and never given up for it.
fn unnamed() -> CrmError {
    let reason = "no CRM was named; name one with --crm".to_owned();
    CrmError::RateLimited { retry_after: SignedDuration::from_mins(15), reason }
}

#[async_trait]
impl Crm for NoCrm {
    fn system(&self) -> &'static str {
        "none"
    }

    async fn contacts(&self, _: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        Err(unnamed())
    }

    async fn cuts(&self, _: usize, _: usize) -> Result<Vec<ContactId>, CrmError> {
        Err(unnamed())
    }

    fn tells_changes(&self) -> bool {
        false
    }

    async fn parents(&self, _: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        Err(unnamed())
    }

    async fn accounts(&self, _: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        Err(unnamed())
    }

    async fn log(&self, _: &LogEntry) -> Result<(), CrmError> {
        Err(unnamed())
    }

    async fn log_state(&self, _: &LogState) -> Result<(), CrmError> {
        Err(unnamed())
    }

    async fn update(&self, _: &FieldUpdate) -> Result<Updated, CrmError> {
        Err(unnamed())
    }

    fn set_aside(&self) -> Vec<SetAside> {
        Vec::new()
    }

    fn is_blind(&self) -> bool {
        true
    }
}
