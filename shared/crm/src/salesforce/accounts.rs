//! What Salesforce knows of some accounts: everything about all of them in a few requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use domain::crm::{AccountPerson, AccountRecord, Contract, Opportunity, Ticket};
use domain::ports::CrmError;
use domain::recipients::Responsible;
use domain::{AccountId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::cells::{Cells, Reader};
use super::contacts::{Given, last_contact, read_row};
use super::money::Currencies;
use super::schema::Schema;
use super::soql;
use super::streams::{Order, Stream, drain};
use super::users::{self, Users};
use super::{Org, Ready};

const ACCOUNT: &str = "Account";
const OPPORTUNITY: &str = "Opportunity";
const CASE: &str = "Case";
const WHAT: &str = "the accounts";
/// A query reaches five records up: the parent's parent's … parent.
const LEVELS: usize = 5;
/// What was read of a hierarchy holds for a scan and not for the next one.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// An account that was merged into one that was merged, and so on.
const MERGED: usize = 3;

/// Reads the accounts; those that are not there are left out. One that was merged into another shows the other's facts.
pub(super) async fn read(org: &Org, ready: &Ready, wanted: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
    let winners = winners(org, wanted).await?;
    let ids: BTreeSet<&str> = wanted.iter().map(|id| winners.get(id).unwrap_or(id).as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut rows = Rows::default();
    let mut streams = Vec::new();
    for ids in ids.chunks(soql::IDS) {
        streams.extend(all_about(ready, ids));
    }
    let kinds: Vec<Kind> = streams.iter().map(|(kind, _)| *kind).collect();
    let mut streams: Vec<Stream> = streams.into_iter().map(|(_, stream)| stream).collect();
    drain(&org.api, WHAT, &mut streams, |at, row| {
        rows.of(kinds.get(at).copied().unwrap_or(Kind::Account)).push(row);
        Ok(())
    })
    .await?;
    let users = users::read(org, ready, rows.accounts.iter().map(|row| owner(row, ready))).await?;
    let currencies = Currencies::of(org, ready).await?;
    let mut found = HashMap::new();
    for row in &rows.accounts {
        if let Some(record) = record(row, org, ready, &users, &currencies) {
            found.insert(record.id.clone(), record);
        }
    }
    people(org, ready, &rows.people, &mut found).await?;
    opportunities(org, &rows.opportunities, &currencies, &mut found);
    tickets(&rows.tickets, &mut found);
    let of = |id: &AccountId| {
        found.get(winners.get(id).unwrap_or(id)).cloned().map(|record| AccountRecord { id: id.clone(), ..record })
    };
    Ok(wanted.iter().filter_map(of).collect())
}

/// Reads the contracts alone.
pub(super) async fn contracts(org: &Org, ready: &Ready, wanted: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
    let ids: Vec<&str> = wanted.iter().map(AccountId::as_str).collect();
    let stream = |ids: &[&str]| Some(about_accounts(ready, soql::ids_in("Id", ids.iter().copied())?));
    let rows = rows_of(org, ids.chunks(soql::IDS).filter_map(stream).collect()).await?;
    let currencies = Currencies::of(org, ready).await?;
    let contract = |row: &Value| {
        let (reader, fields) = (reader(org, row, ACCOUNT), &ready.schema.fields);
        let account = AccountId::parse(&row.cell("Id")).ok()?;
        let value = reader.amount(&fields.value, currencies.of_row(row, ACCOUNT));
        Some(Contract { account, renewal: reader.date(&fields.renewal), value })
    };
    Ok(rows.iter().filter_map(contract).collect())
}

/// Reads who is responsible, of the accounts and the users alone.
pub(super) async fn responsible(
    org: &Org,
    ready: &Ready,
    wanted: &[AccountId],
) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
    let mut rows = owned(org, ready, wanted).await?;
    let there: BTreeSet<&str> = rows.iter().filter_map(|row| row.get("Id")?.as_str()).collect();
    // One that was merged into another is not found by its own id.
    let missing: Vec<AccountId> = wanted.iter().filter(|id| !there.contains(id.as_str())).cloned().collect();
    let winners = winners(org, &missing).await?;
    let others: BTreeSet<AccountId> = winners.values().cloned().collect();
    rows.extend(owned(org, ready, &others.into_iter().collect::<Vec<_>>()).await?);
    let users = users::read(org, ready, rows.iter().map(|row| owner(row, ready))).await?;
    let of = |row: &Value| Some((AccountId::parse(&row.cell("Id")).ok()?, person(row, org, ready, &users)));
    let found: HashMap<AccountId, Responsible> = rows.iter().filter_map(of).collect();
    let of = |id: &AccountId| Some((id.clone(), found.get(winners.get(id).unwrap_or(id))?.clone()));
    Ok(wanted.iter().filter_map(of).collect())
}

/// The accounts that are there, with those who own them.
async fn owned(org: &Org, ready: &Ready, wanted: &[AccountId]) -> Result<Vec<Value>, CrmError> {
    let select = ready.schema.select(ACCOUNT, ["Id", "OwnerId", &ready.schema.fields.csm]).join(", ");
    let ids: Vec<&str> = wanted.iter().map(AccountId::as_str).collect();
    let stream = |ids: &[&str]| {
        soql::ids_in("Id", ids.iter().copied()).map(|filter| Stream::new(&select, ACCOUNT, filter, Order::Id))
    };
    rows_of(org, ids.chunks(soql::IDS).filter_map(stream).collect()).await
}

/// Every row of some queries.
async fn rows_of(org: &Org, mut streams: Vec<Stream>) -> Result<Vec<Value>, CrmError> {
    let mut rows = Vec::new();
    drain(&org.api, WHAT, &mut streams, |_, row| {
        rows.push(row);
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// Parents that were read a moment ago.
#[derive(Default)]
pub(super) struct Parents(Mutex<Hierarchy>);

/// What was read of a hierarchy, and when.
#[derive(Default)]
struct Hierarchy {
    at: Option<Timestamp>,
    parents: HashMap<AccountId, Option<AccountId>>,
}

impl Parents {
    /// The parent of each of these. What is above them is read along, since whoever asks goes on to ask for it.
    pub(super) async fn read(
        &self,
        org: &Org,
        accounts: &[AccountId],
    ) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        let now = org.api.now();
        let mut known = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = known.at.is_some_and(|at| now.duration_since(at).abs() < FRESH);
            if fresh { std::mem::take(&mut known.parents) } else { HashMap::new() }
        };
        let unknown: Vec<&str> = accounts.iter().filter(|id| !known.contains_key(id)).map(AccountId::as_str).collect();
        let up = |level: usize| format!("{}ParentId", "Parent.".repeat(level));
        let select = std::iter::once("Id".to_owned()).chain((0..=LEVELS).map(up)).collect::<Vec<_>>().join(", ");
        let stream = |ids: &[&str]| {
            soql::ids_in("Id", ids.iter().copied()).map(|filter| Stream::new(&select, ACCOUNT, filter, Order::Id))
        };
        let mut streams: Vec<Stream> = unknown.chunks(soql::IDS).filter_map(stream).collect();
        drain(&org.api, "the accounts' parents", &mut streams, |_, row| {
            let mut below = AccountId::parse(&row.cell("Id")).ok();
            for level in 0..=LEVELS {
                let Some(account) = below.take() else { break };
                below = AccountId::parse(&row.cell(&up(level))).ok();
                known.insert(account, below.clone());
            }
            Ok(())
        })
        .await?;
        for id in accounts {
            known.entry(id.clone()).or_insert(None);
        }
        let parent = |id: &AccountId| Some((id.clone(), known.get(id)?.clone()?));
        let parents = accounts.iter().filter_map(parent).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Hierarchy { at: Some(now), parents: known };
        Ok(parents)
    }
}

/// Into which account each of these was merged, of those that were.
pub(super) async fn winners(org: &Org, accounts: &[AccountId]) -> Result<HashMap<AccountId, AccountId>, CrmError> {
    let mut winners: HashMap<AccountId, AccountId> = HashMap::new();
    let mut asked: BTreeSet<AccountId> = accounts.iter().cloned().collect();
    for _ in 0..MERGED {
        let ids: Vec<&str> = asked.iter().map(AccountId::as_str).collect();
        let stream = |ids: &[&str]| {
            let filter = format!("{} AND MasterRecordId != null", soql::ids_in("Id", ids.iter().copied())?);
            Some(Stream::new("Id, MasterRecordId", ACCOUNT, filter, Order::Id).with_deleted())
        };
        let mut streams: Vec<Stream> = ids.chunks(soql::IDS).filter_map(stream).collect();
        let mut merged = HashMap::new();
        drain(&org.api, "accounts that were merged", &mut streams, |_, row| {
            let pair = (AccountId::parse(&row.cell("Id")), AccountId::parse(&row.cell("MasterRecordId")));
            if let (Ok(account), Ok(winner)) = pair {
                merged.insert(account, winner);
            }
            Ok(())
        })
        .await?;
        for winner in winners.values_mut() {
            if let Some(next) = merged.get(winner) {
                *winner = next.clone();
            }
        }
        asked = merged.values().cloned().collect();
        for (account, winner) in merged {
            org.aside.add(
                &super::cells::file(ACCOUNT),
                0,
                Some("MasterRecordId"),
                format!("Account {account} was merged into {winner}, whose facts are shown"),
            );
            if accounts.contains(&account) {
                winners.entry(account).or_insert(winner);
            }
        }
        if asked.is_empty() {
            break;
        }
    }
    Ok(winners)
}

#[derive(Clone, Copy)]
enum Kind {
    Account,
    Person,
    Opportunity,
    Ticket,
}

#[derive(Default)]
struct Rows {
    accounts: Vec<Value>,
    people: Vec<Value>,
    opportunities: Vec<Value>,
    tickets: Vec<Value>,
}

impl Rows {
    fn of(&mut self, kind: Kind) -> &mut Vec<Value> {
        match kind {
            Kind::Account => &mut self.accounts,
            Kind::Person => &mut self.people,
            Kind::Opportunity => &mut self.opportunities,
            Kind::Ticket => &mut self.tickets,
        }
    }
}

/// The queries about some accounts; none about what the user may not read.
fn all_about(ready: &Ready, ids: &[&str]) -> Vec<(Kind, Stream)> {
    let Some(own) = soql::ids_in("Id", ids.iter().copied()) else { return Vec::new() };
    let Some(theirs) = soql::ids_in("AccountId", ids.iter().copied()) else { return Vec::new() };
    let schema = &ready.schema;
    let mut queries = vec![
        (Kind::Account, about_accounts(ready, own)),
        (Kind::Person, Stream::new(&ready.shape.select(), "Contact", theirs.clone(), Order::Id)),
    ];
    let open = format!("{theirs} AND IsClosed = false");
    let deals = ["Id", "AccountId", "Name", "StageName", "Amount", "CurrencyIsoCode", "CloseDate", "CreatedDate"];
    let cases = ["Id", "AccountId", "CaseNumber", "Subject", "Priority"];
    for (kind, object, fields) in [(Kind::Opportunity, OPPORTUNITY, &deals[..]), (Kind::Ticket, CASE, &cases[..])] {
        if schema.has(object, "AccountId") && schema.has(object, "IsClosed") {
            let select = schema.select(object, fields.iter().copied()).join(", ");
            queries.push((kind, Stream::new(&select, object, open.clone(), Order::Id)));
        }
    }
    queries
}

fn about_accounts(ready: &Ready, filter: String) -> Stream {
    let fields = &ready.schema.fields;
    let mapped = [&fields.renewal, &fields.value, &fields.health, &fields.health_before, &fields.status, &fields.csm];
    let select = ["Id", "Name", "OwnerId", "CurrencyIsoCode"].into_iter().chain(mapped.map(String::as_str));
    Stream::new(&ready.schema.select(ACCOUNT, select).join(", "), ACCOUNT, filter, Order::Id)
}

/// The id of whoever is responsible: the CSM, else the owner.
fn owner(row: &Value, ready: &Ready) -> String {
    let csm = &ready.schema.fields.csm;
    let named = if csm.is_empty() { String::new() } else { row.trimmed(csm) };
    if named.is_empty() { row.trimmed("OwnerId") } else { named }
}

/// Whoever is responsible, and the manager.
fn person(row: &Value, org: &Org, ready: &Ready, users: &Users) -> Responsible {
    let id = owner(row, ready);
    let user = UserId::parse(&id).ok();
    let owner = user.as_ref().and_then(|user| users.get(user)).cloned();
    if owner.is_none() && !id.is_empty() {
        let csm = &ready.schema.fields.csm;
        let field = if csm.is_empty() { "OwnerId" } else { csm };
        reader(org, row, ACCOUNT).set_aside(field, "it names no user that Baton's user may read".to_owned());
    }
    Responsible { owner, manager: user.as_ref().and_then(|user| users.manager_of(user)).cloned() }
}

fn record(row: &Value, org: &Org, ready: &Ready, users: &Users, currencies: &Currencies) -> Option<AccountRecord> {
    let (reader, fields) = (reader(org, row, ACCOUNT), &ready.schema.fields);
    let id = AccountId::parse(&row.cell("Id")).ok()?;
    let Responsible { owner, manager } = person(row, org, ready, users);
    let status = if fields.status.is_empty() { String::new() } else { row.trimmed(&fields.status) };
    Some(AccountRecord {
        id,
        name: row.trimmed("Name"),
        status,
        health: reader.percentage(&fields.health),
        health_before: reader.percentage(&fields.health_before),
        renewal: reader.date(&fields.renewal),
        value: reader.amount(&fields.value, currencies.of_row(row, ACCOUNT)),
        owner,
        manager,
        people: Vec::new(),
        opportunities: Vec::new(),
        tickets: Vec::new(),
        source: "Salesforce".to_owned(),
        as_of: org.api.now(),
    })
}

fn reader<'a>(org: &'a Org, row: &'a Value, object: &'static str) -> Reader<'a> {
    let id = row.get("Id").and_then(Value::as_str).unwrap_or_default();
    Reader { object, id, cells: row, aside: &org.aside }
}

async fn people(
    org: &Org,
    ready: &Ready,
    rows: &[Value],
    found: &mut HashMap<AccountId, AccountRecord>,
) -> Result<(), CrmError> {
    for row in rows {
        let Given::Contact(contact) = read_row(&org.api, &ready.shape, row, &org.aside).await? else { continue };
        let (contact, seen) = (contact.id, contact.seen);
        if let Some(record) = seen.account.as_ref().and_then(|account| found.get_mut(account)) {
            record.people.push(AccountPerson { contact, seen, last_contact: last_contact(row) });
        }
    }
    found.values_mut().for_each(|record| record.people.sort_by(|a, b| a.contact.cmp(&b.contact)));
    Ok(())
}

fn opportunities(org: &Org, rows: &[Value], currencies: &Currencies, found: &mut HashMap<AccountId, AccountRecord>) {
    for row in rows {
        let account = AccountId::parse(&row.cell("AccountId")).ok();
        let Some(record) = account.and_then(|account| found.get_mut(&account)) else { continue };
        let reader = reader(org, row, OPPORTUNITY);
        let created = row.time("CreatedDate").map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
        // A day's grace: the day of creation is told in UTC, that of closing in whatever zone its owner has.
        let early =
            |close: &jiff::civil::Date| created.is_some_and(|created| *close < created.yesterday().unwrap_or(created));
        let mut close = reader.date("CloseDate");
        if close.as_ref().is_some_and(early) {
            reader.set_aside("CloseDate", "it lies before the day on which the opportunity was created".to_owned());
            close = None;
        }
        record.opportunities.push(Opportunity {
            name: row.trimmed("Name"),
            stage: row.trimmed("StageName"),
            amount: reader.amount("Amount", currencies.of_row(row, OPPORTUNITY)),
            close,
        });
    }
    for record in found.values_mut() {
        record.opportunities.sort_by(|a, b| a.close.cmp(&b.close).then_with(|| a.name.cmp(&b.name)));
    }
}

fn tickets(rows: &[Value], found: &mut HashMap<AccountId, AccountRecord>) {
    for row in rows {
        let account = AccountId::parse(&row.cell("AccountId")).ok();
        let Some(record) = account.and_then(|account| found.get_mut(&account)) else { continue };
        let (number, subject) = (row.trimmed("CaseNumber"), row.trimmed("Subject"));
        record.tickets.push(Ticket { number, subject, priority: row.trimmed("Priority") });
    }
    found.values_mut().for_each(|record| record.tickets.sort_by_key(|ticket| !ticket.is_urgent()));
}

/// Whether the org has more than one currency, so that records name theirs.
pub(super) fn names_currencies(schema: &Schema) -> bool {
    schema.has(ACCOUNT, "CurrencyIsoCode") || schema.has(OPPORTUNITY, "CurrencyIsoCode")
}
