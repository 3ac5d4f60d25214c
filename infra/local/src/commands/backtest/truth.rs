//! What really happened, from a file: JSON lines, or CSV with a header row.

use std::collections::BTreeSet;
use std::path::Path;

use channels::backtest::TrueChange;
use domain::{ContactId, Personal};
use jiff::civil::Date;
use serde::Deserialize;

use super::Failure;
use super::dated::Dated;
use crate::commands;

/// The changes that the exports could show.
pub(super) struct Changes {
    /// Each contact once an export.
    pub changes: Vec<TrueChange>,
    /// Those due at no export after the first, and those that repeat a contact and an export.
    pub outside: usize,
}

/// One line of the file.
#[derive(Deserialize)]
struct Line {
    contact: Option<String>,
    by: Option<String>,
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

/// Mistakes beyond this many are only counted.
const TOLD: usize = 10;

const NEEDED: &str =
    "each line needs contact (the id in the export) and by (a day such as 2026-11-02); after, from and to may follow";

/// Reads the file. Fails with every line that is wrong, and what to do.
pub(super) fn read(file: &Path, exports: &[Dated]) -> Result<Changes, Failure> {
    let text = commands::read(file)?;
    let text = text.trim_start_matches('\u{feff}');
    let lines = if text.trim_start().starts_with('{') { json(text) } else { csv(text) };
    let (mut found, mut mistakes) = (Vec::new(), Vec::new());
    for (line, read) in lines {
        match read.and_then(change) {
            Ok(change) => found.push(change),
            Err(mistake) => mistakes.push(format!("{}: line {line}: {mistake}", file.display())),
        }
    }
    if !mistakes.is_empty() {
        let more = mistakes.len().saturating_sub(TOLD);
        mistakes.truncate(TOLD);
        if more > 0 {
            mistakes.push(format!("and {more} more lines"));
        }
        return Err(Failure::new(mistakes.join("\n       ")));
    }
    if found.is_empty() {
        return Err(Failure::new(format!("{} tells of no change; {NEEDED}", file.display())));
    }
    Ok(within(found, exports))
}

type Read = Result<Line, String>;

fn json(text: &str) -> Vec<(u64, Read)> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let read = |line: &str| {
        serde_json::from_str(line).map_err(|e| format!("this is no JSON object of such a change: {e}; {NEEDED}"))
    };
    lines.map(|(line, number)| (number, read(line))).collect()
}

fn csv(text: &str) -> Vec<(u64, Read)> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(false).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.iter().map(str::to_lowercase).collect::<Vec<_>>(),
        Err(e) => return vec![(1, Err(format!("the header cannot be read: {e}; {NEEDED}")))],
    };
    let missing: Vec<&str> = ["contact", "by"].into_iter().filter(|name| !header.iter().any(|h| h == name)).collect();
    if !missing.is_empty() {
        let found = header.join(", ");
        return vec![(
            1,
            Err(format!("there is no column {} (found: {found}); {NEEDED}", missing.join(" and no column "))),
        )];
    }
    let cell = |record: &csv::StringRecord, name: &str| {
        header.iter().position(|h| h == name).and_then(|i| record.get(i)).map(str::to_owned)
    };
    let mut lines = Vec::new();
    for record in reader.records() {
        lines.push(match record {
            Ok(record) => {
                let [contact, by, after, from, to] =
                    ["contact", "by", "after", "from", "to"].map(|name| cell(&record, name));
                (record.position().map_or(0, csv::Position::line), Ok(Line { contact, by, after, from, to }))
            }
            Err(e) => (e.position().map_or(0, csv::Position::line), Err(uneven(&e))),
        });
    }
    lines
}

fn uneven(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} columns, the header has {expected_len}; put what holds a comma between double quotes")
        }
        _ => format!("it cannot be read: {error}"),
    }
}

/// A change, of which it is not known yet when it is due.
fn change(line: Line) -> Result<TrueChange, String> {
    let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let contact = given(line.contact).ok_or(format!("there is no contact; {NEEDED}"))?;
    let contact = ContactId::parse(&contact).map_err(|e| format!("the contact is no id: {e}"))?;
    let by = day("by", &given(line.by).ok_or(format!("there is no by; {NEEDED}"))?)?;
    let after = given(line.after).map(|after| day("after", &after)).transpose()?;
    if after.is_some_and(|after| after >= by) {
        return Err("after is not before by; after is the last day on which it had not happened yet, by the day it must be seen".to_owned());
    }
    let text = |text: Option<String>| Personal::new(text.unwrap_or_default());
    Ok(TrueChange { contact, after, by, due: 0, from: text(line.from), to: text(line.to), sighting: None })
}

fn day(name: &str, text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("{name} is {:?}, which is no day; write it as 2026-11-02", channels::words::cut(text, 40)))
}

/// Those that an export after the first could show, each with the first that had to.
fn within(found: Vec<TrueChange>, exports: &[Dated]) -> Changes {
    let all = found.len();
    let day = |export: &Dated| export.at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut taken = BTreeSet::new();
    let mut changes = Vec::new();
    for change in found {
        let due = exports.iter().position(|export| day(export) >= change.by).filter(|due| *due > 0);
        if let Some(due) = due.filter(|due| taken.insert((change.contact.clone(), *due))) {
            changes.push(TrueChange { due, ..change });
        }
    }
    Changes { outside: all - changes.len(), changes }
}

#[cfg(test)]
mod tests {
    use super::super::dated;
    use super::*;

    fn of(name: &str, text: &str) -> Result<Changes, String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(name);
        std::fs::write(&file, text).unwrap();
        let folders = ["2026-01-01", "2026-02-01", "2026-03-01"].map(std::path::PathBuf::from);
        read(&file, &dated::all(&folders).unwrap()).map_err(|failure| failure.to_string())
    }

    fn told(changes: &Changes) -> Vec<(&str, usize)> {
        changes.changes.iter().map(|change| (change.contact.as_str(), change.due)).collect()
    }

    #[test]
    fn json_lines_and_csv_tell_the_same() {
        let json = "{\"contact\":\"003A\",\"after\":\"2026-01-01\",\"by\":\"2026-02-01\",\"from\":\"Acme\",\"to\":\"Zeta\"}\n\n{\"contact\":\"003B\",\"by\":\"2026-02-11\"}\n";
        let csv = "\u{feff}Contact,By,After,From,To,Note\n003A,2026-02-01,2026-01-01,Acme,Zeta,x\n003B,2026-02-11,,,,\"a, b\"\n";
        let (json, csv) = (of("t.jsonl", json).unwrap(), of("t.csv", csv).unwrap());
        assert_eq!(told(&json), [("003A", 1), ("003B", 2)]);
        assert_eq!(told(&json), told(&csv));
        assert_eq!(
            (json.changes[0].from.reveal(), json.changes[0].after),
            ("Acme", Some(jiff::civil::date(2026, 1, 1)))
        );
    }

    #[test]
    fn what_no_export_could_show_and_what_stands_twice_is_counted_and_left_out() {
        let csv = "contact,by\n003A,2026-01-01\n003B,2026-03-02\n003C,2026-02-01\n003C,2026-01-20\n";
        let changes = of("t.csv", csv).unwrap();
        assert_eq!((told(&changes), changes.outside), (vec![("003C", 1)], 3));
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_what_to_do() {
        let text = "contact,by,after\n003A,2026-02-30,\n,2026-02-01,\n003/C,2026-02-01,\n003D,2026-02-01,2026-02-01\n003E\n003F,,\n";
        let told = of("t.csv", text).err().unwrap();
        for said in [
            "line 2: by is \"2026-02-30\", which is no day; write it as 2026-11-02",
            "line 3: there is no contact; each line needs contact",
            "line 4: the contact is no id: the id holds the character '/'",
            "line 5: after is not before by",
            "line 6: it has 1 columns, the header has 3; put what holds a comma between double quotes",
            "line 7: there is no by",
        ] {
            assert!(told.contains(said), "{said} in {told}");
        }
        let told =
            of("t.jsonl", "{\"contact\":\"003A\",\"by\":\"2026-02-01\"}\nnot json\n{\"contact\":5}\n").err().unwrap();
        assert!(
            told.contains("line 2: this is no JSON object") && told.contains("line 3: this is no JSON object"),
            "{told}"
        );
    }

    #[test]
    fn a_file_without_the_columns_or_without_a_line_says_what_it_needs() {
        assert!(
            of("t.csv", "id,date\n1,2\n")
                .err()
                .unwrap()
                .contains("no column contact and no column by (found: id, date)")
        );
        assert!(of("t.csv", "").err().unwrap().contains("no column contact"));
        assert!(of("t.csv", "contact,by\n").err().unwrap().contains("tells of no change"));
    }

    #[test]
    fn many_mistakes_are_counted_and_not_all_told() {
        let told = of("t.csv", &format!("contact,by\n{}", "003A,soon\n".repeat(50))).err().unwrap();
        assert!(
            told.contains("line 11:") && !told.contains("line 12:") && told.contains("and 40 more lines"),
            "{told}"
        );
    }
}
