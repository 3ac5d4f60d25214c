//! Where people act on cases: the state of this machine, or a deployment on AWS.

use std::sync::Arc;

use baton::adapters::Database;
use baton::plant::Plant;
use domain::config::Config;
use domain::handler::Outbox;
use domain::ports::Clock;

use super::connections::Sending;
use super::on_aws::Deployment;
use super::{Failure, Variables, load, on_aws};
use crate::{Acting, Dirs};

/// Where a command acts, opened.
pub(super) enum Opened<'a> {
    /// In a state; the command sees through what follows.
    Here(Box<Plant>, &'a Dirs),
    /// In a deployment; its functions see it through.
    There(Box<Deployment>),
}

impl<'a> Opened<'a> {
    pub(super) async fn open(
        acting: &'a Acting,
        clock: Arc<dyn Clock>,
        variables: &Variables,
    ) -> Result<Self, Failure> {
        if let Some(stack) = &acting.stack {
            return Ok(Self::There(Box::new(on_aws::deployment(stack).await?)));
        }
        let config = load(&acting.config)?;
        Database::read(acting.dirs.state())?;
        let sending = Sending::open(&config, variables)?;
        let plant = Plant::open(acting.dirs.state(), &acting.dirs.outbox(), config, clock)?;
        Ok(Self::Here(Box::new(sending.over(plant)), &acting.dirs))
    }

    pub(super) fn outbox(&self) -> Outbox<'_> {
        match self {
            Self::Here(plant, _) => plant.outbox(),
            Self::There(deployment) => deployment.outbox(),
        }
    }

    pub(super) fn config(&self) -> &Config {
        match self {
            Self::Here(plant, _) => &plant.config,
            Self::There(deployment) => deployment.config(),
        }
    }
}
