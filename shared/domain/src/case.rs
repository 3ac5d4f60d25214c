//! One piece of work, from the finding to its end, and the states it may pass through.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::crm::Role;
use crate::finding::Finding;
use crate::notice::Recipient;
use crate::plan::Plan;
use crate::ports::UpdatedRecord;
use crate::{AccountId, CaseId, ContactId, Personal, ScanId};

/// One piece of work with an identity that is a pure function of what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its identity.
    pub id: CaseId,
    /// Who moves.
    pub kind: Kind,
    /// The account it is filed under: where there is a loss, the one that loses the person.
    pub account: AccountId,
    /// That account's name when the case was made.
    pub account_name: String,
    /// The contact it is about.
    pub subject: Subject,
    /// Which real change of this contact it is, from 0.
    pub occurrence: u32,
    /// The judgement.
    pub finding: Finding,
    /// Another account of ours that gains the person.
    pub gained_by: Option<AccountId>,
    /// Where it stands.
    pub state: State,
    /// Why it stands there, in words.
    pub because: String,
    /// When each state was reached, the first first.
    pub history: Vec<(State, Timestamp)>,
    /// The scan that found it.
    pub scan: ScanId,
    /// The scan whose brake held it; nothing where it was held for being unsure, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brake: Option<ScanId>,
    /// Judged and recorded, but nobody is told.
    pub shadow: bool,
    /// Version of the configuration that judged it.
    pub config: String,
    /// The confidence from which on somebody is told, when it was last judged.
    #[serde(default)]
    pub threshold: f64,
    /// It was held for being unsure, and what was learned later sent it on its way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub raised: bool,
    /// How often something was learned about it after it was made.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub continued: u32,
    /// The account as it stood; present from `enriched` on.
    pub context: Option<Context>,
    /// What to do; present from `planned` on.
    pub plan: Option<Plan>,
    /// Who has taken it over from whoever was told first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Recipient>,
    /// Nobody is reminded of it before this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<Date>,
    /// What people have said to it, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answered>,
    /// Steps of the plan that are done, by their places from 0.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub done_steps: BTreeSet<u32>,
    /// What was done so that somebody acts.
    #[serde(default, skip_serializing_if = "Followed::is_nothing")]
    pub followed: Followed,
    /// Updates of the CRM that follow from it, each for a person to confirm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Proposal>,
}

/// What a person has said to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who.
    pub by: Personal,
    /// When.
    pub at: Timestamp,
    /// What, in words: `done: spoke to Lee Park`.
    pub words: Personal,
}

/// What was done so that somebody acts on a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Followed {
    /// It could wait for the digest when it was found, so that nobody was told of it alone until it became weighty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_digest: bool,
    /// When whoever was told was told once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminded: Option<Timestamp>,
    /// When the manager was told that nobody has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated: Option<Timestamp>,
    /// Steps of the plan whose day has come and of which the thread was told, by their places from 0.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub steps: BTreeSet<u32>,
}

impl Followed {
    /// Whether nothing was done yet.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// An update of one field in the CRM, for a person to confirm or reject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The record.
    pub record: UpdatedRecord,
    /// The field, as the CRM names it.
    pub field: String,
    /// What it holds; blank for nothing.
    pub before: Personal,
    /// What it is to hold.
    pub after: Personal,
    /// Why.
    pub why: Personal,
    /// What has become of it.
    pub state: ProposalState,
}

/// What has become of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum ProposalState {
    /// Nobody has said anything.
    Open,
    /// A person has confirmed it, and it is on its way to the CRM.
    Confirmed {
        /// Who.
        by: Personal,
        /// When.
        at: Timestamp,
    },
    /// A person has rejected it.
    Rejected {
        /// Who.
        by: Personal,
        /// When.
        at: Timestamp,
    },
    /// The CRM has it.
    Written {
        /// When.
        at: Timestamp,
    },
    /// It was confirmed and could not be written; whoever has mended what was in the way decides again.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, as the CRM says it.
        why: Personal,
    },
    /// The field held something else by then, and was left as it is.
    Outdated {
        /// What it held.
        now: Personal,
    },
}

impl ProposalState {
    /// Whether somebody's word is waited for.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::Refused { .. })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Who moves. The other three kinds of DESIGN have their place here when they are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A stakeholder at the customer.
    Contact,
}

/// The contact a case is about, as last seen before the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The contact.
    pub contact: ContactId,
    /// The name.
    pub name: Personal,
    /// The job title.
    pub title: String,
    /// The mail address, so that the person is never told about their own leaving.
    #[serde(default)]
    pub email: Personal,
    /// The parts the person played.
    pub roles: Vec<Role>,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Found, and on its way.
    Detected,
    /// The account is pulled together.
    Enriched,
    /// The steps are written.
    Planned,
    /// Somebody was told.
    Notified,
    /// Somebody has seen it.
    Acknowledged,
    /// Done.
    Closed,
    /// Not sure enough to tell anybody, or stopped by the brake; listed for review.
    Held,
    /// A person said it was no change.
    Dismissed,
    /// Reverted by itself.
    Cleared,
}

impl State {
    /// Whether a case may pass from this state to that one.
    pub fn may_become(self, next: Self) -> bool {
        use State::{Acknowledged, Cleared, Closed, Detected, Dismissed, Enriched, Held, Notified, Planned};
        match self {
            Detected => matches!(next, Enriched | Held | Cleared | Dismissed),
            Enriched => matches!(next, Planned | Cleared | Dismissed),
            Planned => matches!(next, Notified | Acknowledged | Cleared | Dismissed),
            Notified => matches!(next, Acknowledged | Closed | Cleared | Dismissed),
            // Whoever it is handed to, or wakes for, has yet to see it.
            Acknowledged => matches!(next, Notified | Closed | Cleared | Dismissed),
            Held => matches!(next, Detected | Cleared | Dismissed),
            Closed | Dismissed | Cleared => false,
        }
    }

    /// Whether nothing more can happen to the case.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Dismissed | Self::Cleared)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Detected => "detected",
            Self::Enriched => "enriched",
            Self::Planned => "planned",
            Self::Notified => "notified",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
            Self::Held => "held",
            Self::Dismissed => "dismissed",
            Self::Cleared => "cleared",
        })
    }
}

/// A step from one state to another that the design does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {from} cannot become {to}")]
pub struct Forbidden {
    /// Where the case stands.
    pub from: State,
    /// Where it should have gone.
    pub to: State,
}

impl Case {
    /// The case one state further, with the reason in words.
    pub fn become_state(mut self, next: State, because: impl Into<String>, now: Timestamp) -> Result<Self, Forbidden> {
        if !self.state.may_become(next) {
            return Err(Forbidden { from: self.state, to: next });
        }
        self.state = next;
        self.because = because.into();
        self.history.push((next, now));
        Ok(self)
    }

    /// Another number whenever what a reader was shown is no longer all there is: something was learned, or somebody has answered.
    pub fn revision(&self) -> u32 {
        self.continued + u32::try_from(self.answers.len()).unwrap_or(u32::MAX)
    }

    /// When the case was made.
    pub fn opened(&self) -> Option<Timestamp> {
        self.history.first().map(|(_, at)| *at)
    }
}
