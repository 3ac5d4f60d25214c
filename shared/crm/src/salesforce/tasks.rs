//! Notes and tasks in Salesforce: what a case writes there, found again by a mark of its own before anything is written twice.

use std::collections::{HashMap, HashSet};

use domain::ports::{CrmError, LogEntry, LogState, LogTask};
use domain::{CaseId, DeliveryId, UserId};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::cells::Cells;
use super::references::References;
use super::schema::OWN_ID;
use super::soql;
use super::streams::{Order, Stream, drain};
use super::write::{How, Record, Wrong, write};
use super::{Org, Ready};

const TASK: &str = "Task";
const WHAT: &str = "the tasks of a case";
/// Characters that a subject and a description hold.
const SUBJECT: usize = 255;
const DESCRIPTION: usize = 32_000;
/// Before the mark, on a description's last line.
const MARK: &str = "Baton ";

/// Writes the note of an entry and the tasks of its steps, those of them that are not there yet.
pub(super) async fn log(org: &Org, ready: &Ready, entry: &LogEntry) -> Result<(), CrmError> {
    let _alone = org.alone(entry.account.as_str()).await;
    usable(ready)?;
    let found = find(org, ready, entry.account.as_str(), &entry.case, &entry.id).await?;
    let there: HashSet<&str> = found.iter().map(|task| task.mark.as_str()).collect();
    let mut drafts = drafts(entry);
    drafts.retain(|draft| !there.contains(draft.mark.as_str()));
    create(org, ready, drafts).await
}

/// Writes into the note of an entry what has become of its case, and closes its tasks where nothing is left to do.
pub(super) async fn log_state(org: &Org, ready: &Ready, state: &LogState) -> Result<(), CrmError> {
    let _alone = org.alone(state.account.as_str()).await;
    usable(ready)?;
    let found = find(org, ready, state.account.as_str(), &state.case, &state.entry).await?;
    let line = format!("{}: {}", state.day, state.words.reveal().replace(['\r', '\n'], " "));
    let note = found.iter().find(|task| task.mark == state.entry.as_str());
    if note.is_none() {
        return state_of_its_own(org, ready, state, &line).await;
    }
    let mut records = Vec::new();
    for task in &found {
        let mut fields = Map::new();
        if task.mark == state.entry.as_str() && !task.description.lines().any(|known| known == line) {
            fields.insert("Description".to_owned(), json!(headed(&line, &task.description)));
        }
        if state.ended && !task.closed {
            fields.insert("Status".to_owned(), json!(ready.schema.statuses.done));
        }
        if !fields.is_empty() {
            fields.insert("Id".to_owned(), json!(task.id));
            records.push(Record { kind: TASK, fields });
        }
    }
    let wrong = write(org, WHAT, How::Update, &records).await?;
    wrong.into_iter().next().map_or(Ok(()), |(_, wrong)| Err(wrong.about(WHAT)))
}

/// A task that was found.
struct Found {
    id: String,
    mark: String,
    description: String,
    closed: bool,
}

/// A task to be written.
#[derive(Clone)]
pub(super) struct Draft {
    /// By which it is found again.
    mark: String,
    pub(super) account: String,
    pub(super) contact: String,
    pub(super) owner: Option<UserId>,
    subject: String,
    text: String,
    day: Date,
    done: bool,
}

/// A note that was never written, or that somebody has deleted: the state stands as one of its own.
async fn state_of_its_own(org: &Org, ready: &Ready, state: &LogState, line: &str) -> Result<(), CrmError> {
    let id = DeliveryId::of(&[state.entry.as_str(), state.words.reveal()]);
    if !find(org, ready, state.account.as_str(), &state.case, &id).await?.is_empty() {
        return Ok(());
    }
    let draft = Draft {
        mark: id.to_string(),
        account: state.account.to_string(),
        contact: state.contact.to_string(),
        owner: None,
        subject: subject(&format!("Baton: {}", state.words.reveal()), &state.case),
        text: line.to_owned(),
        day: state.day,
        done: true,
    };
    create(org, ready, vec![draft]).await
}

/// The note first, completed; then a task for each step, open.
fn drafts(entry: &LogEntry) -> Vec<Draft> {
    let draft = |mark: String, owner: &Option<UserId>, words: &str, text: String, day: Date, done: bool| Draft {
        mark,
        account: entry.account.to_string(),
        contact: entry.contact.to_string(),
        owner: owner.clone(),
        subject: subject(words, &entry.case),
        text,
        day,
        done,
    };
    let (words, text) = (entry.subject.reveal(), entry.note.reveal().to_owned());
    let note = draft(entry.id.to_string(), &entry.owner, words, text, entry.day, true);
    let step = |(number, task): (usize, &LogTask)| {
        draft(format!("{}-{number}", entry.id), &task.owner, task.subject.reveal(), task.why.clone(), task.due, false)
    };
    std::iter::once(note).chain((1..).zip(&entry.tasks).map(step)).collect()
}

/// Those of the tasks of an entry that are there, archived ones included.
async fn find(
    org: &Org,
    ready: &Ready,
    account: &str,
    case: &CaseId,
    entry: &DeliveryId,
) -> Result<Vec<Found>, CrmError> {
    let by_field = own_field(ready).is_some();
    // A description cannot be filtered on, so the case in the subject leads to the mark in it.
    let filter = if by_field {
        format!("{OWN_ID} LIKE {} AND IsDeleted = false", soql::text(&format!("{entry}%")))
    } else {
        let references = References::of_account(org, account).await?;
        let (account, case) = (soql::text(&references), soql::ending_with(&tag(case)));
        format!("WhatId = {account} AND Subject LIKE {case} AND IsDeleted = false")
    };
    let own = by_field.then_some(OWN_ID);
    let select = ["Id", "Description", "IsClosed"].into_iter().chain(own).collect::<Vec<_>>().join(", ");
    let mut found = Vec::new();
    let mut streams = [Stream::new(&select, TASK, filter, Order::Id).with_deleted()];
    drain(&org.api, WHAT, &mut streams, |_, row| {
        let description = row.trimmed("Description");
        let mark = if by_field { row.trimmed(OWN_ID) } else { mark_in(&description).to_owned() };
        let (id, closed) = (row.trimmed("Id"), row.flag("IsClosed"));
        if mark == entry.as_str() || mark.strip_prefix(entry.as_str()).is_some_and(|rest| rest.starts_with('-')) {
            found.push(Found { id, mark, description, closed });
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Writes tasks. A person or a user that they refer to may be gone by now; then they are written without, and an account that was
/// merged is written of as the one it became.
async fn create(org: &Org, ready: &Ready, mut drafts: Vec<Draft>) -> Result<(), CrmError> {
    let (own, how) = match own_field(ready) {
        Some(true) => (true, How::Upsert(OWN_ID)),
        Some(false) => (true, How::Create),
        None => (false, How::Create),
    };
    let record = |draft: &Draft| Record { kind: TASK, fields: fields(ready, draft, own) };
    let records: Vec<Record> = drafts.iter().map(record).collect();
    let wrong: HashMap<usize, Wrong> = write(org, WHAT, how, &records).await?.into_iter().collect();
    let Some(first) = wrong.values().find(|wrong| !wrong.is_about_a_reference()).or_else(|| wrong.values().next())
    else {
        return Ok(());
    };
    if !first.is_about_a_reference() {
        return Err(first.clone().about(WHAT));
    }
    let mut again: Vec<Draft> =
        drafts.drain(..).enumerate().filter(|(at, _)| wrong.contains_key(at)).map(|(_, draft)| draft).collect();
    References::read(org, &again).await?.correct(&mut again)?;
    let records: Vec<Record> = again.iter().map(record).collect();
    let wrong = write(org, WHAT, how, &records).await?;
    wrong.into_iter().next().map_or(Ok(()), |(_, wrong)| Err(wrong.about(WHAT)))
}

/// Those of a task's fields that this user may write.
fn fields(ready: &Ready, draft: &Draft, own: bool) -> Map<String, Value> {
    let status = if draft.done { &ready.schema.statuses.done } else { &ready.schema.statuses.open };
    let mut fields = Map::new();
    let mut set = |field: &str, value: Value| {
        if ready.schema.field(TASK, field).is_some_and(|field| field.createable) {
            fields.insert(field.to_owned(), value);
        }
    };
    for (field, id) in [("WhatId", draft.account.as_str()), ("WhoId", draft.contact.as_str())] {
        if soql::is_id(id) {
            set(field, json!(id));
        }
    }
    if let Some(owner) = draft.owner.as_ref().filter(|owner| soql::is_id(owner.as_str())) {
        set("OwnerId", json!(owner.as_str()));
    }
    set("Subject", json!(draft.subject));
    set("Description", json!(marked(&draft.text, &draft.mark)));
    set("ActivityDate", json!(draft.day.to_string()));
    set("Status", json!(status));
    set("Priority", json!("Normal"));
    if own {
        set(OWN_ID, json!(draft.mark));
    }
    fields
}

/// Whether the org has a field for the mark of a task, and then whether it is one by which Salesforce refuses a second task.
fn own_field(ready: &Ready) -> Option<bool> {
    let longest = DeliveryId::of(&[""]).as_str().len() + "-100".len();
    let field = ready.schema.field(TASK, OWN_ID)?;
    (field.filterable && field.createable && field.length >= longest).then_some(field.refuses_a_second())
}

fn usable(ready: &Ready) -> Result<(), CrmError> {
    let may = |field: &str| ready.schema.field(TASK, field).is_some_and(|field| field.createable);
    if may("Subject") && may("Description") && may("WhatId") {
        return Ok(());
    }
    Err(CrmError::Unusable(
        "Salesforce lets Baton's user write no tasks: give the user Create and Edit on Task, with its fields Subject, Comments and \
         Related To (permission Edit Tasks)"
            .to_owned(),
    ))
}

/// One line, with the case at its end.
fn subject(words: &str, case: &CaseId) -> String {
    let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let tag = tag(case);
    format!("{}{tag}", cut(&words, SUBJECT - tag.len()))
}

fn tag(case: &CaseId) -> String {
    format!(" [{case}]")
}

/// A text with the mark on its last line, however long it is.
fn marked(text: &str, mark: &str) -> String {
    let end = format!("\n\n{MARK}{mark}");
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    format!("{}{end}", cut(text.trim_end(), DESCRIPTION - end.len()))
}

/// A line before a text that ends with a mark.
fn headed(line: &str, description: &str) -> String {
    let text = description.rsplit_once(MARK).map_or(description, |(text, _)| text);
    let mark = mark_in(description);
    if mark.is_empty() {
        cut(&format!("{line}\n{text}"), DESCRIPTION)
    } else {
        marked(&format!("{line}\n{text}"), mark)
    }
}

fn mark_in(description: &str) -> &str {
    description.lines().next_back().and_then(|line| line.trim().strip_prefix(MARK)).unwrap_or_default()
}

/// At most so many characters as Salesforce counts them, which are units of UTF-16.
fn cut(text: &str, most: usize) -> String {
    let mut left = most;
    text.chars().take_while(|c| left.checked_sub(c.len_utf16()).inspect(|rest| left = *rest).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_what_salesforce_holds_and_keeps_its_mark() {
        let long = "é😀".repeat(20_000);
        let text = marked(&long, "d-1");
        assert!(text.encode_utf16().count() <= DESCRIPTION && mark_in(&text) == "d-1");
        let headed = headed("2026-11-03: acknowledged", &text);
        assert!(headed.encode_utf16().count() <= DESCRIPTION && mark_in(&headed) == "d-1");
        assert!(headed.starts_with("2026-11-03: acknowledged\né"));
        let case = CaseId::of(&["case"]);
        let subject = subject(&"x\r\ny ".repeat(200), &case);
        assert!(subject.len() == SUBJECT && subject.ends_with(&format!(" [{case}]")) && !subject.contains('\n'));
    }
}
