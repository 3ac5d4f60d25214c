//! AWS event shapes on one side, our messages on the other. Each record stands for itself: one that cannot be read,
//! fails or panics changes nothing about the others.

mod batch;
mod feedback;
mod schedule;

pub use batch::{
    Handled, HasTime, Record, failures, is_batch, not_yet, one_by_one, one_by_one_then_send, put_off, records,
    sqs_event,
};
pub use schedule::{Pass, ScanRequested, scan_requested, tick};

/// Why an event is not for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign(String);

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Foreign {}
