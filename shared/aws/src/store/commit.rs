//! Writes everything or nothing, and finds out what became of it.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Delete, Put, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::ports::{Commit, Committed, StoreError};

use super::DynamoStore;
use super::attributes::{Attributes, Stored};
use super::condition::Condition;
use super::plan::{Meaning, Operation, Owner, Plan};
use crate::retry::{back_off, random};

/// A commit that meets others is tried so often: each of them takes a few milliseconds, the waits together up to 3 s.
const TRIES: u32 = 6;

/// How one request ended.
enum Answer {
    /// It is written.
    Written,
    /// Conditions failed: whose, and what stood there.
    Failed(Vec<(Owner, Option<Attributes>)>),
    /// Somebody else was writing, or there was no capacity: the same again, later.
    Busy(String),
    /// The token was used for something else.
    Stale,
}

/// Others were writing to the same items all the time, or the table is throttled.
#[derive(Debug, thiserror::Error)]
#[error("after {TRIES} tries the table still says {0}")]
struct Crowded(String);

impl DynamoStore {
    pub(super) async fn commit_whole(&self, commit: Commit) -> Result<Committed, StoreError> {
        // Half the range, so that it is a number for every reader of the table.
        let mut plan = Plan::new(commit, random() >> 1, self.now())?;
        let mut wording = 0;
        let mut said = String::new();
        for done in 1..=TRIES {
            let operations = plan.operations()?;
            if operations.is_empty() {
                return Ok(plan.written());
            }
            // The token stands for this content: the version is nobody else's, and each wording has its own.
            let token = format!("{:016x}-{wording}", plan.version);
            match self.ask(&operations, &token).await? {
                Answer::Written => return Ok(plan.written()),
                Answer::Failed(failed) => {
                    if let Some(ended) = settled(&mut plan, failed)? {
                        return Ok(ended);
                    }
                    wording += 1;
                    "that what is there has changed".clone_into(&mut said);
                }
                Answer::Stale => wording += 1,
                Answer::Busy(why) => {
                    said = why;
                    back_off(done).await;
                }
            }
        }
        Err(StoreError::Unavailable(Box::new(Crowded(said))))
    }

    async fn ask(&self, operations: &[(Owner, Operation)], token: &str) -> Result<Answer, StoreError> {
        match operations {
            // One write is whole by itself, and costs half without a transaction.
            [(owner @ Owner::Head(_), Operation::Put(item, condition))] => self.put(*owner, item, condition).await,
            [(owner @ Owner::Head(_), Operation::Delete(key, condition))] => self.delete(*owner, key, condition).await,
            _ => self.together(operations, token).await,
        }
    }

    async fn put(&self, owner: Owner, item: &Attributes, condition: &Condition) -> Result<Answer, StoreError> {
        let mut call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.clone()))
            .condition_expression(condition.text)
            .return_values_on_condition_check_failure(OnFailure::AllOld);
        for (name, value) in &condition.values {
            call = call.expression_attribute_values(*name, value.clone());
        }
        match call.send().await {
            Ok(_) => Ok(Answer::Written),
            Err(SdkError::ServiceError(ref e))
                if let PutItemError::ConditionalCheckFailedException(failed) = e.err() =>
            {
                Ok(Answer::Failed(vec![(owner, failed.item.clone())]))
            }
            Err(e) => self.undecided("dynamodb:PutItem", &e),
        }
    }

    async fn delete(&self, owner: Owner, key: &Attributes, condition: &Condition) -> Result<Answer, StoreError> {
        let mut call = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.clone()))
            .condition_expression(condition.text)
            .return_values_on_condition_check_failure(OnFailure::AllOld);
        for (name, value) in &condition.values {
            call = call.expression_attribute_values(*name, value.clone());
        }
        match call.send().await {
            Ok(_) => Ok(Answer::Written),
            Err(SdkError::ServiceError(ref e))
                if let DeleteItemError::ConditionalCheckFailedException(failed) = e.err() =>
            {
                Ok(Answer::Failed(vec![(owner, failed.item.clone())]))
            }
            Err(e) => self.undecided("dynamodb:DeleteItem", &e),
        }
    }

    async fn together(&self, operations: &[(Owner, Operation)], token: &str) -> Result<Answer, StoreError> {
        let items = operations.iter().map(|(_, operation)| self.item(operation)).collect::<Result<Vec<_>, _>>();
        let items = items.map_err(|e| StoreError::Unusable(e.to_string()))?;
        let call = self.client.transact_write_items().set_transact_items(Some(items)).client_request_token(token);
        match call.send().await {
            Ok(_) => Ok(Answer::Written),
            Err(SdkError::ServiceError(ref e))
                if let TransactWriteItemsError::TransactionCanceledException(e) = e.err() =>
            {
                self.canceled(operations, e.cancellation_reasons())
            }
            // A role is given the actions of which a transaction consists.
            Err(e) => self.undecided("dynamodb:PutItem or dynamodb:DeleteItem", &e),
        }
    }

    fn item(&self, operation: &Operation) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        let on_failure = OnFailure::AllOld;
        let written = |condition: &Condition| (!condition.text.is_empty()).then(|| condition.text.to_owned());
        let values = |condition: &Condition| {
            let values = condition.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            (!condition.values.is_empty()).then(|| values.collect())
        };
        let item = TransactWriteItem::builder();
        Ok(match operation {
            Operation::Put(attributes, condition) => item.put(
                Put::builder()
                    .table_name(&self.table)
                    .set_item(Some(attributes.clone()))
                    .set_condition_expression(written(condition))
                    .set_expression_attribute_values(values(condition))
                    .return_values_on_condition_check_failure(on_failure)
                    .build()?,
            ),
            Operation::Delete(key, condition) => item.delete(
                Delete::builder()
                    .table_name(&self.table)
                    .set_key(Some(key.clone()))
                    .set_condition_expression(written(condition))
                    .set_expression_attribute_values(values(condition))
                    .return_values_on_condition_check_failure(on_failure)
                    .build()?,
            ),
        }
        .build())
    }

    /// Each operation has its own reason: what was decided by conditions counts more than who was in the way.
    fn canceled(
        &self,
        operations: &[(Owner, Operation)],
        reasons: &[CancellationReason],
    ) -> Result<Answer, StoreError> {
        let mut failed = Vec::new();
        let mut busy = None;
        for ((owner, _), reason) in operations.iter().zip(reasons) {
            match reason.code().unwrap_or("None") {
                "None" => {}
                "ConditionalCheckFailed" => failed.push((*owner, reason.item.clone())),
                "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" => {
                    busy = reason.code().map(str::to_owned);
                }
                code => {
                    return Err(StoreError::Refused(format!(
                        "a commit to the {} was refused ({code}): {}",
                        self.on,
                        reason.message().unwrap_or("no reason was given")
                    )));
                }
            }
        }
        match busy {
            _ if !failed.is_empty() => Ok(Answer::Failed(failed)),
            why => Ok(Answer::Busy(why.unwrap_or_else(|| "that the transaction was canceled".to_owned()))),
        }
    }

    fn undecided<E>(&self, action: &str, error: &SdkError<E, HttpResponse>) -> Result<Answer, StoreError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match error.code() {
            Some("IdempotentParameterMismatchException") => Ok(Answer::Stale),
            Some(busy @ ("TransactionConflictException" | "TransactionInProgressException")) => {
                Ok(Answer::Busy(busy.to_owned()))
            }
            _ => Err(self.call(action).failed(error).into()),
        }
    }
}

/// What the failed conditions mean together; nothing if it is to be asked again.
fn settled(plan: &mut Plan, failed: Vec<(Owner, Option<Attributes>)>) -> Result<Option<Committed>, StoreError> {
    let mut meanings = Vec::with_capacity(failed.len());
    for (owner, found) in failed {
        meanings.push(plan.meaning(owner, found.map(Stored::parse).transpose()?));
    }
    if meanings.contains(&Meaning::Ours) {
        return Ok(Some(plan.written()));
    }
    if meanings.contains(&Meaning::Claimed) {
        return Ok(Some(Committed::Already));
    }
    let conflict = meanings.into_iter().find_map(|meaning| match meaning {
        Meaning::Conflict(key) => Some(key),
        Meaning::Ours | Meaning::Claimed | Meaning::Reworded => None,
    });
    conflict.map_or(Ok(None), |key| Err(StoreError::Conflict(key)))
}
