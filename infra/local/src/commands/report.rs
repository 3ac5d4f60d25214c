//! `baton report`: everything a state holds, as one HTML file.

use std::path::Path;

use baton::review;
use jiff::Timestamp;

use super::{Failure, open};
use crate::Ended;
use crate::terminal::say;

pub(super) async fn run(state: &Path, out: &Path) -> Result<Ended, Failure> {
    let store = open(state)?;
    let report = review::report(&store, "Baton report", Timestamp::now(), Vec::new()).await?;
    let html = channels::report::render(&report);
    std::fs::write(out, html).map_err(|e| Failure::new(format!("{} cannot be written: {e}", out.display())))?;
    say(&format!("{} cases in {}", report.cases.len(), out.display()));
    Ok(Ended::Done)
}
