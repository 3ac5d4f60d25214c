//! `baton judge score`: how often the judgement is right on labelled pairs, and whether its confidence is kept.

mod labelled;
mod mistakes;
mod printed;
mod scored;

use std::path::{Path, PathBuf};

use channels::reliability::{self, Panel, Reliability};
use clap::ValueEnum;
use domain::config::Config;
use domain::judge::VERSION;
use serde::Serialize;

use self::labelled::Labelled;
use self::scored::{Scored, Summary, Tally};
use super::{Failure, Judging};
use crate::terminal::say;
use crate::{ConfigFile, Ended, Format};

/// Which pairs are scored, and what is shown of it.
#[derive(clap::Args)]
pub(crate) struct Sets {
    /// Labelled pairs, one a line: {"id":…,"before":{…},"after":{…},"expect":[…],"alert":…,"because":…}.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show the first so many mistakes of each kind: false alerts, missed alerts, wrong verdicts.
    #[arg(long, value_name = "N", default_value_t = 0)]
    errors: usize,
    /// Print what confidence promised beside what was right.
    #[arg(long)]
    calibration: bool,
    /// Draw that as reliability diagrams, one HTML file.
    #[arg(long, value_name = "FILE")]
    diagram: Option<PathBuf>,
    /// Score only one half of the pairs, drawn by their ids: what is fitted on one is checked on the other.
    #[arg(long, value_enum)]
    half: Option<Half>,
    #[command(flatten)]
    pub(crate) config: ConfigFile,
}

/// Half of all ids, by their CRC-32, which every scripting language can compute too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Half {
    /// Those whose CRC-32 is even.
    Even,
    /// The others.
    Odd,
}

impl Half {
    fn of(id: &str) -> Self {
        if crc32fast::hash(id.as_bytes()).is_multiple_of(2) { Self::Even } else { Self::Odd }
    }
}

pub(in crate::commands) fn run(config: &Config, sets: &Sets, format: Format) -> Result<Ended, Failure> {
    let labelled = labelled::read(&sets.files)?;
    let chosen = labelled.into_iter().filter(|pair| sets.half.is_none_or(|half| Half::of(&pair.id) == half));
    let scored = judge(config, chosen)?;
    let summary = Summary::of(&scored);
    if let Some(file) = &sets.diagram {
        draw(file, sets, &summary)?;
    }
    let files: Vec<(String, Tally)> = (0..sets.files.len())
        .map(|i| (sets.files[i].display().to_string(), Tally::of(scored.iter().filter(|s| s.pair.file == i))))
        .collect();
    let mistakes = mistakes::first(&scored, sets.errors);
    match format {
        Format::Json => say(&printed::json(sets, &files, &summary, &mistakes, &config.version)?),
        Format::Table => printed::tables(sets, &files, &summary, &mistakes),
    }
    Ok(Ended::Done)
}

fn judge(config: &Config, pairs: impl Iterator<Item = Labelled>) -> Result<Vec<Scored>, Failure> {
    let judging = Judging::by(config);
    let scored = pairs.map(|pair| {
        let finding = judging.finding(&pair.before, &pair.after).map_err(|e| pair.refused(&e))?;
        Ok(Scored {
            verdict: finding.verdict,
            confidence: finding.confidence,
            alerted: finding.alerts(config.threshold),
            pair,
        })
    });
    scored.collect()
}

fn draw(file: &Path, sets: &Sets, summary: &Summary) -> Result<(), Failure> {
    let panel = |name: &str, what: &str, calibration: &domain::calibration::Calibration| Panel {
        name: name.to_owned(),
        what: what.to_owned(),
        calibration: calibration.clone(),
    };
    let half = sets.half.map(|_| ", one half of those there are").unwrap_or_default();
    let calibration = &summary.calibration;
    let reliability = Reliability {
        title: "How well Baton knows when it is right".to_owned(),
        grounds: format!(
            "Labelled pairs from {} {}{half}, judged by rules {VERSION}. A judgement is right if its verdict is one of those \
             that the label allows.",
            sets.files.len(),
            if sets.files.len() == 1 { "file" } else { "files" },
        ),
        panels: vec![
            panel("All", "whatever was said", &calibration.all),
            panel(
                "Alerting",
                "departed, moved, replaced, promoted, demoted, reassigned, arrived",
                &calibration.alerting,
            ),
            panel("Cosmetic", "nothing real has changed", &calibration.cosmetic),
            panel("Unclear", "held for a human look", &calibration.unclear),
        ],
    };
    std::fs::write(file, reliability::render(&reliability))
        .map_err(|e| Failure::new(format!("{} cannot be written: {e}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_always_of_the_same_half_and_the_halves_are_of_like_size() {
        // The CRC-32 of "a" is e8b7be43, that of "123456789" cbf43926.
        assert_eq!([Half::of("a"), Half::of("123456789")], [Half::Odd, Half::Even]);
        let even = (0..1_000).filter(|i| Half::of(&format!("co-{i:03}")) == Half::Even).count();
        assert!((450..550).contains(&even), "{even}");
    }
}
