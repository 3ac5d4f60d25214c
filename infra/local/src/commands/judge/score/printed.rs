//! The scores as tables and as JSON.

use domain::judge::VERSION;
use serde::Serialize;
use serde_json::Value;

use super::mistakes::{Changed, Kind, Mistake};
use super::scored::{Summary, Tally};
use super::{Failure, Half, Sets};
use crate::commands::figures::{interval, share, tell_calibration};
use crate::terminal::{cell, faint, figures, heading, say, table, verdict};

/// Everything on one line.
#[derive(Serialize)]
struct Told<'a> {
    rules: &'a str,
    config: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    half: Option<Half>,
    files: Vec<File<'a>>,
    all: &'a Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    mistakes: Option<&'a [Mistake<'a>]>,
}

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    #[serde(flatten)]
    tally: &'a Tally,
}

pub(super) fn json(
    sets: &Sets,
    files: &[(String, Tally)],
    summary: &Summary,
    mistakes: &[Mistake<'_>],
    config: &str,
) -> Result<String, Failure> {
    let told = Told {
        rules: VERSION,
        config,
        half: sets.half,
        files: files.iter().map(|(file, tally)| File { file, tally }).collect(),
        all: summary,
        mistakes: (sets.errors > 0).then_some(mistakes),
    };
    serde_json::to_string(&told).map_err(|e| Failure::new(e.to_string()))
}

pub(super) fn tables(sets: &Sets, files: &[(String, Tally)], summary: &Summary, mistakes: &[Mistake<'_>]) {
    let header = ["set", "pairs", "alerts wanted", "precision", "95 % interval", "recall", "silent", "verdict"];
    let mut rows = table(&header);
    for (file, tally) in files {
        rows.add_row(row(name(file), tally));
    }
    rows.add_row(row("all", &summary.tally));
    say(&figures(rows, 1).to_string());
    say(&faint(&format!(
        "rules {VERSION} · precision of what alerts, recall of what should, silent of what should not, verdict of all"
    )));
    if sets.calibration {
        let calibration = &summary.calibration;
        let parts = [
            ("All:", &calibration.all),
            ("Alerting:", &calibration.alerting),
            ("Cosmetic:", &calibration.cosmetic),
            ("Unclear:", &calibration.unclear),
        ];
        for (name, calibration) in parts.into_iter().filter(|(_, c)| c.right.of > 0) {
            say("");
            tell_calibration(name, calibration, "pairs");
        }
    }
    for kind in Kind::ALL {
        tell(kind, mistakes);
    }
    if let Some(file) = &sets.diagram {
        say(&format!("reliability diagram  {}", file.display()));
    }
}

fn row(name: &str, tally: &Tally) -> [String; 8] {
    [
        name.to_owned(),
        tally.pairs.to_string(),
        tally.alerts_wanted.to_string(),
        share(tally.precision),
        interval(tally.precision),
        share(tally.recall),
        share(tally.silent),
        share(tally.verdict),
    ]
}

/// A set is called as its file is, without directories and ending.
fn name(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".jsonl").unwrap_or(name)
}

fn tell(kind: Kind, mistakes: &[Mistake<'_>]) {
    let mut of_it = mistakes.iter().filter(|mistake| mistake.kind == kind).peekable();
    if of_it.peek().is_none() {
        return;
    }
    say("");
    say(&heading(&kind.to_string()));
    for mistake in of_it {
        let expect: Vec<String> = mistake.expect.iter().map(ToString::to_string).collect();
        say(&format!("  {}  {}", mistake.id, faint(mistake.place)));
        for changed in &mistake.changed {
            say(&format!("    {}", in_words(changed)));
        }
        say(&format!("    said      {} at {:.3}", verdict(mistake.said), mistake.confidence));
        say(&format!("    expected  {}: {}", expect.join(" or "), cell(mistake.because)));
    }
}

fn in_words(changed: &Changed) -> String {
    let shown = |value: &Value| match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => format!("{:?}", cell(text)),
        other => other.to_string(),
    };
    format!("{}: {} → {}", changed.field, shown(&changed.before), shown(&changed.after))
}
