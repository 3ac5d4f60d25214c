//! What others than the CRM say of a person: mail that came back, and what a provider of job records knows.
//!
//! Its three times are never mixed: when it happened, if the source says so; when the source saw it; when we wrote it down.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ObservationId, Personal};

/// One fact about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Identity: the same fact read twice is one.
    pub id: ObservationId,
    /// Who says so: `mail`, or the provider's name.
    pub source: String,
    /// What is said.
    pub fact: Fact,
    /// The source's own words, one clause.
    pub quote: Personal,
    /// The day it took effect, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Date>,
    /// When the source saw it: the mail's date, the day a provider last looked. Never the day of the change.
    pub observed: Timestamp,
    /// When we wrote it down.
    pub recorded: Timestamp,
}

impl Observation {
    /// Whether an earlier fact says nothing beside this one: a provider has looked again, or the same came by mail again.
    pub fn replaces(&self, earlier: &Self) -> bool {
        let again = match (&self.fact, &earlier.fact) {
            (Fact::Job(_), Fact::Job(_)) => true,
            (Fact::Mail(now), Fact::Mail(then)) => now.what == then.what,
            (Fact::Job(_), Fact::Mail(_)) | (Fact::Mail(_), Fact::Job(_)) => false,
        };
        again && self.source == earlier.source && self.observed >= earlier.observed
    }

    /// Whether it says that the person no longer works where the CRM has the person.
    pub fn says_gone(&self) -> bool {
        match &self.fact {
            Fact::Mail(Statement { what, .. }) => {
                matches!(what, Tidings::Left | Tidings::Moved | Tidings::UnknownUser | Tidings::Disabled)
            }
            // Whether the company is another one is a judgement.
            Fact::Job(_) => false,
        }
    }
}

/// What is said of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// A mail said it.
    Mail(Statement),
    /// A provider of job records knows where the person works.
    Job(Job),
}

/// What one mail says of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it comes to.
    pub what: Tidings,
    /// The last day of an absence, or the day of the return where only that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Who is named instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Named>,
    /// The enhanced status code of a bounce, such as `5.1.1` (RFC 3463).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What a mail that nobody wrote by hand comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tidings {
    /// There is no such mailbox.
    UnknownUser,
    /// The mailbox was switched off.
    Disabled,
    /// The mailbox, or the person, is at another organisation now.
    Moved,
    /// The mailbox is full.
    Full,
    /// Not now; tried again later.
    Temporary,
    /// Refused for what it is or where it comes from.
    Blocked,
    /// Undelivered for a reason that says nothing about the person.
    OtherBounce,
    /// The person works there no longer.
    Left,
    /// Away for long: parental leave, illness, sabbatical.
    OnLeave,
    /// Away and soon back.
    OutOfOffice,
    /// Still there, in another role.
    NewRole,
    /// Still there, under another address.
    AddressChanged,
}

impl Tidings {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::UnknownUser,
        Self::Disabled,
        Self::Moved,
        Self::Full,
        Self::Temporary,
        Self::Blocked,
        Self::OtherBounce,
        Self::Left,
        Self::OnLeave,
        Self::OutOfOffice,
        Self::NewRole,
        Self::AddressChanged,
    ];

    /// Whether it says anything about where a person works; a full mailbox and an ordinary absence do not.
    pub fn matters(self) -> bool {
        match self {
            Self::UnknownUser
            | Self::Disabled
            | Self::Moved
            | Self::Left
            | Self::OnLeave
            | Self::NewRole
            | Self::AddressChanged => true,
            Self::Full | Self::Temporary | Self::Blocked | Self::OtherBounce | Self::OutOfOffice => false,
        }
    }
}

impl fmt::Display for Tidings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UnknownUser => "unknown-user",
            Self::Disabled => "disabled",
            Self::Moved => "moved",
            Self::Full => "full",
            Self::Temporary => "temporary",
            Self::Blocked => "blocked",
            Self::OtherBounce => "other-bounce",
            Self::Left => "left",
            Self::OnLeave => "on-leave",
            Self::OutOfOffice => "out-of-office",
            Self::NewRole => "new-role",
            Self::AddressChanged => "address-changed",
        })
    }
}

/// Somebody who is named instead. At least one of the two is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The name; blank where only an address is given.
    #[serde(default)]
    pub name: Personal,
    /// The address; blank where only a name is given.
    #[serde(default)]
    pub email: Personal,
}

/// Where a provider says that a person works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The name the provider has for the person: whether it is the same person is judged, not believed.
    #[serde(default)]
    pub name: Personal,
    /// The job title; blank where it is not known.
    #[serde(default)]
    pub title: String,
    /// The company; blank where the provider says that there is none now.
    pub company: String,
    /// How sure the provider is that this is the person, in percent; 100 for a list that a person keeps.
    pub likelihood: u8,
    /// The record was found by an address or a number that only one person has, and not by name and company.
    pub identified: bool,
}

impl Named {
    /// `Lee Park (lee.park@northwind.example)`, or what there is of it.
    pub fn in_words(&self) -> String {
        match (self.name.reveal().trim(), self.email.reveal().trim()) {
            ("", address) => address.to_owned(),
            (name, "") => name.to_owned(),
            (name, address) => format!("{name} ({address})"),
        }
    }
}
