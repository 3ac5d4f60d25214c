//! What the terminal says of a backtest: the headline, compact tables, and where the page lies.

use std::path::Path;

use channels::backtest::{Against, Backtest, Figures, Found, Outcome, busiest, headline, percent, rate};
use channels::words::plain;

use crate::commands::scan::set_aside;
use crate::terminal::{cell, faint, heading, say, table, verdict};

/// Says it all.
pub(super) fn all(backtest: &Backtest, against: Option<&Against>, page: &Path) {
    let sentences = headline(backtest);
    for (i, sentence) in sentences.iter().enumerate() {
        say(&if i == 0 { heading(&plain(sentence, 400)) } else { plain(sentence, 400) });
    }
    if let Some(busiest) = busiest(backtest) {
        say(&plain(&busiest, 400));
    }
    let figures = Figures::of(backtest);
    if !figures.verdicts.is_empty() {
        by_verdict(backtest, &figures);
    }
    by_export(backtest);
    if let Some(against) = against {
        side_by_side(backtest, against);
    }
    set_aside(&backtest.set_aside);
    say(&format!("The page is {}: open it in a browser, it needs no network.", page.display()));
    if figures.alerts > 0 && figures.score.is_none() {
        say(&faint("Whether the alerts are right is for you to say: read some on the page, or give --truth FILE."));
    }
}

fn by_verdict(backtest: &Backtest, figures: &Figures) {
    let mut header = vec!["what", "alerts", "a week"];
    header.extend(figures.score.as_ref().map(|_| "true"));
    let mut rows = table(&header);
    for (kind, number) in &figures.verdicts {
        let mut row = vec![verdict(*kind).to_owned(), number.to_string(), weekly(figures, *number)];
        if let Some(score) = &figures.score {
            let of = |i: &usize| backtest.findings[*i].finding.verdict == *kind;
            row.push(score.marks.keys().filter(|i| of(i) && score.is_true(**i)).count().to_string());
        }
        rows.add_row(row);
    }
    say(&rows.to_string());
}

fn by_export(backtest: &Backtest) {
    let mut rows = table(&["export", "contacts", "changed", "alerts", "held", "silenced"]);
    for (i, export) in backtest.exports.iter().enumerate() {
        let number = |which: fn(&Found) -> bool| {
            backtest.findings.iter().filter(|found| found.export == i && which(found)).count().to_string()
        };
        rows.add_row([
            cell(&export.name),
            export.contacts.to_string(),
            export.changed.to_string(),
            number(Found::is_alert),
            number(|found| matches!(found.outcome, Outcome::Held(_))),
            number(|found| matches!(found.outcome, Outcome::Silenced(_))),
        ]);
    }
    say(&rows.to_string());
}

fn side_by_side(backtest: &Backtest, against: &Against) {
    let (first, second) = (Figures::of(backtest), Figures::of(&against.backtest));
    let mut rows = table(&["", &cell(&backtest.config), &cell(&against.backtest.config)]);
    let mut row = |what: &str, say: &dyn Fn(&Figures) -> String| {
        rows.add_row([what.to_owned(), say(&first), say(&second)]);
    };
    row("alerts", &|figures| figures.alerts.to_string());
    row("alerts a week", &|figures| weekly(figures, figures.alerts));
    row("held", &|figures| figures.held.to_string());
    row("silenced", &|figures| figures.silenced.to_string());
    if first.score.is_some() {
        let of = |share: Option<f64>| share.map(percent).unwrap_or_default();
        row("alerts that were true", &|f| of(f.score.as_ref().and_then(|score| score.precision().rate())));
        row("real changes told in time", &|f| of(f.score.as_ref().and_then(|score| score.recall().rate())));
    }
    say(&rows.to_string());
}

fn weekly(figures: &Figures, number: usize) -> String {
    figures.weekly(number).map(rate).unwrap_or_default()
}
