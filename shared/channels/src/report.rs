//! The HTML report: everything a state holds, as one file that asks nobody for anything.

mod page;
mod overview;
mod contents;
mod case;
mod evidence;
mod account;
mod stakeholders;
mod map;
mod lettering;
mod plan;
mod timeline;
mod previews;
mod silenced;
mod scans;
mod style;
mod text;

use domain::Personal;
use domain::audit::Entry;
use domain::case::Case;
use domain::notice::Delivery;
use domain::ports::SetAside;
use jiff::Timestamp;

/// Everything the report shows.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was made; days to a renewal count from here.
    pub made: Timestamp,
    /// What it is of.
    pub title: String,
    /// The scans behind it, the first first.
    pub scans: Vec<ScanLine>,
    /// Every case, in any order.
    pub cases: Vec<CaseView>,
    /// What was not alerted.
    pub silenced: Vec<Silenced>,
    /// Rows nobody could read.
    pub set_aside: Vec<SetAside>,
}

/// One scan in numbers.
#[derive(Clone, Debug)]
pub struct ScanLine {
    /// When it began.
    pub at: Timestamp,
    /// What was scanned: `salesforce`.
    pub system: String,
    /// Contacts read.
    pub contacts: u64,
    /// Contacts seen for the first time.
    pub first_seen: u64,
    /// Contacts that differed from what was last seen of them.
    pub changed: u64,
    /// Changes that a person is told of.
    pub alerted: u64,
    /// Changes held for review.
    pub held: u64,
    /// Changes left silent.
    pub silenced: u64,
    /// Why the scan was stopped, if it was.
    pub brake: Option<String>,
}

/// A case with what was done to it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// Its audit entries, the first first.
    pub timeline: Vec<Entry>,
    /// Its notices.
    pub deliveries: Vec<Delivery>,
}

/// A change nobody was told of.
#[derive(Clone, Debug)]
pub struct Silenced {
    /// When that was decided.
    pub at: Timestamp,
    /// The account's name.
    pub account: String,
    /// The contact's name.
    pub contact: Personal,
    /// The judgement: `cosmetic`.
    pub verdict: String,
    /// How likely it is right, 0 to 1.
    pub confidence: f64,
    /// What was there before.
    pub from: Personal,
    /// What is there now.
    pub to: Personal,
    /// Why nobody was told. Equal reasons are shown as one group.
    pub reason: Personal,
}

/// The report as one self-contained HTML file.
pub fn render(report: &Report) -> String {
    page::page(report).into_string()
}
