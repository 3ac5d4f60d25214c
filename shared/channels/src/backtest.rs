//! The backtest page: what Baton would have said over dated exports, drawn for the person who decides about it.
//!
//! One file that asks nobody for anything. Counting ([`Figures`], [`Score`]) is apart from drawing, so that a terminal tells
//! the same figures.

mod share;
mod score;
mod figures;
mod periods;
mod load;
mod words;
mod reasons;
mod page;
mod overview;
mod advice;
mod people;
mod verdicts;
mod quiet;
mod sureness;
mod delay;
mod truth;
mod against;
mod alerts;
mod fact;
mod method;

use domain::finding::Finding;
use domain::ports::SetAside;
use domain::{AccountId, ContactId, Personal, UserId};
use jiff::Timestamp;
use jiff::civil::Date;

pub use figures::Figures;
pub use score::{Mark, Score};
pub use share::Share;
pub use words::{busiest, each, headline, percent, rate, span};

/// One configuration played over dated exports.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// When it was played.
    pub made: Timestamp,
    /// What judged: `the shipped configuration`, or the file's name.
    pub config: String,
    /// From this confidence on somebody is told, 0 to 1.
    pub threshold: f64,
    /// The exports, the oldest first. The first is what the others are compared with.
    pub exports: Vec<Export>,
    /// Everything that was judged, in the order of the exports.
    pub findings: Vec<Found>,
    /// Rows nobody could read; their files carry the export's name.
    pub set_aside: Vec<SetAside>,
    /// What really happened, where somebody has said so.
    pub truth: Option<Truth>,
}

/// One export as it was played.
#[derive(Clone, Debug)]
pub struct Export {
    /// The folder's name.
    pub name: String,
    /// The time it was taken for.
    pub at: Timestamp,
    /// Whether its name told the date; without one it counts as a week after the one before.
    pub dated: bool,
    /// Contacts in it.
    pub contacts: u64,
    /// Those whose watched fields differ from the export before.
    pub changed: u64,
}

/// One change that was judged.
#[derive(Clone, Debug)]
pub struct Found {
    /// Place of its export in the list.
    pub export: usize,
    /// The contact.
    pub contact: ContactId,
    /// The contact's name as it was before.
    pub name: Personal,
    /// The account it is filed under.
    pub account: AccountId,
    /// That account's name.
    pub account_name: String,
    /// Who is responsible for the account and, of a move to another account of ours, for that one too.
    pub told: Vec<Person>,
    /// The account is in the export before and no longer in this one, and so is who owns it.
    pub owned_before: bool,
    /// The judgement.
    pub finding: Finding,
    /// What would have become of it.
    pub outcome: Outcome,
    /// When the CRM says that the contact was last changed; asked of alerts only.
    pub touched: Option<Timestamp>,
    /// Place of the export that took the change back.
    pub taken_back: Option<usize>,
}

impl Found {
    /// Whether somebody would have been told.
    pub fn is_alert(&self) -> bool {
        self.outcome == Outcome::Alert
    }
}

/// What would have become of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody would have been told.
    Alert,
    /// It would have waited for a person's look, and why.
    Held(String),
    /// Nobody would have been told, and why.
    Silenced(String),
}

/// One of us who is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The CRM user; nobody where neither owner nor manager can be told and the default recipient is.
    pub id: Option<UserId>,
    /// The name.
    pub name: Personal,
}

/// What really happened.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Changes that an export could show.
    pub changes: Vec<TrueChange>,
    /// Changes before the second export was due or after the last: no alert could have told of them.
    pub outside: usize,
}

/// One real change.
#[derive(Clone, Debug)]
pub struct TrueChange {
    /// The contact.
    pub contact: ContactId,
    /// It happened after this day, where that is known.
    pub after: Option<Date>,
    /// It must have been seen by this day.
    pub by: Date,
    /// Place of the first export on that day or after it.
    pub due: usize,
    /// What was there before.
    pub from: Personal,
    /// What is there now.
    pub to: Personal,
    /// What the export says of a contact about whom nothing was found.
    pub sighting: Option<Sighting>,
}

/// What an export says of a contact about whom nothing was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// It holds no such record.
    Absent,
    /// It holds the record, but nobody watches it: why.
    Unwatched(Personal, String),
    /// It holds the record, and nothing that is watched differs from the export before.
    Unchanged(Personal),
}

/// A second configuration over the same exports.
#[derive(Clone, Debug)]
pub struct Against {
    /// What it came to.
    pub backtest: Backtest,
    /// Settings in which it differs from the first.
    pub differences: Vec<Difference>,
}

/// A setting in which two configurations differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The key with its table: `alert.threshold`.
    pub key: String,
    /// Its value in the first.
    pub first: String,
    /// Its value in the second.
    pub second: String,
}

/// The page as one self-contained HTML file.
pub fn render(backtest: &Backtest, against: Option<&Against>) -> String {
    page::page(backtest, against).into_string()
}

#[cfg(test)]
mod example;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every kind of tag there is, with the names of its attributes: what a page can do.
    fn shapes(page: &str) -> BTreeSet<String> {
        let tags = page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        tags.map(|tag| tag.split('"').step_by(2).collect()).collect()
    }

    fn page(text: &str) -> String {
        let (backtest, against) = example::whole(text);
        render(&backtest, Some(&against))
    }

    #[test]
    fn hostile_names_stay_inert_wherever_they_stand() {
        let known = shapes(&page("Dana Fox"));
        for hostile in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "x\" onmouseover=\"alert(1)",
            "' onmouseover='alert(1)",
            "</textarea></title></style><!--",
            "</table></svg><iframe src=//evil.example>",
            "javascript:alert(1)",
            "&lt;b&gt;",
            "\u{202e}gnp.exe",
        ] {
            let page = page(hostile);
            assert_eq!(shapes(&page).difference(&known).next(), None, "{hostile}");
            assert!(
                !page.contains('\u{202e}'),
                "{}",
                page.split('\u{202e}').next().map_or("", |before| &before[before.len() - 90..])
            );
        }
    }

    #[test]
    fn the_page_loads_nothing_and_runs_nothing() {
        let page = page("https://evil.example/");
        for outside in ["src=", "<script", "<link", "@import", "url(", "<iframe", "<form"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn every_part_that_is_linked_is_there_and_no_id_stands_twice() {
        let page = page("Dana Fox");
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(ids.iter().filter(|id| **id == link).count(), 1, "{link}");
        }
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert_eq!(page, self::page("Dana Fox"));
    }

    #[test]
    fn a_backtest_in_which_nothing_happened_says_so_in_every_part() {
        for exports in [1, 4] {
            let page = render(&example::played(exports), None);
            for said in
                ["Nobody would have been told anything", "Nothing would have been held", "Nothing was left silent"]
            {
                assert!(page.contains(said), "{said}");
            }
            assert!(!page.contains("NaN") && !page.contains("inf"), "a division by nothing");
        }
    }

    #[test]
    fn what_was_missed_says_what_became_of_it() {
        let page = page("Dana Fox");
        let (_, missed) = page.split_once("Missed or late").unwrap();
        for said in ["held", "left silent", "not in the export", "not watched", "not seen"] {
            assert!(missed.contains(&format!("<span class=\"sure\">{said}</span>")), "{said}");
        }
    }
}
