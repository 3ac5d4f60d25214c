//! The configuration in the table: the one in force, and every one that ever was.

use domain::config::{Config, ConfigError};
use domain::ports::{Commit, Expect, Item, Key, Store, StoreError, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A configuration as it was pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigRecord {
    /// First characters of its text's hash.
    pub version: String,
    /// When it was pushed.
    pub at: Timestamp,
    /// The text.
    pub text: String,
}

/// Why a configuration is not in force.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// It has mistakes; it was not pushed.
    #[error("the configuration has mistakes: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mistakes(Vec<ConfigError>),
    /// The table cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where the configuration in force stands.
pub(crate) fn current() -> Key {
    Key::new("CONFIG", "CURRENT")
}

/// The configuration in force: the shipped one where none was pushed.
pub async fn load(store: &dyn Store) -> Result<Config, ConfigFault> {
    match pushed(store).await? {
        Some(record) => Config::parse(&record.text).map_err(ConfigFault::Mistakes),
        None => Ok(Config::shipped()),
    }
}

/// The configuration that was pushed last, if any was.
pub async fn pushed(store: &dyn Store) -> Result<Option<ConfigRecord>, StoreError> {
    let Some(row) = store.get(&current()).await? else { return Ok(None) };
    let unreadable =
        |e: serde_json::Error| StoreError::Unreadable { key: "CONFIG CURRENT".to_owned(), reason: e.to_string() };
    serde_json::from_slice(&row.body).map(Some).map_err(unreadable)
}

/// Puts a configuration in force, if it is without mistakes. It is kept under its version as well, for the cases that name
/// the version that judged them.
pub async fn push(store: &dyn Store, text: &str, now: Timestamp) -> Result<ConfigRecord, ConfigFault> {
    let config = Config::parse(text).map_err(ConfigFault::Mistakes)?;
    let record = ConfigRecord { version: config.version, at: now, text: text.to_owned() };
    let body = serde_json::to_vec(&record)
        .map_err(|e| StoreError::Unreadable { key: "CONFIG CURRENT".to_owned(), reason: e.to_string() })?;
    let put = |key: Key| Write::Put(Item { key, index: None, body: body.clone(), expires: None }, Expect::Anything);
    let kept = Key::new("CONFIG", format!("VERSION#{}", record.version));
    store.commit(Commit { claim: None, writes: vec![put(current()), put(kept)] }).await?;
    Ok(record)
}
