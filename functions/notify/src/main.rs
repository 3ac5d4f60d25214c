//! Notify on Lambda: batches of `planned`, of `deliveries` and of `feedback`.

use domain::handler::told;
use domain::ports::Clock;
use notify::Deps;
use runtime::{ConnectedCrm, Error, Function, Metric, Metrics, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    // The log in the CRM needs no export to be open; whoever is to be asked a second time is looked up in it.
    let crm = ConnectedCrm::of(&function)?;
    let mailer = function.clients.mailer(function.environment.configuration_set.as_deref());
    let messenger = function.messenger().await?;
    let answers = function.answers();
    serve(&function, async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        let clock = &*function.clock;
        let opened = match notify::asks_the_crm(&records) {
            true => crm.open(&config, &function.clock).await,
            false => crm.open_to_write(&config, &function.clock).await,
        };
        // Slack and mail go out all the same; what needs the CRM comes again.
        if let Err(error) = opened {
            tracing::error!(error = told(&error), "the CRM cannot be asked");
        }
        let links = if config.notify.answer_url.is_empty() { None } else { answers.links().await };
        let metrics = || Metrics::new(&function.environment.system, clock.now());
        let deps = Deps {
            crm: &crm,
            mailer: &mailer,
            messenger: &messenger,
            links: links.as_ref(),
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
