//! Many people, strange values, and apps that the Odoo at hand does not have.

use crm::LiveCrm;
use domain::AccountId;
use domain::ports::{ContactQuery, Crm};
use domain::recipients::Responsible;
use serde_json::{Value, json};

use crate::server::{Answer, Asked, Stand};

/// An Odoo with so many people of ten companies, whose ids are 1 to 10 and 101 upwards. It keeps to `limit` and to `id >`.
fn crowd(people: i64) -> impl FnMut(&Asked) -> Answer + Send {
    move |asked| match (asked.model.as_str(), asked.method.as_str()) {
        (_, "fields_get") => Answer::Result(json!({ "name": { "type": "char" } })),
        ("res.partner", "search_read") => {
            let domain = asked.args[0].to_string();
            if domain.contains("[\"is_company\",\"=\",true]") {
                let company =
                    |id: i64| json!({ "id": id, "name": format!("Company {id}"), "active": true, "category_id": [3] });
                return Answer::Result((1..=10).map(company).collect());
            }
            let after = asked.args[0].as_array().unwrap().iter().find(|term| term[0] == "id" && term[1] == ">");
            let first = after.map_or(101, |term| term[2].as_i64().unwrap() + 1);
            let limit = asked.named["limit"].as_i64().unwrap();
            Answer::Result((first..(first + limit).min(101 + people)).map(person).collect())
        }
        ("res.partner.category", _) => Answer::Result(json!([{ "id": 3, "name": "Customer, gold" }])),
        (model, method) => panic!("nobody expected {method} on {model}"),
    }
}

fn person(id: i64) -> Value {
    let company = id % 10 + 1;
    json!({
        "id": id, "name": format!("Person {id}"), "function": "Director", "active": true, "category_id": [],
        "parent_id": [company, "x"], "commercial_partner_id": [company, "x"], "write_date": "2026-11-25 10:00:00"
    })
}

/// The requests of one pass over those changed since a day, and whom it gave.
async fn pass(people: i64) -> (u64, Vec<String>) {
    let stand = Stand::new("", crowd(people)).await;
    let since = Some("2026-11-25T00:00:00Z".parse().unwrap());
    let (mut after, mut ids) = (None, Vec::new());
    loop {
        let query = ContactQuery { after: after.as_ref(), since, ..ContactQuery::default() };
        let page = stand.crm.contacts(&query).await.unwrap();
        assert!(page.contacts.iter().all(|contact| contact.seen.active), "the tag of its company says so");
        ids.extend(page.contacts.iter().map(|contact| contact.id.to_string()));
        after = page.through;
        if after.is_none() {
            return (stand.crm.requests(), ids);
        }
    }
}

#[tokio::test]
async fn a_pass_over_those_who_changed_costs_few_requests_and_gives_everybody_once() {
    // Signing in, the fields, the tags; and for each page of 5,000 the people and their companies.
    for (people, requests) in [(1, 5), (2_000, 5), (4_999, 5), (12_000, 9)] {
        let (asked, ids) = pass(people).await;
        assert_eq!(asked, requests, "{people} people");
        let wanted: Vec<String> = (101..101 + people).map(|id| id.to_string()).collect();
        assert!(ids == wanted, "{} of {people} people", ids.len());
    }
}

#[tokio::test]
async fn a_page_that_failed_is_the_same_when_it_is_asked_for_again() {
    let mut crowd = crowd(7_000);
    let mut pages = 0;
    let stand = Stand::new("", move |asked| {
        pages += usize::from(asked.args[0].to_string().contains("[\"id\",\">\""));
        if pages == 1 { Answer::Nothing } else { crowd(asked) }
    })
    .await;
    let first = stand.crm.contacts(&ContactQuery::default()).await.unwrap();
    let query = ContactQuery { after: first.through.as_ref(), ..ContactQuery::default() };
    let second = stand.crm.contacts(&query).await.unwrap();
    assert_eq!(second, stand.crm.contacts(&query).await.unwrap());
    assert_eq!((first.contacts.len(), second.contacts.len(), second.through), (5_000, 2_000, None));
}

#[tokio::test]
async fn a_name_that_no_person_has_is_set_aside_and_the_person_is_not_taken_for_gone() {
    let stand = Stand::new("[accounts]\nactive = \"\"\n", |asked| match asked.method.as_str() {
        "fields_get" => Answer::Result(json!({ "name": { "type": "char" } })),
        _ if asked.args[0].to_string().contains("is_company\",\"=\",true") => {
            Answer::Result(json!([{ "id": 2, "name": "Acme", "active": true }]))
        }
        _ => {
            let mut long = person(101);
            long["name"] = json!("x".repeat(10_000));
            Answer::Result(json!([long, person(102)]))
        }
    })
    .await;
    let page = stand.crm.contacts(&ContactQuery::default()).await.unwrap();
    assert_eq!((page.contacts.len(), page.unreadable[0].as_str()), (1, "101"));
    let aside = stand.crm.set_aside();
    assert_eq!((aside[0].row, aside[0].column.as_deref()), (101, Some("name")), "{aside:#?}");
    assert!(!stand.crm.is_blind());
}

/// An account of a company with this value and day, and what was set aside of it.
async fn account(value: Value, day: Value, currency: Value) -> (Option<String>, Option<String>, Vec<String>) {
    let config = "[accounts]\nactive = \"\"\n[fields]\nvalue = \"x_value\"\nrenewal = \"x_day\"\n";
    let fields = json!({ "x_value": { "type": "float" }, "x_day": { "type": "date" } });
    let stand = Stand::new(config, move |asked| {
        Answer::Result(match (asked.model.as_str(), asked.method.as_str()) {
            (_, "fields_get") => fields.clone(),
            ("res.partner", _) if asked.args[0].to_string().contains("is_company") => {
                json!([{ "id": 2, "name": "Acme", "active": true, "x_value": value, "x_day": day }])
            }
            ("res.company", _) => json!([{ "id": 1, "currency_id": currency }]),
            _ => json!([]),
        })
    })
    .await;
    let records = stand.crm.contracts(&[AccountId::parse("2").unwrap()]).await.unwrap();
    let aside = stand.crm.set_aside().into_iter().map(|aside| format!("{}: {}", aside.column.unwrap(), aside.reason));
    let money = records[0].value.as_ref().map(|money| format!("{} {}", money.units(), money.currency()));
    (money, records[0].renewal.map(|day| day.to_string()), aside.collect())
}

#[tokio::test]
async fn an_amount_or_a_day_that_cannot_be_is_unknown_and_told_and_never_guessed() {
    let euro = || json!([1, "EUR"]);
    for (value, money) in [
        (json!(false), None),
        (json!(null), None),
        (json!(""), None),
        (json!(0.0), None),
        (json!(184_000.5), Some("184000 EUR")),
    ] {
        let (found, _, aside) = account(value.clone(), json!(false), euro()).await;
        assert_eq!((found.as_deref(), aside), (money, Vec::new()), "{value}");
    }
    for value in [json!(-5.0), json!("1,234.56"), json!(1e308), json!("x")] {
        let (found, _, aside) = account(value.clone(), json!(false), euro()).await;
        assert!(found.is_none() && aside.len() == 1 && aside[0].starts_with("x_value"), "{value} {aside:#?}");
    }
    let (found, ..) = account(json!(7.0), json!(false), json!(false)).await;
    assert_eq!(found.as_deref(), Some("7 USD"));
    for (day, date) in [("2038-02-01", Some("2038-02-01")), ("0000-00-00", None), ("2026-02-30", None), ("soon", None)]
    {
        let (_, found, aside) = account(json!(1.0), json!(day), euro()).await;
        assert_eq!((found.as_deref(), aside.len()), (date, usize::from(date.is_none())), "{day} {aside:#?}");
    }
}

#[tokio::test]
async fn tickets_are_read_as_odoos_own_help_desk_and_the_communitys_word_them() {
    for (reference, closed, number) in
        [("ticket_ref", "close_date", "00042"), ("number", "closed", "HT0042"), ("x", "x", "42")]
    {
        let ticket_fields =
            json!({ "name": { "type": "char" }, reference: { "type": "char" }, closed: { "type": "char" } });
        let stand = Stand::new("[accounts]\nactive = \"\"\n", move |asked| {
            Answer::Result(match (asked.model.as_str(), asked.method.as_str()) {
                ("helpdesk.ticket", "fields_get") => ticket_fields.clone(),
                (_, "fields_get") => json!({ "name": { "type": "char" } }),
                ("ir.model", _) => json!([{ "id": 1, "model": "helpdesk.ticket" }]),
                ("res.partner", _) if asked.args[0].to_string().contains("is_company") => {
                    json!([{ "id": 2, "name": "Acme", "active": true }])
                }
                ("helpdesk.ticket", _) => {
                    let open = asked.args[0].to_string().contains(&format!("[\"{closed}\",\"=\",false]"));
                    assert_eq!(open, closed != "x", "{asked:?}");
                    json!([{ "id": 42, "name": "Down", "partner_id": [2, "Acme"], "priority": "3", reference: number }])
                }
                _ => json!([]),
            })
        })
        .await;
        let records = stand.crm.accounts(&[AccountId::parse("2").unwrap()]).await.unwrap();
        let ticket = &records[0].tickets[0];
        assert_eq!((ticket.number.as_str(), ticket.is_urgent()), (number, true), "{reference}");
    }
}

/// An Odoo with so many companies, sold to by users 5 and 6 in turn, the latter of whom somebody leads.
fn companies(count: i64) -> impl FnMut(&Asked) -> Answer + Send {
    move |asked| {
        let user = |id: i64| json!({ "id": id, "name": format!("User {id}"), "login": format!("u{id}@us.example"), "active": true });
        Answer::Result(match (asked.model.as_str(), asked.method.as_str()) {
            (_, "fields_get") => json!({ "name": { "type": "char" } }),
            ("ir.model", _) => json!([{ "id": 1, "model": "crm.team" }]),
            ("crm.team", _) => json!([{ "id": 3, "user_id": [9, "User 9"] }]),
            ("res.users", _) if asked.args[0].to_string().contains("[9]") => json!([user(9)]),
            ("res.users", _) => {
                let mut led = user(6);
                led["sale_team_id"] = json!([3, "Team"]);
                json!([user(5), led])
            }
            ("res.partner", _) if asked.args[0].to_string().contains("is_company") => {
                let wanted = asked.args[0][0][2].as_array().unwrap().iter().filter_map(Value::as_i64);
                let there = wanted.filter(|id| *id <= count);
                there
                    .map(|id| json!({ "id": id, "name": "Acme", "active": true, "user_id": [5 + id % 2, "x"] }))
                    .collect()
            }
            _ => json!([]),
        })
    }
}

#[tokio::test]
async fn who_is_responsible_is_what_the_accounts_say_and_costs_a_few_requests_however_many_are_asked_for() {
    let stand = Stand::new("[accounts]\nactive = \"\"\n", companies(1_200)).await;
    let wanted: Vec<_> = (1..=1_201).map(|id| AccountId::parse(&id.to_string()).unwrap()).collect();
    let responsible = stand.crm.responsible(&wanted).await.unwrap();
    // Signing in, the fields, the companies, the models, the users, their team and who leads it.
    assert_eq!((responsible.len(), stand.crm.requests()), (1_200, 7));
    let manager = |id: usize| responsible[&wanted[id]].manager.as_ref().map(|manager| manager.name.reveal());
    assert_eq!((manager(0), manager(1)), (Some("User 9"), None));
    let said = stand.crm.accounts(&wanted).await.unwrap();
    let said = said.into_iter().map(|account| (account.id.clone(), Responsible::from(account))).collect();
    assert_eq!(responsible, said);
}
