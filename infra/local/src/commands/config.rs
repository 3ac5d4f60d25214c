//! `baton config`: what is wrong with a configuration, or the shipped one.

use domain::config::{Config, DEFAULT};

use super::{Failure, read};
use crate::terminal::say;
use crate::{Configuration, Ended};

pub(super) fn run(what: &Configuration) -> Result<Ended, Failure> {
    let Configuration::Check { file } = what else {
        say(DEFAULT.trim_end());
        return Ok(Ended::Done);
    };
    match Config::parse(&read(file)?) {
        Ok(config) => {
            say(&format!(
                "{}: {} playbooks, version {}, no mistakes",
                file.display(),
                config.playbooks.len(),
                config.version
            ));
            Ok(Ended::Done)
        }
        Err(mistakes) => {
            for mistake in &mistakes {
                say(&format!("{}: {mistake}", file.display()));
            }
            Err(Failure::new(format!("{} mistakes in {}", mistakes.len(), file.display())))
        }
    }
}
