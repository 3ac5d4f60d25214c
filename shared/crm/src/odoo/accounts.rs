//! What an Odoo knows of some companies: a request for each kind of record, however many companies are asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::crm::{AccountPerson, AccountRecord, Contract, Opportunity, Ticket};
use domain::ports::CrmError;
use domain::recipients::Responsible;
use domain::{AccountId, ContactId, Money};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::companies::{self, Company};
use super::contacts::contact;
use super::mapping::{Field, Mapping};
use super::people::Users;
use super::row::Row;
use super::{OdooCrm, PARTNER, number, numbers};

/// Companies whose people and opportunities are read together.
const AT_ONCE: usize = 500;

/// Reads the companies; those that are not there are left out.
pub(super) async fn read(odoo: &OdooCrm, wanted: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
    let mut records = Vec::new();
    for wanted in wanted.chunks(AT_ONCE) {
        let mut found = companies(odoo, wanted).await?;
        let partners = everybody(odoo, &mut found).await?;
        opportunities(odoo, &mut found, &partners).await?;
        tickets(odoo, &mut found, &partners).await?;
        people_of_ours(odoo, &mut found).await?;
        let in_order = wanted.iter().filter_map(|id| found.remove(&number(id.as_str()).ok()?));
        records.extend(in_order.map(|account| account.record));
    }
    Ok(records)
}

/// Reads of the companies what their contracts are, and nothing else.
pub(super) async fn contracts(odoo: &OdooCrm, wanted: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
    let mut found = companies(odoo, wanted).await?;
    let in_order = wanted.iter().filter_map(|id| found.remove(&number(id.as_str()).ok()?));
    Ok(in_order.map(|account| Contract::from(account.record)).collect())
}

/// Reads of the companies who is responsible for them, and of those people whom they report to.
pub(super) async fn responsible(
    odoo: &OdooCrm,
    wanted: &[AccountId],
) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mapping = odoo.mapping().await?;
    let csm = Some(mapping.csm.as_str()).filter(|field| !field.is_empty());
    let fields: Vec<&str> = ["user_id"].into_iter().chain(csm).collect();
    let rows = odoo.all(PARTNER, those(wanted)?, &fields).await?;
    let owner = |row: &Row| Ok((row.id()?, companies::owner(row, &mapping)));
    let owners = rows.iter().map(owner).collect::<Result<BTreeMap<_, _>, CrmError>>()?;
    let users = Users::read(odoo, &owners.values().flatten().copied().collect()).await?;
    let of = |account: &AccountId| {
        let owner = owners.get(&number(account.as_str()).ok()?)?;
        Some((account.clone(), users.responsible(*owner)))
    };
    Ok(wanted.iter().filter_map(of).collect())
}

/// A company on the way to its record.
struct Account {
    company: Company,
    record: AccountRecord,
}

type Found = BTreeMap<i64, Account>;

async fn companies(odoo: &OdooCrm, wanted: &[AccountId]) -> Result<Found, CrmError> {
    let mapping = odoo.mapping().await?;
    if wanted.is_empty() {
        return Ok(Found::new());
    }
    let rows = odoo.all(PARTNER, those(wanted)?, &mapping.of_accounts()).await?;
    let mut found = Found::new();
    for row in &rows {
        let company = companies::read(odoo, row, &mapping).await?;
        let Ok(id) = AccountId::parse(&company.id.to_string()) else { continue };
        let record = AccountRecord {
            id,
            name: company.name.clone(),
            status: row.text(&mapping.status),
            health: percentage(odoo, row, &mapping.health)?,
            health_before: percentage(odoo, row, &mapping.health_before)?,
            renewal: date(odoo, PARTNER, row, &mapping.renewal)?,
            value: value(odoo, row, &mapping).await?,
            owner: None,
            manager: None,
            people: Vec::new(),
            opportunities: Vec::new(),
            tickets: Vec::new(),
            source: "Odoo".to_owned(),
            as_of: odoo.clock.now(),
        };
        found.insert(company.id, Account { company, record });
    }
    Ok(found)
}

/// Those of these partners that are companies.
fn those(wanted: &[AccountId]) -> Result<Value, CrmError> {
    Ok(json!([["id", "in", numbers(wanted)?], ["is_company", "=", true]]))
}

/// Everybody and everything below the companies. Returns which company each partner belongs to, the companies included.
async fn everybody(odoo: &OdooCrm, found: &mut Found) -> Result<HashMap<i64, i64>, CrmError> {
    let mut partners: HashMap<i64, i64> = found.keys().map(|id| (*id, *id)).collect();
    if found.is_empty() {
        return Ok(partners);
    }
    let mapping = odoo.mapping().await?;
    let mut fields = mapping.of_people();
    fields.extend(["is_company", "type", "partner_share"]);
    let ids: Vec<i64> = found.keys().copied().collect();
    let rows = odoo.all(PARTNER, json!([["commercial_partner_id", "in", ids]]), &fields).await?;
    let tags = odoo.tags(rows.iter().flat_map(|row| row.links("category_id"))).await?;
    let companies: HashMap<i64, Company> = found.iter().map(|(id, account)| (*id, brief(&account.company))).collect();
    for row in &rows {
        let (id, Some(top)) = (row.id()?, row.link("commercial_partner_id")) else { continue };
        partners.insert(id, top);
        let (Some(account), Ok(contact_id)) = (found.get_mut(&top), ContactId::parse(&id.to_string())) else {
            continue;
        };
        if is_person(row) {
            match contact(&contact_id, row, &mapping, &companies, &tags) {
                Ok(person) => account.record.people.push(person_of(person)),
                Err((field, reason)) => odoo.aside.add(PARTNER, id, Some(field), reason),
            }
        }
    }
    Ok(partners)
}

fn brief(company: &Company) -> Company {
    Company { id: company.id, name: company.name.clone(), active: company.active, owner: company.owner }
}

fn person_of(contact: domain::crm::Contact) -> AccountPerson {
    AccountPerson { contact: contact.id, seen: contact.seen, last_contact: None }
}

/// As a pass over the contacts has it.
fn is_person(row: &Row) -> bool {
    let kind = row.text("type");
    !row.flag("is_company") && row.flag("partner_share") && matches!(kind.as_str(), "" | "contact")
}

/// Neither won nor lost: a lost one is archived.
async fn opportunities(odoo: &OdooCrm, found: &mut Found, partners: &HashMap<i64, i64>) -> Result<(), CrmError> {
    let model = "crm.lead";
    if partners.is_empty() || !odoo.models().await?.contains(model) {
        return Ok(());
    }
    let ids: BTreeSet<i64> = partners.keys().copied().collect();
    let domain = json!([
        ["type", "=", "opportunity"],
        ["active", "=", true],
        ["partner_id", "in", ids],
        "|",
        ["stage_id", "=", false],
        ["stage_id.is_won", "=", false]
    ]);
    let fields = ["name", "partner_id", "stage_id", "expected_revenue", "company_currency", "date_deadline"];
    for row in odoo.optional(model, domain, &fields).await? {
        let account = row.link("partner_id").and_then(|partner| found.get_mut(partners.get(&partner)?));
        let Some(account) = account else { continue };
        account.record.opportunities.push(Opportunity {
            name: row.text("name"),
            stage: row.text("stage_id"),
            amount: amount(odoo, model, &row, "expected_revenue", &row.text("company_currency"))?,
            close: date(odoo, model, &row, "date_deadline")?,
        });
    }
    for account in found.values_mut() {
        account.record.opportunities.sort_by(|a, b| a.close.cmp(&b.close).then_with(|| a.name.cmp(&b.name)));
    }
    Ok(())
}

/// Tickets of Odoo's own help desk, and of the community's app of the same name, which words a few fields differently.
async fn tickets(odoo: &OdooCrm, found: &mut Found, partners: &HashMap<i64, i64>) -> Result<(), CrmError> {
    let model = "helpdesk.ticket";
    if partners.is_empty() || !odoo.models().await?.contains(model) {
        return Ok(());
    }
    let attributes = json!({ "attributes": ["type"] });
    let there: BTreeMap<String, Field> = odoo.rpc.call(model, "fields_get", json!([]), attributes).await?;
    let first = |names: [&'static str; 2]| names.into_iter().find(|name| there.contains_key(*name));
    let (reference, closed) = (first(["ticket_ref", "number"]), first(["close_date", "closed"]));
    let ids: BTreeSet<i64> = partners.keys().copied().collect();
    let mut domain = vec![json!(["partner_id", "in", ids])];
    domain.extend(closed.map(|field| json!([field, "=", false])));
    let fields: Vec<&str> = ["name", "partner_id", "priority"].into_iter().chain(reference).collect();
    for row in odoo.optional(model, json!(domain), &fields).await? {
        let account = row.link("partner_id").and_then(|partner| found.get_mut(partners.get(&partner)?));
        let Some(account) = account else { continue };
        let number = reference.map(|field| row.text(field)).filter(|number| !number.is_empty());
        account.record.tickets.push(Ticket {
            number: number.map_or_else(|| row.id().map(|id| id.to_string()), Ok)?,
            subject: row.text("name"),
            priority: priority(&row.text("priority")).to_owned(),
        });
    }
    for account in found.values_mut() {
        account.record.tickets.sort_by_key(|ticket| !ticket.is_urgent());
    }
    Ok(())
}

/// Stars, in words.
fn priority(stars: &str) -> &str {
    match stars {
        "3" => "urgent",
        "2" => "high",
        "1" => "medium",
        "0" => "low",
        other => other,
    }
}

/// Who is responsible on our side, and whom that person reports to.
async fn people_of_ours(odoo: &OdooCrm, found: &mut Found) -> Result<(), CrmError> {
    let owners: BTreeSet<i64> = found.values().filter_map(|account| account.company.owner).collect();
    let users = Users::read(odoo, &owners).await?;
    for account in found.values_mut() {
        let Responsible { owner, manager } = users.responsible(account.company.owner);
        (account.record.owner, account.record.manager) = (owner, manager);
    }
    Ok(())
}

async fn value(odoo: &OdooCrm, row: &Row, mapping: &Mapping) -> Result<Option<Money>, CrmError> {
    if mapping.value.is_empty() {
        return Ok(None);
    }
    let currency = match row.text("currency_id") {
        blank if blank.is_empty() => odoo.currency().await?,
        currency => currency,
    };
    amount(odoo, PARTNER, row, &mapping.value, &currency)
}

/// An amount. Odoo keeps a nought where nobody has entered one.
fn amount(odoo: &OdooCrm, model: &str, row: &Row, field: &str, currency: &str) -> Result<Option<Money>, CrmError> {
    let text = row.text(field);
    if text.is_empty() || text.parse::<f64>() == Ok(0.0) {
        return Ok(None);
    }
    let money = Money::parse(&text, currency);
    set_aside(odoo, model, row, field, money.map(Some).map_err(|e| e.to_string()))
}

fn date(odoo: &OdooCrm, model: &str, row: &Row, field: &str) -> Result<Option<Date>, CrmError> {
    let date = row.date(field).map_err(|text| format!("{:?} is no date", clip(&text)));
    set_aside(odoo, model, row, field, date)
}

/// A whole or decimal number from 0 to 100.
fn percentage(odoo: &OdooCrm, row: &Row, field: &str) -> Result<Option<u8>, CrmError> {
    let text = row.text(field);
    if text.is_empty() {
        return Ok(None);
    }
    let whole = text.split('.').next().and_then(|whole| whole.parse::<u8>().ok()).filter(|whole| *whole <= 100);
    let whole = whole.map(Some).ok_or_else(|| format!("{:?} is no number from 0 to 100", clip(&text)));
    set_aside(odoo, PARTNER, row, field, whole)
}

/// The value, or nothing where it cannot be read, which is told.
fn set_aside<T>(
    odoo: &OdooCrm,
    model: &str,
    row: &Row,
    field: &str,
    value: Result<Option<T>, String>,
) -> Result<Option<T>, CrmError> {
    match value {
        Ok(value) => Ok(value),
        Err(reason) => {
            odoo.aside.add(model, row.id()?, Some(field), format!("{reason}. The rest of the record was read"));
            Ok(None)
        }
    }
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}
