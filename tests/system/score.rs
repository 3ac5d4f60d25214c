//! `baton judge score` as a person runs it: tables, mistakes, halves, the diagram, and lines that are no labels.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{baton, succeed};

const ABBREVIATED: &str = r#"{"id":"t-1","before":{"title":"VP Sales"},"after":{"title":"Vice President Sales"},"expect":["cosmetic"],"alert":false,"because":"an abbreviation"}"#;
const LEFT: &str = r#"{"id":"t-2","before":{"name":"Dana Fox","title":"VP Sales"},"after":{"name":"Dana Fox","title":"VP Sales","no_longer_at_company":true},"expect":["departed"],"alert":true,"because":"the flag says so"}"#;
/// Labels that are wrong on purpose, so that what is said of them is a mistake whatever the rules are.
const NOT_LEFT: &str = r#"{"id":"w-1","before":{"name":"Lee Park"},"after":{"name":"Lee Park","no_longer_at_company":true},"expect":["cosmetic"],"alert":false,"because":"wanted as a false alert"}"#;
const NOT_SAME: &str = r#"{"id":"w-2","before":{"name":"Tom Weiss"},"after":{"name":"Tom Weiss"},"expect":["promoted","moved"],"alert":true,"because":"wanted as missed"}"#;
const NOT_MOVED: &str = r#"{"id":"w-3","before":{"name":"Ola Berg"},"after":{"name":"Ola Berg","no_longer_at_company":true},"expect":["moved"],"alert":true,"because":"wanted as another verdict"}"#;

/// A directory of labelled sets.
struct Sets(TempDir);

impl Sets {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, lines: &[&str]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, format!("{}\n", lines.join("\n"))).unwrap();
        path
    }

    fn both(&self) -> [PathBuf; 2] {
        [self.write("good.jsonl", &[ABBREVIATED, "", LEFT]), self.write("bad.jsonl", &[NOT_LEFT, NOT_SAME, NOT_MOVED])]
    }
}

fn score(files: &[PathBuf], options: &[&str]) -> String {
    succeed(baton().args(["judge", "score"]).args(files).args(options))
}

fn json(files: &[PathBuf], options: &[&str]) -> Value {
    serde_json::from_str(&score(files, &[&["--format", "json"], options].concat())).unwrap()
}

#[track_caller]
fn refused(file: &Path) -> String {
    let output = baton().args(["judge", "score"]).arg(file).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_set_has_its_row_and_the_last_row_is_all_of_them() {
    let sets = Sets::new();
    let told = score(&sets.both(), &[]);
    let row = |name: &str| -> Vec<String> {
        let line = told.lines().find(|line| line.trim().starts_with(name)).unwrap_or_else(|| panic!("{name}: {told}"));
        line.split_whitespace().map(str::to_owned).collect()
    };
    // Set, pairs, alerts wanted, precision, its interval, recall, silent, verdict.
    assert_eq!(row("good "), ["good", "2", "1", "1.000", "0.207", "to", "1.000", "1.000", "1.000", "1.000"]);
    assert_eq!(row("bad "), ["bad", "3", "2", "0.500", "0.095", "to", "0.905", "0.500", "0.000", "0.000"]);
    assert_eq!(row("all "), ["all", "5", "3", "0.667", "0.208", "to", "0.939", "0.667", "0.500", "0.400"]);
    assert!(!told.contains("false alert"), "mistakes are shown only where they are asked for: {told}");
}

#[test]
fn a_mistake_says_what_changed_what_was_said_and_what_was_expected() {
    let sets = Sets::new();
    let told = score(&sets.both(), &["--errors", "5"]);
    for (kind, id, said, expected) in [
        ("false alert", "w-1", "✗ departed at 0.", "cosmetic: wanted as a false alert"),
        ("missed", "w-2", "· cosmetic at 0.", "promoted or moved: wanted as missed"),
        ("wrong verdict", "w-3", "✗ departed at 0.", "moved: wanted as another verdict"),
    ] {
        let (_, of_kind) = told.split_once(&format!("\n{kind}\n")).unwrap_or_else(|| panic!("{kind}: {told}"));
        let first: Vec<&str> = of_kind.lines().take_while(|line| !line.is_empty()).collect();
        let first = first.join("\n");
        assert!(first.contains(id) && first.contains("bad.jsonl, line ") && first.contains(said), "{kind}: {first}");
        assert!(first.contains(&format!("expected  {expected}")), "{kind}: {first}");
    }
    assert!(told.contains("no_longer_at_company: nothing → true"), "{told}");
}

#[test]
fn no_more_mistakes_of_a_kind_are_shown_than_were_asked_for() {
    let sets = Sets::new();
    let again = NOT_LEFT.replace("w-1", "w-9");
    let file = sets.write("bad.jsonl", &[NOT_LEFT, &again, NOT_SAME]);
    let ids = |options: &[&str]| -> Vec<String> {
        let found = json(std::slice::from_ref(&file), options);
        found["mistakes"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["--errors", "1"]), ["w-1", "w-2"]);
    assert_eq!(ids(&["--errors", "2"]), ["w-1", "w-9", "w-2"]);
}

#[test]
fn machines_get_the_same_figures_with_their_counts() {
    let sets = Sets::new();
    let found = json(&sets.both(), &["--errors", "1"]);
    assert_eq!(found["files"][0]["pairs"], 2);
    let precision = &found["all"]["precision"];
    assert_eq!((precision["hits"].as_u64(), precision["of"].as_u64()), (Some(2), Some(3)));
    assert!(precision["low"].as_f64().unwrap() < 0.21 && precision["high"].as_f64().unwrap() > 0.93);
    assert_eq!(found["all"]["calibration"]["all"]["right"]["of"], 5);
    assert_eq!(found["all"]["calibration"]["alerting"]["right"]["of"], 3);
    assert_eq!(found["mistakes"][1]["kind"], "missed");
    assert!(found["rules"].is_string() && found["config"].is_string());
}

#[test]
fn a_score_says_of_each_pair_what_judge_contacts_says() {
    let sets = Sets::new();
    let file = sets.write("bad.jsonl", &[NOT_LEFT, NOT_MOVED]);
    let contacts = succeed(baton().args(["judge", "contacts", "--in"]).arg(&file));
    let said: Vec<Value> = contacts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mistakes = json(&[file], &["--errors", "9"])["mistakes"].take();
    for (said, mistake) in said.iter().zip(mistakes.as_array().unwrap()) {
        assert_eq!((&said["id"], &said["verdict"]), (&mistake["id"], &mistake["said"]));
        assert_eq!(said["confidence"], mistake["confidence"]);
    }
    assert_eq!(said.len(), 2);
}

#[test]
fn the_configuration_decides_what_alerts() {
    let sets = Sets::new();
    let config = sets.0.path().join("baton.toml");
    std::fs::write(&config, "[alert]\nthreshold = 0.999\n").unwrap();
    let file = sets.write("good.jsonl", &[LEFT]);
    let found = json(&[file], &["--config", config.to_str().unwrap()]);
    assert_eq!(found["all"]["recall"]["hits"], 0, "nothing is that sure");
}

#[test]
fn the_two_halves_are_all_pairs_and_share_none() {
    let sets = Sets::new();
    let lines: Vec<String> = (0..40).map(|i| LEFT.replace("t-2", &format!("h-{i}"))).collect();
    let file = [sets.write("half.jsonl", &lines.iter().map(String::as_str).collect::<Vec<_>>())];
    let pairs = |half: &str| json(&file, &["--half", half])["all"]["pairs"].as_u64().unwrap();
    let (even, odd) = (pairs("even"), pairs("odd"));
    assert!(even + odd == 40 && even > 5 && odd > 5, "{even} and {odd}");
    assert_eq!(pairs("even"), even, "an id stays in its half");
}

#[test]
fn the_diagram_is_one_file_that_asks_nobody_for_anything() {
    let sets = Sets::new();
    let drawn = sets.0.path().join("reliability.html");
    let options = ["--calibration", "--diagram", drawn.to_str().unwrap()];
    let told = score(&sets.both(), &options);
    assert!(told.contains("All: calibration error 0.") && told.contains("Brier score 0."), "{told}");
    let page = std::fs::read_to_string(&drawn).unwrap();
    for part in ["<h2>All</h2>", "<h2>Alerting</h2>", "<h2>Cosmetic</h2>", "<h2>Unclear</h2>", "class=\"promise\""] {
        assert!(page.contains(part), "{part}");
    }
    for outside in ["src=", "<script", "<link", "@import", "url(", "http"] {
        // The policy stands in a `http-equiv`.
        assert!(!page.replace("http-equiv", "").contains(outside), "{outside}");
    }
    score(&sets.both(), &options);
    assert_eq!(std::fs::read_to_string(&drawn).unwrap(), page, "the same pairs give the same bytes");
}

#[test]
fn a_line_that_is_no_label_is_refused_with_file_line_and_remedy() {
    let broken = |what: &str, with: &str| ABBREVIATED.replacen(what, with, 1);
    for (line, wrong, remedy) in [
        ("{\"id\":\"t-9\"".to_owned(), "this is no labelled pair", "write {\"id\":\"t-1\""),
        (broken("\"expect\":[\"cosmetic\"],", ""), "missing field `expect`", "write {\"id\":\"t-1\""),
        (broken("\"alert\"", "\"alarm\""), "unknown field `alarm`", "write {\"id\":\"t-1\""),
        (broken("cosmetic", "cosmetics"), "unknown variant `cosmetics`", "expected one of `departed`"),
        (broken("[\"cosmetic\"]", "[]"), "expect names no verdict", "write at least one of departed, moved"),
        (broken("\"alert\":false", "\"alert\":true"), "alert is true, and no verdict", "write false, or the verdict"),
        (broken("cosmetic", "promoted"), "alert is false, and every verdict", "write true, or add unclear"),
        (broken("an abbreviation", " "), "because is empty", "write why the label is right"),
        (broken("t-1", ""), "the id is empty", "name the pair"),
        (
            broken("\"title\"", "\"titel\""),
            "before has the field \"titel\", which is not judged",
            "name, title, company",
        ),
        (broken("{\"title\":\"VP Sales\"}", "\"VP Sales\""), "before is no record", "write {\"title\":\"VP Sales\"}"),
        (broken("\"VP Sales\"", "7"), "invalid type: integer `7`", "write texts, and true or false"),
    ] {
        let sets = Sets::new();
        let said = refused(&sets.write("set.jsonl", &[LEFT, "", &line]));
        assert!(
            said.contains("set.jsonl, line 3: ") && said.contains(wrong) && said.contains(remedy),
            "{line}: {said}"
        );
        assert_eq!(said.matches("line ").count(), 1, "one line is counted, that of the file: {said}");
    }
}

#[test]
fn every_bad_line_is_told_at_once_and_an_id_stands_in_one_place_only() {
    let sets = Sets::new();
    let said = refused(&sets.write("set.jsonl", &[LEFT, "no label", LEFT]));
    assert!(said.contains("set.jsonl, line 2: this is no labelled pair"), "{said}");
    assert!(said.contains("line 3: the id t-2 stands already in") && said.contains("set.jsonl, line 1"), "{said}");
}

#[test]
fn a_set_without_pairs_or_without_a_file_is_refused() {
    let sets = Sets::new();
    let said = refused(&sets.write("empty.jsonl", &[""]));
    assert!(said.contains("empty.jsonl holds no pair; write {"), "{said}");
    let said = refused(&sets.0.path().join("nowhere.jsonl"));
    assert!(said.contains("nowhere.jsonl cannot be read"), "{said}");
}
