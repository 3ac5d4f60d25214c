//! `baton read mail`: what a bounce or an automatic reply was understood to say, about whom, and why.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use domain::observation::Named;
use inbox::{MOST_BYTES, Reading, Said};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::Failure;
use crate::terminal::{cell, faint, heading, say};
use crate::{Ended, Format};

/// A mail as one line for machines.
#[derive(Serialize)]
struct Line<'a> {
    file: String,
    subject: &'a str,
    date: Option<Timestamp>,
    about: Vec<LineAbout<'a>>,
    because: &'a str,
}

/// What it says of one address.
#[derive(Serialize)]
struct LineAbout<'a> {
    address: &'a str,
    what: String,
    from: Option<Date>,
    until: Option<Date>,
    instead: Option<LineNamed<'a>>,
    code: Option<&'a str>,
    quote: &'a str,
}

#[derive(Serialize)]
struct LineNamed<'a> {
    name: &'a str,
    email: &'a str,
}

pub(super) fn run(places: &[PathBuf], format: Format) -> Result<Ended, Failure> {
    let mut files = Vec::new();
    for place in places {
        files.extend(mails_of(place)?);
    }
    for (at, file) in files.iter().enumerate() {
        let reading = inbox::read(&bytes(file)?);
        match format {
            Format::Json => {
                say(&serde_json::to_string(&line(file, &reading)).map_err(|e| Failure::new(e.to_string()))?);
            }
            Format::Table => {
                if at > 0 {
                    say("");
                }
                tell(file, &reading);
            }
        }
    }
    Ok(Ended::Done)
}

/// A file, or the mails of a directory by name.
fn mails_of(place: &Path) -> Result<Vec<PathBuf>, Failure> {
    let about = fs::metadata(place).map_err(|e| unreadable(place, &e))?;
    if !about.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let mut mails = Vec::new();
    for entry in fs::read_dir(place).map_err(|e| unreadable(place, &e))? {
        let path = entry.map_err(|e| unreadable(place, &e))?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("eml")) {
            mails.push(path);
        }
    }
    if mails.is_empty() {
        return Err(Failure::new(format!("{} holds no mail; a mail is a file that ends in .eml", place.display())));
    }
    mails.sort();
    Ok(mails)
}

/// One byte more than is read of a mail, so that the reading can say that there is more.
fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let read = File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|e| unreadable(file, &e))
}

fn unreadable(place: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", place.display()))
}

fn line<'a>(file: &Path, reading: &'a Reading) -> Line<'a> {
    let named = |named: &'a Named| LineNamed { name: named.name.reveal(), email: named.email.reveal() };
    let about = |said: &'a Said| LineAbout {
        address: said.address.reveal(),
        what: said.statement.what.to_string(),
        from: said.happened,
        until: said.statement.until,
        instead: said.statement.instead.as_ref().map(named),
        code: said.statement.code.as_deref(),
        quote: said.quote.reveal(),
    };
    Line {
        file: file.display().to_string(),
        subject: reading.subject.reveal(),
        date: reading.date,
        about: reading.about.iter().map(about).collect(),
        because: &reading.because,
    }
}

fn tell(file: &Path, reading: &Reading) {
    let mut what: Vec<String> = reading.about.iter().map(|said| said.statement.what.to_string()).collect();
    what.dedup();
    let comes_to = match what.is_empty() {
        true if reading.date.is_none() && reading.subject.is_blank() => "not understood as a mail".to_owned(),
        true => "an ordinary mail".to_owned(),
        false => what.join(", "),
    };
    say(&heading(&format!("{}: {comes_to}", cell(&file.display().to_string()))));
    let sent =
        reading.date.map_or("without a date".to_owned(), |date| date.strftime("sent %Y-%m-%d %H:%M UTC").to_string());
    let subject = Some(cell(reading.subject.reveal())).filter(|subject| !subject.is_empty());
    let subject = subject.map(|subject| format!("{subject} · ")).unwrap_or_default();
    say(&faint(&format!("  {subject}{sent}")));
    for said in &reading.about {
        tell_said(said);
    }
    say(&faint(&format!("  because   {}", reading.because)));
}

fn tell_said(said: &Said) {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let fields = [
        ("about", Some(cell(said.address.reveal()))),
        ("says", Some(said.statement.what.to_string())),
        ("from", day(said.happened)),
        ("until", day(said.statement.until)),
        ("instead", said.statement.instead.as_ref().map(named)),
        ("code", said.statement.code.as_deref().map(cell)),
        ("quote", Some(channels::words::plain(said.quote.reveal(), 200))),
    ];
    for (name, value) in fields {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            say(&format!("  {name:<9} {value}"));
        }
    }
}

fn named(named: &Named) -> String {
    match (cell(named.name.reveal()), cell(named.email.reveal())) {
        (name, email) if email.is_empty() => name,
        (name, email) if name.is_empty() => email,
        (name, email) => format!("{name} <{email}>"),
    }
}
