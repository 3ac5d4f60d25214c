//! The days a sentence names: written in any of the languages, without a year, as a month, as a weekday; and whether it
//! begins or ends something there.

mod calendar;
mod role;
mod written;

use std::ops::Range;

use jiff::civil::Date;

use crate::wording::Language;
use crate::words::Sentence;

use calendar::Lean;
use written::Written;

/// From where days are counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Anchor {
    /// The day on which the mail was written, if that is known; without it only days with a year are.
    pub day: Option<Date>,
    /// Where it was written, 3/4 is in March.
    pub american: bool,
}

/// What a day means in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The last day of something.
    Until,
    /// The first day of something.
    Since,
    /// Nothing says.
    Plain,
}

/// A day in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The words that name it.
    pub words: Range<usize>,
    /// The day; of a month without a day the first one, or the last one where something ends.
    pub date: Date,
    /// What it means.
    pub role: Role,
    /// Its year stands there.
    has_year: bool,
}

/// The days of a sentence in the order in which they stand.
pub(crate) fn find(sentence: &Sentence, languages: &[&'static Language], anchor: Anchor) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        let repeats = |written: &Written| written.is_vague() && found.last().is_some_and(|last| last.words.end == at);
        let Some(written) = Written::at(sentence, at, languages, anchor.american).filter(|w| !repeats(w)) else {
            at += 1;
            continue;
        };
        let role = role::of(sentence, languages, &written.words);
        at = written.words.end;
        found.extend(written.first.as_deref().and_then(|first| day(first, Role::Since, anchor, sentence, languages)));
        let role = if written.first.is_some() { Role::Until } else { role };
        found.extend(day(&written, role, anchor, sentence, languages));
    }
    join_ranges(&mut found, sentence);
    found
}

fn day(
    written: &Written,
    role: Role,
    anchor: Anchor,
    sentence: &Sentence,
    languages: &[&'static Language],
) -> Option<Found> {
    let lean = match role {
        Role::Until => Lean::Ahead,
        Role::Since | Role::Plain if role::returns(sentence, languages) => Lean::Ahead,
        Role::Since | Role::Plain => Lean::Near,
    };
    // A month alone is a day only where something begins or ends with it.
    if written.is_vague() && role == Role::Plain && !role::returns(sentence, languages) {
        return None;
    }
    let date = written.day.resolve(anchor.day, lean, role == Role::Until)?;
    let has_year = matches!(written.day, calendar::Day::Of { year: Some(_), .. });
    Some(Found { words: written.words.clone(), date, role, has_year })
}

/// `3 August – 14 August`: the first begins and the second ends, and a year that stands with the second is that of both.
fn join_ranges(found: &mut [Found], sentence: &Sentence) {
    for at in 1..found.len() {
        let (left, right) = (&found[at - 1], &found[at]);
        let gap = sentence.between(left.words.end.saturating_sub(1), right.words.start);
        let is_range = role::joins(gap) && left.role != Role::Until && left.date <= right.date;
        let (year, last) = (right.has_year && !left.has_year, right.date);
        if is_range {
            found[at - 1].role = Role::Since;
            found[at].role = Role::Until;
        }
        if year && found[at - 1].role == Role::Since && found[at].role == Role::Until {
            let in_year = |by: i16| found[at - 1].date.with().year(last.year() - by).build().ok();
            found[at - 1].date = (0..2).filter_map(in_year).find(|first| *first <= last).unwrap_or(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording;

    /// The days of a text as of Monday, 2 November 2026.
    fn days(text: &str) -> Vec<(Role, String)> {
        days_of(text, false)
    }

    fn days_of(text: &str, american: bool) -> Vec<(Role, String)> {
        let sentence = Sentence::new(text);
        let anchor = Anchor { day: Some(jiff::civil::date(2026, 11, 2)), american };
        let found = find(&sentence, &[wording::of(sentence.words.iter())], anchor);
        found.into_iter().map(|found| (found.role, found.date.to_string())).collect()
    }

    fn until(text: &str, day: &str) {
        assert_eq!(days(text), [(Role::Until, day.to_owned())], "{text}");
    }

    fn since(text: &str, day: &str) {
        assert_eq!(days(text), [(Role::Since, day.to_owned())], "{text}");
    }

    fn plain(text: &str, day: &str) {
        assert_eq!(days(text), [(Role::Plain, day.to_owned())], "{text}");
    }

    fn range(text: &str, first: &str, last: &str) {
        assert_eq!(days(text), [(Role::Since, first.to_owned()), (Role::Until, last.to_owned())], "{text}");
    }

    #[test]
    fn a_last_day_is_read_in_every_language() {
        until("I am on leave until Monday, 4 January 2027", "2027-01-04");
        until("I am away through January 4th, 2027.", "2027-01-04");
        until("Ich bin bis einschließlich 4. Januar 2027 nicht im Büro", "2027-01-04");
        until("Ich bin bis zum 04.01.2027 in Elternzeit", "2027-01-04");
        until("Je suis absente jusqu'au lundi 4 janvier 2027 inclus", "2027-01-04");
        until("Estoy de vacaciones hasta el 4 de enero de 2027", "2027-01-04");
        until("Estou ausente até ao dia 4 de janeiro de 2027", "2027-01-04");
        until("Sono in ferie fino al 4 gennaio 2027 compreso", "2027-01-04");
        until("Ik ben afwezig tot en met 4 januari 2027", "2027-01-04");
        until("Ik ben met vakantie t/m 4 januari", "2027-01-04");
        until("Jag är föräldraledig till och med den 4 januari 2027", "2027-01-04");
        until("Jag har semester t.o.m. 4/1", "2027-01-04");
        until("Jeg er i permisjon til og med 4. januar 2027", "2027-01-04");
        until("Jeg er på barsel til og med d. 4. januar 2027", "2027-01-04");
        until("Olen lomalla 4.1.2027 asti", "2027-01-04");
        until("Olen vanhempainvapaalla 4. tammikuuta 2027 saakka", "2027-01-04");
        until("Jestem na urlopie do dnia 4 stycznia 2027 r.", "2027-01-04");
    }

    #[test]
    fn a_first_day_is_read_in_every_language() {
        since("As of 7 November I am no longer here", "2026-11-07");
        since("Effective October 31, 2026 I have left", "2026-10-31");
        since("Seit dem 1. Oktober bin ich nicht mehr da", "2026-10-01");
        since("Depuis le 1er octobre je ne suis plus là", "2026-10-01");
        since("A partir del 1 de octubre ya no trabajo en la empresa", "2026-10-01");
        since("A partir de 1 de outubro já não trabalho na empresa", "2026-10-01");
        since("Dal 1 ottobre non lavoro più per la società", "2026-10-01");
        since("Sinds 1 oktober ben ik niet meer werkzaam bij de firma", "2026-10-01");
        since("Från och med den 1 oktober är jag inte kvar", "2026-10-01");
        since("Fra og med 1. oktober er jeg ikke ansatt hos oss", "2026-10-01");
        since("En ole enää talossa 1.10.2026 alkaen", "2026-10-01");
        since("Od 1 października nie pracuję już w firmie", "2026-10-01");
    }

    #[test]
    fn two_days_make_a_range() {
        range("I am away from 3 to 14 August 2027", "2027-08-03", "2027-08-14");
        range("vom 3. bis 14. August 2027 bin ich nicht da", "2027-08-03", "2027-08-14");
        range("Je serai absent du 3 au 14 août 2027", "2027-08-03", "2027-08-14");
        range("Estaré fuera del 3 al 14 de agosto de 2027", "2027-08-03", "2027-08-14");
        range("03.08. - 14.08.2027 Urlaub", "2027-08-03", "2027-08-14");
        range("Olen lomalla 3.–14.8.2027 enkä", "2027-08-03", "2027-08-14");
        range("I am out 28 December – 4 January", "2026-12-28", "2027-01-04");
    }

    #[test]
    fn what_has_no_year_is_near_and_what_ends_lies_ahead() {
        until("until 1 November", "2026-11-01");
        until("until 3 May", "2027-05-03");
        plain("I left on 30 April", "2026-04-30");
        plain("I leave on 31 January", "2027-01-31");
    }

    #[test]
    fn months_weekdays_and_tomorrow_are_days_where_something_ends() {
        until("I am on leave until March 2027", "2027-03-31");
        until("bis Ende Januar bin ich nicht da", "2027-01-31");
        until("until Friday", "2026-11-06");
        until("bis Montag bin ich weg", "2026-11-09");
        until("I am away until the 16th", "2026-11-16");
        until("Ich bin bis zum 13. nicht im Büro", "2026-11-13");
        until("Je suis absent jusqu'au 13", "2026-11-13");
        until("I am away until mid January", "2027-01-15");
        until("bis Anfang Februar bin ich nicht da", "2027-02-01");
        until("I am away until the end of the year", "2026-12-31");
        until("Ich bin bis Jahresende nicht da", "2026-12-31");
        assert_eq!(days("I will be back in September 2027"), [(Role::Plain, "2027-09-01".to_owned())]);
        assert_eq!(days("Ich bin morgen wieder da"), [(Role::Plain, "2026-11-03".to_owned())]);
        assert_eq!(days("I may march on Friday"), []);
    }

    #[test]
    fn slashes_are_read_as_where_the_mail_comes_from() {
        let english = "I am out of the office until 03/04/2027";
        assert_eq!(days_of(english, true)[0].1, "2027-03-04");
        assert_eq!(days_of(english, false)[0].1, "2027-04-03");
        assert_eq!(days_of("I am away until 12/31/2026", false)[0].1, "2026-12-31");
        assert_eq!(days_of("Je suis absent jusqu'au 03/04/2027", true)[0].1, "2027-04-03");
        until("I am away until 2027-01-04", "2027-01-04");
    }

    #[test]
    fn times_numbers_and_days_that_do_not_exist_are_none() {
        for text in [
            "open 24/7",
            "von 9.00 bis 17.30 Uhr",
            "call +49 30 1234.5678",
            "31 February 2027",
            "45.45.2027",
            "room 3.14",
        ] {
            assert_eq!(days(text), [], "{text}");
        }
    }
}
