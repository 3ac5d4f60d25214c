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
mod report;
mod scan;
mod show;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton::adapters::{Database, SqliteStore};
use crm::ExportCrm;
use envelope::Pass;
use domain::config::Config;
use domain::ports::{Clock, FixedClock};
use jiff::Timestamp;

use crate::{Cli, Command, ConfigFile, Ended};

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
    futures_executor::block_on(async {
        match cli.command {
            Command::Demo { out, open } => demo::run(&out, open).await,
            Command::Scan { crm, state, outbox, config, now, shadow, delta } => {
                let outbox = outbox.unwrap_or_else(|| state.dir.join("outbox"));
                let config = load(&config)?;
                let pass = if delta { Pass::Delta } else { Pass::Full };
                scan::run(scan::Scan { source: crm, state: state.dir, outbox, config, now, shadow, pass }, format).await
            }
            Command::Report { state, out } => report::run(&state.dir, &out).await,
            Command::Backtest { config, exports } => backtest::run(&load(&config)?, &exports, format).await,
            Command::Judge { what: crate::Judge::Contacts { input, out, config } } => {
                judge::run(&load(&config)?, input.as_deref(), out.as_deref())
            }
            Command::Cases { state, only } => cases::run(&state.dir, only.as_deref(), format).await,
            Command::Show { case, state } => show::run(&state.dir, &case, format).await,
            Command::Answer { case, answer, because, by, state } => {
                answer::run(&state.dir, &case, answer, because.as_deref(), &by).await
            }
            Command::Audit { words, state } => audit::run(&state.dir, &words, format).await,
            Command::Brake { what, scan, crm, state, config } => {
                brake::run(&state.dir, what, &scan, crm.as_deref(), load(&config)?).await
            }
            Command::Invoke { function, event, crm, state, config } => {
                invoke::run(&state.dir, &function, &event, crm.as_deref(), load(&config)?).await
            }
            Command::DeadLetters { redrive, state } => dead_letters::run(&state.dir, redrive, format).await,
            Command::Config { what } => config::run(&what),
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

/// The state, for reading.
fn open(state: &Path) -> Result<SqliteStore, Failure> {
    Ok(SqliteStore::new(Arc::new(Database::read(state)?), clock(None)))
}

/// The system's clock, read once: one run has one time.
fn clock(now: Option<Timestamp>) -> Arc<dyn Clock> {
    Arc::new(FixedClock(now.unwrap_or_else(Timestamp::now)))
}
