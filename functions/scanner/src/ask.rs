//! Asks whoever knows where people work, before a scan looks: what is heard waits for the judgement of this scan.
//!
//! A list is asked about everybody. A provider that is paid is asked about those of whom it matters most to know, up to a
//! ceiling, and about nobody twice within the freshness window.

mod batch;
mod marks;

use std::collections::{BTreeMap, HashMap};

use domain::ContactId;
use domain::asking::{Candidate, Candidates, LeftOut, May, question};
use domain::config::Config;
use domain::handler::HandlerError;
use domain::ports::{Consistency, Crm, Index, Key, People, Query, Question, Store};
use domain::records::{people_partition, snapshot_key};
use domain::snapshot::Snapshot;
use envelope::HasTime;
use jiff::Timestamp;

use batch::{Batch, Stop};
use marks::{Freshness, Marks};

use crate::look::{snapshot, unreadable_row};

/// Snapshots that are read at once.
const PAGE: usize = 4_000;

/// What came of asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// People about whom an answer came.
    pub(crate) asked: u64,
    /// Of those, whose job is known and waits to be judged.
    pub(crate) found: u64,
    /// Of whom nobody knows.
    pub(crate) nobody: u64,
    /// Whose answer was no record, somebody else's, or too unlikely: no fact.
    pub(crate) rubbish: u64,
    /// How many were left unasked and why, in words; nothing where everybody was asked about.
    pub(crate) unasked: Option<String>,
}

/// Asks about the people of a system who are watched. What keeps the asking from going on is told in the result, and only a
/// store or a CRM that fails is an error: a scan does not depend on what others know.
///
/// `now` is the scan's own time, and the same where its beginning is repeated: whom it has asked about already counts towards
/// its ceiling.
pub(crate) async fn ask(
    people: &dyn People,
    crm: &dyn Crm,
    store: &dyn Store,
    config: &Config,
    system: &str,
    has_time: HasTime<'_>,
    now: Timestamp,
) -> Result<Asked, HandlerError> {
    let asking = Asking { people, store, config, system, has_time, now };
    let mut progress = Progress::default();
    let (left_out, stop) = if people.is_paid() {
        asking.a_provider(crm, &mut progress).await?
    } else {
        asking.a_list(&mut progress).await?
    };
    let Progress { asked, unanswered } = progress;
    let mut reasons: Vec<String> = stop.map(|stop| stop.in_words()).into_iter().collect();
    reasons.extend(unanswered.into_iter().map(|(why, count)| format!("{count} unasked because {why}")));
    reasons.extend(left_out.in_words(&config.people));
    let unasked = (!reasons.is_empty()).then(|| reasons.join("; "));
    let (about, found, nobody, rubbish) = (asked.asked, asked.found, asked.nobody, asked.rubbish);
    tracing::info!(source = people.name(), about, found, nobody, rubbish, unasked, "asked where people work");
    Ok(Asked { unasked, ..asked })
}

/// What an asking works with.
struct Asking<'a> {
    people: &'a dyn People,
    store: &'a dyn Store,
    config: &'a Config,
    system: &'a str,
    has_time: HasTime<'a>,
    now: Timestamp,
}

/// What came of it so far.
#[derive(Default)]
struct Progress {
    asked: Asked,
    /// How many single questions were left unanswered, by reason.
    unanswered: BTreeMap<String, u64>,
}

/// Who was left out, and why no more was asked.
type Ended = (LeftOut, Option<Stop>);

impl Asking<'_> {
    /// Everybody, page by page.
    async fn a_list(&self, progress: &mut Progress) -> Result<Ended, HandlerError> {
        let mut left_out = LeftOut::default();
        let mut pages = Pages::of(self);
        while let Some(page) = pages.next().await? {
            let mut questions = Vec::new();
            for (contact, snapshot) in &page {
                match question(contact, snapshot, &self.config.watch) {
                    May::Ask(question) => questions.push(question),
                    May::NotWatched => {}
                    May::Left => left_out.left += 1,
                    May::NotFindable => left_out.not_findable += 1,
                }
            }
            for questions in questions.chunks(self.people.at_once().max(1)) {
                if !(self.has_time)() {
                    return Ok((left_out, Some(Stop::time_is_up(None))));
                }
                if let Some(stop) = Batch::of(self, questions).ask(progress).await? {
                    return Ok((left_out, Some(stop)));
                }
            }
        }
        Ok((left_out, None))
    }

    /// Those of whom it matters most to know.
    async fn a_provider(&self, crm: &dyn Crm, progress: &mut Progress) -> Result<Ended, HandlerError> {
        let marks = Marks::read(self).await?;
        let most = self.config.people.most_per_scan.saturating_sub(marks.of_this_scan());
        let mut candidates = Candidates::up_to(most);
        let mut left_out = LeftOut::default();
        let mut pages = Pages::of(self);
        while let Some(page) = pages.next().await? {
            if !(self.has_time)() {
                return Ok((left_out, Some(Stop::time_is_up(None))));
            }
            for (contact, snapshot) in &page {
                match question(contact, snapshot, &self.config.watch) {
                    May::Ask(_) => match marks.of(contact) {
                        Freshness::Due => candidates.add(Candidate::of(contact, snapshot, &self.config.watch)),
                        Freshness::Fresh => left_out.fresh += 1,
                        Freshness::Lost => left_out.lost += 1,
                    },
                    May::NotWatched => {}
                    May::Left => left_out.left += 1,
                    May::NotFindable => left_out.not_findable += 1,
                }
            }
        }
        let accounts = candidates.accounts();
        let contracts = if accounts.is_empty() || most == 0 { Vec::new() } else { crm.contracts(&accounts).await? };
        let choice = candidates.choose(&contracts, self.config.calendar.day(self.now));
        left_out.over_ceiling = choice.left_out.over_ceiling;
        let stop = self.in_order(&choice.contacts, &marks, progress).await?;
        Ok((left_out, stop))
    }

    async fn in_order(
        &self,
        contacts: &[ContactId],
        marks: &Marks,
        progress: &mut Progress,
    ) -> Result<Option<Stop>, HandlerError> {
        let at_once = self.people.at_once().clamp(1, batch::MOST_WRITES);
        let mut left = contacts.len() as u64;
        for batch in contacts.chunks(at_once) {
            if !(self.has_time)() {
                return Ok(Some(Stop::time_is_up(Some(left))));
            }
            left -= batch.len() as u64;
            let questions = self.questions(batch).await?;
            marks.set(self, &questions).await?;
            if let Some(stop) = Batch::of(self, &questions).ask(progress).await? {
                return Ok(Some(stop.with(left)));
            }
        }
        Ok(None)
    }

    /// The questions about these contacts, in their order.
    async fn questions(&self, contacts: &[ContactId]) -> Result<Vec<Question>, HandlerError> {
        let keys: Vec<Key> = contacts.iter().map(|contact| snapshot_key(self.system, contact)).collect();
        let rows = self.store.get_all(&keys, Consistency::Eventual).await?;
        let rows: HashMap<&str, &[u8]> = rows.iter().map(|row| (row.sort.as_str(), row.body.as_slice())).collect();
        let read = |contact: &ContactId| {
            let snapshot = Snapshot::decode(rows.get(&*contact.order_key())?).ok()?;
            match question(contact, &snapshot, &self.config.watch) {
                May::Ask(question) => Some(question),
                May::NotWatched | May::Left | May::NotFindable => None,
            }
        };
        Ok(contacts.iter().filter_map(read).collect())
    }
}

/// The snapshots of a system, page by page in the order of their contacts.
struct Pages<'a> {
    store: &'a dyn Store,
    partition: String,
    after: Option<String>,
    ended: bool,
}

impl<'a> Pages<'a> {
    fn of(asking: &Asking<'a>) -> Self {
        let partition = people_partition(asking.system);
        Self { store: asking.store, partition, after: None, ended: false }
    }

    async fn next(&mut self) -> Result<Option<Vec<(ContactId, Snapshot)>>, HandlerError> {
        if self.ended {
            return Ok(None);
        }
        let (index, consistency, after) = (Index::Table, Consistency::Eventual, self.after.as_deref());
        let query = Query { index, consistency, partition: &self.partition, after, through: None, limit: PAGE };
        let rows = self.store.query(&query).await?;
        self.ended = rows.len() < PAGE;
        self.after = rows.last().map(|row| row.sort.clone());
        let mut page = Vec::with_capacity(rows.len());
        for row in rows {
            let contact = ContactId::of_order_key(&row.sort).map_err(|e| unreadable_row(&row, &e.to_string()))?;
            page.push((contact, snapshot(&row)?));
        }
        Ok(Some(page))
    }
}

#[cfg(test)]
mod tests;
