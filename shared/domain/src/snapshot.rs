//! What was last seen of one contact, and what Baton concluded then. Stored as two lines of JSON: the second is
//! what the CRM showed, so that an unchanged contact is recognised by comparing bytes, without reading either.

use serde::{Deserialize, Serialize};

use crate::crm::{Role, Seen};
use crate::observation::Observation;
use crate::{AccountId, CaseId, Personal};

/// What was last seen of one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What we concluded.
    pub standing: Standing,
    /// What the CRM showed.
    pub seen: Seen,
}

/// What Baton concluded about a contact so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How many real changes were found: which occurrence the next one is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub occurrences: u32,
    /// The person was judged to have left; more evidence of that is nothing new.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// The record no longer exists in the CRM.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The latest case and what was seen before it, so that a reversal is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Latest>,
    /// What others than the CRM have told of the person, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Observation>,
}

/// More is not kept: the latest word counts.
const MOST_TOLD: usize = 8;

impl Standing {
    /// Remembers what was told. The same fact is remembered once, and of facts that say the same the latest.
    pub fn remember(&mut self, told: &[Observation]) {
        for observation in told {
            if self.told.iter().all(|known| known.id != observation.id && !known.replaces(observation)) {
                self.told.retain(|known| !observation.replaces(known));
                self.told.push(observation.clone());
            }
        }
        self.told.sort_by_key(|observation| observation.observed);
        let surplus = self.told.len().saturating_sub(MOST_TOLD);
        self.told.drain(..surplus);
    }
}

/// The latest case about a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    /// The case.
    pub case: CaseId,
    /// The account it was filed under.
    pub account: AccountId,
    /// When it was made.
    pub at: jiff::Timestamp,
    /// What was seen before the change; nothing for an arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Seen>,
}

impl Snapshot {
    /// A contact seen for the first time.
    pub fn first(seen: Seen) -> Self {
        Self { standing: Standing::default(), seen }
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(&self.standing).unwrap_or_default();
        bytes.push(b'\n');
        append_seen(&self.seen, &mut bytes);
        bytes
    }

    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let (standing, seen) = split(bytes);
        Ok(Self { standing: serde_json::from_slice(standing)?, seen: read_seen(seen)? })
    }

    /// Whether stored bytes show exactly this, the record existing; `scratch` is reused between calls.
    pub fn shows(bytes: &[u8], seen: &Seen, scratch: &mut Vec<u8>) -> bool {
        scratch.clear();
        append_seen(seen, scratch);
        let (standing, stored) = split(bytes);
        stored == scratch.as_slice() && !standing.windows(DELETED.len()).any(|w| w == DELETED)
    }
}

const DELETED: &[u8] = b"\"deleted\":true";

/// The CRM's line as a tuple: field names would double the bytes that every scan reads.
#[derive(Serialize, Deserialize)]
struct Wire<'a>(
    #[serde(borrow)] Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)] std::borrow::Cow<'a, str>,
    u8,
    #[serde(borrow)] std::borrow::Cow<'a, str>,
    #[serde(borrow)] std::borrow::Cow<'a, str>,
    #[serde(borrow)] std::borrow::Cow<'a, str>,
    #[serde(borrow)] std::borrow::Cow<'a, str>,
    Vec<Role>,
    #[serde(borrow, default)] std::borrow::Cow<'a, str>,
    #[serde(borrow, default)] std::borrow::Cow<'a, str>,
);

/// Reads what the CRM showed.
pub(crate) fn read_seen(line: &[u8]) -> Result<Seen, serde_json::Error> {
    serde_json::from_slice::<Wire<'_>>(line).map(Seen::from)
}

/// Writes what the CRM showed, in one line.
pub(crate) fn append_seen(seen: &Seen, bytes: &mut Vec<u8>) {
    let flags = u8::from(seen.active)
        | u8::from(seen.bounced) << 1
        | u8::from(seen.left) << 2
        | u8::from(seen.inactive) << 3
        | u8::from(seen.unwatched) << 4;
    let tuple = (
        seen.account.as_ref().map(AccountId::as_str),
        &seen.company,
        flags,
        seen.name.reveal(),
        &seen.title,
        &seen.department,
        seen.email.reveal(),
        &seen.roles,
    );
    // Strings, numbers and a list cannot fail to serialise into memory.
    let _ = serde_json::to_writer(&mut *bytes, &tuple);
    // Most CRMs have neither, and bytes that are not there are not read with every scan.
    if !seen.phone.reveal().is_empty() || !seen.reports_to.is_empty() {
        bytes.pop();
        for text in [seen.phone.reveal(), &seen.reports_to] {
            bytes.push(b',');
            let _ = serde_json::to_writer(&mut *bytes, text);
        }
        bytes.push(b']');
    }
}

impl From<Wire<'_>> for Seen {
    fn from(wire: Wire<'_>) -> Self {
        let Wire(account, company, flags, name, title, department, email, roles, phone, reports_to) = wire;
        Self {
            account: account.and_then(|id| AccountId::parse(&id).ok()),
            company: company.into_owned(),
            active: flags & 1 != 0,
            bounced: flags & 2 != 0,
            left: flags & 4 != 0,
            inactive: flags & 8 != 0,
            unwatched: flags & 16 != 0,
            name: Personal::new(name),
            title: title.into_owned(),
            department: department.into_owned(),
            email: Personal::new(email),
            phone: Personal::new(phone),
            reports_to: reports_to.into_owned(),
            roles,
        }
    }
}

fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|b| *b == b'\n') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Seen {
        Seen {
            account: AccountId::parse("001A").ok(),
            company: "Zoë \"Q\" Łtd".to_owned(),
            active: true,
            name: Personal::new("Dana Fox\nJr"),
            title: "VP".to_owned(),
            bounced: true,
            roles: vec![Role::Champion],
            ..Seen::default()
        }
    }

    #[test]
    fn a_snapshot_reads_back_as_it_was_written() {
        let mut snapshot = Snapshot::first(seen());
        snapshot.standing.occurrences = 2;
        assert_eq!(Snapshot::decode(&snapshot.encode()).unwrap(), snapshot);
    }

    #[test]
    fn a_snapshot_of_before_there_were_telephone_numbers_reads_as_one_without() {
        let with = Seen { phone: Personal::new("+49 30 1234567"), reports_to: "003B".to_owned(), ..seen() };
        let (mut old, mut new) = (Vec::new(), Vec::new());
        append_seen(&seen(), &mut old);
        append_seen(&with, &mut new);
        assert_eq!((read_seen(&old).unwrap(), read_seen(&new).unwrap()), (seen(), with));
        assert!(old.ends_with(b"\"champion\"]]"), "what is blank takes no place");
    }

    #[test]
    fn an_unchanged_contact_is_recognised_whatever_was_concluded_about_it() {
        let mut snapshot = Snapshot::first(seen());
        snapshot.standing.gone = true;
        assert!(Snapshot::shows(&snapshot.encode(), &seen(), &mut Vec::new()));
        let changed = Seen { title: "SVP".to_owned(), ..seen() };
        assert!(!Snapshot::shows(&snapshot.encode(), &changed, &mut Vec::new()));
    }

    #[test]
    fn a_deleted_contact_that_is_back_counts_as_changed() {
        let mut snapshot = Snapshot::first(seen());
        snapshot.standing.deleted = true;
        assert!(!Snapshot::shows(&snapshot.encode(), &seen(), &mut Vec::new()));
    }
}
