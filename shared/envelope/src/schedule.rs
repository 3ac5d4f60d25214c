//! The tick of the schedule that starts a scan.

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use domain::ScanId;
use jiff::Timestamp;
use serde::Deserialize;

use crate::Foreign;

/// Asks for one scan. The same tick delivered twice has the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanRequested {
    /// Identity of the scan.
    pub scan: ScanId,
    /// When the schedule ticked.
    pub at: Timestamp,
    /// Judge and record, but tell nobody.
    pub shadow: bool,
    /// Which contacts are looked at.
    pub pass: Pass,
}

/// Which contacts a scan looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pass {
    /// All of them, so that deleted and merged ones are found too.
    #[default]
    Full,
    /// Those changed since the last scan, where there was one and the CRM tells; else all of them.
    Delta,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Detail {
    shadow: bool,
    pass: Pass,
}

/// Reads the tick that asks the steward to look after things. Returns when it was planned.
pub fn tick(event: &str) -> Result<Timestamp, Foreign> {
    Ok(scan_requested(event)?.at)
}

/// Reads the event that EventBridge Scheduler sends.
pub fn scan_requested(event: &str) -> Result<ScanRequested, Foreign> {
    let event: EventBridgeEvent<serde_json::Value> =
        serde_json::from_str(event).map_err(|e| Foreign(format!("this is no EventBridge event: {e}")))?;
    if !["aws.scheduler", "aws.events", "baton"].contains(&event.source.as_str()) {
        return Err(Foreign(format!("this is an event of {}, not of the schedule", event.source)));
    }
    let detail = detail(event.detail).map_err(|e| Foreign(format!("the event's detail is unusable: {e}")))?;
    let id =
        event.id.ok_or_else(|| Foreign("the event has no id, so the tick could not be told from another".into()))?;
    let scan = ScanId::parse(&id).map_err(|e| Foreign(format!("the event's id is unusable: {e}")))?;
    let at = event.time.ok_or_else(|| Foreign("the event has no time".to_owned()))?;
    let at =
        Timestamp::from_second(at.timestamp()).map_err(|e| Foreign(format!("the event's time is unusable: {e}")))?;
    Ok(ScanRequested { scan, at, shadow: detail.shadow, pass: detail.pass })
}

/// The scheduler sends the detail as a text that holds JSON, a rule of the bus as JSON. One that cannot be read is
/// refused: a misspelt wish to tell nobody must not end in telling everybody.
fn detail(detail: serde_json::Value) -> Result<Detail, serde_json::Error> {
    match detail {
        serde_json::Value::Null => Ok(Detail::default()),
        serde_json::Value::String(text) if text.trim().is_empty() => Ok(Detail::default()),
        serde_json::Value::String(text) => serde_json::from_str(&text),
        other => serde_json::from_value(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_of_the_schedule_asks_for_a_scan() {
        let event = r#"{"version":"0","id":"3f1c","detail-type":"Scheduled Event","source":"aws.scheduler",
            "account":"123456789012","time":"2026-11-02T07:00:00Z","region":"eu-central-1","resources":[],"detail":{}}"#;
        let request = scan_requested(event).unwrap();
        assert_eq!(request.scan.as_str(), "3f1c");
        assert_eq!(request.at.to_string(), "2026-11-02T07:00:00Z");
        assert!(!request.shadow);
    }

    #[test]
    fn a_detail_says_whether_to_tell_nobody_and_one_that_cannot_be_read_is_refused() {
        let event = |detail: &str| {
            format!(
                r#"{{"id":"1","detail-type":"x","source":"aws.scheduler","time":"2026-11-02T07:00:00Z","resources":[],"detail":{detail}}}"#
            )
        };
        for (detail, shadow) in
            [("null", false), (r#""{}""#, false), (r#"{"shadow":true}"#, true), (r#""{\"shadow\":true}""#, true)]
        {
            assert_eq!(scan_requested(&event(detail)).unwrap().shadow, shadow, "{detail}");
        }
        for detail in [r#"{"shadow":"yes"}"#, r#""shadow""#, "[1]", r#"{"Shadow":true}"#] {
            assert!(scan_requested(&event(detail)).unwrap_err().to_string().contains("detail"), "{detail}");
        }
    }

    #[test]
    fn an_event_of_somebody_else_is_refused_with_its_source() {
        let event = r#"{"id":"1","detail-type":"x","source":"aws.ec2","time":"2026-11-02T07:00:00Z","resources":[],"detail":{}}"#;
        assert!(scan_requested(event).unwrap_err().to_string().contains("aws.ec2"));
        assert!(scan_requested("{}").is_err());
    }
}
