//! `Store` on DynamoDB: one table, one index, one transaction a commit.
//!
//! Attributes: `pk`, `sk` (keys); `v`, another number with each write; `b`, the body, or `z`, the same deflated (RFC 1951);
//! `x`, the second from which on the item has expired; `ix`, its partition in the index; `n`, how many pieces its body is in if
//! it fits into no item.
//! The version is drawn at random for each commit, so it says as well whose write stands there.

mod attributes;
mod condition;
mod read;
mod query;
mod plan;
mod commit;
mod save;

use std::sync::Arc;

use async_trait::async_trait;
use domain::ports::{Clock, Commit, Committed, Consistency, Item, Key, Query, Row, Store, StoreError};

use crate::Failure;
use crate::failure::Call;

/// The index's name in the table.
pub(crate) const BY_INDEX: &str = "by-index";

/// The one table, in DynamoDB.
pub struct DynamoStore {
    client: aws_sdk_dynamodb::Client,
    table: String,
    on: String,
    clock: Arc<dyn Clock>,
}

impl DynamoStore {
    pub(crate) fn new(client: aws_sdk_dynamodb::Client, table: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, table: table.to_owned(), on: format!("table {table}"), clock }
    }

    /// Opens the connection and finds out whether the table is there and may be read.
    pub async fn warm(&self) -> Result<(), Failure> {
        let key = attributes::of_key(&crate::config::current());
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key));
        call.send().await.map_err(|e| self.call("dynamodb:GetItem").failed(&e))?;
        Ok(())
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    fn call<'a>(&'a self, action: &'a str) -> Call<'a> {
        Call { action, on: &self.on, set_in: "BATON_TABLE" }
    }
}

#[async_trait]
impl Store for DynamoStore {
    async fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.read(key).await
    }

    async fn get_all(&self, keys: &[Key], consistency: Consistency) -> Result<Vec<Row>, StoreError> {
        self.read_all(keys, consistency).await
    }

    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        self.run(query).await
    }

    async fn save(&self, items: Vec<Item>, removed: Vec<Key>) -> Result<(), StoreError> {
        self.save_each(items, removed).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.commit_whole(commit).await
    }
}
