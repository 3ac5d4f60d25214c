//! The requests that an org has a day, of which Baton uses a share at most, so that others find some left.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::fault::{DAILY, Fault};

/// What is known of the requests of the last 24 hours, everybody's in the org.
pub(super) struct Budget {
    share: u8,
    known: Mutex<Option<Usage>>,
}

#[derive(Clone, Copy)]
struct Usage {
    used: u64,
    of: u64,
    at: Timestamp,
}

impl Budget {
    /// Stops at this percentage.
    pub(super) fn new(share: u8) -> Self {
        Self { share, known: Mutex::new(None) }
    }

    /// Whether another request may be made. After half an hour one is, to learn how things stand by then.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), Fault> {
        let Some(Usage { used, of, at }) = *self.known.lock().unwrap_or_else(PoisonError::into_inner) else {
            return Ok(());
        };
        let since = Duration::try_from(now.duration_since(at)).unwrap_or_default();
        if used.saturating_mul(100) < of.saturating_mul(self.share.into()) || since >= DAILY {
            return Ok(());
        }
        let reason =
            format!("{used} of the org's {of} requests of 24 hours are used, and Baton stops at {} %", self.share);
        Err(Fault::Wait { after: DAILY - since, reason })
    }

    /// Takes note of the header `Sforce-Limit-Info`, such as `api-usage=18/5000`.
    pub(super) fn note(&self, header: Option<&str>, now: Timestamp) {
        let Some((used, of)) = header.and_then(usage) else { return };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Usage { used, of, at: now });
    }

    /// Used so far, and how many there are, where it was told.
    pub(super) fn usage(&self) -> Option<(u64, u64)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).map(|usage| (usage.used, usage.of))
    }
}

fn usage(header: &str) -> Option<(u64, u64)> {
    let words = header.split([' ', ',', ';']);
    let (used, of) = words.filter_map(|word| word.strip_prefix("api-usage=")).next()?.split_once('/')?;
    Some((used.parse().ok()?, of.parse().ok().filter(|of| *of > 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn it_stops_at_its_share_and_looks_again_after_half_an_hour() {
        let now: Timestamp = "2026-11-02T07:00:00Z".parse().unwrap();
        let budget = Budget::new(80);
        assert_eq!(budget.check(now), Ok(()));
        budget.note(Some("api-usage=799/1000"), now);
        assert_eq!(budget.check(now), Ok(()));
        budget.note(Some("per-app-api-usage=17/250(appName=baton), api-usage=800/1000"), now);
        let later = now + SignedDuration::from_mins(10);
        assert!(matches!(budget.check(later), Err(Fault::Wait { after, .. }) if after == Duration::from_secs(1200)));
        assert_eq!(budget.check(now + SignedDuration::from_mins(30)), Ok(()));
    }

    #[test]
    fn a_header_that_cannot_be_read_changes_nothing() {
        let now = Timestamp::UNIX_EPOCH;
        let budget = Budget::new(80);
        for header in [None, Some(""), Some("api-usage=x/y"), Some("api-usage=1"), Some("api-usage=5/0")] {
            budget.note(header, now);
            assert_eq!(budget.usage(), None);
        }
    }
}
