//! Contacts that come in no order, brought into the order of their ids by SQLite's own sorter, on disk.

use domain::ContactId;
use domain::crm::Contact;
use domain::ports::CrmError;
use domain::snapshot::Snapshot;
use rusqlite::{Connection, params};

/// Takes contacts in any order, gives them back in the order of their ids.
pub(crate) struct Sorter {
    connection: Connection,
    _file: tempfile::TempDir,
}

impl Sorter {
    /// An empty one; what it takes is kept in a temporary file.
    pub(crate) fn new() -> Result<Self, CrmError> {
        let file = tempfile::tempdir().map_err(|e| CrmError::Unavailable(Box::new(e)))?;
        let connection = Connection::open(file.path().join("contacts.sqlite")).map_err(unavailable)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384; PRAGMA temp_store=FILE;
                 CREATE TABLE contact (key TEXT NOT NULL, line INTEGER NOT NULL, by_owner INTEGER NOT NULL, seen BLOB NOT NULL); BEGIN;",
            )
            .map_err(unavailable)?;
        Ok(Self { connection, _file: file })
    }

    /// Takes one contact.
    pub(crate) fn add(&mut self, contact: &Contact, line: u64) -> Result<(), CrmError> {
        let seen = Snapshot::first(contact.seen.clone()).encode();
        let line = i64::try_from(line).unwrap_or_default();
        self.connection
            .prepare_cached("INSERT INTO contact (key, line, by_owner, seen) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut s| s.execute(params![contact.id.order_key(), line, contact.by_owner, seen]))
            .map_err(unavailable)?;
        Ok(())
    }

    /// Gives the contacts back, with their lines, until `take` wants no more.
    pub(crate) fn each(&mut self, mut take: impl FnMut(Contact, u64) -> bool) -> Result<(), CrmError> {
        let all = "SELECT key, line, by_owner, seen FROM contact ORDER BY key, line";
        let mut statement = self.connection.prepare(all).map_err(unavailable)?;
        let mut rows = statement.query([]).map_err(unavailable)?;
        while let Some(row) = rows.next().map_err(unavailable)? {
            let key: String = row.get(0).map_err(unavailable)?;
            let line: i64 = row.get(1).map_err(unavailable)?;
            let by_owner: bool = row.get(2).map_err(unavailable)?;
            let seen = row.get_ref(3).and_then(|v| Ok(v.as_blob()?)).map_err(unavailable)?;
            let unreadable = |e: &dyn std::fmt::Display| CrmError::Unavailable(e.to_string().into());
            let snapshot = Snapshot::decode(seen).map_err(|e| unreadable(&e))?;
            let id = ContactId::of_order_key(&key).map_err(|e| unreadable(&e))?;
            let contact = Contact { id, seen: snapshot.seen, by_owner };
            if !take(contact, line.unsigned_abs()) {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Contacts in the order of their ids, each once, given page by page.
#[cfg(feature = "live")]
pub(crate) struct Sorted {
    connection: Connection,
    _file: tempfile::TempDir,
}

#[cfg(feature = "live")]
impl Sorter {
    /// Brings what was taken into its order. Of contacts with the same id the one with the highest line is kept.
    pub(crate) fn sorted(self) -> Result<Sorted, CrmError> {
        self.connection
            .execute_batch(
                "COMMIT;
                 CREATE TABLE sorted (key TEXT PRIMARY KEY, by_owner INTEGER NOT NULL, seen BLOB NOT NULL) WITHOUT ROWID;
                 INSERT OR REPLACE INTO sorted SELECT key, by_owner, seen FROM contact ORDER BY key, line;
                 DROP TABLE contact;",
            )
            .map_err(unavailable)?;
        Ok(Sorted { connection: self.connection, _file: self._file })
    }
}

#[cfg(feature = "live")]
impl Sorted {
    /// At most so many contacts with ids above one and up to another.
    pub(crate) fn page(
        &self,
        after: Option<&ContactId>,
        through: Option<&ContactId>,
        limit: usize,
    ) -> Result<Vec<Contact>, CrmError> {
        let page =
            "SELECT key, by_owner, seen FROM sorted WHERE key > ?1 AND (?2 IS NULL OR key <= ?2) ORDER BY key LIMIT ?3";
        let mut statement = self.connection.prepare_cached(page).map_err(unavailable)?;
        let (after, through) = (after.map(ContactId::order_key), through.map(ContactId::order_key));
        let bounds = params![after.as_deref().unwrap_or(""), through, limit as i64];
        let mut rows = statement.query(bounds).map_err(unavailable)?;
        let mut contacts = Vec::new();
        while let Some(row) = rows.next().map_err(unavailable)? {
            let key: String = row.get(0).map_err(unavailable)?;
            let by_owner: bool = row.get(1).map_err(unavailable)?;
            let seen = row.get_ref(2).and_then(|v| Ok(v.as_blob()?)).map_err(unavailable)?;
            let unreadable = |e: &dyn std::fmt::Display| CrmError::Unavailable(e.to_string().into());
            let snapshot = Snapshot::decode(seen).map_err(|e| unreadable(&e))?;
            let id = ContactId::of_order_key(&key).map_err(|e| unreadable(&e))?;
            contacts.push(Contact { id, seen: snapshot.seen, by_owner });
        }
        Ok(contacts)
    }
}

fn unavailable(error: rusqlite::Error) -> CrmError {
    CrmError::Unavailable(Box::new(error))
}
