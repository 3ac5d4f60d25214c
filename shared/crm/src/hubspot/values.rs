//! What a property says as an amount, a day, a number: read, or unknown with the reason told, and never guessed at.

use domain::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A text from outside, short enough for a message.
fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An amount; nothing where there is none. Of an amount whose currency nobody knows it is not known what it is worth.
pub(super) fn amount(text: &str, currency: &str) -> Result<Option<Money>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if currency.is_empty() {
        return Err("its currency is not known; give the record one, or the account a currency of its own".to_owned());
    }
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(format!("{:?} is no currency; write three letters such as EUR", clip(currency)));
    }
    Money::parse(text, currency).map(Some).map_err(|e| e.to_string())
}

/// A whole or decimal number from 0 to 100; nothing where there is none.
pub(super) fn percentage(text: &str) -> Result<Option<u8>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let number = whole.parse::<u8>().ok().filter(|n| *n <= 100 && decimals.bytes().all(|b| b.is_ascii_digit()));
    number.map(Some).ok_or_else(|| format!("{:?} is no number from 0 to 100", clip(text)))
}

/// A day: written as such, or the day that a point in time is in the time zone of whoever reads it. A time without an offset is
/// taken by its day alone, so that no clock change can move it.
pub(super) fn day(text: &str, zone: &TimeZone) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = match time(text) {
        Some(at) => Some(at.to_zoned(zone.clone()).date()),
        None => text.get(..10).unwrap_or(text).parse().ok(),
    };
    let plausible = day.filter(|day: &Date| (1970..=2200).contains(&day.year()));
    plausible.map(Some).ok_or_else(|| format!("{:?} is no date; write it as 2026-11-02", clip(text)))
}

/// A point in time, as HubSpot writes it: with its offset, or in milliseconds since 1970.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    if text.len() >= 11 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    }
    text.parse().ok()
}

/// Whether a property says yes.
pub(super) fn flag(text: &str) -> bool {
    ["true", "yes", "1", "y"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn an_amount_is_typed_or_unknown_with_a_reason() {
        for (text, shown) in [("0", "€0"), ("1234.5", "€1,234"), ("1.84E5", "€184,000")] {
            assert_eq!(amount(text, "EUR").unwrap().unwrap().to_string(), shown);
        }
        assert_eq!(amount("", "EUR"), Ok(None));
        for text in ["-5", "1,234.56", "1e308", "abc", "NaN", "99999999999999999999"] {
            assert!(amount(text, "EUR").is_err(), "{text}");
        }
        for currency in ["", "EURO", "12", "€", "E R"] {
            assert!(amount("5", currency).unwrap_err().contains("currency"), "{currency}");
        }
    }

    #[test]
    fn a_day_is_the_one_of_whoever_reads_it_and_no_clock_change_moves_it() {
        for (text, day_) in [
            ("2026-11-02", date(2026, 11, 2)),
            ("2026-12-31T23:30:00Z", date(2027, 1, 1)),
            ("2026-12-31T23:30:00.000Z", date(2027, 1, 1)),
            ("1798759800000", date(2027, 1, 1)),
            // In the hour that Berlin's clocks leave out.
            ("2026-03-29T02:30:00", date(2026, 3, 29)),
            ("2045-01-19T03:14:08Z", date(2045, 1, 19)),
        ] {
            assert_eq!(day(text, &berlin()), Ok(Some(day_)), "{text}");
        }
        for text in ["0000-00-00", "2026-02-30", "02.11.2026", "9999-12-31", "soon", "0"] {
            assert!(day(text, &berlin()).is_err(), "{text}");
        }
        assert_eq!(day("", &berlin()), Ok(None));
    }

    #[test]
    fn health_is_a_number_up_to_a_hundred() {
        assert_eq!((percentage("62"), percentage("62.7"), percentage("")), (Ok(Some(62)), Ok(Some(62)), Ok(None)));
        for text in ["101", "-1", "green", "6,5", "6.x", "1e2"] {
            assert!(percentage(text).is_err(), "{text}");
        }
    }
}
