//! What people say to cases of a deployment is committed to its table, and what follows goes to its queues.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::site::Site;

fn at(day: &str) -> Timestamp {
    format!("{day}T07:00:00Z").parse().unwrap()
}

/// A deployment with its queues and its bus, and the sample's first export as a baseline.
fn deployed(name: &str) -> Option<Site> {
    let site = Site::on_dynamodb_local(name)?;
    site.make_table();
    site.make_queues();
    site.make_the_rest(&json!({}));
    site.make_stack();
    site.scan("2026-09-07", at("2026-09-07"));
    Some(site)
}

/// The cases in this state.
fn cases(site: &Site, state: &str) -> Vec<Value> {
    let listed = site.baton(&["cases", "--in", state, "--format", "json", "--stack", &site.name]);
    listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_answer_and_a_mark_reach_a_deployment_whose_functions_see_them_through() {
    let Some(site) = deployed("answering") else { return };
    site.scan("2026-10-05", at("2026-10-05"));
    let told = cases(&site, "notified");
    let case = told[0]["id"].as_str().unwrap();
    let with = |words: &[&str]| site.baton(&[words, &["--stack", &site.name]].concat());

    let before = site.depth("planned") + site.depth("deliveries");
    let said = with(&["answer", case, "got-it", "--by", "Maya"]);
    assert!(said.code == Some(0) && said.out.contains(&format!("{case} is acknowledged")), "{said:?}");
    assert_eq!((cases(&site, "notified").len(), cases(&site, "acknowledged").len()), (told.len() - 1, 1));
    assert!(site.depth("planned") + site.depth("deliveries") > before, "whoever was told is shown it");
    let again = with(&["answer", case, "got-it", "--by", "Maya"]);
    assert!(again.code == Some(0) && again.out.contains("the same was said"), "{again:?}");

    let marked = with(&["mark", case, "right", "--because", "she told us herself"]);
    assert!(marked.code == Some(0) && marked.out.contains("is marked right"), "{marked:?}");
    let accuracy = with(&["accuracy", "--format", "json"]);
    assert!(accuracy.code == Some(0) && accuracy.out.contains("right"), "{accuracy:?}");
    let whole = with(&["audit", "verify", "all"]);
    assert!(whole.code == Some(0) && whole.out.contains("all whole"), "{whole:?}");
}

#[test]
fn what_the_brake_holds_of_a_deployment_is_released_to_its_queue_or_dismissed() {
    for (what, state) in [("release", "detected"), ("discard", "dismissed")] {
        let Some(site) = deployed(what) else { return };
        let strict = "[brake]\nshare = 0.0001\nat_least = 1\n";
        let scan = site.scan_with("2026-10-05", at("2026-10-05"), strict);
        let held = cases(&site, "held").len();
        assert!(held > 1, "{held}");
        let with = |words: &[&str]| site.baton(&[words, &["--stack", &site.name]].concat());

        let said = with(&["brake", what, scan.as_str()]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let moved = cases(&site, state).len();
        assert!(moved > 1 && said.out.contains(&format!("{moved} cases were")), "{moved}: {said:?}");
        let sent = if what == "release" { moved } else { 0 };
        assert_eq!(site.depth("changes"), u32::try_from(sent).unwrap());

        let nothing = with(&["brake", what, scan.as_str()]);
        assert!(nothing.code == Some(1) && nothing.err.contains("holds nothing of scan"), "{nothing:?}");
    }
}
