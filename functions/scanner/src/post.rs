//! Takes in mails that came back: what they say of people waits for the judgement of the next scan.

use domain::handler::{HandlerError, told};
use domain::ports::{Commit, Expect, Inbox, Item, Key, Store, StoreError, Write};
use domain::records::{self, scan_partition};
use envelope::HasTime;
use jiff::Timestamp;

/// A store takes at most 100 writes in one commit, and the place that was reached is one.
const FACTS: usize = 89;

/// What was taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TakenIn {
    /// Mails that were read.
    pub(crate) mails: u64,
    /// Facts about people that stood in them.
    pub(crate) facts: u64,
}

/// Reads what is new, a page at a time, as long as there is time; the rest comes with the next scan.
pub(crate) async fn take_in(
    inbox: &dyn Inbox,
    system: &str,
    store: &dyn Store,
    has_time: HasTime<'_>,
    now: Timestamp,
) -> Result<TakenIn, HandlerError> {
    let key = Key::new(scan_partition(system), format!("INBOX#{}", inbox.name()));
    let (mut place, mut expect) = match records::read::<String>(store, &key).await? {
        Some(known) => (known.value, Expect::Version(known.version)),
        None => (String::new(), Expect::Absent),
    };
    let mut taken = TakenIn::default();
    loop {
        let page = inbox.mails(&place).await.map_err(|error| HandlerError::Retry(told(&error)))?;
        taken.mails += page.mails.len() as u64;
        let mut writes = Vec::new();
        for mail in &page.mails {
            for pending in inbox::observations(&inbox::read(&mail.bytes), now) {
                taken.facts += 1;
                writes.push(pending.write(system, now));
                if writes.len() == FACTS {
                    store.commit(Commit { claim: None, writes: std::mem::take(&mut writes) }).await?;
                }
            }
        }
        if page.through != place || !writes.is_empty() {
            place = page.through;
            expect = reached(&key, &place, expect, writes, store).await?;
        }
        if !page.more || !has_time() {
            return Ok(taken);
        }
    }
}

/// Commits the last facts of a page with the place after it.
async fn reached(
    key: &Key,
    place: &String,
    expect: Expect,
    mut writes: Vec<Write>,
    store: &dyn Store,
) -> Result<Expect, StoreError> {
    let item = Item { key: key.clone(), index: None, body: records::encode(place), expires: None };
    writes.push(Write::Put(item, expect));
    match store.commit(Commit { claim: None, writes }).await? {
        domain::ports::Committed::Written { version } => Ok(Expect::Version(version)),
        domain::ports::Committed::Already => Ok(Expect::Anything),
    }
}
