//! Records and values that were set aside instead of guessed at.

use std::sync::{Mutex, PoisonError};

use domain::ports::SetAside;

/// A wrong mapping could set every record aside; the first few thousand say what is wrong with it.
const MOST: usize = 5_000;

#[derive(Default)]
pub(super) struct Aside(Mutex<Vec<SetAside>>);

impl Aside {
    /// Sets the value of a field aside; the id of the record stands where a file has its row.
    pub(super) fn add(&self, model: &str, id: i64, field: Option<&str>, reason: String) {
        let row = u64::try_from(id).unwrap_or_default();
        let aside = SetAside { file: model.to_owned(), row, column: field.map(str::to_owned), reason };
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() < MOST && !rows.contains(&aside) {
            rows.push(aside);
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<SetAside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
