//! The table of company names that a person edits: `company,other_name,what,since,note`.

use std::collections::HashMap;
use std::fmt::Write;

use csv::{ReaderBuilder, StringRecord};
use serde::Deserialize;
use toml::Spanned;

use crate::judge::companies::{KnownCompanies, Listed, Relation, Sameness, no_company};

/// The columns, in the order of the shipped header.
const COLUMNS: [&str; 5] = ["company", "other_name", "what", "since", "note"];

/// Reads the table; each mistake goes to `mistake` with its row, its column and a remedy. Row 1 is the header.
pub(super) fn read(text: &str, mut mistake: impl FnMut(String, &str)) -> Vec<Listed> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let Some(places) = places(reader.headers(), &mut mistake) else { return Vec::new() };
    let mut lines = Vec::new();
    let mut whose = HashMap::new();
    for record in reader.records() {
        let Ok(record) = record else { continue };
        let row = Row { number: record.position().map_or(0, csv::Position::line), places, record: &record };
        if let Some(line) = row.line(&mut mistake).filter(|line| row.is_first(line, &mut whose, &mut mistake)) {
            lines.push(line);
        }
    }
    lines
}

/// The file that a configuration names for the table, if it names one.
pub(super) fn file(text: &str) -> Option<Spanned<String>> {
    #[derive(Deserialize)]
    struct Named {
        companies: Option<NamedCompanies>,
    }
    #[derive(Deserialize)]
    struct NamedCompanies {
        file: Option<Spanned<String>>,
    }
    let named: Named = toml::from_str(text).ok()?;
    named.companies?.file.filter(|file| !file.get_ref().trim().is_empty())
}

/// The same configuration with the table itself in place of the file's name.
pub(super) fn inlined(text: &str, table: &str) -> String {
    let replaced = file(text).and_then(|file| {
        let span = file.span();
        let key = text.get(..span.start)?.rfind("file")?;
        Some(format!("{}csv = {}{}", text.get(..key)?, quoted(table), text.get(span.end..)?))
    });
    replaced.unwrap_or_else(|| text.to_owned())
}

/// A TOML string of several lines.
fn quoted(table: &str) -> String {
    let mut quoted = String::from("\"\"\"\n");
    for c in table.trim_start_matches('\u{feff}').chars() {
        match c {
            '\\' | '"' => quoted.extend(['\\', c]),
            '\n' | '\t' => quoted.push(c),
            '\r' => {}
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\"\"\""
}

/// Spreadsheets of some countries separate by semicolon or tab.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t'].into_iter().find(|mark| header.as_bytes().contains(mark)).unwrap_or(b',')
}

/// Where each column stands; none if the table cannot be read at all, or is empty.
fn places(
    headers: Result<&StringRecord, csv::Error>,
    mistake: &mut impl FnMut(String, &str),
) -> Option<[Option<usize>; 5]> {
    let headers = headers.ok().filter(|headers| !headers.is_empty())?;
    let names: Vec<String> = headers.iter().map(|name| name.trim().to_lowercase().replace(' ', "_")).collect();
    let remedy = "the header is company,other_name,what,since,note";
    for name in names.iter().filter(|name| !name.is_empty() && !COLUMNS.contains(&name.as_str())) {
        mistake(format!("row 1, column {name}: there is no such column"), remedy);
    }
    let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
    for (column, _) in COLUMNS.iter().zip(&places).take(2).filter(|(_, place)| place.is_none()) {
        mistake(format!("row 1: the column {column} is missing"), remedy);
    }
    places.iter().take(2).all(Option::is_some).then_some(places)
}

struct Row<'a> {
    number: u64,
    places: [Option<usize>; 5],
    record: &'a StringRecord,
}

impl Row<'_> {
    fn line(&self, mistake: &mut impl FnMut(String, &str)) -> Option<Listed> {
        let [company, other, what, since, note] = self.places.map(|place| self.cell(place));
        if self.record.iter().all(|cell| cell.trim().is_empty()) {
            return None;
        }
        let company = self.name(company, "company", mistake);
        let other = self.name(other, "other_name", mistake);
        let relation = self.relation(what, mistake);
        let since = match since {
            "" => Some(None),
            day => match day.parse() {
                Ok(day) => Some(Some(day)),
                Err(_) => {
                    let problem = format!("row {}, column since: {day:?} is no date", self.number);
                    mistake(problem, "write dates as 2026-12-25, or leave it blank");
                    None
                }
            },
        };
        let (company, other) = (company?.to_owned(), other?.to_owned());
        Some(Listed { company, other, relation: relation?, since: since?, note: note.to_owned() })
    }

    fn cell(&self, place: Option<usize>) -> &str {
        place.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }

    fn name<'a>(&self, name: &'a str, column: &str, mistake: &mut impl FnMut(String, &str)) -> Option<&'a str> {
        let is_company = name.chars().any(char::is_alphanumeric) && no_company(name).is_none();
        if !is_company {
            let problem = format!("row {}, column {column}: {name:?} names no company", self.number);
            mistake(problem, "write the company's name, or delete the row");
        }
        is_company.then_some(name)
    }

    fn relation(&self, what: &str, mistake: &mut impl FnMut(String, &str)) -> Option<Relation> {
        match what.to_lowercase().as_str() {
            "" | "same" => Some(Relation::Same),
            "renamed" => Some(Relation::Renamed),
            "merged" => Some(Relation::Merged),
            _ => {
                let problem = format!("row {}, column what: {what:?} is unknown", self.number);
                mistake(problem, "use same, renamed or merged");
                None
            }
        }
    }

    /// One name belongs to one company; otherwise companies would become one through a name that both once had.
    fn is_first(
        &self,
        line: &Listed,
        whose: &mut HashMap<String, String>,
        mistake: &mut impl FnMut(String, &str),
    ) -> bool {
        let first = whose.entry(line.other.to_lowercase()).or_insert_with(|| line.company.clone());
        let same = KnownCompanies::default().compare(first, &line.company).sameness == Sameness::Same;
        if !same {
            let problem =
                format!("row {}, column other_name: {:?} is listed as {first:?} already", self.number, line.other);
            mistake(problem, "keep one of the rows: a name belongs to one company");
        }
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::crm::Seen;
    use crate::finding::Verdict;
    use crate::judge::{self, Around};

    const TABLE: &str = "company,other_name,what,since,note\n\
        Meta Platforms,Facebook,renamed,2021-10-28,\"press, release\"\n\
        \n\
        Zyxwv \"Z\" GmbH,Tsrqp,,,\n";

    fn mistakes(table: &str) -> Vec<String> {
        let mut found = Vec::new();
        read(table, |problem, remedy| found.push(format!("{problem}; {remedy}")));
        found
    }

    #[test]
    fn a_table_as_spreadsheets_write_it_is_read() {
        for table in [TABLE.to_owned(), format!("\u{feff}{}", TABLE.replace('\n', "\r\n"))] {
            let lines = read(&table, |problem, _| panic!("{problem}"));
            assert_eq!(lines.len(), 2);
            assert_eq!((lines[0].relation, lines[0].note.as_str()), (Relation::Renamed, "press, release"));
            assert_eq!(lines[1].relation, Relation::Same);
        }
        let lines = read("Company;Other name\nZyxwv;Tsrqp\n", |problem, _| panic!("{problem}"));
        assert_eq!((lines[0].company.as_str(), lines[0].other.as_str()), ("Zyxwv", "Tsrqp"));
        assert!(read("", |problem, _| panic!("{problem}")).is_empty());
    }

    #[test]
    fn every_mistake_names_row_column_and_remedy() {
        let found = mistakes(
            "company,other_name,what,since,notes\nAcme,Zyxwv,was,28.10.2021,\nAcme,n/a,,,\nAcme,Tsrqp,,,\nMnopq,Tsrqp,,,\n",
        );
        assert_eq!(found.len(), 5, "{found:#?}");
        for (mistake, says) in found.iter().zip([
            "row 1, column notes",
            "row 2, column what: \"was\" is unknown; use same, renamed or merged",
            "row 2, column since: \"28.10.2021\" is no date; write dates as",
            "row 3, column other_name: \"n/a\" names no company",
            "row 5, column other_name: \"Tsrqp\" is listed as \"Acme\" already",
        ]) {
            assert!(mistake.starts_with(says), "{mistake}");
        }
        assert!(mistakes("company,what\nAcme,same\n")[0].contains("other_name is missing"));
    }

    #[test]
    fn a_table_beside_the_configuration_and_one_within_it_are_the_same_configuration() {
        let text =
            "[companies]\nsame = [[\"A1\", \"A2\"]]\nfile = \"companies.csv\"  # ours\n[alert]\nthreshold = 0.8\n";
        assert_eq!(Config::companies_file(text).as_deref(), Some("companies.csv"));
        let beside = Config::parse_with(text, Some(TABLE)).unwrap();
        let pushed = Config::inlined(text, TABLE);
        let within = Config::parse(&pushed).unwrap();
        assert_eq!((&beside.version, Config::companies_file(&pushed)), (&within.version, None));
        for config in [beside, within] {
            let judgement = config.companies.compare("Facebook", "Meta Platforms, Inc.");
            assert_eq!(judgement.sameness, Sameness::Same);
            assert!(judgement.reason.ends_with("since 2021-10-28 (press, release)"), "{judgement:?}");
            assert_eq!(config.companies.compare("Zyxwv \"Z\"", "Tsrqp").sameness, Sameness::Same);
            assert_eq!(config.threshold, 0.8);
            let [before, after] =
                ["Facebook", "Meta Platforms"].map(|company| Seen { company: company.to_owned(), ..Seen::default() });
            let around = Around { known: Some(&config.companies), ..Around::default() };
            let finding = judge::contact(&before, &after, &around);
            assert_eq!(finding.verdict, Verdict::Cosmetic);
            assert!(finding.sentence.reveal().contains("a person has listed"), "{finding:?}");
            assert_eq!(judge::contact(&before, &after, &Around::default()).verdict, Verdict::Moved);
        }
    }

    #[test]
    fn a_file_that_was_not_read_and_a_mistaken_row_are_mistakes_of_the_configuration() {
        let text = "[companies]\nfile = \"companies.csv\"\n";
        let told = |found: Vec<crate::config::ConfigError>| found[0].to_string();
        assert!(
            told(Config::parse(text).unwrap_err())
                .starts_with("line 2: companies.file: \"companies.csv\" was not read")
        );
        let found = told(Config::parse_with(text, Some("company,other_name,what\nAcme,Zyxwv,was\n")).unwrap_err());
        assert!(found.starts_with("line 2: companies.file: row 2, column what: \"was\""), "{found}");
        let both = "[companies]\nfile = \"a.csv\"\ncsv = \"company,other_name\"\n";
        assert!(told(Config::parse_with(both, Some("")).unwrap_err()).contains("keep one of the two"));
    }
}
