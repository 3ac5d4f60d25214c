//! Notes and tasks: each written once, whatever is repeated, and never lost to somebody else's lock.

use crm::SalesforceCrm;
use domain::ports::{Crm, CrmError, LogEntry, LogState, LogTask};
use domain::{CaseId, DeliveryId, Personal, UserId};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::stand::{Stand, account, contact};

struct Setting {
    stand: Stand,
    crm: SalesforceCrm,
    entry: LogEntry,
}

fn setting(external: bool) -> Setting {
    let (stand, northwind, people) = Stand::with_people(2);
    if external {
        own_field(&stand, true);
    }
    let maya = stand.load("User", json!([{ "Name": "maya", "IsActive": true }])).remove(0);
    let task = |subject: &str| LogTask {
        subject: Personal::new(subject),
        why: "the likeliest successor".to_owned(),
        due: date(2026, 11, 23),
        owner: UserId::parse(&maya).ok(),
    };
    let entry = LogEntry {
        id: DeliveryId::of(&["note"]),
        case: CaseId::of(&["case"]),
        account: account(&northwind),
        contact: contact(&people[0]),
        subject: Personal::new("Dana Fox has left O'Neil & \"Sons\"\\"),
        note: Personal::new("Dana has left.\nTwo lines, ' and \\ and 三."),
        tasks: vec![task("Call Lee 100%_"), task("Ask Priya")],
        owner: UserId::parse(&maya).ok(),
        day: date(2026, 11, 2),
    };
    let crm = stand.crm();
    Setting { stand, crm, entry }
}

fn own_field(stand: &Stand, unique: bool) {
    let field = json!({ "object": "Task", "name": "Baton_Id__c", "length": 64, "externalId": true, "unique": unique });
    stand.control("field", field);
}

fn state(entry: &LogEntry, words: &str, ended: bool) -> LogState {
    LogState {
        entry: entry.id.clone(),
        logged: entry.day,
        case: entry.case.clone(),
        account: entry.account.clone(),
        contact: entry.contact.clone(),
        words: Personal::new(words),
        ended,
        day: date(2026, 11, 3),
    }
}

fn tasks(stand: &Stand) -> Vec<Value> {
    stand.records("Task").into_iter().filter(|task| task["IsDeleted"] == json!(false)).collect()
}

#[tokio::test]
async fn a_note_and_its_tasks_are_written_once_however_often_and_by_whomever_they_are_sent() {
    for external in [false, true] {
        let Setting { stand, crm, entry } = setting(external);
        crm.log(&entry).await.unwrap();
        crm.log(&entry).await.unwrap();
        stand.crm().log(&entry).await.unwrap();
        let tasks = tasks(&stand);
        assert_eq!(tasks.len(), 3, "external id: {external}");
        let note = &tasks[0];
        assert_eq!((&note["WhatId"], &note["WhoId"]), (&json!(entry.account.as_str()), &json!(entry.contact.as_str())));
        assert_eq!(
            (&note["Status"], &note["IsClosed"], &note["ActivityDate"]),
            (&json!("Completed"), &json!(true), &json!("2026-11-02"))
        );
        assert_eq!(note["Subject"], json!(format!("{} [{}]", entry.subject.reveal(), entry.case)));
        assert!(note["Description"].as_str().unwrap().starts_with(entry.note.reveal()));
        assert_eq!((&tasks[1]["Status"], &tasks[2]["ActivityDate"]), (&json!("Not Started"), &json!("2026-11-23")));
        assert_eq!(stand.requests("/composite/sobjects"), 1);
        // Another entry of the same case is one of its own.
        crm.log(&LogEntry { id: DeliveryId::of(&["other"]), ..entry.clone() }).await.unwrap();
        assert_eq!(self::tasks(&stand).len(), 6);
    }
}

#[tokio::test]
async fn what_was_half_written_before_a_crash_is_completed_and_not_doubled() {
    for external in [false, true] {
        let Setting { stand, crm, entry } = setting(external);
        crm.log(&LogEntry { tasks: entry.tasks[..1].to_vec(), ..entry.clone() }).await.unwrap();
        crm.log(&entry).await.unwrap();
        assert_eq!(tasks(&stand).len(), 3);
    }
}

#[tokio::test]
async fn what_became_of_a_case_stands_in_its_note_once_and_an_end_closes_its_tasks() {
    for external in [false, true] {
        let Setting { stand, crm, entry } = setting(external);
        crm.log(&entry).await.unwrap();
        let acknowledged = state(&entry, "acknowledged by Maya Lind, 3 Nov: on it", false);
        crm.log_state(&acknowledged).await.unwrap();
        crm.log_state(&acknowledged).await.unwrap();
        let note = tasks(&stand)[0]["Description"].as_str().unwrap().to_owned();
        assert!(note.starts_with("2026-11-03: acknowledged by Maya Lind, 3 Nov: on it\nDana has left."), "{note}");
        assert_eq!(note.matches("acknowledged").count(), 1);
        assert!(tasks(&stand)[1..].iter().all(|task| task["IsClosed"] == json!(false)));
        crm.log_state(&state(&entry, "done", true)).await.unwrap();
        crm.log_state(&state(&entry, "done", true)).await.unwrap();
        let tasks = tasks(&stand);
        assert!(tasks.len() == 3 && tasks.iter().all(|task| task["IsClosed"] == json!(true)));
        // The note that is sent again finds its own, whatever was written into it.
        crm.log(&entry).await.unwrap();
        assert_eq!(self::tasks(&stand).len(), 3);
    }
}

#[tokio::test]
async fn an_external_id_that_is_not_unique_is_filled_and_not_relied_upon() {
    for (unique, upserts) in [(false, 0), (true, 1)] {
        let Setting { stand, crm, entry } = setting(false);
        own_field(&stand, unique);
        crm.log(&entry).await.unwrap();
        stand.crm().log(&entry).await.unwrap();
        assert!(tasks(&stand).len() == 3 && tasks(&stand)[0]["Baton_Id__c"] == json!(entry.id.as_str()));
        assert_eq!(stand.requests("/composite/sobjects/Task/Baton_Id__c"), upserts);
    }
}

#[tokio::test]
async fn what_became_of_a_case_whose_note_is_gone_stands_in_one_of_its_own() {
    let Setting { stand, crm, entry } = setting(false);
    crm.log_state(&state(&entry, "done", true)).await.unwrap();
    crm.log_state(&state(&entry, "done", true)).await.unwrap();
    let tasks = tasks(&stand);
    assert_eq!((tasks.len(), &tasks[0]["Subject"]), (1, &json!(format!("Baton: done [{}]", entry.case))));
}

#[tokio::test]
async fn a_row_that_somebody_else_holds_is_tried_again_and_the_others_are_not() {
    let Setting { stand, crm, entry } = setting(false);
    stand.set("locks", json!({ entry.account.as_str(): 4 }));
    crm.log(&entry).await.unwrap();
    assert_eq!(tasks(&stand).len(), 3);
    assert!((2..=4).contains(&stand.requests("/composite/sobjects")));
    stand.set("locks", json!({ entry.account.as_str(): 100 }));
    let other = LogEntry { id: DeliveryId::of(&["other"]), ..entry };
    assert!(matches!(crm.log(&other).await, Err(CrmError::Unavailable(_))));
    assert_eq!(tasks(&stand).len(), 3);
}

#[tokio::test]
async fn writes_under_one_account_go_one_after_the_other() {
    let Setting { stand, crm, entry } = setting(false);
    let entries: Vec<LogEntry> =
        (0..4).map(|n| LogEntry { id: DeliveryId::of(&[&n.to_string()]), ..entry.clone() }).collect();
    let [a, b, c, d] = &entries[..] else { unreachable!() };
    let (a, b, c, d) = tokio::join!(crm.log(a), crm.log(b), crm.log(c), crm.log(d));
    for done in [a, b, c, d] {
        done.unwrap();
    }
    let state = stand.control("state", json!({}));
    let kinds: Vec<bool> = state["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r.as_str().unwrap().contains("/composite/sobjects"))
        .collect();
    assert!(kinds.windows(2).all(|two| two != [true, true]), "each looks before it writes, and none in between");
    assert_eq!(tasks(&stand).len(), 12);
}

/// RELIABILITY, row 22: whom a task refers to.
#[tokio::test]
async fn a_task_is_written_without_whoever_is_gone_and_under_the_account_that_another_became() {
    let Setting { stand, crm, entry } = setting(false);
    stand.control("delete", json!({ "object": "Contact", "id": entry.contact.as_str() }));
    stand.change("User", entry.owner.as_ref().unwrap().as_str(), json!({ "IsActive": false }));
    crm.log(&entry).await.unwrap();
    let written = tasks(&stand);
    assert_eq!((written.len(), &written[0]["WhoId"], &written[0]["OwnerId"]), (3, &json!(null), &json!(null)));

    let winner = stand.load("Account", json!([{ "Name": "Northwind Group" }])).remove(0);
    stand.control("merge", json!({ "object": "Account", "loser": entry.account.as_str(), "winner": winner }));
    crm.log(&entry).await.unwrap();
    assert_eq!(tasks(&stand).len(), 3, "what moved with its account is found there");
    crm.log(&LogEntry { id: DeliveryId::of(&["other"]), ..entry.clone() }).await.unwrap();
    let moved: Vec<Value> = tasks(&stand).into_iter().skip(3).collect();
    assert!(moved.len() == 3 && moved.iter().all(|task| task["WhatId"] == json!(winner)));

    stand.control("delete", json!({ "object": "Account", "id": winner }));
    let last = LogEntry { id: DeliveryId::of(&["last"]), ..entry };
    assert!(matches!(crm.log(&last).await, Err(CrmError::Unusable(why)) if why.contains("deleted")));
}

#[tokio::test]
async fn a_note_of_any_length_fits_and_the_orgs_own_words_for_done_are_used() {
    let Setting { stand, crm, entry } = setting(false);
    let statuses = stand.records("TaskStatus");
    let done = statuses.iter().find(|status| status["IsClosed"] == json!(true)).unwrap();
    stand.change("TaskStatus", done["Id"].as_str().unwrap(), json!({ "ApiName": "Erledigt" }));
    let long =
        LogEntry { subject: Personal::new("😀".repeat(300)), note: Personal::new("é\n".repeat(40_000)), ..entry };
    crm.log(&long).await.unwrap();
    crm.log(&long).await.unwrap();
    crm.log_state(&state(&long, &"x".repeat(3_000), true)).await.unwrap();
    let tasks = tasks(&stand);
    assert_eq!(tasks.len(), 3);
    assert!(tasks.iter().all(|task| task["Status"] == json!("Erledigt")));
}

#[tokio::test]
async fn more_than_two_hundred_tasks_go_in_two_requests() {
    let Setting { stand, crm, entry } = setting(true);
    let tasks = (0..250).map(|_| entry.tasks[0].clone()).collect();
    crm.log(&LogEntry { tasks, ..entry }).await.unwrap();
    assert_eq!((self::tasks(&stand).len(), stand.requests("/composite/sobjects")), (251, 2));
}

#[tokio::test]
async fn a_user_who_may_write_no_tasks_is_told_which_right_is_missing() {
    let Setting { stand, crm, entry } = setting(false);
    stand.set("deleted_objects", json!(["Task"]));
    assert!(matches!(crm.log(&entry).await, Err(CrmError::Unusable(why)) if why.contains("Edit Tasks")));
}
