//! One CSV file, row by row, with every oddity of real exports: byte order marks, Windows-1252, quoted newlines.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};
use domain::ports::CrmError;

use super::layout::TableFile;
use super::whereabouts::Place;
use crate::set_aside::SetAsides;

/// No name, title or company is longer; what is, is a shifted column or an attack.
pub(super) const LONGEST: usize = 2_000;

/// An open file with its header.
pub(super) struct Table {
    name: String,
    reader: Reader<BufReader<File>>,
    header: Vec<String>,
    windows_1252: bool,
    /// Bytes of the byte order mark, which the reader has not seen.
    mark: u64,
    record: StringRecord,
}

/// One column of a table, if the table has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column(Option<usize>);

/// The row at which a table stands.
pub(super) struct Row<'a> {
    table: &'a str,
    record: &'a StringRecord,
    /// Its line in the file, the header being 1.
    pub line: u64,
    /// Bytes of the table before it.
    pub byte: u64,
}

impl Table {
    /// Opens a file and reads its header.
    pub(super) fn open(file: &TableFile) -> Result<Self, CrmError> {
        let unreadable =
            |e: &dyn std::fmt::Display| CrmError::Unusable(format!("{} cannot be read: {e}", file.path.display()));
        let mut opened = File::open(&file.path).map_err(|e| unreadable(&e))?;
        let (mark, windows_1252) = skip_mark(&mut opened, &file.name).map_err(|e| unreadable(&e))?;
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .has_headers(true)
            .from_reader(BufReader::with_capacity(1 << 18, opened));
        let header = reader.byte_headers().map_err(|e| unreadable(&e))?;
        let header: Vec<String> = header.iter().map(|h| String::from_utf8_lossy(h).trim().to_owned()).collect();
        if header.iter().all(String::is_empty) {
            return Err(CrmError::Unusable(format!("{} is empty: not even a header row", file.path.display())));
        }
        Ok(Self { name: file.name.clone(), reader, header, windows_1252, mark, record: StringRecord::new() })
    }

    /// A column that may be there, under one of these headers.
    pub(super) fn column(&self, names: &[&str]) -> Column {
        Column(names.iter().find_map(|name| self.header.iter().position(|h| h.eq_ignore_ascii_case(name))))
    }

    /// A column that a person has named in the configuration; a blank name is none.
    pub(super) fn mapped(&self, name: &str) -> Column {
        if name.is_empty() { Column(None) } else { self.column(&[name]) }
    }

    /// A column that must be there.
    pub(super) fn required(&self, names: &[&str]) -> Result<Column, CrmError> {
        let column = self.column(names);
        if column.0.is_some() {
            return Ok(column);
        }
        let wanted = names.first().copied().unwrap_or_default();
        Err(CrmError::Unusable(format!(
            "{} has no column {wanted} (found: {}); export it with that column",
            self.name,
            self.header.join(", ")
        )))
    }

    /// The next row that has as many columns as the header and can be read; others are set aside.
    /// `unreadable` is told of each row that is passed over.
    pub(super) fn next(&mut self, aside: &SetAsides, unreadable: &mut dyn FnMut(&ByteRecord)) -> Option<Row<'_>> {
        let mut record = std::mem::take(&mut self.record).into_byte_record();
        let line = loop {
            match self.reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(e) => {
                    aside.add(&self.name, 0, None, format!("the file breaks off here: {e}"));
                    aside.blind();
                    return None;
                }
            }
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != self.header.len() {
                let reason = format!("it has {} columns, the header has {}", record.len(), self.header.len());
                aside.add(&self.name, line, None, reason);
                unreadable(&record);
                continue;
            }
            match self.decode(record) {
                Ok(text) => {
                    self.record = text;
                    break line;
                }
                Err(bytes) => {
                    aside.add(&self.name, line, None, "it is not UTF-8; save the file as UTF-8");
                    unreadable(&bytes);
                    record = bytes;
                }
            }
        };
        let byte = self.record.position().map_or(0, csv::Position::byte);
        Some(Row { table: &self.name, record: &self.record, line, byte })
    }

    /// The row as text, or the row itself where it is none.
    fn decode(&self, record: ByteRecord) -> Result<StringRecord, ByteRecord> {
        if self.windows_1252 {
            let decode = |field| encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0;
            let mut text: StringRecord = record.iter().map(decode).collect();
            text.set_position(record.position().cloned());
            return Ok(text);
        }
        StringRecord::from_byte_record(record).map_err(csv::FromUtf8Error::into_byte_record)
    }

    /// Goes to the row that begins there.
    pub(super) fn seek(&mut self, place: &Place) -> Result<(), CrmError> {
        let mut position = csv::Position::new();
        position.set_byte(place.byte).set_line(place.line);
        let at = SeekFrom::Start(self.mark + place.byte);
        self.reader.seek_raw(at, position).map_err(|e| CrmError::Unavailable(Box::new(e)))
    }

    /// Whether the table has this column.
    pub(super) fn has(&self, column: Column) -> bool {
        column.0.is_some_and(|at| at < self.header.len())
    }

    /// The file's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Column {
    /// Whether it is the first of its table, which no shift can move.
    pub(super) fn is_first(self) -> bool {
        self.0 == Some(0)
    }
}

impl Row<'_> {
    /// The text in a column, trimmed; blank where the column is not there.
    pub(super) fn text(&self, column: Column) -> &str {
        self.raw(column).trim()
    }

    /// The text in a column as it stands, blanks at its ends included: those are a change of spelling too.
    pub(super) fn raw(&self, column: Column) -> &str {
        column.0.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// Whether a value in it holds a line break, so that it may have swallowed rows behind it.
    pub(super) fn spans_lines(&self) -> bool {
        self.record.as_byte_record().as_slice().contains(&b'\n')
    }

    /// Whether a column says yes.
    pub(super) fn flag(&self, column: Column) -> bool {
        is_one_of(self.text(column), &["true", "1", "yes", "y", "t", "x"])
    }

    /// Whether a column is there and says no.
    pub(super) fn denies(&self, column: Column) -> bool {
        is_one_of(self.text(column), &["false", "0", "no", "n", "f"])
    }

    /// A date (`2026-11-02`, with or without a time behind it); what is no date is set aside as a value.
    pub(super) fn date(&self, column: Column, name: &str, aside: &SetAsides) -> Option<jiff::civil::Date> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let date = date(text);
        if date.is_none() {
            let reason = format!("{:?} is no date; write it as 2026-11-02. The rest of the row was read", clip(text));
            aside.add(self.table, self.line, Some(name), reason);
        }
        date
    }
}

/// The day in front of a text.
pub(super) fn date(text: &str) -> Option<jiff::civil::Date> {
    let day = text.get(..10).unwrap_or(text);
    day.parse::<jiff::civil::Date>().ok().filter(|d| (1970..=2200).contains(&d.year()))
}

/// A point in time, where the text names its offset from UTC: without one it could be half a day away.
pub(super) fn time(text: &str) -> Option<jiff::Timestamp> {
    if text.is_empty() { None } else { text.parse().ok() }
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    !text.is_empty() && words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A text from outside, short enough for a message.
pub(super) fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Passes over a byte order mark. Returns its length, and whether the file is Windows-1252: its non-ASCII bytes are never UTF-8.
fn skip_mark(file: &mut File, name: &str) -> std::io::Result<(u64, bool)> {
    let mut sample = Vec::new();
    file.by_ref().take(1 << 20).read_to_end(&mut sample)?;
    if sample.starts_with(&[0xff, 0xfe]) || sample.starts_with(&[0xfe, 0xff]) {
        return Err(std::io::Error::other(format!("{name} is UTF-16; save it as UTF-8")));
    }
    let mark = if sample.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    file.seek(SeekFrom::Start(mark))?;
    Ok((mark, mark == 0 && !has_utf8(&sample)))
}

/// Whether a sample is ASCII, or holds at least one well-formed longer character.
fn has_utf8(sample: &[u8]) -> bool {
    sample.is_ascii() || sample.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}
