//! `Queue` on SQLite: visibility, receive counts and dead letters as SQS has them.

use std::sync::Arc;

use async_trait::async_trait;
use domain::messages::QueueName;
use domain::ports::{GivenBack, MOST_RECEIVES, Queue, QueueError, Received};
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::Database;

/// How long a received message stays hidden, in seconds: six times what a function may take.
const VISIBILITY_S: i64 = 90;
/// How long a message that was given back stays hidden, in seconds, for each time it was received: a run has one time, so
/// it is not tried again before the next run, and a server that asks its callers to wait rarely asks for longer.
const BACK_OFF_S: i64 = 60;

/// All queues, in one table.
pub struct SqliteQueue {
    database: Arc<Database>,
}

/// A message that could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which one it is.
    pub id: i64,
    /// The queue it was in.
    pub queue: String,
    /// What it says.
    pub body: String,
    /// Why it is here.
    pub reason: String,
}

impl SqliteQueue {
    /// The queues in this database.
    pub fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    /// Makes messages visible that an earlier run had received when it ended, or had given back. Only for the holder of the
    /// lock.
    pub fn recover(&self) -> Result<usize, QueueError> {
        self.execute("UPDATE message SET visible = 0 WHERE dead IS NULL AND visible > 0", [])
    }

    /// Everything that could not be handled.
    pub fn dead_letters(&self) -> Result<Vec<DeadLetter>, QueueError> {
        let connection = self.database.connection();
        let mut statement = connection
            .prepare_cached("SELECT id, queue, body, dead FROM message WHERE dead IS NOT NULL ORDER BY id")
            .map_err(unavailable)?;
        let letters = statement
            .query_map([], |row| {
                Ok(DeadLetter { id: row.get(0)?, queue: row.get(1)?, body: row.get(2)?, reason: row.get(3)? })
            })
            .map_err(unavailable)?;
        letters.collect::<Result<_, _>>().map_err(unavailable)
    }

    /// Gives all dead letters another try. Returns how many there were.
    pub fn redrive(&self) -> Result<usize, QueueError> {
        self.execute("UPDATE message SET dead = NULL, visible = 0, receives = 0 WHERE dead IS NOT NULL", [])
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, QueueError> {
        let connection = self.database.connection();
        connection.prepare_cached(sql).and_then(|mut s| s.execute(values)).map_err(unavailable)
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn send(&self, queue: QueueName, bodies: &[String], now: Timestamp) -> Result<(), QueueError> {
        let mut connection = self.database.connection();
        let transaction = connection.transaction().map_err(unavailable)?;
        for body in bodies {
            transaction
                .prepare_cached("INSERT INTO message (queue, body, visible) VALUES (?1, ?2, ?3)")
                .and_then(|mut s| s.execute(params![queue.as_str(), body, now.as_second()]))
                .map_err(unavailable)?;
        }
        transaction.commit().map_err(unavailable)
    }

    /// Until then or the next run, which makes every message visible.
    async fn send_later(
        &self,
        queue: QueueName,
        body: &str,
        after: SignedDuration,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        // A part of a second is a whole one: rather too late than too early.
        let visible = now.as_second().saturating_add(after.as_secs()).saturating_add(1);
        self.execute(
            "INSERT INTO message (queue, body, visible) VALUES (?1, ?2, ?3)",
            params![queue.as_str(), body, visible],
        )?;
        Ok(())
    }

    async fn receive(&self, queue: QueueName, limit: usize, now: Timestamp) -> Result<Vec<Received>, QueueError> {
        let connection = self.database.connection();
        let mut statement = connection
            .prepare_cached(
                "UPDATE message SET visible = ?3 + ?4, receives = receives + 1
                 WHERE id IN (SELECT id FROM message
                              WHERE dead IS NULL AND queue = ?1 AND visible <= ?3 ORDER BY id LIMIT ?2)
                 RETURNING id, receives, body",
            )
            .map_err(unavailable)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![queue.as_str(), limit, now.as_second(), VISIBILITY_S], |row| {
                let (id, receives): (i64, u32) = (row.get(0)?, row.get(1)?);
                Ok(Received { id: id.to_string(), receipt: format!("{id}.{receives}"), receives, body: row.get(2)? })
            })
            .map_err(unavailable)?;
        let mut received: Vec<Received> = rows.collect::<Result<_, _>>().map_err(unavailable)?;
        received.sort_by_key(|message| message.id.parse::<i64>().unwrap_or_default());
        Ok(received)
    }

    async fn delete(&self, queue: QueueName, receipts: &[String]) -> Result<(), QueueError> {
        let mut connection = self.database.connection();
        let transaction = connection.transaction().map_err(unavailable)?;
        for receipt in receipts {
            // A receipt of an earlier receive deletes nothing: somebody else has the message now.
            transaction
                .prepare_cached("DELETE FROM message WHERE queue = ?1 AND id || '.' || receives = ?2 AND id = ?3")
                .and_then(|mut s| s.execute(params![queue.as_str(), receipt, id_of(receipt)]))
                .map_err(unavailable)?;
        }
        transaction.commit().map_err(unavailable)
    }

    async fn give_back(
        &self,
        queue: QueueName,
        received: &Received,
        reason: &str,
        now: Timestamp,
    ) -> Result<GivenBack, QueueError> {
        if received.receives >= MOST_RECEIVES {
            let reason = format!("given up after {} tries: {reason}", received.receives);
            self.bury(queue, received, &reason, now).await?;
            return Ok(GivenBack::GivenUp(reason));
        }
        let visible = now.as_second() + BACK_OFF_S * i64::from(received.receives);
        self.execute(
            "UPDATE message SET visible = ?4 WHERE queue = ?1 AND id = ?2 AND id || '.' || receives = ?3 AND dead IS NULL",
            params![queue.as_str(), id_of(&received.receipt), received.receipt, visible],
        )?;
        Ok(GivenBack::Waits)
    }

    async fn bury(
        &self,
        queue: QueueName,
        received: &Received,
        reason: &str,
        _now: Timestamp,
    ) -> Result<(), QueueError> {
        self.execute(
            "UPDATE message SET dead = ?4 WHERE queue = ?1 AND id = ?2 AND id || '.' || receives = ?3",
            params![queue.as_str(), id_of(&received.receipt), received.receipt, reason],
        )?;
        Ok(())
    }
}

fn id_of(receipt: &str) -> i64 {
    receipt.split('.').next().and_then(|id| id.parse().ok()).unwrap_or_default()
}

fn unavailable(error: rusqlite::Error) -> QueueError {
    QueueError::Unavailable(super::database::cause(error))
}
