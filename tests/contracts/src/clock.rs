//! A clock that the test moves.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::ports::Clock;
use jiff::Timestamp;

/// Stands still until it is moved; it begins in September 2026.
#[derive(Debug, Default)]
pub struct HandClock(AtomicI64);

impl HandClock {
    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + self.0.load(Ordering::SeqCst)).unwrap()
    }
}
