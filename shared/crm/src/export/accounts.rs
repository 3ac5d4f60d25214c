//! What a judgement needs of every account, and what roles people play, kept in memory: some 100 bytes an account.

use std::collections::hash_map::Entry;

use domain::config::Config;
use domain::crm::Role;
use domain::ports::CrmError;
use domain::{AccountId, ContactId, IdError};
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use super::layout::{Layout, TableFile, column};
use super::table::{LONGEST, Table, clip, time};
use crate::set_aside::{REPEATED, SetAsides};

/// Every account by its id, and the roles of contacts.
pub(super) struct Accounts {
    briefs: Briefs,
    roles: Roles,
}

/// What a judgement needs of an account.
pub(super) struct Brief {
    /// Its name.
    pub name: String,
    /// Whether its people are watched.
    pub active: bool,
    /// When it was changed, where that is told.
    pub changed: Option<Timestamp>,
    /// The line of its row; other rows with its id do not count.
    pub line: u64,
    /// The owner, as [`owner_hash`] makes it; 0 for none.
    pub owner: u32,
    /// The account it belongs to.
    pub parent: Option<Box<str>>,
}

/// What tells one owner from another. A hash takes less room than an id, and the editor of a record is its owner or not.
pub(super) fn owner_hash(user: &str) -> u32 {
    use std::hash::BuildHasher;
    if user.is_empty() { 0 } else { (rustc_hash::FxBuildHasher.hash_one(user) >> 32) as u32 | 1 }
}

impl Accounts {
    /// Reads accounts and roles.
    pub(super) fn read(layout: &Layout, config: &Config, aside: &SetAsides) -> Result<Self, CrmError> {
        let briefs = read_briefs(layout, &config.accounts.active, aside)?;
        let roles = read_roles(layout, &briefs, aside)?;
        Ok(Self { briefs, roles })
    }

    /// One account.
    pub(super) fn get(&self, id: &AccountId) -> Option<&Brief> {
        self.briefs.get(id)
    }

    /// The roles a contact plays in the opportunities of this account.
    pub(super) fn roles(&self, contact: &ContactId, account: &AccountId) -> Vec<Role> {
        let of = self.roles.get(contact).map(Vec::as_slice).unwrap_or_default();
        let mut roles: Vec<Role> = of.iter().filter(|(a, _)| a == account).map(|(_, role)| *role).collect();
        roles.sort();
        roles.dedup();
        roles
    }
}

fn read_briefs(layout: &Layout, active: &str, aside: &SetAsides) -> Result<Briefs, CrmError> {
    let mut table = Table::open(&layout.accounts)?;
    let (id, name) = (table.required(column::ID)?, table.required(column::ACCOUNT_NAME)?);
    let (kind, deleted) = (table.column(column::ACCOUNT_TYPE), table.column(column::DELETED));
    let changed = table.column(column::CHANGED);
    let (owner, parent) = (table.column(column::OWNER), table.column(column::PARENT));
    let file = table.name().to_owned();
    let prefix = active.to_lowercase();
    let has_type = table.has(kind);
    let mut briefs = Briefs::default();
    while let Some(row) = table.next(aside, &mut |_| {}) {
        let account = match AccountId::parse(row.text(id)) {
            Ok(account) => account,
            Err(e) => {
                aside.add(&file, row.line, Some("Id"), e.to_string());
                continue;
            }
        };
        let name = row.text(name);
        if name.len() > LONGEST {
            let reason = format!("the name has {} bytes; names have at most {LONGEST}", name.len());
            aside.add(&file, row.line, Some("Name"), reason);
            continue;
        }
        if row.flag(deleted) {
            continue;
        }
        let watched = !has_type || prefix.is_empty() || row.text(kind).to_lowercase().starts_with(&prefix);
        let changed = time(row.text(changed));
        match briefs.entry(account) {
            Entry::Vacant(free) => {
                let owner = owner_hash(row.text(owner));
                let parent = Some(row.text(parent)).filter(|parent| !parent.is_empty()).map(Box::from);
                free.insert(Brief { name: name.to_owned(), active: watched, changed, line: row.line, owner, parent });
            }
            Entry::Occupied(_) => aside.add(&file, row.line, Some("Id"), REPEATED),
        }
    }
    Ok(briefs)
}

/// The account that a cell names: HubSpot lists several companies, the primary one first. `None` where it names none, as
/// some opportunities and tickets of every CRM do.
pub(super) fn named_account(cell: &str) -> Option<Result<AccountId, IdError>> {
    let first = cell.split(';').next().unwrap_or_default().trim();
    (!first.is_empty()).then(|| AccountId::parse(first))
}

/// Why a row that names an account which is not there is set aside.
pub(super) fn unknown(account: &AccountId, layout: &Layout) -> String {
    let file = &layout.accounts.name;
    format!("the account {:?} is not in {file}; export both at the same time", clip(account.as_str()))
}

type Briefs = FxHashMap<AccountId, Brief>;
type Roles = FxHashMap<ContactId, Vec<(AccountId, Role)>>;
/// The account of every opportunity that has one here; roles in others say nothing about an account.
type AccountOf = FxHashMap<Box<str>, Option<AccountId>>;

fn read_roles(layout: &Layout, briefs: &Briefs, aside: &SetAsides) -> Result<Roles, CrmError> {
    let account_of = match &layout.opportunities {
        Some(file) => read_opportunities(layout, file, briefs, aside)?,
        None => AccountOf::default(),
    };
    let mut found = Roles::default();
    let Some(roles) = &layout.roles else { return Ok(found) };
    let mut table = Table::open(roles)?;
    let (opportunity, contact) = (table.required(column::OPPORTUNITY_ID)?, table.required(column::CONTACT_ID)?);
    let (role, deleted) = (table.required(column::ROLE)?, table.column(column::DELETED));
    let file = table.name().to_owned();
    let Some(opportunities) = &layout.opportunities else {
        aside.add(&file, 1, None, "there is no Opportunity.csv to say which accounts its roles are in; export it too");
        return Ok(found);
    };
    while let Some(row) = table.next(aside, &mut |_| {}) {
        if row.flag(deleted) {
            continue;
        }
        let contact = match ContactId::parse(row.text(contact)) {
            Ok(contact) => contact,
            Err(e) => {
                aside.add(&file, row.line, Some("ContactId"), e.to_string());
                continue;
            }
        };
        let Some(account) = account_of.get(row.text(opportunity)) else {
            let (id, other) = (clip(row.text(opportunity)), &opportunities.name);
            let reason = format!("the opportunity {id:?} is not in {other}; export both at the same time");
            aside.add(&file, row.line, Some("OpportunityId"), reason);
            continue;
        };
        // A blank role is one that nobody has filled in.
        if let (Some(account), Some(role)) = (account, Role::parse(row.text(role))) {
            found.entry(contact).or_default().push((account.clone(), role));
        }
    }
    Ok(found)
}

/// Checks every opportunity, for whoever reads only those of some accounts later. Their accounts are kept for the roles.
fn read_opportunities(
    layout: &Layout,
    file: &TableFile,
    briefs: &Briefs,
    aside: &SetAsides,
) -> Result<AccountOf, CrmError> {
    let mut table = Table::open(file)?;
    let (mut id, mut account) = (table.column(column::ID), table.column(column::ACCOUNT_ID));
    let has_roles = layout.roles.is_some();
    if has_roles {
        (id, account) = (table.required(column::ID)?, table.required(column::ACCOUNT_ID)?);
    }
    let deleted = table.column(column::DELETED);
    let mut account_of = AccountOf::default();
    while let Some(row) = table.next(aside, &mut |_| {}) {
        let named = named_account(row.text(account)).filter(|_| !row.flag(deleted));
        let known = match named.transpose() {
            Err(e) => {
                aside.add(&file.name, row.line, Some("AccountId"), e.to_string());
                None
            }
            Ok(Some(account)) if !briefs.contains_key(&account) => {
                aside.add(&file.name, row.line, Some("AccountId"), unknown(&account, layout));
                None
            }
            Ok(known) => known,
        };
        let id = row.text(id);
        if has_roles && id.is_empty() {
            aside.add(&file.name, row.line, Some("Id"), "the id is empty, so no role can name it; the rest was read");
        } else if has_roles {
            account_of.insert(id.into(), known);
        }
    }
    Ok(account_of)
}
