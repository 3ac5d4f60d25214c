//! The state directory: one SQLite file, and a lock that keeps a second run out.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

/// The form of the tables that this build reads and writes.
const FORM: i64 = 1;

const TABLES: &str = "
    CREATE TABLE item (
        partition TEXT NOT NULL,
        sort      TEXT NOT NULL,
        version   INTEGER NOT NULL,
        second    TEXT,
        body      BLOB NOT NULL,
        expires   INTEGER,
        PRIMARY KEY (partition, sort)
    ) WITHOUT ROWID;
    CREATE INDEX item_second ON item (second, sort) WHERE second IS NOT NULL;
    CREATE TABLE message (
        id       INTEGER PRIMARY KEY AUTOINCREMENT,
        queue    TEXT NOT NULL,
        body     TEXT NOT NULL,
        visible  INTEGER NOT NULL,
        receives INTEGER NOT NULL DEFAULT 0,
        dead     TEXT
    );
    CREATE INDEX message_waiting ON message (queue, visible) WHERE dead IS NULL;
";

/// Why a state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It cannot be made or written to.
    #[error("the state directory {0} cannot be written: {1}; name another with --state")]
    Unwritable(PathBuf, #[source] std::io::Error),
    /// Another run holds the lock.
    #[error("another run of baton is using {0}; wait until it has ended, or name another directory with --state")]
    InUse(PathBuf),
    /// There is no state yet.
    #[error("there is no state in {0}; make one with `baton scan --crm export:DIR --state {0}`")]
    Missing(PathBuf),
    /// A newer build wrote it.
    #[error("the state in {path} has form {found}, this build reads form {FORM}; use the newer build that wrote it")]
    Newer {
        /// The directory.
        path: PathBuf,
        /// The form found.
        found: i64,
    },
    /// SQLite says no.
    #[error("the state in {0} cannot be used: {1}")]
    Sqlite(PathBuf, #[source] rusqlite::Error),
}

/// The open state directory. While it is held no other run can open it for writing.
pub struct Database {
    connection: Mutex<Connection>,
    _lock: Option<File>,
}

impl Database {
    /// Opens or makes the state in `dir` for a run that writes.
    pub fn open(dir: &Path) -> Result<Self, DatabaseError> {
        let unwritable = |e| DatabaseError::Unwritable(dir.to_owned(), e);
        std::fs::create_dir_all(dir).map_err(unwritable)?;
        let lock = File::create(dir.join("lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DatabaseError::InUse(dir.to_owned())),
            Err(TryLockError::Error(e)) => return Err(unwritable(e)),
        }
        let sqlite = |e| DatabaseError::Sqlite(dir.to_owned(), e);
        let connection = Connection::open(dir.join("baton.sqlite")).map_err(sqlite)?;
        // WAL with NORMAL: a killed process loses nothing; only a power cut may lose the last moments, which are then redone.
        connection
            .execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;
                 PRAGMA wal_autocheckpoint=32000;",
            )
            .map_err(sqlite)?;
        prepare(&connection, dir)?;
        Ok(Self { connection: Mutex::new(connection), _lock: Some(lock) })
    }

    /// Opens the state in `dir` for reading; a run that writes may go on beside it.
    pub fn read(dir: &Path) -> Result<Self, DatabaseError> {
        let connection = existing(dir)?;
        connection.execute_batch("PRAGMA query_only=ON;").map_err(|e| DatabaseError::Sqlite(dir.to_owned(), e))?;
        Ok(Self { connection: Mutex::new(connection), _lock: None })
    }

    /// Opens the state in `dir` for a commit and the messages that follow from it; a run that works the queues may go on beside it,
    /// and each waits for the other's transactions. Whoever opens it so receives nothing: another run could have it too.
    pub fn beside(dir: &Path) -> Result<Self, DatabaseError> {
        Ok(Self { connection: Mutex::new(existing(dir)?), _lock: None })
    }

    /// A state that lives as long as this value.
    pub fn in_memory() -> Result<Self, DatabaseError> {
        let memory = || PathBuf::from(":memory:");
        let connection = Connection::open_in_memory().map_err(|e| DatabaseError::Sqlite(memory(), e))?;
        prepare(&connection, &memory())?;
        Ok(Self { connection: Mutex::new(connection), _lock: None })
    }

    /// The connection, for one transaction at a time. A panic while it was held has rolled its transaction back.
    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn existing(dir: &Path) -> Result<Connection, DatabaseError> {
    let file = dir.join("baton.sqlite");
    if !file.is_file() {
        return Err(DatabaseError::Missing(dir.to_owned()));
    }
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|e| DatabaseError::Sqlite(dir.to_owned(), e))?;
    check_form(&connection, dir)?;
    Ok(connection)
}

/// The disk is full, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("the disk is full; make room and run again, nothing is lost")]
struct DiskFull;

/// Why SQLite failed, in words that say what to do where somebody can.
pub(super) fn cause(error: rusqlite::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => Box::new(DiskFull),
        _ => Box::new(error),
    }
}

fn prepare(connection: &Connection, dir: &Path) -> Result<(), DatabaseError> {
    let sqlite = |e| DatabaseError::Sqlite(dir.to_owned(), e);
    if check_form(connection, dir)? == 0 {
        let transaction = format!("BEGIN; {TABLES} PRAGMA user_version={FORM}; COMMIT;");
        connection.execute_batch(&transaction).map_err(sqlite)?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn check_form(connection: &Connection, dir: &Path) -> Result<i64, DatabaseError> {
    let form: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|e| DatabaseError::Sqlite(dir.to_owned(), e))?;
    if form > FORM {
        return Err(DatabaseError::Newer { path: dir.to_owned(), found: form });
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_on_the_same_state_is_turned_away() {
        let dir = tempfile::tempdir().unwrap();
        let _first = Database::open(dir.path()).unwrap();
        assert!(matches!(Database::open(dir.path()), Err(DatabaseError::InUse(_))));
    }

    #[test]
    fn a_state_from_a_newer_build_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(Database::open(dir.path()).unwrap());
        Connection::open(dir.path().join("baton.sqlite")).unwrap().execute_batch("PRAGMA user_version=9").unwrap();
        assert!(matches!(Database::open(dir.path()), Err(DatabaseError::Newer { found: 9, .. })));
    }

    #[test]
    fn a_directory_without_state_says_how_to_make_one() {
        let dir = tempfile::tempdir().unwrap();
        let error = Database::read(dir.path()).err().unwrap().to_string();
        assert!(error.contains("baton scan --crm export:DIR"), "{error}");
    }
}
