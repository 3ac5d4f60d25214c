//! `Store` on SQLite: one transaction a commit.

use std::sync::Arc;

use async_trait::async_trait;
use domain::MessageId;
use domain::ports::{
    Clock, Commit, Committed, Consistency, Expect, Index, Item, Key, Query, Row, Store, StoreError, Write,
};
use domain::records::CLAIM_DAYS;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::Database;

/// The one table, in SQLite.
pub struct SqliteStore {
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
}

impl SqliteStore {
    /// The table in this database; expired items are those that `clock` says are.
    pub fn new(database: Arc<Database>, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }

    /// The same table at another time.
    #[must_use]
    pub fn at(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let connection = self.database.connection();
        let mut statement = connection
            .prepare_cached(
                "SELECT version, body FROM item WHERE partition = ?1 AND sort = ?2 AND (expires IS NULL OR expires > ?3)",
            )
            .map_err(unavailable)?;
        statement
            .query_row(params![key.partition, key.sort, self.now()], |row| {
                Ok(Row {
                    partition: key.partition.as_str().into(),
                    sort: key.sort.clone(),
                    version: row.get::<_, i64>(0)?.unsigned_abs(),
                    body: row.get(1)?,
                })
            })
            .optional()
            .map_err(unavailable)
    }

    async fn get_all(&self, keys: &[Key], _: Consistency) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            found.extend(self.get(key).await?);
        }
        Ok(found)
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        let sql = match query.index {
            Index::Table => {
                "SELECT partition, sort, version, body FROM item
                 WHERE partition = ?1 AND sort > ?2 AND sort <= ?3 AND (expires IS NULL OR expires > ?4)
                 ORDER BY sort LIMIT ?5"
            }
            Index::Secondary => {
                "SELECT partition, sort, version, body FROM item
                 WHERE second = ?1 AND sort > ?2 AND sort <= ?3 AND (expires IS NULL OR expires > ?4)
                 ORDER BY sort LIMIT ?5"
            }
        };
        let connection = self.database.connection();
        let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        let bounds = (query.after.unwrap_or(""), query.through.unwrap_or("\u{10ffff}"));
        let shared: Arc<str> = query.partition.into();
        let found = statement
            .query_map(params![query.partition, bounds.0, bounds.1, self.now(), limit], |row| {
                Ok(Row {
                    partition: match query.index {
                        Index::Table => Arc::clone(&shared),
                        Index::Secondary => row.get::<_, String>(0)?.into(),
                    },
                    sort: row.get(1)?,
                    version: row.get::<_, i64>(2)?.unsigned_abs(),
                    body: row.get(3)?,
                })
            })
            .map_err(unavailable)?;
        found.collect::<Result<_, _>>().map_err(unavailable)
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        let puts = items.into_iter().map(|item| Write::Put(item, Expect::Anything));
        let writes = puts.chain(removed.into_iter().map(Write::Delete)).collect();
        self.commit(Commit { claim: None, writes }).await?;
        Ok(())
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let mut connection = self.database.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        if let Some(claim) = &commit.claim
            && !self.claim(&transaction, claim)?
        {
            return Ok(Committed::Already);
        }
        let version = another_version(&transaction)?;
        for write in &commit.writes {
            self.write(&transaction, write, version)?;
        }
        transaction.commit().map_err(unavailable)?;
        Ok(Committed::Written { version: version.unsigned_abs() })
    }
}

impl SqliteStore {
    /// Whether the message was not claimed before.
    fn claim(&self, transaction: &Transaction<'_>, message: &MessageId) -> Result<bool, StoreError> {
        let expires = self.now() + CLAIM_DAYS * 24 * 60 * 60;
        let key = Key::new(format!("MESSAGE#{message}"), "ONCE");
        let item = Item { key, index: None, body: Vec::new(), expires: None };
        Ok(self.insert(transaction, &item, Some(expires), 1)? == 1)
    }

    fn write(&self, transaction: &Transaction<'_>, write: &Write, version: i64) -> Result<(), StoreError> {
        let (item, expect) = match write {
            Write::Put(item, expect) => (item, *expect),
            Write::Delete(key) => return delete(transaction, key),
        };
        let expires = item.expires.map(jiff::Timestamp::as_second);
        let written = match expect {
            Expect::Anything => upsert(transaction, item, expires, version)?,
            Expect::Absent => self.insert(transaction, item, expires, version)?,
            Expect::Version(before) => self.update(transaction, item, expires, before, version)?,
        };
        if written == 1 { Ok(()) } else { Err(StoreError::Conflict(item.key.sort.clone())) }
    }

    /// Writes where nothing stands, or where what stands there has expired.
    fn insert(
        &self,
        transaction: &Transaction<'_>,
        item: &Item,
        expires: Option<i64>,
        version: i64,
    ) -> Result<usize, StoreError> {
        transaction
            .prepare_cached(
                "INSERT INTO item (partition, sort, version, second, body, expires) VALUES (?1, ?2, ?6, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET version = ?6, second = ?3, body = ?4, expires = ?5 WHERE expires <= ?7",
            )
            .and_then(|mut s| {
                let Item { key, index, body, .. } = item;
                s.execute(params![key.partition, key.sort, index, body, expires, version, self.now()])
            })
            .map_err(unavailable)
    }

    /// Writes over what stands there, unless it has expired.
    fn update(
        &self,
        transaction: &Transaction<'_>,
        item: &Item,
        expires: Option<i64>,
        before: u64,
        version: i64,
    ) -> Result<usize, StoreError> {
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        transaction
            .prepare_cached(
                "UPDATE item SET version = ?8, second = ?3, body = ?4, expires = ?5
                 WHERE partition = ?1 AND sort = ?2 AND version = ?6 AND (expires IS NULL OR expires > ?7)",
            )
            .and_then(|mut s| {
                let Item { key, index, body, .. } = item;
                s.execute(params![key.partition, key.sort, index, body, expires, before, self.now(), version])
            })
            .map_err(unavailable)
    }
}

/// A number that no item has had: 63 random bits.
fn another_version(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
    let mut statement = transaction.prepare_cached("SELECT random() & 9223372036854775807").map_err(unavailable)?;
    statement.query_row((), |row| row.get(0)).map_err(unavailable)
}

fn upsert(transaction: &Transaction<'_>, item: &Item, expires: Option<i64>, version: i64) -> Result<usize, StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO item (partition, sort, version, second, body, expires) VALUES (?1, ?2, ?6, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET version = ?6, second = ?3, body = ?4, expires = ?5",
        )
        .and_then(|mut s| {
            s.execute(params![item.key.partition, item.key.sort, item.index, item.body, expires, version])
        })
        .map_err(unavailable)
}

fn delete(transaction: &Transaction<'_>, key: &Key) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM item WHERE partition = ?1 AND sort = ?2")
        .and_then(|mut s| s.execute(params![key.partition, key.sort]))
        .map_err(unavailable)?;
    Ok(())
}

fn unavailable(error: rusqlite::Error) -> StoreError {
    StoreError::Unavailable(super::database::cause(error))
}
