//! The backtest's page, read back: it counts what the JSON lines say, and says who would have been told.

use std::path::PathBuf;

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::fixtures::{ACCOUNTS, PEOPLE, Ran, Site, contacts, left, people_but, root};

/// The shipped exports.
fn sample() -> Vec<String> {
    let at = |date: &str| root().join("events/crm").join(date).display().to_string();
    ["2026-09-07", "2026-10-05", "2026-11-02"].map(at).to_vec()
}

/// Runs a backtest of the shipped exports with further options.
fn play(site: &Site, options: &[&str]) -> Ran {
    let exports = sample();
    let words: Vec<&str> =
        ["backtest"].iter().chain(options).copied().chain(exports.iter().map(String::as_str)).collect();
    site.baton(&words)
}

fn findings(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect("a finding as JSON")).collect()
}

fn page(site: &Site, name: &str) -> Html {
    Html::parse_document(&std::fs::read_to_string(site.path(name)).expect("a page"))
}

fn all<'a>(page: &'a Html, what: &'a Selector) -> impl Iterator<Item = String> + 'a {
    page.select(what).map(text)
}

fn text(element: ElementRef<'_>) -> String {
    let parts: Vec<&str> = element.text().collect();
    parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a selector")
}

fn list(page: &Html, what: &str) -> Vec<String> {
    all(page, &selector(what)).collect()
}

#[test]
fn the_page_counts_what_the_json_lines_say_and_the_terminal_says_the_same() {
    let site = Site::bare();
    let json = findings(&play(&site, &["--format", "json"]));
    let ran = play(&site, &["--out", "page.html"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("Over 8 weeks Baton would have sent 22 alerts: 2.8 a week for 8 CSMs"), "{ran:?}");
    assert!(ran.out.contains("The page is page.html"), "{ran:?}");

    let page = page(&site, "page.html");
    let number = |which: &dyn Fn(&Value) -> bool| json.iter().filter(|finding| which(finding)).count();
    let alerts = number(&|finding| finding["alert"] == true);
    assert_eq!(list(&page, "table.every tbody tr").len(), alerts);
    let silent = number(&|finding| finding["verdict"] == "cosmetic");
    let shown = list(&page, ".outcomes .key b");
    assert_eq!(shown, [alerts, json.len() - alerts - silent, silent].map(|number| number.to_string()));
    let summary = list(&page, ".summary strong");
    assert!(ran.out.starts_with(&summary[0]), "{summary:?} in {ran:?}");
}

#[test]
fn every_csm_has_a_row_whose_numbers_are_alerts_a_week() {
    let site = Site::bare();
    play(&site, &["--out", "page.html"]);
    let page = page(&site, "page.html");
    let rows = list(&page, "table.heat tbody tr");
    assert_eq!(rows.len(), 8, "{rows:?}");
    // Four alerts in each of two times four weeks; Claire is inactive, so her manager Stefan is told in her place.
    assert_eq!(rows[0], "Anneke Visser 1 1 1 8");
    assert!(rows.contains(&"Stefan Lindqvist 0.2 0 0.1 1".to_owned()), "{rows:?}");
    assert_eq!(list(&page, "table.heat td[title='4 alerts in 4 weeks']").len(), 3);
}

#[test]
fn json_lines_are_the_same_with_a_page_and_without_and_there_is_none_unless_it_is_asked_for() {
    let site = Site::bare();
    let without = play(&site, &["--format", "json"]);
    let left: Vec<_> =
        std::fs::read_dir(site.path("")).expect("a directory").map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["export"]);
    let with = play(&site, &["--format", "json", "--out", "page.html"]);
    assert_eq!((without.code, &without.out, &without.err), (with.code, &with.out, &with.err));
    assert!(!without.out.is_empty() && site.path("page.html").is_file());
    play(&site, &[]);
    assert!(site.path("baton-backtest.html").is_file());
}

#[test]
fn two_configurations_stand_side_by_side_with_what_only_one_tells_of() {
    let site = Site::bare();
    std::fs::write(site.path("strict.toml"), "[alert]\nthreshold = 0.95\n").unwrap();
    let first = findings(&play(&site, &["--format", "json"]));
    let second = findings(&play(&site, &["--format", "json", "--config", "strict.toml"]));
    let ran = play(&site, &["--against", "strict.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");

    let alerts = |findings: &[Value]| findings.iter().filter(|finding| finding["alert"] == true).count();
    let (first, second) = (alerts(&first), alerts(&second));
    assert!(second < first, "{second} of {first}");
    let page = page(&site, "baton-backtest.html");
    let figures = list(&page, "table.figures tbody tr");
    assert!(figures.contains(&format!("Alerts {first} {second} −{}", first - second)), "{figures:?}");
    assert_eq!(list(&page, "table.only tbody tr").len(), first - second);
    assert!(list(&page, "details .reason").contains(&"held: less sure than the 95 % it asks for".to_owned()));
    assert_eq!(list(&page, "table.differences tbody tr"), ["alert.threshold 0.75 0.95"]);
}

#[test]
fn a_mistake_in_the_second_configuration_is_told_before_anything_is_played() {
    let site = Site::bare();
    std::fs::write(site.path("wrong.toml"), "[alert]\nthreshold = 7\n").unwrap();
    let ran = play(&site, &["--against", "wrong.toml"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    assert!(ran.err.contains("wrong.toml: line 2: alert.threshold"), "{ran:?}");
}

/// Three changes that happened and are told of, one that is held, one that no export knows of, and one after the last export.
const TRUTH: &str = "contact,by,after,from,to
003Qf0000001GZbIAM,2026-10-05,2026-09-07,Ateliers Béryl SAS,
003Qf0000001OBLIA2,2026-09-20,,,
003Qf0000001QZzIAM,2026-11-02,,,
003Qf0000001KZbIAM,2026-11-02,,,
003Qf0000001KEhIAM,2026-10-05,,,
003Qf0000001GZbIAM,2027-01-01,,,
";

#[test]
fn alerts_beside_the_truth_are_right_or_false_and_what_was_missed_says_what_became_of_it() {
    let site = Site::bare();
    std::fs::write(site.path("truth.csv"), TRUTH).unwrap();
    let ran = play(&site, &["--truth", "truth.csv", "--out", "page.html"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = "3 of 22 alerts were true (13.6 %), and 3 of 5 real changes were told in time (60 %): 2 missed.";
    assert!(ran.out.contains(said), "{ran:?}");

    let page = page(&site, "page.html");
    let scales = list(&page, "table.scales tbody tr");
    // Wilson's intervals of 3 of 22 and 3 of 5.
    assert!(scales[0].ends_with("between 4.7 % and 33.3 %, with 95 % confidence"), "{scales:?}");
    assert!(scales[1].ends_with("between 23.1 % and 88.2 %, with 95 % confidence"), "{scales:?}");
    let mistakes = list(&page, "ul.mistakes summary");
    assert_eq!(mistakes.len(), 19 + 2, "{mistakes:?}");
    let [held, absent] = &mistakes[19..] else { panic!("{mistakes:?}") };
    assert!(held.starts_with("5 Oct 2026 Zbigniew Haładaj") && held.ends_with(" held"), "{held}");
    assert!(absent.contains("contact 003Qf0000001KZbIAM") && absent.ends_with("not in the export"), "{absent}");
    assert!(list(&page, "#truth ~ .lead")[0].contains("1 more lie outside"));
}

#[test]
fn a_truth_that_lies_beside_the_exports_is_not_taken_unless_it_is_asked_for() {
    let site = Site::new();
    std::fs::rename(site.path("export"), site.path("2026-09-07")).unwrap();
    std::fs::write(site.path("truth.jsonl"), "no truth at all").unwrap();
    let ran = site.baton(&["backtest", "2026-09-07"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = site.baton(&["backtest", "--truth", "truth.jsonl", "2026-09-07"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn mistakes_in_the_truth_are_told_with_line_and_remedy_and_nothing_is_played() {
    let site = Site::bare();
    std::fs::write(site.path("truth.jsonl"), "{\"contact\":\"003A\",\"by\":\"2026-10-05\"}\n{\"contact\":\"003B\",\"by\":\"05.10.2026\"}\n{\"by\":\"2026-10-05\"}\n").unwrap();
    let ran = play(&site, &["--truth", "truth.jsonl"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
    let by = "truth.jsonl: line 2: by is \"05.10.2026\", which is no day; write it as 2026-11-02";
    assert!(ran.err.contains(by) && ran.err.contains("line 3: there is no contact"), "{ran:?}");
    assert!(!ran.err.contains("line 1") && !site.path("baton-backtest.html").exists());
}

#[test]
fn folders_without_a_date_are_played_and_the_page_says_what_that_means() {
    let site = Site::new();
    std::fs::rename(site.path("export"), site.path("first")).unwrap();
    let ran = site.baton(&["backtest", "first", "first"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        list(&page(&site, "baton-backtest.html"), "ul.advice li")[0].starts_with("Every rate on this page is a guess")
    );
}

#[test]
fn what_json_lines_cannot_show_and_exports_that_go_back_in_time_are_refused_with_the_remedy() {
    let site = Site::bare();
    std::fs::write(site.path("strict.toml"), "[alert]\nthreshold = 0.9\n").unwrap();
    let ran = play(&site, &["--format", "json", "--against", "strict.toml"]);
    assert!(ran.code == Some(1) && ran.err.contains("add --out FILE.html"), "{ran:?}");
    let backwards: Vec<String> = sample().into_iter().rev().collect();
    let words: Vec<&str> = ["backtest"].into_iter().chain(backwards.iter().map(String::as_str)).collect();
    let ran = site.baton(&words);
    assert!(ran.code == Some(1) && ran.err.contains("name the exports oldest first"), "{ran:?}");
}

/// Writes exports of Northwind's people: in October Dana has left, and the files are what `october` makes of them.
fn two_exports(october: impl Fn(&Site)) -> (Site, PathBuf) {
    let site = Site::new();
    let copy = |name: &str| {
        std::fs::create_dir(site.path(name)).unwrap();
        for file in std::fs::read_dir(site.path("export")).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), site.path(name).join(file.file_name())).unwrap();
        }
    };
    copy("2026-09-07");
    let rows = people_but("003A", &left("003A"));
    site.write("Contact.csv", contacts(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    october(&site);
    copy("2026-10-05");
    let ran = site.baton(&["backtest", "2026-09-07", "2026-10-05"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let page = site.path("baton-backtest.html");
    (site, page)
}

#[test]
fn the_one_who_owns_the_account_on_the_day_of_the_export_is_told() {
    let (site, _) = two_exports(|site| {
        let users = "Id,Name,Email,IsActive,ManagerId\n005A,Maya Ortiz,maya@ours.example,true,\n005B,Joel Amsel,joel@ours.example,true,\n";
        site.write("User.csv", users);
        site.write("Account.csv", ACCOUNTS.replace("005A", "005B"));
    });
    let page = page(&site, "baton-backtest.html");
    assert_eq!(list(&page, "table.every td.account .block"), ["to Joel Amsel"]);
}

#[test]
fn hostile_names_of_people_accounts_and_owners_stay_text() {
    const HOSTILE: &str = "</style><script>alert(1)</script><img src=x onerror=alert(1)>";
    let (site, file) = two_exports(|site| {
        site.write("User.csv", format!("Id,Name,Email,IsActive,ManagerId\n005A,{HOSTILE},maya@ours.example,true,\n"));
        site.write("Account.csv", ACCOUNTS.replace("Northwind Traders", HOSTILE));
        let gone = left("003A").replace("Fox", HOSTILE);
        site.write("Contact.csv", contacts(&[&gone, PEOPLE[1], PEOPLE[2], PEOPLE[3], PEOPLE[4]]));
    });
    let page = page(&site, "baton-backtest.html");
    assert!(std::fs::read_to_string(file).unwrap().contains("&lt;script&gt;alert(1)"));
    assert_eq!(list(&page, "script, img, iframe, link, form, base"), Vec::<String>::new());
    let attributes = page.tree.values().filter_map(|node| node.as_element()).flat_map(|element| element.attrs());
    assert_eq!(attributes.filter(|(name, _)| name.starts_with("on")).count(), 0);
    assert!(list(&page, "table.heat .who").contains(&HOSTILE.to_owned()));
}

#[test]
fn how_soon_an_alert_follows_the_change_is_read_from_the_record_where_it_tells() {
    let soon = |site: &Site| list(&page(site, "baton-backtest.html"), "#soon ~ .lead")[0].clone();
    let (site, _) = two_exports(|_| {});
    assert!(soon(&site).starts_with("No alert’s record says when it was changed"), "{}", soon(&site));

    let (site, _) = two_exports(|site| {
        let gone = left("003A");
        let rows = [gone.as_str(), PEOPLE[1], PEOPLE[2], PEOPLE[3], PEOPLE[4]];
        let dated = contacts(&rows).replace("LastActivityDate\n", "LastActivityDate,LastModifiedDate\n");
        let stamped = |row: &str| format!("{row},2026-09-26T08:30:00.000+0000");
        let rows = rows.iter().fold(dated, |text, row| text.replace(row, &stamped(row)));
        site.write("Contact.csv", rows);
    });
    assert!(soon(&site).contains("1 of 1 alert have such a date"), "{}", soon(&site));
    assert!(soon(&site).contains("9 days or longer"), "{}", soon(&site));
}
