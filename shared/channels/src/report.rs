//! The HTML report: everything a state holds, as one file that asks nobody for anything.

pub(crate) mod page;
mod overview;
pub(crate) mod contents;
mod case;
mod evidence;
mod account;
mod answers;
mod stakeholders;
mod places;
mod map;
mod lettering;
mod plan;
mod timeline;
mod previews;
mod silenced;
pub(crate) mod scans;
pub(crate) mod style;
pub(crate) mod text;

use domain::Personal;
use domain::audit::Entry;
use domain::case::Case;
use domain::notice::Delivery;
use domain::ports::SetAside;
use domain::records::ScanRecord;
use jiff::Timestamp;

/// Everything the report shows.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was made; days to a renewal count from here.
    pub made: Timestamp,
    /// What it is of.
    pub title: String,
    /// The scans behind it, the first first.
    pub scans: Vec<ScanRecord>,
    /// Every case, in any order.
    pub cases: Vec<CaseView>,
    /// What was not alerted.
    pub silenced: Vec<Silenced>,
    /// Rows nobody could read.
    pub set_aside: Vec<SetAside>,
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

#[cfg(test)]
mod example;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::case::State;
    use domain::finding::Verdict;
    use domain::notice::Progress;

    use super::*;

    /// Every kind of tag there is, with the names of its attributes: what a page can do.
    fn shapes(page: &str) -> BTreeSet<String> {
        let tags = page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        tags.map(|tag| tag.split('"').step_by(2).collect()).collect()
    }

    #[test]
    fn hostile_strings_stay_inert_wherever_they_stand() {
        let known = shapes(&render(&example::report("Dana Fox")));
        for hostile in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "x\" onmouseover=\"alert(1)",
            "' onmouseover='alert(1)",
            "</textarea></title></style><!--",
            "</template></svg><iframe src=//evil.example>",
            "javascript:alert(1)",
            "&lt;b&gt;",
        ] {
            let found = shapes(&render(&example::report(hostile)));
            assert_eq!(found.difference(&known).next(), None, "{hostile}");
        }
    }

    #[test]
    fn the_page_loads_nothing_and_runs_nothing() {
        let page = render(&example::report("https://evil.example/"));
        for outside in ["src=", "<script", "<link", "@import", "url(", "<iframe", "<form"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn a_report_without_cases_says_so() {
        let empty = Report {
            made: example::made(),
            title: "Baton".to_owned(),
            scans: Vec::new(),
            cases: Vec::new(),
            silenced: Vec::new(),
            set_aside: Vec::new(),
        };
        let page = render(&empty);
        assert!(page.contains("There are no cases to act on. Nothing has been scanned yet."));
        assert!(page.contains("Nothing was left silent."));
    }

    #[test]
    fn every_case_is_reached_from_the_list_and_held_ones_stand_apart() {
        let mut report = example::report("Dana Fox");
        let mut held = example::case("Zbigniew Haładaj");
        held.id = domain::CaseId::of(&["held"]);
        held.state = State::Held;
        held.finding.verdict = Verdict::Unclear;
        held.because = "a bounce and nothing else".to_owned();
        report.cases.push(example::view(held, "Zbigniew Haładaj"));

        let page = render(&report);
        for view in &report.cases {
            let id = &view.case.id;
            assert!(page.contains(&format!("href=\"#{id}\"")) && page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        let (open, held) = page.split_once("id=\"held\"").unwrap();
        assert!(held.contains("a bounce and nothing else") && !open.contains("a bounce and nothing else"));
    }

    #[test]
    fn a_notice_in_doubt_is_told_in_the_first_look_and_beside_the_notice() {
        let mut report = example::report("Dana Fox");
        let page = render(&report);
        let (first_look, cases) = page.split_once("id=\"cases\"").unwrap();
        assert!(first_look.contains("Nobody can tell whether every notice arrived"), "{first_look}");
        assert!(first_look.contains(&format!("href=\"#{}\"", report.cases[0].case.id)));
        assert!(cases.contains("may or may not have arrived"));

        report.cases.iter_mut().flat_map(|view| &mut view.deliveries).for_each(|d| d.progress = Progress::Due);
        assert!(!render(&report).contains("Nobody can tell"));
    }

    #[test]
    fn the_same_state_gives_the_same_bytes_and_no_id_twice() {
        let page = render(&example::report("Dana Fox"));
        assert_eq!(page, render(&example::report("Dana Fox")));

        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
