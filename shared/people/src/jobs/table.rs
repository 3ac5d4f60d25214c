//! The text of a CSV file as people save it: with or without a byte order mark, UTF-8 or Windows-1252, commas, semicolons or
//! tabs.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};
use domain::ports::PeopleError;

/// A file with a header.
pub(super) struct Table {
    name: String,
    header: Vec<String>,
    rows: Vec<StringRecord>,
}

/// One column, if the table has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column(Option<usize>);

impl Table {
    /// Reads a whole file.
    pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Self, PeopleError> {
        let text = decode(name, bytes)?;
        let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
        let broken = |e: csv::Error| PeopleError::Unusable(format!("{name} cannot be read: {e}; save it as CSV"));
        let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(|h| h.trim().to_owned()).collect();
        if header.iter().all(String::is_empty) {
            return Err(PeopleError::Unusable(format!("{name} is empty: not even a header row")));
        }
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(broken)?;
        Ok(Self { name: name.to_owned(), header, rows })
    }

    /// A column that may be there, under one of these headers. Case, spaces and marks in them do not count.
    pub(super) fn column(&self, names: &[&str]) -> Column {
        let at = |name: &&str| self.header.iter().position(|header| plain(header) == plain(name));
        Column(names.iter().find_map(at))
    }

    /// A column that must be there.
    pub(super) fn required(&self, names: &[&str], what: &str) -> Result<Column, PeopleError> {
        let column = self.column(names);
        if column.is_there() {
            return Ok(column);
        }
        let (file, found) = (&self.name, self.header.join(", "));
        let wanted = names.first().copied().unwrap_or_default();
        Err(PeopleError::Unusable(format!("{file} has no column {wanted:?}, {what} (found: {found}); add it")))
    }

    /// Its rows, each with its line in the file, the header being 1.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, &StringRecord)> {
        self.rows.iter().map(|record| (record.position().map_or(0, csv::Position::line), record))
    }

    /// How many columns a row must have.
    pub(super) fn width(&self) -> usize {
        self.header.len()
    }

    /// The header of a column, as the file writes it.
    pub(super) fn header(&self, column: Column) -> Option<&str> {
        column.0.and_then(|at| self.header.get(at)).map(String::as_str)
    }
}

impl Column {
    /// No column in particular.
    pub(super) const NONE: Self = Self(None);

    /// Whether the table has it.
    pub(super) fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// Its text in a row, trimmed; blank where the column is not there.
    pub(super) fn of(self, record: &StringRecord) -> &str {
        self.0.and_then(|at| record.get(at)).unwrap_or_default().trim()
    }
}

fn decode<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, PeopleError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(PeopleError::Unusable(format!("{name} is UTF-16; save it as UTF-8")));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    })
}

/// The sign that the header is divided by: spreadsheets of half of Europe write semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| header.bytes().filter(|byte| byte == sign).count();
    // Of several the last that is most frequent, so a comma where there is none of them.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
