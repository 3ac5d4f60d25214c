//! Notify on Lambda: batches of `planned` and of `deliveries`.

use domain::handler::told;
use domain::ports::Clock;
use notify::Deps;
use runtime::{ConnectedCrm, Error, Function, Metric, Metrics, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let crm = ConnectedCrm::of(&function)?;
    let mailer = function.clients.mailer(function.environment.configuration_set.as_deref());
    let messenger = function.messenger().await?;
    serve(async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        let clock = &*function.clock;
        // Slack and mail go out all the same; what is to be logged comes again.
        if let Err(error) = crm.open_to_write(&config, &function.clock).await {
            tracing::error!(error = told(&error), "nothing can be logged in the CRM");
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
