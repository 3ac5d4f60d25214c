//! Notes, tasks and confirmed updates: each once, whatever is repeated or lost.

use domain::ports::{Crm, CrmError, FieldUpdate, LogEntry, LogState, LogTask, Updated, UpdatedRecord};
use domain::{CaseId, DeliveryId, Personal, UserId};
use jiff::SignedDuration;
use jiff::civil::date;

use crate::portal::Portal;
use crate::{account, contact, hubspot, hubspot_with, people};

/// A portal with one contact in one company, and their ids.
fn portal() -> (Portal, u64, u64) {
    let portal = Portal::start();
    people(&portal, 1);
    let (person, company) = {
        let state = portal.open();
        (*state.objects["contacts"].keys().next().unwrap(), *state.objects["companies"].keys().next().unwrap())
    };
    // A search would find nothing of what is written.
    portal.open().lags = true;
    (portal, person, company)
}

fn entry(person: u64, company: u64) -> LogEntry {
    let task = |subject: &str| LogTask {
        subject: Personal::new(subject),
        why: "the likeliest <successor> & nobody else".to_owned(),
        due: date(2026, 11, 4),
        owner: UserId::parse("71").ok(),
    };
    LogEntry {
        id: DeliveryId::of(&["entry"]),
        case: CaseId::of(&["case"]),
        account: account(company),
        contact: contact(person),
        subject: Personal::new("Dana Fox has left <b>Northwind</b>"),
        note: Personal::new("How we know:\nmail bounced\n\nPlan"),
        tasks: vec![task("Call Lee"), task("Ask Priya")],
        owner: UserId::parse("71").ok(),
        day: date(2026, 11, 2),
    }
}

fn state_of(entry: &LogEntry, words: &str, ended: bool) -> LogState {
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

/// A property of every record of an object.
fn held(portal: &Portal, object: &str, property: &str) -> Vec<String> {
    let state = portal.open();
    state.objects[object].values().map(|r| r.properties.get(property).cloned().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_note_and_tasks_are_written_under_contact_and_company_once_however_often_they_are_sent() {
    let (portal, person, company) = portal();
    let entry = entry(person, company);
    for _ in 0..3 {
        hubspot(&portal).log(&entry).await.unwrap();
    }
    let bodies = held(&portal, "notes", "hs_note_body");
    assert_eq!(bodies.len(), 1);
    assert!(
        bodies[0].contains("left &lt;b&gt;Northwind&lt;/b&gt;") && bodies[0].contains("How we know:<br>mail bounced"),
        "{bodies:?}"
    );
    assert_eq!(held(&portal, "tasks", "hs_task_subject"), ["Call Lee", "Ask Priya"]);
    assert_eq!(held(&portal, "tasks", "hs_timestamp"), ["2026-11-04T09:00:00Z"; 2]);
    assert_eq!(held(&portal, "tasks", "hubspot_owner_id"), ["71"; 2]);
    let associated = portal.open().associations.iter().filter(|(from, ..)| from == "notes" || from == "tasks").count();
    assert_eq!(associated, 6);
    assert!(portal.take_requests("search").is_empty(), "the index of searches lags behind, so none is asked");
}

#[tokio::test]
async fn what_was_written_although_its_answer_was_lost_is_found_again() {
    for path in ["objects/notes", "tasks/batch/create"] {
        let (portal, person, company) = portal();
        let entry = entry(person, company);
        portal.open().loses_answer(path);
        // The reading of notes is asked at a path that holds the same words, and may be repeated at once.
        while let Err(error) = hubspot(&portal).log(&entry).await {
            assert!(matches!(error, CrmError::Unavailable(_)), "{error:?}");
        }
        hubspot(&portal).log(&entry).await.unwrap();
        assert_eq!(
            (held(&portal, "notes", "hs_note_body").len(), held(&portal, "tasks", "hs_task_body").len()),
            (1, 2),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_batch_of_which_a_part_was_done_is_completed_by_the_next_try() {
    let (portal, person, company) = portal();
    let entry = entry(person, company);
    hubspot(&portal).log(&entry).await.unwrap();
    // As if the second task had failed with 207.
    let last = *portal.open().objects["tasks"].keys().last().unwrap();
    portal.open().archive("tasks", last);
    hubspot(&portal).log(&entry).await.unwrap();
    assert_eq!(held(&portal, "tasks", "hs_task_subject"), ["Call Lee", "Ask Priya", "Ask Priya"]);
    let body = r#"{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"x"}]}"#;
    portal.open().archive("tasks", last + 1);
    portal.open().fails("tasks/batch/create", 0, 207, &[], body);
    assert!(matches!(hubspot(&portal).log(&entry).await, Err(CrmError::Unavailable(_))));
    hubspot(&portal).log(&entry).await.unwrap();
}

#[tokio::test]
async fn an_own_note_is_found_among_hundreds_of_others() {
    let (portal, person, company) = portal();
    let entry = entry(person, company);
    hubspot(&portal).log(&entry).await.unwrap();
    for number in 0..350 {
        let mut state = portal.open();
        let note = state.make("notes", &[("hs_note_body", &format!("<p>Talk {number}; see Baton {}</p>", entry.id))]);
        state.associate("notes", note, "contacts", person);
    }
    hubspot(&portal).log(&entry).await.unwrap();
    assert_eq!(held(&portal, "notes", "hs_note_body").len(), 351);
}

#[tokio::test]
async fn notes_of_before_the_entry_are_not_looked_through() {
    let (portal, person, company) = portal();
    for _ in 0..1_000 {
        let mut state = portal.open();
        let note = state.make("notes", &[("hs_note_body", "old")]);
        state.associate("notes", note, "contacts", person);
    }
    portal.open().wait(SignedDuration::from_hours(24 * 30));
    let entry = LogEntry { day: date(2026, 12, 2), ..entry(person, company) };
    hubspot(&portal).log(&entry).await.unwrap();
    assert_eq!(portal.take_requests("objects/notes/batch/read").len(), 1);
}

#[tokio::test]
async fn a_contact_that_was_deleted_is_written_of_under_its_company_and_a_merged_one_under_the_one_it_is_now() {
    let (portal, person, company) = portal();
    portal.open().archive("contacts", person);
    for _ in 0..2 {
        hubspot(&portal).log(&entry(person, company)).await.unwrap();
    }
    assert_eq!(held(&portal, "notes", "hs_note_body").len(), 1);

    let winner = portal.open().make("contacts", &[("lastname", "Fox")]);
    portal.open().merge(winner, person);
    let entry = LogEntry { id: DeliveryId::of(&["another"]), ..entry(person, company) };
    hubspot(&portal).log(&entry).await.unwrap();
    let linked =
        |from: &str| portal.open().associations.iter().filter(|(f, _, _, to)| f == from && *to == winner).count();
    assert_eq!((linked("notes"), linked("tasks")), (1, 2));

    portal.open().archive("contacts", winner);
    portal.open().archive("companies", company);
    let error = hubspot(&portal).log(&entry).await.unwrap_err().to_string();
    assert!(error.contains("nothing to write under"), "{error}");
}

#[tokio::test]
async fn the_note_shows_every_state_once_and_the_end_completes_the_tasks() {
    let (portal, person, company) = portal();
    let entry = entry(person, company);
    hubspot(&portal).log(&entry).await.unwrap();
    let taken = state_of(&entry, "acknowledged by Maya & Robin: \"on it\"", false);
    for _ in 0..2 {
        hubspot(&portal).log_state(&taken).await.unwrap();
    }
    assert_eq!(held(&portal, "tasks", "hs_task_status"), ["NOT_STARTED"; 2]);
    for _ in 0..2 {
        hubspot(&portal).log_state(&state_of(&entry, "closed by Maya", true)).await.unwrap();
    }
    let body = &held(&portal, "notes", "hs_note_body")[0];
    assert_eq!(
        (body.matches("2026-11-03: acknowledged by Maya &amp; Robin").count(), body.matches("closed by Maya").count()),
        (1, 1),
        "{body}"
    );
    assert_eq!(held(&portal, "tasks", "hs_task_status"), ["COMPLETED"; 2]);
    assert_eq!(portal.take_requests("tasks/batch/update").len(), 1);
    hubspot(&portal).log(&entry).await.unwrap();
    assert_eq!(held(&portal, "notes", "hs_note_body").len(), 1, "a note that shows a state is still the entry's");
}

#[tokio::test]
async fn a_state_is_shown_though_another_one_begins_like_it_and_however_long_the_note_has_grown() {
    let (portal, person, company) = portal();
    let entry = entry(person, company);
    hubspot(&portal).log(&entry).await.unwrap();
    for words in ["acknowledged by Maya: on it, tomorrow", "acknowledged by Maya: on it"] {
        hubspot(&portal).log_state(&state_of(&entry, words, false)).await.unwrap();
    }
    let body = &held(&portal, "notes", "hs_note_body")[0];
    assert_eq!(body.matches("acknowledged by Maya: on it").count(), 2, "{body}");
    for number in 0..60 {
        let words = format!("later {number}: {}", "<no time>\n".repeat(400));
        for _ in 0..2 {
            hubspot(&portal).log_state(&state_of(&entry, &words, false)).await.unwrap();
        }
    }
    let body = &held(&portal, "notes", "hs_note_body")[0];
    assert!(body.contains("Dana Fox has left") && !body.contains("on it") && body.matches("later 59: ").count() == 1);
    hubspot(&portal).log(&entry).await.unwrap();
    assert_eq!(held(&portal, "notes", "hs_note_body").len(), 1, "the mark stands");
}

#[tokio::test]
async fn what_is_older_than_an_entry_is_not_looked_through_for_its_states() {
    let (portal, person, company) = portal();
    for object in ["notes", "tasks"] {
        for _ in 0..500 {
            let mut state = portal.open();
            let old = state.make(object, &[("hs_task_status", "NOT_STARTED")]);
            state.associate(object, old, "contacts", person);
        }
    }
    portal.open().wait(SignedDuration::from_hours(24 * 30));
    let entry = LogEntry { day: date(2026, 12, 2), ..entry(person, company) };
    hubspot(&portal).log(&entry).await.unwrap();
    portal.open().wait(SignedDuration::from_hours(24 * 30));
    portal.take_requests("");
    hubspot(&portal).log_state(&state_of(&entry, "closed by Maya", true)).await.unwrap();
    let looked = ["objects/notes/batch/read", "objects/tasks/batch/read"].map(|path| portal.take_requests(path).len());
    assert_eq!((looked, portal.take_requests("tasks/batch/update").len()), ([1, 1], 1));
}

#[tokio::test]
async fn a_state_whose_note_was_deleted_has_a_note_of_its_own() {
    let (portal, person, company) = portal();
    let entry = entry(person, company);
    for _ in 0..2 {
        hubspot(&portal).log_state(&state_of(&entry, "closed by Maya", true)).await.unwrap();
    }
    let bodies = held(&portal, "notes", "hs_note_body");
    assert!(bodies.len() == 1 && bodies[0].contains("2026-11-03: closed by Maya"), "{bodies:?}");
}

fn update(record: UpdatedRecord, before: &str, after: &str) -> FieldUpdate {
    let (before, after) = (Personal::new(before), Personal::new(after));
    FieldUpdate { id: DeliveryId::of(&["update"]), record, field: "jobtitle".to_owned(), before, after }
}

#[tokio::test]
async fn a_field_is_written_if_it_holds_what_it_held_and_left_alone_if_it_does_not() {
    let (portal, person, _) = portal();
    let record = || UpdatedRecord::Contact(contact(person));
    let crm = hubspot(&portal);
    let other = crm.update(&update(record(), "CFO", "CEO")).await.unwrap();
    assert_eq!(other, Updated::Changed { now: Personal::new("VP Operations") });
    for _ in 0..2 {
        assert_eq!(crm.update(&update(record(), "VP Operations", "COO")).await.unwrap(), Updated::Written);
    }
    assert_eq!(
        (
            held(&portal, "contacts", "jobtitle"),
            portal.take_requests("contacts/").iter().filter(|r| r.method == "PATCH").count()
        ),
        (vec!["COO".to_owned()], 1)
    );
    portal.open().loses_answer(&person.to_string());
    assert!(matches!(crm.update(&update(record(), "COO", "CEO")).await, Err(CrmError::Unavailable(_))));
    assert_eq!(crm.update(&update(record(), "COO", "CEO")).await.unwrap(), Updated::Written);
}

#[tokio::test]
async fn a_property_that_is_mapped_by_its_label_is_read_and_written_by_its_name() {
    let (portal, person, _) = portal();
    let crm = hubspot_with(&portal, "[fields]\nleft = \"No longer there\"\n");
    let record = || UpdatedRecord::Contact(contact(person));
    let left = |named: &str, before, after| FieldUpdate { field: named.to_owned(), ..update(record(), before, after) };
    for _ in 0..2 {
        assert_eq!(crm.update(&left("No longer there", "false", "true")).await.unwrap(), Updated::Written);
    }
    assert_eq!(held(&portal, "contacts", "left_company"), ["true"]);
    assert_eq!(portal.take_requests("contacts/").iter().filter(|r| r.method == "PATCH").count(), 1);
    portal.open().change("contacts", person, &[("left_company", "maybe")]);
    let changed = crm.update(&left("No longer there", "false", "true")).await.unwrap();
    assert_eq!(changed, Updated::Changed { now: Personal::new("maybe") });

    let crm = hubspot_with(&portal, "[fields]\nleft = \"Gone\"\n");
    let error = crm.update(&left("Gone", "false", "true")).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(_)), "{error:?}");
    let error = error.to_string();
    assert!(
        error.contains("fields.left: HubSpot has no property \"Gone\" of contacts; write its internal name"),
        "{error}"
    );
}

#[tokio::test]
async fn what_cannot_be_written_says_why_and_quotes_nobody() {
    let (portal, person, company) = portal();
    let crm = hubspot(&portal);
    let unknown =
        FieldUpdate { field: "renewal".to_owned(), ..update(UpdatedRecord::Account(account(company)), "", "Dana") };
    let error = crm.update(&unknown).await.unwrap_err().to_string();
    assert!(error.contains("HubSpot has no property \"renewal\" of companies") && !error.contains("Dana"), "{error}");
    let taken = r#"{"status":"error","message":"Contact already exists. Existing ID: 2089","category":"CONFLICT"}"#;
    portal.open().fails(&person.to_string(), 0, 409, &[], taken);
    let error = crm
        .update(&update(UpdatedRecord::Contact(contact(person)), "VP Operations", "x"))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("record 2089 has this value already"), "{error}");
    let gone = crm.update(&update(UpdatedRecord::Contact(contact(1)), "", "x")).await.unwrap_err().to_string();
    assert!(gone.contains("HubSpot's record 1 is gone"), "{gone}");
    portal.open().scopes.remove("crm.objects.contacts.write");
    let forbidden = crm.log(&entry(person, company)).await.unwrap_err().to_string();
    assert!(forbidden.contains("the scope crm.objects.contacts.write"), "{forbidden}");
}
