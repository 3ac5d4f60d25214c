//! How fast HubSpot is asked: below its limits of the moment, so that nothing has to be refused first.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Of searches an account takes five a second, whoever asks (HubSpot's guide to the search API); one in 210 ms leaves room for
/// what the network adds and takes away.
const SEARCHES: Duration = Duration::from_millis(210);
/// Of all requests the smallest accounts take 100 in ten seconds (usage guidelines): 91 are made.
const REQUESTS: Duration = Duration::from_millis(110);

/// The least time between two requests.
#[derive(Debug)]
pub struct Pace {
    between_searches: Duration,
    between_requests: Duration,
    next: Mutex<Next>,
}

/// When the next one may begin.
#[derive(Debug, Default)]
struct Next {
    search: Option<Instant>,
    request: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self::of(SEARCHES, REQUESTS)
    }
}

impl Pace {
    /// So much time between the beginnings of two searches, and of any two requests.
    pub fn of(between_searches: Duration, between_requests: Duration) -> Self {
        Self { between_searches, between_requests, next: Mutex::default() }
    }

    /// Waits until it is this request's turn.
    pub(super) async fn turn(&self, is_search: bool) {
        let now = Instant::now();
        let at = self.reserve(is_search, now);
        if at > now {
            sleep_until(at).await;
        }
    }

    /// When a request may begin that is asked for now; the ones after it come later.
    fn reserve(&self, is_search: bool, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let search = next.search.filter(|_| is_search);
        let at = [next.request, search].into_iter().flatten().fold(now, Instant::max);
        next.request = Some(at + self.between_requests);
        if is_search {
            next.search = Some(at + self.between_searches);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(pace: &Pace, searches: &[bool]) -> Vec<u128> {
        let start = Instant::now();
        searches.iter().map(|search| (pace.reserve(*search, start) - start).as_millis()).collect()
    }

    #[test]
    fn requests_that_come_at_once_are_spread_out_and_searches_further() {
        let pace = Pace::of(Duration::from_millis(200), Duration::from_millis(100));
        assert_eq!(begun(&pace, &[true, true, false, false, true]), [0, 200, 300, 400, 500]);
    }

    #[test]
    fn no_ten_seconds_hold_a_hundred_requests_and_no_second_more_than_five_searches() {
        let times = begun(&Pace::default(), &[false; 300]);
        assert!(times.iter().all(|from| times.iter().filter(|at| (*from..from + 10_000).contains(*at)).count() < 100));
        let times = begun(&Pace::default(), &[true; 60]);
        assert!(times.iter().all(|from| times.iter().filter(|at| (*from..from + 1_000).contains(*at)).count() <= 5));
    }

    #[test]
    fn nobody_waits_who_comes_late_enough() {
        let pace = Pace::default();
        let start = Instant::now();
        pace.reserve(true, start);
        let later = start + Duration::from_secs(1);
        assert_eq!(pace.reserve(true, later), later);
    }
}
