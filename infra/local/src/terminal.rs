//! What people see in a terminal: tables that fit, colour where it is wanted (NO_COLOR is obeyed), progress on long work.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use domain::finding::Verdict;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Prints a line; whoever closed the pipe does not want the rest.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// Prints a line beside the output proper.
pub(crate) fn whisper(line: &str) {
    let _ = writeln!(anstream::stderr(), "{}", faint(line));
}

/// Prints an error.
pub(crate) fn complain(line: &str) {
    let style = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let _ = writeln!(anstream::stderr(), "{style}error{style:#}: {line}");
}

/// A heading.
pub(crate) fn heading(text: &str) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}

/// Words of less weight.
pub(crate) fn faint(text: &str) -> String {
    let style = Style::new().dimmed();
    format!("{style}{text}{style:#}")
}

/// An empty table as wide as the terminal.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if !table.is_tty() {
        table.set_width(PAGE);
    }
    table.set_header(header.iter().map(std::string::ToString::to_string));
    table
}

/// Figures stand under one another: every column from this one on is set to the right.
pub(crate) fn figures(mut table: Table, from: usize) -> Table {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Columns of a printed page, for where there is no terminal.
const PAGE: u16 = 120;

/// A verdict with a mark that is understood without colour.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Departed => "✗ departed",
        Verdict::Moved => "→ moved",
        Verdict::Replaced => "⇄ replaced",
        Verdict::Promoted => "↑ promoted",
        Verdict::Demoted => "↓ demoted",
        Verdict::Reassigned => "↔ reassigned",
        Verdict::Arrived => "+ arrived",
        Verdict::Away => "⏸ away",
        Verdict::Unclear => "? unclear",
        Verdict::Cosmetic => "· cosmetic",
    }
}

/// Outside text for one table cell: no control characters, and not endless.
pub(crate) fn cell(text: &str) -> String {
    channels::words::plain(text, 120)
}

/// Counts contacts while a scan runs; only on a terminal.
pub(crate) fn progress() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}{human_pos} contacts, {per_sec}") {
        bar.set_style(style);
    }
    bar
}
