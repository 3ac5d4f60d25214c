//! A day as it is written, with or without a year, and which day that is.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// What is known of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// A day of a month.
    Of { day: i8, month: i8, year: Option<i16> },
    /// A month, or a part of it.
    Month { month: i8, year: Option<i16>, part: Part },
    /// The next day with this number.
    Number(i8),
    /// The last day of the year.
    EndOfYear,
    /// The next of these weekdays.
    Next(Weekday),
    /// The day after the mail.
    Tomorrow,
}

/// Which part of a month is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Beginning,
    Middle,
    End,
}

/// Where a day without a year is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lean {
    /// Rather after the mail: something ends there.
    Ahead,
    /// On either side of it, rather before it: what is told has happened, or will soon.
    Near,
}

/// A reply that was not switched off in time goes on for so long.
const STALE_DAYS: i32 = 45;
/// Nine months back and three ahead make a year.
const BEHIND_DAYS: i32 = 270;

impl Day {
    /// The day that is meant; `None` where there is no such day. `last` asks for the last day of what is longer than one.
    pub(super) fn resolve(self, anchor: Option<Date>, lean: Lean, last: bool) -> Option<Date> {
        match self {
            Self::Of { day, month, year } => in_year(year, anchor, lean, |year| Date::new(year, month, day).ok()),
            Self::Month { month, year, part } => in_year(year, anchor, lean, |year| {
                let first = Date::new(year, month, 1).ok()?;
                Some(match part {
                    Part::End => first.last_of_month(),
                    Part::Whole if last => first.last_of_month(),
                    Part::Middle => Date::new(year, month, 15).ok()?,
                    Part::Whole | Part::Beginning => first,
                })
            }),
            Self::Number(day) => next_with_number(anchor?, day),
            Self::EndOfYear => Some(anchor?.last_of_year()),
            Self::Next(weekday) => anchor?.nth_weekday(1, weekday).ok(),
            Self::Tomorrow => anchor?.checked_add(1.day()).ok(),
        }
    }
}

fn next_with_number(anchor: Date, day: i8) -> Option<Date> {
    let months = (0..3).filter_map(|by| anchor.first_of_month().checked_add(by.months()).ok());
    months.filter_map(|month| month.with().day(day).build().ok()).find(|found| *found >= anchor)
}

fn in_year(year: Option<i16>, anchor: Option<Date>, lean: Lean, at: impl Fn(i16) -> Option<Date>) -> Option<Date> {
    if let Some(year) = year {
        return at(year);
    }
    let anchor = anchor?;
    let behind = match lean {
        Lean::Ahead => STALE_DAYS,
        Lean::Near => BEHIND_DAYS,
    };
    // The 29th of February is years apart.
    let years = (-1..=4).filter_map(|by| anchor.year().checked_add(by));
    years.filter_map(at).find(|date| (*date - anchor).get_days() >= -behind)
}
