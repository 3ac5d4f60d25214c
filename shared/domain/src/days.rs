//! How a day is written wherever people read it.

use jiff::civil::Date;

/// `14 Nov`
pub fn day(date: Date) -> String {
    date.strftime("%-d %b").to_string()
}

/// `8 Jan 2027`
pub fn full_day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
