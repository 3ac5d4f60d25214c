//! Runs of a partition, over pages of 1 MB, and over the index, which knows the keys alone.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::{Consistency, Index, Key, Query, Row, StoreError};

use super::attributes::{Attributes, Stored};
use super::{BY_INDEX, DynamoStore};

/// So many keys of the index are read before their items are: ten batches.
const KEYS_AT_ONCE: usize = 1000;

/// One page, and where the next one begins.
type Page = (Vec<Stored>, Option<Attributes>);

impl DynamoStore {
    pub(super) async fn run(&self, query: &Query<'_>) -> Result<Vec<Row>, StoreError> {
        let nothing = query.limit == 0
            || query.partition.is_empty()
            || query
                .through
                .is_some_and(|through| through.is_empty() || query.after.is_some_and(|after| after >= through));
        if nothing {
            return Ok(Vec::new());
        }
        let shared: Arc<str> = query.partition.into();
        let mut rows: Vec<Row> = Vec::new();
        let mut from = None;
        loop {
            let (page, next) = self.page(query, query.limit - rows.len(), from).await?;
            let page = match query.index {
                Index::Table => page,
                Index::Secondary => self.bodies(query, page).await?,
            };
            let page = self.whole(page).await?;
            rows.extend(page.into_iter().map(|stored| stored.into_row(&shared)));
            // The first page may hold one more than was asked for, in place of the item at the lower bound.
            rows.truncate(query.limit);
            if next.is_none() || rows.len() == query.limit {
                return Ok(rows);
            }
            from = next;
        }
    }

    async fn page(&self, query: &Query<'_>, left: usize, from: Option<Attributes>) -> Result<Page, StoreError> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let after = query.after.filter(|after| !after.is_empty());
        let (partition, most) = match query.index {
            Index::Table => ("pk", left),
            Index::Secondary => ("ix", left.min(KEYS_AT_ONCE)),
        };
        // There is no «above and up to»: the item at the lower bound is read as well, and left out.
        let bounds = match (after, query.through) {
            (None, None) => "",
            (Some(_), None) => " AND sk > :after",
            (None, Some(_)) => " AND sk <= :through",
            (Some(_), Some(_)) => " AND sk BETWEEN :after AND :through",
        };
        let most = most + usize::from(from.is_none() && after.is_some() && query.through.is_some());
        let mut call = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression(format!("{partition} = :partition{bounds}"))
            .expression_attribute_values(":partition", text(query.partition))
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .set_exclusive_start_key(from);
        if let Some(after) = after {
            call = call.expression_attribute_values(":after", text(after));
        }
        if let Some(through) = query.through {
            call = call.expression_attribute_values(":through", text(through));
        }
        call = match query.index {
            Index::Table => call.consistent_read(query.consistency == Consistency::Strong),
            Index::Secondary => call.index_name(BY_INDEX),
        };
        let answer = call.send().await.map_err(|e| self.call("dynamodb:Query").failed(&e))?;
        let now = self.now();
        let found = answer.items.into_iter().flatten().map(Stored::parse).collect::<Result<Vec<_>, _>>()?;
        let found = found.into_iter().filter(|stored| after != Some(stored.key.sort.as_str()) && stored.lives(now));
        Ok((found.collect(), answer.last_evaluated_key))
    }

    /// The items to which the keys of an index page lead, in its order. The index is late by a moment: what has left this
    /// partition of it by now, or is gone, is left out.
    async fn bodies(&self, query: &Query<'_>, page: Vec<Stored>) -> Result<Vec<Stored>, StoreError> {
        let keys: Vec<Key> = page.into_iter().map(|stored| stored.key).collect();
        let found = self.find(&keys, query.consistency == Consistency::Strong).await?;
        let found = found.into_iter().filter(|stored| stored.index.as_deref() == Some(query.partition));
        let mut found: HashMap<Key, Stored> = found.map(|stored| (stored.key.clone(), stored)).collect();
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }
}
