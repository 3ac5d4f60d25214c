//! The CRM: what changed, what an account looks like, and a place to write down what was done.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::crm::{AccountRecord, Contact, Contract};
use crate::recipients::Responsible;
use crate::{AccountId, CaseId, ContactId, DeliveryId, Personal};

/// A run of contacts in the order of their ids. Together the pages of a pass hold every contact once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactPage {
    /// The contacts, ascending by id.
    pub contacts: Vec<Contact>,
    /// Ids of records that exist but could not be read; they are neither changed nor gone.
    pub unreadable: Vec<ContactId>,
    /// Ids of records that the CRM says were deleted, or merged into another contact; only with `since`, where a contact that is
    /// not given may still be there.
    pub gone: Vec<ContactId>,
    /// The last id of this page; everything up to it has been given. `None` on the last page.
    pub through: Option<ContactId>,
    /// The latest change of a contact that was given so far, where the CRM tells.
    pub newest: Option<Timestamp>,
}

/// Which contacts are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContactQuery<'a> {
    /// Ids above this one only.
    pub after: Option<&'a ContactId>,
    /// Ids up to and with this one only.
    pub through: Option<&'a ContactId>,
    /// Only those changed at or after this time, as the CRM tells it; those that are not given are not gone.
    pub since: Option<Timestamp>,
    /// With `since`: these too, whenever they were changed.
    pub also: Option<&'a AskedFor>,
}

/// Contacts that are meant by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedFor {
    /// By their ids.
    pub ids: BTreeSet<ContactId>,
    /// By their mail addresses, in small letters.
    pub addresses: BTreeSet<Personal>,
}

/// A row that was set aside instead of guessed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// The file or object it is in.
    pub file: String,
    /// Its line in the file, from 1, the header being 1.
    pub row: u64,
    /// The column, where one is to blame.
    pub column: Option<String>,
    /// What is wrong with it and what to do.
    pub reason: String,
}

/// What a case writes back into the CRM: a note of what happened and the plan's steps as tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// By which a repeated write finds its own.
    pub id: DeliveryId,
    /// The case.
    pub case: CaseId,
    /// The account it is logged under.
    pub account: AccountId,
    /// The contact it is about.
    pub contact: ContactId,
    /// One line.
    pub subject: Personal,
    /// The note.
    pub note: Personal,
    /// The steps.
    pub tasks: Vec<LogTask>,
    /// Whose note it is, where the CRM knows the person.
    pub owner: Option<crate::UserId>,
    /// The day of the note.
    pub day: Date,
}

/// One step as a task in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTask {
    /// What to do.
    pub subject: Personal,
    /// Why.
    pub why: String,
    /// When it is due.
    pub due: Date,
    /// Whose it is, where the CRM knows the person.
    pub owner: Option<crate::UserId>,
}

/// What has become of a case, for the note that was written of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The entry that it is about, as it was logged.
    pub entry: DeliveryId,
    /// The day on which that was, in UTC: nothing older need be looked through for it.
    pub logged: Date,
    /// The case.
    pub case: CaseId,
    /// The account.
    pub account: AccountId,
    /// The contact.
    pub contact: ContactId,
    /// What has become of it, one line: `acknowledged by Maya Lind, 3 Nov: on it`.
    pub words: Personal,
    /// Nothing is left to do, so that its open tasks are closed.
    pub ended: bool,
    /// The day of it.
    pub day: Date,
}

/// One field of one record, as a person has confirmed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldUpdate {
    /// By which a repeated write finds its own.
    pub id: DeliveryId,
    /// The record.
    pub record: UpdatedRecord,
    /// The field, as the CRM names it.
    pub field: String,
    /// What it held when the update was proposed; blank for nothing.
    pub before: Personal,
    /// What it is to hold.
    pub after: Personal,
}

/// A record of which a field is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UpdatedRecord {
    /// A contact.
    Contact(ContactId),
    /// An account.
    Account(AccountId),
}

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Updated {
    /// It was written, or stood there already.
    Written,
    /// It holds something else by now than when it was proposed, and was left as it is.
    Changed {
        /// What it holds.
        now: Personal,
    },
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// Try later.
    #[error("the CRM cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Its limit is reached, or the share of it that Baton may use: go on after this time.
    #[error("the CRM is not asked for another {} s: {reason}", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: jiff::SignedDuration,
        /// Which limit it is.
        reason: String,
    },
    /// The pass over the contacts cannot go on and must begin again; nothing of it may be concluded from absence.
    #[error("the pass over the contacts must begin again: {0}")]
    Restart(String),
    /// More was changed than it gives at once: it is asked for all contacts instead, which can be done part by part.
    #[error("the CRM has more changes than it gives at once: {0}")]
    TooMany(String),
    /// Nothing but a person can help: a missing file, column, permission. The text says which, and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// A CRM.
#[async_trait]
pub trait Crm: Send + Sync {
    /// Which system's ids these are: `salesforce`, `hubspot`, `odoo`.
    fn system(&self) -> &str;

    /// The first page of the contacts that are meant.
    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError>;

    /// Ids that cut the contacts into at most `most` runs of at least `least`, ascending.
    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError>;

    /// Whether it tells when a contact was changed, so that a pass can be restricted to those.
    fn tells_changes(&self) -> bool;

    /// The account that each of these belongs to, of those that belong to one.
    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError>;

    /// What the CRM knows about these accounts now; accounts that do not exist are left out.
    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError>;

    /// Of so many accounts at once it can be asked within some seconds.
    fn accounts_at_once(&self) -> usize {
        usize::MAX
    }

    /// When the contracts of these accounts renew and what they are worth; accounts that do not exist are left out. Asked for
    /// many accounts at once, so worth a way of its own where the rest of an account costs more.
    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        Ok(self.accounts(accounts).await?.into_iter().map(Contract::from).collect())
    }

    /// Who is responsible for these accounts now, and that person's manager; accounts that do not exist are left out. Asked for
    /// many accounts at once, so worth a way of its own where the rest of an account costs more.
    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        let of = |account: AccountRecord| (account.id.clone(), Responsible::from(account));
        Ok(self.accounts(accounts).await?.into_iter().map(of).collect())
    }

    /// Writes a note and tasks, once for each id.
    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError>;

    /// Writes down what has become of a case that was logged, once for each state.
    async fn log_state(&self, state: &LogState) -> Result<(), CrmError>;

    /// Writes one field, if it still holds what it held when the update was proposed.
    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError>;

    /// Rows set aside so far.
    fn set_aside(&self) -> Vec<SetAside>;

    /// Whether a row was set aside whose id nobody could read, so that absence proves nothing.
    fn is_blind(&self) -> bool;
}
