//! `baton invoke`: one function, one event, exactly as Lambda would give it.

use std::path::Path;

use baton::plant::Plant;
use domain::config::Config;
use domain::messages::QueueName;

use super::connections::{Sending, Source};
use super::{Failure, Variables, clock, read};
use crate::Ended;
use crate::terminal::say;

pub(super) async fn run(
    state: &Path,
    function: &str,
    event: &Path,
    source: Option<&str>,
    config: Config,
    variables: &Variables,
) -> Result<Ended, Failure> {
    let text = read(event)?;
    let outbox = state.join("outbox");
    let queue = match function {
        "scanner" => return scan(state, &text, source, config, variables).await,
        "enrichment" => QueueName::Changes,
        "planning" => QueueName::Enriched,
        "notify" => QueueName::Planned,
        _ => {
            return Err(Failure::new(format!(
                "{function:?} is no function; use scanner, enrichment, planning or notify"
            )));
        }
    };
    let clock = clock(None);
    let crm = Source::open(named(source)?, variables, &config, &clock, &outbox)?;
    let sending = Sending::open(&config, variables)?;
    let plant = sending.over(Plant::open(state, &outbox, config, clock)?);
    let handled = plant.invoke(queue, &text, crm.as_crm()).await?;
    for record in &handled {
        let outcome = match &record.outcome {
            Ok(outcome) => format!("{outcome:?}"),
            Err(error) => format!("failed: {error}"),
        };
        say(&format!("{}  {outcome}", record.received.id));
    }
    say(&serde_json::to_string(&envelope::failures(&handled)).unwrap_or_default());
    Ok(if handled.iter().any(|record| record.outcome.is_err()) { Ended::Look } else { Ended::Done })
}

fn named(source: Option<&str>) -> Result<&str, Failure> {
    source.ok_or_else(|| Failure::new("name the CRM with --crm, such as export:DIR"))
}

async fn scan(
    state: &Path,
    text: &str,
    source: Option<&str>,
    config: Config,
    variables: &Variables,
) -> Result<Ended, Failure> {
    let request = envelope::scan_requested(text).map_err(|e| Failure::new(e.to_string()))?;
    let outbox = state.join("outbox");
    let clock = clock(Some(request.at));
    let source = Source::open(named(source)?, variables, &config, &clock, &outbox)?;
    let crm = source.as_crm();
    let plant = Plant::open(state, &outbox, config, clock)?;
    let record = plant.scan(crm, request, &|_| {}).await?;
    say(&serde_json::to_string(&record).unwrap_or_default());
    Ok(if crm.set_aside().is_empty() { Ended::Done } else { Ended::Look })
}
