//! Stretches of time that a drawing shows side by side: one export each, or months, quarters, years where there are many.

use jiff::civil::Date;

use super::{Backtest, Export};

/// More columns than this are no longer read one by one.
const MOST: usize = 26;

/// A stretch of time and the exports that fall into it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Period {
    /// Places of its exports: `from` up to before `to`.
    pub from: usize,
    /// The export after its last.
    pub to: usize,
    /// Its name: `1 Jul`, `Jul`, `Q3`.
    pub name: String,
    /// The year it is in, where the name does not say it.
    pub year: String,
    /// Whether it gathers all exports of a month, a quarter or a year.
    pub gathered: bool,
    /// How long it is: what its exports tell of happened after the export before it.
    pub weeks: f64,
}

impl Period {
    /// Whether an export falls into it.
    pub(super) fn holds(&self, export: usize) -> bool {
        (self.from..self.to).contains(&export)
    }

    /// `up to 1 Jul 2013`, `in Jul 2013`
    pub(super) fn when(&self) -> String {
        format!("{} {}", if self.gathered { "in" } else { "up to" }, self.full())
    }

    /// `1 Jul 2013`
    pub(super) fn full(&self) -> String {
        format!("{} {}", self.name, self.year).trim().to_owned()
    }
}

/// The stretches of all exports but the first, which has nothing to be compared with.
pub(super) fn periods(backtest: &Backtest) -> Vec<Period> {
    let ways: [(Way, bool); 4] = [(single, false), (month, true), (quarter, true), (year, true)];
    let cuts = ways.into_iter().map(|(way, gathered)| cut(backtest, way, gathered));
    cuts.into_iter().find(|periods| periods.len() <= MOST).unwrap_or_else(|| cut(backtest, year, true))
}

/// A key that tells one stretch from the next, its name and its year.
type Named = (usize, String, String);

/// How an export at its place is told apart and named.
type Way = fn(&Export, usize) -> Named;

fn cut(backtest: &Backtest, way: Way, gathered: bool) -> Vec<Period> {
    let mut periods: Vec<(usize, Period)> = Vec::new();
    for (i, export) in backtest.exports.iter().enumerate().skip(1) {
        let (key, name, year) = way(export, i);
        match periods.last_mut().filter(|(last, _)| *last == key) {
            Some((_, period)) => period.to = i + 1,
            None => periods.push((key, Period { from: i, to: i + 1, name, year, gathered, weeks: 0.0 })),
        }
    }
    let weeks = |period: &Period| backtest.weeks(period.from - 1, period.to);
    periods.into_iter().map(|(_, period)| Period { weeks: weeks(&period), ..period }).collect()
}

fn single(export: &Export, place: usize) -> Named {
    if !export.dated {
        return (place, crate::words::plain(&export.name, 16), String::new());
    }
    let day = export.day();
    (place, domain::days::day(day), day.year().to_string())
}

fn month(export: &Export, _: usize) -> Named {
    let day = export.day();
    (months(day), day.strftime("%b").to_string(), day.year().to_string())
}

fn quarter(export: &Export, _: usize) -> Named {
    let day = export.day();
    let quarter = months(day) / 3;
    (quarter, format!("Q{}", quarter % 4 + 1), day.year().to_string())
}

fn year(export: &Export, _: usize) -> Named {
    let day = export.day();
    (months(day) / 12, day.year().to_string(), String::new())
}

/// Months since the year 0.
fn months(day: Date) -> usize {
    usize::try_from(i32::from(day.year()) * 12 + i32::from(day.month()) - 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::super::example;
    use super::*;

    /// Names of the first two and of the last stretch of so many exports, so many hours apart.
    fn check(exports: usize, hours: i64, number: usize, names: [&str; 3]) {
        let mut backtest = example::played(1);
        let first = backtest.exports[0].clone();
        backtest.exports = (0..exports)
            .map(|i| Export { at: first.at.checked_add((i as i64 * hours).hours()).unwrap(), ..first.clone() })
            .collect();
        let periods = periods(&backtest);
        let last = periods.len() - 1;
        assert_eq!([0, 1, last].map(|i| periods[i].when()), names, "{exports}");
        assert_eq!(periods.len(), number, "{exports}");
        let weeks: f64 = periods.iter().map(|period| period.weeks).sum();
        assert!((weeks - backtest.weeks(0, exports)).abs() < 1e-9, "{exports}: {weeks}");
        assert!(periods.windows(2).all(|two| two[0].to == two[1].from), "{exports}");
    }

    #[test]
    fn few_exports_stand_alone_and_many_are_gathered_into_longer_and_longer_stretches() {
        check(26, 168, 25, ["up to 8 Jan 2026", "up to 15 Jan 2026", "up to 25 Jun 2026"]);
        check(53, 168, 12, ["in Jan 2026", "in Feb 2026", "in Dec 2026"]);
        check(200, 168, 16, ["in Q1 2026", "in Q2 2026", "in Q4 2029"]);
        check(1_000, 168, 20, ["in 2026", "in 2027", "in 2045"]);
    }
}
