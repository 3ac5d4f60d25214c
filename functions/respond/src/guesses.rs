//! Holds off whoever tries links that are none. A link cannot be guessed; this spares the machine and the log.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::CaseId;
use domain::handler::HandlerError;
use domain::ports::{Item, Key, Store};
use domain::records;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// So many a source may send in one window; a mail that a scanner has cut makes a handful.
const MOST_GUESSES: u32 = 100;
/// So many forms that did not come from our page a case may get in one window.
const MOST_FORGED_FORMS: u32 = 50;
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// More sources at once are an attack by many, which no list of sources can hold off.
const MOST_SOURCES: usize = 10_000;

/// Who has sent links that are none, in this process: a function that is started anew begins anew.
#[derive(Debug, Default)]
pub struct Guesses {
    sources: Mutex<BTreeMap<String, Tries>>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Tries {
    since: Timestamp,
    count: u32,
}

impl Tries {
    fn one_more(known: Option<Self>, now: Timestamp) -> Self {
        match known.filter(|tries| tries.is_of(now)) {
            Some(tries) => Self { count: tries.count.saturating_add(1), ..tries },
            None => Self { since: now, count: 1 },
        }
    }

    fn is_of(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < WINDOW
    }
}

impl Guesses {
    /// Whether nothing more is read of this source for now.
    pub(crate) fn are_too_many(&self, source: &str, now: Timestamp) -> bool {
        let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources.get(source).is_some_and(|tries| tries.is_of(now) && tries.count >= MOST_GUESSES)
    }

    /// Counts a link that is none.
    pub(crate) fn count(&self, source: &str, now: Timestamp) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.len() >= MOST_SOURCES {
            sources.retain(|_, tries| tries.is_of(now));
        }
        if sources.len() >= MOST_SOURCES {
            sources.clear();
        }
        let known = sources.get(source).copied();
        sources.insert(source.to_owned(), Tries::one_more(known, now));
    }
}

/// Whether a case has got too many forms that did not come from our page.
pub(crate) async fn forged_too_often(store: &dyn Store, case: &CaseId, now: Timestamp) -> Result<bool, HandlerError> {
    let known = records::read::<Tries>(store, &key(case)).await?;
    Ok(known.is_some_and(|tries| tries.value.is_of(now) && tries.value.count >= MOST_FORGED_FORMS))
}

/// Counts a form that did not come from our page. Of two at once one may go uncounted, which is no harm.
pub(crate) async fn count_forged(store: &dyn Store, case: &CaseId, now: Timestamp) -> Result<(), HandlerError> {
    let known = records::read::<Tries>(store, &key(case)).await?;
    let tries = Tries::one_more(known.map(|known| known.value), now);
    let expires = Some(tries.since + WINDOW);
    let item = Item { key: key(case), index: None, body: records::encode(&tries), expires };
    Ok(store.save(vec![item], Vec::new()).await?)
}

fn key(case: &CaseId) -> Key {
    Key::new(format!("FORGED#{case}"), "TRIES")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_hundred_guesses_a_source_waits_for_ten_minutes_and_no_other_does() {
        let (guesses, now) = (Guesses::default(), Timestamp::UNIX_EPOCH);
        for _ in 0..MOST_GUESSES {
            assert!(!guesses.are_too_many("203.0.113.7", now));
            guesses.count("203.0.113.7", now);
        }
        assert!(guesses.are_too_many("203.0.113.7", now));
        assert!(!guesses.are_too_many("203.0.113.8", now));
        assert!(!guesses.are_too_many("203.0.113.7", now + WINDOW));
    }

    #[test]
    fn a_million_sources_take_no_more_room_than_ten_thousand() {
        let (guesses, now) = (Guesses::default(), Timestamp::UNIX_EPOCH);
        (0..1_000_000).for_each(|n| guesses.count(&n.to_string(), now));
        assert!(guesses.sources.lock().unwrap().len() <= MOST_SOURCES);
    }
}
