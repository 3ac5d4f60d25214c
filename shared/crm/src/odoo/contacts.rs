//! People of companies, in the order of their numbers: all of them, or those that were changed since a point in time.

use std::collections::HashMap;

use domain::crm::{Contact, Role, Seen};
use domain::ports::{ContactPage, ContactQuery, CrmError};
use domain::{AccountId, ContactId, Personal};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::companies::{self, Company};
use super::mapping::Mapping;
use super::row::Row;
use super::{LONGEST, OdooCrm, PAGE, PARTNER, number};

/// One page. People are found again behind their number, so a page that is asked for twice is the same, and one that fails
/// costs only itself.
pub(super) async fn page(odoo: &OdooCrm, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
    let mapping = odoo.mapping().await?;
    let domain = Value::Array(domain(query, &mapping)?);
    let rows = odoo.rpc.read(PARTNER, domain, &mapping.of_people(), PAGE).await?;
    let companies = companies::of(odoo, rows.iter().filter_map(company_of), &mapping).await?;
    let tags = odoo.tags(rows.iter().flat_map(|row| row.links("category_id"))).await?;
    let mut page = ContactPage::default();
    for row in &rows {
        let id = ContactId::parse(&row.id()?.to_string()).map_err(|e| CrmError::Unusable(e.to_string()))?;
        page.newest = page.newest.max(row.time("write_date"));
        match contact(&id, row, &mapping, &companies, &tags) {
            Ok(contact) => page.contacts.push(contact),
            Err((field, reason)) => {
                odoo.aside.add(PARTNER, row.id()?, Some(field), reason);
                page.unreadable.push(id.clone());
            }
        }
        page.through = Some(id);
    }
    if rows.len() < PAGE {
        page.through = None;
    }
    Ok(page)
}

/// Numbers that cut the people into at most `most` runs of at least `least`: the person at each of so many places.
pub(super) async fn cuts(odoo: &OdooCrm, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
    // A pass that is not to be cut need not be counted.
    if i32::try_from(least).is_err() {
        return Ok(Vec::new());
    }
    let named = json!({ "context": { "active_test": false } });
    let count: usize = odoo.rpc.call(PARTNER, "search_count", json!([people()]), named).await?;
    let runs = (count / least.max(1)).min(most);
    let mut cuts = Vec::new();
    for run in 1..runs {
        let place = run * count / runs;
        let named = json!({ "offset": place, "limit": 1, "order": "id", "context": { "active_test": false } });
        let found: Vec<i64> = odoo.rpc.call(PARTNER, "search", json!([people()]), named).await?;
        cuts.extend(found.first().and_then(|id| ContactId::parse(&id.to_string()).ok()));
    }
    Ok(cuts)
}

/// People, and no companies, no addresses for invoices and deliveries, and none of us. Whoever is archived and of no company
/// is nobody's contact.
pub(super) fn people() -> Vec<Value> {
    vec![
        json!(["is_company", "=", false]),
        json!(["partner_share", "=", true]),
        json!("|"),
        json!(["type", "=", "contact"]),
        json!(["type", "=", false]),
        json!("|"),
        json!(["parent_id", "!=", false]),
        json!(["active", "=", true]),
    ]
}

fn domain(query: &ContactQuery<'_>, mapping: &Mapping) -> Result<Vec<Value>, CrmError> {
    let mut domain = people();
    if let Some(after) = query.after {
        domain.push(json!(["id", ">", number(after.as_str())?]));
    }
    if let Some(through) = query.through {
        domain.push(json!(["id", "<=", number(through.as_str())?]));
    }
    if let Some(since) = query.since {
        let any = wanted(since, query, mapping)?;
        // In Odoo's notation each of these joins the two that follow.
        domain.extend(std::iter::repeat_n(json!("|"), any.len() - 1));
        domain.extend(any);
    }
    Ok(domain)
}

/// People who were changed, or whose company was, and those who are asked for by name.
fn wanted(since: Timestamp, query: &ContactQuery<'_>, mapping: &Mapping) -> Result<Vec<Value>, CrmError> {
    let since = since.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let mut any = vec![json!(["write_date", ">=", since]), json!(["commercial_partner_id.write_date", ">=", since])];
    let Some(also) = query.also else { return Ok(any) };
    if !also.ids.is_empty() {
        let ids = also.ids.iter().map(|id| number(id.as_str())).collect::<Result<Vec<_>, _>>()?;
        any.push(json!(["id", "in", ids]));
    }
    if mapping.plain_email && !also.addresses.is_empty() {
        let addresses: Vec<&str> = also.addresses.iter().map(Personal::reveal).collect();
        any.push(json!(["email_normalized", "in", addresses]));
    } else {
        any.extend(also.addresses.iter().map(|address| json!(["email", "=ilike", literal(address.reveal())])));
    }
    Ok(any)
}

/// A text as a pattern that fits nothing else.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The company at the top of what a person belongs to, if that is not the person.
pub(super) fn company_of(row: &Row) -> Option<i64> {
    row.link("commercial_partner_id").filter(|company| row.id().is_ok_and(|id| id != *company))
}

/// What a row says of a person, or the field that cannot be read and why.
pub(super) fn contact(
    id: &ContactId,
    row: &Row,
    mapping: &Mapping,
    companies: &HashMap<i64, Company>,
    tags: &HashMap<i64, String>,
) -> Result<Contact, (&'static str, String)> {
    let top = company_of(row);
    let company = top.and_then(|top| companies.get(&top));
    let account = company.map(|company| AccountId::parse(&company.id.to_string())).transpose();
    let account = account.map_err(|e| ("commercial_partner_id", e.to_string()))?;
    let [name, title, email] = ["name", "function", "email"].map(|field| row.text(field));
    let phone = Some(row.text("phone")).filter(|phone| !phone.trim().is_empty()).unwrap_or_else(|| row.text("mobile"));
    for (field, text) in [("name", &name), ("function", &title), ("email", &email), ("phone", &phone)] {
        if text.len() > LONGEST {
            return Err((field, format!("it has {} bytes; {LONGEST} are the most", text.len())));
        }
    }
    let boss = row.link("parent_id").filter(|parent| Some(*parent) != top);
    let mut roles: Vec<Role> = row.links("category_id").filter_map(|tag| Role::parse(tags.get(&tag)?)).collect();
    roles.retain(|role| *role != Role::Other);
    roles.sort_unstable();
    roles.dedup();
    let owner = company.and_then(|company| company.owner);
    Ok(Contact {
        id: id.clone(),
        seen: Seen {
            account,
            company: company.map(|company| company.name.clone()).unwrap_or_default(),
            active: company.is_some_and(|company| company.active),
            name: Personal::new(name),
            title,
            department: String::new(),
            email: Personal::new(email.trim()),
            phone: Personal::new(phone.trim()),
            // A person below another one, who is below the company.
            reports_to: boss.filter(|_| company.is_some()).map(|boss| boss.to_string()).unwrap_or_default(),
            bounced: row.flag("message_bounce"),
            left: !mapping.left.is_empty() && row.flag(&mapping.left),
            inactive: !row.flag("active"),
            unwatched: !mapping.watch.is_empty() && !row.flag(&mapping.watch),
            roles,
        },
        by_owner: owner.is_some() && owner == row.link("write_uid"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::AskedFor;

    #[test]
    fn who_was_changed_or_is_asked_for_by_name_is_looked_for_in_one_request() {
        let also = AskedFor {
            ids: [ContactId::parse("9").unwrap()].into(),
            addresses: [Personal::new("a_b%@x.example")].into(),
        };
        let since = Some("2026-11-26T14:00:00Z".parse().unwrap());
        let after = ContactId::parse("7").unwrap();
        let query = ContactQuery { after: Some(&after), through: None, since, also: Some(&also) };
        let domain = domain(&query, &Mapping::default()).unwrap();
        assert_eq!(
            Value::Array(domain[people().len()..].to_vec()),
            json!([
                ["id", ">", 7],
                "|",
                "|",
                "|",
                ["write_date", ">=", "2026-11-26 14:00:00"],
                ["commercial_partner_id.write_date", ">=", "2026-11-26 14:00:00"],
                ["id", "in", [9]],
                ["email", "=ilike", "a\\_b\\%@x.example"]
            ])
        );
    }

    #[test]
    fn an_id_of_another_system_is_refused_with_its_reason() {
        let after = ContactId::parse("003A").unwrap();
        let query = ContactQuery { after: Some(&after), ..ContactQuery::default() };
        let error = domain(&query, &Mapping::default()).unwrap_err();
        assert!(error.to_string().contains("003A is no id of Odoo's"), "{error}");
    }
}
