//! Who is responsible for an account now. An export has to be opened before it can be asked, which takes long; so it is not, unless
//! somebody asks.

use async_trait::async_trait;
use domain::AccountId;
use domain::crm::AccountRecord;
use domain::ports::{Crm, CrmError};

/// Knows who is responsible for accounts.
#[async_trait]
pub trait Owners: Send + Sync {
    /// The accounts with their owners, as the CRM has them now; those it does not have are left out.
    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError>;
}

/// A CRM that can be asked at any time.
pub struct OfCrm<'a>(pub &'a dyn Crm);

#[async_trait]
impl Owners for OfCrm<'_> {
    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        self.0.accounts(accounts).await
    }
}
