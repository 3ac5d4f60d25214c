//! One command a file.

mod accuracy;
mod acting;
mod answer;
mod audit;
mod backtest;
mod brake;
mod cases;
mod config;
mod connections;
pub(crate) mod cost;
mod dead_letters;
mod demo;
mod doctor;
mod figures;
mod finding;
mod follow_up;
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
mod respond;
mod scan;
mod show;
mod variables;

use std::path::Path;
use std::sync::Arc;

use baton::adapters::{Database, SqliteStore};
use domain::config::Config;
use domain::ports::{Clock, FixedClock, Inbox, People, SetAside, Store};
use envelope::Pass;
use inbox::DirectoryInbox;
use jiff::Timestamp;
use links::{Keys, Signer};
use people::{ApiKey, JobsCsv, PeopleDataLabs};

use crate::{Cli, Command, ConfigFile, Deployment, Ended, Place};
use variables::Variables;

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
    let variables = Variables::read(|name| std::env::var(name).ok(), cli.credentials.as_deref())?;
    block_on(async {
        match cli.command {
            Command::Demo { out, open } => demo::run(&out, open).await,
            Command::Scan { crm, state, outbox, config, now, shadow, delta, mail, people } => {
                let outbox = outbox.unwrap_or_else(|| state.dir.join("outbox"));
                let config = load(&config)?;
                let pass = if delta { Pass::Delta } else { Pass::Full };
                let (source, state) = (crm, state.dir);
                let scan = scan::Scan { source, state, outbox, config, now, shadow, pass, mail, people };
                scan::run(scan, &variables, format).await
            }
            Command::FollowUp { crm, dirs, config, now } => {
                follow_up::run(&dirs, crm.as_deref(), load(&config)?, now, &variables, format).await
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
            Command::Answer { case, answer, number, said, acting } => {
                answer::run(&acting, &case, answer, number, &said, &variables).await
            }
            Command::Respond { listen, dirs, config, crm, now } => {
                let config = load(&config)?;
                respond::run(respond::Respond { listen, dirs, config, source: crm, now }, variables).await
            }
            Command::Mark { case, says, because, by, whose } => {
                mark::run(&whose, &case, says.into(), &because, &by).await
            }
            Command::Accuracy { place } => accuracy::run(&place, format).await,
            Command::Audit { words, place } => audit::run(&place, &words, format).await,
            Command::Brake { what, scan, crm, acting } => {
                brake::run(&acting, what, &scan, crm.as_deref(), &variables).await
            }
            Command::Invoke { function, event, crm, state, config } => {
                invoke::run(&state.dir, &function, &event, crm.as_deref(), load(&config)?, &variables).await
            }
            Command::DeadLetters { redrive: true, whose } => redrive::run(&whose, None, format).await,
            Command::DeadLetters { redrive: false, whose } => dead_letters::run(&whose, format).await,
            Command::Redrive { queue, whose } => redrive::run(&whose, queue.as_deref(), format).await,
            Command::Read { what: crate::Read::Mail { files } } => read::run(&files, format),
            Command::Doctor { aws: true, deployment, .. } => {
                on_aws::doctor(deployment.named(), &variables, format).await
            }
            Command::Doctor { aws: false, crm, config, .. } => {
                doctor::run(crm.as_deref(), &config, &variables, format).await
            }
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

/// Runs a command to its end. Whatever is asked over the network needs tokio, and one thread of it is enough.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| Failure::new(format!("the runtime does not start: {e}")))?.block_on(work)
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

/// Whoever a source names, who knows where people work, and the rows of a list that were set aside.
fn people(source: &str, config: &Config, variables: &Variables) -> Result<(Box<dyn People>, Vec<SetAside>), Failure> {
    match source.split_once(':') {
        Some(("jobs", file)) if !file.is_empty() => {
            let jobs = JobsCsv::open(Path::new(file))?;
            let aside = jobs.set_aside().to_vec();
            Ok((Box::new(jobs), aside))
        }
        None if source == "pdl" => {
            let unset = "PDL_API_KEY is not set; put the API key of People Data Labs into it";
            let key = variables.get("PDL_API_KEY").ok_or_else(|| Failure::new(unset))?;
            let key = ApiKey::parse(&key).map_err(|e| Failure::new(format!("PDL_API_KEY: {e}")))?;
            let provider = PeopleDataLabs::new(key, config.people.min_likelihood);
            Ok((Box::new(provider.map_err(|e| Failure::new(e.to_string()))?), Vec::new()))
        }
        _ => Err(Failure::new(format!(
            "{source:?} is nobody who can be asked; write --people jobs:FILE.csv or --people pdl"
        ))),
    }
}

/// What the links in mails are signed with; nothing where mails are not answered by links.
fn link_signer(config: &Config, variables: &Variables) -> Result<Option<Signer>, Failure> {
    if config.notify.answer_url.is_empty() {
        return Ok(None);
    }
    let key = variables.get("BATON_LINK_KEY").ok_or_else(|| {
        Failure::new(
            "notify.answer_url is set, and BATON_LINK_KEY is not: put a key into it (openssl rand -base64 32), or leave \
             notify.answer_url blank",
        )
    })?;
    let keys = Keys::parse(&key, variables.get("BATON_LINK_KEY_PREVIOUS").as_deref());
    Ok(Some(Signer::new(keys.map_err(|e| Failure::new(format!("BATON_LINK_KEY: {e}")))?, THIS_MACHINE)))
}

/// The name of the deployment that one machine is, in links.
const THIS_MACHINE: &str = "local";

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
