//! One record as Odoo writes it in JSON: `false` where there is nothing, `[id, name]` for another record.

use domain::Personal;
use domain::ports::CrmError;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::trouble::unavailable;

/// One record.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Row(Map<String, Value>);

impl Row {
    /// Its number.
    pub(super) fn id(&self) -> Result<i64, CrmError> {
        let id = self.0.get("id").and_then(Value::as_i64);
        id.ok_or_else(|| unavailable("a record came without its id, which Odoo always gives".to_owned()))
    }

    /// A field as text: of another record its name, of nothing a blank.
    pub(super) fn text(&self, field: &str) -> String {
        match self.0.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(true)) => "true".to_owned(),
            Some(Value::Array(pair)) => pair.get(1).and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// The same, about a person.
    pub(super) fn personal(&self, field: &str) -> Personal {
        Personal::new(self.text(field).trim())
    }

    /// The number of the record that a field names.
    pub(super) fn link(&self, field: &str) -> Option<i64> {
        match self.0.get(field)? {
            Value::Array(pair) => pair.first()?.as_i64(),
            Value::Number(id) => id.as_i64().filter(|id| *id > 0),
            Value::String(id) => id.trim().parse().ok(),
            _ => None,
        }
    }

    /// The numbers of the records that a field names.
    pub(super) fn links(&self, field: &str) -> impl Iterator<Item = i64> {
        self.0.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64)
    }

    /// Whether a field says yes: a ticked box, a count above nothing.
    pub(super) fn flag(&self, field: &str) -> bool {
        match self.0.get(field) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(count)) => count.as_f64().is_some_and(|count| count > 0.0),
            Some(Value::String(word)) => {
                ["yes", "true", "y", "1"].iter().any(|yes| word.trim().eq_ignore_ascii_case(yes))
            }
            _ => false,
        }
    }

    /// A point in time, which Odoo writes in UTC: `2026-11-26 14:18:41`.
    pub(super) fn time(&self, field: &str) -> Option<Timestamp> {
        let time = self.text(field).parse::<DateTime>().ok()?;
        time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp())
    }

    /// A day, or the text that is none.
    pub(super) fn date(&self, field: &str) -> Result<Option<Date>, String> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(None);
        }
        let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
        day.filter(|day| (1970..=2200).contains(&day.year())).map(Some).ok_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Row {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_not_there_is_false_in_odoo_and_a_blank_here() {
        let row = row(r#"{"id": 7, "function": false, "parent_id": false, "active": false, "x_date": null}"#);
        assert_eq!((row.text("function"), row.link("parent_id"), row.flag("active")), (String::new(), None, false));
        assert_eq!((row.date("x_date"), row.time("nowhere"), row.id().unwrap()), (Ok(None), None, 7));
    }

    #[test]
    fn another_record_is_named_by_number_and_name() {
        let row = row(r#"{"parent_id": [10, "Deco Addict"], "category_id": [7, 6], "x_csm": 2, "x_code": "2"}"#);
        assert_eq!((row.link("parent_id"), row.text("parent_id")), (Some(10), "Deco Addict".to_owned()));
        assert_eq!(row.links("category_id").collect::<Vec<_>>(), [7, 6]);
        assert_eq!((row.link("x_csm"), row.link("x_code")), (Some(2), Some(2)));
    }

    #[test]
    fn days_and_times_are_read_in_utc_and_what_is_none_is_told() {
        let row = row(r#"{"t": "2026-11-26 14:18:41", "d": "2038-02-01", "bad": "0000-00-00", "far": "9999-12-31"}"#);
        assert_eq!(row.time("t").unwrap().to_string(), "2026-11-26T14:18:41Z");
        assert_eq!(row.date("d").unwrap().unwrap().to_string(), "2038-02-01");
        assert!(row.date("bad").is_err() && row.date("far").is_err());
    }
}
