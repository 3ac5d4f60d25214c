//! The steward on Lambda: a tick every quarter of an hour.

use domain::ports::Clock;
use runtime::{Error, Function, Metric, Metrics, serve};
use steward::{Deps, Report};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    serve(async |event, _| {
        envelope::tick(event)?;
        let config = function.config().await;
        let deps = Deps { outbox: function.outbox(), calendar: &config.calendar, clock: &*function.clock };
        let report = steward::handle(&deps).await?;
        metrics(&report, &function).print();
        Ok(serde_json::json!({ "stranded": report.stranded, "resumed": report.resumed }))
    })
    .await
}

fn metrics(report: &Report, function: &Function) -> Metrics {
    Metrics::new(&function.environment.system, function.clock.now())
        .with(Metric::OutboxStranded, report.stranded as f64)
        .with(Metric::CasesUnacknowledged, report.unacknowledged as f64)
        .with(Metric::DeliveriesUnknown, report.unknown as f64)
}
