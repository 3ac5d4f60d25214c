//! What a judgement needs of every account, and what roles people play, kept in memory: some 100 bytes an account.

use domain::config::Config;
use domain::crm::Role;
use domain::ports::CrmError;
use domain::{AccountId, ContactId};
use rustc_hash::FxHashMap;

use super::layout::{Layout, column};
use super::set_aside::SetAsides;
use super::table::{LONGEST, Table};

/// Every account by its id, and the roles of contacts.
pub(super) struct Accounts {
    briefs: FxHashMap<AccountId, Brief>,
    roles: FxHashMap<ContactId, Vec<(AccountId, Role)>>,
}

/// What a judgement needs of an account.
pub(super) struct Brief {
    /// Its name.
    pub name: String,
    /// Whether its people are watched.
    pub active: bool,
}

impl Accounts {
    /// Reads accounts and roles.
    pub(super) fn read(layout: &Layout, config: &Config, aside: &SetAsides) -> Result<Self, CrmError> {
        let briefs = read_briefs(layout, &config.accounts.active, aside)?;
        let roles = read_roles(layout, aside)?;
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

fn read_briefs(layout: &Layout, active: &str, aside: &SetAsides) -> Result<FxHashMap<AccountId, Brief>, CrmError> {
    let mut table = Table::open(&layout.accounts)?;
    let (id, name) = (table.required(column::ID)?, table.required(column::ACCOUNT_NAME)?);
    let (kind, deleted) = (table.column(column::ACCOUNT_TYPE), table.column(column::DELETED));
    let file = table.name().to_owned();
    let prefix = active.to_lowercase();
    let has_type = table.has(kind);
    let mut briefs = FxHashMap::default();
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
        let brief = Brief { name: name.to_owned(), active: watched };
        if briefs.insert(account, brief).is_some() {
            aside.add(&file, row.line, Some("Id"), "this id stands in an earlier row already; the last one counts");
        }
    }
    Ok(briefs)
}

fn read_roles(layout: &Layout, aside: &SetAsides) -> Result<FxHashMap<ContactId, Vec<(AccountId, Role)>>, CrmError> {
    let (Some(roles), Some(opportunities)) = (&layout.roles, &layout.opportunities) else {
        return Ok(FxHashMap::default());
    };
    let mut table = Table::open(opportunities)?;
    let (id, account) = (table.required(column::ID)?, table.required(column::ACCOUNT_ID)?);
    let mut account_of = FxHashMap::default();
    while let Some(row) = table.next(aside, &mut |_| {}) {
        if let Ok(account) = AccountId::parse(row.text(account)) {
            account_of.insert(row.text(id).to_owned(), account);
        }
    }
    let mut table = Table::open(roles)?;
    let (opportunity, contact) = (table.required(column::OPPORTUNITY_ID)?, table.required(column::CONTACT_ID)?);
    let (role, deleted) = (table.required(column::ROLE)?, table.column(column::DELETED));
    let mut found: FxHashMap<ContactId, Vec<(AccountId, Role)>> = FxHashMap::default();
    while let Some(row) = table.next(aside, &mut |_| {}) {
        let parsed = (ContactId::parse(row.text(contact)), Role::parse(row.text(role)));
        if let ((Ok(contact), Some(role)), Some(account)) = (parsed, account_of.get(row.text(opportunity)))
            && !row.flag(deleted)
        {
            found.entry(contact).or_default().push((account.clone(), role));
        }
    }
    Ok(found)
}
