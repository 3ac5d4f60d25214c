//! The scanner on Lambda: a tick of the schedule begins a scan, messages of `scan-pages` go on with it.

use domain::ports::Clock;
use domain::progress::STANDS_STILL;
use domain::records::ScanRecord;
use runtime::{Error, ExportsCrm, Function, Metric, Metrics, serve};
use scanner::Deps;

/// Contacts of one part: at a sixth of a processor (256 MB) a first pass over them takes half a minute, and ten parts make a
/// million.
const PART_SIZE: usize = 100_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let crm = ExportsCrm::of(&function)?;
    serve(async |event, has_time| {
        let config = function.config().await;
        let records = if envelope::is_batch(event) { Some(envelope::records(event)?) } else { None };
        let request = if records.is_none() { Some(envelope::scan_requested(event)?) } else { None };
        crm.open(&config, &*function.clock).await.map_err(domain::handler::HandlerError::from)?;
        let deps = Deps {
            crm: &crm,
            outbox: function.outbox(),
            config: &config,
            clock: &*function.clock,
            part_size: PART_SIZE,
            patience: STANDS_STILL,
            has_time,
            progress: &|_| {},
            ended: &|record| metrics(record, &*function.clock).print(),
        };
        if let Some(request) = request {
            return Ok(serde_json::json!({ "outcome": format!("{:?}", scanner::handle(request, &deps).await?) }));
        }
        let handled = scanner::handle_batch(records.unwrap_or_default(), &deps).await;
        function.settle(handled).await
    })
    .await
}

fn metrics(record: &ScanRecord, clock: &dyn Clock) -> Metrics {
    Metrics::new(&record.system, clock.now())
        .with(Metric::ScansFinished, 1.0)
        .with(Metric::ContactsScanned, record.touched.unwrap_or(record.contacts) as f64)
        .with(Metric::ContactsChanged, record.changed as f64)
        .with(Metric::CasesAlerted, record.alerted as f64)
        .with(Metric::CasesHeld, record.held as f64)
        .with(Metric::ChangesSilenced, record.silenced as f64)
}
