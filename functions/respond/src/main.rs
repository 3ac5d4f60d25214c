//! Respond on Lambda: behind a Function URL, called by Slack and by the browsers of those who read our mails.

use jiff::SignedDuration;
use respond::{Deps, Guesses, function_url};
use runtime::{Error, Function, Rejected, serve};

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
        let counted = |what: respond::Counted| {
            let elapsed: SignedDuration = jiff::Timestamp::now().duration_since(began);
            tracing::info!(request.outcome = ?what, elapsed_ms = elapsed.as_millis() as u64, "a request was answered");
        };
        let deps = Deps {
            outbox: function.outbox(),
            slack: slack.as_ref(),
            dialogs: &messenger,
            messenger: Some(&messenger),
            links: links.as_ref(),
            config: &config,
            clock: &*function.clock,
            guesses: &guesses,
            counted: &counted,
        };
        Ok(function_url::response(&respond::handle(&request, &deps).await))
    })
    .await
}
