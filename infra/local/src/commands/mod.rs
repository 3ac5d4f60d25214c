//! One command a file.

mod accuracy;
mod answer;
mod audit;
mod backtest;
mod brake;
mod cases;
mod config;
pub(crate) mod cost;
mod dead_letters;
mod demo;
mod figures;
mod invoke;
pub(crate) mod judge;
mod mark;
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
use channels::smtp::{Server, SmtpMailer};
use crm::ExportCrm;
use domain::address::mailbox;
use domain::config::Config;
use domain::ports::{Clock, FixedClock, Inbox, Mailer, People, SetAside, Store};
use envelope::Pass;
use https::Reach;
use inbox::DirectoryInbox;
use jiff::Timestamp;
use people::{ApiKey, JobsCsv, PeopleDataLabs};

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
    domain::ports::PeopleError,
    domain::ports::StoreError,
    domain::ports::QueueError
);

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<Ended, Failure> {
    let format = cli.format;
    on_aws::block_on(async {
        match cli.command {
            Command::Demo { out, open } => demo::run(&out, open).await,
            Command::Scan { crm, state, outbox, config, now, shadow, delta, mail, people } => {
                let outbox = outbox.unwrap_or_else(|| state.dir.join("outbox"));
                let config = load(&config)?;
                let pass = if delta { Pass::Delta } else { Pass::Full };
                let (source, state) = (crm, state.dir);
                let scan = scan::Scan { source, state, outbox, config, now, shadow, pass, mail, people };
                scan::run(scan, format).await
            }
            Command::Report { place, out } => report::run(&place, &out).await,
            Command::Backtest { config, against, truth, out, exports } => {
                backtest::run(&backtest::Asked { config, against, truth, out, exports }, format).await
            }
            Command::Judge { what: crate::Judge::Contacts { input, out, config } } => {
                judge::run(&load(&config)?, input.as_deref(), out.as_deref())
            }
            Command::Judge { what: crate::Judge::Score(sets) } => judge::score(&load(&sets.config)?, &sets, format),
            Command::Cases { place, only } => cases::run(&place, only.as_deref(), format).await,
            Command::Show { case, explain, place } => show::run(&place, &case, explain, format).await,
            Command::Answer { case, answer, because, by, dirs } => {
                answer::run(&dirs, &case, answer, because.as_deref(), &by).await
            }
            Command::Mark { case, says, because, by, state } => {
                mark::run(&state.dir, &case, says.into(), &because, &by).await
            }
            Command::Accuracy { place } => accuracy::run(&place, format).await,
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
    let (text, table) = read_config(path)?;
    Config::parse_with(&text, table.as_deref()).map_err(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(|m| format!("{}: {m}", path.display())).collect();
        Failure::new(lines.join("\n       "))
    })
}

/// A configuration's text, and the table of companies from beside it, where it names one.
fn read_config(path: &Path) -> Result<(String, Option<String>), Failure> {
    let text = read(path)?;
    let beside = |file: String| path.parent().unwrap_or(Path::new("")).join(file);
    let table = Config::companies_file(&text).map(|file| {
        let from = beside(file);
        std::fs::read_to_string(&from).map_err(|e| {
            Failure::new(format!(
                "{}: companies.file: {} cannot be read: {e}; put the table there, or leave the key blank",
                path.display(),
                from.display()
            ))
        })
    });
    Ok((text, table.transpose()?))
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

/// The mails of a directory.
fn inbox(dir: &Path) -> Result<Box<dyn Inbox>, Failure> {
    if !dir.is_dir() {
        return Err(Failure::new(format!(
            "--mail {} is no directory; name the one with the .eml files",
            dir.display()
        )));
    }
    Ok(Box::new(DirectoryInbox::new("directory", dir)))
}

/// The mail server that `SMTP_URL` names; without one, mails are files in the outbox. A server of the own network has to be named in
/// `BATON_PRIVATE_HOSTS`.
fn mailer(config: &Config) -> Result<Option<Box<dyn Mailer>>, Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let Some(url) = variable("SMTP_URL") else { return Ok(None) };
    let reach = Reach::with_private(&variable("BATON_PRIVATE_HOSTS").unwrap_or_default())
        .map_err(|e| Failure::new(format!("BATON_PRIVATE_HOSTS: {e}")))?;
    let server = Server::parse(&url, &reach).map_err(|e| Failure::new(e.to_string()))?;
    let sender = mailbox(&config.notify.sender_address)
        .map_err(|e| Failure::new(format!("notify.sender_address cannot send mail: {e}")))?;
    Ok(Some(Box::new(SmtpMailer::new(server, sender, reach))))
}

/// Whoever a source names, who knows where people work, and the rows of a list that were set aside.
fn people(source: &str, config: &Config) -> Result<(Box<dyn People>, Vec<SetAside>), Failure> {
    match source.split_once(':') {
        Some(("jobs", file)) if !file.is_empty() => {
            let jobs = JobsCsv::open(Path::new(file))?;
            let aside = jobs.set_aside().to_vec();
            Ok((Box::new(jobs), aside))
        }
        None if source == "pdl" => {
            let unset = "PDL_API_KEY is not set; put the API key of People Data Labs into it";
            let key = std::env::var("PDL_API_KEY").map_err(|_| Failure::new(unset))?;
            let key = ApiKey::parse(&key).map_err(|e| Failure::new(format!("PDL_API_KEY: {e}")))?;
            let provider = PeopleDataLabs::new(key, config.people.min_likelihood);
            Ok((Box::new(provider.map_err(|e| Failure::new(e.to_string()))?), Vec::new()))
        }
        _ => Err(Failure::new(format!(
            "{source:?} is nobody who can be asked; write --people jobs:FILE.csv or --people pdl"
        ))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_companies_is_read_from_beside_the_configuration() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("baton.toml");
        std::fs::write(&path, "[companies]\nfile = \"companies.csv\"\n").unwrap();
        let file = ConfigFile { file: Some(path) };
        let missing = load(&file).unwrap_err().to_string();
        assert!(
            missing.contains("companies.csv cannot be read") && missing.contains("leave the key blank"),
            "{missing}"
        );

        std::fs::write(dir.path().join("companies.csv"), "company,other_name\nMeta Platforms,Facebook\n").unwrap();
        let judgement = load(&file).unwrap().companies.compare("Facebook", "Meta Platforms");
        assert!(judgement.reason.contains("a person has listed"), "{judgement:?}");
    }
}
