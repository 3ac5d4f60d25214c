//! Looks at one part of the contacts: two streams in the order of their ids, the CRM's and ours, laid side by side. What
//! differs is noted for the judgement; of a first pass over a CRM everything is a baseline.

use std::collections::HashMap;

use domain::crm::Contact;
use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, Message, PartRef};
use domain::ports::{
    Consistency, ContactPage, ContactQuery, CrmError, Expect, Index, Item, Key, Query, Row, StoreError,
};
use domain::progress::{self, Beside, Part, Running, Sighted, chunk_key};
use domain::records::{self, Absence, CLAIM_DAYS, Change, Loaded, absence_key, people_partition, snapshot_key};
use domain::snapshot::Snapshot;
use domain::{ContactId, MessageId};
use jiff::SignedDuration;

use crate::told::Told;
use crate::{Deps, begin, finished};

/// A part that the CRM breaks off is begun again this often before the queue's own retry takes over.
const PASSES: usize = 3;
/// Snapshots written or read at once.
const CHUNK: usize = 4_000;
/// Bytes of what differs that make a chunk: an item of DynamoDB holds 400 KB.
const CHUNK_BYTES: usize = 300_000;

/// Why a look ended early.
pub(crate) enum LookError {
    Crm(CrmError),
    Handler(HandlerError),
}

impl From<CrmError> for LookError {
    fn from(error: CrmError) -> Self {
        Self::Crm(error)
    }
}

impl From<StoreError> for LookError {
    fn from(error: StoreError) -> Self {
        Self::Handler(error.into())
    }
}

/// What came of looking.
enum Looked {
    /// The part after it.
    Further(Part),
    /// More was changed than can be gathered within an invocation.
    TooMany(String),
}

/// Looks at a part until it is through or time is up.
pub(crate) async fn look(
    id: MessageId,
    at: &PartRef,
    running: Loaded<Running>,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let Some(stored) = progress::part(deps.outbox.store, at).await? else {
        return Err(HandlerError::Poison(format!("the scan {} has no part {}", at.scan, at.part)));
    };
    if stored.value.done {
        return Ok(Outcome::AlreadyDone);
    }
    let believable = believable(deps).await?;
    let part = match advanced(stored.value.clone(), at, &running.value, believable, deps).await {
        Err(HandlerError::Later { after, reason }) => {
            wait(&running.value, stored.value, stored.version, after, deps).await?;
            return Err(HandlerError::Later { after, reason });
        }
        Ok(Looked::TooMany(reason)) => {
            tracing::warn!(%reason, "the scan looks at all contacts instead");
            return begin::look_at_all(id, running, stored.version, deps).await;
        }
        Ok(Looked::Further(part)) => part,
        Err(error) => return Err(error),
    };
    let now = deps.clock.now();
    let part = Part { moved: now, ..part };
    let mut change = Change::untold(Some(id), now);
    change.write(begin::write(&running.value, &part, Expect::Version(stored.version)));
    change.send(next(at, &part));
    deps.outbox.commit(change, now).await
}

/// Notes that a part has to wait, so that nobody takes it for one that stands still.
async fn wait(
    running: &Running,
    part: Part,
    version: u64,
    after: SignedDuration,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let now = deps.clock.now();
    let part = Part { moved: now.checked_add(after).unwrap_or(now), ..part };
    let mut change = Change::untold(None, now);
    change.write(begin::write(running, &part, Expect::Version(version)));
    deps.outbox.commit(change, now).await?;
    Ok(())
}

/// The part after as much looking as there was time for.
async fn advanced(
    stored: Part,
    at: &PartRef,
    running: &Running,
    believable: usize,
    deps: &Deps<'_>,
) -> Result<Looked, HandlerError> {
    let mut part = stored.clone();
    for pass in 1.. {
        let told = Told::read(running, deps).await?;
        let mut look = Look { at, running, deps, believable, told, part, seen: Vec::new(), full: Vec::new() };
        match look.run().await {
            Ok(()) => return Ok(Looked::Further(look.part)),
            Err(LookError::Crm(CrmError::TooMany(reason))) if running.since.is_some() => {
                return Ok(Looked::TooMany(reason));
            }
            Err(LookError::Crm(CrmError::Restart(reason))) if pass < PASSES => {
                tracing::info!(%reason, "the pass over the contacts begins again");
            }
            // What was looked at stays so: a table that takes no more for now must not cost a scan its progress.
            Err(LookError::Handler(HandlerError::Retry(reason))) if look.part.reached != stored.reached => {
                tracing::warn!(%reason, "a look was broken off and goes on in another message");
                look.write_rest().await?;
                return Ok(Looked::Further(look.part));
            }
            // Its limit is reached, or it does not answer: what was read need not be read again.
            Err(LookError::Crm(error @ (CrmError::RateLimited { .. } | CrmError::Unavailable(_))))
                if look.part.reached != stored.reached =>
            {
                tracing::info!(
                    error = domain::handler::told(&error),
                    "a look was broken off and goes on in another message"
                );
                look.write_rest().await?;
                return Ok(Looked::Further(look.part));
            }
            Err(LookError::Crm(error)) => return Err(error.into()),
            Err(LookError::Handler(error)) => return Err(error),
        }
        part = anew(&stored);
    }
    Ok(Looked::Further(stored))
}

fn anew(part: &Part) -> Part {
    Part { number: part.number, after: part.after.clone(), through: part.through.clone(), ..Part::default() }
}

/// The rest of the part, or the judgement, which looks whether the other parts are through too.
fn next(at: &PartRef, part: &Part) -> Message {
    let number = at.part.to_string();
    if part.done {
        return Message::new(MessageId::of(&["judge", at.scan.as_str(), &number]), Body::Judge(at.clone()));
    }
    let reached = part.reached.as_ref().map_or("", ContactId::as_str);
    Message::new(MessageId::of(&["look", at.scan.as_str(), &number, reached]), Body::Look(at.clone()))
}

/// So many contacts may be missing; more are not believed, and need not be remembered.
pub(crate) async fn believable(deps: &Deps<'_>) -> Result<usize, HandlerError> {
    let known = finished(deps).await?.last().map_or(0, |previous| previous.contacts);
    let absence = records::read::<Absence>(deps.outbox.store, &absence_key(deps.crm.system())).await?;
    let ruling = absence.and_then(|absence| absence.value.ruling);
    let expected = ruling.map_or(0, |(_, missing)| usize::try_from(missing).unwrap_or(usize::MAX));
    Ok(deps.config.brake.limit(known).max(expected))
}

struct Look<'a> {
    at: &'a PartRef,
    running: &'a Running,
    deps: &'a Deps<'a>,
    believable: usize,
    /// What others have told and nobody has judged yet.
    told: Told,
    part: Part,
    /// What differs, as far as it makes no chunk yet.
    seen: Vec<u8>,
    /// Chunks of this page.
    full: Vec<Vec<u8>>,
}

impl Look<'_> {
    async fn run(&mut self) -> Result<(), LookError> {
        loop {
            let before = self.part.clone();
            let seen = self.seen.len();
            if let Err(error) = self.page().await {
                self.forget_page(before, seen);
                return Err(error);
            }
            (self.deps.progress)(self.part.contacts);
            if self.part.done || !(self.deps.has_time)() {
                break;
            }
        }
        self.part.blind |= self.deps.crm.is_blind();
        Ok(self.write_rest().await?)
    }

    async fn page(&mut self) -> Result<(), LookError> {
        let after = self.part.reached.clone().or_else(|| self.part.after.clone());
        let through = self.part.through.clone();
        let also = Some(self.told.about()).filter(|_| self.running.since.is_some() && !self.told.is_empty());
        let query = ContactQuery { after: after.as_ref(), through: through.as_ref(), since: self.running.since, also };
        let page = self.deps.crm.contacts(&query).await?;
        let reached = page.through.clone();
        self.part.newest = self.part.newest.max(page.newest);
        match self.running.since {
            None => self.compare(page, after.as_ref()).await?,
            Some(_) => self.compare_given(page).await?,
        }
        self.write_full().await?;
        self.part.done = reached.is_none();
        self.part.reached = reached;
        Ok(())
    }

    /// A page that was not looked at to its end is looked at again, and must not count twice.
    fn forget_page(&mut self, before: Part, seen: usize) {
        self.part = before;
        if let Some(first) = std::mem::take(&mut self.full).into_iter().next() {
            self.seen = first;
        }
        self.seen.truncate(seen);
    }

    /// Lays a page beside the snapshots of the same run of ids.
    async fn compare(&mut self, page: ContactPage, after: Option<&ContactId>) -> Result<(), LookError> {
        let partition = people_partition(&self.at.system);
        let end = page.through.clone().or_else(|| self.part.through.clone());
        let through = end.as_ref().map(ContactId::order_key);
        let mut contacts = page.contacts.into_iter().peekable();
        let mut cursor = after.map(|id| id.order_key().into_owned());
        let mut scratch = Vec::new();
        let mut first = Vec::new();
        loop {
            let (index, consistency) = (Index::Table, Consistency::Eventual);
            let (after, through) = (cursor.as_deref(), through.as_deref());
            let query = Query { index, consistency, partition: &partition, after, through, limit: CHUNK };
            let rows = self.deps.outbox.store.query(&query).await?;
            let full = rows.len() == CHUNK;
            cursor = rows.last().map(|row| row.sort.clone());
            for row in rows {
                while let Some(contact) = contacts.next_if(|c| c.id.cmp_key(&row.sort).is_lt()) {
                    first.push(contact);
                }
                match contacts.next_if(|c| c.id.cmp_key(&row.sort).is_eq()) {
                    Some(contact) => self.take_known(contact, &row, &mut scratch)?,
                    None => self.take_missing(&row, &page.unreadable)?,
                }
            }
            if !full {
                break;
            }
        }
        first.extend(contacts);
        self.take_first(first).await
    }

    /// Lays contacts beside their snapshots where those that are not given are not gone, unless the CRM says so.
    async fn compare_given(&mut self, page: ContactPage) -> Result<(), LookError> {
        let ids = page.contacts.iter().map(|c| &c.id).chain(&page.gone);
        let keys: Vec<Key> = ids.map(|id| snapshot_key(&self.at.system, id)).collect();
        let rows = self.deps.outbox.store.get_all(&keys, Consistency::Eventual).await?;
        let known: HashMap<&str, &Row> = rows.iter().map(|row| (row.sort.as_str(), row)).collect();
        let mut scratch = Vec::new();
        let mut first = Vec::new();
        for contact in page.contacts {
            match known.get(&*contact.id.order_key()) {
                Some(row) => self.take_known(contact, row, &mut scratch)?,
                None => first.push(contact),
            }
        }
        for row in page.gone.iter().filter_map(|gone| known.get(&*gone.order_key())) {
            self.take_missing(row, &[])?;
        }
        self.take_first(first).await
    }

    /// Of a first pass a baseline, from which nothing follows, and to which nobody else writes.
    async fn take_first(&mut self, first: Vec<Contact>) -> Result<(), LookError> {
        self.part.contacts += first.len() as u64;
        self.part.first_seen += first.len() as u64;
        if !self.running.baseline {
            first.into_iter().for_each(|contact| {
                let beside = Beside { by_owner: contact.by_owner, told: Vec::new() };
                self.note(&Sighted { contact: contact.id, before: None, after: contact.seen, beside });
            });
            return Ok(());
        }
        let baseline =
            |contact: Contact| records::snapshot_item(&self.at.system, &contact.id, &Snapshot::first(contact.seen));
        let items: Vec<Item> = first.into_iter().map(baseline).collect();
        if items.is_empty() { Ok(()) } else { Ok(self.deps.outbox.store.save(items, Vec::new()).await?) }
    }

    fn take_known(&mut self, contact: Contact, row: &Row, scratch: &mut Vec<u8>) -> Result<(), LookError> {
        self.part.contacts += 1;
        let same = Snapshot::shows(&row.body, &contact.seen, scratch);
        let told = self.told.of(&contact);
        if same && told.is_empty() {
            return Ok(());
        }
        self.part.changed += u64::from(!same);
        let before = Some(snapshot(row)?.seen);
        let beside = Beside { by_owner: contact.by_owner, told };
        self.note(&Sighted { contact: contact.id, before, after: contact.seen, beside });
        Ok(())
    }

    /// Kept for the judgement: only when every part is through is it known whether absence proves anything.
    fn take_missing(&mut self, row: &Row, unreadable: &[ContactId]) -> Result<(), LookError> {
        if unreadable.iter().any(|id| id.cmp_key(&row.sort).is_eq()) || snapshot(row)?.standing.deleted {
            return Ok(());
        }
        self.part.missing_count += 1;
        if self.part.missing.len() < self.believable {
            self.part
                .missing
                .push(ContactId::of_order_key(&row.sort).map_err(|e| unreadable_row(row, &e.to_string()))?);
        }
        Ok(())
    }

    fn note(&mut self, sighted: &Sighted) {
        sighted.append_to(&mut self.seen);
        if self.seen.len() >= CHUNK_BYTES {
            self.full.push(std::mem::take(&mut self.seen));
        }
    }

    /// Writes the chunks that are full. One that is written again after a crash overwrites itself: its number is counted with
    /// the part.
    async fn write_full(&mut self) -> Result<(), StoreError> {
        let expires = self.deps.clock.now() + SignedDuration::from_hours(24 * CLAIM_DAYS);
        let item = |(number, body): (u32, &Vec<u8>)| Item {
            key: chunk_key(self.at, number),
            index: None,
            body: body.clone(),
            expires: Some(expires),
        };
        for item in (self.part.chunks..).zip(&self.full).map(item) {
            self.deps.outbox.store.save(vec![item], Vec::new()).await?;
        }
        // Not before all of them are written: what is refused on the way is written again.
        self.part.chunks += u32::try_from(self.full.len()).unwrap_or(u32::MAX);
        self.full.clear();
        Ok(())
    }

    async fn write_rest(&mut self) -> Result<(), StoreError> {
        if !self.seen.is_empty() {
            self.full.push(std::mem::take(&mut self.seen));
        }
        self.write_full().await
    }
}

/// The snapshot that a row holds.
pub(crate) fn snapshot(row: &Row) -> Result<Snapshot, StoreError> {
    Snapshot::decode(&row.body).map_err(|e| unreadable_row(row, &e.to_string()))
}

/// Says which row cannot be read, and why.
pub(crate) fn unreadable_row(row: &Row, reason: &str) -> StoreError {
    StoreError::Unreadable { key: format!("{} {}", row.partition, row.sort), reason: reason.to_owned() }
}
