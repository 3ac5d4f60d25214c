//! What a contact's record says of a person.

use domain::crm::{Role, Seen};
use domain::{AccountId, ContactId, Personal};

use super::companies::Brief;
use super::fields::Mapped;
use super::objects::Record;
use super::values::flag;

/// A name, a title or an address of more bytes is none.
const LONGEST: usize = 2_000;

/// Hard bounces that say nothing of the person: the mailbox is there and did not want this mail.
const PASSING: [&str; 5] = ["MAILBOX_FULL", "CONTENT", "SPAM", "POLICY", "FILTERED"];

/// The company that a contact belongs to first of all, if any.
pub(super) fn company(record: &Record) -> Option<&str> {
    // HubSpot's interface has shown zero for nobody.
    Some(record.text("associatedcompanyid")).filter(|id| !id.is_empty() && *id != "0")
}

/// The contact's id.
pub(super) fn id(record: &Record) -> Result<ContactId, (&'static str, String)> {
    ContactId::parse(&record.id).map_err(|e| ("hs_object_id", e.to_string()))
}

/// What a record says, `brief` being its company; or the property that cannot be read and why.
pub(super) fn seen(record: &Record, brief: Option<&Brief>, mapped: &Mapped) -> Result<Seen, (&'static str, String)> {
    let account =
        company(record).map(AccountId::parse).transpose().map_err(|e| ("associatedcompanyid", e.to_string()))?;
    if account.is_some() && brief.is_none() {
        let reason =
            "the company was deleted, or HUBSPOT_TOKEN may not see it; the rest is not judged until it is clear";
        return Err(("associatedcompanyid", reason.to_owned()));
    }
    let name = format!("{} {}", record.text("firstname"), record.text("lastname")).trim().to_owned();
    let phone = [record.text("phone"), record.text("mobilephone")].into_iter().find(|phone| !phone.is_empty());
    let seen = Seen {
        company: brief.map(|brief| brief.name.clone()).unwrap_or_default(),
        active: brief.is_some_and(|brief| brief.active),
        account,
        name: Personal::new(name),
        title: record.raw("jobtitle").to_owned(),
        department: record.raw("department").to_owned(),
        email: Personal::new(record.text("email")),
        phone: Personal::new(phone.unwrap_or_default()),
        reports_to: String::new(),
        bounced: bounced(record.text("hs_email_hard_bounce_reason_enum")),
        left: mapped.left.as_deref().is_some_and(|left| flag(record.text(left))),
        inactive: false,
        unwatched: mapped.watch.as_deref().is_some_and(|watch| !flag(record.text(watch))),
        roles: roles(record.text("hs_buying_role")),
    };
    let lengths = [
        ("lastname", seen.name.reveal()),
        ("jobtitle", &seen.title),
        ("department", &seen.department),
        ("email", seen.email.reveal()),
        ("phone", seen.phone.reveal()),
    ];
    let too_long = lengths.iter().find(|(_, text)| text.len() > LONGEST);
    let too_long =
        too_long.map(|(property, text)| (*property, format!("it has {} bytes; {LONGEST} are the most", text.len())));
    too_long.map_or(Ok(seen), Err)
}

fn bounced(reason: &str) -> bool {
    !reason.is_empty() && !PASSING.iter().any(|passing| reason.eq_ignore_ascii_case(passing))
}

/// `CHAMPION;BUDGET_HOLDER` as roles.
fn roles(text: &str) -> Vec<Role> {
    let mut roles: Vec<Role> = text.split(';').filter_map(Role::parse).collect();
    roles.sort();
    roles.dedup();
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buying_roles_are_roles() {
        assert_eq!(roles("BUDGET_HOLDER;CHAMPION;CHAMPION"), [Role::Champion, Role::EconomicBuyer]);
        assert_eq!(
            roles("EXECUTIVE_SPONSOR;DECISION_MAKER;END_USER"),
            [Role::DecisionMaker, Role::ExecutiveSponsor, Role::User]
        );
        assert!(roles("").is_empty());
    }

    #[test]
    fn a_full_mailbox_is_no_bounce_of_the_person() {
        assert!(bounced("UNKNOWN_USER") && bounced("OTHER"));
        assert!(!bounced("MAILBOX_FULL") && !bounced("SPAM") && !bounced(""));
    }
}
