//! Logs as JSON lines, which CloudWatch searches by field.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Begins logging at the level that `RUST_LOG` names, else what a person running it would want to know.
pub(crate) fn begin() {
    let level = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse::<Targets>().ok());
    let level = level.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    // Lambda stamps every line with its time.
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .without_time()
        .with_writer(std::io::stderr);
    if tracing_subscriber::registry().with(lines).with(level).try_init().is_err() {
        tracing::debug!("logging had begun already");
    }
}
