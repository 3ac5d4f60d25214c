//! A build without AWS: it knows the commands and says what is missing.

use std::collections::BTreeMap;
use std::path::Path;

use domain::messages::QueueName;
use domain::ports::Store;

use super::dead_letters::Letter;
use super::{Deployed, Failure};
use crate::{Ended, Format};

pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| Failure::new(format!("the runtime does not start: {e}")))?.block_on(work)
}

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

pub(super) async fn doctor(_: Option<Deployed<'_>>, _: Format) -> Result<Ended, Failure> {
    Err(missing())
}

fn missing() -> Failure {
    Failure::new("this build has no AWS in it: cargo install --path infra/local --features aws")
}
