//! Contacts page by page in the order of their ids. A pass over all of them asks for the next ids and keeps nothing; one over what
//! was changed, and a first load, is gathered on disk and given in order.

use std::collections::BTreeSet;

use domain::ContactId;
use domain::crm::Contact;
use domain::ports::{AskedFor, ContactPage, ContactQuery, CrmError};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::api::{Api, Request};
use super::bulk;
use super::contacts::{Given, Shape, changed, read_row};
use super::fault::Fault;
use super::soql;
use super::streams::{self, Order, Rows, Stream};
use crate::set_aside::SetAsides;
use crate::sorted::{Sorted, Sorter};

/// Contacts on a page that was gathered.
const PAGE: usize = 4_000;
/// From so many contacts on a first load by the Bulk API takes fewer requests, and far less time, than by pages of 2,000.
const BULK: u64 = 50_000;
/// So many rows that were changed are gathered within one invocation, in some ten to fifteen requests of one to two seconds; from
/// more on all contacts are read, which goes on in another invocation wherever it ends.
const MOST_CHANGES: u64 = 30_000;
const WHAT: &str = "the contacts";

/// What a pass works with.
pub(super) struct Source<'a> {
    pub(super) api: &'a Api,
    pub(super) shape: &'a Shape,
    pub(super) aside: &'a SetAsides,
    /// Whether a job of the Bulk API may be waited for.
    pub(super) bulk: bool,
    /// The org gives contacts in another order than that of their ids.
    pub(super) unsorted: bool,
}

/// A pass over the contacts.
pub(super) struct Pass {
    bounds: Bounds,
    reached: Option<ContactId>,
    /// What is changed while the pass goes on may lie before the place that was reached.
    began: Timestamp,
    newest: Option<Timestamp>,
    gathered: Option<Gathered>,
}

/// Which contacts are wanted.
#[derive(Clone, Debug, PartialEq)]
struct Bounds {
    after: Option<ContactId>,
    through: Option<ContactId>,
    since: Option<Timestamp>,
    also: Option<AskedFor>,
}

/// What was gathered on disk.
struct Gathered {
    sorted: Sorted,
    unreadable: Vec<ContactId>,
    gone: Vec<ContactId>,
}

/// Takes what comes in no order.
pub(super) struct Gathering {
    sorter: Sorter,
    taken: u64,
    newest: Option<Timestamp>,
    unreadable: BTreeSet<ContactId>,
    gone: BTreeSet<ContactId>,
}

impl Gathering {
    /// Nothing yet.
    pub(super) fn new() -> Result<Self, CrmError> {
        let (unreadable, gone) = (BTreeSet::new(), BTreeSet::new());
        Ok(Self { sorter: Sorter::new()?, taken: 0, newest: None, unreadable, gone })
    }

    /// Takes what a record was read as. Of two readings of one contact the later one counts.
    pub(super) fn take(&mut self, given: Given, changed: Option<Timestamp>) -> Result<(), CrmError> {
        self.newest = self.newest.max(changed);
        match given {
            Given::Contact(contact) => {
                self.taken += 1;
                self.sorter.add(&contact, self.taken)?;
            }
            Given::Gone(id) => drop(self.gone.insert(id)),
            Given::Unreadable(id) => drop(self.unreadable.insert(id)),
            Given::Nobody => {}
        }
        Ok(())
    }
}

impl Pass {
    /// Begins a pass.
    pub(super) async fn begin(source: &Source<'_>, query: &ContactQuery<'_>) -> Result<Self, CrmError> {
        let began = source.api.now();
        let bounds = Bounds::of(query);
        let gathering = match bounds.since {
            Some(since) => Some(changes(source, since, bounds.also.as_ref()).await?),
            None if source.unsorted => Some(everything(source, &bounds).await?),
            None if source.bulk && is_large(source.api, &bounds).await? => first_load(source, &bounds).await?,
            None => None,
        };
        let (newest, gathered) = match gathering {
            None => (None, None),
            Some(Gathering { sorter, newest, unreadable, gone, .. }) => {
                let within = |ids: BTreeSet<ContactId>| ids.into_iter().filter(|id| bounds.hold(id)).collect();
                let (unreadable, gone) = (within(unreadable), within(gone));
                (newest, Some(Gathered { sorted: sorter.sorted()?, unreadable, gone }))
            }
        };
        Ok(Self { reached: bounds.after.clone(), bounds, began, newest, gathered })
    }

    /// Whether its next page is the one that is asked for.
    pub(super) fn goes_on_with(&self, query: &ContactQuery<'_>) -> bool {
        let rest = (query.through, query.since, query.also);
        let mine = (self.bounds.through.as_ref(), self.bounds.since, self.bounds.also.as_ref());
        query.after.is_some() && self.reached.as_ref() == query.after && rest == mine
    }

    /// The next page; the last one has no `through`.
    pub(super) async fn next(&mut self, source: &Source<'_>) -> Result<ContactPage, CrmError> {
        let page = match &mut self.gathered {
            Some(gathered) => gathered.page(self.reached.as_ref(), self.bounds.through.as_ref())?,
            None => self.by_id(source).await?,
        };
        self.newest = self.newest.max(page.newest);
        self.reached = page.through.clone();
        Ok(ContactPage { newest: self.newest.map(|newest| newest.min(self.began)), ..page })
    }

    /// The next contacts of a pass that keeps nothing.
    async fn by_id(&mut self, source: &Source<'_>) -> Result<ContactPage, CrmError> {
        let filter = Bounds { after: self.reached.clone(), ..self.bounds.clone() }.filter("Id");
        let mut stream = Stream::new(&source.shape.select(), "Contact", filter, Order::Id);
        let rows: Rows =
            source.api.read(&Request::get(stream.path(source.api))).await.map_err(|fault| fault.about(WHAT))?;
        stream.given(&rows).map_err(|fault| fault.about(WHAT))?;
        let mut page = ContactPage::default();
        let mut last = self.reached.clone();
        for row in &rows.records {
            let given = read_row(source.api, source.shape, row, source.aside).await?;
            page.newest = page.newest.max(changed(row));
            let id = match &given {
                Given::Contact(contact) => contact.id.clone(),
                Given::Gone(id) | Given::Unreadable(id) => id.clone(),
                Given::Nobody => continue,
            };
            if last.as_ref().is_some_and(|last| id <= *last) {
                return Err(CrmError::Restart(
                    "the org gives contacts in another order than that of their ids".to_owned(),
                ));
            }
            last = Some(id.clone());
            match given {
                Given::Contact(contact) => page.contacts.push(*contact),
                Given::Unreadable(id) => page.unreadable.push(id),
                Given::Gone(_) | Given::Nobody => {}
            }
        }
        page.through = last.filter(|_| !stream.is_done());
        Ok(page)
    }

    /// Whether it broke off because contacts do not come in the order of their ids.
    pub(super) fn is_by_id(&self) -> bool {
        self.gathered.is_none()
    }
}

impl Bounds {
    fn of(query: &ContactQuery<'_>) -> Self {
        let (after, through) = (query.after.cloned(), query.through.cloned());
        Self { after, through, since: query.since, also: query.also.cloned() }
    }

    fn hold(&self, id: &ContactId) -> bool {
        self.after.as_ref().is_none_or(|after| id > after) && self.through.as_ref().is_none_or(|through| id <= through)
    }

    /// As a filter on a field that holds the id of a contact; blank where there is no bound.
    fn filter(&self, field: &str) -> String {
        let after = self.after.as_ref().map(|id| format!("{field} > {}", soql::text(id.as_str())));
        let through = self.through.as_ref().map(|id| format!("{field} <= {}", soql::text(id.as_str())));
        after.into_iter().chain(through).collect::<Vec<_>>().join(" AND ")
    }
}

impl Gathered {
    /// What could not be read and what is gone is given with the page that passes its id, so that whoever goes on behind a page
    /// is not given it again.
    fn page(&mut self, after: Option<&ContactId>, through: Option<&ContactId>) -> Result<ContactPage, CrmError> {
        let contacts: Vec<Contact> = self.sorted.page(after, through, PAGE)?;
        let last = contacts.last().map(|contact| contact.id.clone()).filter(|_| contacts.len() == PAGE);
        let (unreadable, gone) = (up_to(&mut self.unreadable, last.as_ref()), up_to(&mut self.gone, last.as_ref()));
        Ok(ContactPage { contacts, unreadable, gone, through: last, newest: None })
    }
}

/// Takes out the ids up to one, of a list in their order; all where there is no bound.
fn up_to(ids: &mut Vec<ContactId>, last: Option<&ContactId>) -> Vec<ContactId> {
    let rest = last.map_or(ids.len(), |last| ids.partition_point(|id| id <= last));
    ids.drain(..rest).collect()
}

/// What was changed since, what was deleted and merged since, those whose account or role was changed since, and who is meant by
/// name.
async fn changes(source: &Source<'_>, since: Timestamp, also: Option<&AskedFor>) -> Result<Gathering, CrmError> {
    let since = soql::time(since);
    let select = source.shape.select();
    let of = |filter: String, order: Order| Stream::new(&select, "Contact", filter, order);
    let of_account = format!("AccountId IN (SELECT Id FROM Account WHERE SystemModstamp >= {since})");
    let mut streams =
        vec![of(format!("SystemModstamp >= {since}"), Order::Change).with_deleted(), of(of_account, Order::Id)];
    if source.shape.has_roles {
        let roles = format!("SELECT ContactId FROM OpportunityContactRole WHERE SystemModstamp >= {since}");
        // Who has lost a role is found by the role that was deleted.
        streams.push(of(format!("Id IN ({roles})"), Order::Id).with_deleted());
    }
    streams.extend(named(also).into_iter().map(|filter| of(filter, Order::Id)));
    gather(source, streams, if source.bulk { u64::MAX } else { MOST_CHANGES }).await
}

fn named(also: Option<&AskedFor>) -> Vec<String> {
    let Some(AskedFor { ids, addresses }) = also else { return Vec::new() };
    let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let by_id = ids.chunks(soql::IDS).filter_map(|ids| soql::ids_in("Id", ids.iter().copied()));
    let addresses: Vec<String> = addresses.iter().map(|address| soql::text(address.reveal())).collect();
    let by_address = addresses.chunks(soql::ADDRESSES).map(|list| format!("Email IN ({})", list.join(",")));
    by_id.chain(by_address).collect()
}

async fn everything(source: &Source<'_>, bounds: &Bounds) -> Result<Gathering, CrmError> {
    gather(source, vec![Stream::new(&source.shape.select(), "Contact", bounds.filter("Id"), Order::Id)], u64::MAX).await
}

/// Every row of some queries, if they are no more than `most`.
async fn gather(source: &Source<'_>, mut streams: Vec<Stream>, most: u64) -> Result<Gathering, CrmError> {
    let mut gathering = Gathering::new()?;
    while streams.iter().any(|stream| !stream.is_done()) {
        if gathering.taken >= most {
            return Err(CrmError::TooMany(format!("more than {most} contacts or their accounts were changed")));
        }
        let mut rows: Vec<Value> = Vec::new();
        // One request's worth of rows, so that no more than those are held at once.
        streams::round(source.api, WHAT, &mut streams, |_, row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        for row in &rows {
            let given = read_row(source.api, source.shape, row, source.aside).await?;
            gathering.take(given, changed(row))?;
        }
    }
    Ok(gathering)
}

async fn is_large(api: &Api, bounds: &Bounds) -> Result<bool, CrmError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Counted {
        total_size: u64,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Counts {
        s_objects: Vec<Count>,
    }
    #[derive(Deserialize)]
    struct Count {
        count: u64,
    }
    let filter = bounds.filter("Id");
    let count = if filter.is_empty() {
        let path = api.path("limits/recordCount?sObjects=Contact");
        let counts: Result<Counts, Fault> = api.read(&Request::get(path)).await;
        counts.map(|counts| counts.s_objects.first().map_or(0, |count| count.count))
    } else {
        let path =
            api.path(&format!("query?{}", soql::escaped(&format!("SELECT COUNT() FROM Contact WHERE {filter}"))));
        api.read::<Counted>(&Request::get(path)).await.map(|counted| counted.total_size)
    };
    Ok(count.map_err(|fault| fault.about("how many contacts there are"))? >= BULK)
}

/// By the Bulk API; nothing where the org does not let this user, so that pages are read instead.
async fn first_load(source: &Source<'_>, bounds: &Bounds) -> Result<Option<Gathering>, CrmError> {
    match bulk::load(source, &bounds.filter("Id"), &bounds.filter("ContactId")).await {
        Ok(gathering) => Ok(Some(gathering)),
        Err(bulk::Failed::NotAllowed(reason)) => {
            tracing::warn!(%reason, "the Bulk API cannot be used, so the contacts are read page by page");
            Ok(None)
        }
        Err(bulk::Failed::Crm(error)) => Err(error),
    }
}
