//! What the adapter does to a real Odoo: written once however often it is sent, refused with the remedy, and shown as text.

use std::sync::Arc;

use crm::{LiveCrm, OdooCrm};
use domain::config::Config;
use domain::ports::{ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, LogTask, Updated, UpdatedRecord};
use domain::{AccountId, CaseId, ContactId, DeliveryId, Personal, UserId};
use jiff::civil::date;
use serde_json::json;

use crate::app::{App, RealClock};
use crate::office::{Office, PASSWORD, in_odoo};

/// A company with one person, made for one test.
struct Made {
    company: i64,
    person: i64,
    app: App,
}

impl Made {
    async fn at(office: &Office) -> Self {
        let company = office.create("res.partner", json!({ "name": "Harbour Tools", "is_company": true })).await;
        let values =
            json!({ "name": "Ines Duarte", "function": "Buyer", "parent_id": company, "email": "ines@h.example" });
        let person = office.create("res.partner", values).await;
        Self { company, person, app: App::new("[accounts]\nactive = \"\"\n") }
    }

    fn entry(&self, id: &str, steps: Vec<LogTask>) -> LogEntry {
        LogEntry {
            id: DeliveryId::of(&[id, &self.person.to_string()]),
            case: CaseId::of(&[id, &self.person.to_string()]),
            account: AccountId::parse(&self.company.to_string()).unwrap(),
            contact: ContactId::parse(&self.person.to_string()).unwrap(),
            subject: Personal::new("Baton: <b>Ines & Co</b>"),
            note: Personal::new("First <script>alert(1)</script>\nsecond line\n\nlast"),
            tasks: steps,
            owner: None,
            day: date(2026, 11, 26),
        }
    }
}

fn step(what: &str, owner: Option<i64>) -> LogTask {
    LogTask {
        subject: Personal::new(what),
        why: "because <img src=x onerror=alert(1)>".to_owned(),
        due: date(2026, 12, 1),
        owner: owner.map(|id| UserId::parse(&id.to_string()).unwrap()),
    }
}

fn state(entry: &LogEntry, words: &str, ended: bool) -> LogState {
    let logged = entry.day;
    let (entry, case, account, contact) =
        (entry.id.clone(), entry.case.clone(), entry.account.clone(), entry.contact.clone());
    let (words, day) = (Personal::new(words), date(2026, 11, 27));
    LogState { entry, logged, case, account, contact, words, ended, day }
}

#[test]
fn what_is_logged_twice_even_at_the_same_time_is_there_once_and_shows_markup_as_text() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let admin = office.find("res.users", json!([["login", "=", "admin"]])).await[0];
        let entry = made.entry("twice", vec![step("Call <b>Ines</b>", Some(admin)), step("Write", None)]);
        let before = office.latest_message().await;
        let (one, other) = (made.app.crm(&office), made.app.crm(&office));
        // Of two at the same time one may be told to come again.
        let both = [one.log(&entry).await, other.log(&entry).await, one.log(&entry).await];
        assert!(both.iter().all(Result::is_ok), "{both:?}");
        let notes = office.notes(before).await;
        assert_eq!(notes.len(), 1, "{notes:#?}");
        let body = notes[0]["body"].as_str().unwrap();
        assert!(
            body.contains("&lt;script&gt;alert(1)&lt;/script&gt;<br>second line") && !body.contains("<script"),
            "{body}"
        );
        assert!(body.contains("&lt;b&gt;Ines &amp; Co&lt;/b&gt;"), "{body}");
        let activities = office.activities(entry.case.as_str()).await;
        assert_eq!(activities.len(), 2, "{activities:#?}");
        assert_eq!(
            (&activities[0]["summary"], &activities[0]["user_id"][0]),
            (&json!("Call <b>Ines</b>"), &json!(admin))
        );
        assert!(!activities[0]["note"].as_str().unwrap().contains("<img"), "{activities:#?}");
    });
}

#[test]
fn two_processes_that_log_the_same_at_the_same_moment_write_one_note() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let entry = made.entry("race", vec![step("Call", None)]);
        let before = office.latest_message().await;
        for _ in 0..3 {
            let crms = [made.app.crm(&office), made.app.crm(&office)];
            let (one, other) = tokio_join(crms[0].log(&entry), crms[1].log(&entry)).await;
            for told in [one, other] {
                assert!(matches!(told, Ok(()) | Err(CrmError::Unavailable(_))), "{told:?}");
            }
        }
        made.app.crm(&office).log(&entry).await.unwrap();
        assert_eq!(office.notes(before).await.len(), 1);
        assert_eq!(office.activities(entry.case.as_str()).await.len(), 1);
    });
}

async fn tokio_join<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (std::pin::pin!(one), std::pin::pin!(other));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(|context| {
        use std::task::Poll;
        if first.is_none()
            && let Poll::Ready(done) = one.as_mut().poll(context)
        {
            first = Some(done);
        }
        if second.is_none()
            && let Poll::Ready(done) = other.as_mut().poll(context)
        {
            second = Some(done);
        }
        match (first.take(), second.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

#[test]
fn the_note_shows_every_state_once_and_the_steps_are_closed_at_the_end() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let crm = made.app.crm(&office);
        let entry = made.entry("states", vec![step("Call", None), step("Write", None)]);
        let before = office.latest_message().await;
        crm.log(&entry).await.unwrap();
        let seen = state(&entry, "acknowledged by O'Hara <maya@us.example>: \"on it\"", false);
        let done = state(&entry, "closed by O'Hara: done", true);
        for state in [&seen, &seen, &done, &seen, &done] {
            crm.log_state(state).await.unwrap();
        }
        let body = office.notes(before).await[0]["body"].as_str().unwrap().to_owned();
        assert_eq!(body.matches("on it").count(), 1, "{body}");
        assert_eq!(body.matches("closed by O'Hara: done").count(), 1, "{body}");
        assert!(
            body.find("closed by").unwrap() < body.find("acknowledged").unwrap(),
            "the latest stands first: {body}"
        );
        assert!(body.contains("&lt;maya@us.example&gt;") && body.contains("second line"), "{body}");
        assert!(office.activities(entry.case.as_str()).await.is_empty());
        // Sent again after its end, it stays as it is.
        crm.log(&entry).await.unwrap();
        assert!(office.activities(entry.case.as_str()).await.is_empty());
    });
}

#[test]
fn a_state_of_a_note_that_somebody_has_deleted_is_a_note_of_its_own_once() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let entry = made.entry("deleted", Vec::new());
        let crm = made.app.crm(&office);
        let before = office.latest_message().await;
        for _ in 0..2 {
            crm.log_state(&state(&entry, "dismissed: a typing error", true)).await.unwrap();
        }
        let notes = office.notes(before).await;
        assert_eq!(notes.len(), 1, "{notes:#?}");
        assert!(notes[0]["body"].as_str().unwrap().contains("a typing error"));
    });
}

#[test]
fn a_step_for_somebody_who_cannot_be_given_one_is_left_to_the_writer_and_the_others_are_not() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let admin = office.find("res.users", json!([["login", "=", "admin"]])).await[0];
        let portal = office.find("res.users", json!([["login", "=", "portal"]])).await[0];
        let entry = made.entry("portal", vec![step("One", Some(portal)), step("Two", Some(admin))]);
        made.app.crm(&office).log(&entry).await.unwrap();
        let activities = office.activities(entry.case.as_str()).await;
        let users: Vec<_> = activities.iter().map(|a| a["user_id"][1].as_str().unwrap().to_owned()).collect();
        assert_eq!(users, ["baton", "Mitchell Admin"]);
    });
}

#[test]
fn the_note_of_a_person_who_is_gone_stands_at_the_company() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        office.call("res.partner", "unlink", json!([[made.person]]), json!({})).await;
        let before = office.latest_message().await;
        let crm = made.app.crm(&office);
        let entry = made.entry("gone", vec![step("Call", None)]);
        crm.log(&entry).await.unwrap();
        assert_eq!(office.notes(before).await[0]["res_id"], json!(made.company));
        office.call("res.partner", "unlink", json!([[made.company]]), json!({})).await;
        let told = crm.log(&made.entry("nowhere", Vec::new())).await.unwrap_err().to_string();
        assert!(told.contains("nothing can be logged there"), "{told}");
    });
}

#[test]
fn a_field_is_written_if_it_still_holds_what_it_held() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let crm = made.app.crm(&office);
        let update = |field: &str, before: &str, after: &str| FieldUpdate {
            id: DeliveryId::of(&["update"]),
            record: UpdatedRecord::Contact(ContactId::parse(&made.person.to_string()).unwrap()),
            field: field.to_owned(),
            before: Personal::new(before),
            after: Personal::new(after),
        };
        for _ in 0..2 {
            let written = crm.update(&update("function", "Buyer", "Head of Purchasing")).await.unwrap();
            assert_eq!(written, Updated::Written);
        }
        let changed = crm.update(&update("function", "Buyer", "Director")).await.unwrap();
        assert_eq!(changed, Updated::Changed { now: Personal::new("Head of Purchasing") });
        let company = made.company.to_string();
        assert_eq!(crm.update(&update("parent_id", &company, "")).await.unwrap(), Updated::Written);
        let row = office.read("res.partner", json!([["id", "=", made.person]]), &["function", "parent_id"]).await;
        assert_eq!((&row[0]["function"], &row[0]["parent_id"]), (&json!("Head of Purchasing"), &json!(false)));
        let told = crm.update(&update("x_none", "", "x")).await.unwrap_err().to_string();
        assert!(told.contains("no field x_none"), "{told}");
    });
}

#[test]
fn an_account_is_read_with_its_people_opportunities_and_whom_its_owner_reports_to() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let login = format!("gus{}@us.example", made.company);
        let gus = office.hire(&login, "x9-not-a-word", "", &["base.group_user"]).await;
        let boss = office.find("res.users", json!([["login", "=", "demo"]])).await[0];
        let team = office.create("crm.team", json!({ "name": "Coast", "user_id": boss })).await;
        office.edit("res.users", gus, json!({ "tz": "Europe/Lisbon", "sale_team_id": team, "active": false })).await;
        let group = office.create("res.partner", json!({ "name": "Harbour Group", "is_company": true })).await;
        office.edit("res.partner", made.company, json!({ "user_id": gus, "parent_id": group })).await;
        let lead = json!({
            "name": "More tools", "type": "opportunity", "partner_id": made.person, "expected_revenue": 12_500.5,
            "date_deadline": "2027-02-01"
        });
        office.create("crm.lead", lead).await;
        let lost = json!({ "name": "Lost", "type": "opportunity", "partner_id": made.company, "active": false });
        office.create("crm.lead", lost).await;
        let boss_of_ines = json!({ "name": "Rui Alves", "function": "CEO", "parent_id": made.company });
        let rui = office.create("res.partner", boss_of_ines).await;
        office.edit("res.partner", made.person, json!({ "parent_id": rui })).await;

        let crm = made.app.crm(&office);
        let (account, missing) =
            (AccountId::parse(&made.company.to_string()).unwrap(), AccountId::parse("999999").unwrap());
        let records = crm.accounts(&[missing, account.clone()]).await.unwrap();
        assert_eq!(records.len(), 1);
        let record = &records[0];
        assert_eq!((record.name.as_str(), record.people.len()), ("Harbour Tools", 2));
        let ines = record.people.iter().find(|p| p.contact.as_str() == made.person.to_string()).unwrap();
        assert_eq!((ines.seen.title.as_str(), ines.seen.reports_to.as_str()), ("Buyer", rui.to_string().as_str()));
        assert_eq!(ines.seen.account.as_ref(), Some(&account), "the company stands above the boss");
        let owner = record.owner.as_ref().unwrap();
        assert_eq!((owner.active, owner.zone.as_deref()), (false, Some("Europe/Lisbon")));
        assert_eq!(owner.email.as_ref().map(Personal::reveal), Some(login.as_str()), "a login that is an address");
        assert_eq!(record.manager.as_ref().map(|m| m.name.reveal()), Some("Marc Demo"));
        let deals: Vec<_> =
            record.opportunities.iter().map(|o| (o.name.as_str(), o.amount.as_ref().unwrap().units())).collect();
        assert_eq!(deals, [("More tools", 12_500)]);
        assert_eq!(record.opportunities[0].amount.as_ref().unwrap().currency(), "EUR");
        let parents = crm.parents(std::slice::from_ref(&account)).await.unwrap();
        assert_eq!(parents[&account].as_str(), group.to_string());
    });
}

#[test]
fn a_pass_gives_everybody_once_in_the_order_of_numbers_however_it_is_cut() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        let crm = made.app.crm(&office);
        let whole = crm.contacts(&ContactQuery::default()).await.unwrap();
        let ids = |page: &domain::ports::ContactPage| -> Vec<i64> {
            page.contacts.iter().map(|contact| contact.id.as_str().parse().unwrap()).collect()
        };
        let all = ids(&whole);
        assert!(all.is_sorted() && all.contains(&made.person) && !all.contains(&made.company), "{all:?}");
        let cuts = crm.cuts(5, 4).await.unwrap();
        assert_eq!(cuts.len(), 3);
        let after = std::iter::once(None).chain(cuts.iter().map(Some));
        let through = cuts.iter().map(Some).chain(std::iter::once(None));
        let mut parts = Vec::new();
        for (after, through) in after.zip(through) {
            let page = crm.contacts(&ContactQuery { after, through, ..ContactQuery::default() }).await.unwrap();
            assert!(page.contacts.len() >= 5);
            parts.extend(ids(&page));
        }
        assert_eq!(parts, all);
    });
}

#[test]
fn what_is_missing_is_named_with_its_remedy_and_no_secret() {
    in_odoo(async |office| {
        let config = Config::parse("[fields]\nrenewal = \"x_nowhere\"\n").unwrap();
        let crm = |settings| OdooCrm::new(settings, Arc::clone(&office.https), &config, Arc::new(RealClock));
        let told = async |crm: &OdooCrm| -> Vec<String> {
            crm.examine().await.into_iter().filter_map(|checked| checked.problem).collect()
        };
        for (settings, remedy) in [
            (office.settings("baton", "wrong-word", "crm"), "ODOO_LOGIN with ODOO_PASSWORD"),
            (office.settings("baton", PASSWORD, "nowhere"), "ODOO_DATABASE"),
        ] {
            let problems = told(&crm(settings)).await;
            assert!(problems.len() == 1 && problems[0].contains(remedy), "{problems:#?}");
            assert!(!problems[0].contains("wrong-word") && !problems[0].contains(PASSWORD), "{problems:#?}");
        }
        let problems = told(&crm(office.batons())).await;
        assert_eq!(problems.len(), 2, "{problems:#?}");
        assert!(problems[0].contains("x_nowhere") && problems[0].contains("[fields] renewal"), "{problems:#?}");
        assert!(problems[1].contains("\"Customer\"") && problems[1].contains("[accounts] active"), "{problems:#?}");
        let refused = crm(office.batons()).contacts(&ContactQuery::default()).await.unwrap_err();
        assert!(matches!(&refused, CrmError::Unusable(text) if text.contains("x_nowhere")), "{refused:?}");
    });
}

#[test]
fn a_user_without_rights_is_told_which_and_without_those_to_sales_a_case_is_poorer() {
    in_odoo(async |office| {
        let made = Made::at(&office).await;
        office.hire("clerk", "c9-not-a-word", "", &["base.group_user"]).await;
        office.hire("guest", "g9-not-a-word", "", &["base.group_portal"]).await;
        let config = Config::parse("[accounts]\nactive = \"\"\n").unwrap();
        let crm = |login, password| {
            let settings = office.settings(login, password, "crm");
            OdooCrm::new(settings, Arc::clone(&office.https), &config, Arc::new(RealClock))
        };
        let clerk = crm("clerk", "c9-not-a-word");
        let records = clerk.accounts(&[AccountId::parse(&made.company.to_string()).unwrap()]).await.unwrap();
        assert_eq!(records[0].people.len(), 1);
        let aside: Vec<String> = clerk.set_aside().into_iter().map(|aside| aside.reason).collect();
        assert!(aside.iter().any(|reason| reason.contains("the right to read crm.lead")), "{aside:#?}");
        let problems: Vec<String> = clerk.examine().await.into_iter().filter_map(|checked| checked.problem).collect();
        assert!(problems.iter().any(|p| p.contains("`read` on crm.lead")), "{problems:#?}");
        assert!(problems.iter().any(|p| p.contains("no mail address")), "{problems:#?}");
        let guest = crm("guest", "g9-not-a-word").examine().await;
        let problems: Vec<String> = guest.into_iter().filter_map(|checked| checked.problem).collect();
        assert!(problems.iter().any(|p| p.contains("sees nobody who belongs to a company")), "{problems:#?}");
        assert!(problems.iter().any(|p| p.contains("on mail.activity") && p.contains("ODOO_LOGIN")), "{problems:#?}");
    });
}
