//! Companies: what a case is told of them.

use domain::config::Config;
use domain::crm::AccountRecord;
use domain::ports::Crm;
use domain::recipients::Responsible;
use jiff::civil::date;

use crate::portal::Portal;
use crate::{account, hubspot, hubspot_with, owner, people};

const MAPPED: &str = "[fields]\nrenewal = \"Renewal date\"\nvalue = \"arr\"\nhealth = \"health\"\ncsm = \"csm\"\n\
    [calendar]\ntime_zone = \"Europe/Berlin\"\n";

/// A company with its people, deals and tickets.
fn northwind(portal: &Portal) -> u64 {
    let mut state = portal.open();
    state.owners.extend([owner("71", "Maya", 9001, false), owner("72", "Robin", 9002, true)]);
    let company = state.make(
        "companies",
        &[
            ("name", "Northwind Traders"),
            ("lifecyclestage", "customer"),
            ("hubspot_owner_id", "72"),
            ("contract_end", "2027-01-08"),
            ("arr", "184000"),
            ("health", "62"),
        ],
    );
    let own = company.to_string();
    for (name, first) in [("Fox", &own), ("Park", &own), ("Consultant", &"31000099999".to_owned())] {
        let talked = [("notes_last_contacted", "2026-10-30T23:30:00Z")];
        let person = state.make("contacts", &[("lastname", name), ("associatedcompanyid", first)]);
        state.change("contacts", person, &talked);
        state.associate("companies", company, "contacts", person);
    }
    for (name, stage) in
        [("Expansion", "contractsent"), ("First year", "closedwon"), ("Lost", "98765"), ("Own", "unheard-of")]
    {
        let deal = state.make(
            "deals",
            &[("dealname", name), ("dealstage", stage), ("amount", "40000"), ("closedate", "2026-12-31T23:30:00Z")],
        );
        state.associate("companies", company, "deals", deal);
    }
    for (subject, stage, priority) in [("Slow", "1", "LOW"), ("Down", "1", "HIGH"), ("Solved", "4", "HIGH")] {
        let ticket = state
            .make("tickets", &[("subject", subject), ("hs_pipeline_stage", stage), ("hs_ticket_priority", priority)]);
        state.associate("companies", company, "tickets", ticket);
    }
    company
}

async fn read(portal: &Portal, company: u64, config: &str) -> (AccountRecord, Vec<String>) {
    let crm = hubspot_with(portal, config);
    let mut found = crm.accounts(&[account(1), account(company)]).await.unwrap();
    assert_eq!(found.len(), 1, "what is not there is left out");
    let reasons = crm.set_aside().into_iter().map(|row| format!("{}: {}", row.column.unwrap_or_default(), row.reason));
    (found.remove(0), reasons.collect())
}

#[tokio::test]
async fn an_account_is_its_company_with_people_open_deals_and_open_tickets() {
    let portal = Portal::start();
    let company = northwind(&portal);
    // So that associations come in several answers.
    portal.open().associated_at_once = 2;
    let (found, aside) = read(&portal, company, MAPPED).await;
    assert_eq!(
        (found.name.as_str(), found.health, found.renewal),
        ("Northwind Traders", Some(62), Some(date(2027, 1, 8)))
    );
    assert_eq!(found.value.unwrap().to_string(), "€184,000");
    let owner = found.owner.unwrap();
    assert_eq!((owner.name.reveal(), owner.active, found.manager), ("Robin Lind", false, None));
    let names: Vec<&str> = found.people.iter().map(|person| person.seen.name.reveal()).collect();
    assert_eq!(names, ["Fox", "Park"], "a consultant's own company is another one");
    assert!(found.people.iter().all(|person| person.last_contact == Some(date(2026, 10, 31)) && person.seen.active));
    let deals: Vec<_> =
        found.opportunities.iter().map(|deal| (deal.name.as_str(), deal.stage.as_str(), deal.close)).collect();
    let close = Some(date(2027, 1, 1));
    assert_eq!(deals, [("Expansion", "Contract sent", close), ("Own", "unheard-of", close)]);
    let tickets: Vec<_> = found.tickets.iter().map(|ticket| (ticket.subject.as_str(), ticket.is_urgent())).collect();
    assert_eq!(tickets, [("Down", true), ("Slow", false)]);
    assert_eq!(aside, [""; 0]);
}

#[tokio::test]
async fn the_mapped_csm_is_responsible_rather_than_the_owner() {
    let portal = Portal::start();
    let company = northwind(&portal);
    portal.open().change("companies", company, &[("csm", "71")]);
    let owner = read(&portal, company, MAPPED).await.0.owner.unwrap();
    assert_eq!((owner.id.as_str(), owner.active, owner.email.unwrap().reveal()), ("71", true, "maya@baton.example"));
}

#[tokio::test]
async fn without_mapped_fields_none_is_looked_up_and_none_is_guessed() {
    let portal = Portal::start();
    let company = northwind(&portal);
    let (found, _) = read(&portal, company, "").await;
    assert_eq!((found.renewal, found.value, found.health), (None, None, None));
    assert!(portal.take_requests("properties").is_empty());
    assert!(
        portal.take_requests("").iter().all(|request| !request.body.contains("__c")),
        "Salesforce's names are not asked for"
    );
    assert!(Config::shipped().fields.renewal.ends_with("__c"));
}

#[tokio::test]
async fn amounts_and_dates_that_say_nothing_are_unknown_and_the_reason_is_told() {
    let portal = Portal::start();
    let company = northwind(&portal);
    let reads = |property: &'static str, value: &'static str| {
        portal.open().change("companies", company, &[(property, value)]);
        read(&portal, company, MAPPED)
    };
    for value in ["-5", "1,234.56", "1e308", "NaN"] {
        let (found, aside) = reads("arr", value).await;
        assert!(found.value.is_none() && aside.len() == 1 && aside[0].starts_with("arr: "), "{value}: {aside:?}");
    }
    for (value, shown) in [("0", "€0"), ("1234.50", "€1,234")] {
        let (found, aside) = reads("arr", value).await;
        assert_eq!((found.value.map(|v| v.to_string()).as_deref(), aside.len()), (Some(shown), 0));
    }
    let (found, aside) = reads("arr", "").await;
    assert_eq!((found.value, aside.len()), (None, 0), "nothing is nothing");
    for value in ["0000-00-00", "2027-02-30", "soon"] {
        let (found, aside) = reads("contract_end", value).await;
        assert!(found.renewal.is_none() && aside[0].contains("is no date"), "{value}: {aside:?}");
    }
    for (value, day) in [
        ("2038-01-20", date(2038, 1, 20)),
        // Berlin's clocks leave this hour out; a time without an offset is its day.
        ("2026-03-29T02:30:00", date(2026, 3, 29)),
        ("1798759800000", date(2027, 1, 1)),
    ] {
        assert_eq!(reads("contract_end", value).await.0.renewal, Some(day), "{value}");
    }
    let (found, aside) = reads("health", "green").await;
    assert!(found.health.is_none() && aside.iter().any(|reason| reason.starts_with("health: ")), "{aside:?}");
}

#[tokio::test]
async fn a_deal_has_its_own_currency_or_the_accounts_and_closes_after_it_was_made_or_at_an_unknown_time() {
    let portal = Portal::start();
    let company = northwind(&portal);
    let deal = *portal.open().objects["deals"].keys().next().unwrap();
    let expansion = |found: &AccountRecord| {
        let deal = found.opportunities.iter().find(|deal| deal.name == "Expansion").unwrap();
        (deal.amount.as_ref().map(ToString::to_string), deal.close)
    };
    portal.open().change("deals", deal, &[("deal_currency_code", "GBP"), ("closedate", "2026-11-01T10:00:00Z")]);
    let (found, aside) = read(&portal, company, MAPPED).await;
    assert_eq!(expansion(&found), (Some("£40,000".to_owned()), None));
    assert!(aside.iter().any(|reason| reason.contains("closes on 2026-11-01 and was made on 2026-11-02")), "{aside:?}");

    portal.open().change("deals", deal, &[("deal_currency_code", "")]);
    portal.open().currency = "";
    let (found, aside) = read(&portal, company, MAPPED).await;
    assert_eq!((expansion(&found).0, found.value), (None, None));
    assert!(aside.iter().any(|reason| reason.contains("its currency is not known")), "{aside:?}");
}

#[tokio::test]
async fn contracts_and_parents_of_many_accounts_cost_a_request_for_each_hundred() {
    let portal = Portal::start();
    let mut ids = Vec::new();
    let group = portal.open().make("companies", &[("name", "Group")]);
    for number in 0..250 {
        let (value, group) = (number.to_string(), group.to_string());
        let properties = [("name", "Daughter"), ("arr", value.as_str()), ("hs_parent_company_id", &group)];
        ids.push(account(portal.open().make("companies", &properties)));
    }
    let crm = hubspot_with(&portal, MAPPED);
    let contracts = crm.contracts(&ids).await.unwrap();
    assert_eq!((contracts.len(), contracts[7].value.as_ref().map(ToString::to_string).as_deref()), (250, Some("€7")));
    assert_eq!((portal.take_requests("companies/batch/read").len(), portal.take_requests("").len()), (3, 2));

    let crm = hubspot(&portal);
    let parents = crm.parents(&ids).await.unwrap();
    assert!(parents.len() == 250 && parents.values().all(|parent| *parent == account(group)));
    assert_eq!(portal.take_requests("").len(), 3);
}

#[tokio::test]
async fn who_is_responsible_is_what_the_accounts_say_and_costs_a_request_for_each_hundred_and_the_owners_once() {
    let portal = Portal::start();
    let company = northwind(&portal);
    people(&portal, 250);
    let mut ids: Vec<_> = portal.open().objects["companies"].keys().copied().map(account).collect();
    ids.push(account(1));
    let said = hubspot_with(&portal, MAPPED).accounts(&ids).await.unwrap();
    let said: Vec<_> = said.into_iter().map(|account| (account.id.clone(), Responsible::from(account))).collect();
    assert_eq!((said.len(), said[0].1.owner.as_ref().map(|owner| owner.active)), (251, Some(false)));
    portal.take_requests("");

    let crm = hubspot_with(&portal, MAPPED);
    let responsible = crm.responsible(&ids).await.unwrap();
    assert_eq!(responsible.into_iter().collect::<Vec<_>>(), said);
    // The properties, the companies, and those owners too who were switched off.
    assert_eq!(portal.take_requests("").len(), 1 + 3 + 2);
    crm.responsible(&[account(company)]).await.unwrap();
    assert_eq!((portal.take_requests("owners").len(), portal.take_requests("").len()), (0, 2));
    portal.open().owners.push(owner("73", "Kim", 9003, false));
    portal.open().change("companies", company, &[("csm", "73")]);
    let responsible = crm.responsible(&[account(company)]).await.unwrap();
    assert_eq!(responsible[&account(company)].owner.as_ref().unwrap().name.reveal(), "Kim Lind");
}
