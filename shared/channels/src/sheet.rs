//! A notice in words that are ready to be shown: clean, of bounded length, dates written out. Slack, mail and preview
//! render this and nothing else, so they cannot say different things.

use domain::finding::Bearing;
use domain::notice::{Answer, Notice};
use jiff::civil::Date;

use crate::words;

/// What a reader is told, in reading order. No text here is escaped for any channel yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The subject, at most 150 characters.
    pub subject: String,
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
    /// Further sentences.
    pub remarks: Vec<String>,
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
            headline: words::plain(notice.headline.reveal(), 400),
            sure: notice.sure.map(words::sure),
            evidence: evidence(notice, anchor),
            account: account(notice),
            people: people(notice),
            warning: notice.warning.as_deref().and_then(|warning| some_text(warning, 300)),
            goal: notice.goal.as_deref().and_then(|goal| some_text(goal, 300)),
            steps: steps(notice, anchor),
            remarks: notice.remarks.iter().filter_map(|remark| some_text(remark.reveal(), 500)).collect(),
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
        number: index + 1,
        what: words::plain(step.what.reveal(), 300),
        why: words::plain(&step.why, 300),
        who: words::plain(&step.who, 80),
        due: words::weekday_near(step.due, anchor.unwrap_or(step.due)),
    };
    notice.steps.iter().enumerate().map(line).collect()
}

/// Answers that have a link of their own need no command, and some answers have none.
fn command(notice: &Notice) -> Option<String> {
    let case = notice.case.as_ref()?;
    let has_link = |answer: &Answer| notice.links.iter().any(|(label, _)| label == answer.label());
    let unlinked = notice.answers.iter().filter(|answer| !has_link(answer));
    let forms: Vec<_> = unlinked.filter_map(|answer| form(*answer)).collect();
    (!forms.is_empty()).then(|| format!("baton answer {case} {}", forms.join(" | ")))
}

fn form(answer: Answer) -> Option<&'static str> {
    match answer {
        Answer::GotIt => Some("got-it"),
        Answer::NotAChange => Some("not-a-change --because …"),
        Answer::Later | Answer::HandTo => None,
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
