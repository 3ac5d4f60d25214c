//! The table seen from outside: its form, its expiry, its backups.

use aws_sdk_dynamodb::types::{
    BillingMode, ContinuousBackupsDescription, KeySchemaElement, PointInTimeRecoveryStatus, TableStatus,
    TimeToLiveStatus,
};

use super::Look;
use crate::Failure;
use crate::failure::Call;
use crate::store::BY_INDEX;

/// A table's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSeen {
    /// What it is doing: `ACTIVE`.
    pub status: String,
    /// It can be used.
    pub active: bool,
    /// Its key attributes, as `pk HASH, sk RANGE`.
    pub keys: String,
    /// The same of the one index, if there is one.
    pub index: Option<String>,
    /// Requests are paid one by one.
    pub on_demand: bool,
    /// It cannot be deleted by mistake.
    pub protected: bool,
}

impl Look<'_> {
    /// A table's form.
    pub async fn table(&self, table: &str) -> Result<TableSeen, Failure> {
        let call = self.dynamodb().describe_table().table_name(table);
        let answer = call.send().await.map_err(|e| about("dynamodb:DescribeTable", table, |call| call.failed(&e)))?;
        let found = answer.table.ok_or_else(|| Failure::Unusable(format!("nothing is said of the table {table}")))?;
        let index = found.global_secondary_indexes().iter().find(|index| index.index_name() == Some(BY_INDEX));
        let status = found.table_status();
        Ok(TableSeen {
            status: status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
            // A table that is being changed works as before.
            active: matches!(status, Some(TableStatus::Active | TableStatus::Updating)),
            keys: keys(found.key_schema()),
            index: index.map(|index| keys(index.key_schema())),
            on_demand: found.billing_mode_summary().and_then(|mode| mode.billing_mode())
                == Some(&BillingMode::PayPerRequest),
            protected: found.deletion_protection_enabled() == Some(true),
        })
    }

    /// The attribute by which items expire, if any does.
    pub async fn table_expiry(&self, table: &str) -> Result<Option<String>, Failure> {
        let call = self.dynamodb().describe_time_to_live().table_name(table);
        let answer = call.send().await;
        let answer = answer.map_err(|e| about("dynamodb:DescribeTimeToLive", table, |call| call.failed(&e)))?;
        let expiry = answer.time_to_live_description;
        let on = |status: &TimeToLiveStatus| matches!(status, TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling);
        Ok(expiry.filter(|e| e.time_to_live_status().is_some_and(on)).and_then(|e| e.attribute_name))
    }

    /// Whether the table can be brought back to any second of the last weeks.
    pub async fn table_recovery(&self, table: &str) -> Result<bool, Failure> {
        let call = self.dynamodb().describe_continuous_backups().table_name(table);
        let answer = call.send().await;
        let answer = answer.map_err(|e| about("dynamodb:DescribeContinuousBackups", table, |call| call.failed(&e)))?;
        let backups = answer.continuous_backups_description;
        let recovery = backups.as_ref().and_then(ContinuousBackupsDescription::point_in_time_recovery_description);
        let status = recovery.and_then(|recovery| recovery.point_in_time_recovery_status());
        Ok(status == Some(&PointInTimeRecoveryStatus::Enabled))
    }

    fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.0.at("DYNAMODB"))
    }
}

fn about(action: &str, table: &str, failed: impl FnOnce(Call<'_>) -> Failure) -> Failure {
    failed(Call { action, on: &format!("table {table}"), set_in: "--table" })
}

fn keys(schema: &[KeySchemaElement]) -> String {
    let keys = schema.iter().map(|key| format!("{} {}", key.attribute_name(), key.key_type().as_str()));
    keys.collect::<Vec<_>>().join(", ")
}
