//! Notify on Lambda: batches of `planned` and of `deliveries`.

use domain::handler::told;
use domain::ports::Clock;
use notify::Deps;
use runtime::{Error, ExportsCrm, Function, Metric, Metrics, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    // The log in the CRM needs no export to be open; whoever is to be asked a second time is looked up in it.
    let crm = ExportsCrm::of(&function)?;
    let mailer = function.clients.mailer(function.environment.configuration_set.as_deref());
    let messenger = function.messenger().await?;
    serve(async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        let clock = &*function.clock;
        if notify::asks_the_crm(&records)
            && let Err(error) = crm.open(&config, clock).await
        {
            tracing::warn!(error = told(&error), "the export cannot be opened");
        }
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
