//! `Bus` on EventBridge: ten events a request, and only those sent again that were not taken.

use async_trait::async_trait;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use domain::ports::{Bus, BusError, StateChanged};

use crate::Failure;
use crate::failure::Call;
use crate::retry::{TRIES, back_off};

/// EventBridge takes no more events in one request.
const BATCH: usize = 10;
/// What our events say they come from.
const SOURCE: &str = "baton";
/// What our events say they are.
const DETAIL_TYPE: &str = "Case State Changed";

/// The bus, in EventBridge.
pub struct EventBridgeBus {
    client: aws_sdk_eventbridge::Client,
    name: String,
    on: String,
}

/// EventBridge did not take some events.
#[derive(Debug, thiserror::Error)]
#[error("the bus did not take {left} events after {TRIES} tries: {said}")]
struct LeftOver {
    left: usize,
    said: String,
}

impl EventBridgeBus {
    pub(crate) fn new(client: aws_sdk_eventbridge::Client, name: &str) -> Self {
        Self { client, name: name.to_owned(), on: format!("event bus {name}") }
    }

    /// Opens the connection and finds out whether the bus is there: events for one that is not vanish without a word.
    pub async fn warm(&self) -> Result<(), Failure> {
        let call = self.client.describe_event_bus().name(&self.name);
        call.send().await.map_err(|e| self.call("events:DescribeEventBus").failed(&e))?;
        Ok(())
    }

    fn call<'a>(&'a self, action: &'a str) -> Call<'a> {
        Call { action, on: &self.on, set_in: "BATON_BUS" }
    }

    async fn put(&self, mut entries: Vec<PutEventsRequestEntry>) -> Result<(), BusError> {
        let mut said = String::new();
        for done in 1..=TRIES {
            let call = self.client.put_events().set_entries(Some(entries.clone()));
            let answer = call.send().await.map_err(|e| self.call("events:PutEvents").failed(&e))?;
            let results = answer.entries.unwrap_or_default();
            if let Some(fault) = results.iter().find(|result| result.error_code.is_some() && !may_pass(result)) {
                return Err(BusError::Unusable(format!("the {} refuses an event: {}", self.on, why(fault))));
            }
            said = results.iter().find(|result| result.error_code.is_some()).map(why).unwrap_or_default();
            // The answer has one result for each event, in their order.
            let failed = entries.into_iter().zip(results).filter(|(_, result)| result.error_code.is_some());
            entries = failed.map(|(entry, _)| entry).collect();
            if entries.is_empty() {
                return Ok(());
            }
            back_off(done).await;
        }
        Err(BusError::Unavailable(Box::new(LeftOver { left: entries.len(), said })))
    }
}

#[async_trait]
impl Bus for EventBridgeBus {
    async fn publish(&self, events: &[StateChanged]) -> Result<(), BusError> {
        for batch in events.chunks(BATCH) {
            let entries = batch.iter().map(|event| self.entry(event)).collect::<Result<Vec<_>, _>>();
            self.put(entries.map_err(|e| BusError::Unavailable(Box::new(e)))?).await?;
        }
        Ok(())
    }
}

impl EventBridgeBus {
    fn entry(&self, event: &StateChanged) -> Result<PutEventsRequestEntry, serde_json::Error> {
        Ok(PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(DETAIL_TYPE)
            .detail(serde_json::to_string(event)?)
            .time(DateTime::from_secs(event.at.as_second()))
            .build())
    }
}

/// Whether the same event may be taken later.
fn may_pass(result: &PutEventsResultEntry) -> bool {
    let passing = ["Throttling", "Internal", "ServiceUnavailable"];
    result.error_code().is_some_and(|code| passing.iter().any(|name| code.contains(name)))
}

fn why(result: &PutEventsResultEntry) -> String {
    let code = result.error_code().unwrap_or_default();
    format!("{code}: {}", result.error_message().unwrap_or("no reason was given"))
}
