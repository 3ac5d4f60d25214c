//! What CRMs that are asked over the network have in common beside the port: they can be examined, and what they cost is counted.

use async_trait::async_trait;
use domain::ports::Crm;

/// One thing that was looked at in a CRM, with read-only requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What was looked at: `field Contact.No_Longer_At_Company__c`.
    pub what: String,
    /// What is wrong with it and exactly what to do; nothing where all is well.
    pub problem: Option<String>,
}

/// A CRM that is asked over the network.
#[async_trait]
pub trait LiveCrm: Crm {
    /// Looks, without changing anything, whether everything is there that a scan and the log need: the account, its rights, the
    /// objects and fields.
    async fn examine(&self) -> Vec<Checked>;

    /// How many requests it was asked so far; those that its limits count and those that they do not.
    fn requests(&self) -> u64;

    /// The CRM as what reads and writes it needs.
    fn as_crm(&self) -> &dyn Crm;
}
