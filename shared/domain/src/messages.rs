//! What the functions say to one another. Wire types, versioned, apart from the domain's own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::feedback::MailEvent;
use crate::{AccountId, CaseId, DeliveryId, MessageId, ScanId};

/// The version this build writes, and the highest it reads.
pub const SCHEMA: u32 = 1;

/// A message as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Version of the form.
    pub schema: u32,
    /// Identity: a message seen before is not handled again.
    pub id: MessageId,
    /// It is not taken up before this time, which may be further away than a queue can hide a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// What is asked for.
    #[serde(flatten)]
    pub body: Body,
}

/// What a message asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Look at a run of contacts.
    Look(PartRef),
    /// Judge what a scan has seen, if all of its parts have come to their ends.
    Judge(PartRef),
    /// Pull the account together.
    Enrich(CaseRef),
    /// Write the plan.
    Plan(CaseRef),
    /// Tell whoever must know.
    Notify(CaseRef),
    /// Say in the same thread that the change was taken back.
    NotifyCleared(CaseRef),
    /// Say in the same thread what else has been learned.
    NotifyContinued(CaseRef),
    /// Tell the administrator that a scan was stopped by the brake.
    NotifyBrake {
        /// The CRM system that was scanned: `salesforce`, `hubspot`, `odoo`.
        system: String,
        /// The scan.
        scan: ScanId,
    },
    /// Make sure that somebody acts on a case.
    FollowUp {
        /// The case.
        about: CaseRef,
        /// What is to be done.
        what: FollowUp,
    },
    /// Show in everything that was posted and logged about a case what has become of it.
    Refresh(CaseRef),
    /// Write an update to the CRM that a person has confirmed.
    Update {
        /// The case.
        about: CaseRef,
        /// Which of its proposals, from 0.
        proposal: u32,
    },
    /// Send one notice.
    Deliver(DeliveryRef),
    /// Take in what has become of a mail.
    Feedback(MailEvent),
}

/// What is done so that somebody acts on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// Whoever was told is told once more.
    Remind,
    /// The manager is told that nobody has answered.
    Escalate,
    /// The day has come until which it was put off.
    Wake,
    /// The day of a step of the plan has come; its place from 0.
    Step(u32),
    /// Somebody else has taken it over, and is told.
    HandOver,
}

/// Names a scan, and the part of it that a message continues or has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartRef {
    /// The CRM system that is scanned: `salesforce`, `hubspot`, `odoo`.
    pub system: String,
    /// The scan.
    pub scan: ScanId,
    /// The part, from 0.
    pub part: u32,
}

/// Names a case and the partition it is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CaseRef {
    /// The account the case is filed under.
    pub account: AccountId,
    /// The case.
    pub case: CaseId,
}

/// Names a delivery and the partition it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRef {
    /// The partition that holds it: `ACCOUNT#…` or `SCAN#…`.
    pub partition: String,
    /// The delivery.
    pub delivery: DeliveryId,
}

/// Why a text is not a message for us.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// Not JSON, or not of our form. It says where and never repeats the body, which reaches logs and may name a person.
    #[error("the body is not a message: {0}")]
    Malformed(String),
    /// Written by a newer build.
    #[error("the message has schema {0}, this build reads up to {SCHEMA}: upgrade, then redrive the dead letters")]
    Newer(u64),
}

impl From<serde_json::Error> for MessageError {
    fn from(error: serde_json::Error) -> Self {
        let what = if error.is_data() { "JSON of another form" } else { "no JSON" };
        Self::Malformed(format!("{what}, at line {} column {}", error.line(), error.column()))
    }
}

impl Message {
    /// A message of the present version.
    pub fn new(id: MessageId, body: Body) -> Self {
        Self { schema: SCHEMA, id, not_before: None, body }
    }

    /// Reads a body as it came from a queue. The version is read first, so that a newer message names itself.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let Version { schema } = serde_json::from_str(text)?;
        if schema > u64::from(SCHEMA) {
            return Err(MessageError::Newer(schema));
        }
        Ok(serde_json::from_str(text)?)
    }

    /// The body as it travels.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The queue that carries it.
    pub fn queue(&self) -> QueueName {
        match self.body {
            Body::Look(_) | Body::Judge(_) => QueueName::ScanPages,
            Body::Enrich(_) => QueueName::Changes,
            Body::Plan(_) => QueueName::Enriched,
            Body::Notify(_)
            | Body::NotifyCleared(_)
            | Body::NotifyContinued(_)
            | Body::NotifyBrake { .. }
            | Body::FollowUp { .. } => QueueName::Planned,
            Body::Refresh(_) | Body::Update { .. } | Body::Deliver(_) => QueueName::Deliveries,
            Body::Feedback(_) => QueueName::Feedback,
        }
    }
}

/// The queues between the functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueName {
    /// scanner → scanner: what is left of a scan
    ScanPages,
    /// scanner → enrichment
    Changes,
    /// enrichment → planning
    Enriched,
    /// planning → notify
    Planned,
    /// notify → notify: one message for each effect, so that each is retried alone
    Deliveries,
    /// the mail service → notify: what has become of mails
    Feedback,
}

impl QueueName {
    /// Every queue, upstream first.
    pub const ALL: [Self; 6] =
        [Self::ScanPages, Self::Changes, Self::Enriched, Self::Planned, Self::Deliveries, Self::Feedback];

    /// Its name on AWS and in the embedded table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScanPages => "scan-pages",
            Self::Changes => "changes",
            Self::Enriched => "enriched",
            Self::Planned => "planned",
            Self::Deliveries => "deliveries",
            Self::Feedback => "feedback",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back_as_it_was_written() {
        let case = CaseRef { account: AccountId::parse("001").unwrap(), case: CaseId::parse("C-1").unwrap() };
        let message = Message::new(MessageId::of(&["x"]), Body::Enrich(case));
        assert!(!message.to_json().contains("not_before"));
        assert_eq!(Message::parse(&message.to_json()).unwrap(), message);
        let later = Message { not_before: Some("2026-11-02T07:00:00Z".parse().unwrap()), ..message };
        assert_eq!(Message::parse(&later.to_json()).unwrap(), later);
    }

    #[test]
    fn a_newer_message_names_itself_whatever_else_it_holds() {
        let error = Message::parse(r#"{"schema":2,"id":"m","kind":"teleport"}"#).unwrap_err();
        assert!(error.to_string().starts_with("the message has schema 2"), "{error}");
    }

    #[test]
    fn what_is_no_message_is_refused_with_the_reason() {
        for text in ["", "null", "[]", "{}", "{\"schema\":-1}", "{\"schema\":1,\"id\":\"m\",\"kind\":\"x\"}"] {
            assert!(matches!(Message::parse(text), Err(MessageError::Malformed(_))), "{text}");
        }
    }
}
