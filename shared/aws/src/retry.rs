//! How long to wait before the same thing is tried again: longer each time, and never all at the same time.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// So often a call is made before it counts as failed: a first time, and after three throttles.
pub(crate) const TRIES: u32 = 4;
/// The longest first wait.
pub(crate) const FIRST_WAIT: Duration = Duration::from_millis(50);
/// No wait is longer.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Waits before try number `done + 1`, anything from nothing to twice as long as before ("full jitter").
pub(crate) async fn back_off(done: u32) {
    let most = FIRST_WAIT.saturating_mul(1 << done.min(10)).min(LONGEST_WAIT);
    let share = (random() >> 11) as f64 / (1u64 << 53) as f64;
    sleep_until(Instant::now() + most.mul_f64(share)).await;
}

/// A number nobody else has: 64 bits from the operating system's randomness by way of the standard library's hash keys.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_repeat() {
        let numbers: std::collections::BTreeSet<u64> = (0..10_000).map(|_| random()).collect();
        assert_eq!(numbers.len(), 10_000);
    }
}
