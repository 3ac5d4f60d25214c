//! Enrichment on Lambda: batches of `changes`.

use domain::handler::{HandlerError, told};
use enrichment::Deps;
use runtime::{ConnectedCrm, Error, Function, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let crm = ConnectedCrm::of(&function)?;
    serve(&function, async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        let (outbox, clock) = (function.outbox(), &*function.clock);
        let handled = match crm.open(&config, &function.clock).await {
            Ok(()) => {
                let deps = Deps { crm: &crm, outbox, config: &config, clock, has_time };
                enrichment::handle_batch(records, &deps).await
            }
            // Each comes again by itself, and the last time with this reason.
            Err(error) => {
                let closed = HandlerError::Retry(told(&error));
                envelope::one_by_one(records, has_time, async |_| Err(closed.clone())).await
            }
        };
        function.settle(handled).await
    })
    .await
}
