//! Small backtests for the tests of the parts.

use domain::finding::{Evidence, Finding, Question, Verdict};
use domain::ports::SetAside;
use domain::{AccountId, ContactId, Personal, UserId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::{Against, Backtest, Difference, Export, Found, Outcome, Person, Sighting, TrueChange, Truth};

/// So many exports on the first of each month of 2026, and nothing found.
pub(super) fn played(exports: i8) -> Backtest {
    let export = |month: i8| {
        let at = at(date(2026, month, 1));
        Export { name: format!("2026-{month:02}-01"), at, dated: true, contacts: 300, changed: 10 }
    };
    Backtest {
        made: at(date(2026, 12, 1)),
        config: "the shipped configuration".to_owned(),
        threshold: 0.75,
        exports: (1..=exports).map(export).collect(),
        findings: Vec::new(),
        set_aside: Vec::new(),
        truth: None,
    }
}

fn at(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// A contact that has moved, told to Joel.
pub(super) fn alert(contact: &str, export: usize) -> Found {
    found(contact, export, Verdict::Moved, Outcome::Alert)
}

/// A change of any kind; every text is the contact's id.
pub(super) fn found(contact: &str, export: usize, verdict: Verdict, outcome: Outcome) -> Found {
    Found {
        export,
        contact: ContactId::parse(contact).unwrap(),
        name: Personal::new(contact),
        account: AccountId::parse("001A").unwrap(),
        account_name: contact.to_owned(),
        told: vec![person("005A", "Joel Amsel")],
        owned_before: false,
        finding: Finding {
            verdict,
            confidence: 0.9,
            sentence: Personal::new(contact),
            from: Personal::new(contact),
            to: Personal::new(contact),
            about: Question::Company,
            prior: 0.0,
            settles: String::new(),
            named: None,
            until: None,
            evidence: vec![Evidence::new("Account.Name", contact, 2.2), Evidence::new("Contact.Email", contact, -1.0)],
            rules: "2026.11".to_owned(),
        },
        outcome,
        touched: None,
        taken_back: None,
    }
}

pub(super) fn person(id: &str, name: &str) -> Person {
    Person { id: Some(UserId::parse(id).unwrap()), name: Personal::new(name) }
}

/// Changes as contact, `after` (may be blank) and `by`.
pub(super) fn truth(backtest: &Backtest, changes: &[(&str, &str, &str)]) -> Truth {
    let change = |(contact, after, by): &(&str, &str, &str)| {
        let by: Date = by.parse().unwrap();
        TrueChange {
            contact: ContactId::parse(contact).unwrap(),
            after: after.parse().ok(),
            by,
            due: backtest.exports.iter().position(|export| export.day() >= by).unwrap(),
            from: Personal::default(),
            to: Personal::default(),
            sighting: None,
        }
    };
    Truth { changes: changes.iter().map(change).collect(), outside: 0 }
}

/// A backtest with everything a page can show, every text from outside being `text`; and another one against it.
pub(super) fn whole(text: &str) -> (Backtest, Against) {
    let mut backtest = played(4);
    let spoken = |contact: &str, export, verdict, outcome| {
        let mut found = found(contact, export, verdict, outcome);
        for part in [&mut found.name, &mut found.finding.sentence, &mut found.finding.from, &mut found.finding.to] {
            *part = Personal::new(text);
        }
        text.clone_into(&mut found.account_name);
        found.told = vec![person("005A", text), Person { id: None, name: Personal::new(text) }];
        found.finding.evidence.iter_mut().for_each(|evidence| {
            evidence.text = Personal::new(text);
            text.clone_into(&mut evidence.source);
        });
        found.touched = Some(at(date(2026, 1, 20)));
        found
    };
    let (held, silenced) = (Outcome::Held(text.to_owned()), Outcome::Silenced(text.to_owned()));
    backtest.findings = vec![
        spoken("003A", 1, Verdict::Departed, Outcome::Alert),
        spoken("003B", 1, Verdict::Moved, Outcome::Alert),
        spoken("003C", 1, Verdict::Unclear, held),
        spoken("003D", 1, Verdict::Cosmetic, silenced),
        spoken("003E", 3, Verdict::Promoted, Outcome::Alert),
    ];
    backtest.findings[1].taken_back = Some(2);
    backtest.findings[1].owned_before = true;
    backtest.exports[3].dated = false;
    for export in &mut backtest.exports {
        text.clone_into(&mut export.name);
    }
    text.clone_into(&mut backtest.config);
    let (file, column) = (text.to_owned(), Some(text.to_owned()));
    backtest.set_aside = vec![SetAside { file, row: 7, column, reason: text.to_owned() }];

    let due = ["003A", "003C", "003D", "003X", "003Y", "003Z"].map(|contact| (contact, "2026-01-01", "2026-02-01"));
    let mut truth = truth(&backtest, &due);
    truth.outside = 1;
    let name = || Personal::new(text);
    truth.changes[3].sighting = Some(Sighting::Absent);
    truth.changes[4].sighting = Some(Sighting::Unwatched(name(), text.to_owned()));
    truth.changes[5].sighting = Some(Sighting::Unchanged(name()));
    truth.changes.iter_mut().for_each(|change| (change.from, change.to) = (name(), name()));
    backtest.truth = Some(truth);

    let mut other = backtest.clone();
    other.findings.remove(1);
    other.findings.push(spoken("003C", 3, Verdict::Departed, Outcome::Alert));
    other.threshold = 0.9;
    let [key, first, second] = [text; 3].map(str::to_owned);
    (backtest, Against { backtest: other, differences: vec![Difference { key, first, second }] })
}
