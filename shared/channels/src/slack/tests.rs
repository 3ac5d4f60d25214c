//! What a Slack message is made of, and that nothing from outside gets further than its text.

use super::*;
use domain::notice::NoticeProposal;

use crate::example::{HOSTILE, filled_with, northwind};

#[test]
fn the_message_reads_in_the_order_of_the_design() {
    let payload = message(&northwind(), Some(&about())).payload;
    let text = texts(&payload["blocks"]).join("\n");
    let order = [
        "Dana Fox has left",
        "has left Northwind Traders.",
        "96\u{a0}% sure",
        "for, 14 Nov:",
        "silent:",
        "health 62",
        "champion: nobody",
        "hangs on one person",
        "1. Call Lee Park",
        "Mon 23 Nov",
        "Got it",
        "Hand to …",
        "everything we looked at",
        "You get this because",
    ];
    let places: Vec<_> =
        order.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"))).collect();
    assert!(places.is_sorted(), "{places:?} in {text}");
    assert_eq!(payload["text"].as_str().map(|text| text.contains("First: Call Lee Park")), Some(true));
}

#[test]
fn buttons_carry_the_case_and_the_metadata_the_delivery() {
    let delivery = northwind();
    let payload = message(&delivery, Some(&about())).payload;
    let actions = payload["blocks"].as_array().unwrap().iter().find(|block| block["type"] == "actions").unwrap();
    let buttons: Vec<_> = items(&actions["elements"]).map(|b| (b["action_id"].as_str(), b["value"].as_str())).collect();
    let all = ["got_it", "done", "not_a_change", "later", "hand_to"];
    assert_eq!(buttons, all.map(|id| (Some(id), Some("C-7Q2M|001A|2"))));
    assert_eq!(payload["metadata"]["event_payload"], json!({"delivery": delivery.id.as_str(), "case": "C-7Q2M"}));
    assert_eq!((&payload["unfurl_links"], &payload["unfurl_media"]), (&json!(false), &json!(false)));
}

#[test]
fn what_was_said_stands_above_what_happened_and_takes_the_place_of_the_first_step() {
    let mut delivery = northwind();
    delivery.notice.standing = Some(Personal::new("Acknowledged by Robin Vale on 22 Nov"));
    delivery.notice.answers = vec![Answer::Done, Answer::Later];
    let payload = message(&delivery, Some(&about())).payload;
    assert_eq!(texts(&payload["blocks"])[1], "✓ Acknowledged by Robin Vale on 22 Nov");
    assert!(payload["text"].as_str().unwrap().ends_with("(96\u{a0}% sure). Acknowledged by Robin Vale on 22 Nov"));
    let actions = payload["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "actions");
    assert_eq!(actions.map(|block| items(&block["elements"]).count()).collect::<Vec<_>>(), [2]);
}

#[test]
fn an_open_proposal_has_buttons_and_a_decided_one_says_what_became_of_it() {
    let mut delivery = northwind();
    let what = Personal::new("Title of Dana Fox in the CRM: “COO”");
    let open = NoticeProposal { number: 0, what, why: Personal::new("a list of jobs"), decided: None };
    let decided = NoticeProposal { number: 1, decided: Some(Personal::new("written on 3 Nov")), ..open.clone() };
    delivery.notice.proposals = vec![open, decided];
    delivery.notice.answers.clear();
    let payload = message(&delivery, Some(&about())).payload;
    let actions: Vec<_> = items(&payload["blocks"]).filter(|block| block["type"] == "actions").collect();
    let buttons: Vec<_> = actions.iter().flat_map(|block| items(&block["elements"])).collect();
    let of = |button: &Value| format!("{} {}", button["action_id"], button["value"]).replace('"', "");
    assert_eq!(
        buttons.iter().map(|button| of(button)).collect::<Vec<_>>(),
        ["confirm_update C-7Q2M|001A|2#0", "reject_update C-7Q2M|001A|2#0"]
    );
    let text = texts(&payload["blocks"]).join("\n");
    assert!(text.contains("Proposed for the CRM: Title of Dana Fox") && text.contains("a list of jobs"), "{text}");
    assert!(text.contains("For the CRM: Title") && text.contains("written on 3 Nov"), "{text}");
}

#[test]
fn text_from_outside_stays_inert_in_blocks_and_in_the_fallback() {
    for hostile in HOSTILE {
        let payload = message(&filled_with(hostile), Some(&about())).payload;
        let fallback = payload["text"].as_str().unwrap();
        assert!(!fallback.contains(['<', '>']) && payload["mrkdwn"] == json!(false), "{fallback}");
        for object in text_objects(&payload["blocks"]) {
            let text = object["text"].as_str().unwrap();
            if object["type"] == "mrkdwn" {
                assert!(is_ours(text), "{text}");
            } else {
                assert!(!text.contains(['<', '>']) && object["emoji"] == json!(false), "{text}");
                assert!(!text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").contains('&'), "{text}");
            }
        }
    }
}

#[test]
fn an_ampersand_is_escaped_once() {
    let payload = message(&filled_with("R&D <b>"), Some(&about())).payload;
    assert_eq!(payload["blocks"][0]["text"]["text"], "R&amp;D &lt;b&gt;");
    assert!(payload["text"].as_str().unwrap().starts_with("R&amp;D &lt;b&gt; ("));
}

#[test]
fn the_longest_notice_keeps_slacks_limits_and_says_what_is_left_out() {
    for filler in ["&".repeat(2_000), "👩\u{200d}👩\u{200d}👧".repeat(600), "word ".repeat(400)] {
        let mut delivery = filled_with(&filler);
        let notice = &mut delivery.notice;
        notice.evidence = notice.evidence.iter().cycle().take(60).cloned().collect();
        notice.steps = notice.steps.iter().cycle().take(60).cloned().collect();
        notice.remarks = notice.remarks.iter().cycle().take(60).cloned().collect();
        notice.sections = notice.sections.iter().cycle().take(60).cloned().collect();
        notice.links = vec![("report".to_owned(), format!("https://example.com/{}", "x".repeat(400))); 30];
        let payload = message(&delivery, Some(&about())).payload;

        let blocks = payload["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50, "{} blocks", blocks.len());
        assert!(units(blocks[0]["text"]["text"].as_str().unwrap()) <= 150);
        let all = texts(&payload["blocks"]);
        let total: usize = all.iter().map(|text| units(text)).sum();
        assert!(total <= 10_000, "{total} characters");
        assert!(all.iter().all(|text| (1..=3_000).contains(&units(text))));
        for block in blocks.iter().filter(|block| block["elements"].is_array()) {
            assert!((1..=10).contains(&items(&block["elements"]).count()), "{block}");
        }
        assert!(all.iter().any(|text| text.contains("left out here") && text.ends_with("The rest is here: report")));
        assert!(all.iter().any(|text| text.starts_with("2.")), "the plan is not pushed out");
    }
}

#[test]
fn a_notice_with_nothing_but_a_headline_is_a_short_message() {
    let mut delivery = northwind();
    let notice = &mut delivery.notice;
    (notice.evidence, notice.steps, notice.people, notice.answers) = (vec![], vec![], vec![], vec![]);
    (notice.account, notice.goal, notice.warning, notice.sure, notice.case) = (None, None, None, None, None);
    notice.links.clear();
    let payload = message(&delivery, Some(&about())).payload;
    assert_eq!(payload["blocks"].as_array().map(Vec::len), Some(3), "header, headline, footer");
    assert_eq!(payload["metadata"]["event_payload"].get("case"), None);
}

#[test]
fn forty_lines_of_a_digest_fit_whole() {
    let mut delivery = filled_with("x");
    let notice = &mut delivery.notice;
    (notice.evidence, notice.steps, notice.people, notice.remarks) = (vec![], vec![], vec![], vec![]);
    (notice.account, notice.goal, notice.warning, notice.sure, notice.case) = (None, None, None, None, None);
    let lines = |n: usize| (0..n).map(|n| domain::Personal::new(format!("{n} {}", "word ".repeat(25)))).collect();
    let list = |title: &str, n| domain::notice::Section { title: title.to_owned(), lines: lines(n) };
    notice.sections = vec![list("Your people", 8), list("Open cases", 14), list("Overdue steps", 10), list("Held", 8)];
    let payload = message(&delivery, Some(&about())).payload;
    let all = texts(&payload["blocks"]).join("\n");
    assert_eq!(all.matches("• ").count(), 40, "{all}");
    assert!(units(&all) <= 10_000 && !all.contains("left out here"), "{}", units(&all));
}

#[test]
fn a_file_is_named_and_a_web_page_is_linked() {
    let mut delivery = northwind();
    delivery.notice.links = vec![
        ("report".to_owned(), "file:///srv/r.html".to_owned()),
        ("a|b".to_owned(), "https://x.example/?a=1&b=<2>|".to_owned()),
    ];
    let payload = message(&delivery, Some(&about())).payload;
    let all = texts(&payload["blocks"]);
    assert!(all.contains(&"report: file:///srv/r.html"));
    assert!(all.contains(&"<https://x.example/?a=1&amp;b=%3C2%3E%7C|ab>"), "{all:?}");
}

#[test]
fn the_preview_says_what_the_payload_says_and_has_no_element_of_its_own() {
    let tags = |html: &str| {
        html.split('<').skip(1).filter_map(|tag| tag.split([' ', '>']).next().map(str::to_owned)).collect::<Vec<_>>()
    };
    let expected = tags(&preview(&message(&filled_with("x"), Some(&about())).payload).into_string());
    for hostile in HOSTILE.into_iter().filter(|text| crate::words::link_target(text).is_none()) {
        let payload = message(&filled_with(hostile), Some(&about())).payload;
        let html = preview(&payload).into_string();
        assert_eq!(tags(&html), expected, "{html}");
        let shown = crate::words::plain(hostile, 100)
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        assert!(html.contains(&shown), "{shown} in {html}");
    }
}

#[test]
fn the_same_delivery_gives_the_same_message() {
    assert_eq!(message(&northwind(), Some(&about())), message(&northwind(), Some(&about())));
}

fn about() -> ButtonValue {
    ButtonValue::parse("C-7Q2M|001A|2").unwrap()
}

/// `*label*` or a link, with nothing that could mention, format or link inside.
fn is_ours(text: &str) -> bool {
    let bold = text.strip_prefix('*').and_then(|text| text.strip_suffix('*'));
    let link = text.strip_prefix("<https://").and_then(|text| text.strip_suffix('>'));
    bold.or(link).is_some_and(|text| !text.contains(['<', '>', '*', '`', '~', '!', '@']))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text_objects(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(fields) if fields.get("text").is_some_and(Value::is_string) => vec![value],
        Value::Object(fields) => fields.values().flat_map(text_objects).collect(),
        Value::Array(items) => items.iter().flat_map(text_objects).collect(),
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    text_objects(value).into_iter().filter_map(|object| object["text"].as_str()).collect()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
