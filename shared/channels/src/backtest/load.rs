//! Who would have been told how much, and when.

use std::collections::BTreeMap;

use super::periods::Period;
use super::{Backtest, Person, figures};

/// One person's alerts.
#[derive(Clone, Debug)]
pub(super) struct Load<'a> {
    /// Who.
    pub person: &'a Person,
    /// Alerts in each period.
    pub cells: Vec<usize>,
    /// Alerts in all.
    pub total: usize,
}

/// Everybody, those with most alerts first; whoever owns accounts and was told nothing stands there too.
pub(super) fn loads<'a>(backtest: &'a Backtest, periods: &[Period]) -> Vec<Load<'a>> {
    let mut cells: BTreeMap<&Person, Vec<usize>> =
        figures::csms(backtest).into_iter().map(|person| (person, vec![0; periods.len()])).collect();
    for found in backtest.findings.iter().filter(|found| found.is_alert()) {
        let Some(period) = periods.iter().position(|period| period.holds(found.export)) else { continue };
        for person in &found.told {
            cells.entry(person).or_insert_with(|| vec![0; periods.len()])[period] += 1;
        }
    }
    let mut loads: Vec<Load<'a>> =
        cells.into_iter().map(|(person, cells)| Load { person, total: cells.iter().sum(), cells }).collect();
    loads.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.person.name.cmp(&b.person.name)));
    loads
}

/// The most that one CSM would have had a week, with who and when.
pub(super) fn peak<'a, 'b>(loads: &'b [Load<'a>], periods: &'b [Period]) -> Option<(&'a Person, &'b Period, f64)> {
    let cells = loads.iter().filter(|load| load.person.id.is_some()).flat_map(|load| {
        let rated = load.cells.iter().zip(periods).filter(|(cell, period)| **cell > 0 && period.weeks > 0.0);
        rated.map(|(cell, period)| (load.person, period, *cell as f64 / period.weeks))
    });
    // The first of equals: whoever has more in all.
    cells.fold(None, |most, cell| match most {
        Some((_, _, rate)) if rate >= cell.2 => most,
        _ => Some(cell),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{example, periods};
    use super::*;

    #[test]
    fn everybody_has_a_row_and_the_busiest_stands_first() {
        let mut backtest = example::played(3);
        let mut silent = example::alert("003C", 1);
        silent.told = vec![example::person("005C", "Nobody Told")];
        silent.outcome = super::super::Outcome::Silenced("spelling".to_owned());
        let mut other = example::alert("003B", 2);
        other.told = vec![example::person("005B", "Told Once")];
        backtest.findings = vec![silent, other, example::alert("003A", 1), example::alert("003A", 2)];

        let periods = periods::periods(&backtest);
        let loads = loads(&backtest, &periods);
        let rows: Vec<(&str, &[usize])> = loads.iter().map(|l| (l.person.name.reveal(), &l.cells[..])).collect();
        assert_eq!(rows, [("Joel Amsel", &[1, 1][..]), ("Told Once", &[0, 1]), ("Nobody Told", &[0, 0])]);

        // February 2026 has 28 days, so one alert in it is more a week than one in January.
        let (person, period, rate) = peak(&loads, &periods).unwrap();
        assert_eq!((person.name.reveal(), period.full().as_str(), rate), ("Joel Amsel", "1 Mar 2026", 0.25));
    }
}
