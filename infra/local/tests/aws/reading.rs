//! What a table holds is read with the commands that read a state.

use domain::ports::{Item, Key, Store};
use jiff::Timestamp;
use serde_json::Value;

use crate::site::{Site, wait};

#[test]
fn cases_reports_and_audit_chains_of_a_table_are_read_and_an_edited_entry_is_found() {
    let Some(site) = Site::on_dynamodb_local("reading") else { return };
    site.make_table();
    let days = ["2026-09-07", "2026-10-05", "2026-11-02"];
    let at = |day: &str| format!("{day}T07:00:00Z").parse::<Timestamp>().unwrap();
    days.iter().for_each(|day| site.scan(day, at(day)));
    let table = ["--table", &site.name];
    let with = |words: &[&str]| site.baton(&[words, &table].concat());

    let listed = with(&["cases", "--format", "json"]);
    let cases: Vec<Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(listed.code == Some(0) && cases.len() > 5, "{listed:?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (case, account) = (text(&cases[0]["id"]), text(&cases[0]["account"]));
    assert!(with(&["cases"]).out.contains(&case));
    let shown = with(&["show", &case]);
    assert!(shown.code == Some(0) && shown.out.contains(&case) && shown.out.contains("scanner"), "{shown:?}");
    let story = with(&["audit", &account]);
    assert!(story.code == Some(0) && story.out.contains("detected"), "{story:?}");
    let report = with(&["report", "--out", "report.html"]);
    let html = std::fs::read_to_string(site.dir.path().join("report.html")).unwrap();
    assert!(report.code == Some(0) && html.contains(&case), "{report:?}");

    let whole = with(&["audit", "verify", "all"]);
    assert!(whole.code == Some(0) && whole.out.contains("chains, all whole"), "{whole:?}");

    let chain = format!("ACCOUNT#{account}");
    let store = site.store(at("2026-11-02"));
    let key = Key::new(chain.clone(), "AUDIT#000000000001");
    wait(async {
        let row = store.get(&key).await.unwrap().unwrap();
        let body = String::from_utf8(row.body).unwrap().replacen("scanner", "nobody!", 1).into_bytes();
        store.save(vec![Item { key, index: None, body, expires: None }], Vec::new()).await.unwrap();
    });
    for words in [["audit", "verify", "all"], ["audit", "verify", &account]] {
        let broken = with(&words);
        assert!(broken.code == Some(1) && broken.err.contains(&chain), "{broken:?}");
    }
}

#[test]
fn a_table_that_is_not_there_is_named_with_what_to_do() {
    let Some(site) = Site::on_dynamodb_local("nowhere") else { return };
    let said = site.baton(&["cases", "--table", "typo"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("the table typo does not exist") && said.err.contains("--table names the table"),
        "{said:?}"
    );
    let said = site.baton(&["audit", "verify", "all", "--table", "typo"]);
    assert!(said.code == Some(1) && said.err.contains("the table typo does not exist"), "{said:?}");
    let said = site.baton(&["cases", "--stack", "typo"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("there is no stack typo in us-east-1"), "{said:?}");
}
