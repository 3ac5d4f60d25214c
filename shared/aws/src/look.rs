//! A deployment seen from outside, for `baton doctor`: read with the credentials of whoever asks, never changed, and not
//! judged here.

mod stack;
mod table;
mod queue;
mod mail;

use aws_credential_types::provider::ProvideCredentials;
use domain::handler::told;

use crate::{Clients, Failure};

pub use mail::AccountSeen;
pub use queue::QueueSeen;
pub use stack::StackOutputs;
pub use table::TableSeen;

/// Looks at one deployment after the other.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a>(&'a Clients);

impl Clients {
    /// A look at a deployment from outside.
    pub fn look(&self) -> Look<'_> {
        Look(self)
    }
}

impl Look<'_> {
    /// The region that is looked at.
    pub fn region(&self) -> &str {
        &self.0.settings.region
    }

    /// Whether there are credentials. The first call shows whether they are good.
    pub async fn credentials(&self) -> Result<(), Failure> {
        let found = self.0.settings.credentials.provide_credentials().await;
        found.map(|_| ()).map_err(|e| {
            // Below its first line the SDK lists every place where it has looked.
            let why = told(&e).lines().next().map(|line| line.trim_end_matches([':', '.']).to_owned()).unwrap_or_default();
            Failure::Unusable(format!(
                "there are no credentials that can be used: {why}; sign in with `aws sso login` or `aws configure`, or name a \
                 profile in AWS_PROFILE"
            ))
        })
    }
}
