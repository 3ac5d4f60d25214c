//! What a scan, a change and an alert take of AWS, `infra/measured.toml`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

const TABLE: &str = include_str!("../../../../measured.toml");

/// What was measured, and what the template deploys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    /// When and how.
    pub measured: How,
    /// What the template deploys.
    pub deployment: Deployment,
    /// What no run can count.
    pub assumed: Assumed,
    scan: Units,
    contact_in_full_pass: Units,
    contact_in_delta_scan: Units,
    change: Units,
    alert: Units,
    day: Units,
    contact: Units,
}

/// When and how it was measured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct How {
    pub date: Date,
    pub command: String,
    /// Worked out from rules, not counted on a running stack.
    pub preliminary: bool,
}

/// What costs whether or not anything happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deployment {
    pub queues_polled_by_5: Vec<String>,
    pub queues_polled_by_2: Vec<String>,
    /// For so long their pollers are awake because of one scan.
    pub minutes_awake_a_scan: u64,
    pub secrets: u64,
    pub keys: u64,
    pub alarms: u64,
    pub dashboards: u64,
    pub exports_kept: u64,
    pub log_months: u64,
    memory_mb: BTreeMap<Function, u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assumed {
    pub touched_for_a_change: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Function {
    Scanner,
    Enrichment,
    Planning,
    Notify,
    Steward,
}

/// So many of each for `per` of what drives them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Units {
    per: u64,
    pub dynamodb_reads: u64,
    pub dynamodb_writes: u64,
    pub sqs_requests: u64,
    pub bus_events: u64,
    pub scheduler_invocations: u64,
    pub mails: u64,
    pub log_bytes: u64,
    pub s3_reads: u64,
    pub s3_writes: u64,
    pub key_requests: u64,
    pub secret_reads: u64,
    /// Metrics times the hours in which each is sent.
    pub metric_hours: u64,
    pub table_bytes: u64,
    pub index_bytes: u64,
    pub export_bytes: u64,
    invocations: BTreeMap<Function, u64>,
    milliseconds: BTreeMap<Function, u64>,
}

/// What makes a bill grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    Scans,
    FullPasses,
    DeltaScans,
    Changes,
    Alerts,
    Days,
    Contacts,
}

impl Driver {
    pub(super) const ALL: [Self; 7] =
        [Self::Scans, Self::FullPasses, Self::DeltaScans, Self::Changes, Self::Alerts, Self::Days, Self::Contacts];

    /// In a word or two.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scans => "starting scans",
            Self::FullPasses => "full passes",
            Self::DeltaScans => "delta scans",
            Self::Changes => "changes",
            Self::Alerts => "alerts",
            Self::Days => "the steward",
            Self::Contacts => "contacts",
        }
    }
}

impl Measured {
    /// The table this program was built with.
    pub(super) fn shipped() -> Result<Self, toml::de::Error> {
        toml::from_str(TABLE)
    }

    /// What was counted for a driver.
    pub(super) fn units(&self, driver: Driver) -> &Units {
        match driver {
            Driver::Scans => &self.scan,
            Driver::FullPasses => &self.contact_in_full_pass,
            Driver::DeltaScans => &self.contact_in_delta_scan,
            Driver::Changes => &self.change,
            Driver::Alerts => &self.alert,
            Driver::Days => &self.day,
            Driver::Contacts => &self.contact,
        }
    }
}

impl Units {
    /// A count that was made for `per`, brought to `times`, rounded up.
    pub(super) fn scale(&self, count: u128, times: u128) -> u128 {
        count.saturating_mul(times).div_ceil(u128::from(self.per.max(1)))
    }

    /// Invocations of all functions.
    pub(super) fn invocations(&self) -> u128 {
        self.invocations.values().map(|n| u128::from(*n)).sum()
    }

    /// Time of all functions, each times its memory.
    pub(super) fn megabyte_milliseconds(&self, deployment: &Deployment) -> u128 {
        let memory = |function| u128::from(deployment.memory_mb.get(function).copied().unwrap_or_default());
        self.milliseconds.iter().map(|(function, ms)| u128::from(*ms) * memory(function)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_counts_for_at_least_one_of_each_driver() {
        let measured = Measured::shipped().unwrap();
        for driver in Driver::ALL {
            assert!(measured.units(driver).per > 0, "{driver:?}");
        }
    }

    #[test]
    fn every_function_that_takes_time_has_a_memory_size() {
        let measured = Measured::shipped().unwrap();
        for driver in Driver::ALL {
            for function in measured.units(driver).milliseconds.keys() {
                assert!(measured.deployment.memory_mb.contains_key(function), "{function:?}");
            }
        }
    }

    #[test]
    fn the_queues_that_are_polled_are_those_of_the_template() {
        let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");
        let template = std::fs::read_to_string(template).unwrap();
        let count = |words: &str| template.lines().filter(|line| line.trim_start().starts_with(words)).count();
        let Deployment { queues_polled_by_5, queues_polled_by_2, .. } = Measured::shipped().unwrap().deployment;
        assert_eq!(queues_polled_by_5.len(), count("ScalingConfig:"));
        assert_eq!(queues_polled_by_5.len() + queues_polled_by_2.len(), count("FunctionResponseTypes:"));
    }

    #[test]
    fn exports_are_kept_for_as_long_as_the_template_keeps_them() {
        let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
        let after = |words: [&str; 2]| {
            let rest = words.iter().fold(template.as_str(), |rest, word| rest.split_once(word).unwrap().1);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u64>().unwrap()
        };
        let current = after(["ExportsKeptDays:", "Default: "]);
        let expired = after(["NoncurrentVersionExpiration:", "NoncurrentDays: "]);
        assert_eq!(Measured::shipped().unwrap().deployment.exports_kept, current + expired);
    }

    #[test]
    fn the_steward_runs_as_often_as_the_template_has_it_run_and_asks_each_queue_that_is_polled() {
        let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
        assert!(template.contains("ScheduleExpression: cron(2/15 * * * ? *)"), "four times an hour");
        let measured = Measured::shipped().unwrap();
        let (day, deployment) = (measured.units(Driver::Days), &measured.deployment);
        let ticks = 4 * 24 * day.per;
        let queues = deployment.queues_polled_by_5.len() + deployment.queues_polled_by_2.len();
        assert_eq!((day.scheduler_invocations, day.invocations[&Function::Steward]), (ticks, ticks));
        assert_eq!(day.sqs_requests, ticks * queues as u64);
    }

    #[test]
    fn a_count_is_brought_to_another_size_and_rounded_up() {
        let units = Units { per: 1_000_000, ..Units::default() };
        assert_eq!(units.scale(63_500, 4_000_000), 254_000);
        assert_eq!(units.scale(63_500, 1), 1);
        assert_eq!(units.scale(0, 1_000), 0);
    }
}
