//! The dated price table, `infra/prices.toml`.

use jiff::civil::Date;
use serde::Deserialize;

use super::dollars::Dollars;

const TABLE: &str = include_str!("../../../../prices.toml");

/// What AWS asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices {
    /// From when the table is.
    pub dated: Date,
    /// The region they are for.
    pub region: String,
    pub lambda_request: Price,
    pub lambda_compute: Price,
    pub sqs_request: Price,
    pub dynamodb_read: Price,
    pub dynamodb_write: Price,
    pub dynamodb_storage: Price,
    pub dynamodb_recovery: Price,
    pub scheduler_invocation: Price,
    pub bus_event: Price,
    pub mail: Price,
    pub secret: Price,
    pub secret_read: Price,
    pub key: Price,
    pub key_request: Price,
    pub log_ingestion: Price,
    pub log_storage: Price,
    pub metric: Price,
    pub alarm: Price,
    pub dashboard: Price,
    pub s3_read: Price,
    pub s3_write: Price,
    pub s3_storage: Price,
}

/// One price.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    dollars: Dollars,
    per: u64,
    /// What is counted, in the plural.
    pub unit: String,
    /// How many of what is measured make one unit.
    #[serde(default = "one")]
    pub unit_size: u64,
    /// Units a month that are free for ever.
    #[serde(default)]
    pub free: u64,
    /// The price page and its heading.
    pub source: String,
}

fn one() -> u64 {
    1
}

impl Prices {
    /// The table this program was built with.
    pub(super) fn shipped() -> Result<Self, toml::de::Error> {
        toml::from_str(TABLE)
    }
}

impl Price {
    /// What a quantity costs.
    pub(super) fn of(&self, quantity: u128) -> Dollars {
        self.dollars.times(quantity, u128::from(self.per) * u128::from(self.unit_size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_of_the_shipped_table_has_a_unit_and_a_source() {
        let table: toml::Table = toml::from_str(TABLE).unwrap();
        Prices::shipped().unwrap();
        let prices: Vec<_> = table.iter().filter_map(|(name, price)| Some((name, price.as_table()?))).collect();
        assert_eq!(prices.len(), 22);
        for (name, price) in prices {
            assert!(price["source"].as_str().is_some_and(|s| s.len() > 10), "{name}");
            assert!(price["unit"].as_str().is_some_and(|s| !s.is_empty()), "{name}");
            assert!(price["per"].as_integer().is_some_and(|per| per > 0), "{name}");
        }
    }
}
