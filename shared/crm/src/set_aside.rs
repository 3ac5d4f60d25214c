//! Rows that were set aside instead of guessed at.

use std::sync::{Mutex, PoisonError};

use domain::ports::SetAside;

/// A broken file could set every row aside; the first few thousand say what is wrong with it.
const MOST: usize = 5_000;

/// Why a row whose id was there before is set aside.
pub(crate) const REPEATED: &str = "this id stands in an earlier row already; the first one counts";

#[derive(Default)]
pub(crate) struct SetAsides {
    rows: Mutex<Vec<SetAside>>,
    blind: Mutex<bool>,
}

impl SetAsides {
    /// Sets a row aside.
    pub(crate) fn add(&self, file: &str, row: u64, column: Option<&str>, reason: impl Into<String>) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let aside = SetAside { file: file.to_owned(), row, column: column.map(str::to_owned), reason: reason.into() };
        if rows.len() < MOST && !rows.contains(&aside) {
            rows.push(aside);
        }
    }

    /// A row whose id nobody can read was set aside: it may be any contact, so absence proves nothing.
    pub(crate) fn blind(&self) {
        *self.blind.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// A pass over the contacts begins again.
    pub(crate) fn forget_contacts(&self, file: &str) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).retain(|row| row.file != file);
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<SetAside> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether absence proves nothing.
    pub(crate) fn is_blind(&self) -> bool {
        *self.blind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
