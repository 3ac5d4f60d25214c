//! What an export knows of some accounts: one pass over each file, however many accounts are asked for.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use domain::crm::{AccountPerson, AccountRecord, Contact, Contract, Opportunity, Ticket, User};
use domain::ports::CrmError;
use domain::recipients::Responsible;
use domain::{AccountId, Money, Personal, UserId};

use super::Export;
use super::accounts::{named_account, unknown};
use super::contacts::{ContactReader, Read};
use super::layout::{Layout, column};
use super::table::{Row, Table};
use crate::set_aside::REPEATED;

/// Reads the accounts; those that are not there are left out.
pub(super) fn read(export: &Export, wanted: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
    let users = users(export)?;
    let mut found = accounts(export, wanted, &users)?;
    people(export, &mut found)?;
    opportunities(export, &mut found)?;
    tickets(export, &mut found)?;
    Ok(wanted.iter().filter_map(|id| found.remove(id)).collect())
}

/// Reads what the accounts' own file says of their contracts: no other file is touched, however large.
pub(super) fn contracts(export: &Export, wanted: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
    let mut found = accounts(export, wanted, &Users { by_id: HashMap::new() })?;
    Ok(wanted.iter().filter_map(|id| found.remove(id)).map(Contract::from).collect())
}

/// Reads who is responsible for the accounts: of the users' file and the accounts' own.
pub(super) fn responsible(export: &Export, wanted: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
    let found = accounts(export, wanted, &users(export)?)?;
    Ok(found.into_iter().map(|(id, account)| (id, Responsible::from(account))).collect())
}

/// Whether the files that only a case needs can be read: a scan says so before it concludes anything.
pub(super) fn check(layout: &Layout) -> Result<(), CrmError> {
    if let Some(users) = &layout.users {
        let table = Table::open(users)?;
        table.required(column::ID)?;
        table.required(column::FULL_NAME)?;
    }
    for file in layout.opportunities.iter().chain(&layout.tickets) {
        Table::open(file)?;
    }
    Ok(())
}

struct Users {
    by_id: HashMap<String, (User, String)>,
}

impl Users {
    fn get(&self, id: &str) -> Option<&User> {
        self.by_id.get(id).map(|(user, _)| user)
    }

    fn manager_of(&self, id: &str) -> Option<&User> {
        self.by_id.get(id).and_then(|(_, manager)| self.get(manager))
    }
}

fn users(export: &Export) -> Result<Users, CrmError> {
    let mut by_id = HashMap::new();
    let Some(file) = &export.layout.users else { return Ok(Users { by_id }) };
    let mut table = Table::open(file)?;
    let (id, name) = (table.required(column::ID)?, table.required(column::FULL_NAME)?);
    let (email, active) = (table.column(column::EMAIL), table.column(column::ACTIVE));
    let (manager, deleted) = (table.column(column::MANAGER), table.column(column::DELETED));
    let zone = table.column(column::TIME_ZONE);
    let file = table.name().to_owned();
    while let Some(row) = table.next(&export.set_aside, &mut |_| {}) {
        if row.flag(deleted) {
            continue;
        }
        let id = match UserId::parse(row.text(id)) {
            Ok(id) => id,
            Err(e) => {
                export.set_aside.add(&file, row.line, Some("Id"), e.to_string());
                continue;
            }
        };
        let email = Personal::new(row.text(email));
        let user = User {
            id,
            name: Personal::new(row.text(name)),
            email: (!email.is_blank()).then_some(email),
            active: !row.denies(active),
            zone: Some(row.text(zone).to_owned()).filter(|zone| !zone.is_empty()),
        };
        match by_id.entry(user.id.to_string()) {
            Entry::Vacant(free) => drop(free.insert((user, row.text(manager).to_owned()))),
            Entry::Occupied(_) => export.set_aside.add(&file, row.line, Some("Id"), REPEATED),
        }
    }
    Ok(Users { by_id })
}

fn accounts(
    export: &Export,
    wanted: &[AccountId],
    users: &Users,
) -> Result<HashMap<AccountId, AccountRecord>, CrmError> {
    let wanted: std::collections::HashSet<&str> = wanted.iter().map(AccountId::as_str).collect();
    let mut table = Table::open(&export.layout.accounts)?;
    let id = table.required(column::ID)?;
    let owner = table.column(column::OWNER);
    let currency = table.column(column::CURRENCY);
    let fields = &export.layout.fields;
    let (renewal, value, csm) = (table.mapped(&fields.renewal), table.mapped(&fields.value), table.mapped(&fields.csm));
    let (health, before) = (table.mapped(&fields.health), table.mapped(&fields.health_before));
    let status = table.mapped(&fields.status);
    let file = table.name().to_owned();
    let mut found = HashMap::new();
    while let Some(row) = table.next(&export.set_aside, &mut |_| {}) {
        let text = row.text(id);
        if !wanted.contains(text) {
            continue;
        }
        let known = AccountId::parse(text).ok().and_then(|id| export.accounts.get(&id).map(|brief| (id, brief)));
        let Some((account, brief)) = known.filter(|(_, brief)| brief.line == row.line) else {
            continue;
        };
        let responsible = match row.text(csm) {
            "" => row.text(owner),
            csm => csm,
        };
        let value = amount(&row, value, currency, export, &file, &fields.value);
        let record = AccountRecord {
            id: account.clone(),
            name: brief.name.clone(),
            status: row.text(status).to_owned(),
            health: percentage(&row, health, export, &file, &fields.health),
            health_before: percentage(&row, before, export, &file, &fields.health_before),
            renewal: row.date(renewal, &fields.renewal, &export.set_aside),
            value,
            owner: users.get(responsible).cloned(),
            manager: users.manager_of(responsible).cloned(),
            people: Vec::new(),
            opportunities: Vec::new(),
            tickets: Vec::new(),
            source: export.source.clone(),
            as_of: export.as_of,
        };
        found.insert(account, record);
    }
    Ok(found)
}

/// The rows of these accounts' people, where a pass has noted where they are; else the whole file.
fn people(export: &Export, found: &mut HashMap<AccountId, AccountRecord>) -> Result<(), CrmError> {
    let mut reader = ContactReader::open(export)?.with_last_contact();
    match export.whereabouts.of(found.keys()) {
        Some(places) => {
            for place in places {
                reader.seek(&place)?;
                take_person(&mut reader, export, found);
            }
        }
        None => while take_person(&mut reader, export, found) {},
    }
    for record in found.values_mut() {
        record.people.sort_by(|a, b| a.contact.cmp(&b.contact));
        record.people.dedup_by(|a, b| a.contact == b.contact);
    }
    Ok(())
}

/// Takes the next person who is in one of the accounts; `false` at the end of the file.
fn take_person(reader: &mut ContactReader, export: &Export, found: &mut HashMap<AccountId, AccountRecord>) -> bool {
    let wanted =
        |account: &str| named_account(account).and_then(Result::ok).is_some_and(|account| found.contains_key(&account));
    let Some(Read { contact: Contact { id, seen, .. }, last_contact, .. }) = reader.next(export, &wanted) else {
        return false;
    };
    if let Some(record) = seen.account.as_ref().and_then(|account| found.get_mut(account)) {
        record.people.push(AccountPerson { contact: id, seen, last_contact });
    }
    true
}

/// Those of these accounts. What names no account that is there was set aside when the export was opened.
fn opportunities(export: &Export, found: &mut HashMap<AccountId, AccountRecord>) -> Result<(), CrmError> {
    let Some(file) = &export.layout.opportunities else { return Ok(()) };
    let mut table = Table::open(file)?;
    let account = table.column(column::ACCOUNT_ID);
    let (name, stage) = (table.column(column::OPPORTUNITY_NAME), table.column(column::STAGE));
    let (worth, currency) = (table.column(column::AMOUNT), table.column(column::CURRENCY));
    let (close, closed) = (table.column(column::CLOSE_DATE), table.column(column::CLOSED));
    let deleted = table.column(column::DELETED);
    let file = table.name().to_owned();
    while let Some(row) = table.next(&export.set_aside, &mut |_| {}) {
        let named = named_account(row.text(account)).and_then(Result::ok);
        let Some(record) = named.and_then(|account| found.get_mut(&account)) else { continue };
        let words = row.text(stage).to_lowercase();
        if row.flag(closed) || row.flag(deleted) || words.starts_with("closed") {
            continue;
        }
        record.opportunities.push(Opportunity {
            name: row.text(name).to_owned(),
            stage: row.text(stage).to_owned(),
            amount: amount(&row, worth, currency, export, &file, "Amount"),
            close: row.date(close, "CloseDate", &export.set_aside),
        });
    }
    for record in found.values_mut() {
        record.opportunities.sort_by(|a, b| a.close.cmp(&b.close).then_with(|| a.name.cmp(&b.name)));
    }
    Ok(())
}

fn tickets(export: &Export, found: &mut HashMap<AccountId, AccountRecord>) -> Result<(), CrmError> {
    let Some(file) = &export.layout.tickets else { return Ok(()) };
    let mut table = Table::open(file)?;
    let account = table.column(column::ACCOUNT_ID);
    let (number, subject) = (table.column(column::TICKET_NUMBER), table.column(column::SUBJECT));
    let (priority, closed) = (table.column(column::PRIORITY), table.column(column::CLOSED));
    let deleted = table.column(column::DELETED);
    let file = table.name().to_owned();
    while let Some(row) = table.next(&export.set_aside, &mut |_| {}) {
        if row.flag(closed) || row.flag(deleted) {
            continue;
        }
        let account = match named_account(row.text(account)) {
            None => continue,
            Some(Ok(account)) => account,
            Some(Err(e)) => {
                export.set_aside.add(&file, row.line, Some("AccountId"), e.to_string());
                continue;
            }
        };
        if export.accounts.get(&account).is_none() {
            export.set_aside.add(&file, row.line, Some("AccountId"), unknown(&account, &export.layout));
        }
        let Some(record) = found.get_mut(&account) else { continue };
        record.tickets.push(Ticket {
            number: row.text(number).to_owned(),
            subject: row.text(subject).to_owned(),
            priority: row.text(priority).to_owned(),
        });
    }
    for record in found.values_mut() {
        record.tickets.sort_by_key(|ticket| !ticket.is_urgent());
    }
    Ok(())
}

fn amount(
    row: &Row<'_>,
    column: super::table::Column,
    currency: super::table::Column,
    export: &Export,
    file: &str,
    name: &str,
) -> Option<Money> {
    let text = row.text(column);
    if text.is_empty() {
        return None;
    }
    Money::parse(text, row.text(currency))
        .map_err(|e| export.set_aside.add(file, row.line, Some(name), format!("{e}. The rest of the row was read")))
        .ok()
}

/// A whole or decimal number from 0 to 100.
fn percentage(row: &Row<'_>, column: super::table::Column, export: &Export, file: &str, name: &str) -> Option<u8> {
    let text = row.text(column);
    if text.is_empty() {
        return None;
    }
    let whole = text.split('.').next().and_then(|n| n.parse::<u8>().ok()).filter(|n| *n <= 100);
    if whole.is_none() {
        let reason = format!("{:?} is no number from 0 to 100. The rest of the row was read", super::table::clip(text));
        export.set_aside.add(file, row.line, Some(name), reason);
    }
    whole
}
