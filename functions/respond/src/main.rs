//! Respond on Lambda: behind a Function URL, called by Slack and by the browsers of those who read our mails.

use jiff::SignedDuration;
use respond::{Counted, Deps, Guesses, Verifier, function_url};
use runtime::{Error, Function, Metric, Metrics, Rejected, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start().await?;
    let answers = function.answers();
    // Read at once, so that a secret that is missing shows at the start, and nobody waits for it later.
    answers.warm().await;
    let messenger = function.messenger().await?;
    let guesses = Guesses::default();
    serve(&function, async |event, _| {
        let began = jiff::Timestamp::now();
        let request = function_url::request(event)
            .map_err(|error| Rejected::Unusable(format!("the event was rejected: {error}")))?;
        let config = function.config().await;
        let (slack, links) = (answers.slack().await, answers.links().await);
        let counted = |what: Counted| {
            let elapsed: SignedDuration = jiff::Timestamp::now().duration_since(began);
            tracing::info!(request.outcome = ?what, elapsed_ms = elapsed.as_millis() as u64, "a request was answered");
            if let Some(metric) = watched(what) {
                Metrics::new(&function.environment.system, began).with(metric, 1.0).print();
            }
        };
        let deps = Deps {
            outbox: function.outbox(),
            slack: Verifier::needed(slack.as_ref()),
            dialogs: &messenger,
            messenger: Some(&messenger),
            links: Verifier::needed(links.as_ref()),
            config: &config,
            clock: &*function.clock,
            guesses: &guesses,
            counted: &counted,
        };
        Ok(function_url::response(&respond::handle(&request, &deps).await))
    })
    .await
}

/// The figure of an outcome that somebody may have to look at. Lambda counts none of them as an error, because each got an answer.
fn watched(what: Counted) -> Option<Metric> {
    match what {
        Counted::Failed => Some(Metric::AnswersFailed),
        Counted::Unsigned => Some(Metric::AnswersUnsigned),
        Counted::Limited => Some(Metric::AnswersLimited),
        Counted::Answered
        | Counted::Repeated
        | Counted::Asked
        | Counted::Shown
        | Counted::Ignored
        | Counted::Refused => None,
    }
}
