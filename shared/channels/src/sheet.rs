//! A notice in words that are ready to be shown: clean, of bounded length, dates written out. Slack, mail and preview
//! render this and nothing else, so they cannot say different things.

use domain::finding::Bearing;
use domain::notice::{Answer, Notice, NoticeProposal};
use jiff::civil::Date;

use crate::words;

/// What a reader is told, in reading order. No text here is escaped for any channel yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The subject, at most 150 characters.
    pub subject: String,
    /// What has become of it since, the latest first.
    pub standing: Option<String>,
    /// What happened.
    pub headline: String,
    /// `96 % sure`
    pub sure: Option<String>,
    /// How we know.
    pub evidence: Vec<EvidenceLine>,
    /// How the account stands.
    pub account: Option<AccountLines>,
    /// Who is left: label and text.
    pub people: Vec<(String, String)>,
    /// What must not be overlooked.
    pub warning: Option<String>,
    /// What the plan is to reach.
    pub goal: Option<String>,
    /// What to do.
    pub steps: Vec<StepLine>,
    /// What is proposed to be written into the CRM.
    pub proposals: Vec<ProposalLine>,
    /// Further sentences.
    pub remarks: Vec<String>,
    /// Lists under titles, of at most 40 lines together.
    pub sections: Vec<ListLines>,
    /// What can be answered.
    pub answers: Vec<Answer>,
    /// The command that answers, for channels without buttons.
    pub command: Option<String>,
    /// Answers that a link gives, in the order in which they are offered.
    pub buttons: Vec<Link>,
    /// The page on which all of them can be given, for channels without buttons.
    pub answer_page: Option<Link>,
    /// Where everything is.
    pub links: Vec<Link>,
    /// Why the reader gets it, the case, the rules.
    pub footer: String,
}

/// One line of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceLine {
    /// Which way it points.
    pub bearing: Bearing,
    /// `14 Nov`
    pub day: Option<String>,
    /// The fact.
    pub text: String,
}

/// The account and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLines {
    /// Its name.
    pub name: String,
    /// `active`, `health 62 (71 a month ago)`, …
    pub facts: Vec<String>,
}

/// One step of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLine {
    /// From 1.
    pub number: usize,
    /// What to do.
    pub what: String,
    /// Why; may be empty.
    pub why: String,
    /// `you`
    pub who: String,
    /// `Mon 23 Nov`
    pub due: String,
}

/// Lines under a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLines {
    /// `Open cases`
    pub title: String,
    /// One thing each.
    pub lines: Vec<String>,
}

/// One proposed update of the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalLine {
    /// Its place among the case's proposals, from 0.
    pub number: u32,
    /// The field, what it holds and what it is to hold.
    pub what: String,
    /// Why; may be empty.
    pub why: String,
    /// What has become of it; nothing while it is open.
    pub decided: Option<String>,
    /// The commands that confirm or reject it, while it is open.
    pub command: Option<String>,
}

/// A place to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is there.
    pub label: String,
    /// Where it may be clicked, encoded; none where the address is only to be read.
    pub target: Option<String>,
    /// The address as text.
    pub address: String,
}

/// A link of a notice with one of these labels is a button that answers.
pub const BUTTONS: [&str; 5] = ["Got it", "Done", "Not a change", "Later", "Hand to …"];
/// A link of a notice with this label is the page on which it can be answered.
pub const ANSWER_PAGE: &str = "Answer";

impl Sheet {
    /// Cleans and words a notice.
    pub fn of(notice: &Notice) -> Self {
        let anchor = newest_day(notice);
        Self {
            subject: words::plain(notice.subject.reveal(), 150),
            standing: notice.standing.as_ref().and_then(|standing| some_text(standing.reveal(), 600)),
            headline: words::plain(notice.headline.reveal(), 400),
            sure: notice.sure.map(words::sure),
            evidence: evidence(notice, anchor),
            account: account(notice),
            people: people(notice),
            warning: notice.warning.as_deref().and_then(|warning| some_text(warning, 300)),
            goal: notice.goal.as_deref().and_then(|goal| some_text(goal, 300)),
            steps: steps(notice, anchor),
            proposals: notice.proposals.iter().map(|proposal| proposed(proposal, notice)).collect(),
            remarks: notice.remarks.iter().filter_map(|remark| some_text(remark.reveal(), 500)).collect(),
            sections: sections(notice),
            answers: notice.answers.clone(),
            command: command(notice),
            buttons: answers(notice, &BUTTONS),
            answer_page: answers(notice, &[ANSWER_PAGE]).pop(),
            links: places(notice),
            footer: words::plain(&notice.footer, 500),
        }
    }

    /// The first thing the reader has to do, else the first that anybody has to.
    pub fn next_step(&self) -> Option<&StepLine> {
        self.steps.iter().find(|step| step.is_the_readers()).or_else(|| self.steps.first())
    }
}

impl StepLine {
    /// Whether the reader takes it.
    pub fn is_the_readers(&self) -> bool {
        self.who == "you"
    }
}

/// The newest day the notice names: the year of every other day is understood from it.
fn newest_day(notice: &Notice) -> Option<Date> {
    let seen = notice.evidence.iter().filter_map(|evidence| evidence.day);
    seen.chain(notice.steps.iter().map(|step| step.due)).max()
}

fn evidence(notice: &Notice, anchor: Option<Date>) -> Vec<EvidenceLine> {
    let line = |evidence: &domain::notice::NoticeEvidence| {
        let text = some_text(evidence.text.reveal(), 400)?;
        let day = evidence.day.map(|day| words::day_near(day, anchor.unwrap_or(day)));
        Some(EvidenceLine { bearing: evidence.bearing, day, text })
    };
    notice.evidence.iter().filter_map(line).collect()
}

fn account(notice: &Notice) -> Option<AccountLines> {
    let account = notice.account.as_ref()?;
    let facts = account.facts.iter().filter_map(|fact| some_text(fact, 160)).collect();
    Some(AccountLines { name: some_text(&account.name, 120)?, facts })
}

fn people(notice: &Notice) -> Vec<(String, String)> {
    let line =
        |(label, text): &(String, domain::Personal)| Some((words::plain(label, 60), some_text(text.reveal(), 240)?));
    notice.people.iter().filter_map(line).collect()
}

fn steps(notice: &Notice, anchor: Option<Date>) -> Vec<StepLine> {
    let line = |(index, step): (usize, &domain::notice::NoticeStep)| StepLine {
        number: if step.number == 0 { index + 1 } else { step.number as usize },
        what: words::plain(step.what.reveal(), 300),
        why: words::plain(&step.why, 300),
        who: words::plain(&step.who, 80),
        due: words::weekday_near(step.due, anchor.unwrap_or(step.due)),
    };
    notice.steps.iter().enumerate().map(line).collect()
}

/// All lists together, the last line counting what is too much.
const MOST_LINES: usize = 40;

fn sections(notice: &Notice) -> Vec<ListLines> {
    let all: usize = notice.sections.iter().map(|section| section.lines.len()).sum();
    let mut room = if all > MOST_LINES { MOST_LINES - 1 } else { all };
    let mut sections = Vec::new();
    for section in &notice.sections {
        let lines: Vec<String> =
            section.lines.iter().take(room).filter_map(|line| some_text(line.reveal(), 200)).collect();
        room -= section.lines.len().min(room);
        if !lines.is_empty() {
            sections.push(ListLines { title: words::plain(&section.title, 80), lines });
        }
    }
    if let Some(last) = sections.last_mut().filter(|_| all > MOST_LINES) {
        last.lines.push(format!("… and {} more", all - (MOST_LINES - 1)));
    }
    sections
}

fn proposed(proposal: &NoticeProposal, notice: &Notice) -> ProposalLine {
    let decided = proposal.decided.as_ref().and_then(|decided| some_text(decided.reveal(), 300));
    let open = notice.case.as_ref().filter(|_| decided.is_none());
    let nth = u64::from(proposal.number) + 1;
    ProposalLine {
        number: proposal.number,
        what: words::plain(proposal.what.reveal(), 400),
        why: words::plain(proposal.why.reveal(), 300),
        command: open.map(|case| format!("baton answer {case} confirm-update {nth} | reject-update {nth}")),
        decided,
    }
}

/// Answers that have a link of their own need no command.
fn command(notice: &Notice) -> Option<String> {
    let case = notice.case.as_ref()?;
    let has_link = |answer: &Answer| notice.links.iter().any(|(label, _)| label == answer.label());
    let unlinked = notice.answers.iter().filter(|answer| !has_link(answer));
    let forms: Vec<_> = unlinked.map(|answer| form(*answer)).collect();
    (!forms.is_empty()).then(|| format!("baton answer {case} {}", forms.join(" | ")))
}

fn form(answer: Answer) -> &'static str {
    match answer {
        Answer::GotIt => "got-it",
        Answer::Done => "done",
        Answer::NotAChange => "not-a-change --because …",
        Answer::Later => "later --until …",
        Answer::HandTo => "hand-to --to …",
    }
}

/// The links with these labels, in their order.
fn answers(notice: &Notice, labels: &[&str]) -> Vec<Link> {
    let of = |label: &&str| notice.links.iter().find(|(known, _)| known == label);
    labels.iter().filter_map(of).map(|(label, address)| link(label, address)).collect()
}

/// All other links.
fn places(notice: &Notice) -> Vec<Link> {
    let answers = |label: &str| BUTTONS.contains(&label) || label == ANSWER_PAGE;
    let places = notice.links.iter().filter(|(label, _)| !answers(label));
    places.map(|(label, address)| link(label, address)).collect()
}

fn link(label: &str, address: &str) -> Link {
    Link { label: words::plain(label, 80), target: words::link_target(address), address: words::plain(address, 500) }
}

fn some_text(text: &str, max: usize) -> Option<String> {
    Some(words::plain(text, max)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;
    use domain::Personal;
    use domain::notice::Section;

    #[test]
    fn lists_hold_forty_lines_together_and_count_the_rest() {
        let list = |title: &str, lines: usize| Section {
            title: title.to_owned(),
            lines: (0..lines).map(|n| Personal::new(format!("line {n}"))).collect(),
        };
        let mut notice = example::northwind().notice;
        notice.sections = vec![list("First", 25), list("Empty", 0), list("Second", 15)];
        let whole = Sheet::of(&notice).sections;
        assert_eq!(whole.iter().map(|section| section.lines.len()).collect::<Vec<_>>(), [25, 15]);
        notice.sections.push(list("Third", 3));
        let cut = Sheet::of(&notice).sections;
        assert_eq!(cut.iter().map(|section| section.lines.len()).collect::<Vec<_>>(), [25, 15]);
        assert_eq!(cut[1].lines[14], "… and 4 more");
    }
}
