//! When a digest is due: once a week, from an hour of a day on, in working hours of whoever reads it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::config::{Calendar, Config};

/// What could not be sent for so many days is no longer the week's news.
const LATEST_DAYS: i64 = 2;

/// The week, such as `2026-W45`, whose digest may be sent now to somebody in this time zone. Where its day is a holiday, that is
/// the next working day of the week, and where none is left in which somebody still reads it, the last one before.
pub fn digest_due(config: &Config, zone: Option<&str>, now: Timestamp) -> Option<String> {
    let calendar = config.calendar.of_reader(zone).with_working_hours();
    let here = now.to_zoned(calendar.zone.clone());
    let from = begins(here.date(), config, &calendar)?;
    let until = from.checked_add(jiff::Span::new().days(LATEST_DAYS)).ok()?;
    let is_due = (from..until).contains(&here.datetime()) && calendar.is_open(now);
    let week = here.date().iso_week_date();
    is_due.then(|| format!("{}-W{:02}", week.year(), week.week()))
}

/// From when on the digest of a day's week may be sent.
fn begins(today: Date, config: &Config, calendar: &Calendar) -> Option<DateTime> {
    let week = today.iso_week_date();
    let wanted = config.follow_up.digest_day?;
    let hour = Time::new(config.follow_up.digest_hour, 0, 0, 0).ok()?;
    let is_read_in_the_week = |moment: &DateTime| {
        let at = moment.to_zoned(calendar.zone.clone()).map(|there| there.timestamp());
        at.is_ok_and(|at| {
            let read = calendar.day(calendar.closed_until(at).unwrap_or(at)).iso_week_date();
            (read.year(), read.week()) == (week.year(), week.week())
        })
    };
    let days = week.first_of_week().ok()?.date().series(jiff::Span::new().days(1)).take(7);
    let moments: Vec<DateTime> =
        days.filter(|day| calendar.works(*day)).map(|day| day.to_datetime(hour)).filter(is_read_in_the_week).collect();
    let place = |day: Weekday| day.to_monday_zero_offset();
    moments.iter().find(|moment| place(moment.weekday()) >= place(wanted)).or(moments.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hours of 30 days at which a digest is due first in each week.
    fn first_hours(config: &str, zone: &str, from: &str) -> Vec<String> {
        let config = Config::parse(config).unwrap();
        let from: Timestamp = from.parse().unwrap();
        let mut weeks = std::collections::BTreeMap::new();
        for hour in 0..24 * 21 {
            let now = from + jiff::SignedDuration::from_hours(hour);
            if let Some(week) = digest_due(&config, Some(zone), now) {
                weeks.entry(week).or_insert_with(|| now.strftime("%-d %b %H:%M").to_string());
            }
        }
        weeks.into_iter().map(|(week, first)| format!("{week} {first}")).collect()
    }

    #[test]
    fn a_digest_is_due_on_its_day_at_its_hour_where_its_reader_is() {
        let from = "2026-10-19T00:00:00Z";
        assert_eq!(
            first_hours("", "Europe/Berlin", from),
            ["2026-W43 19 Oct 07:00", "2026-W44 26 Oct 08:00", "2026-W45 2 Nov 08:00"],
            "the clocks go back on 25 October"
        );
        assert_eq!(first_hours("", "Asia/Tokyo", from)[1], "2026-W44 26 Oct 00:00");
        assert_eq!(first_hours("", "America/New_York", from)[2], "2026-W45 2 Nov 14:00");
    }

    #[test]
    fn on_a_holiday_it_comes_on_the_next_working_day_of_the_week_else_on_the_one_before() {
        let holiday = |day: &str, on: &str| {
            let config = format!("[calendar]\nholidays = [\"{day}\"]\n[follow_up]\ndigest_day = \"{on}\"\n");
            first_hours(&config, "UTC", "2026-11-02T00:00:00Z").remove(0)
        };
        assert_eq!(holiday("2026-11-02", "monday"), "2026-W45 3 Nov 09:00");
        assert_eq!(holiday("2026-11-06", "friday"), "2026-W45 5 Nov 09:00");
        assert_eq!(holiday("2026-12-25", "sunday"), "2026-W45 6 Nov 09:00");
    }

    #[test]
    fn an_hour_at_night_is_the_next_morning_and_without_a_day_there_is_none() {
        assert_eq!(
            first_hours("[follow_up]\ndigest_hour = 20\n", "UTC", "2026-11-02T00:00:00Z")[0],
            "2026-W45 3 Nov 08:00"
        );
        assert_eq!(
            first_hours("[follow_up]\ndigest_hour = 20\ndigest_day = \"friday\"\n", "UTC", "2026-11-02T00:00:00Z")[0],
            "2026-W45 6 Nov 08:00",
            "after Friday evening there is no morning in the week"
        );
        assert_eq!(
            first_hours("[follow_up]\ndigest_day = \"\"\n", "UTC", "2026-11-02T00:00:00Z"),
            Vec::<String>::new()
        );
    }
}
