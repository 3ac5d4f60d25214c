//! The hash chain that explains every decision: who did what to which case, when, on what grounds.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{CaseId, Personal};

/// One entry of a chain. Its hash covers every other field, the previous hash among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the chain, from 1, without gaps.
    pub seq: u64,
    /// What the chain is about: `ACCOUNT#001…` or `SCAN#salesforce`.
    pub chain: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who acted: a function's name, or a person's.
    pub actor: Personal,
    /// What was done, in one word or two: `detected`, `mail sent`, `silenced`.
    pub action: String,
    /// The case it was done to, if there is one.
    pub case: Option<CaseId>,
    /// Why, with the facts that decided.
    pub grounds: Personal,
    /// Hash of the entry before, 64 zeros for the first.
    pub previous: String,
    /// SHA-256 over all of the above, in hex.
    pub hash: String,
}

/// What an entry says, before it has its place in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The case it was done to.
    pub case: Option<CaseId>,
    /// Why.
    pub grounds: String,
}

/// The end of a chain: the last entry's place and hash. Kept beside the chain, so that a cut-off tail shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Place of the last entry; 0 for an empty chain.
    pub seq: u64,
    /// Hash of the last entry.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: "0".repeat(64) }
    }
}

impl Head {
    /// Appends a note, moving the head to it.
    pub fn append(&mut self, chain: &str, at: Timestamp, note: Note) -> Entry {
        let mut entry = Entry {
            seq: self.seq + 1,
            chain: chain.to_owned(),
            at,
            actor: Personal::new(note.actor),
            action: note.action,
            case: note.case,
            grounds: Personal::new(note.grounds),
            previous: self.hash.clone(),
            hash: String::new(),
        };
        entry.hash = entry.digest();
        *self = Self { seq: entry.seq, hash: entry.hash.clone() };
        entry
    }
}

impl Entry {
    fn digest(&self) -> String {
        let case = self.case.as_ref().map_or("", CaseId::as_str);
        let (seq, at) = (self.seq.to_string(), self.at.to_string());
        let parts =
            [&seq, &self.chain, &at, self.actor.reveal(), &self.action, case, self.grounds.reveal(), &self.previous];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }
}

/// What is wrong with a chain, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Its content no longer matches its hash.
    #[error("entry {seq} was edited: its content does not match its hash")]
    Edited {
        /// The entry's place.
        seq: u64,
    },
    /// A place in the sequence is empty.
    #[error("entry {seq} is missing: it was removed")]
    Removed {
        /// The empty place.
        seq: u64,
    },
    /// An entry stands where another one belongs.
    #[error("entry {seq} does not follow the one before it: entries were reordered or one was inserted")]
    Displaced {
        /// The place at which the chain breaks.
        seq: u64,
    },
    /// The head names an entry that is no longer there.
    #[error("the chain ends at entry {found}, but {expected} were written: the tail was cut off")]
    Truncated {
        /// The last entry that is there.
        found: u64,
        /// The last entry that was written.
        expected: u64,
    },
    /// There are entries after the one the head names.
    #[error("entry {seq} stands after the recorded end of the chain: it was inserted")]
    Appended {
        /// The first entry too many.
        seq: u64,
    },
    /// Nothing of the chain is there, not even its recorded end.
    #[error("no entry is left although {pointer} points to the chain: it was removed as a whole")]
    Missing {
        /// What says that there were entries.
        pointer: Pointer,
    },
}

/// A record that is only ever written together with an entry of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pointer {
    /// A case of the account.
    Case,
    /// A scan of the system.
    Scan,
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Case => "a case",
            Self::Scan => "a scan",
        })
    }
}

/// Recomputes a chain, given in stored order. Returns the number of entries, or the first thing that is wrong.
pub fn verify(entries: &[Entry], head: &Head) -> Result<u64, Broken> {
    let mut reached = Head::default();
    for entry in entries {
        let seq = reached.seq + 1;
        if entry.seq > seq {
            return Err(Broken::Removed { seq });
        }
        if entry.seq < seq {
            return Err(Broken::Displaced { seq });
        }
        if entry.digest() != entry.hash {
            return Err(Broken::Edited { seq });
        }
        if entry.previous != reached.hash {
            return Err(Broken::Displaced { seq });
        }
        if seq > head.seq {
            return Err(Broken::Appended { seq });
        }
        reached = Head { seq, hash: entry.hash.clone() };
    }
    if reached.seq < head.seq {
        return Err(Broken::Truncated { found: reached.seq, expected: head.seq });
    }
    if reached.hash != head.hash {
        return Err(Broken::Edited { seq: head.seq });
    }
    Ok(reached.seq)
}

/// The same for a chain that something points to, which therefore cannot be empty.
pub fn verify_pointed_to(entries: &[Entry], head: &Head, pointer: Pointer) -> Result<u64, Broken> {
    match verify(entries, head)? {
        0 => Err(Broken::Missing { pointer }),
        count => Ok(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> (Vec<Entry>, Head) {
        let mut head = Head::default();
        let entries = ["detected", "enriched", "planned", "notified"]
            .into_iter()
            .map(|action| {
                let note = Note {
                    actor: "scanner".to_owned(),
                    action: action.to_owned(),
                    case: None,
                    grounds: "a fact".to_owned(),
                };
                head.append("ACCOUNT#1", Timestamp::UNIX_EPOCH, note)
            })
            .collect();
        (entries, head)
    }

    fn check(tamper: impl FnOnce(&mut Vec<Entry>), expected: Result<u64, Broken>) {
        let (mut entries, head) = chain();
        tamper(&mut entries);
        assert_eq!(verify(&entries, &head), expected);
    }

    #[test]
    fn an_untouched_chain_is_whole() {
        check(|_| {}, Ok(4));
    }

    #[test]
    fn every_kind_of_tampering_is_found_and_located() {
        check(|e| e[1].grounds = Personal::new("another fact"), Err(Broken::Edited { seq: 2 }));
        check(|e| drop(e.remove(1)), Err(Broken::Removed { seq: 2 }));
        check(|e| e.truncate(2), Err(Broken::Truncated { found: 2, expected: 4 }));
        check(std::vec::Vec::clear, Err(Broken::Truncated { found: 0, expected: 4 }));
        check(|e| e.insert(2, e[1].clone()), Err(Broken::Displaced { seq: 3 }));
        check(|e| e.swap(1, 2), Err(Broken::Removed { seq: 2 }));
    }

    #[test]
    fn an_empty_chain_is_whole_only_while_nothing_points_to_it() {
        assert_eq!(verify(&[], &Head::default()), Ok(0));
        let missing = Broken::Missing { pointer: Pointer::Case };
        assert_eq!(verify_pointed_to(&[], &Head::default(), Pointer::Case), Err(missing));
        let (entries, head) = chain();
        assert_eq!(verify_pointed_to(&entries, &head, Pointer::Case), Ok(4));
    }

    #[test]
    fn an_entry_rewritten_with_a_fitting_hash_breaks_the_link_to_the_next() {
        check(
            |e| {
                e[1].action = "nothing".to_owned();
                e[1].hash = e[1].digest();
            },
            Err(Broken::Displaced { seq: 3 }),
        );
    }

    #[test]
    fn an_entry_forged_after_the_end_is_found() {
        check(
            |e| {
                let mut head = Head { seq: 4, hash: e[3].hash.clone() };
                let note = Note { actor: "x".into(), action: "x".into(), case: None, grounds: "x".into() };
                e.push(head.append("ACCOUNT#1", Timestamp::UNIX_EPOCH, note));
            },
            Err(Broken::Appended { seq: 5 }),
        );
    }
}
