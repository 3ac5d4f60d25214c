//! Outside text on the page, always isolated from the direction of what surrounds it; and dates in words.

use domain::Personal;
use domain::days::full_day;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::words::{cut, plain};

/// Above this a text is folded away: nobody reads a page-long quotation in a table cell.
const LONG: usize = 420;
/// The most that is shown of a text that should be a name, a title or one sentence.
const SHORT: usize = 400;
/// The most that is shown of any text; a mail of a megabyte is not evidence.
const ALL: usize = 20_000;

/// A name, or any other short text from outside.
pub(crate) fn name(text: &str) -> Markup {
    html! { bdi { (plain(text, SHORT)) } }
}

/// A sentence of ours with names in it: it runs from left to right whatever script it begins with.
pub(crate) fn said(text: &str) -> Markup {
    html! { bdi dir="ltr" { (plain(text, SHORT)) } }
}

/// A sentence that may quote somebody at length; what is very long is folded. Stands in no paragraph.
pub(crate) fn quoted(text: &Personal) -> Markup {
    let all = plain(text.reveal(), ALL);
    let number = all.chars().count();
    html! {
        @if number <= LONG { bdi dir="ltr" { (all) } }
        @else {
            details.long {
                summary dir="ltr" { (cut(&all, LONG * 2 / 3)) span.more { " all " (count(number)) " characters" } }
                p dir="ltr" { (all) }
            }
        }
    }
}

/// `8 Jan 2027`, for machines as well.
pub(crate) fn date(date: Date) -> Markup {
    html! { time datetime=(date) { (full_day(date)) } }
}

/// `Mon 23 Nov 2026`.
pub(crate) fn weekday(date: Date) -> Markup {
    html! { time datetime=(date) { (date.strftime("%a").to_string()) " " (full_day(date)) } }
}

/// `2 Nov 2026, 09:14`; the page says once that all times are UTC. Midnight to the second is a day of which no more is known.
pub(crate) fn moment(at: Timestamp) -> Markup {
    let local = at.to_zoned(TimeZone::UTC);
    let day = full_day(local.date());
    html! {
        time datetime=(at) {
            @if local.time() == Time::midnight() { span { (day) } }
            @else { span { (day) "," } " " span { (local.strftime("%H:%M").to_string()) } }
        }
    }
}

/// The day of a moment.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// `in 47 days`, `today`, `3 days ago`.
pub(crate) fn distance(days: i32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        2.. => format!("in {} days", count(days.unsigned_abs())),
        _ => format!("{} days ago", count(days.unsigned_abs())),
    }
}

/// `1 case`, `4 cases`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `12,345`.
pub(crate) fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The first letter in upper case.
pub(crate) fn sentence_case(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_distances_read_as_people_say_them() {
        assert_eq!(count(1_234_567_u64), "1,234,567");
        assert_eq!(distance(47), "in 47 days");
        assert_eq!(distance(-3), "3 days ago");
        assert_eq!(distance(0), "today");
        assert_eq!(counted(1, "case", "cases"), "1 case");
    }

    #[test]
    fn a_very_long_quotation_is_folded_and_still_there_in_full() {
        let text = "ä".repeat(5_000);
        let page = quoted(&Personal::new(&text)).into_string();
        assert!(page.contains("5,000 characters") && page.contains(&text));
    }
}
