//! Finds the account of a case of which only the id is known: so Slack's buttons name it.

use domain::ports::{Consistency, Index, Query, Store, StoreError};
use domain::records::{CASES, ENDED_CASES, TOLD_CASES};
use domain::{AccountId, CaseId};

use domain::messages::CaseRef;

/// Looks where cases stand by their states; most that are answered wait for an answer.
pub(crate) async fn case(store: &dyn Store, case: &CaseId) -> Result<Option<CaseRef>, StoreError> {
    let sort = format!("CASE#{case}");
    // The one place before it, which no id of ours takes.
    let after = &sort[..sort.len() - 1];
    for partition in [TOLD_CASES, CASES, ENDED_CASES] {
        let query = Query {
            index: Index::Secondary,
            consistency: Consistency::Eventual,
            partition,
            after: Some(after),
            through: Some(&sort),
            limit: 100,
        };
        let rows = store.query(&query).await?;
        let found = rows.iter().find(|row| row.sort == sort);
        let account =
            found.and_then(|row| row.partition.strip_prefix("ACCOUNT#")).and_then(|id| AccountId::parse(id).ok());
        if let Some(account) = account {
            return Ok(Some(CaseRef { account, case: case.clone() }));
        }
    }
    Ok(None)
}
