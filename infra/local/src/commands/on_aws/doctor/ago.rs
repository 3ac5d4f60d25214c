//! Says how long ago something was.

use jiff::{SignedDuration, Timestamp};

/// How long ago that was, in the unit in which a person would say it.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
    let past = now.duration_since(at).max(SignedDuration::ZERO);
    match past.as_hours() {
        0 => format!("{} min ago", past.as_mins()),
        hours @ 1..72 => format!("{hours} h ago"),
        hours => format!("{} days ago", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_as_a_person_would() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (at, told) in [
            ("2026-11-22T11:59:01Z", "0 min ago"),
            ("2026-11-22T10:30:00Z", "1 h ago"),
            ("2026-11-19T11:00:00Z", "3 days ago"),
            ("2026-11-22T13:00:00Z", "0 min ago"),
        ] {
            assert_eq!(ago(at.parse().unwrap(), now), told, "{at}");
        }
    }
}
