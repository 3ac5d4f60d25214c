//! Scanner: compares what the CRM shows with what was last seen, and files a case for whatever really happened.
//! Unchanged contacts cost a read; a snapshot advances if and only if what follows from it was committed with it.

mod commit;
mod pass;
mod surroundings;

use domain::config::Config;
use domain::handler::{HandlerError, Outbox};
use domain::ports::{Clock, Crm, CrmError, Index, Query};
use domain::records::{self, Braked, SCANS, ScanRecord, brake_key};
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

/// Runs one scan to its end. The same request again, once the scan has come to its end, is answered with what it found.
pub async fn handle(request: ScanRequested, deps: &Deps<'_>) -> Result<ScanRecord, HandlerError> {
    let system = deps.crm.system();
    let scans = scans(system, deps).await?;
    if let Some(done) = scans.iter().find(|done| done.scan == request.scan) {
        tracing::info!(scan.id = %done.scan, "the scan was asked for twice and is made once");
        return Ok(done.clone());
    }
    let previous = scans.into_iter().max_by_key(|scan| scan.at);
    if let Some(previous) = &previous
        && previous.at > request.at
    {
        return Err(HandlerError::Poison(format!(
            "the scan of {} is older than the last one, of {}: an older view must not overwrite a newer one",
            request.at, previous.at
        )));
    }
    let braked = records::read::<Braked>(deps.outbox.store, &brake_key(system)).await?.map(|braked| braked.value.scan);
    let id = braked.as_ref().unwrap_or(&request.scan);
    let scan = Scan { id, system, at: request.at, shadow: request.shadow, config: deps.config };
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

/// The scans of this system that came to their end.
async fn scans(system: &str, deps: &Deps<'_>) -> Result<Vec<ScanRecord>, HandlerError> {
    let query = Query { index: Index::Secondary, partition: SCANS, after: None, through: None, limit: 1 };
    if deps.outbox.store.query(&query).await?.is_empty() {
        return Ok(Vec::new());
    }
    let scans = records::all::<ScanRecord>(deps.outbox.store, Index::Secondary, SCANS, "").await?;
    Ok(scans.into_iter().map(|s| s.value).filter(|s| s.system == system).collect())
}
