//! `baton cost`: what a month on AWS costs, from measured requests and a dated price table; needs no AWS account.

mod bill;
mod dollars;
mod measured;
mod naive;
mod prices;

use serde::Serialize;

use self::bill::{Bill, Line, Part, Scenario};
use self::dollars::{Dollars, decimal, grouped};
use self::measured::{How, Measured};
use self::naive::{Naive, naive};
use self::prices::Prices;
use super::Failure;
use crate::terminal::{faint, heading, say, table};
use crate::{Ended, Format};

/// Beyond this nothing was measured that could be multiplied.
const MOST: u64 = 1_000_000_000;
/// Every quarter of an hour.
const MOST_SCANS: u64 = 2_976;
/// A full pass a week.
const FULL_PASSES: u64 = 4;

/// What is to be billed.
#[derive(clap::Args)]
pub(crate) struct Plans {
    /// How many contacts the CRM holds.
    #[arg(long, value_name = "N", value_parser = contacts, allow_hyphen_values = true)]
    contacts: u64,
    /// Which share of them changes from one scan to the next, such as 0.001 or 0.1%.
    #[arg(long, value_name = "RATE", value_parser = rate, allow_hyphen_values = true)]
    changes: u64,
    /// How many alerts a month.
    #[arg(long, value_name = "N", value_parser = alerts, allow_hyphen_values = true)]
    alerts: u64,
    /// How many scans a month: four are full passes, the others look only at what the CRM has touched.
    #[arg(long, value_name = "N", default_value = "30", value_parser = scans, allow_hyphen_values = true)]
    scans_a_month: u64,
    /// In which month of operation: changes and cases are kept, so storage grows.
    #[arg(long, value_name = "N", default_value = "12", value_parser = months, allow_hyphen_values = true)]
    month: u64,
    /// Take off what AWS gives every account for ever; not what it gives in the first year.
    #[arg(long)]
    free_tier: bool,
}

pub(super) fn run(plans: &Plans, format: Format) -> Result<Ended, Failure> {
    let scenario = plans.scenario()?;
    let prices = Prices::shipped().map_err(|e| Failure::new(format!("infra/prices.toml as built in: {e}")))?;
    let measured = Measured::shipped().map_err(|e| Failure::new(format!("infra/measured.toml as built in: {e}")))?;
    let bill = Bill::of(&scenario, &measured, &prices);
    let naive = naive(&scenario, &prices);
    match format {
        Format::Json => say(&serde_json::to_string(&Told::of(&scenario, &bill, &naive, &measured, &prices))
            .map_err(|e| Failure::new(e.to_string()))?),
        Format::Table => tell(&scenario, &bill, &naive, &measured, &prices),
    }
    Ok(Ended::Done)
}

impl Plans {
    fn scenario(&self) -> Result<Scenario, Failure> {
        let full_passes = self.scans_a_month.min(FULL_PASSES);
        let scenario = Scenario {
            contacts: self.contacts,
            change_billionths: self.changes,
            delta_scans: self.scans_a_month - full_passes,
            full_passes,
            alerts: self.alerts,
            months_kept: self.month,
            free_tier: self.free_tier,
        };
        let changes = scenario.changes();
        if u128::from(self.alerts) > changes {
            return Err(Failure::new(format!(
                "{} changes a month cannot make {} alerts, since an alert tells of a change; raise --changes or lower --alerts",
                grouped(changes),
                grouped(self.alerts.into())
            )));
        }
        Ok(scenario)
    }
}

/// The bill for machines. Amounts are text, so that no reader makes them binary fractions.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    scenario: &'a Scenario,
    changes: u128,
    region: &'a str,
    prices_dated: jiff::civil::Date,
    measured: jiff::civil::Date,
    preliminary: bool,
    lines: &'a [Line<'a>],
    requests: Dollars,
    storage: Dollars,
    idle_polling: Dollars,
    mail: Dollars,
    work: Dollars,
    standing: Dollars,
    total: Dollars,
    naive: &'a [Naive],
    naive_total: Dollars,
}

impl<'a> Told<'a> {
    fn of(
        scenario: &'a Scenario,
        bill: &'a Bill<'a>,
        naive: &'a [Naive],
        measured: &'a Measured,
        prices: &'a Prices,
    ) -> Self {
        let (work, standing) = (bill.total(&Part::WORK), bill.total(&[Part::Standing]));
        Self {
            scenario,
            changes: scenario.changes(),
            region: &prices.region,
            prices_dated: prices.dated,
            measured: measured.measured.date,
            preliminary: measured.measured.preliminary,
            lines: &bill.lines,
            requests: bill.total(&[Part::Requests]),
            storage: bill.total(&[Part::Storage]),
            idle_polling: bill.total(&[Part::IdlePolling]),
            mail: bill.total(&[Part::Mail]),
            work,
            standing,
            total: [work, standing].into_iter().sum(),
            naive,
            naive_total: naive.iter().map(|line| line.dollars).sum(),
        }
    }
}

fn tell(scenario: &Scenario, bill: &Bill<'_>, naive: &[Naive], measured: &Measured, prices: &Prices) {
    say(&heading(&title(scenario)));
    say(&table_of(bill, &Part::WORK).to_string());
    let work = bill.total(&Part::WORK);
    say(&heading(&format!("Requests, storage, idle polling and mail: {work} a month")));
    let parts = Part::WORK.map(|part| format!("{} {}", part.name(), bill.total(&[part])));
    say(&format!("{}\n", parts.join(" · ")));

    say(&table_of(bill, &[Part::Standing]).to_string());
    let standing = bill.total(&[Part::Standing]);
    let all: Dollars = [work, standing].into_iter().sum();
    say(&heading(&format!("Secret, alarms, dashboard and metrics: {standing} a month\nEverything: {all} a month\n")));

    let mut rows = table(&["the naive design", "quantity", "a month"]);
    for line in naive {
        rows.add_row([line.what.to_owned(), line.quantity.clone(), line.dollars.to_string()]);
    }
    right(&mut rows);
    say(&rows.to_string());
    let total: Dollars = naive.iter().map(|line| line.dollars).sum();
    say(&heading(&format!("The naive design, beside the same storage and polling: {total} a month\n")));
    say(&faint(&footing(measured, prices, scenario)));
}

/// The lines of some parts; a part is named where it begins.
fn table_of(bill: &Bill<'_>, parts: &[Part]) -> comfy_table::Table {
    let mut rows = table(&["part", "service", "quantity", "mostly", "a month"]);
    for part in parts {
        let mut name = part.name();
        for line in bill.lines.iter().filter(|line| line.part == *part) {
            rows.add_row([
                std::mem::take(&mut name).to_owned(),
                format!("{} {}", line.service, line.item),
                line.quantity.clone(),
                line.mostly.clone(),
                line.dollars.to_string(),
            ]);
        }
    }
    right(&mut rows);
    rows
}

/// Amounts stand under one another.
fn right(rows: &mut comfy_table::Table) {
    let last = rows.column_count().saturating_sub(1);
    if let Some(column) = rows.column_mut(last) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
}

fn title(scenario: &Scenario) -> String {
    format!(
        "{} contacts, scanned {} times a month, {} of them in full\n{} changes and {} alerts a month, in month {}",
        grouped(scenario.contacts.into()),
        grouped(scenario.scans().into()),
        scenario.full_passes,
        grouped(scenario.changes()),
        grouped(scenario.alerts.into()),
        scenario.months_kept
    )
}

fn footing(measured: &Measured, prices: &Prices, scenario: &Scenario) -> String {
    let How { date, command, preliminary } = &measured.measured;
    let free = if scenario.free_tier { "less the lasting free tier" } else { "without free tier" };
    let counted = if *preliminary { "Preliminary quantities, worked out" } else { "Quantities measured" };
    format!("List prices of {}, table of {}, {free}.\n{counted} on {date}: {command}.", prices.region, prices.dated)
}

fn contacts(text: &str) -> Result<u64, String> {
    match count(text)? {
        0 => Err("there is nothing to scan; write at least 1".to_owned()),
        n => Ok(n),
    }
}

fn alerts(text: &str) -> Result<u64, String> {
    count(text)
}

fn scans(text: &str) -> Result<u64, String> {
    between(count(text)?, 1, MOST_SCANS, "one a month to one each quarter of an hour")
}

fn months(text: &str) -> Result<u64, String> {
    between(count(text)?, 1, 120, "ten years")
}

fn between(n: u64, least: u64, most: u64, why: &str) -> Result<u64, String> {
    if (least..=most).contains(&n) { Ok(n) } else { Err(format!("write {least} to {most} ({why})")) }
}

/// A whole number, `1000000` or `1,000,000` or `1_000_000`.
fn count(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err("not a whole number from 0 up, such as 1000000".to_owned());
    }
    digits.parse().ok().filter(|n| *n <= MOST).ok_or_else(|| format!("more than {}", grouped(MOST.into())))
}

/// A share in thousand-millionths, from `0.001` or `0.1%`.
fn rate(text: &str) -> Result<u64, String> {
    const ALL: u64 = 1_000_000_000;
    let (number, decimals) = match text.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 7),
        None => (text, 9),
    };
    let share = decimal(number, decimals).and_then(|share| u64::try_from(share).ok());
    match share {
        None => Err("not a share from 0 to 1, such as 0.001 or 0.1%".to_owned()),
        Some(share) if share > ALL => Err("more than all contacts; write 0 to 1, or 0% to 100%".to_owned()),
        Some(share) => Ok(share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(contacts: u64, changes: u64, alerts: u64) -> Plans {
        Plans { contacts, changes, alerts, scans_a_month: 30, month: 12, free_tier: false }
    }

    #[test]
    fn a_number_of_contacts_that_is_none_is_refused() {
        for text in ["0", "-1", "", "NaN", "1e6", "1.5", "٣", "1000000001", "99999999999999999999999", "_"] {
            assert!(contacts(text).is_err(), "{text}");
        }
        assert_eq!(contacts("1,000,000"), Ok(1_000_000));
        assert_eq!(contacts("1_000_000"), Ok(1_000_000));
    }

    #[test]
    fn a_rate_is_a_share_or_a_percentage() {
        for (text, share) in
            [("0", 0), ("0.001", 1_000_000), ("0.1%", 1_000_000), ("1", 1_000_000_000), ("100 %", 1_000_000_000)]
        {
            assert_eq!(rate(text), Ok(share), "{text}");
        }
    }

    #[test]
    fn a_rate_beyond_all_contacts_or_below_none_is_refused() {
        for text in ["1.1", "101%", "-0.1", "NaN", "inf", "1e-3", "", "%", "0.0000000001", "9".repeat(60).as_str()] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn more_alerts_than_changes_are_refused_with_both_numbers() {
        let refused = plans(1_000, 1_000_000, 1_000).scenario().map(|_| ()).unwrap_err();
        assert!(refused.to_string().starts_with("30 changes a month cannot make 1,000 alerts"), "{refused}");
    }

    #[test]
    fn full_passes_are_weekly_and_never_more_than_there_are_scans() {
        for (scans_a_month, delta, full) in [(30, 26, 4), (4, 0, 4), (1, 0, 1), (720, 716, 4)] {
            let scenario = Plans { scans_a_month, ..plans(1_000_000, 1_000_000, 0) }.scenario().unwrap();
            assert_eq!((scenario.delta_scans, scenario.full_passes), (delta, full), "{scans_a_month}");
        }
    }

    #[test]
    fn machines_get_every_amount_as_text() {
        let scenario = plans(1_000_000, 1_000_000, 1_000).scenario().unwrap();
        let (measured, prices) = (Measured::shipped().unwrap(), Prices::shipped().unwrap());
        let (bill, naive) = (Bill::of(&scenario, &measured, &prices), naive(&scenario, &prices));
        let told = serde_json::to_value(Told::of(&scenario, &bill, &naive, &measured, &prices)).unwrap();
        for amount in ["requests", "storage", "idle_polling", "mail", "work", "standing", "total", "naive_total"] {
            assert!(told[amount].as_str().is_some_and(|text| Dollars::parse(text).is_some()), "{amount}");
        }
        assert_eq!(told["mail"], "0.100000");
        assert_eq!(told["contacts"], 1_000_000);
        assert!(told["lines"].as_array().is_some_and(|lines| lines.len() > 15));
    }
}
