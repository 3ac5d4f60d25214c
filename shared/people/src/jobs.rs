//! A CSV of observed jobs that somebody keeps: who works where, and when that was last looked at.
//!
//! A row names its person by the contact's id, by the mail address, or by name and company. Several rows about one person are
//! a history, of which the one looked at last counts.

mod row;
mod table;

use std::collections::HashMap;
use std::path::Path;

use async_trait::async_trait;
use domain::ContactId;
use domain::judge::companies::{KnownCompanies, Sameness};
use domain::judge::text;
use domain::observation::Job;
use domain::ports::{Answer, People, PeopleError, Question, SetAside};

use row::Row;
use table::Table;

/// Questions that are answered in one go; a list costs nothing, so this only bounds what is held at once.
const AT_ONCE: usize = 1_000;

/// A CSV of observed jobs.
pub struct JobsCsv {
    name: String,
    rows: Vec<Row>,
    by_contact: HashMap<ContactId, usize>,
    by_email: HashMap<String, usize>,
    /// By the words of a name in alphabetical order: `Fox, Dana` is found as `Dana Fox`.
    by_name: HashMap<String, Vec<usize>>,
    set_aside: Vec<SetAside>,
}

impl JobsCsv {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, PeopleError> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let bytes = std::fs::read(path).map_err(|e| {
            PeopleError::Unusable(format!("the list of jobs {} cannot be read: {e}; name a CSV file", path.display()))
        })?;
        Self::read(&name, &bytes)
    }

    /// Reads what stands in the file of this name.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, PeopleError> {
        let table = Table::read(name, bytes)?;
        let (rows, set_aside) = row::rows(name, &table)?;
        let mut jobs = Self {
            name: name.to_owned(),
            rows: Vec::new(),
            by_contact: HashMap::new(),
            by_email: HashMap::new(),
            by_name: HashMap::new(),
            set_aside,
        };
        rows.into_iter().for_each(|row| jobs.add(row));
        Ok(jobs)
    }

    /// Rows and values that were set aside instead of guessed at.
    pub fn set_aside(&self) -> &[SetAside] {
        &self.set_aside
    }

    fn add(&mut self, row: Row) {
        let at = self.rows.len();
        let rows = &self.rows;
        let newer = |known: &mut usize| {
            if rows[*known].observed <= row.observed {
                *known = at;
            }
        };
        if let Some(contact) = &row.contact {
            self.by_contact.entry(contact.clone()).and_modify(newer).or_insert(at);
        }
        if !row.email.is_blank() {
            self.by_email.entry(address(row.email.reveal())).and_modify(newer).or_insert(at);
        }
        let key = name_key(row.name.reveal());
        if !key.is_empty() {
            self.by_name.entry(key).or_default().push(at);
        }
        self.rows.push(row);
    }

    fn answer(&self, question: &Question) -> Answer {
        let by_number = || self.by_contact.get(&question.contact);
        let by_address = || self.by_email.get(&address(question.email.reveal()));
        match by_number().or_else(by_address) {
            Some(at) => found(&self.rows[*at], true),
            None => self.by_name(question).map_or(Answer::Nobody, |row| found(row, false)),
        }
    }

    /// The row of this name at the company that the CRM knows. Nobody can tell namesakes there apart.
    fn by_name(&self, question: &Question) -> Option<&Row> {
        let key = name_key(question.name.reveal());
        let namesakes = self.by_name.get(&key).filter(|_| !question.company.trim().is_empty())?;
        let known = KnownCompanies::default();
        let at_company = |row: &&Row| known.compare(&question.company, row.known_at()).sameness == Sameness::Same;
        namesakes.iter().map(|at| &self.rows[*at]).filter(at_company).max_by_key(|row| row.observed)
    }
}

#[async_trait]
impl People for JobsCsv {
    fn name(&self) -> &str {
        &self.name
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn is_paid(&self) -> bool {
        false
    }

    async fn look_up(&self, questions: &[Question]) -> Result<Vec<Answer>, PeopleError> {
        Ok(questions.iter().map(|question| self.answer(question)).collect())
    }
}

fn found(row: &Row, identified: bool) -> Answer {
    Answer::Found {
        job: Job {
            name: row.name.clone(),
            title: row.title.clone(),
            company: row.company.clone(),
            likelihood: 100,
            identified,
        },
        since: row.started,
        observed: row.observed,
    }
}

fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

fn name_key(name: &str) -> String {
    let folded = text::fold(name);
    let mut words: Vec<&str> = text::words(&folded).collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests;
