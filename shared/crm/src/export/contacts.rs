//! Contacts page by page in the order of their ids, read ahead on a thread of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use csv::ByteRecord;
use domain::crm::{Contact, Seen};
use domain::ports::{AskedFor, ContactPage, ContactQuery, CrmError};
use domain::{ContactId, Personal};
use jiff::Timestamp;

use super::Export;
use super::accounts::{named_account, owner_hash, unknown};
use super::layout::column;
use super::table::{Column, LONGEST, Row, Table, clip, date, time};
use super::whereabouts::{Notes, Place};
use crate::set_aside::{REPEATED, SetAsides};
use crate::sorted::Sorter;

/// Contacts on one page: large enough that a page costs little, small enough that a few of them fit anywhere.
const PAGE: usize = 4_000;
/// Pages read ahead of the caller.
const AHEAD: usize = 3;

/// A pass over the contacts.
pub(super) struct Pages {
    pages: Receiver<Result<ContactPage, CrmError>>,
    reached: Option<ContactId>,
    bounds: Bounds,
}

/// Which contacts are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    after: Option<ContactId>,
    through: Option<ContactId>,
    since: Option<Timestamp>,
    also: Option<AskedFor>,
}

impl Bounds {
    fn of(query: &ContactQuery<'_>) -> Self {
        let also = query.also.cloned();
        Self { after: query.after.cloned(), through: query.through.cloned(), since: query.since, also }
    }

    /// Whether a contact is meant by name, whenever it was changed.
    fn name(&self, id: &ContactId, address: &str) -> bool {
        let Some(AskedFor { ids, addresses }) = &self.also else { return false };
        ids.contains(id) || (!addresses.is_empty() && addresses.contains(&Personal::new(address.trim().to_lowercase())))
    }

    fn hold(&self, id: &ContactId) -> bool {
        self.after.as_ref().is_none_or(|after| id > after) && self.through.as_ref().is_none_or(|through| id <= through)
    }

    /// A row that does not say when it was changed counts as changed.
    fn are_new(&self, changed: Option<Timestamp>) -> bool {
        self.since.is_none_or(|since| changed.is_none_or(|changed| changed >= since))
    }
}

impl Pages {
    /// Begins a pass.
    pub(super) fn start(export: Arc<Export>, query: &ContactQuery<'_>) -> Result<Self, CrmError> {
        let bounds = Bounds::of(query);
        let reader = ContactReader::open(&export)?.within(bounds.clone());
        let (sender, pages) = sync_channel(AHEAD);
        std::thread::Builder::new()
            .name("contacts".to_owned())
            .spawn(move || read_ahead(reader, &export, &sender))
            .map_err(|e| CrmError::Unavailable(Box::new(e)))?;
        Ok(Self { pages, reached: None, bounds })
    }

    /// Whether its next page is the one that is asked for.
    pub(super) fn goes_on_with(&self, query: &ContactQuery<'_>) -> bool {
        let rest = (query.through, query.since, query.also);
        query.after.is_some()
            && self.reached.as_ref() == query.after
            && rest == (self.bounds.through.as_ref(), self.bounds.since, self.bounds.also.as_ref())
    }

    /// The next page; the last one has no `through`.
    pub(super) fn next(&mut self) -> Result<ContactPage, CrmError> {
        // A reader that ended without a last page has panicked: its page is missing, not empty.
        let gone = || CrmError::Unavailable("the reading thread ended early".into());
        let page = self.pages.recv().unwrap_or_else(|_| Err(gone()))?;
        self.reached = page.through.clone();
        Ok(page)
    }
}

fn read_ahead(mut reader: ContactReader, export: &Export, pages: &SyncSender<Result<ContactPage, CrmError>>) {
    let mut paging = Paging { page: ContactPage::default(), last: None, pages };
    let ended = if export.unsorted.load(Ordering::Relaxed) {
        in_id_order(&mut reader, export, &mut paging)
    } else {
        in_file_order(&mut reader, export, &mut paging)
    };
    // Whoever asked may have gone; then nobody needs the rest.
    let _ = pages.send(ended.map(|()| std::mem::take(&mut paging.page)));
}

/// Collects pages and hands them over.
struct Paging<'a> {
    page: ContactPage,
    last: Option<ContactId>,
    pages: &'a SyncSender<Result<ContactPage, CrmError>>,
}

impl Paging<'_> {
    /// Takes a contact; one with the id of the one before is set aside. Returns whether to go on.
    fn push(&mut self, contact: Contact, line: u64, export: &Export) -> bool {
        match self.last.as_ref().map(|last| contact.id.cmp(last)) {
            Some(std::cmp::Ordering::Equal) => {
                export.set_aside.add(&export.layout.contacts.name, line, Some("Id"), REPEATED);
                return true;
            }
            Some(std::cmp::Ordering::Less | std::cmp::Ordering::Greater) | None => {}
        }
        self.last = Some(contact.id.clone());
        self.page.contacts.push(contact);
        if self.page.contacts.len() < PAGE {
            return true;
        }
        let newest = self.page.newest;
        let page = ContactPage { through: self.last.clone(), ..std::mem::take(&mut self.page) };
        self.page.newest = newest;
        self.pages.send(Ok(page)).is_ok()
    }

    fn unreadable(&mut self, ids: Vec<ContactId>) {
        self.page.unreadable.extend(ids);
    }
}

fn in_file_order(reader: &mut ContactReader, export: &Export, paging: &mut Paging<'_>) -> Result<(), CrmError> {
    let mut notes = Notes::new()?;
    while let Some(Read { contact, place, .. }) = reader.next(export, &|_| true) {
        note(&mut notes, &contact, place)?;
        in_order(reader, export)?;
        paging.unreadable(std::mem::take(&mut reader.unreadable));
        paging.page.newest = reader.newest;
        if !paging.push(contact, place.line, export) {
            return Ok(());
        }
    }
    in_order(reader, export)?;
    ended(reader, export, paging, notes)
}

fn in_order(reader: &ContactReader, export: &Export) -> Result<(), CrmError> {
    if !reader.out_of_order {
        return Ok(());
    }
    export.unsorted.store(true, Ordering::Relaxed);
    Err(CrmError::Restart("the contacts are not in the order of their ids".to_owned()))
}

/// Only a pass over all contacts knows where all of them stand.
fn ended(reader: &mut ContactReader, export: &Export, paging: &mut Paging<'_>, notes: Notes) -> Result<(), CrmError> {
    paging.unreadable(std::mem::take(&mut reader.unreadable));
    paging.page.gone.append(&mut reader.gone);
    paging.page.newest = reader.newest;
    if reader.bounds == Bounds::default() { export.whereabouts.keep(notes) } else { Ok(()) }
}

/// The unreadable ones go first: no page may end before every one that belongs on it is known.
fn in_id_order(reader: &mut ContactReader, export: &Export, paging: &mut Paging<'_>) -> Result<(), CrmError> {
    let mut notes = Notes::new()?;
    let mut sorter = Sorter::new()?;
    while let Some(Read { contact, place, .. }) = reader.next(export, &|_| true) {
        note(&mut notes, &contact, place)?;
        sorter.add(&contact, place.line)?;
    }
    ended(reader, export, paging, notes)?;
    sorter.each(|contact, line| paging.push(contact, line, export))
}

fn note(notes: &mut Notes, contact: &Contact, place: Place) -> Result<(), CrmError> {
    contact.seen.account.as_ref().map_or(Ok(()), |account| notes.add(account, place))
}

/// Reads contacts in the order of the file.
pub(super) struct ContactReader {
    table: Table,
    columns: Columns,
    unreadable: Vec<ContactId>,
    /// Rows that say of themselves that they were deleted within the bounds.
    gone: Vec<ContactId>,
    rows: u64,
    /// The last row read was passed over, so the file may break off there.
    broken_off: bool,
    last_contact: bool,
    bounds: Bounds,
    /// The id of the row before.
    previous: Option<ContactId>,
    /// A row was before one with a lower id.
    out_of_order: bool,
    /// The latest change that any row tells of.
    newest: Option<Timestamp>,
}

/// One contact as read.
pub(super) struct Read {
    /// The contact.
    pub contact: Contact,
    /// Day of the last call, meeting or mail.
    pub last_contact: Option<jiff::civil::Date>,
    /// Where its row begins.
    pub place: Place,
}

struct Columns {
    id: Column,
    account: Column,
    name: Column,
    first: Column,
    family: Column,
    title: Column,
    department: Column,
    email: Column,
    phone: Column,
    reports_to: Column,
    changed_by: Column,
    bounced: Column,
    bounced_on: Column,
    bounce_reason: Column,
    left: Column,
    watch: Column,
    deleted: Column,
    active: Column,
    last_contact: Column,
    changed: Column,
}

impl ContactReader {
    /// Opens the file.
    pub(super) fn open(export: &Export) -> Result<Self, CrmError> {
        let table = Table::open(&export.layout.contacts)?;
        let name = table.column(column::FULL_NAME);
        let family =
            if table.has(name) { table.column(column::LAST_NAME) } else { table.required(column::LAST_NAME)? };
        let columns = Columns {
            id: table.required(column::ID)?,
            account: table.required(column::ACCOUNT_ID)?,
            name,
            first: table.column(column::FIRST_NAME),
            family,
            title: table.column(column::TITLE),
            department: table.column(column::DEPARTMENT),
            email: table.column(column::EMAIL),
            phone: table.column(column::PHONE),
            reports_to: table.column(column::REPORTS_TO),
            changed_by: table.column(column::CHANGED_BY),
            bounced: table.column(column::BOUNCED),
            bounced_on: table.column(column::BOUNCED_ON),
            bounce_reason: table.column(column::BOUNCE_REASON),
            left: table.mapped(&export.layout.fields.left),
            watch: table.mapped(&export.layout.fields.watch),
            deleted: table.column(column::DELETED),
            active: table.column(column::ACTIVE),
            last_contact: table.column(column::LAST_CONTACT),
            changed: table.column(column::CHANGED),
        };
        Ok(Self {
            table,
            columns,
            unreadable: Vec::new(),
            gone: Vec::new(),
            rows: 0,
            broken_off: false,
            last_contact: false,
            bounds: Bounds::default(),
            previous: None,
            out_of_order: false,
            newest: None,
        })
    }

    /// Whether rows say when they were changed.
    pub(super) fn tells_changes(&self) -> bool {
        self.table.has(self.columns.changed)
    }

    fn within(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// Reads the day of the last contact too, which a comparison does not need.
    pub(super) fn with_last_contact(self) -> Self {
        Self { last_contact: true, ..self }
    }

    /// Goes to the row that begins there.
    pub(super) fn seek(&mut self, place: &Place) -> Result<(), CrmError> {
        self.table.seek(place)
    }

    /// The next contact that can be read and whose account is wanted.
    pub(super) fn next(&mut self, export: &Export, wanted: &dyn Fn(&str) -> bool) -> Option<Read> {
        let Self {
            table,
            columns,
            unreadable,
            gone,
            rows,
            broken_off,
            last_contact,
            bounds,
            previous,
            out_of_order,
            newest,
        } = self;
        let aside = &export.set_aside;
        let file = export.layout.contacts.name.as_str();
        loop {
            let mut passed_over = |record: &ByteRecord| {
                (*rows, *broken_off) = (*rows + 1, true);
                match id_of(record, columns) {
                    Some(id) => unreadable.push(id),
                    None => aside.blind(),
                }
            };
            let Some(row) = table.next(aside, &mut passed_over) else {
                if *rows == 0 {
                    aside.add(file, 1, None, "it holds no contact, only a header; nobody is taken for gone");
                }
                if *rows == 0 || *broken_off {
                    aside.blind();
                }
                return None;
            };
            (*rows, *broken_off) = (*rows + 1, false);
            if !wanted(row.text(columns.account)) {
                continue;
            }
            if row.flag(columns.deleted) {
                let id =
                    ContactId::parse(row.text(columns.id)).ok().filter(|id| bounds.since.is_some() && bounds.hold(id));
                gone.extend(id.filter(|_| is_new(&row, columns, bounds, newest, export)));
                continue;
            }
            let id = match ContactId::parse(row.text(columns.id)) {
                Ok(id) => id,
                Err(e) => {
                    aside.add(file, row.line, Some("Id"), e.to_string());
                    aside.blind();
                    continue;
                }
            };
            *out_of_order |= previous.as_ref().is_some_and(|previous| id < *previous);
            *previous = Some(id.clone());
            let wanted = is_new(&row, columns, bounds, newest, export) || bounds.name(&id, row.text(columns.email));
            if !wanted || !bounds.hold(&id) {
                continue;
            }
            match seen(&row, columns, &id, export) {
                Ok(seen) => {
                    let last_contact =
                        (*last_contact).then(|| row.date(columns.last_contact, "LastActivityDate", aside)).flatten();
                    let place = Place { byte: row.byte, line: row.line };
                    let by_owner = by_owner(&row, columns, &seen, export);
                    return Some(Read { contact: Contact { id, seen, by_owner }, last_contact, place });
                }
                Err((column, reason)) => {
                    aside.add(file, row.line, Some(column), reason);
                    if row.spans_lines() {
                        aside.blind();
                    }
                    unreadable.push(id);
                }
            }
        }
    }
}

/// Whether the account's owner was the last to change the row.
fn by_owner(row: &Row<'_>, columns: &Columns, seen: &Seen, export: &Export) -> bool {
    let editor = row.text(columns.changed_by);
    let brief = seen.account.as_ref().and_then(|account| export.accounts.get(account));
    !editor.is_empty() && brief.is_some_and(|brief| brief.owner == owner_hash(editor))
}

/// Whether the row, or the account it names, was changed within the bounds.
fn is_new(row: &Row<'_>, columns: &Columns, bounds: &Bounds, newest: &mut Option<Timestamp>, export: &Export) -> bool {
    let changed = time(row.text(columns.changed));
    *newest = (*newest).max(changed);
    if bounds.are_new(changed) {
        return true;
    }
    let account = named_account(row.text(columns.account)).and_then(Result::ok);
    let brief = account.and_then(|account| export.accounts.get(&account));
    brief.is_some_and(|brief| brief.changed.is_some() && bounds.are_new(brief.changed))
}

/// The contact that a row which cannot be read is about, if that much is sure: a broken row may be shifted, so only its
/// first column stands where it should, and one that spans lines may have swallowed others.
fn id_of(record: &ByteRecord, columns: &Columns) -> Option<ContactId> {
    let is_sure = columns.id.is_first() && !record.as_slice().contains(&b'\n');
    record.get(0).filter(|_| is_sure).and_then(|id| ContactId::parse(&String::from_utf8_lossy(id)).ok())
}

/// Ids that cut the contacts into at most `most` runs of at least `least`, from a sample of them.
pub(super) fn cuts(export: &Export, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
    /// Of so many ids at most, which is enough for ninety runs of about the same length.
    const SAMPLE: usize = 8_192;
    let file = &export.layout.contacts;
    let mut table = Table::open(file)?;
    // A row has more than one byte.
    if std::fs::metadata(&file.path).is_ok_and(|file| file.len() < least as u64) {
        return Ok(Vec::new());
    }
    let id = table.required(column::ID)?;
    let (mut sample, mut every, mut rows) = (Vec::new(), 1, 0_usize);
    while let Some(row) = table.next(&SetAsides::default(), &mut |_| {}) {
        if rows % every == 0 {
            sample.extend(ContactId::parse(row.text(id)));
        }
        rows += 1;
        if sample.len() >= SAMPLE {
            sample = sample.into_iter().step_by(2).collect();
            every *= 2;
        }
    }
    sample.sort();
    sample.dedup();
    let runs = (rows / least.max(1)).min(most).min(sample.len());
    Ok((1..runs).filter_map(|run| sample.get(run * sample.len() / runs).cloned()).collect())
}

/// When each of these contacts was last changed; those of whom the export does not tell are left out.
pub(super) fn changed(
    export: &Export,
    wanted: &BTreeSet<ContactId>,
) -> Result<BTreeMap<ContactId, Timestamp>, CrmError> {
    let mut table = Table::open(&export.layout.contacts)?;
    let (id, changed) = (table.required(column::ID)?, table.column(column::CHANGED));
    let mut found = BTreeMap::new();
    if wanted.is_empty() || !table.has(changed) {
        return Ok(found);
    }
    // What cannot be read was set aside when the contacts were.
    while let Some(row) = table.next(&SetAsides::default(), &mut |_| {}) {
        let Some(contact) = ContactId::parse(row.text(id)).ok().filter(|contact| wanted.contains(contact)) else {
            continue;
        };
        if let Some(at) = time(row.text(changed)) {
            found.entry(contact).or_insert(at);
        }
    }
    Ok(found)
}

/// What a row says of a contact, or the column that cannot be read and why.
fn seen(row: &Row<'_>, columns: &Columns, id: &ContactId, export: &Export) -> Result<Seen, (&'static str, String)> {
    let account = named_account(row.text(columns.account)).transpose().map_err(|e| ("AccountId", e.to_string()))?;
    let brief = match &account {
        None => None,
        Some(account) => {
            let nowhere = || ("AccountId", unknown(account, &export.layout));
            Some(export.accounts.get(account).ok_or_else(nowhere)?)
        }
    };
    let name = match row.raw(columns.name) {
        blank if blank.trim().is_empty() => {
            format!("{} {}", row.text(columns.first), row.text(columns.family)).trim().to_owned()
        }
        name => name.to_owned(),
    };
    let (title, department, email) = (row.raw(columns.title), row.raw(columns.department), row.text(columns.email));
    for (column, text) in [("Name", name.as_str()), ("Title", title), ("Department", department), ("Email", email)] {
        if text.len() > LONGEST {
            return Err((column, format!("it has {} bytes; {LONGEST} are the most", text.len())));
        }
    }
    let (phone, reports_to) = (row.text(columns.phone), row.text(columns.reports_to));
    for (column, text) in [("Phone", phone), ("ReportsToId", reports_to)] {
        if text.len() > LONGEST {
            return Err((column, format!("it has {} bytes; {LONGEST} are the most", text.len())));
        }
    }
    let bounced = bounced(row, columns)?;
    let roles = account.as_ref().map(|account| export.accounts.roles(id, account)).unwrap_or_default();
    Ok(Seen {
        company: brief.map(|b| b.name.clone()).unwrap_or_default(),
        active: brief.is_some_and(|b| b.active),
        account,
        name: Personal::new(name),
        title: title.to_owned(),
        department: department.to_owned(),
        email: Personal::new(email),
        phone: Personal::new(phone),
        reports_to: reports_to.to_owned(),
        bounced,
        left: row.flag(columns.left),
        inactive: row.denies(columns.active),
        unwatched: !export.layout.fields.watch.is_empty() && !row.flag(columns.watch),
        roles,
    })
}

/// A bounce counts unless its reason is a passing one.
fn bounced(row: &Row<'_>, columns: &Columns) -> Result<bool, (&'static str, String)> {
    let on = row.text(columns.bounced_on);
    if !on.is_empty() && date(on).is_none() {
        return Err(("EmailBouncedDate", format!("{:?} is no date; write it as 2026-11-02", clip(on))));
    }
    if on.is_empty() && (row.text(columns.bounced).is_empty() || row.denies(columns.bounced)) {
        return Ok(false);
    }
    Ok(lasting_bounce(row.text(columns.bounce_reason)))
}

/// Whether a bounce is no passing one: 4.x.x, a full mailbox (5.2.2), or greylisting.
pub(crate) fn lasting_bounce(reason: &str) -> bool {
    let mut codes = reason.split(|c: char| !c.is_ascii_digit() && c != '.').filter(|word| !word.is_empty());
    !codes.any(|code| code.starts_with("4.") || code == "5.2.2" || (code.len() == 3 && code.starts_with('4')))
}
