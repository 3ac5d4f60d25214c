//! `baton judge contacts`: pairs in, findings out, one JSON line each, in the same order.

mod score;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use domain::Personal;
use domain::config::Config;
use domain::crm::Seen;
use domain::finding::{Evidence, Finding, Verdict};
use domain::judge::{self, Around, VERSION};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub(crate) use self::score::Sets;
pub(super) use self::score::run as score;

use super::Failure;
use crate::Ended;

#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    before: &'a RawValue,
    #[serde(borrow)]
    after: &'a RawValue,
}

/// One side of a pair; whatever is absent says nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Side<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow)]
    company: Option<Cow<'a, str>>,
    #[serde(borrow)]
    department: Option<Cow<'a, str>>,
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    #[serde(borrow)]
    phone: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reports_to: Option<Cow<'a, str>>,
    email_bounced: Option<bool>,
    no_longer_at_company: Option<bool>,
    active: Option<bool>,
}

#[derive(Serialize)]
struct Judged<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    verdict: Verdict,
    confidence: f64,
    alert: bool,
    sentence: &'a Personal,
    evidence: &'a [Evidence],
    rules: &'a str,
}

pub(super) fn run(config: &Config, input: Option<&Path>, out: Option<&Path>) -> Result<Ended, Failure> {
    let unusable = |path: &Path, e: std::io::Error| Failure::new(format!("{}: {e}", path.display()));
    let input: Box<dyn Read> = match input {
        Some(path) => Box::new(File::open(path).map_err(|e| unusable(path, e))?),
        None => Box::new(std::io::stdin()),
    };
    let output: Box<dyn Write> = match out {
        Some(path) => Box::new(File::create(path).map_err(|e| unusable(path, e))?),
        None => Box::new(std::io::stdout().lock()),
    };
    match judge_lines(config, BufReader::with_capacity(1 << 18, input), BufWriter::with_capacity(1 << 18, output)) {
        Ok(()) => Ok(Ended::Done),
        Err(LineError::Io(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(Ended::Done),
        Err(LineError::Io(e)) => Err(Failure::new(e.to_string())),
        Err(LineError::Line(number, e)) => Err(Failure::new(format!(
            "line {number} is no pair: {}; write {{\"id\":…,\"before\":{{…}},\"after\":{{…}}}} on one line",
            plainly(&e)
        ))),
    }
}

/// What is wrong with a line, without the reader's own names for things and its own count of lines.
fn plainly(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let what = what.replace("struct Pair", "an object").replace("struct Side", "an object");
    format!("{what}, at column {}", error.column())
}

enum LineError {
    Io(std::io::Error),
    Line(u64, serde_json::Error),
}

impl From<std::io::Error> for LineError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn judge_lines(config: &Config, mut input: impl BufRead, mut output: impl Write) -> Result<(), LineError> {
    let judging = Judging::by(config);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(output.flush()?);
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let refused = |e| LineError::Line(number, e);
        let pair: Pair<'_> = serde_json::from_slice(&line).map_err(refused)?;
        let finding = judging.finding(pair.before, pair.after).map_err(refused)?;
        let judged = Judged {
            id: pair.id,
            verdict: finding.verdict,
            confidence: finding.confidence,
            alert: finding.alerts(config.threshold),
            sentence: &finding.sentence,
            evidence: &finding.evidence,
            rules: VERSION,
        };
        serde_json::to_writer(&mut output, &judged).map_err(refused)?;
        output.write_all(b"\n")?;
    }
}

/// How pairs are judged.
struct Judging<'a> {
    around: Around<'a>,
    /// What is said of a pair whose sides are the same to the letter.
    unchanged: Finding,
}

impl<'a> Judging<'a> {
    fn by(config: &'a Config) -> Self {
        let around = Around { known: Some(&config.companies), threshold: config.threshold, ..Around::default() };
        let unchanged = judge::contact(&Seen::default(), &Seen::default(), &Around::default());
        Self { around, unchanged }
    }

    /// The judgement of two sides, each a JSON object.
    fn finding(&self, before: &RawValue, after: &RawValue) -> Result<Cow<'_, Finding>, serde_json::Error> {
        let seen: Side<'_> = serde_json::from_str(before.get())?;
        if before.get() == after.get() {
            return Ok(Cow::Borrowed(&self.unchanged));
        }
        let seen_again: Side<'_> = serde_json::from_str(after.get())?;
        Ok(Cow::Owned(judge::contact(&seen.into(), &seen_again.into(), &self.around)))
    }
}

impl From<Side<'_>> for Seen {
    fn from(side: Side<'_>) -> Self {
        let text = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned).unwrap_or_default();
        Self {
            name: Personal::new(text(side.name)),
            title: text(side.title),
            company: text(side.company),
            department: text(side.department),
            email: Personal::new(text(side.email)),
            phone: Personal::new(text(side.phone)),
            reports_to: text(side.reports_to),
            bounced: side.email_bounced.unwrap_or(false),
            left: side.no_longer_at_company.unwrap_or(false),
            inactive: side.active == Some(false),
            active: true,
            ..Self::default()
        }
    }
}
