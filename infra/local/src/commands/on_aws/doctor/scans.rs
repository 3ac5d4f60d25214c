//! Does it scan, and does what a scan finds leave?

use baton::review;
use domain::ports::{Consistency, Index, Query, Store, StoreError};
use domain::progress::{self, Part, Running};
use domain::records::{Loaded, OUTBOX, ScanRecord};
use jiff::{SignedDuration, Timestamp};

use super::ago::ago;
use crate::commands::finding::Finding;

/// Scans are daily; the alarm `scan-missed` waits for as long.
const OVERDUE: SignedDuration = SignedDuration::from_hours(26);
/// What was committed so long ago and is still in the outbox was left there by a crash.
const STRANDED: SignedDuration = SignedDuration::from_mins(5);
/// The outbox is not counted any further.
const MOST: usize = 1000;

pub(super) async fn check(store: &dyn Store, now: Timestamp, found: &mut Vec<Finding>) {
    match review::scans(store).await {
        Ok(scans) => found.push(last(scans.last(), now)),
        Err(error) => found.push(Finding::failed("last scan", &error)),
    }
    if let Err(error) = under_way(store, now, found).await {
        found.push(Finding::failed("scan under way", &error));
    }
    found.push(match stranded(store, now).await {
        Ok(0) => Finding::ok("outbox", "nothing is stranded"),
        Ok(count) => {
            let count = if count == MOST { format!("{MOST} or more") } else { count.to_string() };
            let remedy = "the steward hands them over every 15 minutes; if they stay, its log says why: outbox-stranded in the \
                          runbook, infra/README.md";
            Finding::warn("outbox", format!("{count} commits wait to be handed over"), remedy)
        }
        Err(error) => Finding::failed("outbox", &error),
    });
}

fn last(scan: Option<&ScanRecord>, now: Timestamp) -> Finding {
    let about = "last scan";
    let by_hand = "see scan-missed in the runbook, infra/README.md, which says how to scan by hand";
    let Some(scan) = scan else { return Finding::warn(about, "there was none yet", by_hand) };
    let says = format!(
        "{}, {}: {} contacts, {} alerted, {} held",
        scan.scan,
        ago(scan.at, now),
        scan.contacts,
        scan.alerted,
        scan.held
    );
    match &scan.brake {
        Some(why) => Finding::warn(
            about,
            format!("{says}; the brake stopped it: {why}"),
            "the administrator's notice says how to go on",
        ),
        None if now.duration_since(scan.at) > OVERDUE => Finding::warn(about, says, by_hand),
        None => Finding::ok(about, says),
    }
}

async fn under_way(store: &dyn Store, now: Timestamp, found: &mut Vec<Finding>) -> Result<(), StoreError> {
    for running in progress::all_running(store).await? {
        let parts = progress::parts(store, &running.value).await?;
        found.push(going(&running.value, &parts, now));
    }
    Ok(())
}

fn going(running: &Running, parts: &[Loaded<Part>], now: Timestamp) -> Finding {
    let about = format!("scan {} under way", running.record.scan);
    let moved = progress::last_moved(running, parts);
    let done = parts.iter().filter(|part| part.value.done).count();
    let says = format!("{done} of {} parts done, last moved {}", running.parts, ago(moved, now));
    if now.duration_since(moved) < progress::STANDS_STILL {
        return Finding::ok(&about, says);
    }
    let remedy = "the steward asks it to go on; if it stays, look at scan-pages-dead-letters and the scanner's log";
    Finding::warn(&about, says, remedy)
}

async fn stranded(store: &dyn Store, now: Timestamp) -> Result<usize, StoreError> {
    let through = format!("{}\u{10ffff}", now - STRANDED);
    let query = Query {
        index: Index::Table,
        consistency: Consistency::Strong,
        partition: OUTBOX,
        after: None,
        through: Some(&through),
        limit: MOST,
    };
    Ok(store.query(&query).await?.len())
}
