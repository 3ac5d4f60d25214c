//! Labelled pairs as they stand in files; whatever is wrong with a line is said with file, line and remedy.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::finding::Verdict;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Failure;
use crate::commands;

/// One pair, and what a careful person says of it.
pub(super) struct Labelled {
    /// Its file's place among those that were named.
    pub(super) file: usize,
    /// Its file and line, for people.
    pub(super) place: String,
    pub(super) id: String,
    pub(super) before: Box<RawValue>,
    pub(super) after: Box<RawValue>,
    /// The verdicts that are right; at least one.
    pub(super) expect: Vec<Verdict>,
    /// Whether a person should be told.
    pub(super) alert: bool,
    /// Why.
    pub(super) because: String,
}

/// One line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    before: Box<RawValue>,
    after: Box<RawValue>,
    expect: Vec<Verdict>,
    alert: bool,
    because: String,
}

/// What is judged of either side. A field that is not, such as a misspelt one, would make a label that tests nothing.
const FIELDS: [&str; 10] = [
    "name",
    "title",
    "company",
    "department",
    "email",
    "phone",
    "reports_to",
    "email_bounced",
    "no_longer_at_company",
    "active",
];

/// How a line is written.
const FORM: &str =
    r#"write {"id":"t-1","before":{…},"after":{…},"expect":["promoted"],"alert":true,"because":"…"} on one line"#;

/// No more mistakes than these are told at once.
const TOLD: usize = 20;

/// Reads all files. Says what is wrong with all their lines at once.
pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Labelled>, Failure> {
    let (mut pairs, mut wrong) = (Vec::new(), Vec::new());
    let mut places = BTreeMap::new();
    for (i, file) in files.iter().enumerate() {
        let text = commands::read(file)?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut any = false;
        for (number, line) in lines {
            any = true;
            let place = format!("{}, line {}", file.display(), number + 1);
            match pair(i, &place, line, &mut places) {
                Ok(pair) => pairs.push(pair),
                Err(what) => wrong.push(format!("{place}: {what}")),
            }
        }
        if !any {
            wrong.push(format!("{} holds no pair; {FORM}", file.display()));
        }
    }
    if wrong.is_empty() { Ok(pairs) } else { Err(refusal(wrong)) }
}

fn pair(file: usize, place: &str, line: &str, places: &mut BTreeMap<String, String>) -> Result<Labelled, String> {
    let Line { id, before, after, expect, alert, because } =
        serde_json::from_str(line).map_err(|e| format!("this is no labelled pair: {}; {FORM}", told(&e)))?;
    check_label(&id, &expect, alert, &because)?;
    check_fields("before", &before)?;
    check_fields("after", &after)?;
    if let Some(first) = places.insert(id.clone(), place.to_owned()) {
        return Err(format!("the id {id} stands already in {first}; give each pair an id of its own"));
    }
    Ok(Labelled { file, place: place.to_owned(), id, before, after, expect, alert, because })
}

fn check_label(id: &str, expect: &[Verdict], alert: bool, because: &str) -> Result<(), String> {
    let is_told = |verdict: &Verdict| !matches!(verdict, Verdict::Cosmetic | Verdict::Unclear);
    if id.trim().is_empty() {
        return Err("the id is empty; name the pair, as in \"id\":\"t-1\"".to_owned());
    }
    if expect.is_empty() {
        let all: Vec<String> = Verdict::ALL.iter().map(Verdict::to_string).collect();
        return Err(format!("expect names no verdict; write at least one of {}", all.join(", ")));
    }
    if alert && !expect.iter().any(is_told) {
        return Err("alert is true, and no verdict in expect is ever told; write false, or the verdict".to_owned());
    }
    if !alert && expect.iter().all(is_told) {
        return Err("alert is false, and every verdict in expect is told; write true, or add unclear".to_owned());
    }
    if because.trim().is_empty() {
        return Err("because is empty; write why the label is right".to_owned());
    }
    Ok(())
}

fn check_fields(side: &str, json: &RawValue) -> Result<(), String> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json.get())
        .map_err(|_| format!("{side} is no record; write {{\"title\":\"VP Sales\"}} or more of its fields"))?;
    match fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        Some(field) => {
            Err(format!("{side} has the field {field:?}, which is not judged; the fields are {}", FIELDS.join(", ")))
        }
        None => Ok(()),
    }
}

fn refusal(mut wrong: Vec<String>) -> Failure {
    let more = wrong.len().saturating_sub(TOLD);
    wrong.truncate(TOLD);
    if more > 0 {
        wrong.push(format!("and {more} more lines"));
    }
    Failure::new(wrong.join("\n       "))
}

/// What the reader of JSON says, with the column.
fn told(error: &serde_json::Error) -> String {
    let what = without_place(error);
    if error.column() > 0 { format!("{what} (column {})", error.column()) } else { what }
}

/// The same without its own count of lines: each line is read by itself.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned()
}

impl Labelled {
    /// One of its sides is an object whose values are of the wrong kind.
    pub(super) fn refused(&self, error: &serde_json::Error) -> Failure {
        let what = without_place(error);
        Failure::new(format!(
            "{}: before or after cannot be judged: {what}; write texts, and true or false",
            self.place
        ))
    }
}
