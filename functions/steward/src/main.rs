//! The steward on Lambda: a tick every quarter of an hour.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::AccountId;
use domain::config::Config;
use domain::ports::{Clock, Crm, CrmError};
use domain::recipients::Responsible;
use runtime::{ConnectedCrm, Error, Function, Metric, Metrics, serve};
use steward::{Deps, Owners, Report, Sleeper};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let intake = function.intake();
    let crm = ConnectedCrm::of(&function)?;
    serve(&function, async |event, has_time| {
        envelope::tick(event)?;
        let config = function.config().await;
        let sleeper = intake.as_ref().map(|intake| Sleeper { intake, may_sleep: function.environment.may_sleep });
        let (outbox, clock) = (function.outbox(), &*function.clock);
        let owners = WhenAsked { crm: &crm, config: &config, function: &function };
        let deps = Deps { outbox, sleeper, owners: &owners, config: &config, clock, has_time };
        let report = steward::handle(&deps).await;
        metrics(&report, &function).print();
        let Report { stranded, resumed, intake, failed, .. } = report;
        if let Some(error) = failed {
            return Err(error.into());
        }
        Ok(serde_json::json!({ "stranded": stranded, "resumed": resumed, "woken": intake.woken, "asleep": intake.put_to_sleep }))
    })
    .await
}

/// Opens the CRM when it is asked, which is when digests are due.
struct WhenAsked<'a> {
    crm: &'a ConnectedCrm,
    config: &'a Config,
    function: &'a Function,
}

#[async_trait]
impl Owners for WhenAsked<'_> {
    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        self.crm.open(self.config, &self.function.clock).await?;
        self.crm.responsible(accounts).await
    }
}

fn metrics(report: &Report, function: &Function) -> Metrics {
    let metrics = Metrics::new(&function.environment.system, function.clock.now())
        .with(Metric::OutboxStranded, report.stranded as f64)
        .with(Metric::CasesUnacknowledged, report.unacknowledged as f64)
        .with(Metric::DeliveriesUnknown, report.unknown as f64);
    // A metric is paid for by the hours in which it is sent, and these say nothing while there is nothing to say.
    let seldom = [
        (Metric::IntakesStuck, report.intake.stuck),
        (Metric::Reminders, report.followed.reminders + report.followed.steps),
        (Metric::Escalations, report.followed.escalations),
        (Metric::Digests, report.digests),
    ];
    let told = seldom.into_iter().filter(|(_, count)| *count > 0);
    told.fold(metrics, |metrics, (metric, count)| metrics.with(metric, count as f64))
}
