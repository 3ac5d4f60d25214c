//! A scan that is under way: its parts, how far each has come, and what was seen and not yet judged. Whoever goes on with
//! it, in whichever process, finds everything here.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::crm::Seen;
use crate::messages::{Body, Message, PartRef};
use crate::pending::Pending;
use crate::ports::{Expect, Index, Item, Key, Store, StoreError, Write};
use crate::records::{self, Change, Loaded, ScanRecord, scan_partition};
use crate::snapshot;
use crate::{ContactId, MessageId, ScanId};

/// The index partition under which the scans that are under way are found.
pub const RUNNING: &str = "RUNNING";

/// A scan that is under way. There is at most one for each CRM system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// What it found so far.
    pub record: ScanRecord,
    /// Only contacts changed since then are looked at; nothing: all of them.
    pub since: Option<Timestamp>,
    /// Nothing was ever seen of this CRM: whatever there is, is a baseline.
    pub baseline: bool,
    /// Into how many parts the contacts were cut.
    pub parts: u32,
    /// How far it is.
    pub phase: Phase,
    /// Whether what is to be told is plausible was decided; the record says how.
    pub decided: bool,
    /// How often it was asked to go on because nothing had moved.
    pub resumed: u32,
    /// When it last came further.
    pub moved: Timestamp,
}

/// How far a scan is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Its parts look at contacts.
    Looking,
    /// What was seen is judged.
    Judging {
        /// The one message that may go on with it.
        by: MessageId,
        /// The part and the chunk that come next.
        next: (u32, u32),
    },
    /// Everything is judged; what is to be told goes out, or is held.
    Closing {
        /// The one message that may go on with it.
        by: MessageId,
    },
}

/// One run of contact ids of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which one, from 0.
    pub number: u32,
    /// Ids above this one only.
    pub after: Option<ContactId>,
    /// Ids up to and with this one only.
    pub through: Option<ContactId>,
    /// Everything up to and with this id was looked at.
    pub reached: Option<ContactId>,
    /// It has come to its end.
    pub done: bool,
    /// Contacts looked at.
    pub contacts: u64,
    /// Contacts never seen before.
    pub first_seen: u64,
    /// Contacts that differ from their snapshots.
    pub changed: u64,
    /// How many chunks hold what differs.
    pub chunks: u32,
    /// Contacts with a snapshot that the CRM no longer shows, as long as they are few enough to be believed.
    pub missing: Vec<ContactId>,
    /// How many those are, believed or not.
    pub missing_count: u64,
    /// A row could not be read at all, so that absence proves nothing.
    pub blind: bool,
    /// The latest change that the CRM told of.
    pub newest: Option<Timestamp>,
    /// When it last came further.
    pub moved: Timestamp,
}

/// One contact that is not as it was when last seen, kept until it is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighted {
    /// The contact.
    pub contact: ContactId,
    /// What was known of it.
    pub before: Option<Seen>,
    /// What is there now.
    pub after: Seen,
    /// What else is known of it.
    pub beside: Beside,
}

/// What is known of a contact beside the CRM's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// The account's owner was the last to change the record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_owner: bool,
    /// What others have told of the person and nobody has judged yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Pending>,
}

/// Where a scan that is under way stands.
pub fn running_key(system: &str) -> Key {
    Key::new(scan_partition(system), "RUNNING")
}

/// The scan of this system that is under way.
pub async fn running(store: &dyn Store, system: &str) -> Result<Option<Loaded<Running>>, StoreError> {
    records::read(store, &running_key(system)).await
}

/// Every scan that is under way.
pub async fn all_running(store: &dyn Store) -> Result<Vec<Loaded<Running>>, StoreError> {
    records::all(store, Index::Secondary, RUNNING, "").await
}

/// One part of a scan.
pub async fn part(store: &dyn Store, at: &PartRef) -> Result<Option<Loaded<Part>>, StoreError> {
    records::read(store, &part_key(&at.system, &at.scan, at.part)).await
}

/// All parts of a scan.
pub async fn parts(store: &dyn Store, running: &Running) -> Result<Vec<Loaded<Part>>, StoreError> {
    let prefix = format!("PART#{}#", running.record.scan);
    records::all(store, Index::Table, &scan_partition(&running.record.system), &prefix).await
}

/// A scan on Lambda in which nothing has moved for so long has lost its message: five tries of one, six minutes apart, take
/// half an hour.
pub const STANDS_STILL: SignedDuration = SignedDuration::from_mins(45);

/// When a scan last came further.
pub fn last_moved(running: &Running, parts: &[Loaded<Part>]) -> Timestamp {
    parts.iter().map(|part| part.value.moved).fold(running.moved, Timestamp::max)
}

/// Asks a scan to go on in which nothing has moved for so long. Nothing where it is moving.
pub async fn ask_to_go_on(
    store: &dyn Store,
    running: Loaded<Running>,
    patience: SignedDuration,
    now: Timestamp,
) -> Result<Option<Change>, StoreError> {
    let parts = parts(store, &running.value).await?;
    if now.duration_since(last_moved(&running.value, &parts)) < patience {
        return Ok(None);
    }
    Ok(Some(running.value.ask_again(running.version, &parts, now)))
}

/// Where a part stands.
pub fn part_key(system: &str, scan: &ScanId, part: u32) -> Key {
    Key::new(scan_partition(system), format!("PART#{scan}#{part:04}"))
}

/// Where a chunk of what a part has seen stands.
pub fn chunk_key(at: &PartRef, chunk: u32) -> Key {
    Key::new(scan_partition(&at.system), format!("SEEN#{}#{:04}#{chunk:05}", at.scan, at.part))
}

/// The partition of the counts of a scan, one for each of its commits that has any: a scan that is broken off and goes on
/// finds here what it has done.
pub fn tally_partition(scan: &ScanId) -> String {
    format!("TALLY#{scan}")
}

/// What one commit of a scan has made of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Findings that wait for a review.
    pub held: u64,
    /// Changes that nobody is told of.
    pub silenced: u64,
}

impl Tally {
    /// The write of it, in the commit whose first contact this is.
    pub fn write(&self, scan: &ScanId, first: &ContactId, now: Timestamp) -> Write {
        let key = Key::new(tally_partition(scan), first.as_str());
        let expires = Some(now + SignedDuration::from_hours(24 * records::CLAIM_DAYS));
        Write::Put(Item { key, index: None, body: records::encode(self), expires }, Expect::Anything)
    }
}

/// The partition of what waits for the end of a scan: messages about its findings.
pub fn waiting_partition(scan: &ScanId) -> String {
    format!("WAITING#{scan}")
}

impl Running {
    /// The write that records how far it is.
    pub fn write(&self, expect: Expect) -> Write {
        let item = Item {
            key: running_key(&self.record.system),
            index: Some(RUNNING.to_owned()),
            body: records::encode(self),
            expires: None,
        };
        Write::Put(item, expect)
    }

    /// One of its parts.
    pub fn part(&self, part: u32) -> PartRef {
        PartRef { system: self.record.system.clone(), scan: self.record.scan.clone(), part }
    }

    /// Asks for the end of it, where nothing has moved for a while: whichever message should have led there is lost, or in
    /// the dead letters.
    fn ask_again(mut self, version: u64, parts: &[Loaded<Part>], now: Timestamp) -> Change {
        self.resumed += 1;
        self.moved = now;
        let again = self.resumed.to_string();
        let mut change = Change::untold(None, now);
        let unfinished = parts.iter().filter(|part| !part.value.done).map(|part| part.value.number);
        for number in unfinished {
            let at = self.part(number);
            let id = MessageId::of(&["look", at.scan.as_str(), &number.to_string(), "again", &again]);
            change.send(Message::new(id, Body::Look(at)));
        }
        if parts.iter().all(|part| part.value.done) {
            let id = MessageId::of(&["judge", self.record.scan.as_str(), "again", &again]);
            match &mut self.phase {
                Phase::Looking => {}
                Phase::Judging { by, .. } | Phase::Closing { by } => *by = id.clone(),
            }
            change.send(Message::new(id, Body::Judge(self.part(0))));
        }
        change.write(self.write(Expect::Version(version)));
        change
    }
}

impl Sighted {
    /// The stored form: four lines, of which the second is empty for a contact never seen before, and the last where nothing
    /// is known beside the record.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.contact.as_str().as_bytes());
        bytes.push(b'\n');
        if let Some(before) = &self.before {
            snapshot::append_seen(before, bytes);
        }
        bytes.push(b'\n');
        snapshot::append_seen(&self.after, bytes);
        bytes.push(b'\n');
        if self.beside != Beside::default() {
            bytes.extend(records::encode(&self.beside));
        }
        bytes.push(b'\n');
    }

    /// Reads a chunk.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, String> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let mut sighted = Vec::new();
        loop {
            match [lines.next(), lines.next(), lines.next(), lines.next()] {
                [Some(contact), Some(before), Some(after), Some(beside)] => {
                    sighted.push(Self::read(contact, before, after, beside)?);
                }
                [None | Some(b""), None, None, None] => return Ok(sighted),
                _ => return Err("it breaks off".to_owned()),
            }
        }
    }

    fn read(contact: &[u8], before: &[u8], after: &[u8], beside: &[u8]) -> Result<Self, String> {
        let contact = std::str::from_utf8(contact).map_err(|e| e.to_string())?;
        let seen = |line: &[u8]| snapshot::read_seen(line).map_err(|e| e.to_string());
        Ok(Self {
            contact: ContactId::parse(contact).map_err(|e| e.to_string())?,
            before: if before.is_empty() { None } else { Some(seen(before)?) },
            after: seen(after)?,
            beside: match beside {
                b"" => Beside::default(),
                known => serde_json::from_slice(known).map_err(|e| e.to_string())?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_back_as_it_was_written() {
        let seen = |title: &str| Seen { title: title.to_owned(), company: "A\nB".to_owned(), ..Seen::default() };
        let sighted = |id: &str, before: Option<Seen>| Sighted {
            contact: ContactId::parse(id).unwrap(),
            before,
            after: seen("VP \"Ops\"\n"),
            beside: Beside { by_owner: id == "003B", told: Vec::new() },
        };
        let all = vec![sighted("003A", None), sighted("003B", Some(seen(""))), sighted("003C", None)];
        let mut bytes = Vec::new();
        all.iter().for_each(|one| one.append_to(&mut bytes));
        assert_eq!(Sighted::read_all(&bytes).unwrap(), all);
        assert_eq!(Sighted::read_all(b"").unwrap(), []);
        assert!(Sighted::read_all(&bytes[..bytes.len() / 2]).is_err());
    }
}
