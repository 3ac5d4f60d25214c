//! Takes in the mails that have arrived since the last scan: what they tell of people waits for the judgement, and the place
//! reached is written with the last of it, so that a mail is read once and never left out.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use domain::handler::HandlerError;
use domain::pending::Pending;
use domain::ports::{Commit, Committed, Expect, Inbox, Item, Key, Mail, Store, Write};
use domain::records::{self, Loaded, scan_partition};
use envelope::HasTime;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Writes of one commit; a store takes at most 100.
const AT_ONCE: usize = 90;

/// What was taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TakenIn {
    /// Mails that were read.
    pub mails: usize,
    /// Facts that were found in them and wait for the judgement.
    pub facts: usize,
    /// Nothing is left; else time was up, and the next scan goes on.
    pub all: bool,
}

/// How far an inbox was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Reached {
    /// The place after the last mail that was read.
    place: String,
    /// When that was.
    at: Timestamp,
}

/// Reads what is new in an inbox, page by page, as long as there is time, and writes what it tells of people.
pub(crate) async fn take_in(
    inbox: &dyn Inbox,
    system: &str,
    store: &dyn Store,
    has_time: HasTime<'_>,
    now: Timestamp,
) -> Result<TakenIn, HandlerError> {
    let key = Key::new(scan_partition(system), format!("INBOX#{}", inbox.name()));
    let reached: Option<Loaded<Reached>> = records::read(store, &key).await?;
    let mut expect = reached.as_ref().map_or(Expect::Absent, |reached| Expect::Version(reached.version));
    let mut place = reached.map(|reached| reached.value.place).unwrap_or_default();
    let mut taken = TakenIn::default();
    while has_time() {
        let page = inbox.mails(&place).await?;
        let facts: Vec<Pending> = page.mails.iter().flat_map(|mail| facts(mail, now)).collect();
        taken.mails += page.mails.len();
        taken.facts += facts.len();
        // A copy of a mail tells the same fact, and a commit writes an item once.
        let once: BTreeMap<Key, &Pending> = facts.iter().map(|fact| (fact.key(system), fact)).collect();
        let writes = once.into_values().map(|fact| fact.write(system, now)).collect();
        let has_moved = page.through != place;
        place = page.through;
        let reached = Reached { place: place.clone(), at: now };
        let marker = Item { key: key.clone(), index: None, body: records::encode(&reached), expires: None };
        expect = write(writes, has_moved.then_some(marker), expect, store).await?;
        // A place that stands still would give the same page for ever.
        if !page.more || !has_moved {
            taken.all = true;
            return Ok(taken);
        }
    }
    Ok(taken)
}

/// Writes the facts of a page, and where it ends with the last of them. Returns what the record of the place must be next time.
async fn write(
    mut writes: Vec<Write>,
    marker: Option<Item>,
    expect: Expect,
    store: &dyn Store,
) -> Result<Expect, HandlerError> {
    while writes.len() >= AT_ONCE {
        let rest = writes.split_off(AT_ONCE);
        store.commit(Commit { claim: None, writes: std::mem::replace(&mut writes, rest) }).await?;
    }
    let moves = marker.is_some();
    writes.extend(marker.map(|marker| Write::Put(marker, expect)));
    if writes.is_empty() {
        return Ok(expect);
    }
    match store.commit(Commit { claim: None, writes }).await? {
        Committed::Written { version } if moves => Ok(Expect::Version(version)),
        Committed::Written { .. } | Committed::Already => Ok(expect),
    }
}

/// What a mail tells of people. One that cannot be read at all must not hold back those behind it.
fn facts(mail: &Mail, now: Timestamp) -> Vec<Pending> {
    catch_unwind(|| inbox::observations(&inbox::read(&mail.bytes), now)).unwrap_or_else(|_| {
        tracing::error!(mail.bytes = mail.bytes.len(), "a mail made its reader panic and was passed over");
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use baton::adapters::{Database, SqliteStore};
    use domain::pending;
    use domain::ports::{Clock, FixedClock};
    use futures_executor::block_on;
    use inbox::DirectoryInbox;

    use super::*;

    const SYSTEM: &str = "test";

    fn now() -> Timestamp {
        "2026-11-03T07:00:00Z".parse().unwrap()
    }

    fn store() -> SqliteStore {
        let clock: Arc<dyn Clock> = Arc::new(FixedClock(now()));
        SqliteStore::new(Arc::new(Database::in_memory().unwrap()), clock)
    }

    fn put(dir: &Path, name: &str, person: &str) {
        let mail = format!(
            "From: {person}@acme.example\nMessage-ID: <{person}@acme.example>\nDate: Mon, 2 Nov 2026 09:00:00 +0000\n\
             Auto-Submitted: auto-replied\n\nI no longer work for Acme.\n"
        );
        std::fs::write(dir.join(name), mail).unwrap();
    }

    fn take(dir: &Path, store: &SqliteStore, has_time: HasTime<'_>) -> Result<TakenIn, HandlerError> {
        block_on(take_in(&DirectoryInbox::new("mail", dir), SYSTEM, store, has_time, now()))
    }

    fn waiting(store: &SqliteStore) -> usize {
        block_on(pending::all(store, SYSTEM)).unwrap().len()
    }

    #[test]
    fn every_mail_becomes_a_fact_however_many_pages_and_commits_that_takes() {
        let (dir, store) = (tempfile::tempdir().unwrap(), store());
        (0..205).for_each(|n| put(dir.path(), &format!("{n}.eml"), &format!("p{n}")));
        let taken = take(dir.path(), &store, &|| true).unwrap();
        assert_eq!(taken, TakenIn { mails: 205, facts: 205, all: true });
        assert_eq!(waiting(&store), 205);
    }

    #[test]
    fn a_copy_of_a_mail_in_the_same_page_is_one_fact() {
        let (dir, store) = (tempfile::tempdir().unwrap(), store());
        put(dir.path(), "a.eml", "dana");
        put(dir.path(), "b.eml", "dana");
        put(dir.path(), "c.eml", "lee");
        assert_eq!(take(dir.path(), &store, &|| true).unwrap().mails, 3);
        assert_eq!(waiting(&store), 2);
    }

    #[test]
    fn what_time_was_too_short_for_is_taken_in_next_time() {
        let (dir, store) = (tempfile::tempdir().unwrap(), store());
        (0..50).for_each(|n| put(dir.path(), &format!("{n}.eml"), &format!("p{n}")));
        assert_eq!(take(dir.path(), &store, &|| false).unwrap(), TakenIn::default());
        let pages = AtomicUsize::new(0);
        let once = || pages.fetch_add(1, Ordering::Relaxed) == 0;
        let first = take(dir.path(), &store, &once).unwrap();
        assert!(!first.all && first.mails > 0 && first.mails < 50, "{first:?}");
        let second = take(dir.path(), &store, &|| true).unwrap();
        assert!(second.all, "{second:?}");
        assert_eq!(waiting(&store), 50);
    }

    #[test]
    fn an_inbox_that_is_not_there_is_an_error_for_a_person() {
        let (dir, store) = (tempfile::tempdir().unwrap(), store());
        let error = take(&dir.path().join("none"), &store, &|| true).unwrap_err();
        assert!(matches!(&error, HandlerError::Poison(reason) if reason.contains("there is no directory")), "{error}");
    }
}
