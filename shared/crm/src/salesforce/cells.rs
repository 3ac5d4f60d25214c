//! Values of a record, whether it came as JSON or as a row: what is not what it should be is unknown, and set aside with a reason.

use std::borrow::Cow;

use domain::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::set_aside::SetAsides;

/// No name, title or company is longer.
const LONGEST: usize = 2_000;

/// A record's values by their names: `Title`, or `Account.Name` for one of a record it refers to.
pub(super) trait Cells {
    /// The value as text; blank for none.
    fn cell(&self, name: &str) -> Cow<'_, str>;

    /// The value without the white space around it.
    fn trimmed(&self, name: &str) -> String {
        self.cell(name).trim().to_owned()
    }

    /// Whether a checkbox is ticked.
    fn flag(&self, name: &str) -> bool {
        let cell = self.cell(name);
        ["true", "1", "yes"].iter().any(|yes| cell.trim().eq_ignore_ascii_case(yes))
    }

    /// A point in time.
    fn time(&self, name: &str) -> Option<Timestamp> {
        time(self.cell(name).trim())
    }
}

impl Cells for Value {
    fn cell(&self, name: &str) -> Cow<'_, str> {
        match name.split('.').try_fold(self, |record, part| record.get(part)) {
            Some(Value::String(text)) => Cow::Borrowed(text),
            Some(Value::Bool(yes)) => Cow::Borrowed(if *yes { "true" } else { "false" }),
            Some(Value::Number(number)) => Cow::Owned(number.to_string()),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => Cow::Borrowed(""),
        }
    }
}

/// `2026-11-02T07:00:00.000+0000` as the REST API writes it, `…000Z` as the Bulk API does.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| text.strip_suffix("+0000").and_then(|text| format!("{text}Z").parse().ok()))
}

/// A text that somebody typed, as it stands. One that is longer than any name is told as a mistake.
pub(super) fn typed(cells: &dyn Cells, name: &str) -> Result<String, String> {
    let text = cells.cell(name);
    if text.len() > LONGEST {
        return Err(format!("{name} has {} bytes; {LONGEST} are the most", text.len()));
    }
    Ok(text.into_owned())
}

/// Reads values of one record, and sets aside what cannot be read.
pub(super) struct Reader<'a> {
    pub(super) object: &'static str,
    pub(super) id: &'a str,
    pub(super) cells: &'a dyn Cells,
    pub(super) aside: &'a SetAsides,
}

impl Reader<'_> {
    /// A day.
    pub(super) fn date(&self, field: &str) -> Option<Date> {
        let text = self.known(field)?;
        let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
        let day = day.filter(|day| (1970..=2200).contains(&day.year()));
        if day.is_none() {
            self.set_aside(field, format!("{:?} is no date", clip(&text)));
        }
        day
    }

    /// An amount of money, in the currency that is told.
    pub(super) fn amount(&self, field: &str, currency: Option<&str>) -> Option<Money> {
        let text = self.known(field)?;
        let Some(currency) = currency.filter(|code| is_currency(code)) else {
            self.set_aside(field, "its currency is not known, so the amount is not used".to_owned());
            return None;
        };
        Money::parse(&text, currency).map_err(|e| self.set_aside(field, e.to_string())).ok()
    }

    /// A number from 0 to 100.
    pub(super) fn percentage(&self, field: &str) -> Option<u8> {
        let text = self.known(field)?;
        let number = text.trim_end_matches('%').parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
        if number.is_none() {
            self.set_aside(field, format!("{:?} is no number from 0 to 100", clip(&text)));
        }
        // Within bounds, so that nothing is cut off but the fraction.
        number.map(|number| number as u8)
    }

    /// Sets a value aside. The rest of the record was read.
    pub(super) fn set_aside(&self, field: &str, problem: String) {
        let reason = format!("{} {}: {problem}. The rest of the record was read", self.object, self.id);
        self.aside.add(&file(self.object), 0, Some(field), reason);
    }

    fn known(&self, field: &str) -> Option<String> {
        Some(self.cells.trimmed(field)).filter(|text| !field.is_empty() && !text.is_empty())
    }
}

/// How messages name an object.
pub(super) fn file(object: &str) -> String {
    format!("Salesforce {object}")
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn both_apis_tell_the_same_time() {
        let expected = "2026-11-02T07:00:00Z".parse().ok();
        for text in ["2026-11-02T07:00:00.000+0000", "2026-11-02T07:00:00.000Z", "2026-11-02T07:00:00Z"] {
            assert_eq!(time(text), expected, "{text}");
        }
        assert_eq!((time(""), time("2026-11-02")), (None, None));
    }

    #[test]
    fn an_amount_that_is_none_or_has_no_currency_is_unknown_and_set_aside() {
        let record = serde_json::json!({
            "none": null, "blank": "", "text": "1,234.56", "minus": -5, "huge": 1e308, "nothing": 0, "good": 184_000.5, "big": 1.5e7,
        });
        let aside = SetAsides::default();
        let reader = Reader { object: "Account", id: "001", cells: &record, aside: &aside };
        let read = |field: &str, currency| reader.amount(field, currency).map(|money| money.to_string());
        for (field, expected, set_aside) in [
            ("none", None, 0),
            ("blank", None, 0),
            ("absent", None, 0),
            ("text", None, 1),
            ("minus", None, 2),
            ("huge", None, 3),
            ("nothing", Some("€0"), 3),
            ("good", Some("€184,000"), 3),
            ("big", Some("€15,000,000"), 3),
        ] {
            assert_eq!(read(field, Some("EUR")).as_deref(), expected, "{field}");
            assert_eq!(aside.all().len(), set_aside, "{field}: {:?}", aside.all());
        }
        for currency in [None, Some(""), Some("euro"), Some("€")] {
            assert_eq!(read("good", currency), None);
        }
        assert!(aside.all().last().unwrap().reason.contains("currency"));
    }

    #[test]
    fn a_date_that_is_none_is_unknown_and_set_aside() {
        let record = serde_json::json!({
            "zero": "0000-00-00", "far": "2038-01-20", "never": "9999-12-31", "time": "2026-11-02T23:00:00.000+0000", "words": "soon",
            "rtl": "\u{202e}2026-11-02", "short": "2026",
        });
        let aside = SetAsides::default();
        let reader = Reader { object: "Account", id: "001", cells: &record, aside: &aside };
        assert_eq!(reader.date("far"), Some(date(2038, 1, 20)));
        assert_eq!(reader.date("time"), Some(date(2026, 11, 2)));
        assert_eq!(aside.all().len(), 0);
        for field in ["zero", "never", "words", "rtl", "short"] {
            assert_eq!(reader.date(field), None, "{field}");
        }
        assert_eq!(aside.all().len(), 5);
    }
}
