//! What the same scans cost when every contact is read, written and logged each night.

use serde::Serialize;

use super::bill::{Scenario, shown};
use super::dollars::Dollars;
use super::prices::Prices;

/// A log line of 300 bytes for each contact.
const LOG_LINE: u128 = 300;
/// Enrichment, planning and notify, each of which takes a change as a message of its own.
const STAGES: u128 = 3;
/// Sent, received and deleted.
const REQUESTS: u128 = 3;

/// One line of the comparison.
#[derive(Debug, Serialize)]
pub(super) struct Naive {
    pub what: &'static str,
    pub quantity: String,
    pub dollars: Dollars,
}

/// The comparison, by its lines. Storage, idle polling and what stands there are left out: they are as before.
pub(super) fn naive(scenario: &Scenario, prices: &Prices) -> Vec<Naive> {
    let seen = u128::from(scenario.contacts) * u128::from(scenario.scans());
    let changes = scenario.changes();
    let each_message = STAGES * REQUESTS;
    [
        // Snapshots are well under 4 KB and 1 KB.
        ("a get for each contact", &prices.dynamodb_read, seen),
        ("a put for each contact", &prices.dynamodb_write, seen),
        ("an audit row for each contact", &prices.dynamodb_write, seen),
        ("a log line for each contact", &prices.log_ingestion, seen * LOG_LINE),
        ("a message for each change and stage", &prices.sqs_request, changes * each_message),
        ("a mail for each change", &prices.mail, changes),
    ]
    .map(|(what, price, quantity)| Naive { what, quantity: shown(quantity, price), dollars: price.of(quantity) })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_contacts_a_night_cost_nearly_fifty_dollars_a_month() {
        let scenario = Scenario {
            contacts: 1_000_000,
            change_billionths: 1_000_000,
            delta_scans: 26,
            full_passes: 4,
            alerts: 1_000,
            months_kept: 1,
            free_tier: false,
        };
        let total: Dollars = naive(&scenario, &Prices::shipped().unwrap()).iter().map(|line| line.dollars).sum();
        // 3.75 read, 18.75 written twice, 4.191 logged, 0.108 of messages, 3.00 of mail.
        assert_eq!(total.to_string(), "$48.549");
    }
}
