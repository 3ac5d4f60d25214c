//! The records of the one table: their keys, reading them typed, and gathering what one handler writes.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::audit::{Entry, Head, Note};
use crate::case::{Case, State};
use crate::messages::{CaseRef, DeliveryRef, Message, QueueName};
use crate::notice::{Delivery, Progress, Purpose};
use crate::ports::{Commit, Consistency, Expect, Index, Item, Key, Query, Row, StateChanged, Store, StoreError, Write};
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
    /// Contacts the CRM has, as far as was seen.
    pub contacts: u64,
    /// Of a pass over changed contacts only: how many the CRM gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<u64>,
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
    /// The latest change of a contact that the CRM told of: what comes later was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Timestamp>,
    /// Version of the configuration that judged it.
    #[serde(default)]
    pub config: String,
    /// What was heard from others than the CRM before it began.
    #[serde(default, skip_serializing_if = "Heard::is_nothing")]
    pub heard: Heard,
}

/// What was heard from others than the CRM before a scan began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    /// Mails that were read.
    pub mails: u64,
    /// Facts about people that stood in them.
    pub facts: u64,
    /// People who were asked about.
    pub asked: u64,
    /// Of those, whose job is known.
    pub found: u64,
    /// Who was left unasked and why, in words.
    pub unasked: Option<String>,
}

impl Heard {
    /// Whether nothing was read or asked.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
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

/// So long it is remembered why nobody was told of a change; the audit chain keeps it for ever.
pub const SILENCED_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);

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

/// The partition of what concerns all mail, which is the name of its audit chain too.
pub const MAIL: &str = "MAIL";
/// The partition of what concerns a channel as a whole, which is the name of its audit chain too.
pub const CHANNELS: &str = "CHANNELS";

/// Where it stands that too many contacts are missing, until a scan has settled it.
pub fn absence_key(system: &str) -> Key {
    Key::new(scan_partition(system), "ABSENT")
}

/// The index partition under which a case in this state is found. Those that wait for an answer stand apart: they are
/// looked for often, and are few.
pub fn cases_index(state: State) -> &'static str {
    match state {
        State::Notified => TOLD_CASES,
        state if state.is_final() => ENDED_CASES,
        _ => CASES,
    }
}

/// The index partition under which cases are found that are on their way, held, or taken on.
pub const CASES: &str = "CASES";
/// The index partition under which cases are found that somebody was told of and nobody has answered.
pub const TOLD_CASES: &str = "TOLD-CASES";
/// The index partition under which cases are found that have come to their end.
pub const ENDED_CASES: &str = "ENDED-CASES";
/// The partition of everything nobody was told of, many changes to an item.
const SILENCED: &str = "SILENCED";
/// The index partition under which all scans are found.
pub const SCANS: &str = "SCANS";
/// The index partition under which the deliveries are found of which nobody can tell whether they were sent.
pub const UNKNOWN: &str = "UNKNOWN";
/// The partition of messages that wait until the quiet hours of whoever is told are over.
pub const QUIET: &str = "QUIET";
/// So many records are read at once.
const MANY: usize = 1_000;
/// The partition of messages that wait to be handed over.
pub const OUTBOX: &str = "OUTBOX";

/// A claim is kept for longer than any message can still arrive: 14 days in a queue's dead letters, and a day.
pub const CLAIM_DAYS: i64 = 15;

/// Reads a case.
pub async fn case(store: &dyn Store, case: &CaseRef) -> Result<Option<Loaded<Case>>, StoreError> {
    read(store, &case_key(&case.account, &case.case)).await
}

/// Where a case stands.
pub fn case_key(account: &AccountId, case: &CaseId) -> Key {
    Key::new(account_partition(account), case_sort(case))
}

/// Reads several cases.
pub async fn cases(store: &dyn Store, keys: &[Key]) -> Result<Vec<Loaded<Case>>, StoreError> {
    store.get_all(keys, Consistency::Strong).await?.iter().map(decode).collect()
}

/// Reads a case and the end of its account's audit chain, both in one request.
pub async fn case_and_trail(store: &dyn Store, about: &CaseRef) -> Result<Option<(Loaded<Case>, Trail)>, StoreError> {
    let chain = account_partition(&about.account);
    let (case, head) = (case_key(&about.account, &about.case), head_key(&chain));
    let rows = store.get_all(&[case.clone(), head.clone()], Consistency::Strong).await?;
    let at = |key: &Key| rows.iter().find(|row| row.sort == key.sort);
    let Some(case) = at(&case).map(decode).transpose()? else { return Ok(None) };
    Ok(Some((case, Trail::new(chain, at(&head).map(decode).transpose()?))))
}

/// Reads a delivery.
pub async fn delivery(store: &dyn Store, at: &DeliveryRef) -> Result<Option<Loaded<Delivery>>, StoreError> {
    read(store, &Key::new(at.partition.clone(), format!("DELIVERY#{}", at.delivery))).await
}

/// Reads the first so many of a partition that stand after a sort key, each with its own. One that cannot be read does not stand
/// before the others.
pub async fn some_after<T: DeserializeOwned>(
    store: &dyn Store,
    index: Index,
    partition: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Result<Loaded<T>, StoreError>)>, StoreError> {
    let query = Query { index, consistency: Consistency::Eventual, partition, after, through: None, limit };
    let rows = store.query(&query).await?;
    Ok(rows.into_iter().map(|row| (row.sort.clone(), decode(&row))).collect())
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
        let consistency = Consistency::Strong;
        let query =
            Query { index, consistency, partition, after: after.as_deref(), through: Some(&through), limit: 1000 };
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

/// What a scan found, if it came to its end.
pub async fn finished_scan(store: &dyn Store, system: &str, scan: &ScanId) -> Result<Option<ScanRecord>, StoreError> {
    Ok(finished_scans(store, system).await?.into_iter().find(|found| found.scan == *scan))
}

/// The scans of a system that came to their end, oldest first.
pub async fn finished_scans(store: &dyn Store, system: &str) -> Result<Vec<ScanRecord>, StoreError> {
    let scans = all::<ScanRecord>(store, Index::Table, &scan_partition(system), "RUN#").await?;
    let mut scans: Vec<ScanRecord> = scans.into_iter().map(|scan| scan.value).collect();
    scans.sort_by_key(|scan| scan.at);
    Ok(scans)
}

/// Reads the end of an audit chain.
pub async fn trail(store: &dyn Store, chain: &str) -> Result<Trail, StoreError> {
    Ok(Trail::new(chain.to_owned(), read(store, &head_key(chain)).await?))
}

/// Everything nobody was told of, the latest last.
pub async fn all_silenced(store: &dyn Store) -> Result<Vec<Silenced>, StoreError> {
    let found = all::<Vec<Silenced>>(store, Index::Table, SILENCED, "").await?;
    Ok(found.into_iter().flat_map(|silenced| silenced.value).collect())
}

/// What nobody was told of since a time, the latest last.
pub async fn silenced_since(store: &dyn Store, since: Timestamp) -> Result<Vec<Silenced>, StoreError> {
    let (mut silenced, mut after) = (Vec::new(), Some(since.to_string()));
    loop {
        let rows = some_after::<Vec<Silenced>>(store, Index::Table, SILENCED, after.as_deref(), MANY).await?;
        let full = rows.len() == MANY;
        after = rows.last().map(|(sort, _)| sort.clone());
        for (_, row) in rows {
            silenced.extend(row?.value);
        }
        if !full {
            return Ok(silenced);
        }
    }
}

/// Reads an account's whole audit chain and its recorded end.
pub async fn audit(store: &dyn Store, chain: &str) -> Result<(Vec<Entry>, Head), StoreError> {
    let entries = all::<Entry>(store, Index::Table, chain, "AUDIT#").await?;
    let head: Option<Loaded<Head>> = read(store, &head_key(chain)).await?;
    Ok((entries.into_iter().map(|e| e.value).collect(), head.map_or_else(Head::default, |h| h.value)))
}

/// Whether a message waits for a time.
pub async fn waits(store: &dyn Store, until: Timestamp, message: &Message) -> Result<bool, StoreError> {
    Ok(store.get(&quiet_key(until, message)).await?.is_some())
}

fn quiet_key(at: Timestamp, message: &Message) -> Key {
    Key::new(QUIET, format!("{at}#{}", message.id))
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

impl Trail {
    fn new(chain: String, head: Option<Loaded<Head>>) -> Self {
        match head {
            Some(head) => Self { chain, head: head.value, expect: Expect::Version(head.version) },
            None => Self { chain, head: Head::default(), expect: Expect::Absent },
        }
    }
}

fn head_key(chain: &str) -> Key {
    Key::new(chain, "AUDIT-HEAD")
}

/// Everything one handler writes: records, audit entries and messages, in one commit.
#[derive(Debug)]
pub struct Change {
    commit: Commit,
    outgoing: Vec<Outgoing>,
    waiting: Vec<(Key, Vec<Outgoing>)>,
    trail: Option<Trail>,
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
        Self { trail: Some(trail), ..Self::untold(claim, now) }
    }

    /// Nothing yet, and nothing that an audit chain tells of: only where work is divided, never where it is decided.
    pub fn untold(claim: Option<MessageId>, now: Timestamp) -> Self {
        let commit = Commit { claim, writes: Vec::new() };
        Self { commit, outgoing: Vec::new(), waiting: Vec::new(), trail: None, now }
    }

    /// Goes on with another audit chain; with the one it is at, where it is.
    pub fn turn_to(&mut self, trail: Trail) {
        if self.trail.as_ref().is_some_and(|at| at.chain == trail.chain) {
            return;
        }
        self.end_trail();
        self.trail = Some(trail);
    }

    fn end_trail(&mut self) {
        if let Some(trail) = self.trail.take() {
            let item = Item { key: head_key(&trail.chain), index: None, body: encode(&trail.head), expires: None };
            self.commit.writes.push(Write::Put(item, trail.expect));
        }
    }

    /// Writes a case and announces its state.
    pub fn case(&mut self, case: &Case, expect: Expect) -> &mut Self {
        let event = self.put_case(case, expect);
        self.outgoing.push(event);
        self
    }

    /// Writes a case that is to be told; what announces it and what is sent with it waits until its scan is at its end, in one row of
    /// `partition` for all of this change that are of a `kind`.
    pub fn case_waiting(
        &mut self,
        case: &Case,
        expect: Expect,
        message: Message,
        partition: &str,
        kind: &str,
    ) -> &mut Self {
        let event = self.put_case(case, expect);
        self.wait(case, vec![event, Outgoing::Message(message)], partition, kind)
    }

    /// Sends a message about a case once its scan is at its end, in the same rows.
    pub fn message_waiting(&mut self, case: &Case, message: Message, partition: &str, kind: &str) -> &mut Self {
        self.wait(case, vec![Outgoing::Message(message)], partition, kind)
    }

    fn wait(&mut self, case: &Case, waiting: Vec<Outgoing>, partition: &str, kind: &str) -> &mut Self {
        match self.waiting.iter_mut().find(|(key, _)| key.sort.starts_with(kind)) {
            Some((_, row)) => row.extend(waiting),
            None => {
                let key = Key::new(partition, format!("{kind}{}#{}", case.account, case.id));
                self.waiting.push((key, waiting));
            }
        }
        self
    }

    /// Writes a case that stands where it stood: nothing is announced.
    pub fn put_again(&mut self, case: &Case, expect: Expect) -> &mut Self {
        self.put_case(case, expect);
        self
    }

    fn put_case(&mut self, case: &Case, expect: Expect) -> Outgoing {
        let item = Item {
            key: Key::new(account_partition(&case.account), case_sort(&case.id)),
            index: Some(cases_index(case.state).to_owned()),
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
        Outgoing::Event(event)
    }

    /// Writes a contact's snapshot.
    pub fn snapshot(&mut self, system: &str, contact: &ContactId, snapshot: &Snapshot, expect: Expect) -> &mut Self {
        self.commit.writes.push(Write::Put(snapshot_item(system, contact, snapshot), expect));
        self
    }

    /// Writes a delivery. A digest is kept as long as what it tells of in one line.
    pub fn delivery(&mut self, partition: &str, delivery: &Delivery, expect: Expect) -> &mut Self {
        let key = Key::new(partition, format!("DELIVERY#{}", delivery.id));
        let index = matches!(delivery.progress, Progress::Unknown { .. }).then(|| UNKNOWN.to_owned());
        let expires = (delivery.notice.purpose == Purpose::Digest).then(|| self.now + SILENCED_FOR);
        self.commit.writes.push(Write::Put(Item { key, index, body: encode(delivery), expires }, expect));
        self
    }

    /// Writes what a scan found.
    pub fn scan(&mut self, scan: &ScanRecord) -> &mut Self {
        let key = Key::new(scan_partition(&scan.system), format!("RUN#{}#{}", scan.at, scan.scan));
        let item = Item { key, index: Some(SCANS.to_owned()), body: encode(scan), expires: None };
        self.commit.writes.push(Write::Put(item, Expect::Anything));
        self
    }

    /// Records changes of one scan that nobody is told of, in one item.
    pub fn silenced(&mut self, scan: &ScanId, silenced: &[Silenced]) -> &mut Self {
        let Some(first) = silenced.first() else { return self };
        let key = Key::new(SILENCED, format!("{}#{scan}#{}", first.at, first.contact));
        let item = Item { key, index: None, body: encode(silenced), expires: Some(first.at + SILENCED_FOR) };
        self.commit.writes.push(Write::Put(item, Expect::Anything));
        self
    }

    /// Writes any other record.
    pub fn put<T: Serialize>(&mut self, key: Key, record: &T, expect: Expect) -> &mut Self {
        self.commit.writes.push(Write::Put(Item { key, index: None, body: encode(record), expires: None }, expect));
        self
    }

    /// Makes a write that was made up elsewhere.
    pub fn write(&mut self, write: Write) -> &mut Self {
        self.commit.writes.push(write);
        self
    }

    /// Sends a message once a time has come, and not twice for the same time.
    pub fn send_at(&mut self, at: Timestamp, message: Message) -> &mut Self {
        let key = quiet_key(at, &message);
        let body = encode(&[Outgoing::Message(message)]);
        self.commit.writes.push(Write::Put(Item { key, index: None, body, expires: None }, Expect::Absent));
        self
    }

    /// Removes a record.
    pub fn remove(&mut self, key: Key) -> &mut Self {
        self.commit.writes.push(Write::Delete(key));
        self
    }

    /// Appends an entry to the audit chain.
    pub fn note(&mut self, note: Note) -> &mut Self {
        if let Some(trail) = &mut self.trail {
            let entry = trail.head.append(&trail.chain, self.now, note);
            let key = Key::new(trail.chain.clone(), format!("AUDIT#{:012}", entry.seq));
            let item = Item { key, index: None, body: encode(&entry), expires: None };
            self.commit.writes.push(Write::Put(item, Expect::Absent));
        }
        self
    }

    /// Sends a message, once the commit is through.
    pub fn send(&mut self, message: Message) -> &mut Self {
        self.outgoing.push(Outgoing::Message(message));
        self
    }

    /// How many writes it makes so far, at most; a store takes no more than 100 in one commit.
    pub fn len(&self) -> usize {
        self.commit.writes.len() + self.waiting.len() + 3
    }

    /// Whether nothing was gathered.
    pub fn is_empty(&self) -> bool {
        self.commit.writes.is_empty() && self.outgoing.is_empty() && self.waiting.is_empty()
    }

    /// The commit, and what waits in the outbox for it: where it stands, and what it is.
    pub fn finish(mut self) -> (Commit, Option<(Key, Vec<Outgoing>)>) {
        self.end_trail();
        let Self { mut commit, outgoing, waiting, now, .. } = self;
        let own = outgoing.first().map(|first| Key::new(OUTBOX, format!("{now}#{}", first.id())));
        let own = own.map(|key| (key, outgoing));
        commit.writes.extend(waiting.iter().chain(&own).map(|(key, outgoing)| {
            let item = Item { key: key.clone(), index: None, body: encode(outgoing), expires: None };
            Write::Put(item, Expect::Anything)
        }));
        (commit, own)
    }
}

impl Outgoing {
    /// The message, if it is for this queue.
    pub(crate) fn message_for(&self, queue: QueueName) -> Option<&Message> {
        match self {
            Self::Message(message) if message.queue() == queue => Some(message),
            Self::Message(_) | Self::Event(_) => None,
        }
    }

    /// The event, if it is one.
    pub(crate) fn event(&self) -> Option<&StateChanged> {
        match self {
            Self::Event(event) => Some(event),
            Self::Message(_) => None,
        }
    }

    fn id(&self) -> &MessageId {
        match self {
            Self::Message(message) => &message.id,
            Self::Event(event) => &event.id,
        }
    }
}

/// Where a contact's snapshot stands.
pub fn snapshot_key(system: &str, contact: &ContactId) -> Key {
    Key::new(people_partition(system), contact.order_key())
}

/// A contact's snapshot as an item.
pub fn snapshot_item(system: &str, contact: &ContactId, snapshot: &Snapshot) -> Item {
    Item {
        key: snapshot_key(system, contact),
        index: snapshot.seen.account.as_ref().filter(|_| !snapshot.standing.deleted).map(people_of),
        body: snapshot.encode(),
        expires: None,
    }
}

fn case_sort(case: &CaseId) -> String {
    format!("CASE#{case}")
}

/// The stored form of a record.
pub fn encode<T: Serialize + ?Sized>(record: &T) -> Vec<u8> {
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
