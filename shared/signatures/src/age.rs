//! How old a request may be: five minutes, in both directions, so that none is kept for later.

use jiff::Timestamp;

use crate::Refused;

const MOST_SECONDS: i64 = 300;

/// Checks a header that names the time of signing in seconds.
pub(crate) fn check_seconds(header: &'static str, text: &str, now: Timestamp) -> Result<(), Refused> {
    check(whole(header, text)?, now.as_second(), MOST_SECONDS)
}

/// Checks a header that names the time of signing in milliseconds.
pub(crate) fn check_milliseconds(header: &'static str, text: &str, now: Timestamp) -> Result<(), Refused> {
    check(whole(header, text)?, now.as_millisecond(), MOST_SECONDS * 1_000)
}

fn check(at: i64, now: i64, most: i64) -> Result<(), Refused> {
    if now.abs_diff(at) <= most.unsigned_abs() { Ok(()) } else { Err(Refused::Age) }
}

/// Digits alone: no sign, no space, no exponent, no digits of other scripts.
fn whole(header: &'static str, text: &str) -> Result<i64, Refused> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refused::Malformed(header));
    }
    text.parse().map_err(|_| Refused::Malformed(header))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_are_the_limit_in_both_directions() {
        let now = Timestamp::from_second(1_531_420_618).unwrap();
        let check = |seconds: i64| check_seconds("t", &(now.as_second() + seconds).to_string(), now);
        for fine in [-300, -299, 0, 299, 300] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        for not in [-301, 301, -86_400, 86_400] {
            assert_eq!(check(not), Err(Refused::Age), "{not}");
        }
    }

    #[test]
    fn what_is_no_whole_number_of_this_time_is_refused() {
        let now = Timestamp::from_second(1_531_420_618).unwrap();
        for text in ["abc", "", "1e9", "٣", "-1", "99999999999999999999", " 1531420618", "1531420618 ", "+1531420618"]
        {
            assert_eq!(check_seconds("t", text, now), Err(Refused::Malformed("t")), "{text:?}");
        }
        // Milliseconds where seconds are due, and the other way round.
        assert_eq!(check_seconds("t", "1531420618000", now), Err(Refused::Age));
        assert_eq!(check_milliseconds("t", "1531420618", now), Err(Refused::Age));
        assert_eq!(check_milliseconds("t", "1531420618000", now), Ok(()));
    }
}
