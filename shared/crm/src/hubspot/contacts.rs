//! Contacts page by page in the order of their ids: each search begins above the id that the one before has reached, so that no
//! search is ever paged through (HubSpot ends that at 10,000), a row that changes in the meantime moves to no other page, and a
//! pass goes on wherever it was broken off.
//!
//! A search by time of change does not find the people of a company that was renamed: HubSpot touches a company with every mail
//! to one of its people, so most companies are changed every day. A full pass sees the new name.

use std::collections::{BTreeMap, BTreeSet};

use domain::crm::Contact;
use domain::ports::{AskedFor, ContactPage, ContactQuery, CrmError};
use domain::{ContactId, Personal};
use jiff::{SignedDuration, Timestamp};

use super::HubSpot;
use super::companies::Companies;
use super::fields::Mapped;
use super::objects::{Order, Record, filter};
use super::owners::Owners;
use super::person::{company, id, seen};
use super::values::time;

/// Searches whose contacts make a page: their companies are read with as few further searches as possible.
const SEARCHES: usize = 5;
/// The index of searches lags behind by up to half a minute (hubspot-api-nodejs#545); changes are looked for from this long
/// before the time that is asked for.
const LAG: SignedDuration = SignedDuration::from_secs(120);

/// A pass over the contacts that is under way.
pub(super) struct Pass {
    bounds: Bounds,
    reached: Option<ContactId>,
    /// When it began, if that was here.
    began: Option<Timestamp>,
    mapped: Mapped,
    companies: Companies,
    owners: Option<Owners>,
    /// Those who are asked for by name and not given yet.
    also: BTreeMap<ContactId, Record>,
    /// Contacts that are gone because they were merged into others.
    merged: BTreeSet<ContactId>,
}

/// Which contacts are wanted.
#[derive(PartialEq)]
struct Bounds {
    through: Option<ContactId>,
    since: Option<Timestamp>,
    also: Option<AskedFor>,
}

impl Bounds {
    fn of(query: &ContactQuery<'_>) -> Self {
        Self { through: query.through.cloned(), since: query.since, also: query.also.cloned() }
    }
}

/// What some searches have found.
struct Gathered {
    records: Vec<(ContactId, Record)>,
    /// There is no more.
    ended: bool,
}

impl HubSpot {
    /// The next page. A pass that fails on the way goes on with what it has.
    pub(super) async fn page(
        &self,
        query: &ContactQuery<'_>,
        pass: &mut Option<Pass>,
    ) -> Result<ContactPage, CrmError> {
        let running = pass.take().filter(|pass| {
            query.after.is_some() && pass.reached.as_ref() == query.after && pass.bounds == Bounds::of(query)
        });
        let running = match running {
            Some(running) => running,
            None => self.begin(query).await?,
        };
        let running = pass.insert(running);
        let page = self.read_page(running).await?;
        if page.through.is_none() {
            *pass = None;
        }
        Ok(page)
    }

    async fn begin(&self, query: &ContactQuery<'_>) -> Result<Pass, CrmError> {
        let began = query.after.is_none().then(|| self.api.now());
        if began.is_some() {
            self.parents.forget();
        }
        let mapped = Mapped::read(&self.api, &self.config, "contacts").await?;
        let mut pass = Pass {
            bounds: Bounds::of(query),
            reached: query.after.cloned(),
            began,
            mapped,
            companies: Companies::default(),
            owners: None,
            also: BTreeMap::new(),
            merged: BTreeSet::new(),
        };
        match (query.since, query.also) {
            (None, _) => pass.merged = self.merged().await?,
            (Some(_), Some(also)) => pass.also = self.asked_for(also, query, &pass.mapped).await?,
            (Some(_), None) => {}
        }
        Ok(pass)
    }

    async fn read_page(&self, pass: &mut Pass) -> Result<ContactPage, CrmError> {
        let Gathered { records, ended } = self.gather(pass).await?;
        let through = if ended { None } else { records.last().map(|(id, _)| id.clone()) };
        let mut records: BTreeMap<ContactId, Record> = records.into_iter().collect();
        let given = |id: &ContactId| through.as_ref().is_none_or(|through| id <= through);
        for (id, record) in pass.also.iter().filter(|(id, _)| given(id)) {
            records.entry(id.clone()).or_insert_with(|| record.clone());
        }
        let companies: BTreeSet<&str> = records.values().filter_map(company).collect();
        pass.companies.read(&self.api, &companies, &self.active, &self.parents).await?;
        if pass.owners.is_none() && records.values().any(|record| !record.text("hs_updated_by_user_id").is_empty()) {
            pass.owners = Some(Owners::read(&self.api).await?);
        }
        let page = self.contacts_of(records, pass, through.clone());
        pass.also.retain(|id, _| through.as_ref().is_some_and(|through| id > through));
        pass.reached = through;
        Ok(page)
    }

    /// Searches until a page is full. What was found before a search failed makes a page of its own.
    async fn gather(&self, pass: &Pass) -> Result<Gathered, CrmError> {
        let properties = pass.mapped.of_contact();
        let mut gathered = Gathered { records: Vec::new(), ended: false };
        let mut reached = pass.reached.clone();
        for _ in 0..SEARCHES {
            let filters = filters(&pass.bounds, reached.as_ref())?;
            let found = match self.api.found("contacts", &filters, &properties, Order::ById).await {
                Ok(found) => found,
                Err(error) if !gathered.records.is_empty() => {
                    tracing::info!(%error, "a search for contacts failed, and what was found before makes a page of its own");
                    return Ok(gathered);
                }
                Err(error) => return Err(error),
            };
            let all = found.records.len() as u64 >= found.total;
            for record in found.records {
                let id = id(&record)
                    .map_err(|(_, e)| CrmError::Unusable(format!("HubSpot gives a contact's id that is none: {e}")))?;
                if reached.as_ref().is_some_and(|reached| id <= *reached) {
                    return Err(CrmError::Restart(
                        "HubSpot did not give its contacts in the order of their ids".to_owned(),
                    ));
                }
                reached = Some(id.clone());
                gathered.records.push((id, record));
            }
            if all {
                gathered.ended = true;
                return Ok(gathered);
            }
        }
        Ok(gathered)
    }

    fn contacts_of(
        &self,
        records: BTreeMap<ContactId, Record>,
        pass: &Pass,
        through: Option<ContactId>,
    ) -> ContactPage {
        let mut page = ContactPage { through, ..ContactPage::default() };
        for (id, record) in records {
            page.newest = page.newest.max(time(record.text("lastmodifieddate")));
            let brief = company(&record).and_then(|company| pass.companies.get(company));
            match seen(&record, brief, &pass.mapped) {
                Ok(seen) => {
                    let editor = record.text("hs_updated_by_user_id");
                    let owners = pass.owners.as_ref();
                    let by_owner =
                        brief.is_some_and(|brief| owners.is_some_and(|owners| owners.is(&brief.owner, editor)));
                    page.contacts.push(Contact { id, seen, by_owner });
                }
                Err((property, reason)) => {
                    self.asides.add("contacts", &record, property, reason);
                    page.unreadable.push(id);
                }
            }
        }
        let after = pass.reached.as_ref();
        let (above, below) = (|id: &ContactId| after.is_none_or(|after| id > after), page.through.as_ref());
        let here = pass.merged.iter().filter(|id| above(id) && below.is_none_or(|below| *id <= below));
        page.unreadable.extend(here.cloned());
        // What is changed while the pass is under way may stand before the place it has reached; the next one looks from here on.
        page.newest = pass.began.and_then(|began| page.newest.map(|newest| newest.min(began)));
        page
    }

    /// Contacts that are meant by name, above where the pass begins.
    async fn asked_for(
        &self,
        also: &AskedFor,
        query: &ContactQuery<'_>,
        mapped: &Mapped,
    ) -> Result<BTreeMap<ContactId, Record>, CrmError> {
        let properties = mapped.of_contact();
        let ids: Vec<&str> = also.ids.iter().map(ContactId::as_str).filter(|id| is_number(id)).collect();
        let addresses: Vec<&str> = also.addresses.iter().map(Personal::reveal).filter(|a| !a.is_empty()).collect();
        let mut records = self.api.batch("contacts", &ids, None, &properties).await?;
        records.extend(self.api.batch("contacts", &addresses, Some("email"), &properties).await?);
        let held = |id: &ContactId| {
            query.after.is_none_or(|after| id > after) && query.through.is_none_or(|through| id <= through)
        };
        let records = records.into_iter().filter_map(|record| Some((id(&record).ok()?, record)));
        Ok(records.filter(|(id, _)| held(id)).collect())
    }

    /// The contacts that were merged into others: their records are gone, the people are not.
    async fn merged(&self) -> Result<BTreeSet<ContactId>, CrmError> {
        let mut merged = BTreeSet::new();
        let mut reached = "0".to_owned();
        loop {
            let has = serde_json::json!({ "propertyName": "hs_merged_object_ids", "operator": "HAS_PROPERTY" });
            let filters = [has, filter("hs_object_id", "GT", &reached)];
            let found = self.api.found("contacts", &filters, &["hs_merged_object_ids"], Order::ById).await?;
            for record in &found.records {
                merged
                    .extend(record.text("hs_merged_object_ids").split(';').filter_map(|id| ContactId::parse(id).ok()));
            }
            match found.records.last() {
                Some(last) if (found.records.len() as u64) < found.total => reached.clone_from(&last.id),
                _ => return Ok(merged),
            }
        }
    }
}

fn filters(bounds: &Bounds, reached: Option<&ContactId>) -> Result<Vec<serde_json::Value>, CrmError> {
    let mut filters = vec![filter("hs_object_id", "GT", number(reached)?.unwrap_or("0"))];
    if let Some(through) = number(bounds.through.as_ref())? {
        filters.push(filter("hs_object_id", "LTE", through));
    }
    if let Some(since) = bounds.since {
        let from = (since - LAG).as_millisecond().max(0).to_string();
        filters.push(filter("lastmodifieddate", "GTE", &from));
    }
    Ok(filters)
}

fn number(id: Option<&ContactId>) -> Result<Option<&str>, CrmError> {
    match id.map(ContactId::as_str) {
        Some(id) if !is_number(id) => {
            Err(CrmError::Unusable(format!("{id} is no id of HubSpot's: was this state made with another CRM?")))
        }
        id => Ok(id),
    }
}

fn is_number(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_digit())
}
