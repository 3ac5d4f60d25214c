//! Plays exports one after another over a state in memory.

use std::sync::Arc;

use baton::adapters::Database;
use baton::plant::Plant;
use baton::review;
use channels::backtest::Backtest;
use crm::ExportCrm;
use domain::ScanId;
use domain::case::Case;
use domain::config::Config;
use domain::ports::{Crm, FixedClock};
use domain::records::{ScanRecord, Silenced};
use envelope::{Pass, ScanRequested};
use jiff::Timestamp;

use super::dated::Dated;
use super::gather::Gather;
use super::truth::Changes;
use super::{Failure, lines, unbraked};
use crate::Ended;
use crate::terminal::progress;

/// What is played, whatever the configuration.
pub(super) struct Played<'a> {
    pub exports: &'a [Dated],
    pub truth: Option<&'a Changes>,
    pub made: Timestamp,
}

impl Played<'_> {
    /// Plays with one configuration and keeps everything; prints findings as JSON lines meanwhile, if asked to.
    pub(super) async fn with(&self, config: &Config, label: &str, json: bool) -> Result<Backtest, Failure> {
        let mut stage = Stage::new(config)?;
        let mut gather = Gather::new(label, config, self.made, self.truth);
        for (place, export) in self.exports.iter().enumerate() {
            let told = format!("{}, {} of {}: ", export.name, place + 1, self.exports.len());
            let seen = stage.scan(place, export, &told).await?;
            if json {
                seen.print(&export.name, config.threshold);
            }
            gather.export(place, export, seen).await?;
        }
        Ok(gather.done(&stage.cases().await?))
    }
}

/// Plays with one configuration and prints findings as JSON lines, of which nothing is kept.
pub(super) async fn lines_only(config: &Config, exports: &[Dated]) -> Result<Ended, Failure> {
    let mut stage = Stage::new(config)?;
    let mut ended = Ended::Done;
    for (place, export) in exports.iter().enumerate() {
        let seen = stage.scan(place, export, "").await?;
        seen.print(&export.name, config.threshold);
        if !seen.reader.set_aside().is_empty() {
            ended = Ended::Look;
        }
    }
    Ok(ended)
}

/// One export as it was scanned.
pub(super) struct Scanned {
    /// The export.
    pub reader: ExportCrm,
    /// The scan in numbers.
    pub record: ScanRecord,
    /// What was found.
    pub cases: Vec<Case>,
    /// What nobody is told of.
    pub silenced: Vec<Silenced>,
}

impl Scanned {
    fn print(&self, export: &str, threshold: f64) {
        lines::print(export, &self.cases, &self.silenced, threshold);
        self.reader.set_aside().iter().for_each(|row| lines::remark(export, row));
    }
}

/// A state in memory that goes from one time to the next.
struct Stage {
    config: Config,
    plant: Option<Plant>,
    outbox: tempfile::TempDir,
}

impl Stage {
    fn new(config: &Config) -> Result<Self, Failure> {
        let config = unbraked(config);
        let outbox = tempfile::tempdir().map_err(|e| Failure::new(e.to_string()))?;
        let clock = Arc::new(FixedClock(Timestamp::UNIX_EPOCH));
        let plant = Plant::over(Database::in_memory()?, outbox.path(), config.clone(), clock);
        Ok(Self { config, plant: Some(plant), outbox })
    }

    async fn scan(&mut self, place: usize, export: &Dated, told: &str) -> Result<Scanned, Failure> {
        let at = export.at;
        let plant = self.plant.take().ok_or_else(lost)?.at(Arc::new(FixedClock(at)));
        let reader = ExportCrm::open(&export.dir, &self.config, at, &self.outbox.path().join("crm"))?;
        let scan = ScanId::parse(&format!("backtest-{place:06}")).map_err(|e| Failure::new(e.to_string()))?;
        let request = ScanRequested { scan: scan.clone(), at, shadow: true, pass: Pass::Full };
        let bar = progress();
        bar.set_message(told.to_owned());
        let record = plant.scan(&reader, request, &|contacts| bar.set_position(contacts)).await?;
        bar.finish_and_clear();
        let mut cases = review::cases(&plant.store).await?;
        cases.retain(|case| case.scan == scan);
        let mut silenced = review::silenced(&plant.store).await?;
        silenced.retain(|quiet| quiet.at == at);
        self.plant = Some(plant);
        Ok(Scanned { reader, record, cases, silenced })
    }

    /// Every case as it stands after all exports.
    async fn cases(&self) -> Result<Vec<Case>, Failure> {
        Ok(review::cases(&self.plant.as_ref().ok_or_else(lost)?.store).await?)
    }
}

fn lost() -> Failure {
    Failure::new("the backtest has lost its state; run it again")
}
