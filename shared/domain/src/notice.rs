//! What a person reads about a case, before it is rendered for a channel: Slack, mail and report all say this.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::crm::User;
use crate::finding::Bearing;
use crate::{CaseId, DeliveryId, Personal, UserId};

/// Somebody of ours who is told something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The CRM user, where it is one.
    pub user: Option<UserId>,
    /// The name, for the greeting line and the preview.
    pub name: Personal,
    /// The address.
    pub email: Personal,
    /// Why this person: `you own the account`.
    pub because: String,
    /// The time zone the person works in, an IANA name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Recipient {
    /// A CRM user who is active and has an address, or nobody.
    pub fn of(user: &User, because: &str) -> Option<Self> {
        let email = user.email.clone().filter(|email| user.active && !email.is_blank())?;
        Some(Self {
            user: Some(user.id.clone()),
            name: user.name.clone(),
            email,
            because: because.to_owned(),
            zone: user.zone.clone(),
        })
    }
}

/// Why a notice is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Something has happened, here is the plan.
    Alert,
    /// A person has come to an account of ours from another one.
    Gained,
    /// What was reported was taken back.
    Cleared,
    /// More was learned about what was reported.
    Continued,
    /// Nobody has answered an alert yet.
    Reminder,
    /// Nobody has answered, and a manager is told.
    Escalation,
    /// A case that was put off is due again.
    Woken,
    /// The day of a step has come.
    Step,
    /// A case was handed over to the reader.
    HandedOver,
    /// What the week has brought.
    Digest,
    /// A scan was stopped by the brake.
    Brake,
}

impl Purpose {
    /// Whether it tells of a case as it stands, so that its reader knows of it from then on.
    pub fn tells_of_a_case(self) -> bool {
        match self {
            Self::Alert
            | Self::Gained
            | Self::Reminder
            | Self::Escalation
            | Self::Woken
            | Self::Step
            | Self::HandedOver => true,
            Self::Cleared | Self::Continued | Self::Digest | Self::Brake => false,
        }
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Alert => "alert",
            Self::Gained => "gained",
            Self::Cleared => "cleared",
            Self::Continued => "continued",
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
            Self::Woken => "woken",
            Self::Step => "step",
            Self::HandedOver => "handed over",
            Self::Digest => "digest",
            Self::Brake => "brake",
        })
    }
}

/// Where a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A Slack message.
    Slack,
    /// A mail.
    Mail,
    /// A note and tasks in the CRM.
    Crm,
}

impl std::fmt::Display for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Slack => "Slack",
            Self::Mail => "mail",
            Self::Crm => "CRM log",
        })
    }
}

/// One message for one recipient, in the order in which it is read. Every word comes from a fact with a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Why it is sent.
    pub purpose: Purpose,
    /// Who reads it.
    pub recipient: Recipient,
    /// One line: `Dana Fox has left Northwind Traders: renewal in 47 days, no champion left`.
    pub subject: Personal,
    /// What happened, one sentence.
    pub headline: Personal,
    /// How sure we are, in percent.
    pub sure: Option<u8>,
    /// How we know.
    pub evidence: Vec<NoticeEvidence>,
    /// The account and how it stands: name, then facts in a few words each.
    pub account: Option<AccountLine>,
    /// Who is left: label and text, such as `champion` and `nobody`.
    pub people: Vec<(String, Personal)>,
    /// What must not be overlooked about them: `The account now hangs on one person.`
    pub warning: Option<String>,
    /// What the plan is to reach.
    pub goal: Option<String>,
    /// What to do and by when.
    pub steps: Vec<NoticeStep>,
    /// Further sentences, for notices without a plan.
    pub remarks: Vec<Personal>,
    /// Lists under titles, for notices about more than one case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// What can be answered; empty where there is nothing to answer.
    pub answers: Vec<Answer>,
    /// Where everything is: label and address, such as the report and the account in the CRM.
    pub links: Vec<(String, String)>,
    /// Why the recipient gets it, the case, the rules.
    pub footer: String,
    /// The case, where there is one.
    pub case: Option<CaseId>,
    /// What people have said to it since, the latest first: `Acknowledged by Maya Lind on 3 Nov`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Personal>,
    /// Updates of the CRM that follow from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<NoticeProposal>,
    /// Which revision of the case it shows: whoever answers it answers that one.
    #[serde(default)]
    pub revision: u32,
}

impl Notice {
    /// The same for another reader.
    #[must_use]
    pub fn readdressed(&self, recipient: Recipient) -> Self {
        let footer = self.footer.replacen(&self.recipient.because, &recipient.because, 1);
        Self { recipient, footer, ..self.clone() }
    }
}

/// The account line of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    /// The account's name.
    pub name: String,
    /// `active`, `health 62 (71 a month ago)`, `$184,000`, `renewal 8 Jan 2027, in 47 days`, …
    pub facts: Vec<String>,
}

/// Lines under a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// `Open cases`
    pub title: String,
    /// One thing each.
    pub lines: Vec<Personal>,
}

/// One line of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeEvidence {
    /// Which way it points.
    pub bearing: Bearing,
    /// The day it happened, else the day the source showed it.
    pub day: Option<Date>,
    /// The fact.
    pub text: Personal,
}

/// One step of the plan, as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeStep {
    /// Its place in the plan, from 1; 0 in notices that were written before it was kept.
    #[serde(default)]
    pub number: u32,
    /// What to do.
    pub what: Personal,
    /// Why.
    pub why: String,
    /// `you`, `your manager`, `support`.
    pub who: String,
    /// By when.
    pub due: Date,
}

/// A proposed update of the CRM, as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeProposal {
    /// Its place among the case's proposals, from 0.
    pub number: u32,
    /// The record, the field, what it holds and what it is to hold.
    pub what: Personal,
    /// Why.
    pub why: Personal,
    /// What has become of it; nothing while nobody has decided.
    pub decided: Option<Personal>,
}

/// What the reader can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Seen, taken on.
    GotIt,
    /// Done.
    Done,
    /// There was no change.
    NotAChange,
    /// Ask me again later.
    Later,
    /// Somebody else should take it.
    HandTo,
}

impl Answer {
    /// The words on the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::GotIt => "Got it",
            Self::Done => "Done",
            Self::NotAChange => "Not a change",
            Self::Later => "Later",
            Self::HandTo => "Hand to …",
        }
    }
}

/// The record that a notice is due or was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its identity: one for each case, purpose, channel and recipient.
    pub id: DeliveryId,
    /// Where it goes.
    pub channel: Channel,
    /// What it says.
    pub notice: Notice,
    /// How far it is.
    pub progress: Progress,
    /// Id of the Slack message whose thread it joins, or Message-ID of the mail it answers.
    pub thread: Option<String>,
}

/// How far a delivery is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Waiting to be sent.
    Due,
    /// Somebody is about to send it, and nobody else may. Only its sender can say that it was not sent after all.
    Sending {
        /// Since when.
        at: Timestamp,
        /// An earlier sender has ended, and what it was to send is certainly not there: it is sent again, once.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Sent, with the channel's own id of the message.
    Sent {
        /// When.
        at: Timestamp,
        /// Slack's timestamp id, the Message-ID by which recipients know the mail, or the log entry's id.
        reference: String,
    },
    /// Nobody can tell whether it was sent. It is never sent again.
    Unknown {
        /// When it was to be sent.
        at: Timestamp,
        /// What happened instead of an answer.
        reason: String,
    },
    /// Not sent, and never will be, for a reason; or sent and come back.
    Withheld {
        /// Why.
        reason: String,
    },
}

/// A function is stopped after 60 seconds; whoever has been sending for twice as long is dead. A clock that is wrong may
/// find so too early, which does no harm: a sender that lives corrects the record, and nobody else ever sends.
const A_SENDER_LIVES: SignedDuration = SignedDuration::from_secs(120);
/// Nobody sends in the place of another before it is certain that the other is dead: two clocks may each be wrong by five
/// minutes, and what was sent shows within seconds.
const A_SENDER_IS_DEAD: SignedDuration = SignedDuration::from_mins(12);

impl Progress {
    /// Whether somebody may be sending it at this moment.
    pub fn is_being_sent(&self, now: Timestamp) -> bool {
        matches!(self, Self::Sending { at, .. } if now.duration_since(*at) < A_SENDER_LIVES)
    }

    /// How long it is until another may send in the place of one who has begun at `since`; nothing when that time has come.
    pub fn left_to(since: Timestamp, now: Timestamp) -> Option<SignedDuration> {
        Some(A_SENDER_IS_DEAD - now.duration_since(since)).filter(SignedDuration::is_positive)
    }
}
