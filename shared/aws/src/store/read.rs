//! Reading items by their keys, in batches, and putting bodies together that are in pieces.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::ports::{Consistency, Key, Row, StoreError};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::DynamoStore;
use super::attributes::{Attributes, Stored, of_key};
use crate::retry::{TRIES, back_off};

/// DynamoDB takes no more keys in one batch.
const BATCH: usize = 100;
/// So many batches are under way at once.
const AT_ONCE: usize = 4;

/// DynamoDB leaves out what it has no capacity for.
#[derive(Debug, thiserror::Error)]
#[error("the table is throttled: {0} items were left over after {TRIES} tries")]
pub(super) struct LeftOver(pub(super) usize);

/// Somebody writes an item in pieces again and again while it is read.
#[derive(Debug, thiserror::Error)]
#[error("{0} changes while it is read")]
struct Restless(String);

impl DynamoStore {
    pub(super) async fn read(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let Some(found) = self.head(key).await? else { return Ok(None) };
        let shared: Arc<str> = key.partition.as_str().into();
        Ok(self.whole(vec![found]).await?.pop().map(|found| found.into_row(&shared)))
    }

    pub(super) async fn read_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        let shared: Arc<str> = keys.first().map_or("", |key| &key.partition).into();
        let found = self.find(keys, consistency == Consistency::Strong).await?;
        Ok(self.whole(found).await?.into_iter().map(|found| found.into_row(&shared)).collect())
    }

    /// What stands at these keys and lives, in any order; bodies are as they are stored.
    pub(super) async fn find(&self, keys: &[Key], strong: bool) -> Result<Vec<Stored>, StoreError> {
        let now = self.now();
        let found = self.batches(keys, strong).await?;
        let mut found = found.into_iter().map(Stored::parse).collect::<Result<Vec<_>, _>>()?;
        found.retain(|stored| stored.lives(now));
        Ok(found)
    }

    /// Puts the bodies together that are in pieces, and inflates those that are deflated. What is gone by now is left out.
    pub(super) async fn whole(&self, found: Vec<Stored>) -> Result<Vec<Stored>, StoreError> {
        let mut whole = Vec::with_capacity(found.len());
        for stored in found {
            let joined = if stored.pieces == 0 { Some(stored) } else { self.joined(stored).await? };
            whole.extend(joined.map(Stored::unpacked).transpose()?);
        }
        Ok(whole)
    }

    async fn joined(&self, mut stored: Stored) -> Result<Option<Stored>, StoreError> {
        for done in 1..=TRIES {
            let pieces = self.batches(&stored.piece_keys(), true).await?;
            if pieces.len() == stored.pieces {
                let mut pieces = pieces.into_iter().map(Stored::parse).collect::<Result<Vec<_>, _>>()?;
                pieces.sort_unstable_by(|a, b| a.key.sort.cmp(&b.key.sort));
                stored.packed = pieces.iter().any(|piece| piece.packed);
                stored.body.extend(pieces.into_iter().flat_map(|piece| piece.body));
                return Ok(Some(stored));
            }
            // It was written again between the two reads.
            back_off(done).await;
            match self.head(&stored.key).await? {
                Some(again) => stored = again,
                None => return Ok(None),
            }
        }
        Err(StoreError::Unavailable(Box::new(Restless(stored.key.sort))))
    }

    async fn head(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(of_key(key))).consistent_read(true);
        let answer = call.send().await.map_err(|e| self.call("dynamodb:GetItem").failed(&e))?;
        let found = answer.item.map(Stored::parse).transpose()?;
        Ok(found.filter(|found| found.lives(self.now())))
    }

    async fn batches(&self, keys: &[Key], strong: bool) -> Result<Vec<Attributes>, StoreError> {
        let mut seen = HashSet::with_capacity(keys.len());
        let keys: Vec<Attributes> = keys.iter().filter(|key| seen.insert(*key)).map(of_key).collect();
        let batches: Vec<_> = keys.chunks(BATCH).map(|batch| self.batch(batch.to_vec(), strong)).collect();
        let found: Vec<Vec<Attributes>> = stream::iter(batches).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn batch(&self, mut wanted: Vec<Attributes>, strong: bool) -> Result<Vec<Attributes>, StoreError> {
        let mut found = Vec::with_capacity(wanted.len());
        let mut done = 0;
        while !wanted.is_empty() {
            let asked = wanted.len();
            let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(strong).build();
            let keys = keys.map_err(|e| StoreError::Unusable(e.to_string()))?;
            let call = self.client.batch_get_item().request_items(&self.table, keys);
            let answer = call.send().await.map_err(|e| self.call("dynamodb:BatchGetItem").failed(&e))?;
            found.extend(answer.responses.into_iter().flat_map(HashMap::into_values).flatten());
            wanted =
                answer.unprocessed_keys.into_iter().flat_map(HashMap::into_values).flat_map(|left| left.keys).collect();
            if wanted.is_empty() {
                break;
            }
            // Large items are left over for their size; only where nothing came is the table throttled.
            done = if wanted.len() < asked { 1 } else { done + 1 };
            if done >= TRIES {
                return Err(StoreError::Unavailable(Box::new(LeftOver(wanted.len()))));
            }
            back_off(done).await;
        }
        Ok(found)
    }
}
