//! The companies that people belong to, as far as a judgement needs them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::PoisonError;

use domain::AccountId;
use domain::ports::CrmError;
use serde_json::json;

use super::mapping::Mapping;
use super::row::Row;
use super::{OdooCrm, PARTNER, numbers};

/// What the invoicing app makes of a partner to whom something was sold, beside the tags that people give.
pub(super) const CUSTOMER: &str = "Customer";

/// A company.
#[derive(Debug)]
pub(super) struct Company {
    pub id: i64,
    pub name: String,
    /// Its people are watched.
    pub active: bool,
    /// The number of the user who is responsible: the mapped CSM, else the salesperson.
    pub owner: Option<i64>,
}

/// Those of the partners that are companies.
pub(super) async fn of(
    odoo: &OdooCrm,
    partners: impl Iterator<Item = i64>,
    mapping: &Mapping,
) -> Result<HashMap<i64, Company>, CrmError> {
    let partners: BTreeSet<i64> = partners.collect();
    if partners.is_empty() {
        return Ok(HashMap::new());
    }
    let domain = json!([["id", "in", partners], ["is_company", "=", true]]);
    let rows = odoo.all(PARTNER, domain, &mapping.of_companies()).await?;
    let mut companies = HashMap::new();
    for row in &rows {
        remember(odoo, row);
        let company = read(odoo, row, mapping).await?;
        companies.insert(company.id, company);
    }
    Ok(companies)
}

/// What a row says of a company.
pub(super) async fn read(odoo: &OdooCrm, row: &Row, mapping: &Mapping) -> Result<Company, CrmError> {
    let active = row.flag("active") && is_watched(odoo, row).await?;
    Ok(Company { id: row.id()?, name: row.text("name"), active, owner: owner(row, mapping) })
}

/// The company that each of these belongs to. Those that the pass has met need not be asked for again.
pub(super) async fn parents(
    odoo: &OdooCrm,
    accounts: &[AccountId],
) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
    let ids = numbers(accounts)?;
    let known = |id: &i64| odoo.parents.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied();
    let unknown: Vec<i64> = ids.iter().copied().filter(|id| known(id).is_none()).collect();
    if !unknown.is_empty() {
        let domain = json!([["id", "in", unknown], ["is_company", "=", true]]);
        odoo.all(PARTNER, domain, &["parent_id"]).await?.iter().for_each(|row| remember(odoo, row));
    }
    let parent =
        |(account, id): (&AccountId, &i64)| Some((account.clone(), AccountId::parse(&known(id)??.to_string()).ok()?));
    Ok(accounts.iter().zip(&ids).filter_map(parent).collect())
}

fn remember(odoo: &OdooCrm, row: &Row) {
    if let Ok(id) = row.id() {
        odoo.parents.lock().unwrap_or_else(PoisonError::into_inner).insert(id, row.link("parent_id"));
    }
}

/// Whether one of its tags begins as those of active companies do.
async fn is_watched(odoo: &OdooCrm, row: &Row) -> Result<bool, CrmError> {
    let wanted = odoo.active.trim().to_lowercase();
    if wanted.is_empty() {
        return Ok(true);
    }
    let begins = |label: &str| label.to_lowercase().starts_with(&wanted);
    if row.flag("customer_rank") && begins(CUSTOMER) {
        return Ok(true);
    }
    let tags = odoo.tags(row.links("category_id")).await?;
    Ok(row.links("category_id").filter_map(|tag| tags.get(&tag)).any(|tag| begins(tag)))
}

/// The number of the user who is responsible: the mapped CSM, else the salesperson.
pub(super) fn owner(row: &Row, mapping: &Mapping) -> Option<i64> {
    let csm = Some(mapping.csm.as_str()).filter(|field| !field.is_empty());
    csm.and_then(|field| row.link(field)).or_else(|| row.link("user_id"))
}
