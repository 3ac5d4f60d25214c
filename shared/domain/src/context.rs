//! The account as it stood when the case was made: each fact with its source and as-of time.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::crm::{Opportunity, Role, Ticket, User};
use crate::{ContactId, Money, Personal};

/// A fact, where it was read, and when the source showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact<T> {
    /// The fact.
    pub value: T,
    /// Where it was read, in words: `CRM export 2026-11-02, Account.Renewal_Date__c`.
    pub source: String,
    /// When the source showed it.
    pub as_of: Timestamp,
}

/// The account as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The account's name.
    pub account: Fact<String>,
    /// Its status in the CRM's words.
    pub status: Option<Fact<String>>,
    /// Its health, 0 to 100, now and a month ago.
    pub health: Option<Fact<Health>>,
    /// The day the contract renews.
    pub renewal: Option<Fact<Date>>,
    /// The contract's value a year.
    pub value: Option<Fact<Money>>,
    /// Opportunities still open.
    pub opportunities: Vec<Fact<Opportunity>>,
    /// Support cases still open, the urgent ones first.
    pub tickets: Vec<Fact<Ticket>>,
    /// The people who are left, those in key roles and the senior ones first.
    pub stakeholders: Vec<Stakeholder>,
    /// Our person responsible.
    pub owner: Option<Fact<User>>,
    /// The manager of that person.
    pub manager: Option<Fact<User>>,
    /// Which roles were filled before the change.
    pub coverage_before: Coverage,
    /// Which are filled now.
    pub coverage_after: Coverage,
    /// Who could take over, the best first; empty where nobody has to.
    pub candidates: Vec<Candidate>,
    /// Who is responsible for the other account of ours that gains the person.
    pub gaining: Option<Gaining>,
}

/// The account of ours that gains the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gaining {
    /// Our person responsible there.
    pub owner: Option<Fact<User>>,
    /// The manager of that person.
    pub manager: Option<Fact<User>>,
}

impl Context {
    /// Days from `today` to the renewal; negative once it has passed.
    pub fn days_to_renewal(&self, today: Date) -> Option<i32> {
        self.renewal.as_ref().map(|renewal| (renewal.value - today).get_days())
    }
}

/// Health now and a month ago, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Now.
    pub now: u8,
    /// A month ago, if the CRM keeps it.
    pub month_ago: Option<u8>,
}

/// One of the people on the customer's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stakeholder {
    /// The contact.
    pub contact: ContactId,
    /// The name.
    pub name: Personal,
    /// The mail address; blank where there is none.
    #[serde(default)]
    pub email: Personal,
    /// The job title.
    pub title: String,
    /// The parts the person plays.
    pub roles: Vec<Role>,
    /// Day of the last call, meeting or mail.
    pub last_contact: Option<Date>,
    /// Where this was read.
    pub source: String,
    /// When the source showed it.
    pub as_of: Timestamp,
}

/// Somebody who could take over from the person who left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The contact; nothing for somebody whom the CRM does not have yet.
    pub contact: Option<ContactId>,
    /// The name.
    pub name: Personal,
    /// The job title.
    pub title: String,
    /// Points; only their order means something.
    pub score: i32,
    /// Why this person, the weightiest reason first.
    pub reasons: Vec<String>,
}
