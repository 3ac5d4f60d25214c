//! The commands over a deployment on AWS. Names come from the outputs of its stack, so that nobody has to copy them.

mod acting;
mod config;
mod doctor;
mod letters;

use std::sync::Arc;

use aws::{Clients, ConfigFault, DynamoStore, SettingsError, StackOutputs, SystemClock};
use domain::handler::told;
use domain::ports::Store;

use super::{Deployed, Failure};

pub(super) use acting::{Deployment, deployment};
pub(super) use config::{push, show_config};
pub(super) use doctor::doctor;
pub(super) use letters::{dead_letters, redrive};

/// The table of a deployment.
pub(super) async fn store(deployed: Deployed<'_>) -> Result<Box<dyn Store>, Failure> {
    Ok(Box::new(open(&Site::of(deployed).await?).await?))
}

/// A deployment that was found.
struct Site {
    clients: Clients,
    table: String,
    /// What its stack says of it, if it was named by its stack.
    outputs: Option<StackOutputs>,
}

impl Site {
    async fn of(deployed: Deployed<'_>) -> Result<Self, Failure> {
        let clients = clients().await?;
        Ok(match deployed {
            Deployed::Table(name) => Self { clients, table: name.to_owned(), outputs: None },
            Deployed::Stack(stack) => {
                let outputs = clients.look().stack(stack).await?;
                Self { table: outputs.get("TableName")?.to_owned(), clients, outputs: Some(outputs) }
            }
        })
    }
}

/// Clients with the credentials and the region that the AWS CLI would use.
async fn clients() -> Result<Clients, Failure> {
    let clients = Clients::from_profile(|name| std::env::var(name).ok()).await?;
    clients.look().credentials().await?;
    Ok(clients)
}

/// The table, if it is there and may be read.
async fn open(site: &Site) -> Result<DynamoStore, Failure> {
    let store = site.clients.store(&site.table, Arc::new(SystemClock));
    let named = if site.outputs.is_some() { "the stack's output TableName" } else { "--table" };
    warm(&store, named).await?;
    Ok(store)
}

/// Asks for the table, which `named` has named.
async fn warm(store: &DynamoStore, named: &str) -> Result<(), Failure> {
    store.warm().await.map_err(|e| Failure::new(format!("{}; here {named} names the table", told(&e))))
}

/// The deployment must be named for what changes it.
fn needed(deployed: Option<Deployed<'_>>) -> Result<Deployed<'_>, Failure> {
    deployed.ok_or_else(|| Failure::new("name the deployment: --stack NAME, or --table NAME"))
}

macro_rules! failures {
    ($($error:ty),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(told(&error))
            }
        })+
    };
}

failures!(aws::Failure, SettingsError, ConfigFault);
