//! I9: nothing is written into the CRM that a person who has to do with the case has not confirmed, exactly as it is written.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use baton::plant::Plant;
use domain::answering::{self, By, Given, Reply, Said};
use domain::case::{ProposalState, State};
use domain::crm::AccountRecord;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated};
use domain::records::Change;
use domain::{AccountId, ContactId, MessageId, Personal};
use futures_executor::block_on;

use crate::app::{TestApp, morning};
use crate::binary::{baton, succeed};
use crate::world::World;

/// Dana's mailbox says that she has left, and the CRM does not know it.
fn told_by_mail() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.user("Morgan");
    world.manages("Morgan", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let app = TestApp::new(world);
    app.scan("2026-09-01");
    app.receive(
        "reply.eml",
        "From: Dana Fox <dana.fox@northwind.example>\nTo: maya@us.example\nSubject: Automatic reply: Agenda\n\
         Date: Wed, 30 Sep 2026 09:00:00 +0000\nMessage-ID: <1@northwind.example>\nAuto-Submitted: auto-replied\n\
         Content-Type: text/plain; charset=utf-8\n\nI am no longer with Northwind Traders.\n",
    );
    app.scan("2026-10-01");
    assert_eq!(app.case().state, State::Notified);
    app
}

fn answer(app: &TestApp, words: &[&str]) -> std::process::Command {
    let mut command = baton();
    command.args(["answer", app.case().id.as_str()]).args(words);
    command.args(["--now", "2026-10-01T12:00:00Z", "--state"]).arg(app.state());
    command
}

fn updates(app: &TestApp) -> Vec<Vec<String>> {
    let Ok(mut rows) = csv::Reader::from_path(app.outbox().join("crm/Updates.csv")) else { return Vec::new() };
    rows.records().map(|row| row.unwrap().iter().skip(1).map(str::to_owned).collect()).collect()
}

fn slack_texts(app: &TestApp) -> String {
    let files = app.files();
    let json = files.iter().filter(|(name, _)| name.starts_with("slack/") && name.ends_with(".json"));
    json.map(|(_, json)| String::from_utf8_lossy(json).into_owned()).collect()
}

#[test]
fn a_confirmed_update_is_written_once_and_shown() {
    let app = told_by_mail();
    let case = app.case();
    let text = slack_texts(&app);
    assert!(text.contains("Proposed for the CRM: No_Longer_At_Company__c of Dana Fox"), "{text}");
    assert!(text.contains("confirm_update") && text.contains("reject_update"));
    assert_eq!(updates(&app), Vec::<Vec<String>>::new());
    let shown = succeed(baton().args(["show", case.id.as_str(), "--state"]).arg(app.state()));
    assert!(shown.contains(&format!("baton answer {} confirm-update 1 | reject-update 1", case.id)), "{shown}");

    succeed(&mut answer(&app, &["confirm-update", "1", "--by", "maya@us.example"]));
    let written = vec![vec![
        case.subject.contact.to_string(),
        "No_Longer_At_Company__c".to_owned(),
        "false".to_owned(),
        "true".to_owned(),
    ]];
    assert_eq!(updates(&app), written);
    assert!(matches!(app.case().proposals[0].state, ProposalState::Written { .. }));
    let text = slack_texts(&app);
    assert!(text.contains("written on 1 Oct") && !text.contains("confirm_update"), "{text}");
    let actions: Vec<String> = app.audit().into_iter().map(|entry| entry.action).collect();
    assert!(actions.contains(&"update confirmed".to_owned()) && actions.contains(&"update written".to_owned()));
    assert_eq!(app.case().answers[0].by.reveal(), "Maya", "she is called by her name");
    assert_eq!(
        answer(&app, &["confirm-update", "1", "--by", "morgan@us.example"]).output().unwrap().status.code(),
        Some(1)
    );
    assert_eq!(updates(&app), written);
}

#[test]
fn an_update_is_confirmed_by_somebody_who_is_known_and_has_to_do_with_the_case() {
    let app = told_by_mail();
    for by in ["Maya", "eve@evil.example", "dana.fox@northwind.example", "the command line", "@"] {
        let output = answer(&app, &["confirm-update", "1", "--by", by]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains("by your mail address"), "{by}: {said}");
    }
    assert_eq!((updates(&app).len(), app.case().answers.len()), (0, 0));
}

#[test]
fn a_rejected_update_is_never_written() {
    let app = told_by_mail();
    succeed(&mut answer(&app, &["reject-update", "1", "--by", "morgan@us.example"]));
    let output = answer(&app, &["confirm-update", "1", "--by", "maya@us.example"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("no longer open"), "{output:?}");
    assert!(updates(&app).is_empty());
    assert!(slack_texts(&app).contains("rejected by Morgan on 1 Oct"));
}

/// A CRM that remembers what was written, and may hold something else than expected.
#[derive(Default)]
struct Editor {
    updates: Mutex<Vec<FieldUpdate>>,
    holds: Option<&'static str>,
}

#[async_trait]
impl Crm for Editor {
    fn system(&self) -> &'static str {
        "salesforce"
    }

    async fn contacts(&self, _query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        Ok(ContactPage::default())
    }

    async fn cuts(&self, _least: usize, _most: usize) -> Result<Vec<ContactId>, CrmError> {
        Ok(Vec::new())
    }

    fn tells_changes(&self) -> bool {
        false
    }

    async fn parents(&self, _accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        Ok(BTreeMap::new())
    }

    async fn accounts(&self, _accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        Ok(Vec::new())
    }

    async fn log(&self, _entry: &LogEntry) -> Result<(), CrmError> {
        Ok(())
    }

    async fn log_state(&self, _state: &LogState) -> Result<(), CrmError> {
        Ok(())
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        self.updates.lock().unwrap().push(update.clone());
        Ok(self.holds.map_or(Updated::Written, |now| Updated::Changed { now: Personal::new(now) }))
    }

    fn set_aside(&self) -> Vec<SetAside> {
        Vec::new()
    }

    fn is_blind(&self) -> bool {
        true
    }
}

fn give(app: &TestApp, plant: &Plant, reply: Reply, by: By) -> Given {
    let case = app.case();
    let about = CaseRef { account: case.account, case: case.id };
    let said = Said { reply, by, channel: "Slack", seen: None, claim: None };
    block_on(answering::give(&plant.outbox(), &about, &said, app.config(), plant.clock.now())).unwrap()
}

/// Row 35: the record was changed since.
#[test]
fn a_field_that_holds_something_else_by_now_is_left_and_reviewed_again() {
    let app = told_by_mail();
    let plant = app.plant("2026-10-01");
    give(&app, &plant, Reply::ConfirmUpdate(0), By::known("Maya", "maya@us.example"));
    let crm = Editor { holds: Some("true, since Tuesday"), ..Editor::default() };
    block_on(plant.pump_notices(&crm)).unwrap();
    let state = app.case().proposals[0].state.clone();
    assert_eq!(state, ProposalState::Outdated { now: Personal::new("true, since Tuesday") });
    assert!(slack_texts(&app).contains("not written: the field holds “true, since Tuesday” by now"));
    assert!(app.audit().iter().any(|entry| entry.action == "update outdated"));
}

#[test]
fn a_confirmation_that_lay_for_longer_than_a_week_is_asked_for_again() {
    let app = told_by_mail();
    let plant = app.plant("2026-10-01");
    give(&app, &plant, Reply::ConfirmUpdate(0), By::known("Maya", "maya@us.example"));
    drop(plant);
    let (late, crm) = (app.plant("2026-10-09"), Editor::default());
    block_on(late.pump_notices(&crm)).unwrap();
    assert_eq!(crm.updates.lock().unwrap().len(), 0);
    assert!(app.case().proposals[0].state.is_open());
    assert!(slack_texts(&app).contains("Not written on 9 Oct, because it was confirmed more than a week ago"));
    give(&app, &late, Reply::ConfirmUpdate(0), By::known("Maya", "maya@us.example"));
    block_on(late.pump_notices(&crm)).unwrap();
    assert_eq!(crm.updates.lock().unwrap().len(), 1);
}

#[test]
fn what_was_taken_back_before_it_was_written_is_not_written() {
    let app = told_by_mail();
    let (plant, crm) = (app.plant("2026-10-01"), Editor::default());
    give(&app, &plant, Reply::ConfirmUpdate(0), By::known("Maya", "maya@us.example"));
    give(&app, &plant, Reply::NotAChange(Personal::new("a joke of hers")), By::named("Maya"));
    block_on(plant.pump_notices(&crm)).unwrap();
    assert_eq!(crm.updates.lock().unwrap().len(), 0);
}

/// Whatever is said by whomever, in whichever order, and whatever messages come, repeated or made up: each write was confirmed
/// before it by somebody who may, once, and is exactly what was confirmed.
#[test]
fn no_field_is_written_without_a_confirmation_whatever_happens() {
    let origin = told_by_mail();
    let (mut written, mut silent) = (0, 0);
    for seed in 1..=60_u64 {
        let app = origin.copy();
        let (plant, crm) = (app.plant("2026-10-01"), Editor::default());
        let proposal = app.case().proposals[0].clone();
        let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut confirmed = 0;
        for _ in 0..12 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let roll = usize::try_from(dice >> 33).unwrap();
            let (mine, eve) = (By::known("Maya", "maya@us.example"), By::known("Eve", "eve@evil.example"));
            let (reply, by) = match roll % 9 {
                0 if roll.is_multiple_of(2) => (Reply::ConfirmUpdate(0), mine),
                0 | 1 => (Reply::ConfirmUpdate(0), eve),
                2 => (Reply::ConfirmUpdate(7), mine),
                3 => (Reply::RejectUpdate(0), eve),
                4 if roll.is_multiple_of(4) => (Reply::RejectUpdate(0), mine),
                4 | 5 => (Reply::GotIt, mine),
                6 => (Reply::StepDone(0), mine),
                7 => {
                    unasked(&app, &plant, roll);
                    continue;
                }
                _ => {
                    block_on(plant.pump_notices(&crm)).unwrap();
                    continue;
                }
            };
            let is_confirmation = reply == Reply::ConfirmUpdate(0);
            let from_maya = by.address.as_ref().is_some_and(|address| address.reveal() == "maya@us.example");
            if matches!(give(&app, &plant, reply, by), Given::Taken { .. }) && is_confirmation {
                assert!(from_maya, "seed {seed}: only she may");
                confirmed += 1;
            }
            assert!(crm.updates.lock().unwrap().len() <= confirmed, "seed {seed}");
        }
        block_on(plant.pump_notices(&crm)).unwrap();
        let updates = crm.updates.lock().unwrap();
        assert_eq!(updates.len(), confirmed, "seed {seed}: each confirmation is used once");
        for update in updates.iter() {
            let exact = (&update.record, &update.field, &update.before, &update.after);
            assert_eq!(exact, (&proposal.record, &proposal.field, &proposal.before, &proposal.after), "seed {seed}");
        }
        written += updates.len();
        silent += usize::from(updates.is_empty());
    }
    assert!(written > 5 && silent > 5, "both happen: {written} written, {silent} stories without a write");
}

/// A message that nobody has committed together with a confirmation.
fn unasked(app: &TestApp, plant: &Plant, roll: usize) {
    let case = app.case();
    let about = CaseRef { account: case.account, case: case.id };
    let body = Body::Update { about, proposal: 0 };
    let mut change = Change::untold(None, morning("2026-10-01"));
    change.send(Message::new(MessageId::of(&["unasked", &roll.to_string()]), body));
    block_on(plant.outbox().commit(change, morning("2026-10-01"))).unwrap();
}
