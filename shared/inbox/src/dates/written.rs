//! How days are written: with names of months, with numbers, as a weekday.

use std::ops::Range;

use jiff::civil::Weekday;

use super::calendar::Day;
use super::role;
use crate::wording::Language;
use crate::words::Sentence;

/// A day as it stands in a sentence.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The words that name it.
    pub words: Range<usize>,
    /// The day.
    pub day: Day,
    /// `3 to 14 August`: the first of the two.
    pub first: Option<Box<Written>>,
}

impl Written {
    /// The day that is named from this word on.
    pub(super) fn at(sentence: &Sentence, at: usize, languages: &[&'static Language], american: bool) -> Option<Self> {
        let reader = Reader { sentence, languages, american };
        let written = |(day, end): (Day, usize)| Self { words: at..end, day, first: None };
        let vague = || reader.month_alone(at).or_else(|| reader.relative(at)).or_else(|| reader.day_alone(at));
        reader.exact(at).map(written).or_else(|| reader.shared_month(at)).or_else(|| vague().map(written))
    }

    /// Less than a day is named.
    pub(super) fn is_vague(&self) -> bool {
        !matches!(self.day, Day::Of { .. })
    }
}

/// Where a sentence is read, and in which languages.
struct Reader<'a> {
    sentence: &'a Sentence,
    languages: &'a [&'static Language],
    american: bool,
}

impl Reader<'_> {
    fn exact(&self, at: usize) -> Option<(Day, usize)> {
        self.numbers(at).or_else(|| self.day_and_month(at)).or_else(|| self.month_and_day(at))
    }

    /// `2027-01-04`, `4.1.2027`, `04/01/27`, `4.1.`, `4/1`.
    fn numbers(&self, at: usize) -> Option<(Day, usize)> {
        let (first, digits) = self.number(at)?;
        let mark = self.mark(at)?;
        let (second, second_digits) = self.number(at + 1)?;
        let third = self.mark(at + 1).and_then(|_| self.number(at + 2));
        if digits == 4 {
            let (day, _) = third.filter(|_| second_digits <= 2)?;
            return Some((of(day, second, Some(first))?, at + 3));
        }
        let (day, month) = self.in_order(mark, first, second);
        match third {
            Some((year, 4)) => Some((of(day, month, Some(year))?, at + 3)),
            Some((year, 2)) => Some((of(day, month, Some(2000 + year))?, at + 3)),
            Some(_) => None,
            None if mark == '-' || self.is_no_day(at, mark, second_digits) => None,
            None => Some((of(day, month, None)?, at + 2)),
        }
    }

    /// Which of two numbers is the day.
    fn in_order(&self, mark: char, first: i16, second: i16) -> (i16, i16) {
        let is_english = self.languages.first().is_some_and(|language| language.name == "English");
        let month_first =
            (mark == '/' && is_english && self.american && first <= 12) || (mark != '.' && second > 12 && first <= 12);
        if month_first { (second, first) } else { (first, second) }
    }

    /// Two numbers that are a time, a chapter or round the clock.
    fn is_no_day(&self, at: usize, mark: char, second_digits: usize) -> bool {
        let fold = |at: Option<usize>| at.and_then(|at| self.sentence.words.get(at)).map_or("", |w| w.fold.as_str());
        let behind = self.sentence.words.get(at + 1).and_then(|word| self.sentence.text.get(word.end..));
        let is_ended = behind.is_some_and(|rest| rest.starts_with('.'));
        let time_behind = ["uhr", "h", "am", "pm", "hrs", "hours", "horas", "heures", "ore"];
        let time_before = ["um", "klo", "kl", "at", "alle", "las", "om", "as"];
        let is_time = mark == '.'
            && (time_behind.contains(&fold(Some(at + 2))) || time_before.contains(&fold(at.checked_sub(1))));
        let is_chapter = mark == '.' && second_digits < 2 && !is_ended;
        let round_the_clock = (self.number(at), self.number(at + 1)) == (Some((24, 2)), Some((7, 1)));
        is_time || is_chapter || round_the_clock
    }

    /// `4 January 2027`, `4. Januar`, `4 de enero de 2027`, `1er octobre`, `4-Jan-2027`.
    fn day_and_month(&self, at: usize) -> Option<(Day, usize)> {
        let day = self.ordinal(at)?;
        let next = at + 1 + usize::from(self.is_one_of(at + 1, &["of", "de", "d", "del", "dia", "n"]));
        let month = self.month(next)?;
        let (year, end) = self.year_behind(next + 1);
        Some((of(day, month, year)?, end))
    }

    /// `January 4th, 2027`, `elokuun 31. päivä`.
    fn month_and_day(&self, at: usize) -> Option<(Day, usize)> {
        let month = self.month(at)?;
        let day =
            self.ordinal(at + 1).filter(|_| !self.sentence.between(at, at + 1).contains(['.', '-', '\n', ';']))?;
        let (year, end) = self.year_behind(at + 2);
        Some((of(day, month, year)?, end))
    }

    /// `3 to 14 August`, `3.–14.8.2027`: the month stands with the second day only.
    fn shared_month(&self, at: usize) -> Option<Written> {
        let day = self.ordinal(at)?;
        let next = (at + 1..=at + 4)
            .find(|next| role::joins(self.sentence.between(at, *next)) && (self.ordinal(*next).is_some()))?;
        let (last, end) = self.exact(next)?;
        let Day::Of { day: last_day, month, year } = last else { return None };
        let Day::Of { day, .. } = of(day, i16::from(month), None)? else { return None };
        if day > last_day {
            return None;
        }
        let first = Written { words: at..at + 1, day: Day::Of { day, month, year }, first: None };
        Some(Written { words: next..end, day: last, first: Some(Box::new(first)) })
    }

    /// `March 2027`, `Ende Januar`.
    fn month_alone(&self, at: usize) -> Option<(Day, usize)> {
        let word = self.sentence.words.get(at)?;
        let is_verb = matches!(word.fold.as_str(), "may" | "march") && !word.capital;
        let is_short = word.fold.len() < 4 && !matches!(word.fold.as_str(), "may" | "mai" | "maj" | "mei");
        let month = self.month(at).filter(|_| !is_verb && !is_short)?;
        let (year, end) = self.year_behind(at + 1);
        let month = i8::try_from(month).ok()?;
        Some((Day::Month { month, year, part: role::part(self.sentence, self.languages, at) }, end))
    }

    /// A weekday that stands before no day, or the day after.
    fn relative(&self, at: usize) -> Option<(Day, usize)> {
        if let Some(end) = self.first_end(at, |language| &language.tomorrow) {
            return Some((Day::Tomorrow, end));
        }
        if let Some(end) = self.first_end(at, |language| &language.end_of_year) {
            return Some((Day::EndOfYear, end));
        }
        let word = self.sentence.words.get(at).filter(|word| word.fold.len() > 3)?;
        let names_day = |next: usize| self.exact(next).is_some() || self.shared_month(next).is_some();
        if word.fold.is_empty() || (at + 1..=at + 3).any(names_day) {
            return None;
        }
        let weekdays = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        self.languages.iter().find_map(|language| {
            let named = weekdays.into_iter().zip(&language.weekdays);
            named.filter_map(|(day, p)| p.end_from(&self.sentence.words, at).map(|end| (Day::Next(day), end))).next()
        })
    }

    /// `the 16th`, `le 16`, `bis zum 13.`: the month goes without saying.
    fn day_alone(&self, at: usize) -> Option<(Day, usize)> {
        let day = self.ordinal(at)?;
        let word = self.sentence.words.get(at)?;
        let behind = self.sentence.text.get(word.end..).unwrap_or_default();
        let is_english = self.is_one_of(at.checked_sub(1)?, &["the"]);
        let is_written_out = word.fold.ends_with(|c: char| c.is_ascii_lowercase());
        let articles = ["the", "le", "el", "il", "o", "dia", "den", "dem", "de", "d", "au", "al", "ao", "zum"];
        let has_article = self.is_one_of(at - 1, &articles);
        let units = [
            "uhr", "h", "am", "pm", "heures", "horas", "ore", "uur", "days", "weeks", "tage", "wochen", "jours", "anos",
        ];
        let is_other =
            behind.starts_with([':', '%', '-', '/']) || self.is_one_of(at + 1, &units) || self.number(at + 1).is_some();
        let day = i8::try_from(day).ok()?;
        (has_article && (!is_english || is_written_out) && !is_other).then_some((Day::Number(day), at + 1))
    }

    fn month(&self, at: usize) -> Option<i16> {
        self.sentence.words.get(at)?;
        self.languages.iter().find_map(|language| {
            let named = (1..).zip(&language.months);
            named.filter(|(_, p)| p.end_from(&self.sentence.words, at).is_some()).map(|(month, _)| month).next()
        })
    }

    fn first_end(&self, at: usize, of: fn(&Language) -> &[crate::patterns::Pattern]) -> Option<usize> {
        let mut patterns = self.languages.iter().flat_map(|language| of(language));
        patterns.find_map(|pattern| pattern.end_from(&self.sentence.words, at))
    }

    /// A year, perhaps behind a small word, and where what it belongs to ends.
    fn year_behind(&self, at: usize) -> (Option<i16>, usize) {
        let next = at + usize::from(self.is_one_of(at, &["de", "del", "of"]));
        match self.number(next) {
            Some((year, 4)) if (1990..=2100).contains(&year) => (Some(year), next + 1),
            _ => (None, at),
        }
    }

    fn is_one_of(&self, at: usize, words: &[&str]) -> bool {
        self.sentence.words.get(at).is_some_and(|word| words.contains(&word.fold.as_str()))
    }

    /// A word of digits alone, and how many they are.
    fn number(&self, at: usize) -> Option<(i16, usize)> {
        let word = self.sentence.words.get(at)?;
        let is_number = word.fold.len() <= 4 && word.fold.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| word.fold.parse().ok().map(|number| (number, word.fold.len()))).flatten()
    }

    /// A day of a month, perhaps with the ending of an ordinal number.
    fn ordinal(&self, at: usize) -> Option<i16> {
        let word = self.sentence.words.get(at)?;
        let digits = word.fold.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let ending = &word.fold[digits.len()..];
        let is_ending =
            matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | "e" | "o" | "a" | "de" | "ste" | "eme");
        let day = digits.parse().ok().filter(|day| (1..=31).contains(day));
        day.filter(|_| is_ending && digits.len() <= 2)
    }

    /// The mark that joins a number to the next one.
    fn mark(&self, at: usize) -> Option<char> {
        match self.sentence.between(at, at + 1) {
            "." | ". " => Some('.'),
            "/" => Some('/'),
            "-" => Some('-'),
            _ => None,
        }
    }
}

fn of(day: i16, month: i16, year: Option<i16>) -> Option<Day> {
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    let exists = (1..=31).contains(&day) && (1..=12).contains(&month);
    let is_year = year.is_none_or(|year| (1990..=2100).contains(&year));
    (exists && is_year).then_some(Day::Of { day, month, year })
}
