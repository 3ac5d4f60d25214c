//! State: one table of items with optimistic versions, one index, one atomic write.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::MessageId;

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The partition: `ACCOUNT#001…`.
    pub partition: String,
    /// The place in it: `CASE#C-…`.
    pub sort: String,
}

impl Key {
    /// A key of these parts.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// An item to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it stands.
    pub key: Key,
    /// A second partition under which it is found as well, with the same sort key.
    pub index: Option<String>,
    /// Its content.
    pub body: Vec<u8>,
    /// From when on it no longer exists.
    pub expires: Option<Timestamp>,
}

/// An item as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The partition it stands in; rows of one query share the text.
    pub partition: Arc<str>,
    /// The place in it.
    pub sort: String,
    /// Another one with each write.
    pub version: u64,
    /// Its content.
    pub body: Vec<u8>,
}

/// Which of an item's two partitions a query reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// Its own.
    Table,
    /// The second one.
    Secondary,
}

/// How fresh a read must be. An eventually consistent one costs half and may miss what was written within the last second;
/// it is enough where a commit checks the versions that were read. The index is always read that way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consistency {
    /// Every write that has ended is seen.
    #[default]
    Strong,
    /// Late writes may be missed.
    Eventual,
}

/// A run of items of one partition in the order of their sort keys, each of which stands there once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    /// Which partition is meant.
    pub index: Index,
    /// How fresh it must be.
    pub consistency: Consistency,
    /// The partition.
    pub partition: &'a str,
    /// Sort keys above this one only.
    pub after: Option<&'a str>,
    /// Sort keys up to and with this one only.
    pub through: Option<&'a str>,
    /// At most so many items.
    pub limit: usize,
}

/// All writes of one handler, done together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// The message that is handled by this commit; a second commit with the same claim changes nothing.
    pub claim: Option<MessageId>,
    /// The writes.
    pub writes: Vec<Write>,
}

/// One write of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Writes an item if what stands there is as expected.
    Put(Item, Expect),
    /// Removes an item if there is one.
    Delete(Key),
}

/// What must stand in an item's place for a write to go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Whatever.
    Anything,
    /// Nothing.
    Absent,
    /// An item of this version.
    Version(u64),
}

/// How a commit ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// Everything was written.
    Written {
        /// The version that every item of the commit has now.
        version: u64,
    },
    /// The claim was made before: nothing was written now, everything had been.
    Already,
}

/// What a caller can do about a failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something else was written in between: read again, decide again.
    #[error("{0} was changed by somebody else in between")]
    Conflict(String),
    /// Try later.
    #[error("the store cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help: a missing table, a missing permission. The text says which, and what to do.
    #[error("{0}")]
    Unusable(String),
    /// What was to be written can never be: it is larger than the store takes.
    #[error("{0}")]
    Refused(String),
    /// What is stored cannot be read.
    #[error("what is stored as {key} cannot be read: {reason}")]
    Unreadable {
        /// The item.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The one table.
#[async_trait]
pub trait Store: Send + Sync {
    /// The item that stands there and has not expired.
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError>;

    /// Those of the items that stand there and have not expired, in any order.
    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError>;

    /// Items of one partition, ascending by sort key.
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError>;

    /// Writes each item by itself, whatever stands there, and removes each key by itself. After a failure some of it is
    /// done: only for what may be done again, and for places to which nobody else writes at the time.
    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError>;

    /// Writes everything or nothing.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;
}
