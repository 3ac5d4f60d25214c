//! Who was asked about lately, and what was heard then.
//!
//! Whoever may be paid for is marked before the provider is asked, and the mark is taken back where the provider certainly
//! did not answer. What stays: a process that dies after the mark, or an answer that is lost on its way or cannot be written,
//! leaves people marked of whom nothing was heard, and who were perhaps never asked about. They are asked about when the
//! freshness window has passed. It is never the other way round: nobody is paid for twice.

use std::collections::HashMap;

use domain::handler::HandlerError;
use domain::ports::{Commit, Consistency, Expect, Index, Item, Key, Query, Question, Row, StoreError, Write};
use domain::records::encode;
use domain::{ContactId, ObservationId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Asking, PAGE};
use crate::look::unreadable_row;

/// That somebody was asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The time of the scan that asked.
    at: Timestamp,
    /// Whether an answer came.
    #[serde(default)]
    answered: bool,
    /// The fact that was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fact: Option<ObservationId>,
}

impl Mark {
    /// That an answer came, and which fact it holds.
    pub(super) fn heard(at: Timestamp, fact: Option<ObservationId>) -> Self {
        Self { at, answered: true, fact }
    }

    /// The write of it. It is gone when somebody may be asked about again.
    pub(super) fn write(&self, asking: &Asking<'_>, contact: &ContactId, expect: Expect) -> Write {
        let expires = Some(self.at + asking.config.people.freshness());
        Write::Put(Item { key: key(asking, contact), index: None, body: encode(self), expires }, expect)
    }
}

/// The marks of one provider.
pub(super) struct Marks {
    known: HashMap<String, (Mark, u64)>,
    now: Timestamp,
    freshness: SignedDuration,
}

/// How somebody who may be asked about stands with the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// To be asked about.
    Due,
    /// Asked about within the window.
    Fresh,
    /// Asked about within the window, and the answer was lost.
    Lost,
}

impl Marks {
    /// All of them: as many as were asked about within the window.
    pub(super) async fn read(asking: &Asking<'_>) -> Result<Self, HandlerError> {
        let partition = partition(asking);
        let mut known = HashMap::new();
        let mut after: Option<String> = None;
        loop {
            let (index, consistency, after_key) = (Index::Table, Consistency::Strong, after.as_deref());
            let query =
                Query { index, consistency, partition: &partition, after: after_key, through: None, limit: PAGE };
            let rows = asking.store.query(&query).await?;
            let full = rows.len() == PAGE;
            after = rows.last().map(|row| row.sort.clone());
            for row in rows {
                known.insert(row.sort.clone(), (read(&row)?, row.version));
            }
            if !full {
                return Ok(Self { known, now: asking.now, freshness: asking.config.people.freshness() });
            }
        }
    }

    /// How many this very scan has asked about, before its beginning was repeated.
    pub(super) fn of_this_scan(&self) -> usize {
        self.known.values().filter(|(mark, _)| mark.at == self.now).count()
    }

    /// Whether somebody was asked about within the window, which may have become another one since.
    pub(super) fn of(&self, contact: &ContactId) -> Freshness {
        match self.known.get(contact.as_str()) {
            Some((mark, _)) if mark.at + self.freshness <= self.now => Freshness::Due,
            Some((Mark { answered: true, .. }, _)) => Freshness::Fresh,
            Some(_) => Freshness::Lost,
            None => Freshness::Due,
        }
    }

    /// Marks people who are about to be asked about, all of them or none. Where somebody else has done so meanwhile, that is
    /// a conflict, and nobody is asked.
    pub(super) async fn set(&self, asking: &Asking<'_>, questions: &[Question]) -> Result<(), HandlerError> {
        let mark = Mark { at: asking.now, answered: false, fact: None };
        let write = |question: &Question| {
            let known = self.known.get(question.contact.as_str());
            let expect = known.map_or(Expect::Absent, |(_, version)| Expect::Version(*version));
            mark.write(asking, &question.contact, expect)
        };
        let writes: Vec<Write> = questions.iter().map(write).collect();
        if !writes.is_empty() {
            asking.store.commit(Commit { claim: None, writes }).await?;
        }
        Ok(())
    }
}

/// Takes marks back.
pub(super) async fn take_back(asking: &Asking<'_>, questions: &[Question]) -> Result<(), HandlerError> {
    let keys = questions.iter().map(|question| key(asking, &question.contact)).collect();
    Ok(asking.store.save(Vec::new(), keys).await?)
}

/// The facts that were heard of these people before and have not been forgotten yet.
pub(super) async fn facts(
    asking: &Asking<'_>,
    contacts: impl Iterator<Item = &ContactId>,
) -> Result<HashMap<String, ObservationId>, HandlerError> {
    let keys: Vec<Key> = contacts.map(|contact| key(asking, contact)).collect();
    let rows = if keys.is_empty() { Vec::new() } else { asking.store.get_all(&keys, Consistency::Strong).await? };
    let mut facts = HashMap::new();
    for row in rows {
        if let Some(fact) = read(&row)?.fact {
            facts.insert(row.sort, fact);
        }
    }
    Ok(facts)
}

fn read(row: &Row) -> Result<Mark, StoreError> {
    serde_json::from_slice(&row.body).map_err(|e| unreadable_row(row, &e.to_string()))
}

/// Where a mark stands. Two systems may have contacts of the same id.
pub(super) fn key(asking: &Asking<'_>, contact: &ContactId) -> Key {
    Key::new(partition(asking), contact.as_str())
}

fn partition(asking: &Asking<'_>) -> String {
    format!("ASKED#{}#{}", asking.system, asking.people.name())
}
