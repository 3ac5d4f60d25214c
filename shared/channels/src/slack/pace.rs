//! One message a second in a channel, as Slack asks (docs.slack.dev/apis/web-api/rate-limits).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Nobody waits for a turn that is further away; a function has 60 seconds for all it does.
const LONGEST: Duration = Duration::from_secs(5);

/// When each channel may be posted to again.
pub(super) struct Pace {
    apart: Duration,
    next: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    pub(super) fn of(apart: Duration) -> Self {
        Self { apart, next: Mutex::default() }
    }

    /// Takes the next turn in a channel. Returns how long it is until then, or, where that is too long, how long until it is
    /// worth asking again.
    pub(super) fn take(&self, channel: &str) -> Result<Duration, Duration> {
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.retain(|_, at| *at > now);
        let at = next.get(channel).copied().unwrap_or(now);
        let left = at.saturating_duration_since(now);
        if left > LONGEST {
            return Err(left);
        }
        next.insert(channel.to_owned(), at + self.apart);
        Ok(left)
    }

    /// A post has come to its end: the next one is counted from here, however long this one was on its way.
    pub(super) fn ended(&self, channel: &str) {
        let after = Instant::now() + self.apart;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = next.entry(channel.to_owned()).or_insert(after);
        *at = (*at).max(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_in_one_channel_are_apart_and_those_of_others_are_not_held_up() {
        let pace = Pace::of(Duration::from_secs(2));
        assert_eq!(pace.take("a"), Ok(Duration::ZERO));
        let second = pace.take("a").unwrap();
        assert!(second > Duration::from_millis(1_500) && second <= Duration::from_secs(2), "{second:?}");
        assert!(pace.take("a").unwrap() > Duration::from_secs(3));
        assert!(pace.take("a").is_err(), "nobody waits for the turn in six seconds");
        assert_eq!(pace.take("b"), Ok(Duration::ZERO));
        pace.ended("b");
        assert!(pace.take("b").unwrap() > Duration::from_millis(1_500));
    }
}
