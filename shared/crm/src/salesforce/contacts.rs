//! A contact as Salesforce shows it: which fields are asked for, and what is made of them.

use domain::config::Config;
use domain::crm::{Contact, Role, Seen};
use domain::ports::CrmError;
use domain::{AccountId, ContactId, Personal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::api::{Api, Request};
use super::cells::{Cells, file, typed};
use super::fault::Fault;
use super::schema::Schema;
use super::streams::Rows;
use crate::lasting_bounce;
use crate::set_aside::SetAsides;

const FIELDS: [&str; 17] = [
    "Id",
    "AccountId",
    "Name",
    "Title",
    "Department",
    "Email",
    "Phone",
    "MobilePhone",
    "ReportsToId",
    "LastModifiedById",
    "IsEmailBounced",
    "EmailBouncedDate",
    "EmailBouncedReason",
    "IsDeleted",
    "MasterRecordId",
    "SystemModstamp",
    "LastActivityDate",
];
const ACCOUNT_FIELDS: [&str; 3] = ["Name", "Type", "OwnerId"];
const CONTACT: &str = "Contact";

/// Which fields of contacts are asked for, and how they are read.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    fields: Vec<String>,
    left: String,
    watch: String,
    active: String,
    has_type: bool,
    /// Whether the roles of contacts in opportunities may be read.
    pub(super) has_roles: bool,
}

/// What a record was read as.
pub(super) enum Given {
    /// A contact.
    Contact(Box<Contact>),
    /// A record that was deleted, or merged into another one, which is a contact of its own.
    Gone(ContactId),
    /// A record that is there and cannot be read.
    Unreadable(ContactId),
    /// A record of which not even the id can be read.
    Nobody,
}

impl Shape {
    /// As this org has them.
    pub(super) fn of(schema: &Schema, config: &Config) -> Self {
        let (left, watch) = (schema.fields.left.clone(), schema.fields.watch.clone());
        let own = schema.select(CONTACT, FIELDS.into_iter().chain([left.as_str(), watch.as_str()]));
        let account = schema.select("Account", ACCOUNT_FIELDS);
        let account = account.into_iter().map(|field| format!("Account.{field}"));
        let fields = own.into_iter().map(str::to_owned).chain(account).collect();
        let has_type = schema.has("Account", "Type");
        let role =
            ["ContactId", "OpportunityId", "Role"].iter().all(|field| schema.has("OpportunityContactRole", field));
        let has_roles = role && schema.has("Opportunity", "AccountId");
        Self { fields, left, watch, active: config.accounts.active.to_lowercase(), has_type, has_roles }
    }

    /// The fields and, in the same row, the roles.
    pub(super) fn select(&self) -> String {
        let roles = "(SELECT Id, Role, Opportunity.AccountId, IsDeleted FROM OpportunityContactRoles)";
        let roles = if self.has_roles { format!(", {roles}") } else { String::new() };
        format!("{}{roles}", self.fields.join(", "))
    }

    /// The fields alone: the Bulk API has no rows within rows.
    pub(super) fn select_flat(&self) -> String {
        self.fields.join(", ")
    }

    /// Reads a record. `roles` are those in opportunities, each with the opportunity's account.
    pub(super) fn read(&self, cells: &dyn Cells, roles: &[(String, Role)], aside: &SetAsides) -> Given {
        let id = cells.trimmed("Id");
        let Ok(id) = ContactId::parse(&id) else {
            aside.add(&file(CONTACT), 0, Some("Id"), "a record has no id that can be read");
            aside.blind();
            return Given::Nobody;
        };
        if cells.flag("IsDeleted") || !cells.trimmed("MasterRecordId").is_empty() {
            return Given::Gone(id);
        }
        match self.seen(cells, roles) {
            Ok(seen) => {
                let (editor, owner) = (cells.cell("LastModifiedById"), cells.cell("Account.OwnerId"));
                let by_owner = !editor.is_empty() && editor == owner;
                Given::Contact(Box::new(Contact { id, seen, by_owner }))
            }
            Err(problem) => {
                aside.add(&file(CONTACT), 0, None, format!("Contact {id}: {problem}"));
                Given::Unreadable(id)
            }
        }
    }

    fn seen(&self, cells: &dyn Cells, roles: &[(String, Role)]) -> Result<Seen, String> {
        let account = account(cells)?;
        let company = typed(cells, "Account.Name")?;
        if let Some(account) = account.as_ref().filter(|_| company.is_empty()) {
            return Err(format!(
                "its account {account} cannot be read: give Baton's user Read on it (View All on Account, or a sharing rule)"
            ));
        }
        let kind = cells.cell("Account.Type").to_lowercase();
        let active = account.is_some() && (!self.has_type || kind.trim().starts_with(&self.active));
        let phone = match cells.trimmed("Phone") {
            blank if blank.is_empty() => cells.trimmed("MobilePhone"),
            phone => phone,
        };
        Ok(Seen {
            company,
            active,
            name: Personal::new(typed(cells, "Name")?),
            title: typed(cells, "Title")?,
            department: typed(cells, "Department")?,
            email: Personal::new(typed(cells, "Email")?.trim()),
            phone: Personal::new(phone),
            reports_to: cells.trimmed("ReportsToId"),
            bounced: bounced(cells),
            left: !self.left.is_empty() && cells.flag(&self.left),
            inactive: false,
            unwatched: !self.watch.is_empty() && !cells.flag(&self.watch),
            roles: account.as_ref().map(|account| played(account, roles)).unwrap_or_default(),
            account,
        })
    }
}

/// Reads a row of the REST API, with the roles that stand in it.
pub(super) async fn read_row(api: &Api, shape: &Shape, row: &Value, aside: &SetAsides) -> Result<Given, CrmError> {
    let roles = roles_of(api, row).await.map_err(|fault| fault.about("the rest of a contact's roles"))?;
    Ok(shape.read(row, &roles, aside))
}

/// The day of the last call, meeting or mail.
pub(super) fn last_contact(cells: &dyn Cells) -> Option<Date> {
    cells.cell("LastActivityDate").get(..10)?.parse().ok()
}

/// When a record was changed, by anybody or anything.
pub(super) fn changed(cells: &dyn Cells) -> Option<Timestamp> {
    cells.time("SystemModstamp")
}

/// A role as a row tells it: in whose opportunity, and which.
pub(super) fn role(cells: &dyn Cells) -> Option<(String, Role)> {
    let role = Role::parse(&cells.cell("Role")).filter(|_| !cells.flag("IsDeleted"))?;
    let account = cells.trimmed("Opportunity.AccountId");
    (!account.is_empty()).then_some((account, role))
}

/// Who plays very many parts has the rest of them behind an address of their own.
async fn roles_of(api: &Api, row: &Value) -> Result<Vec<(String, Role)>, Fault> {
    let Some(nested) = row.get("OpportunityContactRoles").filter(|nested| nested.is_object()) else {
        return Ok(Vec::new());
    };
    let records = nested.get("records").and_then(Value::as_array);
    let mut roles: Vec<(String, Role)> = records.into_iter().flatten().filter_map(|row| role(row)).collect();
    let mut next = nested.get("nextRecordsUrl").and_then(Value::as_str).map(str::to_owned);
    while let Some(path) = next {
        let rows: Rows = api.read(&Request::get(path)).await?;
        roles.extend(rows.records.iter().filter_map(|row| role(row)));
        next = rows.next.filter(|_| !rows.done);
    }
    Ok(roles)
}

fn account(cells: &dyn Cells) -> Result<Option<AccountId>, String> {
    let id = cells.cell("AccountId");
    if id.trim().is_empty() {
        return Ok(None);
    }
    AccountId::parse(&id).map(Some).map_err(|e| format!("AccountId: {e}"))
}

fn played(account: &AccountId, roles: &[(String, Role)]) -> Vec<Role> {
    let mut played: Vec<Role> = roles.iter().filter(|(of, _)| of == account.as_str()).map(|(_, role)| *role).collect();
    played.sort();
    played.dedup();
    played
}

/// A bounce counts unless its reason is a passing one.
fn bounced(cells: &dyn Cells) -> bool {
    let on = !cells.trimmed("EmailBouncedDate").is_empty() || cells.flag("IsEmailBounced");
    on && lasting_bounce(&cells.cell("EmailBouncedReason"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape {
            fields: Vec::new(),
            left: "Left__c".to_owned(),
            watch: String::new(),
            active: "customer".to_owned(),
            has_type: true,
            has_roles: true,
        }
    }

    fn contact(row: &Value) -> Contact {
        let roles: Vec<(String, Role)> = vec![("001A".to_owned(), Role::Champion), ("001B".to_owned(), Role::User)];
        match shape().read(row, &roles, &SetAsides::default()) {
            Given::Contact(contact) => *contact,
            Given::Gone(_) | Given::Unreadable(_) | Given::Nobody => panic!("no contact"),
        }
    }

    #[test]
    fn a_record_is_read_with_its_account_and_its_roles_there() {
        let read = contact(&serde_json::json!({
            "Id": "003A", "AccountId": "001A", "Name": "Dana Fox", "Title": " VP ", "MobilePhone": "+1 555", "Left__c": true,
            "LastModifiedById": "005A", "Account": {"Name": "Northwind", "Type": "Customer - Direct", "OwnerId": "005A"},
        }));
        assert!(read.by_owner && read.seen.active && read.seen.left && !read.seen.bounced && !read.seen.unwatched);
        assert_eq!((read.seen.title.as_str(), read.seen.phone.reveal()), (" VP ", "+1 555"));
        assert_eq!(read.seen.roles, [Role::Champion]);
    }

    #[test]
    fn what_cannot_be_read_is_set_aside_and_neither_changed_nor_gone() {
        for row in [
            serde_json::json!({"Id": "003A", "AccountId": "001A", "Name": "x", "Account": null}),
            serde_json::json!({"Id": "003A", "Name": "x".repeat(2_001)}),
        ] {
            let aside = SetAsides::default();
            assert!(matches!(shape().read(&row, &[], &aside), Given::Unreadable(_)));
            assert_eq!((aside.all().len(), aside.is_blind()), (1, false));
            assert!(aside.all()[0].reason.starts_with("Contact 003A: "), "{:?}", aside.all());
        }
        let aside = SetAsides::default();
        assert!(matches!(shape().read(&serde_json::json!({"Id": "a b"}), &[], &aside), Given::Nobody));
        assert!(aside.is_blind());
    }

    #[test]
    fn a_passing_bounce_is_none() {
        let bounced = |reason: &str| {
            contact(&serde_json::json!({
                "Id": "003A", "Name": "x", "IsEmailBounced": true, "EmailBouncedDate": "2026-11-01T10:00:00.000+0000",
                "EmailBouncedReason": reason,
            }))
            .seen
            .bounced
        };
        assert!(
            bounced("550 5.1.1 user unknown")
                && bounced("")
                && !bounced("452 4.2.2 over quota")
                && !bounced("552 5.2.2 full")
        );
    }
}
