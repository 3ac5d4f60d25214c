//! The records of the one table: their keys, reading them typed, and gathering what one handler writes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::audit::{Entry, Head, Note};
use crate::case::Case;
use crate::messages::{CaseRef, DeliveryRef, Message};
use crate::notice::Delivery;
use crate::ports::{Commit, Expect, Index, Item, Key, Query, Row, StateChanged, Store, StoreError, Write};
use crate::snapshot::Snapshot;
use crate::{AccountId, CaseId, ContactId, MessageId, Personal, ScanId};

/// A record with the version it was read at.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded<T> {
    /// The record.
    pub value: T,
    /// What it must still be when it is written again.
    pub version: u64,
}

/// What a scan found, for the report and for the next scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanRecord {
    /// The scan.
    pub scan: ScanId,
    /// The CRM system.
    pub system: String,
    /// When it ran.
    pub at: Timestamp,
    /// Contacts looked at.
    pub contacts: u64,
    /// Contacts seen for the first time.
    pub first_seen: u64,
    /// Contacts of which any watched field differed.
    pub changed: u64,
    /// Findings that are told.
    pub alerted: u64,
    /// Findings that wait for a review.
    pub held: u64,
    /// Changes that nobody is told of.
    pub silenced: u64,
    /// Why the scan was stopped, if it was.
    pub brake: Option<String>,
    /// Nobody is told anything of this scan.
    pub shadow: bool,
}

/// Why a scan is being stopped, from the first finding it holds until it has come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Braked {
    /// What was seen, in words.
    pub saw: String,
    /// The scan that saw it. Whoever takes it up after a crash goes on under this name, which the held cases carry.
    pub scan: ScanId,
}

/// More contacts are missing than is plausible, and a person decides what the next scan makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// How many were missing in each scan that was stopped for it: a person may answer any of their notices.
    pub missing: BTreeMap<ScanId, u64>,
    /// What a person has said, and of how many contacts.
    pub ruling: Option<(Ruling, u64)>,
}

/// What a person says of contacts that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// They were deleted: each is judged as any other deleted contact.
    Released,
    /// They were deleted, and nobody need be told.
    Discarded,
}

/// A change nobody is told of, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Silenced {
    /// When it was judged.
    pub at: Timestamp,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The contact.
    pub contact: ContactId,
    /// The contact's name.
    pub name: Personal,
    /// The judgement.
    pub finding: crate::finding::Finding,
    /// Why nobody is told.
    pub reason: String,
}

/// The partition of an account's records, which is the name of its audit chain too.
pub fn account_partition(account: &AccountId) -> String {
    format!("ACCOUNT#{account}")
}

/// The partition that holds the snapshots of a CRM system's contacts, in the order of their ids.
pub fn people_partition(system: &str) -> String {
    format!("PEOPLE#{system}")
}

/// The index partition under which an account's snapshots are found.
pub fn people_of(account: &AccountId) -> String {
    format!("PEOPLE-OF#{account}")
}

/// The partition of what concerns a CRM system as a whole, which is the name of its audit chain too.
pub fn scan_partition(system: &str) -> String {
    format!("SCAN#{system}")
}

/// Where it stands why a scan is being stopped, from the first finding it holds until it has come to its end.
pub fn brake_key(system: &str) -> Key {
    Key::new(scan_partition(system), "BRAKE")
}

/// Where it stands that too many contacts are missing, until a scan has settled it.
pub fn absence_key(system: &str) -> Key {
    Key::new(scan_partition(system), "ABSENT")
}

/// The index partition under which all cases are found.
pub const CASES: &str = "CASES";
/// The index partition under which everything nobody was told of is found.
pub const SILENCED: &str = "SILENCED";
/// The index partition under which all scans are found.
pub const SCANS: &str = "SCANS";
/// The partition of messages that wait to be handed over.
pub const OUTBOX: &str = "OUTBOX";

/// A claim is kept for longer than any message can still arrive: 14 days in a queue's dead letters, and a day.
pub const CLAIM_DAYS: i64 = 15;

/// Reads a case.
pub async fn case(store: &dyn Store, case: &CaseRef) -> Result<Option<Loaded<Case>>, StoreError> {
    read(store, &Key::new(account_partition(&case.account), case_sort(&case.case))).await
}

/// Reads a delivery.
pub async fn delivery(store: &dyn Store, at: &DeliveryRef) -> Result<Option<Loaded<Delivery>>, StoreError> {
    read(store, &Key::new(at.partition.clone(), format!("DELIVERY#{}", at.delivery))).await
}

/// Reads all of an index partition, or of a partition from one prefix on, in the order of its sort keys.
pub async fn all<T: DeserializeOwned>(
    store: &dyn Store,
    index: Index,
    partition: &str,
    prefix: &str,
) -> Result<Vec<Loaded<T>>, StoreError> {
    let mut found = Vec::new();
    let through = format!("{prefix}\u{10ffff}");
    let mut after = (!prefix.is_empty()).then(|| prefix.to_owned());
    loop {
        let query = Query { index, partition, after: after.as_deref(), through: Some(&through), limit: 1000 };
        let rows = store.query(&query).await?;
        let full = rows.len() == query.limit;
        after = rows.last().map(|row| row.sort.clone());
        for row in rows {
            found.push(decode(&row)?);
        }
        if !full {
            return Ok(found);
        }
    }
}

/// Reads the end of an audit chain.
pub async fn trail(store: &dyn Store, chain: &str) -> Result<Trail, StoreError> {
    let head: Option<Loaded<Head>> = read(store, &Key::new(chain, "AUDIT-HEAD")).await?;
    let (head, expect) = match head {
        Some(head) => (head.value, Expect::Version(head.version)),
        None => (Head::default(), Expect::Absent),
    };
    Ok(Trail { chain: chain.to_owned(), head, expect })
}

/// Reads an account's whole audit chain and its recorded end.
pub async fn audit(store: &dyn Store, chain: &str) -> Result<(Vec<Entry>, Head), StoreError> {
    let entries = all::<Entry>(store, Index::Table, chain, "AUDIT#").await?;
    let head: Option<Loaded<Head>> = read(store, &Key::new(chain, "AUDIT-HEAD")).await?;
    Ok((entries.into_iter().map(|e| e.value).collect(), head.map_or_else(Head::default, |h| h.value)))
}

/// Reads one record.
pub async fn read<T: DeserializeOwned>(store: &dyn Store, key: &Key) -> Result<Option<Loaded<T>>, StoreError> {
    store.get(key).await?.as_ref().map(decode).transpose()
}

/// The end of an audit chain, to which a handler appends.
#[derive(Clone, Debug)]
pub struct Trail {
    chain: String,
    head: Head,
    expect: Expect,
}

/// Everything one handler writes: records, audit entries and messages, in one commit.
#[derive(Debug)]
pub struct Change {
    commit: Commit,
    outgoing: Vec<Outgoing>,
    trail: Trail,
    now: Timestamp,
}

/// A message that waits in the outbox until it was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outgoing {
    /// For a queue.
    Message(Message),
    /// For the bus.
    Event(StateChanged),
}

impl Change {
    /// Nothing yet. `claim` is the message that is handled by it.
    pub fn new(claim: Option<MessageId>, trail: Trail, now: Timestamp) -> Self {
        Self { commit: Commit { claim, writes: Vec::new() }, outgoing: Vec::new(), trail, now }
    }

    /// Writes a case and announces its state.
    pub fn case(&mut self, case: &Case, expect: Expect) -> &mut Self {
        let item = Item {
            key: Key::new(account_partition(&case.account), case_sort(&case.id)),
            index: Some(CASES.to_owned()),
            body: encode(case),
            expires: None,
        };
        self.commit.writes.push(Write::Put(item, expect));
        let event = StateChanged {
            id: MessageId::of(&[case.id.as_str(), &case.state.to_string(), &case.history.len().to_string()]),
            account: case.account.clone(),
            case: case.id.clone(),
            verdict: case.finding.verdict,
            state: case.state,
            at: self.now,
        };
        self.outgoing.push(Outgoing::Event(event));
        self
    }

    /// Writes a contact's snapshot.
    pub fn snapshot(&mut self, system: &str, contact: &ContactId, snapshot: &Snapshot, expect: Expect) -> &mut Self {
        self.commit.writes.push(snapshot_write(system, contact, snapshot, expect));
        self
    }

    /// Writes a delivery.
    pub fn delivery(&mut self, partition: &str, delivery: &Delivery, expect: Expect) -> &mut Self {
        let key = Key::new(partition, format!("DELIVERY#{}", delivery.id));
        self.commit.writes.push(Write::Put(Item { key, index: None, body: encode(delivery), expires: None }, expect));
        self
    }

    /// Writes what a scan found.
    pub fn scan(&mut self, scan: &ScanRecord) -> &mut Self {
        let key = Key::new(scan_partition(&scan.system), format!("RUN#{}#{}", scan.at, scan.scan));
        let item = Item { key, index: Some(SCANS.to_owned()), body: encode(scan), expires: None };
        self.commit.writes.push(Write::Put(item, Expect::Anything));
        self
    }

    /// Records a change nobody is told of.
    pub fn silenced(&mut self, silenced: &Silenced) -> &mut Self {
        let key =
            Key::new(account_partition(&silenced.account), format!("SILENCED#{}#{}", silenced.at, silenced.contact));
        let item = Item { key, index: Some(SILENCED.to_owned()), body: encode(silenced), expires: None };
        self.commit.writes.push(Write::Put(item, Expect::Anything));
        self
    }

    /// Writes any other record.
    pub fn put<T: Serialize>(&mut self, key: Key, record: &T, expect: Expect) -> &mut Self {
        self.commit.writes.push(Write::Put(Item { key, index: None, body: encode(record), expires: None }, expect));
        self
    }

    /// Removes a record.
    pub fn remove(&mut self, key: Key) -> &mut Self {
        self.commit.writes.push(Write::Delete(key));
        self
    }

    /// Appends an entry to the audit chain.
    pub fn note(&mut self, note: Note) -> &mut Self {
        let entry = self.trail.head.append(&self.trail.chain, self.now, note);
        let key = Key::new(self.trail.chain.clone(), format!("AUDIT#{:012}", entry.seq));
        let item = Item { key, index: None, body: encode(&entry), expires: None };
        self.commit.writes.push(Write::Put(item, Expect::Absent));
        self
    }

    /// Sends a message, once the commit is through.
    pub fn send(&mut self, message: Message) -> &mut Self {
        self.outgoing.push(Outgoing::Message(message));
        self
    }

    /// How many writes there are so far; a store takes at most 100 in one commit.
    pub fn len(&self) -> usize {
        self.commit.writes.len() + self.outgoing.len() + 2
    }

    /// Whether nothing was gathered.
    pub fn is_empty(&self) -> bool {
        self.commit.writes.is_empty() && self.outgoing.is_empty()
    }

    /// The commit, the keys its messages have in the outbox, and the messages.
    pub fn finish(self) -> (Commit, Vec<(Key, Outgoing)>) {
        let Self { mut commit, outgoing, trail, now } = self;
        let head = Key::new(trail.chain, "AUDIT-HEAD");
        let item = Item { key: head, index: None, body: encode(&trail.head), expires: None };
        commit.writes.push(Write::Put(item, trail.expect));
        let mut waiting = Vec::with_capacity(outgoing.len());
        for out in outgoing {
            let id = match &out {
                Outgoing::Message(message) => &message.id,
                Outgoing::Event(event) => &event.id,
            };
            let key = Key::new(OUTBOX, format!("{now}#{id}"));
            let item = Item { key: key.clone(), index: None, body: encode(&out), expires: None };
            commit.writes.push(Write::Put(item, Expect::Anything));
            waiting.push((key, out));
        }
        (commit, waiting)
    }
}

/// The write of a snapshot, for the first sight of many contacts at once.
pub fn snapshot_write(system: &str, contact: &ContactId, snapshot: &Snapshot, expect: Expect) -> Write {
    let item = Item {
        key: Key::new(people_partition(system), contact.as_str()),
        index: snapshot.seen.account.as_ref().filter(|_| !snapshot.standing.deleted).map(people_of),
        body: snapshot.encode(),
        expires: None,
    };
    Write::Put(item, expect)
}

/// The write that remembers why a scan is being stopped: whoever takes it up after a crash sees only the rest of the
/// findings, which may be few enough to pass.
pub fn brake_write(system: &str, braked: &Braked) -> Write {
    Write::Put(Item { key: brake_key(system), index: None, body: encode(braked), expires: None }, Expect::Anything)
}

fn case_sort(case: &CaseId) -> String {
    format!("CASE#{case}")
}

fn encode<T: Serialize>(record: &T) -> Vec<u8> {
    // Our records have string keys and no floats that are not numbers, so they always serialise.
    serde_json::to_vec(record).unwrap_or_default()
}

fn decode<T: DeserializeOwned>(row: &Row) -> Result<Loaded<T>, StoreError> {
    let value = serde_json::from_slice(&row.body).map_err(|e| StoreError::Unreadable {
        key: format!("{} {}", row.partition, row.sort),
        reason: e.to_string(),
    })?;
    Ok(Loaded { value, version: row.version })
}
