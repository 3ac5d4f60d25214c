//! A deployment as a place to act: what is committed there goes to its queues, and its functions see it through.

use std::sync::Arc;

use aws::{DynamoStore, EventBridgeBus, SqsQueue, SystemClock};
use domain::config::Config;
use domain::handler::Outbox;

use super::super::Failure;
use super::{clients, warm};

/// A deployment with the configuration that is in force there.
pub(in super::super) struct Deployment {
    store: DynamoStore,
    queue: SqsQueue,
    bus: EventBridgeBus,
    config: Config,
}

/// The deployment of a stack.
pub(in super::super) async fn deployment(stack: &str) -> Result<Deployment, Failure> {
    let clients = clients().await?;
    let outputs = clients.look().stack(stack).await?;
    let store = clients.store(outputs.get("TableName")?, Arc::new(SystemClock));
    warm(&store, "the stack's output TableName").await?;
    let queue = clients.queue(outputs.queue_urls("Queues", None)?, outputs.queue_urls("DeadLetters", None)?);
    let bus = clients.bus(outputs.get("BusName")?);
    let config = aws::load(&store).await?;
    Ok(Deployment { store, queue, bus, config })
}

impl Deployment {
    /// Commits and hands over, as every function does.
    pub(in super::super) fn outbox(&self) -> Outbox<'_> {
        Outbox::new(&self.store, &self.queue, &self.bus)
    }

    /// The configuration in force.
    pub(in super::super) fn config(&self) -> &Config {
        &self.config
    }
}
