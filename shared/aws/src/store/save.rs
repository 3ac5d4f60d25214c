//! Writes items each by itself, 25 in a request: for what may be done again.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::ports::{Commit, Expect, Item, Key, StoreError, Write};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::DynamoStore;
use super::attributes::{of_item, of_key};
use super::read::LeftOver;
use crate::retry::{TRIES, back_off, random};

/// DynamoDB takes no more writes in one batch.
const BATCH: usize = 25;
/// So many batches are under way at once.
const AT_ONCE: usize = 4;

impl DynamoStore {
    /// A batch has no conditions, so it cannot find out that it replaces an item in pieces, whose pieces then stay behind.
    /// What is saved is small and stays small; an item that is not goes the way of a commit.
    pub(super) async fn save_each(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        let version = random() >> 1;
        // A batch takes no item twice; removals come last.
        let mut last: BTreeMap<Key, Option<Item>> = BTreeMap::new();
        last.extend(items.into_iter().map(|item| (item.key.clone(), Some(item))));
        last.extend(removed.into_iter().map(|key| (key, None)));
        let mut writes = Vec::with_capacity(last.len());
        let mut large = Vec::new();
        for (key, item) in last {
            let write = WriteRequest::builder();
            let Some(item) = item else {
                let delete = DeleteRequest::builder().set_key(Some(of_key(&key))).build().map_err(unusable)?;
                writes.push(write.delete_request(delete).build());
                continue;
            };
            let (head, pieces) = of_item(item.clone(), version);
            if !pieces.is_empty() {
                large.push(item);
                continue;
            }
            let put = PutRequest::builder().set_item(Some(head)).build().map_err(unusable)?;
            writes.push(write.put_request(put).build());
        }
        let batches: Vec<_> = writes.chunks(BATCH).map(|batch| self.write(batch.to_vec())).collect();
        stream::iter(batches).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        for item in large {
            let commit = Commit { claim: None, writes: vec![Write::Put(item, Expect::Anything)] };
            self.commit_whole(commit).await?;
        }
        Ok(())
    }

    async fn write(&self, mut writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        let mut done = 0;
        while !writes.is_empty() {
            let asked = writes.len();
            let call = self.client.batch_write_item().request_items(&self.table, writes.clone());
            match call.send().await {
                Ok(answer) => {
                    writes = answer.unprocessed_items.into_iter().flat_map(HashMap::into_values).flatten().collect();
                }
                // A commit is under way to one of the items.
                Err(e) if e.code() == Some("TransactionConflictException") => {}
                Err(e) => return Err(self.call("dynamodb:BatchWriteItem").failed(&e).into()),
            }
            if writes.is_empty() {
                break;
            }
            done = if writes.len() < asked { 1 } else { done + 1 };
            if done >= TRIES {
                return Err(StoreError::Unavailable(Box::new(LeftOver(writes.len()))));
            }
            back_off(done).await;
        }
        Ok(())
    }
}

fn unusable(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Unusable(error.to_string())
}
