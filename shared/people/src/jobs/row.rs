//! One row of a list of jobs: who is meant, where the person works, and when that was looked at.

use csv::StringRecord;
use domain::judge::companies::{NoCompany, no_company};
use domain::judge::text::fold;
use domain::ports::{PeopleError, SetAside};
use domain::{ContactId, Personal};
use jiff::Timestamp;
use jiff::civil::Date;

use super::table::{Column, Table};
use crate::dates;

/// One row.
pub(super) struct Row {
    /// The contact, where the list says so.
    pub contact: Option<ContactId>,
    /// The mail address, or blank.
    pub email: Personal,
    /// The name, or blank.
    pub name: Personal,
    /// The company that the CRM knows the person at, or blank.
    pub account: String,
    /// The job title, or blank.
    pub title: String,
    /// The company; blank where the person works nowhere now.
    pub company: String,
    /// The day the job began.
    pub started: Option<Date>,
    /// When it was last looked at.
    pub observed: Timestamp,
}

impl Row {
    /// The company at which a person of this name is looked for.
    pub(super) fn known_at(&self) -> &str {
        if self.account.is_empty() { &self.company } else { &self.account }
    }
}

const CONTACT: &[&str] = &["contact id", "contact", "id", "record id", "crm id", "record id - contact"];
const EMAIL: &[&str] = &["email", "e-mail", "email address", "mail", "work email"];
const NAME: &[&str] = &["name", "full name", "person", "contact name"];
const FIRST_NAME: &[&str] = &["first name", "given name"];
const LAST_NAME: &[&str] = &["last name", "family name", "surname"];
const ACCOUNT: &[&str] = &["account", "account name", "crm company", "previous company", "former company"];
const TITLE: &[&str] = &["job title", "title", "position"];
const COMPANY: &[&str] = &["company", "company name", "job company name", "employer", "organization", "organisation"];
const STARTED: &[&str] = &["started", "start date", "job start date", "since", "start"];
const OBSERVED: &[&str] =
    &["last updated", "observed", "observed on", "last verified", "job last verified", "last seen", "updated", "as of"];

struct Columns {
    contact: Column,
    email: Column,
    name: Column,
    first: Column,
    last: Column,
    account: Column,
    title: Column,
    company: Column,
    started: Column,
    observed: Column,
}

/// Every row that can be read, and what was set aside.
pub(super) fn rows(file: &str, table: &Table) -> Result<(Vec<Row>, Vec<SetAside>), PeopleError> {
    let columns = columns(file, table)?;
    let mut reading = Reading { file, table, columns, set_aside: Vec::new() };
    let mut rows = Vec::new();
    for (line, record) in table.rows() {
        rows.extend(reading.row(line, record));
    }
    Ok((rows, reading.set_aside))
}

fn columns(file: &str, table: &Table) -> Result<Columns, PeopleError> {
    let columns = Columns {
        contact: table.column(CONTACT),
        email: table.column(EMAIL),
        name: table.column(NAME),
        first: table.column(FIRST_NAME),
        last: table.column(LAST_NAME),
        account: table.column(ACCOUNT),
        title: table.column(TITLE),
        company: table.required(COMPANY, "where the person works now")?,
        started: table.column(STARTED),
        observed: table.required(OBSERVED, "the day on which that was last looked at")?,
    };
    let finders = [columns.contact, columns.email, columns.name, columns.last];
    if !finders.iter().any(|column| column.is_there()) {
        return Err(PeopleError::Unusable(format!(
            "{file} has no column that says who is meant; add \"contact id\", \"email\", or \"name\""
        )));
    }
    Ok(columns)
}

struct Reading<'a> {
    file: &'a str,
    table: &'a Table,
    columns: Columns,
    set_aside: Vec<SetAside>,
}

impl Reading<'_> {
    /// The row, or nothing where it is set aside or blank.
    fn row(&mut self, line: u64, record: &StringRecord) -> Option<Row> {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return None;
        }
        let read = self.whole(record).and_then(|()| self.read(record));
        let (row, misread) = read.map_err(|(column, reason)| self.aside(line, column, reason)).ok()?;
        if misread {
            let reason = format!("{}. The rest of the row was read", no_date(self.columns.started.of(record)));
            self.aside(line, self.columns.started, reason);
        }
        Some(row)
    }

    fn aside(&mut self, row: u64, column: Column, reason: String) {
        let column = self.table.header(column).map(str::to_owned);
        self.set_aside.push(SetAside { file: self.file.to_owned(), row, column, reason });
    }

    fn whole(&self, record: &StringRecord) -> Result<(), Fault> {
        let (found, wanted) = (record.len(), self.table.width());
        let reason = || format!("it has {found} columns, the header has {wanted}; quote what holds a separator");
        if found == wanted { Ok(()) } else { Err((Column::NONE, reason())) }
    }

    /// The row, and whether its day of beginning could not be read.
    fn read(&self, record: &StringRecord) -> Result<(Row, bool), Fault> {
        let columns = &self.columns;
        let contact = match columns.contact.of(record) {
            "" => None,
            id => Some(ContactId::parse(id).map_err(|e| (columns.contact, e.to_string()))?),
        };
        let started = columns.started.of(record);
        let row = Row {
            contact,
            email: self.email(record)?,
            name: self.name(record),
            account: columns.account.of(record).to_owned(),
            title: columns.title.of(record).to_owned(),
            company: self.company(record)?,
            started: dates::day(started),
            observed: self.observed(record)?,
        };
        if row.contact.is_none() && row.email.is_blank() && (row.name.is_blank() || row.known_at().is_empty()) {
            let column = if columns.email.is_there() { columns.email } else { columns.name };
            let reason =
                "nobody can tell who is meant; fill in the contact's id, the mail address, or name and company";
            return Err((column, reason.to_owned()));
        }
        let misread = row.started.is_none() && !started.is_empty();
        Ok((row, misread))
    }

    fn email(&self, record: &StringRecord) -> Result<Personal, Fault> {
        let text = self.columns.email.of(record);
        let whole = text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if text.is_empty() || (whole && !text.contains(char::is_whitespace)) {
            return Ok(Personal::new(text));
        }
        Err((self.columns.email, "it is no mail address; write one, name@company.com".to_owned()))
    }

    fn name(&self, record: &StringRecord) -> Personal {
        let Columns { name, first, last, .. } = &self.columns;
        match name.of(record) {
            "" => Personal::new(format!("{} {}", first.of(record), last.of(record)).trim()),
            name => Personal::new(name),
        }
    }

    /// A blank company is no news of somebody who has left: somebody has to say so.
    fn company(&self, record: &StringRecord) -> Result<String, Fault> {
        let text = self.columns.company.of(record);
        let remedy = "write the company, or \"none\" where the person works nowhere now";
        match fold(text).as_str() {
            "none" | "no company" => Ok(String::new()),
            "" => Err((self.columns.company, format!("it is blank; {remedy}"))),
            _ if no_company(text) == Some(NoCompany::Placeholder) => {
                Err((self.columns.company, format!("it says nothing; {remedy}")))
            }
            _ => Ok(text.to_owned()),
        }
    }

    fn observed(&self, record: &StringRecord) -> Result<Timestamp, Fault> {
        let text = self.columns.observed.of(record);
        let reason = || match text {
            "" => "it is blank; write the day on which it was last looked at, as 2026-11-02".to_owned(),
            _ => no_date(text),
        };
        dates::moment(text).ok_or_else(|| (self.columns.observed, reason()))
    }
}

/// The column that is to blame, and what is wrong with it.
type Fault = (Column, String);

fn no_date(text: &str) -> String {
    let clipped: String = text.chars().take(40).collect();
    format!("{clipped:?} is no date; write it as 2026-11-02")
}
