//! A function as it starts: environment, clients, connections and configuration, once for all its invocations.

use std::sync::{Arc, Mutex, PoisonError};

use aws::{
    Clients, ConfigFault, DynamoStore, EventBridgeBus, Failure, LambdaIntake, Settings, SettingsError, SqsQueue,
    SystemClock,
};
use domain::config::Config;
use domain::handler::Outbox;
use domain::ports::Clock;
use https::Https;
use jiff::{SignedDuration, Timestamp};

use crate::{Environment, MissingVariables, init_error, logs};

/// How long a configuration that was read is used before it is read again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// What every function has.
pub struct Function {
    /// What the template says.
    pub environment: Environment,
    /// Makes further adapters.
    pub clients: Clients,
    /// The table.
    pub store: DynamoStore,
    /// The queues.
    pub queue: SqsQueue,
    /// The bus.
    pub bus: EventBridgeBus,
    /// Requests to the CRM and to Slack.
    pub https: Arc<Https>,
    /// The time of day.
    pub clock: Arc<SystemClock>,
    config: Mutex<(Arc<Config>, Timestamp)>,
}

/// Why a function cannot start. The text says what is missing, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The template did not say enough.
    #[error(transparent)]
    Environment(#[from] MissingVariables),
    /// Lambda did not say enough.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A service is not there, or does not let us in.
    #[error(transparent)]
    Service(#[from] Failure),
    /// The configuration in the table cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// TLS cannot be set up.
    #[error(transparent)]
    Https(#[from] https::Broken),
    /// Slack's address is none.
    #[error("{0}")]
    Slack(String),
}

impl Function {
    /// Reads the environment, opens the connections that every invocation needs, and reads the configuration in force. All of
    /// it happens while Lambda lends a starting function a whole processor.
    pub async fn start() -> Result<Self, StartError> {
        logs::begin();
        let started = Self::open().await;
        if let Err(error) = &started {
            tracing::error!(%error, "the function cannot start");
            let told = std::env::var("AWS_LAMBDA_RUNTIME_API").map(|api| init_error::report(error, &api));
            if !matches!(told, Ok(Ok(()))) {
                tracing::warn!("Lambda could not be told why");
            }
        }
        started
    }

    async fn open() -> Result<Self, StartError> {
        let variable = |name: &str| std::env::var(name).ok();
        let environment = Environment::read(variable)?;
        let clients = Clients::new(Settings::from_variables(variable)?)?;
        let clock = Arc::new(SystemClock);
        let store = clients.store(&environment.table, clock.clone());
        let queue = clients.queue(environment.queues.clone(), environment.dead_letters.clone());
        let bus = clients.bus(&environment.bus);
        // Nothing can be done without the table. Without a queue or the bus, what is committed waits in the outbox.
        let (config, sent_to, bus_there) = tokio::join!(aws::load(&store), queue.warm(), bus.warm());
        for error in [sent_to, bus_there].into_iter().filter_map(Result::err) {
            tracing::error!(%error, "what is to be sent waits in the outbox until this is put right");
        }
        let config = Mutex::new((Arc::new(config?), clock.now()));
        let https = Arc::new(Https::new(environment.reach.clone())?);
        Ok(Self { environment, clients, store, queue, bus, https, clock, config })
    }

    /// Commits and hands over.
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox::new(&self.store, &self.queue, &self.bus)
    }

    /// The intake of the queues, for the one function that is told of it.
    pub fn intake(&self) -> Option<LambdaIntake> {
        let ids = self.environment.mappings.clone()?;
        Some(self.clients.intake(ids, self.environment.queues.clone()))
    }

    /// The configuration in force. One that cannot be read again is used on: it was good when it was pushed.
    pub async fn config(&self) -> Arc<Config> {
        let now = self.clock.now();
        let (known, read) = self.config.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if now.duration_since(read) < FRESH {
            return known;
        }
        match aws::load(&self.store).await {
            Ok(config) => {
                let config = Arc::new(config);
                *self.config.lock().unwrap_or_else(PoisonError::into_inner) = (Arc::clone(&config), now);
                config
            }
            Err(error) => {
                tracing::warn!(%error, "the configuration cannot be read again; the one read before is used on");
                known
            }
        }
    }
}
