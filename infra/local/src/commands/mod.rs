//! One command a file.

mod answer;
mod audit;
mod backtest;
mod brake;
mod cases;
mod config;
pub(crate) mod cost;
mod dead_letters;
mod demo;
mod invoke;
mod judge;
#[cfg(feature = "aws")]
mod on_aws;
#[cfg(not(feature = "aws"))]
#[path = "without_aws.rs"]
mod on_aws;
mod read;
mod redrive;
mod report;
mod scan;
mod show;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton::adapters::{Database, SqliteStore};
use crm::ExportCrm;
use domain::config::Config;
use domain::ports::{Clock, FixedClock, Store};
use envelope::Pass;
use jiff::Timestamp;

use crate::{Cli, Command, ConfigFile, Deployment, Ended, Place};

/// Why a command failed, in a sentence for the person who ran it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

macro_rules! failures {
    ($($error:ty),+) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(domain::handler::told(&error))
            }
        })+
    };
}

failures!(
    baton::adapters::DatabaseError,
    domain::handler::HandlerError,
    domain::ports::CrmError,
    domain::ports::StoreError,
    domain::ports::QueueError
);

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<Ended, Failure> {
    let format = cli.format;
    on_aws::block_on(async {
        match cli.command {
            Command::Demo { out, open } => demo::run(&out, open).await,
            Command::Scan { crm, state, outbox, config, now, shadow, delta } => {
                let outbox = outbox.unwrap_or_else(|| state.dir.join("outbox"));
                let config = load(&config)?;
                let pass = if delta { Pass::Delta } else { Pass::Full };
                scan::run(scan::Scan { source: crm, state: state.dir, outbox, config, now, shadow, pass }, format).await
            }
            Command::Report { place, out } => report::run(&place, &out).await,
            Command::Backtest { config, exports } => backtest::run(&load(&config)?, &exports, format).await,
            Command::Judge { what: crate::Judge::Contacts { input, out, config } } => {
                judge::run(&load(&config)?, input.as_deref(), out.as_deref())
            }
            Command::Cases { place, only } => cases::run(&place, only.as_deref(), format).await,
            Command::Show { case, place } => show::run(&place, &case, format).await,
            Command::Answer { case, answer, because, by, dirs } => {
                answer::run(&dirs, &case, answer, because.as_deref(), &by).await
            }
            Command::Audit { words, place } => audit::run(&place, &words, format).await,
            Command::Brake { what, scan, crm, dirs, config } => {
                brake::run(&dirs, what, &scan, crm.as_deref(), load(&config)?).await
            }
            Command::Invoke { function, event, crm, state, config } => {
                invoke::run(&state.dir, &function, &event, crm.as_deref(), load(&config)?).await
            }
            Command::DeadLetters { redrive: true, place } => redrive::run(&place, None, format).await,
            Command::DeadLetters { redrive: false, place } => dead_letters::run(&place, format).await,
            Command::Redrive { queue, place } => redrive::run(&place, queue.as_deref(), format).await,
            Command::Read { what: crate::Read::Mail { files } } => read::run(&files, format),
            Command::Doctor { aws: _, deployment } => on_aws::doctor(deployment.named(), format).await,
            Command::Config { what } => config::run(&what).await,
            Command::Cost(plans) => cost::run(&plans, format),
        }
    })
}

/// The configuration in a file, or the shipped one.
fn load(file: &ConfigFile) -> Result<Config, Failure> {
    let Some(path) = &file.file else { return Ok(Config::shipped()) };
    let text = read(path)?;
    Config::parse(&text).map_err(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(|m| format!("{}: {m}", path.display())).collect();
        Failure::new(lines.join("\n       "))
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::new(format!("{} cannot be read: {e}", path.display())))
}

/// The CRM that a source names.
fn crm(source: &str, config: &Config, as_of: Timestamp, outbox: &Path) -> Result<ExportCrm, Failure> {
    match source.split_once(':') {
        Some(("export", dir)) if !dir.is_empty() => {
            Ok(ExportCrm::open(&PathBuf::from(dir), config, as_of, &outbox.join("crm"))?)
        }
        _ => Err(Failure::new(format!("{source:?} is no source that can be scanned; write --crm export:DIR"))),
    }
}

/// The state or the table, for reading.
async fn open(place: &Place) -> Result<Box<dyn Store>, Failure> {
    match place.deployment.named() {
        Some(deployed) => on_aws::store(deployed).await,
        None => Ok(Box::new(SqliteStore::new(Arc::new(Database::read(&place.dir)?), clock(None)))),
    }
}

/// How a deployment was named.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "a build without AWS only says that it is one"))]
enum Deployed<'a> {
    Stack(&'a str),
    Table(&'a str),
}

impl Deployment {
    fn named(&self) -> Option<Deployed<'_>> {
        self.stack.as_deref().map(Deployed::Stack).or(self.table.as_deref().map(Deployed::Table))
    }
}

/// The system's clock, read once: one run has one time.
fn clock(now: Option<Timestamp>) -> Arc<dyn Clock> {
    Arc::new(FixedClock(now.unwrap_or_else(Timestamp::now)))
}
