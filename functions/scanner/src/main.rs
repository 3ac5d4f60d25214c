//! The scanner on Lambda: a tick of the schedule begins a scan, messages of `scan-pages` go on with it.

use domain::handler::{HandlerError, told};
use domain::ports::{Clock, People};
use domain::progress::STANDS_STILL;
use domain::records::ScanRecord;
use envelope::{Record, ScanRequested};
use runtime::{ConnectedCrm, Error, Function, Metric, Metrics, serve};
use scanner::Deps;

/// Contacts of one part: at a sixth of a processor (256 MB) a first pass over them takes half a minute, and ten parts make a
/// million.
const PART_SIZE: usize = 100_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let crm = ConnectedCrm::of(&function)?;
    let mails = crm.mails(&function)?;
    serve(&function, async |event, has_time| {
        let config = function.config().await;
        let asked = if envelope::is_batch(event) {
            Asked::ToGoOn(envelope::records(event)?)
        } else {
            Asked::ToBegin(envelope::scan_requested(event)?)
        };
        let opened = crm.open(&config, &function.clock).await.map_err(|e| HandlerError::Retry(told(&e)));
        let jobs = crm.jobs().map_err(|e| HandlerError::Retry(told(&e)))?;
        let deps = Deps {
            crm: &crm,
            inbox: Some(&mails),
            people: jobs.as_ref().map(|jobs| jobs as &dyn People),
            outbox: function.outbox(),
            config: &config,
            clock: &*function.clock,
            part_size: PART_SIZE,
            patience: STANDS_STILL,
            has_time,
            progress: &|_| {},
            ended: &|record| metrics(record, &function).print(),
        };
        match (asked, opened) {
            (Asked::ToBegin(request), opened) => {
                opened?;
                Ok(serde_json::json!({ "outcome": format!("{:?}", scanner::handle(request, &deps).await?) }))
            }
            (Asked::ToGoOn(records), Ok(())) => function.settle(scanner::handle_batch(records, &deps).await).await,
            // Each comes again by itself, and the last time with this reason.
            (Asked::ToGoOn(records), Err(closed)) => {
                let handled = envelope::one_by_one(records, has_time, async |_| Err(closed.clone())).await;
                function.settle(handled).await
            }
        }
    })
    .await
}

/// What the scanner is asked to do.
enum Asked {
    ToBegin(ScanRequested),
    ToGoOn(Vec<Record>),
}

fn metrics(record: &ScanRecord, function: &Function) -> Metrics {
    Metrics::new(&function.environment.system, function.clock.now())
        .with(Metric::ScansFinished, 1.0)
        .with(Metric::ContactsScanned, record.touched.unwrap_or(record.contacts) as f64)
        .with(Metric::ContactsChanged, record.changed as f64)
        .with(Metric::CasesAlerted, record.alerted as f64)
        .with(Metric::CasesHeld, record.held as f64)
        .with(Metric::ChangesSilenced, record.silenced as f64)
}
