//! Where in the file the people of an account stand: noted on disk during a pass, so that reading the people of some
//! accounts needs no second pass, and memory does not grow with the file.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::sync::{Mutex, PoisonError};

use domain::AccountId;
use domain::ports::CrmError;

/// Bytes of a note: hash of the account, offset of the row, its line.
const NOTE: usize = 24;

/// The notes of the last pass that came to its end.
#[derive(Default)]
pub(super) struct Whereabouts(Mutex<Option<File>>);

/// Where a row begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Bytes before it.
    pub byte: u64,
    /// Its line, the header being 1.
    pub line: u64,
}

/// The notes of a pass that is under way.
pub(super) struct Notes(BufWriter<File>);

impl Notes {
    /// None yet.
    pub(super) fn new() -> Result<Self, CrmError> {
        Ok(Self(BufWriter::new(tempfile::tempfile().map_err(unavailable)?)))
    }

    /// Notes where a person of an account stands.
    pub(super) fn add(&mut self, account: &AccountId, place: Place) -> Result<(), CrmError> {
        let mut note = [0; NOTE];
        let parts = [hash(account), place.byte, place.line];
        note.chunks_exact_mut(8).zip(parts).for_each(|(bytes, part)| bytes.copy_from_slice(&part.to_le_bytes()));
        self.0.write_all(&note).map_err(unavailable)
    }
}

impl Whereabouts {
    /// Keeps the notes of a pass that came to its end.
    pub(super) fn keep(&self, notes: Notes) -> Result<(), CrmError> {
        let file = notes.0.into_inner().map_err(|e| unavailable(e.into_error()))?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(())
    }

    /// Where the people of these accounts stand, in the order of the file; `None` where no pass has noted it.
    /// Another account with the same hash may be among them.
    pub(super) fn of<'a>(&self, accounts: impl Iterator<Item = &'a AccountId>) -> Option<Vec<Place>> {
        let wanted: HashSet<u64> = accounts.map(hash).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let file = kept.as_mut()?;
        file.rewind().ok()?;
        let mut notes = BufReader::new(file);
        let mut places = Vec::new();
        let mut note = [0; NOTE];
        while notes.read_exact(&mut note).is_ok() {
            let [account, byte, line] = [0, 8, 16].map(|at| number(&note, at));
            if wanted.contains(&account) {
                places.push(Place { byte, line });
            }
        }
        Some(places)
    }
}

fn number(note: &[u8; NOTE], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&note[at..at + 8]);
    u64::from_le_bytes(bytes)
}

fn hash(account: &AccountId) -> u64 {
    let mut hasher = DefaultHasher::new();
    account.hash(&mut hasher);
    hasher.finish()
}

fn unavailable(error: std::io::Error) -> CrmError {
    CrmError::Unavailable(Box::new(error))
}
