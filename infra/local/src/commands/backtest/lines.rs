//! Findings as JSON lines.

use std::io::Write;

use domain::Personal;
use domain::case::Case;
use domain::finding::{Evidence, Finding, Verdict};
use domain::ports::SetAside;
use domain::records::Silenced;
use serde::Serialize;

use crate::terminal::say;

/// One finding, as a line.
#[derive(Serialize)]
struct Line<'a> {
    export: &'a str,
    contact: &'a str,
    account: &'a str,
    verdict: Verdict,
    from: &'a Personal,
    to: &'a Personal,
    confidence: f64,
    alert: bool,
    sentence: &'a Personal,
    evidence: &'a [Evidence],
    rules: &'a str,
}

/// Prints the findings of one export.
pub(super) fn print(export: &str, cases: &[Case], silenced: &[Silenced], threshold: f64) {
    for case in cases {
        let alert = case.finding.alerts(threshold);
        line(export, case.subject.contact.as_str(), case.account.as_str(), &case.finding, alert);
    }
    for quiet in silenced {
        line(export, quiet.contact.as_str(), quiet.account.as_str(), &quiet.finding, false);
    }
}

/// Says of a row that it was set aside, in one line beside the findings.
pub(super) fn remark(export: &str, row: &SetAside) {
    let column = row.column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
    let reason = channels::words::plain(&row.reason, 300);
    let _ = writeln!(anstream::stderr(), "set aside: {export}/{}, row {}{column}: {reason}", row.file, row.row);
}

fn line(export: &str, contact: &str, account: &str, finding: &Finding, alert: bool) {
    let Finding { verdict, confidence, sentence, from, to, evidence, rules, .. } = finding;
    let line = Line {
        export,
        contact,
        account,
        verdict: *verdict,
        from,
        to,
        confidence: *confidence,
        alert,
        sentence,
        evidence,
        rules,
    };
    say(&serde_json::to_string(&line).unwrap_or_default());
}
