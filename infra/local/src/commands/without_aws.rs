//! A build without AWS: it knows the commands and says what is missing.

use std::collections::BTreeMap;
use std::path::Path;

use domain::config::Config;
use domain::handler::Outbox;
use domain::messages::QueueName;
use domain::ports::Store;

use super::dead_letters::Letter;
use super::{Deployed, Failure, Variables};
use crate::{Ended, Format};

pub(super) async fn store(_: Deployed<'_>) -> Result<Box<dyn Store>, Failure> {
    Err(missing())
}

pub(super) async fn dead_letters(_: &str, _: Option<QueueName>) -> Result<Vec<Letter>, Failure> {
    Err(missing())
}

pub(super) async fn redrive(_: &str, _: Option<QueueName>) -> Result<BTreeMap<&'static str, usize>, Failure> {
    Err(missing())
}

pub(super) async fn push(_: Option<Deployed<'_>>, _: &Path) -> Result<Ended, Failure> {
    Err(missing())
}

pub(super) async fn show_config(_: Option<Deployed<'_>>) -> Result<Ended, Failure> {
    Err(missing())
}

pub(super) async fn doctor(_: Option<Deployed<'_>>, _: &Variables, _: Format) -> Result<Ended, Failure> {
    Err(missing())
}

/// There is none in this build.
pub(super) enum Deployment {}

pub(super) async fn deployment(_: &str) -> Result<Deployment, Failure> {
    Err(missing())
}

impl Deployment {
    pub(super) fn outbox(&self) -> Outbox<'_> {
        match *self {}
    }

    pub(super) fn config(&self) -> &Config {
        match *self {}
    }
}

fn missing() -> Failure {
    Failure::new("this build has no AWS in it: cargo install --path infra/local --features aws")
}
