//! The mail's text part: the notice in lines of at most 72 characters, wrapped under their beginnings.

use domain::notice::Notice;
use unicode_segmentation::UnicodeSegmentation;

use crate::sheet::{EvidenceLine, Link, ProposalLine, Sheet, StepLine};

const WIDTH: usize = 72;

/// The notice as text.
pub fn text_body(notice: &Notice) -> String {
    of(&Sheet::of(notice))
}

pub(super) fn of(sheet: &Sheet) -> String {
    let mut page = Page::default();
    if let Some(standing) = &sheet.standing {
        page.line("", standing);
        page.gap();
    }
    page.line("", &sheet.headline);
    page.line("", sheet.sure.as_deref().unwrap_or_default());

    page.label("How we know", sheet.evidence.is_empty());
    sheet.evidence.iter().for_each(|line| page.line(&evidence(line), &line.text));
    if let Some(account) = &sheet.account {
        page.label(&account.name, false);
        page.line("  ", &account.facts.join(" · "));
    }
    page.label("Who is left", sheet.people.is_empty() && sheet.warning.is_none());
    sheet.people.iter().for_each(|(label, text)| page.line("  ", &format!("{label}: {text}")));
    page.line("  ", sheet.warning.as_deref().unwrap_or_default());

    page.label("The plan", sheet.steps.is_empty() && sheet.goal.is_none());
    page.line("  ", sheet.goal.as_deref().unwrap_or_default());
    sheet.steps.iter().for_each(|line| step(&mut page, line));
    for remark in &sheet.remarks {
        page.gap();
        page.line("", remark);
    }
    page.label("For the CRM", sheet.proposals.is_empty());
    sheet.proposals.iter().for_each(|line| proposal(&mut page, line));

    for section in &sheet.sections {
        page.label(&section.title, section.lines.is_empty());
        section.lines.iter().for_each(|line| page.line("  • ", line));
    }

    page.gap();
    if let Some(command) = &sheet.command {
        page.line("Answer: ", command);
    }
    sheet.answer_page.iter().chain(&sheet.links).for_each(|link| page.line("", &place(link)));
    page.gap();
    page.line("", &sheet.footer);
    page.text
}

fn evidence(line: &EvidenceLine) -> String {
    format!("  {:<8} {:>6}  ", line.bearing, line.day.as_deref().unwrap_or_default())
}

fn step(page: &mut Page, line: &StepLine) {
    page.line(&format!("  {}  ", line.number), &line.what);
    let small_print = [&line.who, &line.due, &line.why].map(String::as_str);
    page.line("     ", &small_print.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "));
}

fn proposal(page: &mut Page, line: &ProposalLine) {
    page.line("  ", &line.what);
    page.line("  ", line.decided.as_deref().unwrap_or(&line.why));
    page.line("  Nothing is written before somebody confirms it: ", line.command.as_deref().unwrap_or_default());
}

fn place(link: &Link) -> String {
    format!("{}: {}", link.label, link.target.as_ref().unwrap_or(&link.address))
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// A text after `start`, wrapped under it; nothing where there is no text.
    fn line(&mut self, start: &str, text: &str) {
        let indent = width(start);
        let mut column = indent;
        for (index, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
            let fits = column + 1 + width(word) <= WIDTH;
            match (index, fits) {
                (0, _) => self.text.push_str(start),
                (_, true) => self.text.push(' '),
                (_, false) => self.text.push_str(&format!("\n{}", " ".repeat(indent))),
            }
            column = if index == 0 || !fits { indent } else { column + 1 } + width(word);
            self.text.push_str(word);
        }
        if column > indent {
            self.text.push('\n');
        }
    }

    fn label(&mut self, label: &str, is_empty: bool) {
        if !is_empty {
            self.gap();
            self.line("", label);
        }
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

fn width(text: &str) -> usize {
    text.graphemes(true).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::northwind;

    #[test]
    fn the_text_reads_like_the_designs_example() {
        let text = text_body(&northwind().notice);
        assert_eq!(text, include_str!("northwind.txt"), "{text}");
        assert!(text.lines().all(|line| width(line) <= WIDTH || line.contains("://")));
    }
}
