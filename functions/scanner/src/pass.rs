//! One pass: two streams in the order of contact ids, the CRM's and ours, laid side by side.

use domain::ContactId;
use domain::crm::Contact;
use domain::handler::HandlerError;
use domain::ports::{Commit, ContactPage, CrmError, Expect, Index, Query, Row, StoreError};
use domain::records::{
    self, Absence, Braked, Ruling, ScanRecord, absence_key, brake_key, people_partition, snapshot_write,
};
use domain::scan::{Scan, Sight};
use domain::snapshot::Snapshot;

use crate::Deps;
use crate::commit::Settled;
use crate::surroundings::Neighbourhood;

/// Changed contacts that are kept before they are judged; colleagues who change together are judged together.
const TOGETHER: usize = 20_000;
/// Snapshots written or read at once.
const CHUNK: usize = 4_000;

/// Why a pass ended early.
pub(crate) enum PassError {
    Crm(CrmError),
    Handler(HandlerError),
}

impl From<CrmError> for PassError {
    fn from(error: CrmError) -> Self {
        Self::Crm(error)
    }
}

impl From<HandlerError> for PassError {
    fn from(error: HandlerError) -> Self {
        Self::Handler(error)
    }
}

impl From<StoreError> for PassError {
    fn from(error: StoreError) -> Self {
        Self::Handler(error.into())
    }
}

impl From<PassError> for HandlerError {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Crm(error) => error.into(),
            PassError::Handler(error) => error,
        }
    }
}

/// Runs a pass to its end and writes what it found.
pub(crate) async fn run(
    scan: &Scan<'_>,
    previous: Option<&ScanRecord>,
    deps: &Deps<'_>,
) -> Result<ScanRecord, PassError> {
    let limit = scan.config.brake.limit(previous.map_or(0, |p| p.contacts));
    let absence = records::read::<Absence>(deps.outbox.store, &absence_key(scan.system)).await?;
    let ruling = absence.as_ref().and_then(|absence| absence.value.ruling);
    let expected = ruling.map_or(0, |(_, missing)| usize::try_from(missing).unwrap_or(usize::MAX));
    let mut pass = Pass {
        scan,
        deps,
        baseline: previous.is_none(),
        first: Vec::new(),
        changed: Vec::new(),
        missing: Vec::new(),
        missing_count: 0,
        missing_limit: limit.max(expected),
        ruling: ruling.map(|(ruling, _)| ruling),
        settled: Settled::new(scan, limit, absence),
    };
    if let Some(braked) = records::read::<Braked>(deps.outbox.store, &brake_key(scan.system)).await? {
        pass.settled.take_up(&braked.value);
    }
    let mut after: Option<ContactId> = None;
    loop {
        let page = deps.crm.contacts(after.as_ref()).await?;
        let through = page.through.clone();
        pass.compare(page, after.as_ref()).await?;
        (deps.progress)(pass.settled.record.contacts);
        match through {
            Some(id) => after = Some(id),
            None => break,
        }
    }
    pass.finish().await
}

struct Pass<'a> {
    scan: &'a Scan<'a>,
    deps: &'a Deps<'a>,
    /// Nothing was ever seen of this CRM: whatever there is, is a baseline.
    baseline: bool,
    first: Vec<Contact>,
    changed: Vec<Sight>,
    missing: Vec<Sight>,
    missing_count: usize,
    missing_limit: usize,
    /// What a person has said of the contacts that are missing.
    ruling: Option<Ruling>,
    settled: Settled<'a>,
}

impl Pass<'_> {
    /// Lays a page beside the snapshots of the same run of ids.
    async fn compare(&mut self, page: ContactPage, after: Option<&ContactId>) -> Result<(), PassError> {
        let partition = people_partition(self.scan.system);
        let through = page.through.as_ref().map(ContactId::as_str);
        let mut contacts = page.contacts.into_iter().peekable();
        let mut cursor = after.map(|id| id.as_str().to_owned());
        let mut scratch = Vec::new();
        loop {
            let query =
                Query { index: Index::Table, partition: &partition, after: cursor.as_deref(), through, limit: CHUNK };
            let rows = self.deps.outbox.store.query(&query).await?;
            let full = rows.len() == CHUNK;
            cursor = rows.last().map(|row| row.sort.clone());
            for row in rows {
                while let Some(contact) = contacts.next_if(|c| c.id.as_str() < row.sort.as_str()) {
                    self.take_first(contact).await?;
                }
                match contacts.next_if(|c| c.id.as_str() == row.sort) {
                    Some(contact) => self.take_known(contact, &row, &mut scratch).await?,
                    None => self.take_missing(&row, &page.unreadable)?,
                }
            }
            if !full {
                break;
            }
        }
        for contact in contacts {
            self.take_first(contact).await?;
        }
        Ok(())
    }

    async fn take_first(&mut self, contact: Contact) -> Result<(), PassError> {
        self.settled.record.contacts += 1;
        self.settled.record.first_seen += 1;
        if self.baseline {
            self.first.push(contact);
            if self.first.len() >= CHUNK {
                self.write_baseline().await?;
            }
            return Ok(());
        }
        self.keep(Sight { contact: contact.id, before: None, after: Some(contact.seen) }).await
    }

    async fn take_known(&mut self, contact: Contact, row: &Row, scratch: &mut Vec<u8>) -> Result<(), PassError> {
        self.settled.record.contacts += 1;
        if Snapshot::shows(&row.body, &contact.seen, scratch) {
            return Ok(());
        }
        self.settled.record.changed += 1;
        let before = Some((snapshot(row)?, row.version));
        self.keep(Sight { contact: contact.id, before, after: Some(contact.seen) }).await
    }

    /// Kept for the end: only then is it known whether absence proves anything.
    fn take_missing(&mut self, row: &Row, unreadable: &[ContactId]) -> Result<(), PassError> {
        if unreadable.iter().any(|id| id.as_str() == row.sort) {
            return Ok(());
        }
        let before = snapshot(row)?;
        if before.standing.deleted {
            return Ok(());
        }
        self.missing_count += 1;
        if self.missing_count <= self.missing_limit {
            let contact = ContactId::parse(&row.sort).map_err(|e| unreadable_row(row, &e.to_string()))?;
            self.missing.push(Sight { contact, before: Some((before, row.version)), after: None });
        }
        Ok(())
    }

    async fn keep(&mut self, sight: Sight) -> Result<(), PassError> {
        self.changed.push(sight);
        if self.changed.len() >= TOGETHER {
            self.judge().await?;
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<ScanRecord, PassError> {
        self.write_baseline().await?;
        if self.missing_count > self.missing_limit {
            self.settled.doubt_absence(self.missing_count);
        } else if !self.deps.crm.is_blind() {
            self.settled.record.changed += self.missing.len() as u64;
            self.settled.believe_absence();
            if self.ruling == Some(Ruling::Discarded) {
                self.missing.drain(..).for_each(|sight| self.settled.forget(sight));
            }
            self.changed.append(&mut self.missing);
        }
        self.judge().await?;
        Ok(self.settled.finish(self.deps).await?)
    }

    async fn judge(&mut self) -> Result<(), PassError> {
        let sights = std::mem::take(&mut self.changed);
        let mut around = Neighbourhood::of(&sights);
        for sight in sights {
            let surroundings = around.surroundings(&sight, self.deps.outbox.store).await?;
            let conclusion = domain::scan::conclude(&sight, &surroundings, self.scan);
            self.settled.take(sight, conclusion);
        }
        Ok(self.settled.flush(self.deps).await?)
    }

    async fn write_baseline(&mut self) -> Result<(), PassError> {
        let writes: Vec<_> = std::mem::take(&mut self.first)
            .into_iter()
            .map(|c| snapshot_write(self.scan.system, &c.id, &Snapshot::first(c.seen), Expect::Absent))
            .collect();
        if !writes.is_empty() {
            self.deps.outbox.store.commit(Commit { claim: None, writes }).await?;
        }
        Ok(())
    }
}

fn snapshot(row: &Row) -> Result<Snapshot, PassError> {
    Snapshot::decode(&row.body).map_err(|e| unreadable_row(row, &e.to_string()))
}

fn unreadable_row(row: &Row, reason: &str) -> PassError {
    let key = format!("{} {}", row.partition, row.sort);
    StoreError::Unreadable { key, reason: reason.to_owned() }.into()
}
