//! The bill of a month: what each driver takes of each service, times its price.

use serde::Serialize;

use super::dollars::{Dollars, grouped};
use super::measured::{Driver, Measured, Units};
use super::prices::{Price, Prices};

/// The month that is billed has 30 days.
const DAYS: u64 = 30;
/// Lambda asks a queue by long polls, and SQS lets a long poll wait for at most 20 seconds.
const POLLS_A_MINUTE: u64 = 60 / 20;

/// What is billed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Scenario {
    pub contacts: u64,
    /// Share of the contacts that change from one scan to the next, in thousand-millionths.
    #[serde(skip)]
    pub change_billionths: u64,
    pub delta_scans: u64,
    pub full_passes: u64,
    pub alerts: u64,
    /// How many months of changes and cases are stored.
    pub months_kept: u64,
    pub free_tier: bool,
}

impl Scenario {
    /// Changes a month.
    pub(super) fn changes(&self) -> u128 {
        self.changes_in(self.scans())
    }

    pub(super) fn scans(&self) -> u64 {
        self.delta_scans + self.full_passes
    }

    /// For how many minutes of the month the pollers of the queues are awake. Scans in quick succession keep them so.
    fn minutes_awake(&self, measured: &Measured) -> u64 {
        self.scans().saturating_mul(measured.deployment.minutes_awake_a_scan).min(DAYS * 24 * 60)
    }

    fn changes_in(&self, scans: u64) -> u128 {
        let billionths = u128::from(self.contacts) * u128::from(self.change_billionths) * u128::from(scans);
        billionths.div_ceil(1_000_000_000)
    }

    /// How many of a driver there are in a month.
    fn count(&self, driver: Driver, measured: &Measured) -> u128 {
        let contacts = u128::from(self.contacts);
        match driver {
            Driver::Scans => u128::from(self.scans()),
            Driver::FullPasses => contacts * u128::from(self.full_passes),
            Driver::DeltaScans => {
                let touched = self.changes_in(self.delta_scans) * u128::from(measured.assumed.touched_for_a_change);
                touched.min(contacts * u128::from(self.delta_scans))
            }
            Driver::Changes => self.changes(),
            Driver::Alerts => u128::from(self.alerts),
            Driver::Days => u128::from(DAYS),
            Driver::Contacts => contacts,
        }
    }
}

/// A part of the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Requests,
    Storage,
    IdlePolling,
    Mail,
    /// What stands there whatever happens: secret, alarms, dashboard, metrics.
    Standing,
}

impl Part {
    /// The parts that the work makes, which the standing parts are listed beside.
    pub(super) const WORK: [Self; 4] = [Self::Requests, Self::Storage, Self::IdlePolling, Self::Mail];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Storage => "storage",
            Self::IdlePolling => "idle polling",
            Self::Mail => "mail",
            Self::Standing => "standing",
        }
    }
}

/// One line of the bill.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    pub part: Part,
    pub service: &'static str,
    pub item: &'static str,
    /// With its unit.
    pub quantity: String,
    /// Where most of it comes from.
    pub mostly: String,
    pub dollars: Dollars,
    /// The price page.
    pub source: &'a str,
}

/// The bill of a month.
pub(super) struct Bill<'a> {
    pub lines: Vec<Line<'a>>,
}

impl<'a> Bill<'a> {
    /// Works the bill out.
    pub(super) fn of(scenario: &Scenario, measured: &Measured, prices: &'a Prices) -> Self {
        let mut ledger = Ledger { scenario, measured, lines: Vec::new(), free: Vec::new() };
        ledger.requests(prices);
        ledger.storage(prices);
        ledger.idle_polling(prices);
        ledger.mail(prices);
        ledger.standing(prices);
        Self { lines: ledger.lines }
    }

    /// The sum of some parts.
    pub(super) fn total(&self, parts: &[Part]) -> Dollars {
        self.lines.iter().filter(|line| parts.contains(&line.part)).map(|line| line.dollars).sum()
    }
}

struct Ledger<'a, 'p> {
    scenario: &'a Scenario,
    measured: &'a Measured,
    lines: Vec<Line<'p>>,
    /// What is left of the free allowance of each price used so far; two lines of one price share it.
    free: Vec<(&'p Price, u128)>,
}

impl<'p> Ledger<'_, 'p> {
    fn requests(&mut self, prices: &'p Prices) {
        let deployment = &self.measured.deployment;
        let part = Part::Requests;
        self.driven(part, "Lambda", "invocations", &prices.lambda_request, Units::invocations);
        self.driven(part, "Lambda", "compute", &prices.lambda_compute, |u| u.megabyte_milliseconds(deployment));
        self.driven(part, "SQS", "messages", &prices.sqs_request, |u| u.sqs_requests.into());
        self.driven(part, "DynamoDB", "reads", &prices.dynamodb_read, |u| u.dynamodb_reads.into());
        self.driven(part, "DynamoDB", "writes", &prices.dynamodb_write, |u| u.dynamodb_writes.into());
        self.driven(part, "EventBridge", "scheduler", &prices.scheduler_invocation, |u| u.scheduler_invocations.into());
        self.driven(part, "EventBridge", "bus", &prices.bus_event, |u| u.bus_events.into());
        self.driven(part, "S3", "reading exports", &prices.s3_read, |u| u.s3_reads.into());
        self.driven(part, "S3", "listing, CRM log", &prices.s3_write, |u| u.s3_writes.into());
        self.driven(part, "CloudWatch", "logs written", &prices.log_ingestion, |u| u.log_bytes.into());
        self.driven(part, "KMS", "table key", &prices.key_request, |u| u.key_requests.into());
        self.driven(part, "Secrets Manager", "reads", &prices.secret_read, |u| u.secret_reads.into());
    }

    fn storage(&mut self, prices: &'p Prices) {
        let (table, index) = (self.stored(|u| u.table_bytes), self.stored(|u| u.index_bytes));
        let exports = self.measured.deployment.exports_kept;
        let contacts = self.measured.units(Driver::Contacts);
        let export = contacts.scale(contacts.export_bytes.into(), self.scenario.contacts.into());
        let logs = self.sum(|u| u.log_bytes.into()).0 * u128::from(self.measured.deployment.log_months);
        let storage = Part::Storage;
        self.line(storage, "DynamoDB", "table", &prices.dynamodb_storage, table.0, table.1);
        self.line(storage, "DynamoDB", "index", &prices.dynamodb_storage, index.0, index.1);
        self.line(
            storage,
            "DynamoDB",
            "point-in-time recovery",
            &prices.dynamodb_recovery,
            table.0,
            "table".to_owned(),
        );
        let mostly = format!("{exports} exports");
        self.line(storage, "S3", "exports", &prices.s3_storage, export * u128::from(exports), mostly);
        self.line(storage, "CloudWatch", "logs kept", &prices.log_storage, logs, String::new());
    }

    fn idle_polling(&mut self, prices: &'p Prices) {
        let deployment = &self.measured.deployment;
        let minutes = self.scenario.minutes_awake(self.measured);
        let mostly = format!("{}\u{a0}h\u{a0}a\u{a0}day", tenths(minutes, DAYS * 60));
        for (item, queues, pollers) in [
            ("5 pollers a queue", &deployment.queues_polled_by_5, 5),
            ("2 pollers a queue", &deployment.queues_polled_by_2, 2),
        ] {
            if !queues.is_empty() {
                let polls = queues.len() as u128 * pollers * u128::from(POLLS_A_MINUTE * minutes);
                let mostly = format!("{mostly}: {}", queues.join(", "));
                self.line(Part::IdlePolling, "SQS", item, &prices.sqs_request, polls, mostly);
            }
        }
    }

    fn mail(&mut self, prices: &'p Prices) {
        self.driven(Part::Mail, "SES", "mail", &prices.mail, |u| u.mails.into());
    }

    fn standing(&mut self, prices: &'p Prices) {
        let deployment = &self.measured.deployment;
        for (service, item, price, quantity) in [
            ("Secrets Manager", "secret kept", &prices.secret, deployment.secrets),
            ("KMS", "key kept", &prices.key, deployment.keys),
            ("CloudWatch", "alarms", &prices.alarm, deployment.alarms),
            ("CloudWatch", "dashboard", &prices.dashboard, deployment.dashboards),
        ] {
            if quantity > 0 {
                self.line(Part::Standing, service, item, price, quantity.into(), String::new());
            }
        }
        self.driven(Part::Standing, "CloudWatch", "business metrics", &prices.metric, |u| u.metric_hours.into());
    }

    /// A line of what all drivers together take in a month.
    fn driven(
        &mut self,
        part: Part,
        service: &'static str,
        item: &'static str,
        price: &'p Price,
        count: impl Fn(&Units) -> u128,
    ) {
        let (quantity, mostly) = self.sum(count);
        self.line(part, service, item, price, quantity, mostly);
    }

    fn line(
        &mut self,
        part: Part,
        service: &'static str,
        item: &'static str,
        price: &'p Price,
        quantity: u128,
        mostly: String,
    ) {
        let billed = if self.scenario.free_tier { self.beyond_free(price, quantity) } else { quantity };
        self.lines.push(Line {
            part,
            service,
            item,
            quantity: shown(quantity, price),
            mostly,
            dollars: price.of(billed),
            source: &price.source,
        });
    }

    fn beyond_free(&mut self, price: &'p Price, quantity: u128) -> u128 {
        let at = self.free.iter().position(|(known, _)| std::ptr::eq(*known, price)).unwrap_or_else(|| {
            self.free.push((price, u128::from(price.free) * u128::from(price.unit_size)));
            self.free.len() - 1
        });
        let used = self.free[at].1.min(quantity);
        self.free[at].1 -= used;
        quantity - used
    }

    /// Of all drivers in a month, and which of them takes most.
    fn sum(&self, count: impl Fn(&Units) -> u128) -> (u128, String) {
        self.shares(|driver, units| units.scale(count(units), self.scenario.count(driver, self.measured)))
    }

    /// What lies in the table: contacts as they are, and what every month has left.
    fn stored(&self, bytes: impl Fn(&Units) -> u64) -> (u128, String) {
        let kept = u128::from(self.scenario.months_kept);
        self.shares(|driver, units| {
            let months = if driver == Driver::Contacts { 1 } else { kept };
            units.scale(bytes(units).into(), self.scenario.count(driver, self.measured) * months)
        })
    }

    fn shares(&self, share: impl Fn(Driver, &Units) -> u128) -> (u128, String) {
        let mut shares = Driver::ALL.map(|driver| (share(driver, self.measured.units(driver)), driver));
        let total: u128 = shares.iter().map(|(share, _)| share).sum();
        shares.sort_by_key(|(share, _)| std::cmp::Reverse(*share));
        let (most, driver) = shares[0];
        let mostly = match total {
            0 => String::new(),
            // The space does not break.
            _ => format!("{} {}\u{a0}%", driver.name(), (most * 100 + total / 2) / total),
        };
        (total, mostly)
    }
}

/// A ratio with one decimal, rounded.
fn tenths(part: u64, whole: u64) -> String {
    let tenths = (part * 10 + whole / 2) / whole;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A quantity in the price's unit: whole above a hundred units, else with the decimals that tell something.
pub(super) fn shown(quantity: u128, price: &Price) -> String {
    let size = u128::from(price.unit_size);
    let (whole, thousandths) = (quantity / size, (quantity % size) * 1000 / size);
    let number = match (whole, thousandths) {
        (_, 0) if size == 1 || quantity == 0 => grouped(whole),
        (100.., _) => grouped(whole),
        (0, 0) => "under 0.001".to_owned(),
        _ => format!("{whole}.{thousandths:03}"),
    };
    format!("{number} {}", price.unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        Scenario {
            contacts: 1_000_000,
            change_billionths: 1_000_000,
            delta_scans: 26,
            full_passes: 4,
            alerts: 1_000,
            months_kept: 1,
            free_tier: false,
        }
    }

    /// The sum of some parts, and of the lines of some service.
    fn total(scenario: &Scenario, parts: &[Part], service: &str) -> Dollars {
        let prices = Prices::shipped().unwrap();
        let bill = Bill::of(scenario, &Measured::shipped().unwrap(), &prices);
        let lines = bill.lines.iter().filter(|line| parts.contains(&line.part) && line.service.contains(service));
        lines.map(|line| line.dollars).sum()
    }

    /// What pollers of these queues cost in a month in which they never sleep.
    fn idle_polling(by_5: &[&str], by_2: &[&str]) -> Dollars {
        let (mut measured, prices) = (Measured::shipped().unwrap(), Prices::shipped().unwrap());
        measured.deployment.minutes_awake_a_scan = 24 * 60;
        measured.deployment.queues_polled_by_5 = by_5.iter().map(ToString::to_string).collect();
        measured.deployment.queues_polled_by_2 = by_2.iter().map(ToString::to_string).collect();
        Bill::of(&scenario(), &measured, &prices).total(&[Part::IdlePolling])
    }

    #[test]
    fn five_pollers_of_one_queue_cost_a_quarter_dollar_a_month_and_two_pollers_a_dime() {
        assert_eq!(idle_polling(&["changes"], &[]), Dollars::parse("0.2592").unwrap());
        assert_eq!(idle_polling(&[], &["changes"]), Dollars::parse("0.10368").unwrap());
        assert_eq!(idle_polling(&["deliveries"], &["changes", "planned"]), Dollars::parse("0.46656").unwrap());
        assert_eq!(idle_polling(&[], &[]), Dollars::default());
    }

    #[test]
    fn pollers_that_sleep_between_scans_cost_what_they_are_awake() {
        let cost = |delta_scans| total(&Scenario { delta_scans, ..scenario() }, &[Part::IdlePolling], "SQS");
        // Six queues, five pollers, three polls a minute, for 30 times an hour and a half.
        assert_eq!(cost(26), Dollars::parse("0.0972").unwrap());
        // Sixteen a day and more, and they never sleep.
        let always = Dollars::parse("1.5552").unwrap();
        assert_eq!([16 * 30 - 4, 2_000].map(cost), [always; 2]);
        assert!(cost(15 * 30 - 4) < always);
    }

    #[test]
    fn mails_cost_ten_cents_a_thousand() {
        assert_eq!(total(&scenario(), &[Part::Mail], ""), Dollars::parse("0.1").unwrap());
    }

    #[test]
    fn the_parts_add_up_to_the_lines() {
        let prices = Prices::shipped().unwrap();
        let bill = Bill::of(&scenario(), &Measured::shipped().unwrap(), &prices);
        let lines: Dollars = bill.lines.iter().map(|line| line.dollars).sum();
        let parts = [Part::WORK.as_slice(), &[Part::Standing]].concat();
        assert_eq!(bill.total(&parts), lines);
    }

    #[test]
    fn whatever_grows_makes_the_bill_grow() {
        let usual = total(&scenario(), &Part::WORK, "");
        for (what, more) in [
            ("contacts", Scenario { contacts: 2_000_000, ..scenario() }),
            ("changes", Scenario { change_billionths: 2_000_000, ..scenario() }),
            ("delta scans", Scenario { delta_scans: 52, ..scenario() }),
            ("full passes", Scenario { full_passes: 8, ..scenario() }),
            ("alerts", Scenario { alerts: 2_000, ..scenario() }),
            ("months", Scenario { months_kept: 2, ..scenario() }),
        ] {
            assert!(total(&more, &Part::WORK, "") > usual, "{what}");
        }
    }

    #[test]
    fn the_free_allowance_of_a_price_is_given_once_to_all_lines_that_share_it() {
        let sqs = |free_tier| {
            let busy = Scenario { free_tier, alerts: 300_000, change_billionths: 10_000_000, ..scenario() };
            total(&busy, &Part::WORK, "SQS")
        };
        let million = Prices::shipped().unwrap().sqs_request.of(1_000_000);
        assert_eq!([sqs(true), million].into_iter().sum::<Dollars>(), sqs(false));
    }

    #[test]
    fn nobody_can_touch_more_contacts_than_there_are() {
        let everybody = Scenario { change_billionths: 1_000_000_000, ..scenario() };
        let measured = Measured::shipped().unwrap();
        assert_eq!(everybody.count(Driver::DeltaScans, &measured), 26_000_000);
    }

    #[test]
    fn the_largest_scenario_is_still_counted() {
        let largest = Scenario {
            contacts: 1_000_000_000,
            change_billionths: 1_000_000_000,
            delta_scans: 2_000,
            full_passes: 1_000,
            alerts: 1_000_000_000,
            months_kept: 120,
            free_tier: false,
        };
        let smaller = Scenario { months_kept: 119, ..largest };
        assert!(total(&largest, &Part::WORK, "") > total(&smaller, &Part::WORK, ""));
    }

    #[test]
    fn quantities_are_shown_in_the_unit_of_their_price() {
        let prices = Prices::shipped().unwrap();
        for (quantity, price, text) in [
            (760_000, &prices.dynamodb_read, "760,000 read units"),
            (0, &prices.dynamodb_storage, "0 GB"),
            (540_000_000, &prices.dynamodb_storage, "0.502 GB"),
            (5, &prices.dynamodb_storage, "under 0.001 GB"),
            (256_000 * 1_000, &prices.lambda_compute, "250 GB-seconds"),
        ] {
            assert_eq!(shown(quantity, price), text);
        }
    }
}
