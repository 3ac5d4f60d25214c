//! HubSpot's own client for Python works with the portal, and its models know every field of the bodies that Baton sends.

use std::io::Write;
use std::process::{Command, Stdio};

use domain::ports::{AskedFor, ContactQuery, Crm, FieldUpdate, LogEntry, LogState, LogTask, UpdatedRecord};
use domain::{CaseId, DeliveryId, Personal, UserId};
use jiff::civil::date;

use crate::portal::{BEGINNING, Portal, TOKEN};
use crate::{account, contact, hubspot_with, pages, people, since};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hubspot/official.py");

/// A Python that has `hubspot-api-client`.
fn python() -> Option<String> {
    let python = std::env::var("BATON_HUBSPOT_PYTHON").ok();
    if python.is_none() {
        let _ = writeln!(
            std::io::stdout(),
            "skipped: HubSpot's own client is not at hand; BATON_HUBSPOT_PYTHON names a Python that has it"
        );
    }
    python
}

fn run(python: &str, arguments: &[&str], input: &str) {
    let mut child = Command::new(python).arg("-B").arg(SCRIPT).args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn hubspots_own_client_works_with_the_portal() {
    let Some(python) = python() else { return };
    let portal = Portal::start();
    people(&portal, 250);
    run(&python, &["drive", &format!("http://127.0.0.1:{}", portal.port), TOKEN], "");
}

#[tokio::test]
async fn hubspots_own_models_know_every_field_of_what_is_sent() {
    let Some(python) = python() else { return };
    let portal = Portal::start();
    people(&portal, 3);
    let (person, company) = {
        let state = portal.open();
        (*state.objects["contacts"].keys().next().unwrap(), *state.objects["companies"].keys().next().unwrap())
    };
    let crm = hubspot_with(&portal, "[fields]\nvalue = \"arr\"\n");
    pages(&crm, ContactQuery::default()).await;
    let also = AskedFor { ids: [contact(person)].into(), addresses: [Personal::new("dana1@company1.example")].into() };
    pages(&crm, ContactQuery { also: Some(&also), ..since(BEGINNING) }).await;
    crm.accounts(&[account(company)]).await.unwrap();
    crm.parents(&[account(company)]).await.unwrap();
    let entry = LogEntry {
        id: DeliveryId::of(&["entry"]),
        case: CaseId::of(&["case"]),
        account: account(company),
        contact: contact(person),
        subject: Personal::new("Dana has left"),
        note: Personal::new("How we know"),
        tasks: vec![LogTask {
            subject: Personal::new("Call"),
            why: "x".into(),
            due: date(2026, 11, 4),
            owner: UserId::parse("71").ok(),
        }],
        owner: UserId::parse("71").ok(),
        day: date(2026, 11, 2),
    };
    crm.log(&entry).await.unwrap();
    let state = LogState {
        entry: entry.id,
        logged: entry.day,
        case: entry.case,
        account: entry.account,
        contact: entry.contact.clone(),
        words: Personal::new("closed"),
        ended: true,
        day: entry.day,
    };
    crm.log_state(&state).await.unwrap();
    let update = FieldUpdate {
        id: DeliveryId::of(&["update"]),
        record: UpdatedRecord::Contact(entry.contact),
        field: "jobtitle".to_owned(),
        before: Personal::new("VP Operations"),
        after: Personal::new("COO"),
    };
    crm.update(&update).await.unwrap();
    let sent = portal.take_requests("crm/").into_iter().filter(|request| !request.body.is_empty());
    let lines: Vec<String> = sent.map(|r| format!("{} {} {}", r.method, r.path, r.body)).collect();
    assert!(lines.len() > 15, "{}", lines.len());
    run(&python, &["check"], &lines.join("\n"));
}
