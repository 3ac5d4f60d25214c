//! Takes invocations from Lambda, one after the other, each with the time it has.

use std::time::{Duration, Instant};

use domain::handler::HandlerError;
use envelope::{Foreign, HasTime};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Function;

/// Work that is begun so long before the deadline still ends in time: a page of 4,000 contacts or an account's commit takes
/// a second or two, with every retry of a slow service about ten.
const MARGIN_MS: i64 = 15_000;
/// Nobody waits for an answer over the network later than so long before the deadline: what came before is written down, and
/// goes on in another invocation.
const COMMIT_MS: i64 = 5_000;

/// Why the loop ended.
pub type Error = lambda_runtime::Error;

/// Why an invocation as a whole failed. The text says what was wrong with it, and never repeats it.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// It is not an event for this function.
    #[error("the event was rejected: {0}")]
    Foreign(#[from] Foreign),
    /// It could not be handled.
    #[error(transparent)]
    Failed(#[from] HandlerError),
    /// It cannot be handled before a person has done something.
    #[error("{0}")]
    Unusable(String),
}

/// What Lambda is told. Its type is what the logs are searched and failures counted by.
impl From<Rejected> for Diagnostic {
    fn from(rejected: Rejected) -> Self {
        let error_type = match &rejected {
            Rejected::Foreign(_) => "Foreign",
            Rejected::Failed(HandlerError::Retry(_)) => "Retry",
            Rejected::Failed(HandlerError::Later { .. }) => "Later",
            Rejected::Failed(HandlerError::Poison(_)) => "Poison",
            Rejected::Unusable(_) => "Unusable",
        };
        Self { error_type: error_type.to_owned(), error_message: rejected.to_string() }
    }
}

/// Hands every invocation to the handler, as text, with a way to ask whether there is time for more. Ends with the sandbox.
pub async fn serve(
    function: &Function,
    handler: impl AsyncFn(&str, HasTime<'_>) -> Result<Value, Rejected>,
) -> Result<(), Error> {
    let handler = &handler;
    lambda_runtime::run(service_fn(move |invocation: LambdaEvent<Box<RawValue>>| async move {
        let deadline = i64::try_from(invocation.context.deadline).unwrap_or(i64::MAX);
        let left = deadline.saturating_sub(COMMIT_MS).saturating_sub(Timestamp::now().as_millisecond());
        function.https.answer_by(Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or(0)));
        let has_time = move || Timestamp::now().as_millisecond().saturating_add(MARGIN_MS) < deadline;
        let answer = handler(invocation.payload.get(), &has_time).await;
        if let Err(error) = &answer {
            tracing::error!(%error, "the invocation failed");
        }
        answer.map_err(Diagnostic::from)
    }))
    .await
}
