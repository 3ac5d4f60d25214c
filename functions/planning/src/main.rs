//! Planning on Lambda: batches of `enriched`.

use planning::Deps;
use runtime::{Error, Function, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    serve(&function, async |event, has_time| {
        let records = envelope::records(event)?;
        let config = function.config().await;
        let deps = Deps { outbox: function.outbox(), config: &config, clock: &*function.clock, has_time };
        function.settle(planning::handle_batch(records, &deps).await).await
    })
    .await
}
