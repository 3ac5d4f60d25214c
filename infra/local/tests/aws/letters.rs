//! Dead letters are listed with their reasons and sent back to their queues.

use serde_json::Value;

use crate::site::Site;

#[test]
fn dead_letters_go_back_to_their_queues_after_their_reasons_were_told() {
    let Some(site) = Site::on_moto("letters") else { return };
    site.make_queues();
    site.make_stack();
    site.bury("deliveries", "one", "Slack is down");
    site.bury("deliveries", "two", "Slack is down");
    site.bury("changes", "three", "schema 2 is newer than this build");
    let with = |words: &[&str]| site.baton(&[words, &["--stack", &site.name]].concat());

    let listed = with(&["dead-letters"]);
    assert!(listed.code == Some(3) && listed.out.contains("Slack is down"), "{listed:?}");
    let lines = with(&["dead-letters", "--format", "json"]).out;
    let letters: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(letters.len(), 3, "{letters:?}");
    assert!(letters.iter().any(|l| l["queue"] == "changes" && l["body"] == "three" && l["since"].is_string()));

    let some = with(&["redrive", "deliveries"]);
    assert!(some.code == Some(0) && some.out.contains("2 of deliveries: Slack is down"), "{some:?}");
    assert!(some.out.contains("2 messages: back in the queues"), "{some:?}");
    let depths = || ["deliveries", "changes", "deliveries-dead-letters", "changes-dead-letters"].map(|q| site.depth(q));
    assert_eq!(depths(), [2, 0, 0, 1]);
    let rest = with(&["dead-letters", "--redrive"]);
    assert!(rest.code == Some(0) && rest.out.contains("1 of changes: schema 2 is newer"), "{rest:?}");
    assert_eq!(depths(), [2, 1, 0, 0]);
    let none = with(&["redrive"]);
    assert!(none.code == Some(0) && none.out.contains("No message was given up."), "{none:?}");
    let typo = with(&["redrive", "delivery"]);
    assert!(typo.code == Some(1) && typo.err.contains("scan-pages, changes, enriched"), "{typo:?}");
}
