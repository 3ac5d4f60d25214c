//! Days as lists and providers write them: a day, a month, or a point in time.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The day of a text such as `2026-11-02`, with or without a time behind it; the first of a month such as `2026-11`. A year
/// alone is no day.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = match text.len() {
        7 => format!("{text}-01").parse(),
        _ => text.get(..10)?.parse(),
    };
    day.ok().filter(is_plausible)
}

/// The point in time of a text such as `2026-11-02T07:00:00Z`; of a day alone its beginning in UTC.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 10
        && let Ok(moment) = text.parse::<Timestamp>()
    {
        return Some(moment).filter(|moment| is_plausible(&moment.to_zoned(TimeZone::UTC).date()));
    }
    let day = text.get(..10)?.parse::<Date>().ok().filter(is_plausible)?;
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// What lies outside is a slip of the hand.
fn is_plausible(day: &Date) -> bool {
    (1950..=2200).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_points_in_time_are_read_and_nothing_else_is() {
        for (text, expected) in [
            ("2026-11-02", Some("2026-11-02")),
            (" 2026-11 ", Some("2026-11-01")),
            ("2026-11-02T23:30:00-05:00", Some("2026-11-02")),
            ("2026", None),
            ("2026-13", None),
            ("11/02/2026", None),
            ("0001-01-01", None),
            ("二〇二六年十一月", None),
            ("", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("2026-11-02", Some("2026-11-02T00:00:00Z")),
            ("2026-11-02T23:30:00-05:00", Some("2026-11-03T04:30:00Z")),
            ("2026-11-02 07:15", Some("2026-11-02T00:00:00Z")),
            ("2026-11", None),
            ("9999-11-02T00:00:00Z", None),
            ("yesterday!!", None),
        ] {
            assert_eq!(moment(text).map(|moment| moment.to_string()).as_deref(), expected, "{text}");
        }
    }
}
