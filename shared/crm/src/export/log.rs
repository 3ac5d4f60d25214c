//! What Baton writes back into the CRM, as files that Salesforce's data loader imports: `Task.csv`, and `Updates.csv` with what a
//! person has confirmed.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use domain::ports::{CrmError, FieldUpdate, LogEntry, LogState, UpdatedRecord};
use domain::{DeliveryId, UserId};

const HEADER: [&str; 9] =
    ["Baton_Id__c", "WhatId", "WhoId", "OwnerId", "Subject", "Description", "ActivityDate", "Status", "Priority"];
const UPDATES_HEADER: [&str; 5] = ["Baton_Id__c", "Id", "Field", "Before", "After"];

/// Notes, tasks and confirmed updates, each written once.
pub(super) struct TaskLog {
    tasks: Rows,
    updates: Rows,
}

/// A file of rows, of which each has an id of its own in the first column.
struct Rows {
    path: PathBuf,
    header: &'static [&'static str],
    written: Mutex<Option<HashSet<String>>>,
}

impl TaskLog {
    /// The file of notes, tasks and states.
    pub(super) const TASKS: &str = "Task.csv";

    /// Writes to `Task.csv` and `Updates.csv` in `dir`.
    pub(super) fn new(dir: &Path) -> Self {
        let rows = |name: &str, header| Rows { path: dir.join(name), header, written: Mutex::new(None) };
        Self { tasks: rows(Self::TASKS, &HEADER), updates: rows("Updates.csv", &UPDATES_HEADER) }
    }

    /// Writes the rows of an entry that are not in the file yet.
    pub(super) fn write(&self, entry: &LogEntry) -> Result<(), CrmError> {
        self.tasks.write(rows_of(entry))
    }

    /// Writes the row of a state, unless it is in the file.
    pub(super) fn write_state(&self, state: &LogState) -> Result<(), CrmError> {
        self.tasks.write(vec![row_of_state(state)])
    }

    /// Writes the row of an update, unless it is in the file.
    pub(super) fn write_update(&self, update: &FieldUpdate) -> Result<(), CrmError> {
        self.updates.write(vec![row_of_update(update)])
    }
}

impl Rows {
    fn write(&self, mut rows: Vec<Vec<String>>) -> Result<(), CrmError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match written.as_mut() {
            Some(known) => known,
            None => written.insert(mend(&self.path, self.header).map_err(unavailable)?),
        };
        let new = |row: &Vec<String>| row.first().is_some_and(|id| !known.contains(id));
        rows.retain(new);
        append(&self.path, &lines(&rows)?).map_err(unavailable)?;
        known.extend(rows.into_iter().filter_map(|row| row.into_iter().next()));
        Ok(())
    }
}

/// One entry as a file of its own, header included.
pub fn task_file(entry: &LogEntry) -> Result<Vec<u8>, CrmError> {
    file(&HEADER, rows_of(entry))
}

/// What has become of a case, as a file of its own, header included.
pub fn state_file(state: &LogState) -> Result<Vec<u8>, CrmError> {
    file(&HEADER, vec![row_of_state(state)])
}

/// A confirmed update as a file of its own, header included.
pub fn update_file(update: &FieldUpdate) -> Result<Vec<u8>, CrmError> {
    file(&UPDATES_HEADER, vec![row_of_update(update)])
}

fn file(header: &[&str], rows: Vec<Vec<String>>) -> Result<Vec<u8>, CrmError> {
    let mut bytes = format!("{}\n", header.join(",")).into_bytes();
    bytes.extend(lines(&rows)?);
    Ok(bytes)
}

fn lines(rows: &[Vec<String>]) -> Result<Vec<u8>, CrmError> {
    let mut lines = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    for row in rows {
        lines.write_record(row.iter().map(|cell| inert(cell))).map_err(|e| CrmError::Unavailable(Box::new(e)))?;
    }
    lines.into_inner().map_err(|e| CrmError::Unavailable(e.to_string().into()))
}

/// The note first, completed; then a task for each step, open.
fn rows_of(entry: &LogEntry) -> Vec<Vec<String>> {
    let row = |id: String, owner: &Option<UserId>, subject: &str, text: &str, day: jiff::civil::Date, status: &str| {
        vec![
            id,
            entry.account.to_string(),
            entry.contact.to_string(),
            owner.as_ref().map(ToString::to_string).unwrap_or_default(),
            subject.chars().take(255).collect(),
            text.to_owned(),
            day.to_string(),
            status.to_owned(),
            "Normal".to_owned(),
        ]
    };
    let note =
        row(entry.id.to_string(), &entry.owner, entry.subject.reveal(), entry.note.reveal(), entry.day, "Completed");
    let tasks = entry.tasks.iter().enumerate().map(|(i, task)| {
        let why = format!("{}\nCase {}", task.why, entry.case);
        row(format!("{}-{}", entry.id, i + 1), &task.owner, task.subject.reveal(), &why, task.due, "Not Started")
    });
    std::iter::once(note).chain(tasks).collect()
}

fn row_of_state(state: &LogState) -> Vec<String> {
    vec![
        DeliveryId::of(&[state.entry.as_str(), state.words.reveal()]).to_string(),
        state.account.to_string(),
        state.contact.to_string(),
        String::new(),
        format!("Baton: {}", state.words.reveal()).chars().take(255).collect(),
        format!("Case {}", state.case),
        state.day.to_string(),
        "Completed".to_owned(),
        "Normal".to_owned(),
    ]
}

fn row_of_update(update: &FieldUpdate) -> Vec<String> {
    let record = match &update.record {
        UpdatedRecord::Contact(id) => id.as_str(),
        UpdatedRecord::Account(id) => id.as_str(),
    };
    [update.id.as_str(), record, &update.field, update.before.reveal(), update.after.reveal()]
        .map(str::to_owned)
        .to_vec()
}

/// A cell that no spreadsheet runs as a formula (OWASP's seven characters).
fn inert(cell: &str) -> String {
    let cell: String = cell.chars().filter(|c| *c != '\0').collect();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell }
}

/// Reads which rows are there, after cutting off a last one that a killed process left unfinished.
fn mend(path: &Path, columns: &[&str]) -> std::io::Result<HashSet<String>> {
    let head = format!("{}\n", columns.join(","));
    let Ok(bytes) = std::fs::read(path) else {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        append(path, head.as_bytes())?;
        return Ok(HashSet::new());
    };
    let mut known = HashSet::new();
    let mut whole = 0;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let finished = bytes.get(..end).is_some_and(|read| read.ends_with(b"\n"));
        if record.len() == columns.len() && finished {
            known.extend(record.get(0).map(|id| String::from_utf8_lossy(id).into_owned()));
            whole = end;
        }
    }
    let header = bytes.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1);
    let whole = whole.max(header);
    if whole < bytes.len() {
        OpenOptions::new().write(true).open(path)?.set_len(whole as u64)?;
    }
    if whole == 0 {
        append(path, head.as_bytes())?;
    }
    Ok(known)
}

fn append(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    OpenOptions::new().create(true).append(true).open(path)?.write_all(bytes)
}

fn unavailable(error: std::io::Error) -> CrmError {
    CrmError::Unavailable(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::LogTask;
    use domain::{AccountId, CaseId, ContactId, Personal};
    use jiff::civil::date;

    fn entry() -> LogEntry {
        LogEntry {
            id: DeliveryId::of(&["note"]),
            case: CaseId::of(&["case"]),
            account: AccountId::parse("001").unwrap(),
            contact: ContactId::parse("003").unwrap(),
            subject: Personal::new("=HYPERLINK(\"x\")"),
            note: Personal::new("Dana has left.\nTwo lines."),
            tasks: vec![LogTask {
                subject: Personal::new("Call Lee"),
                why: "successor".into(),
                due: date(2026, 11, 23),
                owner: None,
            }],
            owner: None,
            day: date(2026, 11, 22),
        }
    }

    fn rows(dir: &Path) -> Vec<csv::StringRecord> {
        csv::Reader::from_path(dir.join("Task.csv")).unwrap().records().map(Result::unwrap).collect()
    }

    #[test]
    fn a_note_and_its_tasks_are_written_once_however_often_they_are_sent() {
        let dir = tempfile::tempdir().unwrap();
        TaskLog::new(dir.path()).write(&entry()).unwrap();
        let log = TaskLog::new(dir.path());
        log.write(&entry()).unwrap();
        log.write(&entry()).unwrap();
        let rows = rows(dir.path());
        assert_eq!(rows.len(), 2);
        assert_eq!(&rows[0][4], "'=HYPERLINK(\"x\")");
    }

    #[test]
    fn a_task_belongs_to_whoever_takes_the_step_and_the_note_to_the_recipient() {
        let dir = tempfile::tempdir().unwrap();
        let (maya, morgan) = (UserId::parse("005MAYA").unwrap(), UserId::parse("005MORGAN").unwrap());
        let task = |owner: Option<&UserId>| LogTask { owner: owner.cloned(), ..entry().tasks.remove(0) };
        let tasks = vec![task(Some(&maya)), task(Some(&morgan)), task(None)];
        TaskLog::new(dir.path()).write(&LogEntry { owner: Some(maya.clone()), tasks, ..entry() }).unwrap();
        let owners: Vec<String> = rows(dir.path()).iter().map(|row| row[3].to_owned()).collect();
        assert_eq!(owners, ["005MAYA", "005MAYA", "005MORGAN", ""]);
    }

    #[test]
    fn a_row_that_a_killed_process_left_unfinished_is_written_again() {
        let dir = tempfile::tempdir().unwrap();
        TaskLog::new(dir.path()).write(&entry()).unwrap();
        let path = dir.path().join("Task.csv");
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            TaskLog::new(dir.path()).write(&entry()).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), whole, "cut after {cut} bytes");
        }
    }
}
