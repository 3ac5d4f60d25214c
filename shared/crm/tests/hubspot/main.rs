//! HubSpot's adapter against an account that keeps what it is told and has HubSpot's limits; HubSpot's own client works with the
//! same account (`official.rs`).

#![cfg(test)]

mod accounts;
mod limits;
mod official;
mod portal;
mod scan;
mod server;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use crm::{HubSpotCrm, HubSpotSettings, Pace};
use domain::config::Config;
use domain::crm::Contact;
use domain::ports::{Clock, ContactPage, ContactQuery, Crm, FixedClock};
use domain::{AccountId, ContactId};
use https::{Https, Reach};
use portal::{BEGINNING, Portal, TOKEN};

/// The adapter of a portal, as a process that has just begun has it.
fn hubspot(portal: &Portal) -> HubSpotCrm {
    hubspot_with(portal, "")
}

/// The same with a configuration. It does not wait between requests: what it would wait for is tested in `limits.rs`.
fn hubspot_with(portal: &Portal, config: &str) -> HubSpotCrm {
    let config = Config::parse(config).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(portal.open().now));
    let reach = Reach::with_private(&format!("127.0.0.1:{}", portal.port)).unwrap();
    let settings = settings(portal, &reach, TOKEN);
    let https = Arc::new(Https::new(reach).unwrap());
    HubSpotCrm::new(settings, https, &config, clock).at_pace(Pace::of(Duration::ZERO, Duration::ZERO))
}

fn settings(portal: &Portal, reach: &Reach, token: &str) -> HubSpotSettings {
    let variable = |name: &str| match name {
        "HUBSPOT_TOKEN" => Some(token.to_owned()),
        "HUBSPOT_API" => Some(format!("http://127.0.0.1:{}", portal.port)),
        _ => None,
    };
    HubSpotSettings::read(variable, reach).map_err(|problems| problems.join("; ")).unwrap()
}

/// All pages of a query, from where it begins.
async fn pages(crm: &HubSpotCrm, query: ContactQuery<'_>) -> Vec<ContactPage> {
    let mut pages: Vec<ContactPage> = Vec::new();
    let mut after = query.after.cloned();
    loop {
        let page = crm.contacts(&ContactQuery { after: after.as_ref(), ..query }).await.unwrap();
        after.clone_from(&page.through);
        pages.push(page);
        if after.is_none() {
            return pages;
        }
    }
}

fn ids(pages: &[ContactPage]) -> Vec<String> {
    pages.iter().flat_map(|page| &page.contacts).map(|contact| contact.id.to_string()).collect()
}

fn one(pages: &[ContactPage]) -> &Contact {
    let [ContactPage { contacts, .. }] = pages else { panic!("{} pages", pages.len()) };
    let [contact] = contacts.as_slice() else { panic!("{} contacts", contacts.len()) };
    contact
}

fn since(text: &str) -> ContactQuery<'static> {
    ContactQuery { since: Some(text.parse().unwrap()), ..ContactQuery::default() }
}

fn account(id: u64) -> AccountId {
    AccountId::parse(&id.to_string()).unwrap()
}

fn contact(id: u64) -> ContactId {
    ContactId::parse(&id.to_string()).unwrap()
}

/// So many contacts, each in a company of its own.
fn people(portal: &Portal, count: usize) {
    let mut state = portal.open();
    state.owners.push(owner("71", "Maya", 9001, false));
    for number in 0..count {
        let company = state.make(
            "companies",
            &[("name", &format!("Company {number}")), ("lifecyclestage", "customer"), ("hubspot_owner_id", "71")],
        );
        let properties = [
            ("firstname", "Dana"),
            ("lastname", &format!("Fox {number}")),
            ("jobtitle", "VP Operations"),
            ("email", &format!("dana{number}@company{number}.example")),
            ("associatedcompanyid", &company.to_string()),
            ("hs_updated_by_user_id", "9002"),
        ];
        let person = state.make("contacts", &properties);
        state.associate("contacts", person, "companies", company);
    }
}

fn owner(id: &str, name: &str, user: u64, archived: bool) -> serde_json::Value {
    serde_json::json!({ "id": id, "email": format!("{}@baton.example", name.to_lowercase()), "firstName": name, "lastName": "Lind",
        "userId": if archived { serde_json::Value::Null } else { user.into() }, "userIdIncludingInactive": user, "type": "PERSON",
        "createdAt": BEGINNING, "updatedAt": BEGINNING, "archived": archived, "teams": [] })
}
