//! Business metrics: one line of CloudWatch's embedded metric format, which CloudWatch reads out of the log for nothing.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Contacts looked at.
    ContactsScanned,
    /// Contacts of which a watched field differed.
    ContactsChanged,
    /// Cases somebody was told of.
    CasesAlerted,
    /// Cases that wait for a review.
    CasesHeld,
    /// Changes nobody was told of.
    ChangesSilenced,
    /// Scans that came to their end.
    ScansFinished,
    /// From the sight of a change to the notice, in seconds.
    SecondsFromChangeToAlert,
    /// Cases that nobody has acknowledged in time.
    CasesUnacknowledged,
    /// Messages that a crash had left in the outbox.
    OutboxStranded,
    /// Notices of which nobody can tell whether they were sent.
    DeliveriesUnknown,
    /// Queues whose intake could not be looked at, woken or put to sleep.
    IntakesStuck,
    /// People who were told once more: of an alert, of what was put off, of a step.
    Reminders,
    /// Managers who were told that nobody has answered.
    Escalations,
    /// People to whom a digest was sent.
    Digests,
    /// Answers that could not be taken or asked for.
    AnswersFailed,
    /// Answers that Slack has not signed.
    AnswersUnsigned,
    /// Answers of which there were too many.
    AnswersLimited,
}

impl Metric {
    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::ContactsScanned => "ContactsScanned",
            Self::ContactsChanged => "ContactsChanged",
            Self::CasesAlerted => "CasesAlerted",
            Self::CasesHeld => "CasesHeld",
            Self::ChangesSilenced => "ChangesSilenced",
            Self::ScansFinished => "ScansFinished",
            Self::SecondsFromChangeToAlert => "SecondsFromChangeToAlert",
            Self::CasesUnacknowledged => "CasesUnacknowledged",
            Self::OutboxStranded => "OutboxStranded",
            Self::DeliveriesUnknown => "DeliveriesUnknown",
            Self::IntakesStuck => "IntakesStuck",
            Self::Reminders => "Reminders",
            Self::Escalations => "Escalations",
            Self::Digests => "Digests",
            Self::AnswersFailed => "AnswersFailed",
            Self::AnswersUnsigned => "AnswersUnsigned",
            Self::AnswersLimited => "AnswersLimited",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::SecondsFromChangeToAlert => "Seconds",
            Self::ContactsScanned
            | Self::ContactsChanged
            | Self::CasesAlerted
            | Self::CasesHeld
            | Self::ChangesSilenced
            | Self::ScansFinished
            | Self::CasesUnacknowledged
            | Self::OutboxStranded
            | Self::DeliveriesUnknown
            | Self::IntakesStuck
            | Self::Reminders
            | Self::Escalations
            | Self::Digests
            | Self::AnswersFailed
            | Self::AnswersUnsigned
            | Self::AnswersLimited => "Count",
        }
    }
}

/// The figures of one invocation for one CRM system.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    system: String,
    at: Timestamp,
    values: BTreeMap<Metric, Vec<f64>>,
}

/// CloudWatch reads no more values of one metric out of one line.
const MOST_VALUES: usize = 100;

impl Metrics {
    /// No figures yet, of this CRM system at this time.
    pub fn new(system: &str, at: Timestamp) -> Self {
        Self { system: system.to_owned(), at, values: BTreeMap::new() }
    }

    /// Notes a figure; several of one metric are kept apart.
    #[must_use]
    pub fn with(mut self, metric: Metric, value: f64) -> Self {
        self.values.entry(metric).or_default().push(value);
        self
    }

    /// The lines, if there is anything to say.
    pub fn to_lines(&self) -> Vec<String> {
        let most = self.values.values().map(Vec::len).max().unwrap_or(0);
        (0..most.div_ceil(MOST_VALUES)).map(|part| self.line(part)).collect()
    }

    /// Writes the lines where CloudWatch reads them: standard output.
    pub fn print(&self) {
        let mut out = std::io::stdout().lock();
        for line in self.to_lines() {
            // A log that cannot be written to has nowhere to say so.
            let _ = writeln!(out, "{line}");
        }
    }

    fn line(&self, part: usize) -> String {
        let mut values = Map::new();
        let mut definitions = Vec::new();
        for (metric, all) in &self.values {
            let Some(some) = all.chunks(MOST_VALUES).nth(part) else { continue };
            definitions.push(json!({ "Name": metric.name(), "Unit": metric.unit() }));
            let value = if let [one] = some { json!(one) } else { json!(some) };
            values.insert(metric.name().to_owned(), value);
        }
        values.insert("System".to_owned(), json!(self.system));
        let directive = json!({ "Namespace": "Baton", "Dimensions": [["System"]], "Metrics": definitions });
        let about = json!({ "Timestamp": self.at.as_millisecond(), "CloudWatchMetrics": [directive] });
        values.insert("_aws".to_owned(), about);
        Value::Object(values).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_cloudwatch_is_to_make_of_it() {
        let at = Timestamp::from_second(1_790_000_000).unwrap();
        let metrics = Metrics::new("salesforce", at)
            .with(Metric::ContactsScanned, 12.0)
            .with(Metric::SecondsFromChangeToAlert, 1.5)
            .with(Metric::SecondsFromChangeToAlert, 3.0);
        let lines = metrics.to_lines();
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        let wanted = json!({
            "_aws": {
                "Timestamp": 1_790_000_000_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Baton",
                    "Dimensions": [["System"]],
                    "Metrics": [
                        { "Name": "ContactsScanned", "Unit": "Count" },
                        { "Name": "SecondsFromChangeToAlert", "Unit": "Seconds" },
                    ],
                }],
            },
            "System": "salesforce",
            "ContactsScanned": 12.0,
            "SecondsFromChangeToAlert": [1.5, 3.0],
        });
        assert_eq!((lines.len(), line), (1, wanted));
    }

    #[test]
    fn more_values_than_a_line_takes_are_told_in_several() {
        let at = Timestamp::from_second(1_790_000_000).unwrap();
        assert_eq!(Metrics::new("odoo", at).to_lines(), Vec::<String>::new());
        let many = (0..101).fold(Metrics::new("odoo", at).with(Metric::CasesHeld, 1.0), |metrics, n| {
            metrics.with(Metric::SecondsFromChangeToAlert, f64::from(n))
        });
        let lines = many.to_lines();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].contains("CasesHeld") && !lines[1].contains("CasesHeld"), "{lines:#?}");
        assert!(lines[1].contains(r#""SecondsFromChangeToAlert":100.0"#), "{lines:#?}");
    }
}
