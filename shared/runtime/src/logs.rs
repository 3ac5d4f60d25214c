//! Logs as JSON lines, which CloudWatch searches by field.

use tracing_subscriber::EnvFilter;

/// Begins logging at the level that `RUST_LOG` names, else what a person running it would want to know.
pub(crate) fn begin() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_span_list(false);
    // Lambda stamps every line with its time.
    let begun = logs.with_env_filter(filter).without_time().with_ansi(false).with_writer(std::io::stderr).try_init();
    if begun.is_err() {
        tracing::debug!("logging had begun already");
    }
}
