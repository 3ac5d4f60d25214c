//! Enrichment on Lambda: batches of `changes`.

use domain::handler::HandlerError;
use enrichment::Deps;
use runtime::{Error, ExportsCrm, Function, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let crm = ExportsCrm::of(&function)?;
    serve(async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        crm.open(&config, &*function.clock).await.map_err(HandlerError::from)?;
        let (outbox, clock) = (function.outbox(), &*function.clock);
        let deps = Deps { crm: &crm, outbox, config: &config, clock, has_time };
        function.settle(enrichment::handle_batch(records, &deps).await).await
    })
    .await
}
