//! Who is responsible for an account now. An export has to be opened before it can be asked, which takes long; so it is not, unless
//! somebody asks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::AccountId;
use domain::ports::{Crm, CrmError};
use domain::recipients::Responsible;

/// Knows who is responsible for accounts.
#[async_trait]
pub trait Owners: Send + Sync {
    /// Who is, as the CRM has it now; accounts that it does not have are left out.
    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError>;
}

/// A CRM that can be asked at any time.
pub struct OfCrm<'a>(pub &'a dyn Crm);

#[async_trait]
impl Owners for OfCrm<'_> {
    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        self.0.responsible(accounts).await
    }
}

/// No CRM was named: what the cases know counts.
pub struct NotAsked;

#[async_trait]
impl Owners for NotAsked {
    async fn responsible(&self, _: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        Ok(BTreeMap::new())
    }
}
