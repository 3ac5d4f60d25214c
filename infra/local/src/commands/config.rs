//! `baton config`: what is wrong with a configuration, the shipped one, and the one in force on AWS.

use std::path::Path;

use domain::config::{Config, DEFAULT};

use super::{Failure, on_aws, read_config};
use crate::terminal::say;
use crate::{Configuration, Ended};

pub(super) async fn run(what: &Configuration) -> Result<Ended, Failure> {
    match what {
        Configuration::Check { file } => check(file),
        Configuration::Default => {
            say(DEFAULT.trim_end());
            Ok(Ended::Done)
        }
        Configuration::Push { file, deployment } => on_aws::push(deployment.named(), file).await,
        Configuration::Show { deployment } => on_aws::show_config(deployment.named()).await,
    }
}

fn check(file: &Path) -> Result<Ended, Failure> {
    let (config, _) = parsed(file)?;
    say(&format!("{}: {} playbooks, version {}, no mistakes", file.display(), config.playbooks.len(), config.version));
    Ok(Ended::Done)
}

/// The configuration in a file and its text as it can stand alone; what is wrong with it is printed.
pub(super) fn parsed(file: &Path) -> Result<(Config, String), Failure> {
    let (text, table) = read_config(file)?;
    let config = Config::parse_with(&text, table.as_deref()).map_err(|mistakes| {
        for mistake in &mistakes {
            say(&format!("{}: {mistake}", file.display()));
        }
        Failure::new(format!("{} mistakes in {}", mistakes.len(), file.display()))
    })?;
    let alone = table.map(|table| Config::inlined(&text, &table));
    Ok((config, alone.unwrap_or(text)))
}
