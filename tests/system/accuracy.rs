//! `baton mark` and `baton accuracy` as a person runs them: one mark a case, kept in the audit chain, and what they add up to.

use std::path::Path;

use domain::case::{Case, State};
use domain::finding::Verdict;
use serde_json::Value;

use crate::app::TestApp;
use crate::binary::{baton, succeed};
use crate::world::World;

/// Three people have left, and one is held for a look.
fn four_cases() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    for name in ["Dana Fox", "Priya Nair", "Lee Park", "Ola Berg", "Tom Weiss", "Ines Duarte"] {
        world.person(name, "Operations Manager", "Northwind Traders");
    }
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    for name in ["Dana Fox", "Priya Nair", "Lee Park"] {
        app.world.person_mut(name).left = true;
    }
    app.world.person_mut("Ola Berg").bounced = "2026-10-02";
    app.scan("2026-10-08");
    assert_eq!(app.cases().iter().filter(|case| case.state == State::Held).count(), 1);
    assert_eq!(app.cases().iter().filter(|case| case.finding.verdict == Verdict::Departed).count(), 3);
    app
}

fn case(app: &TestApp, name: &str) -> Case {
    app.cases().into_iter().find(|case| case.subject.name.reveal() == name).unwrap()
}

fn mark(app: &TestApp, name: &str, says: &str, because: &str) -> String {
    let case = case(app, name);
    let words = ["mark", case.id.as_str(), says, "--because", because, "--by", "Maya", "--state"];
    succeed(baton().args(words).arg(app.state()))
}

fn answer(app: &TestApp, name: &str, words: &[&str]) {
    succeed(baton().args(["answer", case(app, name).id.as_str()]).args(words).arg("--state").arg(app.state()));
}

fn accuracy(state: &Path) -> String {
    succeed(baton().args(["accuracy", "--state"]).arg(state))
}

fn figures(state: &Path) -> Value {
    serde_json::from_str(&succeed(baton().args(["accuracy", "--format", "json", "--state"]).arg(state))).unwrap()
}

fn share(share: &Value) -> (u64, u64) {
    (share["hits"].as_u64().unwrap(), share["of"].as_u64().unwrap())
}

#[test]
fn without_marks_it_says_how_to_mark() {
    let app = four_cases();
    let told = accuracy(&app.state());
    assert!(told.contains("Nobody has marked a case yet."), "{told}");
    assert!(
        told.contains("3 alerts and 1 case held for review. `baton mark CASE right|wrong --because TEXT`"),
        "{told}"
    );
}

#[test]
fn a_mark_is_recorded_with_what_was_judged_and_explained_in_the_audit_chain() {
    let app = four_cases();
    let told = mark(&app, "Dana Fox", "wrong", "she only changed her address");
    let dana = case(&app, "Dana Fox");
    assert_eq!(told.trim(), format!("{} is marked wrong", dana.id));

    let wrong = figures(&app.state())["wrong"][0].take();
    assert_eq!((wrong["case"].as_str(), wrong["by"].as_str()), (Some(dana.id.as_str()), Some("Maya")));
    assert_eq!(wrong["because"], "she only changed her address");
    let judged = &wrong["judged"];
    assert_eq!((judged["verdict"].as_str(), judged["alert"].as_bool()), (Some("departed"), Some(true)));
    assert_eq!(judged["confidence"].as_f64(), Some(dana.finding.confidence));
    assert_eq!(judged["rules"].as_str(), Some(dana.finding.rules.as_str()));
    assert_eq!(judged["config"].as_str(), Some(dana.config.as_str()));

    let story = succeed(baton().args(["audit", dana.account.as_str(), "--state"]).arg(app.state()));
    let entry = story.lines().find(|line| line.contains("marked wrong")).unwrap();
    assert!(entry.contains("Maya") && entry.contains("she only changed her address"), "{entry}");
    let whole = succeed(baton().args(["audit", "verify", "all", "--state"]).arg(app.state()));
    assert!(whole.contains("all whole"), "{whole}");
    assert_eq!(case(&app, "Dana Fox").state, State::Notified, "a mark moves no case");
}

#[test]
fn a_later_mark_replaces_the_earlier_one_and_says_so() {
    let app = four_cases();
    mark(&app, "Dana Fox", "wrong", "still there");
    let told = mark(&app, "Dana Fox", "right", "she has left after all");
    assert!(told.contains("is marked right; this replaces the mark wrong of "), "{told}");
    assert!(told.contains("by Maya: still there"), "{told}");

    let found = figures(&app.state());
    assert_eq!(share(&found["alerts"]), (1, 1));
    assert_eq!(found["wrong"].as_array().unwrap().len(), 0);
    let story = succeed(baton().args(["audit", case(&app, "Dana Fox").account.as_str(), "--state"]).arg(app.state()));
    assert!(story.contains("she has left after all; before it was marked wrong"), "{story}");
    assert!(
        story.lines().any(|line| line.ends_with(&format!("still there  {}", case(&app, "Dana Fox").id))),
        "{story}"
    );
}

#[test]
fn a_case_that_is_not_there_cannot_be_marked_and_nothing_without_a_reason() {
    let app = four_cases();
    let dana = case(&app, "Dana Fox").id;
    let run = |words: &[&str]| {
        let output = baton().arg("mark").args(words).arg("--state").arg(app.state()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["C-NOWHERE", "right", "--because", "x"]);
    assert!(code == Some(1) && said.contains("there is no case C-NOWHERE; `baton cases` lists them"), "{said}");
    let (code, said) = run(&["C-", "right", "--because", "x"]);
    assert!(code == Some(1) && said.contains("4 cases begin with C-; write more of the id"), "{said}");
    let (code, said) = run(&[dana.as_str(), "right", "--because", "  "]);
    assert!(code == Some(1) && said.contains("say why the case is right: --because TEXT"), "{said}");
    let (code, said) = run(&[dana.as_str(), "right"]);
    assert!(code == Some(2) && said.contains("--because"), "{said}");
    let (code, said) = run(&[dana.as_str(), "maybe", "--because", "x"]);
    assert!(code == Some(2) && said.contains("right, wrong"), "{said}");
    assert_eq!(share(&figures(&app.state())["alerts"]), (0, 0));
}

#[test]
fn no_state_is_made_by_marking_or_asking_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("state");
    for words in [&["accuracy"][..], &["mark", "C-1", "right", "--because", "x"]] {
        let output = baton().args(words).arg("--state").arg(&nowhere).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("there is no state in"), "{said}");
    }
    assert!(!nowhere.exists());
}

#[test]
fn answers_count_where_no_mark_stands() {
    let app = four_cases();
    answer(&app, "Dana Fox", &["not-a-change", "--because", "married, same desk"]);
    answer(&app, "Priya Nair", &["done"]);
    answer(&app, "Lee Park", &["not-a-change", "--because", "a slip"]);
    answer(&app, "Ola Berg", &["confirm"]);
    mark(&app, "Lee Park", "right", "it was no slip");
    // A case that was confirmed goes on its way with the next scan.
    app.scan("2026-10-15");

    let found = figures(&app.state());
    assert_eq!((share(&found["alerts"]), share(&found["held"])), ((2, 3), (1, 1)));
    assert_eq!(found["from_answers"], 3);
    assert_eq!(found["unmarked"], serde_json::json!({ "alerts": 0, "held": 0 }));
    let told = accuracy(&app.state());
    assert!(told.contains("Of 3 marked alerts 2 were right: precision 0.667, 95 % interval 0.208 to 0.939"), "{told}");
    assert!(told.contains("Of 1 marked case that was held for review, 1 was true."), "{told}");
    assert!(told.contains("3 of these marks follow from answers"), "{told}");
    assert!(told.contains("married, same desk") && told.contains("No case waits for a mark."), "{told}");
}

#[test]
fn a_shadow_run_is_marked_before_anybody_is_told_anything() {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let mut app = TestApp::new(world);
    app.scan_shadow("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan_shadow("2026-10-08");
    assert!(app.mails().is_empty(), "nobody was told");
    mark(&app, "Dana Fox", "right", "she has left");
    assert_eq!(share(&figures(&app.state())["alerts"]), (1, 1));
}

#[test]
fn few_marks_are_told_how_many_more_would_do() {
    let app = four_cases();
    for name in ["Dana Fox", "Priya Nair", "Lee Park"] {
        mark(&app, name, "right", "true");
    }
    // Three of three leave 0.44 to 1. All right, 16 leave 0.806 to 1, which is ±9.7 points; 15 leave ±10.2.
    let found = figures(&app.state());
    assert_eq!(found["more_marks"], 13);
    let told = accuracy(&app.state());
    assert!(told.contains("precision 1.000, 95 % interval 0.439 to 1.000"), "{told}");
    assert!(told.contains("13 more marks, if the share stays, narrow the interval to ±10 points."), "{told}");
    assert!(told.contains("Not marked: 0 alerts and 1 case held for review."), "{told}");
}

#[test]
fn the_demo_can_be_marked_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("demo");
    // Rows are set aside in the demo, which its exit code tells.
    assert!(matches!(baton().args(["demo", "--out"]).arg(&out).output().unwrap().status.code(), Some(0 | 3)));
    let state = out.join("state");
    let listed = succeed(baton().args(["cases", "--format", "json", "--state"]).arg(&state));
    let cases: Vec<Case> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<&Case> = cases.iter().filter(|case| case.raised || case.history[0].0 == State::Detected).collect();
    assert!(told.len() >= 3, "{listed}");
    for (i, case) in told.iter().enumerate() {
        let says = if i == 0 { "wrong" } else { "right" };
        succeed(baton().args(["mark", case.id.as_str(), says, "--because", "looked it up", "--state"]).arg(&state));
    }

    let found = figures(&state);
    let all = told.len() as u64;
    assert_eq!(share(&found["alerts"]), (all - 1, all));
    let of = |groups: &Value| groups.as_object().unwrap().values().map(|group| share(group).1).sum::<u64>();
    assert_eq!((of(&found["verdicts"]), of(&found["rules"])), (all, all));
    let bins = found["calibration"]["bins"].as_array().unwrap();
    assert_eq!(bins.iter().map(|bin| share(&bin["right"]).1).sum::<u64>(), all);
    let told = accuracy(&state);
    for part in
        ["alerts by verdict", "alerts by rules", "Is confidence kept?", "looked it up", "Not marked: 0 alerts and"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}
