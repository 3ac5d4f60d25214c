//! `baton report`: everything a state holds, as one HTML file.

use std::path::Path;

use baton::review;
use jiff::Timestamp;

use super::{Failure, open};
use crate::terminal::say;
use crate::{Ended, Place};

pub(super) async fn run(place: &Place, out: &Path) -> Result<Ended, Failure> {
    let store = open(place).await?;
    let report = review::report(&*store, "Baton report", Timestamp::now(), Vec::new()).await?;
    let html = channels::report::render(&report);
    std::fs::write(out, html).map_err(|e| Failure::new(format!("{} cannot be written: {e}", out.display())))?;
    say(&format!("{} cases in {}", report.cases.len(), out.display()));
    Ok(Ended::Done)
}
