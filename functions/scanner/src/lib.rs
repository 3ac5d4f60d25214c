//! Scanner: compares what the CRM shows with what was last seen, and files a case for whatever really happened.
//! Unchanged contacts cost a read; a snapshot advances if and only if what follows from it was committed with it.

mod commit;
mod pass;
mod surroundings;

use domain::config::Config;
use domain::handler::{HandlerError, Outbox};
use domain::ports::{Clock, Crm, CrmError, Index, Query};
use domain::records::{self, SCANS, ScanRecord};
use domain::scan::Scan;
use envelope::ScanRequested;

/// What the scanner works with.
pub struct Deps<'a> {
    /// The CRM that is scanned.
    pub crm: &'a dyn Crm,
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Told how many contacts were looked at so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// A pass that the CRM breaks off is begun again this often before the queue's own retry takes over.
const PASSES: usize = 3;

/// Runs one scan to its end. The same request again finds nothing new.
pub async fn handle(request: ScanRequested, deps: &Deps<'_>) -> Result<ScanRecord, HandlerError> {
    let system = deps.crm.system();
    let scan = Scan { id: &request.scan, system, at: request.at, shadow: request.shadow, config: deps.config };
    let previous = latest_scan(system, deps).await?;
    if let Some(previous) = &previous
        && previous.at > request.at
    {
        return Err(HandlerError::Poison(format!(
            "the scan of {} is older than the last one, of {}: an older view must not overwrite a newer one",
            request.at, previous.at
        )));
    }
    for _ in 1..PASSES {
        match pass::run(&scan, previous.as_ref(), deps).await {
            Err(pass::PassError::Crm(CrmError::Restart(reason))) => {
                tracing::info!(%reason, "the pass over the contacts begins again");
            }
            ended => return ended.map_err(HandlerError::from),
        }
    }
    pass::run(&scan, previous.as_ref(), deps).await.map_err(HandlerError::from)
}

/// The last scan of this system that came to its end.
async fn latest_scan(system: &str, deps: &Deps<'_>) -> Result<Option<ScanRecord>, HandlerError> {
    let query = Query { index: Index::Secondary, partition: SCANS, after: None, through: None, limit: 1 };
    if deps.outbox.store.query(&query).await?.is_empty() {
        return Ok(None);
    }
    let scans = records::all::<ScanRecord>(deps.outbox.store, Index::Secondary, SCANS, "").await?;
    Ok(scans.into_iter().map(|s| s.value).filter(|s| s.system == system).max_by_key(|s| s.at))
}
