//! `baton backtest`: dated exports, oldest first, in shadow: what would have been alerted, and when.

mod dated;
mod differences;
mod gather;
mod lines;
mod play;
mod tell;
mod truth;

use std::path::{Path, PathBuf};

use channels::backtest::{Against, Backtest};
use domain::config::Config;
use jiff::Timestamp;

use super::{Failure, load, read};
use crate::{ConfigFile, Ended, Format};

/// What to play, and what to lay it beside.
pub(super) struct Asked {
    pub config: ConfigFile,
    pub against: Option<PathBuf>,
    pub truth: Option<PathBuf>,
    pub out: Option<PathBuf>,
    pub exports: Vec<PathBuf>,
}

/// Where the page goes, where nothing is said.
const PAGE: &str = "baton-backtest.html";

pub(super) async fn run(asked: &Asked, format: Format) -> Result<Ended, Failure> {
    let page = page(asked, format)?;
    let exports = dated::all(&asked.exports)?;
    let config = load(&asked.config)?;
    let Some(page) = page else {
        return play::lines_only(&config, &exports).await;
    };
    dated::in_order(&exports)?;
    let truth = asked.truth.as_deref().map(|file| truth::read(file, &exports)).transpose()?;
    let other = asked.against.clone().map(|file| ConfigFile { file: Some(file) });
    let other = other.map(|file| load(&file).map(|config| (config, file))).transpose()?;

    let made = Timestamp::now();
    let played = play::Played { exports: &exports, truth: truth.as_ref(), made };
    let backtest = played.with(&config, &label(&asked.config), format == Format::Json).await?;
    let against = match &other {
        Some((config, file)) => {
            let backtest = played.with(config, &label(file), false).await?;
            let differences = differences::between(&text(&asked.config)?, &text(file)?);
            Some(Against { backtest, differences })
        }
        None => None,
    };

    let html = channels::backtest::render(&backtest, against.as_ref());
    std::fs::write(&page, html).map_err(|e| Failure::new(format!("{} cannot be written: {e}", page.display())))?;
    if format == Format::Table {
        tell::all(&backtest, against.as_ref(), &page);
    }
    Ok(ended(&backtest, against.as_ref()))
}

/// Where the page goes. JSON lines have none, unless one is asked for.
fn page(asked: &Asked, format: Format) -> Result<Option<PathBuf>, Failure> {
    let lines = format == Format::Json && asked.out.is_none();
    if lines && (asked.against.is_some() || asked.truth.is_some()) {
        let text = "--against and --truth are for the page, and JSON lines have none; add --out FILE.html, or leave --format json out";
        return Err(Failure::new(text));
    }
    Ok((!lines).then(|| asked.out.clone().unwrap_or_else(|| PathBuf::from(PAGE))))
}

/// What a configuration is called on the page.
fn label(config: &ConfigFile) -> String {
    let name =
        |path: &Path| path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    config.file.as_deref().map_or_else(|| "the shipped configuration".to_owned(), name)
}

fn text(config: &ConfigFile) -> Result<String, Failure> {
    config.file.as_deref().map_or_else(|| Ok(domain::config::DEFAULT.to_owned()), read)
}

fn ended(backtest: &Backtest, against: Option<&Against>) -> Ended {
    let whole = backtest.set_aside.is_empty() && against.is_none_or(|other| other.backtest.set_aside.is_empty());
    if whole { Ended::Done } else { Ended::Look }
}

/// The brake would stop a scan after a gap of half a year; here the question is what would have been said.
fn unbraked(config: &Config) -> Config {
    let mut config = config.clone();
    config.brake.share = 1.0;
    config
}
