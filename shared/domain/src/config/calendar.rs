//! Working days and quiet hours, in the time zone of whoever they are for.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;

/// Working days, quiet hours, and the time zone in which they are meant.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The time zone.
    pub zone: TimeZone,
    /// Days on which nobody works.
    pub holidays: BTreeSet<Date>,
    /// When nobody is told anything; nothing: whoever is to be told is told at any hour of any day.
    pub quiet: Option<Quiet>,
}

/// Hours of a day in which nobody is told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// They begin; a later time than their end where they hold through midnight.
    pub from: Time,
    /// They end.
    pub until: Time,
}

/// What is not about something new, such as a reminder, can wait for usual working hours, whether or not quiet hours are set.
const NIGHT: Quiet = Quiet { from: time(18, 0, 0, 0), until: time(8, 0, 0, 0) };
/// A calendar that lets nobody be told for longer than this is not followed.
const MOST_DAYS_CLOSED: usize = 60;

impl Quiet {
    fn holds(self, time: Time) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }
}

impl Calendar {
    /// The day it is.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// The same for a reader in another time zone, by its IANA name. One that is unknown is as good as none.
    #[must_use]
    pub fn of_reader(&self, zone: Option<&str>) -> Self {
        let zone = zone.and_then(|name| TimeZone::get(name.trim()).ok());
        Self { zone: zone.unwrap_or_else(|| self.zone.clone()), ..self.clone() }
    }

    /// The same with working hours, which are from 8 to 18 o'clock where no quiet hours are set.
    #[must_use]
    pub fn with_working_hours(self) -> Self {
        Self { quiet: self.quiet.or(Some(NIGHT)), ..self }
    }

    /// The day `days` working days after `from`; with 0 the first working day from `from` on.
    pub fn working_day(&self, from: Date, days: u32) -> Date {
        let mut day = from;
        let mut left = days;
        loop {
            if self.works(day) {
                if left == 0 {
                    return day;
                }
                left -= 1;
            }
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => return day,
            }
        }
    }

    /// The same time of day, `days` working days later.
    pub fn after_working_days(&self, from: Timestamp, days: u32) -> Timestamp {
        let from_here = from.to_zoned(self.zone.clone());
        let day = self.working_day(from_here.date(), days);
        day.to_datetime(from_here.time()).to_zoned(self.zone.clone()).map_or(from, |then| then.timestamp())
    }

    /// Whether somebody may be told something now: a working day, and no quiet hour of it. Without quiet hours always.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let here = at.to_zoned(self.zone.clone());
        self.quiet.is_none_or(|quiet| self.works(here.date()) && !quiet.holds(here.time()))
    }

    /// When somebody may be told something who may not be now; nothing where it may be now.
    pub fn closed_until(&self, at: Timestamp) -> Option<Timestamp> {
        let quiet = self.quiet.filter(|_| !self.is_open(at))?;
        let days = self.day(at).series(jiff::Span::new().days(1)).take(MOST_DAYS_CLOSED);
        let mut moments = days.flat_map(|day| [Time::midnight(), quiet.until].map(|time| day.to_datetime(time)));
        moments.find_map(|moment| {
            let moment = moment.to_zoned(self.zone.clone()).ok()?.timestamp();
            (moment > at && self.is_open(moment)).then_some(moment)
        })
    }

    /// Whether people work on this day.
    pub fn works(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar(zone: &str, from: &str, until: &str) -> Calendar {
        let quiet = Some(Quiet { from: from.parse().unwrap(), until: until.parse().unwrap() });
        Calendar { zone: TimeZone::get(zone).unwrap(), holidays: [date(2026, 12, 25)].into(), quiet }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_days_pass_over_weekends_and_holidays() {
        let calendar = calendar("UTC", "18:00", "08:00");
        for (from, days, due) in [
            (date(2026, 11, 20), 1, date(2026, 11, 23)),
            (date(2026, 11, 22), 0, date(2026, 11, 23)),
            (date(2026, 11, 22), 1, date(2026, 11, 24)),
            (date(2026, 12, 24), 1, date(2026, 12, 28)),
        ] {
            assert_eq!(calendar.working_day(from, days), due, "{from} + {days}");
        }
    }

    #[test]
    fn quiet_hours_hold_through_midnight_weekends_and_holidays_and_end_on_the_minute() {
        let berlin = calendar("Europe/Berlin", "18:00", "08:00");
        for (now, open) in [
            ("2026-11-05T16:59:59Z", None),
            ("2026-11-05T17:00:00Z", Some("2026-11-06T07:00:00Z")),
            ("2026-11-06T06:59:00Z", Some("2026-11-06T07:00:00Z")),
            ("2026-11-06T07:00:00Z", None),
            ("2026-11-06T20:00:00Z", Some("2026-11-09T07:00:00Z")),
            ("2026-12-24T20:00:00Z", Some("2026-12-28T07:00:00Z")),
        ] {
            assert_eq!(berlin.closed_until(at(now)), open.map(at), "{now}");
        }
    }

    #[test]
    fn quiet_hours_within_a_day_leave_its_morning_open() {
        let lunch = calendar("UTC", "12:00", "13:00");
        assert_eq!(lunch.closed_until(at("2026-11-05T12:30:00Z")), Some(at("2026-11-05T13:00:00Z")));
        assert_eq!(lunch.closed_until(at("2026-11-05T02:30:00Z")), None);
        assert_eq!(lunch.closed_until(at("2026-11-07T02:30:00Z")), Some(at("2026-11-09T00:00:00Z")));
    }

    #[test]
    fn the_clocks_change_and_eight_oclock_stays_eight_oclock() {
        // Berlin goes back on Sunday 25 October 2026, New York on 1 November; both forward in March.
        let berlin = calendar("Europe/Berlin", "18:00", "08:00");
        assert_eq!(berlin.closed_until(at("2026-10-23T20:00:00Z")), Some(at("2026-10-26T07:00:00Z")));
        assert_eq!(berlin.closed_until(at("2027-03-26T20:00:00Z")), Some(at("2027-03-29T06:00:00Z")));
        let new_york = berlin.of_reader(Some("America/New_York"));
        assert_eq!(new_york.closed_until(at("2026-10-30T23:00:00Z")), Some(at("2026-11-02T13:00:00Z")));
        assert_eq!(berlin.after_working_days(at("2026-10-23T08:00:00Z"), 1), at("2026-10-26T09:00:00Z"));
        // A time of day that the change leaves out is an hour later.
        let night = calendar("Europe/Berlin", "22:00", "02:30");
        assert!(night.closed_until(at("2027-03-28T01:00:00Z")).is_some_and(|open| open > at("2027-03-28T01:00:00Z")));
    }

    #[test]
    fn a_zone_that_is_none_is_the_configured_one() {
        let berlin = calendar("Europe/Berlin", "18:00", "08:00");
        for nonsense in [None, Some(""), Some("Mars/Phobos"), Some("../../etc/passwd"), Some("\u{202e}UTC")] {
            assert_eq!(berlin.of_reader(nonsense).day(at("2026-11-05T23:30:00Z")), date(2026, 11, 6), "{nonsense:?}");
        }
        let tokyo = berlin.of_reader(Some("Asia/Tokyo"));
        assert_eq!(tokyo.closed_until(at("2026-11-05T10:00:00Z")), Some(at("2026-11-05T23:00:00Z")));
    }

    #[test]
    fn without_quiet_hours_nobody_waits_but_what_is_not_new_keeps_to_working_hours() {
        let none = Calendar { quiet: None, ..calendar("UTC", "18:00", "08:00") };
        assert_eq!(none.closed_until(at("2026-11-07T03:00:00Z")), None);
        assert_eq!(
            none.with_working_hours().closed_until(at("2026-11-07T03:00:00Z")),
            Some(at("2026-11-09T08:00:00Z"))
        );
    }

    #[test]
    fn a_calendar_of_nothing_but_holidays_holds_nothing_for_ever() {
        let mut closed = calendar("UTC", "18:00", "08:00");
        closed.holidays = date(2026, 1, 1).series(jiff::Span::new().days(1)).take(800).collect();
        assert_eq!(closed.closed_until(at("2026-11-05T20:00:00Z")), None);
    }
}
