//! Notify on Lambda: batches of `planned`, of `deliveries` and of `feedback`.

use domain::ports::Clock;
use notify::Deps;
use runtime::{Error, ExportsCrm, Function, Metric, Metrics, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    // Only the log in the CRM is used, which needs no export to be open.
    let crm = ExportsCrm::of(&function)?;
    let mailer = function.clients.mailer(function.environment.configuration_set.as_deref());
    let messenger = function.messenger().await?;
    serve(async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        let clock = &*function.clock;
        let metrics = || Metrics::new(&function.environment.system, clock.now());
        let deps = Deps {
            crm: &crm,
            mailer: &mailer,
            messenger: &messenger,
            outbox: function.outbox(),
            config: &config,
            clock,
            has_time,
            told: &|after| metrics().with(Metric::SecondsFromChangeToAlert, after.as_secs_f64()).print(),
        };
        function.settle(notify::handle_batch(records, &deps).await).await
    })
    .await
}
