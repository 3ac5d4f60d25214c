//! Figures as people say them, and the sentences that page and terminal begin with.

use domain::days::full_day;

use crate::report::text::{count, counted};
use crate::words::plain;

use super::load::{loads, peak};
use super::periods::periods;
use super::{Backtest, Figures, Share};

/// What a backtest comes to, in sentences: how much, what stayed quiet and, where that is known, how much of it was right.
pub fn headline(backtest: &Backtest) -> Vec<String> {
    let figures = Figures::of(backtest);
    let Some(weekly) = figures.weekly(figures.alerts) else {
        let alone = "One export is only what later ones are compared with; name two or more, the oldest first.";
        return vec![alone.to_owned()];
    };
    let mut sentences = vec![format!(
        "Over {} Baton would have sent {}: {} a week{}.",
        span(figures.weeks),
        counted(figures.alerts, "alert", "alerts"),
        rate(weekly),
        for_whom(&figures)
    )];
    sentences.push(quiet(&figures));
    sentences.extend(right(&figures));
    sentences
}

/// Who would have been told most in any week, and when; nothing where nobody was told.
pub fn busiest(backtest: &Backtest) -> Option<String> {
    let periods = periods(backtest);
    let loads = loads(backtest, &periods);
    let (person, period, a_week) = peak(&loads, &periods)?;
    let name = plain(person.name.reveal(), 80);
    Some(format!("Nobody would have been told more than {} a week: {name}, {}.", rate(a_week), period.when()))
}

/// `78 months`, `8 weeks`.
pub fn span(weeks: f64) -> String {
    let days = weeks * 7.0;
    match days {
        ..13.5 => counted(days.round() as usize, "day", "days"),
        ..63.5 => counted(weeks.round() as usize, "week", "weeks"),
        _ => counted((days / DAYS_A_MONTH).round() as usize, "month", "months"),
    }
}

const DAYS_A_MONTH: f64 = 365.25 / 12.0;

/// A number a week: `0.04`, `0.3`, `2.8`, `12`.
pub fn rate(a_week: f64) -> String {
    let decimals = match a_week {
        ..0.005 if a_week > 0.0 => return "<0.01".to_owned(),
        ..0.095 => 2,
        ..9.95 => 1,
        _ => return count(a_week.round() as u64),
    };
    let text = format!("{a_week:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A rate a week for each CSM, in words: `half a one for each`, `one for each in four weeks`.
pub fn each(a_week: f64) -> String {
    match a_week {
        ..=0.0 => "none for any".to_owned(),
        ..0.4 => format!("one for each in {} weeks", spelt((1.0 / a_week).round() as usize)),
        ..0.75 => "half a one for each".to_owned(),
        ..1.25 => "one for each".to_owned(),
        ..1.75 => "one and a half for each".to_owned(),
        _ => format!("{} for each", rate((a_week * 2.0).round() / 2.0)),
    }
}

/// `96.7 %`, with a space that does not break.
pub fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    // What is not all must not read as all, nor what is something as nothing.
    let text = match text.as_str() {
        "100.0" if share < 1.0 => "99.9",
        "0.0" if share > 0.0 => "0.1",
        other => other,
    };
    format!("{}\u{a0}%", text.trim_end_matches(".0"))
}

/// An export's date, or the folder's name where that tells none.
pub(super) fn said(backtest: &Backtest, export: usize) -> String {
    match backtest.exports.get(export) {
        Some(export) if export.dated => full_day(export.day()),
        Some(export) => plain(&export.name, 60),
        None => String::new(),
    }
}

fn for_whom(figures: &Figures) -> String {
    let (Some(a_week), csms) = (figures.each(), figures.csms) else { return String::new() };
    // Most are told once; where many are told twice, the shares would not add up without a word on it.
    let twice = if figures.notices * 2 > figures.alerts * 3 {
        ", as a move between two of your accounts is told to both owners"
    } else {
        ""
    };
    match csms {
        1 => " for one CSM".to_owned(),
        _ => format!(" for {} CSMs, {}{twice}", count(csms), each(a_week)),
    }
}

fn quiet(figures: &Figures) -> String {
    let held = match figures.held {
        0 => "Nothing would have waited for a person’s look".to_owned(),
        1 => "1 change would have waited for a person’s look".to_owned(),
        held => format!("{} changes would have waited for a person’s look", count(held)),
    };
    let silenced = match figures.silenced {
        0 => "nothing was left silent".to_owned(),
        1 => "1 was spelling or tidying and stayed silent".to_owned(),
        silenced => format!("{} were spelling or tidying and stayed silent", count(silenced)),
    };
    let back = match figures.taken_back {
        0 => String::new(),
        1 => " One alert was taken back by a later export.".to_owned(),
        back => format!(" {} alerts were taken back by a later export.", count(back)),
    };
    format!("{held}, {silenced}, each with its reason.{back}")
}

fn right(figures: &Figures) -> Option<String> {
    let score = figures.score.as_ref()?;
    let (precision, recall) = (score.precision(), score.recall());
    let late = match score.late() {
        0 => String::new(),
        late => format!(", {} told late", count(late)),
    };
    let of = |share: Share| share.rate().map(percent).unwrap_or_default();
    Some(format!(
        "{} of {} were true ({}), and {} of {} were told in time ({}): {} missed{late}.",
        count(precision.hits),
        counted(precision.of, "alert", "alerts"),
        of(precision),
        count(recall.hits),
        counted(recall.of, "real change", "real changes"),
        of(recall),
        count(score.missed.len()),
    ))
}

fn spelt(number: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number).map_or_else(|| count(number), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn rates_are_as_exact_as_people_need_them() {
        for (a_week, said) in [
            (0.0, "0"),
            (0.001, "<0.01"),
            (0.04, "0.04"),
            (0.096, "0.1"),
            (0.3, "0.3"),
            (2.84, "2.8"),
            (12.4, "12"),
            (1_234.0, "1,234"),
        ] {
            assert_eq!(rate(a_week), said);
        }
    }

    #[test]
    fn a_csms_share_is_said_in_words() {
        for (a_week, said) in [
            (0.0, "none for any"),
            (0.235, "one for each in four weeks"),
            (0.02, "one for each in 50 weeks"),
            (0.5, "half a one for each"),
            (1.0, "one for each"),
            (1.5, "one and a half for each"),
            (2.6, "2.5 for each"),
            (14.2, "14 for each"),
        ] {
            assert_eq!(each(a_week), said);
        }
    }

    #[test]
    fn what_is_not_all_does_not_read_as_all() {
        let check = |share, said: &str| assert_eq!(percent(share).replace('\u{a0}', " "), said);
        check(0.9667, "96.7 %");
        check(0.9999, "99.9 %");
        check(1.0, "100 %");
        check(0.0001, "0.1 %");
        check(0.0, "0 %");
    }

    #[test]
    fn spans_are_said_in_days_weeks_or_months() {
        for (weeks, said) in [(1.0, "7 days"), (8.0, "8 weeks"), (26.0, "6 months"), (339.0, "78 months")] {
            assert_eq!(span(weeks), said);
        }
    }

    #[test]
    fn the_first_sentence_says_how_much_for_how_many() {
        let mut backtest = example::played(12);
        backtest.findings = (1..12).map(|export| example::alert("003A", export)).collect();
        backtest.findings[0].told = vec![example::person("005B", "Maya Ortiz")];
        let said = headline(&backtest);
        let first =
            "Over 11 months Baton would have sent 11 alerts: 0.2 a week for 2 CSMs, one for each in nine weeks.";
        assert_eq!(said[0], first);
        assert!(busiest(&backtest).unwrap().contains("Joel Amsel, up to 1 Mar 2026"));
    }

    #[test]
    fn where_many_are_told_twice_the_sentence_says_why() {
        let mut backtest = example::played(3);
        let mut moved = example::alert("003A", 1);
        moved.told.push(example::person("005B", "Maya Ortiz"));
        backtest.findings = vec![moved];
        assert!(headline(&backtest)[0].ends_with("told to both owners."), "{:?}", headline(&backtest));
    }

    #[test]
    fn one_export_alone_is_told_to_be_no_backtest() {
        assert!(headline(&example::played(1))[0].contains("name two or more"));
    }
}
