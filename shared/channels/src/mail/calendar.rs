//! The reader's first step as an all-day calendar entry, which every calendar program reads (few read VTODO).

use domain::notice::Notice;
use icalendar::{Calendar, Component, Event, Property};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sheet::{Sheet, StepLine};

/// The calendar file, or nothing where no step is the reader's.
pub(super) fn first_step(sheet: &Sheet, notice: &Notice, id: &str, date: Timestamp) -> Option<String> {
    let mine = sheet.steps.iter().zip(&notice.steps).filter(|(line, _)| line.is_the_readers());
    let (line, step) = mine.min_by_key(|(_, step)| step.due)?;

    let mut entry = Event::new();
    entry
        .uid(id)
        .add_property("DTSTAMP", date.strftime("%Y%m%dT%H%M%SZ").to_string())
        .append_property(all_day("DTSTART", step.due))
        .summary(&line.what)
        .description(&description(sheet, line))
        // A thing to do on that day leaves the day free for meetings.
        .add_property("TRANSP", "TRANSPARENT");
    if let Ok(next) = step.due.tomorrow() {
        entry.append_property(all_day("DTEND", next));
    }

    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//Baton//EN"))
        .append_property(Property::new("METHOD", "PUBLISH"))
        .push(entry.done());
    Some(calendar.to_string())
}

fn description(sheet: &Sheet, line: &StepLine) -> String {
    let parts = [line.why.as_str(), &sheet.headline, &sheet.footer];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn all_day(name: &str, date: Date) -> Property {
    Property::new(name, date.strftime("%Y%m%d").to_string()).add_parameter("VALUE", "DATE").done()
}
