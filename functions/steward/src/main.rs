//! The steward on Lambda: a tick every quarter of an hour.

use domain::ports::Clock;
use runtime::{Error, Function, Metric, Metrics, serve};
use steward::{Deps, Report, Sleeper};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let intake = function.intake();
    serve(async |event, has_time| {
        envelope::tick(event)?;
        let config = function.config().await;
        let sleeper = intake.as_ref().map(|intake| Sleeper { intake, may_sleep: function.environment.may_sleep });
        let (outbox, clock) = (function.outbox(), &*function.clock);
        let deps = Deps { outbox, sleeper, calendar: &config.calendar, clock, has_time };
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

fn metrics(report: &Report, function: &Function) -> Metrics {
    let metrics = Metrics::new(&function.environment.system, function.clock.now())
        .with(Metric::OutboxStranded, report.stranded as f64)
        .with(Metric::CasesUnacknowledged, report.unacknowledged as f64)
        .with(Metric::DeliveriesUnknown, report.unknown as f64);
    // A metric is paid for by the hours in which it is sent, and this one says nothing while all is well.
    match report.intake.stuck {
        0 => metrics,
        stuck => metrics.with(Metric::IntakesStuck, stuck as f64),
    }
}
