//! Slack's buttons and dialogs: signed, answered in time, and the same one twice is one answer.

use channels::slack::ButtonValue;
use data_encoding::BASE64;
use domain::case::State;
use futures_executor::block_on;
use respond::http::Request;
use respond::{Counted, function_url};
use serde_json::{Value, json};

use super::stand::{DAY, Site, told};
use crate::app::TestApp;

fn click(app: &TestApp, action: &str) -> Value {
    click_on(&value(app), action)
}

/// What the button of a message carries that shows the case as it stands.
fn value(app: &TestApp) -> String {
    ButtonValue::of(&app.case()).to_string()
}

fn click_on(value: &str, action: &str) -> Value {
    json!({
        "type": "block_actions",
        "team": {"id": "T1", "domain": "us"},
        "user": {"id": "U1", "username": "maya", "name": "maya", "team_id": "T1"},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1759302000.000100", "channel_id": "D1"},
        "trigger_id": "1.2.3",
        "response_url": "https://evil.example/respond",
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1759305600.1"}],
    })
}

fn dialog(app: &TestApp, action: &str, values: &Value) -> Value {
    json!({
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "name": "maya"},
        "view": {"id": "V1", "callback_id": action, "private_metadata": value(app), "state": {"values": values}},
    })
}

fn see_through(app: &TestApp, site: Site) {
    drop(site);
    block_on(app.plant(DAY).pump(&app.export(DAY))).unwrap();
}

#[test]
fn a_click_on_got_it_acknowledges_the_case_in_the_name_of_whoever_clicked() {
    let app = told();
    let site = Site::of(&app);
    let (response, counted) = site.counted(&site.slack(&click(&app, "got_it").to_string()));
    assert_eq!((response.status, response.body.as_str(), counted), (200, "", vec![Counted::Answered]));
    let case = app.case();
    assert_eq!((case.state, case.answers[0].by.reveal()), (State::Acknowledged, "Maya"));
    see_through(&app, site);
}

#[test]
fn the_same_click_twice_at_once_is_one_answer_and_both_hear_that_it_arrived() {
    let app = told();
    let site = Site::of(&app);
    let request = site.slack(&click(&app, "got_it").to_string());
    std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| site.send(&request).status));
        assert_eq!(both.map(|one| one.join().unwrap()), [200, 200]);
    });
    assert_eq!(site.counted(&request).1, [Counted::Repeated]);
    assert_eq!(app.case().answers.len(), 1);
    see_through(&app, site);
}

#[test]
fn a_button_that_asks_for_more_opens_a_dialog_and_what_comes_back_is_the_answer() {
    for (action, values, state, words) in [
        ("done", json!({"note": {"note": {"value": "spoke to Lee"}}}), State::Closed, "done: spoke to Lee"),
        ("done", json!({"note": {"note": {"value": null}}}), State::Closed, "done"),
        (
            "not_a_change",
            json!({"reason": {"reason": {"value": "on leave"}}}),
            State::Dismissed,
            "not a change: on leave",
        ),
        (
            "later",
            json!({"day": {"day": {"selected_date": "2026-10-12"}}}),
            State::Acknowledged,
            "later: again on 12 Oct 2026",
        ),
        ("hand_to", json!({"person": {"person": {"selected_user": "U2"}}}), State::Notified, "handed to Noah"),
    ] {
        let app = told();
        let site = Site::of(&app);
        assert_eq!(site.send(&site.slack(&click(&app, action).to_string())).status, 200);
        let opened = site.dialogs.opened.lock().unwrap().clone();
        assert_eq!((opened.len(), opened[0]["callback_id"].as_str()), (1, Some(action)));
        assert!(app.case().answers.is_empty(), "a dialog is no answer yet");

        let request = site.slack(&dialog(&app, action, &values).to_string());
        for _ in 0..2 {
            let response = site.send(&request);
            assert_eq!((response.status, response.body.as_str()), (200, ""));
        }
        let case = app.case();
        assert_eq!((case.state, case.answers.len(), case.answers[0].words.reveal()), (state, 1, words));
        if action == "hand_to" {
            assert_eq!(case.assigned.unwrap().email.reveal(), "noah@us.example");
        }
        see_through(&app, site);
    }
}

#[test]
fn a_dialog_that_cannot_be_taken_says_so_beside_its_field() {
    let app = told();
    let site = Site::of(&app);
    for (action, values, says) in [
        ("not_a_change", json!({}), json!({"reason": "Say why it is no change."})),
        ("later", json!({"day": {"day": {"selected_date": null}}}), json!({"day": "Fill this in."})),
        ("hand_to", json!({}), json!({"person": "Fill this in."})),
        (
            "hand_to",
            json!({"person": {"person": {"selected_user": "U3"}}}),
            json!({"person": "Slack does not tell their mail address, so Baton cannot write to them."}),
        ),
    ] {
        let response = site.send(&site.slack(&dialog(&app, action, &values).to_string()));
        let body: Value = serde_json::from_str(&response.body).unwrap();
        assert_eq!((response.status, &body), (200, &json!({"response_action": "errors", "errors": says})));
    }
    assert!(app.case().answers.is_empty());
}

#[test]
fn a_click_that_comes_too_late_is_told_why_in_a_dialog() {
    let app = told();
    let site = Site::of(&app);
    site.send(&site.slack(&dialog(&app, "done", &json!({})).to_string()));
    assert_eq!(site.send(&site.slack(&click(&app, "got_it").to_string())).status, 200);
    let opened = site.dialogs.opened.lock().unwrap()[0].to_string();
    assert!(opened.contains("The case is closed by now"), "{opened}");
    see_through(&app, site);
}

#[test]
fn a_button_that_names_account_and_revision_answers_what_its_message_showed_and_nothing_newer() {
    let app = told();
    let site = Site::of(&app);
    let case = app.case();
    let value = |revision: u32| format!("{}|{}|{revision}", case.id, case.account);
    assert_eq!(site.counted(&site.slack(&click_on(&value(7), "got_it").to_string())).1, [Counted::Refused]);
    let opened = site.dialogs.opened.lock().unwrap()[0].to_string();
    assert!(opened.contains("Changed: review again"), "{opened}");
    assert!(app.case().answers.is_empty());
    assert_eq!(site.counted(&site.slack(&click_on(&value(0), "got_it").to_string())).1, [Counted::Answered]);
    see_through(&app, site);
}

#[test]
fn a_click_brings_the_longest_message_along_whatever_its_script() {
    let app = told();
    let site = Site::of(&app);
    for text in [r"\u4e2d", "中"] {
        let mut click = click(&app, "got_it");
        click["message"] = json!({ "text": "TEXT" });
        let request = site.slack(&click.to_string().replace("TEXT", &text.repeat(11_000)));
        assert!(request.body.len() > 88_000, "{}", request.body.len());
        assert_eq!(site.send(&request).status, 200);
    }
    assert_eq!(app.case().state, State::Acknowledged);
    see_through(&app, site);
}

#[test]
fn whoever_cannot_be_looked_up_is_named_as_slack_signs_it() {
    let app = told();
    let site = Site::of(&app);
    let mut click = click(&app, "got_it");
    click["user"] = json!({"id": "U9", "username": "priya"});
    site.send(&site.slack(&click.to_string()));
    assert_eq!(app.case().answers[0].by.reveal(), "priya (Slack user U9)");
    see_through(&app, site);
}

#[test]
fn what_slack_did_not_sign_is_refused_whatever_it_is() {
    let app = told();
    let site = Site::of(&app);
    let good = site.slack(&click(&app, "got_it").to_string());
    let without = |name: &str| {
        let mut request = good.clone();
        request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        request
    };
    let with = |name: &str, value: &str| {
        let mut request = without(name);
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    };
    let twice = |name: &str| {
        let mut request = good.clone();
        request.headers.push((name.to_owned(), good.header(name).unwrap().to_owned()));
        request
    };
    let body = |body: &[u8]| Request { body: body.to_vec(), ..good.clone() };
    let (time, signature) = ("X-Slack-Request-Timestamp", "X-Slack-Signature");
    let mut all = vec![without(time), without(signature), twice(time), twice(signature), body(b""), body(b"\xff\xfe")];
    let now = site.now().as_second();
    for value in ["", "abc", "1e9", "٣", "-1", "99999999999999999999", &format!(" {now}"), &format!("{now}000")] {
        all.push(with(time, value));
    }
    for value in ["", "v0=", "v1=00", "é", "v0=zz", &good.header(signature).unwrap()[..40]] {
        all.push(with(signature, value));
    }
    all.push(body(&[&good.body[..], b"\n"].concat()));
    all.push(body(BASE64.encode(&good.body).as_bytes()));
    all.extend([-301, 301].map(|by| site.signed(good.body.clone(), now + by)));
    for request in &all {
        let (response, counted) = site.counted(request);
        assert_eq!((response.status, counted), (401, vec![Counted::Unsigned]), "{:?}", request.headers);
    }
    assert!(app.case().answers.is_empty());
    for by in [-299, 299] {
        assert_eq!(site.send(&site.signed(good.body.clone(), now + by)).status, 200);
    }
    see_through(&app, site);
}

#[test]
fn a_body_that_lambda_has_encoded_is_verified_as_it_was_sent_and_header_names_may_be_of_any_case() {
    let app = told();
    let site = Site::of(&app);
    let good = site.slack(&click(&app, "got_it").to_string());
    let event = |body: &str, encoded: bool| {
        let headers: serde_json::Map<_, _> =
            good.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
        let http = json!({"method": "POST", "path": "/slack", "sourceIp": "203.0.113.7"});
        let event = json!({"version": "2.0", "rawPath": "/slack", "rawQueryString": "", "headers": headers, "body": body,
            "isBase64Encoded": encoded, "requestContext": {"http": http}});
        function_url::request(&event.to_string()).unwrap()
    };
    let encoded = BASE64.encode(&good.body);
    assert_eq!(site.send(&event(&encoded, false)).status, 401);
    assert_eq!(site.send(&event(&String::from_utf8(good.body.clone()).unwrap(), true)).status, 401);
    let taken = site.send(&event(&encoded, true));
    assert_eq!(function_url::response(&taken)["statusCode"], 200);
    assert_eq!(app.case().state, State::Acknowledged);
    see_through(&app, site);
}

#[test]
fn a_signed_body_that_cannot_be_read_in_one_way_is_refused_without_harm() {
    let app = told();
    let site = Site::of(&app);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for payload in ["", "{", "NaN", "1e999", r#""\ud800""#, r#"{"type":"block_actions","type":"x"}"#, &deep] {
        assert_eq!(site.send(&site.slack(payload)).status, 400, "{}", payload.chars().take(30).collect::<String>());
    }
    let now = site.now().as_second();
    for (body, status) in [
        (b"".to_vec(), 400),
        (b"payload=%7B%7D&payload=%7B%7D".to_vec(), 400),
        (b"command=%2Fbaton".to_vec(), 400),
        (vec![0xff; 64], 400),
        (vec![b'x'; 1 << 20], 413),
        (vec![b'x'; 7 << 20], 413),
    ] {
        assert_eq!(site.send(&site.signed(body, now)).status, status);
    }
    assert!(app.case().answers.is_empty());
}

#[test]
fn what_is_signed_and_not_for_us_is_ignored_and_counted() {
    let app = told();
    let site = Site::of(&app);
    let unknown = click_on(&value(&app), "open_report").to_string();
    for payload in [
        "null",
        "[]",
        "7",
        r#""text""#,
        "{}",
        r#"{"type":"shortcut","callback_id":"x"}"#,
        r#"{"type":"block_actions"}"#,
        r#"{"type":"block_actions","actions":[]}"#,
        r#"{"type":"view_submission","view":{"callback_id":"unknown","private_metadata":"C-1"}}"#,
        r#"{"type":"view_closed"}"#,
        &click_on("no/case", "got_it").to_string(),
        &click_on("C-1", "got_it").to_string(),
        &click_on("C-1|001#two", "confirm_update").to_string(),
        &click_on(&format!("{}#0", value(&app)), "step_done").to_string(),
        &click_on("C-1|001|0#0", "got_it").to_string(),
        &unknown,
    ] {
        let (response, counted) = site.counted(&site.slack(payload));
        assert_eq!((response.status, counted), (200, vec![Counted::Ignored]), "{payload}");
    }
    assert!(app.case().answers.is_empty());
}
