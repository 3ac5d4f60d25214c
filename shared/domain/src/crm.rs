//! CRM facts in the CRM's own words, as read; nothing here judges.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{AccountId, ContactId, Money, Personal, UserId};

/// What a judgement needs to know of one contact, as the CRM shows it now. A blank text is an absent one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The account the contact belongs to, if any.
    pub account: Option<AccountId>,
    /// That account's name.
    pub company: String,
    /// Whether that account is one whose people are watched.
    pub active: bool,
    /// Given and family name, in whichever order.
    pub name: Personal,
    /// Job title.
    pub title: String,
    /// Department.
    pub department: String,
    /// Mail address.
    pub email: Personal,
    /// Telephone number at work.
    #[serde(default)]
    pub phone: Personal,
    /// Id of the contact whom the person reports to.
    #[serde(default)]
    pub reports_to: String,
    /// Mail to the address bounced.
    pub bounced: bool,
    /// Somebody marked the person as no longer at the company.
    pub left: bool,
    /// The record itself was switched off.
    pub inactive: bool,
    /// The configured flag says that the person is not to be watched.
    pub unwatched: bool,
    /// The parts the person plays in the account's opportunities.
    pub roles: Vec<Role>,
}

/// One contact of a page read from the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The record's id.
    pub id: ContactId,
    /// What it says.
    pub seen: Seen,
    /// The account's owner was the last to change it.
    pub by_owner: bool,
}

/// The part a contact plays when the account decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speaks for us when we are not in the room.
    Champion,
    /// Says yes or no.
    DecisionMaker,
    /// Holds the budget.
    EconomicBuyer,
    /// Answers for the technology.
    TechnicalLead,
    /// Stands behind the project at the top.
    ExecutiveSponsor,
    /// Is heard.
    Influencer,
    /// Works with the product.
    User,
    /// Anything else a CRM may name.
    Other,
}

impl Role {
    /// The roles an account should not be without, the weightiest first.
    pub const KEY: [Self; 5] =
        [Self::Champion, Self::DecisionMaker, Self::EconomicBuyer, Self::TechnicalLead, Self::ExecutiveSponsor];

    /// Reads the value of a CRM's role field; `None` for a blank one.
    pub fn parse(text: &str) -> Option<Self> {
        let folded = crate::judge::text::fold(text).replace(['-', '_', '/'], " ");
        let has = |part: &str| folded.contains(part);
        Some(match folded.as_str() {
            "" => return None,
            _ if has("champion") || has("coach") => Self::Champion,
            _ if has("sponsor") => Self::ExecutiveSponsor,
            _ if has("economic") || has("budget") => Self::EconomicBuyer,
            _ if has("decision") || has("approver") => Self::DecisionMaker,
            _ if has("technical") => Self::TechnicalLead,
            _ if has("influencer") || has("evaluator") => Self::Influencer,
            _ if has("user") => Self::User,
            _ => Self::Other,
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Champion => "champion",
            Self::DecisionMaker => "decision maker",
            Self::EconomicBuyer => "economic buyer",
            Self::TechnicalLead => "technical lead",
            Self::ExecutiveSponsor => "executive sponsor",
            Self::Influencer => "influencer",
            Self::User => "user",
            Self::Other => "other role",
        })
    }
}

/// One of us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The record's id.
    pub id: UserId,
    /// Full name.
    pub name: Personal,
    /// Mail address; a user without one cannot be told anything.
    pub email: Option<Personal>,
    /// Whether the person still works with us.
    pub active: bool,
    /// The time zone the person works in, an IANA name such as `Europe/Berlin`, where the CRM knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// Everything the CRM knows about one account that a case may need, read at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// The account's id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Status as the customer's own picklist words it, blank where it is not mapped.
    pub status: String,
    /// Health from 0 to 100.
    pub health: Option<u8>,
    /// Health a month ago, from 0 to 100.
    pub health_before: Option<u8>,
    /// Day on which the contract renews.
    pub renewal: Option<Date>,
    /// Value of the contract a year.
    pub value: Option<Money>,
    /// Who on our side is responsible: the mapped CSM, else the owner.
    pub owner: Option<User>,
    /// The manager of that person, found even where the person is inactive.
    pub manager: Option<User>,
    /// Everyone the CRM lists for the account.
    pub people: Vec<AccountPerson>,
    /// Opportunities neither won nor lost.
    pub opportunities: Vec<Opportunity>,
    /// Support cases not closed.
    pub tickets: Vec<Ticket>,
    /// Where the facts come from, in words: `CRM export 2026-11-02`.
    pub source: String,
    /// When the source showed them.
    pub as_of: Timestamp,
}

/// When the contract of an account renews and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The account.
    pub account: AccountId,
    /// Day on which it renews.
    pub renewal: Option<Date>,
    /// Its value a year.
    pub value: Option<Money>,
}

impl From<AccountRecord> for Contract {
    fn from(record: AccountRecord) -> Self {
        Self { account: record.id, renewal: record.renewal, value: record.value }
    }
}

/// One of an account's people as the CRM lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPerson {
    /// The record's id.
    pub contact: ContactId,
    /// What a judgement knows of the person.
    pub seen: Seen,
    /// Day of the last call, meeting or mail.
    pub last_contact: Option<Date>,
}

/// An opportunity that is still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opportunity {
    /// Its name.
    pub name: String,
    /// Its stage, in the CRM's words.
    pub stage: String,
    /// What it is worth.
    pub amount: Option<Money>,
    /// When it should close.
    pub close: Option<Date>,
}

/// A support case that is still open (`Case` in Salesforce; a *case* here is a piece of Baton's work).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number as people quote it.
    pub number: String,
    /// What it is about.
    pub subject: String,
    /// Its priority in the CRM's words.
    pub priority: String,
}

impl Ticket {
    /// Whether the priority is the kind that must be settled before a renewal is discussed.
    pub fn is_urgent(&self) -> bool {
        matches!(crate::judge::text::fold(&self.priority).as_str(), "high" | "urgent" | "critical" | "p1")
    }
}
