//! What is read of accounts: whole, in a few requests, and never a value that is wrong.

use crm::LiveCrm;
use domain::crm::{AccountRecord, Role};
use domain::ports::Crm;
use domain::recipients::Responsible;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::stand::{NOW, Stand, account, at, contact};

fn user(name: &str, active: bool, manager: Option<&str>) -> Value {
    json!({ "Name": name, "Email": format!("{name}@us.example"), "IsActive": active, "TimeZoneSidKey": "Europe/Berlin", "ManagerId": manager })
}

async fn one(crm: &dyn Crm, id: &str) -> AccountRecord {
    let mut records = crm.accounts(&[account(id)]).await.unwrap();
    assert_eq!(records.len(), 1);
    records.remove(0)
}

#[tokio::test]
async fn an_account_is_read_with_everything_a_case_needs() {
    let (stand, northwind, people) = Stand::with_people(2);
    let morgan = stand.load("User", json!([user("morgan", true, None)])).remove(0);
    let users = stand.load("User", json!([user("maya", false, Some(&morgan)), user("robin", true, None)]));
    let facts = json!({
        "OwnerId": users[0], "Renewal_Date__c": "2027-01-08", "Annual_Contract_Value__c": 184_000.0, "Health__c": 62.4, "Status__c": "Live",
    });
    stand.change("Account", &northwind, facts);
    stand.change("Contact", &people[0], json!({ "LastActivityDate": "2026-10-01" }));
    let deals = json!([
        { "AccountId": northwind, "Name": "More seats", "StageName": "Proposal", "Amount": 40_000, "CloseDate": "2026-12-20" },
        { "AccountId": northwind, "Name": "Lost", "StageName": "Closed Lost", "IsClosed": true },
    ]);
    let deals = stand.load("Opportunity", deals);
    stand.load(
        "OpportunityContactRole",
        json!([{ "OpportunityId": deals[1], "ContactId": people[0], "Role": "Economic Buyer" }]),
    );
    stand.load(
        "Case",
        json!([
            { "AccountId": northwind, "CaseNumber": "00001", "Subject": "Slow", "Priority": "Low", "IsClosed": false },
            { "AccountId": northwind, "CaseNumber": "00002", "Subject": "Down", "Priority": "High", "IsClosed": false },
            { "AccountId": northwind, "CaseNumber": "00003", "Subject": "Old", "Priority": "High", "IsClosed": true },
        ]),
    );
    let crm = stand.crm();
    let record = one(&crm, &northwind).await;
    assert_eq!((record.name.as_str(), record.status.as_str(), record.health), ("Northwind", "Live", Some(62)));
    assert_eq!((record.renewal, record.value.unwrap().to_string()), (Some(date(2027, 1, 8)), "€184,000".to_owned()));
    let (owner, manager) = (record.owner.unwrap(), record.manager.unwrap());
    assert_eq!((owner.name.reveal(), owner.active, owner.zone.as_deref()), ("maya", false, Some("Europe/Berlin")));
    assert_eq!(
        (manager.id.as_str(), manager.email.unwrap().reveal(), manager.active),
        (morgan.as_str(), "morgan@us.example", true)
    );
    assert_eq!((record.people.len(), &record.people[0].seen.roles[..]), (2, &[Role::EconomicBuyer][..]));
    assert_eq!(
        (record.people[0].contact.clone(), record.people[0].last_contact),
        (contact(&people[0]), Some(date(2026, 10, 1)))
    );
    let deals: Vec<String> = record
        .opportunities
        .iter()
        .map(|deal| format!("{} {:?}", deal.name, deal.amount.as_ref().map(ToString::to_string)))
        .collect();
    assert_eq!(deals, ["More seats Some(\"€40,000\")"]);
    assert_eq!(record.tickets.iter().map(|ticket| ticket.number.as_str()).collect::<Vec<_>>(), ["00002", "00001"]);
    assert_eq!((record.source.as_str(), record.as_of), ("Salesforce", at(NOW)));
    // A CSM of the account's own goes before its owner.
    stand.change("Account", &northwind, json!({ "CSM__c": users[1] }));
    assert_eq!(one(&crm, &northwind).await.owner.unwrap().name.reveal(), "robin");
    assert!(crm.set_aside().is_empty(), "{:?}", crm.set_aside());
}

#[tokio::test]
async fn many_accounts_cost_a_few_requests_and_those_that_are_not_there_are_left_out() {
    let stand = Stand::start();
    let accounts: Vec<Value> =
        (0..450).map(|n| json!({ "Name": format!("Account {n}"), "Renewal_Date__c": "2027-01-08" })).collect();
    let ids = stand.load("Account", json!(accounts));
    let mut wanted: Vec<_> = ids.iter().rev().map(|id| account(id)).collect();
    wanted.push(account("001000000ZZZZZZAAA"));
    wanted.push(account("A-1"));
    let crm = stand.crm();
    let read = crm.accounts(&wanted).await.unwrap();
    assert_eq!(read.iter().map(|record| record.id.clone()).collect::<Vec<_>>(), wanted[..450]);
    let before = crm.requests();
    let contracts = crm.contracts(&wanted).await.unwrap();
    assert_eq!((contracts.len(), contracts[0].renewal), (450, Some(date(2027, 1, 8))));
    assert!(before <= 12 && crm.requests() - before == 1, "{before}, {}", crm.requests());
}

/// RELIABILITY, row 20.
#[tokio::test]
async fn an_amount_or_a_date_that_cannot_be_is_unknown_and_set_aside_and_never_silently_wrong() {
    let stand = Stand::start();
    let value = |value: Value| json!({ "Name": "x", "Annual_Contract_Value__c": value });
    let amounts = [json!(null), json!(""), json!("1,234.56"), json!(-5), json!(1e308), json!(0)];
    let ids = stand.load("Account", json!(amounts.map(value)));
    let crm = stand.crm();
    let mut shown = Vec::new();
    for id in &ids {
        let aside = crm.set_aside().len();
        let known = one(&crm, id).await.value.map(|money| money.to_string());
        shown.push((known, crm.set_aside().len() - aside));
    }
    let expected = [(None, 0), (None, 0), (None, 1), (None, 1), (None, 1), (Some("€0".to_owned()), 0)];
    assert_eq!(shown, expected, "{:?}", crm.set_aside());

    let renewal = |day: &str| json!({ "Name": "x", "Renewal_Date__c": day });
    let days = ["0000-00-00", "2038-01-20", "2026-02-30", "9999-12-31"];
    let ids = stand.load("Account", json!(days.map(renewal)));
    let aside = crm.set_aside().len();
    let mut read = Vec::new();
    for id in &ids {
        read.push(one(&crm, id).await.renewal);
    }
    assert_eq!(read, [None, Some(date(2038, 1, 20)), None, None]);
    assert_eq!(crm.set_aside().len() - aside, 3);

    let deal = json!([{ "AccountId": ids[1], "Name": "x", "CloseDate": "2025-01-01", "CreatedDate": "2026-06-01T00:00:00.000+0000", "Amount": 5 }]);
    stand.load("Opportunity", deal);
    let record = one(&crm, &ids[1]).await;
    assert_eq!(record.opportunities[0].close, None);
    assert!(crm.set_aside().last().unwrap().reason.contains("before the day"), "{:?}", crm.set_aside().last());
}

/// RELIABILITY, row 20: the currency.
#[tokio::test]
async fn an_amount_without_a_currency_is_unknown_and_mixed_currencies_stay_apart() {
    let stand = Stand::start();
    let id = stand.load("Account", json!([{ "Name": "x", "Annual_Contract_Value__c": 10_000 }])).remove(0);
    stand.set("currency", json!(null));
    let crm = stand.crm();
    assert_eq!(one(&crm, &id).await.value, None);
    assert!(crm.set_aside()[0].reason.contains("currency is not known"), "{:?}", crm.set_aside());

    for object in ["Account", "Opportunity"] {
        stand.control("field", json!({ "object": object, "name": "CurrencyIsoCode", "kind": "picklist" }));
    }
    stand.change("Account", &id, json!({ "CurrencyIsoCode": "CHF" }));
    stand.load(
        "Opportunity",
        json!([
            { "AccountId": id, "Name": "a", "Amount": 1_000, "CurrencyIsoCode": "USD" },
            { "AccountId": id, "Name": "b", "Amount": 1_000, "CurrencyIsoCode": null },
        ]),
    );
    let crm = stand.crm();
    let record = one(&crm, &id).await;
    assert_eq!(record.value.unwrap().to_string(), "CHF 10,000");
    let amounts: Vec<Option<String>> =
        record.opportunities.iter().map(|deal| deal.amount.as_ref().map(ToString::to_string)).collect();
    assert_eq!(amounts, [Some("$1,000".to_owned()), None]);
    assert_eq!(crm.set_aside().len(), 1);
}

/// RELIABILITY, row 22, as far as the CRM tells it.
#[tokio::test]
async fn an_account_that_was_merged_shows_the_one_it_became_and_one_that_was_reassigned_its_new_owner() {
    let (stand, loser, people) = Stand::with_people(1);
    let users = stand.load("User", json!([user("maya", true, None), user("robin", true, None)]));
    let winner = stand.load("Account", json!([{ "Name": "Northwind Group", "OwnerId": users[0] }])).remove(0);
    let last = stand.load("Account", json!([{ "Name": "Northwind Holding", "OwnerId": users[1] }])).remove(0);
    stand.control("merge", json!({ "object": "Account", "loser": loser, "winner": winner }));
    let crm = stand.crm();
    let record = one(&crm, &loser).await;
    assert_eq!((record.id.as_str(), record.name.as_str()), (loser.as_str(), "Northwind Group"));
    assert_eq!((record.owner.unwrap().name.reveal(), record.people[0].contact.as_str()), ("maya", people[0].as_str()));
    assert!(crm.set_aside()[0].reason.contains(&format!("merged into {winner}")), "{:?}", crm.set_aside());
    stand.control("merge", json!({ "object": "Account", "loser": winner, "winner": last }));
    assert_eq!(one(&crm, &loser).await.name, "Northwind Holding");

    stand.change("Account", &last, json!({ "OwnerId": users[0] }));
    assert_eq!(one(&crm, &last).await.owner.unwrap().name.reveal(), "maya");
    stand.control("delete", json!({ "object": "Account", "id": last }));
    assert!(crm.accounts(&[account(&last)]).await.unwrap().is_empty());
    stand.control("undelete", json!({ "object": "Account", "id": last }));
    assert_eq!(one(&crm, &last).await.name, "Northwind Holding");
}

#[tokio::test]
async fn an_owner_who_may_not_be_read_is_unknown_and_set_aside() {
    let stand = Stand::start();
    let id = stand.load("Account", json!([{ "Name": "x", "OwnerId": "005000000ZZZZZZAAA" }])).remove(0);
    let crm = stand.crm();
    let record = one(&crm, &id).await;
    assert_eq!((record.owner, record.manager, crm.set_aside().len()), (None, None, 1));
}

#[tokio::test]
async fn who_is_responsible_is_what_the_accounts_say_and_costs_a_request_for_each_thousand_and_one_for_the_users() {
    let stand = Stand::start();
    let morgan = stand.load("User", json!([user("morgan", true, None)])).remove(0);
    let users = stand.load("User", json!([user("maya", true, Some(&morgan)), user("robin", false, None)]));
    let accounts: Vec<Value> = (0..450)
        .map(|n| json!({ "Name": format!("Account {n}"), "OwnerId": users[0], "CSM__c": if n % 2 == 0 { None } else { Some(&users[1]) } }))
        .collect();
    let ids = stand.load("Account", json!(accounts));
    let mut wanted: Vec<_> = ids.iter().map(|id| account(id)).collect();
    let said = |records: Vec<AccountRecord>| {
        records.into_iter().map(|record| (record.id.clone(), Responsible::from(record))).collect()
    };
    let crm = stand.crm();
    assert_eq!(crm.responsible(&wanted).await.unwrap(), said(crm.accounts(&wanted).await.unwrap()));
    let before = crm.requests();
    let responsible = crm.responsible(&wanted).await.unwrap();
    assert_eq!((responsible.len(), crm.requests() - before), (450, 2));
    let manager = responsible[&wanted[0]].manager.as_ref().unwrap();
    assert_eq!((manager.name.reveal(), &responsible[&wanted[1]].manager), ("morgan", &None));

    stand.control("merge", json!({ "object": "Account", "loser": ids[0], "winner": ids[1] }));
    wanted.push(account("001000000ZZZZZZAAA"));
    let responsible = crm.responsible(&wanted).await.unwrap();
    assert_eq!(responsible, said(crm.accounts(&wanted).await.unwrap()));
    assert_eq!(responsible[&wanted[0]].owner.as_ref().unwrap().name.reveal(), "robin");
}
